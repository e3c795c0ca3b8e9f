use std::fmt;
use std::hint::black_box;
use std::pin::Pin;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::many::{Filled, fill_each};
use crate::upstream::{Refused, Upstream};
use crate::waiting::Waiting;

/// A cache of one value, to be measured.
///
/// The crate's front page shows a whole one. All questions are asked through this trait,
/// so that a cache which has it takes part in all of them.
pub trait Contender: Sized + Send + Sync + 'static {
    /// What it is called in tables and after `--contenders`; no two share one.
    const NAME: &'static str;

    /// What it is, in a few words.
    const HOLDS: &'static str;

    /// Among which others it is to be read.
    const LEVEL: Level = Level::Direct;

    /// Who calls the upstream when many find no value at once.
    const FLIGHT: Flight = Flight::Single;

    /// The contender that it differs from in nothing but the cost of a hit: the other
    /// questions are then not asked again.
    const TWIN: Option<&'static str> = None;

    /// What a caller gets and may keep.
    type Value: Send;

    /// An empty cache in front of `upstream`.
    fn build(upstream: Upstream) -> Self;

    /// The value for a caller who keeps it: from the cache, or as the cache sees fit
    /// from the upstream.
    ///
    /// # Errors
    ///
    /// [`Refused`] if there is no value to be had.
    ///
    /// # Cancel safety
    ///
    /// Whatever the cache itself promises.
    fn get(&self) -> impl Future<Output = Result<Self::Value, Refused>> + Send;

    /// Reads the value in place, checked for freshness as [`get`](Self::get) does.
    ///
    /// Yields anything that was read from the value, so that the compiler cannot drop
    /// the reading; `None` if it would have to wait or if there is no such form.
    fn borrow(&self) -> Option<usize> {
        None
    }

    /// Makes the cache fetch a new value for the next caller.
    fn invalidate(&self) -> Invalidation {
        Invalidation::Unknown
    }

    /// Replaces the value now.
    ///
    /// # Errors
    ///
    /// [`Refused`] if the upstream did.
    ///
    /// # Cancel safety
    ///
    /// As [`get`](Self::get).
    fn refresh(&self) -> impl Future<Output = Result<(), Refused>> + Send {
        async {
            self.invalidate();
            self.get().await.map(drop)
        }
    }
}

/// Who calls the upstream when many callers find no value at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "one of them or all of them")]
pub enum Flight {
    /// One of them, for all.
    Single,
    /// Each of them.
    EachCaller,
}

/// Whether a cache can be told that its value is of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "it can or it cannot")]
pub enum Invalidation {
    /// It was told.
    Done,
    /// It has no such operation.
    Unknown,
}

/// Which contenders are like for like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Level {
    /// No cache at all: what the machine charges for a part of one.
    Floor,
    /// Asked by the program itself.
    Direct,
    /// Asked through the SDK's `ProvideCredentials`.
    Provider,
    /// Asked as a client of the AWS SDK asks its identity cache.
    SdkSeam,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Floor => "floor",
            Self::Direct => "direct",
            Self::Provider => "ProvideCredentials",
            Self::SdkSeam => "inside the SDK",
        })
    }
}

/// A contender by name.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Entry {
    /// Its [`NAME`](Contender::NAME).
    pub name: &'static str,
    /// What it [holds](Contender::HOLDS).
    pub holds: &'static str,
    /// Its [`LEVEL`](Contender::LEVEL).
    pub level: Level,
    /// Its [`FLIGHT`](Contender::FLIGHT).
    pub flight: Flight,
    /// Its [`TWIN`](Contender::TWIN).
    pub twin: Option<&'static str>,
    build: fn(Upstream) -> Arc<dyn Instance>,
    pub(crate) fill: fn(usize) -> Result<Box<dyn Filled>, Refused>,
}

impl Entry {
    /// The entry of a contender.
    #[must_use]
    pub fn of<C: Contender>() -> Self {
        Self {
            name: C::NAME,
            holds: C::HOLDS,
            level: C::LEVEL,
            flight: C::FLIGHT,
            twin: C::TWIN,
            build: |upstream| Arc::new(C::build(upstream)),
            fill: fill_each::<C>,
        }
    }

    /// What it is, for tables: what it holds, and whether each caller fetches.
    #[must_use]
    pub fn description(&self) -> String {
        match self.flight {
            Flight::Single => self.holds.to_owned(),
            Flight::EachCaller => format!("{}, each caller fetches", self.holds),
        }
    }

    /// An empty cache in front of `upstream`.
    #[must_use]
    pub fn build(&self, upstream: Upstream) -> Arc<dyn Instance> {
        (self.build)(upstream)
    }
}

/// The outcome of some calls, later.
pub type Answer = Pin<Box<dyn Future<Output = Result<(), Refused>> + Send>>;

/// A contender that was built, whichever it is.
///
/// Its methods do many things at once, so that dispatch costs nothing per hit.
pub trait Instance: Send + Sync {
    /// Gets the value `times` times on this thread, and drops it each time.
    ///
    /// # Errors
    ///
    /// As [`Contender::get`]; the rest is left out then.
    fn get_here(&self, times: u64) -> Result<(), Refused>;

    /// Reads the value in place `times` times on this thread, and says how often it could.
    fn borrow_here(&self, times: u64) -> u64;

    /// Gets the value `times` times, one after the other, wherever it is polled.
    fn gets(self: Arc<Self>, times: u64) -> Answer;

    /// As [`Contender::invalidate`].
    fn invalidate(&self) -> Invalidation;

    /// As [`Contender::refresh`].
    fn refresh(self: Arc<Self>) -> Answer;
}

impl<C: Contender> Instance for C {
    fn get_here(&self, times: u64) -> Result<(), Refused> {
        let waiting = Waiting::here();
        for _ in 0..times {
            drop(black_box(waiting.for_output_of(self.get())?));
        }
        Ok(())
    }

    fn borrow_here(&self, times: u64) -> u64 {
        let mut read = 0;
        for _ in 0..times {
            read += u64::from(black_box(self.borrow()).is_some());
        }
        read
    }

    fn gets(self: Arc<Self>, times: u64) -> Answer {
        Box::pin(async move {
            for _ in 0..times {
                drop(black_box(self.get().await?));
            }
            Ok(())
        })
    }

    fn invalidate(&self) -> Invalidation {
        Contender::invalidate(self)
    }

    fn refresh(self: Arc<Self>) -> Answer {
        Box::pin(async move { Contender::refresh(&*self).await })
    }
}
