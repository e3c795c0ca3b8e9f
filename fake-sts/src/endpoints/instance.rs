use http::Method;
use http::request::Parts;
use serde_json::json;

use super::answer::Answer;
use super::document::{of_instance, time};
use super::endpoint::Kind;
use super::sessions::{REGION, Sessions};
use crate::state::State;

/// The longest life of a token, in seconds: six hours.
const TOKEN_LIFE: i64 = 21_600;

/// The name of the role's session, as EC2 makes it of the instance.
const INSTANCE: &str = "i-0fa4e57500000001";

const TTL: &str = "x-aws-ec2-metadata-token-ttl-seconds";

/// What the metadata service answers; nothing for a path that it does not have.
pub(super) fn answer(
    state: &State,
    sessions: &Sessions,
    parts: &Parts,
    path: &str,
) -> Option<Answer> {
    let path = path.strip_prefix("/latest/")?;
    // A proxy in between would lend the role to the world.
    if parts.headers.contains_key("x-forwarded-for") && path == "api/token" {
        return Some(Answer::bare(TOKEN, 403));
    }
    if path == "api/token" {
        return Some(token(state, sessions, parts));
    }
    Some(data(state, sessions, parts, path))
}

const TOKEN: &str = "imds:GetToken";
const ROLE: &str = "imds:GetRole";
const CREDENTIALS: &str = "imds:GetCredentials";
const METADATA: &str = "imds:GetMetadata";

fn token(state: &State, sessions: &Sessions, parts: &Parts) -> Answer {
    if parts.method != Method::PUT {
        return Answer::bare(TOKEN, 405);
    }
    let seconds = parts.headers.get(TTL).and_then(|value| value.to_str().ok()?.parse().ok());
    match seconds.filter(|seconds| (1..=TOKEN_LIFE).contains(seconds)) {
        None => Answer::bare(TOKEN, 400),
        Some(seconds) => {
            let token = sessions.new_token(state.clock.timestamp(), seconds);
            // The SDK for Rust wants to read the time there.
            Answer::text(TOKEN, token).with_header(TTL, seconds.to_string())
        }
    }
}

fn data(state: &State, sessions: &Sessions, parts: &Parts, path: &str) -> Answer {
    let under_role = path.strip_prefix("meta-data/iam/security-credentials");
    let operation = match under_role {
        Some("") => ROLE,
        Some(_) => CREDENTIALS,
        None => METADATA,
    };
    if parts.method != Method::GET {
        return Answer::bare(operation, 405);
    }
    let now = state.clock.timestamp();
    let token = parts.headers.get("x-aws-ec2-metadata-token");
    let is_admitted = match token {
        Some(token) => token.to_str().is_ok_and(|token| sessions.knows_token(token, now)),
        None => matches!(sessions.endpoint.kind, Kind::Instance { version_1: true }),
    };
    if !is_admitted {
        return Answer::bare(operation, 401);
    }
    let Some(given) = sessions.give(state, INSTANCE) else { return Answer::bare(operation, 404) };
    match (under_role, path) {
        (Some(""), _) => Answer::text(operation, given.role_name),
        (Some(role), _) if role.strip_prefix('/') == Some(&given.role_name) => {
            Answer::json(operation, &of_instance(&given))
        }
        (None, "meta-data/iam/info") => {
            let profile = given.role_arn.replacen(":role/", ":instance-profile/", 1);
            let info = json!({"Code": "Success", "LastUpdated": time(given.issued), "InstanceProfileArn": profile, "InstanceProfileId": "AIPAFAKESTS2222222222"});
            Answer::json(operation, &info)
        }
        (None, "meta-data/instance-id") => Answer::text(operation, INSTANCE),
        (None, "meta-data/placement/region") => Answer::text(operation, REGION),
        (None, "meta-data/placement/availability-zone") => {
            Answer::text(operation, format!("{REGION}a"))
        }
        (None, "dynamic/instance-identity/document") => {
            let document = json!({"accountId": given.account, "instanceId": INSTANCE, "region": REGION, "availabilityZone": format!("{REGION}a")});
            Answer::json(operation, &document)
        }
        _ => Answer::bare(operation, 404),
    }
}
