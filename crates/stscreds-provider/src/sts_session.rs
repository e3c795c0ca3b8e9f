use stscreds_core::{Credentials, Error, ErrorKind, ProviderSource, SecretString, Timestamp};

use crate::arn::account_of;

/// What STS answered to a call that issues credentials, member by member and
/// before anybody checked that none is missing.
///
/// A view of STS fills it from whatever its HTTP client understood.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct StsSession {
    /// `Credentials.AccessKeyId`.
    pub access_key_id: Option<String>,
    /// `Credentials.SecretAccessKey`.
    pub secret_access_key: Option<SecretString>,
    /// `Credentials.SessionToken`.
    pub session_token: Option<SecretString>,
    /// `Credentials.Expiration`.
    pub expiration: Option<Timestamp>,
    /// `AssumedRoleUser.Arn` or `FederatedUser.Arn`, from which the account id is
    /// read; `GetSessionToken` answers none.
    pub arn: Option<String>,
}

impl StsSession {
    /// The credentials, if they are complete.
    pub(crate) fn into_credentials(
        self,
        operation: &'static str,
        provider_name: &'static str,
        provider_sources: Vec<ProviderSource>,
    ) -> Result<Credentials, Error> {
        let lacks = |member: &str| {
            let what = format!("the answer to {operation} lacks {member}");
            Error::new(ErrorKind::MalformedResponse, what)
        };
        let key = self.access_key_id.filter(|id| !id.is_empty());
        let secret = self.secret_access_key.filter(|secret| !secret.expose().is_empty());
        let token = self.session_token.filter(|token| !token.expose().is_empty());

        let builder = Credentials::builder(
            key.ok_or_else(|| lacks("AccessKeyId"))?,
            secret.ok_or_else(|| lacks("SecretAccessKey"))?,
        )
        .session_token(token.ok_or_else(|| lacks("SessionToken"))?)
        .expires_at(self.expiration.ok_or_else(|| lacks("Expiration"))?)
        .provider_name(provider_name)
        .provider_sources(provider_sources);

        // No account id is no failure: nothing but endpoint rules of some services asks for it.
        Ok(match self.arn.as_deref().and_then(account_of) {
            Some(account) => builder.account_id(account).build(),
            None => builder.build(),
        })
    }
}

#[cfg(test)]
mod tests {

    use super::*;

    fn complete() -> StsSession {
        StsSession {
            access_key_id: Some("ASIAEXAMPLE".into()),
            secret_access_key: Some("planted-secret".into()),
            session_token: Some("planted-token".into()),
            expiration: Some(Timestamp::from_unix_seconds(1_000)),
            arn: Some("arn:aws:sts::131990247566:assumed-role/r/s".into()),
        }
    }

    fn credentials(session: StsSession) -> Result<Credentials, Error> {
        session.into_credentials("AssumeRole", "AssumeRoleProvider", Vec::new())
    }

    #[test]
    fn a_complete_answer_is_credentials() {
        let credentials = credentials(complete()).unwrap();

        assert_eq!(credentials.access_key_id(), "ASIAEXAMPLE");
        assert_eq!(credentials.account_id(), Some("131990247566"));
        assert_eq!(credentials.expires_at(), Some(Timestamp::from_unix_seconds(1_000)));
    }

    #[track_caller]
    fn check_lacking(member: &str, remove: impl FnOnce(&mut StsSession)) {
        let mut session = complete();
        remove(&mut session);

        let error = credentials(session).unwrap_err();

        assert_eq!(error.kind(), ErrorKind::MalformedResponse);
        assert!(error.to_string().contains(member), "{error}");
        assert!(!format!("{error:?}").contains("planted"));
    }

    #[test]
    fn an_answer_that_lacks_a_member_names_it() {
        check_lacking("AccessKeyId", |session| {
            session.access_key_id = None;
        });
        check_lacking("AccessKeyId", |session| {
            session.access_key_id = Some(String::new());
        });
        check_lacking("SecretAccessKey", |session| {
            session.secret_access_key = None;
        });
        check_lacking("SessionToken", |session| {
            session.session_token = Some("".into());
        });
        check_lacking("Expiration", |session| {
            session.expiration = None;
        });
    }

    #[test]
    fn a_malformed_arn_costs_the_account_id_and_nothing_else() {
        for arn in [None, Some("nonsense".to_owned()), Some("arn:aws:sts::x:y".to_owned())] {
            let credentials = credentials(StsSession { arn, ..complete() }).unwrap();

            assert_eq!(credentials.account_id(), None);
        }
    }
}
