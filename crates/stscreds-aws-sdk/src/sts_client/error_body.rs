use std::borrow::Cow;

use aws_sdk_sts::config::http::HttpResponse;
use stscreds_provider::StsFault;

/// The error in a response's XML: below `<ErrorResponse>`, as STS writes it, or with `<Error>`
/// as its root, as S3, `MinIO` and Ceph do, which the SDK does not read.
pub(super) fn fault_in(response: &HttpResponse) -> Option<StsFault> {
    let status = response.status().as_u16();
    let body = response.body().bytes()?;
    if status < 400 || body.len() > MAX_BODY {
        return None;
    }
    let text = std::str::from_utf8(body).ok()?;
    let error = element(text, "Error")?;
    let mut fault = StsFault::new(unescaped(element(error, "Code")?.trim()));
    fault.message = element(error, "Message").map(|message| unescaped(message.trim()).into_owned());
    fault.request_id = element(text, "RequestId").map(|id| id.trim().to_owned());
    fault.http_status = Some(status);
    (!fault.code.is_empty()).then_some(fault)
}

/// More than any error of STS has, and little enough to look through.
pub(super) const MAX_BODY: usize = 64 * 1024;

/// What is between the first `<name ..>` and `</name>`.
pub(super) fn element<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = text;
    loop {
        let (_, after) = rest.split_once('<')?;
        rest = after;
        let Some(tail) = after.strip_prefix(name) else { continue };
        // `<ErrorResponse>` begins like `<Error>`, and is not it.
        if !tail.starts_with(['>', ' ', '\t', '\r', '\n']) {
            continue;
        }
        let (_, content) = tail.split_once('>')?;
        return content.split_once(&format!("</{name}>")).map(|(inside, _)| inside);
    }
}

/// The five entities that XML has by itself.
pub(super) fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    Cow::Owned(text.replace("&apos;", "'").replace("&amp;", "&"))
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::body::SdkBody;

    use super::*;

    #[track_caller]
    fn check(status: u16, body: &str, expected: Option<(&str, Option<&str>, Option<&str>)>) {
        let response = HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body));
        let fault = fault_in(&response);
        let seen = fault.as_ref().map(|fault| {
            (fault.code.as_str(), fault.message.as_deref(), fault.request_id.as_deref())
        });
        assert_eq!(seen, expected, "{body}");
    }

    #[test]
    fn the_error_of_sts_and_of_what_speaks_like_s3_is_read() {
        check(
            403,
            "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>\
             <Code>AccessDenied</Code><Message>no &amp; never</Message></Error>\
             <RequestId>r-1</RequestId></ErrorResponse>",
            Some(("AccessDenied", Some("no & never"), Some("r-1"))),
        );
        check(
            400,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>MissingFields</Code>\
             <Message>Missing fields in request.</Message><Resource>/</Resource>\
             <RequestId>17</RequestId><HostId>h</HostId></Error>",
            Some(("MissingFields", Some("Missing fields in request."), Some("17"))),
        );
        check(
            403,
            "<Error xmlns=\"urn:x\"><Code> AccessDenied </Code></Error>",
            Some(("AccessDenied", None, None)),
        );
    }

    #[test]
    fn what_is_not_an_error_in_xml_is_none() {
        check(200, "<Error><Code>AccessDenied</Code></Error>", None);
        check(404, "<html>planted</html>", None);
        check(404, "<Error></Error>", None);
        check(404, "<Error><Code></Code></Error>", None);
        check(404, "<Error><Code>AccessDenied", None);
        check(404, "<ErrorResponse><Code>AccessDenied</Code></ErrorResponse>", None);
        check(404, "<", None);
        check(404, "", None);
        check(404, &format!("<Error><Code>x</Code></Error>{}", " ".repeat(MAX_BODY)), None);
    }
}
