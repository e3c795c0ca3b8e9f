use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;

use super::Secrets;
use super::outcome::CallOutcome;
use crate::action::{Claimed, Endpoint, Judgement};
use crate::fault::Injected;
use crate::peer::TlsSession;
use crate::wire::{Answer, Form, beginning};
use crate::world::Caller;

/// One call: who, what, what was decided and why.
///
/// Secrets, tokens and MFA codes are not in it, unless [`Secrets`] asks for them. Displays as one line; [`explanation`](Self::explanation) has the rest.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Call {
    /// 1 for the first call since the start, or since the journal was cleared.
    pub sequence: u64,
    /// When, by the virtual clock.
    pub at: SystemTime,
    /// When, by the real one.
    pub received: SystemTime,
    /// How long it took, by the real one.
    pub took: Duration,
    /// The value of `Action`; empty when there was none.
    pub operation: String,
    /// The parameters, first values only, without those that are secret.
    pub parameters: Vec<(String, String)>,
    /// The role, user or key that the call was about.
    pub subject: Option<String>,
    /// The ARN of the caller, once verified.
    pub caller: Option<String>,
    /// The access key that is said to have signed.
    pub access_key_id: Option<String>,
    /// From where it came: from this machine, if not over a socket.
    pub source_ip: Option<IpAddr>,
    /// The header `User-Agent`.
    pub user_agent: Option<String>,
    /// The region of the endpoint, or of the signature.
    pub region: String,
    /// The HTTP status of the response; 0 if there was none, by a fault or as the client left.
    pub status: u16,
    /// How it ended.
    pub outcome: CallOutcome,
    /// The members of the answer, if it is no error.
    pub answer: Option<Answer>,
    /// The authorization decisions, in order.
    pub judgements: Vec<Judgement>,
    /// The request id of the answer.
    pub request_id: String,
    /// What went wrong on purpose.
    pub faults: Vec<Injected>,
    /// Who is behind [`caller`](Self::caller), for records that say more of it.
    pub(crate) identity: Option<Behind>,
    /// The kind of endpoint it was sent to.
    pub(crate) endpoint: Endpoint,
    /// What its token or assertion says of the session.
    pub(crate) claimed: Option<Claimed>,
    /// How the connection was encrypted, if it was.
    pub(crate) tls: Option<TlsDetails>,
    /// How it ended for STS, where a fault left the caller without that. In a box, since hardly any call has it.
    pub(crate) lost: Option<Box<Ended>>,
    /// The message of the outcome without the secrets that it quotes, where that is another one.
    pub(crate) discreet: Option<String>,
    /// What to do about a request that is signed for another service.
    pub(crate) advice: Option<String>,
}

/// How a connection was encrypted, and the name that the client had for the endpoint.
#[derive(Clone, Debug)]
pub(crate) struct TlsDetails {
    pub(crate) session: TlsSession,
    pub(crate) host: Option<String>,
}

/// How a call ended, and with which answer if with one.
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    pub(crate) outcome: CallOutcome,
    pub(crate) answer: Option<Answer>,
    pub(crate) discreet: Option<String>,
}

impl Ended {
    pub(crate) fn answered(answer: Answer) -> Self {
        Self { outcome: CallOutcome::Answered, answer: Some(answer), discreet: None }
    }

    pub(crate) fn faulted() -> Self {
        Self { outcome: CallOutcome::Faulted, answer: None, discreet: None }
    }
}

/// Who is behind a caller. Not printed: policies and the like are more than a call is about.
#[derive(Clone)]
pub(crate) struct Behind(pub(super) Box<Caller>);

impl Behind {
    pub(crate) fn new(caller: Caller) -> Self {
        Self(Box::new(caller.without_policies()))
    }
}

impl fmt::Debug for Behind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.principal.arn())
    }
}

pub(super) const REDACTED: &str = "** redacted **";

/// Values beyond this are cut in the journal, in bytes.
const VALUE_LIMIT: usize = 512;

/// More parameters than this are left out of the journal.
const PARAMETER_LIMIT: usize = 200;

