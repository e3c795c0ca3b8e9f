use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Scene;
use crate::switches::ContextAssertions;
use crate::wire::{ErrorCode, Refusal};
use crate::world::{OriginIdentity, Seal};

/// What a context provider says about who is behind a request: one of `ProvidedContexts` of `AssumeRole`.
///
/// At AWS such assertions are made for IAM Identity Center and IAM Roles Anywhere. Here, `FakeSts::context_assertion` makes them for
/// the provider that a test plays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ContextAssertion {
    /// The identity; its `provider` is the ARN that the request must name beside the assertion.
    #[serde(rename = "o")]
    pub origin: OriginIdentity,
    /// From when on it is refused, in seconds since 1970.
    #[serde(rename = "e")]
    pub expires: i64,
}

impl ContextAssertion {
    /// How long assertions last if nothing else is said.
    pub const LIFETIME: Duration = Duration::from_secs(300);

    /// An assertion of a provider about a subject, made now.
    #[must_use]
    pub fn new(
        provider_arn: impl Into<String>,
        subject: impl Into<String>,
        now: Timestamp,
    ) -> Self {
        let provider = provider_arn.into();
        let origin = OriginIdentity {
            subject: subject.into(),
            subject_type: None,
            issuer: provider.clone(),
            provider,
            claims: Vec::new(),
        };
        let expires = now.as_second().saturating_add(seconds(Self::LIFETIME));
        Self { origin, expires }
    }

    /// The text that a request carries.
    #[must_use]
    pub fn close(&self, seal: &Seal) -> String {
        // Texts and a number, which JSON always has a form for.
        seal.close_context(&serde_json::to_string(self).unwrap_or_default())
    }
}

/// The identity that the contexts of a request assert; nothing if there are none.
///
/// # Errors
///
/// `InvalidContextAssertion` when one was not made by this server, has expired, or is another provider's. The words of AWS are not known.
pub(super) fn asserted(
    scene: &Scene<'_>,
    contexts: &[[Option<&str>; 2]],
) -> Result<Option<OriginIdentity>, Refusal> {
    if scene.switches().context_assertions == ContextAssertions::Ignored {
        return Ok(None);
    }
    let mut origin = None;
    for [provider, assertion] in contexts {
        let opened = assertion.and_then(|text| scene.seal.open_context(text).ok());
        let opened = opened.and_then(|text| serde_json::from_str::<ContextAssertion>(&text).ok());
        let opened = opened.ok_or_else(|| {
            invalid("it was not made by this fake; make one with FakeSts::context_assertion or POST /_fake-sts/context-assertion")
        })?;
        if *provider != Some(opened.origin.provider.as_str()) {
            return Err(invalid(&format!("it is one of {}", opened.origin.provider)));
        }
        if scene.now.as_second() >= opened.expires {
            return Err(invalid("it has expired"));
        }
        origin.get_or_insert(opened.origin);
    }
    Ok(origin)
}

fn invalid(why: &str) -> Refusal {
    let message = "The context assertion is invalid.";
    Refusal::new(ErrorCode::InvalidContextAssertion, message).because(why)
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}
