//! What an [`Observer`](crate::Observer) or a [`Subscription`](crate::Subscription) receives.

pub use crate::decide::consequence::Consequence;
pub use crate::observe::event::{Event, Happening};
