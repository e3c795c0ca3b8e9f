//! Profiles against the outcomes of botocore, case by case.
//!
//! `botocore.json` holds files, environments and what botocore 1.44 made of them: which
//! calls to STS it made, signed by which key, and which key it ended with; or that it
//! refused. What we say then, and where we differ on purpose, is written beside it.

use std::path::Path;

use aws_sdk_sts::config::{BehaviorVersion, Region};
use aws_types::SdkConfig;
use serde_json::Value;
use stscreds_aws_sdk::{Environment, ProfileFile, ProfileLoader, Profiles};
use stscreds_core::{CredentialsProvider, Error};
use stscreds_token::MfaCode;

use crate::recording_sts::{Call, RecordingSts};

fn cases(kind: &str) -> Vec<Value> {
    let derived: Value =
        serde_json::from_str(include_str!("../../../stscreds-profile/tests/botocore.json"))
            .unwrap();
    derived[kind].as_array().unwrap().clone()
}

fn loader_of(case: &Value, token: &Path) -> Result<ProfileLoader, Error> {
    let text = |text: &str| text.replace("{TOKEN}", token.to_str().unwrap());
    let file = |name: &str| case[name].as_str().map(|t| ProfileFile::new(name, text(t)));
    let none = serde_json::Map::new();
    let variables = case["environment"].as_object().unwrap_or(&none);
    let environment: Environment =
        variables.iter().map(|(name, value)| (name, text(value.as_str().unwrap()))).collect();
    let profiles = Profiles::parse(file("config").as_ref(), file("credentials").as_ref())?;
    let loader = ProfileLoader::new(profiles, environment).mfa(async |_| MfaCode::parse("123456"));
    Ok(match case["profile"].as_str() {
        Some(profile) => loader.profile(profile),
        None => loader,
    })
}

fn sdk_config() -> aws_types::sdk_config::Builder {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
}

/// The outcome in the form of the file: the calls, the key, and a token that is not of a
/// call.
async fn outcome_of(case: &Value) -> Result<(Vec<Call>, String, Option<String>), Error> {
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    std::fs::write(&token, "a.b.c").unwrap();
    let sts = RecordingSts::start().await;

    let provider = loader_of(case, &token)?.load(&sdk_config().endpoint_url(sts.uri()).build())?;
    let credentials = provider.credentials().await?;

    let key = credentials.access_key_id().to_owned();
    let token = credentials.session_token().filter(|_| !key.starts_with("ASIASESSION"));
    Ok((sts.calls(), key, token.map(|token| token.expose().to_owned())))
}

/// What botocore leaves to STS or makes up itself, taken off our calls.
fn comparable(mut call: Call, expected: &Value) -> Call {
    call.remove("WebIdentityToken");
    if call.get("RoleSessionName").is_some_and(|name| name.starts_with("stscreds-")) {
        call.remove("RoleSessionName");
    }
    if expected["DurationSeconds"].is_null() && call["operation"] == "AssumeRole" {
        // One hour is what STS grants to who does not say.
        assert_eq!(call.remove("DurationSeconds").as_deref(), Some("3600"));
    }
    call
}

#[tokio::test]
async fn profiles_lead_where_botocore_goes() {
    let cases = cases("credentials");
    assert!(cases.len() > 80);
    for case in cases {
        let name = &case["name"];
        let outcome = outcome_of(&case).await;
        let refused = !case["outcome"]["error"].is_null() || !case["ours"].is_null();
        match outcome {
            Err(error) => {
                assert!(refused, "{name}: {error}");
                let says = case["says"].as_str().unwrap();
                assert!(error.to_string().contains(says), "{name}: {error}");
            }
            Ok((calls, key, token)) => {
                assert!(!refused, "{name}: should have been refused, found {key}");
                let expected = case["outcome"]["calls"].as_array().unwrap();
                assert_eq!(calls.len(), expected.len(), "{name}");
                for (call, expected) in calls.into_iter().zip(expected) {
                    let call = serde_json::to_value(comparable(call, expected)).unwrap();
                    assert_eq!(&call, expected, "{name}");
                }
                assert_eq!(key, case["outcome"]["key"].as_str().unwrap(), "{name}");
                assert_eq!(token.as_deref(), case["outcome"]["token"].as_str(), "{name}");
            }
        }
    }
}

#[tokio::test]
async fn loading_twice_gives_the_same_answer() {
    for case in cases("credentials").iter().filter(|case| !case["outcome"]["calls"].is_null()) {
        let Ok(once) = outcome_of(case).await else { continue };
        let twice = outcome_of(case).await.unwrap();

        assert_eq!((named_alike(once.0), once.1), (named_alike(twice.0), twice.1));
    }
}

/// Without session names that were made up, and token files of this or that folder.
fn named_alike(mut calls: Vec<Call>) -> Vec<Call> {
    for call in &mut calls {
        call.retain(|name, value| name != "RoleSessionName" || !value.starts_with("stscreds-"));
    }
    calls
}
