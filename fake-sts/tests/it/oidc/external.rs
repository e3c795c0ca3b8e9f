use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use fake_sts::oidc::{
    Broken, ExternalKeys, Fetch, FetchFault, HttpFetch, Issuer, KeyFault, KeySet, Rules, Token,
    TokenBuilder, TokenFault,
};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::{clients, issuer, now};

/// Documents kept in memory, and how often any was asked for.
#[derive(Debug, Default)]
struct Documents {
    by_url: Mutex<HashMap<String, Vec<u8>>>,
    fetched: AtomicUsize,
}

impl Documents {
    fn of_the_issuer() -> Arc<Self> {
        let documents = Self::default();
        documents.put(
            "https://issuer.example/tenant/.well-known/openid-configuration",
            issuer().discovery(KEYS_URL).to_string(),
        );
        documents.put(KEYS_URL, issuer().keys().to_value().to_string());
        Arc::new(documents)
    }

    fn put(&self, url: &str, document: impl Into<Vec<u8>>) {
        self.by_url.lock().unwrap().insert(url.to_owned(), document.into());
    }

    fn fetched(&self) -> usize {
        self.fetched.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Fetch for Documents {
    async fn fetch(&self, url: &str, _: &[String]) -> Result<Vec<u8>, FetchFault> {
        self.fetched.fetch_add(1, Ordering::SeqCst);
        // Whoever else comes in one go with this call comes before it goes on.
        tokio::task::yield_now().await;
        self.by_url.lock().unwrap().get(url).cloned().ok_or(FetchFault::Status(404))
    }
}

fn token(broken: Option<Broken>) -> Token {
    let builder = issuer().token_at(now());
    Token::parse(&broken.into_iter().fold(builder, TokenBuilder::broken).mint()).unwrap()
}

#[tokio::test]
async fn keys_are_found_by_discovery_and_verify() {
    let keys = ExternalKeys::new(Documents::of_the_issuer());
    let token = token(None);

    let keys = keys.keys(&token, issuer().url(), &[], now()).await.unwrap();

    assert!(token.verify(&keys, now(), &Rules::new(&clients())).is_ok());
}

#[tokio::test]
async fn google_without_a_scheme_is_found_by_discovery() {
    let google = Issuer::new("https://accounts.google.com");
    let documents = Documents::of_the_issuer();
    documents.put(
        "https://accounts.google.com/.well-known/openid-configuration",
        google.discovery(KEYS_URL).to_string(),
    );
    let token = Token::parse(&Issuer::new("accounts.google.com").token_at(now()).mint()).unwrap();

    let keys = ExternalKeys::new(documents).keys(&token, google.url(), &[], now()).await;

    assert!(keys.is_ok(), "{keys:?}");
}

#[tokio::test]
async fn keys_are_kept_for_as_long_as_they_live_by_the_clock_they_are_told() {
    let documents = Documents::of_the_issuer();
    let keys = ExternalKeys::new(documents.clone()).lifetime(Duration::from_secs(60));
    let fetched_after = async |seconds| {
        keys.keys(&token(None), issuer().url(), &[], now() + Duration::from_secs(seconds))
            .await
            .unwrap();
        documents.fetched()
    };

    assert_eq!(fetched_after(0).await, 2);
    assert_eq!(fetched_after(59).await, 2);
    assert_eq!(fetched_after(60).await, 4);
    // Back before the second fetch.
    assert_eq!(fetched_after(59).await, 6);
    keys.forget();
    assert_eq!(fetched_after(59).await, 8);
}

#[tokio::test]
async fn a_key_id_that_is_not_kept_makes_them_fetched_again() {
    let documents = Documents::of_the_issuer();
    let keys = ExternalKeys::new(documents.clone());
    documents.put(KEYS_URL, json!({"keys": []}).to_string());
    keys.keys(&token(None), issuer().url(), &[], now()).await.unwrap();
    documents.put(KEYS_URL, issuer().keys().to_value().to_string());

    let rotated = keys.keys(&token(None), issuer().url(), &[], now()).await.unwrap();

    assert!(token(None).verify(&rotated, now(), &Rules::new(&clients())).is_ok());
    let unknown = token(Some(Broken::UnknownKeyId));
    let kept = keys.keys(&unknown, issuer().url(), &[], now()).await.unwrap();
    assert!(unknown.verify(&kept, now(), &Rules::new(&clients())).is_err());
    assert_eq!(documents.fetched(), 6);
}

/// The outcomes of so many calls at the same time.
async fn crowd(documents: &Arc<Documents>, size: usize) -> Vec<Result<KeySet, KeyFault>> {
    let keys = Arc::new(ExternalKeys::new(documents.clone()));
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..size {
        let keys = keys.clone();
        calls.spawn(async move { keys.keys(&token(None), issuer().url(), &[], now()).await });
    }
    calls.join_all().await
}

#[tokio::test]
async fn a_crowd_costs_one_fetch_and_shares_its_outcome() {
    let documents = Documents::of_the_issuer();
    assert!(crowd(&documents, 50).await.iter().all(Result::is_ok));
    assert_eq!(documents.fetched(), 2);

    let nothing = Arc::new(Documents::default());
    assert!(crowd(&nothing, 50).await.iter().all(Result::is_err));
    assert_eq!(nothing.fetched(), 1);
}

#[tokio::test]
async fn a_fetch_that_is_given_up_leaves_the_next_one_free() {
    let documents = Documents::of_the_issuer();
    let keys = ExternalKeys::new(documents.clone());
    let (token, issuer) = (token(None), issuer());
    let mut given_up = Box::pin(keys.keys(&token, issuer.url(), &[], now()));
    assert!(
        std::future::poll_fn(|cx| std::task::Poll::Ready(given_up.as_mut().poll(cx).is_pending()))
            .await
    );

    drop(given_up);

    assert!(keys.keys(&token, issuer.url(), &[], now()).await.is_ok());
    assert_eq!(documents.fetched(), 3);
}

#[tokio::test]
async fn each_failure_is_typed_and_tells_what_is_behind_it() {
    let url = "https://issuer.example/tenant/.well-known/openid-configuration";
    let cause = async |document: Option<&str>, keys: Option<&str>| {
        let documents = Documents::default();
        document.inspect(|document| documents.put(url, *document));
        keys.inspect(|keys| documents.put(KEYS_URL, *keys));
        let fault = ExternalKeys::new(Arc::new(documents))
            .keys(&token(None), issuer().url(), &[], now())
            .await
            .unwrap_err();
        TokenFault::from(fault).cause()
    };
    let discovery = issuer().discovery(KEYS_URL).to_string();
    let other = discovery.replace("issuer.example", "other.example");

    assert_eq!(cause(None, None).await, format!("could not fetch {url}: status 404"));
    assert_eq!(
        cause(Some("<html>"), None).await,
        format!("the discovery document at {url} is no JSON object with a string jwks_uri")
    );
    assert!(
        cause(Some(&other), None)
            .await
            .contains("\"https://other.example/tenant\", not of \"https://issuer.example/tenant\"")
    );
    assert_eq!(
        cause(Some(&discovery), None).await,
        format!("could not fetch {KEYS_URL}: status 404")
    );
    assert!(cause(Some(&discovery), Some("[]")).await.contains("has no list `keys`"));
}

#[tokio::test]
async fn a_base_may_be_the_whole_address_of_the_discovery_document() {
    let keys = ExternalKeys::new(Documents::of_the_issuer());
    let base = "https://issuer.example/tenant/.well-known/openid-configuration";

    assert!(keys.keys(&token(None), base, &[], now()).await.is_ok());
}

#[tokio::test]
async fn keys_of_one_issuer_are_not_kept_for_another_at_the_same_place() {
    let keys = ExternalKeys::new(Documents::of_the_issuer());
    keys.keys(&token(None), issuer().url(), &[], now()).await.unwrap();
    let other = Issuer::new("https://other.example").token_at(now()).mint();

    let fault =
        keys.keys(&Token::parse(&other).unwrap(), issuer().url(), &[], now()).await.unwrap_err();

    assert!(matches!(fault, KeyFault::OtherIssuer { .. }) && !fault.is_communication());
}

/// Answers each connection with the same bytes, then closes it.
async fn serve(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 1024];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    format!("http://{address}/document")
}

#[tokio::test]
async fn documents_come_over_http() {
    let plain = serve("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
    let unbounded = serve("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{\"a\":1}").await;

    assert_eq!(HttpFetch::default().fetch(&plain, &[]).await.unwrap(), b"{}");
    assert_eq!(HttpFetch::default().fetch(&unbounded, &[]).await.unwrap(), b"{\"a\":1}");
}

#[tokio::test]
async fn what_goes_wrong_over_http_is_typed() {
    let fetch = HttpFetch::default().max_length(3);
    let fault = async |url: &str| fetch.fetch(url, &[]).await.unwrap_err();

    assert_eq!(
        fault(&serve("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nabcd").await).await,
        FetchFault::TooLong(3)
    );
    assert_eq!(
        fault(&serve("HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n").await).await,
        FetchFault::Status(503)
    );
    assert!(matches!(
        fault(&serve("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\na").await).await,
        FetchFault::NoAnswer(_)
    ));
    assert!(matches!(fault(&serve("what?\r\n\r\n").await).await, FetchFault::NoAnswer(_)));
    assert!(matches!(fault("http://127.0.0.1:1/").await, FetchFault::NoConnection(_)));
    assert_eq!(fault("ftp://issuer.example/").await, FetchFault::UnsupportedScheme);
    assert_eq!(fault("/relative").await, FetchFault::InvalidUrl);
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let timeout = Duration::from_millis(20);

    let fault = HttpFetch::default().timeout(timeout).fetch(&url, &[]).await.unwrap_err();

    assert_eq!(fault, FetchFault::TimedOut(timeout));
}

const KEYS_URL: &str = "https://issuer.example/keys";

/// The key set with another key of the same id in place of each: what an issuer has after a restart that keeps its names.
fn other_keys_of_the_same_names() -> String {
    let mut keys = issuer().keys().to_value();
    for key in keys["keys"].as_array_mut().unwrap() {
        if let Some(modulus) = key["n"].as_str() {
            let (last, head) = (modulus.len() - 6, modulus.to_owned());
            key["n"] = format!("{}AAAAAQ", &head[..last]).into();
        }
    }
    keys.to_string()
}

#[tokio::test(start_paused = true)]
async fn keys_that_do_not_fit_a_signature_are_fetched_again_once_a_second() {
    let documents = Documents::of_the_issuer();
    documents.put(KEYS_URL, other_keys_of_the_same_names());
    let keys = ExternalKeys::new(documents.clone());
    let verified = async || {
        let token = token(None);
        let keys = keys.keys(&token, issuer().url(), &[], now()).await.unwrap();
        (token.verify(&keys, now(), &Rules::new(&clients())).is_ok(), documents.fetched())
    };

    assert_eq!(verified().await, (false, 2));
    documents.put(KEYS_URL, issuer().keys().to_value().to_string());
    assert_eq!(verified().await, (false, 2));
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(verified().await, (true, 4));
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(verified().await, (true, 4));
}

#[tokio::test(start_paused = true)]
async fn an_issuer_that_is_gone_does_not_make_a_wrong_signature_another_fault() {
    let documents = Documents::of_the_issuer();
    documents.put(KEYS_URL, other_keys_of_the_same_names());
    let keys = ExternalKeys::new(documents.clone());
    keys.keys(&token(None), issuer().url(), &[], now()).await.unwrap();
    documents.by_url.lock().unwrap().clear();
    tokio::time::advance(Duration::from_secs(1)).await;

    let kept = keys.keys(&token(None), issuer().url(), &[], now()).await.unwrap();

    let fault = token(None).verify(&kept, now(), &Rules::new(&clients())).unwrap_err();
    assert_eq!(fault.to_string(), TokenFault::SignatureInvalid.to_string());
}
