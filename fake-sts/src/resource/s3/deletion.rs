use super::request::{Request, object_arn};
use super::xml;
use crate::resource::fault::Fault;
use crate::resource::visit::Visit;
use crate::resource::wanted::Wanted;

/// As many keys as one request can name.
const LIMIT: usize = 1000;

/// Deletes the objects that a body names, each if the caller may.
pub(super) fn delete(
    visit: &mut Visit<'_>,
    request: &Request,
    body: &[u8],
) -> Result<String, Fault> {
    let keys = std::str::from_utf8(body).ok().and_then(keys).ok_or_else(|| {
        let message = "The XML you provided was not well-formed or did not validate against our published schema";
        Fault::new(400, "MalformedXML", message)
    })?;
    let is_quiet = body.windows(QUIET.len()).any(|part| part == QUIET);
    let mut root = format!("<DeleteResult xmlns=\"{}\">", xml::NAMESPACE);
    for key in keys {
        let wanted = Wanted::new("s3:DeleteObject", object_arn(&request.bucket, &key));
        let outcome = visit.authorize(&wanted);
        visit.wanted.get_or_insert(wanted);
        match outcome {
            Ok(()) => {
                visit.state.objects.remove(&request.bucket, &key);
                if !is_quiet {
                    root.push_str("<Deleted>");
                    xml::element(&mut root, "Key", &key);
                    root.push_str("</Deleted>");
                }
            }
            Err(fault) => {
                root.push_str("<Error>");
                xml::element(&mut root, "Key", &key);
                xml::element(&mut root, "Code", fault.code);
                xml::element(&mut root, "Message", &fault.message);
                root.push_str("</Error>");
            }
        }
    }
    root.push_str("</DeleteResult>");
    Ok(root)
}

const QUIET: &[u8] = b"<Quiet>true</Quiet>";

/// The keys of a document as SDKs write it: `<Delete><Object><Key>..</Key></Object>..</Delete>`.
fn keys(document: &str) -> Option<Vec<String>> {
    let mut keys = Vec::new();
    let mut rest = document;
    while let Some((_, after)) = rest.split_once("<Key>") {
        let (key, after) = after.split_once("</Key>")?;
        keys.push(xml::unescaped(key)?);
        rest = after;
    }
    (!keys.is_empty() && keys.len() <= LIMIT).then_some(keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_sdks_write_them() {
        let document = "<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Object><Key>a&amp;b</Key></Object><Object><Key>c</Key></Object></Delete>";
        assert_eq!(keys(document), Some(vec!["a&b".to_owned(), "c".to_owned()]));
        for bad in ["", "<Delete/>", "<Key>a", "<Key>&x;</Key>"] {
            assert_eq!(keys(bad), None, "{bad}");
        }
        assert_eq!(keys(&"<Key>a</Key>".repeat(LIMIT + 1)), None);
    }
}
