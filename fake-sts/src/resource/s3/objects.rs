use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::resource::fault::Fault;

/// All objects of a fake. They live as long as it does, or until its world is reset.
#[derive(Debug, Default)]
pub(crate) struct Objects(Mutex<Buckets>);

#[derive(Debug, Default)]
struct Buckets {
    buckets: BTreeMap<String, BTreeMap<String, Arc<Object>>>,
    /// The bodies together, in bytes.
    size: usize,
}

/// One object.
#[derive(Debug)]
pub(super) struct Object {
    pub(super) body: Vec<u8>,
    /// With its quotation marks. Made of SHA-256, where S3 has MD5: it is opaque by definition.
    pub(super) tag: String,
    pub(super) modified: Timestamp,
    /// Content type, user metadata and what else comes back as it was sent.
    pub(super) headers: Vec<(http::HeaderName, http::HeaderValue)>,
}

/// When an object may be put in place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Precondition {
    None,
    /// No object has the key yet.
    Absent,
    /// The object of the key has this tag.
    Tag(String),
}

/// Bodies together, in bytes: a test of credentials needs less, and a mistake in one should not take all memory.
const SIZE_LIMIT: usize = 256 * 1024 * 1024;

impl Object {
    pub(super) fn new(
        body: Vec<u8>,
        modified: Timestamp,
        headers: Vec<(http::HeaderName, http::HeaderValue)>,
    ) -> Self {
        let digest = HEXLOWER.encode(&Sha256::digest(&body));
        let tag = format!("\"{}\"", digest.get(..32).unwrap_or_default());
        Self { body, tag, modified, headers }
    }
}

impl Objects {
    pub(crate) fn clear(&self) {
        *self.lock() = Buckets::default();
    }

    pub(super) fn create_bucket(&self, bucket: &str) {
        self.lock().buckets.entry(bucket.to_owned()).or_default();
    }

    pub(super) fn delete_bucket(&self, bucket: &str) -> Result<(), Fault> {
        let mut all = self.lock();
        if all.buckets.get(bucket).is_some_and(|objects| !objects.is_empty()) {
            let message = "The bucket you tried to delete is not empty";
            return Err(Fault::new(409, "BucketNotEmpty", message));
        }
        all.buckets.remove(bucket);
        Ok(())
    }

    pub(super) fn buckets(&self) -> Vec<String> {
        self.lock().buckets.keys().cloned().collect()
    }

    pub(super) fn get(&self, bucket: &str, key: &str) -> Option<Arc<Object>> {
        self.lock().buckets.get(bucket)?.get(key).cloned()
    }

    pub(super) fn put(
        &self,
        bucket: &str,
        key: &str,
        object: Object,
        precondition: &Precondition,
    ) -> Result<Arc<Object>, Fault> {
        let mut all = self.lock();
        let old = all.buckets.get(bucket).and_then(|objects| objects.get(key));
        let holds = match (precondition, old) {
            (Precondition::None, _) | (Precondition::Absent, None) => true,
            (Precondition::Tag(tag), Some(old)) => *tag == old.tag,
            (Precondition::Absent, Some(_)) | (Precondition::Tag(_), None) => false,
        };
        if !holds {
            let message = "At least one of the pre-conditions you specified did not hold";
            return Err(Fault::new(412, "PreconditionFailed", message));
        }
        let freed = old.map_or(0, |old| old.body.len());
        let size = all.size - freed + object.body.len();
        if size > SIZE_LIMIT {
            let message = format!("this fake keeps {SIZE_LIMIT} bytes of objects; delete some");
            return Err(Fault::new(503, "ServiceUnavailable", message));
        }
        all.size = size;
        let object = Arc::new(object);
        let objects = all.buckets.entry(bucket.to_owned()).or_default();
        objects.insert(key.to_owned(), Arc::clone(&object));
        Ok(object)
    }

    /// Removes an object; without one, does nothing, as S3 does.
    pub(super) fn remove(&self, bucket: &str, key: &str) {
        let mut all = self.lock();
        let removed = all.buckets.get_mut(bucket).and_then(|objects| objects.remove(key));
        all.size -= removed.map_or(0, |object| object.body.len());
    }

    /// The objects of a bucket by key, as they are now.
    pub(super) fn snapshot(&self, bucket: &str) -> BTreeMap<String, Arc<Object>> {
        self.lock().buckets.get(bucket).cloned().unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, Buckets> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
