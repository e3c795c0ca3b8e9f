use std::io;
use std::time::Duration;

use clap::Args;
use fake_sts::oidc::{Fetch as _, HttpFetch};

use super::Failure;

/// How long a server that lives may take to say so.
const PATIENCE: Duration = Duration::from_secs(3);

#[derive(Debug, Args)]
pub(super) struct Question {
    /// The endpoint, as the server told it when it started. By default the port of `FAKE_STS_PORT` on this machine.
    url: Option<String>,

    #[arg(long, hide = true, env = "FAKE_STS_PORT")]
    port: Option<u16>,

    #[cfg(all(feature = "tls", feature = "https"))]
    #[command(flatten)]
    tls: tls::Trust,
}

pub(super) fn ask(question: &Question) -> Result<(), Failure> {
    let endpoint = question.endpoint()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let url = format!("{}/_fake-sts/health", endpoint.trim_end_matches('/'));
    let thumbprints = question.thumbprints()?;
    let answer = HttpFetch::default().timeout(PATIENCE);
    runtime.block_on(answer.fetch(&url, &thumbprints)).map_err(|fault| {
        Failure::prevented(io::Error::other(format!("no fake-sts answers on {endpoint}: {fault}")))
    })?;
    Ok(())
}

impl Question {
    fn endpoint(&self) -> Result<String, Failure> {
        match (&self.url, self.port) {
            (Some(url), _) if is_endpoint(url) => Ok(url.clone()),
            (Some(url), _) => Err(Failure::unusable(format!(
                "`{}` is no endpoint; write one such as http://127.0.0.1:4566",
                url.escape_debug()
            ))),
            (None, Some(port)) => Ok(format!("{}://127.0.0.1:{port}", self.scheme())),
            (None, None) => Err(Failure::unusable(
                "say which server: `fake-sts health http://127.0.0.1:4566`, or set FAKE_STS_PORT",
            )),
        }
    }

    #[cfg(not(all(feature = "tls", feature = "https")))]
    fn scheme(&self) -> &'static str {
        "http"
    }

    #[cfg(not(all(feature = "tls", feature = "https")))]
    fn thumbprints(&self) -> Result<Vec<String>, Failure> {
        Ok(Vec::new())
    }
}

fn is_endpoint(url: &str) -> bool {
    let host = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
    host.is_some_and(|host| !host.is_empty())
}

/// Asking a server that speaks HTTPS.
#[cfg(all(feature = "tls", feature = "https"))]
mod tls {
    use std::fs;
    use std::path::PathBuf;

    use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
    use clap::Args;
    use data_encoding::HEXLOWER;
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject as _;

    use super::{Failure, Question};

    #[derive(Debug, Args)]
    pub(super) struct Trust {
        /// The certificate that the server wrote when it started, if it speaks HTTPS.
        #[arg(long, value_name = "FILE", env = "FAKE_STS_TLS_CERT")]
        tls_cert: Option<PathBuf>,

        #[arg(long, hide = true, env = "FAKE_STS_TLS")]
        tls: bool,
    }

    impl Question {
        pub(super) fn scheme(&self) -> &'static str {
            if self.tls.tls { "https" } else { "http" }
        }

        /// How certificates are pinned for OIDC issuers, which serves as well here.
        pub(super) fn thumbprints(&self) -> Result<Vec<String>, Failure> {
            let Some(path) = &self.tls.tls_cert else { return Ok(Vec::new()) };
            // A server without HTTPS has written none.
            let pem = fs::read(path).unwrap_or_default();
            let certificates = CertificateDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, _>>();
            let of = |certificate| digest(&SHA1_FOR_LEGACY_USE_ONLY, certificate);
            let certificates = certificates.map_err(|_| {
                Failure::unusable(format!("there is no certificate in {}", path.display()))
            })?;
            Ok(certificates
                .iter()
                .map(|certificate| HEXLOWER.encode(of(certificate).as_ref()))
                .collect())
        }
    }
}
