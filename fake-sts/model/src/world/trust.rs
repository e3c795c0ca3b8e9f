use serde_json::{Value, json};

use super::{Account, OidcProvider, Role, SamlProvider, User};

/// Who may assume a role, in the words of a test. It becomes statements of the trust policy once the account of the role is known.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Trust {
    trusted: Trusted,
    /// What must hold for assuming the role, besides.
    condition: Value,
}

#[derive(Clone, Debug, PartialEq)]
enum Trusted {
    /// An account id or an ARN.
    Aws(String),
    Oidc {
        url: String,
        audience: String,
        subject: String,
    },
    Saml {
        provider: String,
    },
}

/// What is authorized beside the assuming of a role, where a caller passes tags or a source identity. It has fewer condition keys.
const BESIDE: [&str; 2] = ["sts:TagSession", "sts:SetSourceIdentity"];

const SAML_AUDIENCE: &str = "https://signin.aws.amazon.com/saml";

impl Role {
    /// The role, trusting an account: users and roles of it that have the permission may assume it.
    ///
    /// ```
    /// use fake_sts_model::world::Role;
    ///
    /// let role = Role::new("deploy").trusts_account("111122223333").external_id("unique-17").allows("s3:*");
    /// ```
    #[must_use]
    pub fn trusts_account(self, id: impl Into<String>) -> Self {
        self.trusting(Trusted::Aws(id.into()))
    }

    /// The role, trusting a user, a role or a session: its ARN.
    #[must_use]
    pub fn trusts(self, arn: impl Into<String>) -> Self {
        self.trusting(Trusted::Aws(arn.into()))
    }

    /// The role, trusting the tokens of an issuer for an audience and a subject, which may have `*` and `?`.
    ///
    /// An account without a provider for the URL gets one. It accepts the tokens of `FakeSts::issuer_at` for this URL.
    #[must_use]
    pub fn trusts_oidc(
        self,
        url: impl Into<String>,
        audience: impl Into<String>,
        subject: impl Into<String>,
    ) -> Self {
        let (url, audience, subject) = (url.into(), audience.into(), subject.into());
        self.trusting(Trusted::Oidc { url, audience, subject })
    }

    /// The role, trusting the assertions of a SAML provider of its account, by name.
    ///
    /// An account without this provider gets one. It accepts the assertions of
    /// `FakeSts::saml_identity_provider`.
    #[must_use]
    pub fn trusts_saml(self, provider: impl Into<String>) -> Self {
        self.trusting(Trusted::Saml { provider: provider.into() })
    }

    /// The role, where those that it trusts so far must pass this external id.
    #[must_use]
    pub fn external_id(self, external_id: impl Into<String>) -> Self {
        self.only_if("StringEquals", "sts:ExternalId", &external_id.into().into())
    }

    /// The role, where those that it trusts so far must have used MFA.
    #[must_use]
    pub fn requires_mfa(self) -> Self {
        self.only_if("Bool", "aws:MultiFactorAuthPresent", &"true".into())
    }

    /// The role with the permission for an action on all resources, such as `sts:AssumeRole` or `s3:*`.
    #[must_use]
    pub fn allows(self, action: impl AsRef<str>) -> Self {
        let name = format!("allows-{}", self.policies.len() + 1);
        self.policy(name, allow(action.as_ref(), "*"))
    }

    /// The role with the permission for everything.
    #[must_use]
    pub fn allows_everything(self) -> Self {
        self.allows("*")
    }

    fn trusting(mut self, trusted: Trusted) -> Self {
        self.trusts.push(Trust { trusted, condition: json!({}) });
        self
    }

    fn only_if(mut self, operator: &str, key: &str, value: &Value) -> Self {
        for trust in &mut self.trusts {
            trust.condition[operator][key] = value.clone();
        }
        self
    }
}

