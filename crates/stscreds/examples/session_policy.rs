//! An inline session policy: the session may read from S3 and nothing else, whatever the
//! role may do.

#![allow(clippy::print_stdout, reason = "an example speaks")]

#[path = "embedded/fake.rs"]
mod fake;

use stscreds::{AssumeRoleProvider, CredentialsProvider, ErrorKind, StsClient};

use fake::{Outcome, PLAIN};

const NEXT: &str = "arn:aws:iam::111122223333:role/next";

#[tokio::main]
async fn main() -> Outcome {
    let (_fake, sdk_config) = fake::start().await;
    let read_s3 = r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "*"}]}"#;

    let plain = || {
        Ok::<_, stscreds::Error>(AssumeRoleProvider::builder(
            StsClient::new(&sdk_config),
            PLAIN.parse()?,
        ))
    };
    let all_of_the_role = plain()?.build();
    let s3_only = plain()?.policy(read_s3.parse()?).build();

    // The role itself may assume the next one; a session that is cut down to S3 may not.
    let next = |source| -> Result<_, stscreds::Error> {
        let sts = StsClient::signed_by(&sdk_config, source);
        Ok(AssumeRoleProvider::builder(sts, NEXT.parse()?).build())
    };
    next(all_of_the_role)?.credentials().await?;
    println!("without a policy, the session may assume the next role");
    let error = next(s3_only)?.credentials().await.err().ok_or("this should have been denied")?;
    println!("with it: {error}");
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    Ok(())
}
