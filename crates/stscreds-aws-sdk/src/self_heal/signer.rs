use aws_smithy_runtime_api::client::orchestrator::HttpRequest;

/// The access key id that a request is signed with: in its `Authorization` header, or
/// in its query if it is presigned. `None` for what is not signed with Signature
/// Version 4.
pub(super) fn access_key_id_of(request: &HttpRequest) -> Option<String> {
    let in_header = request.headers().get("authorization").and_then(in_authorization);
    in_header.or_else(|| in_query(request.uri())).map(str::to_owned)
}

/// `AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-west-1/s3/aws4_request, ..`, or the
/// same of the asymmetric algorithm.
fn in_authorization(header: &str) -> Option<&str> {
    let parameters = header.strip_prefix("AWS4-")?;
    let (_, credential) = parameters.split_once("Credential=")?;
    credential.split('/').next().filter(|id| !id.is_empty())
}

/// `X-Amz-Credential=AKID%2F20260101%2F..`.
fn in_query(uri: &str) -> Option<&str> {
    let (_, query) = uri.split_once('?')?;
    let credential = query.split('&').find_map(|pair| pair.strip_prefix("X-Amz-Credential="))?;
    credential.split(['%', '/']).next().filter(|id| !id.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(uri: &str, authorization: Option<&str>, expected: Option<&str>) {
        let mut request = HttpRequest::empty();
        request.set_uri(uri.to_owned()).unwrap();
        if let Some(authorization) = authorization {
            request.headers_mut().insert("authorization", authorization.to_owned());
        }

        assert_eq!(access_key_id_of(&request).as_deref(), expected);
    }

    #[test]
    fn the_key_is_where_signature_version_4_puts_it() {
        let v4 = "AWS4-HMAC-SHA256 Credential=ASIAONE/20260101/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=00";
        check("http://x/", Some(v4), Some("ASIAONE"));
        let v4a = "AWS4-ECDSA-P256-SHA256 Credential=ASIATWO/20260101/s3/aws4_request, SignedHeaders=host, Signature=00";
        check("http://x/", Some(v4a), Some("ASIATWO"));
        check(
            "http://x/o?X-Amz-Expires=9&X-Amz-Credential=ASIATRE%2F20260101%2Fs3&b",
            None,
            Some("ASIATRE"),
        );
        check("http://x/?X-Amz-Credential=ASIATRE/2026", None, Some("ASIATRE"));
    }

    #[test]
    fn what_is_not_signed_has_no_key() {
        check("http://x/", None, None);
        check("http://x/?q=1", Some("Bearer Credential=ASIAONE/"), None);
        check("http://x/", Some("AWS4-HMAC-SHA256 Credential=/2026"), None);
        check("http://x/?X-Amz-Credential=", Some(""), None);
    }
}
