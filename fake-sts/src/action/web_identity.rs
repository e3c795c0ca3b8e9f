use super::{
    Scene, Trail, assume_role::assumed_role_user, context, duration, federated, federated::Bearer,
    grant::Grant, role_arn, session_policy::Requested, tags::Tags,
};
use crate::{
    oidc::{
        ClaimKeys, KeySet, Rules, SeveralAudiences, Token, TokenFault, VerifiedToken,
        condition_keys,
    },
    policy::Principal,
    switches,
    wire::{Answer, ErrorCode, Form, Refusal, constraint},
    world::{OidcRecord, SessionPrincipal},
};

/// A request for credentials on the strength of an identity token, whose issuer is known and whose signature is not checked yet.
///
/// Between the two halves of this operation the keys of the issuer have to be had, which may take a while and a network.
#[derive(Debug)]
pub struct WebIdentityClaim<'a> {
    role_arn: &'a str,
    session_name: &'a str,
    duration: Option<i32>,
    policies: Requested<'a>,
    minimum_token_size: Option<i32>,
    token: Token,
    provider: &'a OidcRecord,
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
        let role_arn = input.required("RoleArn", &constraint::ARN);
        let session_name = input.required("RoleSessionName", &constraint::SESSION_NAME);
        let text = input.required("WebIdentityToken", &constraint::WEB_IDENTITY_TOKEN);
        input.optional("ProviderId", &constraint::PROVIDER_ID);
        let policies = Requested::read(&mut input, &constraint::POLICY);
        let duration = input.optional_integer("DurationSeconds", &duration::OF_ROLES);
        let minimum_token_size = input.optional_integer("MinimumSessionTokenSize", &(0..=4096));
        input.finish()?;
        trail.subject = Some(role_arn.to_owned());
        role_arn::check(role_arn)?;
        let token = Token::parse(text).map_err(refusal)?;
        // The account of the role chooses the provider, before anybody asks whether there is such a role.
        let account = role_arn.split(':').nth(4).and_then(|account| account.parse().ok());
        let provider =
            account.and_then(|account| scene.directory.oidc_provider(account, token.issuer()));
        let provider = provider.ok_or_else(|| {
            let message =
                format!("No OpenIDConnect provider found in your account for {}", token.issuer());
            Refusal::new(ErrorCode::InvalidIdentityToken, message)
        })?;
        Ok(Self { role_arn, session_name, duration, policies, minimum_token_size, token, provider })
    }

    /// The token.
    #[must_use]
    pub fn token(&self) -> &Token {
        &self.token
    }

    /// The provider that its issuer is registered as.
    #[must_use]
    pub fn provider(&self) -> &OidcRecord {
        self.provider
    }

    /// The second half: with the issuer's keys.
    ///
    /// # Errors
    ///
    /// When the token is not good, or does not open the role.
    pub fn redeem(
        self,
        scene: &Scene<'_>,
        keys: &KeySet,
        trail: &mut Trail,
    ) -> Result<Answer, Refusal> {
        let switches = scene.switches();
        let mut rules = Rules::new(&self.provider.client_ids);
        rules.skew = std::time::Duration::from_secs(switches.web_identity_leeway.0.into());
        rules.max_age = Some(std::time::Duration::from_secs(switches.web_identity_age.0.into()));
        rules.several_audiences = match switches.several_audiences {
            switches::SeveralAudiences::Refuse => SeveralAudiences::Refused,
            switches::SeveralAudiences::AnyOfThem => SeveralAudiences::FirstKnown,
        };
        let token = self.token.verify(keys, scene.now.into(), &rules).map_err(refusal)?;

        let mut context = context::of_request(scene);
        condition_keys(&token, self.provider.name(), ClaimKeys::All, &mut context);
        context.set("aws:FederatedProvider", self.provider.principal());
        let principal = Principal::web_identity(self.provider.principal());
        let tags =
            Tags::claimed(token.session.tags.clone(), token.session.transitive_tag_keys.clone());
        let bearer = Bearer {
            principal: &principal,
            action: "sts:AssumeRoleWithWebIdentity",
            session_name: self.session_name,
            duration: self.duration,
            tags: &tags,
            source_identity: token.session.source_identity.as_deref(),
        };
        let (role, duration) =
            federated::permitted_role(scene, &bearer, self.role_arn, context, trail)?;

        let session_principal = SessionPrincipal::Role {
            id: role.id.clone(),
            session_name: self.session_name.to_owned(),
        };
        let mut grant = Grant::new(scene, role.account, session_principal, duration);
        grant.minimum_token_size = self.minimum_token_size;
        let packed = !tags.is_empty() || !self.policies.is_empty();
        let session = &mut grant.session;
        (session.tags, session.transitive_tag_keys) = tags.merge()?;
        session.policies = self.policies.check(scene, role.account)?;
        session.source_identity.clone_from(&token.session.source_identity);
        session.federated_provider = Some(self.provider.principal().to_owned());
        let issued = grant.issue(scene)?;
        let VerifiedToken { subject, audience, session: claims, .. } = token;
        let answer = Answer::new()
            .structure("Credentials", issued.credentials.answer())
            .text("SubjectFromWebIdentityToken", subject)
            .structure("AssumedRoleUser", assumed_role_user(role, self.session_name))
            .optional_number("PackedPolicySize", packed.then_some(issued.utilization))
            .text("Provider", self.provider.principal())
            .text("Audience", audience)
            .optional_text("SourceIdentity", claims.source_identity);
        Ok(issued.with_size(answer))
    }
}

/// The answer when the keys of an issuer cannot be had.
#[must_use]
pub fn unreachable_issuer(scene: &Scene<'_>, why: &dyn std::error::Error) -> Refusal {
    let mut reason = why.to_string();
    let mut source = why.source();
    while let Some(error) = source {
        reason = format!("{reason}: {error}");
        source = error.source();
    }
    let (code, message) = match scene.switches().unreachable_issuer {
        switches::UnreachableIssuer::InvalidIdentityToken => (
            ErrorCode::InvalidIdentityToken,
            "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
        ),
        switches::UnreachableIssuer::IdpCommunicationError => (
            ErrorCode::IdpCommunicationError,
            "The request could not be fulfilled because the identity provider (IDP) that was asked to verify the incoming identity token could not be reached",
        ),
    };
    Refusal::new(code, message).because(reason)
}

fn refusal(fault: TokenFault) -> Refusal {
    let code = match &fault {
        TokenFault::Expired { .. } | TokenFault::TooOld { .. } => ErrorCode::ExpiredTokenException,
        _ => ErrorCode::InvalidIdentityToken,
    };
    Refusal::new(code, fault.to_string()).because(fault.cause())
}
