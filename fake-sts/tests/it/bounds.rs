//! What a request may cost before anybody has signed for it.

use fake_sts::FakeSts;
use fake_sts::action::Operation;

use crate::client::{Call, call, send};

/// Some times the longest message, for what XML makes of its characters.
const LIMIT: usize = 6 * 64 * 1024 + 2048;

const SIZE: usize = 400_000;

/// The parameters that are lists, with a field of their members.
const LISTS: [(&str, &str); 5] = [
    ("PolicyArns", ".arn"),
    ("Tags", ".Key"),
    ("TransitiveTagKeys", ""),
    ("ProvidedContexts", ".ProviderArn"),
    ("Audience", ""),
];

async fn check(sts: &FakeSts, what: &str, request: Call) {
    assert!(request.body.len() >= SIZE, "{what}: {}", request.body.len());

    let answer = send(sts, request.unsigned(sts)).await;

    assert!((400..500).contains(&answer.status), "{what}: {}", answer.status);
    assert!(answer.body.len() <= LIMIT, "{what}: {} bytes", answer.body.len());
}

/// Every parameter of every operation: one long value, a list of many members, a structure in it, and a long name.
#[tokio::test]
async fn a_large_request_has_a_small_answer_whatever_is_large_in_it() {
    let sts = FakeSts::start().await;
    let long = "<".repeat(SIZE);
    for operation in Operation::ALL {
        let name = operation.as_str();
        for parameter in operation.parameters() {
            check(&sts, &format!("{name}: {parameter}"), call(name, &[(parameter, &long)])).await;
            for (_, field) in LISTS.into_iter().filter(|(list, _)| list == parameter) {
                let mut request = call(name, &[]);
                // Fewer than are refused for their number alone.
                for member in 0..9_900 {
                    request
                        .body
                        .push_str(&format!("&{parameter}.member.{member}{field}={:>40}", "<"));
                }
                check(&sts, &format!("{name}: {parameter}.member.N{field}"), request).await;
            }
        }
    }
}

#[tokio::test]
async fn a_large_request_to_no_operation_has_a_small_answer() {
    let sts = FakeSts::start().await;
    let long = "<".repeat(SIZE);
    let mut many = call("GetCallerIdentity", &[]);
    many.body.push_str(&"&a".repeat(SIZE / 2));
    let mut version = call("GetCallerIdentity", &[]);
    version.body = version.body.replace("2011-06-15", &long);

    check(&sts, "a long action", call(&long, &[])).await;
    check(&sts, "a long version", version).await;
    check(&sts, "many parameters", many.clone()).await;
    let answer = send(&sts, many.unsigned(&sts)).await;
    assert_eq!(answer.error(), "404 MalformedQueryString: Too many parameters: more than 10000");
}
