use std::borrow::Cow;
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
    pub claimed: Option<Claimed>,
}

/// What of a session its bearer's identity provider decides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claimed {
    /// The name of the session, a part of its ARN.
    pub session_name: String,
    /// The identity behind the session, kept through role chains.
    pub source_identity: Option<String>,
    /// The session tags.
    pub tags: Vec<(String, String)>,
    /// The keys of the tags that role chains pass on.
    pub transitive_tag_keys: Vec<String>,
}

/// One authorization decision.
///
/// Displays as an explanation of several lines.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Judgement {
    /// What was to be done, such as `sts:TagSession`.
    pub action: Cow<'static, str>,
    /// Whether it may be, and why.
    pub decision: Decision,
}

impl fmt::Display for Judgement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.action, self.decision)
    }
}
