//! What agents note for agents, and what a message that waits is besides its text.

use super::{DeskInbox, OpenThread};
use crate::protocol::conversation::{Remark, Remarks};
use crate::protocol::rich::Rich;
use crate::protocol::{ConversationId, MessageId};

/// Most remarks of one thread; of more, those at its beginning are left out.
const REMARKS: usize = 2_000;

/// What a message that waits is besides its text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Extra {
    /// It is for agents alone.
    Note,
    /// It offers the visitor this.
    Offers(Rich),
}

/// Those of the messages that wait: as many as they are.
#[derive(Debug, Default)]
pub(super) struct Extras(Vec<(MessageId, Extra)>);

impl Extras {
    pub(super) fn keep(&mut self, id: MessageId, extra: Option<Extra>) {
        self.0.extend(extra.map(|extra| (id, extra)));
    }

    pub(super) fn of(&self, id: MessageId) -> Option<&Extra> {
        self.0.iter().find(|(known, _)| *known == id).map(|(_, extra)| extra)
    }
}

impl OpenThread {
    /// It does not wait any more.
    pub(super) fn forget_waiting(&mut self, id: MessageId) {
        self.waiting.remove(id);
        self.extras.0.retain(|(known, _)| *known != id);
    }

    /// What was noted of a conversation at its end.
    pub fn wrapped(&self, conversation: ConversationId) -> Option<&Remark> {
        self.remarks.values().find(|remark| remark.is_wrap && remark.conversation == conversation)
    }
}

impl DeskInbox {
    pub(super) fn take_remarks(&mut self, told: Remarks) {
        let Some(thread) = self.threads.iter_mut().find(|thread| thread.visitor == told.visitor) else { return };
        for remark in told.remarks {
            thread.forget_waiting(remark.id);
            // It is told with another time where it was changed.
            thread.remarks.retain(|_, known| known.id != remark.id);
            thread.remarks.insert((remark.after, remark.at, remark.id), remark);
            if thread.remarks.len() > REMARKS {
                thread.remarks.pop_first();
            }
        }
    }
}
