//! What goes wrong on purpose: throttling, outages, answers that are late, broken or lost.
//!
//! A [`Fault`] says which calls go wrong, and how. [`FakeSts::inject`](crate::FakeSts::inject) puts it into effect for as long as its guard lives:
//!
//! ```
//! # fn tokio_test(test: impl Future<Output = ()>) {
//! #     tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test)
//! # }
//! # tokio_test(async {
//! use fake_sts::{FakeSts, fault::Fault};
//!
//! let sts = FakeSts::start().await;
//! let throttling = sts.inject(Fault::error("Throttling").on("AssumeRole").times(2));
//! // .. a client that calls AssumeRole is told to come back later, twice ..
//! assert_eq!(throttling.hits(), 0);
//! drop(throttling); // all is well again
//! # });
//! ```
//!
//! Calls of operations can go wrong, the side door below `/_fake-sts/` cannot. The journal [marks](crate::journal::Call::faults) what was injected.
//!
//! That nobody listens at all is no fault of a call: [`FakeSts::outage`](crate::FakeSts::outage) closes the port.
//!
//! **Several faults**: the first one injected that fits a call decides it, and those after it do not see the call. [Delays](Effect::Delay) and
//! [dates](Effect::Date) decide nothing: they see every call, and add to what else becomes of it.

mod aim;
mod armed;
mod bucket;
mod disruption;
mod effect;
mod error;
mod faults;
mod guard;
mod injected;
mod members;
mod message;
mod outages;
mod seconds;
mod strikes;

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize};

pub(crate) use self::armed::Strike;
pub use self::disruption::{Disruption, Fate};
pub(crate) use self::effect::apology;
use self::effect::html;
pub use self::effect::{Effect, Ending, Moment, Point};
pub use self::error::FaultError;
pub use self::faults::{FaultState, Faults};
pub use self::guard::FaultGuard;
pub use self::injected::{FaultId, Injected};
pub(crate) use self::message::usual_message;
pub use self::outages::Outage;
pub(crate) use self::outages::Outages;
pub(crate) use self::strikes::{Attempted, Strikes};

/// Which calls go wrong, and how.
///
/// All conditions must hold for a call; without any, each call of an operation goes wrong. Nothing is checked before the fault is injected.
///
/// Of the calls that fit operation, role, caller and key, the fault counts: [`nth`](Self::nth), [`first`](Self::first), [`after`](Self::after) and
/// [`every`](Self::every) choose by that count, then [`probability`](Self::probability) by chance, and at last [`times`](Self::times) ends it.
///
/// In JSON a fault is an object of the same names: `{"effect": {"error": {"code": "Throttling"}}, "on": ["AssumeRole"], "times": 2}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[must_use = "a fault does nothing before it is injected"]
pub struct Fault {
    pub(crate) effect: Effect,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) moment: Option<Moment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub(crate) on: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) role: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) caller: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) access_key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) nth: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) first: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) after: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) every: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) probability: Option<f64>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) seed: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) times: Option<u64>,
    #[serde(
        default,
        rename = "for",
        with = "seconds::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) lasting: Option<Duration>,
}

/// What happens.
impl Fault {
    /// This effect on each call.
    pub fn new(effect: Effect) -> Self {
        Self {
            effect,
            moment: None,
            name: None,
            on: Vec::new(),
            role: None,
            caller: None,
            access_key: None,
            nth: None,
            first: None,
            after: None,
            every: None,
            probability: None,
            seed: 0,
            times: None,
            lasting: None,
        }
    }

    /// An error of STS with its usual status and message: a code such as `"Throttling"`, or an [`ErrorCode`](crate::wire::ErrorCode).
    pub fn error(code: impl AsRef<str>) -> Self {
        Self::new(Effect::Error { code: code.as_ref().to_owned(), message: None })
    }

    /// An error of STS with another message.
    pub fn error_with_message(code: impl AsRef<str>, message: impl Into<String>) -> Self {
        Self::new(Effect::Error { code: code.as_ref().to_owned(), message: Some(message.into()) })
    }

    /// Calls beyond a rate are throttled: so many per second on average, and so many at once.
    pub fn throttle(per_second: f64, burst: u32) -> Self {
        Self::new(Effect::Throttle { per_second, burst })
    }

    /// A load balancer apologizes with this status, in HTML.
    pub fn page(status: u16) -> Self {
        Self::new(Effect::Answer { status, content_type: html(), body: None })
    }

    /// Any answer: a status from 200 to 599, a media type, a body.
    pub fn answer(status: u16, content_type: impl Into<String>, body: impl Into<String>) -> Self {
        let (content_type, body) = (content_type.into(), Some(body.into()));
        Self::new(Effect::Answer { status, content_type, body })
    }

