use super::call::{REDACTED, cut, cut_to};
use crate::wire::{Answer, Form};

/// What the journal does with what proves something: tokens, assertions, MFA codes, secret keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Secrets {
    /// They are not in it.
    #[default]
    Redacted,
    /// They are, for tests that look into the tokens that a client sent or got. Whoever reads the journal or `GET /_fake-sts/calls` sees them then,
    /// and so does whoever reads the failure of an expectation. Events of `tracing` and [records of
    /// `CloudTrail`](super::Journal::cloudtrail) are without them in any case.
    Shown,
}

/// Parameters that prove something.
const PARAMETERS: [&str; 6] = [
    "TokenCode",
    "WebIdentityToken",
    "SAMLAssertion",
    "TradeInToken",
    "ContextAssertion",
    "EncodedMessage",
];

/// Members of answers that prove something, or tell what was encoded.
const MEMBERS: [&str; 4] =
    ["SecretAccessKey", "SessionToken", "WebIdentityToken", "DecodedMessage"];

/// The structure about the person behind a session, which the published model calls sensitive.
const PERSON: &str = "TrustedIdentityPropagationContext";

/// Secrets that are shown are shown whole: a SAML assertion has up to 100,000 characters.
const LIMIT: usize = 100_000;

impl Secrets {
    /// The value of a parameter as the journal has it.
    pub(super) fn parameter(self, name: &str, value: &str) -> String {
        match (is_secret(name), self) {
            (false, _) => cut(value),
            (true, Self::Redacted) => REDACTED.to_owned(),
            (true, Self::Shown) => cut_to(LIMIT, value),
        }
    }

    /// The members of an answer as the journal has them.
    pub(crate) fn answer(self, answer: Answer) -> Answer {
        match self {
            Self::Shown => answer,
            Self::Redacted => {
                let mut answer = answer;
                answer.remove(PERSON);
                answer.map_text(&|name, text| {
                    if is_secret_member(name) { REDACTED.to_owned() } else { text }
                })
            }
        }
    }

    /// A message without the secrets that it quotes: STS repeats a malformed MFA code, the journal does not.
    pub(crate) fn message(self, message: &str, form: &Form<'_>) -> String {
        if self == Self::Shown {
            return message.to_owned();
        }
        let secrets = form.iter().filter(|(name, value)| is_secret(name) && !value.is_empty());
        secrets.fold(message.to_owned(), |message, (_, value)| {
            message.replace(&format!("'{value}'"), REDACTED)
        })
    }
}

/// Whether a parameter proves something.
pub(super) fn is_secret(name: &str) -> bool {
    PARAMETERS.contains(&name.rsplit('.').next().unwrap_or(name))
}

/// Whether a member of an answer proves something.
pub(super) fn is_secret_member(name: &str) -> bool {
    name == PERSON || MEMBERS.contains(&name)
}
