use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};

use super::attributes::PREFIX;
use super::broken::Broken;
use super::certificate;
use super::document::{ASSERTION, PROTOCOL, escape};
use super::response::{BEARER, NAME_ID_FORMAT, SUCCESS};
use super::signature;
use crate::oidc::{Algorithm, MintError, SigningKey};

/// Builds a SAML response of the built-in identity provider.
///
/// Starts as a good response; [`AssertionBuilder::broken`] spoils it in one way, last of all.
#[derive(Clone, Debug)]
pub struct AssertionBuilder {
    issuer: Arc<str>,
    now: Timestamp,
    subject: String,
    subject_type: String,
    recipient: String,
    audience: String,
    session_end: Option<Timestamp>,
    /// Name and values, in the order they were set.
    attributes: Vec<(String, Vec<String>)>,
    /// What stands in the XML, and what is to stand there.
    replacements: Vec<(String, String)>,
    broken: Option<Broken>,
}

impl AssertionBuilder {
    pub(super) fn new(issuer: Arc<str>, now: SystemTime) -> Self {
        Self {
            issuer,
            now: Timestamp::try_from(now).unwrap_or_default(),
            subject: "fake-sts-subject".to_owned(),
            subject_type: "persistent".to_owned(),
            recipient: "https://signin.aws.amazon.com/saml".to_owned(),
            audience: "urn:amazon:webservices".to_owned(),
            session_end: None,
            attributes: vec![(
                format!("{PREFIX}RoleSessionName"),
                vec!["fake-sts-session".to_owned()],
            )],
            replacements: Vec::new(),
            broken: None,
        }
    }