    /// The answer comes late, by real time.
    pub fn delay(by: Duration) -> Self {
        Self::new(Effect::Delay { by, up_to: None })
    }

    /// The answer comes late by a time between these, drawn by the [seed](Self::seed).
    pub fn delay_between(by: Duration, up_to: Duration) -> Self {
        Self::new(Effect::Delay { by, up_to: Some(up_to) })
    }

    /// No answer comes, until the client leaves or the server stops.
    pub fn hang() -> Self {
        Self::new(Effect::Hang)
    }

    /// The connection ends.
    pub fn disconnect(how: Ending, at: Point) -> Self {
        Self::new(Effect::Disconnect { how, at })
    }

    /// The connection is reset instead of an answer.
    pub fn reset() -> Self {
        Self::disconnect(Ending::Reset, Point::BeforeAnswer)
    }

    /// The connection is closed in the middle of the body, of which `Content-Length` promises more.
    pub fn truncated() -> Self {
        Self::disconnect(Ending::Close, Point::MidAnswer)
    }

    /// The answer is no well-formed XML or JSON: a character of its beginning is missing.
    pub fn malformed() -> Self {
        Self::new(Effect::Malformed)
    }

    /// `Content-Length` is off by so many bytes.
    pub fn wrong_content_length(off_by: i64) -> Self {
        Self::new(Effect::ContentLength { off_by })
    }

    /// `Date` is off by so many seconds.
    pub fn wrong_date(off_by: i64) -> Self {
        Self::new(Effect::Date { off_by })
    }

    /// The answer lacks a member, such as `SessionToken` or `Expiration`.
    pub fn missing_member(name: impl Into<String>) -> Self {
        Self::new(Effect::MissingMember(name.into()))
    }

    /// The credentials expired a second before they are issued, and STS takes them for expired.
    pub fn expired_credentials() -> Self {
        Self::new(Effect::ExpiredCredentials { ago: Duration::from_secs(1) })
    }

    /// The keys of the issuer of an identity token cannot be had.
    pub fn unreachable_issuer() -> Self {
        Self::new(Effect::UnreachableIssuer)
    }
}

/// To which calls.
impl Fault {
    /// Calls of this operation: `"AssumeRole"`, or an [`Operation`](crate::action::Operation). Each further one is added.
    pub fn on(mut self, operation: impl AsRef<str>) -> Self {
        self.on.push(operation.as_ref().to_owned());
        self
    }

    /// Calls about this role: its ARN, or its name in any account.
    pub fn role(mut self, role: impl Into<String>) -> Self {
        self.role = Some(role.into());
        self
    }

    /// Calls by this ARN: a user, a session, or a role for all of its sessions. Calls with a bad signature are nobody's.
    pub fn caller(mut self, arn: impl Into<String>) -> Self {
        self.caller = Some(arn.into());
        self
    }

    /// Calls that are said to be signed with this access key.
    pub fn access_key(mut self, id: impl Into<String>) -> Self {
        self.access_key = Some(id.into());
        self
    }

    /// Only the call of this number, from 1 on.
    pub fn nth(mut self, call: u64) -> Self {
        self.nth = Some(call);
        self
    }

    /// Only calls up to this number.
    pub fn first(mut self, calls: u64) -> Self {
        self.first = Some(calls);
        self
    }

    /// Only calls beyond this number.
    pub fn after(mut self, calls: u64) -> Self {
        self.after = Some(calls);
        self
    }

    /// Only each call of a multiple of this number, counted from [`after`](Self::after) on.
    pub fn every(mut self, calls: u64) -> Self {
        self.every = Some(calls);
        self
    }

    /// Only so many of the calls, by chance: 0.25 is each fourth on average. The same [seed](Self::seed) chooses the same calls.
    pub fn probability(mut self, probability: f64) -> Self {
        self.probability = Some(probability);
        self
    }

    /// What chance begins with; 0 by default.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// At most so many calls; then the fault is spent.
    pub fn times(mut self, hits: u64) -> Self {
        self.times = Some(hits);
        self
    }

    /// Only so long, by the virtual clock, from being injected on.
    pub fn lasting(mut self, time: Duration) -> Self {
        self.lasting = Some(time);
        self
    }
}

/// And else.
impl Fault {
    /// Lets STS carry out the operation first, so that its effects remain, as a spent MFA code; what goes wrong is its answer.
    ///
    /// For errors, answers, [`hang`](Self::hang) and [`reset`](Self::reset), which otherwise strike before. The others have no choice.
    pub fn after_operation(mut self) -> Self {
        self.moment = Some(Moment::AfterOperation);
        self
    }

    /// A name for the journal.
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }
}

/// What is null is as what is left out: many languages write null for what was not set.
fn or_default<'de, D, T>(from: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::<T>::deserialize(from).map(Option::unwrap_or_default)
}
