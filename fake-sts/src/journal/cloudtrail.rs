//! The journal in the words of CloudTrail.

mod elements;
mod user_identity;

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::{Call, CallOutcome, TlsDetails};
use crate::action::{Endpoint, Operation};
use crate::extended_request_id::extended_request_id;

/// The version of the format when this was written.
const VERSION: &str = "1.11";

/// The records of calls, in the envelope of a log file.
pub(crate) fn records<'a>(calls: impl Iterator<Item = &'a Call>) -> Value {
    json!({ "Records": calls.flat_map(of_call).collect::<Vec<_>>() })
}

/// One record for each account that sees the call; none for a call that CloudTrail does not log.
fn of_call(call: &Call) -> Vec<Value> {
    let Some(operation) = Operation::named(&call.operation) else { return Vec::new() };
    let behind = call.identity.as_ref().map(|behind| &*behind.0);
    let (outcome, _) = call.ended_at_sts();
    // A fault or the client kept the call from STS, or nobody known is behind it.
    if matches!(outcome, CallOutcome::Faulted | CallOutcome::Abandoned)
        || (operation.is_signed() && behind.is_none())
    {
        return Vec::new();
    }
    let role_account = call.parameter("RoleArn").and_then(account_of);
    let own_account = behind.map(|caller| caller.account.to_string());
    let event = |recipient: &Option<String>, user_identity: Value| {
        let recipient = recipient.as_deref().unwrap_or_default();
        let mut event = common(call, operation);
        event.insert("userIdentity".to_owned(), user_identity);
        event.insert("recipientAccountId".to_owned(), recipient.into());
        event.insert("eventID".to_owned(), id(&[&call.request_id, recipient]).into());
        event
    };
    match behind {
        None => {
            let role_account = role_account.map(str::to_owned);
            vec![event(&role_account, user_identity::of_bearer(call, operation)).into()]
        }
        Some(caller) => {
            let mut own = event(&own_account, user_identity::of_caller(caller));
            let elsewhere = role_account
                .filter(|account| own_account.as_deref() != Some(*account))
                .filter(|_| *outcome == CallOutcome::Answered);
            let Some(elsewhere) = elsewhere else { return vec![own.into()] };
            let shared = id(&[&call.request_id, "shared"]);
            own.insert("sharedEventID".to_owned(), shared.as_str().into());
            let foreign = user_identity::of_foreign_caller(caller);
            let mut theirs = event(&Some(elsewhere.to_owned()), foreign);
            theirs.insert("sharedEventID".to_owned(), shared.into());
            vec![own.into(), theirs.into()]
        }
    }
}

/// What the records of all accounts have in common.
fn common(call: &Call, operation: Operation) -> Map<String, Value> {
    let mut event = Map::new();
    let mut set = |name: &str, value: Value| {
        event.insert(name.to_owned(), value);
    };
    set("eventVersion", VERSION.into());
    set("eventTime", time(Timestamp::try_from(call.at).unwrap_or_default()).into());
    set("eventSource", "sts.amazonaws.com".into());
    set("eventName", operation.as_str().into());
    set("awsRegion", call.region.as_str().into());
    set("sourceIPAddress", call.source_ip.map(|address| address.to_string()).into());
    if let Some(TlsDetails { session, host }) = &call.tls {
        let details = json!({
            "tlsVersion": session.version,
            "cipherSuite": session.cipher_suite,
            "clientProvidedHostHeader": host,
            "keyExchange": session.key_exchange,
        });
        set("tlsDetails", details);
    }
    set("userAgent", call.user_agent.clone().into());
    if let CallOutcome::Refused { code, .. } = call.ended_at_sts().0 {
        set("errorCode", (*code).into());
        set("errorMessage", call.message_at_sts().into());
    }
    // Denied calls are logged without what they asked for; those refused later with it.
    let denied = matches!(call.ended_at_sts().0, CallOutcome::Refused { code: "AccessDenied", .. });
    let parameters = if denied { Value::Null } else { elements::of_request(call) };
    set("requestParameters", parameters);
    set("responseElements", elements::of_answer(call, operation));
    if *call.ended_at_sts().0 == CallOutcome::Answered {
        set("additionalEventData", additional(call));
    }
    set("requestID", call.request_id.as_str().into());
    set("readOnly", is_read_only(operation).into());
    if let Some(resources) = elements::resources(call) {
        set("resources", resources);
    }
    set("eventType", "AwsApiCall".into());
    set("managementEvent", true.into());
    set("eventCategory", "Management".into());
    event
}

/// What STS adds to the records of calls that it carried out.
fn additional(call: &Call) -> Value {
    let at = Timestamp::try_from(call.at).unwrap_or_default();
    let kind = match call.endpoint {
        Endpoint::Regional => "regional",
        Endpoint::Global => "global",
    };
    json!({
        "ExtendedRequestId": extended_request_id(&call.request_id, &call.region, call.endpoint, at),
        "RequestDetails": { "endpointType": kind, "awsServingRegion": call.region },
    })
}

/// As recorded in September 2026: assuming a role counts as reading, and what else issues credentials or tokens does not.
fn is_read_only(operation: Operation) -> bool {
    !matches!(
        operation,
        Operation::AssumeRoot
            | Operation::GetDelegatedAccessToken
            | Operation::GetFederationToken
            | Operation::GetScopedCredentials
            | Operation::GetSessionToken
            | Operation::GetWebIdentityToken
    )
}

/// The same id each time the journal is exported.
fn id(parts: &[&str]) -> String {
    let hash = Sha256::digest(parts.join("/"));
    let bytes = std::array::from_fn(|at| hash[at]);
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

fn time(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn account_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(4).filter(|account| !account.is_empty())
}
