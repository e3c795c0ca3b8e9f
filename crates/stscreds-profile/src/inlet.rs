//! Text from outside: environment, files, helpers. What a field cannot hold is refused
//! here with the name of its place, before anything is built from it.

use std::fmt;

use stscreds_core::{Error, ErrorKind};

/// The text without white space and line ends around it, which `echo` and mounted secrets
/// leave, and without marks that editors do not show.
pub fn trimmed(text: &str) -> &str {
    text.trim_matches(is_blank)
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// What a text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// An access key id, a word in a header.
    KeyId,
    /// A session token, a header.
    Token,
    /// A secret access key: signs and is sent nowhere.
    Secret,
    /// A path or a name for people.
    Line,
    Region,
    Endpoint,
}

impl Field {
    /// The text without white space around it, if the field can hold it.
    ///
    /// The error names the place and does not repeat the text, which may be a secret.
    pub fn read(self, place: impl fmt::Display, text: &str) -> Result<&str, Error> {
        let text = trimmed(text);
        match self.fault_of(text) {
            None => Ok(text),
            Some(fault) => {
                let what = format!("{place}: {fault}");
                Err(Error::new(ErrorKind::InvalidConfiguration, what))
            }
        }
    }

    fn fault_of(self, text: &str) -> Option<&'static str> {
        if text.contains(['\n', '\r']) {
            return Some("contains a line end; is the next line indented by mistake?");
        }
        if text.chars().any(char::is_control) {
            return Some("contains a control character");
        }
        match self {
            Self::KeyId if text.chars().any(is_blank) => {
                Some("contains white space; comments must be on a line of their own")
            }
            Self::KeyId | Self::Token if !text.is_ascii() => {
                Some("contains a character outside of ASCII")
            }
            Self::KeyId | Self::Token | Self::Line | Self::Secret => None,
            Self::Region => fault_of_region(text),
            Self::Endpoint => fault_of_endpoint(text),
        }
    }
}

/// A region becomes a part of a host name
/// ([RFC 1123](https://www.rfc-editor.org/rfc/rfc1123#section-2.1)).
fn fault_of_region(text: &str) -> Option<&'static str> {
    let label = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if text.starts_with(['"', '\'']) {
        Some("is quoted; remove the quotes")
    } else if text.contains('#') || text.chars().any(is_blank) {
        Some("contains white space or a comment; comments must be on a line of their own")
    } else if text.is_empty() || text.len() > 63 || !text.chars().all(label) {
        Some("is not a region; a region has letters, digits and hyphens, such as eu-central-1")
    } else if text.starts_with('-') || text.ends_with('-') {
        Some("is not a region; it begins or ends with a hyphen")
    } else {
        None
    }
}

fn fault_of_endpoint(text: &str) -> Option<&'static str> {
    let scheme = ["http://", "https://"].iter().find_map(|scheme| {
        let (start, rest) = text.split_at_checked(scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then_some(rest)
    });
    let Some(rest) = scheme else {
        return Some("is not a URL; it must begin with http:// or https://");
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    if text.chars().any(is_blank) {
        Some("contains white space; comments must be on a line of their own")
    } else if authority.contains('@') {
        Some("contains a user name; the AWS SDK would not send it")
    } else if path.contains(['?', '#']) {
        Some("contains a query or a fragment")
    } else if !is_authority(authority) {
        Some("is not a URL; host and port must be of the form host or host:port")
    } else {
        None
    }
}

fn is_authority(text: &str) -> bool {
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, port)) => {
            let valid = address.parse::<std::net::Ipv6Addr>().is_ok();
            (valid, port.strip_prefix(':').or(port.is_empty().then_some("0")))
        }
        None => {
            let (host, port) = text.split_once(':').unwrap_or((text, "0"));
            let valid = |c: char| c.is_ascii_alphanumeric() || "-._~%".contains(c);
            (!host.is_empty() && host.chars().all(valid), Some(port))
        }
    };
    let digits = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    host && port.is_some_and(|port| digits(port) && port.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: [Field; 6] =
        [Field::KeyId, Field::Token, Field::Secret, Field::Line, Field::Region, Field::Endpoint];

    fn right(field: Field) -> &'static str {
        match field {
            Field::KeyId => "AKIAEXAMPLE",
            Field::Token => "a token/+=",
            Field::Secret => "wJalr XUtn/+=é",
            Field::Line => "/run/a folder/tökn",
            Field::Region => "eu-central-1",
            Field::Endpoint => "http://localhost:4566/path",
        }
    }

    #[test]
    fn blanks_and_line_ends_around_a_text_are_no_part_of_it() {
        let around = ["\n", "\r\n", "\r", " ", "\t", "\u{a0}", "\u{200b}", "\u{feff}", "\n\n "];
        for field in FIELDS {
            for blank in around {
                let text = format!("{blank}{}{blank}", right(field));
                assert_eq!(field.read("x", &text).unwrap(), right(field), "{text:?}");
            }
        }
    }

    #[test]
    fn control_characters_inside_are_refused_by_place_and_not_repeated() {
        for field in FIELDS {
            for control in (0..0x20_u8).chain([0x7f]).map(char::from) {
                let text = format!("planted{control}{}", right(field));

                let error = field.read("environment, X", &text).unwrap_err();

                assert_eq!(error.kind(), ErrorKind::InvalidConfiguration);
                assert!(error.to_string().starts_with("environment, X: contains a "), "{error}");
                assert!(!format!("{error:?}").contains("planted"), "{error:?}");
            }
        }
    }

    #[test]
    fn what_a_field_cannot_hold_is_refused() {
        let refused = |field: Field, text: &str, fault: &str| {
            let error = field.read("x", text).unwrap_err();
            assert!(error.to_string().starts_with(&format!("x: {fault}")), "{text}: {error}");
        };
        refused(Field::KeyId, "AKIA # prod", "contains white space");
        refused(Field::KeyId, "AKIA\u{a0}B", "contains white space");
        refused(Field::KeyId, "AKIÄ", "contains a character outside of ASCII");
        refused(Field::Token, "tökn", "contains a character outside of ASCII");
        refused(Field::Region, "\"us-west-2\"", "is quoted");
        refused(Field::Region, "'us-west-2'", "is quoted");
        refused(Field::Region, "us-west-2 # prod", "contains white space or a comment");
        refused(Field::Region, "us east 1", "contains white space");
        refused(Field::Region, "us_east_1", "is not a region");
        refused(Field::Region, "us-east-1.evil.test", "is not a region");
        refused(Field::Region, "-east", "is not a region");
        refused(Field::Region, &"x".repeat(64), "is not a region");
        for text in ["localhost:4566", "127.0.0.1:1", "ftp://x", "//x", "http:/x", "é", "http"] {
            refused(Field::Endpoint, text, "is not a URL; it must begin with");
        }
        for text in
            ["http://", "http:///p", "http://h:x", "http://h:99999", "http://[::g]", "http://ä"]
        {
            refused(Field::Endpoint, text, "is not a URL; host and port");
        }
        refused(Field::Endpoint, "http://u:planted@h", "contains a user name");
        refused(Field::Endpoint, "http://h/?a=b", "contains a query");
        refused(Field::Endpoint, "http://h # local", "contains white space");
    }

    #[test]
    fn endpoints_of_every_form_are_taken() {
        for text in
            ["http://localhost", "HTTPS://H:1/", "http://[::1]:80", "http://[::1]", "http://a.b/c"]
        {
            assert_eq!(Field::Endpoint.read("x", text).unwrap(), text);
        }
    }
}
