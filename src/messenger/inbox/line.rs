//! A thread as lines: what was kept, what agents noted between, and what waits.

use core::ops::Range;

use super::OpenThread;
use super::remarks::Extra;
use crate::messenger::outbox::{Progress, Waiting};
use crate::protocol::conversation::{Attachment, Author, Entry, MessageText, Objection, Remark, Row};
use crate::protocol::rich::Rich;
use crate::protocol::{ConversationId, MessageId};
use crate::time::Timestamp;

/// One line of a thread, as the desk draws it.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What it is known by.
    pub id: MessageId,
    /// Which conversation it belongs to; absent while it waits.
    pub conversation: Option<ConversationId>,
    /// When, by the hub's clock; where it waits, by the desk's.
    pub at: Timestamp,
    /// Who wrote it.
    pub author: Author,
    /// His name.
    pub name: Option<String>,
    /// Whether this agent wrote it.
    pub is_own: bool,
    /// What was written, or the name of the file.
    pub text: Option<MessageText>,
    /// What was sent with it.
    pub file: Option<Attachment>,
    /// What it offers the visitor besides.
    pub rich: Option<Rich>,
    /// What happened.
    pub event: Option<String>,
    /// It is for agents alone.
    pub noted: Option<Noted>,
    /// How a message to the visitor is doing.
    pub state: LineState,
}

/// What an agent noted for agents.
#[derive(Clone, Debug, PartialEq)]
pub enum Noted {
    /// At that moment.
    Then,
    /// Of the conversation as a whole, with a code of the customer's list: its id, and what it was called.
    AtTheEnd(Option<(String, String)>),
}

/// How a message to the visitor is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LineState {
    /// It is none.
    None,
    /// It waits for the link.
    Queued,
    /// It was sent.
    Sending,
    /// The hub has it.
    Sent,
    /// One of the visitor's pages has it.
    Delivered,
    /// The visitor has read it.
    Read,
    /// It was not taken.
    Failed(Objection),
}

impl Line {
    /// What its author wrote: not the name of its file.
    pub fn words(&self) -> Option<&MessageText> {
        self.text.as_ref().filter(|text| self.file.as_ref().is_none_or(|file| !file.is_named(text)))
    }
}

impl OpenThread {
    /// Its lines, in order.
    pub fn lines(&self, row: Option<&Row>) -> Vec<Line> {
        self.lines_in(row, 0..u64::MAX)
    }

    /// Those of the entries with these numbers; what waits comes with the last entry.
    pub fn lines_in(&self, row: Option<&Row>, seqs: Range<u64>) -> Vec<Line> {
        let (delivered, read) = row.map_or((0, 0), |row| (row.delivered, row.read));
        let mut lines = Vec::new();
        let first = self.thread.first().unwrap_or(u64::MAX).max(seqs.start);
        let mut remarks =
            self.remarks.range((first, Timestamp::default(), MessageId::from_bytes([0; 16]))..).peekable();
        for entry in self.thread.entries_from(first).take_while(|entry| entry.seq < seqs.end) {
            lines.push(kept(entry, delivered, read));
            while let Some((_, remark)) = remarks.next_if(|((after, ..), _)| *after <= entry.seq) {
                lines.push(noted(remark));
            }
        }
        if self.last() < seqs.end {
            lines.extend(self.waiting.iter().map(|waiting| waits(waiting, self.extras.of(waiting.pending.id))));
        }
        lines
    }

    /// The number of the first entry that has come; 0 where none has.
    pub fn first(&self) -> u64 {
        self.thread.first().unwrap_or_default()
    }

    /// The number of the last one.
    pub fn last(&self) -> u64 {
        self.thread.last()
    }
}

fn kept(entry: &Entry, delivered: u64, read: u64) -> Line {
    Line {
        id: entry.id,
        conversation: Some(entry.conversation),
        at: entry.at,
        author: entry.author,
        name: entry.name.clone(),
        is_own: entry.is_own == Some(true),
        text: entry.text.clone(),
        file: entry.file.clone(),
        rich: entry.rich.as_ref().and_then(|offered| offered.0.clone()),
        event: entry.event.clone(),
        noted: None,
        state: match entry.author {
            Author::Visitor | Author::Hub => LineState::None,
            _ if entry.text.is_none() => LineState::None,
            _ if entry.seq <= read => LineState::Read,
            _ if entry.seq <= delivered => LineState::Delivered,
            _ => LineState::Sent,
        },
    }
}

fn noted(remark: &Remark) -> Line {
    let code = remark.code.clone().map(|code| (code, remark.code_name.clone().unwrap_or_default()));
    Line {
        id: remark.id,
        conversation: Some(remark.conversation),
        at: remark.at,
        author: Author::Agent,
        name: Some(remark.name.clone()),
        is_own: remark.is_own,
        text: remark.text.clone(),
        file: None,
        rich: None,
        event: None,
        noted: Some(if remark.is_wrap { Noted::AtTheEnd(code) } else { Noted::Then }),
        state: LineState::None,
    }
}

fn waits(waiting: &Waiting, extra: Option<&Extra>) -> Line {
    Line {
        id: waiting.pending.id,
        conversation: None,
        at: waiting.pending.at,
        author: Author::Agent,
        name: None,
        is_own: true,
        text: Some(waiting.pending.text.clone()),
        file: waiting.pending.file.clone(),
        rich: match extra {
            Some(Extra::Offers(offer)) => Some(offer.clone()),
            _ => None,
        },
        event: None,
        noted: matches!(extra, Some(Extra::Note)).then_some(Noted::Then),
        state: match waiting.progress {
            Progress::Queued | Progress::Held(..) => LineState::Queued,
            Progress::Sent(_) => LineState::Sending,
            Progress::Failed(objection) => LineState::Failed(objection),
        },
    }
}
