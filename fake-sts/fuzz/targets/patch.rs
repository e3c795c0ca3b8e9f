//! A patch of a world: it is refused, or leads to a world that a server takes or refuses, and once more to the same one.

#![no_main]

use std::cell::OnceCell;

use fake_sts::{FakeSts, world::World};
use libfuzzer_sys::fuzz_target;

thread_local! {
    static WORLD: OnceCell<World> = const { OnceCell::new() };
}

fuzz_target!(|json: &[u8]| {
    let Ok(patch) = serde_json::from_slice(json) else { return };
    let patched = WORLD.with(|world| {
        let read = || toml::from_str(include_str!("../corpus/world/every-kind.toml")).unwrap();
        world.get_or_init(read).patched(&patch)
    });
    let patched = match patched {
        Ok(world) => world,
        Err(error) => return drop(error.to_string()),
    };
    // What was deleted cannot be deleted again; all else is as it shall be already.
    if let Ok(again) = patched.patched(&patch) {
        assert_eq!(again, patched);
    }
    if let Err(error) = FakeSts::builder().world(patched).without_socket() {
        drop(error.to_string());
    }
});
