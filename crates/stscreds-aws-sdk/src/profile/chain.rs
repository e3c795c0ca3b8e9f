use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws_types::SdkConfig;
use stscreds_core::{Clock, Credentials, CredentialsProvider, Error, ProviderSource, SessionKey};
use stscreds_profile::mistakes::Mistakes;
use stscreds_profile::plan::{Base, Plan, RoleStep, WebIdentityStep};
use stscreds_profile::process::CredentialProcess;
use stscreds_profile::role::refused;
use stscreds_profile::{CliCache, CliSession, Sharing};
use stscreds_provider::{AssumeRoleProvider, SessionDuration, WebIdentityRoleProvider};
use stscreds_token::{IdentityTokenFile, MfaTokenProvider};

use crate::sts_client::StsSigner;
use crate::{SdkCache, StsClient, keep_fresh};

/// What a plan needs to become a provider.
pub(super) struct Wiring<'a> {
    pub(super) sts: SdkConfig,
    pub(super) clock: Clock,
    pub(super) mfa: Option<Arc<dyn MfaTokenProvider>>,
    pub(super) sources: &'a BTreeMap<String, Arc<dyn CredentialsProvider>>,
    pub(super) given: &'a BTreeMap<String, Arc<dyn CredentialsProvider>>,
    pub(super) cli_cache: Option<&'a CliCache>,
}

type Provider = Arc<dyn CredentialsProvider>;

impl Wiring<'_> {
    /// `None` if something is missing, which is noted.
    pub(super) fn provider(&self, plan: Plan, mistakes: &mut Mistakes) -> Option<Provider> {
        let Plan { base, roles } = plan;
        let mut provider = mistakes.note(self.base(base));
        for step in roles {
            if step.settings.mfa_serial.is_some() && self.mfa.is_none() {
                mistakes.add(refused(format!(
                    "profile {:?} has an mfa_serial, and the loader was given no source of MFA \
                     codes",
                    step.profile
                )));
            }
            provider = match provider {
                Some(source) => mistakes.note(self.role(source, step)),
                None => None,
            };
        }
        provider
    }

    fn base(&self, base: Base) -> Result<Provider, Error> {
        match base {
            Base::Keys(keys) => Ok(Arc::new(keys)),
            Base::Process { profile, command, account_id } => {
                let process = CredentialProcess::parse(&profile, command.expose())?;
                Ok(Arc::new(process.account_id(account_id)))
            }
            Base::WebIdentity(step) => Ok(self.web_identity(step)),
            Base::Given { profile } => self.given.get(&profile).map(Arc::clone).ok_or_else(|| {
                refused(format!("the loader was given no provider of profile {profile:?}"))
            }),
            Base::Named { profile, name } => match self.sources.get(&name) {
                Some(provider) => Ok(Arc::clone(provider)),
                None => Err(refused(format!(
                    "the credential_source of profile {profile:?} is {name:?}, and the loader \
                     was given no credential_source of that name"
                ))),
            },
        }
    }

    fn web_identity(&self, step: WebIdentityStep) -> Provider {
        let WebIdentityStep { settings, token_file, origin } = step;
        let sts = StsClient::new(&self.sts);
        let token = IdentityTokenFile::new(token_file);
        let mut builder = WebIdentityRoleProvider::builder(sts, settings.role_arn, token)
            .clock(self.clock.clone());
        if let Some(name) = settings.session_name {
            builder = builder.session_name(name);
        }
        if let Some(duration) = settings.duration {
            builder = builder.duration(duration);
        }
        let provider = Arc::new(builder.build());
        let provider = self.kept_on_disk(provider.into(), Sharing::WithCli);
        Arc::new(Originated { origin, provider })
    }

    fn role(&self, source: Provider, step: RoleStep) -> Result<Provider, Error> {
        let RoleStep { profile, settings, by, sharing } = step;
        let mut sources = source.provider_sources();
        sources.push(by);
        // With self-heal, so that a session on the way that STS does not accept any more is replaced.
        let cache = SdkCache::configured(source, |cache| {
            let name = format!("source of profile {profile}");
            cache.clock(self.clock.clone()).name(name).lean()
        });
        let config = keep_fresh!(aws_sdk_sts::config::Builder::from(&self.sts), cache).build();
        let sts = StsClient::from(aws_sdk_sts::Client::from_conf(config))
            .signing_sources(sources)
            .sending_to(&self.sts)
            .signer(StsSigner::Provider(Arc::new(cache)));
        // An hour is what STS grants where a profile says nothing, and what botocore gets.
        let mut builder = AssumeRoleProvider::builder(sts, settings.role_arn)
            .duration(settings.duration.unwrap_or(SessionDuration::hours::<1>()));
        if let Some(name) = settings.session_name {
            builder = builder.session_name(name);
        }
        if let Some(id) = settings.external_id {
            builder = builder.external_id(id);
        }
        if let (Some(serial), Some(codes)) = (settings.mfa_serial, &self.mfa) {
            builder = builder.mfa(serial, Arc::clone(codes));
        }
        let provider = CliSession::from(builder.build()).configured_duration(settings.duration);
        Ok(self.kept_on_disk(provider, sharing))
    }

    fn kept_on_disk(&self, provider: CliSession, sharing: Sharing) -> Provider {
        match self.cli_cache {
            Some(cache) => {
                Arc::new(cache.clone().clock(self.clock.clone()).shared(provider, sharing))
            }
            None => provider.into_provider(),
        }
    }
}

/// Says of credentials where the settings of their provider came from.
struct Originated {
    origin: ProviderSource,
    provider: Provider,
}

#[async_trait]
impl CredentialsProvider for Originated {
    async fn credentials(&self) -> Result<Credentials, Error> {
        let credentials = self.provider.credentials().await?;
        Ok(with_sources(&credentials, self.provider_sources()))
    }

    async fn remaining(&self, at_least: Duration) -> Result<Credentials, Error> {
        let credentials = self.provider.remaining(at_least).await?;
        Ok(with_sources(&credentials, self.provider_sources()))
    }

    fn provider_sources(&self) -> Vec<ProviderSource> {
        let mut sources = vec![self.origin];
        sources.extend(self.provider.provider_sources());
        sources
    }

    fn reject(&self, access_key_id: &str) {
        self.provider.reject(access_key_id);
    }

    fn session_key(&self) -> Option<SessionKey> {
        self.provider.session_key()
    }
}

fn with_sources(credentials: &Credentials, sources: Vec<ProviderSource>) -> Credentials {
    let secret = credentials.secret_access_key().clone();
    let mut builder = Credentials::builder(credentials.access_key_id(), secret)
        .provider_name(credentials.provider_name().to_owned())
        .provider_sources(sources);
    if let Some(token) = credentials.session_token() {
        builder = builder.session_token(token.clone());
    }
    if let Some(expiry) = credentials.expires_at() {
        builder = builder.expires_at(expiry);
    }
    if let Some(account) = credentials.account_id() {
        builder = builder.account_id(account);
    }
    builder.build()
}
