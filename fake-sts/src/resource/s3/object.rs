use std::ops::Range;
use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use http::{HeaderName, HeaderValue, Method, StatusCode, header};

use super::chunked;
use super::objects::{Object, Precondition};
use super::request::{COPY_SOURCE, Request, bucket_arn, object_arn};
use super::{key, response, xml};
use crate::resource::fault::Fault;
use crate::resource::visit::Visit;
use crate::resource::wanted::Wanted;

/// An object, or for HEAD what is known of it.
pub(super) fn get(visit: &mut Visit<'_>, request: &Request) -> Result<Response<Body>, Fault> {
    let object = find(visit, &request.bucket, &request.key)?;
    let range = visit.header(header::RANGE.as_str());
    let range = range.and_then(|range| range_of(&range, object.body.len())).transpose()?;
    let length = range.as_ref().map_or(object.body.len(), ExactSizeIterator::len);
    let mut response = if visit.parts.method == Method::HEAD {
        Response::new(Body::empty())
    } else {
        let whole = 0..object.body.len();
        let part = object.body.get(range.clone().unwrap_or(whole)).unwrap_or_default();
        Response::new(Body::from(part.to_vec()))
    };
    if range.is_some() {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    let headers = response.headers_mut();
    headers.extend(object.headers.iter().cloned());
    let mut set = |name: HeaderName, text: &str| {
        if let Ok(value) = HeaderValue::try_from(text) {
            headers.insert(name, value);
        }
    };
    set(header::CONTENT_LENGTH, &length.to_string());
    set(header::ETAG, &object.tag);
    set(header::ACCEPT_RANGES, "bytes");
    set(header::LAST_MODIFIED, &httpdate::fmt_http_date(object.modified.into()));
    if let Some(Range { start, end }) = range {
        let total = object.body.len();
        set(header::CONTENT_RANGE, &format!("bytes {start}-{}/{total}", end - 1));
    }
    Ok(response)
}

/// Without permission to list a bucket, nobody learns which keys it has not.
fn find(visit: &mut Visit<'_>, bucket: &str, key: &str) -> Result<Arc<Object>, Fault> {
    if let Some(object) = visit.state.objects.get(bucket, key) {
        return Ok(object);
    }
    visit.authorize(&Wanted::new("s3:ListBucket", bucket_arn(bucket)))?;
    Err(Fault::new(404, "NoSuchKey", "The specified key does not exist."))
}

pub(super) fn put(
    visit: &Visit<'_>,
    request: &Request,
    body: &[u8],
) -> Result<Response<Body>, Fault> {
    let declared = visit.header("x-amz-content-sha256").unwrap_or_default();
    let encoding = visit.header(header::CONTENT_ENCODING.as_str()).unwrap_or_default();
    let in_chunks = declared.starts_with("STREAMING-") || encoding.contains("aws-chunked");
    let body = if in_chunks { chunked::decoded(body)? } else { body.to_vec() };
    let stored = store(visit, request, body)?;
    let mut response = response::empty(200);
    if let Ok(tag) = HeaderValue::try_from(&stored.tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    Ok(response)
}

pub(super) fn copy(visit: &mut Visit<'_>, request: &Request) -> Result<Response<Body>, Fault> {
    let source = visit.header(COPY_SOURCE).unwrap_or_default();
    let source = key::decoded(source.trim_start_matches('/')).unwrap_or_default();
    let Some((bucket, key)) = source.split_once('/') else {
        let message = "Copy Source must mention the source bucket and key: sourcebucket/sourcekey";
        return Err(Fault::new(400, "InvalidArgument", message));
    };
    visit.authorize(&Wanted::new("s3:GetObject", object_arn(bucket, key)))?;
    let object = find(visit, bucket, key)?;
    let stored = store(visit, request, object.body.clone())?;
    let mut root = format!("<CopyObjectResult xmlns=\"{}\">", xml::NAMESPACE);
    xml::element(&mut root, "LastModified", &super::listing::time(&stored));
    xml::element(&mut root, "ETag", &stored.tag);
    root.push_str("</CopyObjectResult>");
    Ok(response::xml(&root))
}

fn store(visit: &Visit<'_>, request: &Request, body: Vec<u8>) -> Result<Arc<Object>, Fault> {
    let headers = &visit.parts.headers;
    let kept = headers.iter().filter(|(name, _)| is_kept(name));
    let mut kept = kept.map(|(name, value)| (name.clone(), value.clone())).collect::<Vec<_>>();
    // S3 takes its own encoding off, and keeps what else the header says.
    if let Some(encoding) = visit.header(header::CONTENT_ENCODING.as_str()) {
        let rest = encoding.split(',').map(str::trim).filter(|part| *part != "aws-chunked");
        let rest = rest.collect::<Vec<_>>().join(",");
        if let Some(value) = HeaderValue::try_from(rest).ok().filter(|value| !value.is_empty()) {
            kept.push((header::CONTENT_ENCODING, value));
        }
    }
    let precondition = match (visit.header("if-none-match"), visit.header("if-match")) {
        (Some(any), _) if any == "*" => Precondition::Absent,
        (_, Some(tag)) => Precondition::Tag(tag),
        _ => Precondition::None,
    };
    let object = Object::new(body, visit.now, kept);
    visit.state.objects.put(&request.bucket, &request.key, object, &precondition)
}

fn is_kept(name: &HeaderName) -> bool {
    const KEPT: [HeaderName; 5] = [
        header::CACHE_CONTROL,
        header::CONTENT_DISPOSITION,
        header::CONTENT_LANGUAGE,
        header::CONTENT_TYPE,
        header::EXPIRES,
    ];
    KEPT.contains(name) || name.as_str().starts_with("x-amz-meta-")
}

/// The bytes of a header `Range`; nothing if it is one that servers ignore.
fn range_of(text: &str, length: usize) -> Option<Result<Range<usize>, Fault>> {
    let (first, last) = text.strip_prefix("bytes=")?.split_once('-')?;
    let range = match (first, last) {
        ("", suffix) => length.saturating_sub(suffix.parse().ok()?)..length,
        (first, "") => first.parse().ok()?..length,
        (first, last) => {
            let (first, last) = (first.parse().ok()?, last.parse::<usize>().ok()?);
            first..last.saturating_add(1).min(length)
        }
    };
    if range.start < range.end {
        return Some(Ok(range));
    }
    Some(Err(Fault::new(416, "InvalidRange", "The requested range is not satisfiable")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_those_of_http() {
        let range = |text| range_of(text, 10).map(Result::ok);
        assert_eq!(range("bytes=0-3"), Some(Some(0..4)));
        assert_eq!(range("bytes=4-"), Some(Some(4..10)));
        assert_eq!(range("bytes=-3"), Some(Some(7..10)));
        assert_eq!(range("bytes=-30"), Some(Some(0..10)));
        assert_eq!(range("bytes=8-99"), Some(Some(8..10)));
        assert_eq!(range("bytes=10-"), Some(None));
        assert_eq!(range("bytes=5-4"), Some(None));
        assert_eq!(range("bytes=0-18446744073709551615"), Some(Some(0..10)));
        for ignored in ["bytes=a-b", "lines=0-3", "bytes=0-1,4-5", ""] {
            assert_eq!(range(ignored), None, "{ignored}");
        }
    }
}
