use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use stscreds_core::{
    Clock, Credentials, CredentialsProvider, Error, ErrorKind, ProviderSource, SessionKey,
};

use super::last::{Last, Parent};
use super::{
    ScopedCredentialsClient, ScopedCredentialsProviderBuilder, ScopedCredentialsRequest,
    ScopedDuration, ScopedLifetime, ScopedPolicy, ScopedSessionDescription,
};
use crate::session_parts::seconds;

/// Credentials of a session that one already has, with fewer permissions or a shorter life.
///
/// For programs that are trusted less than the one that starts them: agents, plug-ins,
/// sandboxes. They act as the same session, so that no second role is needed, and may do
/// what both that session and the policy allow. They never outlive it. See
/// [the operation](https://docs.aws.amazon.com/STS/latest/APIReference/API_GetScopedCredentials.html)
/// and [its limits](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_getscopedcredentials.html).
///
/// The client must sign with temporary credentials, the *parent*: give it a cache, by
/// `StsClient::signed_by` or `StsHttpClient`. With an IAM user's keys, put a
/// [`SessionTokenProvider`](crate::SessionTokenProvider) in between.
///
/// - **Never wider than asked.** Every failure is an error; the parent's credentials are
///   never returned in their place.
/// - **They are renewed from a renewed parent.** Before a call, the parent is asked for more
///   life than what is replaced has. If it cannot have more, the same credentials are
///   returned, without a call: others would end at the same time.
/// - **Three policies at most** bind a session. A longer chain of providers is an error
///   before anything is sent.
///
/// Safe to share. It keeps the credentials that it made last, for the rule above; put a
/// cache in front all the same.
pub struct ScopedCredentialsProvider {
    client: Arc<dyn ScopedCredentialsClient>,
    /// What is the same for each call; the duration is filled in for each.
    request: ScopedCredentialsRequest,
    lifetime: ScopedLifetime,
    clock: Clock,
    last: Last,
}

/// How many policies can bind a session.
const LAYERS: usize = 3;

/// What a parent's remaining life is taken to be shorter by, for the way to STS and a clock
/// that is a little off.
const MARGIN: Duration = Duration::from_secs(5);

impl ScopedCredentialsProvider {
    /// The name that credentials of this provider carry.
    pub const NAME: &'static str = "ScopedCredentialsProvider";

    /// A provider of credentials that can do less than the session that signs.
    pub fn with_policy(
        client: impl ScopedCredentialsClient + 'static,
        policy: ScopedPolicy,
    ) -> ScopedCredentialsProviderBuilder<ScopedPolicy> {
        ScopedCredentialsProviderBuilder::<ScopedPolicy>::with_policy(Arc::new(client), policy)
    }

    /// A provider of credentials that live shorter than the session that signs, and can do
    /// the same.
    ///
    /// At most as long; see [`exactly`](ScopedCredentialsProviderBuilder::exactly).
    ///
    /// ```compile_fail
    /// # fn example(sts: impl stscreds_provider::ScopedCredentialsClient + 'static) {
    /// use stscreds_provider::ScopedCredentialsProvider;
    /// // Neither a policy nor a duration: there is no such builder.
    /// let provider = ScopedCredentialsProvider::builder(sts).build();
    /// # }
    /// ```
    ///
    /// ```
    /// # fn example(sts: impl stscreds_provider::ScopedCredentialsClient + 'static) {
    /// use stscreds_provider::{ScopedCredentialsProvider, ScopedDuration};
    /// let provider = ScopedCredentialsProvider::with_duration(sts, ScopedDuration::MIN).build();
    /// # }
    /// ```
    pub fn with_duration(
        client: impl ScopedCredentialsClient + 'static,
        duration: ScopedDuration,
    ) -> ScopedCredentialsProviderBuilder<ScopedDuration> {
        ScopedCredentialsProviderBuilder::<ScopedDuration>::with_duration(
            Arc::new(client),
            duration,
        )
    }

