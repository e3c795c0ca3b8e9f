use stscreds::aws_sdk::{Environment, ProfileFile, ProfileLoader, Profiles};
use stscreds::{CredentialsProvider, ErrorKind, MfaCode};

use crate::markdown::{Block, blocks_of, root};

/// The files of the page load, and lead as far as the role, which nobody has made.
#[tokio::test]
async fn the_profile_of_the_page_is_a_profile() {
    let blocks = blocks_of(&root().join("docs/profiles.md"));
    let files: Vec<&Block> = blocks.iter().filter(|block| block.is_of("ini")).collect();
    let [config, credentials] = files[..] else { panic!("{files:?}") };
    let config = ProfileFile::new("~/.aws/config", config.text.as_str());
    let credentials = ProfileFile::new("~/.aws/credentials", credentials.text.as_str());
    let fake = fake_sts::FakeSts::builder().without_socket().unwrap();

    let deploy = ProfileLoader::new(
        Profiles::parse(Some(&config), Some(&credentials)).unwrap(),
        Environment::default(),
    )
    .profile("deploy")
    .mfa(MfaCode::parse(fake.totp_code("arn:aws:iam::111122223333:mfa/alice").unwrap()).unwrap())
    .load(&fake.sdk_config())
    .unwrap();
    let refused = deploy.credentials().await.unwrap_err();

    assert_eq!(refused.kind(), ErrorKind::AccessDenied);
    let call = &fake.journal().calls()[0];
    assert_eq!(call.caller.as_deref(), Some("arn:aws:iam::111122223333:user/alice"));
    assert_eq!(call.parameter("DurationSeconds"), Some("3600"));
}
