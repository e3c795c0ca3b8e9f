//! A tour of stscreds against its own fake of STS: real HTTP, real signatures,
//! real MFA codes, no AWS account. It fails if anything is not as it says.

#![allow(unreachable_pub, reason = "a program has no users of its items")]
#![allow(clippy::print_stdout, reason = "a tour speaks")]

mod stage;
mod steps;

use std::error::Error;

use stage::Stage;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let stage = Stage::set().await?;
    println!("All that follows is said over HTTP to a fake AWS STS at {}.", stage.uri());

    let outcome = walk(&stage).await;

    heading(7, "what the fake saw of it");
    for call in stage.calls() {
        println!("   {call}");
    }
    outcome?;
    println!("\nEvery step was as it should be.");
    Ok(())
}

async fn walk(stage: &Stage) -> Result<(), Box<dyn Error>> {
    heading(1, "alice assumes a role that wants an external id and MFA");
    let cache = steps::assume_a_role(stage).await?;
    heading(2, "who we are now");
    steps::who_we_are(stage, &cache).await?;
    heading(3, "a thousand tasks ask for credentials that nobody has yet");
    let cache = steps::a_thousand_tasks(stage).await?;
    heading(4, "eleven minutes later, in the refresh window");
    steps::refresh_that_nobody_waits_for(stage, &cache).await?;
    heading(5, "a web identity, from a token file that is rotated");
    steps::web_identity(stage).await?;
    heading(6, "three things that STS refuses");
    steps::refusals(stage).await
}

fn heading(number: u32, text: &str) {
    println!("\n{number}. {text}");
}
