//! When the mirror runs on the visitor's page, and how its frames are cut into messages.

use core::time::Duration;

use crate::protocol::{Bytes, MirrorPiece, PIECE_LIMIT};
use crate::time::Instant;

/// The page is told again so often at most, whoever asks: it costs the visitor's page something.
const BEGIN_EVERY: Duration = Duration::from_millis(500);

/// So long a page that nobody follows is ready to go on: a desk that comes back after a cut needs only what has changed.
const HELD_FOR: Duration = Duration::from_secs(30);

/// What the stream wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Tell the page from its start.
    Begin,
    /// Go on, where it was held, and tell again what was told, but for what is known.
    Retell(Vec<u8>),
    /// Read and tell nothing until one of the others.
    Hold,
    /// Tell nothing more.
    End,
}

/// The mirror's stream of one page. Invariant: it flows only while somebody follows.
#[derive(Debug, Default)]
pub(super) struct Stream {
    desks: u32,
    /// Whether the page is being told, or held.
    is_begun: bool,
    held_until: Option<Instant>,
    told_at: Option<Instant>,
    /// What is to be told when there was time enough in between.
    next: Option<(Instant, Turn)>,
}

impl Stream {
    /// Whether frames go out.
    pub(super) fn flows(&self) -> bool {
        self.desks > 0
    }

    /// So many desks follow; one that is new knows this.
    pub(super) fn handle_followed(&mut self, desks: u32, known: &[u8], now: Instant) -> Option<Turn> {
        let before = core::mem::replace(&mut self.desks, desks);
        if desks == 0 {
            self.next = None;
            return (before > 0).then(|| {
                self.held_until = Some(now + HELD_FOR);
                Turn::Hold
            });
        }
        self.held_until = None;
        if desks > before { self.tell(Turn::Retell(known.to_vec()), now) } else { None }
    }

    /// A replica has lost something. What it knows, or `None` for the page anew.
    pub(super) fn handle_refresh(&mut self, known: Option<Vec<u8>>, now: Instant) -> Option<Turn> {
        let turn = known.map_or(Turn::Begin, Turn::Retell);
        if self.flows() { self.tell(turn, now) } else { None }
    }

    pub(super) fn handle_timeout(&mut self, now: Instant) -> Option<Turn> {
        if self.held_until.is_some_and(|at| at <= now) {
            return self.end();
        }
        let (_, turn) = self.next.take_if(|(at, _)| *at <= now)?;
        self.tell(turn, now)
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        self.held_until.or(self.next.as_ref().map(|(at, _)| *at))
    }

    pub(super) fn end(&mut self) -> Option<Turn> {
        let was_begun = self.is_begun;
        *self = Self { told_at: self.told_at, ..Self::default() };
        was_begun.then_some(Turn::End)
    }

    fn tell(&mut self, turn: Turn, now: Instant) -> Option<Turn> {
        let soonest = self.told_at.map(|at| at + BEGIN_EVERY).filter(|soonest| *soonest > now);
        let turn = match (self.next.take(), turn) {
            // What one of two has is not told to the other.
            (Some((_, Turn::Retell(one))), Turn::Retell(other)) if one != other => Turn::Retell(Vec::new()),
            (Some((_, Turn::Begin)), _) => Turn::Begin,
            (_, turn) => turn,
        };
        if let Some(soonest) = soonest {
            self.next = Some((soonest, turn));
            return None;
        }
        self.told_at = Some(now);
        let was_begun = core::mem::replace(&mut self.is_begun, true);
        Some(if was_begun { turn } else { Turn::Begin })
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
