//! `AssumeRole` by one client, so often, and nothing else: for valgrind.
//! `sts_call <sdk|http> <address> <times>`, against `sts_call serve` in another process.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it talks to what started it")]

use std::process::ExitCode;

use aws_sdk_sts::config::SharedCredentialsProvider;
use aws_sdk_sts::config::{BehaviorVersion, Credentials as SdkCredentials, Region};
use aws_types::SdkConfig;
use stscreds_aws_sdk::StsClient;
use stscreds_core::{Credentials, CredentialsProvider, Error};
use stscreds_http::{EndpointSettings, StsHttpClient};
use stscreds_provider::{AssumeRoleClient, AssumeRoleProvider};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let Ok(runtime) = runtime else {
        eprintln!("no runtime could be started");
        return ExitCode::FAILURE;
    };
    let outcome = match arguments.as_slice() {
        ["serve"] => runtime.block_on(serve()).map_err(|error| error.to_string()),
        [client, address, times] => match times.parse() {
            Ok(times) => runtime.block_on(call(client, address, times)),
            Err(_) => Err(format!("`{times}` is not a number of times")),
        },
        _ => Err("usage: sts_call serve, or sts_call <sdk|http> <address> <times>".to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

async fn call(client: &str, address: &str, times: u32) -> Result<(), String> {
    let url = format!("http://{address}");
    match client {
        "sdk" => assume(sdk(&url), times).await,
        "http" => match http(&url) {
            Ok(sts) => assume(sts, times).await,
            Err(error) => Err(error),
        },
        other => return Err(format!("there is no client `{other}`")),
    }
    .map_err(|error| format!("{error}: {error:?}"))
}

async fn assume(sts: impl AssumeRoleClient + 'static, times: u32) -> Result<(), Error> {
    let role = "arn:aws:iam::111122223333:role/deploy".parse()?;
    let provider = AssumeRoleProvider::builder(sts, role).build();
    for _ in 0..times {
        provider.credentials().await?;
    }
    Ok(())
}

fn http(url: &str) -> Result<StsHttpClient, Error> {
    let endpoint = EndpointSettings::new("eu-central-1").url(url).resolve()?;
    Ok(StsHttpClient::new(endpoint, Credentials::new(KEY, SECRET)))
}

fn sdk(url: &str) -> StsClient {
    let keys = SdkCredentials::new(KEY, SECRET, None, None, "bench");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(url)
        .region(Region::new("eu-central-1"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .credentials_provider(SharedCredentialsProvider::new(keys))
        .build();
    StsClient::new(&config)
}

/// Prints its address, and gives each request the same response until it is killed.
async fn serve() -> std::io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    loop {
        let (connection, _) = listener.accept().await?;
        tokio::spawn(respond(connection));
    }
}

async fn respond(mut connection: TcpStream) -> std::io::Result<()> {
    let response = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\ndate: Mon, 13 Jul 2026 12:00:00 GMT\r\n\
         content-length: {}\r\n\r\n{RESPONSE}",
        RESPONSE.len()
    );
    let mut received = Vec::new();
    loop {
        if connection.read_buf(&mut received).await? == 0 {
            return Ok(());
        }
        if let Some(length) = length(&received).filter(|length| received.len() >= *length) {
            received.drain(..length);
            connection.write_all(response.as_bytes()).await?;
        }
    }
}

/// How many bytes the request has, if its head is complete.
fn length(received: &[u8]) -> Option<usize> {
    let head = received.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(received.get(..head)?).ok()?.to_ascii_lowercase();
    let body = text.lines().find_map(|line| line.strip_prefix("content-length:"));
    Some(head + body.and_then(|body| body.trim().parse::<usize>().ok()).unwrap_or(0))
}

const KEY: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

/// As STS writes it, with a session token of the length that it has.
const RESPONSE: &str = concat!(
    "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n",
    "  <AssumeRoleResult>\n    <AssumedRoleUser>\n",
    "      <AssumedRoleId>AROACLKWSDQRAOEXAMPLE:session</AssumedRoleId>\n",
    "      <Arn>arn:aws:sts::111122223333:assumed-role/deploy/session</Arn>\n",
    "    </AssumedRoleUser>\n    <Credentials>\n",
    "      <AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId>\n",
    "      <SecretAccessKey>wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY</SecretAccessKey>\n",
    "      <SessionToken>FwoGZXIvYXdzEBYaDAkaXFxxMGZp1j4QwCKvAbLXdI3zzXzF2vsmWyRDvtTHsGbVY0Xy",
    "zjmpxSTg8EPFv0rjHKyLyKMZP7Vt5EXAMPLEFwoGZXIvYXdzEBYaDAkaXFxxMGZp1j4QwCKvAbLXdI3zzXzF2vsm",
    "WyRDvtTHsGbVY0XyzjmpxSTg8EPFv0rjHKyLyKMZP7Vt5EXAMPLEFwoGZXIvYXdzEBYaDAkaXFxxMGZp1j4QwCKv",
    "AbLXdI3zzXzF2vsmWyRDvtTHsGbVY0XyzjmpxSTg8EPFv0rjHKyLyKMZP7Vt5EXAMPLE==</SessionToken>\n",
    "      <Expiration>2096-07-13T13:00:00Z</Expiration>\n    </Credentials>\n",
    "  </AssumeRoleResult>\n  <ResponseMetadata>\n",
    "    <RequestId>c6104cbe-af31-11e0-8154-cbc7ccf896c7</RequestId>\n",
    "  </ResponseMetadata>\n</AssumeRoleResponse>\n"
);