    /// The `NameID`.
    #[must_use]
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = subject.into();
        self
    }

    /// The last part of the `NameID`'s format, `persistent` unless told otherwise.
    #[must_use]
    pub fn subject_type(mut self, subject_type: impl Into<String>) -> Self {
        self.subject_type = subject_type.into();
        self
    }

    /// The `Recipient`, which STS takes for the audience.
    #[must_use]
    pub fn recipient(mut self, recipient: impl Into<String>) -> Self {
        self.recipient = recipient.into();
        self
    }

    /// The one `Audience` that the assertion is restricted to.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = audience.into();
        self
    }

    /// One more role that the subject may assume, with the provider to do it through.
    #[must_use]
    pub fn role(mut self, provider_arn: &str, role_arn: &str) -> Self {
        let name = format!("{PREFIX}Role");
        let pair = format!("{role_arn},{provider_arn}");
        match self.attributes.iter_mut().find(|(other, _)| *other == name) {
            Some((_, pairs)) => pairs.push(pair),
            None => self.attributes.push((name, vec![pair])),
        }
        self
    }

    /// The role session name.
    #[must_use]
    pub fn role_session_name(self, name: impl Into<String>) -> Self {
        self.aws_attribute("RoleSessionName", [name.into()])
    }

    /// How long the session may be, in whole seconds.
    #[must_use]
    pub fn session_duration(self, duration: Duration) -> Self {
        self.aws_attribute("SessionDuration", [duration.as_secs().to_string()])
    }

    /// When the session must end, whatever its duration.
    #[must_use]
    pub fn session_not_on_or_after(mut self, end: SystemTime) -> Self {
        self.session_end = Timestamp::try_from(end).ok();
        self
    }

    /// The source identity of the session.
    #[must_use]
    pub fn source_identity(self, source_identity: impl Into<String>) -> Self {
        self.aws_attribute("SourceIdentity", [source_identity.into()])
    }

    /// A tag of the session.
    #[must_use]
    pub fn principal_tag(self, key: &str, value: impl Into<String>) -> Self {
        self.aws_attribute(&format!("PrincipalTag:{key}"), [value.into()])
    }

    /// The keys of the tags that later sessions of the chain inherit.
    #[must_use]
    pub fn transitive_tag_keys<S: Into<String>>(self, keys: impl IntoIterator<Item = S>) -> Self {
        self.aws_attribute("TransitiveTagKeys", keys)
    }

    /// Any attribute, in place of the one there was.
    #[must_use]
    pub fn attribute<S: Into<String>>(
        mut self,
        name: impl Into<String>,
        values: impl IntoIterator<Item = S>,
    ) -> Self {
        let name = name.into();
        self.attributes.retain(|(other, _)| *other != name);
        self.attributes.push((name, values.into_iter().map(Into::into).collect()));
        self
    }

    /// The assertion with another text for one of its XML, before it is signed: for what no other method changes, such as
    /// `.replace("<saml:AudienceRestriction>", "<!--").replace("</saml:AudienceRestriction>", "-->")`.
    #[must_use]
    pub fn replace(mut self, from: impl Into<String>, to: impl Into<String>) -> Self {
        self.replacements.push((from.into(), to.into()));
        self
    }

    /// Spoils the response in one way, whatever else is set.
    #[must_use]
    pub fn broken(mut self, broken: Broken) -> Self {
        self.broken = Some(broken);
        self
    }

    /// The response in base64, for tests.
    ///
    /// # Panics
    ///
    /// When the system cannot generate a key, which takes a machine without randomness. [`AssertionBuilder::try_mint`] returns an error instead.
    #[must_use]
    #[expect(
        clippy::panic,
        reason = "what a test would do with the error; the other method is for everything else"
    )]
    pub fn mint(self) -> String {
        self.try_mint().unwrap_or_else(|error| panic!("{error}"))
    }

    /// The response in base64.
    ///
    /// # Errors
    ///
    /// When the system cannot generate a key.
    pub fn try_mint(mut self) -> Result<String, MintError> {
        match self.broken {
            Some(Broken::NotBase64) => return Ok("%%%".to_owned()),
            Some(Broken::NotXml) => return Ok(STANDARD.encode("no XML at all")),
            Some(Broken::TooOld) => {
                self.now =
                    self.now.saturating_sub(SignedDuration::from_mins(6)).unwrap_or(self.now);
            }
            Some(Broken::WrongAudience) => self.audience = "urn:example:other".to_owned(),
            Some(Broken::WrongIssuer) => self.issuer = "https://other-idp.example/metadata".into(),
            Some(Broken::NoRoleSessionName) => {
                self.attributes.retain(|(name, _)| !name.ends_with("/RoleSessionName"));
            }
            _ => {}
        }
        let unsigned = self.response(&self.assertion(ASSERTION_ID));
        let xml = match self.broken {
            Some(Broken::Unsigned) => unsigned,
            Some(Broken::ForeignKey) => {
                let key = SigningKey::unpublished_rsa().ok_or(MintError::Key)?;
                sign(&unsigned, ASSERTION_ID, "Subject", key)?
            }
            Some(Broken::ResponseSigned) => {
                let key = SigningKey::for_algorithm(Algorithm::Rs256).ok_or(MintError::Key)?;
                sign(&unsigned, RESPONSE_ID, "Status", key)?
            }
            _ => {
                let key = SigningKey::for_algorithm(Algorithm::Rs256).ok_or(MintError::Key)?;
                sign(&unsigned, ASSERTION_ID, "Subject", key)?
            }
        };
        Ok(STANDARD.encode(self.spoil(xml)))
    }

    /// Spoils what has been signed.
    fn spoil(&self, xml: String) -> String {
        match self.broken {
            Some(Broken::Tampered) => xml.replace(
                &format!(">{}</saml:NameID>", escape(&self.subject)),
                ">somebody-else</saml:NameID>",
            ),
            Some(Broken::BadSignature) => {
                // The first character of the value; any other one of the alphabet makes another signature.
                let changed = |first: &str| if first == "A" { "B" } else { "A" };
                match xml.split_once("<ds:SignatureValue>") {
                    Some((head, value)) => format!(
                        "{head}<ds:SignatureValue>{}{}",
                        changed(value.get(..1).unwrap_or_default()),
                        value.get(1..).unwrap_or_default()
                    ),
                    None => xml,
                }
            }
            Some(Broken::Wrapped) => {
                let forged = Self { subject: "somebody-else".to_owned(), ..self.clone() }
                    .assertion("_forged");
                let signed = xml
                    .find("<saml:Assertion")
                    .zip(xml.find("</samlp:Response>"))
                    .and_then(|(start, end)| xml.get(start..end));
                self.response(&format!(
                    "{forged}<samlp:Extensions>{}</samlp:Extensions>",
                    signed.unwrap_or_default()
                ))
            }
            _ => xml,
        }
    }

    fn response(&self, assertion: &str) -> String {
        let (issuer, now, recipient) =
            (escape(&self.issuer), second(self.now), escape(&self.recipient));
        format!(
            "<samlp:Response xmlns:samlp=\"{PROTOCOL}\" xmlns:saml=\"{ASSERTION}\" ID=\"{RESPONSE_ID}\" Version=\"2.0\" IssueInstant=\"{now}\" Destination=\"{recipient}\">\
             <saml:Issuer>{issuer}</saml:Issuer><samlp:Status><samlp:StatusCode Value=\"{SUCCESS}\"/></samlp:Status>{assertion}</samlp:Response>"
        )
    }

    fn assertion(&self, id: &str) -> String {
        let (issuer, subject, subject_type) =
            (escape(&self.issuer), escape(&self.subject), escape(&self.subject_type));
        let (recipient, audience) = (escape(&self.recipient), escape(&self.audience));
        let now = second(self.now);
        let end =
            second(self.now.saturating_add(SignedDuration::from_mins(5)).unwrap_or(Timestamp::MAX));
        let hour = SignedDuration::from_hours(1);
        let start = if self.broken == Some(Broken::NotYetValid) {
            second(self.now.saturating_add(hour).unwrap_or(Timestamp::MAX))
        } else {
            now.clone()
        };
        let session_end = self
            .session_end
            .map(|end| format!(" SessionNotOnOrAfter=\"{}\"", second(end)))
            .unwrap_or_default();
        let attributes = self.attribute_elements();
        let past =
            second(self.now.saturating_sub(SignedDuration::from_mins(1)).unwrap_or(self.now));
        let (mut conditions_end, mut subject_end) = (end.clone(), end);
        match self.broken {
            Some(Broken::Expired) => conditions_end = past,
            Some(Broken::SubjectExpired) => subject_end = past,
            _ => {}
        }
        let data = format!(
            "<saml:SubjectConfirmationData NotOnOrAfter=\"{subject_end}\" Recipient=\"{recipient}\"/>"
        );
        let confirmation = format!(
            "<saml:SubjectConfirmation Method=\"{BEARER}\">{data}</saml:SubjectConfirmation>"
        );
        let format = format!(" Format=\"{NAME_ID_FORMAT}{subject_type}\"");
        let conditions = format!(
            "<saml:Conditions NotBefore=\"{start}\" NotOnOrAfter=\"{conditions_end}\"><saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>"
        );
        let statement = format!(
            "<saml:AuthnStatement AuthnInstant=\"{now}\"{session_end}><saml:AuthnContext>\
             <saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>"
        );
        let whole = format!(
            "<saml:Assertion ID=\"{id}\" Version=\"2.0\" IssueInstant=\"{now}\"><saml:Issuer>{issuer}</saml:Issuer>\
             <saml:Subject><saml:NameID{format}>{subject}</saml:NameID>{confirmation}</saml:Subject>{conditions}{statement}\
             <saml:AttributeStatement>{attributes}</saml:AttributeStatement></saml:Assertion>"
        );
        let replaced = self.replacements.iter();
        let whole = replaced.fold(whole, |whole, (from, to)| whole.replace(from, to));
        let without = |part: &str| whole.replace(part, "");
        match self.broken {
            Some(Broken::NoConditions) => without(&conditions),
            Some(Broken::NoAuthnStatement) => without(&statement),
            Some(Broken::NoRecipient) => without(&format!(" Recipient=\"{recipient}\"")),
            Some(Broken::NoSubjectExpiry) => whole.replace(
                &data,
                &format!("<saml:SubjectConfirmationData Recipient=\"{recipient}\"/>"),
            ),
            Some(Broken::NoNameIdFormat) => without(&format),
            Some(Broken::TwoConfirmations) => {
                whole.replace(&confirmation, &format!("{confirmation}{confirmation}"))
            }
            Some(Broken::MalformedStart) => {
                whole.replace(&format!("NotBefore=\"{start}\""), "NotBefore=\"yesterday\"")
            }
            _ => whole,
        }
    }

    fn attribute_elements(&self) -> String {
        let mut elements = String::new();
        for (name, values) in &self.attributes {
            // Writing to a string cannot fail.
            let _ = write!(elements, "<saml:Attribute Name=\"{}\">", escape(name));
            for value in values {
                let _ = write!(
                    elements,
                    "<saml:AttributeValue>{}</saml:AttributeValue>",
                    escape(value)
                );
            }
            elements.push_str("</saml:Attribute>");
        }
        elements
    }

    fn aws_attribute<S: Into<String>>(
        self,
        name: &str,
        values: impl IntoIterator<Item = S>,
    ) -> Self {
        self.attribute(format!("{PREFIX}{name}"), values)
    }
}

/// Signs the element of an id. The signature is behind the issuer, where the schema wants it, and so before the element that follows it.
fn sign(xml: &str, id: &str, before: &str, key: &SigningKey) -> Result<String, MintError> {
    let certificate = certificate::built_in().ok_or(MintError::Key)?;
    signature::sign(xml, id, before, key, certificate).ok_or(MintError::Key)
}

fn second(time: Timestamp) -> String {
    Timestamp::from_second(time.as_second()).unwrap_or(time).to_string()
}

const ASSERTION_ID: &str = "_assertion";
const RESPONSE_ID: &str = "_response";
