use super::Scene;
use super::grant::Grant;
use crate::wire::Refusal;
use crate::world::{Credentials, RoleRecord, SessionPrincipal};

/// A session of a role as a service hands it to a program: an instance, a container, a pod.
///
/// Nobody asks whether the role trusts the service. On AWS its trust policy must name it.
///
/// # Errors
///
/// When STS is off in the region for the account of the role.
pub fn hand_out(
    scene: &Scene<'_>,
    role: &RoleRecord,
    session_name: &str,
    seconds: i64,
) -> Result<Credentials, Refusal> {
    let principal =
        SessionPrincipal::Role { id: role.id.clone(), session_name: session_name.to_owned() };
    let grant = Grant::new(scene, role.account, principal, seconds);
    Ok(grant.issue(scene)?.credentials)
}
