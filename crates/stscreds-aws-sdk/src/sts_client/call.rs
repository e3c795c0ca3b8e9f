use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::Poll;
use std::time::Duration;
use std::{error::Error as StdError, future::poll_fn, pin::pin};

use aws_sdk_sts::config::http::HttpResponse;
use aws_sdk_sts::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_sts::config::{AsyncSleep, ConfigBag, Intercept, RuntimeComponents, SharedAsyncSleep};
use aws_sdk_sts::error::{BoxError, ProvideErrorMetadata, SdkError};
use aws_smithy_async::rt::sleep::Sleep;
use stscreds_core::{Error, ErrorKind, InteractiveScope};
use stscreds_provider::MfaAnswer;

use super::fault::error_of;

/// One call of one operation: how long it may take, and where it went.
pub(super) struct Call {
    pub(super) operation: &'static str,
    pub(super) limit: Option<Limit>,
    pub(super) region: Result<(), Error>,
    pub(super) endpoint: Arc<OnceLock<String>>,
    /// Whether the request carries an MFA code.
    pub(super) has_code: bool,
}

/// The error of a call that a client of somebody else made.
pub(crate) fn error_elsewhere<E>(
    operation: &'static str,
    error: &SdkError<E, HttpResponse>,
) -> Error
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    let endpoint = Arc::default();
    error_of(&Call { operation, limit: None, region: Ok(()), endpoint, has_code: false }, error)
}

/// How long a call may take in all.
#[derive(Debug, Clone)]
pub(super) struct Limit {
    pub(super) timeout: Duration,
    pub(super) timer: SharedAsyncSleep,
}

impl Call {
    pub(super) fn with_code_of(self, mfa: Option<&MfaAnswer>) -> Self {
        Self { has_code: mfa.is_some(), ..self }
    }

    /// Goes into the operation, and sees where it is sent.
    pub(super) fn witness(&self) -> impl Intercept + 'static {
        Witness(Arc::clone(&self.endpoint))
    }

    /// Sends it, for as long as it may take.
    pub(super) async fn send<T, E>(
        &self,
        sending: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    ) -> Result<T, Error>
    where
        E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
    {
        if let Err(refused) = &self.region {
            return Err(refused
                .clone()
                .with_context(format_args!("cannot send {}", self.operation)));
        }
        match &self.limit {
            None => sending.await.map_err(|error| error_of(self, &error)),
            Some(limit) => match limit.keep(sending).await {
                Some(outcome) => outcome.map_err(|error| error_of(self, &error)),
                None => Err(self.timed_out(&format!("within {:?}", limit.timeout))),
            },
        }
    }

    pub(super) fn timed_out(&self, how_long: &str) -> Error {
        let what =
            format!("STS{} did not respond to {} {how_long}", self.address(), self.operation);
        self.after_sending(Error::new(ErrorKind::TimedOut, what))
    }

    /// The error of a call whose request may have arrived.
    pub(super) fn after_sending(&self, error: Error) -> Error {
        match self.has_code {
            true => error.with_context("the MFA code was sent and may be spent"),
            false => error,
        }
    }

    /// ` at https://host`, once it is known.
    pub(super) fn address(&self) -> String {
        self.endpoint.get().map(|endpoint| format!(" at {endpoint}")).unwrap_or_default()
    }
}

impl Limit {
    /// Nothing is yielded if the time is over. It begins anew once a person has answered: where
    /// the keys that sign come from, an MFA code may be asked for.
    async fn keep<F: Future>(&self, work: F) -> Option<F::Output> {
        let scope = InteractiveScope::new();
        let mut work = pin!(work);
        let mut running: Option<Pin<Box<Sleep>>> = None;
        poll_fn(|cx| {
            if let Poll::Ready(output) = scope.enter(|| work.as_mut().poll(cx)) {
                return Poll::Ready(Some(output));
            }
            if scope.is_open() {
                running = None;
                return Poll::Pending;
            }
            let timer = running.get_or_insert_with(|| Box::pin(self.timer.sleep(self.timeout)));
            timer.as_mut().poll(cx).map(|()| None)
        })
        .await
    }
}

#[derive(Debug)]
struct Witness(Arc<OnceLock<String>>);

impl Intercept for Witness {
    fn name(&self) -> &'static str {
        "Witness"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        // Neither path nor query, which a proxy may want secrets in.
        let uri = context.request().uri();
        let end = uri.match_indices(['/', '?']).map(|(at, _)| at).nth(2).unwrap_or(uri.len());
        let _ = self.0.set(uri.get(..end).unwrap_or_default().trim_end_matches('?').to_owned());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use aws_smithy_async::rt::sleep::TokioSleep;
    use stscreds_core::interactive;

    use super::*;

    fn limit() -> Limit {
        let timer = SharedAsyncSleep::new(TokioSleep::new());
        Limit { timeout: Duration::from_secs(30), timer }
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_never_ends_is_given_up_after_its_limit() {
        let begun = tokio::time::Instant::now();

        let outcome = limit().keep(pending::<()>()).await;

        assert_eq!(outcome, None);
        assert_eq!(begun.elapsed(), Duration::from_secs(30));
    }

    #[tokio::test(start_paused = true)]
    async fn a_person_takes_as_long_as_it_takes_and_the_call_its_limit_after_that() {
        let begun = tokio::time::Instant::now();
        let asking = async {
            interactive(tokio::time::sleep(Duration::from_secs(600))).await;
            pending::<()>().await;
        };

        let outcome = limit().keep(asking).await;

        assert_eq!(outcome, None);
        assert_eq!(begun.elapsed().as_secs(), 630);
    }
}
