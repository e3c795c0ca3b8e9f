use http::Uri;
use stscreds_core::Error;

use super::partition::Partition;
use super::partitions::GLOBAL;
use super::{StsEndpoint, refused};

/// What decides which endpoint of STS is used.
///
/// By the rules of the AWS SDKs: FIPS and dual stack exclude an
/// [endpoint of your own](Self::url), and a region that nobody knows yet is one of the
/// partition `aws`.
///
/// ```
/// use stscreds_http::EndpointSettings;
///
/// let gov = EndpointSettings::new("us-gov-west-1").fips().resolve()?;
/// assert_eq!(gov.to_string(), "https://sts.us-gov-west-1.amazonaws.com/");
///
/// let own = EndpointSettings::new("us-east-1").url("http://127.0.0.1:9000").resolve()?;
/// assert_eq!(own.to_string(), "http://127.0.0.1:9000/");
/// # Ok::<_, stscreds_core::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "call `resolve` to get the endpoint"]
pub struct EndpointSettings {
    region: String,
    url: Option<Url>,
    fips: bool,
    dual_stack: bool,
}

impl EndpointSettings {
    /// The endpoint of this region.
    pub fn new(region: impl Into<String>) -> Self {
        Self { region: region.into(), url: None, fips: false, dual_stack: false }
    }

    /// What environment variables say, as the AWS SDKs read them.
    ///
    /// | variable | |
    /// |---|---|
    /// | `AWS_REGION`, `AWS_DEFAULT_REGION` | the region |
    /// | `AWS_ENDPOINT_URL_STS`, `AWS_ENDPOINT_URL` | an endpoint of your own, unless `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` is `true` |
    /// | `AWS_USE_FIPS_ENDPOINT`, `AWS_USE_DUALSTACK_ENDPOINT` | `true` or `false` |
    ///
    /// # Errors
    ///
    /// [`InvalidConfiguration`](stscreds_core::ErrorKind::InvalidConfiguration) if no
    /// region is set, or a variable is not UTF-8 or neither `true` nor `false`.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_variables(crate::environment::variable)
    }

    pub(super) fn from_variables(
        variable: impl Fn(&str) -> Result<Option<String>, Error>,
    ) -> Result<Self, Error> {
        let first = |names: [&str; 2]| {
            let found = variable(names[0])?;
            if found.is_some() { Ok(found) } else { variable(names[1]) }
        };
        let is_true = |name: &str| match variable(name)?.as_deref() {
            None => Ok(false),
            Some(text) if text.eq_ignore_ascii_case("true") => Ok(true),
            Some(text) if text.eq_ignore_ascii_case("false") => Ok(false),
            Some(_) => Err(refused(format!("{name} is neither true nor false"))),
        };
        let region = first(["AWS_REGION", "AWS_DEFAULT_REGION"])?.ok_or_else(|| {
            refused("no region: set AWS_REGION, or give the region in code; none is guessed")
        })?;
        let url = match is_true("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")? {
            true => None,
            false => first(["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"])?,
        };
        Ok(Self {
            region,
            url: url.map(Url),
            fips: is_true("AWS_USE_FIPS_ENDPOINT")?,
            dual_stack: is_true("AWS_USE_DUALSTACK_ENDPOINT")?,
        })
    }

    /// The endpoint with [FIPS 140](https://aws.amazon.com/compliance/fips/) cryptography.
    pub fn fips(mut self) -> Self {
        self.fips = true;
        self
    }

    /// The endpoint that is reached by IPv6 as well as by IPv4.
    pub fn dual_stack(mut self) -> Self {
        self.dual_stack = true;
        self
    }

    /// An endpoint of your own: `https://` or `http://`, host, and a port and a path if
    /// it has them. The region is what requests are signed for.
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.url = Some(Url(url.into()));
        self
    }

    /// The endpoint.
    ///
    /// # Errors
    ///
    /// [`InvalidConfiguration`](stscreds_core::ErrorKind::InvalidConfiguration) for a
    /// region that cannot be part of a host name, a URL that is not one, and for FIPS or
    /// dual stack where there is no such endpoint or a URL is given.
    pub fn resolve(&self) -> Result<StsEndpoint, Error> {
        let Self { region, url, fips, dual_stack } = self;
        if !is_host_label(region) {
            return Err(refused(format!(
                "invalid region {}: it must have 1 to 63 letters, digits and hyphens",
                excerpt(region)
            )));
        }
        let is_global = region == GLOBAL.region;
        let signing_region = if is_global { GLOBAL.signing_region } else { region };
        if let Some(url) = url {
            for (is_on, name) in [(*fips, "FIPS"), (*dual_stack, "dual stack")] {
                if is_on {
                    return Err(refused(format!(
                        "{name} excludes an endpoint URL: remove one of the two settings"
                    )));
                }
            }
            return Ok(StsEndpoint {
                uri: url.parse()?,
                signing_region: signing_region.to_owned(),
            });
        }
        let partition = Partition::of(region);
        let host = partition.and_then(|partition| match (fips, dual_stack) {
            (false, false) if is_global => Some(GLOBAL.host),
            (false, false) => Some(partition.regional),
            (true, false) => partition.fips,
            (false, true) => partition.dual_stack,
            (true, true) => partition.fips_dual_stack,
        });
        let host = host.ok_or_else(|| {
            let id = partition.map_or("aws", |partition| partition.id);
            refused(format!(
                "the partition {id} has no STS endpoint with these settings (FIPS, dual stack)"
            ))
        })?;
        let host = host.replace("{region}", region);
        let uri = Uri::builder().scheme("https").authority(host).path_and_query("/").build();
        let uri = uri
            .map_err(|error| refused("the region is not part of a host name").with_source(error))?;
        Ok(StsEndpoint { uri, signing_region: signing_region.to_owned() })
    }
}

