use roxmltree::Node;
use stscreds_core::{Credentials, Error, ErrorKind};
use tokio::time::Instant;

use super::StsHttpClient;
use super::failure::{Failure, Retry};
use crate::form::{Form, wipe};
use crate::response;

/// One operation with its parameters.
pub(super) struct Call {
    pub(super) operation: &'static str,
    pub(super) form: Form,
    pub(super) signing: Signing,
    pub(super) spends: Spends,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signing {
    Signed,
    Unsigned,
}

/// What STS takes once only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spends {
    Nothing,
    MfaCode,
}

impl Spends {
    pub(super) fn of<T>(mfa: Option<&T>) -> Self {
        if mfa.is_some() { Self::MfaCode } else { Self::Nothing }
    }
}

impl StsHttpClient {
    /// Makes the call, again where that is worth a try and allowed.
    pub(super) async fn call<T>(
        &self,
        call: Call,
        read: impl Fn(Node<'_, '_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let shared = &*self.0;
        let mut deadline = None;
        let (mut retries, mut last_cost, mut is_corrected) = (0, None, false);
        let mut rejected: Option<(Credentials, Error)> = None;
        loop {
            let credentials = self.signer(&call).await?;
            if let (Some((old, error)), Some(new)) = (&rejected, &credentials)
                && old.access_key_id() == new.access_key_id()
            {
                return Err(error.clone());
            }
            let deadline = *deadline.get_or_insert_with(|| Instant::now() + shared.timeouts.total);
            let failure = match self.attempt(&call, credentials.as_ref(), deadline, &read).await {
                Ok(result) => {
                    shared.budget.earn(last_cost);
                    return Ok(result);
                }
                Err(failure) => failure,
            };
            let Failure { error, retry } = failure;
            if let (ErrorKind::SourceCredentialsExpired, Some(old)) = (error.kind(), credentials) {
                self.reject(&old);
                if rejected.is_none() && call.spends == Spends::Nothing {
                    rejected = Some((old, error));
                    continue;
                }
            }
            let cost = match (retry, call.spends) {
                (Retry::Safe(cost), _) | (Retry::Again(cost), Spends::Nothing) => cost,
                (Retry::WithTime, Spends::Nothing) if !is_corrected => {
                    is_corrected = true;
                    continue;
                }
                (Retry::Again(_) | Retry::WithTime, Spends::MfaCode) => return Err(spent(error)),
                (Retry::Never | Retry::WithTime, _) => return Err(error),
            };
            retries += 1;
            let backoff = shared.retries.backoff(retries, (shared.random)());
            let is_in_time = Instant::now() + backoff < deadline;
            if retries >= shared.retries.attempts || !is_in_time || !shared.budget.spend(cost) {
                return Err(error);
            }
            last_cost = Some(cost);
            tracing::debug!(
                operation = call.operation,
                retry = retries,
                ?backoff,
                kind = ?error.kind(),
                "repeating a request to STS"
            );
            tokio::time::sleep(backoff).await;
        }
    }

    async fn attempt<T>(
        &self,
        call: &Call,
        credentials: Option<&Credentials>,
        deadline: Instant,
        read: impl Fn(Node<'_, '_>) -> Result<T, Error>,
    ) -> Result<T, Failure> {
        let shared = &*self.0;
        let signed_for = shared.offset.applied(shared.clock.now());
        let response = self.send(call, credentials, signed_for, deadline).await?;

        let date = response::date(response.headers()).map(|server| (server, shared.clock.now()));
        if let (Some((server, local)), Some(on_date)) = (date, &shared.on_date) {
            on_date(server, local);
        }
        let result = response::result(call.operation, &response, read);
        let status = response.status();
        wipe(response.into_body());
        result.map_err(|rejection| {
            let failure = Failure::of_rejection(call, rejection, status);
            let is_skewed = failure.error.kind() == ErrorKind::ClockSkew;
            match date.filter(|_| is_skewed) {
                Some((server, local)) if shared.offset.correct(server, local, signed_for) => {
                    Failure { retry: Retry::WithTime, ..failure }
                }
                _ => failure,
            }
        })
    }

    /// Tells the source of the credentials that STS no longer takes these.
    fn reject(&self, credentials: &Credentials) {
        if let Some(provider) = &self.0.credentials {
            provider.reject(credentials.access_key_id());
        }
    }

    /// The credentials to sign with; `None` if the call is not signed.
    async fn signer(&self, call: &Call) -> Result<Option<Credentials>, Error> {
        let operation = call.operation;
        if call.signing == Signing::Unsigned {
            return Ok(None);
        }
        let Some(provider) = &self.0.credentials else {
            let what = format!("{operation} must be signed, and this client has no credentials");
            return Err(Error::new(ErrorKind::InvalidConfiguration, what));
        };
        let credentials = provider.credentials().await;
        credentials.map(Some).map_err(|error| {
            error.with_context(format_args!("no credentials to sign {operation} with"))
        })
    }
}

/// The error of a request that may have reached STS with an MFA code in it.
fn spent(error: Error) -> Error {
    error.with_context("the MFA code may be spent, so the next attempt takes a new one")
}
