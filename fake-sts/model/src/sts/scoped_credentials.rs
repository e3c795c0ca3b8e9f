use std::slice;

use super::authorization::Target;
use super::grant::{self, Grant};
use super::{Scene, Trail, plain, session_policy};
use crate::switches::{ScopedIssueTime, ScopedLongTermKeys, ScopedPolicyLimit, ScopedResource};
use crate::wire::{Answer, ErrorCode, Form, Refusal, constraint};
use crate::world::{Caller, Session};

/// How many scope-down policies a session may have.
const LIMIT: usize = 3;

/// [`GetScopedCredentials`](https://docs.aws.amazon.com/STS/latest/APIReference/API_GetScopedCredentials.html).
///
/// The new session is the one that called, with one more policy that must allow what it does, or with less time, or both.
pub(super) fn get_scoped_credentials(
    scene: &Scene<'_>,
    caller: &Caller,
    form: &Form<'_>,
    trail: &mut Trail,
) -> Result<Answer, Refusal> {
    let mut input = scene.input(form);
    let policy = input.optional("Policy", &constraint::POLICY);
    let requested = input.optional_integer("DurationSeconds", &(1..=129_600));
    let minimum_token_size = grant::minimum_token_size(&mut input);
    input.optional("ScopedSessionDescription", &constraint::SCOPED_SESSION_DESCRIPTION);
    input.finish()?;
    if policy.is_none() && requested.is_none() {
        let message = "You must specify at least one of Policy or DurationSeconds.";
        return Err(Refusal::new(ErrorCode::ValidationError, message));
    }
    let Some(session) = &caller.session else { return Err(long_term_keys(scene)) };
    let arn = format!("arn:{}:sts::{}:self", caller.principal.partition(), caller.account);
    let on = match scene.switches().scoped_resource {
        ScopedResource::Itself => Target::Itself(&arn),
        ScopedResource::None => Target::Nothing,
    };
    plain::authorize(scene, caller, "sts:GetScopedCredentials", on, trail)?;

    let mut scope_downs = session.scope_downs.clone();
    if let Some(policy) = policy {
        if scope_downs.len() >= LIMIT {
            return Err(too_many(scene));
        }
        scope_downs.push(session_policy::packed(policy)?);
    }
    let duration = duration(requested, session.expires - scene.now.as_second())?;

    let mut grant = Grant::new(scene, caller.account, session.principal.clone(), duration);
    grant.minimum_token_size = minimum_token_size;
    let count = i64::try_from(scope_downs.len()).unwrap_or(i64::MAX);
    grant.session = Session {
        issued: match scene.switches().scoped_issue_time {
            ScopedIssueTime::OfCaller => session.issued,
            ScopedIssueTime::Now => grant.session.issued,
        },
        access_key_id: grant.session.access_key_id,
        expires: grant.session.expires,
        token_version: grant.session.token_version,
        scope_downs,
        // To revoke one of these sessions ends this one as well.
        ancestors: [&session.ancestors[..], slice::from_ref(&session.access_key_id)].concat(),
        ..session.clone()
    };
    let issued = grant.issue(scene)?;
    let session_info = Answer::new()
        .text("ScopedSessionId", caller.principal.user_id())
        .text("Arn", caller.principal.arn());
    let answer = Answer::new()
        .structure("Credentials", issued.credentials.answer())
        .structure("SessionInfo", session_info);
    // The operation is younger than the members about the size, so it always had them.
    let answer = issued.with_size_in_any_case(answer).number("ScopedPoliciesCount", count);
    Ok(match &session.source_identity {
        Some(source_identity) => answer.text("SourceIdentity", source_identity),
        None => answer,
    })
}

/// The lifetime of the new session, in seconds: no longer than what the calling session has left.
fn duration(requested: Option<i32>, remaining: i64) -> Result<i64, Refusal> {
    let duration = requested.map_or(remaining, i64::from);
    if duration <= remaining {
        return Ok(duration);
    }
    let message =
        "The requested DurationSeconds exceeds the remaining lifetime of the calling session.";
    Err(Refusal::new(ErrorCode::InsufficientSessionLifetime, message)
        .because(format!("the calling session ends in {remaining} seconds")))
}

fn long_term_keys(scene: &Scene<'_>) -> Refusal {
    let code = match scene.switches().scoped_long_term_keys {
        ScopedLongTermKeys::AccessDenied => ErrorCode::AccessDenied,
        ScopedLongTermKeys::InvalidSubjectCredentials => ErrorCode::InvalidSubjectCredentials,
    };
    Refusal::new(code, "Cannot call GetScopedCredentials with non-session credentials")
        .because("call GetSessionToken or AssumeRole first, and sign with what it returns")
}

fn too_many(scene: &Scene<'_>) -> Refusal {
    let code = match scene.switches().scoped_policy_limit {
        ScopedPolicyLimit::AccessDenied => ErrorCode::AccessDenied,
        ScopedPolicyLimit::ValidationError => ErrorCode::ValidationError,
    };
    Refusal::new(code, "The calling session already has the maximum number of scoped policies.")
        .because(format!(
            "a session has at most {LIMIT} scope-down policies; with DurationSeconds alone, the call adds none"
        ))
}
