use std::fmt::{self, Write};

use serde_json::{Map, Value, json};
use sha1::{Digest, Sha1};
use stscreds_provider::{
    AssumeRoleRequest, AssumeRoleWithWebIdentityRequest, ExternalId, PolicyArns, SessionDuration,
    SessionName, SessionPolicy, SourceIdentity,
};
use stscreds_token::{IdentityToken, MfaSerial};

use super::python_json::write_json;
use crate::secret_json::SecretJson;

/// The name of the file for a session of this request, without `.json`: the SHA-1 of
/// all its parameters, as botocore computes it. Of name and duration only what was
/// configured counts.
pub(super) fn name_of_role(
    request: &AssumeRoleRequest,
    name: Option<&SessionName>,
    duration: Option<SessionDuration>,
    serial: Option<&MfaSerial>,
) -> String {
    let mut parameters = Parameters::of(&request.role_arn, name, duration);
    parameters.policies(request.policy.as_ref(), &request.policy_arns);
    parameters.optional("ExternalId", request.external_id.as_ref().map(ExternalId::expose));
    parameters.optional("SerialNumber", serial.map(MfaSerial::as_str));
    let identity = request.source_identity.as_ref();
    parameters.optional("SourceIdentity", identity.map(SourceIdentity::as_str));
    let tags = request.tags.iter().map(|tag| json!({"Key": tag.key(), "Value": tag.value()}));
    parameters.list("Tags", tags);
    parameters.list("TransitiveTagKeys", request.tags.transitive_keys().map(Value::from));
    let contexts = request.provided_contexts.iter().map(|context| {
        let assertion = context.assertion().expose();
        json!({"ProviderArn": context.provider_arn(), "ContextAssertion": assertion})
    });
    parameters.list("ProvidedContexts", contexts);
    parameters.name()
}

/// The same for a web identity, the token being a parameter like all others
/// ([aws-cli#10670](https://github.com/aws/aws-cli/pull/10670)).
pub(super) fn name_of_web_identity(
    request: &AssumeRoleWithWebIdentityRequest,
    name: Option<&SessionName>,
) -> String {
    let mut parameters = Parameters::of(&request.role_arn, name, request.duration);
    parameters.policies(request.policy.as_ref(), &request.policy_arns);
    parameters.optional("WebIdentityToken", Some(as_python_reads(&request.token)));
    parameters.name()
}

/// The content of a token file, white space and all, but for the ends of lines, which
/// Python reads as line feeds.
fn as_python_reads(token: &IdentityToken) -> String {
    let verbatim = token.verbatim();
    // Room for all of it: a text that is moved while it grows leaves a copy behind.
    let mut text = String::with_capacity(verbatim.len());
    let mut ends = verbatim.chars().peekable();
    while let Some(c) = ends.next() {
        if c == '\r' {
            ends.next_if_eq(&'\n');
        }
        text.push(if c == '\r' { '\n' } else { c });
    }
    text
}

/// The parameters of a call as members of a JSON object.
struct Parameters(Map<String, Value>);

impl Parameters {
    fn of(
        role_arn: &impl fmt::Display,
        name: Option<&SessionName>,
        duration: Option<SessionDuration>,
    ) -> Self {
        let mut parameters = Self(Map::new());
        parameters.optional("RoleArn", Some(role_arn.to_string()));
        parameters.optional("RoleSessionName", name.map(SessionName::as_str));
        parameters.optional("DurationSeconds", duration.map(SessionDuration::as_secs));
        parameters
    }

    fn policies(&mut self, policy: Option<&SessionPolicy>, arns: &PolicyArns) {
        // As botocore does, so that the spelling of the policy does not count.
        let parsed = |text| serde_json::from_str(text).unwrap_or_else(|_| Value::from(text));
        self.optional("Policy", policy.map(SessionPolicy::as_str).map(parsed));
        self.list("PolicyArns", arns.iter().map(|arn| json!({"arn": arn})));
    }

    fn optional(&mut self, name: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.0.insert(name.to_owned(), value.into());
        }
    }

    fn list(&mut self, name: &str, items: impl Iterator<Item = Value>) {
        let items: Vec<_> = items.collect();
        self.optional(name, Some(items).filter(|items| !items.is_empty()));
    }

    fn name(self) -> String {
        let mut hash = Hashed(Sha1::new());
        let parameters = SecretJson::from(Value::Object(self.0));
        // To hash does not fail.
        let _ = write_json(&mut hash, &parameters);
        data_encoding::HEXLOWER.encode(&hash.0.finalize())
    }
}

/// Hashes a text as it is written, so that the token in it is copied nowhere.
struct Hashed(Sha1);

impl Write for Hashed {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text);
        Ok(())
    }
}
