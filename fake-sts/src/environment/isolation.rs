//! What keeps a client from somebody else's keys and from the real AWS.
//!
//! Each variable that an AWS client reads is set, removed, or without influence on where it calls and as whom. A test knows the variables of
//! the clients of AWS for Python, JavaScript, Go, Java, Rust and of the AWS CLI, and fails for any other variable.

/// The variables that must not be there.
pub(super) const REMOVED: [&str; 35] = [
    // Other keys, and what belongs to them.
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_CREDENTIAL_SCOPE",
    "AWS_CREDENTIAL_FILE",
    "AWS_ACCESS_KEY",
    "AWS_SECRET_KEY",
    "AWS_ACCOUNT_ID",
    "AWS_BEARER_TOKEN_BEDROCK",
    "AWS_BEARER_TOKEN_STS",
    // Profiles and roles.
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_LOGIN_CACHE_DIRECTORY",
    "BOTO_CONFIG",
    // Containers and machines that have credentials.
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_CONTAINER_SERVICE_ENDPOINT",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
    // Other endpoints, and other signatures than the fake knows.
    "AWS_STS_REGIONAL_ENDPOINTS",
    "AWS_STS_USE_GLOBAL_ENDPOINT",
    "AWS_USE_FIPS",
    "AWS_USE_DUALSTACK",
    "AWS_ACCOUNT_ID_ENDPOINT_MODE",
    "AWS_AUTH_SCHEME_PREFERENCE",
    "AWS_SIGV4A_SIGNING_REGION_SET",
    "AWS_PARTITIONS_FILE",
    "AWS_DATA_PATH",
    // Certificates of another place: those of this one are set if there are any.
    "AWS_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
];

/// The switches that a file could turn on as well, which a variable overrules.
pub(super) const OFF: [&str; 3] =
    ["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"];

/// Clients read one or the other.
pub(super) const NO_PROXY: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// The hosts that clients reach without a proxy: those of now, and the one of an endpoint.
pub(super) fn no_proxy(endpoint: &str, current: Option<String>) -> String {
    let authority = endpoint.split_once("://").map_or(endpoint, |(_, rest)| rest);
    // In clients that take an address of IPv6, it is without the brackets of URLs.
    let host = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address,
        None => authority.split_once(':').map_or(authority, |(host, _)| host),
    };
    match current.filter(|hosts| !hosts.trim().is_empty()) {
        Some(hosts) if hosts.split(',').any(|known| known.trim() == host) => hosts,
        Some(hosts) => format!("{hosts},{host}"),
        None => host.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(endpoint: &str, current: Option<&str>, wanted: &str) {
        assert_eq!(no_proxy(endpoint, current.map(str::to_owned)), wanted);
    }

    #[test]
    fn the_host_joins_those_that_are_reached_without_a_proxy() {
        check("http://127.0.0.1:4566", None, "127.0.0.1");
        check("https://localhost:4566", Some(""), "localhost");
        check("http://[::1]:80", Some("a.test, b.test"), "a.test, b.test,::1");
        check("http://127.0.0.1:80", Some("a.test, 127.0.0.1"), "a.test, 127.0.0.1");
        check("http://sts.fake-sts.test", None, "sts.fake-sts.test");
    }
}
