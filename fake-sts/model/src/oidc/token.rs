use std::fmt;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::algorithm::Algorithm;
use super::fault::TokenFault;
use super::issuer_url::is_url;
use super::key_set::{KeySet, SignatureCheck};
use super::roles_claim::AuthorizedRoles;
use super::rules::{AudienceMessage, Rules, SeveralAudiences};
use super::session_claims::SessionClaims;
use super::verified::VerifiedToken;

/// A token whose shape is that of a signed JWT, and nothing more: its signature is not checked yet.
///
/// Only the issuer, the algorithm and the key id can be read, which is what it takes to find the keys to check it against.
pub struct Token {
    algorithm: Result<Algorithm, String>,
    key_id: Option<String>,
    issuer: String,
    claims: Map<String, Value>,
    /// The one claim whose null value is another mistake than its absence.
    subject_is_null: bool,
    signing_input: Vec<u8>,
    signature: Vec<u8>,
}

impl Token {
    /// Reads the shape of a JWS in compact form ([RFC 7515](https://www.rfc-editor.org/rfc/rfc7515#section-7.1)) and its issuer.
    ///
    /// # Errors
    ///
    /// [`TokenFault::NotAJwt`], also for unsigned tokens; [`TokenFault::MissingClaim`] and [`TokenFault::IssuerNotAUrl`] for the issuer.
    pub fn parse(text: &str) -> Result<Self, TokenFault> {
        if text.len() > MAX_LENGTH {
            return Err(not_a_jwt("longer than 20,000 bytes"));
        }
        let mut parts = text.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(not_a_jwt("not three parts with a dot between them"));
        };
        let signing_input =
            text.as_bytes().get(..header.len() + 1 + payload.len()).unwrap_or_default().to_vec();
        let header =
            object(header).ok_or_else(|| not_a_jwt("the header is no JSON object in base64url"))?;
        let mut claims = object(payload)
            .ok_or_else(|| not_a_jwt("the payload is no JSON object in base64url"))?;
        let subject_is_null = claims.get("sub").is_some_and(Value::is_null);
        // Some issuers write claims they have nothing to say about as null.
        claims.retain(|_, value| !value.is_null());
        let signature = URL_SAFE_NO_PAD
            .decode(signature)
            .map_err(|_| not_a_jwt("the signature is not in base64url"))?;
        let text = |name: &str| header.get(name).and_then(Value::as_str);
        let algorithm = match text("alg").ok_or_else(|| not_a_jwt("the header has no alg"))? {
            name if name.eq_ignore_ascii_case("none") => {
                return Err(not_a_jwt("it is unsigned: alg is none"));
            }
            name => Algorithm::from_name(name).ok_or_else(|| name.to_owned()),
        };
        if signature.is_empty() {
            return Err(not_a_jwt("it is unsigned: the signature is empty"));
        }
        if header.contains_key("crit") {
            return Err(not_a_jwt("the header demands extensions that STS does not know"));
        }
        let key_id = text("kid").map(ToOwned::to_owned);
        let issuer = string_claim(&claims, "iss")?.to_owned();
        if !is_url(&issuer) {
            return Err(TokenFault::IssuerNotAUrl);
        }
        Ok(Self { algorithm, key_id, issuer, claims, subject_is_null, signing_input, signature })
    }

    /// The issuer it claims to be of.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The id of the key it claims to be signed with.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// The algorithm it claims to be signed with; `None` for one that STS does not accept.
    #[must_use]
    pub fn algorithm(&self) -> Option<Algorithm> {
        self.algorithm.as_ref().ok().copied()
    }

    /// Checks the signature, then the times, then the audience.
    ///
    /// # Errors
    ///
    /// The first of these that fails, as a [`TokenFault`].
    pub fn verify(
        self,
        keys: &KeySet,
        now: SystemTime,
        rules: &Rules<'_>,
    ) -> Result<VerifiedToken, TokenFault> {
        self.check_signature(keys)?;
        let expires_at = integer_claim(&self.claims, "exp")?;
        let issued_at = integer_claim(&self.claims, "iat")?;
        let audiences = audiences(&self.claims)?;
        let subject = self.subject()?;
        self.check_times(expires_at, issued_at, epoch_seconds(now), rules)?;
        let audience = effective_audience(&self.claims, &audiences, rules)?;
        let session = SessionClaims::read(&self.claims)?;
        Ok(VerifiedToken {
            issuer: self.issuer,
            subject,
            audience,
            original_audiences: audiences,
            issued_at,
            expires_at,
            session,
            roles: AuthorizedRoles::read(&self.claims),
            claims: self.claims,
        })
    }

    /// Whether the keys have the one it names, and that one did not sign it.
    #[must_use]
    pub fn is_misfit(&self, keys: &KeySet) -> bool {
        matches!(self.check_signature(keys), Err(TokenFault::SignatureInvalid))
    }

    fn check_signature(&self, keys: &KeySet) -> Result<(), TokenFault> {
        let algorithm = match &self.algorithm {
            Ok(algorithm) => *algorithm,
            Err(name) => {
                return Err(TokenFault::NoVerificationKey {
                    cause: format!("STS does not accept the algorithm {name:?}"),
                });
            }
        };
        match keys.check(self.key_id(), algorithm, &self.signing_input, &self.signature) {
            SignatureCheck::Good => Ok(()),
            SignatureCheck::Bad => Err(TokenFault::SignatureInvalid),
            SignatureCheck::Unusable => Err(TokenFault::NotValidated {
                cause: "the issuer's key has key_ops, with which STS does not work, or an x5c of another key; leave them out"
                    .to_owned(),
            }),
            SignatureCheck::NoKey => {
                let ids = keys.key_ids().collect::<Vec<_>>();
                let wanted = self
                    .key_id()
                    .map_or_else(|| "any key id".to_owned(), |id| format!("key id {id:?}"));
                Err(TokenFault::NoVerificationKey {
                    cause: format!("no {algorithm} key with {wanted}; the issuer has {ids:?}"),
                })
            }
        }
    }

    /// Any text, also an empty one, or a number.
    fn subject(&self) -> Result<String, TokenFault> {
        match self.claims.get("sub") {
            Some(Value::String(text)) => Ok(text.clone()),
            Some(Value::Number(number)) => Ok(number.to_string()),
            Some(_) => Err(TokenFault::InvalidClaim {
                claim: "sub".to_owned(),
                wanted: "a string or a number",
            }),
            None if self.subject_is_null => Err(TokenFault::NullSubject),
            None => Err(TokenFault::MissingClaim { claim: "sub" }),
        }
    }

    /// Without leeway, a token is expired at the very instant of its expiry; with it, once more than that has passed.
    fn check_times(
        &self,
        expires_at: i64,
        issued_at: i64,
        now: i64,
        rules: &Rules<'_>,
    ) -> Result<(), TokenFault> {
        let skew = seconds(rules.skew);
        let late = now.saturating_sub(expires_at);
        if late > skew || (late == 0 && skew == 0) {
            return Err(TokenFault::Expired { now, expiration: expires_at });
        }
        let not_before = self
            .claims
            .contains_key("nbf")
            .then(|| integer_claim(&self.claims, "nbf"))
            .transpose()?;
        for (claim, not_before) in [("nbf", not_before), ("iat", Some(issued_at))] {
            if let Some(not_before) =
                not_before.filter(|not_before| *not_before > now.saturating_add(skew))
            {
                return Err(TokenFault::NotYetValid { now, claim, not_before });
            }
        }
        let age = now.saturating_sub(issued_at);
        match rules.max_age {
            Some(max_age) if age > seconds(max_age).saturating_add(skew) => {
                Err(TokenFault::TooOld { age })
            }
            _ => Ok(()),
        }
    }
}

