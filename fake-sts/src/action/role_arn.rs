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
