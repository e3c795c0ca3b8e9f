//! That nobody gets the session of another: every option of every provider is a part of
//! its key, in memory and on disk.

use std::collections::HashSet;
use std::time::Duration;

use aws_sdk_sts::config::{BehaviorVersion, Region};
use aws_types::SdkConfig;
use stscreds_aws_sdk::{
    CliCache, Environment, ProfileFile, ProfileLoader, Profiles, SdkCache, SdkProvider, SdkSource,
    StsClient,
};
use stscreds_cache::CredentialsCache;
use stscreds_core::{Credentials, CredentialsProvider, SessionKey};
use stscreds_provider::{
    AssumeRoleProvider, AssumeRoleProviderBuilder, FederationTokenProvider, PolicyArns,
    ProvidedContext, ProvidedContexts, SamlRoleProvider, SessionDuration, SessionTag, SessionTags,
    SessionTokenProvider, UserSessionDuration, WebIdentityRoleProvider,
    WebIdentityRoleProviderBuilder,
};
use stscreds_token::{IdentityToken, IdentityTokenFile, MfaCode, SamlAssertion};

use crate::recording_sts::RecordingSts;

const ROLE: &str = "arn:aws:iam::111122223333:role/deploy";
const POLICY: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";
const CONTEXT: &str = "arn:aws:iam::aws:contextProvider/IdentityCenter";

fn config(endpoint: &str) -> aws_types::sdk_config::Builder {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .endpoint_url(endpoint)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
}

/// All that a client can differ in.
fn callers(sts: &RecordingSts) -> Vec<StsClient> {
    let keys = Credentials::new("AKIAALICE", "s");
    let same = config(sts.uri()).build();
    let other_host = sts.uri().replace("127.0.0.1", "localhost");
    vec![
        StsClient::signed_by(&same, keys.clone()),
        StsClient::signed_by(&same, Credentials::new("AKIABOB", "s")),
        StsClient::signed_by(&same, Credentials::new("AKIAALICE", "another secret")),
        StsClient::signed_by(&same, CredentialsCache::new(Credentials::new("AKIACAROL", "s"))),
        StsClient::signed_by(&same, SdkCache::new(Credentials::new("AKIADAN", "s"))),
        StsClient::signed_by(&same, chained(&same, "a")),
        StsClient::signed_by(&same, chained(&same, "b")),
        StsClient::signed_by(&config(&other_host).build(), keys.clone()),
        StsClient::signed_by(&config(sts.uri()).region(Region::new("x")).build(), keys.clone()),
        StsClient::signed_by(&config(sts.uri()).use_dual_stack(false).build(), keys.clone()),
        StsClient::signed_by(&config(sts.uri()).use_fips(false).build(), keys.clone()),
        StsClient::new(&config(sts.uri()).credentials_provider(shared(keys)).build())
            .signed_as(SessionKey::builder("user").part("name", "eve").build()),
    ]
}

fn shared(keys: Credentials) -> aws_credential_types::provider::SharedCredentialsProvider {
    aws_credential_types::provider::SharedCredentialsProvider::new(SdkProvider::new(keys))
}

fn chained(config: &SdkConfig, tenant: &str) -> AssumeRoleProvider {
    let sts = StsClient::signed_by(config, Credentials::new("AKIAALICE", "s"));
    AssumeRoleProvider::builder(sts, "arn:aws:iam::111122223333:role/hub".parse().unwrap())
        .tags(SessionTags::new([SessionTag::new("tenant", tenant).unwrap()]).unwrap())
        .build()
}

fn seconds(seconds: u64) -> SessionDuration {
    SessionDuration::try_from(Duration::from_secs(seconds)).unwrap()
}

fn tags(tags: &[(&str, &str, bool)]) -> SessionTags {
    let tag = |&(key, value, transitive): &(&str, &str, bool)| {
        let tag = SessionTag::new(key, value).unwrap();
        if transitive { tag.transitive() } else { tag }
    };
    SessionTags::new(tags.iter().map(tag)).unwrap()
}

fn context(assertion: &str) -> ProvidedContexts {
    ProvidedContexts::new([ProvidedContext::new(CONTEXT, assertion).unwrap()]).unwrap()
}

