//! A small object store: put, get, head, list, copy and delete, with the forms and errors of S3, as much as tests of credentials need.
//!
//! Buckets come into being with the first object, are shared by all accounts and have no policies. Objects live in memory. There are no versions,
//! no multipart uploads, no ACLs and no encryption; what S3 has beyond that is answered with `NotImplemented`.

mod chunked;
mod deletion;
mod key;
mod listing;
mod object;
mod objects;
mod request;
mod response;
pub(super) mod xml;

use axum::body::Body;
use axum::response::Response;

pub(crate) use self::objects::Objects;
use self::request::{Request, Task};
use super::fault::Fault;
use super::visit::Visit;

/// Answers one request to the object store.
pub(super) fn carry_out(visit: &mut Visit<'_>, body: &[u8]) -> Result<Response<Body>, Fault> {
    let request = Request::read(visit)?;
    visit.wanted = request.wanted();
    visit.admit(body)?;
    if let Some(wanted) = visit.wanted.clone() {
        visit.authorize(&wanted)?;
    }
    match request.task {
        Task::Unknown => Err(Fault::new(
            501,
            "NotImplemented",
            "A header or query you provided implies functionality that is not implemented. This fake has put, get, head, list, copy and delete.",
        )),
        Task::ListBuckets => Ok(response::xml(&listing::buckets(visit))),
        Task::CreateBucket => {
            visit.state.objects.create_bucket(&request.bucket);
            Ok(response::empty(200))
        }
        Task::DeleteBucket => {
            visit.state.objects.delete_bucket(&request.bucket)?;
            Ok(response::empty(204))
        }
        Task::HeadBucket => Ok(response::empty(200)),
        Task::BucketLocation => Ok(response::xml(&listing::location())),
        Task::ListObjects => listing::objects(visit, &request).map(|root| response::xml(&root)),
        Task::GetObject => object::get(visit, &request),
        Task::PutObject => object::put(visit, &request, body),
        Task::CopyObject => object::copy(visit, &request),
        Task::DeleteObject => {
            visit.state.objects.remove(&request.bucket, &request.key);
            Ok(response::empty(204))
        }
        Task::DeleteObjects => {
            deletion::delete(visit, &request, body).map(|root| response::xml(&root))
        }
    }
}
