//! A fault in JSON: it is refused, or shown in the form that was taken, and a call that it may strike ends in one of the ways it can.

#![no_main]

#[path = "../alice.rs"]
mod alice;

use std::{cell::OnceCell, time::Duration};

use fake_sts::fault::Fault;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use libfuzzer_sys::fuzz_target;
use tokio::{runtime::Runtime, time::timeout};
use tower::ServiceExt as _;

const FORM: &str = "Action=AssumeRole&Version=2011-06-15&RoleArn=arn:aws:iam::111122223333:role/plain&RoleSessionName=run";

/// Longer than the longest delay. Time is paused, so nobody waits.
const PATIENCE: Duration = Duration::from_secs(2 * 86_400);

thread_local! {
    static RUNTIME: OnceCell<Runtime> = const { OnceCell::new() };
}

fuzz_target!(|json: &[u8]| {
    let Ok(fault) = serde_json::from_slice::<Fault>(json) else { return };
    let fake = alice::fake().without_socket().unwrap();
    let guard = match fake.try_inject(fault.clone()) {
        Ok(guard) => guard,
        Err(error) => return drop(error.to_string()),
    };
    let shown = serde_json::to_value(&fake.faults().list()[0].fault).unwrap();
    assert_eq!(serde_json::from_value::<Fault>(shown).unwrap(), fault);
    let request = alice::request().body(Full::new(Bytes::from_static(FORM.as_bytes()))).unwrap();
    let called = async {
        let answered = timeout(PATIENCE, fake.router().oneshot(request)).await;
        let Ok(Ok(response)) = answered else { return };
        // One that is announced too long never ends, and one that breaks off fails.
        let _ = timeout(PATIENCE, response.into_body().collect()).await;
    };
    RUNTIME.with(|runtime| {
        let start = || {
            let mut runtime = tokio::runtime::Builder::new_current_thread();
            runtime.enable_time().start_paused(true).build().unwrap()
        };
        runtime.get_or_init(start).block_on(called);
    });
    let calls = fake.journal().calls();
    assert_eq!((calls.len(), guard.hits()), (1, calls[0].faults.len() as u64));
    // Without a caller, no condition on one would ever hold.
    assert!(calls[0].caller.is_some());
    assert_eq!(calls[0].faults.is_empty(), !calls[0].to_string().contains("[injected "));
    drop((calls[0].explanation(), fake.journal().cloudtrail()));
});
