use stscreds_core::Error;

use super::profiles::{Profile, Profiles};
use super::role::refused;
use crate::environment::Environment;
use crate::inlet::Field;

/// The region of STS, as environment and profile have it; none is guessed.
pub fn region<'a>(
    environment: &'a Environment,
    name: &str,
    profile: Option<&'a Profile>,
) -> Option<Found<'a>> {
    let of_profile = || {
        let text = profile?.get("region").filter(|region| !region.is_empty())?;
        Some(Found { text, place: profile?.place_of(name, "region") })
    };
    Found::of_environment(environment, &["AWS_REGION", "AWS_DEFAULT_REGION"]).or_else(of_profile)
}

/// A setting that was found, and where.
#[derive(Debug)]
pub struct Found<'a> {
    pub text: &'a str,
    pub place: String,
}

impl<'a> Found<'a> {
    fn of_environment(environment: &'a Environment, variables: &[&str]) -> Option<Self> {
        variables.iter().find_map(|variable| {
            let text = environment.get(variable)?;
            Some(Self { text, place: format!("environment, {variable}") })
        })
    }

    /// The text, if the field can hold it.
    pub fn read(&self, field: Field) -> Result<&'a str, Error> {
        field.read(&self.place, self.text)
    }
}

/// The endpoint of STS, if environment or profile name one, in the order that
/// [all SDKs share](https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html).
pub fn sts_endpoint<'a>(
    environment: &'a Environment,
    profiles: &'a Profiles,
    name: &str,
    profile: Option<&'a Profile>,
) -> Result<Option<Found<'a>>, Error> {
    let ignored = environment
        .get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
        .or(profile.and_then(|profile| profile.get("ignore_configured_endpoint_urls")));
    if ignored.is_some_and(|ignored| ignored.eq_ignore_ascii_case("true")) {
        return Ok(None);
    }
    let variables = ["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"];
    let of_environment = Found::of_environment(environment, &variables);
    let (Some(profile), None) = (profile, &of_environment) else { return Ok(of_environment) };
    let of_service = match profile.get("services").filter(|section| !section.is_empty()) {
        None => None,
        Some(section) => {
            let Some(services) = profiles.services(section) else {
                let place = profile.place_of(name, "services");
                return Err(refused(format!("{place}: there is no section [services {section}]")));
            };
            let place = || format!("section [services {section}], endpoint_url of sts");
            services.nested("sts", "endpoint_url").map(|text| Found { text, place: place() })
        }
    };
    let of_profile = || {
        let text = profile.get("endpoint_url")?;
        Some(Found { text, place: profile.place_of(name, "endpoint_url") })
    };
    Ok(of_service.or_else(of_profile).filter(|found| !found.text.is_empty()))
}

/// One of the two switches of endpoints, by
/// [its variable and its setting](https://docs.aws.amazon.com/sdkref/latest/guide/feature-endpoints.html);
/// `None` if neither says anything.
pub fn switch(
    environment: &Environment,
    name: &str,
    profile: Option<&Profile>,
    (variable, setting): (&str, &str),
) -> Result<Option<bool>, Error> {
    let of_profile = || {
        let text = profile?.get(setting).filter(|text| !text.is_empty())?;
        Some(Found { text, place: profile?.place_of(name, setting) })
    };
    let found = Found::of_environment(environment, &[variable]).or_else(of_profile);
    let Some(Found { text, place }) = found else { return Ok(None) };
    match text.to_ascii_lowercase().as_str() {
        "true" => Ok(Some(true)),
        "false" => Ok(Some(false)),
        // Not taken for false: who asks for FIPS and misspells it would get something else without a word.
        _ => Err(refused(format!("{place}: {text:?} is neither true nor false"))),
    }
}

pub const FIPS: (&str, &str) = ("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint");
pub const DUAL_STACK: (&str, &str) = ("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint");

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::ProfileFile;

    #[test]
    fn endpoints_are_those_of_botocore() {
        let derived: Value = serde_json::from_str(include_str!("../tests/botocore.json")).unwrap();
        let cases = derived["endpoints"].as_array().unwrap();
        assert!(cases.len() > 10);
        for case in cases {
            let file = case["config"].as_str().map(|text| ProfileFile::new("config", text));
            let profiles = Profiles::parse(file.as_ref(), None).unwrap();
            let variables = case["environment"].as_object().cloned().unwrap_or_default();
            let environment: Environment =
                variables.iter().map(|(name, value)| (name, value.as_str().unwrap())).collect();
            let name = case["profile"].as_str().unwrap_or("default");

            match sts_endpoint(&environment, &profiles, name, profiles.get(name)) {
                Ok(found) => {
                    let found = found.map(|found| found.text);
                    assert_eq!(found, case["outcome"]["endpoint"].as_str(), "{case}");
                }
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
            region(&environment, profile, profiles.get(profile)).map(|found| found.text.to_owned())
        };

        let both = [("AWS_REGION", "eu-west-1"), ("AWS_DEFAULT_REGION", "eu-west-2")];
        assert_eq!(found(&both, "default").as_deref(), Some("eu-west-1"));
        assert_eq!(found(&both[1..], "default").as_deref(), Some("eu-west-2"));
        assert_eq!(found(&[], "default").as_deref(), Some("eu-west-3"));
        assert_eq!(found(&[], "b"), None);
        assert_eq!(found(&[], "nowhere"), None);
    }
}
