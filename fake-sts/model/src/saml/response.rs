use std::time::SystemTime;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use data_encoding::HEXLOWER;
use jiff::{SignedDuration, Timestamp};
use roxmltree::{Document, Node};

use super::assertion::Assertion;
use super::attributes::{self, AwsAttributes};
use super::document::{self, ASSERTION, PROTOCOL, children, only_child, text};
use super::fault::SamlFault;
use super::metadata::Metadata;
use super::signature;
use crate::switches::SamlAudience;

/// Checks a SAML response, as `AssumeRoleWithSAML` takes it, against the metadata of a provider.
///
/// Signature first, then issuer, form, times and attributes. The role is left to the caller: see [`Assertion::has_role`]. The audience and the
/// recipient are checked on demand alone: AWS accepted any of them in September 2026.
///
/// # Errors
///
/// The first of these that fails, as a [`SamlFault`].
pub fn verify(
    base64: &str,
    metadata: &Metadata,
    now: SystemTime,
    audience: SamlAudience,
) -> Result<Assertion, SamlFault> {
    if base64.len() > MAX_LENGTH {
        return Err(invalid("it is longer than 100,000 characters"));
    }
    let bytes = STANDARD
        .decode(base64.split_ascii_whitespace().collect::<String>())
        .map_err(|_| SamlFault::NotBase64)?;
    let xml = String::from_utf8(bytes).map_err(|_| invalid("it is no UTF-8"))?;
    let document = document::parse(&xml).map_err(invalid)?;
    let (assertion, signer) = signed_assertion(&document, metadata)?;
    let issuer =
        only_text(assertion, "Issuer").ok_or_else(|| invalid("the assertion has no issuer"))?;
    if issuer != metadata.entity_id() {
        return Err(SamlFault::WrongIssuer {
            found: issuer,
            wanted: metadata.entity_id().to_owned(),
        });
    }
    let now = Timestamp::try_from(now).unwrap_or(Timestamp::MAX);
    let confirmation = Confirmation::read(assertion)?;
    check_times(assertion, &confirmation, now)?;
    let session_end = session_end(assertion)?;
    if session_end.is_some_and(|end| now.as_second() >= end) {
        return Err(SamlFault::Expired { cause: "SessionNotOnOrAfter has passed" });
    }
    if audience == SamlAudience::Checked {
        check_audience(assertion, &confirmation.recipient)?;
    }
    let attributes = attributes::all(assertion);
    let aws = AwsAttributes::read(&attributes)?;
    Ok(Assertion {
        issuer,
        subject: confirmation.subject,
        subject_type: confirmation.subject_type,
        audience: confirmation.recipient,
        roles: aws.roles,
        role_session_name: aws.role_session_name,
        session_duration: aws.session_duration,
        session_not_on_or_after: session_end,
        source_identity: aws.source_identity,
        tags: aws.tags,
        transitive_tag_keys: aws.transitive_tag_keys,
        attributes,
        signing_key_hash: HEXLOWER.encode(digest(&SHA256, signer).as_ref()),
    })
}

/// What the subject of an assertion says about itself.
struct Confirmation {
    subject: String,
    subject_type: String,
    recipient: String,
    not_on_or_after: Timestamp,
}

/// The one assertion of the response, once its signature and that of the response, if it has one, have been checked; and the key that signed it.
fn signed_assertion<'a, 'i, 'k>(
    document: &'a Document<'i>,
    metadata: &'k Metadata,
) -> Result<(Node<'a, 'i>, &'k [u8]), SamlFault> {
    let response =
        Some(document.root_element()).filter(|root| root.has_tag_name((PROTOCOL, "Response")));
    let response = response.ok_or_else(|| invalid("its root is no samlp:Response"))?;
    let status = only_child(response, PROTOCOL, "Status")
        .and_then(|status| only_child(status, PROTOCOL, "StatusCode"));
    if status.and_then(|code| code.attribute("Value")).is_some_and(|value| value != SUCCESS) {
        return Err(invalid("its status is no success"));
    }
    if children(response, ASSERTION, "EncryptedAssertion").next().is_some() {
        return Err(invalid(
            "the assertion is encrypted, and this fake cannot decrypt it; have the identity provider send it unencrypted",
        ));
    }
    let assertion = only_child(response, ASSERTION, "Assertion")
        .ok_or_else(|| invalid("it has no assertion, or several"))?;
    let unsigned = |cause| SamlFault::SignatureInvalid { cause };
    signature::check_unique_ids(document).map_err(unsigned)?;
    if !signature::is_signed(assertion) {
        return Err(SamlFault::Unsigned);
    }
    if signature::is_signed(response) {
        signature::verify(response, metadata.public_keys()).map_err(unsigned)?;
    }
    let signer = signature::verify(assertion, metadata.public_keys()).map_err(unsigned)?;
    Ok((assertion, signer))
}

