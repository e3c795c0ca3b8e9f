use std::ops::RangeInclusive;

use crate::wire::{ErrorCode, Refusal};
use crate::world::{Caller, Identity};

/// What `DurationSeconds` may be when a role is assumed.
pub(super) const OF_ROLES: RangeInclusive<i32> = 900..=43200;

/// What it may be for `GetSessionToken` and `GetFederationToken`.
pub(super) const OF_USERS: RangeInclusive<i32> = 900..=129_600;

const HOUR: i32 = 3600;

/// How long a session of a role shall be. The limit of the role comes first, then that of role chaining.
///
/// Every session counts as chaining, also one of `GetSessionToken`.
pub(super) fn of_role(
    requested: Option<i32>,
    max_session_duration: i32,
    chained: bool,
) -> Result<i64, Refusal> {
    let refused = |message: &str| Err(Refusal::new(ErrorCode::ValidationError, message));
    let duration = requested.unwrap_or(HOUR);
    if duration > max_session_duration {
        return refused(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        );
    }
    if chained && duration > HOUR {
        return refused(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
        );
    }
    Ok(i64::from(duration))
}

/// How long a session of a user shall be: 12 hours by default, 1 hour and no more for the root user.
pub(super) fn of_user(requested: Option<i32>, caller: &Caller) -> i64 {
    let duration = match caller.identity {
        Identity::Root => requested.unwrap_or(HOUR).min(HOUR),
        _ => requested.unwrap_or(12 * HOUR),
    };
    i64::from(duration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(requested: Option<i32>, max: i32, chained: bool, wanted: Result<i64, &str>) {
        let outcome = of_role(requested, max, chained);
        let outcome = outcome.as_ref().map_err(|refusal| refusal.message().unwrap_or_default());
        assert_eq!(outcome.copied(), wanted);
    }

    #[test]
    fn the_limit_of_the_role_comes_before_that_of_chaining() {
        const ROLE: &str =
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
        const CHAIN: &str = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.";
        check(None, 3600, false, Ok(3600));
        check(None, 43200, true, Ok(3600));
        check(Some(900), 3600, true, Ok(900));
        check(Some(3601), 3600, false, Err(ROLE));
        check(Some(3601), 3600, true, Err(ROLE));
        check(Some(3601), 43200, true, Err(CHAIN));
        check(Some(43200), 43200, false, Ok(43200));
    }
}
