//! Calls as events of [`tracing`], under the target `fake_sts`: the line at `INFO`, the whole explanation at `DEBUG`.

use tracing::{Level, debug, enabled, info};

use super::Call;

const TARGET: &str = "fake_sts";

/// Whether anybody listens.
pub(super) fn is_heard() -> bool {
    enabled!(target: TARGET, Level::INFO) || enabled!(target: TARGET, Level::DEBUG)
}

/// Without secrets, also where the journal shows them: a log is read by others, and kept longer.
pub(super) fn tell(call: &Call) {
    let call = call.discreet();
    info!(
        target: TARGET,
        sequence = call.sequence,
        operation = call.operation,
        subject = call.subject,
        caller = call.caller,
        access_key_id = call.access_key_id,
        status = call.status,
        code = call.code(),
        request_id = call.request_id,
        "{call}"
    );
    // All of it in one event, so that those of two calls do not mix.
    debug!(target: TARGET, sequence = call.sequence, request_id = call.request_id, "{}", call.explanation());
}
