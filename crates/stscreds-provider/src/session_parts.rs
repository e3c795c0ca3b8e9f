//! Members that requests have in common, as parts of the keys of their sessions.

use stscreds_core::SessionKeyBuilder;

use crate::{PolicyArns, ProvidedContexts, SessionTags};

pub(crate) fn policy_arns(key: SessionKeyBuilder, arns: &PolicyArns) -> SessionKeyBuilder {
    arns.iter().fold(key, |key, arn| key.part("PolicyArn", arn))
}

pub(crate) fn tags(key: SessionKeyBuilder, tags: &SessionTags) -> SessionKeyBuilder {
    tags.iter().fold(key, |key, tag| {
        let name = if tag.is_transitive() { "TransitiveTag" } else { "Tag" };
        key.part(name, tag.key()).part("TagValue", tag.value())
    })
}

pub(crate) fn contexts(key: SessionKeyBuilder, contexts: &ProvidedContexts) -> SessionKeyBuilder {
    contexts.iter().fold(key, |key, context| {
        key.part("ContextProvider", context.provider_arn())
            .part("ContextAssertion", context.assertion().expose())
    })
}

pub(crate) fn seconds(seconds: u32) -> [u8; 4] {
    seconds.to_le_bytes()
}
