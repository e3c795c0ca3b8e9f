use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// From where a request came, if over a socket. The server puts it among the extensions of each request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    /// How the connection is encrypted, if it is.
    pub(crate) tls: Option<TlsSession>,
}

/// What client and server agreed on, in the words of CloudTrail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TlsSession {
    /// Such as `TLSv1.3`.
    pub(crate) version: &'static str,
    /// Such as `TLS_AES_128_GCM_SHA256`.
    pub(crate) cipher_suite: &'static str,
    /// Such as `X25519MLKEM768`.
    pub(crate) key_exchange: Option<&'static str>,
}

/// A call without a socket is one from this machine: policies and records on the source of a call mean the same with and without one.
pub(crate) fn source_ip(peer: Option<Peer>) -> IpAddr {
    peer.map_or(Ipv4Addr::LOCALHOST.into(), |peer| peer.address.ip())
}
