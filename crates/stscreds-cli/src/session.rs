use std::pin::Pin;
use std::time::Duration;

use stscreds::core::Timestamp;
use stscreds::provider::{AssumeRoleProvider, SessionDuration, SessionTokenProvider};
use stscreds::{Credentials, CredentialsProvider, IdentityTokenFile, WebIdentityRoleProvider};

use crate::arguments::Options;
use crate::clock::now;
use crate::failure::{Exit, Failure};
use crate::journey::{BaseStep, Journey, Leg, RoleStep, Step, UserStep};
use crate::mfa::{Codes, device_key};
use crate::notes::Notes;
use crate::queue::{Queue, Turn};
use crate::store::{Entry, Held, Label, Store, Wanted, device_lock_file, lock_file};
use crate::sts::Sts;

/// Gets the sessions of a journey: from the store, or from STS for every process that
/// waits.
#[derive(Debug)]
pub(crate) struct Sessions<'a> {
    pub(crate) journey: &'a Journey,
    pub(crate) options: &'a Options,
    pub(crate) store: &'a Store,
    pub(crate) notes: &'a Notes,
}

type Pending<'a> = Pin<Box<dyn Future<Output = Result<Credentials, Failure>> + 'a>>;

impl Sessions<'_> {
    /// What the options say about the life that is needed.
    pub(crate) fn wanted(&self) -> Wanted {
        self.options.min_ttl.map_or(Wanted::Comfortable, Wanted::Life)
    }

    /// A session that needs no call: kept by a process before, or given as keys.
    pub(crate) fn at_hand(&self, index: usize, wanted: Wanted) -> Option<Credentials> {
        let leg = self.journey.steps.get(index)?;
        if let Step::Base(BaseStep::Keys(keys)) = &leg.step {
            return Some(keys.clone());
        }
        let entry = self.store.session(&leg.key)?;
        entry.is_fresh(now(), wanted).then_some(entry.credentials)
    }

    /// The session of a step, got anew if what is kept does not do.
    pub(crate) fn session(&self, index: usize, wanted: Wanted) -> Pending<'_> {
        Box::pin(async move {
            if let Some(session) = self.at_hand(index, wanted) {
                return Ok(session);
            }
            let Some(leg) = self.journey.steps.get(index) else {
                return Err(Failure::other("a profile without a step"));
            };
            let started = now();
            let queue = Queue { options: self.options, notes: self.notes, started };
            let mut place = self.store.place(&lock_file(&leg.key));
            // A login wants a session that did not exist when it was typed.
            let found = || match wanted {
                Wanted::Another => self.kept_since(leg, started),
                wanted => self.at_hand(index, wanted),
            };
            let what = format!("{} {}", leg.step.kind(), leg.step.name());
            let login = self.journey.login_command();
            let turn = queue.turn(&mut place, &what, &login, found).await;
            let outcome = match turn {
                Ok(Turn::Found(session)) => return Ok(session),
                Ok(Turn::Ours(held)) => self.renew(index, leg, held).await,
                Err(failure) => Err(failure),
            };
            outcome.or_else(|failure| self.still_valid(leg, failure))
        })
    }

    fn kept_since(&self, leg: &Leg, started: Timestamp) -> Option<Credentials> {
        let entry = self.store.session(&leg.key)?;
        (entry.label.issued_at >= started).then_some(entry.credentials)
    }

    /// An outage, or a person who is not there, costs nothing while a session lasts.
    fn still_valid(&self, leg: &Leg, failure: Failure) -> Result<Credentials, Failure> {
        let entry = self.store.session(&leg.key).filter(|entry| entry.is_valid(now()));
        match entry {
            Some(entry) if failure.may_pass() => {
                let expiry = entry.credentials.expires_at().unwrap_or(Timestamp::EPOCH);
                self.notes.note(format_args!("{failure}"));
                self.notes.note(format_args!("using the cached session, valid until {expiry}"));
                Ok(entry.credentials)
            }
            _ => Err(failure),
        }
    }

    /// Gets a session while others wait for it.
    async fn renew(&self, index: usize, leg: &Leg, held: Held) -> Result<Credentials, Failure> {
        let mut held = vec![held];
        let outcome = self.asked(index, leg, &mut held).await;
        match &outcome {
            Ok(session) => {
                self.keep(leg, session);
                held.iter_mut().for_each(Held::succeeded);
            }
            Err(failure) => held.iter_mut().for_each(|held| held.failed(failure, now())),
        }
        outcome
    }

    async fn asked(
        &self,
        index: usize,
        leg: &Leg,
        held: &mut Vec<Held>,
    ) -> Result<Credentials, Failure> {
        self.notes.step(format_args!("getting {} {}", leg.step.kind(), leg.step.name()));
        if let Step::Base(base) = &leg.step {
            return self.base(base).await;
        }
        let sts = Sts::of(&self.journey.loader)?;
        sts.demand_region()?;
        let source = match index.checked_sub(1) {
            Some(before) => self.session(before, Wanted::Life(Duration::from_secs(60))).await?,
            None => return Err(Failure::other("a role without a source")),
        };
        let client = sts.signed_by(&source);
        let codes = match leg.step.device() {
            Some(_) => Some(self.codes(leg, held).await?),
            None => None,
        };
        let outcome = match &leg.step {
            Step::User(user) => user_provider(client, user, codes.as_ref()).credentials().await,
            Step::Role(role) => role_provider(client, role, codes.as_ref())?.credentials().await,
            Step::Base(_) => Ok(source),
        };
        held.extend(codes.into_iter().flat_map(|codes| codes.locks()));
        let session =
            outcome.map_err(|error| Failure::of_call(&error, &self.journey.endpoint_shown()))?;
        match session.remaining_at(now()) {
            Some(Duration::ZERO) => Err(Failure::other(format!(
                "STS granted a session that ended at {}, by the clock of this machine, which is \
                 {}; set the clock",
                session.expires_at().unwrap_or(Timestamp::EPOCH),
                now(),
            ))),
            _ => Ok(session),
        }
    }

    /// The source of codes, once this process has the device's lock.
    async fn codes(&self, leg: &Leg, held: &mut Vec<Held>) -> Result<Codes, Failure> {
        if let Some(serial) = leg.step.device() {
            let queue = Queue { options: self.options, notes: self.notes, started: now() };
            let mut place = self.store.place(&device_lock_file(&device_key(serial)));
            let what = format!("MFA device {serial}");
            let login = self.journey.login_command();
            if let Turn::Ours(device) = queue.turn(&mut place, &what, &login, || None).await? {
                held.push(device);
            }
        }
        Ok(Codes::of(self.journey, self.options, std::mem::take(held)))
    }

    async fn base(&self, base: &BaseStep) -> Result<Credentials, Failure> {
        let journey = self.journey;
        match base {
            BaseStep::Keys(keys) => Ok(keys.clone()),
            BaseStep::Process { profile, .. } => Sts::process(&journey.loader, profile).await,
            BaseStep::WebIdentity { role_arn, session_name, duration, token_file } => {
                let sts = Sts::of(&journey.loader)?;
                sts.demand_region()?;
                let token = IdentityTokenFile::new(token_file);
                let mut builder =
                    WebIdentityRoleProvider::builder(sts.unsigned(), role_arn.clone(), token);
                if let Some(name) = session_name {
                    builder = builder.session_name(name.clone());
                }
                if let Some(duration) = duration {
                    builder = builder.duration(*duration);
                }
                let outcome = builder.build().credentials().await;
                outcome.map_err(|error| Failure::of_call(&error, &journey.endpoint_shown()))
            }
            BaseStep::Named { name } => Sts::machine(name).await,
        }
    }

    /// Keeps what is a session; long-term keys of a helper are kept nowhere.
    fn keep(&self, leg: &Leg, session: &Credentials) {
        if session.session_token().is_none() || session.expires_at().is_none() {
            return;
        }
        let label = Label {
            profile: self.journey.profile.clone(),
            kind: leg.step.kind().to_owned(),
            name: leg.step.name(),
            issued_at: now(),
        };
        let entry = Entry { credentials: session.clone(), label };
        if let Err(why) = self.store.keep(&leg.key, &entry) {
            self.notes.note(format_args!("{why}; the session is good for this time only"));
        }
    }

    /// Refuses to hand out keys that do not expire.
    pub(crate) fn checked(&self, session: Credentials) -> Result<Credentials, Failure> {
        if session.session_token().is_some() || self.options.allow_long_term {
            return Ok(session);
        }
        let profile = &self.journey.profile;
        Err(Failure::new(
            Exit::Usage,
            format!(
                "profile {profile:?} has long-term keys, which are not handed out; leave out \
                 --no-session, or use --allow-long-term"
            ),
        ))
    }
}