/// Without claims and signature, which would make it a usable token.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Token");
        debug
            .field("issuer", &self.issuer)
            .field("algorithm", &self.algorithm)
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

fn object(base64url: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(base64url).ok()?).ok()
}

fn string_claim<'a>(
    claims: &'a Map<String, Value>,
    claim: &'static str,
) -> Result<&'a str, TokenFault> {
    match claims.get(claim) {
        None => Err(TokenFault::MissingClaim { claim }),
        Some(Value::String(text)) if text.is_empty() => Err(TokenFault::MissingClaim { claim }),
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(TokenFault::InvalidClaim { claim: claim.to_owned(), wanted: "a string" }),
    }
}

/// STS takes times as integers, also in quotes.
fn integer_claim(claims: &Map<String, Value>, claim: &'static str) -> Result<i64, TokenFault> {
    match claims.get(claim) {
        None => Err(TokenFault::MissingClaim { claim }),
        Some(value) => value.as_i64().or_else(|| value.as_str()?.parse().ok()).ok_or_else(|| {
            TokenFault::InvalidClaim {
                claim: claim.to_owned(),
                wanted: "an integer of seconds since 1970",
            }
        }),
    }
}

fn audiences(claims: &Map<String, Value>) -> Result<Vec<String>, TokenFault> {
    let invalid = || TokenFault::InvalidClaim {
        claim: "aud".to_owned(),
        wanted: "a string or a list of strings",
    };
    let audiences = match claims.get("aud") {
        None => Vec::new(),
        Some(Value::String(only)) => vec![only.clone()],
        Some(Value::Array(list)) => list
            .iter()
            .map(|value| value.as_str().map(ToOwned::to_owned).ok_or_else(invalid))
            .collect::<Result<_, _>>()?,
        Some(_) => return Err(invalid()),
    };
    if audiences.is_empty() {
        Err(TokenFault::MissingClaim { claim: "aud" })
    } else {
        Ok(audiences)
    }
}

/// The authorized party where there is one, else the audience.
fn effective_audience(
    claims: &Map<String, Value>,
    audiences: &[String],
    rules: &Rules<'_>,
) -> Result<String, TokenFault> {
    let wrong = |audience: &[String]| match rules.audience_message {
        AudienceMessage::Older => TokenFault::WrongAudience { audience: audience.to_vec() },
        AudienceMessage::Current => TokenFault::NotValidated {
            cause: format!("the token is for {audience:?}, which is no client id of the provider"),
        },
    };
    let known = |audience: &&String| rules.client_ids.contains(audience);
    if let Some(party) = claims.get("azp") {
        let party = party.as_str().ok_or_else(|| TokenFault::InvalidClaim {
            claim: "azp".to_owned(),
            wanted: "a string",
        })?;
        let party = party.to_owned();
        return if known(&&party) { Ok(party) } else { Err(wrong(&[party])) };
    }
    match (audiences, rules.several_audiences) {
        ([only], _) => Some(only).filter(known),
        (_, SeveralAudiences::Refused) => return Err(TokenFault::SeveralAudiences),
        (several, SeveralAudiences::FirstKnown) => several.iter().find(known),
    }
    .cloned()
    .ok_or_else(|| wrong(audiences))
}

fn not_a_jwt(cause: &'static str) -> TokenFault {
    TokenFault::NotAJwt { cause }
}

pub(super) fn epoch_seconds(time: SystemTime) -> i64 {
    match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(after) => seconds(after),
        Err(before) => seconds(before.duration()).saturating_neg(),
    }
}

pub(super) fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

/// The limit of `WebIdentityToken` in the published model of the API.
const MAX_LENGTH: usize = 20_000;
