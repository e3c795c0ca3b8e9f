//! Trusted identity propagation: from a token or an assertion into a session, and into the response.

use crate::wire::{Answer, ErrorCode, Refusal};
use crate::world::{ContextProvider, OriginIdentity};

/// How long a value of the transaction context may be, in characters.
const LONGEST: usize = 128;

/// The identity that a context provider finds.
///
/// What happens where there is no subject was not seen; that there must be one is
/// [documented](https://docs.aws.amazon.com/IAM/latest/APIReference/API_ContextProvider.html).
pub(super) fn found(
    provider: &ContextProvider,
    (issuer, arn): (String, &str),
    value_of: impl Fn(&str) -> Option<String>,
) -> Result<OriginIdentity, Refusal> {
    let subject = value_of(&provider.subject_source_key).ok_or_else(|| {
        let message = format!("Missing a required claim: {}", provider.subject_source_key);
        Refusal::new(ErrorCode::InvalidIdentityToken, message)
            .because("the context provider of the identity provider takes the subject from there")
    })?;
    let subject_type = provider.subject_type_source_key.as_deref().and_then(&value_of);
    let claims = provider.key_definitions.iter().filter_map(|key| {
        let value = value_of(&key.source_key).filter(|value| value.chars().count() <= LONGEST)?;
        let name = key.target_key.as_ref().unwrap_or(&key.source_key);
        Some((name.strip_prefix(PREFIX).unwrap_or(name).to_owned(), value))
    });
    Ok(OriginIdentity {
        subject,
        subject_type: subject_type.or_else(|| provider.subject_type_value.clone()),
        issuer,
        provider: arn.to_owned(),
        claims: claims.collect(),
    })
}

const PREFIX: &str = "aws:TransactionContext/IdentityProvider/";

/// The response with the member `TrustedIdentityPropagationContext`, if there is such an identity.
pub(super) fn told(answer: Answer, origin: Option<&OriginIdentity>) -> Answer {
    let Some(origin) = origin else { return answer };
    let identity = Answer::new()
        .text("Subject", &origin.subject)
        .optional_text("SubjectType", origin.subject_type.as_ref())
        .text("Issuer", &origin.issuer)
        .text("FederatedProviderArn", &origin.provider);
    let mut context = Answer::new().structure("OriginIdentity", identity);
    if !origin.claims.is_empty() {
        let transaction = Answer::new().map("IdentityProvider", &origin.claims);
        context = context.structure("TransactionContext", transaction);
    }
    answer.structure("TrustedIdentityPropagationContext", context)
}
