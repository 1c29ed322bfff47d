//! Shared sessions: who takes part, what passes between them, and what is kept of it.
//!
//! The rules are `alongside::cobrowse::SharedSession`'s; each session has one, in a task of its own (`room.rs`). A connection takes part
//! as a [`Page`] or a [`Desk`]; [`Sessions`] is where they find each other. Nobody waits for a reader: what cannot be told to a
//! connection ends that connection.

mod codes;
mod desk;
mod input;
mod ledger;
mod offer;
mod page;
mod rate;
mod record;
mod room;
mod rules;
mod sessions;
mod way;
mod webhooks;

pub use codes::Codes;
pub use desk::Desk;
pub use offer::sweep;
pub use page::Page;
pub use record::{Broken, verify};
pub(crate) use record::{export, summary};
pub(crate) use room::digest;
pub use sessions::Sessions;
pub use webhooks::Webhooks;

use alongside::protocol::cobrowse::{Channel, EndReason, Objection, Refused, Session, Stage};
use alongside::protocol::{RelayBody, SessionId, VisitId};

/// What anybody is told of a session that is not there, or not for him.
fn over(session: SessionId, reason: EndReason) -> Box<RelayBody> {
    Box::new(RelayBody::Session(Session {
        session,
        visit: VisitId::from_bytes([0; 16]),
        channel: Channel::Voice,
        stage: Stage::Ended,
        agents: Vec::new(),
        request: None,
        grants: Vec::new(),
        is_paused: false,
        is_there: false,
        ends_in: None,
        reason: Some(reason),
        you: None,
        wish: None,
        is_hidden: None,
    }))
}

fn refused(objection: Objection) -> Box<RelayBody> {
    wish_refused(Refused { objection, retry_after: None, wish: None })
}

fn wish_refused(refused: Refused) -> Box<RelayBody> {
    Box::new(RelayBody::Refused(refused))
}
