//! The binary as a shell sees it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

fn fake_sts(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fake-sts"));
    command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    // It adds the fake to the hosts that are reached without a proxy.
    command.env_remove("NO_PROXY").env_remove("no_proxy");
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
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.starts_with("fake-sts: ") && error.contains(wanted), "{error}");
    assert_eq!(error.lines().count(), 1, "{error}");
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
        "{\"accounts\": [{\n  \"id\": \"111122223333\", \"color\": 1}]}",
        "line 2, column 31: unknown field `color`, expected one of `id`",
    );
    check_refused(
        "world.toml",
        "[[accounts]]\nid = \"111122223333\"\nusers = \"planted\"\n",
        "line 3, column 9: invalid type: string, expected a list",
    );
    check_refused(
        "world.json",
        r#"{"accounts": [{"id": "111122223333", "users": "planted"}]}"#,
        "line 1, column 55: invalid type: string, expected a list",
    );
    check_refused(
        "world.json",
        r#"{"accounts": [{"id": "1"}]}"#,
        "`1` is no account id; write its 12 digits",
    );
}

#[test]
fn a_world_file_is_refused_in_the_words_of_its_format() {
    check_refused("world.json", "[]", "line 1, column 1: invalid type: list, expected an object");
    check_refused("world.json", "null", "invalid type: null, expected an object");
    check_refused("world.toml", "[[acounts]]\n", "; did you mean accounts?");
    check_refused(
        "world.toml",
        "[[accounts]]\nid = \"111122223333\"\n[[accounts.users]]\nname = \"a\"\naccess_keys = [{ secret = 987654 }]\n",
        "line 5, column 27: invalid type: integer, expected a string",
    );
    check_refused(
        "world.toml",
        "[switches]\nmfa_window = -1\n",
        "expected a whole number from 0 on",
    );
    check_refused("world.yaml", "accounts: []\n", "; it is read as TOML, since its name does not");
    check_refused("world", r#"{"accounts": []}"#, "; it is read as TOML, since its name does not");
}

#[test]
fn a_world_file_may_begin_with_a_mark_of_its_encoding_and_be_in_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let check = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        fake_sts(&["check", path.to_str().unwrap()]).output().unwrap()
    };
    let account = "\u{feff}{\"accounts\": [{\"id\": \"111122223333\"}]}";

    let marked = check("marked.json", account.as_bytes());
    let wide = account.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    let wide = check("wide.json", &wide);

    assert_eq!(marked.stdout, b"valid: accounts: 1, users: 0, roles: 0\n");
    check_ended(&wide, 2, "the world file ");
    assert!(String::from_utf8_lossy(&wide.stderr).contains("no text in UTF-8"));
}

#[test]
fn a_variable_that_is_empty_is_as_one_that_is_not_there() {
    let mut command = fake_sts(&["--port", "0"]);
    for name in ["WORLD", "PORT", "HOST", "CONTROL_TOKEN", "LOG", "TLS", "TLS_CERT"] {
        command.env(format!("FAKE_STS_{name}"), "");
    }

    let running = Running::of(command);

    assert!(running.uri.starts_with("http://127.0.0.1:"), "{}", running.uri);
    let mut asking = fake_sts(&["health", &running.uri]);
    assert!(asking.env("FAKE_STS_PORT", "").output().unwrap().status.success());
}

#[test]
fn an_address_may_be_written_as_in_a_url() {
    for (host, uri) in [("localhost", "http://127.0.0.1:"), ("[::1]", "http://[::1]:")] {
        let running = Running::start(&["--host", host]);
        assert!(running.uri.starts_with(uri), "{host}: {}", running.uri);
    }
    let nowhere = fake_sts(&["--host", "sts.example"]).output().unwrap();
    assert_eq!(nowhere.status.code(), Some(2));
    let error = String::from_utf8_lossy(&nowhere.stderr);
    assert!(error.contains("write an address, such as 127.0.0.1"), "{error}");
}

#[track_caller]
fn check_ended(output: &Output, code: i32, wanted: &str) {
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{error}");
    assert!(error.starts_with(&format!("fake-sts: {wanted}")), "{error}");
    assert_eq!(error.lines().count(), 1, "{error}");
}

#[test]
fn what_cannot_be_ends_with_code_2_and_what_is_prevented_with_code_1() {
    let run = |arguments: &[&str]| fake_sts(arguments).output().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();

    check_ended(
        &run(&["--world", "/nowhere/world.toml"]),
        2,
        "cannot read the world file /nowhere/world.toml: No such file or directory",
    );
    check_ended(&run(&["--port", &port]), 1, &format!("cannot listen on 127.0.0.1:{port}; "));
    check_ended(
        &run(&["--user", "nobody"]),
        2,
        "there is no user nobody with an active access key",
    );
    check_ended(&run(&["--control-token", "no no"]), 2, "a control token has ");
    check_ended(&run(&["--env-file", "/nowhere/env"]), 2, "cannot write /nowhere/env: ");
    check_ended(
        &run(&["health", &format!("http://127.0.0.1:{port}")]),
        1,
        "no fake-sts answers on ",
    );
    check_ended(&run(&["health"]), 2, "say which server: ");
    check_ended(&run(&["health", "localhost"]), 2, "`localhost` is no endpoint; write one such");
    assert_eq!(run(&["--nonsense"]).status.code(), Some(2));
}