impl User {
    /// The user with the permission to assume a role: its name, in any account, or its ARN.
    ///
    /// Within one account a role that trusts the user itself needs no permission of the user.
    #[must_use]
    pub fn may_assume(self, role: impl AsRef<str>) -> Self {
        let role = role.as_ref();
        let arn = if role.starts_with("arn:") {
            role.to_owned()
        } else {
            format!("arn:*:iam::*:role/{role}")
        };
        let name = format!("may-assume-{}", self.policies.len() + 1);
        let actions = json!(["sts:AssumeRole", BESIDE[0], BESIDE[1]]);
        self.policy(name, policy(&json!([{"Effect": "Allow", "Action": actions, "Resource": arn}])))
    }

    /// The user with the permission for an action on all resources, such as `sts:*`.
    #[must_use]
    pub fn allows(self, action: impl AsRef<str>) -> Self {
        let name = format!("allows-{}", self.policies.len() + 1);
        self.policy(name, allow(action.as_ref(), "*"))
    }

    /// The user with the permission for everything.
    #[must_use]
    pub fn allows_everything(self) -> Self {
        self.allows("*")
    }
}

impl Account {
    /// Turns what the roles trust into their policies, and adds the identity providers that they name.
    pub(super) fn settle_trust(&mut self) {
        let prefix = format!("arn:{}:iam::{}:", self.partition, self.id);
        let trusts = self.roles.iter().flat_map(|role| &role.trusts).cloned().collect::<Vec<_>>();
        for trust in &trusts {
            match &trust.trusted {
                Trusted::Aws(_) => {}
                Trusted::Oidc { url, audience, .. } => {
                    if !self.oidc_providers.iter().any(|provider| provider.url == *url) {
                        let provider = OidcProvider::new(url).built_in_keys().client_id(audience);
                        self.oidc_providers.push(provider);
                    }
                }
                Trusted::Saml { provider } => {
                    if !self.saml_providers.iter().any(|known| known.name == *provider) {
                        self.saml_providers.push(SamlProvider::built_in(provider));
                    }
                }
            }
        }
        for role in &mut self.roles {
            let statements = std::mem::take(&mut role.trusts)
                .into_iter()
                .flat_map(|trust| trust.statements(&prefix))
                .collect::<Vec<_>>();
            if statements.is_empty() {
                continue;
            }
            // A policy that cannot be read stays as it is, and is refused as that.
            if let Some(policy) = with_statements(&role.trust_policy, statements) {
                role.trust_policy = policy;
            }
        }
    }
}

fn with_statements(document: &Value, statements: Vec<Value>) -> Option<Value> {
    let mut document = match document {
        Value::Null => return Some(policy(&statements.into())),
        Value::String(text) => serde_json::from_str(text).ok()?,
        other => other.clone(),
    };
    match document.get_mut("Statement")? {
        Value::Array(present) => present.extend(statements),
        only => *only = [vec![only.take()], statements].concat().into(),
    }
    Some(document)
}

impl Trust {
    fn statements(self, prefix: &str) -> [Value; 2] {
        let mut condition = self.condition;
        let (principal, action) = match self.trusted {
            Trusted::Aws(principal) => (json!({"AWS": principal}), "sts:AssumeRole"),
            Trusted::Oidc { url, audience, subject } => {
                let host = url.split_once("://").map_or(url.as_str(), |(_, host)| host);
                condition["StringEquals"][format!("{host}:aud")] = audience.into();
                condition["StringLike"][format!("{host}:sub")] = subject.into();
                let provider = format!("{prefix}oidc-provider/{host}");
                (json!({"Federated": provider}), "sts:AssumeRoleWithWebIdentity")
            }
            Trusted::Saml { provider } => {
                condition["StringEquals"]["saml:aud"] = SAML_AUDIENCE.into();
                let provider = format!("{prefix}saml-provider/{provider}");
                (json!({"Federated": provider}), "sts:AssumeRoleWithSAML")
            }
        };
        [
            json!({"Effect": "Allow", "Principal": principal, "Action": action, "Condition": condition}),
            // The keys of the first would be absent here, so its conditions would deny every tag.
            json!({"Effect": "Allow", "Principal": principal, "Action": BESIDE}),
        ]
    }
}

fn allow(action: &str, resource: &str) -> Value {
    policy(&json!([{"Effect": "Allow", "Action": action, "Resource": resource}]))
}

fn policy(statements: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}
