//! How a visitor's conversations stand: the one that he has at a time, or each of several.
//!
//! Invariant: either there is one that is not named, or all are named, each once.

use super::thread::{Thread, is_for_visitor};
use crate::protocol::ConversationId;
use crate::protocol::conversation::{Author, Mark, Place, SEVERAL, Stage, Standing};
use crate::time::Instant;

/// Most that are known: with more, those that are over are left out.
const KNOWN: usize = 4 * SEVERAL;

/// Which conversation of a thread is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Which {
    /// The current one: the latest that goes on, else the last one. Where there is one at a time, it is shown with all that came before.
    #[default]
    Current,
    /// This one.
    One(ConversationId),
    /// One that the visitor's next message begins, under this id, which the page made.
    New(ConversationId),
}

impl Which {
    /// Nothing for the current one, else the id; one that begins has a `+` before it.
    pub fn to_text(self) -> String {
        match self {
            Self::Current => String::new(),
            Self::One(conversation) => conversation.to_string(),
            Self::New(conversation) => String::from("+") + &conversation.to_string(),
        }
    }

    /// Reads what [`Which::to_text`] wrote; nothing for any other text.
    pub fn from_text(text: &str) -> Option<Self> {
        match text.strip_prefix('+') {
            _ if text.is_empty() => Some(Self::Current),
            Some(id) => id.parse().ok().map(Self::New),
            None => text.parse().ok().map(Self::One),
        }
    }

    /// Its id, where it has been said.
    pub(super) fn id(self) -> Option<ConversationId> {
        match self {
            Self::Current => None,
            Self::One(conversation) | Self::New(conversation) => Some(conversation),
        }
    }
}

/// One conversation, as far as the hub has told.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) standing: Standing,
    /// Where it waits.
    pub(super) place: Option<Place>,
    /// Who is writing, and until when that is believed.
    pub(super) typing: Option<(String, Instant)>,
    /// What the hub was told of what has come and was seen.
    marked: Option<Mark>,
    /// Whether the hub has told of it since it was asked.
    is_told: bool,
}

impl Known {
    /// Whether it is this one: the one that has no name is all of them.
    pub(super) fn is_of(&self, conversation: ConversationId) -> bool {
        self.standing.conversation.is_none_or(|named| named == conversation)
    }

    fn goes_on(&self) -> bool {
        matches!(self.standing.stage, Stage::Waiting | Stage::Open)
    }

    /// Up to which number the visitor has read it.
    pub(super) fn seen(&self) -> u64 {
        self.standing.seen.max(self.marked.as_ref().map_or(0, |mark| mark.read))
    }

    /// Its last entry, as far as the thread is known.
    fn last(&self, thread: &Thread) -> Option<(u64, Author)> {
        let last = thread.latest(self.standing.first, &mut |entry| self.is_of(entry.conversation));
        last.map(|last| (last.seq, last.author))
    }

    /// Its entries for the visitor that he has not read.
    pub(super) fn unread(&self, thread: &Thread) -> u32 {
        let seen = self.seen();
        let mut count = 0;
        thread.latest(seen + 1, &mut |entry| {
            count += u32::from(self.is_of(entry.conversation) && is_for_visitor(entry));
            false
        });
        // What came before the entries that are known is told by the hub, until he has read it.
        let from = self.standing.first.max(seen + 1);
        let is_whole = !thread.has_earlier() || thread.first().is_some_and(|first| first <= from);
        if thread.is_known() && (is_whole || seen > self.standing.seen) {
            count
        } else {
            count.max(self.standing.unread)
        }
    }
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Standings(Vec<Known>);

impl Standings {
    /// The hub tells how one stands.
    pub(super) fn take(&mut self, standing: Standing) {
        let (conversation, is_full) = (standing.conversation, self.0.len() >= KNOWN);
        let is_wanted = |known: &Known| !is_full || known.goes_on() || known.standing.conversation == conversation;
        self.0.retain(|known| known.standing.conversation.is_some() == conversation.is_some() && is_wanted(known));
        let Some(known) = self.0.iter_mut().find(|known| known.standing.conversation == standing.conversation) else {
            return self.0.push(Known { standing, place: None, typing: None, marked: None, is_told: true });
        };
        known.is_told = true;
        // Less than is known is there only where all was forgotten.
        let is_forgotten = standing.stage == Stage::None;
        if is_forgotten || (standing.first, standing.version) >= (known.standing.first, known.standing.version) {
            if standing.stage != Stage::Waiting {
                known.place = None;
            }
            known.standing = standing;
        }
    }

