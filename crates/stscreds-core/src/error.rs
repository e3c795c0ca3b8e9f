mod kind;

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt::{self, Write};
use std::iter::successors;
use std::sync::Arc;

pub use self::kind::{Actor, ErrorKind};

/// Why there are no credentials.
///
/// For a program: [`kind`](Self::kind) says what happened and
/// [`is_recoverable`](Self::is_recoverable) whether asking again may help. For a
/// person: `Display` alone tells what was tried, for which role, what STS
/// answered, the request id, and what to do; [`source`](StdError::source) leads
/// to causes below and repeats none of it.
///
/// Cheap to clone: a cache hands one failure to every caller that waited.
///
/// ```
/// use stscreds_core::{Error, ErrorKind};
///
/// let error = Error::new(ErrorKind::IdentityTokenMissing, "no identity token file at /run/token");
///
/// assert_eq!(error.kind(), ErrorKind::IdentityTokenMissing);
/// assert!(error.to_string().starts_with("no identity token file at /run/token"));
/// ```
#[derive(Clone)]
pub struct Error(Arc<Report>);

#[derive(Clone)]
struct Report {
    kind: ErrorKind,
    recoverable: bool,
    what: Cow<'static, str>,
    role_arn: Option<String>,
    sts: Option<StsAnswer>,
    failed_signing: bool,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// What STS said, for the person who must look it up.
#[derive(Clone)]
struct StsAnswer {
    code: String,
    message: Option<String>,
    request_id: Option<String>,
}

type BoxError = Box<dyn StdError + Send + Sync>;

impl Error {
    /// An error of this kind; `what` says in a few words what failed, without
    /// secrets and without a full stop.
    pub fn new(kind: ErrorKind, what: impl Into<Cow<'static, str>>) -> Self {
        Self(Arc::new(Report {
            kind,
            recoverable: kind.is_recoverable(),
            what: what.into(),
            role_arn: None,
            sts: None,
            failed_signing: false,
            source: None,
        }))
    }

    /// The first error of this type among an error and the causes below it.
    ///
    /// A client of the AWS SDK that could not sign says `dispatch failure`; why, and for
    /// which role, is some causes below.
    ///
    /// ```
    /// use stscreds_core::{Error, ErrorKind};
    ///
    /// fn is_denied(error: &(dyn std::error::Error + 'static)) -> bool {
    ///     Error::find_in(error).is_some_and(|error| error.kind() == ErrorKind::AccessDenied)
    /// }
    /// ```
    #[must_use]
    pub fn find_in<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a Self> {
        let mut causes = successors(Some(error), |error| (*error).source());
        causes.find_map(|error| error.downcast_ref())
    }

    /// Puts the place or the task in front of what failed: `place: what`.
    #[must_use]
    pub fn with_context(self, place: impl fmt::Display) -> Self {
        self.amended(|report| report.what = format!("{place}: {}", report.what).into())
    }

    /// Adds the error below this one. Its text must hold no secret and should
    /// not be repeated in `what`.
    #[must_use]
    pub fn with_source(self, source: impl Into<BoxError>) -> Self {
        let source = Arc::from(source.into());
        self.amended(|report| report.source = Some(source))
    }

    /// Adds the role that was to be assumed, unless one is named already.
    #[must_use]
    pub fn with_role_arn(self, role_arn: impl Into<String>) -> Self {
        self.amended(|report| {
            report.role_arn.get_or_insert_with(|| role_arn.into());
        })
    }

    /// Adds what STS answered: its error code, message and request id.
    #[must_use]
    pub fn with_sts_answer(
        self,
        code: impl Into<String>,
        message: Option<String>,
        request_id: Option<String>,
    ) -> Self {
        let answer = StsAnswer { code: code.into(), message, request_id };
        self.amended(|report| report.sts = Some(answer))
    }

    /// Declares that the credentials that sign the call failed, so that the call itself was never sent.
    #[must_use]
    pub fn while_signing(self) -> Self {
        self.amended(|report| report.failed_signing = true)
    }

