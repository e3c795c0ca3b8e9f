//! The variables that carry credentials, and those that would outrank them.

use stscreds::Credentials;
use stscreds::aws_sdk::Environment;
use stscreds::core::SecretString;

use crate::shell::Variable;

/// The marker of a program that `exec` started.
pub(crate) const MARKER: &str = "STSCREDS_EXEC";

/// Every variable that an SDK reads before the ones that are set, or that would change
/// whose credentials they are: those of botocore, of the SDKs for JavaScript, Go, Java and
/// Rust, and their older names. Passphrases of tools like this one are no program's concern.
pub(crate) const REMOVED: &[&str] = &[
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_SECURITY_TOKEN",
    "AWS_ACCESS_KEY",
    "AWS_SECRET_KEY",
    "AMAZON_ACCESS_KEY_ID",
    "AMAZON_SECRET_ACCESS_KEY",
    "AWS_CREDENTIAL_FILE",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_ACCOUNT_ID",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
    "AWS_LOGIN_CACHE_DIRECTORY",
    "AWS_MFA_SECRET",
    "AWS_VAULT_FILE_PASSPHRASE",
    "AWS_VAULT_KEYCHAIN_NAME",
    "AWS_VAULT_PASS_PASSWORD_STORE_DIR",
];

/// Tokens of single services, which outrank signatures.
pub(crate) const REMOVED_PREFIX: &[&str] = &["AWS_BEARER_TOKEN_", "AWS_CONTAINER_"];

/// The variables of a session, in the order in which they are printed. Those without a
/// value are removed: with the token of another session, a key is refused.
#[derive(Debug)]
pub(crate) struct Variables {
    values: Vec<(&'static str, SecretString)>,
}

impl Variables {
    pub(crate) fn of(credentials: &Credentials, region: Option<&str>) -> Self {
        let expiry = credentials.expires_at().map(|expiry| expiry.to_string());
        let token = credentials.session_token().map(SecretString::expose);
        let given = [
            ("AWS_ACCESS_KEY_ID", Some(credentials.access_key_id())),
            ("AWS_SECRET_ACCESS_KEY", Some(credentials.secret_access_key().expose())),
            ("AWS_SESSION_TOKEN", token),
            ("AWS_CREDENTIAL_EXPIRATION", expiry.as_deref()),
            ("AWS_REGION", region),
            ("AWS_DEFAULT_REGION", region),
        ];
        let kept = given.into_iter().filter_map(|(name, value)| Some((name, value?.into())));
        Self { values: kept.collect() }
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().map(|(name, value)| (*name, value.expose()))
    }

    /// What is set, then what is removed.
    pub(crate) fn lines(&self) -> Vec<Variable<'_>> {
        let set = self.values().map(|(name, value)| (name, Some(value)));
        let has = |name: &&str| self.values.iter().any(|(set, _)| set == name);
        let removed = REMOVED.iter().copied().filter(|name| !has(name)).map(|name| (name, None));
        set.chain(removed).collect()
    }
}

/// Whether a program must not inherit this variable.
pub(crate) fn is_removed(name: &str) -> bool {
    REMOVED.contains(&name) || REMOVED_PREFIX.iter().any(|prefix| name.starts_with(prefix))
}

/// Java options that bring keys of their own: they are warned of, as the rest of the
/// variable may be needed.
pub(crate) fn warning(environment: &Environment) -> Option<String> {
    let names = ["JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"];
    let has_keys = |name: &&&str| {
        let options = environment.get(name).unwrap_or_default();
        ["-Daws.accessKeyId", "-Daws.secretAccessKey", "-Daws.secretKey", "-Daws.sessionToken"]
            .iter()
            .any(|key| options.contains(key))
    };
    let name = names.iter().find(has_keys)?;
    Some(format!("{name} has -Daws keys, which programs in Java use instead of this session"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_outranks_the_session_is_removed() {
        for name in REMOVED.iter().chain(&["AWS_BEARER_TOKEN_BEDROCK", "AWS_CONTAINER_NEW"]) {
            assert!(is_removed(name), "{name}");
        }
        for name in ["AWS_REGION", "AWS_CA_BUNDLE", "AWS_CONFIG_FILE", "PATH"] {
            assert!(!is_removed(name), "{name}");
        }
    }

    #[test]
    fn keys_without_a_token_remove_that_of_others() {
        let variables = Variables::of(&Credentials::new("AKIA", "secret"), None);

        let lines = variables.lines();

        assert!(lines.contains(&("AWS_ACCESS_KEY_ID", Some("AKIA"))));
        for name in ["AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_PROFILE"] {
            assert!(lines.contains(&(name, None)), "{name}");
        }
        assert!(!lines.iter().any(|(name, _)| *name == "AWS_REGION"));
    }
}
