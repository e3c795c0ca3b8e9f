use fake_sts::endpoints::Endpoint;

/// Reads what `--serve` is given.
pub(super) fn parse(text: &str) -> Result<Endpoint, String> {
    let example = "write container=ROLE, pod-identity=ROLE or imds=ROLE";
    let (kind, role) = text.split_once('=').ok_or(example)?;
    match kind {
        _ if role.is_empty() => Err(format!("no role; {example}")),
        "container" => Ok(Endpoint::container(role)),
        "pod-identity" => Ok(Endpoint::pod_identity(role)),
        "imds" => Ok(Endpoint::instance_metadata(role)),
        _ => Err(format!("there is no endpoint {kind:?}; {example}")),
    }
}
