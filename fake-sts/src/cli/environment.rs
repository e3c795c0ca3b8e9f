use std::fmt::Write as _;

use fake_sts::FakeSts;

/// The lines to paste into a shell, so that its AWS clients talk to this fake as the first user who has a key.
pub(super) fn of(sts: &FakeSts) -> String {
    let world = sts.world();
    let mut text = format!("export AWS_ENDPOINT_URL_STS={}\n", sts.uri());
    // Some clients read the one, some the other.
    text.push_str("export AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1\n");
    let users = world.accounts.iter().flat_map(|account| &account.users);
    if let Some(key) = users.flat_map(|user| &user.access_keys).next() {
        let _ = writeln!(
            text,
            "export AWS_ACCESS_KEY_ID={}\nexport AWS_SECRET_ACCESS_KEY={}",
            key.id,
            quoted(&key.secret)
        );
        text.push_str("unset AWS_SESSION_TOKEN AWS_PROFILE\n");
    }
    text
}

/// A text that a shell reads as one word.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
