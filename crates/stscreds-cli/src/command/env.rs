use stscreds::aws_sdk::Environment;

use super::resolve;
use crate::arguments::Env;
use crate::failure::Failure;
use crate::journey::Sources;
use crate::notes::{Notes, print};
use crate::shell::Format;
use crate::variables::{REMOVED, Variables};

/// Prints the lines that a shell evaluates. On failure they remove what is there: with
/// the credentials of another profile, the next command would act in the wrong account.
pub(super) fn run(env: &Env, notes: &Notes) -> Result<(), Failure> {
    let environment = Environment::of_this_process();
    let form = if notes.json() { Some(Format::Json) } else { env.format };
    let form = form.unwrap_or_else(|| Format::of(&environment));
    let masks = environment.get("GITHUB_ACTIONS") == Some("true");
    let outcome = Sources::read(environment).and_then(|sources| {
        let resolved = resolve(&sources, &env.common, notes)?;
        let region = resolved.journey.region.as_deref();
        let variables = Variables::of(&resolved.credentials, region);
        let lines = form.lines(&variables.lines())?;
        if masks {
            // On standard error too, GitHub reads commands; standard output is evaluated.
            Notes::mask(variables.values().filter(|(name, _)| is_secret(name)).map(|(_, v)| v));
        }
        Ok(lines)
    });
    match outcome {
        Ok(lines) => print(lines.expose()),
        Err(failure) => {
            print(&form.failure(REMOVED))?;
            Err(failure)
        }
    }
}

fn is_secret(name: &str) -> bool {
    name == "AWS_SECRET_ACCESS_KEY" || name == "AWS_SESSION_TOKEN"
}
