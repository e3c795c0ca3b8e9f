use std::net::SocketAddr;

/// From where a request came, if over a socket. The server puts it among the extensions of each request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) SocketAddr);
