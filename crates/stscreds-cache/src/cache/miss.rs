//! What a caller gets that a hit does not serve.

use std::sync::Arc;

use stscreds_core::{Error, ErrorKind};
use tokio::runtime::Handle;

use super::Cache;
use crate::decide::policy::Arrival;
use crate::run::background;
use crate::run::engine::blocks_its_thread;
use crate::run::refresh_task::RefreshTask;
use crate::run::upkeep::Upkeep;
use crate::run::watchdog::Watchdog;
use crate::share::flight::{Outcome, is_inside};
use crate::share::slot::{Admission, Ask, Installed, Launch};
use crate::value::Value;

impl<V: Value> Cache<V> {
    #[cold]
    pub(crate) fn value_at_once(&self) -> Option<Arc<Installed<V>>> {
        let runtime = self.runtime();
        match self.engine.admit(Ask::ValueAtOnce, launch_from(runtime.as_ref())) {
            Admission::Serve(value) => Some(value),
            Admission::Begin { flight, serve } => {
                RefreshTask::launch(&self.engine, &flight, runtime.as_ref()?);
                serve
            }
            Admission::Join(_)
            | Admission::Raise(_)
            | Admission::Decline
            | Admission::NoRuntime
            | Admission::Blocked => None,
        }
    }

    pub(super) async fn outcome(&self, ask: Ask) -> Result<Arc<Installed<V>>, Error> {
        let mut rejected = None;
        let mut why_not: fn() -> Error = given_up;
        for _ in 0..FLIGHTS_PER_CALL {
            let runtime = self.runtime();
            let flight = match self.engine.admit(ask, launch_from(runtime.as_ref())) {
                Admission::Serve(value) => return Ok(value),
                Admission::Raise(error) => return Err(error),
                Admission::Join(flight) if is_inside(&flight) => return Err(asks_itself()),
                Admission::Join(flight) => flight,
                Admission::Begin { flight, serve } => {
                    if let Some(runtime) = &runtime {
                        RefreshTask::launch(&self.engine, &flight, runtime);
                    }
                    match serve {
                        Some(value) => return Ok(value),
                        None => flight,
                    }
                }
                Admission::Decline | Admission::NoRuntime => {
                    return self.without_refresh(ask, no_runtime());
                }
                Admission::Blocked => return self.without_refresh(ask, blocks_its_thread()),
            };
            if let Some(runtime) = &runtime {
                Watchdog::watch_virtual_time(&self.engine, &flight, runtime);
            }
            match flight.wait().await {
                Outcome::Arrived(value) if self.is_outlived(&value) => why_not = expired_meanwhile,
                Outcome::Arrived(value) => return Ok(value),
                Outcome::Failed(error) => return self.without_refresh(ask, error),
                Outcome::Rejected(value) => match rejected.replace(value) {
                    None => {}
                    Some(_) => break,
                },
                Outcome::Abandoned => why_not = given_up,
                Outcome::Stalled => {
                    why_not = given_up;
                    // Another flight on a runtime that stalls would stall as well.
                    if Handle::try_current().is_ok_and(|runtime| flight.is_on(runtime.id())) {
                        break;
                    }
                }
            }
        }
        match rejected.filter(|value| !self.is_outlived(value)) {
            Some(value) => Ok(value),
            None => self.without_refresh(ask, why_not()),
        }
    }

    /// Whether a value has expired since it arrived: the machine slept, or this task did not
    /// run for long.
    fn is_outlived(&self, value: &Installed<V>) -> bool {
        self.engine.shared.policy.arrival == Arrival::RejectExpired
            && value.valid_at(self.engine.now()).is_none()
    }

    /// What a caller gets after a refresh that failed or that nobody can make.
    fn without_refresh(&self, ask: Ask, error: Error) -> Result<Arc<Installed<V>>, Error> {
        match ask.wants_a_new_value() {
            true => Err(error),
            false => self.engine.item.slot.without_refresh(error, self.engine.now()),
        }
    }

    /// The runtime a refresh can run on, and the background task if there is to be one.
    fn runtime(&self) -> Option<Handle> {
        let runtime = Handle::try_current().ok()?;
        if self.engine.shared.upkeep == Upkeep::InBackground {
            background::ensure(&self.engine, &runtime);
        }
        Some(runtime)
    }
}

/// How many flights one call sees the end of at most. More than one ends without an
/// answer only where runtimes come and go, and a call must not outlive them all.
const FLIGHTS_PER_CALL: usize = 4;

fn launch_from(runtime: Option<&Handle>) -> Launch {
    match runtime {
        Some(_) => Launch::Possible,
        None => Launch::Impossible,
    }
}

fn no_runtime() -> Error {
    Error::new(ErrorKind::InvalidConfiguration, "cannot refresh: called outside of a Tokio runtime")
}

fn given_up() -> Error {
    Error::new(
        ErrorKind::InvalidConfiguration,
        "every refresh was abandoned: its Tokio runtime shut down or stalled",
    )
}

fn expired_meanwhile() -> Error {
    Error::new(
        ErrorKind::ExpiredOnArrival,
        "each value that a refresh brought expired before this call could return it",
    )
}

fn asks_itself() -> Error {
    Error::new(
        ErrorKind::InvalidConfiguration,
        "the cache's source called the cache itself (recursive refresh)",
    )
}