/// A URL as it was given. `Debug` shows nothing of it: it may hold a password.
#[derive(Clone)]
struct Url(String);

impl Url {
    fn parse(&self) -> Result<Uri, Error> {
        let text = self.0.trim();
        let uri: Uri =
            text.parse().map_err(|error| refused("invalid STS endpoint URL").with_source(error))?;
        let has_scheme = matches!(uri.scheme_str(), Some("http" | "https"));
        let Some(authority) = uri.authority().filter(|_| has_scheme) else {
            return Err(refused(
                "invalid STS endpoint URL: it must begin with https:// or http://, such as https://sts.example.com",
            ));
        };
        if authority.as_str().contains('@') {
            return Err(refused(
                "invalid STS endpoint URL: remove the user name and password, requests are signed",
            ));
        }
        let has_port = authority.as_str().len() > authority.host().len();
        if authority.host().is_empty() || has_port != authority.port_u16().is_some() {
            return Err(refused(
                "invalid STS endpoint URL: it has no host, or a port that is not one",
            ));
        }
        if uri.query().is_some() || text.contains('#') {
            return Err(refused("invalid STS endpoint URL: remove the query and the fragment"));
        }
        Ok(uri)
    }
}

impl std::fmt::Debug for Url {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("..")
    }
}

/// As botocore has it, so that a region cannot lead to another host.
fn is_host_label(region: &str) -> bool {
    (1..=63).contains(&region.len())
        && region.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && !region.starts_with('-')
        && !region.ends_with('-')
        && !region.chars().all(|c| c.is_ascii_digit())
}

