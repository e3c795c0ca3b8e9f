//! What the documentation shows is so.

use fake_sts::FakeSts;
use fake_sts::switches::{Regions, Switches};
use fake_sts::world::World;

const TEXT: &str = include_str!("../fake-sts.md");

#[test]
fn the_world_file_of_the_documentation_is_a_valid_world() {
    let (_, rest) = TEXT.split_once("```toml\n").unwrap();
    let world = toml::from_str::<World>(rest.split_once("```").unwrap().0).unwrap();

    assert_eq!(world.switches.regions, Regions::Only("eu-west-1".to_owned()));
    assert_eq!(
        FakeSts::builder().world(world).without_socket().unwrap().world().accounts[0].roles[0].name,
        "deploy"
    );
}

#[test]
fn every_switch_is_documented_with_its_default_first() {
    let switches = serde_json::to_value(Switches::default()).unwrap();

    for (name, value) in switches.as_object().unwrap() {
        let row = TEXT.lines().find(|line| line.starts_with(&format!("| `{name}` |")));
        let row = row.unwrap_or_else(|| panic!("{name} is not documented"));
        let default = value.as_str().map_or_else(|| value.to_string(), |text| format!("`{text}`"));
        assert!(row.contains(&default), "{name}: {default} in {row}");
    }
}

#[test]
fn the_standard_world_is_the_documented_one() {
    let world = World::standard();
    let account = &world.accounts[0];
    let users = account
        .users
        .iter()
        .flat_map(|user| &user.access_keys)
        .flat_map(|key| [&key.id, &key.secret]);
    let roles = account.roles.iter().map(|role| &role.name);

    for name in users.chain(roles) {
        assert!(TEXT.contains(&format!("`{name}`")), "{name}");
    }
}
