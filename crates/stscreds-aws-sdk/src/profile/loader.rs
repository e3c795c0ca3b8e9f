use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use aws_sdk_sts::config::BehaviorVersion;
use aws_types::SdkConfig;
use aws_types::region::Region;
use stscreds_core::{Clock, CredentialsProvider, Error, ErrorKind};
use stscreds_profile::endpoint::{DUAL_STACK, FIPS, Found, region, sts_endpoint, switch};
use stscreds_profile::inlet::Field;
use stscreds_profile::mistakes::Mistakes;
use stscreds_profile::plan::{Choice, Files, Plan, chosen, plan};
use stscreds_profile::profiles::Profile;
use stscreds_profile::role::refused;
use stscreds_profile::{CliCache, Environment, ProfileFile, Profiles};
use stscreds_token::MfaTokenProvider;

use super::chain::Wiring;
use super::outline::Outline;
use super::provider::ProfileProvider;
use crate::time::clock_of;

/// Makes a provider of a profile in `~/.aws/config` and `~/.aws/credentials`: roles over
/// roles, web identities, MFA.
///
/// ```no_run
/// use stscreds_aws_sdk::{ProfileLoader, SdkCache};
/// # use stscreds_token::MfaCode;
///
/// # fn example(sdk_config: aws_types::SdkConfig) -> Result<(), stscreds_core::Error> {
/// let deploy = ProfileLoader::from_env()?
///     .profile("deploy")
///     .mfa(async |_| MfaCode::parse("123456")) // or `MfaPrompt::new()`
///     .load(&sdk_config)?;
///
/// let sdk_config = SdkCache::new(deploy).wired_into(&sdk_config);
/// # Ok(()) }
/// ```
///
/// Files and environment are read by [`from_env`](Self::from_env) and by nothing else;
/// [`new`](Self::new) takes them as values. They are read once: to see a change, load
/// anew.
///
/// What the files mean is what botocore and the AWS CLI make of them; where this
/// differs on purpose is said in the guide to profiles.
#[derive(Clone)]
#[must_use = "call `load` to get a provider"]
pub struct ProfileLoader {
    profiles: Profiles,
    environment: Environment,
    choice: Choice,
    region: Option<String>,
    clock: Option<Clock>,
    mfa: Option<Arc<dyn MfaTokenProvider>>,
    sources: BTreeMap<String, Arc<dyn CredentialsProvider>>,
    given: BTreeMap<String, Arc<dyn CredentialsProvider>>,
    cli_cache: Option<CliCache>,
}

impl ProfileLoader {
    /// A loader of these profiles and of this environment.
    pub fn new(profiles: Profiles, environment: Environment) -> Self {
        Self {
            profiles,
            environment,
            choice: Choice::OfEnvironment,
            region: None,
            clock: None,
            mfa: None,
            sources: BTreeMap::new(),
            given: BTreeMap::new(),
            cli_cache: None,
        }
    }

    /// Reads the environment of this process, and the files that it names by
    /// `AWS_CONFIG_FILE` and `AWS_SHARED_CREDENTIALS_FILE` or that are in `~/.aws`.
    ///
    /// Blocks for as long as two small files take: call it at start-up.
    ///
    /// # Errors
    ///
    /// Of [`ProfileFile::read`] and [`Profiles::parse`].
    pub fn from_env() -> Result<Self, Error> {
        let environment = Environment::of_this_process();
        let read = |path: Option<_>| path.map_or(Ok(None), ProfileFile::read);
        let config = read(ProfileFile::config_path(&environment))?;
        let credentials = read(ProfileFile::credentials_path(&environment))?;
        let profiles = Profiles::parse(config.as_ref(), credentials.as_ref())?;
        Ok(Self::new(profiles, environment))
    }

