/// Conversions that every checked text has: borrowed as `str`, and parsed from one or from a
/// `String` where a generic function asks for `TryFrom`.
macro_rules! text_conversions {
    ($($name:ty),+ $(,)?) => {$(
        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl TryFrom<&str> for $name {
            type Error = stscreds_core::Error;

            fn try_from(text: &str) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl TryFrom<String> for $name {
            type Error = stscreds_core::Error;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }
    )+};
}

text_conversions!(
    crate::RoleArn,
    crate::SessionName,
    crate::SourceIdentity,
    crate::FederatedUserName,
    crate::SamlProviderArn,
    crate::TokenAudience,
);

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::{RoleArn, SessionName};

    #[test]
    fn checked_texts_convert_like_texts_and_are_checked_on_the_way() {
        let name = SessionName::try_from("deploy").unwrap();

        assert_eq!(name.as_ref(), "deploy");
        assert_eq!(SessionName::try_from(String::from("deploy")).unwrap(), name);
        assert!(SessionName::try_from("with space").is_err());
        assert!(RoleArn::try_from(String::from("deploy")).is_err());
    }

    #[test]
    fn checked_texts_are_ordered_as_their_text_is() {
        let names: BTreeSet<SessionName> =
            ["bob", "alice", "bob"].into_iter().map(|name| name.parse().unwrap()).collect();

        assert_eq!(names.iter().map(AsRef::as_ref).collect::<Vec<&str>>(), ["alice", "bob"]);
    }
}
