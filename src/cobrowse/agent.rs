//! The agent's half.

use std::collections::VecDeque;

use crate::protocol::mirror::MIRROR_FRAME_LIMIT;
use crate::protocol::{AssetHash, Follow, MirrorPiece, Refresh, RelayBody, Unfollow, VisitId, Want};

/// What the agent's half wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum AgentOutput {
    /// Send this.
    Send(RelayBody),
    /// Another page begins: forget the one that was shown.
    Begin,
    /// Show this frame of the mirror.
    Show(Vec<u8>),
    /// [`AgentSession::following`] changed.
    Changed,
}

/// What a desk follows, for people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Following {
    /// Nothing.
    #[default]
    Nothing,
    /// The hub has not answered, or the visit has no shared tab now; it is shown as soon as there is one.
    Waiting,
    /// A tab.
    Live,
}

/// Follows one visitor's tab.
#[derive(Debug, Default)]
pub struct AgentSession {
    visit: Option<VisitId>,
    is_online: bool,
    following: Following,
    /// The parts of a frame that have come.
    parts: Vec<u8>,
    /// The number of the part that comes next; `None` where the frame's beginning is missing.
    next: Option<u32>,
    outputs: VecDeque<AgentOutput>,
}

impl AgentSession {
    /// A desk that follows nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Follows this visit, and no other.
    pub fn follow(&mut self, visit: VisitId) {
        self.visit = Some(visit);
        self.wait();
        self.say();
    }

    /// Follows nothing any more.
    pub fn unfollow(&mut self) {
        if self.visit.take().is_some() && self.is_online {
            self.outputs.push_back(AgentOutput::Send(RelayBody::Unfollow(Unfollow {})));
        }
        self.enter(Following::Nothing);
    }

    /// Asks for the page from its start: the replica has lost something.
    pub fn refresh(&mut self) {
        if self.following == Following::Live {
            self.outputs.push_back(AgentOutput::Send(RelayBody::Refresh(Refresh {})));
        }
    }

    /// Asks for an asset that was offered.
    pub fn want(&mut self, hash: AssetHash) {
        if self.following == Following::Live {
            self.outputs.push_back(AgentOutput::Send(RelayBody::Want(Want { hash })));
        }
    }

    /// The link is up.
    pub fn handle_online(&mut self) {
        if !self.is_online {
            self.is_online = true;
            self.say();
        }
    }

    /// The link is down.
    pub fn handle_offline(&mut self) {
        self.is_online = false;
        if self.visit.is_some() {
            self.wait();
        }
    }

    /// A message came. What is not for a desk is ignored.
    pub fn handle_body(&mut self, body: RelayBody) {
        match body {
            _ if self.visit.is_none() => {}
            RelayBody::Shown(shown) if shown.is_live && self.following != Following::Live => {
                self.outputs.push_back(AgentOutput::Begin);
                self.enter(Following::Live);
            }
            RelayBody::Shown(shown) if shown.is_live => self.drop_parts(),
            RelayBody::Shown(_) => self.wait(),
            RelayBody::Mirror(piece) if self.following == Following::Live => self.take(piece),
            _ => {}
        }
    }

    /// What is followed.
    pub fn following(&self) -> Following {
        self.following
    }

    /// Bytes that are held of a frame which is not whole.
    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.parts.len()
    }

    /// The next thing to do; call until `None`.
    pub fn poll_output(&mut self) -> Option<AgentOutput> {
        self.outputs.pop_front()
    }

    fn say(&mut self) {
        if let (Some(visit), true) = (self.visit, self.is_online) {
            self.outputs.push_back(AgentOutput::Send(RelayBody::Follow(Follow { visit })));
        }
    }

    fn wait(&mut self) {
        self.drop_parts();
        self.enter(Following::Waiting);
    }

    fn enter(&mut self, following: Following) {
        if core::mem::replace(&mut self.following, following) != following {
            self.outputs.push_back(AgentOutput::Changed);
        }
    }

    fn take(&mut self, piece: MirrorPiece) {
        if piece.at == 0 {
            self.parts.clear();
            self.next = Some(0);
        }
        // The replica finds the gap, and asks for a new beginning.
        if self.next != Some(piece.at) || self.parts.len() + piece.bytes.0.len() > MIRROR_FRAME_LIMIT {
            self.drop_parts();
            return;
        }
        self.parts.extend(piece.bytes.0);
        self.next = Some(piece.at + 1);
        if piece.is_last {
            let frame = core::mem::take(&mut self.parts);
            self.next = None;
            self.outputs.push_back(AgentOutput::Show(frame));
        }
    }

    fn drop_parts(&mut self) {
        self.parts = Vec::new();
        self.next = None;
    }
}
