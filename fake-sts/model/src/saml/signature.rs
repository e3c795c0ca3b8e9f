//! XML signatures, enveloped by what they sign.
//!
//! The rules that leave no room for wrapping, where an attacker moves the signed element aside and puts another in the place that is read:
//!
//! - The signature must be a child of the element it signs, and refer to it by its `ID`.
//! - No `ID` may occur twice in the document.
//! - There is one reference, one `SignedInfo`, and no transform but those that are understood in full.
//! - The caller reads the signed element itself, never one it looked up again.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use roxmltree::{Document, Node};

use super::algorithm::{Hash, RSA_SHA256, SHA256_DIGEST};
use super::canonical::Canonicalization;
use super::document::{SIGNATURE, children, only_child, text};
use crate::oidc::{Algorithm, SigningKey};

/// Whether an element carries a signature.
pub(super) fn is_signed(element: Node<'_, '_>) -> bool {
    children(element, SIGNATURE, "Signature").next().is_some()
}

/// Checks the signature that an element carries, over the element, against any of the keys, and says which one it was made with.
pub(super) fn verify<'k>(
    element: Node<'_, '_>,
    public_keys: &'k [Vec<u8>],
) -> Result<&'k [u8], &'static str> {
    let signature =
        only_child(element, SIGNATURE, "Signature").ok_or("it carries no signature, or several")?;
    let signed_info = only_child(signature, SIGNATURE, "SignedInfo")
        .ok_or("the signature has no SignedInfo, or several")?;
    check_reference(element, signature, signed_info)?;
    let method = only_child(signed_info, SIGNATURE, "SignatureMethod")
        .and_then(|method| method.attribute("Algorithm"));
    let hash = method
        .and_then(Hash::of_signature_method)
        .ok_or("the signature is not RSA with SHA-1, SHA-256, SHA-384 or SHA-512")?;
    let method = only_child(signed_info, SIGNATURE, "CanonicalizationMethod")
        .ok_or("the signature names no canonicalization")?;
    let canonical = canonicalization(method, None).ok_or(NOT_EXCLUSIVE)?.apply(signed_info);
    let value = bytes(only_child(signature, SIGNATURE, "SignatureValue"))
        .ok_or("the signature has no value in base64")?;
    let signer = public_keys.iter().find(|key| hash.verifies(key, canonical.as_bytes(), &value));
    signer.map(Vec::as_slice).ok_or(
        "the signature was not made over this document with a key of the provider's metadata",
    )
}

