use std::sync::{Mutex, PoisonError};

use stscreds_core::{Credentials, Timestamp};

/// The credentials that were made last, and from which session.
///
/// Made from the same session again they would end at the same time: STS is not asked for
/// that. Otherwise a cache in whose refresh window they are would ask at each read.
#[derive(Debug, Default)]
pub(super) struct Last(Mutex<Option<Made>>);

#[derive(Debug, Clone)]
struct Made {
    parent: Parent,
    /// Whether they end with the parent, so that others from it last no longer.
    ends_with_parent: bool,
    credentials: Credentials,
}

/// The session that credentials are made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parent {
    access_key_id: String,
    expires_at: Option<Timestamp>,
}

impl Parent {
    pub(super) fn of(credentials: &Credentials) -> Self {
        Self {
            access_key_id: credentials.access_key_id().to_owned(),
            expires_at: credentials.expires_at(),
        }
    }
}

impl Last {
    /// When those that ended with their parent end.
    pub(super) fn inherited_end(&self) -> Option<Timestamp> {
        self.with(|made| {
            made.as_ref().filter(|made| made.ends_with_parent)?.credentials.expires_at()
        })
    }

    /// The credentials that would be made from this parent again, while they are valid.
    pub(super) fn of(&self, parent: &Parent, now: Timestamp) -> Option<Credentials> {
        self.with(|made| {
            let made = made.as_ref()?;
            let is_same = made.ends_with_parent && made.parent == *parent;
            let is_valid = made.credentials.expires_at().is_none_or(|at| now < at);
            (is_same && is_valid).then(|| made.credentials.clone())
        })
    }

    pub(super) fn keep(&self, parent: Parent, ends_with_parent: bool, credentials: Credentials) {
        self.with(|made| *made = Some(Made { parent, ends_with_parent, credentials }));
    }

    /// A service rejected credentials: if these were they, others have to be made.
    pub(super) fn reject(&self, access_key_id: &str) {
        self.with(|made| {
            made.take_if(|made| made.credentials.access_key_id() == access_key_id);
        });
    }

    fn with<R>(&self, work: impl FnOnce(&mut Option<Made>) -> R) -> R {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
