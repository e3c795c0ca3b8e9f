use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio::sync::OnceCell;

use crate::{HttpError, HttpErrorKind};

/// The certificate authorities to trust, read when they are first needed.
#[derive(Debug)]
pub(super) struct Roots {
    bundle: Option<PathBuf>,
    config: OnceCell<Arc<ClientConfig>>,
}

impl Roots {
    pub(super) fn new(bundle: Option<PathBuf>) -> Self {
        Self { bundle, config: OnceCell::new() }
    }

    /// The TLS configuration; a failure is not kept.
    pub(super) async fn config(&self) -> Result<Arc<ClientConfig>, HttpError> {
        let config =
            self.config.get_or_try_init(|| async {
                let bundle = self.bundle.clone();
                // A few hundred kilobytes of files, off the executor.
                match tokio::task::spawn_blocking(move || read(bundle.as_deref())).await {
                    Ok(config) => config,
                    Err(gone) => Err(refused("reading the system's certificates was cancelled")
                        .with_source(gone)),
                }
            });
        config.await.cloned()
    }
}

fn read(bundle: Option<&Path>) -> Result<Arc<ClientConfig>, HttpError> {
    let mut roots = RootCertStore::empty();
    let native = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(native.certs);
    if let Some(path) = bundle {
        add_bundle(&mut roots, path)?;
    }
    if roots.is_empty() {
        add_compiled_in(&mut roots);
    }
    if roots.is_empty() {
        let error = refused(
            "no certificate authority to trust: the system has no CA certificates and AWS_CA_BUNDLE names none; \
             install the ca-certificates package, set AWS_CA_BUNDLE or SSL_CERT_FILE to a PEM file, \
             or build with the feature `webpki-roots`",
        );
        return Err(match native.errors.into_iter().next() {
            Some(cause) => error.with_source(cause),
            None => error,
        });
    }
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| refused("rustls has no TLS version to speak").with_source(error))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

fn add_bundle(roots: &mut RootCertStore, path: &Path) -> Result<(), HttpError> {
    let place = path.display();
    let certificates = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| {
            refused(format!("cannot read the CA bundle {place}")).with_source(error)
        })?;
    if certificates.is_empty() {
        return Err(refused(format!("the CA bundle {place} has no certificate in PEM form")));
    }
    for certificate in certificates {
        roots.add(certificate).map_err(|error| {
            let what = format!("the CA bundle {place} has a certificate that is not usable");
            refused(what).with_source(error)
        })?;
    }
    Ok(())
}

#[cfg(feature = "webpki-roots")]
fn add_compiled_in(roots: &mut RootCertStore) {
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
}

#[cfg(not(feature = "webpki-roots"))]
fn add_compiled_in(_roots: &mut RootCertStore) {}

fn refused(what: impl Into<std::borrow::Cow<'static, str>>) -> HttpError {
    HttpError::new(HttpErrorKind::Configuration, what)
}
