use http::HeaderMap;
use http::header::{AUTHORIZATION, HeaderName};

/// A header for people whose client sent a call of another service here.
pub(super) const ADVICE: HeaderName = HeaderName::from_static("x-fake-sts-advice");

/// What to do about a request that is signed for another service of AWS.
///
/// Its response is that of STS, which says little to a client of that service.
pub(super) fn advice(headers: &HeaderMap, query: &str) -> Option<String> {
    let service = signed_for(headers, query).filter(|service| is_other_service(service))?;
    let advice = match service.as_str() {
        "iam" => {
            "change users, roles and policies with PATCH /_fake-sts/state, or in the world file"
        }
        _ => {
            "set AWS_ENDPOINT_URL_STS to the fake instead of AWS_ENDPOINT_URL, so that other services stay where they are"
        }
    };
    Some(format!("the request is signed for {service}, and this fake is STS alone; {advice}"))
}

/// The service in the scope of the signature, in the header or in the query.
fn signed_for(headers: &HeaderMap, query: &str) -> Option<String> {
    let service = |credential: &str| credential.split('/').nth(3).map(str::to_owned);
    if let Some(authorization) = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()) {
        let (_, rest) = authorization.split_once("Credential=")?;
        return service(rest.split([',', ' ']).next()?);
    }
    if !query.contains("X-Amz-Credential=") {
        return None;
    }
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find(|(name, _)| name == "X-Amz-Credential").and_then(|(_, value)| service(&value))
}

fn is_other_service(name: &str) -> bool {
    let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    name != "sts" && (1..=64).contains(&name.len()) && name.bytes().all(is_name)
}
