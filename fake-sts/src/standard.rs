//! Names of the [default world](crate::world::World::standard).

/// The account in which nearly everything is.
pub const ACCOUNT: &str = "111122223333";
/// The account of [`ROLE_PARTNER`].
pub const PARTNER_ACCOUNT: &str = "444455556666";

/// The user who may call everything of STS.
pub const ALICE: &str = "arn:aws:iam::111122223333:user/alice";
/// Alice's access key.
pub const ALICE_ACCESS_KEY_ID: &str = "AKIARTX3GSDSQALICE22";
/// The secret of alice's access key.
pub const ALICE_SECRET_ACCESS_KEY: &str = "fake-sts/secret/of/alice/not/for/real/00";
/// Alice's MFA device.
pub const ALICE_MFA: &str = "arn:aws:iam::111122223333:mfa/alice";

/// The user who has no permissions.
pub const BOB: &str = "arn:aws:iam::111122223333:user/bob";
/// Bob's access key.
pub const BOB_ACCESS_KEY_ID: &str = "AKIARTX3GSDSQBOB2222";
/// The secret of bob's access key.
pub const BOB_SECRET_ACCESS_KEY: &str = "fake-sts/secret/of/bob/not/for/real/0000";

/// A role that trusts its account.
pub const ROLE_PLAIN: &str = "arn:aws:iam::111122223333:role/plain";
/// A role that trusts its account with [`EXTERNAL_ID`].
pub const ROLE_EXTERNAL: &str = "arn:aws:iam::111122223333:role/external";
/// The external id that [`ROLE_EXTERNAL`] wants.
pub const EXTERNAL_ID: &str = "fake-sts-external-id";
/// A role that trusts its account with MFA.
pub const ROLE_MFA: &str = "arn:aws:iam::111122223333:role/mfa";
/// A role that trusts the built-in OIDC issuer.
pub const ROLE_WEB: &str = "arn:aws:iam::111122223333:role/web";
/// A role that trusts [`ROLE_PLAIN`].
pub const ROLE_NEXT: &str = "arn:aws:iam::111122223333:role/next";
/// A role of another account, which trusts [`ACCOUNT`].
pub const ROLE_PARTNER: &str = "arn:aws:iam::444455556666:role/partner";
