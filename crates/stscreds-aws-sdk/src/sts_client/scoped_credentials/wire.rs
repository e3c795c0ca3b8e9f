//! `GetScopedCredentials` on the wire: `aws-sdk-sts` does not have the operation yet.
//!
//! The SDK sends `GetSessionToken`, with the request and the response of the other operation put in the place of
//! its own, by an interceptor: everything else, from endpoint and signature to retries and timeouts, is the SDK's. To
//! be replaced by the SDK's own operation as soon as there is one.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_sts::config::http::{HttpRequest, HttpResponse};
use aws_sdk_sts::config::interceptors::BeforeSerializationInterceptorContextRef;
use aws_sdk_sts::config::{ConfigBag, Intercept};
use aws_sdk_sts::error::{BoxError, ErrorMetadata};
use aws_sdk_sts::operation::get_session_token::{GetSessionTokenError, GetSessionTokenOutput};
use aws_sdk_sts::types::Credentials;
use aws_smithy_runtime_api::client::interceptors::context::{Error, Input, Output};
use aws_smithy_runtime_api::client::orchestrator::OrchestratorError;
use aws_smithy_runtime_api::client::ser_de::{
    DeserializeResponse, SerializeRequest, SharedRequestSerializer, SharedResponseDeserializer,
};
use aws_smithy_types::DateTime;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::date_time::Format;
use stscreds_provider::{
    ScopedCredentialsRequest, ScopedPolicy, ScopedSession, ScopedSessionDescription,
};

use crate::sts_client::error_body::{element, fault_in, unescaped};

/// What of the response the output of `GetSessionToken` has no members for.
#[derive(Debug, Default)]
pub(super) struct Answered(Mutex<ScopedSession>);

impl Answered {
    pub(super) fn take(&self) -> ScopedSession {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Puts request and response of the operation into a call of another one.
#[derive(Debug)]
pub(super) struct Exchanged {
    body: Arc<str>,
    answered: Arc<Answered>,
}

impl Exchanged {
    pub(super) fn new(request: &ScopedCredentialsRequest, answered: Arc<Answered>) -> Self {
        Self { body: body_of(request).into(), answered }
    }
}

impl Intercept for Exchanged {
    fn name(&self) -> &'static str {
        "GetScopedCredentials"
    }

    fn read_before_execution(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        // What interceptors store comes before what the operation stored.
        let state = config.interceptor_state();
        state.store_put(SharedRequestSerializer::new(ToRequest(Arc::clone(&self.body))));
        state.store_put(SharedResponseDeserializer::new(FromResponse(Arc::clone(&self.answered))));
        Ok(())
    }
}

fn body_of(request: &ScopedCredentialsRequest) -> String {
    let ScopedCredentialsRequest {
        policy,
        duration,
        description,
        minimum_session_token_size: size,
        ..
    } = request;
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("Action", super::OPERATION).append_pair("Version", "2011-06-15");
    let mut optional = |name: &str, value: Option<&str>| {
        form.extend_pairs(value.map(|value| (name, value)));
    };
    optional("Policy", policy.as_ref().map(ScopedPolicy::as_str));
    optional("DurationSeconds", duration.map(|duration| duration.as_secs().to_string()).as_deref());
    let description = description.as_ref().map(ScopedSessionDescription::as_str);
    optional("ScopedSessionDescription", description);
    optional("MinimumSessionTokenSize", size.map(|size| size.as_bytes().to_string()).as_deref());
    form.finish()
}

#[derive(Debug)]
struct ToRequest(Arc<str>);

impl SerializeRequest for ToRequest {
    fn serialize_input(&self, _: Input, _: &mut ConfigBag) -> Result<HttpRequest, BoxError> {
        let request = http::Request::builder()
            .method("POST")
            .uri("/")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("content-length", self.0.len())
            .body(SdkBody::from(&*self.0))?;
        Ok(HttpRequest::try_from(request)?)
    }
}

struct FromResponse(Arc<Answered>);

/// Not what was answered, which holds credentials.
impl fmt::Debug for FromResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FromResponse")
    }
}

impl DeserializeResponse for FromResponse {
    fn deserialize_nonstreaming_with_config(
        &self,
        response: &HttpResponse,
        _: &ConfigBag,
    ) -> Result<Output, OrchestratorError<Error>> {
        if !response.status().is_success() {
            return Err(OrchestratorError::operation(Error::erase(error_of(response))));
        }
        let Some((output, scoped)) = read(response) else {
            let what = "not a response to GetScopedCredentials";
            return Err(OrchestratorError::other(what));
        };
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) = scoped;
        Ok(Output::erase(output))
    }
}

/// By the code, SDKs decide whether to try again.
fn error_of(response: &HttpResponse) -> GetSessionTokenError {
    let mut metadata = ErrorMetadata::builder();
    if let Some(fault) = fault_in(response) {
        metadata = metadata.code(fault.code);
        if let Some(message) = fault.message {
            metadata = metadata.message(message);
        }
    }
    GetSessionTokenError::generic(metadata.build())
}

/// The members of a result. That none is missing is checked by the provider.
fn read(response: &HttpResponse) -> Option<(GetSessionTokenOutput, ScopedSession)> {
    let text = std::str::from_utf8(response.body().bytes()?).ok()?;
    let result = element(text, "GetScopedCredentialsResult")?;
    let member = |parent: &str, name: &str| {
        let text = unescaped(element(parent, name)?.trim()).into_owned();
        Some(text).filter(|text| !text.is_empty())
    };
    let mut output = GetSessionTokenOutput::builder();
    if let Some(given) = element(result, "Credentials") {
        let member = |name: &str| member(given, name).unwrap_or_default();
        let expiration = DateTime::from_str(&member("Expiration"), Format::DateTimeWithOffset);
        let credentials = Credentials::builder()
            .access_key_id(member("AccessKeyId"))
            .secret_access_key(member("SecretAccessKey"))
            .session_token(member("SessionToken"))
            .expiration(expiration.unwrap_or_else(|_| DateTime::from_secs(0)));
        output = output.credentials(credentials.build().ok()?);
    }
    let info = element(result, "SessionInfo");
    let mut scoped = ScopedSession::default();
    scoped.session.arn = info.and_then(|info| member(info, "Arn"));
    scoped.scoped_session_id = info.and_then(|info| member(info, "ScopedSessionId"));
    scoped.scoped_policies_count =
        member(result, "ScopedPoliciesCount").and_then(|count| count.parse().ok());
    Some((output.build(), scoped))
}
