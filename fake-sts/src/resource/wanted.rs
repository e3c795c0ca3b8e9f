use http::request::Parts;

use super::fault::Fault;
use super::place::Place;

/// What a request wants to do: the action that policies know, the resource, and the condition keys that come with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) action: String,
    pub(super) resource: String,
    pub(super) keys: Vec<(&'static str, String)>,
}

impl Wanted {
    pub(super) fn new(action: impl Into<String>, resource: impl Into<String>) -> Self {
        Self { action: action.into(), resource: resource.into(), keys: Vec::new() }
    }

    pub(super) fn with(mut self, key: &'static str, value: Option<String>) -> Self {
        self.keys.extend(value.map(|value| (key, value)));
        self
    }

    /// What a request to a service without a model of its own wants.
    ///
    /// The query parameters `action` and `resource` say it. Without them, the operation of the JSON protocols (`X-Amz-Target`) or of the query
    /// protocol (`Action`) is the action, and the resource is `*`.
    pub(super) fn of(place: &Place, parts: &Parts, body: &[u8]) -> Result<Self, Fault> {
        let query = parts.uri.query().unwrap_or_default().as_bytes();
        let parameter = |form: &[u8], wanted: &str| {
            form_urlencoded::parse(form)
                .find(|(name, _)| name == wanted)
                .map(|(_, value)| value.into_owned())
        };
        let prefix = policy_prefix(&place.service);
        let target = || {
            let target = parts.headers.get("x-amz-target")?.to_str().ok()?;
            Some(target.rsplit('.').next().unwrap_or_default().to_owned())
        };
        let operation = || {
            target().or_else(|| parameter(query, "Action")).or_else(|| parameter(body, "Action"))
        };
        let action = match parameter(query, "action") {
            Some(action) if action.contains(':') => Some(action),
            Some(action) => Some(format!("{prefix}:{action}")),
            None => operation().map(|operation| format!("{prefix}:{operation}")),
        };
        let action = action.filter(|action| is_action(action)).ok_or_else(Fault::no_action)?;
        Ok(Self::new(action, parameter(query, "resource").unwrap_or_else(|| "*".to_owned())))
    }
}

/// By what the actions of a service begin, where that is not its signing name.
///
/// See [the service authorization reference](https://docs.aws.amazon.com/service-authorization/latest/reference/).
fn policy_prefix(service: &str) -> &str {
    match service {
        "email" => "ses",
        "monitoring" => "cloudwatch",
        "s3express" => "s3",
        other => other,
    }
}

fn is_action(text: &str) -> bool {
    let is_word = |word: &str| {
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        (1..=128).contains(&word.len()) && word.bytes().all(is_part)
    };
    text.split_once(':').is_some_and(|(service, name)| is_word(service) && is_word(name))
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    #[track_caller]
    fn check(service: &str, uri: &str, target: Option<&str>, body: &str, wanted: Option<&str>) {
        let mut request = Request::builder().uri(uri);
        if let Some(target) = target {
            request = request.header("x-amz-target", target);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let place = Place { service: service.to_owned(), bucket: None, path: String::new() };
        let found = Wanted::of(&place, &parts, body.as_bytes()).ok();
        let found = found.map(|found| format!("{} {}", found.action, found.resource));
        assert_eq!(found.as_deref(), wanted, "{uri}");
    }

    #[test]
    fn the_action_is_given_or_that_of_the_protocol() {
        let arn = "arn:aws:lambda:us-east-1:111122223333:function:f";
        check("lambda", "/?action=lambda:Invoke", None, "", Some("lambda:Invoke *"));
        check(
            "lambda",
            &format!("/?action=Invoke&resource={arn}"),
            None,
            "",
            Some(&format!("lambda:Invoke {arn}")),
        );
        check("dynamodb", "/", Some("DynamoDB_20120810.GetItem"), "{}", Some("dynamodb:GetItem *"));
        check("sqs", "/", None, "Action=SendMessage&Version=1", Some("sqs:SendMessage *"));
        check("monitoring", "/?Action=ListMetrics", None, "", Some("cloudwatch:ListMetrics *"));
        for nothing in ["/", "/?action=", "/?action=a:", "/?action=a%20b"] {
            check("lambda", nothing, None, "", None);
        }
    }
}
