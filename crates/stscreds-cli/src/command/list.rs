use serde_json::json;
use stscreds::aws_sdk::Environment;

use crate::clock::now;
use crate::failure::{Failure, Shown};
use crate::notes::{Notes, print};
use crate::store::{Location, Store};

/// Shows what is kept, and no secret. Nothing is called and no program is run.
pub(super) fn run(notes: &Notes) -> Result<(), Failure> {
    let store = Store::open(Location::of(&Environment::of_this_process()));
    if let Some(why) = &store.unusable {
        notes.note(format_args!("sessions are not kept: {why}"));
    }
    let now = now();
    let sessions: Vec<_> =
        store.sessions().into_iter().map(|(_, entry)| entry).filter(|e| e.is_valid(now)).collect();
    if notes.json() {
        let sessions: Vec<_> = sessions
            .iter()
            .map(|entry| {
                let expiry = entry.credentials.expires_at().map(|expiry| expiry.to_string());
                json!({
                    "Profile": entry.label.profile, "Kind": entry.label.kind,
                    "Name": entry.label.name, "AccessKeyId": entry.credentials.access_key_id(),
                    "Expiration": expiry, "SecondsLeft": entry.remaining(now).as_secs(),
                })
            })
            .collect();
        return print(&format!("{}\n", json!({"Sessions": sessions})));
    }
    if sessions.is_empty() {
        return print("no cached sessions\n");
    }
    let mut text = String::new();
    for entry in sessions {
        let label = &entry.label;
        text.push_str(&format!(
            "{:<16} {:<12} {:>7}  {}\n",
            Shown(&label.profile).to_string(),
            label.kind,
            life(entry.remaining(now).as_secs()),
            Shown(&label.name),
        ));
    }
    print(&text)
}

/// A time in the two largest units that a person needs.
pub(super) fn life(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{}m", seconds / 60),
        _ => format!("{}h {:02}m", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_life_is_short_to_read() {
        assert_eq!([life(59), life(61), life(43_199)], ["59s", "1m", "11h 59m"]);
    }
}
