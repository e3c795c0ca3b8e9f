//! Identity tokens and SAML responses that STS refuses.

use fake_sts::oidc::Broken;
use fake_sts::saml;
use fake_sts::switches::SamlAudience;
use stscreds_core::Error;
use stscreds_provider::{ExpiryCheck, SamlRoleProvider};
use stscreds_token::{IdentityToken, SamlAssertion};

use super::{refused, told};
use crate::stage::{SAML, SAML_PROVIDER, Stage};

async fn presented(stage: &Stage, token: fake_sts::oidc::TokenBuilder) -> Error {
    let token = IdentityToken::parse(token.mint()).unwrap();
    refused(stage.present(token).expiry_check(ExpiryCheck::BySts).build()).await
}

#[tokio::test]
async fn identity_tokens_that_are_broken_are_told_as_the_page_says() {
    let stage = Stage::set().await;
    for (case, broken) in [
        ("the identity token is not a JWT", Broken::Opaque),
        ("the identity token has expired, which STS sees", Broken::Expired),
        ("the identity token is for another audience", Broken::WrongAudience),
        ("the signature of the identity token is wrong", Broken::BadSignature),
        ("the identity token lacks a claim", Broken::MissingClaim("sub".into())),
        ("STS finds no key of the issuer for the token", Broken::UnknownKeyId),
    ] {
        told(case, &presented(&stage, stage.token().broken(broken)).await);
    }
}

#[tokio::test]
async fn identities_that_are_not_known_are_told_as_the_page_says() {
    let stage = Stage::set().await;
    let foreign = stage.fake.issuer_at("https://issuer.example.com").token();
    let other = stage.token().subject("repo:someone/else");

    told("the account knows no identity provider of the issuer", &presented(&stage, foreign).await);
    told("the role does not trust the identity", &presented(&stage, other).await);
}

#[tokio::test]
async fn saml_responses_that_are_broken_are_told_as_the_page_says() {
    let stage = Stage::set().await;
    // AWS of September 2026 accepts any audience; its documentation has the error.
    let mut world = stage.fake.world();
    world.switches.saml_audience = SamlAudience::Checked;
    stage.fake.set_world(world).unwrap();
    for (case, broken) in [
        ("the SAML response is older than five minutes", saml::Broken::TooOld),
        ("the SAML response is for another audience", saml::Broken::WrongAudience),
        ("the signature of the SAML response is wrong", saml::Broken::BadSignature),
    ] {
        told(case, &refused(stage.federate(stage.assertion().broken(broken)).build()).await);
    }
}

#[tokio::test]
async fn a_saml_response_that_is_none_is_told_as_the_page_says() {
    let stage = Stage::set().await;
    let assertion = SamlAssertion::parse("planted *** planted").unwrap();

    let (role, provider) = (SAML.parse().unwrap(), SAML_PROVIDER.parse().unwrap());
    let provider = SamlRoleProvider::builder(stage.sts(), role, provider, assertion);

    told("the SAML response is not in base64", &refused(provider.build()).await);
}

#[tokio::test]
async fn a_saml_provider_that_is_not_there_is_told_as_the_page_says() {
    let stage = Stage::set().await;
    let provider = "arn:aws:iam::444455556666:saml-provider/Nobody";
    let assertion = SamlAssertion::parse(stage.assertion().role(provider, SAML).mint()).unwrap();

    let (role, provider) = (SAML.parse().unwrap(), provider.parse().unwrap());
    let provider = SamlRoleProvider::builder(stage.sts(), role, provider, assertion);

    told("the account has no SAML provider of the name", &refused(provider.build()).await);
}
