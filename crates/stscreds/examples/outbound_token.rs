//! A token of AWS that says who this program is, for a service outside of AWS.

#![allow(clippy::print_stdout, reason = "an example speaks")]

#[path = "embedded/fake.rs"]
mod fake;

use fake_sts::FakeSts;
use fake_sts::world::{OidcProvider, Role, World};
use stscreds::aws_sdk::OutboundTokenCache;
use stscreds::core::Expires;
use stscreds::provider::OutboundTokenProvider;
use stscreds::token::IdentityTokenRetriever;
use stscreds::{CredentialsProvider, StsClient, WebIdentityRoleProvider};

use fake::Outcome;

/// The "service outside" is another account of AWS here, as its verifier is at hand: its
/// role `elsewhere` trusts the issuer of the first account, for alice alone.
fn trusting(fake: &FakeSts) -> Result<World, Box<dyn std::error::Error>> {
    let issuer = fake.outbound_issuer("111122223333").ok_or("that is an account id")?;
    let mut world = fake.world();
    let role = Role::new("elsewhere").trusts_oidc(
        &issuer,
        "sts.amazonaws.com",
        "arn:aws:iam::111122223333:user/alice",
    );
    let provider = OidcProvider::new(&issuer).built_in_keys().client_id("sts.amazonaws.com");
    let [first, second, ..] = &mut world.accounts[..] else { return Err("two accounts".into()) };
    *first = first.clone().outbound_web_identity();
    *second = second.clone().oidc_provider(provider).role(role);
    Ok(world)
}

#[tokio::main]
async fn main() -> Outcome {
    let (fake, sdk_config) = fake::start().await;
    fake.set_world(trusting(&fake)?)?;

    // The audience is what the service wants to find in `aud`; it tells which text that is.
    let sts = StsClient::new(&sdk_config);
    let provider = OutboundTokenProvider::builder(sts.clone(), "sts.amazonaws.com".parse()?);
    let tokens = OutboundTokenCache::new(provider.build());

    // Hand it to whatever takes identity tokens: as a header, into a file, to a client library.
    let token = tokens.identity_token().await?;
    println!("a token of {} characters", token.expose().len());
    assert!(tokens.token().await?.expires_at().is_some());

    // The library's own client of such tokens asks the cache at each refresh.
    let elsewhere = "arn:aws:iam::444455556666:role/elsewhere".parse()?;
    let role = WebIdentityRoleProvider::builder(sts, elsewhere, tokens.clone()).build();
    for _ in 0..3 {
        println!("accepted elsewhere: {}", role.credentials().await?.access_key_id());
    }

    let asked = fake.journal().calls();
    let asked = asked.iter().filter(|call| call.operation == "GetWebIdentityToken").count();
    println!("3 sessions took {asked} token");
    assert_eq!(asked, 1);
    Ok(())
}
