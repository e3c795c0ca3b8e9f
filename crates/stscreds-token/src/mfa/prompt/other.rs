use std::io::{self, PipeReader};

use super::Answer;

/// Asks on the console, without echo, and waits for a line. A console read cannot
/// be taken back here: once cancelled, it ends with the next line typed.
pub(super) fn ask(question: &str, _cancelled: &PipeReader) -> io::Result<Answer> {
    match rpassword::prompt_password(question) {
        Ok(line) => Ok(Answer::Line(line.into())),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(Answer::EndOfInput),
        Err(error) => Err(error),
    }
}
