//! Conversations as the desk shows them: a copy of what the agent's half says.

use alongside::messenger::{DeskInbox, Line, LineState, Offered};
use alongside::protocol::conversation::{Author, Floor, Presence, Remark, Row, Stage};
use alongside::protocol::{ConversationId, MessageId};
use alongside::time::Timestamp;

/// Most entries that are drawn at once, and by how many others are drawn.
const WINDOW: u64 = 160;
const STEP: u64 = 60;

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
    /// The number of the first entry that is drawn.
    pub from: u64,
    /// There are others before these that have come.
    pub has_above: bool,
    /// There are others after these.
    pub has_below: bool,
    /// There are lines before these that have not come.
    pub has_earlier: bool,
    /// They were asked for.
    pub is_loading_earlier: bool,
    /// Who is writing: an agent, or with an empty name the visitor.
    pub typing: Option<String>,
    /// What was noted of the conversation at its end.
    pub wrapped: Option<Remark>,
}

/// One line, and its place in a group.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// As the agent's half tells it.
    pub line: Line,
    /// Whether another conversation begins with it.
    pub begins: bool,
    /// Whether it is of another one that went on at the same time.
    pub is_beside: bool,
    /// Whether it is the first of its group.
    pub is_first: bool,
    /// Whether it is the first of its day.
    pub is_new_day: bool,
}

impl Opened {
    /// What to draw from where earlier ones are wanted.
    pub fn above(&self) -> u64 {
        self.from.saturating_sub(STEP)
    }

    /// What to draw from where later ones are wanted.
    pub fn below(&self) -> u64 {
        self.from + STEP
    }
}

impl Shown {
    /// What it is drawn anew for.
    pub fn key(&self) -> (MessageId, LineState, [bool; 5], Timestamp) {
        let Self { line, begins, is_beside, is_first, is_new_day } = self;
        (line.id, line.state, [*is_first, *begins, *is_beside, *is_new_day, line.preview.is_some()], line.at)
    }
}

/// Whether a conversation has a text, in lower case already, in what was said last, its visitor's name or id, or its agent's name.
pub fn is_match(row: &Row, text: &str) -> bool {
    let has = |field: &str| field.to_lowercase().contains(text);
    text.is_empty()
        || has(&row.excerpt)
        || row.name.as_deref().is_some_and(has)
        || row.agent.as_deref().is_some_and(has)
        || row.visitor.to_string().starts_with(text)
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
            // He has to say yet what it was about.
            Stage::Ended if row.wrap_until.is_some() => Self::Own,
            Stage::Waiting => Self::Waiting,
            Stage::Ended => Self::Ended,
            _ => Self::Others,
        }
    }
}