    /// Declares that asking again later may help, whatever the kind says.
    #[must_use]
    pub fn recoverable(self) -> Self {
        self.amended(|report| report.recoverable = true)
    }

    /// Declares that asking again will not help, whatever the kind says.
    #[must_use]
    pub fn unrecoverable(self) -> Self {
        self.amended(|report| report.recoverable = false)
    }

    /// What happened.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether asking again later, with nothing changed by anybody, may help.
    #[must_use]
    pub fn is_recoverable(&self) -> bool {
        self.0.recoverable
    }

    /// Whether the credentials that sign the call failed, and not the call itself.
    ///
    /// The [kind](Self::kind) is then that of the inner call: `MfaCodeRejected` is about the
    /// code of the inner call, for example.
    #[must_use]
    pub fn is_while_signing(&self) -> bool {
        self.0.failed_signing
    }

    /// The ARN of the role that was to be assumed.
    #[must_use]
    pub fn role_arn(&self) -> Option<&str> {
        self.0.role_arn.as_deref()
    }

    /// The error code of STS's answer, such as `AccessDenied`.
    #[must_use]
    pub fn sts_code(&self) -> Option<&str> {
        self.0.sts.as_ref().map(|sts| sts.code.as_str())
    }

    /// STS's own sentence about the failure.
    #[must_use]
    pub fn sts_message(&self) -> Option<&str> {
        self.0.sts.as_ref()?.message.as_deref()
    }

    /// The id of the failed request, which AWS support and `CloudTrail` know.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.sts.as_ref()?.request_id.as_deref()
    }

    fn amended(mut self, amend: impl FnOnce(&mut Report)) -> Self {
        amend(Arc::make_mut(&mut self.0));
        self
    }
}

/// `what for role (code: message, request id); remedy`, as far as known.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report { kind, what, role_arn, sts, .. } = &*self.0;
        one_line(f, what)?;
        if let Some(role_arn) = role_arn {
            f.write_str(", role ")?;
            one_line(f, role_arn)?;
        }
        if let Some(StsAnswer { code, message, request_id }) = sts {
            write!(f, ": {code}")?;
            if let Some(message) = message {
                f.write_str(": ")?;
                one_line(f, message.trim_end_matches('.'))?;
            }
            if let Some(request_id) = request_id {
                write!(f, " (request id {request_id})")?;
            }
        }
        write!(f, "; {}", kind.remedy())
    }
}

