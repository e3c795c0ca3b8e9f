use std::io;
use std::process::{self, ExitStatus, Stdio};

use tokio::io::{AsyncRead, AsyncReadExt, copy, sink};
use tokio::process::Command;
use zeroize::Zeroizing;

/// What a program has printed: bounded, and wiped on drop.
///
/// For sources that run a program, as [`MfaCommand`](crate::MfaCommand) does.
pub struct ProgramOutput {
    status: ExitStatus,
    stdout: Zeroizing<Vec<u8>>,
    stderr: Zeroizing<Vec<u8>>,
}

impl ProgramOutput {
    /// What is read of standard output, in bytes: several times the longest credentials.
    pub const MAX_BYTES: usize = 256 * 1024;

    /// Runs a program to its end, with the standard input of this process.
    ///
    /// Of standard error the first 16 KiB are kept, and the rest is read and forgotten.
    ///
    /// # Errors
    ///
    /// If it cannot be run, or prints more than [`MAX_BYTES`](Self::MAX_BYTES).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future kills the program.
    pub async fn of(command: process::Command) -> io::Result<Self> {
        let mut child = Command::from(command)
            .stdin(Stdio::inherit())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let (stdout, stderr) = tokio::try_join!(whole(stdout), beginning(stderr))?;
        Ok(Self { status: child.wait().await?, stdout, stderr })
    }

    /// How the program ended.
    #[must_use]
    pub fn status(&self) -> ExitStatus {
        self.status
    }

    /// What it wrote to standard output.
    #[must_use]
    pub fn stdout(&self) -> &[u8] {
        &self.stdout
    }

    /// What it wrote to standard error.
    #[must_use]
    pub fn stderr(&self) -> &[u8] {
        &self.stderr
    }
}

/// How the program ended, and nothing of what it printed.
impl std::fmt::Debug for ProgramOutput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProgramOutput").field("status", &self.status).finish_non_exhaustive()
    }
}

const MAX_COMPLAINT_BYTES: usize = 16 * 1024;

async fn whole(output: Option<impl AsyncRead + Unpin>) -> io::Result<Zeroizing<Vec<u8>>> {
    let (bytes, rest) = read(output, ProgramOutput::MAX_BYTES + 1).await?;
    drop(rest);
    if bytes.len() > ProgramOutput::MAX_BYTES {
        let what = format!("it prints more than {} bytes", ProgramOutput::MAX_BYTES);
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, what));
    }
    Ok(bytes)
}

/// To the end, since a program that cannot get rid of its complaints would stand still.
async fn beginning(output: Option<impl AsyncRead + Unpin>) -> io::Result<Zeroizing<Vec<u8>>> {
    let (bytes, rest) = read(output, MAX_COMPLAINT_BYTES).await?;
    if let Some(mut rest) = rest {
        copy(&mut rest, &mut sink()).await?;
    }
    Ok(bytes)
}

/// Up to so many bytes, into a buffer that never moves: what it left behind would not be
/// wiped.
async fn read<R: AsyncRead + Unpin>(
    output: Option<R>,
    limit: usize,
) -> io::Result<(Zeroizing<Vec<u8>>, Option<R>)> {
    let mut bytes = Zeroizing::new(vec![0; limit]);
    let mut filled = 0;
    let Some(mut output) = output else { return Ok((Zeroizing::default(), None)) };
    while let Some(room) = bytes.get_mut(filled..).filter(|room| !room.is_empty()) {
        match output.read(room).await? {
            0 => break,
            read => filled += read,
        }
    }
    bytes.truncate(filled);
    Ok((bytes, Some(output)))
}
