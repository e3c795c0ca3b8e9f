use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use http::uri::Authority;
use stscreds_core::{Credentials, Error, ErrorKind, SecretString, Timestamp};

use super::StsHttpClient;
use super::attempt::header;
use crate::sigv4::{Scope, Unsigned, presigned_query};

/// A `GET` of `GetCallerIdentity` that anybody can send who has its URL: a proof of who
/// signed it.
///
/// `Debug` redacts the URL.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PresignedRequest {
    /// The URL, signature included.
    pub url: SecretString,
    /// The headers to send it with, exactly so.
    pub headers: Vec<(String, String)>,
    /// When STS no longer accepts it.
    pub expires_at: Timestamp,
}

impl StsHttpClient {
    /// Signs a request of `GetCallerIdentity` without sending it, for a server that
    /// learns from STS who the caller is.
    ///
    /// The headers are signed as well: give one that names the server, so that it can
    /// tell requests for itself from those for another. Names are in lower case.
    ///
    /// # Errors
    ///
    /// That of the credentials, and
    /// [`InvalidConfiguration`](ErrorKind::InvalidConfiguration) without credentials,
    /// for a header that HTTP does not allow, and for a lifetime that is not 1 s to 15
    /// minutes, for which STS accepts a signature.
    ///
    /// # Cancel safety
    ///
    /// Nothing is sent.
    pub async fn presigned_caller_identity(
        &self,
        headers: &[(&str, &str)],
        expires_in: Duration,
    ) -> Result<PresignedRequest, Error> {
        let refused = |what: String| Error::new(ErrorKind::InvalidConfiguration, what);
        if !(1..=900).contains(&expires_in.as_secs()) {
            return Err(refused(format!(
                "a presigned request is valid for 1 s to 15 minutes, not {expires_in:?}"
            )));
        }
        for (name, value) in headers {
            let is_name = http::HeaderName::from_lowercase(name.as_bytes()).is_ok();
            if !is_name || *name == "host" {
                return Err(refused(format!("{name:?} is not the name of a header in lower case")));
            }
            header(&format!("the header {name}"), value)?;
        }
        let credentials = self.presigner().await?;
        let endpoint = &self.0.endpoint;
        let uri = endpoint.uri();
        let authority = uri.authority().map(Authority::as_str).unwrap_or_default();
        let at = self.0.offset.applied(self.0.clock.now());
        let mut signed = vec![("host", authority)];
        signed.extend_from_slice(headers);
        let unsigned =
            Unsigned { method: "GET", path: uri.path(), query: QUERY, headers: &signed, body: b"" };
        let scope = Scope::new(endpoint.signing_region(), "sts", at);
        let query = presigned_query(&unsigned, &scope, &credentials, expires_in);
        let scheme = uri.scheme_str().unwrap_or_default();
        let url = format!("{scheme}://{authority}{}?{}", uri.path(), query.as_str());
        let expiry = at + expires_in;
        Ok(PresignedRequest {
            url: SecretString::from(url),
            headers: headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect(),
            // A signature dies with the session that made it.
            expires_at: credentials.expires_at().map_or(expiry, |session| session.min(expiry)),
        })
    }

    /// A bearer token for the Kubernetes API of an
    /// [EKS cluster](https://docs.aws.amazon.com/eks/latest/userguide/cluster-auth.html),
    /// and until when to use it: 14 minutes, as `aws eks get-token` has it.
    ///
    /// # Errors
    ///
    /// As [`presigned_caller_identity`](Self::presigned_caller_identity).
    ///
    /// # Cancel safety
    ///
    /// Nothing is sent.
    pub async fn eks_token(&self, cluster: &str) -> Result<(SecretString, Timestamp), Error> {
        let headers = [("x-k8s-aws-id", cluster)];
        let request = self.presigned_caller_identity(&headers, EKS_SIGNATURE).await?;
        let encoded = BASE64_URL_SAFE_NO_PAD.encode(request.url.expose());
        // EKS accepts a token for 15 minutes after its signature, whatever X-Amz-Expires says.
        let expiry = self.0.offset.applied(self.0.clock.now()) + EKS_LIFETIME;
        let session = request.expires_at.since(self.0.clock.now()) < EKS_SIGNATURE;
        let expiry = if session { request.expires_at } else { expiry };
        Ok((SecretString::from(format!("k8s-aws-v1.{encoded}")), expiry))
    }

    async fn presigner(&self) -> Result<Credentials, Error> {
        let Some(provider) = &self.0.credentials else {
            let what = "a presigned request must be signed, and this client has no credentials";
            return Err(Error::new(ErrorKind::InvalidConfiguration, what));
        };
        let credentials = provider.credentials().await;
        credentials.map_err(|error| error.with_context("no credentials to presign a request with"))
    }
}

const QUERY: &str = "Action=GetCallerIdentity&Version=2011-06-15";

const EKS_SIGNATURE: Duration = Duration::from_secs(60);

const EKS_LIFETIME: Duration = Duration::from_secs(14 * 60);
