mod backoff;
mod spread;
mod window;

use std::time::Duration;

pub use self::backoff::{Backoff, ScaledBackoff};
pub use self::spread::Spread;
pub(crate) use self::spread::share;
pub use self::window::{Window, WindowTable};

/// When values are refreshed and what happens if that fails.
///
/// Three presets are values of this one type: [`default`](Self::default), which
/// is the one to take, [`aws_sdk`](Self::aws_sdk) and
/// [`go_classic`](Self::go_classic). Every number can be changed:
///
/// ```
/// use std::time::Duration;
/// use stscreds_cache::RefreshPolicy;
/// use stscreds_cache::policy::Window;
///
/// let mut policy = RefreshPolicy::default();
/// policy.advisory = Window::Fixed(Duration::from_secs(600));
/// policy.max_stale = Duration::ZERO;
/// ```
///
/// No value of any field makes the cache panic or spin. A window longer than a
/// value's lifetime, with the [clamp](Clamp) off, makes each call contact the
/// source, one at a time.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RefreshPolicy {
    /// How long before expiry a refresh begins, while callers are served.
    pub advisory: Window,
    /// How long before expiry callers wait for a refresh; never longer than the
    /// advisory window.
    pub mandatory: Duration,
    /// Whether windows shrink for values that do not live long.
    pub clamp: Clamp,
    /// How the refresh instant is spread over a fleet.
    pub jitter: Jitter,
    /// What the caller gets whose call begins an advisory refresh.
    pub starter: Starter,
    /// When a failed refresh is raised although the cached value is valid.
    pub withhold: Withhold,
    /// The backoff after a transient failure.
    pub backoff: Backoff,
    /// How long a failure that will not pass by itself is remembered and raised
    /// again without contact. [`Spread::ZERO`] remembers nothing.
    pub remember: Spread,
    /// How long past its expiry a value is served while refreshes fail for a
    /// reason that may pass. Zero is never, [`Duration::MAX`] for ever.
    pub max_stale: Duration,
    /// What becomes of a value that has expired when it arrives.
    pub arrival: Arrival,
    /// What the cached value is worth once a service has rejected it.
    pub rejected: RejectedValue,
    /// Which value is kept after a refresh that brings one with less life.
    pub replacement: Replacement,
    /// How long one contact with the source may take, not counting the time in
    /// which a person [is waited for](stscreds_core::interactive). `None` sets no
    /// bound, also for callers that wait on a runtime which has stalled.
    pub load_timeout: Option<Duration>,
}

/// Whether windows shrink for values that do not live long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Clamp {
    /// The advisory window is at most half of the lifetime and the mandatory one
    /// at most half of the advisory, so that no value is due from birth.
    ToLifetime,
    /// Windows are as configured.
    Off,
}

/// How refresh instants are spread, as a share of the advisory window.
///
/// A share outside of 0 to 1 counts as the nearer end, and one that is no number
/// as 0.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Jitter {
    /// The refresh begins up to this share of the window before the window does.
    Earlier(f64),
    /// The window itself begins up to this share of it later.
    Later(f64),
}

/// What the caller gets whose call begins an advisory refresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Starter {
    /// The cached value, at once.
    IsServed,
    /// The outcome of the refresh, when it is there.
    Waits,
}

/// When a failed refresh is raised although the cached value is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Withhold {
    /// Never: a valid value is served.
    Never,
    /// When the failure will not pass by itself, such as a denial.
    IfUnrecoverable,
    /// Always.
    Always,
}

/// What becomes of a value that has expired when it arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Arrival {
    /// It counts as a failure that may pass.
    RejectExpired,
    /// It is handed to those who waited for it.
    AcceptExpired,
}

/// What the cached value is worth once a service has rejected it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RejectedValue {
    /// No more than an expired one. A failed refresh pauses as past expiry, and a failure
    /// that will not pass is raised. A rejection shortens a longer pause to that.
    ///
    /// If the value that replaced a rejected one is rejected within 60 seconds of its
    /// arrival, that counts as a failure of the kind
    /// [`RejectedByService`](stscreds_core::ErrorKind::RejectedByService), with the same
    /// pause, which doubles until there are 60 seconds without a rejection.
    AsExpired,
    /// As much as before: it is due, and all else is as for a valid value.
    AsValid,
}

/// Which value is kept after a refresh that brings one with less life than the cached one
/// has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Replacement {
    /// The one that expires later, unless it was rejected. If that is the cached one, its
    /// windows begin anew, as if it had just arrived.
    LongerLived,
    /// The new one.
    Newest,
}

