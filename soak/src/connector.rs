use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector,
    http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use fake_sts::FakeSts;

use crate::wall::Wall;
use crate::watch::lock;

/// Calls to STS by operation.
pub(crate) type Calls = Arc<Mutex<BTreeMap<String, u64>>>;

/// The way to the fake, whose clock is moved to the time of STS before each call.
pub(crate) fn way_to(fake: &Arc<FakeSts>, wall: &Wall, calls: &Calls) -> SharedHttpClient {
    let inner = fake.http_client();
    let (fake, wall, calls) = (Arc::clone(fake), wall.clone(), Arc::clone(calls));
    http_client_fn(move |settings, components| {
        SharedHttpConnector::new(Way {
            inner: inner.http_connector(settings, components),
            fake: Arc::clone(&fake),
            wall: wall.clone(),
            calls: Arc::clone(&calls),
        })
    })
}

#[derive(Debug)]
struct Way {
    inner: SharedHttpConnector,
    fake: Arc<FakeSts>,
    wall: Wall,
    calls: Calls,
}

impl HttpConnector for Way {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        *lock(&self.calls).entry(operation(&request)).or_default() += 1;
        // Years from the end of what a clock can show.
        let _ = self.fake.clock().set(self.wall.of_sts());
        self.inner.call(request)
    }
}

fn operation(request: &HttpRequest) -> String {
    let body = request.body().bytes().unwrap_or_default();
    let parameters = body.split(|byte| *byte == b'&');
    let action = parameters.filter_map(|parameter| parameter.strip_prefix(b"Action=")).next();
    String::from_utf8_lossy(action.unwrap_or_default()).into_owned()
}
