use crate::action::Operation;

/// Whether an operation issues credentials.
pub(super) fn issues_credentials(operation: Operation) -> bool {
    has(operation, "SessionToken")
}

/// Whether answers of an operation may have a member of this name, be it inside of a structure.
pub(super) fn has(operation: Operation, name: &str) -> bool {
    of(operation).iter().any(|group| group.contains(&name))
}

/// Every member of every operation, some of them more than once.
pub(super) fn all() -> impl Iterator<Item = &'static str> {
    Operation::ALL.into_iter().flat_map(of).flat_map(|group| group.iter().copied())
}

/// See the [operations](https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html).
fn of(operation: Operation) -> &'static [&'static [&'static str]] {
    match operation {
        Operation::AssumeRole => &[CREDENTIALS, SIZE, ASSUMED_ROLE],
        Operation::AssumeRoleWithSaml => &[
            CREDENTIALS,
            SIZE,
            ASSUMED_ROLE,
            &["Subject", "SubjectType", "Issuer", "Audience", "NameQualifier"],
        ],
        Operation::AssumeRoleWithWebIdentity => &[
            CREDENTIALS,
            SIZE,
            ASSUMED_ROLE,
            &["SubjectFromWebIdentityToken", "Provider", "Audience"],
        ],
        Operation::AssumeRoot => &[CREDENTIALS, SIZE, &["SourceIdentity"]],
        Operation::DecodeAuthorizationMessage => &[&["DecodedMessage"]],
        Operation::GetAccessKeyInfo => &[&["Account"]],
        Operation::GetCallerIdentity => &[&["Arn", "UserId", "Account"]],
        Operation::GetDelegatedAccessToken => &[CREDENTIALS, SIZE, &["AssumedPrincipal"]],
        Operation::GetFederationToken => {
            &[CREDENTIALS, SIZE, &["FederatedUser", "FederatedUserId", "Arn"]]
        }
        Operation::GetScopedCredentials => &[
            CREDENTIALS,
            &["SessionTokenUtilization", "SessionTokenSize"],
            &["SessionInfo", "ScopedSessionId", "Arn", "ScopedPoliciesCount", "SourceIdentity"],
        ],
        Operation::GetSessionToken => &[CREDENTIALS, SIZE],
        Operation::GetWebIdentityToken => &[&["WebIdentityToken", "Expiration"]],
    }
}

const CREDENTIALS: &[&str] =
    &["Credentials", "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"];

const ASSUMED_ROLE: &[&str] = &["AssumedRoleUser", "AssumedRoleId", "Arn", "SourceIdentity"];

const SIZE: &[&str] = &["PackedPolicySize", "SessionTokenUtilization", "SessionTokenSize"];
