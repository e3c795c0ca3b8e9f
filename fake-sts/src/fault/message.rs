use crate::action::Operation;
use crate::wire::ErrorCode;

/// What STS says with a code, as far as that is one sentence; nothing where it depends on what is wrong.
///
/// Words of the service where they are known, of its documentation otherwise.
pub(crate) fn usual_message(
    code: ErrorCode,
    operation: Option<Operation>,
    caller: Option<&str>,
    subject: Option<&str>,
) -> Option<String> {
    let text = match code {
        ErrorCode::AccessDenied => return Some(denied(operation, caller, subject)),
        ErrorCode::ExpiredToken => "The security token included in the request is expired",
        ErrorCode::ExpiredTokenException => "Token must be redeemed within 5 minutes of issuance",
        ErrorCode::IdpCommunicationError => {
            "The request could not be fulfilled because the identity provider (IDP) that was asked to verify the incoming identity token could not be reached"
        }
        ErrorCode::InternalFailure => {
            "The request processing has failed because of an unknown error, exception or failure."
        }
        ErrorCode::InvalidClientTokenId => "The security token included in the request is invalid.",
        ErrorCode::InvalidIdentityToken => {
            "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements"
        }
        ErrorCode::MalformedPolicyDocument => "Syntax errors in policy.",
        ErrorCode::MissingAuthenticationToken => "Request is missing Authentication Token",
        ErrorCode::PackedPolicyTooLarge => {
            "Packed policy consumes 119% of allotted space, please use smaller policy."
        }
        ErrorCode::ServiceUnavailable => {
            "The request has failed due to a temporary failure of the server."
        }
        ErrorCode::SignatureDoesNotMatch => {
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
        }
        ErrorCode::Throttling => "Rate exceeded",
        _ => return None,
    };
    Some(text.to_owned())
}

fn denied(operation: Option<Operation>, caller: Option<&str>, subject: Option<&str>) -> String {
    let action = operation.map_or("", Operation::as_str);
    let Some(caller) = caller else { return format!("Not authorized to perform sts:{action}") };
    let on = subject.map(|arn| format!(" on resource: {arn}")).unwrap_or_default();
    format!("User: {caller} is not authorized to perform: sts:{action}{on}")
}
