use super::machine::{Ended, Machine};

/// The first line names the cause.
#[track_caller]
fn check(config: impl AsRef<[u8]>, variables: &[(&str, &str)], arguments: &[&str], says: &str) {
    let machine = Machine::new();
    machine.write(".aws/config", config);
    let arguments: Vec<_> = ["explain"].iter().chain(arguments).copied().collect();
    let mut command = machine.stscreds(&arguments);
    for (name, value) in variables {
        match *value {
            "" => command.env_remove(name),
            value => command.env(name, value),
        };
    }

    let ended = Ended::of(command.output().unwrap());

    let first = ended.stdout.lines().next().unwrap_or_default();
    assert!(first.contains(says), "{says:?} is not in the first line: {ended:?}");
    assert_ne!(ended.code, Some(0));
    assert!(machine.calls().is_empty());
}

const ROLE: &str = "role_arn = arn:aws:iam::111122223333:role/plain";

fn role(further: &str) -> String {
    format!("[profile x]\n{ROLE}\nsource_profile = alice\n{further}\n")
}

#[test]
fn an_endpoint_without_a_scheme() {
    check(
        role("endpoint_url = localhost:4566"),
        &[("AWS_ENDPOINT_URL_STS", "")],
        &["x"],
        "config:4: the endpoint \"localhost:4566\" has no scheme",
    );
    check(role(""), &[("AWS_ENDPOINT_URL_STS", "localhost:1")], &["x"], "AWS_ENDPOINT_URL_STS: ");
}

#[test]
fn a_key_or_a_region_with_a_line_end() {
    check("", &[("AWS_ACCESS_KEY_ID", "AK\nIA")], &[], "AWS_ACCESS_KEY_ID");
    check(role(""), &[("AWS_REGION", "us-\reast-1")], &["x"], "AWS_REGION");
}

#[test]
fn a_value_with_a_comment_or_a_wrapped_line() {
    check(
        "[profile x]\nrole_arn = arn:aws:iam::111122223333:role/plain # prod\nsource_profile = alice\n",
        &[],
        &["x"],
        "config:2: role_arn of profile \"x\" has a comment behind the value",
    );
    check(
        "[profile x]\nrole_arn = arn:aws:iam::111122223333:\n  role/plain\nsource_profile = alice\n",
        &[],
        &["x"],
        "config:2: role_arn of profile \"x\" has more than one line",
    );
    check(role("region = us-east-1 # here"), &[("AWS_REGION", "")], &["x"], "config:4: region");
}

#[test]
fn a_missing_region() {
    check(role(""), &[("AWS_REGION", "")], &["x"], "no region for STS");
}

#[test]
fn a_section_that_is_not_read_as_a_profile() {
    check(
        "[x]\nregion = a\n",
        &[],
        &["x"],
        "config:1: [x] is not read as a profile; write [profile x]",
    );
    check("[Profile x]\nregion = a\n", &[], &["x"], "write [profile x]");
    let machine = Machine::new();
    machine.write(".aws/credentials", "[profile y]\naws_access_key_id = A\n");
    let first = machine.run(&["explain", "y"]).stdout;
    assert!(first.lines().next().unwrap().contains("credentials:1: [profile y]"), "{first}");
}

#[test]
fn a_file_in_another_encoding() {
    let text: Vec<u8> = "[default]\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    check([&[0xff, 0xfe][..], &text].concat(), &[], &["x"], "is UTF-16; save it as UTF-8");
    check("\u{feff}[default]\n", &[], &["x"], "byte order mark");
}

#[test]
fn a_line_that_is_no_setting() {
    check("[profile x]\nexport\n", &[], &["x"], "config, line 2");
}

#[test]
fn a_sign_in_with_a_browser() {
    let sso = "[profile s]\nsso_session = a\nsso_account_id = 1\nsso_role_name = b\n";
    check(sso, &[], &["s"], "run aws sso login --profile s");
    check(
        format!("{sso}[profile x]\n{ROLE}\nsource_profile = s\n"),
        &[],
        &["x"],
        "profile \"s\" signs in with a browser",
    );
    check("[profile l]\nlogin_session = a\n", &[], &["l"], "run aws login --profile l");
}

#[test]
fn a_loop_a_missing_source_and_an_unknown_profile() {
    check(role("").replace("alice", "x"), &[], &["x"], "loop");
    check(role("").replace("alice", "bob"), &[], &["x"], "there is no profile \"bob\"");
    check(role(""), &[], &["xx"], "there is no profile \"xx\"");
}

#[test]
fn a_web_identity_where_keys_are_meant() {
    check(
        format!("[profile x]\n{ROLE}\ncredential_source = Environment\n"),
        &[("AWS_WEB_IDENTITY_TOKEN_FILE", "/run/token")],
        &["x"],
        "AWS_WEB_IDENTITY_TOKEN_FILE is set, which this setting does not mean",
    );
}

#[test]
fn an_empty_setting_and_an_arn_that_is_none() {
    check(role("role_session_name ="), &[], &["x"], "config:4: role_session_name of profile");
    check(role("").replace(ROLE, "role_arn = deploy"), &[], &["x"], "role_arn");
}

#[test]
fn the_last_failure_is_the_cause_until_it_is_mended() {
    let machine = Machine::new();
    machine.run(&["process", "denied"]).fails(4, "AccessDenied");

    let ended = machine.run(&["explain", "denied"]);
    assert!(ended.stdout.starts_with("the last attempt failed at "), "{ended:?}");
    assert_eq!(ended.code, Some(4));

    let tried = machine.run(&["explain", "plain", "--try"]).succeeds();
    assert!(tried.stdout.contains("STS says: arn:aws:sts::111122223333:assumed-role/plain/"));
}

#[test]
fn a_good_profile_shows_its_files_hops_and_sessions() {
    let machine = Machine::new();
    machine.run(&["process", "plain"]).succeeds();

    let text = machine.run(&["explain", "next"]).succeeds().stdout;

    assert!(text.starts_with("nothing is wrong with this profile\n"), "{text}");
    for has in [
        "profile next: ",
        "config:17",
        "source_profile = plain",
        "long-term keys",
        "role arn:aws:iam::111122223333:role/plain: a cached session has 59m left",
        "role arn:aws:iam::111122223333:role/next: no cached session",
        "AWS_REGION is set",
    ] {
        assert!(text.contains(has), "{has:?} is not in {text}");
    }
    assert!(!text.contains("AKIARTX3GSDSQALICE22 ="), "{text}");
    let json = machine.run(&["explain", "next", "--json"]).succeeds().json();
    assert!(json["Cause"].is_null());
}
