use stscreds_core::{Error, ErrorKind};

/// The value of an environment variable without white space around it; an empty one
/// counts as not set.
///
/// # Errors
///
/// Naming the variable if it is not UTF-8 or has a line break or another control
/// character in it.
pub(crate) fn variable(name: &str) -> Result<Option<String>, Error> {
    #[expect(clippy::disallowed_methods, reason = "the one reader of the environment")]
    let value = std::env::var_os(name);
    let refused = |fault: &str| {
        Error::new(
            ErrorKind::InvalidConfiguration,
            format!("the environment variable {name} {fault}"),
        )
    };
    let Some(value) = value else { return Ok(None) };
    let value = value.into_string().map_err(|_value| refused("is not UTF-8"))?;
    let value = value.trim();
    if value.chars().any(char::is_control) {
        return Err(refused("has a line break or another control character in it"));
    }
    Ok(Some(value).filter(|value| !value.is_empty()).map(str::to_owned))
}
