//! A cell and a check: whoever finds nothing fresh fetches for himself. The first cache
//! that most programs have.

use aws_credential_types::Credentials;

use super::cells::{Cell, Coarse, Dated};
use crate::contender::{Contender, Flight, Invalidation};
use crate::upstream::{Refused, Upstream};

struct ByEveryone<C> {
    cell: C,
    upstream: Upstream,
}

impl<C: Cell> ByEveryone<C> {
    fn new(upstream: Upstream) -> Self {
        Self { cell: C::default(), upstream }
    }

    async fn get(&self) -> Result<Credentials, Refused> {
        let now = C::now();
        let hit = self.cell.read(|dated| dated?.if_fresh(now).map(|d| d.credentials.clone()));
        match hit {
            Some(hit) => Ok(hit),
            None => self.fetch().await,
        }
    }

    fn borrow(&self) -> Option<usize> {
        let now = C::now();
        self.cell.read(|dated| dated?.if_fresh(now).map(|d| d.credentials.access_key_id().len()))
    }

    fn invalidate(&self) -> Invalidation {
        self.cell.write(None);
        Invalidation::Done
    }

    #[cold]
    async fn fetch(&self) -> Result<Credentials, Refused> {
        let dated = Dated::new(self.upstream.fetch().await?, &self.upstream);
        self.cell.write(Some(dated.clone()));
        Ok(dated.credentials)
    }
}

macro_rules! by_everyone {
    ($contender:ident, $cell:ty, $name:literal, $holds:literal, $twin:expr) => {
        pub(super) struct $contender(ByEveryone<$cell>);

        impl Contender for $contender {
            const NAME: &'static str = $name;
            const HOLDS: &'static str = $holds;
            const FLIGHT: Flight = Flight::EachCaller;
            const TWIN: Option<&'static str> = $twin;
            type Value = Credentials;

            fn build(upstream: Upstream) -> Self {
                Self(ByEveryone::new(upstream))
            }
            async fn get(&self) -> Result<Credentials, Refused> {
                self.0.get().await
            }
            fn borrow(&self) -> Option<usize> {
                self.0.borrow()
            }
            fn invalidate(&self) -> Invalidation {
                self.0.invalidate()
            }
        }
    };
}

by_everyone!(StdMutex, std::sync::Mutex<Option<Dated>>, "std-mutex", "std Mutex", None);
by_everyone!(
    StdRwLock,
    std::sync::RwLock<Option<Dated>>,
    "std-rwlock",
    "std RwLock",
    Some(StdMutex::NAME)
);
by_everyone!(
    ParkingLotMutex,
    parking_lot::Mutex<Option<Dated>>,
    "parking-lot-mutex",
    "parking_lot Mutex",
    Some(StdMutex::NAME)
);
by_everyone!(
    ParkingLotRwLock,
    parking_lot::RwLock<Option<Dated>>,
    "parking-lot-rwlock",
    "parking_lot RwLock",
    Some(StdMutex::NAME)
);
by_everyone!(
    Watch,
    tokio::sync::watch::Sender<Option<Dated>>,
    "tokio-watch",
    "tokio watch",
    Some(StdMutex::NAME)
);
by_everyone!(Swap, arc_swap::ArcSwapOption<Dated>, "arc-swap", "ArcSwap", None);
by_everyone!(SwapCoarse, Coarse, "arc-swap-coarse", "ArcSwap and the tick clock", Some(Swap::NAME));
