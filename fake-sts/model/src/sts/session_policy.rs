use super::Scene;
use crate::policy::{PolicyDocument, PolicyKind};
use crate::wire::constraint::{self, Text};
use crate::wire::{ErrorCode, Input, Refusal};
use crate::world::{AccountId, SessionPolicies};

/// The session policies of a request, unread.
#[derive(Debug)]
pub(super) struct Requested<'a> {
    inline: Option<&'a str>,
    managed: Vec<&'a str>,
}

/// How many managed policies a request may name.
const LIMIT: usize = 10;

impl<'a> Requested<'a> {
    /// Reads `Policy` and `PolicyArns`.
    pub(super) fn read(input: &mut Input<'a>, inline: &Text) -> Self {
        let inline = input.optional("Policy", inline);
        let managed = input.optional_structures("PolicyArns", [("arn", &constraint::ARN)]);
        input.list_length("PolicyArns", managed.len(), &(0..=LIMIT));
        Self { inline, managed: managed.into_iter().flatten().flatten().collect() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.inline.is_none() && self.managed.is_empty()
    }

    /// The policies as a session carries them: without needless blanks, checked.
    ///
    /// # Errors
    ///
    /// `MalformedPolicyDocument` when the text is no policy, or a managed policy does not exist in the account.
    pub(super) fn check(
        &self,
        scene: &Scene<'_>,
        account: AccountId,
    ) -> Result<SessionPolicies, Refusal> {
        if self.is_empty() {
            return Ok(SessionPolicies::None);
        }
        let inline = self.inline.map(packed).transpose()?;
        for arn in &self.managed {
            if !exists(scene, account, arn) {
                let message = format!("Policy {arn} does not exist or is not attachable.");
                return Err(Refusal::new(ErrorCode::MalformedPolicyDocument, message));
            }
        }
        let managed = self.managed.iter().map(|arn| (*arn).to_owned()).collect();
        Ok(SessionPolicies::Only { inline, managed })
    }
}

/// Whether a session of the account may be limited by the managed policy.
///
/// AWS has more than a thousand policies, and new ones every week, so whatever looks like one of them counts as one. Those that the world does not
/// describe allow nothing that this fake knows of.
fn exists(scene: &Scene<'_>, account: AccountId, arn: &str) -> bool {
    let partition = scene.directory.account(account).map(|account| account.partition.as_str());
    let of_aws = partition
        .and_then(|partition| arn.strip_prefix("arn:")?.strip_prefix(partition))
        .and_then(|rest| rest.strip_prefix(":iam::aws:policy/"));
    match of_aws {
        Some(name) => {
            let is_name = |c: char| c.is_ascii_alphanumeric() || "+=,.@_-".contains(c);
            name.split('/').all(|part| !part.is_empty() && part.chars().all(is_name))
        }
        None => {
            let owner = arn.split(':').nth(4).unwrap_or_default();
            owner == account.to_string() && scene.directory.managed_policy(arn).is_some()
        }
    }
}

/// A policy as a session carries it: without needless blanks, checked.
///
/// # Errors
///
/// `MalformedPolicyDocument` when the text is no policy for a session.
pub(super) fn packed(text: &str) -> Result<String, Refusal> {
    let malformed = |message: &str| Refusal::new(ErrorCode::MalformedPolicyDocument, message);
    let Ok(value) = serde_json::from_str::<serde_json::Value>(text) else {
        return Err(malformed("This policy contains invalid Json"));
    };
    let checked =
        PolicyDocument::try_from(&value).and_then(|policy| policy.check(PolicyKind::Session));
    checked.map_err(|error| malformed("Syntax errors in policy.").because(error))?;
    Ok(value.to_string())
}
