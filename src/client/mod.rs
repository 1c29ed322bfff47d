//! The machines put together: what one visitor's page needs, and what one desk needs.
//!
//! Messages of a socket go in and come out here, so that whoever drives a client never sees a frame.

mod desk;
mod visitor;

pub use desk::{DeskClient, DeskOutput, LiveView};
pub use visitor::{Occasion, Page, RecordError, Value, VisitorClient, VisitorOptions, VisitorOutput};
