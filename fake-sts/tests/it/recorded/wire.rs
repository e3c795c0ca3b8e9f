//! Headers: recording `service_management_events`.

use fake_sts::FakeSts;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The names of the headers of a response, in the order of the wire.
async fn headers(sts: &FakeSts, request: &str) -> Vec<String> {
    let mut stream = TcpStream::connect(sts.address().unwrap()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    let (head, _) = response.split_once("\r\n\r\n").unwrap();
    let lines = head.lines().skip(1).filter_map(|line| line.split_once(": "));
    lines.map(|(name, _)| name.to_ascii_lowercase()).collect()
}

/// The case of the names is that of the HTTP library: it knows lower case and `Title-Case`, in which clients would take names of metadata of the
/// object store. The extended request id, beside the other id, was recorded elsewhere.
#[tokio::test]
async fn headers_are_in_the_order_of_aws() {
    let sts = FakeSts::start().await;
    for action in ["GetCallerIdentity", "Nothing"] {
        let request = format!(
            "GET /?Action={action}&Version=2011-06-15 HTTP/1.1\r\nHost: sts.amazonaws.com\r\nConnection: close\r\n\r\n"
        );
        let mut names = headers(&sts, &request).await;
        names.retain(|name| name != "x-amz-sts-extended-request-id" && name != "connection");
        assert_eq!(names, ["x-amzn-requestid", "content-type", "content-length", "date"]);
    }
}
