use super::{block_on, sources};
use crate::arguments::Common;
use crate::failure::{Failure, Shown};
use crate::journey::{Journey, Sources, Step, quoted};
use crate::notes::{Notes, print};
use crate::session::Sessions;
use crate::store::{Location, Store, Wanted};

/// Opens a session with one MFA code, which the roles of every profile with that device
/// then use.
pub(super) fn run(common: &Common, notes: &Notes) -> Result<(), Failure> {
    let sources = sources()?;
    signs_in_elsewhere(&sources, common)?;
    let mut common = common.clone();
    // For the session of the person, not for the role on top of it.
    let duration = common.options.duration.take();
    let mut journey = Journey::plan(&sources, &common)?;
    let index = journey.steps.iter().position(|leg| leg.step.device().is_some());
    let Some(index) = index else {
        return Err(Failure::usage(format!(
            "profile {:?} needs no MFA code: it has no mfa_serial; use `stscreds exec` directly",
            journey.profile
        )));
    };
    if let Some(duration) = duration {
        journey.set_login_duration(index, duration)?;
    }
    let store = Store::open(Location::of(&sources.environment));
    if let Some(why) = &store.unusable {
        return Err(Failure::other(format!("a login would be lost: {why}")));
    }
    let sessions = Sessions { journey: &journey, options: &common.options, store: &store, notes };
    let session = block_on(sessions.session(index, Wanted::Another))?;
    let until = session.expires_at().map(|expiry| expiry.to_string()).unwrap_or_default();
    if notes.json() {
        let object = serde_json::json!({"Profile": journey.profile, "Expiration": until});
        return print(&format!("{object}\n"));
    }
    let what = journey.steps.get(index).map(|leg| match &leg.step {
        Step::Role(_) => "the role's session",
        _ => "profiles with this MFA device need no code",
    });
    let (profile, what) = (Shown(&journey.profile), what.unwrap_or_default());
    print(&format!("signed in for profile {profile}; {what} until {until}\n"))
}

/// Profiles whose sign-in is a browser's: the command to run, and who runs it.
fn signs_in_elsewhere(sources: &Sources, common: &Common) -> Result<(), Failure> {
    let name = sources.chosen(common).name();
    let has = |setting| sources.profiles.setting(name, setting).is_some();
    let command = match () {
        () if has("sso_session") || has("sso_account_id") => "aws sso login --profile",
        () if has("login_session") => "aws login --profile",
        () => return Ok(()),
    };
    Err(Failure::needs_person(format!(
        "profile {name:?} signs in with a browser; run: {command} {}",
        quoted(name)
    )))
}