impl Call {
    /// The error code, if it ended with one.
    #[must_use]
    pub fn code(&self) -> Option<&'static str> {
        match &self.outcome {
            CallOutcome::Refused { code, .. } => Some(code),
            CallOutcome::Answered
            | CallOutcome::TurnedAway
            | CallOutcome::Faulted
            | CallOutcome::Abandoned => None,
        }
    }

    /// A parameter by its name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// How it ended for STS, and with which answer: what the caller got, unless a fault lost that.
    pub(super) fn ended_at_sts(&self) -> (&CallOutcome, Option<&Answer>) {
        match &self.lost {
            Some(lost) => (&lost.outcome, lost.answer.as_ref()),
            None => (&self.outcome, self.answer.as_ref()),
        }
    }

    /// The message of the error that it ended with for STS, without the secrets that it quotes, whatever the journal shows.
    pub(super) fn message_at_sts(&self) -> Option<&str> {
        let discreet = match &self.lost {
            Some(lost) => lost.discreet.as_deref(),
            None => self.discreet.as_deref(),
        };
        match self.ended_at_sts().0 {
            CallOutcome::Refused { message, .. } => discreet.or(message.as_deref()),
            _ => None,
        }
    }

    /// The call for those who hear of it without having asked for the secrets that messages quote.
    pub(super) fn discreet(&self) -> Cow<'_, Self> {
        match (&self.outcome, &self.discreet) {
            (CallOutcome::Refused { code, reason, .. }, message @ Some(_)) => {
                let (message, reason) = (message.clone(), reason.clone());
                let outcome = CallOutcome::Refused { code, message, reason };
                Cow::Owned(Self { outcome, ..self.clone() })
            }
            _ => Cow::Borrowed(self),
        }
    }

    /// The line, and below it why the call ended as it did: each decision, with the statement that made it.
    #[must_use]
    pub fn explanation(&self) -> String {
        let mut text = self.to_string();
        for line in self.reasons().lines() {
            let _ = write!(text, "\n  {line}");
        }
        text
    }

    /// Why the call ended as it did, in lines.
    pub(super) fn reasons(&self) -> String {
        let mut text = String::new();
        let mut add = |part: &str| {
            let _ = writeln!(text, "{part}");
        };
        for judgement in &self.judgements {
            add(&judgement.to_string());
        }
        // The last decision tells the reason already when it is what refused the call.
        if let CallOutcome::Refused { reason: Some(reason), .. } = &self.outcome
            && self.judgements.iter().all(|judgement| judgement.decision.is_allowed())
        {
            add(reason);
        }
        for fault in &self.faults {
            add(&format!("injected {fault}"));
        }
        if let Some(advice) = &self.advice {
            add(advice);
        }
        text
    }

    /// About how much memory it takes up, in bytes. Its decisions share their texts with the policies of the world, so they count little.
    pub(super) fn weight(&self) -> usize {
        let parameters = self.parameters.iter().map(|(name, value)| name.len() + value.len());
        let texts = [&self.subject, &self.caller, &self.access_key_id, &self.user_agent];
        let message = match &self.outcome {
            CallOutcome::Refused { message, reason, .. } => {
                message.as_ref().map_or(0, String::len) + reason.as_ref().map_or(0, String::len)
            }
            _ => 0,
        };
        size_of::<Self>()
            + self.operation.len()
            + self.parameters.len() * size_of::<(String, String)>()
            + parameters.sum::<usize>()
            + texts.into_iter().flatten().map(String::len).sum::<usize>()
            + message
            + self.answer.as_ref().map_or(0, Answer::text_len)
            + self.judgements.len() * size_of::<Judgement>()
    }

    /// The parameters of a request as the journal has them.
    pub(crate) fn parameters_of(form: &Form<'_>, secrets: Secrets) -> Vec<(String, String)> {
        let mut parameters = Vec::<(String, String)>::new();
        for (name, value) in form.iter().take(PARAMETER_LIMIT) {
            let known = matches!(name, "Action" | "Version") || name.starts_with("X-Amz-");
            if known || parameters.iter().any(|(key, _)| key == name) {
                continue;
            }
            parameters.push((cut(name), secrets.parameter(name, value)));
        }
        parameters
    }
}

