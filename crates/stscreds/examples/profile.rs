//! A profile with `source_profile` and `mfa_serial`, as the AWS CLI has them: the code is
//! asked for where you say.

#![allow(clippy::print_stdout, reason = "an example speaks")]

#[path = "embedded/fake.rs"]
mod fake;

use fake::{ALICES_DEVICE, Outcome};
use stscreds::aws_sdk::{Environment, ProfileFile, ProfileLoader, Profiles};
use stscreds::provider::CallerIdentityClient;
use stscreds::{MfaCode, SdkCache, StsClient};

const CONFIG: &str = "
[profile deploy]
role_arn = arn:aws:iam::111122223333:role/mfa
source_profile = alice
mfa_serial = arn:aws:iam::111122223333:mfa/alice
role_session_name = alice-deploys
duration_seconds = 1800
";

const CREDENTIALS: &str = "
[alice]
aws_access_key_id = AKIARTX3GSDSQALICE22
aws_secret_access_key = fake-sts/secret/of/alice/not/for/real/00
";

#[tokio::main]
async fn main() -> Outcome {
    let (fake, sdk_config) = fake::start().await;
    let code = fake.totp_code(ALICES_DEVICE)?;

    // `ProfileLoader::from_env()` reads the files of this machine.
    let config = ProfileFile::new("~/.aws/config", CONFIG);
    let credentials = ProfileFile::new("~/.aws/credentials", CREDENTIALS);
    let profiles = Profiles::parse(Some(&config), Some(&credentials))?;
    let deploy = ProfileLoader::new(profiles, Environment::default())
        .profile("deploy")
        .mfa(MfaCode::parse(code)?) // `MfaPrompt::new()` asks a person
        .load(&sdk_config)?;

    let sts = StsClient::signed_by(&sdk_config, SdkCache::new(deploy));
    let identity = sts.caller_identity().await?;
    println!("profile deploy is {}", identity.arn());
    assert!(identity.arn().ends_with(":assumed-role/mfa/alice-deploys"));
    Ok(())
}
