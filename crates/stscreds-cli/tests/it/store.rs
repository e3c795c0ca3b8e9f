use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use super::machine::{Ended, Machine};

fn mode(path: &std::path::Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn directory_and_files_are_for_their_owner() {
    let machine = Machine::new();
    machine.run(&["process", "plain"]).succeeds();

    assert_eq!(mode(&machine.cache()), 0o700);
    let files: Vec<_> = fs::read_dir(machine.cache()).unwrap().map(|f| f.unwrap().path()).collect();
    assert_eq!(files.len(), 2, "{files:?}");
    for file in files {
        assert_eq!(mode(&file), 0o600, "{file:?}");
    }
}

#[test]
fn a_torn_file_heals() {
    let machine = Machine::new();
    machine.run(&["process", "plain"]).succeeds();
    let file = machine.sessions().remove(0);
    let whole = fs::read(&file).unwrap();

    for torn in [&whole[..whole.len() / 2], b"", b"{}", b"\xff\xfe", b"[[[["] {
        fs::write(&file, torn).unwrap();
        machine.run(&["process", "plain"]).succeeds();
        let calls = machine.calls().len();
        machine.run(&["process", "plain"]).succeeds();
        assert_eq!(machine.calls().len(), calls, "the file has healed");
    }
}

/// Without a usable directory there is one note and still a session.
#[track_caller]
fn check_memory_only(prepare: impl Fn(&Machine), says: &str) {
    let machine = Machine::new();
    fs::create_dir_all(machine.path(".cache")).unwrap();
    prepare(&machine);

    let ended = machine.run(&["process", "plain"]).succeeds();

    assert!(ended.stderr.contains(says), "{says:?} is not in {}", ended.stderr);
    assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
    assert!(ended.json()["SessionToken"].is_string());
}

#[test]
fn a_directory_that_others_could_read_is_not_used() {
    check_memory_only(
        |machine| {
            fs::create_dir(machine.cache()).unwrap();
            fs::set_permissions(machine.cache(), fs::Permissions::from_mode(0o750)).unwrap();
        },
        "run: chmod 700",
    );
}

#[test]
fn a_symlink_or_a_file_in_its_place_is_not_used() {
    check_memory_only(
        |machine| {
            fs::create_dir(machine.path("elsewhere")).unwrap();
            symlink(machine.path("elsewhere"), machine.cache()).unwrap();
        },
        "is a symbolic link or a file",
    );
    check_memory_only(
        |machine| machine.write(".cache/stscreds", ""),
        "is a symbolic link or a file",
    );
}

#[test]
fn a_directory_that_cannot_be_made_is_not_used() {
    check_memory_only(
        |machine| {
            fs::remove_dir(machine.path(".cache")).unwrap();
            machine.write(".cache", "");
        },
        "sessions are not kept: ",
    );
}

#[test]
fn without_a_home_there_is_still_a_session() {
    let machine = Machine::new();
    let config = machine.path(".aws/config").display().to_string();
    let credentials = machine.path(".aws/credentials").display().to_string();
    for home in ["", "/"] {
        let mut command = machine.stscreds(&["process", "plain"]);
        command.env("AWS_CONFIG_FILE", &config).env("AWS_SHARED_CREDENTIALS_FILE", &credentials);

        let ended = Ended::of(command.env("HOME", home).output().unwrap()).succeeds();

        assert!(ended.stderr.contains("sessions are not kept: HOME"), "{ended:?}");
    }
}

#[test]
fn a_full_disk_costs_the_sharing_and_nothing_else() {
    let machine = Machine::new();
    machine.run(&["list"]).succeeds();
    // No file may grow: what a full disk does to a write.
    let script = format!("ulimit -f 0; exec {} process plain", env!("CARGO_BIN_EXE_stscreds"));
    let mut command = std::process::Command::new("bash");
    command.args(["-c", &format!("trap '' XFSZ; {script}")]);
    machine.prepare(&mut command);
    let ended = Ended::of(command.output().unwrap()).succeeds();

    assert!(ended.stderr.contains("cannot keep the session"), "{ended:?}");
    assert!(machine.sessions().is_empty());
    machine.run(&["process", "plain"]).succeeds();
}

#[test]
fn a_session_file_that_others_can_read_is_not_served() {
    let machine = Machine::new();
    machine.run(&["process", "plain"]).succeeds();
    let file = machine.sessions().remove(0);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();

    machine.run(&["process", "plain"]).succeeds();

    assert_eq!(machine.calls().len(), 2);
    assert_eq!(mode(&file), 0o600);
}
