use stscreds_core::{Error, ErrorKind};

use crate::arn::excerpt;

/// Whose credentials sign a call, as STS sees it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CallerIdentity {
    account: String,
    arn: String,
    user_id: String,
}

impl CallerIdentity {
    /// What STS answered, if no member is missing.
    ///
    /// # Errors
    ///
    /// [`MalformedResponse`](ErrorKind::MalformedResponse) naming the member.
    pub fn from_answer(
        account: Option<String>,
        arn: Option<String>,
        user_id: Option<String>,
    ) -> Result<Self, Error> {
        let present = |member: Option<String>, name: &str| {
            member.filter(|text| !text.is_empty()).ok_or_else(|| {
                let what = format!("the answer to GetCallerIdentity lacks {name}");
                Error::new(ErrorKind::MalformedResponse, what)
            })
        };
        Ok(Self {
            account: present(account, "Account")?,
            arn: present(arn, "Arn")?,
            user_id: present(user_id, "UserId")?,
        })
    }

    /// The account: `111122223333`.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The ARN of the user or session: `arn:aws:sts::111122223333:assumed-role/..`.
    #[must_use]
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// The id that AWS never gives to another: `AROA..:session` or `AIDA..`.
    #[must_use]
    pub fn user_id(&self) -> &str {
        &self.user_id
    }

    /// Fails unless the caller is in this account: for a program that must never
    /// work on the wrong one.
    ///
    /// # Errors
    ///
    /// [`InvalidConfiguration`](ErrorKind::InvalidConfiguration) naming both accounts
    /// and the caller.
    pub fn require_account(&self, account: &str) -> Result<(), Error> {
        if self.account == account {
            return Ok(());
        }
        let Self { account: actual, arn, .. } = self;
        let wanted = excerpt(account);
        let what = format!("the credentials are of account {actual} and not {wanted}: {arn}");
        Err(Error::new(ErrorKind::InvalidConfiguration, what))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity() -> CallerIdentity {
        CallerIdentity::from_answer(
            Some("111122223333".into()),
            Some("arn:aws:iam::111122223333:user/alice".into()),
            Some("AIDAEXAMPLE".into()),
        )
        .unwrap()
    }

    #[test]
    fn an_answer_that_lacks_a_member_names_it() {
        let given = || Some("x".to_owned());
        for (answer, member) in [
            (CallerIdentity::from_answer(None, given(), given()), "Account"),
            (CallerIdentity::from_answer(given(), Some(String::new()), given()), "Arn"),
            (CallerIdentity::from_answer(given(), given(), None), "UserId"),
        ] {
            let error = answer.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::MalformedResponse);
            assert!(error.to_string().contains(member), "{error}");
        }
    }

    #[test]
    fn the_wrong_account_is_told_with_both_and_the_caller() {
        assert!(identity().require_account("111122223333").is_ok());

        let error = identity().require_account("444455556666").unwrap_err();

        assert_eq!(error.kind(), ErrorKind::InvalidConfiguration);
        for told in ["111122223333", "444455556666", "user/alice"] {
            assert!(error.to_string().contains(told), "{error}");
        }
    }
}
