//! Pages in a developer's browser can send requests to a fake on this machine. The control API is closed to them, on every route.

use fake_sts::FakeSts;
use http::{HeaderName, HeaderValue, Method};

use super::openapi::description;
use super::{read, side};
use crate::client::{Answer, control, send};

/// Method and path of every route that knows or changes something, from the description that is held against the table of routes.
fn routes() -> Vec<(Method, String)> {
    let description = description();
    let mut routes = Vec::new();
    for (path, methods) in description["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            if operation["security"].as_array().is_none_or(|security| !security.is_empty()) {
                let path =
                    path.trim_start_matches('/').replace("{id}", "1").replace("{serial}", "x");
                routes.push((method.to_uppercase().parse().unwrap(), path));
            }
        }
    }
    assert!(routes.len() >= 18, "{routes:?}");
    routes
}

async fn with(
    sts: &FakeSts,
    method: &Method,
    path: &str,
    body: &str,
    headers: &[(&str, &str)],
) -> Answer {
    let mut request = control(method.clone(), path, body).unsigned(sts);
    for (name, value) in headers {
        let name = HeaderName::try_from(*name).unwrap();
        request.headers_mut().insert(name, HeaderValue::try_from(*value).unwrap());
    }
    send(sts, request).await
}

#[tokio::test]
async fn no_route_serves_a_page_of_another_origin() {
    let sts = FakeSts::start().await;
    let before = side(&sts, Method::GET, "state", "").await.body;
    for (method, path) in routes() {
        for (name, value) in [
            ("origin", "http://evil.example"),
            ("origin", "null"),
            ("origin", "http://localhost"),
            ("origin", "http://localhost:1"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            let answer = with(&sts, &method, &path, "", &[(name, value)]).await;

            assert_eq!(answer.status, 403, "{method} {path} with {name}: {value}");
            assert!(read(&answer)["error"].as_str().unwrap().contains("control API refuses"));
        }
    }

    assert_eq!(side(&sts, Method::GET, "state", "").await.body, before);
    assert_eq!(sts.faults().list().len(), 0);
}

/// With DNS rebinding a page is of the same origin as what it asks, but under its own name.
#[tokio::test]
async fn no_route_is_served_under_the_name_of_another_machine() {
    let sts = FakeSts::start().await;
    let port = sts.address().unwrap().port();
    let status = async |host: String, method: &Method, path: &str| {
        with(&sts, method, path, "", &[("host", &host)]).await.status
    };
    for (method, path) in routes() {
        for host in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "evillocalhost",
            "@",
        ] {
            assert_eq!(
                status(format!("{host}:{port}"), &method, &path).await,
                403,
                "{method} {path}: {host}"
            );
        }
    }

    for host in [
        "localhost",
        "LocalHost",
        "fake.localhost",
        "localhost.",
        "127.0.0.1",
        "127.1.2.3",
        "[::1]",
        "10.0.0.1",
    ] {
        assert_eq!(status(format!("{host}:{port}"), &Method::GET, "calls").await, 200, "{host}");
    }
    let own = format!("http://localhost:{port}");
    let same_origin = [
        ("host", own.trim_start_matches("http://")),
        ("origin", &own),
        ("sec-fetch-site", "same-origin"),
    ];
    assert_eq!(with(&sts, &Method::GET, "calls", "", &same_origin).await.status, 200);
}

#[tokio::test]
async fn with_a_control_token_any_name_will_do_but_no_page() {
    let sts = FakeSts::builder().control_token("s3cret").start().await.unwrap();
    let bearer = ("authorization", "Bearer s3cret");

    let elsewhere =
        with(&sts, &Method::GET, "calls", "", &[bearer, ("host", "sts.internal")]).await;
    let page =
        with(&sts, &Method::GET, "calls", "", &[bearer, ("origin", "http://a.example")]).await;

    assert_eq!((elsewhere.status, page.status), (200, 403));
}

#[tokio::test]
async fn no_route_takes_a_body_that_is_not_declared_as_json() {
    let sts = FakeSts::start().await;
    for (method, path) in routes() {
        for media_type in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=a",
            "",
            "application/jsonp",
        ] {
            let answer = with(&sts, &method, &path, "{}", &[("content-type", media_type)]).await;

            assert_eq!(answer.status, 415, "{method} {path} with {media_type:?}");
            assert!(read(&answer)["error"].as_str().unwrap().contains("application/json"));
        }
    }

    for media_type in
        ["application/json", "Application/JSON; charset=utf-8", "application/merge-patch+json"]
    {
        let answer =
            with(&sts, &Method::PATCH, "state", "{}", &[("content-type", media_type)]).await;
        assert_eq!(answer.status, 200, "{media_type}");
    }
}
