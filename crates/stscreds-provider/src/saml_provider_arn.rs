use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use stscreds_core::{Error, ErrorKind};

use crate::arn::{check_shape, excerpt};

/// The ARN of a SAML provider in IAM, such as
/// `arn:aws:iam::111122223333:saml-provider/Okta`.
///
/// The `PrincipalArn` of
/// [AssumeRoleWithSAML](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html),
/// checked for its form: 20 to 2,048 characters in the six parts of an ARN.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SamlProviderArn(Arc<str>);

impl SamlProviderArn {
    /// The ARN as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SamlProviderArn {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        check_shape(text).map_err(|fault| {
            let what = format!("the ARN {} of the SAML provider {fault}", excerpt(text));
            Error::new(ErrorKind::InvalidConfiguration, what)
        })?;
        Ok(Self(text.into()))
    }
}

impl fmt::Display for SamlProviderArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_not_the_form_of_an_arn_is_refused() {
        let right = "arn:aws:iam::111122223333:saml-provider/Okta";
        assert_eq!(right.parse::<SamlProviderArn>().unwrap().as_str(), right);

        for wrong in ["", "Okta", "saml-provider/OktaOktaOkta"] {
            let error = wrong.parse::<SamlProviderArn>().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidConfiguration);
        }
    }
}
