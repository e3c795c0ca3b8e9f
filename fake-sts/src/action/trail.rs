use std::fmt;

use crate::policy::Decision;
use crate::world::SpentCode;

/// What an action decided and used on its way.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Trail {
    /// The authorization decisions, in order.
    pub judgements: Vec<Judgement>,
    /// The MFA code that was accepted, also when the call failed later.
    pub spent_code: Option<SpentCode>,
    /// The role, user or account the call was about.
    pub subject: Option<String>,
    /// What a token or an assertion says of the session, once it was verified.
    pub(crate) claimed: Option<Claimed>,
}

/// What of a session its bearer's identity provider decides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Claimed {
    pub(crate) session_name: String,
    pub(crate) source_identity: Option<String>,
    pub(crate) tags: Vec<(String, String)>,
    pub(crate) transitive_tag_keys: Vec<String>,
}

/// One authorization decision.
///
/// Displays as an explanation of several lines.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Judgement {
    /// What was to be done, such as `sts:TagSession`.
    pub action: &'static str,
    /// Whether it may be, and why.
    pub decision: Decision,
}

impl fmt::Display for Judgement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.action, self.decision)
    }
}
