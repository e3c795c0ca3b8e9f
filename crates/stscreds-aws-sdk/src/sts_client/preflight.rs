use aws_sdk_sts::config::interceptors::{
    BeforeSerializationInterceptorContextRef, BeforeTransmitInterceptorContextRef,
};
use aws_sdk_sts::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_sts::error::BoxError;
use aws_types::endpoint_config::{EndpointUrl, UseDualStack, UseFips};
use stscreds_core::{Error, ErrorKind};

/// Refuses endpoints that no request can be sent to, each with a sentence of its own.
///
/// The SDK notices them later, one by one, in errors whose text repeats the request: its body
/// holds identity tokens and MFA codes.
#[derive(Debug)]
pub(super) struct Preflight;

impl Intercept for Preflight {
    fn name(&self) -> &'static str {
        "Preflight"
    }

    fn read_before_serialization(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let is_on = |variant: Option<bool>| variant.unwrap_or_default();
        let endpoint = cfg.load::<EndpointUrl>().map(|url| url.0.as_str());
        if let Some(url) = endpoint {
            check_endpoint(url, "endpoint_url, AWS_ENDPOINT_URL_STS or AWS_ENDPOINT_URL")?;
            check_variants(
                is_on(cfg.load::<UseFips>().map(|fips| fips.0)),
                is_on(cfg.load::<UseDualStack>().map(|dual_stack| dual_stack.0)),
            )?;
        }
        Ok(())
    }

    /// Where a resolver of the program leads.
    fn read_before_signing(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        Ok(check_endpoint(context.request().uri(), "the endpoint resolver of the configuration")?)
    }
}

/// Before the SDK looks at it, which does not say what is wrong with it.
pub(super) fn check_region(region: Option<&str>) -> Result<(), Error> {
    let Some(region) = region else {
        return Err(refused(
            "no AWS region is configured; set AWS_REGION, `region` in the profile, or the region of the SDK configuration",
        ));
    };
    let is_label = (1..=63).contains(&region.len())
        && region.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !region.starts_with('-')
        && !region.ends_with('-');
    if is_label {
        return Ok(());
    }
    Err(refused(format!(
        "invalid AWS region {region:?}: use letters, digits and hyphens, such as eu-central-1"
    )))
}

/// Of a URL that is refused only what can be no secret is shown.
fn check_endpoint(url: &str, settings: &str) -> Result<(), Error> {
    let told = |what: &str| {
        refused(format!("invalid STS endpoint URL{}: {what} ({settings})", shown(url)))
    };
    if url.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(told("it has white space in it"));
    }
    let Some((scheme, rest)) = url.split_once("://") else {
        return Err(told("it has no scheme; begin it with https:// or http://"));
    };
    if !["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return Err(told("its scheme is neither https nor http"));
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(told("it has a user name or password; STS calls are signed, remove them"));
    }
    if rest.contains(['?', '#']) {
        return Err(told("it has a query or fragment; remove it"));
    }
    let Some(authority) = url.parse::<http::Uri>().ok().and_then(|uri| uri.authority().cloned())
    else {
        return Err(told("it has no valid host and port"));
    };
    let names_a_port = authority.as_str().len() > authority.host().len();
    if authority.host().is_empty() || (names_a_port && authority.port_u16().is_none()) {
        return Err(told("it has no valid host and port"));
    }
    Ok(())
}

/// ` "host"`, or nothing where a user name, password or query can be in it.
fn shown(url: &str) -> String {
    if url.contains(['@', '?', '#']) { String::new() } else { format!(" {url:?}") }
}

fn check_variants(fips: bool, dual_stack: bool) -> Result<(), Error> {
    let setting = match (fips, dual_stack) {
        (false, false) => return Ok(()),
        (true, _) => "use_fips_endpoint",
        (false, true) => "use_dualstack_endpoint",
    };
    Err(refused(format!(
        "{setting} cannot be combined with an STS endpoint URL: remove one of the two settings"
    )))
}

fn refused(what: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::InvalidConfiguration, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn told(outcome: Result<(), Error>, part: &str) {
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidConfiguration);
        let shown = format!("{error} {error:?}");
        assert!(shown.contains(part), "{shown}");
        assert!(!shown.contains("planted"), "{shown}");
    }

    #[test]
    fn endpoints_that_can_be_called_are_taken() {
        for url in [
            "http://localhost:4566",
            "https://sts.eu-central-1.amazonaws.com",
            "HTTPS://sts.example",
            "https://proxy.example/sts/",
            "http://127.0.0.1:1",
            "http://[::1]:4566",
        ] {
            check_endpoint(url, "endpoint_url").unwrap();
        }
    }

    #[test]
    fn endpoints_that_cannot_be_called_are_refused_each_with_its_reason() {
        for (url, reason) in [
            ("localhost:4566", "no scheme"),
            ("127.0.0.1:1", "no scheme"),
            ("//sts.example", "no scheme"),
            ("", "no scheme"),
            ("http://127.0.0.1:1 ", "white space"),
            (" http://127.0.0.1:1", "white space"),
            ("http://sts.example\n", "white space"),
            ("ftp://sts.example", "neither https nor http"),
            ("unix:///run/sts", "neither https nor http"),
            ("https://", "no valid host"),
            ("https:///path", "no valid host"),
            ("http://:80", "no valid host"),
            ("http://sts.example:port", "no valid host"),
            ("http://user:planted@sts.example", "user name or password"),
            ("https://planted@sts.example/", "user name or password"),
            ("https://sts.example/?sig=planted", "query"),
            ("https://sts.example#planted", "query or fragment"),
        ] {
            told(check_endpoint(url, "endpoint_url"), reason);
        }
    }

    #[test]
    fn a_region_is_demanded_and_must_be_a_host_label() {
        for region in ["eu-central-1", "us-gov-west-1", "local", "R2"] {
            check_region(Some(region)).unwrap();
        }
        told(check_region(None), "set AWS_REGION");
        for region in ["", "us-west-2 # prod", "\"us-west-2\"", "us east 1", "a.b", "-x", "us-1\n"]
        {
            told(check_region(Some(region)), "invalid AWS region");
        }
    }

    #[test]
    fn variants_of_endpoints_and_an_endpoint_exclude_each_other() {
        check_variants(false, false).unwrap();
        told(check_variants(true, false), "use_fips_endpoint cannot be combined");
        told(check_variants(true, true), "use_fips_endpoint cannot be combined");
        told(check_variants(false, true), "use_dualstack_endpoint cannot be combined");
    }
}
