use http::{HeaderMap, header};

/// Where a request for another service than STS goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The signing name of the service.
    pub(super) service: String,
    /// The bucket, where it is in the name of the host.
    pub(super) bucket: Option<String>,
    /// What of the path is about the resource, undecoded; empty or with a slash at the beginning.
    pub(super) path: String,
}

/// The path below which the services are.
const BELOW: &str = "/_fake-sts/resource/";

impl Place {
    /// The place of a path such as `/_fake-sts/resource/s3/bucket/key`.
    pub(crate) fn of_path(path: &str) -> Option<Self> {
        let rest = path.strip_prefix(BELOW)?;
        let end = rest.find('/').unwrap_or(rest.len());
        let (service, path) = rest.split_at(end);
        is_service(service).then(|| Self {
            service: service.to_owned(),
            bucket: None,
            path: path.to_owned(),
        })
    }

    /// The place of a host that is one of S3: `s3.localhost` and `s3.<region>.amazonaws.com`, with a bucket in front or without.
    pub(crate) fn of_host(headers: &HeaderMap, path: &str) -> Option<Self> {
        let host = headers.get(header::HOST)?.to_str().ok()?.to_ascii_lowercase();
        let name = host.split(':').next().unwrap_or_default();
        let name = name.strip_suffix(".localhost").or_else(|| without_domain(name))?;
        let bucket = match name.strip_suffix("s3")? {
            "" => None,
            bucket => Some(bucket.strip_suffix('.').filter(|bucket| !bucket.is_empty())?),
        };
        // Below `/_fake-sts` is the control API, whatever the name of the host.
        (!path.starts_with("/_fake-sts")).then(|| Self {
            service: "s3".to_owned(),
            bucket: bucket.map(str::to_owned),
            path: path.to_owned(),
        })
    }

    pub(super) fn is_s3(&self) -> bool {
        self.service == "s3"
    }
}

/// A name of AWS up to and including the service, without region and domain.
fn without_domain(name: &str) -> Option<&str> {
    let name = name.strip_suffix(".amazonaws.com")?;
    if name == "s3" || name.ends_with(".s3") {
        return Some(name);
    }
    name.rsplit_once('.').map(|(service, _)| service)
}

fn is_service(name: &str) -> bool {
    let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=64).contains(&name.len()) && name.bytes().all(is_name)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn place(service: &str, bucket: Option<&str>, path: &str) -> Option<Place> {
        let (service, bucket, path) =
            (service.to_owned(), bucket.map(str::to_owned), path.to_owned());
        Some(Place { service, bucket, path })
    }

    #[test]
    fn a_path_names_the_service() {
        let of = Place::of_path;
        assert_eq!(of("/_fake-sts/resource/s3/a/b"), place("s3", None, "/a/b"));
        assert_eq!(of("/_fake-sts/resource/s3"), place("s3", None, ""));
        assert_eq!(of("/_fake-sts/resource/execute-api/"), place("execute-api", None, "/"));
        assert_eq!(of("/_fake-sts/resource/"), None);
        assert_eq!(of("/_fake-sts/resource/S3!/"), None);
        assert_eq!(of("/"), None);
    }

    #[test]
    fn a_host_can_name_s3_and_the_bucket() {
        let of = |host: &str| {
            let headers =
                HeaderMap::from_iter([(header::HOST, HeaderValue::from_str(host).unwrap())]);
            Place::of_host(&headers, "/k")
        };
        let logs = place("s3", Some("logs"), "/k");
        assert_eq!(of("s3.localhost:4566"), place("s3", None, "/k"));
        assert_eq!(of("logs.s3.localhost"), logs);
        assert_eq!(of("logs.s3.eu-central-1.amazonaws.com"), logs);
        assert_eq!(of("logs.s3.amazonaws.com"), logs);
        assert_eq!(of("s3.eu-central-1.amazonaws.com"), place("s3", None, "/k"));
        assert_eq!(of("a.b.S3.localhost"), place("s3", Some("a.b"), "/k"));
        for other in
            ["localhost", "127.0.0.1:80", "sts.eu-central-1.amazonaws.com", "xs3.localhost", "logs"]
        {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
