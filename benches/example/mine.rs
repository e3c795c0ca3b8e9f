use std::sync::Mutex;
use std::time::SystemTime;

use aws_credential_types::Credentials;
use benches::{Contender, Flight, Refused, Upstream, clock};

pub(crate) struct Mine {
    cell: Mutex<Option<(Credentials, SystemTime)>>,
    upstream: Upstream,
}

impl Contender for Mine {
    const NAME: &'static str = "mine";
    const HOLDS: &'static str = "a mutex around credentials";
    const FLIGHT: Flight = Flight::EachCaller;
    type Value = Credentials;

    fn build(upstream: Upstream) -> Self {
        Self { cell: Mutex::new(None), upstream }
    }

    async fn get(&self) -> Result<Credentials, Refused> {
        let now = clock::precise();
        if let Some((credentials, until)) = &*self.cell.lock().unwrap()
            && now < *until
        {
            return Ok(credentials.clone());
        }
        let issued = self.upstream.fetch().await?;
        let credentials = issued.sdk();
        let until = issued.expires_at - self.upstream.ahead();
        *self.cell.lock().unwrap() = Some((credentials.clone(), until));
        Ok(credentials)
    }
}
