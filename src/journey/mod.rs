//! The visitor's journey: visits, page views, searches, and what an agent is shown of them.
//!
//! Invariant: nothing here reads a clock; every rule about time takes the moments as arguments.

mod status;
mod visit;

pub use status::{LIVE_FOR, QUIET_UNTIL, Status};
pub use visit::{BadVisit, VISIT_ENDS_AFTER, Visit};
