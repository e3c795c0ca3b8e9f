/// What is wrong with a response on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Broken {
    /// It was issued six minutes ago.
    TooOld,
    /// It is valid from an hour from now.
    NotYetValid,
    /// It is for another service.
    WrongAudience,
    /// Another identity provider issued it, with our key.
    WrongIssuer,
    /// It is not signed.
    Unsigned,
    /// One bit of its signature is flipped.
    BadSignature,
    /// It is signed by another key than that of the metadata.
    ForeignKey,
    /// The subject was changed after signing.
    Tampered,
    /// The signed assertion was moved aside, and another stands in its place.
    Wrapped,
    /// The response is signed in place of its assertion.
    ResponseSigned,
    /// Its `Conditions` ended a minute ago.
    Expired,
    /// Its `SubjectConfirmationData` ended a minute ago.
    SubjectExpired,
    /// It has no `Conditions`.
    NoConditions,
    /// It has no `AuthnStatement`.
    NoAuthnStatement,
    /// `SubjectConfirmationData` has no `Recipient`.
    NoRecipient,
    /// `SubjectConfirmationData` has no `NotOnOrAfter`.
    NoSubjectExpiry,
    /// The `NameID` has no `Format`.
    NoNameIdFormat,
    /// There are two `SubjectConfirmation`s.
    TwoConfirmations,
    /// `NotBefore` of `Conditions` is no date.
    MalformedStart,
    /// The attribute `RoleSessionName` is not there.
    NoRoleSessionName,
    /// It is no base64.
    NotBase64,
    /// It is no XML.
    NotXml,
}
