//! What is said to a session and by it, and the way to one.

use std::sync::Arc;

use alongside::protocol::cobrowse::EndReason;
use alongside::protocol::{Bytes, ConsentKey, MirrorPiece, RelayBody, SessionId, VisitId, VisitorId};
use tokio::sync::{broadcast, mpsc};

use super::way::PageWay;
use crate::way::Way;

/// What participants said and the room has not heard; they wait above that.
const INPUTS: usize = 64;

/// The way to a session; clones lead to the same one.
#[derive(Clone, Debug)]
pub(super) struct RoomWay {
    session: SessionId,
    inputs: mpsc::Sender<Input>,
}

/// Its other end.
pub(super) type Inputs = mpsc::Receiver<Input>;

/// What participants say.
#[derive(Debug)]
pub(super) enum Input {
    /// A page of the visitor connected.
    Opened(PageWay),
    Answer(PageWay, Option<ConsentKey>),
    Join(PageWay, VisitorId, Option<VisitId>, ConsentKey),
    Page(u64, RelayBody),
    PageGone(u64),
    Attend(Attendant),
    Desk(u32, RelayBody),
    /// It sends what no desk may send, by that name.
    Forbidden(u32, &'static str),
    /// It was too slow, and has skipped all pieces up to now.
    Lagged(u32),
    DeskGone(u32),
    /// The visitor asked to be forgotten.
    Forgotten,
    /// The conversation that it may ride on ended, or was passed on; with an agent's name, only if he is the one who offered it.
    Conversation(EndReason, Option<String>),
}

/// An agent at his desk who takes part.
#[derive(Clone, Debug)]
pub(super) struct Attendant {
    pub(super) way: Way<ToDesk>,
    /// Which of the desk's wishes this is: a desk that has another one since does not hear of this any more.
    pub(super) turn: u64,
    pub(super) name: String,
    pub(super) is_silent: bool,
    /// What the desk has of the page.
    pub(super) known: Option<Bytes>,
}

/// What a desk is told, and by which of its wishes.
#[derive(Debug)]
pub(super) struct ToDesk {
    pub(super) turn: u64,
    pub(super) what: Telling,
}

/// See [`ToDesk`].
#[derive(Debug)]
pub(super) enum Telling {
    Body(RelayBody),
    /// It takes part from now on.
    Seat(Seat),
}

/// A desk's part in a session.
#[derive(Debug)]
pub(super) struct Seat {
    pub(super) room: RoomWay,
    /// The agent's in the session.
    pub(super) number: u32,
    pub(super) news: broadcast::Receiver<News>,
}

/// What all desks are told.
#[derive(Clone, Debug)]
pub(super) enum News {
    Piece(Arc<MirrorPiece>),
    Shown(bool),
}

impl RoomWay {
    pub(super) fn new(session: SessionId) -> (Self, Inputs) {
        let (inputs, receiver) = mpsc::channel(INPUTS);
        (Self { session, inputs }, receiver)
    }

    pub(super) fn session(&self) -> SessionId {
        self.session
    }

    /// Says something, once there is room; false where the session is over.
    pub(super) async fn say(&self, input: Input) -> bool {
        self.inputs.send(input).await.is_ok()
    }

    /// Says something, where there is room.
    pub(super) fn try_say(&self, input: Input) -> bool {
        self.inputs.try_send(input).is_ok()
    }

    /// Says something that must be heard, from where nobody can wait.
    pub(super) fn say_later(&self, input: Input) {
        if let Err(mpsc::error::TrySendError::Full(input)) = self.inputs.try_send(input)
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            let room = self.clone();
            runtime.spawn(async move { room.say(input).await });
        }
    }
}

/// What a message is called in a session's record.
pub(super) fn name(body: &RelayBody) -> &'static str {
    match body {
        RelayBody::Answer(_) => "answer",
        RelayBody::Join(_) => "join",
        RelayBody::Decide(_) => "decide",
        RelayBody::Pause(_) => "pause",
        RelayBody::Active(_) => "active",
        RelayBody::Done(_) => "done",
        RelayBody::Mirror(_) => "mirror",
        RelayBody::Request(_) => "request",
        RelayBody::Revoke(_) => "revoke",
        RelayBody::Act(_) => "act",
        RelayBody::End(_) => "end",
        RelayBody::Point(_) => "point",
        RelayBody::Highlight(_) => "highlight",
        RelayBody::Draw(_) => "draw",
        RelayBody::Erase(_) => "erase",
        RelayBody::Probe(_) => "probe",
        RelayBody::Session(_) => "session",
        RelayBody::Followed(_) => "followed",
        RelayBody::Shown(_) => "shown",
        RelayBody::Code(_) => "code",
        RelayBody::Refused(_) => "refused",
        _ => "other",
    }
}
