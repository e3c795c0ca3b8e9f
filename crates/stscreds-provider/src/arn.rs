use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use stscreds_core::{Error, ErrorKind};

/// The ARN of an IAM role, such as `arn:aws:iam::111122223333:role/deploy`.
///
/// Checked for what STS checks before it looks for the role: 20 to 2,048
/// characters in six parts, of which the partition, the service and the resource
/// are not empty. White space is refused too, although STS would look for such a role:
/// no name in IAM has any. See
/// [AssumeRole](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoleArn(Arc<str>);

impl RoleArn {
    /// The ARN as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The account that the role belongs to.
    #[must_use]
    pub fn account_id(&self) -> Option<&str> {
        account_of(&self.0)
    }
}

impl FromStr for RoleArn {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        check_shape(text).map_err(|fault| {
            Error::new(ErrorKind::InvalidRoleArn, format!("the role ARN {} {fault}", excerpt(text)))
        })?;
        Ok(Self(text.into()))
    }
}

impl fmt::Display for RoleArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The account in any ARN: its fifth field, if that is twelve digits.
pub(crate) fn account_of(arn: &str) -> Option<&str> {
    let account = arn.strip_prefix("arn:")?.split(':').nth(3)?;
    (account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit())).then_some(account)
}

/// What keeps a text from being an ARN to STS, to follow the text in a sentence.
pub(crate) fn check_shape(text: &str) -> Result<(), &'static str> {
    if text.contains(['\n', '\r']) {
        return Err("contains a line end");
    }
    if text.chars().any(is_blank) {
        return Err("contains white space");
    }
    if text.chars().any(char::is_control) {
        return Err("contains control characters");
    }
    if !text.contains(':') {
        return Err("is a name and not an ARN; an ARN begins with arn:");
    }
    if !(20..=2048).contains(&text.chars().count()) {
        return Err("is not 20 to 2048 characters long");
    }
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    match parts[..] {
        ["arn", partition, service, _region, _account, resource]
            if !partition.is_empty() && !service.is_empty() && !resource.is_empty() =>
        {
            Ok(())
        }
        _ => Err("is not of the form arn:partition:service:region:account:resource"),
    }
}

/// White space, and marks that editors do not show.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// As much of a text as fits into an error message, quoted.
pub(crate) fn excerpt(text: &str) -> String {
    let shown: String = text.chars().take(MAX_EXCERPT).collect();
    let tail = if shown.len() < text.len() { " .." } else { "" };
    format!("{shown:?}{tail}")
}

/// Longer than any role ARN that one meets, short enough for a line of a log.
const MAX_EXCERPT: usize = 120;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_sts_takes_for_an_arn_is_one() {
        for right in [
            "arn:aws:iam::111122223333:role/deploy",
            "arn:aws-us-gov:iam::111122223333:role/path/to/deploy",
            "arn:aws-cn:iam::111122223333:role/x",
            "arn:aws:iam::111122223333:role/with:colon",
            "arn:aws:iam::1:role/",
            &format!("arn:aws:iam::111122223333:role/{}", "x".repeat(2017)),
        ] {
            assert_eq!(right.parse::<RoleArn>().unwrap().as_str(), right);
        }
    }

    #[test]
    fn what_sts_would_refuse_without_looking_is_refused_here() {
        for wrong in [
            "",
            "deploy",
            "arn:aws:iam::1:role",
            "nothing-valid-in-here",
            "arn::iam::111122223333:role/deploy",
            "arn:aws:::111122223333:role/deploy",
            "arn:aws:iam::111122223333:",
            "urn:aws:iam::111122223333:role/deploy",
            "arn:aws:iam::111122223333:role/\u{7}bell",
            &format!("arn:aws:iam::111122223333:role/{}", "x".repeat(2018)),
        ] {
            let error = wrong.parse::<RoleArn>().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidRoleArn, "{wrong}");
            assert!(error.to_string().len() < 400, "{error}");
            assert_eq!(error.to_string().contains("\" .. is"), wrong.len() > 400, "{error}");
        }
    }

    #[test]
    fn blanks_and_line_ends_anywhere_are_refused_and_shown_on_one_line() {
        let blanks = [" ", "\n", "\r\n", "\r", "\t", "\u{a0}", "\u{200b}", "\u{feff}", "\u{85}"];
        for blank in blanks {
            for at in [
                "{}arn:aws:iam::1:role/deploy",
                "arn:aws:iam::1:role/{}deploy",
                "arn:aws:iam::1:role/deploy{}",
            ] {
                let error = at.replace("{}", blank).parse::<RoleArn>().unwrap_err();

                assert_eq!(error.kind(), ErrorKind::InvalidRoleArn);
                assert!(error.to_string().contains("\" contains "), "{error}");
                assert_eq!(error.to_string().lines().count(), 1);
            }
        }
    }

    #[test]
    fn the_account_is_the_fifth_field_or_absent() {
        let account = |arn| account_of(arn).map(str::to_owned);

        assert_eq!(
            account("arn:aws:sts::131990247566:assumed-role/name/session").as_deref(),
            Some("131990247566")
        );
        for none in ["", "arn:aws:sts", "arn:aws:sts::12:assumed-role/x/y", "131990247566"] {
            assert_eq!(account(none), None);
        }
    }
}
