//! Profiles against the fake: MFA, hops that are cached, and files that are not what they
//! should be.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_sdk_sts::config::Region;
use aws_types::SdkConfig;
use stscreds_aws_sdk::{
    CliCache, Environment, ProfileFile, ProfileLoader, Profiles, SdkCache, StsClient,
};
use stscreds_core::{Credentials, CredentialsProvider, ErrorKind, ManualClock, ProviderSource};
use stscreds_token::MfaCode;

use crate::stage::{DEVICE, GUARDED, KEY_ID, NEXT, PLAIN, SECRET, Stage, WEB};

pub fn keys() -> String {
    format!("[base]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n")
}

pub fn loader(config: &str) -> ProfileLoader {
    let config = ProfileFile::new("/home/al/.aws/config", config);
    let credentials = ProfileFile::new("/home/al/.aws/credentials", keys());
    let profiles = Profiles::parse(Some(&config), Some(&credentials)).unwrap();
    ProfileLoader::new(profiles, Environment::default())
}

/// What the program brings along, without credentials: the profile has them.
pub fn bare(stage: &Stage) -> SdkConfig {
    let mut config = stage.sdk_config().into_builder();
    config.set_credentials_provider(None);
    config.build()
}

fn guarded() -> String {
    format!("[profile a]\nrole_arn = {GUARDED}\nsource_profile = base\nmfa_serial = {DEVICE}\n")
}

pub fn operations(stage: &Stage) -> Vec<String> {
    stage.calls().into_iter().map(|call| call.operation).collect()
}

#[tokio::test]
async fn a_profile_with_an_mfa_serial_asks_for_a_code() {
    let stage = Stage::set().await;
    let code = stage.mfa_codes();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let codes = move |challenge: stscreds_token::MfaChallenge| {
        count.fetch_add(1, Ordering::SeqCst);
        assert_eq!(challenge.serial().as_str(), DEVICE);
        std::future::ready(code())
    };

    let provider = loader(&guarded()).profile("a").mfa(codes).load(&bare(&stage)).unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 0, "loading asks nobody");
    let credentials = provider.credentials().await.unwrap();

    assert_eq!(asked.load(Ordering::SeqCst), 1);
    assert!(stage.identity_of(&credentials).await.contains(":assumed-role/guarded/"));
    let sources =
        [ProviderSource::Profile, ProviderSource::SourceProfile, ProviderSource::AssumeRole];
    assert_eq!(provider.provider_sources(), sources);
    assert_eq!(credentials.provider_sources(), sources);
}

#[tokio::test]
async fn an_mfa_serial_without_a_source_of_codes_is_told_before_anybody_is_called() {
    let stage = Stage::set().await;

    let error = loader(&guarded()).profile("a").load(&bare(&stage)).unwrap_err();

    assert_eq!(error.kind(), ErrorKind::InvalidConfiguration);
    assert!(error.to_string().starts_with("profile \"a\" has an mfa_serial"), "{error}");
    assert_eq!(stage.call_count(), 0);
}

#[tokio::test]
async fn a_rejected_code_is_told_with_the_role() {
    let stage = Stage::set().await;
    let wrong = async |_| MfaCode::parse("000000");

    let provider = loader(&guarded()).profile("a").mfa(wrong).load(&bare(&stage)).unwrap();
    let error = provider.credentials().await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::MfaCodeRejected);
    assert_eq!(error.role_arn(), Some(GUARDED));
}

fn chained() -> String {
    format!(
        "[profile a]\nrole_arn = {NEXT}\nsource_profile = b\n\
         [profile b]\nrole_arn = {PLAIN}\nsource_profile = base\nduration_seconds = 1800\n"
    )
}

