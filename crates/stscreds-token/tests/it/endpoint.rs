use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A real server on this machine that hands out what a test tells it to.
pub struct Endpoint {
    pub address: SocketAddr,
    seen: Arc<Mutex<Vec<Request>>>,
}

impl Endpoint {
    /// Answers each request, numbered from 1, with what this makes of its number.
    pub async fn answering<R: IntoResponse>(
        answer: impl Fn(usize) -> R + Clone + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen: Arc<Mutex<Vec<Request>>> = Arc::default();
        let noted = Arc::clone(&seen);
        let router = Router::new().fallback(move |request: Request| {
            let mut noted = noted.lock().unwrap();
            noted.push(request);
            let response: Response = answer(noted.len()).into_response();
            async move { response }
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, seen }
    }

    /// Answers every request with these bytes and hangs up.
    pub async fn saying(bytes: impl Into<Vec<u8>>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let bytes = bytes.into();
        tokio::spawn(async move {
            while let Ok((mut connection, _)) = listener.accept().await {
                let _request = connection.read(&mut [0; 4096]).await;
                let _sent = connection.write_all(&bytes).await;
            }
        });
        Self { address, seen: Arc::default() }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The one request there was, as address and value of a header.
    pub fn only(&self, header: &str) -> (String, String) {
        let seen = self.seen.lock().unwrap();
        assert_eq!(seen.len(), 1, "exactly one request");
        let value = seen[0].headers().get(header).map(|value| value.to_str().unwrap().to_owned());
        (seen[0].uri().to_string(), value.unwrap_or_default())
    }

    pub fn count(&self) -> usize {
        self.seen.lock().unwrap().len()
    }
}
