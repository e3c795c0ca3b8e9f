//! MFA codes: recordings `mfa_verification`, `mfa_reuse` and `mfa_rejection_aligned`.

use std::time::Duration;

use fake_sts::FakeSts;
use fake_sts::switches::{MfaBudget, Switches};
use fake_sts::world::{Account, MfaDevice};

use super::{ACCOUNT, credentials_of, noon, said, user};
use crate::client::{ask, call};

const DEVICE: &str = "arn:aws:iam::111122223333:mfa/first";
const OTHER: &str = "arn:aws:iam::111122223333:mfa/second";
const INVALID: &str =
    "403 AccessDenied: MultiFactorAuthentication failed with invalid MFA one time pass code. ";
const UNABLE: &str = "403 AccessDenied: MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.";

/// It begins at the start of a window of three minutes: its second is a multiple of 180.
async fn start(switches: Switches) -> FakeSts {
    let user = user("user")
        .mfa_device(MfaDevice::virtual_device("first"))
        .mfa_device(MfaDevice::virtual_device("second"));
    let account = Account::new(ACCOUNT).user(user);
    let builder = FakeSts::builder().account(account).switches(switches);
    builder.clock_frozen_at(noon()).start().await.unwrap()
}

/// The code of a device, some steps of 30 seconds from now.
fn code(sts: &FakeSts, device: &str, steps: i64) -> String {
    let now = sts.clock().now();
    let distance = Duration::from_secs(30 * steps.unsigned_abs());
    sts.clock().set(if steps < 0 { now - distance } else { now + distance }).unwrap();
    let code = sts.totp_code(device).unwrap();
    sts.clock().set(now).unwrap();
    code
}

async fn give(sts: &FakeSts, device: &str, code: &str) -> String {
    let parameters = [("SerialNumber", device), ("TokenCode", code)];
    said(&ask(sts, &credentials_of("user"), call("GetSessionToken", &parameters)).await)
}

#[tokio::test]
async fn codes_of_two_steps_either_way_are_good() {
    for steps in -10..=10 {
        let sts = start(Switches::default()).await;
        let wanted = if (-2..=2).contains(&steps) { "200" } else { INVALID };
        assert_eq!(give(&sts, DEVICE, &code(&sts, DEVICE, steps)).await, wanted, "{steps}");
    }
}

#[tokio::test]
async fn a_code_serves_once_and_takes_no_other_along() {
    let sts = start(Switches::default()).await;
    for (steps, wanted) in
        [(0, "200"), (1, "200"), (0, INVALID), (2, "200"), (1, INVALID), (2, INVALID), (-1, "200")]
    {
        assert_eq!(give(&sts, DEVICE, &code(&sts, DEVICE, steps)).await, wanted, "{steps}");
    }
}

#[tokio::test]
async fn nine_codes_of_a_device_are_checked_in_three_minutes() {
    let sts = start(Switches::default()).await;
    let right = code(&sts, DEVICE, 0);
    assert_eq!(give(&sts, DEVICE, &right).await, "200");
    // A repeated code counts as well.
    for _ in 0..8 {
        assert_eq!(give(&sts, DEVICE, &right).await, INVALID);
    }
    assert_eq!(give(&sts, DEVICE, &code(&sts, DEVICE, 1)).await, UNABLE);
    assert_eq!(give(&sts, OTHER, &code(&sts, OTHER, 0)).await, "200");

    sts.clock().advance(Duration::from_secs(179));
    assert_eq!(give(&sts, DEVICE, &code(&sts, DEVICE, 1)).await, UNABLE);
    sts.clock().advance(Duration::from_secs(1));
    assert_eq!(give(&sts, DEVICE, &code(&sts, DEVICE, 1)).await, "200");
}

#[tokio::test]
async fn the_budget_can_be_another() {
    let mut switches = Switches::default();
    switches.mfa_budget = MfaBudget(u32::MAX);
    let sts = start(switches).await;
    let right = code(&sts, DEVICE, 0);
    assert_eq!(give(&sts, DEVICE, &right).await, "200");
    for _ in 0..20 {
        assert_eq!(give(&sts, DEVICE, &right).await, INVALID);
    }
    assert_eq!(give(&sts, DEVICE, &code(&sts, DEVICE, 1)).await, "200");
}
