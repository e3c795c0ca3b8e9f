use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use stscreds_core::{Error, ErrorKind, SecretString};

use super::file::ProfileFile;
use super::ini::{Section, Setting, Value, parse};
use super::words::words;
use crate::mistakes::Mistakes;

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
    /// Sections that are no profile, and could be meant as one.
    strays: Vec<Stray>,
}

/// A section that was perhaps meant as a profile.
#[derive(Clone)]
struct Stray {
    /// The profile that was meant.
    profile: String,
    hint: String,
}

impl Profiles {
    /// Reads both texts; no file is the same as an empty one.
    ///
    /// # Errors
    ///
    /// [`InvalidConfiguration`](ErrorKind::InvalidConfiguration) with file and line
    /// for what botocore would not read either. All mistakes of both files are reported.
    pub fn parse(
        config: Option<&ProfileFile>,
        credentials: Option<&ProfileFile>,
    ) -> Result<Self, Error> {
        let (mut profiles, mut mistakes) = (Self::default(), Mistakes::default());
        let configured = sections_of(config, &mut mistakes);
        let of_credentials = sections_of(credentials, &mut mistakes);
        mistakes.into_result()?;
        for (name, profile) in configured {
            profiles.strays.extend(Stray::of_config_file(&name));
            if name.starts_with("profile") {
                profiles.configured.extend(second_word(&name).map(|name| (name, profile)));
            } else if name.starts_with("services") {
                profiles.services.extend(second_word(&name).map(|name| (name, profile)));
            } else if name == "default" {
                profiles.configured.insert(name, profile);
            }
        }
        for (name, profile) in of_credentials {
            profiles.strays.extend(Stray::of_credentials_file(&name));
            profiles.credentials.insert(name, profile);
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

    /// The text of a setting of a profile, which may be a secret; `None` for a setting
    /// that is missing or has settings below it.
    #[must_use]
    pub fn setting(&self, profile: &str, setting: &str) -> Option<&str> {
        self.get(profile)?.get(setting)
    }

    pub fn get(&self, name: &str) -> Option<&Profile> {
        self.joined.get(name)
    }

    /// What a person may have meant who asks for a profile that is not there: `; ..`, or
    /// nothing.
    pub fn hint_for(&self, name: &str) -> String {
        let stray = self.strays.iter().find(|stray| stray.profile == name);
        stray.map(|stray| format!("; {}", stray.hint)).unwrap_or_default()
    }

    /// The profile as the credentials file alone has it.
    pub fn in_credentials_file(&self, name: &str) -> Option<&Profile> {
        self.credentials.get(name)
    }

    /// The profile as the configuration file alone has it.
    pub fn in_config_file(&self, name: &str) -> Option<&Profile> {
        self.configured.get(name)
    }

    pub fn services(&self, name: &str) -> Option<&Profile> {
        self.services.get(name)
    }
}

impl fmt::Debug for Profiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

impl Stray {
    fn of_config_file(name: &str) -> Option<Self> {
        let words = words(name)?;
        let (profile, keyword) = match words.as_slice() {
            [profile] if name != "default" => (profile, None),
            [keyword, profile] => (profile, Some(keyword)),
            _ => return None,
        };
        let is_profile = name.starts_with("profile");
        let meant = keyword.is_none_or(|word| word.eq_ignore_ascii_case("profile"));
        let hint =
            format!("the configuration file has a section [{name}]: write [profile {profile}]");
        (meant && !is_profile).then(|| Self { profile: profile.clone(), hint })
    }

    fn of_credentials_file(name: &str) -> Option<Self> {
        match words(name)?.as_slice() {
            [keyword, profile] if keyword.eq_ignore_ascii_case("profile") => Some(Self {
                profile: profile.clone(),
                hint: format!(
                    "the credentials file has a section [{name}]: write [{profile}] there"
                ),
            }),
            _ => None,
        }
    }
}

/// The settings of one section.
#[derive(Clone, Default)]
#[expect(missing_debug_implementations, reason = "its settings may be secrets")]
pub struct Profile(BTreeMap<String, Placed>);

/// A setting, and the file that it is in.
#[derive(Clone)]
struct Placed {
    setting: Setting,
    file: Arc<Path>,
}

impl Profile {
    /// Whether it is there at all, if only with an empty value.
    pub fn has(&self, setting: &str) -> bool {
        self.0.contains_key(setting)
    }

    /// The text of a setting; `None` for one that has settings below it.
    pub fn get(&self, setting: &str) -> Option<&str> {
        match &self.0.get(setting)?.setting.value {
            Value::Text(text) => Some(text.expose()),
            Value::Nested(_) => None,
        }
    }

    /// Where a setting is, to begin a sentence with: `FILE, line N, profile ".."`.
    pub fn place_of(&self, name: &str, setting: &str) -> String {
        let file = self
            .0
            .get(setting)
            .map(|Placed { setting, file }| format!("{}, line {}, ", file.display(), setting.line));
        format!("{}profile {name:?}, {setting}", file.unwrap_or_default())
    }

    /// A setting whose name begins with `export`: a line of a shell script.
    pub fn exported(&self) -> Option<&str> {
        self.0.keys().map(String::as_str).find(|name| name.starts_with("export "))
    }

    pub fn nested(&self, setting: &str, below: &str) -> Option<&str> {
        match &self.0.get(setting)?.setting.value {
            Value::Nested(nested) => nested.get(below).map(SecretString::expose),
            Value::Text(_) => None,
        }
    }
}

fn sections_of(file: Option<&ProfileFile>, mistakes: &mut Mistakes) -> Vec<(String, Profile)> {
    let Some(file) = file else { return Vec::new() };
    let path: Arc<Path> = file.path().into();
    let placed = |Section { name, options }: Section| {
        let place = |(name, setting)| (name, Placed { setting, file: Arc::clone(&path) });
        (name, Profile(options.into_iter().map(place).collect()))
    };
    match parse(file.text()) {
        Ok(sections) => sections.into_iter().map(placed).collect(),
        Err(faults) => {
            for fault in faults {
                let what = format!("the configuration file {}, {fault}", path.display());
                mistakes.add(Error::new(ErrorKind::InvalidConfiguration, what));
            }
            Vec::new()
        }
    }
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
    fn a_section_that_was_meant_as_a_profile_is_named() {
        let config = "[a]\n[Profile b]\n[ profile c]\n[default]\n[services s]\n[profile d]\n";
        let (config, keys) =
            (ProfileFile::new("c", config), ProfileFile::new("k", "[profile e]\n"));
        let profiles = Profiles::parse(Some(&config), Some(&keys)).unwrap();

        let section = |name: &str, section: &str| {
            let hint = profiles.hint_for(name);
            assert!(hint.contains(&format!("has a section [{section}]: write [")), "{hint}");
        };
        section("a", "a");
        section("b", "Profile b");
        section("c", " profile c");
        section("e", "profile e");
        for name in ["default", "s", "d", "nope"] {
            assert_eq!(profiles.hint_for(name), "", "{name}");
        }
    }

    #[test]
    fn a_setting_has_its_file_and_line() {
        let config = ProfileFile::new("/etc/c", "[profile a]\nregion = x\nrole_arn = x\n  y\n");
        let keys = ProfileFile::new("/etc/k", "\n[a]\nregion = z\n");
        let profiles = Profiles::parse(Some(&config), Some(&keys)).unwrap();
        let place = |setting| profiles.get("a").unwrap().place_of("a", setting);

        assert_eq!(place("region"), r#"/etc/k, line 3, profile "a", region"#);
        assert_eq!(place("role_arn"), r#"/etc/c, line 3, profile "a", role_arn"#);
        assert_eq!(place("none"), r#"profile "a", none"#);
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
