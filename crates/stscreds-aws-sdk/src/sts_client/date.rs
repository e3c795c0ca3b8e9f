use std::time::SystemTime;

use aws_sdk_sts::config::interceptors::BeforeDeserializationInterceptorContextRef;
use aws_sdk_sts::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_sts::error::BoxError;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use stscreds_cache::ClockSkew;

/// Compares the `Date` of each answer with the clock that the SDK signs by.
#[derive(Debug)]
pub(super) struct DateWatch(pub(super) ClockSkew);

impl Intercept for DateWatch {
    fn name(&self) -> &'static str {
        "DateWatch"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        runtime_components: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let date = context.response().headers().get("date");
        let server = date
            .and_then(|date| DateTime::from_str(date, Format::HttpDate).ok())
            .and_then(|date| SystemTime::try_from(date).ok());
        // What is no date says nothing about the clock, and is no reason to fail the call.
        if let (Some(server), Some(local)) = (server, runtime_components.time_source()) {
            self.0.observe(server.into(), local.now().into());
        }
        Ok(())
    }
}
