//! Text from outside that is not what it should be: every place where some is read, each
//! with everything that people leave in it.

use std::fs;

use aws_sdk_sts::config::{BehaviorVersion, Region};
use aws_types::SdkConfig;
use stscreds_aws_sdk::{Environment, ProfileFile, ProfileLoader, Profiles};
use stscreds_core::{CredentialsProvider, Error, ErrorKind};
use stscreds_token::MfaCode;

use crate::recording_sts::RecordingSts;

const ROLE: &str = "arn:aws:iam::111122223333:role/deploy";

fn bare(region: Option<&str>) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(region.map(|region| Region::new(region.to_owned())))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build()
}

fn loaded(config: &str, credentials: &str, variables: &[(&str, &str)]) -> Result<(), Error> {
    loader(config, credentials, variables)?.load(&bare(None)).map(|_| ())
}

fn loader(
    config: &str,
    credentials: &str,
    variables: &[(&str, &str)],
) -> Result<ProfileLoader, Error> {
    let config = ProfileFile::new("/home/al/.aws/config", config);
    let credentials = ProfileFile::new("/home/al/.aws/credentials", credentials);
    let profiles = Profiles::parse(Some(&config), Some(&credentials))?;
    let environment: Environment = variables.iter().copied().collect();
    Ok(ProfileLoader::new(profiles, environment).mfa(async |_| MfaCode::parse("123456")))
}

/// Variables that make up what is read, with their names and right values.
type Variables = &'static [(&'static str, &'static str)];

const KEYS: Variables = &[
    ("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE"),
    ("AWS_SECRET_ACCESS_KEY", "secret"),
    ("AWS_SESSION_TOKEN", "token"),
    ("AWS_CREDENTIAL_EXPIRATION", "2096-07-13T12:00:00Z"),
    ("AWS_ACCOUNT_ID", "111122223333"),
];

const WEB_IDENTITY: Variables = &[
    ("AWS_ROLE_ARN", ROLE),
    ("AWS_ROLE_SESSION_NAME", "pod"),
    ("AWS_WEB_IDENTITY_TOKEN_FILE", "{TOKEN}"),
    ("AWS_REGION", "eu-central-1"),
    ("AWS_ENDPOINT_URL_STS", "{STS}"),
    ("AWS_USE_FIPS_ENDPOINT", "false"),
    ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "false"),
];

/// `echo` leaves a line end, editors of Windows leave two characters, people leave blanks.
const AROUND: [&str; 6] = ["\n", "\r\n", "\r", " ", "\u{a0}", "\u{200b}"];

#[tokio::test]
async fn blanks_and_line_ends_around_a_variable_are_no_part_of_it() {
    let sts = RecordingSts::start().await;
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    fs::write(&token, "e30.e30.c2ln").unwrap();
    let whole =
        |value: &str| value.replace("{TOKEN}", token.to_str().unwrap()).replace("{STS}", sts.uri());
    let sdk_config = bare(None);
    for variables in [KEYS, WEB_IDENTITY] {
        let outcome = async |dirty: usize, around: &str| {
            let environment: Environment = variables
                .iter()
                .enumerate()
                .map(|(at, (name, value))| match whole(value) {
                    value if at == dirty => (*name, format!("{around}{value}{around}")),
                    value => (*name, value),
                })
                .collect();
            let loader = ProfileLoader::new(Profiles::default(), environment);
            let provider = loader.load(&sdk_config).unwrap();
            let found = provider.credentials().await.unwrap();
            let token = found.session_token().map(|token| token.expose().to_owned());
            let secret = found.secret_access_key().expose().to_owned();
            let mut call = sts.calls().last().cloned().unwrap_or_default();
            call.remove("signer");
            (secret, token, found.account_id().map(str::to_owned), call)
        };
        let clean = outcome(usize::MAX, "").await;
        for (dirty, (name, _)) in variables.iter().enumerate() {
            for around in AROUND {
                assert_eq!(outcome(dirty, around).await, clean, "{name} {around:?}");
            }
        }
    }
}

