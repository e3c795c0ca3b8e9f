//! AWS's own signer, the oracle of this one.

use std::time::{Duration, SystemTime};

use aws_sigv4::http_request::{
    SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign,
};
use aws_sigv4::sign::v4;
use proptest::prelude::{Strategy, any, prop, proptest};
use stscreds_core::{Credentials, Timestamp};

use super::{Scope, Unsigned, authorization, presigned_query};

#[derive(Debug, Clone)]
struct Request {
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    region: String,
    secret: String,
    token: Option<String>,
    seconds: i64,
}

fn requests() -> impl Strategy<Value = Request> {
    let path = "(/[a-zA-Z0-9._~%@:=+ é-]{0,8}){1,4}";
    let query = prop::collection::vec(("[a-zA-Z0-9._~-]{1,6}", "[ -~]{0,12}"), 0..4);
    let names =
        prop::collection::btree_map("x-[a-z][a-z0-9-]{0,8}[a-z]", "[!-~]([ -~]{0,14}[!-~])?", 0..4);
    let body = prop::collection::vec(any::<u8>(), 0..64);
    let words = ("[a-z]{2}-[a-z]{2,8}-[1-9]", "[ -~]{1,80}", prop::option::of("[!-~]{1,60}"));
    (path, query, names, body, words, 0_i64..4_000_000_000).prop_map(
        |(path, query, headers, body, (region, secret, token), seconds)| {
            let encoded = |text: &str| {
                let mut result = String::new();
                super::encoded_into(&mut result, text.as_bytes());
                result
            };
            let path = path.split('/').map(encoded).collect::<Vec<_>>().join("/");
            let query: Vec<_> =
                query.iter().map(|(n, v)| format!("{}={}", encoded(n), encoded(v))).collect();
            Request {
                path,
                query: query.join("&"),
                headers: headers.into_iter().collect(),
                body,
                region,
                secret,
                token,
                seconds,
            }
        },
    )
}

impl Request {
    fn at(&self) -> Timestamp {
        Timestamp::from_unix_seconds(self.seconds)
    }

    fn credentials(&self) -> Credentials {
        let builder = Credentials::builder("AKIDEXAMPLE", self.secret.as_str());
        match &self.token {
            Some(token) => builder.session_token(token.as_str()).build(),
            None => builder.build(),
        }
    }

    fn headers(&self) -> Vec<(&str, &str)> {
        let own = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        [("host", "sts.example")].into_iter().chain(own).collect()
    }

    /// What AWS's signer adds: headers, or parameters of the query.
    fn by_aws(&self, settings: SigningSettings) -> Vec<(String, String)> {
        let token = self.token.clone();
        let credentials = aws_credential_types::Credentials::new(
            "AKIDEXAMPLE",
            &self.secret,
            token,
            None,
            "test",
        );
        let identity = credentials.into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name("sts")
            .time(SystemTime::from(self.at()))
            .settings(settings)
            .build()
            .unwrap();
        let uri = format!("https://sts.example{}?{}", self.path, self.query);
        let headers = self.headers();
        let body = SignableBody::Bytes(&self.body);
        let request = SignableRequest::new("POST", uri, headers.into_iter(), body).unwrap();
        let (instructions, _) = sign(request, &parameters.into()).unwrap().into_parts();
        let (headers, query) = instructions.into_parts();
        let headers = headers.into_iter().map(|h| (h.name().to_owned(), h.value().to_owned()));
        headers.chain(query.into_iter().map(|(n, v)| (n.to_owned(), v.into_owned()))).collect()
    }
}

fn value<'a>(added: &'a [(String, String)], name: &str) -> &'a str {
    &added.iter().find(|(known, _)| known == name).unwrap().1
}

proptest! {
    #[test]
    fn a_header_is_what_aws_makes_it(request in requests()) {
        let scope = Scope::new(&request.region, "sts", request.at());
        let mut headers = request.headers();
        headers.push(("x-amz-date", scope.instant()));
        if let Some(token) = &request.token {
            headers.push(("x-amz-security-token", token));
        }
        let unsigned = Unsigned {
            method: "POST",
            path: &request.path,
            query: &request.query,
            headers: &headers,
            body: &request.body,
        };

        let ours = authorization(&unsigned, &scope, &request.credentials());

        assert_eq!(ours, value(&request.by_aws(SigningSettings::default()), "authorization"));
    }

    #[test]
    fn a_presigned_query_is_what_aws_makes_it(request in requests(), expires in 1_u64..604_800) {
        let mut settings = SigningSettings::default();
        settings.signature_location = SignatureLocation::QueryParams;
        settings.expires_in = Some(Duration::from_secs(expires));
        let scope = Scope::new(&request.region, "sts", request.at());
        let unsigned = Unsigned {
            method: "POST",
            path: &request.path,
            query: &request.query,
            headers: &request.headers(),
            body: &request.body,
        };

        let expires = Duration::from_secs(expires);
        let ours = presigned_query(&unsigned, &scope, &request.credentials(), expires);

        let signature = value(&request.by_aws(settings), "X-Amz-Signature").to_owned();
        assert!(ours.ends_with(&format!("&X-Amz-Signature={signature}")), "{ours:?}");
    }
}