    /// The profile to load; otherwise the environment's, and `default` without one.
    ///
    /// Keys and web identities in the environment do not count then: what is asked for
    /// in code is what is meant.
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.choice = Choice::InCode(name.into());
        self
    }

    /// Where MFA codes come from, for profiles with an `mfa_serial`.
    pub fn mfa(mut self, codes: impl MfaTokenProvider + 'static) -> Self {
        self.mfa = Some(Arc::new(codes));
        self
    }

    /// The region of STS. Otherwise, of a profile that was named in code: that of the
    /// environment, of the profile, or of the SDK's configuration, in this order. Of the
    /// environment's profile: that of the SDK's configuration, of the environment or of the
    /// profile. None is guessed.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// The clock of all that is cached on the way; otherwise that of the SDK's
    /// configuration.
    pub fn clock(mut self, clock: impl Into<Clock>) -> Self {
        self.clock = Some(clock.into());
        self
    }

    /// What `credential_source = NAME` means: `Ec2InstanceMetadata` and `EcsContainer`,
    /// for which the SDK has providers, or a name of your own. `Environment` is known.
    pub fn credential_source(
        mut self,
        name: impl Into<String>,
        provider: impl CredentialsProvider + 'static,
    ) -> Self {
        self.sources.insert(name.into(), Arc::new(provider));
        self
    }

    /// Where the credentials of a profile come from, whatever the files say of it: for a
    /// `source_profile` that signs in through IAM Identity Center, for example, the AWS
    /// SDK's provider as an [`SdkSource`](crate::SdkSource).
    ///
    /// The profile need not be in the files.
    pub fn profile_source(
        mut self,
        profile: impl Into<String>,
        provider: impl CredentialsProvider + 'static,
    ) -> Self {
        self.given.insert(profile.into(), Arc::new(provider));
        self
    }

    /// Keeps the sessions of roles on disk, where the AWS CLI keeps its own and looks
    /// for them.
    pub fn cli_cache(mut self, cache: CliCache) -> Self {
        self.cli_cache = Some(cache);
        self
    }

    /// Decides where the credentials come from, and makes a provider that goes there.
    ///
    /// HTTP client, retries and time limits of the calls to STS are those of the SDK's
    /// configuration, and so are its region and endpoint and whether that is one of FIPS
    /// or of dual stack, if it says so. Nothing is contacted.
    ///
    /// # Errors
    ///
    /// [`InvalidConfiguration`](stscreds_core::ErrorKind::InvalidConfiguration) and the
    /// kinds of single settings, naming file and line or the variable;
    /// [`NoCredentials`](stscreds_core::ErrorKind::NoCredentials) if there is nothing. All
    /// mistakes are in one error. Mistakes in settings that are not used are none: region
    /// and endpoint matter if STS is called.
    pub fn load(&self, sdk_config: &SdkConfig) -> Result<ProfileProvider, Error> {
        let mut mistakes = Mistakes::default();
        let name = chosen(&self.environment, &self.choice);
        let profile = self.profiles.get(name);
        let given = |name: &str| self.given.contains_key(name);
        let files =
            Files { profiles: &self.profiles, environment: &self.environment, given: &given };
        let plan = plan(files, &self.choice, &mut mistakes);
        // Of a plan that leads nowhere it is what the profile asks for.
        let calls_sts = plan.as_ref().map_or_else(
            || profile.is_some_and(|profile| profile.has("role_arn")),
            Plan::calls_sts,
        );
        let region = self.region_for(sdk_config, name, profile);
        let mut sts = sdk_config.to_builder();
        if sdk_config.behavior_version().is_none() {
            // A client without one panics.
            sts.set_behavior_version(Some(BehaviorVersion::latest()));
        }
        if calls_sts {
            self.destine(&mut sts, sdk_config, region.as_ref(), &mut mistakes);
        }
        let wiring = Wiring {
            sts: sts.build(),
            clock: self.clock.clone().unwrap_or_else(|| clock_of(sdk_config)),
            mfa: self.mfa.clone(),
            sources: &self.sources,
            given: &self.given,
            cli_cache: self.cli_cache.as_ref(),
        };
        let provider = plan.and_then(|plan| wiring.provider(plan, &mut mistakes));
        mistakes.into_result()?;
        let nowhere = || Error::new(ErrorKind::Bug, "a profile leads nowhere without a mistake");
        Ok(ProfileProvider {
            provider: provider.ok_or_else(nowhere)?,
            profile: name.into(),
            region: region.map(|region| region.text.into()),
        })
    }

    /// How the profile leads to credentials, hop by hop. Nothing is contacted.
    ///
    /// # Errors
    ///
    /// Those of [`load`](Self::load) that the files and the environment cause.
    pub fn outline(&self) -> Result<Outline, Error> {
        let mut mistakes = Mistakes::default();
        let name = chosen(&self.environment, &self.choice);
        let profile = self.profiles.get(name);
        let given = |name: &str| self.given.contains_key(name);
        let files =
            Files { profiles: &self.profiles, environment: &self.environment, given: &given };
        let plan = plan(files, &self.choice, &mut mistakes);
        let of_files = region(&self.environment, name, profile).map(|found| found.text);
        let endpoint = sts_endpoint(&self.environment, &self.profiles, name, profile);
        let endpoint = mistakes.note(endpoint).flatten().map(|found| found.text);
        mistakes.into_result()?;
        let nowhere = || Error::new(ErrorKind::Bug, "a profile leads nowhere without a mistake");
        let plan = plan.ok_or_else(nowhere)?;
        Ok(Outline::of(name, plan, self.region.as_deref().or(of_files), endpoint))
    }

    /// The SDK's configuration for calls to STS, as the profile has it: region, endpoint,
    /// FIPS and dual stack, unless the given configuration says otherwise.
    ///
    /// # Errors
    ///
    /// [`InvalidConfiguration`](stscreds_core::ErrorKind::InvalidConfiguration), naming
    /// the setting.
    pub fn sts_config(&self, sdk_config: &SdkConfig) -> Result<SdkConfig, Error> {
        let mut mistakes = Mistakes::default();
        let name = chosen(&self.environment, &self.choice);
        let region = self.region_for(sdk_config, name, self.profiles.get(name));
        let mut sts = sdk_config.to_builder();
        if sdk_config.behavior_version().is_none() {
            // A client without one panics.
            sts.set_behavior_version(Some(BehaviorVersion::latest()));
        }
        self.destine(&mut sts, sdk_config, region.as_ref(), &mut mistakes);
        mistakes.into_result()?;
        Ok(sts.build())
    }

    fn region_for<'a>(
        &'a self,
        sdk_config: &'a SdkConfig,
        name: &str,
        profile: Option<&'a Profile>,
    ) -> Option<Found<'a>> {
        let found = |text, place: &str| Found { text, place: place.to_owned() };
        let of_code = self.region.as_deref().map(|text| found(text, "ProfileLoader::region"));
        let of_config = || {
            let region = sdk_config.region().map(AsRef::as_ref);
            region.map(|text| found(text, "the region of the SDK's configuration"))
        };
        let of_files = || region(&self.environment, name, profile);
        match self.choice {
            // The configuration's is that of another profile, of which the program said nothing.
            Choice::InCode(_) => of_code.or_else(of_files).or_else(of_config),
            Choice::OfEnvironment => of_code.or_else(of_config).or_else(of_files),
        }
    }

    /// Says where STS is called.
    fn destine(
        &self,
        sts: &mut aws_types::sdk_config::Builder,
        sdk_config: &SdkConfig,
        region: Option<&Found<'_>>,
        mistakes: &mut Mistakes,
    ) {
        let name = chosen(&self.environment, &self.choice);
        let profile = self.profiles.get(name);
        let region = match region {
            Some(found) => mistakes.note(found.read(Field::Region)),
            None => {
                mistakes.add(refused(
                    "no region for STS: set one in code, AWS_REGION, or region in the profile"
                        .to_owned(),
                ));
                None
            }
        };
        sts.set_region(region.map(|region| Region::new(region.to_owned())));
        let mut endpoint = sdk_config.endpoint_url().map(|_| "the SDK's configuration".to_owned());
        if endpoint.is_none() {
            let found = sts_endpoint(&self.environment, &self.profiles, name, profile);
            if let Some(found) = mistakes.note(found).flatten() {
                sts.set_endpoint_url(mistakes.note(found.read(Field::Endpoint)).map(str::to_owned));
                endpoint = Some(found.place);
            }
        }
        let mut switch = |of_code: Option<bool>, which| match of_code {
            Some(on) => Some(on),
            None => mistakes.note(switch(&self.environment, name, profile, which)).flatten(),
        };
        let fips = switch(sdk_config.use_fips(), FIPS);
        let dual_stack = switch(sdk_config.use_dual_stack(), DUAL_STACK);
        sts.set_use_fips(fips);
        sts.set_use_dual_stack(dual_stack);
        for (on, (variable, setting)) in [(fips, FIPS), (dual_stack, DUAL_STACK)] {
            if let (Some(true), Some(place)) = (on, &endpoint) {
                mistakes.add(refused(format!(
                    "{setting} (or {variable}) is true, and {place} gives the endpoint of STS: \
                     remove one of the two"
                )));
            }
        }
    }
}

impl fmt::Debug for ProfileLoader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProfileLoader")
            .field("profiles", &self.profiles)
            .field("environment", &self.environment)
            .field("choice", &self.choice)
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}
