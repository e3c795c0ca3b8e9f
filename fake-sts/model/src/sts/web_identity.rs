use std::time::Duration;

use serde_json::Value;

use super::assume_role::assumed_role_user;
use super::federated::{self, FederatedIdentity, Wanted};
use super::session_policy::Requested;
use super::tags::Tags;
use super::{Scene, Trail, context, duration, grant, origin, role_arn};
use crate::oidc::{
    AudienceMessage, ClaimKeys, KeyFault, KeySet, Rules, SeveralAudiences, Token, TokenFault,
    VerifiedToken, condition_keys,
};
use crate::policy::{Context, Principal};
use crate::switches::{self, Switches};
use crate::wire::{Answer, ErrorCode, Form, Refusal, constraint};
use crate::world::{OauthToken, OidcRecord};

/// A request for credentials on the strength of an identity token, which is not checked yet.
///
/// Between the two halves of this operation the keys of the issuer have to be had, which may take a while and a network.
#[derive(Debug)]
pub struct WebIdentityClaim<'a> {
    wanted: Wanted<'a>,
    proof: Proof<'a>,
}

#[derive(Debug)]
enum Proof<'a> {
    /// An OpenID Connect token, and the provider that its issuer is registered as.
    Oidc { token: Token, provider: &'a OidcRecord },
    /// An OAuth 2.0 access token of a provider that came before OpenID Connect.
    Oauth(&'a OauthToken),
}

impl<'a> WebIdentityClaim<'a> {
    /// The first half of
    /// [`AssumeRoleWithWebIdentity`](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html).
    ///
    /// # Errors
    ///
    /// When a parameter breaks a constraint, the token is no JWT, or the account of the role has no provider for its issuer.
    pub fn read(scene: &Scene<'a>, form: &'a Form<'a>, trail: &mut Trail) -> Result<Self, Refusal> {
        let mut input = scene.input(form);
        let wanted = Wanted {
            action: "sts:AssumeRoleWithWebIdentity",
            role_arn: input.required("RoleArn", &constraint::ARN),
            session_name: input.required("RoleSessionName", &constraint::SESSION_NAME),
            policies: Requested::read(&mut input, &constraint::POLICY),
            duration: input.optional_integer("DurationSeconds", &duration::OF_ROLES),
            minimum_token_size: grant::minimum_token_size(&mut input),
        };
        let token = input.required("WebIdentityToken", &constraint::WEB_IDENTITY_TOKEN);
        let provider_id = input.optional("ProviderId", &constraint::PROVIDER_ID);
        input.finish()?;
        trail.subject = Some(wanted.role_arn.to_owned());
        role_arn::check_of_federation(wanted.role_arn)?;
        let proof = match provider_id {
            Some(provider) => Proof::oauth(scene, provider, token)?,
            None => Proof::oidc(scene, wanted.role_arn, token)?,
        };
        Ok(Self { wanted, proof })
    }

    /// The token and the provider whose keys are needed to check it; nothing for OAuth 2.0 tokens.
    #[must_use]
    pub fn issuer(&self) -> Option<(&Token, &'a OidcRecord)> {
        match &self.proof {
            Proof::Oidc { token, provider } => Some((token, provider)),
            Proof::Oauth(_) => None,
        }
    }

    /// The second half: with the keys of [its issuer](Self::issuer), if it has one.
    ///
    /// # Errors
    ///
    /// When the token is not good, or does not open the role.
    pub fn redeem(
        self,
        scene: &Scene<'_>,
        keys: Option<&KeySet>,
        trail: &mut Trail,
    ) -> Result<Answer, Refusal> {
        let (identity, subject, audience) = match self.proof {
            Proof::Oidc { token, provider } => {
                let keys = keys.ok_or_else(|| Refusal::bare(ErrorCode::InternalFailure))?;
                verified(scene, token, provider, keys, self.wanted.role_arn)?
            }
            Proof::Oauth(token) => {
                (oauth_bearer(scene, token), token.user_id.clone(), token.app_id.clone())
            }
        };
        let provider = identity.principal.arn().to_owned();
        let assumed = federated::assume(scene, &self.wanted, identity, trail)?;
        let answer = Answer::new()
            .structure("Credentials", assumed.issued.credentials.answer())
            .text("SubjectFromWebIdentityToken", subject)
            .structure("AssumedRoleUser", assumed_role_user(assumed.role, self.wanted.session_name))
            .optional_number("PackedPolicySize", assumed.issued.packed_size)
            .text("Provider", provider)
            .text("Audience", audience)
            .optional_text("SourceIdentity", assumed.source_identity.as_deref());
        Ok(origin::told(assumed.issued.with_size(answer), assumed.origin.as_ref()))
    }
}

impl<'a> Proof<'a> {
    fn oidc(scene: &Scene<'a>, role_arn: &str, text: &str) -> Result<Self, Refusal> {
        let token = Token::parse(text).map_err(|fault| refusal(&fault))?;
        // The account of the role chooses the provider, before anybody asks whether there is such a role.
        let account = role_arn.split(':').nth(4).and_then(|account| account.parse().ok());
        let provider =
            account.and_then(|account| scene.directory.oidc_provider(account, token.issuer()));
        let provider = provider.ok_or_else(|| {
            let message =
                format!("No OpenIDConnect provider found in your account for {}", token.issuer());
            let refusal = Refusal::new(ErrorCode::InvalidIdentityToken, message);
            let other = other_slash(token.issuer());
            match account.and_then(|account| scene.directory.oidc_provider(account, &other)) {
                Some(_) => refusal.because(format!(
                    "the provider is {other}; IAM compares the URL with `iss` exactly, the slash at the end included"
                )),
                None => refusal,
            }
        })?;
        Ok(Self::Oidc { token, provider })
    }

    /// Only two providers have access tokens; everything else names no provider at all.
    fn oauth(scene: &Scene<'a>, provider: &str, text: &str) -> Result<Self, Refusal> {
        if !matches!(provider, AMAZON | FACEBOOK) {
            let message = "Unrecognized OAuth provider. Do not include a provider parameter when submitting OpenIDConnect ID tokens";
            return Err(Refusal::new(ErrorCode::AccessDenied, message));
        }
        let tokens = &scene.directory.world().oauth_tokens;
        let known = tokens.iter().find(|known| known.provider == provider && known.is(text));
        known.map(Self::Oauth).ok_or_else(|| {
            let refusal = if provider == AMAZON {
                let message = "Provided Token is not a Login With Amazon token";
                Refusal::new(ErrorCode::InvalidIdentityToken, message)
            } else {
                let message =
                    format!("{provider}: {provider} responded with HTTP/1.1 400 Bad Request");
                Refusal::new(ErrorCode::IdpRejectedClaim, message)
            };
            refusal.because("oauth_tokens of the world has no such token")
        })
    }
}

const AMAZON: &str = "www.amazon.com";
const FACEBOOK: &str = "graph.facebook.com";

/// The URL with a slash at the end if it has none, and without it if it has one.
fn other_slash(url: &str) -> String {
    url.strip_suffix('/').map_or_else(|| format!("{url}/"), str::to_owned)
}

fn verified(
    scene: &Scene<'_>,
    token: Token,
    provider: &OidcRecord,
    keys: &KeySet,
    role_arn: &str,
) -> Result<(FederatedIdentity, String, String), Refusal> {
    let token = token
        .verify(keys, scene.now.into(), &rules(scene.switches(), provider))
        .map_err(|fault| refusal(&fault))?;
    let named = token.roles.names(role_arn);
    if named == Some(false) {
        let cause = "the claim https://aws.amazon.com/roles does not have the ARN of the role";
        return Err(refusal(&TokenFault::NotValidated { cause: cause.to_owned() }));
    }
    let mut context = context::of_request(scene);
    context.set("sts:RoleAuthorizedByIdp", named.is_some().to_string());
    condition_keys(&token, provider.name(), claim_keys(scene.switches()), &mut context);
    let origin = provider.context_provider.as_ref().map(|context| {
        let issuer = token.issuer.strip_prefix("https://").unwrap_or(&token.issuer).to_owned();
        origin::found(context, (issuer, provider.principal()), |claim| claimed(&token, claim))
    });
    let identity = FederatedIdentity {
        origin: origin.transpose()?,
        principal: Principal::web_identity(provider.principal()),
        context,
        tags: Tags::claimed(token.session.tags, token.session.transitive_tag_keys)?,
        source_identity: federated_source_identity(token.session.source_identity)?,
        longest: None,
        len: IDENTITY
            + provider.principal().len()
            + token.issuer.len()
            + token.subject.len()
            + token.audience.len(),
    };
    Ok((identity, token.subject, token.audience))
}

/// A claim as text.
fn claimed(token: &VerifiedToken, name: &str) -> Option<String> {
    match token.claims.get(name)? {
        Value::String(text) => Some(text.clone()),
        value @ (Value::Number(_) | Value::Bool(_)) => Some(value.to_string()),
        _ => None,
    }
}

fn rules<'a>(switches: &Switches, provider: &'a OidcRecord) -> Rules<'a> {
    let mut rules = Rules::new(&provider.client_ids);
    rules.skew = Duration::from_secs(switches.web_identity_leeway.0.into());
    rules.max_age = Some(Duration::from_secs(switches.web_identity_age.0.into()));
    rules.audience_message = match switches.audience_message {
        switches::AudienceMessage::Current => AudienceMessage::Current,
        switches::AudienceMessage::Older => AudienceMessage::Older,
    };
    rules.several_audiences = match switches.several_audiences {
        switches::SeveralAudiences::Refuse => SeveralAudiences::Refused,
        switches::SeveralAudiences::AnyOfThem => SeveralAudiences::FirstKnown,
    };
    rules
}

