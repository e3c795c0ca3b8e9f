use std::time::Duration;

use serde_json::{Value, json};
use stscreds::Credentials;
use stscreds::aws_sdk::credential_process;
use stscreds::core::{SecretString, Timestamp};

/// A session as it is kept in a file: the output of `credential_process` and a label.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) credentials: Credentials,
    pub(crate) label: Label,
}

/// What `list` shows of a session. It holds no secret.
#[derive(Debug, Clone)]
pub(crate) struct Label {
    /// The profile that it was first opened for.
    pub(crate) profile: String,
    /// `role`, `mfa session`, `session`, `web identity` or `process`.
    pub(crate) kind: String,
    /// The role, the device or the user's access key id.
    pub(crate) name: String,
    pub(crate) issued_at: Timestamp,
}

impl Entry {
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let credentials = credential_process::parse(text).ok()?;
        credentials.session_token()?;
        credentials.expires_at()?;
        let members: Value = serde_json::from_slice(text).ok()?;
        let label = members.get("Stscreds")?;
        let member = |name: &str| Some(label.get(name)?.as_str()?.to_owned());
        let label = Label {
            profile: member("Profile")?,
            kind: member("Kind")?,
            name: member("Name")?,
            issued_at: member("IssuedAt")?.parse().ok()?,
        };
        Some(Self { credentials, label })
    }

    pub(crate) fn to_text(&self) -> SecretString {
        let Label { profile, kind, name, issued_at } = &self.label;
        let label = json!({
            "Profile": profile, "Kind": kind, "Name": name, "IssuedAt": issued_at.to_string(),
        });
        let output = credential_process::output(&self.credentials);
        // The output is an object: the label goes before its last brace.
        let members = output.expose().trim_end().trim_end_matches('}');
        let mut text = String::with_capacity(members.len() + 1024);
        text.push_str(members);
        text.push_str(",\"Stscreds\":");
        text.push_str(&label.to_string());
        text.push_str("}\n");
        text.into()
    }

    pub(crate) fn remaining(&self, now: Timestamp) -> Duration {
        self.credentials.remaining_at(now).unwrap_or_default()
    }

    /// Whether so much life is left that no other session is wanted.
    pub(crate) fn is_fresh(&self, now: Timestamp, wanted: Wanted) -> bool {
        let remaining = self.remaining(now);
        match wanted {
            Wanted::Life(least) => remaining >= least.max(Duration::from_secs(1)),
            Wanted::Comfortable => {
                let expiry = self.credentials.expires_at().unwrap_or(Timestamp::EPOCH);
                let life = expiry.since(self.label.issued_at);
                remaining > RENEWAL.min(life / 2)
            }
            Wanted::Another => false,
        }
    }

    /// Whether STS still takes it.
    pub(crate) fn is_valid(&self, now: Timestamp) -> bool {
        self.remaining(now) > Duration::ZERO
    }
}

/// How much life a caller needs.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wanted {
    /// At least so much.
    Life(Duration),
    /// Enough that no SDK renews it at once: 20 minutes, or half of a shorter session.
    Comfortable,
    /// A new session, whatever there is.
    Another,
}

/// botocore renews what has less than 15 minutes left; a caller needs a few minutes of use.
const RENEWAL: Duration = Duration::from_secs(20 * 60);

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(seconds: u64) -> Entry {
        let issued_at = Timestamp::from_unix_seconds(2_000_000_000);
        let credentials = Credentials::builder("ASIAEXAMPLE", "se\"cr}et")
            .session_token("token")
            .expires_at(issued_at + Duration::from_secs(seconds))
            .build();
        let label =
            Label { profile: "a\"b".into(), kind: "role".into(), name: "x".into(), issued_at };
        Entry { credentials, label }
    }

    #[test]
    fn what_is_written_is_read_by_us_and_as_output_of_a_process() {
        let text = entry(3600).to_text();

        let read = Entry::parse(text.expose().as_bytes()).unwrap();
        let output = credential_process::parse(text.expose().as_bytes()).unwrap();

        assert_eq!(read.credentials.secret_access_key().expose(), "se\"cr}et");
        assert_eq!(output.access_key_id(), "ASIAEXAMPLE");
        assert_eq!(read.label.profile, "a\"b");
        assert!(!format!("{read:?}").contains("se\"cr}et"));
    }

    #[test]
    fn no_prefix_of_a_file_is_a_session() {
        let text = entry(3600).to_text();
        let whole = text.expose().trim_end().len();

        for end in 0..whole {
            assert!(Entry::parse(&text.expose().as_bytes()[..end]).is_none(), "{end}");
        }
    }

    #[test]
    fn a_session_is_renewed_at_20_minutes_or_half_of_its_life() {
        let at = |life, age| {
            let entry = entry(life);
            let now = entry.label.issued_at + Duration::from_secs(age);
            entry.is_fresh(now, Wanted::Comfortable)
        };

        assert!(at(3600, 2399) && !at(3600, 2400));
        assert!(at(900, 449) && !at(900, 450));
        assert!(!at(900, 1000));
    }
}