impl Confirmation {
    fn read(assertion: Node<'_, '_>) -> Result<Self, SamlFault> {
        let subject = only_child(assertion, ASSERTION, "Subject")
            .ok_or_else(|| invalid("the assertion has no subject"))?;
        let name = only_child(subject, ASSERTION, "NameID")
            .ok_or_else(|| invalid("the subject has no NameID"))?;
        let format = name.attribute("Format").ok_or_else(|| invalid("the NameID has no Format"))?;
        let data = only_child(subject, ASSERTION, "SubjectConfirmation")
            .ok_or_else(|| invalid("the subject has no SubjectConfirmation, or several"))?;
        let data = Some(data)
            .filter(|confirmation| confirmation.attribute("Method") == Some(BEARER))
            .and_then(|confirmation| only_child(confirmation, ASSERTION, "SubjectConfirmationData"))
            .ok_or_else(|| invalid("the subject has no SubjectConfirmationData for its bearer"))?;
        let recipient = data
            .attribute("Recipient")
            .ok_or_else(|| invalid("SubjectConfirmationData has no Recipient"))?;
        Ok(Self {
            subject: text(name).ok_or_else(|| invalid("the NameID is no text"))?,
            subject_type: format.strip_prefix(NAME_ID_FORMAT).unwrap_or(format).to_owned(),
            recipient: recipient.to_owned(),
            not_on_or_after: instant(data, "NotOnOrAfter")?
                .ok_or_else(|| invalid("SubjectConfirmationData has no NotOnOrAfter"))?,
        })
    }
}

/// Checks that nothing has ended. No `NotBefore` counts: AWS accepted assertions that begin a day later, as long as the time can be read.
fn check_times(
    assertion: Node<'_, '_>,
    confirmation: &Confirmation,
    now: Timestamp,
) -> Result<(), SamlFault> {
    let issued = instant(assertion, "IssueInstant")?
        .ok_or_else(|| invalid("the assertion has no IssueInstant"))?;
    let conditions = only_child(assertion, ASSERTION, "Conditions")
        .ok_or_else(|| invalid("the assertion has no Conditions, or several"))?;
    if children(assertion, ASSERTION, "AuthnStatement").next().is_none() {
        return Err(invalid("the assertion has no AuthnStatement"));
    }
    instant(conditions, "NotBefore")?;
    let end = instant(conditions, "NotOnOrAfter")?;
    if now.duration_since(issued) > REDEEMABLE {
        return Err(SamlFault::TooOld { cause: "IssueInstant is more than five minutes ago" });
    }
    let expired = |cause| Err(SamlFault::Expired { cause });
    if end.is_some_and(|end| now >= end) {
        return expired("NotOnOrAfter of Conditions has passed");
    }
    if now >= confirmation.not_on_or_after {
        return expired("NotOnOrAfter of SubjectConfirmationData has passed");
    }
    Ok(())
}

/// The recipient must be the sign-in endpoint; where audiences are restricted, AWS must be among them.
fn check_audience(assertion: Node<'_, '_>, recipient: &str) -> Result<(), SamlFault> {
    if !is_sign_in(recipient) {
        return Err(SamlFault::WrongAudience { found: vec![recipient.to_owned()] });
    }
    let conditions = only_child(assertion, ASSERTION, "Conditions");
    for restriction in conditions
        .into_iter()
        .flat_map(|conditions| children(conditions, ASSERTION, "AudienceRestriction"))
    {
        let audiences =
            children(restriction, ASSERTION, "Audience").filter_map(text).collect::<Vec<_>>();
        if !audiences.iter().any(|audience| is_sign_in(audience) || is_aws(audience)) {
            return Err(SamlFault::WrongAudience { found: audiences });
        }
    }
    Ok(())
}

/// `https://signin.aws.amazon.com/saml`, that of a region, or that of another partition.
fn is_sign_in(url: &str) -> bool {
    let host = url
        .strip_prefix("https://")
        .and_then(|rest| rest.strip_suffix("/saml"))
        .unwrap_or_default();
    let is_region = |region: &str| {
        region.is_empty()
            || region
                .strip_suffix('.')
                .is_some_and(|label| !label.is_empty() && !label.contains(['.', '/']))
    };
    SIGN_IN_HOSTS.iter().any(|sign_in| host.strip_suffix(sign_in).is_some_and(is_region))
}

fn is_aws(audience: &str) -> bool {
    audience == "urn:amazon:webservices" || audience.starts_with("urn:amazon:webservices:")
}

fn session_end(assertion: Node<'_, '_>) -> Result<Option<i64>, SamlFault> {
    let mut ends = Vec::new();
    for statement in children(assertion, ASSERTION, "AuthnStatement") {
        ends.extend(instant(statement, "SessionNotOnOrAfter")?.map(Timestamp::as_second));
    }
    Ok(ends.into_iter().min())
}

fn instant(element: Node<'_, '_>, attribute: &str) -> Result<Option<Timestamp>, SamlFault> {
    let text = element.attribute(attribute);
    text.map(str::parse).transpose().map_err(|_| invalid("a time is no xs:dateTime in UTC"))
}

fn only_text(parent: Node<'_, '_>, name: &'static str) -> Option<String> {
    only_child(parent, ASSERTION, name).and_then(text)
}

fn invalid(cause: &'static str) -> SamlFault {
    SamlFault::Invalid { cause }
}

pub(super) const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";
pub(super) const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
pub(super) const NAME_ID_FORMAT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:";

/// See [SAML endpoints](https://docs.aws.amazon.com/general/latest/gr/signin-service.html).
const SIGN_IN_HOSTS: [&str; 3] =
    ["signin.aws.amazon.com", "signin.amazonaws-us-gov.com", "signin.amazonaws.cn"];

const REDEEMABLE: SignedDuration = SignedDuration::from_mins(5);

/// The limit of `SAMLAssertion` in the published model of the API.
const MAX_LENGTH: usize = 100_000;
