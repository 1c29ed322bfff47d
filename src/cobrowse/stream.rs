//! When the mirror runs on the visitor's page, and how its frames are cut into messages.

use core::time::Duration;

use crate::protocol::{Bytes, MirrorPiece, PIECE_LIMIT};
use crate::time::Instant;

/// The page is told from its start so often at most, whoever asks: it costs the visitor's page something.
const BEGIN_EVERY: Duration = Duration::from_millis(500);

/// What the stream wants done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Tell the page from its start.
    Begin,
    /// Tell nothing more.
    End,
}

/// The mirror's stream of one page. Invariant: it flows only while somebody follows.
#[derive(Debug, Default)]
pub(super) struct Stream {
    desks: u32,
    begun: Option<Instant>,
    begin_at: Option<Instant>,
}

impl Stream {
    /// Whether frames go out.
    pub(super) fn flows(&self) -> bool {
        self.desks > 0
    }

    /// So many desks follow.
    pub(super) fn handle_followed(&mut self, desks: u32, now: Instant) -> Option<Turn> {
        if desks == 0 {
            return self.end();
        }
        let has_new = desks > self.desks;
        self.desks = desks;
        if has_new { self.begin(now) } else { None }
    }

    /// A replica has lost something.
    pub(super) fn handle_refresh(&mut self, now: Instant) -> Option<Turn> {
        if self.flows() { self.begin(now) } else { None }
    }

    pub(super) fn handle_timeout(&mut self, now: Instant) -> Option<Turn> {
        if self.begin_at.is_some_and(|at| at <= now) { self.begin(now) } else { None }
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        self.begin_at
    }

    pub(super) fn end(&mut self) -> Option<Turn> {
        self.begin_at = None;
        (core::mem::take(&mut self.desks) > 0).then_some(Turn::End)
    }

    fn begin(&mut self, now: Instant) -> Option<Turn> {
        match self.begun.map(|begun| begun + BEGIN_EVERY).filter(|soonest| *soonest > now) {
            Some(soonest) => {
                self.begin_at = Some(soonest);
                None
            }
            None => {
                (self.begun, self.begin_at) = (Some(now), None);
                Some(Turn::Begin)
            }
        }
    }
}

/// The pieces of a frame; one, where it is empty.
pub(super) fn pieces(frame: &[u8]) -> impl Iterator<Item = MirrorPiece> + '_ {
    let last = frame.len().div_ceil(PIECE_LIMIT).saturating_sub(1);
    (0..=last).map(move |at| {
        let end = frame.len().min((at + 1) * PIECE_LIMIT);
        let bytes = Bytes(frame[at * PIECE_LIMIT..end].to_vec());
        MirrorPiece { at: at as u32, is_last: at == last, bytes }
    })
}
