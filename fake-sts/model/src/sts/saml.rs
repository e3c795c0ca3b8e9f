use super::assume_role::assumed_role_user;
use super::federated::{self, FederatedIdentity, Wanted};
use super::session_policy::Requested;
use super::tags::Tags;
use super::web_identity::IDENTITY;
use super::{Scene, Trail, context, duration, grant, origin, role_arn};
use crate::policy::Principal;
use crate::saml::{self, Assertion, SamlFault};
use crate::wire::{Answer, ErrorCode, Form, Refusal, constraint};
use crate::world::{SamlRecord, request_id};

/// [`AssumeRoleWithSAML`](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html).
///
/// # Errors
///
/// When a parameter breaks a constraint, the assertion is not good, or it does not open the role.
pub fn assume_role_with_saml(
    scene: &Scene<'_>,
    form: &Form<'_>,
    trail: &mut Trail,
) -> Result<Answer, Refusal> {
    let mut input = scene.input(form);
    let role_arn = input.required("RoleArn", &constraint::ARN);
    let provider_arn = input.required("PrincipalArn", &constraint::ARN);
    let response = input.required("SAMLAssertion", &constraint::SAML_ASSERTION);
    let policies = Requested::read(&mut input, &constraint::POLICY);
    let duration = input.optional_integer("DurationSeconds", &duration::OF_ROLES);
    let minimum_token_size = grant::minimum_token_size(&mut input);
    input.finish()?;
    trail.subject = Some(role_arn.to_owned());
    // In this order: of the two mixed up, the newer reports tell the provider.
    role_arn::check_saml_provider(provider_arn)?;
    role_arn::check_of_federation(role_arn)?;
    let provider = scene.directory.saml_provider(provider_arn).ok_or_else(|| {
        Refusal::new(ErrorCode::InvalidIdentityToken, "Specified provider doesn't exist.")
    })?;
    let metadata = provider.metadata().ok_or_else(|| Refusal::bare(ErrorCode::InternalFailure))?;
    let assertion =
        saml::verify(response, metadata, scene.now.into(), scene.switches().saml_audience)
            .map_err(|fault| refusal(scene, &fault))?;
    if !assertion.has_role(provider_arn, role_arn) {
        let message =
            "SAML Assertion doesn't contain the requested Role and Metadata in the attributes";
        return Err(Refusal::new(ErrorCode::InvalidIdentityToken, message));
    }

    let wanted = Wanted {
        action: "sts:AssumeRoleWithSAML",
        role_arn,
        session_name: &assertion.role_session_name,
        duration,
        policies,
        minimum_token_size,
    };
    let identity = identity_of(scene, provider, &assertion)?;
    let assumed = federated::assume(scene, &wanted, identity, trail)?;
    let name_qualifier = assertion.name_qualifier(&provider.account.to_string(), &provider.name);
    let answer = Answer::new()
        .structure("Credentials", assumed.issued.credentials.answer())
        .structure("AssumedRoleUser", assumed_role_user(assumed.role, &assertion.role_session_name))
        .optional_number("PackedPolicySize", assumed.issued.packed_size)
        .text("Subject", &assertion.subject)
        .text("SubjectType", &assertion.subject_type)
        .text("Issuer", &assertion.issuer)
        .text("Audience", &assertion.audience)
        .text("NameQualifier", name_qualifier)
        .optional_text("SourceIdentity", assumed.source_identity.as_deref());
    Ok(origin::told(assumed.issued.with_size(answer), assumed.origin.as_ref()))
}

fn identity_of(
    scene: &Scene<'_>,
    provider: &SamlRecord,
    assertion: &Assertion,
) -> Result<FederatedIdentity, Refusal> {
    let mut context = context::of_request(scene);
    saml::condition_keys(assertion, &provider.account.to_string(), &provider.name, &mut context);
    let origin = provider.context_provider.as_ref().map(|context| {
        let issuer = assertion.signing_key_hash.clone();
        origin::found(context, (issuer, &provider.arn), |source| stated(assertion, source))
    });
    Ok(FederatedIdentity {
        origin: origin.transpose()?,
        principal: Principal::saml(&provider.arn),
        context,
        tags: Tags::claimed(assertion.tags.clone(), assertion.transitive_tag_keys.clone())?,
        source_identity: assertion.source_identity.clone(),
        longest: longest(scene, assertion),
        len: IDENTITY
            + provider.arn.len()
            + assertion.issuer.len()
            + assertion.subject.len()
            + assertion.audience.len(),
    })
}

/// The subject, or an attribute that has one value.
fn stated(assertion: &Assertion, source: &str) -> Option<String> {
    if source == "Subject/NameID" {
        return Some(assertion.subject.clone());
    }
    match &assertion.attributes.get(source)?[..] {
        [only] => Some(only.clone()),
        _ => None,
    }
}

/// The end of the identity provider's session, and the attribute `SessionDuration`: both can only shorten the session.
fn longest(scene: &Scene<'_>, assertion: &Assertion) -> Option<i64> {
    let remaining =
        assertion.session_not_on_or_after.map(|end| (end - scene.now.as_second()).max(0));
    let attribute = assertion.session_duration.map(i64::from);
    remaining.into_iter().chain(attribute).min()
}

/// The refusal of an assertion. STS passes on what the service that reads it says, with a request id of that service.
fn refusal(scene: &Scene<'_>, fault: &SamlFault) -> Refusal {
    let code = match fault {
        SamlFault::TooOld { .. } | SamlFault::Expired { .. } => ErrorCode::ExpiredTokenException,
        _ => ErrorCode::InvalidIdentityToken,
    };
    let message = if fault.is_passed_on() {
        let id = request_id(&mut fastrand::Rng::with_seed(scene.seed));
        format!(
            "{fault} (Service: AWSOpenIdDiscoveryService; Status Code: 400; Error Code: AuthSamlInvalidSamlResponseException; Request ID: {id}; Proxy: null)"
        )
    } else {
        fault.to_string()
    };
    Refusal::new(code, message).because(fault.cause())
}