/// A line of a log is one, whatever a path, an ARN or a policy that STS repeats has in it.
fn one_line(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    text.chars().try_for_each(|c| f.write_char(if c.is_control() { ' ' } else { c }))
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report { kind, recoverable, what, role_arn, sts, source, .. } = &*self.0;
        let mut debug = f.debug_struct("Error");
        debug.field("kind", kind).field("recoverable", recoverable).field("what", what);
        if let Some(role_arn) = role_arn {
            debug.field("role_arn", role_arn);
        }
        if let Some(StsAnswer { code, message, request_id }) = sts {
            debug.field("sts_code", code).field("sts_message", message);
            debug.field("request_id", request_id);
        }
        if let Some(source) = source {
            debug.field("source", source);
        }
        // Last, where a person looks: `main` prints this form.
        debug.field("remedy", &kind.remedy()).finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    fn denied() -> Error {
        Error::new(ErrorKind::AccessDenied, "STS refused AssumeRole")
            .with_role_arn("arn:aws:iam::111122223333:role/deploy")
            .with_sts_answer("AccessDenied", Some("Not authorized.".into()), Some("r-1".into()))
    }

    #[test]
    fn display_tells_the_role_the_reason_the_request_and_the_remedy() {
        let shown = denied().to_string();

        assert_eq!(
            shown,
            "STS refused AssumeRole, role arn:aws:iam::111122223333:role/deploy: AccessDenied: \
             Not authorized (request id r-1); "
                .to_owned()
                + ErrorKind::AccessDenied.remedy()
        );
    }

    #[test]
    fn what_sts_repeats_of_a_policy_stays_on_the_line() {
        let message = "Value '{\n\t\"Version\": 1\r\n}' at 'policy' failed";
        let error = denied().with_sts_answer("ValidationError", Some(message.into()), None);

        let shown = error.to_string();

        assert!(shown.contains("Value '{  \"Version\": 1  }' at 'policy' failed"), "{shown}");
        assert_eq!(shown.lines().count(), 1);
        assert_eq!(error.sts_message(), Some(message), "as it came, for a program");
    }

    #[test]
    fn a_line_end_from_outside_does_not_break_the_line() {
        let error = Error::new(ErrorKind::IdentityTokenMissing, "no file at /run/token\n")
            .with_role_arn("arn:aws:iam::111122223333:role/pod\r\n");

        assert_eq!(error.to_string().lines().count(), 1, "{error}");
    }

    #[test]
    fn debug_ends_with_the_remedy_as_main_prints_it() {
        let shown = format!("{:?}", denied());

        assert!(shown.ends_with(&format!("remedy: {:?} }}", ErrorKind::AccessDenied.remedy())));
    }

    #[test]
    fn the_chain_says_each_thing_once() {
        let refused = io::Error::new(io::ErrorKind::ConnectionRefused, "connection refused");
        let error =
            Error::new(ErrorKind::ConnectionFailed, "cannot reach STS").with_source(refused);

        let outer = error.to_string();
        let below = error.source().unwrap().to_string();

        assert_eq!(below, "connection refused");
        assert!(!outer.contains(&below));
    }

    #[test]
    fn a_program_reads_fields_and_never_text() {
        let error = denied();

        assert_eq!(error.kind(), ErrorKind::AccessDenied);
        assert!(!error.is_recoverable());
        assert_eq!(error.role_arn(), Some("arn:aws:iam::111122223333:role/deploy"));
        assert_eq!(error.sts_code(), Some("AccessDenied"));
        assert_eq!(error.sts_message(), Some("Not authorized."));
        assert_eq!(error.request_id(), Some("r-1"));
    }

    #[derive(Debug, thiserror::Error)]
    #[error("dispatch failure")]
    struct DispatchFailure<E: StdError + 'static>(#[source] E);

    #[test]
    fn an_error_is_found_at_the_top_further_below_or_not_at_all() {
        let refused = io::Error::new(io::ErrorKind::ConnectionRefused, "connection refused");
        let ours = denied().with_source(refused);
        let below = DispatchFailure(DispatchFailure(ours.clone()));

        assert_eq!(Error::find_in(&ours).map(Error::kind), Some(ErrorKind::AccessDenied));
        assert_eq!(Error::find_in(&below).and_then(Error::request_id), Some("r-1"));
        assert!(Error::find_in(&DispatchFailure(io::Error::other("no route"))).is_none());
    }

    #[test]
    fn a_provider_may_know_better_than_its_kind_whether_to_try_again() {
        assert!(denied().recoverable().is_recoverable());
        assert!(!Error::new(ErrorKind::Other, "gone for good").unrecoverable().is_recoverable());
    }

    #[test]
    fn an_error_says_whether_the_call_or_its_signature_failed() {
        assert!(!denied().is_while_signing());
        assert!(denied().while_signing().with_context("outer").is_while_signing());
    }

    #[test]
    fn clones_share_the_report_and_amending_one_leaves_the_other() {
        let error = denied();
        let amended = error.clone().recoverable();

        assert!(!error.is_recoverable());
        assert!(amended.is_recoverable());
    }

    #[test]
    fn context_goes_in_front() {
        let error = Error::new(ErrorKind::IdentityTokenEmpty, "the identity token is empty");

        assert!(
            error.with_context("TOKEN").to_string().starts_with("TOKEN: the identity token is")
        );
    }

    #[test]
    fn the_innermost_role_is_the_one_that_failed() {
        assert_eq!(denied().with_role_arn("outer").role_arn(), denied().role_arn());
    }
}
