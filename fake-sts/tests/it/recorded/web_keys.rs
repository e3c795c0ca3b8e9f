//! The keys of issuers: recording `oidc/aws-keys`.

use std::sync::{Arc, Mutex};

use data_encoding::{BASE64, BASE64URL_NOPAD};
use fake_sts::FakeSts;
use fake_sts::oidc::{Algorithm, Issuer, KeySet};
use fake_sts::world::{Account, OidcProvider, Role};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::{ACCOUNT, noon, said};
use crate::client::{call, send};

const NO_KEY: &str = "400 InvalidIdentityToken: Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements";
const NOT_VALIDATED: &str = "400 InvalidIdentityToken: The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements.";

/// What STS says to a token of an issuer with these keys.
async fn with_keys(keys: Vec<Value>, algorithm: Algorithm) -> String {
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/issuer.example"}}]});
    let provider = OidcProvider::new("https://issuer.example").jwks(json!({"keys": keys}));
    let account = Account::new(ACCOUNT)
        .role(Role::new("web").trust_policy(trust))
        .oidc_provider(provider.client_id("a"));
    let sts = FakeSts::builder().account(account).clock_frozen_at(noon()).start().await.unwrap();
    let token = Issuer::new("https://issuer.example").token_at(noon()).audience("a");
    let token = token.algorithm(algorithm).mint();
    let parameters = [
        ("RoleArn", "arn:aws:iam::111122223333:role/web"),
        ("RoleSessionName", "run"),
        ("WebIdentityToken", &token),
    ];
    said(&send(&sts, call("AssumeRoleWithWebIdentity", &parameters).unsigned(&sts)).await)
}

/// The key that signs tokens of an algorithm, with some members changed.
fn key(algorithm: Algorithm, changes: Value) -> Value {
    let kid = if algorithm == Algorithm::Rs256 { "RSA_0" } else { "EC256_0" };
    let keys = KeySet::built_in().to_value()["keys"].clone();
    let mut key = keys.as_array().unwrap().iter().find(|key| key["kid"] == kid).unwrap().clone();
    key.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    key
}

/// Another RSA key: the modulus of the built-in one with its last byte changed.
fn other(kid: &str) -> Value {
    let mut key = key(Algorithm::Rs256, json!({"kid": kid}));
    let modulus = key["n"].as_str().unwrap();
    let last = if modulus.ends_with('A') { "Q" } else { "A" };
    key["n"] = format!("{}{last}", &modulus[..modulus.len() - 1]).into();
    key
}

#[tokio::test]
async fn members_of_a_key_count_as_recorded() {
    for algorithm in [Algorithm::Rs256, Algorithm::Es256] {
        for (changes, wanted) in [
            (json!({}), "200"),
            (json!({"alg": "RS512"}), "200"),
            (json!({"alg": "nothing"}), "200"),
            (json!({"use": "enc"}), NO_KEY),
            (json!({"key_ops": ["verify"]}), NOT_VALIDATED),
            (json!({"key_ops": []}), NOT_VALIDATED),
            (json!({"kid": "another"}), NO_KEY),
        ] {
            let answer = with_keys(vec![key(algorithm, changes.clone())], algorithm).await;
            assert_eq!(answer, wanted, "{algorithm} {changes}");
        }
    }
}

#[tokio::test]
async fn of_two_keys_with_one_id_the_later_one_counts() {
    let good = || key(Algorithm::Rs256, json!({}));
    let wrong_first = with_keys(vec![other("RSA_0"), good()], Algorithm::Rs256).await;
    let wrong_last = with_keys(vec![good(), other("RSA_0")], Algorithm::Rs256).await;

    assert_eq!(wrong_first, "200");
    assert_eq!(wrong_last, "400 InvalidIdentityToken: Token signature invalid");
}

#[tokio::test]
async fn more_than_a_hundred_rsa_keys_are_none_and_leave_those_on_curves() {
    let others = |count: usize| {
        (0..count)
            .map(|at| other(&format!("other-{at}")))
            .chain([key(Algorithm::Rs256, json!({})), key(Algorithm::Es256, json!({}))])
    };
    for (count, rsa) in [(99, "200"), (100, NO_KEY)] {
        let keys = others(count).collect::<Vec<_>>();
        assert_eq!(with_keys(keys.clone(), Algorithm::Rs256).await, rsa, "{count}");
        assert_eq!(with_keys(keys, Algorithm::Es256).await, "200", "{count}");
    }
}

