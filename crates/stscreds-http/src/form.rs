use bytes::Bytes;
use zeroize::{Zeroize, Zeroizing};

use crate::sigv4::encoded_into;

/// The parameters of one call, in the
/// [form](https://docs.aws.amazon.com/STS/latest/APIReference/CommonParameters.html)
/// that STS takes: `Action=..&Version=2011-06-15&..`.
///
/// It remembers which values are secrets, to redact them in what STS answers.
pub(crate) struct Form {
    text: Zeroizing<String>,
    secrets: Vec<Zeroizing<String>>,
}

impl Form {
    pub(crate) fn of(operation: &str) -> Self {
        let form = Self { text: Zeroizing::new(String::with_capacity(512)), secrets: Vec::new() };
        form.text("Action", operation).text("Version", VERSION)
    }

    pub(crate) fn text(mut self, name: &str, value: &str) -> Self {
        if !self.text.is_empty() {
            self.text.push('&');
        }
        self.text.push_str(name);
        self.text.push('=');
        // A text that grows leaves its old buffer behind unwiped.
        let needed = 3 * value.len();
        if self.text.capacity() - self.text.len() < needed {
            let mut roomier = Zeroizing::new(String::with_capacity(2 * self.text.len() + needed));
            roomier.push_str(&self.text);
            self.text = roomier;
        }
        encoded_into(&mut self.text, value.as_bytes());
        self
    }

    pub(crate) fn optional(self, name: &str, value: Option<impl AsRef<str>>) -> Self {
        match value {
            Some(value) => self.text(name, value.as_ref()),
            None => self,
        }
    }

    pub(crate) fn secret(mut self, name: &str, value: &str) -> Self {
        self.secrets.push(Zeroizing::new(value.to_owned()));
        self.text(name, value)
    }

    /// `PolicyArns.member.1.arn=..`: what each item adds, with the name of its place.
    pub(crate) fn list<T>(
        self,
        name: &str,
        items: impl Iterator<Item = T>,
        add: impl Fn(Self, &str, T) -> Self,
    ) -> Self {
        items.enumerate().fold(self, |form, (index, item)| {
            add(form, &format!("{name}.member.{}", index + 1), item)
        })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// What STS says, with the secrets of the request redacted: some of its messages repeat
    /// the parameter that they reject.
    pub(crate) fn redacted(&self, message: String) -> String {
        let present = self.secrets.iter().filter(|secret| !secret.is_empty());
        present.fold(message, |message, secret| message.replace(secret.as_str(), "**redacted**"))
    }

    /// A copy to send.
    pub(crate) fn body(&self) -> Bytes {
        Bytes::copy_from_slice(self.text.as_bytes())
    }
}

/// Wipes a buffer, unless somebody else still has it.
pub(crate) fn wipe(bytes: Bytes) {
    if let Ok(mut bytes) = bytes.try_into_mut() {
        bytes.as_mut().zeroize();
    }
}

/// Of the [API](https://docs.aws.amazon.com/STS/latest/APIReference/), the only one.
const VERSION: &str = "2011-06-15";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_encoded_and_lists_are_counted_from_one() {
        let form = Form::of("AssumeRole")
            .text("Policy", "{\"a\": \"é+&=\"}")
            .optional("ExternalId", None::<&str>)
            .optional("SourceIdentity", Some("a b"))
            .list("PolicyArns", ["x", "y"].into_iter(), |form, at, arn| {
                form.text(&format!("{at}.arn"), arn)
            });

        assert_eq!(
            form.as_str(),
            "Action=AssumeRole&Version=2011-06-15&Policy=%7B%22a%22%3A%20%22%C3%A9%2B%26%3D%22%7D\
             &SourceIdentity=a%20b&PolicyArns.member.1.arn=x&PolicyArns.member.2.arn=y"
        );
        assert_eq!(form.body(), form.as_str().as_bytes());
    }

    #[test]
    fn what_sts_repeats_of_a_secret_is_redacted() {
        let form = Form::of("AssumeRole").secret("TokenCode", "123456").secret("ExternalId", "");

        let redacted = form.redacted("Value '123456' at 'tokenCode'".to_owned());

        assert_eq!(redacted, "Value '**redacted**' at 'tokenCode'");
        assert_eq!(
            form.as_str(),
            "Action=AssumeRole&Version=2011-06-15&TokenCode=123456&ExternalId="
        );
    }
}
