use std::fmt;
use std::sync::Arc;

use aws_smithy_runtime::client::retries::RetryPartition;
use stscreds_aws_sdk::{StsClient, keep_fresh};
use stscreds_cache::{ClockSkew, CredentialsCache, Upkeep};
use stscreds_core::{CredentialsProvider, Error, ErrorKind};
use stscreds_provider::{
    AssumeRoleProvider, FederationTokenProvider, SamlRoleProvider, SessionTokenProvider,
    UserSessionDuration, WebIdentityRoleProvider,
};

use crate::contacts::{Contacts, Counted};
use crate::preset::Preset;
use crate::stage::{GUARDED, NEXT, PLAIN, SAML, SAML_PROVIDER, Stage, WEB};
use crate::subject::{Background, Client, Subject, Upstream};
use crate::wall::Time;
use crate::watch::Watch;

/// Who is watched.
#[derive(Clone, Copy)]
#[expect(clippy::exhaustive_enums, reason = "ours or another")]
pub enum Cast {
    /// Our caches, with each preset before each kind of provider.
    Real,
    /// Something else before a provider that assumes a role, once for each preset.
    Only(fn(Upstream) -> Arc<dyn Subject>),
}

/// A subject, and what is counted before it and before those on its way.
pub(crate) struct Member {
    pub(crate) subject: Arc<dyn Subject>,
    pub(crate) contacts: Arc<Contacts>,
    pub(crate) inner: Vec<Arc<Contacts>>,
}

impl fmt::Debug for Cast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Real => "Cast::Real",
            Self::Only(_) => "Cast::Only",
        })
    }
}

impl Cast {
    pub(crate) fn members(self, stage: &Arc<Stage>, watch: &Watch) -> Result<Vec<Member>, String> {
        let mut casting = Casting { stage, watch, next_user: 0, preset: Preset::Default };
        let mut members = Vec::new();
        for preset in Preset::ALL {
            casting.preset = preset;
            match self {
                Self::Real => members.extend(casting.ours()?),
                Self::Only(build) => members.push(casting.other(build)?),
            }
        }
        Ok(members)
    }
}

struct Casting<'a> {
    stage: &'a Arc<Stage>,
    watch: &'a Watch,
    next_user: usize,
    preset: Preset,
}

