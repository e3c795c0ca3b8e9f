//! One date sets every switch that follows a date.

use std::collections::BTreeMap;

use fake_sts::switches::{AsOf, MfaWindow, SessionTokenSize, Switches};
use fake_sts::world::World;
use serde_json::{Value, json};

const DATES: [(&str, AsOf); 3] = [
    ("2026-07", AsOf::July2026),
    ("2026-09", AsOf::September2026),
    ("2026-11", AsOf::November2026),
];

fn values(as_of: AsOf) -> BTreeMap<String, Value> {
    serde_json::from_value(serde_json::to_value(Switches::as_of(as_of)).unwrap()).unwrap()
}

/// The date since which a switch has its default, by its row in the documentation.
fn documented_date(name: &str) -> Option<&'static str> {
    let text = include_str!("../../fake-sts.md");
    let row = text.lines().find(|line| line.starts_with(&format!("| `{name}` |")));
    let row = row.unwrap_or_else(|| panic!("{name} is not documented"));
    let (_, date) = row.rsplit_once("since ")?;
    date.get(..7).filter(|date| DATES.iter().any(|(known, _)| known == date))
}

/// A switch whose documentation has a date, and that the table does not set, fails here; so does one that it sets without a documented date.
#[test]
fn every_dated_switch_changes_at_its_documented_date_and_no_other_does() {
    let mut dated = 0;
    for name in values(AsOf::November2026).keys().filter(|name| *name != "as_of") {
        let changed = DATES.windows(2).filter_map(|pair| {
            let [(_, earlier), (date, later)] = pair else { return None };
            (values(*earlier)[name] != values(*later)[name]).then_some(*date)
        });
        let changed = changed.collect::<Vec<_>>();
        assert_eq!(changed, documented_date(name).into_iter().collect::<Vec<_>>(), "{name}");
        dated += changed.len();
    }
    assert_eq!(dated, 7);
}

#[test]
fn a_world_may_have_a_date_and_switches_of_its_own() {
    for (date, as_of) in DATES {
        let world = json!({"accounts": [], "switches": {"as_of": date, "mfa_window": 1}});
        let world = serde_json::from_value::<World>(world).unwrap();
        let mut wanted = Switches::as_of(as_of);
        wanted.mfa_window = MfaWindow(1);
        assert_eq!(world.switches, wanted);
        let again = serde_json::from_value::<World>(serde_json::to_value(&world).unwrap());
        assert_eq!(again.unwrap().switches, wanted);
    }
    assert_eq!(Switches::as_of(AsOf::November2026), Switches::default());
}

#[test]
fn a_patch_of_the_date_sets_the_dated_switches_and_leaves_the_others() {
    let mut world = World::empty();
    world.switches.mfa_window = MfaWindow(5);

    let july = world.patched(&json!({"switches": {"as_of": "2026-07"}})).unwrap();
    let mixed = json!({"switches": {"as_of": "2026-07", "session_token_size": "present"}});
    let mixed = world.patched(&mixed).unwrap();
    let back = july.patched(&json!({"switches": {"as_of": null}})).unwrap();

    assert_eq!(july.switches.session_token_size, SessionTokenSize::Absent);
    assert_eq!(july.switches.mfa_window, MfaWindow(5));
    assert_eq!(mixed.switches.session_token_size, SessionTokenSize::Present);
    assert_eq!(back.switches, world.switches);
}
