//! MFA devices: codes, windows, hardware tokens.

use std::time::{Duration, SystemTime};

use fake_sts::FakeSts;
use fake_sts::switches::{MfaReplay, MfaWindow, Switches};
use fake_sts::world::{Account, MfaDevice, User};

use crate::client::{ask, call, keys};

const USER: (&str, &str) = ("AKIARTX3GSDSQUSER222", "user-secret");
const TOKEN: &str = "GAHT12345678";

/// The seed of RFC 6238, appendix B: the digits 1 to 0, twice.
const SEED: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

async fn start(switches: Switches) -> FakeSts {
    let user = User::new("user")
        .access_key(USER.0, USER.1)
        .mfa_device(MfaDevice::hardware_token(TOKEN).seed(SEED));
    FakeSts::builder()
        .account(Account::new("111122223333").user(user))
        .switches(switches)
        .clock_frozen_at(SystemTime::UNIX_EPOCH + Duration::from_secs(1_783_936_800))
        .start()
        .await
        .unwrap()
}

async fn status(sts: &FakeSts, code: &str) -> u16 {
    let parameters = [("SerialNumber", TOKEN), ("TokenCode", code)];
    ask(sts, &keys(USER), call("GetSessionToken", &parameters)).await.status
}

/// The code that the device shows some steps of 30 seconds from now.
fn code_in(sts: &FakeSts, steps: i64) -> String {
    let now = sts.clock().now();
    let distance = Duration::from_secs(30 * steps.unsigned_abs());
    sts.clock().set(if steps < 0 { now - distance } else { now + distance }).unwrap();
    let code = sts.totp_code(TOKEN).unwrap();
    sts.clock().set(now).unwrap();
    code
}

#[tokio::test]
async fn codes_are_those_of_the_rfc() {
    let sts = start(Switches::default()).await;
    let vectors = [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ];
    for (seconds, code) in vectors {
        sts.clock().set(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)).unwrap();
        assert_eq!(sts.totp_code(TOKEN).unwrap(), code, "{seconds}");
    }
}

#[tokio::test]
async fn a_code_counts_two_steps_early_or_late() {
    // Recorded in September 2026.
    for (steps, wanted) in [(-3, 403), (-2, 200), (0, 200), (2, 200), (3, 403)] {
        let sts = start(Switches::default()).await;
        assert_eq!(status(&sts, &code_in(&sts, steps)).await, wanted, "{steps}");
    }
}

#[tokio::test]
async fn the_window_can_be_another() {
    let mut switches = Switches::default();
    switches.mfa_window = MfaWindow(0);
    let sts = start(switches).await;

    assert_eq!(status(&sts, &code_in(&sts, 1)).await, 403);
    assert_eq!(status(&sts, &code_in(&sts, 0)).await, 200);
}

#[tokio::test]
async fn a_used_code_may_take_earlier_ones_along() {
    let mut switches = Switches::default();
    switches.mfa_replay = MfaReplay::CodeAndEarlier;
    let strict = start(switches).await;
    let plain = start(Switches::default()).await;

    for (sts, wanted) in [(&strict, 403), (&plain, 200)] {
        assert_eq!(status(sts, &code_in(sts, 0)).await, 200);
        assert_eq!(status(sts, &code_in(sts, -1)).await, wanted);
        assert_eq!(status(sts, &code_in(sts, 1)).await, 200);
    }
}

#[test]
fn who_asks_for_a_device_that_is_not_there_is_told_those_that_are() {
    let told = |devices: usize| {
        let user = (0..devices).fold(User::new("many"), |user, number| {
            user.mfa_device(MfaDevice::virtual_device(&format!("d{number}")))
        });
        let account = Account::new("111122223333").user(user);
        let sts = FakeSts::builder().account(account).without_socket().unwrap();
        sts.totp_code("x0").unwrap_err().to_string()
    };
    let arn = "arn:aws:iam::111122223333:mfa/d";
    let nothing = "there is no MFA device with serial number x0;";

    assert_eq!(told(0), format!("{nothing} the world has none; give a user one"));
    assert_eq!(told(1), format!("{nothing} there is {arn}0"));
    assert_eq!(
        told(7),
        format!("{nothing} there are {arn}0, {arn}1, {arn}2, {arn}3, {arn}4, and 2 more")
    );
}
