use std::error::Error;

/// Whether a service rejected a session: by a code in an error of an object store or below it.
///
/// In the form of XML or of a quoted text, so that an object of such a name is not taken for it. See
/// [the codes of S3](https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList).
pub(crate) fn is_rejection(error: &(dyn Error + 'static)) -> bool {
    let has_code = |error: &(dyn Error + 'static)| {
        let text = error.to_string();
        CODES.iter().any(|code| {
            text.contains(&format!("<Code>{code}</Code>")) || text.contains(&format!("\"{code}\""))
        })
    };
    let mut next = Some(error);
    while let Some(error) = next {
        if has_code(error) {
            return true;
        }
        next = error.source();
    }
    false
}

const CODES: [&str; 4] =
    ["ExpiredToken", "ExpiredTokenException", "InvalidToken", "TokenRefreshRequired"];

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Layered(&'static str, Option<Box<Self>>);

    impl std::fmt::Display for Layered {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str(self.0)
        }
    }

    impl Error for Layered {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            self.1.as_ref().map(|source| &**source as _)
        }
    }

    #[test]
    fn a_rejected_session_is_told_from_everything_else() {
        let check = |text, expected| {
            let below = Layered("failed", Some(Box::new(Layered(text, None))));
            assert_eq!(is_rejection(&below), expected, "{text}");
        };
        check("HTTP 400: <Error><Code>ExpiredToken</Code></Error>", true);
        check("S3Error { code: \"InvalidToken\", message: .. }", true);
        check("HTTP 403: <Error><Code>AccessDenied</Code></Error>", false);
        check("Object at location ExpiredToken not found", false);
        check("", false);
    }
}