    pub(super) fn new(
        client: Arc<dyn ScopedCredentialsClient>,
        request: ScopedCredentialsRequest,
        lifetime: ScopedLifetime,
        clock: Clock,
    ) -> Self {
        Self { client, request, lifetime, clock, last: Last::default() }
    }

    async fn scope_down(&self) -> Result<Credentials, Error> {
        self.check_layers()?;
        let parent = self.client.parent(self.wanted()).await?;
        if let Some(parent) = &parent {
            check_temporary(parent)?;
        }
        let (duration, ends_with_parent) = self.duration(parent.as_ref());
        let parent = parent.as_ref().map(Parent::of);
        if let Some(parent) = parent.as_ref().filter(|_| ends_with_parent)
            && let Some(credentials) = self.last.of(parent, self.clock.now())
        {
            return Ok(credentials);
        }
        let outcome = self.call(duration).await;
        let (credentials, ends_with_parent) = match outcome {
            Err(error) if self.has_ended_meanwhile(&error, duration) => {
                (self.call(None).await?, true)
            }
            outcome => (outcome?, ends_with_parent),
        };
        if let Some(parent) = parent {
            self.last.keep(parent, ends_with_parent, credentials.clone());
        }
        Ok(credentials)
    }

    /// How much life the parent should have: as much as is asked for, and more than what is
    /// replaced has.
    fn wanted(&self) -> Duration {
        let now = self.clock.now();
        let replaced = self.last.inherited_end().map(|end| end.since(now) + Duration::from_secs(1));
        self.lifetime.wanted().max(replaced.unwrap_or_default())
    }

    /// What to ask for, and whether the credentials end with the parent.
    fn duration(&self, parent: Option<&Credentials>) -> (Option<ScopedDuration>, bool) {
        let duration = match self.lifetime {
            ScopedLifetime::Inherit => return (None, true),
            ScopedLifetime::Exactly(duration) => return (Some(duration), false),
            ScopedLifetime::AtMost(duration) => duration,
        };
        let Some(end) = parent.and_then(Credentials::expires_at) else {
            return (Some(duration), false);
        };
        let remaining = end.since(self.clock.now()).saturating_sub(MARGIN);
        if remaining > duration.into() {
            return (Some(duration), false);
        }
        match self.request.policy {
            Some(_) => (None, true),
            None => {
                (Some(ScopedDuration::try_from(remaining).unwrap_or(ScopedDuration::MIN)), true)
            }
        }
    }

    /// Whether the parent ended sooner than it seemed, and the same without a duration is
    /// what was asked for.
    fn has_ended_meanwhile(&self, error: &Error, duration: Option<ScopedDuration>) -> bool {
        error.sts_code() == Some("InsufficientSessionLifetime")
            && matches!(self.lifetime, ScopedLifetime::AtMost(_))
            && self.request.policy.is_some()
            && duration.is_some()
    }

    async fn call(&self, duration: Option<ScopedDuration>) -> Result<Credentials, Error> {
        let request = ScopedCredentialsRequest { duration, ..self.request.clone() };
        let scoped = self.client.scoped_credentials(request).await.map_err(explained)?;
        let (id, layers) = (scoped.scoped_session_id, scoped.scoped_policies_count);
        let sources = self.provider_sources();
        let credentials = scoped.session.into_credentials(OPERATION, Self::NAME, sources)?;
        tracing::debug!(
            access_key_id = credentials.access_key_id(),
            session = id.as_deref().unwrap_or_default(),
            policies = layers.unwrap_or_default(),
            "scoped a session down"
        );
        Ok(credentials)
    }

