use std::time::Duration;

/// What a provider demands of tokens, and how strictly.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Rules<'a> {
    /// The client ids, one of which must be the token's audience.
    pub client_ids: &'a [String],
    /// By how much the clocks of issuer and STS may differ; nothing by default.
    pub skew: Duration,
    /// How long ago a token may have been issued, however late it expires.
    ///
    /// Tokens of 441,398 seconds have been refused with `Token too old`. The limit is not documented; the default is five days.
    pub max_age: Option<Duration>,
    /// What happens to several audiences without an authorized party.
    pub several_audiences: SeveralAudiences,
    /// In which words another audience is refused.
    pub audience_message: AudienceMessage,
}

/// In which words a token for another audience is refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum AudienceMessage {
    /// Those of September 2026, about a token that could not be validated.
    #[default]
    Current,
    /// Those of older logs: `Incorrect token audience`.
    Older,
}

/// What happens to a token with several audiences that names no authorized party (`azp`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SeveralAudiences {
    /// It is refused, because none of them is *the* audience.
    #[default]
    Refused,
    /// The first that is a client id counts.
    FirstKnown,
}

impl<'a> Rules<'a> {
    /// The strict rules for a provider with these client ids.
    #[must_use]
    pub fn new(client_ids: &'a [String]) -> Self {
        Self {
            client_ids,
            skew: Duration::ZERO,
            max_age: Some(MAX_AGE),
            several_audiences: SeveralAudiences::default(),
            audience_message: AudienceMessage::default(),
        }
    }
}

const MAX_AGE: Duration = Duration::from_secs(5 * 24 * 3600);
