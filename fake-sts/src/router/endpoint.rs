use http::{HeaderMap, header};

use crate::action::Endpoint;

/// What the name of an endpoint tells about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// The region whose signatures it takes; nothing for names that are none of STS, such as `localhost`.
    pub(super) region: Option<String>,
    pub(super) endpoint: Endpoint,
}

/// The region of a request to an endpoint that has none, such as `localhost`, and that is not signed.
pub(super) const DEFAULT_REGION: &str = "us-east-1";

/// Reads the header `Host`.
///
/// `sts.<region>.amazonaws.com`, `sts-fips.<region>..`, the dual-stack `sts.<region>.api.aws`, the same in other partitions, and the global
/// `sts.amazonaws.com`, which takes signatures of `us-east-1` only. See
/// [endpoints](https://docs.aws.amazon.com/general/latest/gr/sts.html).
pub(super) fn named(headers: &HeaderMap) -> Named {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.split(':').next().unwrap_or_default();
    // Names know no case, and may end with the dot of the root.
    let name = name.strip_suffix('.').unwrap_or(name);
    if name.eq_ignore_ascii_case("sts.amazonaws.com") {
        return Named { region: Some(DEFAULT_REGION.to_owned()), endpoint: Endpoint::Global };
    }
    Named { region: regional(name), endpoint: Endpoint::Regional }
}

fn regional(name: &str) -> Option<String> {
    let (service, rest) = name.split_once('.')?;
    let (region, domain) = rest.split_once('.')?;
    let is_one_of =
        |known: &[&str], part: &str| known.iter().any(|known| known.eq_ignore_ascii_case(part));
    let is_sts = is_one_of(&SERVICES, service) && is_one_of(&DOMAINS, domain);
    is_sts.then(|| region.to_ascii_lowercase())
}

const SERVICES: [&str; 2] = ["sts", "sts-fips"];

const DOMAINS: [&str; 9] = [
    "amazonaws.com",
    "amazonaws.com.cn",
    "api.aws",
    "api.amazonwebservices.com.cn",
    "c2s.ic.gov",
    "sc2s.sgov.gov",
    "cloud.adc-e.uk",
    "csp.hci.ic.gov",
    "amazonaws.eu",
];

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[track_caller]
    fn check(host: &'static str, region: Option<&str>, endpoint: Endpoint) {
        let headers = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static(host))]);
        let region = region.map(str::to_owned);
        assert_eq!(named(&headers), Named { region, endpoint }, "{host}");
    }

    #[test]
    fn names_of_sts_tell_their_region() {
        check("sts.amazonaws.com", Some("us-east-1"), Endpoint::Global);
        check("sts.eu-west-1.amazonaws.com", Some("eu-west-1"), Endpoint::Regional);
        check("sts.eu-west-1.amazonaws.com:443", Some("eu-west-1"), Endpoint::Regional);
        check("sts-fips.us-west-2.amazonaws.com", Some("us-west-2"), Endpoint::Regional);
        check("sts.us-west-2.api.aws", Some("us-west-2"), Endpoint::Regional);
        check("sts.cn-north-1.amazonaws.com.cn", Some("cn-north-1"), Endpoint::Regional);
        check("STS.EU-West-1.AmazonAWS.com:443", Some("eu-west-1"), Endpoint::Regional);
        check("STS.amazonaws.com.", Some("us-east-1"), Endpoint::Global);
        check("127.0.0.1:4566", None, Endpoint::Regional);
        check("sts.example.com", None, Endpoint::Regional);
        check("sts.localhost", None, Endpoint::Regional);
    }
}
