//! What other programs make of what we write.

use std::pin::pin;
use std::process::Command;
use std::task::{Context, Waker};

use stscreds_aws_sdk::{
    Environment, ProfileFile, ProfileLoader, Profiles, Shell, credential_process,
};
use stscreds_core::{Credentials, CredentialsProvider, InteractiveScope, Timestamp};

use crate::stage::Stage;

fn session() -> Credentials {
    Credentials::builder("ASIAEXAMPLE", r#"it's "a" $ecret\n `x` ;#!"#)
        .session_token("to/ken+= ")
        .expires_at(Timestamp::from_unix_seconds(2_000_000_000))
        .account_id("111122223333")
        .build()
}

#[cfg(unix)]
#[test]
fn a_shell_that_evaluates_the_exports_has_the_credentials() {
    let print = r#"printf '%s\n' "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY" "${AWS_SESSION_TOKEN-none}" "${AWS_CREDENTIAL_EXPIRATION-none}""#;
    let lines_of = |credentials: &Credentials| {
        let script = format!("{}\n{print}", Shell::Sh.exports(credentials).expose());
        let output = Command::new("sh")
            .args(["-euc", &script])
            .env("AWS_SESSION_TOKEN", "of somebody else")
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect::<Vec<_>>()
    };

    assert_eq!(
        lines_of(&session()),
        ["ASIAEXAMPLE", r#"it's "a" $ecret\n `x` ;#!"#, "to/ken+= ", "2033-05-18T03:33:20Z"]
    );
    assert_eq!(
        lines_of(&Credentials::new("AKIAEXAMPLE", "s")),
        ["AKIAEXAMPLE", "s", "none", "none"]
    );
}

#[cfg(unix)]
#[tokio::test]
async fn what_we_print_is_a_credential_process() {
    let stage = Stage::set().await;
    let folder = tempfile::tempdir().unwrap();
    let printed = folder.path().join("with space");
    std::fs::write(&printed, credential_process::output(&session()).expose()).unwrap();
    let config = format!("[default]\ncredential_process = cat \"{}\"\n", printed.display());
    let profiles = Profiles::parse(Some(&ProfileFile::new("config", config)), None).unwrap();

    let provider =
        ProfileLoader::new(profiles, Environment::default()).load(&stage.sdk_config()).unwrap();
    let credentials = provider.credentials().await.unwrap();

    assert_eq!(credentials.access_key_id(), "ASIAEXAMPLE");
    assert_eq!(credentials.secret_access_key().expose(), session().secret_access_key().expose());
    assert_eq!(credentials.expires_at(), session().expires_at());
    assert_eq!(credentials.account_id(), Some("111122223333"));
}

#[cfg(unix)]
#[tokio::test]
async fn a_credential_process_that_names_no_account_has_that_of_its_profile() {
    let folder = tempfile::tempdir().unwrap();
    let account_of = async |printed: &Credentials| {
        let file = folder.path().join("printed");
        std::fs::write(&file, credential_process::output(printed).expose()).unwrap();
        let config = format!(
            "[default]\ncredential_process = cat {}\naws_account_id = 999988887777\n",
            file.display()
        );
        let profiles = Profiles::parse(Some(&ProfileFile::new("config", config)), None).unwrap();
        let loader = ProfileLoader::new(profiles, Environment::default());
        let provider = loader.load(&aws_types::SdkConfig::builder().build()).unwrap();
        provider.credentials().await.unwrap().account_id().map(str::to_owned)
    };

    let silent = Credentials::new("AKIAEXAMPLE", "s");
    assert_eq!(account_of(&silent).await.as_deref(), Some("999988887777"));
    assert_eq!(account_of(&session()).await.as_deref(), Some("111122223333"));
}

#[cfg(unix)]
#[tokio::test]
async fn time_limits_stand_still_while_a_credential_process_may_be_asking_a_person() {
    let config = "[default]\ncredential_process = sleep 1000\n";
    let profiles = Profiles::parse(Some(&ProfileFile::new("config", config)), None).unwrap();
    let sdk_config = aws_types::SdkConfig::builder().build();
    let provider = ProfileLoader::new(profiles, Environment::default()).load(&sdk_config).unwrap();
    let mut asking = pin!(provider.credentials());
    let limit = InteractiveScope::new();

    let polled = limit.enter(|| asking.as_mut().poll(&mut Context::from_waker(Waker::noop())));

    assert!(polled.is_pending() && limit.is_open());
}

#[cfg(unix)]
#[tokio::test(start_paused = true)]
async fn a_credential_process_that_hangs_is_ended_after_a_minute() {
    let config = "[default]\ncredential_process = sleep 1000000\n";
    let profiles = Profiles::parse(Some(&ProfileFile::new("config", config)), None).unwrap();
    let sdk_config = aws_types::SdkConfig::builder().build();
    let provider = ProfileLoader::new(profiles, Environment::default()).load(&sdk_config).unwrap();
    let before = tokio::time::Instant::now();

    let error = provider.credentials().await.unwrap_err();

    assert_eq!(before.elapsed().as_secs(), 60);
    assert!(
        error.to_string().starts_with(
            "the credential_process sleep of profile \"default\" took longer than 60s"
        ),
        "{error}"
    );
}
