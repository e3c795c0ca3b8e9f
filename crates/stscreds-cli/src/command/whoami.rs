use serde_json::json;
use stscreds::provider::CallerIdentityClient;

use super::{block_on, resolve, sources};
use crate::arguments::Common;
use crate::failure::{Failure, Shown};
use crate::journey::Sources;
use crate::notes::{Notes, print};
use crate::sts::Sts;

/// Asks STS who the credentials belong to. Long-term keys are not handed out by that, so
/// they may be asked for directly.
pub(super) fn run(common: &Common, notes: &Notes) -> Result<(), Failure> {
    let sources: Sources = sources()?;
    let mut common = common.clone();
    common.options.allow_long_term = true;
    let resolved = resolve(&sources, &common, notes)?;
    let journey = &resolved.journey;
    let sts = Sts::of(&journey.loader)?;
    sts.demand_region()?;
    let client = sts.signed_by(&resolved.credentials);
    let identity = block_on(async {
        let identity = client.caller_identity().await;
        identity.map_err(|error| Failure::of_call(&error, &journey.endpoint_shown()))
    })?;
    let expiry = resolved.credentials.expires_at().map(|expiry| expiry.to_string());
    if notes.json() {
        let object = json!({
            "Account": identity.account(), "Arn": identity.arn(), "UserId": identity.user_id(),
            "Profile": journey.profile, "Expiration": expiry,
        });
        return print(&format!("{object}\n"));
    }
    let expiry = expiry.unwrap_or_else(|| "not known".to_owned());
    print(&format!(
        "{}\naccount {}, profile {}, valid until {expiry}\n",
        identity.arn(),
        identity.account(),
        Shown(&journey.profile),
    ))
}