impl Casting<'_> {
    fn ours(&mut self) -> Result<Vec<Member>, String> {
        let told = |error: Error| error.to_string();
        Ok(vec![
            self.other(|upstream| Arc::new(upstream.cache()))?,
            self.background()?,
            self.skewed()?,
            self.web_identity().map_err(told)?,
            self.saml().map_err(told)?,
            self.federation().map_err(told)?,
            self.session()?.1,
            self.chain()?,
            self.client()?,
        ])
    }

    /// A role, assumed with a user's keys.
    fn other(&mut self, build: fn(Upstream) -> Arc<dyn Subject>) -> Result<Member, String> {
        let sts = StsClient::new(&self.stage.sdk_config(self.user())?);
        let (upstream, contacts) = self.upstream("assume-role", 1, role(sts, PLAIN)?);
        Ok(Member { subject: build(upstream), contacts, inner: Vec::new() })
    }

    /// The same, refreshed by a task of its own.
    fn background(&mut self) -> Result<Member, String> {
        let provider = role(StsClient::new(&self.stage.sdk_config(self.user())?), PLAIN)?;
        let (upstream, contacts) = self.upstream("background", 1, provider);
        let cache = upstream.builder().upkeep(Upkeep::InBackground).build();
        Ok(Member { subject: Arc::new(Background(cache)), contacts, inner: Vec::new() })
    }

    /// The same, by the time of STS.
    fn skewed(&mut self) -> Result<Member, String> {
        let skew = ClockSkew::new();
        let sts = StsClient::new(&self.stage.sdk_config(self.user())?).clock_skew(skew.clone());
        let (upstream, contacts) = self.upstream_by(Time::Sts, "skewed", 1, role(sts, PLAIN)?);
        let cache = upstream.builder().clock_skew(skew).build();
        Ok(Member { subject: Arc::new(cache), contacts, inner: Vec::new() })
    }

    fn web_identity(&mut self) -> Result<Member, Error> {
        let stage = Arc::clone(self.stage);
        let token = move || std::future::ready(stage.identity_token());
        let provider = WebIdentityRoleProvider::builder(self.sts()?, WEB.parse()?, token)
            .clock(self.stage.clock())
            .build();
        let (upstream, contacts) = self.upstream("web-identity", 1, provider);
        Ok(Member { subject: Arc::new(upstream.cache()), contacts, inner: Vec::new() })
    }

    fn saml(&mut self) -> Result<Member, Error> {
        let stage = Arc::clone(self.stage);
        let log_in = move || std::future::ready(stage.assertion());
        let (role, principal) = (SAML.parse()?, SAML_PROVIDER.parse()?);
        let provider = SamlRoleProvider::builder(self.sts()?, role, principal, log_in).build();
        let (upstream, contacts) = self.upstream("saml", 1, provider);
        Ok(Member { subject: Arc::new(upstream.cache()), contacts, inner: Vec::new() })
    }

    fn federation(&mut self) -> Result<Member, Error> {
        let provider = FederationTokenProvider::builder(self.sts()?, "guest".parse()?)
            .duration(UserSessionDuration::hours::<1>())
            .build();
        let (upstream, contacts) = self.upstream("federation", 1, provider);
        Ok(Member { subject: Arc::new(upstream.cache()), contacts, inner: Vec::new() })
    }

    /// A session of a user, with MFA.
    fn session(&mut self) -> Result<(CredentialsCache, Member), String> {
        let told = |error: Error| error.to_string();
        let user = self.user();
        let (serial, codes) = self.stage.mfa(user).map_err(told)?;
        let hour = UserSessionDuration::hours::<1>();
        let provider = SessionTokenProvider::builder(StsClient::new(&self.stage.sdk_config(user)?))
            .mfa(serial.parse().map_err(told)?, codes)
            .duration(hour)
            .build();
        let (upstream, contacts) = self.upstream("session", 1, provider);
        let cache = upstream.cache();
        let subject = Arc::new(cache.clone());
        Ok((cache, Member { subject, contacts, inner: Vec::new() }))
    }

    /// A role over a role over a session with MFA, each cached.
    fn chain(&mut self) -> Result<Member, String> {
        let (session, Member { contacts: first, .. }) = self.session()?;
        let config = self.stage.sdk_config(0)?;
        let guarded = role(StsClient::signed_by(&config, session), GUARDED)?;
        let (upstream, second) = self.upstream("guarded", 2, guarded);
        let next = role(StsClient::signed_by(&config, upstream.cache()), NEXT)?;
        let (upstream, contacts) = self.upstream("chain", 3, next);
        let subject = Arc::new(upstream.cache());
        Ok(Member { subject, contacts, inner: vec![first, second] })
    }

    /// A client of the SDK that recovers by itself from a session which is refused.
    fn client(&mut self) -> Result<Member, String> {
        let config = self.stage.sdk_config(self.user())?;
        let (upstream, contacts) =
            self.upstream("sdk-client", 1, role(StsClient::new(&config), PLAIN)?);
        let cache = upstream.sdk_cache();
        let client = keep_fresh!(aws_sdk_sts::config::Builder::from(&config), cache)
            // Not the bucket of the process, which the run before has emptied.
            .retry_partition(RetryPartition::custom("soak").build())
            .build();
        let client = aws_sdk_sts::Client::from_conf(client);
        Ok(Member { subject: Arc::new(Client { cache, client }), contacts, inner: Vec::new() })
    }

    fn upstream(
        &self,
        kind: &str,
        depth: u32,
        provider: impl CredentialsProvider + 'static,
    ) -> (Upstream, Arc<Contacts>) {
        self.upstream_by(Time::ThisMachine, kind, depth, provider)
    }

    fn upstream_by(
        &self,
        time: Time,
        kind: &str,
        depth: u32,
        provider: impl CredentialsProvider + 'static,
    ) -> (Upstream, Arc<Contacts>) {
        let (name, wall) = (format!("{kind} with {}", self.preset), &self.stage.wall);
        let contacts = Contacts::new(name, self.preset, depth, time, wall, self.watch);
        let uncounted: Arc<dyn CredentialsProvider> = Arc::new(provider);
        let counted = Counted { provider: Arc::clone(&uncounted), contacts: Arc::clone(&contacts) };
        let (preset, clock) = (self.preset, self.stage.clock());
        (Upstream { provider: Arc::new(counted), uncounted, preset, clock }, contacts)
    }

    fn sts(&mut self) -> Result<StsClient, Error> {
        let config = self.stage.sdk_config(self.user());
        let config = config.map_err(|what| Error::new(ErrorKind::InvalidConfiguration, what))?;
        Ok(StsClient::new(&config))
    }

    fn user(&mut self) -> usize {
        self.next_user += 1;
        self.next_user
    }
}

fn role(sts: StsClient, role: &str) -> Result<AssumeRoleProvider, String> {
    let role = role.parse().map_err(|error: Error| error.to_string())?;
    Ok(AssumeRoleProvider::builder(sts, role).build())
}
