use std::collections::HashSet;

use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory as _};

use crate::policy::Context;
use crate::switches::OutboundSubjects;
use crate::wire::{ErrorCode, Input, Refusal, constraint};
use crate::world::Caller;

/// Whom an outbound token is about: `SubjectMode` and `Scope` of `GetWebIdentityToken`.
#[derive(Debug)]
pub(super) struct Subject<'a> {
    mode: Mode,
    scope: Option<&'a str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// AWS of July 2026 has no modes, and no condition key for them.
    Unknown,
    AwsIdentity,
    OriginIdentity,
}

const AWS_IDENTITY: &str = "AWSIdentity";
const ORIGIN_IDENTITY: &str = "OriginIdentity";

impl<'a> Subject<'a> {
    pub(super) fn read(input: &mut Input<'a>, subjects: OutboundSubjects) -> Self {
        if subjects == OutboundSubjects::Unknown {
            return Self { mode: Mode::Unknown, scope: None };
        }
        let scope = input.optional("Scope", &constraint::SCOPE);
        let mode = input.optional("SubjectMode", &constraint::SUBJECT_MODE);
        if let Some(mode) = mode {
            input.enumeration("SubjectMode", mode, &[AWS_IDENTITY, ORIGIN_IDENTITY]);
        }
        let mode =
            if mode == Some(ORIGIN_IDENTITY) { Mode::OriginIdentity } else { Mode::AwsIdentity };
        Self { mode, scope }
    }

    /// Checks what the constraints of single parameters cannot say. The words of the real refusals are not known.
    pub(super) fn check(&self, audiences: usize) -> Result<(), Refusal> {
        let Some(scope) = self.scope else { return Ok(()) };
        if self.mode != Mode::OriginIdentity || audiences != 1 {
            return Err(invalid(
                "Scope can be specified only with SubjectMode OriginIdentity and exactly one audience.",
            ));
        }
        let mut seen = HashSet::new();
        if scope.split(' ').all(|value| seen.insert(value)) {
            Ok(())
        } else {
            Err(invalid("Scope must not repeat a value."))
        }
    }

    pub(super) fn has_scope(&self) -> bool {
        self.scope.is_some()
    }

    pub(super) fn set(&self, context: &mut Context) {
        match self.mode {
            Mode::Unknown => return,
            Mode::AwsIdentity => context.set("sts:SubjectMode", AWS_IDENTITY),
            Mode::OriginIdentity => context.set("sts:SubjectMode", ORIGIN_IDENTITY),
        };
        if let Some(scope) = self.scope {
            context.set_many("sts:IdentityTokenScope", scope.split(' '));
        }
    }

    /// The claim `sub`.
    pub(super) fn of(&self, caller: &Caller) -> Result<String, Refusal> {
        if self.mode != Mode::OriginIdentity {
            return Ok(caller.principal.principal_arn().to_owned());
        }
        let origin = caller.session.as_ref().and_then(|session| session.origin.as_ref());
        let subject = origin.map(|origin| origin.subject.as_str()).unwrap_or_default();
        if subject.trim().is_empty() {
            return Err(invalid(
                "SubjectMode OriginIdentity requires a session with trusted identity propagation context.",
            ));
        }
        let is_arn = subject.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("arn:"));
        if is_arn
            || subject.starts_with(' ')
            || subject.ends_with(' ')
            || subject.chars().any(is_hidden)
        {
            let message = "The subject of the trusted identity propagation context cannot be the subject of a token.";
            return Err(Refusal::new(ErrorCode::AccessDenied, message));
        }
        Ok(subject.to_owned())
    }

    /// The further claims of the token's top level.
    pub(super) fn claims(&self) -> Vec<(&'static str, String)> {
        let mode = (self.mode == Mode::OriginIdentity)
            .then(|| ("subject_mode", ORIGIN_IDENTITY.to_owned()));
        mode.into_iter().chain(self.scope.map(|scope| ("scope", scope.to_owned()))).collect()
    }
}

/// Control, format and separator characters other than a space.
fn is_hidden(c: char) -> bool {
    c != ' '
        && (c.general_category_group() == GeneralCategoryGroup::Separator
            || matches!(c.general_category(), GeneralCategory::Control | GeneralCategory::Format))
}

fn invalid(message: &str) -> Refusal {
    Refusal::new(ErrorCode::ValidationError, message)
}
