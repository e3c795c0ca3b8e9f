use std::fmt;
use std::time::Duration;

use stscreds_cache::RefreshPolicy;

/// A preset of the cache's policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the presets are these three")]
pub enum Preset {
    /// Ours.
    Default,
    /// The AWS SDKs'.
    AwsSdk,
    /// Go's, with a window of five minutes and half of it as jitter.
    GoClassic,
}

impl Preset {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Default, Self::AwsSdk, Self::GoClassic];

    pub(crate) fn policy(self) -> RefreshPolicy {
        match self {
            Self::Default => RefreshPolicy::default(),
            Self::AwsSdk => RefreshPolicy::aws_sdk(),
            Self::GoClassic => RefreshPolicy::go_classic(FIVE_MINUTES, 0.5),
        }
    }
}

impl fmt::Display for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Default => "default",
            Self::AwsSdk => "aws-sdk",
            Self::GoClassic => "go-classic",
        })
    }
}

pub(crate) const FIVE_MINUTES: Duration = Duration::from_secs(300);
