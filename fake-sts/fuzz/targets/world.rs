//! A world file, in JSON if it begins like JSON and in TOML otherwise: a server starts with it, or says why not.

#![no_main]

use fake_sts::{FakeSts, world::World};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let world = if text.starts_with('{') {
        serde_json::from_str::<World>(text).map_err(|error| error.to_string())
    } else {
        toml::from_str::<World>(text).map_err(|error| error.to_string())
    };
    let Ok(world) = world else { return };
    let fake = match FakeSts::builder().world(world).without_socket() {
        Ok(fake) => fake,
        Err(error) => return drop(error.to_string()),
    };
    // What a server shows of its world is the file for the next one.
    let shown = serde_json::to_string(&fake.world()).unwrap();
    let again = serde_json::from_str::<World>(&shown).unwrap();
    let again = FakeSts::builder().world(again).without_socket().unwrap();
    assert_eq!(again.world(), fake.world());
});