impl Mail {
    /// What an inbox says, with `chosen` open, from the entry with the number `from` on, or at its end. `day` counts days of the agent's calendar.
    pub fn of(
        inbox: &DeskInbox,
        chosen: Option<ConversationId>,
        from: Option<u64>,
        day: impl Fn(Timestamp) -> i64,
    ) -> Self {
        let open = |conversation| {
            let thread = inbox.thread(conversation)?;
            let (first, end) = (thread.first(), thread.last() + 1);
            let latest = end.saturating_sub(WINDOW).max(first);
            let from = from.map_or(latest, |from| from.clamp(first, latest));
            // With the one before, which says whether a day or a group goes on.
            let row = inbox.row(conversation);
            let before = if from > first { thread.lines_in(row, from - 1..from).len() } else { 0 };
            let is_beside = |other| row.zip(inbox.row(other)).is_some_and(|(row, other)| overlap(row, other));
            let mut lines = shown(thread.lines_in(row, from.saturating_sub(1)..from + WINDOW), &is_beside, &day);
            lines.drain(..before);
            Some(Opened {
                conversation,
                from,
                has_above: from > first,
                has_below: from < latest,
                lines,
                wrapped: thread.wrapped(conversation).cloned(),
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

/// Whether two conversations went on at the same time.
fn overlap(one: &Row, other: &Row) -> bool {
    // One that goes on has no end yet, however long ago the last word was.
    let goes_on_at = |row: &Row, at: Timestamp| row.stage != Stage::Ended || row.last_at > at;
    one.conversation != other.conversation && goes_on_at(one, other.began) && goes_on_at(other, one.began)
}

fn shown(lines: Vec<Line>, is_beside: &impl Fn(ConversationId) -> bool, day: &impl Fn(Timestamp) -> i64) -> Vec<Shown> {
    let mut last_day = None;
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
            let is_note = before.noted.is_some() || line.noted.is_some();
            is_same && !is_note && before.text.is_some() && line.at.as_millis() < before.at.as_millis() + GROUP
        });
        let today = day(line.at);
        let is_new_day = last_day.replace(today) != Some(today);
        let is_beside = line.conversation.is_some_and(is_beside);
        shown.push(Shown { begins, is_beside, is_first: begins || is_new_day || !goes_on, is_new_day, line });
    }
    shown
}

#[cfg(test)]
mod tests {
    use alongside::messenger::Noted;
    use alongside::protocol::VisitorId;
    use alongside::protocol::conversation::MessageText;

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
            wrap_until: None,
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

    fn line(number: u8, at: u64, noted: Option<Noted>) -> Line {
        Line {
            id: MessageId::from_bytes([number; 16]),
            conversation: Some(ConversationId::from_bytes([1; 16])),
            at: Timestamp::from_millis(at),
            author: Author::Agent,
            name: Some("Aki".into()),
            is_own: true,
            text: MessageText::new("text").ok(),
            file: None,
            rich: None,
            preview: None,
            rating: None,
            event: None,
            noted,
            state: LineState::Sent,
        }
    }

    #[test]
    fn conversations_overlap_while_neither_ended_before_the_other_began() {
        let at = |number, stage, began, last_at| Row {
            began: Timestamp::from_millis(began),
            last_at: Timestamp::from_millis(last_at),
            ..row(number, stage, false, 0)
        };
        let quiet = at(1, Stage::Waiting, 10, 10);
        assert!(overlap(&quiet, &at(2, Stage::Open, 20, 30)), "it goes on, though nothing was said since");
        assert!(overlap(&at(2, Stage::Open, 20, 30), &quiet));
        assert!(!overlap(&quiet, &quiet));
        let over = at(3, Stage::Ended, 10, 15);
        assert!(!overlap(&over, &at(2, Stage::Open, 20, 30)) && !overlap(&at(2, Stage::Open, 20, 30), &over));
        assert!(overlap(&at(3, Stage::Ended, 10, 25), &at(2, Stage::Ended, 20, 30)));
    }

    #[test]
    fn what_was_said_in_a_conversation_beside_this_one_is_marked() {
        let of = |number: u8| ConversationId::from_bytes([number; 16]);
        let lines = [1, 2, 2, 1].map(|conversation| Line { conversation: Some(of(conversation)), ..line(1, 10, None) });
        let waits = Line { conversation: None, ..line(2, 20, None) };
        let shown = shown(lines.into_iter().chain([waits]).collect(), &|other| other == of(2), &|_| 0);
        let marks: Vec<_> = shown.iter().map(|shown| (shown.begins, shown.is_beside)).collect();
        assert_eq!(marks, [(false, false), (true, true), (false, true), (true, false), (false, false)]);
    }

    #[test]
    fn a_day_begins_with_its_first_line_and_a_note_is_a_group_of_its_own() {
        let lines = vec![
            line(1, 10, None),
            line(2, 20, None),
            line(3, 30, Some(Noted::Then)),
            line(4, 40, None),
            line(5, 101, None),
        ];
        let shown = shown(lines, &|_| false, &|at| at.as_millis() as i64 / 100);
        let looks: Vec<_> = shown.iter().map(|shown| (shown.is_new_day, shown.is_first)).collect();
        assert_eq!(looks, [(true, true), (false, false), (false, true), (false, true), (true, true)]);
    }

    #[test]
    fn a_conversation_is_found_by_what_was_said_by_visitor_and_by_agent() {
        let row = Row { excerpt: "Green Tea".into(), agent: Some("Aki".into()), ..row(0xab, Stage::Open, false, 0) };
        for (text, is_found) in [("", true), ("tea", true), ("aki", true), ("abab", true), ("coffee", false)] {
            assert_eq!(is_match(&row, text), is_found, "{text}");
        }
    }

    #[test]
    fn one_of_which_he_has_to_say_what_it_was_about_is_among_his_own() {
        let row = Row { wrap_until: Some(Timestamp::from_millis(1)), ..row(1, Stage::Ended, false, 0) };
        assert_eq!(Group::of(&row), Group::Own);
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
