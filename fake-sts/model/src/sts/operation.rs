use std::fmt;

/// An operation of the API, version 2011-06-15.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "code that handles these must handle each of them")]
#[expect(missing_docs, reason = "each is the operation of the same name")]
pub enum Operation {
    AssumeRole,
    AssumeRoleWithSaml,
    AssumeRoleWithWebIdentity,
    AssumeRoot,
    DecodeAuthorizationMessage,
    GetAccessKeyInfo,
    GetCallerIdentity,
    GetDelegatedAccessToken,
    GetFederationToken,
    GetScopedCredentials,
    GetSessionToken,
    GetWebIdentityToken,
}

impl Operation {
    /// All operations, in alphabetical order.
    pub const ALL: [Self; 12] = [
        Self::AssumeRole,
        Self::AssumeRoleWithSaml,
        Self::AssumeRoleWithWebIdentity,
        Self::AssumeRoot,
        Self::DecodeAuthorizationMessage,
        Self::GetAccessKeyInfo,
        Self::GetCallerIdentity,
        Self::GetDelegatedAccessToken,
        Self::GetFederationToken,
        Self::GetScopedCredentials,
        Self::GetSessionToken,
        Self::GetWebIdentityToken,
    ];

    /// The operation that a value of `Action` names, letter by letter.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operation| operation.as_str() == name)
    }

    /// Whether requests must be signed. Two operations take their proof as a parameter instead.
    #[must_use]
    pub fn is_signed(self) -> bool {
        !matches!(self, Self::AssumeRoleWithSaml | Self::AssumeRoleWithWebIdentity)
    }

    /// Whether its requests name a role in `RoleArn`.
    #[must_use]
    pub fn names_a_role(self) -> bool {
        matches!(
            self,
            Self::AssumeRole | Self::AssumeRoleWithSaml | Self::AssumeRoleWithWebIdentity
        )
    }

    /// The names of the parameters that it takes, without those of lists and structures inside of them.
    #[must_use]
    pub fn parameters(self) -> &'static [&'static str] {
        match self {
            Self::AssumeRole => &[
                "DurationSeconds",
                "ExternalId",
                "MinimumSessionTokenSize",
                "Policy",
                "PolicyArns",
                "ProvidedContexts",
                "RoleArn",
                "RoleSessionName",
                "SerialNumber",
                "SourceIdentity",
                "Tags",
                "TokenCode",
                "TransitiveTagKeys",
            ],
            Self::AssumeRoleWithSaml => &[
                "DurationSeconds",
                "MinimumSessionTokenSize",
                "Policy",
                "PolicyArns",
                "PrincipalArn",
                "RoleArn",
                "SAMLAssertion",
            ],
            Self::AssumeRoleWithWebIdentity => &[
                "DurationSeconds",
                "MinimumSessionTokenSize",
                "Policy",
                "PolicyArns",
                "ProviderId",
                "RoleArn",
                "RoleSessionName",
                "WebIdentityToken",
            ],
            Self::AssumeRoot => {
                &["DurationSeconds", "MinimumSessionTokenSize", "TargetPrincipal", "TaskPolicyArn"]
            }
            Self::DecodeAuthorizationMessage => &["EncodedMessage"],
            Self::GetAccessKeyInfo => &["AccessKeyId"],
            Self::GetCallerIdentity => &[],
            Self::GetDelegatedAccessToken => &["TradeInToken"],
            Self::GetFederationToken => &[
                "DurationSeconds",
                "MinimumSessionTokenSize",
                "Name",
                "Policy",
                "PolicyArns",
                "Tags",
            ],
            Self::GetScopedCredentials => &[
                "DurationSeconds",
                "MinimumSessionTokenSize",
                "Policy",
                "ScopedSessionDescription",
            ],
            Self::GetSessionToken => {
                &["DurationSeconds", "MinimumSessionTokenSize", "SerialNumber", "TokenCode"]
            }
            Self::GetWebIdentityToken => {
                &["Audience", "DurationSeconds", "Scope", "SigningAlgorithm", "SubjectMode", "Tags"]
            }
        }
    }

    /// The name, as in `Action`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AssumeRole => "AssumeRole",
            Self::AssumeRoleWithSaml => "AssumeRoleWithSAML",
            Self::AssumeRoleWithWebIdentity => "AssumeRoleWithWebIdentity",
            Self::AssumeRoot => "AssumeRoot",
            Self::DecodeAuthorizationMessage => "DecodeAuthorizationMessage",
            Self::GetAccessKeyInfo => "GetAccessKeyInfo",
            Self::GetCallerIdentity => "GetCallerIdentity",
            Self::GetDelegatedAccessToken => "GetDelegatedAccessToken",
            Self::GetFederationToken => "GetFederationToken",
            Self::GetScopedCredentials => "GetScopedCredentials",
            Self::GetSessionToken => "GetSessionToken",
            Self::GetWebIdentityToken => "GetWebIdentityToken",
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl AsRef<str> for Operation {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}
