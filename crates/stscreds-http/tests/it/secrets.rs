//! Secrets of requests and responses, in everything that a person could see.

use std::io;
use std::sync::{Arc, Mutex};

use stscreds_core::CredentialsProvider;
use stscreds_core::{Credentials, Error};
use stscreds_http::RetryPolicy;
use stscreds_provider::{
    AssumeRoleProvider, CallerIdentityClient, FederationTokenProvider, OutboundTokenProvider,
    ProvidedContext, ProvidedContexts, SamlRoleProvider, SessionTokenProvider,
    WebIdentityRoleProvider,
};
use stscreds_token::{IdentityToken, MfaCode, SamlAssertion};

use crate::scripted::{Scripted, Step, session};
use crate::stage::{DEVICE, PLAIN, SAML_PROVIDER};

/// Everything that is logged on this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

const OPERATIONS: [&str; 7] = [
    "AssumeRole",
    "AssumeRoleWithWebIdentity",
    "AssumeRoleWithSAML",
    "GetSessionToken",
    "GetFederationToken",
    "GetCallerIdentity",
    "GetWebIdentityToken",
];

/// Makes one call of an operation with a secret in each place that has one; what
/// comes of it, shown in each way.
async fn shown(operation: &str, http: &Scripted) -> String {
    let signer = Credentials::builder("AKIAEXAMPLE", "planted-secret-of-the-signer")
        .session_token("planted-token-of-the-signer")
        .build();
    let sts = http.client().credentials(signer).retries(RetryPolicy::none()).build();
    let client = format!("{sts:?}");
    let role = || PLAIN.parse().unwrap();
    let code = async |_| MfaCode::parse("918273");
    let outcome: Result<String, Error> = match operation {
        "AssumeRole" => {
            let context =
                ProvidedContext::new("arn:aws:iam::aws:contextProvider/x", "planted-context");
            let provider = AssumeRoleProvider::builder(sts, role())
                .external_id("planted-external-id".parse().unwrap())
                .provided_contexts(ProvidedContexts::new([context.unwrap()]).unwrap())
                .mfa(DEVICE.parse().unwrap(), code)
                .build();
            provider.credentials().await.map(|c| format!("{c:?} {provider:?}"))
        }
        "AssumeRoleWithWebIdentity" => {
            let token = IdentityToken::parse("planted-identity-token").unwrap();
            let provider = WebIdentityRoleProvider::builder(sts, role(), token).build();
            provider.credentials().await.map(|c| format!("{c:?} {provider:?}"))
        }
        "AssumeRoleWithSAML" => {
            let assertion = SamlAssertion::parse("plantedAssertion").unwrap();
            let (role, idp) = (role(), SAML_PROVIDER.parse().unwrap());
            let provider = SamlRoleProvider::builder(sts, role, idp, assertion).build();
            provider.credentials().await.map(|c| format!("{c:?} {provider:?}"))
        }
        "GetSessionToken" => {
            let device = DEVICE.parse().unwrap();
            let provider = SessionTokenProvider::builder(sts).mfa(device, code).build();
            provider.credentials().await.map(|c| format!("{c:?} {provider:?}"))
        }
        "GetFederationToken" => {
            let provider = FederationTokenProvider::builder(sts, "bob".parse().unwrap()).build();
            provider.credentials().await.map(|c| format!("{c:?} {provider:?}"))
        }
        "GetWebIdentityToken" => {
            let provider = OutboundTokenProvider::builder(sts, "a".parse().unwrap()).build();
            provider.token().await.map(|token| format!("{token:?} {provider:?}"))
        }
        _ => sts.caller_identity().await.map(|identity| format!("{identity:?}")),
    };
    match outcome {
        Ok(shown) => format!("{client} {shown}"),
        Err(error) => format!("{client} {error} {error:?} {error:#?}"),
    }
}

/// The text of a request, as a server would repeat it in an error.
fn repeated(body: &str) -> String {
    body.split('&').map(|parameter| format!("Value '{parameter}' is invalid; ")).collect()
}

#[tokio::test]
async fn no_operation_shows_a_secret_in_a_result_an_error_or_a_log() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(Mutex::new(log.clone()))
        .with_max_level(tracing::Level::TRACE)
        .without_time()
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    for operation in OPERATIONS {
        let success = Scripted::new([Step::session(operation)]);
        let mut all = shown(operation, &success).await;
        let sent = success.body(0);

        for body in [
            repeated(&sent),
            "planted-secret-of-the-session planted-token-of-the-session".to_owned(),
        ] {
            for status in [200, 400, 403, 500] {
                let responses = [
                    // STS repeats what it rejects; a proxy repeats anything.
                    Step::Responds(status, format!("<html>{body}</html>")),
                    Step::Responds(status, body.clone()),
                ];
                for response in responses {
                    all.push_str(&shown(operation, &Scripted::new([response])).await);
                }
            }
        }
        for status in [200, 400, 403, 500] {
            let fault = Step::fault_saying(status, "ValidationError", &repeated(&sent));
            all.push_str(&shown(operation, &Scripted::new([fault])).await);
        }
        let whole = session(operation);
        for cut in (0..whole.len()).step_by(7) {
            let half = Step::Responds(200, whole[..cut].to_owned());
            all.push_str(&shown(operation, &Scripted::new([half])).await);
        }
        assert!(!all.contains("planted") && !all.contains("918273"), "{operation}: {all}");
    }

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("assumed a role"), "the log was captured");
    assert!(!log.contains("planted") && !log.contains("918273"), "{log}");
}
