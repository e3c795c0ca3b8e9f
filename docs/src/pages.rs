//! One line for each page that shows Rust; a test sees to it that none is missing.

macro_rules! pages {
    ($($name:ident: $path:literal,)*) => { $(#[doc = include_str!($path)] mod $name {})* };
}

pages! {
    readme: "../../README.md",
    choosing_a_provider: "../choosing-a-provider.md",
    cookbook: "../cookbook.md",
    errors: "../errors.md",
    fake_sts: "../fake-sts.md",
    many_identities: "../many-identities.md",
    metrics: "../metrics.md",
    mfa: "../mfa.md",
    migrating: "../migrating.md",
    outbound_tokens: "../outbound-tokens.md",
    other_clients: "../other-clients.md",
    profiles: "../profiles.md",
    refresh: "../refresh.md",
    scoped_credentials: "../scoped-credentials.md",
    testing_with_fake_sts: "../testing-with-fake-sts.md",
    web_identity: "../web-identity.md",
}