fn excerpt(text: &str) -> String {
    format!("{:?}", text.chars().take(40).collect::<String>())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use stscreds_core::ErrorKind;

    use super::*;

    fn settings(case: &Value) -> EndpointSettings {
        let settings = EndpointSettings::new(case["region"].as_str().unwrap());
        let settings = match case["endpoint"].as_str() {
            Some(url) => settings.url(url),
            None => settings,
        };
        match case["variant"].as_str().unwrap() {
            "regional" => settings,
            "fips" => settings.fips(),
            "dual_stack" => settings.dual_stack(),
            "fips_dual_stack" => settings.fips().dual_stack(),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn each_endpoint_is_the_one_that_botocore_finds() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/endpoints.json");
        let cases: Vec<Value> =
            serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        for case in &cases {
            let found = settings(case).resolve();

            let Some(expected) = case["expected"].as_object() else {
                assert_eq!(found.unwrap_err().kind(), ErrorKind::InvalidConfiguration, "{case}");
                continue;
            };
            let found = found.unwrap();
            let url = expected["url"].as_str().unwrap();
            assert_eq!(found.to_string().trim_end_matches('/'), url, "{case}");
            match expected["signing_region"].as_str() {
                Some(region) => assert_eq!(found.signing_region(), region, "{case}"),
                None if case["region"] == "aws-global" => {}
                None => assert_eq!(found.signing_region(), case["region"], "{case}"),
            }
        }
        assert!(cases.len() > 300, "{}", cases.len());
    }

    #[track_caller]
    fn check_refused(settings: &EndpointSettings, said: &str) {
        let error = settings.resolve().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidConfiguration);
        assert!(error.to_string().contains(said), "{error}");
        assert!(!format!("{error:?} {settings:?}").contains("planted"), "{error:?} {settings:?}");
    }

    #[test]
    fn a_url_that_is_not_an_endpoint_is_refused_and_not_repeated() {
        for (url, said) in [
            ("", "invalid STS endpoint URL"),
            ("planted.example", "must begin with https://"),
            ("planted.example:443", "must begin with https://"),
            ("/planted", "must begin with https://"),
            ("ftp://planted", "must begin with https://"),
            ("https://", "invalid STS endpoint URL"),
            ("https://:443", "invalid STS endpoint URL"),
            ("https://user:planted@sts.example.com", "remove the user name and password"),
            ("https://planted@sts.example.com", "remove the user name and password"),
            ("https://sts.example.com?planted=1", "remove the query"),
            ("https://sts.example.com/#planted", "remove the query and the fragment"),
            ("https://sts.example.com:99999", "invalid STS endpoint URL"),
            ("https://planted example", "invalid STS endpoint URL"),
            ("https://planted\nexample", "invalid STS endpoint URL"),
        ] {
            check_refused(&EndpointSettings::new("eu-central-1").url(url), said);
        }
    }

    #[test]
    fn a_url_may_have_a_port_a_path_and_an_address() {
        for (url, shown) in [
            ("http://127.0.0.1:9000", "http://127.0.0.1:9000/"),
            ("https://[::1]:8443/", "https://[::1]:8443/"),
            (" https://gateway.example/sts/v1\n", "https://gateway.example/sts/v1"),
        ] {
            let found = EndpointSettings::new("eu-central-1").url(url).resolve().unwrap();
            assert_eq!(found.to_string(), shown);
        }
    }

    #[test]
    fn a_region_that_could_lead_to_another_host_is_refused() {
        let long = "a".repeat(64);
        for region in
            ["", "-", "a-", "-a", "123", "eu.central", "evil.com/", "a@b", "a b", "é", "a\n", &long]
        {
            check_refused(&EndpointSettings::new(region), "invalid region");
        }
    }

    fn from(variables: &[(&str, &str)]) -> Result<EndpointSettings, Error> {
        EndpointSettings::from_variables(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            Ok(found.map(|(_, value)| (*value).to_owned()))
        })
    }

    #[test]
    fn variables_say_what_the_sdks_read_in_them() {
        let url =
            |variables: &[(&str, &str)]| from(variables).unwrap().resolve().unwrap().to_string();
        let region = ("AWS_REGION", "eu-west-1");
        let (own, all) = (("AWS_ENDPOINT_URL_STS", "http://a"), ("AWS_ENDPOINT_URL", "http://b"));

        assert_eq!(
            url(&[("AWS_DEFAULT_REGION", "us-west-2"), region]),
            "https://sts.eu-west-1.amazonaws.com/"
        );
        assert_eq!(
            url(&[("AWS_DEFAULT_REGION", "us-west-2")]),
            "https://sts.us-west-2.amazonaws.com/"
        );
        assert_eq!(url(&[region, all, own]), "http://a/");
        assert_eq!(url(&[region, all]), "http://b/");
        let ignored = ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "True");
        assert_eq!(url(&[region, all, own, ignored]), "https://sts.eu-west-1.amazonaws.com/");
        assert_eq!(
            url(&[
                region,
                ("AWS_USE_FIPS_ENDPOINT", "true"),
                ("AWS_USE_DUALSTACK_ENDPOINT", "TRUE")
            ]),
            "https://sts-fips.eu-west-1.api.aws/"
        );
        for wrong in [&[][..], &[region, ("AWS_USE_FIPS_ENDPOINT", "planted")]] {
            let error = from(wrong).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidConfiguration);
            assert!(!error.to_string().contains("planted"), "{error}");
        }
    }
}