fn user_provider(
    client: stscreds::StsClient,
    step: &UserStep,
    codes: Option<&Codes>,
) -> SessionTokenProvider {
    let mut builder = SessionTokenProvider::builder(client);
    if let Some(duration) = step.duration {
        builder = builder.duration(duration);
    }
    if let (Some(serial), Some(codes)) = (&step.serial, codes) {
        builder = builder.mfa(serial.clone(), codes.clone());
    }
    builder.build()
}

fn role_provider(
    client: stscreds::StsClient,
    step: &RoleStep,
    codes: Option<&Codes>,
) -> Result<AssumeRoleProvider, Failure> {
    let hour = SessionDuration::hours::<1>();
    let mut builder = AssumeRoleProvider::builder(client, step.role_arn.clone())
        .duration(step.duration.unwrap_or(hour));
    if let Some(name) = &step.session_name {
        builder = builder.session_name(name.clone());
    }
    if let Some(id) = &step.external_id {
        builder = builder.external_id(id.clone());
    }
    if let Some(policy) = &step.policy {
        builder = builder.policy(policy.clone());
    }
    if let Some(arns) = &step.policy_arns {
        builder = builder.policy_arns(arns.clone());
    }
    if let Some(tags) = &step.tags {
        builder = builder.tags(tags.clone());
    }
    if let Some(identity) = &step.source_identity {
        builder = builder.source_identity(identity.clone());
    }
    if let (Some(serial), Some(codes)) = (&step.mfa_serial, codes) {
        builder = builder.mfa(serial.clone(), codes.clone());
    }
    Ok(builder.build())
}