pub(crate) const MINUTE: u64 = 60;

/// The AWS SDKs' common rule.
const MANDATORY: Duration = Duration::from_secs(MINUTE);

/// The AWS SDKs' common rule: spreads a fleet's return to a source over as long
/// as the pause itself, and one SDK client's attempts over minutes.
const FLEET_BACKOFF: Spread = Spread::between(Duration::from_secs(300), Duration::from_secs(600));

/// The AWS SDKs' common rule: long enough that a loop of calls does not become a
/// loop of denials, short enough that a person who mended it need not wait.
const REMEMBER: Spread = Spread::between(Duration::from_secs(1), Duration::from_secs(5));

/// Room for the three tries that an SDK client makes, for which the AWS SDK for Rust
/// works out some 22 s; a refresh in flight keeps nobody waiting while a value
/// is valid.
const LOAD_TIMEOUT: Duration = Duration::from_secs(30);

/// Two of STS's usual disturbances of a few minutes; far below what an operator
/// would call an expired session that still works.
const MAX_STALE: Duration = Duration::from_secs(10 * MINUTE);

/// Ours: nobody waits while a valid value exists, what is served is never older
/// than the policy says, and no fleet refreshes in step.
impl Default for RefreshPolicy {
    fn default() -> Self {
        Self {
            advisory: Window::ByLifetime(WindowTable::AWS),
            mandatory: MANDATORY,
            clamp: Clamp::ToLifetime,
            // A quarter spreads a 15-minute session's refreshes over 75 s and costs 1/8 more of them at most.
            jitter: Jitter::Earlier(0.25),
            starter: Starter::IsServed,
            withhold: Withhold::Never,
            backoff: Backoff::Scaled(ScaledBackoff {
                // A quarter to a half of what remains makes about ten attempts in five minutes.
                share_from: 0.25,
                share_to: 0.5,
                // Above STS's own throttling recovery of seconds, and a dozen attempts in the last minute at most.
                shortest: Duration::from_secs(5),
                longest: FLEET_BACKOFF.to,
                cap: FLEET_BACKOFF,
            }),
            remember: REMEMBER,
            max_stale: MAX_STALE,
            arrival: Arrival::RejectExpired,
            rejected: RejectedValue::AsExpired,
            replacement: Replacement::LongerLived,
            load_timeout: Some(LOAD_TIMEOUT),
        }
    }
}

impl RefreshPolicy {
    /// The rules that the AWS SDKs agreed on in 2026.
    ///
    /// The caller that begins a refresh waits for it, a denial is raised although
    /// the value is still valid, and an expired value is served for as long as an
    /// outage lasts. A rejected value counts as a valid one, and repeated rejection is
    /// not damped: each rejection may cause a refresh.
    #[must_use]
    pub fn aws_sdk() -> Self {
        Self {
            clamp: Clamp::Off,
            jitter: Jitter::Earlier(0.0),
            starter: Starter::Waits,
            withhold: Withhold::IfUnrecoverable,
            backoff: Backoff::Uniform(FLEET_BACKOFF),
            max_stale: Duration::MAX,
            rejected: RejectedValue::AsValid,
            replacement: Replacement::Newest,
            ..Self::default()
        }
    }

    /// The rules of [`CredentialsCache`] in aws-sdk-go-v2, with its options
    /// `ExpiryWindow` and `ExpiryWindowJitterFrac`.
    ///
    /// [`CredentialsCache`]: https://pkg.go.dev/github.com/aws/aws-sdk-go-v2/aws#CredentialsCache
    ///
    /// From `expiry_window` before its expiry, less a random share of it of up to
    /// `jitter_frac`, a value counts as expired: every caller waits, and a failure
    /// is raised to each and remembered for nobody. Its two strategies are
    /// [`handle_failure`](crate::CacheBuilder::handle_failure) and
    /// [`adjust_expiry`](crate::CacheBuilder::adjust_expiry).
    #[must_use]
    pub fn go_classic(expiry_window: Duration, jitter_frac: f64) -> Self {
        Self {
            advisory: Window::Fixed(expiry_window),
            mandatory: Duration::MAX,
            clamp: Clamp::Off,
            jitter: Jitter::Later(jitter_frac),
            starter: Starter::Waits,
            withhold: Withhold::Always,
            backoff: Backoff::Off,
            remember: Spread::ZERO,
            max_stale: Duration::ZERO,
            arrival: Arrival::AcceptExpired,
            rejected: RejectedValue::AsValid,
            replacement: Replacement::Newest,
            load_timeout: None,
        }
    }
}