    /// Whether there are others than the current one, or may be.
    pub(super) fn are_named(&self) -> bool {
        self.0.iter().any(|known| known.standing.conversation.is_some())
    }

    /// How many go on.
    pub(super) fn count_on(&self) -> usize {
        self.0.iter().filter(|known| known.goes_on()).count()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Known> {
        self.0.iter()
    }

    /// The latest that goes on, else the last one.
    pub(super) fn current(&self) -> Option<&Known> {
        self.0.iter().max_by_key(|known| (known.goes_on(), known.standing.first))
    }

    /// This one; absent where nobody has told of it.
    pub(super) fn of(&self, conversation: ConversationId) -> Option<&Known> {
        self.0.iter().find(|known| known.is_of(conversation))
    }

    /// As [`Standings::of`]; the current one where it is not said which.
    pub(super) fn of_mut(&mut self, conversation: Option<ConversationId>) -> Option<&mut Known> {
        let current = self.current().and_then(|current| current.standing.conversation);
        let meant = conversation.or(current);
        self.0.iter_mut().find(|known| meant.is_none_or(|meant| known.is_of(meant)))
    }

    /// A new link: what was said on the last one may be lost, and all that goes on will be told.
    pub(super) fn handle_online(&mut self) {
        self.0.iter_mut().for_each(|known| (known.marked, known.is_told) = (None, false));
    }

    /// The hub has told all that go on: others are over.
    pub(super) fn handle_told(&mut self) {
        self.0.iter_mut().filter(|known| !known.is_told).for_each(|known| known.standing.stage = Stage::Ended);
    }

    /// It is over.
    pub(super) fn end(&mut self, conversation: ConversationId) {
        let over = self.0.iter_mut().find(|known| known.standing.conversation == Some(conversation));
        over.into_iter().for_each(|known| known.standing.stage = Stage::Ended);
    }

    /// Nobody is known to be writing.
    pub(super) fn handle_offline(&mut self) {
        self.0.iter_mut().for_each(|known| known.typing = None);
    }

    /// Whether somebody is not believed to be writing any more.
    pub(super) fn expire(&mut self, now: Instant) -> bool {
        let mut is_over = false;
        for known in &mut self.0 {
            if known.typing.take_if(|(_, until)| *until <= now).is_some() {
                is_over = true;
            }
        }
        is_over
    }

    /// When [`Standings::expire`] has something to do.
    pub(super) fn due(&self) -> Option<Instant> {
        self.0.iter().filter_map(|known| known.typing.as_ref().map(|(_, until)| *until)).min()
    }

    /// Tells what has come, and what of it was read to its end, where that is news.
    pub(super) fn mark(&mut self, thread: &Thread, is_read: &dyn Fn(&Known) -> bool, tell: &mut dyn FnMut(Mark)) {
        for known in &mut self.0 {
            let Some((last, author)) = known.last(thread) else { continue };
            let read = if is_read(known) { last } else { known.seen() };
            // Who writes has what came before, and the hub knows.
            let is_needed = author != Author::Visitor || read > known.seen();
            let is_news = known.marked.as_ref().is_none_or(|marked| marked.delivered < last || marked.read < read);
            if is_news && is_needed {
                let mark = Mark { delivered: last, read, conversation: known.standing.conversation };
                known.marked = Some(mark.clone());
                tell(mark);
            }
        }
    }
}
