use std::process::ExitCode;

/// How a program ends: without a word, or with what went wrong on standard error.
#[must_use]
#[expect(clippy::print_stderr, reason = "it talks to a person")]
pub fn exit(outcome: Result<(), String>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}