fn claim_keys(switches: &Switches) -> ClaimKeys {
    match switches.claim_keys {
        switches::ClaimKeys::All => ClaimKeys::All,
        switches::ClaimKeys::Documented => ClaimKeys::Documented,
    }
}

fn federated_source_identity(claimed: Option<String>) -> Result<Option<String>, Refusal> {
    match claimed {
        Some(value) if constraint::SESSION_NAME.is_broken_by(&value) => {
            let message =
                "Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with \"aws:\"";
            Err(Refusal::new(ErrorCode::InvalidIdentityToken, message))
        }
        other => Ok(other),
    }
}

fn oauth_bearer(scene: &Scene<'_>, token: &OauthToken) -> FederatedIdentity {
    let mut context: Context = context::of_request(scene);
    let provider = &token.provider;
    context.set(&format!("{provider}:app_id"), &token.app_id);
    context.set(&format!("{provider}:user_id"), &token.user_id);
    context.set(&format!("{provider}:id"), &token.user_id);
    FederatedIdentity {
        principal: Principal::web_identity(provider),
        context,
        tags: Tags::default(),
        source_identity: None,
        origin: None,
        longest: None,
        len: IDENTITY + provider.len() + token.user_id.len() + token.app_id.len(),
    }
}

/// What the names of an identity take up in a session token, in bytes. With it, tokens have the sizes that were recorded in September 2026.
pub(super) const IDENTITY: usize = 24;

/// The answer when the keys of an issuer cannot be had.
#[must_use]
pub fn unreachable_issuer(scene: &Scene<'_>, why: KeyFault) -> Refusal {
    match scene.switches().unreachable_issuer {
        switches::UnreachableIssuer::IdpCommunicationError if why.is_communication() => {
            let message = "The request could not be fulfilled because the identity provider (IDP) that was asked to verify the incoming identity token could not be reached";
            Refusal::new(ErrorCode::IdpCommunicationError, message)
                .because(TokenFault::from(why).cause())
        }
        switches::UnreachableIssuer::IdpCommunicationError
        | switches::UnreachableIssuer::InvalidIdentityToken => refusal(&why.into()),
    }
}

fn refusal(fault: &TokenFault) -> Refusal {
    let code = match fault {
        TokenFault::Expired { .. } | TokenFault::TooOld { .. } => ErrorCode::ExpiredTokenException,
        TokenFault::NullSubject => ErrorCode::InternalFailure,
        _ => ErrorCode::InvalidIdentityToken,
    };
    Refusal::new(code, fault.to_string()).because(fault.cause())
}
