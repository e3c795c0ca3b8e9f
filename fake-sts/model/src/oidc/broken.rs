use crate::spelling::{did_you_mean, meant};

/// What is wrong with a token on purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Broken {
    /// It expired a minute ago.
    Expired,
    /// It is issued an hour from now.
    NotYetValid,
    /// It was issued 30 days ago and has not expired.
    TooOld,
    /// It is for another audience.
    WrongAudience,
    /// Its key id is that of no key.
    UnknownKeyId,
    /// It is unsigned: `alg` is `none`.
    AlgorithmNone,
    /// It is signed with HS256 and the issuer's public key as the secret, an attack on careless verifiers.
    Hs256,
    /// One bit of its signature is flipped.
    BadSignature,
    /// It is signed by another key than the one whose id it names.
    ForeignKey,
    /// A claim was changed after signing.
    Tampered,
    /// A claim is not there.
    MissingClaim(String),
    /// `exp` has a fraction.
    FractionalExpiry,
    /// `iss` is no URL.
    IssuerNotAUrl,
    /// It is an opaque text, as access tokens are.
    Opaque,
}

/// No way to break a token goes by that name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no `{name}`{}", those_there_are(.name))]
#[non_exhaustive]
pub struct UnknownBroken {
    /// What was asked for.
    pub name: String,
}

impl Broken {
    /// Each way to break a token, by its name. A missing claim goes by `no-` and its name, such as `no-subject`.
    const NAMED: [(&'static str, Self); 13] = [
        ("expired", Self::Expired),
        ("issued-in-future", Self::NotYetValid),
        ("too-old", Self::TooOld),
        ("wrong-audience", Self::WrongAudience),
        ("unknown-kid", Self::UnknownKeyId),
        ("alg-none", Self::AlgorithmNone),
        ("alg-hs256", Self::Hs256),
        ("bad-signature", Self::BadSignature),
        ("foreign-key", Self::ForeignKey),
        ("tampered", Self::Tampered),
        ("fractional-expiry", Self::FractionalExpiry),
        ("issuer-not-a-url", Self::IssuerNotAUrl),
        ("opaque", Self::Opaque),
    ];

    /// The claims whose absence has a name.
    const CLAIMS: [(&'static str, &'static str); 5] = [
        ("no-subject", "sub"),
        ("no-audience", "aud"),
        ("no-issuer", "iss"),
        ("no-expiry", "exp"),
        ("no-issue-time", "iat"),
    ];

    /// What a name such as `expired`, `alg-none` or `no-subject` stands for, as in `POST /_fake-sts/mint`.
    ///
    /// # Errors
    ///
    /// When nothing goes by that name; the error lists what does.
    pub fn named(name: &str) -> Result<Self, UnknownBroken> {
        let broken = Self::NAMED.into_iter().find(|(known, _)| *known == name);
        let missing = || Self::CLAIMS.iter().find(|(known, _)| *known == name);
        broken
            .map(|(_, broken)| broken)
            .or_else(|| missing().map(|(_, claim)| Self::MissingClaim((*claim).to_owned())))
            .ok_or_else(|| UnknownBroken { name: name.to_owned() })
    }

    /// All names that [`named`](Self::named) knows.
    pub fn names() -> impl Iterator<Item = &'static str> {
        let broken = Self::NAMED.into_iter().map(|(name, _)| name);
        broken.chain(Self::CLAIMS.iter().map(|(name, _)| *name))
    }
}

fn those_there_are(name: &str) -> String {
    let names = Broken::names().collect::<Vec<_>>().join(", ");
    match meant(name, Broken::names()) {
        Some(meant) => format!("{} There are {names}", did_you_mean(Some(meant))),
        None => format!("; there are {names}"),
    }
}
