use http::Method;

use super::key;
use crate::resource::fault::Fault;
use crate::resource::visit::Visit;
use crate::resource::wanted::Wanted;

/// A request to the object store, read from method, path and query.
pub(super) struct Request {
    pub(super) task: Task,
    /// Empty for the list of buckets.
    pub(super) bucket: String,
    /// Empty for requests about a bucket.
    pub(super) key: String,
    query: Vec<(String, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Task {
    ListBuckets,
    CreateBucket,
    DeleteBucket,
    HeadBucket,
    BucketLocation,
    ListObjects,
    /// Also for HEAD, which asks for the same without the bytes.
    GetObject,
    PutObject,
    CopyObject,
    DeleteObject,
    DeleteObjects,
    Unknown,
}

impl Request {
    pub(super) fn read(visit: &Visit<'_>) -> Result<Self, Fault> {
        let (place, parts) = (visit.place, visit.parts);
        let path = place.path.strip_prefix('/').unwrap_or_default();
        let (bucket, object) = match &place.bucket {
            Some(bucket) => (bucket.as_str(), path),
            None => path.split_once('/').unwrap_or((path, "")),
        };
        if !bucket.is_empty() && !is_bucket(bucket) {
            return Err(Fault::new(400, "InvalidBucketName", "The specified bucket is not valid."));
        }
        let key = key::decoded(object).filter(|key| key.len() <= KEY_LIMIT);
        let key = key.ok_or_else(|| {
            Fault::new(400, "KeyTooLongError", "Your key is too long, or is not UTF-8.")
        })?;
        let query = parts.uri.query().unwrap_or_default();
        let query = form_urlencoded::parse(query.as_bytes())
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect::<Vec<_>>();
        let mut request = Self { task: Task::Unknown, bucket: bucket.to_owned(), key, query };
        request.task = request.task(&parts.method, parts.headers.contains_key(COPY_SOURCE));
        Ok(request)
    }

    /// A parameter of the query.
    pub(super) fn parameter(&self, wanted: &str) -> Option<&str> {
        self.query.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
    }

    fn task(&self, method: &Method, is_copy: bool) -> Task {
        // Signers, SDKs and listings have parameters of their own; every other one asks for something that is not here.
        let asks = self.query.iter().map(|(name, _)| name.as_str()).find(|name| {
            !name.starts_with("X-Amz-") && !name.starts_with("response-") && !PLAIN.contains(name)
        });
        match (method, asks, self.bucket.is_empty(), self.key.is_empty()) {
            (&Method::GET, None, true, _) => Task::ListBuckets,
            (&Method::GET, None, false, true) => Task::ListObjects,
            (&Method::GET, Some("location"), false, true) => Task::BucketLocation,
            (&Method::HEAD, None, false, true) => Task::HeadBucket,
            (&Method::PUT, None, false, true) => Task::CreateBucket,
            (&Method::DELETE, None, false, true) => Task::DeleteBucket,
            (&Method::POST, Some("delete"), false, true) => Task::DeleteObjects,
            (&Method::GET | &Method::HEAD, None, false, false) => Task::GetObject,
            (&Method::PUT, None, false, false) if is_copy => Task::CopyObject,
            (&Method::PUT, None, false, false) => Task::PutObject,
            (&Method::DELETE, None, false, false) => Task::DeleteObject,
            _ => Task::Unknown,
        }
    }

    /// The action that policies know. Nothing for what is judged object by object, and for what is not here.
    ///
    /// See [the actions of S3](https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html).
    pub(super) fn wanted(&self) -> Option<Wanted> {
        let bucket = || bucket_arn(&self.bucket);
        let object = || object_arn(&self.bucket, &self.key);
        Some(match self.task {
            Task::ListBuckets => Wanted::new("s3:ListAllMyBuckets", "*"),
            Task::CreateBucket => Wanted::new("s3:CreateBucket", bucket()),
            Task::DeleteBucket => Wanted::new("s3:DeleteBucket", bucket()),
            Task::HeadBucket => Wanted::new("s3:ListBucket", bucket()),
            Task::BucketLocation => Wanted::new("s3:GetBucketLocation", bucket()),
            Task::ListObjects => {
                let parameter = |name| self.parameter(name).map(str::to_owned);
                Wanted::new("s3:ListBucket", bucket())
                    .with("s3:prefix", parameter("prefix"))
                    .with("s3:delimiter", parameter("delimiter"))
                    .with("s3:max-keys", parameter("max-keys"))
            }
            Task::GetObject => Wanted::new("s3:GetObject", object()),
            Task::PutObject | Task::CopyObject => Wanted::new("s3:PutObject", object()),
            Task::DeleteObject => Wanted::new("s3:DeleteObject", object()),
            Task::DeleteObjects | Task::Unknown => return None,
        })
    }
}

pub(super) fn bucket_arn(bucket: &str) -> String {
    format!("arn:aws:s3:::{bucket}")
}

pub(super) fn object_arn(bucket: &str, key: &str) -> String {
    format!("arn:aws:s3:::{bucket}/{key}")
}

/// The header of a copy: bucket and key to copy from.
pub(super) const COPY_SOURCE: &str = "x-amz-copy-source";

/// The longest key, in bytes.
const KEY_LIMIT: usize = 1024;

/// Parameters of the query that do not change what is asked for.
const PLAIN: [&str; 10] = [
    "continuation-token",
    "delimiter",
    "encoding-type",
    "fetch-owner",
    "list-type",
    "marker",
    "max-keys",
    "prefix",
    "start-after",
    // The name of the operation, which some SDKs add.
    "x-id",
];

/// See [the rules for names](https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html).
fn is_bucket(name: &str) -> bool {
    let is_part = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.')
    };
    (3..=63).contains(&name.len()) && name.bytes().all(is_part)
}
