use std::collections::BTreeMap;
use std::sync::Arc;

use data_encoding::HEXLOWER;

use super::objects::Object;
use super::request::Request;
use super::{key, xml};
use crate::resource::fault::Fault;
use crate::resource::visit::Visit;

/// As many entries as a page has.
const PAGE: usize = 1000;

pub(super) fn buckets(visit: &Visit<'_>) -> String {
    let mut root = format!("<ListAllMyBucketsResult xmlns=\"{}\"><Buckets>", xml::NAMESPACE);
    for bucket in visit.state.objects.buckets() {
        root.push_str("<Bucket>");
        xml::element(&mut root, "Name", &bucket);
        root.push_str("<CreationDate>2006-03-01T00:00:00.000Z</CreationDate></Bucket>");
    }
    root.push_str("</Buckets><Owner><ID>fake-sts</ID></Owner></ListAllMyBucketsResult>");
    root
}

/// The response of a region that has no name here: `us-east-1`.
pub(super) fn location() -> String {
    format!("<LocationConstraint xmlns=\"{}\"/>", xml::NAMESPACE)
}

/// A page of the objects of a bucket, of either version of the operation.
pub(super) fn objects(visit: &Visit<'_>, request: &Request) -> Result<String, Fault> {
    let is_second = request.parameter("list-type") == Some("2");
    let after = after(request, is_second)?;
    let limit = match request.parameter("max-keys") {
        None => PAGE,
        Some(text) => text.parse::<usize>().map_err(|_| invalid("max-keys"))?.min(PAGE),
    };
    let prefix = request.parameter("prefix").unwrap_or_default();
    let delimiter = request.parameter("delimiter").filter(|delimiter| !delimiter.is_empty());
    let all = visit.state.objects.snapshot(&request.bucket);
    let page = Page::of(&all, prefix, delimiter, &after, limit);

    let is_encoded = request.parameter("encoding-type") == Some("url");
    let shown = |text: &str| if is_encoded { key::encoded(text) } else { text.to_owned() };
    let mut root = format!("<ListBucketResult xmlns=\"{}\">", xml::NAMESPACE);
    let mut set = |name: &str, text: &str| xml::element(&mut root, name, text);
    set("Name", &request.bucket);
    set("Prefix", &shown(prefix));
    set("MaxKeys", &limit.to_string());
    if let Some(delimiter) = delimiter {
        set("Delimiter", &shown(delimiter));
    }
    if is_encoded {
        set("EncodingType", "url");
    }
    set("IsTruncated", if page.next.is_some() { "true" } else { "false" });
    if is_second {
        set("KeyCount", &(page.objects.len() + page.prefixes.len()).to_string());
        for name in ["continuation-token", "start-after"] {
            if let Some(value) = request.parameter(name) {
                set(if name == "start-after" { "StartAfter" } else { "ContinuationToken" }, value);
            }
        }
        if let Some(next) = &page.next {
            set("NextContinuationToken", &HEXLOWER.encode(next.as_bytes()));
        }
    } else {
        set("Marker", &shown(&after));
        if let Some(next) = &page.next {
            set("NextMarker", &shown(next));
        }
    }
    for (key, object) in page.objects {
        root.push_str("<Contents>");
        xml::element(&mut root, "Key", &shown(key));
        xml::element(&mut root, "LastModified", &time(object));
        xml::element(&mut root, "ETag", &object.tag);
        xml::element(&mut root, "Size", &object.body.len().to_string());
        xml::element(&mut root, "StorageClass", "STANDARD");
        root.push_str("</Contents>");
    }
    for prefix in page.prefixes {
        root.push_str("<CommonPrefixes>");
        xml::element(&mut root, "Prefix", &shown(&prefix));
        root.push_str("</CommonPrefixes>");
    }
    root.push_str("</ListBucketResult>");
    Ok(root)
}

/// The key or common prefix after which the page begins.
fn after(request: &Request, is_second: bool) -> Result<String, Fault> {
    if !is_second {
        return Ok(request.parameter("marker").unwrap_or_default().to_owned());
    }
    let Some(token) = request.parameter("continuation-token") else {
        return Ok(request.parameter("start-after").unwrap_or_default().to_owned());
    };
    let bytes = HEXLOWER.decode(token.as_bytes()).ok();
    bytes
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(|| invalid("continuation-token"))
}

fn invalid(parameter: &str) -> Fault {
    Fault::new(400, "InvalidArgument", format!("Argument {parameter} is not valid"))
}

/// When an object was put, as listings say it.
pub(super) fn time(object: &Object) -> String {
    object.modified.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}

/// What one page of a listing has.
#[derive(Debug, Default)]
struct Page<'a> {
    objects: Vec<(&'a str, &'a Object)>,
    prefixes: Vec<String>,
    /// The last entry, if there are more.
    next: Option<String>,
}

impl<'a> Page<'a> {
    fn of(
        all: &'a BTreeMap<String, Arc<Object>>,
        prefix: &str,
        delimiter: Option<&str>,
        after: &str,
        limit: usize,
    ) -> Self {
        let mut page = Self::default();
        let mut last = None::<String>;
        for (key, object) in all {
            let Some(rest) = key.strip_prefix(prefix) else { continue };
            let group = delimiter
                .and_then(|delimiter| Some((delimiter, rest.find(delimiter)?)))
                .map(|(delimiter, at)| format!("{prefix}{}", &rest[..at + delimiter.len()]));
            let entry = group.as_deref().unwrap_or(key);
            if entry <= after || last.as_deref() == Some(entry) {
                continue;
            }
            if page.objects.len() + page.prefixes.len() == limit {
                // With a limit of 0 there is nothing to go on after, and S3 says that there is no more.
                page.next = last;
                return page;
            }
            last = Some(entry.to_owned());
            match group {
                Some(group) => page.prefixes.push(group),
                None => page.objects.push((key, object)),
            }
        }
        page
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn bucket() -> BTreeMap<String, Arc<Object>> {
        let object = || Arc::new(Object::new(Vec::new(), Timestamp::UNIX_EPOCH, Vec::new()));
        ["a", "b/1", "b/2", "c/1", "d"].map(|key| (key.to_owned(), object())).into()
    }

    #[track_caller]
    fn check(prefix: &str, delimiter: Option<&str>, after: &str, limit: usize, wanted: &str) {
        let bucket = bucket();
        let page = Page::of(&bucket, prefix, delimiter, after, limit);
        let keys = page.objects.iter().map(|(key, _)| *key);
        let entries = keys.chain(page.prefixes.iter().map(String::as_str)).collect::<Vec<_>>();
        let next = page.next.map(|next| format!(" then {next}")).unwrap_or_default();
        assert_eq!(format!("{}{next}", entries.join(" ")), wanted);
    }

    #[test]
    fn a_page_has_keys_and_common_prefixes_in_order() {
        check("", None, "", 10, "a b/1 b/2 c/1 d");
        check("", Some("/"), "", 10, "a d b/ c/");
        check("b/", Some("/"), "", 10, "b/1 b/2");
        check("b", None, "", 1, "b/1 then b/1");
        check("", None, "b/1", 2, "b/2 c/1 then c/1");
        check("", Some("/"), "", 2, "a b/ then b/");
        check("", Some("/"), "b/", 2, "d c/");
        check("", None, "", 0, "");
        check("x", None, "", 5, "");
    }
}
