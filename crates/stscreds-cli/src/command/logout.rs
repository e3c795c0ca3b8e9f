use super::sources;
use crate::arguments::{Common, Logout};
use crate::failure::Failure;
use crate::journey::Journey;
use crate::notes::{Notes, print};
use crate::store::{Location, Store};

/// Removes sessions from the disk. AWS accepts a copy until it expires.
pub(super) fn run(logout: &Logout, notes: &Notes) -> Result<(), Failure> {
    let removed = match &logout.name {
        None => store().clear(),
        Some(name) => {
            let common = Common { name: Some(name.clone()), ..Common::default() };
            let journey = Journey::plan(&sources()?, &common)?;
            let store = store();
            journey.steps.iter().filter(|leg| store.remove(&leg.key)).count()
        }
    };
    if notes.json() {
        return print(&format!("{}\n", serde_json::json!({"Removed": removed})));
    }
    print(&format!("removed {removed} cached session{}\n", if removed == 1 { "" } else { "s" }))
}

fn store() -> Store {
    Store::open(Location::of(&stscreds::aws_sdk::Environment::of_this_process()))
}