/// The text, or its beginning and its length.
pub(crate) fn cut(text: &str) -> String {
    cut_to(VALUE_LIMIT, text)
}

pub(super) fn cut_to(limit: usize, text: &str) -> String {
    if text.len() <= limit {
        return text.to_owned();
    }
    format!("{}.. ({} bytes)", beginning(text, limit), text.len())
}

impl Default for Call {
    fn default() -> Self {
        Self {
            sequence: 0,
            at: SystemTime::UNIX_EPOCH,
            received: SystemTime::UNIX_EPOCH,
            took: Duration::ZERO,
            operation: String::new(),
            parameters: Vec::new(),
            subject: None,
            caller: None,
            access_key_id: None,
            source_ip: None,
            user_agent: None,
            region: String::new(),
            status: 0,
            outcome: CallOutcome::Answered,
            answer: None,
            judgements: Vec::new(),
            request_id: String::new(),
            faults: Vec::new(),
            identity: None,
            endpoint: Endpoint::default(),
            claimed: None,
            tls: None,
            lost: None,
            discreet: None,
            advice: None,
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = Timestamp::try_from(self.at).unwrap_or_default().strftime("%Y-%m-%dT%H:%M:%SZ");
        let operation = if self.operation.is_empty() { "(no action)" } else { &self.operation };
        write!(f, "#{} {at} {operation}", self.sequence)?;
        if let Some(subject) = &self.subject {
            write!(f, " {}", subject.escape_debug())?;
        }
        match (&self.caller, &self.access_key_id) {
            (Some(caller), _) => write!(f, " by {caller}")?,
            (None, Some(key)) => write!(f, " with key {}", key.escape_debug())?,
            (None, None) => f.write_str(" by nobody")?,
        }
        match self.status {
            0 => f.write_str(": no answer")?,
            status => write!(f, ": {status}")?,
        }
        match &self.outcome {
            CallOutcome::Answered => f.write_str(" OK"),
            CallOutcome::TurnedAway => f.write_str(" turned away"),
            CallOutcome::Abandoned => f.write_str(", the client left"),
            CallOutcome::Faulted => Ok(()),
            CallOutcome::Refused { code, message: Some(message), .. } => {
                write!(f, " {code}: {}", message.replace(['\n', '\r'], " "))
            }
            CallOutcome::Refused { code, message: None, .. } => write!(f, " {code}"),
        }?;
        for fault in &self.faults {
            write!(f, " [injected {fault}]")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_one_line() {
        let outcome = CallOutcome::Refused {
            code: "AccessDenied",
            message: Some("no\nway".to_owned()),
            reason: None,
        };
        let call = Call {
            sequence: 7,
            operation: "AssumeRole".to_owned(),
            subject: Some("arn:aws:iam::111122223333:role/x\n".to_owned()),
            status: 403,
            outcome,
            ..Call::default()
        };

        assert_eq!(
            call.to_string(),
            r"#7 1970-01-01T00:00:00Z AssumeRole arn:aws:iam::111122223333:role/x\n by nobody: 403 AccessDenied: no way"
        );
    }

    #[test]
    fn what_proves_something_is_redacted() {
        let body = b"Action=A&TokenCode=123456&WebIdentityToken=ey&SAMLAssertion=x&TradeInToken=y&RoleArn=r\
                     &ProvidedContexts.member.1.ContextAssertion=z&RoleArn=late";
        let form = Form::parse(b"X-Amz-Security-Token=secret", body).unwrap();

        let parameters = Call::parameters_of(&form, Secrets::Redacted);

        let shown =
            parameters.iter().filter(|(_, value)| value != "** redacted **").collect::<Vec<_>>();
        assert_eq!(shown, [&("RoleArn".to_owned(), "r".to_owned())]);
        assert_eq!(parameters.len(), 6);
    }

    #[test]
    fn long_values_are_cut_between_characters() {
        let value = "é".repeat(VALUE_LIMIT);

        assert_eq!(
            cut(&value),
            format!("{}.. ({} bytes)", "é".repeat(VALUE_LIMIT / 2), 2 * VALUE_LIMIT)
        );
    }
}
