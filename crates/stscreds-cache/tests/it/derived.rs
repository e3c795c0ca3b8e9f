//! Forms of credentials that other libraries take, made once per refresh.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use stscreds_core::{Credentials, DerivedForm};

use crate::scripted::{Scripted, seconds};

/// The nth time it was made.
static MADE: AtomicUsize = AtomicUsize::new(0);

struct Header {
    text: Arc<str>,
}

impl DerivedForm for Header {
    fn derive(credentials: &Credentials) -> Self {
        MADE.fetch_add(1, Ordering::Relaxed);
        Self { text: format!("Credential={}", credentials.access_key_id()).into() }
    }

    fn uncontended(&self) -> Self {
        Self { text: Arc::clone(&self.text) }
    }
}

fn made() -> usize {
    MADE.load(Ordering::Relaxed)
}

#[tokio::test]
async fn a_refresh_makes_the_forms_that_the_old_value_was_asked_for_before_it_is_read() {
    let source = Scripted::new();
    let cache = source.cache();
    let header = |credentials: &Credentials| credentials.derived::<Header>().text.to_string();

    cache.credentials().await.unwrap();
    assert_eq!(made(), 0, "nobody has asked");
    assert_eq!(cache.with(header).unwrap(), "Credential=AKID-1");
    assert_eq!(cache.with(header).unwrap(), "Credential=AKID-1");
    assert_eq!(made(), 1);

    source.advance(seconds(3_600));
    let new = cache.credentials().await.unwrap();
    assert_eq!(made(), 2, "ready before the first read");

    // From another thread, and so another stripe.
    let elsewhere = {
        let cache = cache.clone();
        std::thread::spawn(move || cache.with(header).unwrap()).join().unwrap()
    };
    assert_eq!((header(&new), elsewhere), ("Credential=AKID-2".into(), "Credential=AKID-2".into()));
    assert_eq!(made(), 2);
}

struct Broken;

impl DerivedForm for Broken {
    fn derive(credentials: &Credentials) -> Self {
        assert_eq!(credentials.access_key_id(), "AKID-1", "planted");
        Self
    }

    fn uncontended(&self) -> Self {
        Self
    }
}

#[tokio::test]
async fn a_form_that_panics_fails_the_refresh_and_is_no_hang() {
    let source = Scripted::new();
    let cache = source.cache();
    let first = cache.credentials().await.unwrap();
    let _asked: &Broken = first.derived();

    let error = cache.refresh().await.unwrap_err();

    assert_eq!(error.kind(), stscreds_core::ErrorKind::Bug);
    assert_eq!(cache.credentials().await.unwrap().access_key_id(), "AKID-1");
}