#[tokio::test]
async fn each_role_on_the_way_is_cached() {
    let stage = Stage::set().await;
    let provider = loader(&chained()).profile("a").load(&bare(&stage)).unwrap();

    let first = provider.credentials().await.unwrap();
    assert_eq!(operations(&stage), ["AssumeRole", "AssumeRole"]);
    assert!(stage.identity_of(&first).await.contains(":assumed-role/next/"));
    let before = stage.call_count();
    provider.credentials().await.unwrap();
    assert_eq!(stage.call_count() - before, 1, "the first role is still good");

    // Its half hour over, by the clock that came with the configuration.
    stage.advance(1801);
    let before = stage.call_count();
    provider.credentials().await.unwrap();
    assert_eq!(stage.call_count() - before, 2);
    let calls = stage.calls();
    assert_eq!(calls[0].parameter("DurationSeconds"), Some("1800"));
    assert_eq!(calls[1].parameter("DurationSeconds"), Some("3600"), "as botocore gets it");
}

#[tokio::test]
async fn a_session_on_the_way_that_sts_calls_expired_is_replaced() {
    let stage = Stage::set().await;
    // Our clock stands still, so that no cache can know.
    let still = ManualClock::at(stage.clock().now());
    let provider = loader(&chained()).profile("a").clock(still).load(&bare(&stage)).unwrap();
    provider.credentials().await.unwrap();
    let before = stage.call_count();

    stage.advance(1801);
    provider.credentials().await.unwrap();

    let calls = stage.calls().split_off(before);
    let seen: Vec<_> = calls.iter().map(|c| (c.parameter("RoleArn").unwrap(), c.code())).collect();
    assert_eq!(seen, [(NEXT, Some("ExpiredToken")), (PLAIN, None), (NEXT, None)]);
}

#[tokio::test]
async fn the_chain_of_sources_is_told() {
    use ProviderSource as S;
    let stage = Stage::set().await;

    let provider = loader(&chained()).profile("a").load(&bare(&stage)).unwrap();
    let cache = SdkCache::new(provider);

    let expected = [S::Profile, S::SourceProfile, S::AssumeRole, S::SourceProfile, S::AssumeRole];
    assert_eq!(CredentialsProvider::provider_sources(&cache), expected);
}

#[tokio::test]
async fn a_web_identity_of_a_profile_is_a_source_of_roles() {
    use ProviderSource as S;
    let stage = Stage::set().await;
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    std::fs::write(&token, stage.token().mint()).unwrap();
    let config = format!(
        "[profile w]\nrole_arn = {WEB}\nweb_identity_token_file = {}\nrole_session_name = pod\n",
        token.display()
    );

    let provider = loader(&config).profile("w").load(&bare(&stage)).unwrap();
    let credentials = provider.credentials().await.unwrap();

    assert!(stage.identity_of(&credentials).await.ends_with(":assumed-role/web/pod"));
    assert_eq!(credentials.provider_sources(), [S::ProfileWebIdentity, S::WebIdentity]);
    assert_eq!(provider.provider_sources(), credentials.provider_sources());

    // Expired by the clock that came with the configuration.
    stage.advance(24 * 3600);
    let before = stage.call_count();
    let error = provider.credentials().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::IdentityTokenExpired);
    assert_eq!(stage.call_count(), before, "STS is not shown what has expired");
}

#[tokio::test]
async fn a_duration_beside_a_web_identity_is_asked_for() {
    let stage = Stage::set().await;
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    std::fs::write(&token, stage.token().mint()).unwrap();
    let config = format!(
        "[profile w]\nrole_arn = {WEB}\nweb_identity_token_file = {}\nduration_seconds = 1200\n",
        token.display()
    );

    let provider = loader(&config).profile("w").load(&bare(&stage)).unwrap();
    provider.credentials().await.unwrap();

    assert_eq!(stage.calls()[0].parameter("DurationSeconds"), Some("1200"));
}

#[test]
fn a_profile_that_signs_in_elsewhere_is_told_where() {
    let config = SdkConfig::builder().region(Region::new("eu-central-1")).build();
    for (setting, place) in [
        ("sso_session = company", "through IAM Identity Center (sso_..)"),
        ("sso_account_id = 111122223333", "through IAM Identity Center (sso_..)"),
        ("sso_role_name = admin", "through IAM Identity Center (sso_..)"),
        ("login_session = abc", "through the console (login_session)"),
    ] {
        let error = loader(&format!("[profile a]\n{setting}\n")).profile("a").load(&config);

        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidConfiguration);
        assert!(error.to_string().contains(place), "{error}");
        assert!(
            error.to_string().contains(r#"profile_source("a", SdkSource::new(..))"#),
            "{error}"
        );
    }
}

