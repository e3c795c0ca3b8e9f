use std::sync::Arc;

use crate::clock::Moment;
use crate::world::Directory;

/// How a fake was when it started.
#[derive(Debug)]
pub(crate) struct Start {
    pub(crate) directory: Arc<Directory>,
    pub(crate) clock: Moment,
}
