use serde_json::{Map, Value as Json, json};

use super::{Answer, Refusal, Value};

/// The JSON form of a successful answer, sent to callers that ask for `application/json`.
///
/// Instants are numbers: seconds since 1970.
#[must_use]
pub fn json_answer(operation: &str, answer: &Answer, request_id: &str) -> String {
    let response = json!({
        format!("{operation}Result"): structure(answer),
        "ResponseMetadata": { "RequestId": request_id },
    });
    json!({ format!("{operation}Response"): response }).to_string()
}

/// The JSON form of an error.
#[must_use]
pub fn json_error(refusal: &Refusal, request_id: &str) -> String {
    let code = refusal.code();
    let mut error = Map::new();
    error.insert("Code".to_owned(), code.as_str().into());
    if let Some(message) = refusal.message() {
        error.insert("Message".to_owned(), message.into());
    }
    error.insert("Type".to_owned(), code.fault().into());
    json!({ "Error": error, "RequestId": request_id }).to_string()
}

fn structure(answer: &Answer) -> Json {
    answer
        .members()
        .iter()
        .map(|(name, value)| ((*name).to_owned(), scalar(value)))
        .collect::<Map<_, _>>()
        .into()
}

fn scalar(value: &Value) -> Json {
    match value {
        Value::Text(text) => text.as_str().into(),
        Value::Number(number) => (*number).into(),
        Value::Time(time) => time.as_second().into(),
        Value::PreciseTime(time) => json!(time.as_duration().as_secs_f64()),
        Value::Structure(inner) => structure(inner),
        Value::Map(entries) => {
            let entries = entries.iter().map(|(key, text)| (key.clone(), text.as_str().into()));
            entries.collect::<Map<_, _>>().into()
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::wire::ErrorCode;

    #[test]
    fn an_answer_has_numbers_for_times() {
        let answer = Answer::new()
            .text("Arn", "a\"b")
            .time("Expiration", Timestamp::constant(1_783_936_800, 0));

        assert_eq!(
            json_answer("GetCallerIdentity", &answer, "b1cd"),
            r#"{"GetCallerIdentityResponse":{"GetCallerIdentityResult":{"Arn":"a\"b","Expiration":1783936800},"ResponseMetadata":{"RequestId":"b1cd"}}}"#
        );
    }

    #[test]
    fn an_error_names_code_message_and_type() {
        assert_eq!(
            json_error(&Refusal::new(ErrorCode::Throttling, "Rate exceeded"), "xxx"),
            r#"{"Error":{"Code":"Throttling","Message":"Rate exceeded","Type":"Sender"},"RequestId":"xxx"}"#
        );
    }
}
