//! `AssumeRoot`: recordings `root_access` and `root_sessions`.

use fake_sts::FakeSts;
use fake_sts::world::{Account, RootAccessManagement, World};
use serde_json::json;

use super::{check, credentials_of, policy, said, user, user_who_may};
use crate::client::{Call, ask, call};

const MEMBER: &str = "444455556666";

async fn start(features: RootAccessManagement) -> FakeSts {
    let mut management = Account::new("111122223333")
        .organization("o-a1b2c3d4e5")
        .user(user_who_may("admin", "sts:*"))
        .user(user("guest"))
        .user(
            user_who_may("denied", "sts:*")
                .policy("deny", policy("Deny", &json!("sts:AssumeRoot"), "*")),
        );
    management.root_access_management = features;
    let world = World::empty()
        .account(management)
        .account(Account::new(MEMBER).organization("o-a1b2c3d4e5"))
        .account(Account::new("777788889999"));
    FakeSts::builder().world(world).start().await.unwrap()
}

fn assume(target: &str, task: &str) -> Call {
    let task = format!("arn:aws:iam::aws:policy/root-task/{task}");
    call("AssumeRoot", &[("TargetPrincipal", target), ("TaskPolicyArn.arn", &task)])
}

const AUDIT: &str = "IAMAuditRootUserCredentials";
const ROOT: &str = "arn:aws:iam::444455556666:root";

#[tokio::test]
async fn refusals_are_the_recorded_ones() {
    let sts = start(RootAccessManagement::Enabled).await;
    let target = "400 ValidationError: Request must contain a valid target principal";
    let task = "400 ValidationError: Request must contain valid AWS managed task policy ARN";
    let other = [
        ("TargetPrincipal", MEMBER),
        ("TaskPolicyArn.arn", "arn:aws:iam::aws:policy/AdministratorAccess"),
    ];
    let denied = |user: &str, account: &str| {
        format!(
            "403 AccessDenied: User: arn:aws:iam::111122223333:user/{user} is not authorized to perform: sts:AssumeRoot on resource: arn:aws:iam::{account}:root"
        )
    };
    check(
        &sts,
        &[
            ("admin", assume(MEMBER, AUDIT), "200"),
            ("admin", assume(ROOT, AUDIT), "200"),
            ("admin", assume("arn:aws:iam::444455556666:user/alice", AUDIT), target),
            ("admin", assume("111122223333x", AUDIT), target),
            ("admin", call("AssumeRoot", &other), task),
            ("guest", assume(MEMBER, AUDIT), &denied("guest", MEMBER)),
            ("denied", assume(MEMBER, AUDIT), &denied("denied", MEMBER)),
            ("admin", assume("777788889999", AUDIT), &denied("admin", "777788889999")),
            ("admin", assume("111122223333", AUDIT), &denied("admin", "111122223333")),
            (
                "admin",
                call("AssumeRoot", &[("TargetPrincipal", MEMBER)]),
                "400 ValidationError: 1 validation error detected: Value null at 'taskPolicyArn' failed to satisfy constraint: Member must not be null",
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn each_task_needs_its_own_feature() {
    use RootAccessManagement::{CredentialsOnly, Disabled, Enabled, NoFeature, SessionsOnly};
    let credentials = "403 AccessDenied: Root credentials management feature is not enabled for your AWS Organization.";
    let sessions =
        "403 AccessDenied: Root sessions feature is not enabled for your AWS Organization.";
    let denied = "403 AccessDenied: User: arn:aws:iam::111122223333:user/admin is not authorized to perform: sts:AssumeRoot on resource: arn:aws:iam::444455556666:root";
    for (features, of_credentials, of_sessions) in [
        (Enabled, "200", "200"),
        (CredentialsOnly, "200", sessions),
        (SessionsOnly, credentials, "200"),
        (NoFeature, credentials, sessions),
        (Disabled, denied, denied),
    ] {
        let sts = start(features).await;
        for (task, wanted) in [
            (AUDIT, of_credentials),
            ("IAMCreateRootUserPassword", of_credentials),
            ("IAMDeleteRootUserCredentials", of_credentials),
            ("S3UnlockBucketPolicy", of_sessions),
            ("SQSUnlockQueuePolicy", of_sessions),
        ] {
            let answer = ask(&sts, &credentials_of("admin"), assume(MEMBER, task)).await;
            assert_eq!(said(&answer), wanted, "{features:?} {task}");
        }
    }
}

#[tokio::test]
async fn the_session_is_the_root_user_of_the_member() {
    let sts = start(RootAccessManagement::Enabled).await;
    let session = ask(&sts, &credentials_of("admin"), assume(MEMBER, AUDIT)).await.credentials();

    let caller = ask(&sts, &session, call("GetCallerIdentity", &[])).await;

    assert_eq!((caller.text("UserId"), caller.text("Account")), ("444455556666", "444455556666"));
    assert_eq!(caller.text("Arn"), "arn:aws:iam::444455556666:root");
    // The task allows nothing else, and no policy of the root user could.
    let other = ask(&sts, &session, call("GetSessionToken", &[])).await;
    assert_eq!(other.status, 403, "{}", other.body);
}
