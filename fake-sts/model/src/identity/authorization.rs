use http::{HeaderMap, header};

use super::canonical::Incoming;
use super::date;
use super::fault::AuthFault;
use super::parameters::Parameters;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// Reads a signature out of the `Authorization` header and its companions.
pub(super) fn read<'a>(
    request: &Incoming<'a>,
    authorization: &str,
) -> Result<Parameters<'a>, AuthFault> {
    let (algorithm, rest) = authorization.split_once(' ').unwrap_or((authorization, ""));
    if algorithm != ALGORITHM {
        return Err(AuthFault::Incomplete(format!("Unsupported AWS 'algorithm': '{algorithm}'.")));
    }
    let (mut credential, mut signature, mut signed_headers) = (None, None, None);
    for part in rest.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let Some((key, value)) = part.split_once('=') else {
            let (part, header) = (part.to_owned(), authorization.to_owned());
            return Err(AuthFault::NotAPair { part, header });
        };
        // Unlike in a query, the last one counts.
        match key {
            "Credential" => credential = Some(value),
            "Signature" => signature = Some(value),
            "SignedHeaders" => signed_headers = Some(value),
            _ => {}
        }
    }
    let date = date_of(request.headers);
    let (Some(credential), Some(signature), Some(signed_headers), Some(date)) =
        (credential, signature, signed_headers, &date)
    else {
        let missing = [
            credential.is_none().then_some("Authorization header requires 'Credential' parameter. "),
            signature.is_none().then_some("Authorization header requires 'Signature' parameter. "),
            signed_headers.is_none().then_some("Authorization header requires 'SignedHeaders' parameter. "),
            date.is_none().then_some(
                "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ",
            ),
        ];
        let missing = missing.into_iter().flatten().collect::<String>();
        return Err(AuthFault::Incomplete(format!("{missing}Authorization={ALGORITHM}")));
    };
    Ok(Parameters {
        credential: credential.to_owned(),
        signed_headers: signed_headers.to_owned(),
        signature: signature.to_owned(),
        date: date.clone(),
        token: text(request.headers, "x-amz-security-token"),
        queries: vec![request.query.split('&').collect()],
    })
}

/// `X-Amz-Date`, or else `Date`, which may also be in the format of HTTP.
fn date_of(headers: &HeaderMap) -> Option<String> {
    if let Some(date) = text(headers, "x-amz-date") {
        return Some(date);
    }
    let date = text(headers, header::DATE.as_str())?;
    Some(date::basic_from_http(&date).unwrap_or(date))
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}
