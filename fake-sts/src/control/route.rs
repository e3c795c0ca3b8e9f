use std::sync::Arc;

use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, MethodRouter, on};

use crate::state::State;

/// A path below `/_fake-sts`, a method, and what is done then.
pub(super) struct Route {
    pub(super) path: &'static str,
    /// For the test that compares the table with `openapi.json`.
    #[cfg_attr(not(test), expect(dead_code, reason = "the handler knows it, but does not tell"))]
    pub(super) method: Method,
    pub(super) access: Access,
    pub(super) handler: MethodRouter<Arc<State>>,
}

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Everybody: it tells nothing, or what its callers have no token for.
    Open,
    /// Whoever has the control token, if the fake has one.
    Token,
}

impl Route {
    pub(super) fn get<T: 'static>(
        path: &'static str,
        handler: impl Handler<T, Arc<State>>,
    ) -> Self {
        Self::new(path, Method::GET, on(MethodFilter::GET, handler))
    }

    pub(super) fn put<T: 'static>(
        path: &'static str,
        handler: impl Handler<T, Arc<State>>,
    ) -> Self {
        Self::new(path, Method::PUT, on(MethodFilter::PUT, handler))
    }

    pub(super) fn post<T: 'static>(
        path: &'static str,
        handler: impl Handler<T, Arc<State>>,
    ) -> Self {
        Self::new(path, Method::POST, on(MethodFilter::POST, handler))
    }

    pub(super) fn patch<T: 'static>(
        path: &'static str,
        handler: impl Handler<T, Arc<State>>,
    ) -> Self {
        Self::new(path, Method::PATCH, on(MethodFilter::PATCH, handler))
    }

    pub(super) fn delete<T: 'static>(
        path: &'static str,
        handler: impl Handler<T, Arc<State>>,
    ) -> Self {
        Self::new(path, Method::DELETE, on(MethodFilter::DELETE, handler))
    }

    /// The same route, for everybody.
    pub(super) fn open(mut self) -> Self {
        self.access = Access::Open;
        self
    }

    fn new(path: &'static str, method: Method, handler: MethodRouter<Arc<State>>) -> Self {
        Self { path, method, access: Access::Token, handler }
    }
}
