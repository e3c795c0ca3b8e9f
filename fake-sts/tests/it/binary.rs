//! The binary as a shell sees it.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, Command, Output, Stdio},
};

fn fake_sts(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fake-sts"));
    command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs it with a world file of this name and text.
fn with_world(name: &str, text: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    fake_sts(&["--world", path.to_str().unwrap()]).output().unwrap()
}

#[track_caller]
fn check_refused(name: &str, text: &str, wanted: &str) {
    let output = with_world(name, text);
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(error.starts_with("fake-sts: ") && error.contains(wanted), "{error}");
    assert!(!error.contains("planted"), "{error}");
}

#[test]
fn a_world_file_that_cannot_be_is_refused_with_its_place_and_without_its_secrets() {
    let key = r#"{ id = "AKIARTX3GSDSQALICE22", secret = "planted", color = "blue" }"#;
    check_refused(
        "world.toml",
        &format!(
            "[[accounts]]\nid = \"111122223333\"\n[[accounts.users]]\nname = \"a\"\naccess_keys = [{key}]\n"
        ),
        "line 5, column 67: unknown field `color`",
    );
    check_refused("world.toml", "[[accounts]\n", "line 1, column ");
    check_refused(
        "world.json",
        r#"{"accounts": [{"id": "111122223333", "color": 1}]}"#,
        "unknown field `color`",
    );
    check_refused(
        "world.json",
        r#"{"accounts": [{"id": "1"}]}"#,
        "`1` is no account id; write its 12 digits",
    );
}

#[test]
fn a_missing_world_file_is_told() {
    let output = fake_sts(&["--world", "/nowhere/world.toml"]).output().unwrap();

    let error = String::from_utf8(output.stderr).unwrap();
    assert!(
        error.starts_with("fake-sts: cannot read the world file /nowhere/world.toml: "),
        "{error}"
    );
}

/// Ends the process when the test does, whichever way.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn it_says_where_it_is_and_what_to_paste_and_serves() {
    let mut running = Running(fake_sts(&[]).spawn().unwrap());
    let mut lines = BufReader::new(running.0.stdout.take().unwrap()).lines().map(Result::unwrap);

    let ready = lines.next().unwrap();
    let pasted = lines.by_ref().skip(1).take(5).collect::<Vec<_>>();
    let uri = ready.strip_prefix("fake-sts ready on ").unwrap().to_owned();
    let mut stream = TcpStream::connect(uri.strip_prefix("http://").unwrap()).unwrap();
    stream
        .write_all(b"GET /_fake-sts/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();

    assert_eq!(
        pasted,
        [
            format!("export AWS_ENDPOINT_URL_STS={uri}"),
            "export AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1".to_owned(),
            "export AWS_ACCESS_KEY_ID=AKIARTX3GSDSQALICE22".to_owned(),
            "export AWS_SECRET_ACCESS_KEY='fake-sts/secret/of/alice/not/for/real/00'".to_owned(),
            "unset AWS_SESSION_TOKEN AWS_PROFILE".to_owned(),
        ]
    );
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
}
