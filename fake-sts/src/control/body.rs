use std::time::Duration;

use axum::body::{Bytes, HttpBody as _};
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use serde::de::DeserializeOwned;

use super::error::ControlError;
use crate::json_words::in_words_of_json;

/// A world of some ten thousand users.
const LIMIT: usize = 10_000_000;

/// How long a client may take to send its body.
const TIMEOUT: Duration = Duration::from_secs(30);

pub(super) fn limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max(LIMIT)
}

/// The body of a request, all of it, or an answer that says what is wrong with it.
pub(super) struct Sent(Bytes);

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = ControlError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ControlError> {
        // What is announced as too long is not waited for.
        if request.body().size_hint().lower() > LIMIT as u64 {
            return Err(too_large());
        }
        match tokio::time::timeout(TIMEOUT, Bytes::from_request(request, state)).await {
            Ok(Ok(bytes)) => Ok(Self(bytes)),
            Ok(Err(rejection)) if rejection.status() == 413 => Err(too_large()),
            Ok(Err(_)) => Err(ControlError::bad_request(
                "the body broke off, or its chunks are wrong; send all of it",
            )),
            Err(_) => Err(ControlError::timeout("the body did not come within 30 seconds")),
        }
    }
}

fn too_large() -> ControlError {
    ControlError::too_large(format!("the body has more than {LIMIT} bytes; send less at once"))
}

impl Sent {
    /// Reads the body, and says with an example what it should be when it is not that.
    pub(super) fn json<T: DeserializeOwned>(&self, example: &str) -> Result<T, ControlError> {
        if self.0.is_empty() {
            return Err(ControlError::bad_request(format!("there is no body; send {example}")));
        }
        // Our formats take a list of the members for an object, too: an empty one would be an empty world.
        if self.0.trim_ascii_start().first() == Some(&b'[') {
            return Err(ControlError::bad_request(format!("send an object: {example}")));
        }
        let mut json = serde_json::Deserializer::from_slice(&self.0);
        let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let place = match error.path().to_string().as_str() {
                "." => String::new(),
                path => format!("{path}: "),
            };
            let problem = error.inner().to_string();
            // Where JSON breaks off is told by line and column only.
            let problem =
                if error.inner().is_data() { in_words_of_json(&problem) } else { problem };
            ControlError::bad_request(format!("{place}{problem}; send {example}"))
        })?;
        json.end().map_err(|error| {
            ControlError::bad_request(format!("{error} after the JSON; send {example}"))
        })?;
        Ok(value)
    }

    /// The same, of a body that may be left out.
    pub(super) fn optional_json<T: DeserializeOwned + Default>(
        &self,
        example: &str,
    ) -> Result<T, ControlError> {
        if self.0.is_empty() { Ok(T::default()) } else { self.json(example) }
    }
}
