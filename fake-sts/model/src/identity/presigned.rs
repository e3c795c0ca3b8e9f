use percent_encoding::percent_decode_str;

use super::canonical::Incoming;
use super::fault::AuthFault;
use super::parameters::Parameters;
use super::rules::Dialect;

/// The name of the query parameter that makes a query a presigned one.
pub(super) const ALGORITHM: &str = "X-Amz-Algorithm";

/// Reads a signature out of a query.
///
/// `X-Amz-Expires` plays no part here: STS ignores it, and a presigned URL lives as long as any signature. For S3 see [`lifetime`].
pub(super) fn read<'a>(
    request: &Incoming<'a>,
    algorithm: &str,
) -> Result<Parameters<'a>, AuthFault> {
    if algorithm != "AWS4-HMAC-SHA256" {
        return Err(AuthFault::Missing);
    }
    let [credential, signature, signed_headers, date, token] = [
        "X-Amz-Credential",
        "X-Amz-Signature",
        "X-Amz-SignedHeaders",
        "X-Amz-Date",
        "X-Amz-Security-Token",
    ]
    .map(|name| first(request.query, name));
    let (Some(credential), Some(signature), Some(signed_headers), Some(date)) =
        (&credential, &signature, &signed_headers, &date)
    else {
        let missing = [
            credential
                .is_none()
                .then_some("AWS query-string parameters must include 'X-Amz-Credential'. "),
            signature
                .is_none()
                .then_some("AWS query-string parameters must include 'X-Amz-Signature'. "),
            signed_headers
                .is_none()
                .then_some("AWS query-string parameters must include 'X-Amz-SignedHeaders'. "),
            date.is_none().then_some("AWS query-string parameters must include 'X-Amz-Date'. "),
        ];
        let missing = missing.into_iter().flatten().collect::<String>();
        return Err(AuthFault::Incomplete(format!(
            "{missing}Re-examine the query-string parameters."
        )));
    };
    let without =
        |left_out: &str, pairs: &mut Vec<&'a str>| pairs.retain(|pair| name(pair) != left_out);
    let mut signed = request.query.split('&').collect::<Vec<_>>();
    without("X-Amz-Signature", &mut signed);
    let mut queries = vec![signed.clone()];
    if token.is_some() {
        without("X-Amz-Security-Token", &mut signed);
        queries.push(signed);
    }
    Ok(Parameters {
        credential: credential.clone(),
        signed_headers: signed_headers.clone(),
        signature: signature.clone(),
        date: date.clone(),
        token,
        queries,
    })
}

/// How long a presigned query is good for, in seconds; nothing where that is as long as any signature.
pub(super) fn lifetime(dialect: Dialect, query: &str) -> Option<Result<u32, AuthFault>> {
    if dialect != Dialect::S3 || first(query, ALGORITHM).is_none() {
        return None;
    }
    let seconds = first(query, "X-Amz-Expires").and_then(|text| text.parse::<u32>().ok());
    Some(seconds.filter(|seconds| (1..=LONGEST_LIFETIME).contains(seconds)).ok_or_else(|| {
        AuthFault::Incomplete(format!(
            "X-Amz-Expires must be a number from 1 to {LONGEST_LIFETIME} seconds"
        ))
    }))
}

/// A week. See [presigned URLs](https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html).
const LONGEST_LIFETIME: u32 = 604_800;

/// The first value of a name in a raw query, decoded.
pub(super) fn first(query: &str, wanted: &str) -> Option<String> {
    let value = query
        .split('&')
        .find(|pair| name(pair) == wanted)?
        .split_once('=')
        .map_or("", |(_, value)| value);
    Some(decoded(value))
}

fn name(pair: &str) -> String {
    decoded(pair.split_once('=').map_or(pair, |(name, _)| name))
}

fn decoded(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}
