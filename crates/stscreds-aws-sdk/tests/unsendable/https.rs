//! HTTP clients with TLS, and with a proxy in front of it.

use aws_sdk_sts::config::SharedHttpClient;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Builder, Connector};

/// It trusts nobody.
pub(crate) fn without_roots() -> SharedHttpClient {
    Builder::new().tls_provider(rustls()).tls_context(no_roots()).build_https()
}

/// The same, through a proxy with a user name and password.
pub(crate) fn through_proxy(url: &str) -> SharedHttpClient {
    let proxy = ProxyConfig::all(url).unwrap().with_basic_auth("planted", "planted");
    Builder::new().build_with_connector_fn(move |_, _| {
        Connector::builder()
            .proxy_config(proxy.clone())
            .tls_provider(rustls())
            .tls_context(no_roots())
            .build()
    })
}

fn rustls() -> Provider {
    Provider::Rustls(CryptoMode::AwsLc)
}

fn no_roots() -> TlsContext {
    TlsContext::builder().with_trust_store(TrustStore::empty()).build().unwrap()
}
