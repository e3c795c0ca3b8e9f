use std::fmt;

use zeroize::Zeroizing;

/// A text that must not be seen: wiped from memory on drop, masked in `Debug`.
///
/// It has no `Display`, no `Serialize` and no `PartialEq`, so that it reaches no
/// log and no comparison by accident; [`expose`](Self::expose) is its one reader.
/// What was copied out of it, and the text it was made from if that was
/// borrowed, is the caller's to wipe.
///
/// ```
/// use stscreds_core::SecretString;
///
/// let secret = SecretString::from("wJalrXUtnFEMI");
///
/// assert_eq!(format!("{secret:?}"), "**redacted**");
/// assert_eq!(secret.expose(), "wJalrXUtnFEMI");
/// ```
///
/// ```compile_fail
/// # use stscreds_core::SecretString;
/// println!("{}", SecretString::from("wJalrXUtnFEMI"));
/// ```
#[derive(Clone)]
pub struct SecretString(Zeroizing<String>);

impl SecretString {
    /// The text itself, for the one place that signs or sends it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for SecretString {
    fn from(text: String) -> Self {
        // Kept as it came: a conversion to `Box<str>` could reallocate and leave the old copy unwiped.
        Self(Zeroizing::new(text))
    }
}

impl From<&str> for SecretString {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl fmt::Debug for SecretString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("**redacted**")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_the_mask_and_nothing_of_the_text() {
        let secret = SecretString::from("hunter2");

        let shown = format!("{secret:?} {secret:#?} {:?}", Some(&secret));

        assert!(shown.contains("**redacted**"));
        assert!(!shown.contains("hunter2"));
    }
}
