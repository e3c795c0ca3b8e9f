use super::fault::AuthFault;
use super::rules::{Region, Rules};

/// A credential, taken apart: the key and the scope for which its signature counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Credential<'a> {
    pub(super) access_key_id: &'a str,
    pub(super) date: &'a str,
    pub(super) region: &'a str,
    pub(super) service: &'a str,
    terminator: &'a str,
}

impl<'a> Credential<'a> {
    pub(super) fn parse(text: &'a str) -> Result<Self, AuthFault> {
        let parts = text.split('/').collect::<Vec<_>>();
        let [access_key_id, date, region, service, terminator] = parts[..] else {
            return Err(AuthFault::Incomplete(format!(
                "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '{text}'"
            )));
        };
        Ok(Self { access_key_id, date, region, service, terminator })
    }

    /// Whether the scope is the one we serve. All mistakes are told at once, region first.
    pub(super) fn check(&self, rules: &Rules<'_>, date: &str) -> Result<(), AuthFault> {
        let mut message = String::new();
        // The blank after the first two sentences stands on the wire, also at the end.
        if !rules.region.admits(self.region) {
            message.push_str("Credential should be scoped to a valid region. ");
        }
        if self.service != rules.service {
            message.push_str(&format!(
                "Credential should be scoped to correct service: '{}'. ",
                rules.service
            ));
        }
        if self.terminator != TERMINATOR {
            message.push_str(&format!(
                "Credential should be scoped with a valid terminator: '{TERMINATOR}', not '{}'.",
                self.terminator
            ));
        }
        let day = date.get(..8).unwrap_or_default();
        if self.date != day {
            message.push_str(&format!(
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{}' != '{day}', from '{date}'.",
                self.date
            ));
        }
        if message.is_empty() { Ok(()) } else { Err(AuthFault::DoesNotMatch(message)) }
    }

    /// The scope as it stands in the text that is signed.
    pub(super) fn scope(&self) -> String {
        format!("{}/{}/{}/{TERMINATOR}", self.date, self.region, self.service)
    }
}

impl Region<'_> {
    fn admits(self, region: &str) -> bool {
        match self {
            Self::Any => !region.is_empty(),
            Self::Only(wanted) => region == wanted,
        }
    }
}

pub(super) const TERMINATOR: &str = "aws4_request";

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(credential: &str, wanted: &str) {
        let rules = Rules { region: Region::Only("us-east-1"), ..Rules::sts() };
        let outcome = Credential::parse(credential)
            .and_then(|parsed| parsed.check(&rules, "20150830T123600Z"));
        assert_eq!(
            outcome.err().map(|fault| fault.to_string()).unwrap_or_default(),
            wanted,
            "{credential}"
        );
    }

    #[test]
    fn each_part_of_the_scope_is_held_against_ours() {
        check("AKID/20150830/us-east-1/sts/aws4_request", "");
        check(
            "AKID/20150830/us-west-2/sts/aws4_request",
            "Credential should be scoped to a valid region. ",
        );
        check(
            "AKID/20150830/us-east-1/iam/aws4_request",
            "Credential should be scoped to correct service: 'sts'. ",
        );
        check(
            "AKID/20150830/us-west-2/iam/aws4_request",
            "Credential should be scoped to a valid region. Credential should be scoped to correct service: 'sts'. ",
        );
        check(
            "AKID/20150830/us-east-1/sts/aws5",
            "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5'.",
        );
        check(
            "AKID/20150829/us-east-1/sts/aws4_request",
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20150829' != '20150830', from '20150830T123600Z'.",
        );
        check(
            "AKID/20150830/us-east-1/aws4_request",
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'AKID/20150830/us-east-1/aws4_request'",
        );
    }
}
