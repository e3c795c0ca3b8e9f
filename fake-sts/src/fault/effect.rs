use std::fmt;
use std::time::Duration;

use http::StatusCode;
use serde::{Deserialize, Deserializer, Serialize};

use super::seconds;

/// What a fault does to a call.
///
/// In JSON an effect is a member, in snake case as all members are, or a value in kebab case as all values are:
/// `{"missing_member": "SessionToken"}`, `"unreachable-issuer"`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Effect {
    /// An error of STS, with the status of its code.
    Error {
        /// The code, such as `ServiceUnavailable`.
        code: String,
        /// The message; that of STS by default.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
    },
    /// `Throttling: Rate exceeded` for calls beyond a rate, counted by a token bucket that fills with the virtual clock.
    Throttle {
        /// Tokens that come back per second.
        per_second: f64,
        /// Room for tokens; full at first.
        burst: u32,
    },
    /// Any answer at all, such as the page of a load balancer. It has no request id.
    Answer {
        /// The HTTP status, 200 to 599.
        status: u16,
        /// The media type of the body.
        #[serde(default = "html", deserialize_with = "html_or")]
        content_type: String,
        /// The body; the page of a load balancer with this status by default.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<String>,
    },
    /// The answer comes late, by real time: that of tokio, which a test may pause.
    Delay {
        /// How long at least.
        #[serde(with = "seconds")]
        by: Duration,
        /// How long at most, if it varies.
        #[serde(default, with = "seconds::optional", skip_serializing_if = "Option::is_none")]
        up_to: Option<Duration>,
    },
    /// No answer, until the client leaves or the server stops.
    Hang,
    /// The connection ends.
    Disconnect {
        /// How.
        how: Ending,
        /// When.
        at: Point,
    },
    /// XML or JSON that is not well-formed: a character of its beginning is missing.
    Malformed,
    /// A wrong `Content-Length`: the client waits for bytes that never come, or leaves some that do.
    ContentLength {
        /// By how many bytes it is off.
        off_by: i64,
    },
    /// A wrong `Date`. Clients take it for the time of STS, and correct their signatures by it.
    Date {
        /// By how many seconds it is off.
        off_by: i64,
    },
    /// The answer lacks a member of this name, wherever it stands.
    MissingMember(String),
    /// The credentials have expired when they are issued, and STS takes them for expired.
    ExpiredCredentials {
        /// How long ago.
        #[serde(with = "seconds")]
        ago: Duration,
    },
    /// The keys of the issuer of an identity token cannot be had. What follows is told by the switch `unreachable_issuer`.
    #[serde(rename = "unreachable-issuer")]
    UnreachableIssuer,
}

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Ending {
    /// By a TCP reset, as of a host that crashed or a firewall.
    Reset,
    /// In order, as of a proxy that gives up.
    Close,
}

/// When a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Point {
    /// Before the first byte of the answer.
    BeforeAnswer,
    /// After the head and half of the body.
    MidAnswer,
    /// After the last byte, unannounced: a client that keeps connections finds it dead with its next call.
    AfterAnswer,
}

/// Whether STS does what it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Moment {
    /// It does not: the call goes wrong on its way there.
    BeforeOperation,
    /// It does, an MFA code is spent: the answer goes wrong on its way back.
    AfterOperation,
}

impl Effect {
    /// Whether it adds to what else becomes of a call, rather than deciding it.
    pub(crate) fn adds(&self) -> bool {
        matches!(self, Self::Delay { .. } | Self::Date { .. })
    }

    /// When it strikes: by default, or always.
    pub(super) fn moment(&self) -> Strikes {
        match self {
            Self::Error { .. }
            | Self::Answer { .. }
            | Self::Hang
            | Self::Disconnect { at: Point::BeforeAnswer, .. } => Strikes::BeforeUnlessTold,
            Self::Throttle { .. } => Strikes::Before,
            Self::Disconnect { .. }
            | Self::Delay { .. }
            | Self::Malformed
            | Self::ContentLength { .. }
            | Self::Date { .. }
            | Self::MissingMember(_)
            | Self::ExpiredCredentials { .. }
            | Self::UnreachableIssuer => Strikes::After,
        }
    }
}

/// When an effect may strike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strikes {
    Before,
    BeforeUnlessTold,
    After,
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error { code, .. } => f.write_str(code),
            Self::Throttle { per_second, burst } => {
                write!(f, "throttled to {per_second} per second, {burst} at once")
            }
            Self::Answer { status, content_type, .. } => {
                write!(f, "answered {status} with {}", content_type.escape_debug())
            }
            Self::Delay { by, up_to: None } => write!(f, "delayed by {by:?}"),
            Self::Delay { by, up_to: Some(most) } => write!(f, "delayed by {by:?} to {most:?}"),
            Self::Hang => f.write_str("never answered"),
            Self::Disconnect { how, at } => {
                f.write_str(match how {
                    Ending::Reset => "connection reset ",
                    Ending::Close => "connection closed ",
                })?;
                f.write_str(match at {
                    Point::BeforeAnswer => "before the answer",
                    Point::MidAnswer => "in the middle of the answer",
                    Point::AfterAnswer => "after the answer",
                })
            }
            Self::Malformed => f.write_str("malformed answer"),
            Self::ContentLength { off_by } => write!(f, "Content-Length off by {off_by}"),
            Self::Date { off_by } => write!(f, "Date off by {off_by} s"),
            Self::MissingMember(name) => write!(f, "answer without {name}"),
            Self::ExpiredCredentials { ago } => write!(f, "credentials expired {ago:?} ago"),
            Self::UnreachableIssuer => f.write_str("issuer unreachable"),
        }
    }
}

/// The media type of an [`apology`].
pub(super) fn html() -> String {
    "text/html".to_owned()
}

fn html_or<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_else(html))
}

/// What load balancers say.
pub(crate) fn apology(status: u16) -> String {
    let status = StatusCode::from_u16(status).ok();
    let reason = status.and_then(|status| status.canonical_reason()).unwrap_or("Error");
    format!("<html><head><title>{reason}</title></head><body><h1>{reason}</h1></body></html>\n")
}
