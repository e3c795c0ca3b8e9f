use std::path::PathBuf;

use stscreds::aws_sdk::{Environment, ProfileFile};

/// The raw lines of the profile files, to say where something is.
#[derive(Debug, Default)]
pub(super) struct Places {
    pub(super) config: Option<RawFile>,
    pub(super) credentials: Option<RawFile>,
}

#[derive(Debug)]
pub(super) struct RawFile {
    pub(super) path: PathBuf,
    pub(super) bytes: Vec<u8>,
}

impl Places {
    /// What cannot be read has no places; the loader says why.
    pub(super) fn read(environment: &Environment) -> Self {
        let raw = |path: Option<PathBuf>| {
            let path = path?;
            let is_file = std::fs::metadata(&path).is_ok_and(|file| file.is_file());
            let bytes = is_file.then(|| std::fs::read(&path).ok()).flatten()?;
            Some(RawFile { path, bytes })
        };
        Self {
            config: raw(ProfileFile::config_path(environment)),
            credentials: raw(ProfileFile::credentials_path(environment)),
        }
    }

    pub(super) fn of_profile(&self, name: &str) -> String {
        shown(&self.headers(name).collect::<Vec<_>>())
    }

    /// The credentials file wins, as it does for the value.
    pub(super) fn of_setting(&self, profile: &str, setting: &str) -> String {
        let found = self.headers(profile).filter_map(|(file, header)| {
            let section = file.lines().skip(header).take_while(|(_, line)| !is_header(line));
            let mut settings = section.filter(|(_, line)| {
                let name = line.split(['=', ':']).next().unwrap_or_default();
                !line.starts_with(char::is_whitespace) && name.trim().eq_ignore_ascii_case(setting)
            });
            settings.next().map(|(number, _)| (file, number))
        });
        shown(found.last().as_slice())
    }

    /// Where the sections of a profile begin, the configuration file first.
    fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = (&'a RawFile, usize)> {
        let of = |file: &'a Option<RawFile>, accepted: fn(&str, &str) -> bool| {
            let file = file.as_ref()?;
            let (line, _) = file.sections().find(|(_, section)| accepted(section, name))?;
            Some((file, line))
        };
        let config = of(&self.config, |section, name| match section.strip_prefix("profile") {
            Some(rest) => rest.trim().trim_matches(['"', '\'']) == name,
            None => section == "default" && name == "default",
        });
        let credentials = of(&self.credentials, |section, name| section == name);
        config.into_iter().chain(credentials)
    }
}

impl RawFile {
    /// Every line with its number, from 1. What is not UTF-8 has no lines.
    pub(super) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let text = std::str::from_utf8(&self.bytes).unwrap_or_default();
        (1..).zip(text.lines())
    }

    /// Every section's line and name.
    pub(super) fn sections(&self) -> impl Iterator<Item = (usize, &str)> {
        let name = |line| Some(str::trim(line).strip_prefix('[')?.rsplit_once(']')?.0);
        self.lines().filter_map(move |(number, line)| Some((number, name(line)?)))
    }
}

fn is_header(line: &str) -> bool {
    line.trim_start().starts_with('[')
}

fn shown(places: &[(&RawFile, usize)]) -> String {
    let place = |(file, line): &(&RawFile, usize)| format!("{}:{line}", file.path.display());
    match places.iter().map(place).collect::<Vec<_>>() {
        places if places.is_empty() => "in no file".to_owned(),
        places => places.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_at_its_line_and_the_credentials_file_wins() {
        let raw = |path: &str, text: &str| {
            Some(RawFile { path: path.into(), bytes: text.as_bytes().to_vec() })
        };
        let places = Places {
            config: raw("c", "# x\n[default]\nregion=a\n\n[profile \"d\"]\nregion = b\nx=1\n"),
            credentials: raw("k", "[d]\naws_access_key_id = A\nx = 2\n"),
        };

        assert_eq!(places.of_profile("d"), "c:5, k:1");
        assert_eq!(places.of_profile("default"), "c:2");
        assert_eq!(places.of_setting("d", "region"), "c:6");
        assert_eq!(places.of_setting("d", "x"), "k:3");
        assert_eq!(places.of_setting("e", "x"), "in no file");
    }
}