#[test]
fn the_standard_world_can_be_printed_and_is_valid() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("world.json");
    let printed = fake_sts(&["print-world"]).output().unwrap().stdout;
    std::fs::write(&path, printed).unwrap();

    let output = fake_sts(&["check", path.to_str().unwrap()]).output().unwrap();

    assert!(output.status.success(), "{output:?}");
    assert_eq!(output.stdout, b"valid: accounts: 2, users: 2, roles: 6\n");
}

/// A server that is ready. Ends when the test does, whichever way.
struct Running {
    child: Child,
    stdout: BufReader<ChildStdout>,
    uri: String,
}

impl Running {
    fn start(arguments: &[&str]) -> Self {
        Self::of(fake_sts(arguments))
    }

    fn of(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut ready = String::new();
        stdout.read_line(&mut ready).unwrap();
        let uri = ready.trim_end().strip_prefix("fake-sts ready on ").unwrap().to_owned();
        Self { child, stdout, uri }
    }

    fn connect(&self) -> TcpStream {
        TcpStream::connect(self.uri.split_once("://").unwrap().1).unwrap()
    }

    /// The answer to a `GET`.
    fn get(&self, target: &str, header: &str) -> String {
        let mut stream = self.connect();
        let request =
            format!("GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{header}\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// An identity token of the built-in issuer.
    #[cfg(unix)]
    fn mint(&self) -> String {
        let mut stream = self.connect();
        let head = b"POST /_fake-sts/mint HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
        stream.write_all(head).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        serde_json::from_str::<serde_json::Value>(body).unwrap()["token"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    #[cfg(unix)]
    fn signal(&self, name: &str) {
        let kill = Command::new("kill").args([name, &self.child.id().to_string()]).status();
        assert!(kill.unwrap().success());
    }

    /// Waits for its end: all that it said, on standard output after the first line and on standard error.
    fn ended(mut self) -> (Option<i32>, String, String) {
        let (mut out, mut error) = (String::new(), String::new());
        self.stdout.read_to_string(&mut out).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut error).unwrap();
        (self.child.wait().unwrap().code(), out, error)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
#[cfg(unix)]
fn it_says_where_it_is_and_what_to_paste_and_serves_until_it_is_stopped() {
    for signal in ["-TERM", "-INT"] {
        let running = Running::start(&[]);
        let uri = running.uri.clone();

        let health = running.get("/_fake-sts/health", "");
        let asked = fake_sts(&["health", &uri]).output().unwrap();
        running.signal(signal);
        let (code, pasted, _) = running.ended();

        assert!(health.starts_with("HTTP/1.1 200 OK"), "{health}");
        assert!(asked.status.success(), "{asked:?}");
        assert_eq!(code, Some(0), "{signal}");
        let (set, removed) = pasted.split_at(pasted.find("unset ").unwrap());
        assert!(set.contains("\nexport AWS_ACCESS_KEY_ID=AKIARTX3GSDSQALICE22\n"), "{set}");
        assert!(removed.lines().all(|line| line.starts_with("unset ")), "{removed}");
        assert!(removed.split_whitespace().any(|name| name == "AWS_PROFILE"), "{removed}");
        let first = removed.lines().next().unwrap();
        let said = format!("fake-sts ready on {uri}\n{set}{first}\n");
        let said = said.replace(&uri, "http://127.0.0.1:4566");
        let page = include_str!("../../../docs/fake-sts.md");
        assert!(page.contains(&format!("```text\n{said}..\n```")), "not as documented: {said}");
    }
}

#[test]
#[cfg(unix)]
fn it_tells_of_each_call_as_much_as_is_wanted() {
    for (level, wanted) in [
        ("quiet", vec![]),
        (
            "calls",
            vec![
                "AssumeRoleWithWebIdentity arn:aws:iam::111122223333:role/nobody by nobody: 403 AccessDenied: ",
            ],
        ),
        (
            "explain",
            vec![
                "AssumeRoleWithWebIdentity arn:aws:iam::111122223333:role/nobody by nobody: 403 AccessDenied: ",
                "  there is no such role",
            ],
        ),
    ] {
        let running = Running::start(&["--log", level]);
        let token = running.mint();
        running.get(
            &format!(
                "/?Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleSessionName=run\
                 &RoleArn=arn:aws:iam::111122223333:role/nobody&WebIdentityToken={token}"
            ),
            "",
        );
        running.signal("-TERM");
        let (_, _, told) = running.ended();

        let lines = told.lines().collect::<Vec<_>>();
        assert_eq!(lines.len(), wanted.len(), "{level}: {told}");
        for (line, wanted) in lines.iter().zip(wanted) {
            assert!(line.contains(wanted), "{level}: {told}");
        }
        assert!(!told.contains(&token), "{told}");
    }
}

#[test]
#[cfg(unix)]
fn a_request_under_way_is_finished_before_the_process_ends() {
    let running = Running::start(&[]);
    let mut stream = running.connect();
    let head = b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n";
    stream.write_all(head).unwrap();
    stream.read_exact(&mut [0; 25]).unwrap();

    running.signal("-TERM");
    // It has heard the signal once nobody is let in any more.
    while TcpStream::connect(running.uri.strip_prefix("http://").unwrap()).is_ok() {}
    stream.write_all(b"body").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();

    assert!(answer.starts_with("HTTP/1.1 302 Found"), "{answer}");
    assert_eq!(running.ended().0, Some(0));
}

#[test]
fn the_environment_is_in_its_file_before_the_server_is_ready() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("environment.json");

    let running =
        Running::start(&["--env", "json", "--env-file", path.to_str().unwrap(), "--user", "bob"]);
    let environment = std::fs::read_to_string(&path).unwrap();
    let environment = serde_json::from_str::<serde_json::Value>(&environment).unwrap();

    assert_eq!(environment["AWS_ENDPOINT_URL_STS"], running.uri.as_str());
    assert_eq!(environment["AWS_ACCESS_KEY_ID"], "AKIARTX3GSDSQBOB2222");
    assert_eq!(environment["AWS_PROFILE"], serde_json::Value::Null);
}

#[test]
#[cfg(unix)]
fn where_others_can_reach_it_the_side_door_takes_a_token_that_is_shown_once() {
    let running = Running::start(&["--host", "0.0.0.0"]);

    let health = running.get("/_fake-sts/health", "");
    let state = running.get("/_fake-sts/state", "");
    running.signal("-TERM");
    let (_, pasted, _) = running.ended();
    let token = pasted.lines().find_map(|line| line.strip_prefix("export FAKE_STS_CONTROL_TOKEN="));

    assert!(health.starts_with("HTTP/1.1 200 OK"), "{health}");
    assert!(state.starts_with("HTTP/1.1 401 Unauthorized"), "{state}");
    assert_eq!(token.map(str::len), Some(32));
}

#[test]
#[cfg(unix)]
fn a_token_that_was_given_is_wanted_and_not_repeated() {
    let mut command = fake_sts(&["--host", "127.0.0.1"]);
    command.env("FAKE_STS_CONTROL_TOKEN", "planted");
    let running = Running::of(command);

    let without = running.get("/_fake-sts/state", "");
    let with = running.get("/_fake-sts/state", "Authorization: Bearer planted\r\n");
    running.signal("-TERM");
    let (_, pasted, error) = running.ended();

    assert!(without.starts_with("HTTP/1.1 401 "), "{without}");
    assert!(with.starts_with("HTTP/1.1 200 "), "{with}");
    assert!(!pasted.contains("planted") && !error.contains("planted"), "{pasted}{error}");
}

#[test]
#[cfg(all(unix, feature = "tls", feature = "https"))]
fn over_https_the_certificate_to_trust_is_written_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fake-sts.pem");
    let path = path.to_str().unwrap();

    let running = Running::start(&["--tls", "--tls-cert", path]);
    let trusting = fake_sts(&["health", &running.uri, "--tls-cert", path]).output().unwrap();
    let doubting = fake_sts(&["health", &running.uri]).output().unwrap();
    running.signal("-TERM");
    let (code, pasted, _) = running.ended();

    assert!(trusting.status.success(), "{trusting:?}");
    assert_eq!(doubting.status.code(), Some(1), "{doubting:?}");
    assert!(pasted.contains("export AWS_ENDPOINT_URL_STS=https://127.0.0.1:"), "{pasted}");
    assert!(pasted.contains(&format!("export AWS_CA_BUNDLE={path}\n")), "{pasted}");
    assert_eq!(code, Some(0));
    assert!(std::fs::exists(path).unwrap(), "what somebody asked for stays");
}

#[test]
#[cfg(all(unix, feature = "tls"))]
fn a_certificate_nobody_asked_for_goes_away_with_the_server() {
    let running = Running::start(&["--tls"]);
    running.signal("-TERM");
    let (_, pasted, _) = running.ended();

    let path = pasted.lines().find_map(|line| line.strip_prefix("export AWS_CA_BUNDLE=")).unwrap();

    assert!(!std::fs::exists(path).unwrap(), "{path}");
}

#[test]
#[cfg(feature = "tls")]
fn options_of_https_that_come_to_nothing_are_told() {
    let run = |arguments: &[&str]| fake_sts(arguments).output().unwrap();

    let plain = run(&["--tls-cert", "cert.pem"]);

    assert_eq!(plain.status.code(), Some(2));
    let error = String::from_utf8_lossy(&plain.stderr);
    assert!(error.contains("--tls-cert is of no use without --tls"), "{error}");
    for name in ["", "https://localhost", "localhost:443"] {
        check_ended(
            &run(&["--tls", "--tls-name", name]),
            2,
            &format!("`{name}` is no name for a certificate; give a host name"),
        );
    }
}

#[test]
#[cfg(all(unix, feature = "tls"))]
fn a_variable_may_say_yes_in_the_usual_ways() {
    for yes in ["1", "true", "yes"] {
        let mut command = fake_sts(&[]);
        let running = Running::of({
            command.env("FAKE_STS_TLS", yes);
            command
        });
        assert!(running.uri.starts_with("https://"), "{yes}: {}", running.uri);
    }
}

#[test]
#[cfg(feature = "tls")]
fn a_certificate_of_ones_own_that_cannot_be_used_is_told() {
    let nowhere = fake_sts(&["--tls-identity", "/nowhere/cert", "/nowhere/key"]).output().unwrap();
    let own = rcgen::generate_simple_self_signed(["sts.test".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cert.pem");
    std::fs::write(&path, own.cert.pem()).unwrap();
    let path = path.to_str().unwrap();
    let no_key = fake_sts(&["--tls-identity", path, path]).output().unwrap();

    check_ended(&nowhere, 2, "cannot read /nowhere/cert: ");
    check_ended(&no_key, 2, "there is no private key; ");
}

#[cfg(unix)]
mod run {
    use super::*;

    /// Runs a script beside a fake, with AWS variables of somebody else around it.
    fn run(arguments: &[&str], script: &str) -> Output {
        let mut command = fake_sts(&[&["run"], arguments, &["--", "sh", "-c", script]].concat());
        command.env("AWS_PROFILE", "work").env("AWS_SESSION_TOKEN", "planted").output().unwrap()
    }

    #[test]
    fn a_command_runs_beside_a_fake_and_its_code_is_the_code() {
        let output = run(&[], "echo $AWS_ENDPOINT_URL_STS $FAKE_STS_URL $AWS_CONFIG_FILE; exit 7");

        let stdout = String::from_utf8(output.stdout).unwrap();
        let words = stdout.split_whitespace().collect::<Vec<_>>();
        assert_eq!(output.status.code(), Some(7));
        assert!(words[0].starts_with("http://127.0.0.1:"), "{stdout}");
        assert_eq!(words[1..], [words[0], "/dev/null"]);
        // The fake has ended with the command.
        let address = words[0].trim_start_matches("http://");
        assert!(TcpStream::connect(address).is_err(), "{address}");
    }

    #[test]
    fn the_command_is_the_user_of_choice_and_nobody_else() {
        let output = run(&["--user", "bob"], "env");

        let stdout = String::from_utf8(output.stdout).unwrap();
        assert!(stdout.lines().any(|line| line == "AWS_ACCESS_KEY_ID=AKIARTX3GSDSQBOB2222"));
        for name in ["AWS_PROFILE=", "AWS_SESSION_TOKEN="] {
            assert!(!stdout.lines().any(|line| line.starts_with(name)), "{name}");
        }
    }

    #[test]
    fn a_command_that_a_signal_ended_has_the_code_that_shells_give_it() {
        assert_eq!(run(&[], "kill -9 $$").status.code(), Some(137));
    }

    #[test]
    fn a_command_that_does_not_exist_is_refused() {
        let output = fake_sts(&["run", "--", "no-such-command-anywhere"]).output().unwrap();

        check_ended(
            &output,
            2,
            "cannot start no-such-command-anywhere; check the command after `--`",
        );
        assert_eq!(fake_sts(&["run"]).output().unwrap().status.code(), Some(2));
    }

    /// Until the command says that it runs, the signal could come too early.
    #[test]
    fn the_command_ends_with_the_fake() {
        let mut running =
            fake_sts(&["run", "--", "sh", "-c", "echo $$; exec sleep 600"]).spawn().unwrap();
        let mut pid = String::new();
        BufReader::new(running.stdout.as_mut().unwrap()).read_line(&mut pid).unwrap();

        Command::new("kill").args(["-TERM", &running.id().to_string()]).status().unwrap();

        assert_eq!(running.wait().unwrap().code(), Some(137));
        assert!(!Command::new("kill").args(["-0", pid.trim()]).status().unwrap().success());
    }
}
