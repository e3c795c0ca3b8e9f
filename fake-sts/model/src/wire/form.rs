use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{ErrorCode, Member, Refusal};

/// The parameters of a request, decoded, in the order of the wire.
///
/// A query string and a form body make one list, the query string first. Where a name comes twice, the first value counts, for validation and
/// for authorization alike.
#[derive(Clone, Debug, Default)]
pub struct Form<'a> {
    pairs: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

/// A form that cannot be read: a percent sign that is not followed by two hexadecimal digits, or too many parameters.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EscapeFault {
    /// The text ends inside of an escape.
    #[error("Incomplete trailing escape % sequence")]
    Incomplete,
    /// The escape has another character where a digit belongs.
    #[error("Illegal hex character in escape % pattern: {0}")]
    NotHexadecimal(String),
    /// There are more parameters than any operation has, so many that the request would take up a multiple of its size.
    #[error("Too many parameters: more than {PARAMETER_LIMIT}")]
    TooManyParameters,
}

/// The longest list of a request has 50 members. The limit of the real service is not known.
const PARAMETER_LIMIT: usize = 10_000;

/// Beyond the length of all lists, so that a list that is cut is still too long.
const MEMBER_LIMIT: usize = 1_000;

impl<'a> Form<'a> {
    /// Reads a query string and a form body.
    ///
    /// # Errors
    ///
    /// When an escape is broken.
    pub fn parse(query: &'a [u8], body: &'a [u8]) -> Result<Self, EscapeFault> {
        check_escapes(query)?;
        check_escapes(body)?;
        check_count(query, body)?;
        Ok(Self::leniently(query, body))
    }

    /// Reads them with broken escapes left as they are.
    pub fn leniently(query: &'a [u8], body: &'a [u8]) -> Self {
        let pairs = form_urlencoded::parse(query).chain(form_urlencoded::parse(body));
        Self { pairs: pairs.take(PARAMETER_LIMIT).collect() }
    }

    /// The first value of a name.
    #[must_use]
    pub fn first(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_ref())
    }

    /// All names and values, repetitions included.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(name, value)| (name.as_ref(), value.as_ref()))
    }

    /// The members of a list, ordered by their index: `Tags.member.1.Key` belongs to the first member of `Tags`.
    ///
    /// One pass over the form: a list as long as a body may hold must not cost the square of its length.
    pub(crate) fn members(&self, list: &str) -> Vec<Member<'_>> {
        let mut members = BTreeMap::<u32, Member<'_>>::new();
        for (name, value) in self.iter() {
            let Some(rest) = name.strip_prefix(list).and_then(|rest| rest.strip_prefix(".member."))
            else {
                continue;
            };
            let (index, field) = rest.split_once('.').unwrap_or((rest, ""));
            if let Ok(index) = index.parse()
                && (members.len() < MEMBER_LIMIT || members.contains_key(&index))
            {
                members.entry(index).or_default().push(field, value);
            }
        }
        members.into_values().collect()
    }
}

impl From<EscapeFault> for Refusal {
    fn from(fault: EscapeFault) -> Self {
        Self::new(ErrorCode::MalformedQueryString, fault.to_string())
    }
}

fn check_count(query: &[u8], body: &[u8]) -> Result<(), EscapeFault> {
    let parameters =
        |text: &[u8]| text.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).count();
    if parameters(query) + parameters(body) > PARAMETER_LIMIT {
        return Err(EscapeFault::TooManyParameters);
    }
    Ok(())
}

fn check_escapes(text: &[u8]) -> Result<(), EscapeFault> {
    let mut rest = text;
    while let Some(at) = rest.iter().position(|&byte| byte == b'%') {
        rest = &rest[at..];
        match rest.get(..3) {
            None => return Err(EscapeFault::Incomplete),
            Some(escape) if !escape[1..].iter().all(u8::is_ascii_hexdigit) => {
                return Err(EscapeFault::NotHexadecimal(
                    String::from_utf8_lossy(escape).into_owned(),
                ));
            }
            Some(_) => rest = &rest[3..],
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, name: &str, wanted: Option<&str>) {
        let form = Form::parse(b"", body.as_bytes()).unwrap();
        assert_eq!(form.first(name), wanted, "{name} in {body}");
    }

    #[test]
    fn values_are_decoded_and_the_first_counts() {
        check("a=1&a=2", "a", Some("1"));
        check("a=x+y%20z", "a", Some("x y z"));
        check("a=%3A%2f", "a", Some(":/"));
        check("a", "a", Some(""));
        check("a=", "a", Some(""));
        check("A=1", "a", None);
        check("", "a", None);
    }

    #[test]
    fn the_query_string_comes_before_the_body() {
        let form = Form::parse(b"Action=first", b"Action=second").unwrap();

        assert_eq!(form.first("Action"), Some("first"));
    }

    #[track_caller]
    fn check_fault(query: &str, wanted: &str) {
        let fault = Form::parse(query.as_bytes(), b"").unwrap_err();
        assert_eq!(fault.to_string(), wanted);
    }

    #[test]
    fn broken_escapes_are_told_apart() {
        check_fault("a=%", "Incomplete trailing escape % sequence");
        check_fault("a=%4", "Incomplete trailing escape % sequence");
        check_fault("a=%zz", "Illegal hex character in escape % pattern: %zz");
        check_fault("a=%41%4g", "Illegal hex character in escape % pattern: %4g");
    }

    #[test]
    fn members_of_a_list_come_in_the_order_of_their_index() {
        let body = b"Tags.member.10.Key=c&Tags.member.2.Value=x&Tags.member.2.Key=b&Tags.member.x.Key=no&Tags.member.2.Key=late&Tags=";
        let form = Form::parse(b"", body).unwrap();

        let members = form.members("Tags");

        let keys = members.iter().map(|member| member.first("Key")).collect::<Vec<_>>();
        assert_eq!(keys, [Some("b"), Some("c")]);
        assert_eq!(members[0].first("Value"), Some("x"));
    }
}