#[test]
fn what_is_inside_of_a_variable_and_cannot_be_used_is_refused_by_its_name() {
    for variables in [KEYS, WEB_IDENTITY] {
        for (dirty, _) in variables.iter().filter(|(name, _)| !name.contains("IGNORE")) {
            // A blank inside is wrong in none of these.
            let blank = ![
                "AWS_ACCOUNT_ID",
                "AWS_WEB_IDENTITY_TOKEN_FILE",
                "AWS_SECRET_ACCESS_KEY",
                "AWS_SESSION_TOKEN",
            ]
            .contains(dirty);
            let inside = ["\n", "\r\n", "\u{7f}", "\u{1b}", " # "].into_iter();
            for inside in inside.filter(|inside| blank || *inside != " # ") {
                let given = |(name, value): &(&'static str, &'static str)| match name {
                    name if name == dirty => (*name, format!("planted{inside}{value}")),
                    name => (*name, value.replace("{STS}", "http://127.0.0.1:1")),
                };
                let variables: Vec<_> = variables.iter().map(given).collect();
                let variables: Vec<_> = variables.iter().map(|(n, v)| (*n, v.as_str())).collect();

                let error = loaded("", "", &variables).unwrap_err();

                let shown = error.to_string();
                assert!(shown.contains(dirty), "{dirty} {inside:?}: {shown}");
                assert_eq!(shown.lines().count(), 1, "{shown}");
                let secret = dirty.contains("KEY") || dirty.contains("TOKEN");
                assert!(!secret || !format!("{error:?}").contains("planted"), "{error:?}");
            }
        }
    }
}

/// Settings of a role with a source, with the line that they are on and right values.
const ROLE_SETTINGS: Variables = &[
    ("role_arn", ROLE),
    ("role_session_name", "deploy"),
    ("external_id", "partner-7"),
    ("mfa_serial", "GAHT12345678"),
    ("duration_seconds", "3600"),
    ("region", "eu-central-1"),
    ("endpoint_url", "http://127.0.0.1:1"),
    ("use_fips_endpoint", "false"),
    ("use_dualstack_endpoint", "false"),
];

const STATIC_KEYS: &str = "[base]\naws_access_key_id = AKIABASE\naws_secret_access_key = s\n";

fn role_with(dirty: &str, dirt: impl Fn(&str) -> String) -> String {
    let mut text = "[profile a]\nsource_profile = base\n".to_owned();
    for (name, value) in ROLE_SETTINGS {
        let value = if *name == dirty { dirt(value) } else { (*value).to_owned() };
        text.push_str(&format!("{name} = {value}\n"));
    }
    text
}

#[test]
fn each_setting_of_a_role_is_refused_by_file_and_line() {
    let load = |config: &str| {
        loader(config, STATIC_KEYS, &[]).unwrap().profile("a").load(&bare(None)).map(|_| ())
    };
    load(&role_with("", str::to_owned)).unwrap();
    for (line, (setting, _)) in (3..).zip(ROLE_SETTINGS) {
        let dirt: [fn(&str) -> String; 4] = [
            |value| format!("{value} # prod"),
            |value| format!("\"{value}\""),
            |value| format!("{value}\n  wrapped"),
            |value| format!("{value}\u{1b}"),
        ];
        for dirt in dirt {
            let text = role_with(setting, dirt);

            let error = load(&text).unwrap_err();

            let place = format!("/home/al/.aws/config, line {line}, profile \"a\", {setting}: ");
            assert!(error.to_string().starts_with(&place), "{error}");
            assert_eq!(error.to_string().lines().count(), 1, "{error}");
        }
    }
}

#[test]
fn keys_of_a_file_are_refused_by_file_and_line_and_not_repeated() {
    let settings = ["aws_access_key_id", "aws_secret_access_key", "aws_session_token"];
    for (line, dirty) in (2..).zip(settings) {
        for dirt in ["planted\n  planted", "plan\u{7f}ted", "planted\u{0}"] {
            let value = |name| if name == dirty { dirt } else { "value" };
            let lines = settings.map(|name| format!("{name} = {}\n", value(name)));
            let text = format!("[default]\n{}", lines.concat());

            let error = loaded("", &text, &[]).unwrap_err();

            assert_eq!(error.kind(), ErrorKind::InvalidConfiguration);
            let place =
                format!("/home/al/.aws/credentials, line {line}, profile \"default\", {dirty}: ");
            assert!(error.to_string().starts_with(&place), "{error}");
            assert!(!format!("{error:?}").contains("planted"), "{error:?}");
        }
    }
    let comment = "[default]\naws_access_key_id = AKIA # prod\naws_secret_access_key = s\n";
    let error = loaded("", comment, &[]).unwrap_err();
    assert!(error.to_string().contains("comments must be on a line of their own"), "{error}");
}

