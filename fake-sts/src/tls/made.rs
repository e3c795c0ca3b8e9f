use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};

use super::{Tls, TlsError};
use crate::clock::real_time;

/// What every certificate is for.
const NAMES: [&str; 4] = ["localhost", "127.0.0.1", "::1", "sts.amazonaws.com"];

/// Some clients trust no certificate of more than 398.
const VALIDITY_IN_DAYS: u32 = 397;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// An authority and a certificate of its, as two: strict clients refuse an authority in the place of a server.
pub(super) fn certified(names: Vec<String>) -> Result<Tls, TlsError> {
    if let Some(impossible) = names.iter().find(|name| !is_possible(name)) {
        return Err(TlsError::Name(impossible.clone()));
    }
    let authority_key = KeyPair::generate().map_err(TlsError::making)?;
    let mut authority = parameters(Vec::new(), "fake-sts authority")?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let root = authority.self_signed(&authority_key).map_err(TlsError::making)?;
    let issuer = Issuer::new(authority, authority_key);

    let key = KeyPair::generate().map_err(TlsError::making)?;
    let names = NAMES.map(str::to_owned).into_iter().chain(names).collect();
    let mut server = parameters(names, "fake-sts")?;
    server.use_authority_key_identifier_extension = true;
    server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let certificate = server.signed_by(&key, &issuer).map_err(TlsError::making)?;

    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    // The authority is sent along for those who pin it by its thumbprint, as IAM does with issuers.
    Tls::new(vec![certificate.der().clone(), root.der().clone()], key, &root.pem())
}

fn is_possible(name: &str) -> bool {
    ServerName::try_from(name.strip_prefix("*.").unwrap_or(name)).is_ok()
}

fn parameters(names: Vec<String>, common_name: &str) -> Result<CertificateParams, TlsError> {
    let mut parameters = CertificateParams::new(names).map_err(TlsError::making)?;
    parameters.distinguished_name.push(DnType::CommonName, common_name);
    // Clients check it by their own clocks, so this is real time, whatever the virtual clock shows.
    let now = Duration::from_secs(u64::try_from(real_time().as_second()).unwrap_or(0));
    parameters.not_before = date_time_ymd(1970, 1, 1) + now.saturating_sub(DAY);
    parameters.not_after = parameters.not_before + DAY * VALIDITY_IN_DAYS;
    Ok(parameters)
}
