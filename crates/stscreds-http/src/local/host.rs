use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use bytes::Bytes;
use http::header::HOST;
use http::uri::Authority;
use http::{HeaderValue, Request, Uri};
use stscreds_core::{Error, ErrorKind};

/// Where credentials are given out: over `https` anywhere, over plain `http` on this
/// machine and at the addresses that AWS uses for it.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    uri: Uri,
    /// Of plain `http`, where the address has to be checked.
    plain: Option<Plain>,
}

#[derive(Debug, Clone)]
struct Plain {
    host: String,
    port: u16,
}

impl Endpoint {
    /// `setting` names what the URL was given by; the URL itself is not repeated.
    pub(crate) fn parse(setting: &str, url: &str) -> Result<Self, Error> {
        let refused = |fault: &str| {
            Error::new(ErrorKind::InvalidConfiguration, format!("invalid {setting}: {fault}"))
        };
        let uri: Uri = url.parse().map_err(|_error| refused("it is not a URL"))?;
        let scheme = uri.scheme_str().unwrap_or_default();
        let Some(authority) = uri.authority().filter(|_| matches!(scheme, "http" | "https")) else {
            return Err(refused("it must begin with http:// or https://"));
        };
        if authority.as_str().contains('@') {
            return Err(refused("remove the user name and password"));
        }
        let has_port = authority.as_str() != authority.host();
        if authority.host().is_empty() || has_port != authority.port_u16().is_some() {
            return Err(refused("it has no host, or a port that is not one"));
        }
        let plain = (scheme == "http").then(|| Plain {
            host: authority.host().trim_matches(['[', ']']).to_owned(),
            port: authority.port_u16().unwrap_or(80),
        });
        // A name is checked when it has been resolved.
        if let Some(address) = plain.as_ref().and_then(|plain| plain.host.parse().ok()) {
            check(setting, address)?;
        }
        Ok(Self { uri, plain })
    }

    /// `scheme://host:port` for an error: no path, no query.
    pub(crate) fn shown(&self) -> String {
        let authority = self.uri.authority().map(Authority::as_str).unwrap_or_default();
        format!("{}://{authority}", self.uri.scheme_str().unwrap_or_default())
    }

    /// A request to a path below the endpoint, or to the endpoint itself.
    ///
    /// A name of plain `http` is resolved here, its address checked, and the request
    /// sent to that very address.
    pub(crate) async fn request(&self, path: Option<&str>) -> Result<Request<Bytes>, Error> {
        let mut parts = self.uri.clone().into_parts();
        if let Some(path) = path {
            let path = format!("{}{path}", self.uri.path().trim_end_matches('/'));
            parts.path_and_query = Some(path.parse().map_err(|_error| malformed_path())?);
        }
        let host = parts.authority.as_ref().map(Authority::as_str).unwrap_or_default();
        let host = HeaderValue::from_str(host).map_err(|_error| malformed_path())?;
        if let Some(plain) = &self.plain {
            let address = plain.address().await?;
            parts.authority = Some(address.to_string().parse().map_err(|_error| malformed_path())?);
        }
        let uri = Uri::from_parts(parts).map_err(|_error| malformed_path())?;
        let mut request = Request::new(Bytes::new());
        *request.uri_mut() = uri;
        request.headers_mut().insert(HOST, host);
        Ok(request)
    }
}

impl Plain {
    async fn address(&self) -> Result<SocketAddr, Error> {
        let Self { host, port } = self;
        if let Ok(address) = host.parse() {
            return Ok(SocketAddr::new(address, *port));
        }
        let found = tokio::net::lookup_host((host.as_str(), *port)).await.map_err(|error| {
            Error::new(ErrorKind::ConnectionFailed, format!("cannot resolve {host}"))
                .with_source(error)
        })?;
        let found: Vec<SocketAddr> = found.collect();
        let allowed = found.iter().find(|address| is_allowed(address.ip()));
        match (allowed, found.first()) {
            (Some(address), _) => Ok(*address),
            (None, Some(other)) => {
                Err(check(host, other.ip()).err().unwrap_or_else(malformed_path))
            }
            (None, None) => {
                Err(Error::new(ErrorKind::ConnectionFailed, format!("{host} has no address")))
            }
        }
    }
}

/// That credentials may come over plain `http` from this address.
fn check(setting: &str, address: IpAddr) -> Result<(), Error> {
    if is_allowed(address) {
        return Ok(());
    }
    let what = format!(
        "{setting} leads to {address}: credentials come over plain http from loopback, 169.254.169.254, \
         169.254.170.2, 169.254.170.23, fd00:ec2::23 and fd00:ec2::254 only; use https"
    );
    Err(Error::new(ErrorKind::InvalidConfiguration, what))
}

/// Loopback, instance metadata, ECS, and the EKS pod identity agent.
fn is_allowed(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_loopback() || V4.contains(&v4),
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => v4.is_loopback() || V4.contains(&v4),
            None => v6.is_loopback() || V6.contains(&v6),
        },
    }
}

const V4: [Ipv4Addr; 3] = [
    Ipv4Addr::new(169, 254, 169, 254),
    Ipv4Addr::new(169, 254, 170, 2),
    Ipv4Addr::new(169, 254, 170, 23),
];

const V6: [Ipv6Addr; 2] = [
    Ipv6Addr::new(0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x23),
    Ipv6Addr::new(0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x254),
];

fn malformed_path() -> Error {
    Error::new(ErrorKind::InvalidConfiguration, "the path of the credentials is not that of a URL")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_leads_to_this_machine_and_to_the_addresses_of_aws() {
        for right in [
            "http://127.0.0.1:9/x",
            "http://127.9.9.9/",
            "http://[::1]:9/",
            "http://[::ffff:127.0.0.1]/",
            "http://169.254.169.254",
            "http://169.254.170.2/v2/credentials/x",
            "http://169.254.170.23/v1/credentials",
            "http://[fd00:ec2::23]/v1/credentials",
            "http://[fd00:ec2::254]",
            "http://localhost:9/",
            "https://anywhere.example/",
            "https://10.0.0.1/",
        ] {
            assert!(Endpoint::parse("X", right).is_ok(), "{right}");
        }
        for wrong in [
            "http://10.0.0.1/",
            "http://169.254.170.3/",
            "http://169.254.169.253/",
            "http://0.0.0.0/",
            "http://[fd00:ec2::24]/",
            "http://[::ffff:10.0.0.1]/",
            "http://8.8.8.8/",
            "planted",
            "//planted",
            "ftp://127.0.0.1/",
            "http://planted@127.0.0.1/",
            "http://",
            "http://127.0.0.1:99999/",
            "http://127.0.0.1:/",
            "http://127.0.0.1\r\nplanted",
        ] {
            let error = Endpoint::parse("AWS_X", wrong).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidConfiguration, "{wrong}");
            assert!(error.to_string().contains("AWS_X"), "{error}");
            assert!(!format!("{error:?}").contains("planted"), "{error:?}");
        }
    }

    #[tokio::test]
    async fn a_name_is_resolved_checked_and_the_request_sent_to_its_address() {
        let endpoint = Endpoint::parse("X", "http://localhost:9/base/").unwrap();

        let request = endpoint.request(Some("/path?q")).await.unwrap();

        let host = request.uri().host().unwrap();
        assert!(["127.0.0.1", "[::1]"].contains(&host), "{host}");
        assert_eq!(request.headers()["host"], "localhost:9");
        assert_eq!(request.uri().path_and_query().unwrap(), "/base/path?q");
    }
}
