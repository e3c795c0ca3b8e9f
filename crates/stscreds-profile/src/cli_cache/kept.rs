use std::fmt;
use std::sync::{Mutex, Once, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use stscreds_core::{Clock, Credentials, CredentialsProvider, Error, ProviderSource, SessionKey};

use super::entry::{Author, Entry, entry_in, text_of};
use super::session::{CliSession, Identified};
use super::store::Store;

/// A provider whose sessions are kept on disk; made by
/// [`CliCache::keep`](super::CliCache::keep).
pub struct KeptOnDisk {
    store: Store,
    clock: Clock,
    provider: CliSession,
    sharing: Sharing,
    last: Mutex<Option<HandedOut>>,
    warned: Once,
}

/// What was handed out last.
struct HandedOut {
    access_key_id: String,
    /// Where it may be kept; unknown for a session without a key.
    identified: Option<Identified>,
}

/// Whether sessions that the AWS CLI opened are used, and ours are left for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[doc(hidden)]
#[expect(clippy::exhaustive_enums, reason = "either it is shared or not")]
pub enum Sharing {
    /// The CLI's name stands for one session.
    WithCli,
    /// Several sessions would have that name: each has a name of its own.
    Apart,
}

impl KeptOnDisk {
    pub(super) fn new(store: Store, clock: Clock, provider: CliSession, sharing: Sharing) -> Self {
        Self { store, clock, provider, sharing, last: Mutex::default(), warned: Once::new() }
    }

    async fn session(&self) -> Result<Credentials, Error> {
        let proof = self.provider.proof().await?;
        let Some(wanted) = self.provider.identified(&proof) else {
            self.warned.call_once(|| {
                tracing::warn!(
                    "sessions are not kept on disk: the provider does not know who signs its calls"
                );
            });
            return Ok(self.provider.open(proof).await?.0);
        };
        if let Some(session) = self.found(&wanted).await {
            return Ok(session);
        }
        let _turn = self.store.turn(&wanted.name).await;
        // Another process may have had its turn meanwhile.
        if let Some(session) = self.found(&wanted).await {
            return Ok(session);
        }
        let (session, proof) = self.provider.open(proof).await?;
        let opened = self.provider.identified(&proof);
        if let Some(opened) = &opened {
            self.keep(opened, &session).await;
        }
        self.hand_out(&session, opened);
        Ok(session)
    }

    /// The session on disk, if it is good enough and not the one that was handed out
    /// before: a caller that asks again wants another.
    async fn found(&self, wanted: &Identified) -> Option<Credentials> {
        for file in self.files(wanted) {
            if let Some(Entry { session, author }) = self.entry(&file).await
                && self.is_ours(&author, wanted)
                && session.remaining_at(self.clock.now()) >= Some(LEAST_REMAINING)
                && !self.was_handed_out(&session)
            {
                self.hand_out(&session, Some(wanted.clone()));
                return Some(session);
            }
        }
        None
    }

    async fn keep(&self, opened: &Identified, session: &Credentials) {
        let Some(text) = text_of(session, &opened.key) else { return };
        let mut files = self.files(opened);
        let own = files.pop().unwrap_or_default();
        let file = match files.pop() {
            Some(shared) if !self.is_taken(&shared, opened).await => shared,
            _ => own,
        };
        self.store.replace(&file, text).await;
        self.store.remove_expired(self.clock.now()).await;
    }

    /// Whether the file holds another session of our cache that is valid.
    async fn is_taken(&self, file: &str, wanted: &Identified) -> bool {
        let Some(Entry { session, author }) = self.entry(file).await else { return false };
        let valid = !session.is_expired_at(self.clock.now());
        valid && matches!(author, Author::Us(key) if key != wanted.key.to_string())
    }

    /// Where a session may be, the name that is its own last.
    fn files(&self, session: &Identified) -> Vec<String> {
        let Identified { name, key } = session;
        let digest: String = key.to_string().chars().take(OWN_DIGITS).collect();
        let own = format!("{name}-{digest}");
        match self.sharing {
            Sharing::WithCli => vec![name.clone(), own],
            Sharing::Apart => vec![own],
        }
    }

    async fn entry(&self, file: &str) -> Option<Entry> {
        let text = self.store.text(file).await?;
        entry_in(text.expose(), self.provider_sources())
    }

    fn is_ours(&self, author: &Author, wanted: &Identified) -> bool {
        match author {
            Author::Us(key) => *key == wanted.key.to_string(),
            // Its name may have left out the token.
            Author::Formerly => false,
            // Before aws-cli 1.46.2 a web identity without its token had the name of a role.
            Author::Cli { web_identity } => {
                self.sharing == Sharing::WithCli && *web_identity == self.provider.is_web_identity()
            }
        }
    }

    fn was_handed_out(&self, session: &Credentials) -> bool {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().is_some_and(|last| last.access_key_id == session.access_key_id())
    }

    fn hand_out(&self, session: &Credentials, identified: Option<Identified>) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = Some(HandedOut { access_key_id: session.access_key_id().to_owned(), identified });
    }

    /// Where the session that was handed out last may be kept.
    fn last_identified(&self) -> Option<Identified> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref()?.identified.clone()
    }
}

/// # Errors
///
/// The provider's. The disk causes none.
///
/// # Cancel safety
///
/// Dropping the future lets the next process have its turn; a session that STS has
/// granted meanwhile is lost.
#[async_trait]
impl CredentialsProvider for KeptOnDisk {
    async fn credentials(&self) -> Result<Credentials, Error> {
        self.session().await
    }

    fn provider_sources(&self) -> Vec<ProviderSource> {
        self.provider.provider().provider_sources()
    }

    fn session_key(&self) -> Option<SessionKey> {
        self.provider.provider().session_key()
    }

    /// Removes the file, if it holds this session.
    fn reject(&self, access_key_id: &str) {
        let is_rejected = |text: &str| {
            let entry = entry_in(text, Vec::new());
            entry.is_some_and(|entry| entry.session.access_key_id() == access_key_id)
        };
        if let Some(last) = self.last_identified() {
            for file in self.files(&last) {
                self.store.discard(&last.name, &file, is_rejected);
            }
        }
        self.provider.provider().reject(access_key_id);
    }
}

impl fmt::Debug for KeptOnDisk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptOnDisk")
            .field("folder", &self.store.folder)
            .field("provider", &self.provider)
            .finish_non_exhaustive()
    }
}

/// What botocore wants a session on disk to have left. Sessions of 15 minutes, the least
/// that STS grants, are therefore never taken from disk.
const LEAST_REMAINING: Duration = Duration::from_secs(15 * 60);

/// Of the session's key in the name of a file: the key in the file decides.
const OWN_DIGITS: usize = 16;