    fn check_layers(&self) -> Result<(), Error> {
        let is_layer = |source: &ProviderSource| *source == ProviderSource::ScopedCredentials;
        let layers = self.provider_sources().into_iter().filter(is_layer).count();
        if layers <= LAYERS {
            return Ok(());
        }
        let what = format!(
            "a session can be scoped down by {LAYERS} policies, and this is policy {layers}"
        );
        Err(Error::new(ErrorKind::InvalidConfiguration, what))
    }
}

const OPERATION: &str = "GetScopedCredentials";

/// STS would refuse an IAM user's or the root user's keys.
fn check_temporary(parent: &Credentials) -> Result<(), Error> {
    if parent.session_token().is_some() {
        return Ok(());
    }
    let what = "GetScopedCredentials needs temporary credentials, and the key that signs is a long-term one: \
                put a SessionTokenProvider between";
    Err(Error::new(ErrorKind::InvalidConfiguration, what))
}

/// The error with what it means for this operation, by its code.
fn explained(error: Error) -> Error {
    match error.sts_code() {
        Some("InvalidAction") => {
            let what = "this endpoint has no GetScopedCredentials: use one of a region, not the global one";
            let (message, id) = (error.sts_message(), error.request_id());
            Error::new(ErrorKind::InvalidConfiguration, what).with_sts_answer(
                "InvalidAction",
                message.map(str::to_owned),
                id.map(str::to_owned),
            )
        }
        Some("AccessDenied") => error.with_context(
            "the session that signs needs permission for sts:GetScopedCredentials, also from each policy that \
             scoped it down",
        ),
        _ => error,
    }
}

/// # Errors
///
/// Before STS is called: of the source of the parent, and
/// [`InvalidConfiguration`](ErrorKind::InvalidConfiguration) for a parent that is not
/// temporary or a fourth policy. After: by [the table of answers](crate::StsFault::kind),
/// [`InvalidConfiguration`](ErrorKind::InvalidConfiguration) if the endpoint does not have
/// the operation, and [`MalformedResponse`](ErrorKind::MalformedResponse) if STS left
/// something out.
///
/// # Cancel safety
///
/// Dropping the future abandons the call.
#[async_trait]
impl CredentialsProvider for ScopedCredentialsProvider {
    async fn credentials(&self) -> Result<Credentials, Error> {
        self.scope_down().await
    }

    fn provider_sources(&self) -> Vec<ProviderSource> {
        let mut sources = self.client.signing_sources();
        sources.push(match self.request.policy {
            Some(_) => ProviderSource::ScopedCredentials,
            None => ProviderSource::ScopedLifetime,
        });
        sources
    }

    fn reject(&self, access_key_id: &str) {
        self.last.reject(access_key_id);
    }

    /// `None` if the client does not say who signs its calls and where they go.
    fn session_key(&self) -> Option<SessionKey> {
        let ScopedCredentialsRequest {
            policy,
            duration: _,
            description,
            minimum_session_token_size: size,
        } = &self.request;
        let (exactly, at_most) = match self.lifetime {
            ScopedLifetime::Inherit => (None, None),
            ScopedLifetime::Exactly(duration) => (Some(duration), None),
            ScopedLifetime::AtMost(duration) => (None, Some(duration)),
        };
        let length = |duration: Option<ScopedDuration>| duration.map(|d| seconds(d.as_secs()));
        let key = SessionKey::builder(OPERATION)
            .key("Client", &self.client.client_key()?)
            .optional("Policy", policy.as_ref().map(ScopedPolicy::as_str))
            .optional("DurationSeconds", length(exactly))
            .optional("AtMost", length(at_most))
            .optional(
                "ScopedSessionDescription",
                description.as_ref().map(ScopedSessionDescription::as_str),
            )
            .optional("MinimumSessionTokenSize", size.map(|size| seconds(size.as_bytes().into())));
        Some(key.build())
    }
}

impl fmt::Debug for ScopedCredentialsProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScopedCredentialsProvider")
            .field("request", &self.request)
            .field("lifetime", &self.lifetime)
            .finish_non_exhaustive()
    }
}
