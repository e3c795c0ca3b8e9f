//! Members of requests in the SDK's form.

use aws_sdk_sts::types::{PolicyDescriptorType, Tag};
use stscreds_core::{Error, ErrorKind};
use stscreds_provider::{SessionTag, UserSessionDuration};

/// `None` rather than an empty list, which the protocol would send as `Tags=`.
pub(super) fn listed<T>(items: impl Iterator<Item = T>) -> Option<Vec<T>> {
    let items: Vec<T> = items.collect();
    (!items.is_empty()).then_some(items)
}

pub(super) fn policy_descriptor(arn: &str) -> PolicyDescriptorType {
    PolicyDescriptorType::builder().arn(arn).build()
}

pub(super) fn tag(tag: &SessionTag) -> Result<Tag, Error> {
    Tag::builder().key(tag.key()).value(tag.value()).build().map_err(|error| {
        Error::new(ErrorKind::Bug, "the AWS SDK did not accept a session tag").with_source(error)
    })
}

pub(super) fn seconds(duration: UserSessionDuration) -> i32 {
    // Far from the limit: a session of a user has 129,600 s at most.
    i32::try_from(duration.as_secs()).unwrap_or(i32::MAX)
}
