//! What a subscriber of `tracing` hears.

use std::cell::RefCell;
use std::fmt::Write as _;

use fake_sts::FakeSts;
use fake_sts::journal::Secrets;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::client::{ALICE, ALICE_ARN, ALICE_MFA, ask, call, keys};

/// Writes down every event of the test that listens, with all of its fields.
///
/// The subscriber of the whole process: `tracing` remembers whether anybody wants an event, and tests beside this one, for which nobody listens,
/// would at times have it remember that nobody does.
struct Listener;

thread_local! {
    /// What was heard on this thread, on which the fake of the test runs as well.
    static HEARD: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let _ = write!(self.0, " {}={value:?}", field.name());
    }
}

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "fake_sts"
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        HEARD.with_borrow_mut(|heard| heard.push(line.0));
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn each_call_is_an_event_with_its_line_and_one_with_its_explanation_and_no_secret() {
    tracing::subscriber::set_global_default(Listener).unwrap();
    // Not even where the journal has them.
    let sts = FakeSts::builder()
        .journal_capacity(1)
        .journal_secrets(Secrets::Shown)
        .start()
        .await
        .unwrap();
    let code = sts.totp_code(ALICE_MFA).unwrap();
    let padded = format!("{code}7");
    let mfa = [("SerialNumber", ALICE_MFA), ("TokenCode", padded.as_str())];

    ask(&sts, &keys(ALICE), call("GetCallerIdentity", &[])).await;
    ask(&sts, &keys(ALICE), call("GetSessionToken", &mfa)).await;

    let heard = HEARD.take();
    let [identity, _, refused, explained] = heard.as_slice() else { panic!("{heard:?}") };
    assert!(identity.starts_with("INFO message=#1 "), "{identity}");
    for field in ["sequence=1", "operation=\"GetCallerIdentity\"", "status=200", ALICE_ARN] {
        assert!(identity.contains(field), "{field}: {identity}");
    }
    assert!(refused.contains("code=\"ValidationError\""), "{refused}");
    assert!(explained.starts_with("DEBUG message=#2 "), "{explained}");
    assert!(!heard.iter().any(|line| line.contains(&padded)), "{heard:?}");
    assert!(explained.contains("** redacted **"), "{explained}");
    assert!(sts.journal().calls()[0].to_string().contains(&padded));
}
