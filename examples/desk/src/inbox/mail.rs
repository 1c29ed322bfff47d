//! Conversations as the desk shows them: a copy of what the agent's half says.

use alongside::messenger::{DeskInbox, Line, LineState, Offered, OpenThread};
use alongside::protocol::conversation::{Author, Floor, Presence, Row, Stage};
use alongside::protocol::{ConversationId, MessageId};

/// Messages of one author within this time are a group, in milliseconds.
const GROUP: u64 = 120_000;

/// What is to be seen of all conversations.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mail {
    /// Whether the hub has told what there is.
    pub is_known: bool,
    /// In the order in which they are listed.
    pub rows: Vec<Row>,
    /// The one that is open.
    pub open: Option<Opened>,
    /// What the agent is offered, the first one first.
    pub offers: Vec<Offered>,
    /// How he is.
    pub presence: Option<Presence>,
    /// Who else is at work; `None` before the hub has said so.
    pub floor: Option<Floor>,
}

/// The conversation that is open.
#[derive(Clone, Debug, PartialEq)]
pub struct Opened {
    /// Which.
    pub conversation: ConversationId,
    /// Its thread.
    pub lines: Vec<Shown>,
    /// What there is has not come yet.
    pub is_loading: bool,
    /// There are lines before these.
    pub has_earlier: bool,
    /// They were asked for.
    pub is_loading_earlier: bool,
    /// Who is writing: an agent, or with an empty name the visitor.
    pub typing: Option<String>,
}

/// One line, and its place in a group.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// As the agent's half tells it.
    pub line: Line,
    /// Whether another conversation begins with it.
    pub begins: bool,
    /// Whether it is the first of its group.
    pub is_first: bool,
}

impl Shown {
    /// What it is drawn anew for.
    pub fn key(&self) -> (MessageId, LineState, bool, bool) {
        (self.line.id, self.line.state, self.is_first, self.begins)
    }
}

/// The groups of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// This agent's own.
    Own,
    /// Those that wait.
    Waiting,
    /// Those that other agents have.
    Others,
    /// Those that are over.
    Ended,
}

impl Group {
    /// In the order in which they are listed.
    pub const ALL: [Self; 4] = [Self::Own, Self::Waiting, Self::Others, Self::Ended];

    /// Where a conversation is listed.
    pub fn of(row: &Row) -> Self {
        match row.stage {
            Stage::Open if row.is_own => Self::Own,
            Stage::Waiting => Self::Waiting,
            Stage::Ended => Self::Ended,
            _ => Self::Others,
        }
    }
}

impl Mail {
    /// What an inbox says, with `chosen` open.
    pub fn of(inbox: &DeskInbox, chosen: Option<ConversationId>) -> Self {
        let open = |conversation| {
            let thread = inbox.thread(conversation)?;
            Some(Opened {
                conversation,
                lines: shown(thread, inbox.row(conversation)),
                is_loading: thread.is_loading(),
                has_earlier: thread.has_earlier(),
                is_loading_earlier: thread.is_loading_earlier(),
                typing: thread.typing().map(str::to_owned),
            })
        };
        Self {
            is_known: inbox.is_known(),
            rows: inbox.rows().into_iter().cloned().collect(),
            open: chosen.and_then(open),
            offers: inbox.offers().to_vec(),
            presence: inbox.presence(),
            floor: inbox.floor().cloned(),
        }
    }

    /// One of them.
    pub fn row(&self, conversation: ConversationId) -> Option<&Row> {
        self.rows.iter().find(|row| row.conversation == conversation)
    }

    /// Those of a group.
    pub fn group(&self, group: Group) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(move |row| Group::of(row) == group)
    }

    /// How many want this agent: his own with something unread, and those that wait.
    pub fn wanting(&self) -> usize {
        self.rows
            .iter()
            .filter(|row| match Group::of(row) {
                Group::Own => row.unread > 0,
                group => group == Group::Waiting,
            })
            .count()
    }

    /// The one `by` places after that one in the list; the first where there is none.
    pub fn beside(&self, chosen: Option<ConversationId>, by: isize) -> Option<ConversationId> {
        let at = chosen.and_then(|chosen| self.rows.iter().position(|row| row.conversation == chosen));
        let next = match at {
            Some(at) => at.checked_add_signed(by).unwrap_or(0).min(self.rows.len().saturating_sub(1)),
            None => 0,
        };
        self.rows.get(next).map(|row| row.conversation)
    }
}

fn shown(thread: &OpenThread, row: Option<&Row>) -> Vec<Shown> {
    let lines = thread.lines(row);
    let mut shown: Vec<Shown> = Vec::with_capacity(lines.len());
    for line in lines {
        let before = shown.last().map(|shown| &shown.line);
        let begins = match (before.and_then(|before| before.conversation), line.conversation) {
            (Some(before), Some(now)) => before != now,
            _ => false,
        };
        let goes_on = before.is_some_and(|before| {
            let is_same = before.author == line.author
                && before.is_own == line.is_own
                && before.name.is_some() == line.name.is_some();
            let is_same = is_same || line.conversation.is_none() && before.is_own && before.author == Author::Agent;
            is_same && before.text.is_some() && line.at.as_millis() < before.at.as_millis() + GROUP
        });
        shown.push(Shown { begins, is_first: begins || !goes_on, line });
    }
    shown
}

#[cfg(test)]
mod tests {
    use alongside::protocol::VisitorId;
    use alongside::time::Timestamp;

    use super::*;

    fn row(number: u8, stage: Stage, is_own: bool, unread: u32) -> Row {
        Row {
            conversation: ConversationId::from_bytes([number; 16]),
            version: 1,
            visitor: VisitorId::from_bytes([number; 16]),
            visit: None,
            stage,
            agent: None,
            is_own,
            began: Timestamp::default(),
            since: Timestamp::default(),
            last_at: Timestamp::default(),
            last: 1,
            last_author: Author::Visitor,
            excerpt: String::new(),
            unread,
            delivered: 0,
            read: 0,
            is_there: true,
            channel: None,
            name: None,
            identity: None,
            sign_in: None,
        }
    }

    #[test]
    fn what_waits_and_what_is_unread_of_ones_own_wants_the_agent() {
        let rows = vec![
            row(1, Stage::Open, true, 2),
            row(2, Stage::Open, true, 0),
            row(3, Stage::Waiting, false, 1),
            row(4, Stage::Open, false, 5),
            row(5, Stage::Ended, false, 1),
        ];
        let mail = Mail { is_known: true, rows, ..Mail::default() };
        assert_eq!(mail.wanting(), 2);
        let groups: Vec<_> = Group::ALL.map(|group| mail.group(group).count()).to_vec();
        assert_eq!(groups, [2, 1, 1, 1]);
    }

    #[test]
    fn the_keys_lead_through_the_list_and_stop_at_its_ends() {
        let rows = vec![row(1, Stage::Open, true, 0), row(2, Stage::Waiting, false, 0)];
        let mail = Mail { is_known: true, rows, ..Mail::default() };
        let id = |number| Some(ConversationId::from_bytes([number; 16]));
        for (from, by, to) in [
            (None, 1, id(1)),
            (id(1), 1, id(2)),
            (id(2), 1, id(2)),
            (id(2), -1, id(1)),
            (id(1), -1, id(1)),
            (id(9), -1, id(1)),
        ] {
            assert_eq!(mail.beside(from, by), to);
        }
        assert_eq!(Mail::default().beside(None, 1), None);
    }
}
