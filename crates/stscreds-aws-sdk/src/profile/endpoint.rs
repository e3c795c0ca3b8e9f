use stscreds_core::Error;

use super::profiles::{Profile, Profiles};
use super::role::{refused, setting_of};
use crate::environment::Environment;

/// The region of STS, as environment and profile have it; none is guessed.
pub(super) fn region<'a>(
    environment: &'a Environment,
    profile: Option<&'a Profile>,
) -> Option<&'a str> {
    let of_profile = || profile?.get("region").filter(|region| !region.is_empty());
    environment.first_of(&["AWS_REGION", "AWS_DEFAULT_REGION"]).or_else(of_profile)
}

/// The endpoint of STS, if environment or profile name one, in the order that
/// [all SDKs share](https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html).
pub(super) fn sts_endpoint<'a>(
    environment: &'a Environment,
    profiles: &'a Profiles,
    profile: Option<&'a Profile>,
) -> Result<Option<&'a str>, Error> {
    let ignored = environment
        .get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
        .or(profile.and_then(|profile| profile.get("ignore_configured_endpoint_urls")));
    if ignored.is_some_and(|ignored| ignored.eq_ignore_ascii_case("true")) {
        return Ok(None);
    }
    let of_environment = environment.first_of(&["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"]);
    let (Some(profile), None) = (profile, of_environment) else { return Ok(of_environment) };
    let of_service = match profile.get("services") {
        None => None,
        Some(name) => {
            let Some(services) = profiles.services(name) else {
                return Err(refused(format!("there is no section [services {name}]")));
            };
            services.nested("sts", "endpoint_url")
        }
    };
    Ok(of_service.or(profile.get("endpoint_url")).filter(|url| !url.is_empty()))
}

/// One of the two switches of endpoints, by
/// [its variable and its setting](https://docs.aws.amazon.com/sdkref/latest/guide/feature-endpoints.html);
/// `None` if neither says anything.
pub(super) fn switch(
    environment: &Environment,
    name: &str,
    profile: Option<&Profile>,
    (variable, setting): (&str, &str),
) -> Result<Option<bool>, Error> {
    let of_profile = || profile?.get(setting).filter(|text| !text.is_empty());
    let (text, place) = match (environment.get(variable), of_profile()) {
        (Some(text), _) => (text, format!("environment, {variable}")),
        (None, Some(text)) => (text, setting_of(name, setting)),
        (None, None) => return Ok(None),
    };
    match text.to_ascii_lowercase().as_str() {
        "true" => Ok(Some(true)),
        "false" => Ok(Some(false)),
        // Not taken for false: who asks for FIPS and misspells it would get something else without a word.
        _ => Err(refused(format!("{place}: {text:?} is neither true nor false"))),
    }
}

pub(super) const FIPS: (&str, &str) = ("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint");
pub(super) const DUAL_STACK: (&str, &str) =
    ("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint");

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::profile::ProfileFile;

    #[test]
    fn endpoints_are_those_of_botocore() {
        let derived: Value =
            serde_json::from_str(include_str!("../../tests/botocore.json")).unwrap();
        let cases = derived["endpoints"].as_array().unwrap();
        assert!(cases.len() > 10);
        for case in cases {
            let file = case["config"].as_str().map(|text| ProfileFile::new("config", text));
            let profiles = Profiles::parse(file.as_ref(), None).unwrap();
            let variables = case["environment"].as_object().cloned().unwrap_or_default();
            let environment: Environment =
                variables.iter().map(|(name, value)| (name, value.as_str().unwrap())).collect();
            let profile = profiles.get(case["profile"].as_str().unwrap_or("default"));

            match sts_endpoint(&environment, &profiles, profile) {
                Ok(found) => assert_eq!(found, case["outcome"]["endpoint"].as_str(), "{case}"),
                Err(error) => {
                    assert!(case["outcome"]["error"].is_string(), "{case}: {error}");
                    assert!(error.to_string().contains(case["says"].as_str().unwrap()), "{error}");
                }
            }
        }
    }

    #[test]
    fn the_region_is_the_environments_before_the_profiles_and_never_guessed() {
        let file =
            ProfileFile::new("config", "[default]\nregion = eu-west-3\n[profile b]\nregion =\n");
        let profiles = Profiles::parse(Some(&file), None).unwrap();
        let found = |variables: &[(&str, &str)], profile: &str| {
            let environment: Environment = variables.iter().copied().collect();
            region(&environment, profiles.get(profile)).map(str::to_owned)
        };

        let both = [("AWS_REGION", "eu-west-1"), ("AWS_DEFAULT_REGION", "eu-west-2")];
        assert_eq!(found(&both, "default").as_deref(), Some("eu-west-1"));
        assert_eq!(found(&both[1..], "default").as_deref(), Some("eu-west-2"));
        assert_eq!(found(&[], "default").as_deref(), Some("eu-west-3"));
        assert_eq!(found(&[], "b"), None);
        assert_eq!(found(&[], "nowhere"), None);
    }
}
