use super::authorization::{self, Attempt, Target, authorize};
use super::grant::{self, Grant};
use super::{Scene, Trail, context};
use crate::wire::{Answer, ErrorCode, Form, Refusal, constraint};
use crate::world::{
    AccountId, Caller, Identity, RootAccessManagement, SessionPolicies, SessionPrincipal,
};

/// What root sessions may be for, each a policy managed by AWS.
const TASKS: [&str; 5] = [
    "IAMAuditRootUserCredentials",
    "IAMCreateRootUserPassword",
    "IAMDeleteRootUserCredentials",
    "S3UnlockBucketPolicy",
    "SQSUnlockQueuePolicy",
];

/// How long a root session is by default, and at most.
const DURATION: i32 = 900;

/// [`AssumeRoot`](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html).
///
/// The caller's account must manage the root access of its organization, to which the target must belong.
pub(super) fn assume_root(
    scene: &Scene<'_>,
    caller: &Caller,
    form: &Form<'_>,
    trail: &mut Trail,
) -> Result<Answer, Refusal> {
    let mut input = scene.input(form);
    let target = input.required("TargetPrincipal", &constraint::TARGET_PRINCIPAL);
    let task_policy = input.required_member("TaskPolicyArn", "arn", &constraint::ARN);
    let duration = input.optional_integer("DurationSeconds", &(0..=DURATION));
    let minimum_token_size = grant::minimum_token_size(&mut input);
    input.finish()?;
    trail.subject = Some(target.to_owned());
    let invalid = |what| {
        let message = format!("Request must contain {what}");
        Refusal::new(ErrorCode::ValidationError, message)
    };
    let partition = caller.principal.partition();
    let account =
        target_account(target, partition).ok_or_else(|| invalid("a valid target principal"))?;
    if !is_task(task_policy, partition) {
        return Err(invalid("valid AWS managed task policy ARN"));
    }

    let arn = format!("arn:{partition}:iam::{account}:root");
    let mut context = context::of_caller(scene, caller);
    context.set("sts:TaskPolicyArn", task_policy);
    let attempt =
        Attempt { caller, action: "sts:AssumeRoot", on: Target::Arn(&arn), context: &context };
    if let Some(why) = shut_out(scene, caller, account) {
        let tail = " because no identity-based policy allows the sts:AssumeRoot action";
        return Err(authorization::denied(scene, &attempt, Some(tail)).because(why));
    }
    authorize(scene, &attempt, trail)?;
    check_feature(scene, caller, task_policy)?;

    let duration = i64::from(duration.unwrap_or(DURATION));
    let mut grant = Grant::new(scene, account, SessionPrincipal::Root, duration);
    grant.minimum_token_size = minimum_token_size;
    grant.session.policies =
        SessionPolicies::Only { inline: None, managed: vec![task_policy.to_owned()] };
    grant.session.source_identity =
        caller.session.as_ref().and_then(|session| session.source_identity.clone());
    let issued = grant.issue(scene)?;
    let answer = Answer::new()
        .structure("Credentials", issued.credentials.answer())
        .optional_text("SourceIdentity", grant.session.source_identity.as_deref());
    Ok(issued.with_size(answer))
}

/// An account id, or the ARN of a root user.
fn target_account(target: &str, partition: &str) -> Option<AccountId> {
    let id = match target.strip_suffix(":root") {
        Some(arn) => of_iam(arn, partition)?,
        None => target,
    };
    id.parse().ok()
}

/// Whether an ARN is that of a policy for root sessions.
fn is_task(arn: &str, partition: &str) -> bool {
    let task = of_iam(arn, partition).and_then(|rest| rest.strip_prefix("aws:policy/root-task/"));
    task.is_some_and(|task| TASKS.contains(&task))
}

/// What follows the service in an ARN of IAM.
fn of_iam<'a>(arn: &'a str, partition: &str) -> Option<&'a str> {
    arn.strip_prefix("arn:")?.strip_prefix(partition)?.strip_prefix(":iam::")
}

/// What no policy could make up for.
fn shut_out(scene: &Scene<'_>, caller: &Caller, target: AccountId) -> Option<&'static str> {
    let temporary_user = matches!(caller.identity, Identity::User(_)) && caller.session.is_some();
    if temporary_user || matches!(caller.identity, Identity::Root | Identity::Federated(_)) {
        return Some("only users with long-term keys and sessions of roles may assume root");
    }
    let own = scene.directory.account(caller.account)?;
    if own.root_access_management == RootAccessManagement::Disabled {
        return Some("root_access_management of the caller's account is not enabled");
    }
    if target == caller.account {
        return Some("the target is the caller's own account");
    }
    let target = scene.directory.account(target);
    let organization = target
        .filter(|target| target.partition == own.partition)
        .and_then(|target| target.organization.as_ref());
    if organization.is_none() || organization != own.organization.as_ref() {
        return Some("the target account is not in the organization of the caller's account");
    }
    None
}

/// Each task belongs to one of two features, neither of which implies the other.
fn check_feature(scene: &Scene<'_>, caller: &Caller, task_policy: &str) -> Result<(), Refusal> {
    use RootAccessManagement::{CredentialsOnly, Enabled, SessionsOnly};
    let features = scene.directory.account(caller.account).map(|own| own.root_access_management);
    let (feature, is_on) = if task_policy.contains("/IAM") {
        ("Root credentials management", matches!(features, Some(Enabled | CredentialsOnly)))
    } else {
        ("Root sessions", matches!(features, Some(Enabled | SessionsOnly)))
    };
    if is_on {
        return Ok(());
    }
    let message = format!("{feature} feature is not enabled for your AWS Organization.");
    Err(Refusal::new(ErrorCode::AccessDenied, message))
}
