use crate::wire::{ErrorCode, Refusal};

/// Checks what STS checks of an ARN before it looks for the role.
///
/// `arn:`, then five parts of which partition, service and resource are not empty.
pub(super) fn check(arn: &str) -> Result<(), Refusal> {
    let parts = arn.splitn(6, ':').collect::<Vec<_>>();
    match parts[..] {
        ["arn", partition, service, _, _, resource]
            if !partition.is_empty()
                && !service.is_empty()
                && !resource.is_empty()
                && !resource.contains(':') =>
        {
            Ok(())
        }
        _ => Err(Refusal::new(ErrorCode::ValidationError, format!("{arn} is invalid"))),
    }
}

/// Checks what STS checks of the role of an identity token or assertion: it has to be one, where `AssumeRole` just denies access to what is none.
///
/// Users of several clients saw this answer where they had given the ARN of a policy, or of a provider.
pub(super) fn check_of_federation(arn: &str) -> Result<(), Refusal> {
    check(arn)?;
    if is_iam(arn, "role/") { Ok(()) } else { Err(invalid("Request ARN is invalid")) }
}

/// Checks what STS checks of the SAML provider before it looks for it.
///
/// Users of several clients saw this answer where they had mixed it up with the role, or left a space before it.
#[cfg(feature = "saml")]
pub(super) fn check_saml_provider(arn: &str) -> Result<(), Refusal> {
    if is_iam(arn, "saml-provider/") { Ok(()) } else { Err(invalid("Principal ARN is invalid")) }
}

fn is_iam(arn: &str, kind: &str) -> bool {
    let parts = arn.splitn(6, ':').collect::<Vec<_>>();
    matches!(parts[..], ["arn", _, "iam", "", _, resource] if resource.starts_with(kind))
}

fn invalid(message: &str) -> Refusal {
    Refusal::new(ErrorCode::ValidationError, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_arn(arn: &str, good: bool) {
        let wanted = (!good).then(|| format!("{arn} is invalid"));
        assert_eq!(
            check(arn).err().and_then(|refusal| refusal.message().map(str::to_owned)),
            wanted
        );
    }

    #[test]
    fn the_shape_is_checked_and_nothing_else() {
        check_arn("arn:aws:iam::111122223333:role/x", true);
        check_arn("arn:a:b:::x", true);
        check_arn("nothing-valid-in-here", false);
        check_arn("arn::b:::something/test-role", false);
        check_arn("arn:a:::x/y", false);
        check_arn("arn:a:a::aaaaaaaaaa:", false);
        check_arn("ARN:aws:iam::111122223333:role/x", false);
        check_arn("arn:aws:iam::111122223333:role:x", false);
    }
}
