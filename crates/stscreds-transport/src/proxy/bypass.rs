use std::net::IpAddr;

/// The hosts of `NO_PROXY`.
#[derive(Debug, Clone, Default)]
pub(super) struct Bypass(Vec<Entry>);

#[derive(Debug, Clone)]
struct Entry {
    hosts: Hosts,
    /// Any port if `None`.
    port: Option<u16>,
}

#[derive(Debug, Clone)]
enum Hosts {
    All,
    /// A name and its subdomains.
    Domain(String),
    /// An address, and how many of its bits count.
    Network(IpAddr, u8),
}

impl Bypass {
    pub(super) fn of(list: &str) -> Self {
        let texts = list.split([',', ' ', '\t']).map(str::trim).filter(|text| !text.is_empty());
        Self(texts.map(Entry::of).collect())
    }

    pub(super) fn covers(&self, host: &str, port: u16) -> bool {
        self.0.iter().any(|entry| entry.port.is_none_or(|p| p == port) && entry.hosts.cover(host))
    }
}

impl Entry {
    fn of(text: &str) -> Self {
        if text == "*" {
            return Self { hosts: Hosts::All, port: None };
        }
        if let Some(network) = network(text) {
            return Self { hosts: network, port: None };
        }
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) if port.parse::<u16>().is_ok() => (host, port.parse().ok()),
            _ => (text, None),
        };
        let hosts = network(host.trim_matches(['[', ']'])).unwrap_or_else(|| {
            let name = host.trim_start_matches('*').trim_matches('.');
            Hosts::Domain(name.to_ascii_lowercase())
        });
        Self { hosts, port }
    }
}

impl Hosts {
    /// Whether these include a host, given in lower case and without brackets.
    fn cover(&self, host: &str) -> bool {
        match self {
            Self::All => true,
            Self::Domain(domain) => host
                .trim_end_matches('.')
                .strip_suffix(domain.as_str())
                .is_some_and(|rest| !domain.is_empty() && (rest.is_empty() || rest.ends_with('.'))),
            Self::Network(network, bits) => {
                host.parse().is_ok_and(|address| is_within(address, *network, *bits))
            }
        }
    }
}

/// `10.0.0.1`, `fd00::1` or `10.0.0.0/8`.
fn network(text: &str) -> Option<Hosts> {
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address, Some(bits.parse::<u8>().ok()?)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let all = if address.is_ipv4() { 32 } else { 128 };
    Some(Hosts::Network(address, bits.unwrap_or(all))).filter(|_| bits.is_none_or(|b| b <= all))
}

fn is_within(address: IpAddr, network: IpAddr, bits: u8) -> bool {
    let same = |a: u128, b: u128, width: u8| {
        let ignored = u32::from(width.saturating_sub(bits));
        a.checked_shr(ignored).unwrap_or(0) == b.checked_shr(ignored).unwrap_or(0)
    };
    match (address, network) {
        (IpAddr::V4(a), IpAddr::V4(b)) => same(a.to_bits().into(), b.to_bits().into(), 32),
        (IpAddr::V6(a), IpAddr::V6(b)) => same(a.to_bits(), b.to_bits(), 128),
        _ => false,
    }
}

/// Whether a host is this machine, or a link-local address at which AWS gives out
/// credentials.
pub(super) fn is_local(host: &str) -> bool {
    if host == "localhost" || host.ends_with(".localhost") {
        return true;
    }
    match host.parse() {
        Ok(IpAddr::V4(v4)) => v4.is_loopback() || v4.is_link_local(),
        Ok(IpAddr::V6(v6)) => {
            v6.is_loopback() || v6.is_unicast_link_local() || v6.segments()[..2] == [0xfd00, 0x0ec2]
        }
        Err(_not_an_address) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(list: &str, covered: &[&str], others: &[&str]) {
        let bypass = Bypass::of(list);
        let covers = |host: &str| {
            let (host, port) = host.rsplit_once('#').unwrap_or((host, "443"));
            bypass.covers(host, port.parse().unwrap())
        };
        for host in covered {
            assert!(covers(host), "{list:?} covers {host}");
        }
        for host in others {
            assert!(!covers(host), "{list:?} does not cover {host}");
        }
    }

    #[test]
    fn names_cover_themselves_and_their_subdomains() {
        for list in ["amazonaws.com", ".amazonaws.com", "*.amazonaws.com", "x, AmazonAWS.com ,y"] {
            check(
                list,
                &["amazonaws.com", "sts.eu-central-1.amazonaws.com", "sts.amazonaws.com."],
                &["evilamazonaws.com", "amazonaws.com.evil", "com", "10.0.0.1"],
            );
        }
        check("", &[], &["x", "10.0.0.1"]);
        check(",., ,", &[], &["x", "10.0.0.1"]);
        check("*", &["x", "10.0.0.1", "::1"], &[]);
    }

    #[test]
    fn addresses_networks_and_ports_count() {
        check("10.1.2.3", &["10.1.2.3"], &["10.1.2.4", "x"]);
        check("10.0.0.0/8", &["10.0.0.1", "10.255.1.1"], &["11.0.0.1", "::1"]);
        check("0.0.0.0/0", &["1.2.3.4"], &["::1", "x"]);
        check("fd00::/8", &["fd12::1"], &["fe00::1", "10.0.0.1"]);
        check("::/0", &["fd12::1"], &["10.0.0.1"]);
        check("h:8443", &["h#8443", "a.h#8443"], &["h", "h#80"]);
        check("10.1.2.3:80", &["10.1.2.3#80"], &["10.1.2.3"]);
        check("[fd00::1]:80", &["fd00::1#80"], &["fd00::1"]);
        check("10.0.0.0/33", &[], &["10.0.0.1"]);
    }
}
