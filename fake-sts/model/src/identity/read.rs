use http::header;
use jiff::Timestamp;

use super::canonical::Incoming;
use super::fault::AuthFault;
use super::presented::Presented;
use super::rules::Rules;
use super::scope::Credential;
use super::{authorization, date, presigned};

impl Rules<'_> {
    /// Reads the signature of a request and checks all of it that needs no secret.
    ///
    /// # Errors
    ///
    /// The first fault, in the order in which the service looks for them.
    pub fn read(&self, request: &Incoming<'_>, now: Timestamp) -> Result<Presented, AuthFault> {
        let authorization = request.headers.get(header::AUTHORIZATION);
        let algorithm = presigned::first(request.query, presigned::ALGORITHM);
        let parameters = match (authorization, algorithm) {
            (Some(_), Some(_)) => return Err(AuthFault::Ambiguous),
            (None, None) => return Err(AuthFault::Missing),
            (Some(value), None) => {
                authorization::read(request, &String::from_utf8_lossy(value.as_bytes()))?
            }
            (None, Some(algorithm)) => presigned::read(request, &algorithm)?,
        };
        check_host(&parameters.signed_headers)?;
        let signed = date::parse(&parameters.date)?;
        match presigned::lifetime(self.dialect, request.query) {
            Some(lifetime) => date::check_lifetime(signed, now, lifetime?)?,
            None => date::check_window(signed, now, self.window)?,
        }
        let credential_text = parameters.credential.clone();
        let credential = Credential::parse(&credential_text)?;
        credential.check(self, &parameters.date)?;
        Ok(Presented::new(self, request, parameters, &credential))
    }
}

fn check_host(signed_headers: &str) -> Result<(), AuthFault> {
    let signed = |name: &str| name.eq_ignore_ascii_case("host") || name == ":authority";
    if signed_headers.split(';').any(signed) {
        return Ok(());
    }
    let message = "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.";
    Err(AuthFault::DoesNotMatch(message.to_owned()))
}
