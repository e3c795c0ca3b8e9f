//! 200 customers, each with a role of its own, in one process and within one budget of requests
//! to STS. One of them has deleted its role, which is nobody else's trouble.

#![allow(clippy::print_stdout, reason = "an example speaks")]

#[path = "embedded/fake.rs"]
mod fake;

use fake_sts::FakeSts;
use fake_sts::world::{Role, World};
use serde_json::json;
use stscreds::cache::pool::{Budget, CredentialsPool};
use stscreds::provider::RoleArn;
use stscreds::{AssumeRoleProvider, ErrorKind, StsClient};
use tokio::task::JoinSet;

use fake::Outcome;

const CUSTOMERS: usize = 200;
const BROKEN: usize = 13;

#[tokio::main]
async fn main() -> Outcome {
    let fake = start().await?;
    let sdk_config = fake::sdk_config(&fake);

    // One for each pair of calling account and region, whatever the number of pools.
    let budget = Budget::per_second(300).burst(200).concurrency(160).build();
    let sts = StsClient::new(&sdk_config).budget(&budget);
    let pool = CredentialsPool::by_provider(move |role: &RoleArn| {
        AssumeRoleProvider::builder(sts.clone(), role.clone()).build()
    })
    .budget(&budget)
    .capacity(10_000)
    .build();

    // Ten requests of each customer at once, as a web server has them.
    let mut requests = JoinSet::new();
    for request in 0..10 * CUSTOMERS {
        let (pool, customer) = (pool.clone(), request % CUSTOMERS);
        let role: RoleArn = arn(customer).parse()?;
        requests.spawn(async move { (customer, pool.credentials(&role).await) });
    }
    let (mut served, mut refused) = (0, 0);
    while let Some(request) = requests.join_next().await {
        match request? {
            (_, Ok(_credentials)) => served += 1,
            (customer, Err(error)) => {
                assert_eq!((customer, error.kind()), (BROKEN, ErrorKind::AccessDenied));
                refused += 1;
            }
        }
    }

    let calls = fake.journal().calls().len();
    println!("{served} requests served and {refused} refused, in {calls} calls to STS");
    // One call for each customer: also the broken one's refusal is remembered for a while.
    assert_eq!((served, refused, calls), (1_990, 10, CUSTOMERS));
    println!("{:?}", pool.stats());
    Ok(())
}

fn arn(customer: usize) -> String {
    format!("arn:aws:iam::111122223333:role/customer-{customer}")
}

/// A fake with all of those roles but one.
async fn start() -> Result<FakeSts, fake_sts::StartError> {
    let alice = "arn:aws:iam::111122223333:user/alice";
    let roles = (0..CUSTOMERS).filter(|customer| *customer != BROKEN).map(|customer| {
        Role::new(format!("customer-{customer}")).trust_policy(fake::trust(alice, &json!({})))
    });
    let mut world = World::standard();
    world.accounts[0].roles.extend(roles);
    FakeSts::builder().world(world).start().await
}
