//! An agent at work: whether he takes conversations, what he is offered, and who else is there.

use crate::protocol::ConversationId;
use crate::protocol::conversation::{Floor, Presence};
use crate::time::Instant;

/// A conversation that an agent may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offered {
    /// Which.
    pub conversation: ConversationId,
    /// Until when: then it goes to others.
    pub until: Instant,
}

/// What an agent said, and what the hub says.
#[derive(Debug, Default)]
pub(super) struct Station {
    /// Whether he wants to take conversations, where he said so.
    wish: Option<bool>,
    /// The hub has not confirmed it yet: what it says of him is older.
    is_said: bool,
    pub(super) offers: Vec<Offered>,
    pub(super) floor: Option<Floor>,
}

impl Station {
    pub(super) fn wish(&mut self, is_available: bool) {
        (self.wish, self.is_said) = (Some(is_available), true);
        if !is_available {
            self.offers.clear();
        }
    }

    /// What is to be said on a new link.
    pub(super) fn say_again(&mut self) -> Option<bool> {
        self.is_said = self.wish.is_some();
        self.wish
    }

    /// False where it was known.
    pub(super) fn offer(&mut self, conversation: ConversationId, until: Instant) -> bool {
        match self.offers.iter_mut().find(|offered| offered.conversation == conversation) {
            Some(offered) => offered.until = until,
            None => {
                self.offers.push(Offered { conversation, until });
                return true;
            }
        }
        false
    }

    pub(super) fn withdraw(&mut self, conversation: ConversationId) {
        self.offers.retain(|offered| offered.conversation != conversation);
    }

    /// Whether some ran out.
    pub(super) fn expire(&mut self, now: Instant) -> bool {
        let before = self.offers.len();
        self.offers.retain(|offered| offered.until > now);
        self.offers.len() < before
    }

    pub(super) fn take_floor(&mut self, floor: Floor) {
        let is_available = floor.presence == Presence::Available;
        if self.wish.is_none_or(|wish| wish == is_available) {
            self.is_said = false;
        } else if !self.is_said {
            // Said at another desk of his, or he did not respond: a new link does not change that.
            self.wish = Some(is_available);
        }
        self.floor = Some(floor);
    }

    pub(super) fn presence(&self) -> Option<Presence> {
        match (self.wish, &self.floor) {
            (Some(wish), _) if self.is_said => Some(if wish { Presence::Available } else { Presence::Away }),
            (_, Some(floor)) => Some(floor.presence),
            (Some(true), None) => Some(Presence::Available),
            (Some(false), None) => Some(Presence::Away),
            (None, None) => None,
        }
    }
}
