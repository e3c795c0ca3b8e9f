//! From a profile and the command line to steps that each have a key.

mod options;
mod step;

use std::path::PathBuf;
use std::time::Duration;

use stscreds::aws_sdk::{Environment, Outline, OutlineBase, ProfileFile, ProfileLoader, Profiles};
use stscreds::core::SessionKey;
use stscreds::provider::UserSessionDuration;

use self::options::last_role;
pub(crate) use self::step::{BaseStep, RoleStep, Step, UserStep};
use crate::arguments::{Common, Options};
use crate::failure::{Failure, Shown};

/// The profile files and the environment that a command works with.
#[derive(Debug)]
pub(crate) struct Sources {
    pub(crate) environment: Environment,
    pub(crate) profiles: Profiles,
    /// Where the configuration file is, or would be.
    pub(crate) config: Option<PathBuf>,
}

impl Sources {
    pub(crate) fn read(environment: Environment) -> Result<Self, Failure> {
        let config = ProfileFile::config_path(&environment);
        let credentials = ProfileFile::credentials_path(&environment);
        let read = |path: &Option<PathBuf>| match path {
            Some(path) => ProfileFile::read(path),
            None => Ok(None),
        };
        let profiles = Profiles::parse(read(&config)?.as_ref(), read(&credentials)?.as_ref())?;
        Ok(Self { environment, profiles, config })
    }

    /// The profile that is meant. One that is named here is used whatever keys the
    /// environment has.
    pub(crate) fn chosen<'a>(&'a self, common: &'a Common) -> Chosen<'a> {
        let named = common.name.as_deref().or(common.options.profile.as_deref());
        let set = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"];
        let set = || set.iter().find_map(|name| self.environment.get(name));
        match named.or_else(set) {
            Some(name) => Chosen::Named(name),
            None => Chosen::Environment,
        }
    }

    pub(crate) fn loader(&self, common: &Common) -> ProfileLoader {
        let mut loader = ProfileLoader::new(self.profiles.clone(), self.environment.clone());
        if let Chosen::Named(name) = self.chosen(common) {
            loader = loader.profile(name);
        }
        if let Some(region) = &common.options.region {
            loader = loader.region(region);
        }
        loader
    }
}

/// Who says which profile.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Chosen<'a> {
    Named(&'a str),
    /// Keys or a web identity in the environment, then `default`.
    Environment,
}

impl<'a> Chosen<'a> {
    pub(crate) fn name(self) -> &'a str {
        match self {
            Self::Named(name) => name,
            Self::Environment => "default",
        }
    }
}

/// The steps to credentials; each but the first uses the session of the one before.
#[derive(Debug)]
pub(crate) struct Journey {
    pub(crate) profile: String,
    pub(crate) steps: Vec<Leg>,
    pub(crate) region: Option<String>,
    pub(crate) endpoint: Option<String>,
    pub(crate) loader: ProfileLoader,
    pub(crate) mfa_process: Option<String>,
}

/// A step and the identity of its session.
#[derive(Debug)]
pub(crate) struct Leg {
    pub(crate) step: Step,
    pub(crate) key: SessionKey,
}

impl Journey {
    pub(crate) fn plan(sources: &Sources, common: &Common) -> Result<Self, Failure> {
        let options = &common.options;
        let chosen = sources.chosen(common);
        known(sources, chosen)?;
        let loader = sources.loader(common);
        let outline = loader.outline()?;
        let steps = steps_of(sources, outline_parts(&outline), options)?;
        let Outline { profile, region, endpoint, .. } = outline;
        let setting = |name| sources.profiles.setting(&profile, name).map(str::to_owned);
        let mfa_process = options.mfa_process.clone().or_else(|| setting("mfa_process"));
        let mut journey = Self {
            steps: Vec::new(),
            profile,
            region,
            endpoint,
            loader,
            mfa_process: mfa_process.filter(|command| !command.is_empty()),
        };
        for step in steps {
            let before = journey.steps.last().map(|leg: &Leg| leg.key);
            let key = step.key(before, journey.region.as_deref(), journey.endpoint.as_deref());
            journey.steps.push(Leg { step, key });
        }
        Ok(journey)
    }