/// The commonest file of a company: roles over a sign-on.
#[tokio::test]
async fn a_program_gives_the_provider_of_a_source_profile() {
    let stage = Stage::set().await;
    let config = format!(
        "[profile a]\nrole_arn = {PLAIN}\nsource_profile = signed-on\n\
         [profile signed-on]\nsso_session = company\nsso_account_id = 1\nsso_role_name = r\n\
         [profile n]\nrole_arn = {NEXT}\nsource_profile = a\n"
    );
    let load = |config: &str, name: &str| {
        let given = Credentials::new(KEY_ID, SECRET);
        let loader = loader(config).profile_source("signed-on", given).profile(name);
        loader.load(&bare(&stage)).unwrap()
    };

    for (profile, assumed) in [("a", ":assumed-role/plain/"), ("n", ":assumed-role/next/")] {
        let credentials = load(&config, profile).credentials().await.unwrap();
        assert!(stage.identity_of(&credentials).await.contains(assumed));
    }
    let itself = load(&config, "signed-on").credentials().await.unwrap();
    assert_eq!(itself.access_key_id(), KEY_ID);
    // It need not be in the files, whatever else is there of it does not count.
    load("", "signed-on");
    let (alone, _) = config.split_once("[profile signed-on]").unwrap();
    assert!(load(alone, "a").credentials().await.is_ok());
}

#[tokio::test]
async fn a_source_of_ones_own_has_a_name() {
    let stage = Stage::set().await;
    let config = format!("[profile a]\nrole_arn = {PLAIN}\ncredential_source = Vault\n");
    let vault = Credentials::new(KEY_ID, SECRET);

    let provider =
        loader(&config).profile("a").credential_source("Vault", vault).load(&bare(&stage)).unwrap();

    assert!(provider.credentials().await.is_ok());
    assert_eq!(
        provider.provider_sources(),
        [ProviderSource::Code, ProviderSource::CredentialSource, ProviderSource::AssumeRole]
    );
}

#[tokio::test]
async fn an_mfa_session_survives_a_restart_on_disk() {
    let stage = Stage::set().await;
    let folder = tempfile::tempdir().unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    let restarted = || {
        let (code, count) = (stage.mfa_codes(), Arc::clone(&asked));
        loader(&guarded())
            .profile("a")
            .mfa(move |_| {
                count.fetch_add(1, Ordering::SeqCst);
                std::future::ready(code())
            })
            .cli_cache(CliCache::at(folder.path()))
            .load(&bare(&stage))
            .unwrap()
    };

    let first = restarted().credentials().await.unwrap();
    let second = restarted().credentials().await.unwrap();

    assert_eq!(first.access_key_id(), second.access_key_id());
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    assert!(stage.identity_of(&second).await.contains(":assumed-role/guarded/"));
}

#[tokio::test]
async fn a_configuration_of_nothing_is_no_reason_to_panic() {
    let config = format!(
        "[profile a]\nrole_arn = {PLAIN}\nsource_profile = base\nregion = eu-west-1\n\
         [profile w]\nrole_arn = {WEB}\nweb_identity_token_file = /nowhere\nregion = eu-west-1\n"
    );
    // But for an endpoint where nobody is: with the feature of an HTTPS client, it has a client.
    let nothing = SdkConfig::builder().endpoint_url("http://127.0.0.1:1").build();

    let error = loader(&config).profile("a").load(&nothing).unwrap().credentials().await;
    let kind = error.unwrap_err().kind();
    let expected = match cfg!(feature = "default-https-client") {
        true => ErrorKind::ConnectionFailed,
        false => ErrorKind::InvalidConfiguration,
    };
    assert_eq!(kind, expected);
    let error = loader(&config).profile("w").load(&nothing).unwrap().credentials().await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::IdentityTokenMissing);
}

