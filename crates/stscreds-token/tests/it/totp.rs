use std::time::Duration;

use stscreds_core::{Clock, ErrorKind, ManualClock, TimeSource, Timestamp};
use stscreds_token::{MfaChallenge, MfaTokenProvider, MfaTotp};

/// The key of RFC 6238, appendix B: `12345678901234567890` in base32.
const RFC_SEED: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

fn challenge() -> MfaChallenge {
    MfaChallenge::first("GAHT12345678".parse().unwrap())
}

async fn code(provider: &MfaTotp) -> String {
    provider.token_code(&challenge()).await.unwrap().expose().to_owned()
}

#[tokio::test]
async fn codes_are_those_of_rfc_6238() {
    for (at, expected) in [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
    ] {
        let clock = ManualClock::at(Timestamp::from_unix_seconds(at));

        let totp = MfaTotp::with_clock(RFC_SEED, clock.into()).unwrap();

        assert_eq!(code(&totp).await, expected, "at {at}");
    }
}

/// Follows the runtime's paused clock, which moves when everybody sleeps.
#[derive(Debug)]
struct RuntimeClock(tokio::time::Instant);

impl TimeSource for RuntimeClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_seconds(1_111_111_109) + self.0.elapsed()
    }
}

#[tokio::test(start_paused = true)]
async fn no_code_is_handed_out_twice_also_not_to_two_callers_at_once() {
    let started = tokio::time::Instant::now();
    let totp = MfaTotp::with_clock(RFC_SEED, Clock::custom(RuntimeClock(started))).unwrap();

    let (first, second) = tokio::join!(code(&totp), code(&totp));

    assert_eq!((first.as_str(), second.as_str()), ("081804", "050471"));
    // 1111111109 is a second before the end of its step.
    assert_eq!(started.elapsed(), Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn dropping_the_wait_hands_out_nothing() {
    let started = tokio::time::Instant::now();
    let totp = MfaTotp::with_clock(RFC_SEED, Clock::custom(RuntimeClock(started))).unwrap();
    assert_eq!(code(&totp).await, "081804");

    let too_short = tokio::time::timeout(Duration::from_millis(1), code(&totp)).await;

    assert!(too_short.is_err());
    assert_eq!(code(&totp).await, "050471");
}

#[tokio::test]
async fn seeds_are_read_as_people_copy_them_and_never_shown() {
    let spaced = MfaTotp::from_base32("gezd gnbv gy3t qojq gezd gnbv gy3t qojq").unwrap();
    assert!(!format!("{spaced:?}").to_uppercase().contains("GEZD"));

    for wrong in ["", "not base32!", "GEZDGNBV"] {
        let error = MfaTotp::from_base32(wrong).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidConfiguration);
        assert!(wrong.is_empty() || !format!("{error:?}").contains(wrong));
    }
}

/// Found by a soak: with the clock set back by 40 minutes, a refresh hung for as long.
#[tokio::test(start_paused = true)]
async fn a_clock_that_was_set_back_is_not_waited_for() {
    let clock = ManualClock::at(Timestamp::from_unix_seconds(1_111_111_111));
    let totp = MfaTotp::with_clock(RFC_SEED, clock.clone().into()).unwrap();
    assert_eq!(code(&totp).await, "050471");

    clock.set(Timestamp::from_unix_seconds(59));

    let without_waiting = tokio::time::timeout(Duration::ZERO, code(&totp)).await;
    assert_eq!(without_waiting.as_deref(), Ok("287082"));
}
