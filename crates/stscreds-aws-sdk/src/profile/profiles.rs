use std::collections::BTreeMap;
use std::fmt;

use stscreds_core::{Error, ErrorKind, SecretString};

use super::file::ProfileFile;
use super::ini::{Section, Setting, parse};
use super::words::words;

/// The profiles of a configuration file and a credentials file, joined.
///
/// By botocore's rules: in the configuration file a profile is a section `[profile x]`
/// or `[default]`, in the credentials file any section. Where both have a profile,
/// each setting of the credentials file wins. `Debug` shows names and no settings.
#[derive(Clone, Default)]
pub struct Profiles {
    joined: BTreeMap<String, Profile>,
    /// As they stand in one file: a key is never joined with the secret of another file.
    configured: BTreeMap<String, Profile>,
    credentials: BTreeMap<String, Profile>,
    services: BTreeMap<String, Profile>,
}

impl Profiles {
    /// Reads both texts; no file is the same as an empty one.
    ///
    /// # Errors
    ///
    /// [`InvalidConfiguration`](ErrorKind::InvalidConfiguration) with file and line
    /// for what botocore would not read either.
    pub fn parse(
        config: Option<&ProfileFile>,
        credentials: Option<&ProfileFile>,
    ) -> Result<Self, Error> {
        let mut profiles = Self::default();
        for Section { name, options } in sections_of(config)? {
            let profile = Profile(options);
            if name.starts_with("profile") {
                profiles.configured.extend(second_word(&name).map(|name| (name, profile)));
            } else if name.starts_with("services") {
                profiles.services.extend(second_word(&name).map(|name| (name, profile)));
            } else if name == "default" {
                profiles.configured.insert(name, profile);
            }
        }
        for Section { name, options } in sections_of(credentials)? {
            profiles.credentials.insert(name, Profile(options));
        }
        profiles.joined = profiles.configured.clone();
        for (name, Profile(settings)) in &profiles.credentials {
            profiles.joined.entry(name.clone()).or_default().0.extend(settings.clone());
        }
        Ok(profiles)
    }

    /// The names of all profiles.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.joined.keys().map(String::as_str)
    }

    pub(super) fn get(&self, name: &str) -> Option<&Profile> {
        self.joined.get(name)
    }

    /// The profile as the credentials file alone has it.
    pub(super) fn in_credentials_file(&self, name: &str) -> Option<&Profile> {
        self.credentials.get(name)
    }

    /// The profile as the configuration file alone has it.
    pub(super) fn in_config_file(&self, name: &str) -> Option<&Profile> {
        self.configured.get(name)
    }

    pub(super) fn services(&self, name: &str) -> Option<&Profile> {
        self.services.get(name)
    }
}

impl fmt::Debug for Profiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

/// The settings of one section.
#[derive(Clone, Default)]
pub(super) struct Profile(BTreeMap<String, Setting>);

impl Profile {
    /// Whether it is there at all, if only with an empty value.
    pub(super) fn has(&self, setting: &str) -> bool {
        self.0.contains_key(setting)
    }

    /// The text of a setting; `None` for one that has settings below it.
    pub(super) fn get(&self, setting: &str) -> Option<&str> {
        match self.0.get(setting)? {
            Setting::Text(text) => Some(text.expose()),
            Setting::Nested(_) => None,
        }
    }

    pub(super) fn nested(&self, setting: &str, below: &str) -> Option<&str> {
        match self.0.get(setting)? {
            Setting::Nested(nested) => nested.get(below).map(SecretString::expose),
            Setting::Text(_) => None,
        }
    }
}

fn sections_of(file: Option<&ProfileFile>) -> Result<Vec<Section>, Error> {
    let Some(file) = file else { return Ok(Vec::new()) };
    parse(file.text()).map_err(|fault| {
        let what = format!("the configuration file {}, {fault}", file.path().display());
        Error::new(ErrorKind::InvalidConfiguration, what)
    })
}

/// The `x` in `profile x`; sections of one word or of three are nobody's.
fn second_word(name: &str) -> Option<String> {
    let mut words = words(name)?.into_iter();
    match (words.next(), words.next(), words.next()) {
        (Some(_), Some(second), None) => Some(second),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_names_and_no_settings() {
        let file =
            ProfileFile::new("c", "[default]\naws_secret_access_key = planted\n[a]\nb=planted");

        let profiles = Profiles::parse(None, Some(&file)).unwrap();

        assert_eq!(format!("{profiles:?}"), r#"["a", "default"]"#);
    }

    #[test]
    fn a_fault_names_the_file_and_the_line() {
        let file = ProfileFile::new("/home/al/.aws/config", "[default]\nregion\n");

        let error = Profiles::parse(Some(&file), None).unwrap_err();

        assert_eq!(error.kind(), ErrorKind::InvalidConfiguration);
        assert!(
            error.to_string().starts_with(
                "the configuration file /home/al/.aws/config, line 2: neither a [section] nor "
            ),
            "{error}"
        );
    }
}