/// Each `ID` must be that of one element only.
pub(super) fn check_unique_ids(document: &Document<'_>) -> Result<(), &'static str> {
    let mut ids =
        document.descendants().filter_map(|node| node.attribute("ID")).collect::<Vec<_>>();
    ids.sort_unstable();
    if ids.windows(2).any(|pair| pair.first() == pair.last()) {
        Err("an ID occurs twice")
    } else {
        Ok(())
    }
}

/// Puts a signature over an element into the document, before the element's child that stands in `before`.
///
/// The element is that with the `ID`. `None` when the document has no such element or the key cannot sign.
pub(super) fn sign(
    xml: &str,
    id: &str,
    before: &str,
    key: &SigningKey,
    certificate: &[u8],
) -> Option<String> {
    let document = Document::parse(xml).ok()?;
    let element = document.descendants().find(|node| node.attribute("ID") == Some(id))?;
    let position = element
        .children()
        .find(|child| child.is_element() && child.tag_name().name() == before)?
        .range()
        .start;
    let digest =
        STANDARD.encode(Hash::Sha256.digest(Canonicalization::default().apply(element).as_bytes()));
    let signed_info = format!(
        "<ds:SignedInfo xmlns:ds=\"{SIGNATURE}\"><ds:CanonicalizationMethod Algorithm=\"{EXCLUSIVE}\"/><ds:SignatureMethod Algorithm=\"{RSA_SHA256}\"/>\
         <ds:Reference URI=\"#{id}\"><ds:Transforms><ds:Transform Algorithm=\"{ENVELOPED}\"/><ds:Transform Algorithm=\"{EXCLUSIVE}\"/></ds:Transforms>\
         <ds:DigestMethod Algorithm=\"{SHA256_DIGEST}\"/><ds:DigestValue>{digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>"
    );
    let canonical =
        Canonicalization::default().apply(Document::parse(&signed_info).ok()?.root_element());
    let value = STANDARD.encode(key.sign(Algorithm::Rs256, canonical.as_bytes())?);
    let certificate = STANDARD.encode(certificate);
    let (head, tail) = xml.split_at_checked(position)?;
    Some(format!(
        "{head}<ds:Signature xmlns:ds=\"{SIGNATURE}\">{signed_info}<ds:SignatureValue>{value}</ds:SignatureValue>\
         <ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>{tail}"
    ))
}

fn check_reference(
    element: Node<'_, '_>,
    signature: Node<'_, '_>,
    signed_info: Node<'_, '_>,
) -> Result<(), &'static str> {
    let reference = only_child(signed_info, SIGNATURE, "Reference")
        .ok_or("the signature has no reference, or several")?;
    let id = element
        .attribute("ID")
        .filter(|id| !id.is_empty())
        .ok_or("the signed element has no ID")?;
    if reference.attribute("URI").and_then(|uri| uri.strip_prefix('#')) != Some(id) {
        return Err("the signature refers to another element than the one that carries it");
    }
    let transforms =
        only_child(reference, SIGNATURE, "Transforms").ok_or("the reference has no transforms")?;
    let (mut is_enveloped, mut canonicalization_element) = (false, None);
    for transform in children(transforms, SIGNATURE, "Transform") {
        match transform.attribute("Algorithm") {
            Some(ENVELOPED) if !is_enveloped => is_enveloped = true,
            _ if canonicalization_element.is_none() => canonicalization_element = Some(transform),
            _ => {
                return Err(
                    "the reference has more transforms than one canonicalization of what is around the signature",
                );
            }
        }
    }
    if !is_enveloped {
        return Err("the signature signs itself: the transform enveloped-signature is missing");
    }
    let transform = canonicalization_element.ok_or("the reference names no canonicalization")?;
    let canonical =
        canonicalization(transform, Some(signature)).ok_or(NOT_EXCLUSIVE)?.apply(element);
    let method = only_child(reference, SIGNATURE, "DigestMethod")
        .and_then(|method| method.attribute("Algorithm"));
    let hash = method
        .and_then(Hash::of_digest_method)
        .ok_or("the digest is not SHA-1, SHA-256, SHA-384 or SHA-512")?;
    let value = bytes(only_child(reference, SIGNATURE, "DigestValue"))
        .ok_or("the reference has no digest in base64")?;
    if hash.digest(canonical.as_bytes()) == value {
        Ok(())
    } else {
        Err("the digest is not that of the signed element: it was changed")
    }
}

/// What a `CanonicalizationMethod` or `Transform` asks for.
fn canonicalization<'a>(
    method: Node<'a, '_>,
    without: Option<Node<'_, '_>>,
) -> Option<Prepared<'a>> {
    let with_comments = match method.attribute("Algorithm")? {
        EXCLUSIVE => false,
        EXCLUSIVE_WITH_COMMENTS => true,
        _ => return None,
    };
    let inclusive = only_child(method, EXCLUSIVE, "InclusiveNamespaces")
        .and_then(|element| element.attribute("PrefixList"));
    let inclusive_prefixes = inclusive.unwrap_or_default().split_ascii_whitespace().collect();
    Some(Prepared { inclusive_prefixes, with_comments, without: without.map(|node| node.id()) })
}

struct Prepared<'a> {
    inclusive_prefixes: Vec<&'a str>,
    with_comments: bool,
    without: Option<roxmltree::NodeId>,
}

impl Prepared<'_> {
    fn apply(&self, element: Node<'_, '_>) -> String {
        let Self { inclusive_prefixes, with_comments, without } = self;
        Canonicalization { without: *without, inclusive_prefixes, with_comments: *with_comments }
            .apply(element)
    }
}

fn bytes(element: Option<Node<'_, '_>>) -> Option<Vec<u8>> {
    let text = text(element?)?;
    STANDARD.decode(text.split_ascii_whitespace().collect::<String>()).ok()
}

const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const EXCLUSIVE_WITH_COMMENTS: &str = "http://www.w3.org/2001/10/xml-exc-c14n#WithComments";
const NOT_EXCLUSIVE: &str = "only exclusive canonicalization is understood";