#[test]
fn every_mistake_of_a_profile_is_told_at_once() {
    let config = "[profile a]\nrole_arn = deploy\nsource_profile = b\nduration_seconds = 42\n\
                  external_id = x\nregion = \"eu\"\nuse_fips_endpoint = yes\nendpoint_url = localhost\n\
                  [profile b]\nrole_arn = hub\nsource_profile = nope\n";
    let loader = loader(config, "", &[]).unwrap().profile("a");

    let error = loader.load(&bare(None)).unwrap_err();

    let shown = error.to_string();
    let expected = [
        "8 mistakes: (1) /home/al/.aws/config, line 2, profile \"a\", role_arn: ",
        "(2) /home/al/.aws/config, line 5, profile \"a\", external_id: ",
        "(3) /home/al/.aws/config, line 4, profile \"a\", duration_seconds: ",
        "(4) /home/al/.aws/config, line 10, profile \"b\", role_arn: ",
        "(5) there is no profile \"nope\", the source_profile of \"b\"",
        "(6) /home/al/.aws/config, line 6, profile \"a\", region: is quoted",
        "(7) /home/al/.aws/config, line 8, profile \"a\", endpoint_url: is not a URL",
        "(8) /home/al/.aws/config, line 7, profile \"a\", use_fips_endpoint: ",
    ];
    for mistake in expected {
        assert!(shown.contains(mistake), "{mistake}\n{shown}");
    }
    assert_eq!(shown.matches("correct the configuration").count(), 1, "{shown}");

    let broken = loaded("a = 1\n[b]\nregion\n", "[c]\n= 1\n", &[]).unwrap_err().to_string();
    for mistake in ["config, line 1: ", "config, line 3: ", "credentials, line 2: "] {
        assert!(broken.contains(mistake), "{broken}");
    }
}

#[tokio::test]
async fn a_mistake_in_what_is_not_used_is_none() {
    let unused = "region = \"eu\"\nendpoint_url = localhost\nuse_fips_endpoint = yes\n\
                  services = nowhere\nduration_seconds = soon\nexternal_id = x\n";
    let config = format!("[profile a]\n{unused}[profile b]\ncredential_process = print\n{unused}");
    let keys = "[a]\naws_access_key_id = AKIAFILE\naws_secret_access_key = s\n";
    let variables = [
        ("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT"),
        ("AWS_SECRET_ACCESS_KEY", "s"),
        ("AWS_PROFILE", "a"),
    ];
    let key_of = async |loader: ProfileLoader| {
        let provider = loader.load(&bare(None)).unwrap();
        provider.credentials().await.unwrap().access_key_id().to_owned()
    };

    assert_eq!(key_of(loader(&config, keys, &variables).unwrap()).await, "AKIAENVIRONMENT");
    assert_eq!(key_of(loader(&config, keys, &[]).unwrap().profile("a")).await, "AKIAFILE");
    loader(&config, keys, &[]).unwrap().profile("b").load(&bare(None)).unwrap();
}

#[test]
fn an_endpoint_beside_fips_or_dual_stack_is_refused_with_both_places() {
    for switch in ["use_fips_endpoint", "use_dualstack_endpoint"] {
        let config = format!(
            "[profile a]\nrole_arn = {ROLE}\nsource_profile = base\nregion = us-gov-west-1\n{switch} = true\n"
        );
        let variables = [("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1")];
        let loader = loader(&config, STATIC_KEYS, &variables).unwrap().profile("a");

        let error = loader.load(&bare(None)).unwrap_err().to_string();

        assert!(error.contains(switch) && error.contains("AWS_ENDPOINT_URL_STS"), "{error}");
    }
}

#[test]
fn an_empty_session_name_or_services_section_is_none() {
    let config = format!(
        "[profile a]\nrole_arn = {ROLE}\nsource_profile = base\nrole_session_name =\nservices =\n"
    );

    let loader = loader(&config, STATIC_KEYS, &[]).unwrap().profile("a");

    loader.load(&bare(Some("eu-central-1"))).unwrap();
}

#[test]
fn what_was_probably_meant_is_said() {
    let role = |source: &str| format!("role_arn = {ROLE}\nsource_profile = {source}\n");
    let keys = "aws_access_key_id = AKIA\naws_secret_access_key = s\n";
    let check = |config: &str, credentials: &str, hint: &str| {
        let loader = loader(config, credentials, &[]).unwrap().profile("a");
        let error = loader.load(&bare(Some("x"))).unwrap_err().to_string();
        assert!(error.contains(hint), "{error}");
    };
    check(&format!("[a]\n{keys}"), "", "has a section [a]: write [profile a]");
    check(&format!("[Profile a]\n{keys}"), "", "has a section [Profile a]: write [profile a]");
    check("", &format!("[profile a]\n{keys}"), "has a section [profile a]: write [a] there");
    check(&format!("[profile a]\n{}[b]\n{keys}", role("b")), "", "has a section [b]: write");
    let exported = keys.replace("aws_", "export aws_");
    check("", &format!("[a]\n{exported}"), "remove `export`");
    let script = loader("export AWS_PROFILE=a\n", "", &[]).unwrap_err().to_string();
    assert!(script.contains("line 1: a line of a shell script"), "{script}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config");
    let utf16: Vec<u8> = "\u{feff}[a]\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    fs::write(&path, utf16).unwrap();
    let error = ProfileFile::read(&path).unwrap_err().to_string();
    assert!(error.contains("is UTF-16; save it as UTF-8"), "{error}");
}
