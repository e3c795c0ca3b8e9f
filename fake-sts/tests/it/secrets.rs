//! Secrets, tokens and codes reach no journal, no log and no error.

use fake_sts::FakeSts;
use fake_sts::world::World;

use crate::client::{ALICE, ALICE_MFA, ask, call, get, keys, send};

#[tokio::test]
async fn nothing_that_proves_something_is_written_down() {
    let sts = FakeSts::start().await;
    let code = sts.totp_code(ALICE_MFA).unwrap();
    let mfa = [("SerialNumber", ALICE_MFA), ("TokenCode", code.as_str())];
    let first = ask(&sts, &keys(ALICE), call("GetSessionToken", &mfa)).await;
    let session = first.credentials();
    let token = sts.issuer().token().subject("somebody").mint();
    let web = [
        ("RoleArn", "arn:aws:iam::111122223333:role/web"),
        ("RoleSessionName", "run"),
        ("WebIdentityToken", token.as_str()),
    ];
    let web = send(&sts, call("AssumeRoleWithWebIdentity", &web).unsigned(&sts)).await;
    let refused = send(
        &sts,
        call("AssumeRoleWithWebIdentity", &[("WebIdentityToken", token.as_str())]).unsigned(&sts),
    )
    .await;
    ask(&sts, &session, get("GetCallerIdentity", &[])).await;
    send(&sts, get("GetCallerIdentity", &[]).presigned(&sts, &session)).await;
    let padded = format!("{code}7");
    let malformed =
        ask(&sts, &keys(ALICE), call("GetSessionToken", &[mfa[0], ("TokenCode", &padded)])).await;
    let calls = send(&sts, get("", &[]).target("/_fake-sts/calls").unsigned(&sts)).await.body;

    let mut written = format!("{calls}{:?}{sts:?}{:?}{}", sts.journal(), sts.world(), refused.body);
    for call in sts.journal().calls() {
        written += &format!("{call}{call:?}{}", call.explanation());
    }

    assert_eq!((first.status, web.status, refused.status), (200, 200, 400));
    let seed = World::standard().accounts[0].users[0].mfa_devices[0].seed.clone().unwrap();
    let web_session = web.credentials();
    let planted = [
        ("secret", ALICE.1),
        ("seed", seed.as_str()),
        ("code", &format!("\"{code}\"")),
        ("malformed code", &padded),
        ("session secret", session.secret_access_key()),
        ("session token", &session.session_token().unwrap()[..60]),
        ("web session token", &web_session.session_token().unwrap()[..60]),
        ("identity token", &token[..60]),
        ("signature of an identity token", token.rsplit('.').next().unwrap()),
    ];
    for (name, value) in planted {
        assert!(!written.contains(value), "the {name} is written down");
    }
    assert!(written.contains("** redacted **"));
    assert_eq!(sts.journal().total(), 6);
    // The caller gets to see what the service would show.
    assert!(malformed.text("Message").contains(&padded));
}
