//! The visitor's half.

use core::time::Duration;
use std::collections::VecDeque;

use crate::protocol::{AssetHash, Bytes, MirrorPiece, PIECE_LIMIT, RelayBody, Share, Unshare, VisitId};
use crate::time::Instant;

/// The page is told from its start so often at most, whoever asks: it costs the visitor's page something.
const BEGIN_EVERY: Duration = Duration::from_millis(500);

/// What the visitor's half wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum VisitorOutput {
    /// Send this.
    Send(RelayBody),
    /// Tell the page from its start, and what changes from then on; frames go to [`VisitorSession::handle_frame`].
    Begin,
    /// Tell nothing more.
    End,
    /// Send the parts of this asset, if it was offered.
    Give(AssetHash),
}

/// Lets desks follow one tab.
#[derive(Debug, Default)]
pub struct VisitorSession {
    shared: Option<VisitId>,
    is_online: bool,
    desks: u32,
    begun: Option<Instant>,
    begin_at: Option<Instant>,
    outputs: VecDeque<VisitorOutput>,
}

impl VisitorSession {
    /// A tab that nobody may follow.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets the tab be followed; called again, it becomes the one of the visit that is shown.
    pub fn share(&mut self, visit: VisitId) {
        self.shared = Some(visit);
        self.say();
    }

    /// Lets it be followed no longer.
    pub fn unshare(&mut self) {
        self.end();
        if self.shared.take().is_some() && self.is_online {
            self.outputs.push_back(VisitorOutput::Send(RelayBody::Unshare(Unshare {})));
        }
    }

    /// The link is up.
    pub fn handle_online(&mut self) {
        if !self.is_online {
            self.is_online = true;
            self.say();
        }
    }

    /// The link is down: who followed is not there any more.
    pub fn handle_offline(&mut self) {
        self.is_online = false;
        self.end();
    }

    /// A message came. What is not for a page is ignored.
    pub fn handle_body(&mut self, body: RelayBody, now: Instant) {
        if self.shared.is_none() || !self.is_online {
            return;
        }
        match body {
            RelayBody::Followed(followed) if followed.desks == 0 => self.end(),
            RelayBody::Followed(followed) => {
                let has_new = followed.desks > self.desks;
                self.desks = followed.desks;
                if has_new {
                    self.begin(now);
                }
            }
            RelayBody::Refresh(_) if self.desks > 0 => self.begin(now),
            RelayBody::Want(want) if self.desks > 0 => self.outputs.push_back(VisitorOutput::Give(want.hash)),
            _ => {}
        }
    }

    /// A frame of the mirror.
    pub fn handle_frame(&mut self, frame: &[u8]) {
        if self.desks == 0 {
            return;
        }
        let last = frame.len().div_ceil(PIECE_LIMIT).saturating_sub(1);
        for at in 0..=last {
            let end = frame.len().min((at + 1) * PIECE_LIMIT);
            let bytes = Bytes(frame[at * PIECE_LIMIT..end].to_vec());
            let piece = MirrorPiece { at: at as u32, is_last: at == last, bytes };
            self.outputs.push_back(VisitorOutput::Send(RelayBody::Mirror(piece)));
        }
    }

    /// Time passed; early calls do nothing.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.begin_at.is_some_and(|at| at <= now) {
            self.begin(now);
        }
    }

    /// When to call [`VisitorSession::handle_timeout`] next.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.begin_at
    }

    /// The next thing to do; call until `None`.
    pub fn poll_output(&mut self) -> Option<VisitorOutput> {
        self.outputs.pop_front()
    }

    fn say(&mut self) {
        if let (Some(visit), true) = (self.shared, self.is_online) {
            self.outputs.push_back(VisitorOutput::Send(RelayBody::Share(Share { visit })));
        }
    }

    fn begin(&mut self, now: Instant) {
        match self.begun.map(|begun| begun + BEGIN_EVERY).filter(|soonest| *soonest > now) {
            Some(soonest) => self.begin_at = Some(soonest),
            None => {
                (self.begun, self.begin_at) = (Some(now), None);
                self.outputs.push_back(VisitorOutput::Begin);
            }
        }
    }

    fn end(&mut self) {
        self.begin_at = None;
        if core::mem::take(&mut self.desks) > 0 {
            self.outputs.push_back(VisitorOutput::End);
        }
    }
}
