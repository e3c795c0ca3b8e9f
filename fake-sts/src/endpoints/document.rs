use jiff::Timestamp;
use serde_json::{Value, json};

use super::sessions::Given;

/// The document of a container: `RoleArn` and `AccountId` are not always there on AWS, and do no harm.
pub(super) fn of_container(given: &Given) -> Value {
    json!({
        "AccessKeyId": given.credentials.access_key_id,
        "SecretAccessKey": given.credentials.secret_access_key,
        "Token": given.credentials.session_token,
        "Expiration": time(given.credentials.expiration),
        "RoleArn": given.role_arn,
        "AccountId": given.account,
    })
}

/// The document of an instance.
pub(super) fn of_instance(given: &Given) -> Value {
    json!({
        "Code": "Success",
        "LastUpdated": time(given.issued),
        "Type": "AWS-HMAC",
        "AccessKeyId": given.credentials.access_key_id,
        "SecretAccessKey": given.credentials.secret_access_key,
        "Token": given.credentials.session_token,
        "Expiration": time(given.credentials.expiration),
    })
}

/// In the one form that every SDK reads.
pub(super) fn time(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
