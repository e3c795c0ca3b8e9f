use std::path::PathBuf;

/// A service account, and the file that its token is kept in.
#[derive(Clone, Debug)]
pub(super) struct ServiceAccount {
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) file: PathBuf,
}

/// Reads what `--token-file` is given.
pub(super) fn parse(text: &str) -> Result<ServiceAccount, &'static str> {
    let wanted = "write NAMESPACE/SERVICE-ACCOUNT=FILE";
    let (account, file) = text.split_once('=').ok_or(wanted)?;
    let (namespace, name) = account.split_once('/').ok_or(wanted)?;
    if namespace.is_empty() || name.is_empty() || file.is_empty() {
        return Err(wanted);
    }
    Ok(ServiceAccount { namespace: namespace.to_owned(), name: name.to_owned(), file: file.into() })
}