/// All that a request of `AssumeRole` can differ in.
fn roles(sts: &StsClient) -> Vec<AssumeRoleProvider> {
    type Builder = AssumeRoleProviderBuilder;
    let other = AssumeRoleProvider::builder(sts.clone(), format!("{ROLE}2").parse().unwrap());
    let code = async |_| MfaCode::parse("123456");
    let options: [fn(Builder) -> Builder; 21] = [
        |b| b,
        |b| b.session_name("one".parse().unwrap()),
        |b| b.session_name("other".parse().unwrap()),
        |b| b.duration(seconds(3600)),
        |b| b.duration(seconds(7200)),
        |b| b.external_id("one".parse().unwrap()),
        |b| b.external_id("other".parse().unwrap()),
        |b| b.policy(r#"{"Version":"2012-10-17"}"#.parse().unwrap()),
        |b| b.policy(r#"{"Version":"2008-10-17"}"#.parse().unwrap()),
        |b| b.policy_arns(PolicyArns::new([POLICY]).unwrap()),
        |b| b.policy_arns(PolicyArns::new([POLICY, POLICY]).unwrap()),
        |b| b.source_identity("one".parse().unwrap()),
        |b| b.source_identity("other".parse().unwrap()),
        |b| b.tags(tags(&[("tenant", "a", false)])),
        |b| b.tags(tags(&[("tenant", "b", false)])),
        |b| b.tags(tags(&[("tenant", "a", true)])),
        |b| b.tags(tags(&[("tenanta", "", false)])),
        |b| b.tags(tags(&[("tenant", "a", false), ("team", "a", false)])),
        |b| b.provided_contexts(context("a.b.c")),
        |b| b.provided_contexts(context("a.b.d")),
        |b| b.session_name("o".repeat(3).parse().unwrap()).external_id("ne".parse().unwrap()),
    ];
    let role = || AssumeRoleProvider::builder(sts.clone(), ROLE.parse().unwrap());
    let mut providers: Vec<_> = options.iter().map(|option| option(role()).build()).collect();
    for serial in ["GAHT12345678", "GAHT87654321"] {
        providers.push(role().mfa(serial.parse().unwrap(), code).build());
    }
    providers.push(other.build());
    providers
}

/// All that a request of `AssumeRoleWithWebIdentity` can differ in.
fn web_identities(sts: &StsClient) -> Vec<WebIdentityRoleProvider> {
    type Builder = WebIdentityRoleProviderBuilder;
    let of = |role: &str, token: &str| {
        let token = IdentityToken::parse(token).unwrap();
        WebIdentityRoleProvider::builder(sts.clone(), role.parse().unwrap(), token)
    };
    let options: [fn(Builder) -> Builder; 9] = [
        |b| b,
        |b| b.session_name("one".parse().unwrap()),
        |b| b.session_name("other".parse().unwrap()),
        |b| b.duration(seconds(3600)),
        |b| b.duration(seconds(7200)),
        |b| b.policy(r#"{"Version":"2012-10-17"}"#.parse().unwrap()),
        |b| b.policy(r#"{"Version":"2008-10-17"}"#.parse().unwrap()),
        |b| b.policy_arns(PolicyArns::new([POLICY]).unwrap()),
        |b| b.policy_arns(PolicyArns::new([POLICY, POLICY]).unwrap()),
    ];
    let mut providers: Vec<_> =
        options.iter().map(|option| option(of(ROLE, "a.b.c")).build()).collect();
    providers.push(of(ROLE, "a.b.d").build());
    providers.push(of(&format!("{ROLE}2"), "a.b.c").build());
    providers
}

/// Sessions of users and of SAML assertions, which have no files.
fn others(sts: &StsClient) -> Vec<Box<dyn CredentialsProvider>> {
    let long = || UserSessionDuration::try_from(Duration::from_secs(7200)).unwrap();
    let code = async |_| MfaCode::parse("123456");
    let session = || SessionTokenProvider::builder(sts.clone());
    let user = |name: &str| FederationTokenProvider::builder(sts.clone(), name.parse().unwrap());
    let saml = |role: &str, idp: &str, assertion: &str| {
        let idp = format!("arn:aws:iam::111122223333:saml-provider/{idp}").parse().unwrap();
        let assertion = SamlAssertion::parse(assertion).unwrap();
        SamlRoleProvider::builder(sts.clone(), role.parse().unwrap(), idp, assertion)
    };
    let policy = || r#"{"Version":"2012-10-17"}"#.parse().unwrap();
    let arns = || PolicyArns::new([POLICY]).unwrap();
    vec![
        Box::new(session().build()),
        Box::new(session().duration(long()).build()),
        Box::new(session().mfa("GAHT12345678".parse().unwrap(), code).build()),
        Box::new(session().mfa("GAHT87654321".parse().unwrap(), code).build()),
        Box::new(user("alice").build()),
        Box::new(user("bob").build()),
        Box::new(user("alice").duration(long()).build()),
        Box::new(user("alice").policy(policy()).build()),
        Box::new(user("alice").policy_arns(arns()).build()),
        Box::new(user("alice").tags(tags(&[("tenant", "a", false)])).build()),
        Box::new(user("alice").tags(tags(&[("tenant", "b", false)])).build()),
        Box::new(saml(ROLE, "Idp", "YWJj").build()),
        Box::new(saml(ROLE, "Idp", "YWJk").build()),
        Box::new(saml(ROLE, "Other", "YWJj").build()),
        Box::new(saml(&format!("{ROLE}2"), "Idp", "YWJj").build()),
        Box::new(saml(ROLE, "Idp", "YWJj").duration(seconds(3600)).build()),
        Box::new(saml(ROLE, "Idp", "YWJj").policy(policy()).build()),
        Box::new(saml(ROLE, "Idp", "YWJj").policy_arns(arns()).build()),
    ]
}

#[tokio::test]
async fn providers_that_differ_in_one_option_have_different_keys_and_equal_ones_have_one() {
    let sts = RecordingSts::start().await;
    let keys = || {
        let mut keys = Vec::new();
        for caller in callers(&sts) {
            keys.extend(roles(&caller).iter().map(CredentialsProvider::session_key));
            keys.extend(others(&caller).iter().take(11).map(|provider| provider.session_key()));
        }
        // Nobody signs these: of the callers only where they send to counts.
        let callers = callers(&sts);
        for caller in callers.iter().skip(6).take(5) {
            keys.extend(web_identities(caller).iter().map(CredentialsProvider::session_key));
            keys.extend(others(caller).iter().skip(11).map(|provider| provider.session_key()));
        }
        keys
    };

    let (once, twice) = (keys(), keys());

    assert_eq!(once, twice);
    let distinct: HashSet<_> = once.iter().flatten().collect();
    assert_eq!(distinct.len(), once.len());
}

#[tokio::test]
async fn providers_that_differ_in_one_option_never_share_a_file_and_equal_ones_do() {
    let sts = RecordingSts::start().await;
    let folder = tempfile::tempdir().unwrap();
    let cache = CliCache::at(folder.path());
    let kept = || {
        let callers = callers(&sts);
        let mut kept: Vec<_> = roles(&callers[0]).into_iter().map(|r| cache.keep(r)).collect();
        kept.extend(web_identities(&callers[0]).into_iter().map(|web| cache.keep(web)));
        kept.extend(callers[1..].iter().map(|sts| cache.keep(roles(sts).remove(0))));
        kept
    };

    let mut keys = Vec::new();
    for provider in kept() {
        keys.push(provider.credentials().await.unwrap().access_key_id().to_owned());
    }
    let calls = sts.calls().len();
    let mut again = Vec::new();
    for provider in kept() {
        again.push(provider.credentials().await.unwrap().access_key_id().to_owned());
    }

    assert_eq!(keys.iter().collect::<HashSet<_>>().len(), keys.len());
    assert_eq!(again, keys);
    assert_eq!(sts.calls().len(), calls, "all were on disk");
    let files = std::fs::read_dir(folder.path()).unwrap().flatten();
    let sessions = files.filter(|file| file.path().extension().unwrap() == "json").count();
    assert_eq!(sessions, keys.len());
}

#[test]
fn what_cannot_be_known_has_no_key() {
    let sdk_config = config("http://127.0.0.1:1").build();
    let role = |sts| AssumeRoleProvider::builder(sts, ROLE.parse().unwrap()).build();
    let keys = || Credentials::new("AKIAALICE", "s");
    let closure = async || Ok(Credentials::new("AKIAALICE", "s"));
    let foreign = SdkSource::new(SdkProvider::new(keys()));
    let custom = aws_sdk_sts::Client::new(&sdk_config);
    let token = IdentityTokenFile::new("/nowhere/token");
    let web = StsClient::new(&sdk_config);
    let web = WebIdentityRoleProvider::builder(web, ROLE.parse().unwrap(), token).build();

    assert_eq!(role(StsClient::new(&sdk_config)).session_key(), None);
    assert_eq!(role(StsClient::signed_by(&sdk_config, closure)).session_key(), None);
    assert_eq!(role(StsClient::signed_by(&sdk_config, foreign)).session_key(), None);
    assert_eq!(role(StsClient::from(custom)).session_key(), None);
    assert_eq!(web.session_key(), None);
    assert!(role(StsClient::signed_by(&sdk_config, keys())).session_key().is_some());
}

#[test]
fn caches_disk_and_profiles_have_the_key_of_what_is_below() {
    let sdk_config = config("http://127.0.0.1:1").build();
    let sts = StsClient::signed_by(&sdk_config, Credentials::new("AKIAALICE", "s"));
    let role = || AssumeRoleProvider::builder(sts.clone(), ROLE.parse().unwrap()).build();
    let key = role().session_key();

    assert!(key.is_some());
    assert_eq!(CredentialsCache::new(role()).session_key(), key);
    assert_eq!(SdkCache::new(role()).session_key(), key);
    assert_eq!(CliCache::at("/nowhere").keep(role()).session_key(), key);

    let text = "[profile a]\naws_access_key_id = AKIAALICE\naws_secret_access_key = s\n\
                [profile b]\nrole_arn = arn:aws:iam::1:role/deploy\nsource_profile = a\n\
                [profile c]\nrole_arn = arn:aws:iam::1:role/deploy\nsource_profile = d\n\
                [profile d]\ncredential_process = print keys\n";
    let profiles = Profiles::parse(Some(&ProfileFile::new("config", text)), None).unwrap();
    let loader = ProfileLoader::new(profiles, Environment::default());
    let of = |name| loader.clone().profile(name).load(&sdk_config).unwrap().session_key();
    let keys: HashSet<_> = ["a", "b", "c", "d"].map(|name| of(name).unwrap()).into();
    assert_eq!(keys.len(), 4);
    assert_eq!(of("b"), of("b"));
}

/// The CLI has one file for a role, for all callers that assume it.
#[tokio::test]
async fn profiles_with_one_role_and_two_sources_do_not_share_with_the_cli() {
    let sts = RecordingSts::start().await;
    let folder = tempfile::tempdir().unwrap();
    let text = "[profile alice]\naws_access_key_id = AKIAALICE\naws_secret_access_key = s\n\
                [profile bob]\naws_access_key_id = AKIABOB\naws_secret_access_key = s\n\
                [profile a]\nrole_arn = arn:aws:iam::111122223333:role/deploy\nsource_profile = alice\n\
                [profile b]\nrole_arn = arn:aws:iam::111122223333:role/deploy\nsource_profile = bob\n";
    let profiles = Profiles::parse(Some(&ProfileFile::new("config", text)), None).unwrap();
    let derived: serde_json::Value =
        serde_json::from_str(include_str!("../botocore-cache.json")).unwrap();
    let file = &derived["file"];
    let of_the_cli = folder.path().join(file["name"].as_str().unwrap());
    std::fs::write(&of_the_cli, file["text"].as_str().unwrap()).unwrap();
    let sdk_config = config(sts.uri()).build();

    for (profile, signer) in [("a", "AKIAALICE"), ("b", "AKIABOB")] {
        let loader = ProfileLoader::new(profiles.clone(), Environment::default());
        let loader = loader.profile(profile).cli_cache(CliCache::at(folder.path()));
        loader.load(&sdk_config).unwrap().credentials().await.unwrap();
        assert_eq!(sts.calls().last().unwrap()["signer"], signer);
    }

    let left = std::fs::read_to_string(of_the_cli).unwrap();
    assert_eq!(left, file["text"].as_str().unwrap(), "the CLI's session is the CLI's");
    assert_eq!(sts.calls().len(), 2);
}
