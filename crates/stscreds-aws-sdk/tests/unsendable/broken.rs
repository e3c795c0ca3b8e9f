//! Configurations and endpoints with which no call gets a response of STS.

use std::time::Duration;

use aws_sdk_sts::config::retry::RetryConfig;
use aws_sdk_sts::config::{
    self, BehaviorVersion, Credentials, Region, SharedCredentialsProvider, SharedHttpClient,
};
use aws_types::SdkConfig;
use aws_types::sdk_config::Builder;
use stscreds_aws_sdk::StsClient;
use stscreds_core::ErrorKind;

use crate::https;
use crate::indiscreet::{Failing, Indiscreet, Resolver};

/// One of them, and what must be said of it.
pub(crate) struct Broken {
    pub(crate) name: &'static str,
    change: Box<dyn Fn(&mut Builder)>,
    /// What no `SdkConfig` can hold.
    change_client: fn(config::Builder) -> config::Builder,
    /// Above what a loaded machine needs to connect, and below what a test may take.
    pub(crate) call_timeout: Duration,
    pub(crate) kind: ErrorKind,
    pub(crate) says: &'static str,
    pub(crate) only_signed: bool,
}

impl Broken {
    /// A working client but for this.
    pub(crate) fn sts_client(&self) -> StsClient {
        let config = (self.change_client)(config::Builder::from(&self.sdk_config()));
        StsClient::from(aws_sdk_sts::Client::from_conf(config.build()))
    }

    fn sdk_config(&self) -> SdkConfig {
        let mut config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url("http://127.0.0.1:1")
            .region(Region::new("eu-central-1"))
            .http_client(plain_http())
            .retry_config(RetryConfig::disabled())
            .credentials_provider(keys("AKIAEXAMPLE", "planted", None));
        (self.change)(&mut config);
        config.build()
    }
}

