//! Configuration files. Input: the configuration file, a NUL, the credentials file.

#![no_main]

use aws_types::{SdkConfig, region::Region};
use libfuzzer_sys::fuzz_target;
use stscreds_aws_sdk::{Environment, ProfileFile, ProfileLoader, Profiles};
use stscreds_core::CredentialsProvider as _;
use stscreds_token::MfaCode;

fuzz_target!(|text: &str| {
    let (config, credentials) = text.split_once('\0').unwrap_or((text, ""));
    let [config, credentials] = [("config", config), ("credentials", credentials)]
        .map(|(path, text)| ProfileFile::new(path, text));
    let profiles = match Profiles::parse(Some(&config), Some(&credentials)) {
        Ok(profiles) => profiles,
        Err(error) => return drop(error.to_string()),
    };
    let names: Vec<_> = profiles.names().take(8).map(str::to_owned).collect();
    for name in names {
        let loader = ProfileLoader::new(profiles.clone(), Environment::default())
            .profile(name)
            .mfa(async |_| MfaCode::parse("735911"));
        match loader.load(&SdkConfig::builder().region(Region::new("eu-central-1")).build()) {
            Ok(provider) => drop((format!("{provider:?}"), provider.provider_sources())),
            Err(error) => drop(error.to_string()),
        }
    }
});