    /// The life of the session that a login opens; its identity stays the same.
    pub(crate) fn set_login_duration(
        &mut self,
        index: usize,
        duration: Duration,
    ) -> Result<(), Failure> {
        match self.steps.get_mut(index).map(|leg| &mut leg.step) {
            Some(Step::User(user)) => user.duration = Some(duration.try_into()?),
            Some(Step::Role(role)) => role.duration = Some(duration.try_into()?),
            _ => {}
        }
        Ok(())
    }

    pub(crate) fn last(&self) -> usize {
        self.steps.len().saturating_sub(1)
    }

    /// The command that asks the person for the code.
    pub(crate) fn login_command(&self) -> String {
        format!("stscreds login {}", quoted(&self.profile))
    }

    /// Where STS is, for a person.
    pub(crate) fn endpoint_shown(&self) -> String {
        match (&self.endpoint, &self.region) {
            (Some(endpoint), _) => endpoint.clone(),
            (None, Some(region)) => format!("STS in {region}"),
            (None, None) => "STS".to_owned(),
        }
    }
}

/// A profile that must be there, or the one that was meant.
fn known(sources: &Sources, chosen: Chosen<'_>) -> Result<(), Failure> {
    let Chosen::Named(name) = chosen else { return Ok(()) };
    if sources.profiles.names().any(|known| known == name) {
        return Ok(());
    }
    let near = nearest(name, sources.profiles.names());
    let hint = match near {
        Some(near) => format!("did you mean {:?}?", Shown(near).to_string()),
        None => match sources.profiles.names().count() {
            0 => "there are no profiles; see ~/.aws/config".to_owned(),
            count => format!("there are {count} others; run: aws configure list-profiles"),
        },
    };
    Err(Failure::usage(format!("there is no profile {name:?}; {hint}")))
}

pub(crate) fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let likeness = |known: &str| strsim::jaro_winkler(name, known);
    names
        .map(|known| (likeness(known), known))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, known)| known)
}

/// A word as POSIX shells read it.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./@:+".contains(c);
    match word.chars().all(plain) && !word.is_empty() {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

fn outline_parts(outline: &Outline) -> (&str, &OutlineBase, Vec<RoleStep>) {
    (&outline.profile, &outline.base, outline.roles.iter().map(RoleStep::of).collect())
}

fn steps_of(
    sources: &Sources,
    (profile, base, mut roles): (&str, &OutlineBase, Vec<RoleStep>),
    options: &Options,
) -> Result<Vec<Step>, Failure> {
    for role in &mut roles {
        role.read_tags(&sources.profiles)?;
    }
    last_role(profile, &mut roles, options)?;
    let mut steps = vec![Step::Base(BaseStep::of(base))];
    let OutlineBase::Keys(keys) = base else {
        steps.extend(roles.into_iter().map(Step::Role));
        return Ok(steps);
    };
    if keys.session_token().is_some() {
        steps.extend(roles.into_iter().map(Step::Role));
        return Ok(steps);
    }
    let serial_of_profile = sources.profiles.setting(profile, "mfa_serial");
    let serial = options.mfa_serial.as_deref().or(serial_of_profile);
    match roles.first_mut() {
        // STS grants a role of more than an hour to long-term keys alone, so the code goes with the role.
        Some(first) if !options.no_session && first.fits_a_session() => {
            if let Some(serial) = first.mfa_serial.take() {
                steps.push(Step::User(UserStep { serial: Some(serial), duration: None }));
            }
        }
        Some(_) => {}
        None if serial.is_none() && (options.allow_long_term || options.no_session) => {}
        None => {
            let duration = options.duration.map(UserSessionDuration::try_from).transpose()?;
            let serial = serial.filter(|serial| !serial.is_empty()).map(str::parse).transpose()?;
            steps.push(Step::User(UserStep { serial, duration }));
        }
    }
    steps.extend(roles.into_iter().map(Step::Role));
    Ok(steps)
}
