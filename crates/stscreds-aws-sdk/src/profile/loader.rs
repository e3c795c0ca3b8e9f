use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use aws_sdk_sts::config::BehaviorVersion;
use aws_types::SdkConfig;
use aws_types::region::Region;
use stscreds_core::{Clock, CredentialsProvider, Error};
use stscreds_token::MfaTokenProvider;

use super::chain::Wiring;
use super::endpoint::{DUAL_STACK, FIPS, region, sts_endpoint, switch};
use super::file::{ProfileFile, location};
use super::plan::{Choice, chosen, plan};
use super::profiles::Profiles;
use super::provider::ProfileProvider;
use crate::cli_cache::CliCache;
use crate::environment::Environment;
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
        let read = |variable, name| match location(&environment, variable, name) {
            Some(path) => ProfileFile::read(path),
            None => Ok(None),
        };
        let config = read("AWS_CONFIG_FILE", "config")?;
        let credentials = read("AWS_SHARED_CREDENTIALS_FILE", "credentials")?;
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

    /// The region of STS; otherwise that of the SDK's configuration, of the environment
    /// or of the profile, in this order. None is guessed.
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
    /// kinds of single settings, naming the profile;
    /// [`NoCredentials`](stscreds_core::ErrorKind::NoCredentials) if there is nothing.
    pub fn load(&self, sdk_config: &SdkConfig) -> Result<ProfileProvider, Error> {
        let plan = plan(&self.profiles, &self.environment, &self.choice)?;
        let name = chosen(&self.environment, &self.choice);
        let profile = self.profiles.get(name);
        let region = self
            .region
            .as_deref()
            .or(sdk_config.region().map(AsRef::as_ref))
            .or_else(|| region(&self.environment, profile));
        let mut sts = sdk_config.to_builder().region(region.map(|r| Region::new(r.to_owned())));
        if sdk_config.behavior_version().is_none() {
            // A client without one panics.
            sts.set_behavior_version(Some(BehaviorVersion::latest()));
        }
        if sdk_config.endpoint_url().is_none() {
            sts.set_endpoint_url(
                sts_endpoint(&self.environment, &self.profiles, profile)?.map(str::to_owned),
            );
        }
        let switch = |which| switch(&self.environment, name, profile, which);
        sts.set_use_fips(sdk_config.use_fips().map_or_else(|| switch(FIPS), |on| Ok(Some(on)))?);
        sts.set_use_dual_stack(
            sdk_config.use_dual_stack().map_or_else(|| switch(DUAL_STACK), |on| Ok(Some(on)))?,
        );
        let wiring = Wiring {
            sts: sts.build(),
            clock: self.clock.clone().unwrap_or_else(|| clock_of(sdk_config)),
            mfa: self.mfa.clone(),
            sources: &self.sources,
            cli_cache: self.cli_cache.as_ref(),
        };
        Ok(ProfileProvider {
            provider: wiring.provider(plan)?,
            profile: name.into(),
            region: region.map(Into::into),
        })
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
