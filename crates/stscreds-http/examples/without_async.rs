//! A program without async that signs with the credentials of a role.

#![allow(clippy::print_stdout, reason = "an example speaks")]

#[path = "embedded/fake.rs"]
mod fake;

use fake_sts::FakeSts;
use stscreds_cache::BlockingCredentials;
use stscreds_http::StsHttpClient;
use stscreds_provider::AssumeRoleProvider;

use fake::{Outcome, PLAIN};

fn main() -> Outcome {
    // The fake needs a runtime; the program does not.
    let elsewhere = tokio::runtime::Runtime::new()?;
    let fake = elsewhere.block_on(FakeSts::start());

    let sts = StsHttpClient::new(fake::endpoint(&fake)?, fake::keys());
    let provider = AssumeRoleProvider::builder(sts, PLAIN.parse()?).build();
    let cache = BlockingCredentials::new(provider)?;

    println!("we sign as {}", cache.credentials()?.access_key_id());
    println!("and again as {}", cache.credentials()?.access_key_id());
    println!("{} call", fake.journal().calls().len());
    Ok(())
}
