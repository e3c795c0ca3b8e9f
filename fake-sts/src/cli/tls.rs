use std::net::IpAddr;
use std::path::PathBuf;
use std::{fs, io};

use fake_sts::FakeStsBuilder;
use fake_sts::tls::Tls;

use super::Failure;
use super::arguments::TlsInput;

#[derive(Debug, thiserror::Error)]
#[error("cannot read {}", path.display())]
struct Unreadable {
    path: PathBuf,
    source: io::Error,
}

/// The server with HTTPS, if that was asked for.
pub(super) fn added(
    builder: FakeStsBuilder,
    host: IpAddr,
    input: &TlsInput,
) -> Result<FakeStsBuilder, Failure> {
    let tls = match input.tls_identity.as_deref() {
        Some([certificates, key]) => Tls::from_pem(&read(certificates)?, &read(key)?),
        _ if input.tls => Tls::generate_for([&host.to_string()].into_iter().chain(&input.tls_name)),
        _ => return Ok(builder),
    };
    Ok(builder.tls(tls.map_err(Failure::unusable)?))
}

fn read(path: &PathBuf) -> Result<String, Failure> {
    fs::read_to_string(path)
        .map_err(|source| Failure::unusable(Unreadable { path: path.clone(), source }))
}