/// The service gives a wrong response at each of its paths, and none at `/silent`. Of the one with
/// TLS nobody has the certificate.
pub(crate) fn ways(service: &str, tls: &str) -> Vec<Broken> {
    use ErrorKind::{
        ConnectionFailed, InvalidConfiguration, MalformedResponse, ServiceUnavailable, Throttled,
        TimedOut,
    };
    let unsigned = |name, kind, says, change: fn(&mut Builder)| Broken {
        name,
        change: Box::new(change),
        change_client: |config| config,
        call_timeout: Duration::from_secs(30),
        kind,
        says,
        only_signed: false,
    };
    let at = |path: &'static str, kind, says| {
        let endpoint = format!("{service}{path}");
        Broken {
            change: Box::new(move |config| url(config, &endpoint)),
            ..unsigned(path, kind, says, |_| {})
        }
    };
    let setting = |name, says, change| unsigned(name, InvalidConfiguration, says, change);
    let client =
        |name, says, change_client| Broken { change_client, ..setting(name, says, |_| {}) };
    let over = |name, says, http_client: SharedHttpClient, endpoint: String| Broken {
        change: Box::new(move |config| {
            config.set_http_client(Some(http_client.clone()));
            url(config, &endpoint);
        }),
        ..unsigned(name, ConnectionFailed, says, |_| {})
    };
    let (no_roots, proxy) = (https::without_roots(), https::through_proxy(service));
    let key = |name, says, change| Broken { only_signed: true, ..setting(name, says, change) };
    vec![
        at("/redirect", MalformedResponse, "(HTTP 302), which is not followed: set endpoint_url"),
        at("/html", MalformedResponse, "(HTTP 200): this does not look like STS"),
        at("/json", MalformedResponse, "(HTTP 403): this does not look like STS"),
        at("/cut", MalformedResponse, "(HTTP 200): this does not look like STS"),
        at("/outage", ServiceUnavailable, "(HTTP 503): this does not look like STS"),
        at("/throttle", Throttled, "(HTTP 429): this does not look like STS"),
        Broken {
            call_timeout: Duration::from_millis(200),
            ..at("/silent", TimedOut, "within 200ms")
        },
        unsigned("nobody listens", ConnectionFailed, "http://127.0.0.1:1 for", |_| {}),
        unsigned("a host that does not exist", ConnectionFailed, "cannot be resolved", |config| {
            url(config, "http://sts.invalid:1");
        }),
        unsigned("an HTTP client's I/O error", ConnectionFailed, "before a response to", |c| {
            c.set_http_client(Some(Indiscreet::Io.client()));
        }),
        unsigned("an HTTP client's timeout", TimedOut, "did not respond to", |c| {
            c.set_http_client(Some(Indiscreet::Timeout.client()));
        }),
        unsigned("a closed connection", ConnectionFailed, "closed the connection", |c| {
            c.set_http_client(Some(Indiscreet::Transient.client()));
        }),
        over("no root certificate", "is not trusted (UnknownIssuer)", no_roots.clone(), tls.into()),
        over(
            "a port without TLS",
            "does not speak TLS",
            no_roots,
            service.replace("http", "https"),
        ),
        over("a proxy's refusal", "the proxy refused", proxy.clone(), REFUSED.into()),
        over("a proxy's question", "the proxy wants a user name", proxy, PASSWORD.into()),
        setting("an HTTP client's refusal", "cannot send", |c| {
            c.set_http_client(Some(Indiscreet::User.client()));
        }),
        setting("another error of an HTTP client", "cannot send", |c| {
            c.set_http_client(Some(Indiscreet::Other.client()));
        }),
        setting("an endpoint without scheme", "has no scheme", |c| url(c, "localhost:4566")),
        setting("an address without scheme", "has no scheme", |c| url(c, "127.0.0.1:1")),
        setting("a blank behind", "white space", |c| url(c, "http://127.0.0.1:1 ")),
        setting("a line end behind", "white space", |c| url(c, "http://127.0.0.1:1\n")),
        setting("a password", "user name or password", |c| url(c, "http://u:planted@127.0.0.1:1")),
        setting("a query", "a query", |c| url(c, "http://127.0.0.1:1/?sig=planted")),
        setting("another scheme", "neither https nor http", |c| url(c, "ftp://127.0.0.1:1")),
        setting("no host", "no valid host", |c| url(c, "http://")),
        setting("no TLS", "TLS", |c| url(c, "https://127.0.0.1:1")),
        setting("FIPS", "use_fips_endpoint", |c| {
            c.set_use_fips(Some(true));
        }),
        setting("dual stack", "use_dualstack_endpoint", |c| {
            c.set_use_dual_stack(Some(true));
        }),
        setting("no region", "set AWS_REGION", |c| {
            c.set_region(None);
        }),
        setting("a quoted region", "invalid AWS region", |c| {
            c.set_region(Some(Region::new("\"us-west-2\"")));
        }),
        setting("a region with a comment", "invalid AWS region", |c| {
            c.set_region(Some(Region::new("us-west-2 # prod")));
        }),
        setting("no HTTP client", "no HTTP client", |c| {
            c.set_http_client(None);
        }),
        client("a failing interceptor", "an interceptor of the AWS SDK configuration", |c| {
            c.interceptor(Failing)
        }),
        client("a resolver's failure", "could not build the request", |c| {
            c.endpoint_resolver(Resolver(None, None))
        }),
        client("a resolved endpoint without scheme", "found no endpoint", |c| {
            c.endpoint_resolver(Resolver(Some("planted:1"), None))
        }),
        client("a resolved password", "user name or password", |c| {
            c.endpoint_resolver(Resolver(Some("http://u:planted@127.0.0.1:1"), None))
        }),
        // The SDK leaves the query out.
        Broken {
            kind: ConnectionFailed,
            ..client("a resolved query", "http://127.0.0.1:1 for", |c| {
                c.endpoint_resolver(Resolver(Some("http://127.0.0.1:1/?sig=planted"), None))
            })
        },
        client("a resolved header", "HTTP header", |c| {
            c.endpoint_resolver(Resolver(Some("http://127.0.0.1:1"), Some("planted\n")))
        }),
        key("no credentials provider", "no credentials to sign with", |c| {
            c.set_credentials_provider(None);
        }),
        key("a line end in the key id", "access key id", |c| {
            c.set_credentials_provider(Some(keys("AKIAEXAMPLE\n", "planted", None)));
        }),
        key("a return in the key id", "access key id", |c| {
            c.set_credentials_provider(Some(keys("AKIAEXAMPLE\r", "planted", None)));
        }),
        key("a line end in the secret", "secret access key", |c| {
            c.set_credentials_provider(Some(keys("AKIAEXAMPLE", "planted\n", None)));
        }),
        key("a line end in the token", "session token", |c| {
            c.set_credentials_provider(Some(keys("ASIAEXAMPLE", "planted", Some("planted\r\n"))));
        }),
        key("a token that is not ASCII", "session token", |c| {
            c.set_credentials_provider(Some(keys("ASIAEXAMPLE", "planted", Some("plantéd"))));
        }),
    ]
}

const REFUSED: &str = "https://refused.invalid";
const PASSWORD: &str = "https://password.invalid";

fn url(config: &mut Builder, url: &str) {
    config.set_endpoint_url(Some(url.to_owned()));
}

fn keys(id: &str, secret: &str, token: Option<&str>) -> SharedCredentialsProvider {
    let token = token.map(str::to_owned);
    SharedCredentialsProvider::new(Credentials::new(id, secret, token, None, "test"))
}

fn plain_http() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new().build_http()
}
