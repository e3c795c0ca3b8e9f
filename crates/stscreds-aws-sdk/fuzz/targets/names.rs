//! Everything that is parsed at the door. Input: a text.

#![no_main]

use std::{fmt::Display, str::FromStr};

use libfuzzer_sys::fuzz_target;
use stscreds_core::Timestamp;
use stscreds_provider::{
    ExternalId, FederatedUserName, RoleArn, SamlProviderArn, SessionName, SessionPolicy, SessionTag, SourceIdentity,
};
use stscreds_token::MfaSerial;

fuzz_target!(|text: &str| {
    keeps_its_text::<RoleArn>(text);
    keeps_its_text::<SamlProviderArn>(text);
    keeps_its_text::<SessionName>(text);
    keeps_its_text::<SourceIdentity>(text);
    keeps_its_text::<FederatedUserName>(text);
    keeps_its_text::<MfaSerial>(text);
    match text.parse::<ExternalId>() {
        Ok(id) => assert_eq!(id.expose(), text),
        Err(error) => drop(error.to_string()),
    }
    match text.parse::<SessionPolicy>() {
        Ok(policy) => assert_eq!(policy.as_str(), text),
        Err(error) => drop(error.to_string()),
    }
    let (key, value) = text.split_once('=').unwrap_or((text, ""));
    match SessionTag::new(key, value) {
        Ok(tag) => assert_eq!((tag.key(), tag.value()), (key, value)),
        Err(error) => drop(error.to_string()),
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        let back = time.to_string().parse::<Timestamp>().expect("what is written is read");
        assert_eq!(back.unix_seconds(), time.unix_seconds(), "{time}");
    }
});

fn keeps_its_text<T: FromStr<Err = stscreds_core::Error> + Display>(text: &str) {
    match text.parse::<T>() {
        Ok(parsed) => assert_eq!(parsed.to_string(), text),
        Err(error) => assert!(error.to_string().len() < 4096, "an error is a line, not a page"),
    }
}
