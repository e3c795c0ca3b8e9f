use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::elements::text;
use super::time;
use crate::action::Operation;
use crate::journal::Call;
use crate::policy::PrincipalKind;
use crate::world::{Caller, Identity, RoleRecord, Session, UserRecord};

/// The element [`userIdentity`](https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html) of a caller
/// who signed.
pub(super) fn of_caller(caller: &Caller) -> Value {
    let principal = &caller.principal;
    let mut identity = Map::new();
    let mut set = |name: &str, value: Value| {
        identity.insert(name.to_owned(), value);
    };
    set("type", kind(principal.kind()).into());
    set("principalId", principal.user_id().into());
    set("arn", principal.arn().into());
    set("accountId", principal.account().into());
    set("accessKeyId", caller.access_key_id.as_str().into());
    if let Identity::User(user) = &caller.identity {
        set("userName", user.name.as_str().into());
    }
    if let Some(session) = &caller.session {
        set("sessionContext", session_context(caller, session));
    }
    identity.into()
}

/// What the account of a role learns of a caller from another account.
pub(super) fn of_foreign_caller(caller: &Caller) -> Value {
    let principal = &caller.principal;
    json!({
        "type": "AWSAccount",
        "principalId": principal.user_id(),
        "accountId": principal.account(),
    })
}

/// The bearer of a token or an assertion, as far as its answer tells.
pub(super) fn of_bearer(call: &Call, operation: Operation) -> Value {
    let (_, answer) = call.ended_at_sts();
    let member = |name| answer.and_then(|answer| text(answer, name));
    let mut identity = Map::new();
    let mut set = |name: &str, value: String| {
        identity.insert(name.to_owned(), value.into());
    };
    if operation == Operation::AssumeRoleWithSaml {
        set("type", "SAMLUser".to_owned());
        if let (Some(subject), Some(qualifier)) = (member("Subject"), member("NameQualifier")) {
            set("principalId", format!("{qualifier}:{subject}"));
            set("userName", subject.to_owned());
            set("identityProvider", qualifier.to_owned());
        }
    } else {
        set("type", "WebIdentityUser".to_owned());
        let members =
            (member("Provider"), member("Audience"), member("SubjectFromWebIdentityToken"));
        if let (Some(provider), Some(audience), Some(subject)) = members {
            set("principalId", format!("{provider}:{audience}:{subject}"));
            set("userName", subject.to_owned());
            set("identityProvider", provider.to_owned());
        }
    }
    identity.into()
}

fn kind(kind: &PrincipalKind) -> &'static str {
    match kind {
        PrincipalKind::Root => "Root",
        PrincipalKind::User | PrincipalKind::SessionTokenUser => "IAMUser",
        PrincipalKind::AssumedRole { .. } => "AssumedRole",
        PrincipalKind::FederatedUser => "FederatedUser",
        PrincipalKind::WebIdentity => "WebIdentityUser",
        PrincipalKind::Saml => "SAMLUser",
        PrincipalKind::Service => "AWSService",
    }
}

fn session_context(caller: &Caller, session: &Session) -> Value {
    let mut context = Map::new();
    let issuer = match &caller.identity {
        Identity::Role(role) => Some(of_role(role)),
        Identity::Federated(Some(user)) => Some(of_user(user)),
        Identity::Federated(None) => Some(of_root(caller)),
        Identity::User(_) | Identity::Root => None,
    };
    if let Some(issuer) = issuer {
        context.insert("sessionIssuer".to_owned(), issuer);
    }
    if let Some(provider) = &session.federated_provider {
        let data = json!({ "federatedProvider": provider, "attributes": {} });
        context.insert("webIdFederationData".to_owned(), data);
    }
    let created = Timestamp::from_second(session.issued).unwrap_or_default();
    let attributes = json!({
        "creationDate": time(created),
        "mfaAuthenticated": session.mfa_at.is_some().to_string(),
    });
    context.insert("attributes".to_owned(), attributes);
    if let Some(source_identity) = &session.source_identity {
        context.insert("sourceIdentity".to_owned(), source_identity.as_str().into());
    }
    context.into()
}

fn of_role(role: &RoleRecord) -> Value {
    json!({
        "type": "Role",
        "principalId": role.id,
        "arn": role.arn,
        "accountId": role.account.to_string(),
        "userName": role.name,
    })
}

fn of_user(user: &UserRecord) -> Value {
    json!({
        "type": "IAMUser",
        "principalId": user.id(),
        "arn": user.arn(),
        "accountId": user.account.to_string(),
        "userName": user.name,
    })
}

fn of_root(caller: &Caller) -> Value {
    let (partition, account) = (caller.principal.partition(), caller.account.to_string());
    json!({
        "type": "Root",
        "principalId": account,
        "arn": format!("arn:{partition}:iam::{account}:root"),
        "accountId": account,
    })
}
