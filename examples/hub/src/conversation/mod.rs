//! Conversations: who hears of what is said.
//!
//! What is said is kept first and told then: an entry that anybody was told is there for good. A connection takes part as a [`Talker`]
//! (a visitor's page) or an [`Attendant`] (a desk), each with a task of its own, so that what it says is done in order and its connection
//! never waits for the disk. [`Conversations`] is where they find each other; the [`Switchboard`] is told what waits, and offers it.

mod board;
mod bot;
mod busy;
mod desk;
mod known;
mod pace;
mod page;
mod remarks;
mod silence;
mod speech;
mod switchboard;

pub use bot::{Calls, resume};
pub use busy::Busy;
pub use desk::Attendant;
pub use known::Conversations;
pub use page::Talker;
pub use silence::sweep;
pub use speech::{Heard, change, forgotten, hear, publish};
pub use switchboard::{Fact, Operator, Switchboard};

use alongside::protocol::conversation::{Entry, Standing};
use alongside::protocol::{ConversationId, Encoding, Payload};

use crate::store::{AgentName, KeptConversation, KeptEntry};

/// Most bytes of the entries or rows of one frame, in the longer encoding.
const PIECE_BYTES: usize = 40_000;

/// What one connection says waits here until it is done; then the connection waits.
const WAITING: usize = 64;

/// How a conversation stands, as its visitor is told; `conversation` where it is named.
fn standing(kept: &KeptConversation, conversation: Option<ConversationId>) -> Standing {
    Standing {
        stage: kept.stage,
        agent: kept.agent.as_ref().map(|agent| agent.name.clone()),
        is_bot: kept.agent.as_ref().map(AgentName::is_bot),
        first: kept.first,
        version: kept.version,
        delivered: kept.agent_delivered,
        read: kept.agent_read,
        seen: kept.read,
        last: kept.thread_last,
        unread: kept.unseen,
        conversation,
    }
}

/// As many of the entries as one frame holds, at least one, and whether some are left over.
fn as_many(mut entries: Vec<Entry>, keep: Keep) -> (Vec<Entry>, bool) {
    let size = |entry: &Entry| Payload::encode_entry(entry, Encoding::Json).len();
    let mut bytes = 0;
    let mut fits = |entry: &Entry| {
        bytes += size(entry);
        bytes <= PIECE_BYTES
    };
    let count = match keep {
        Keep::First => entries.iter().take_while(|entry| fits(entry)).count(),
        Keep::Last => entries.iter().rev().take_while(|entry| fits(entry)).count(),
    }
    .max(1)
    .min(entries.len());
    let is_cut = count < entries.len();
    match keep {
        Keep::First => entries.truncate(count),
        Keep::Last => drop(entries.drain(..entries.len() - count)),
    }
    (entries, is_cut)
}

/// Which of too many entries are told now.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keep {
    First,
    Last,
}

/// Entries as this agent is told of them.
fn for_agent(entries: Vec<KeptEntry>, agent: &str) -> Vec<Entry> {
    entries
        .into_iter()
        .map(|KeptEntry { entry, agent: author, .. }| Entry { is_own: author.map(|author| author == agent), ..entry })
        .collect()
}

/// Entries as their visitor is told of them.
fn for_visitor(entries: Vec<KeptEntry>) -> Vec<Entry> {
    entries.into_iter().map(|kept| kept.entry).collect()
}

#[cfg(test)]
mod tests {
    use alongside::protocol::conversation::{Author, MESSAGE_LIMIT, MessageText, PAGE_OF_ENTRIES};
    use alongside::protocol::{FRAME_LIMIT, MessageId};
    use alongside::time::Timestamp;

    use super::*;

    #[test]
    fn a_part_of_a_thread_fits_a_frame_whatever_people_write() {
        let entry = |seq: u64, text: &str| Entry {
            seq,
            id: MessageId::from_bytes([1; 16]),
            conversation: ConversationId::from_bytes([2; 16]),
            at: Timestamp::from_millis(u64::MAX),
            author: Author::Visitor,
            name: Some("n".repeat(128)),
            text: Some(MessageText::new(text).expect("a message")),
            event: None,
            is_own: Some(true),
            file: None,
            rich: None,
            preview: None,
            rating: None,
        };
        for text in ["tea", &"a".repeat(MESSAGE_LIMIT), &"<".repeat(MESSAGE_LIMIT)] {
            let all: Vec<_> = (1..=PAGE_OF_ENTRIES as u64).map(|seq| entry(seq, text)).collect();
            let (first, is_cut) = as_many(all.clone(), Keep::First);
            let (last, _) = as_many(all.clone(), Keep::Last);
            assert_eq!(first, all[..first.len()]);
            assert_eq!(last, all[all.len() - last.len()..]);
            assert_eq!(is_cut, first.len() < all.len());
            assert!(!first.is_empty() && (text != "tea" || !is_cut));
            let bytes: usize = first.iter().map(|entry| Payload::encode_entry(entry, Encoding::Json).len()).sum();
            assert!(bytes < FRAME_LIMIT - 4_096, "{bytes}");
        }
    }
}