#[tokio::test]
async fn a_profile_is_a_source_like_any_other() {
    let stage = Stage::set().await;
    let config = format!("[profile b]\nrole_arn = {PLAIN}\nsource_profile = base\n");
    let source = SdkCache::new(loader(&config).profile("b").load(&bare(&stage)).unwrap());

    let sts = StsClient::signed_by(&bare(&stage), source);
    let next = stscreds_provider::AssumeRoleProvider::builder(sts, NEXT.parse().unwrap()).build();

    let credentials = next.credentials().await.unwrap();
    assert!(stage.identity_of(&credentials).await.contains(":assumed-role/next/"));
}

#[track_caller]
fn check_unreadable(path: &std::path::Path, says: &str) {
    let error = ProfileFile::read(path).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidConfiguration);
    let shown = format!("the configuration file {} {says}", path.display());
    assert!(error.to_string().starts_with(&shown), "{error}");
    assert!(!format!("{error:?}").contains("planted"));
}

#[test]
fn files_that_are_none_are_told_with_their_path() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };

    check_unreadable(folder.path(), "is a directory");
    check_unreadable(&file("latin1", b"[default]\nplanted = \xe9\n"), "is not UTF-8, line 2");
    check_unreadable(&file("garbage", &[0x7f, b'E', b'L', b'F', 0, 0xff, 0xfe]), "is not UTF-8");
    check_unreadable(&file("huge", &vec![b'#'; 5 * 1024 * 1024]), "has more than 4 MiB");
    assert!(ProfileFile::read(folder.path().join("nowhere")).unwrap().is_none());
    assert!(ProfileFile::read(file("latin1", b"").join("below")).unwrap().is_none());
}

#[cfg(unix)]
#[test]
fn a_pipe_that_nobody_writes_to_is_told_at_once_and_the_null_device_is_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());

    check_unreadable(&pipe, "is not a regular file");
    assert!(ProfileFile::read("/dev/null").unwrap().is_none());
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_is_told() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config");
    std::fs::write(&path, "[default]\n").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read(&path).is_ok() {
        // Who is root may read everything; there is nothing to tell then.
        assert!(ProfileFile::read(&path).unwrap().is_some());
        return;
    }

    check_unreadable(&path, "cannot be read");
}

#[test]
fn a_syntax_error_has_its_file_and_line_and_nothing_of_the_line() {
    let file = ProfileFile::new("/home/al/.aws/credentials", "[default]\nplanted/secret\n");

    let error = Profiles::parse(None, Some(&file)).unwrap_err();

    assert_eq!(
        error.to_string(),
        "the configuration file /home/al/.aws/credentials, line 2: neither a [section] nor a \
         setting of the form name = value; correct the configuration"
    );
    assert!(!format!("{error:?}").contains("planted"));
}

#[test]
fn a_chain_of_a_hundred_roles_is_one_and_of_more_is_a_mistake() {
    let load = |roles: usize| {
        let mut text =
            format!("[profile p{roles}]\naws_access_key_id = AKIA\naws_secret_access_key = s\n");
        for n in 0..roles {
            let role = "arn:aws:iam::111122223333:role/r";
            text += &format!("[profile p{n}]\nrole_arn = {role}\nsource_profile = p{}\n", n + 1);
        }
        let region = Region::new("eu-central-1");
        let config = SdkConfig::builder()
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .region(region)
            .build();
        loader(&text).profile("p0").load(&config)
    };

    load(100).unwrap();
    let error = load(101).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with(r#"the chain of roles that leads to profile "p100" has more than 100"#),
        "{error}"
    );
}

#[tokio::test]
async fn no_debug_output_shows_a_secret() {
    let stage = Stage::set().await;
    let loader = loader(&chained()).profile("a");
    let provider = loader.load(&bare(&stage)).unwrap();

    let shown = format!("{loader:?} {loader:#?} {provider:?} {provider:#?}");

    assert!(shown.contains("base") && !shown.contains(SECRET) && !shown.contains("planted"));
}
