use std::ops::RangeInclusive;
use std::sync::OnceLock;

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use x509_cert::certificate::{CertificateInner, Raw};
use x509_cert::der::asn1::UintRef;
use x509_cert::der::{Decode as _, Encode as _};

use crate::oidc::{Algorithm, SigningKey};

/// The `SubjectPublicKeyInfo` of a certificate, when it is that of an RSA key of 1024 bits or more, which is what
/// [IAM](https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_saml.html) takes.
///
/// Nothing else of the certificate is looked at: what vouches for it is that it stands in the metadata.
pub(super) fn public_key(certificate: &[u8]) -> Option<Vec<u8>> {
    let certificate = CertificateInner::<Raw>::from_der(certificate).ok()?;
    let info = certificate.tbs_certificate().subject_public_key_info();
    let modulus = modulus_bits(info.subject_public_key.as_bytes()?)?;
    let public_key = info.to_der().ok()?;
    let is_rsa = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &public_key).parse().is_ok();
    (is_rsa && RSA_BITS.contains(&modulus)).then_some(public_key)
}

/// The length of the modulus of an `RSAPublicKey`, which the library does not look at when it reads a key.
fn modulus_bits(public_key: &[u8]) -> Option<usize> {
    let numbers = Vec::<UintRef<'_>>::from_der(public_key).ok()?;
    let bytes = numbers.first()?.as_bytes();
    let leading = bytes.first()?.leading_zeros();
    (bytes.len() * 8).checked_sub(usize::try_from(leading).ok()?)
}

/// What IAM takes and signatures can be checked with.
const RSA_BITS: RangeInclusive<usize> = 1024..=8192;

/// That of the built-in identity provider, whose key is the process's: made once.
pub(super) fn built_in() -> Option<&'static [u8]> {
    static CERTIFICATE: OnceLock<Option<Vec<u8>>> = OnceLock::new();
    CERTIFICATE.get_or_init(|| self_signed(SigningKey::for_algorithm(Algorithm::Rs256)?)).as_deref()
}

/// A certificate that an RSA key signs for itself, valid from 2020 to 2049 so that no virtual clock leaves it.
///
/// See [RFC 5280](https://www.rfc-editor.org/rfc/rfc5280#section-4.1).
fn self_signed(key: &SigningKey) -> Option<Vec<u8>> {
    let algorithm = sequence(&[object_identifier(&SHA256_WITH_RSA), NULL.to_vec()]);
    let name = sequence(&[tlv(
        SET,
        &sequence(&[
            object_identifier(&COMMON_NAME),
            tlv(UTF8_STRING, b"fake-sts identity provider"),
        ]),
    )]);
    let validity = sequence(&[tlv(UTC_TIME, b"200101000000Z"), tlv(UTC_TIME, b"491231235959Z")]);
    let key_algorithm = sequence(&[object_identifier(&RSA_ENCRYPTION), NULL.to_vec()]);
    let public_key = sequence(&[key_algorithm, bit_string(key.public_bytes())]);
    let version = tlv(EXPLICIT_0, &tlv(INTEGER, &[VERSION_3]));
    let contents = sequence(&[
        version,
        tlv(INTEGER, &[1]),
        algorithm.clone(),
        name.clone(),
        validity,
        name,
        public_key,
    ]);
    let signature = key.sign(Algorithm::Rs256, &contents)?;
    Some(sequence(&[contents, algorithm, bit_string(&signature)]))
}

fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    tlv(SEQUENCE, &parts.concat())
}

fn object_identifier(content: &[u8]) -> Vec<u8> {
    tlv(OBJECT_IDENTIFIER, content)
}

fn bit_string(bytes: &[u8]) -> Vec<u8> {
    const UNUSED_BITS: u8 = 0;
    tlv(BIT_STRING, &[&[UNUSED_BITS], bytes].concat())
}

/// Tag, length and value, in the one form that DER allows.
fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    let length = value.len().to_be_bytes();
    let significant = length
        .iter()
        .position(|byte| *byte != 0)
        .and_then(|first| length.get(first..))
        .unwrap_or(&[0]);
    let mut encoded = vec![tag];
    match significant {
        [short] if *short < 0x80 => encoded.push(*short),
        // At most eight bytes, so the sum does not overflow.
        long => {
            encoded
                .extend([0x80 + u8::try_from(long.len()).unwrap_or_default()].iter().chain(long));
        }
    }
    encoded.extend(value);
    encoded
}

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const NULL: [u8; 2] = [0x05, 0x00];
const OBJECT_IDENTIFIER: u8 = 0x06;
const UTF8_STRING: u8 = 0x0c;
const UTC_TIME: u8 = 0x17;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const EXPLICIT_0: u8 = 0xa0;
const VERSION_3: u8 = 2;

/// 1.2.840.113549.1.1.1
const RSA_ENCRYPTION: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
/// 1.2.840.113549.1.1.11
const SHA256_WITH_RSA: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b];
/// 2.5.4.3
const COMMON_NAME: [u8; 3] = [0x55, 0x04, 0x03];

#[cfg(test)]
mod tests {
    use x509_cert::Certificate;

    use super::*;

    #[test]
    fn a_certificate_of_ours_is_one_by_the_rules_and_signed_by_itself() {
        let key = SigningKey::for_algorithm(Algorithm::Rs256).unwrap();
        let der = self_signed(key).unwrap();

        let certificate = Certificate::from_der(&der).unwrap();

        let contents = certificate.tbs_certificate().to_der().unwrap();
        let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public_key(&der).unwrap());
        assert!(public.verify(&contents, certificate.signature().raw_bytes()).is_ok());
        assert_eq!(
            certificate.tbs_certificate().subject().to_string(),
            "CN=fake-sts identity provider"
        );
    }

    #[test]
    fn what_is_no_certificate_has_no_key() {
        assert_eq!(public_key(b""), None);
        assert_eq!(public_key(&[0x30; 64]), None);
    }

    #[test]
    fn lengths_have_their_shortest_form() {
        assert_eq!(tlv(INTEGER, &[])[..], [2, 0]);
        assert_eq!(tlv(INTEGER, &[7; 127])[..2], [2, 127]);
        assert_eq!(tlv(INTEGER, &[7; 128])[..3], [2, 0x81, 128]);
        assert_eq!(tlv(INTEGER, &[7; 256])[..4], [2, 0x82, 1, 0]);
    }
}