/// A certificate beside the numbers of a key must be one of that key; alone it is no key.
#[tokio::test]
async fn a_certificate_must_agree_with_the_numbers_beside_it() {
    let bytes = |key: &Value, name: &str| {
        BASE64URL_NOPAD.decode(key[name].as_str().unwrap().as_bytes()).unwrap()
    };
    let certificate = |key: &Value, names: &[&str]| {
        let numbers = names.iter().flat_map(|name| bytes(key, name)).collect::<Vec<_>>();
        json!([
            BASE64.encode(&[&b"\x30\x82\x01\x0a"[..], &numbers, b"\x02\x03\x01\x00\x01"].concat())
        ])
    };
    for (algorithm, numbers) in [(Algorithm::Rs256, &["n"][..]), (Algorithm::Es256, &["x", "y"])] {
        let plain = key(algorithm, json!({}));
        let own = certificate(&plain, numbers);
        let foreign = certificate(&other("RSA_0"), &["n"]);
        for (chain, wanted) in
            [(own.clone(), "200"), (foreign, NOT_VALIDATED), (json!([]), NOT_VALIDATED)]
        {
            let with_chain = key(algorithm, json!({"x5c": chain}));
            assert_eq!(with_keys(vec![with_chain], algorithm).await, wanted, "{algorithm}");
        }
        let mut alone = key(algorithm, json!({"x5c": own}));
        for number in numbers {
            alone.as_object_mut().unwrap().remove(*number);
        }
        assert_eq!(with_keys(vec![alone], algorithm).await, NO_KEY, "{algorithm}");
    }
}

/// Serves the discovery document of an issuer, and at `/jwks` its keys as they are at the time.
async fn serve(listener: TcpListener, discovery: Value, keys: Arc<Mutex<Vec<Value>>>) {
    while let Ok((mut stream, _)) = listener.accept().await {
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            request.push(stream.read_u8().await.unwrap());
        }
        let body = if request.starts_with(b"GET /jwks ") {
            json!({"keys": *keys.lock().unwrap()}).to_string()
        } else {
            discovery.to_string()
        };
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n", body.len());
        let response = format!("{head}Connection: close\r\n\r\n{body}");
        stream.write_all(response.as_bytes()).await.unwrap();
    }
}

/// A call whose token cannot be verified with the keys that are known has them fetched again: a key that the issuer added since is good at once.
#[tokio::test]
async fn a_key_that_the_issuer_adds_is_seen_by_the_next_call() {
    let keys = Arc::new(Mutex::new(vec![key(Algorithm::Rs256, json!({}))]));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let discovery = json!({"issuer": "https://issuer.example", "jwks_uri": format!("{base}/jwks")});
    tokio::spawn(serve(listener, discovery, Arc::clone(&keys)));
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/issuer.example"}}]});
    let provider = OidcProvider::new("https://issuer.example").discovery_at(base).client_id("a");
    let account =
        Account::new(ACCOUNT).role(Role::new("web").trust_policy(trust)).oidc_provider(provider);
    let sts = FakeSts::builder().account(account).clock_frozen_at(noon()).start().await.unwrap();
    let assume = async |algorithm| {
        let token = Issuer::new("https://issuer.example").token_at(noon()).audience("a");
        let token = token.algorithm(algorithm).mint();
        let parameters = [
            ("RoleArn", "arn:aws:iam::111122223333:role/web"),
            ("RoleSessionName", "run"),
            ("WebIdentityToken", &token),
        ];
        said(&send(&sts, call("AssumeRoleWithWebIdentity", &parameters).unsigned(&sts)).await)
    };

    assert_eq!(assume(Algorithm::Rs256).await, "200");
    assert_eq!(assume(Algorithm::Es256).await, NO_KEY);
    keys.lock().unwrap().push(key(Algorithm::Es256, json!({})));
    assert_eq!(assume(Algorithm::Es256).await, "200");
    // One that the issuer took away stays good for as long as the others verify.
    keys.lock().unwrap().retain(|key| key["kid"] != "RSA_0");
    assert_eq!(assume(Algorithm::Rs256).await, "200");
}
