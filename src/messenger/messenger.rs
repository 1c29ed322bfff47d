//! The visitor's half of a conversation.

use core::time::Duration;
use std::collections::VecDeque;

use super::TYPING;
use super::outbox::{Outbox, Pending, Progress, WAITING, Waiting};
use super::thread::{Fit, Thread, is_for_visitor};
use crate::protocol::conversation::{
    Ask, Attachment, Author, BEST, Entry, Finish, Mark, MessageText, NotAMessage, NotNow, Place, Rating, Say, Stage,
    Standing, Talk, Terms, Typing,
};
use crate::protocol::rich::{Answer, AnswerValue, Form, Rich};
use crate::protocol::{ConversationId, MessageId};
use crate::time::{Instant, Timestamp};

/// Messages of one second; the hub takes one more.
const PER_SECOND: usize = 4;

/// What is wanted of who acts.
#[derive(Clone, Debug, PartialEq)]
pub enum MessengerOutput {
    /// Send this.
    Send(Talk),
    /// Store this message under its id: for the next page, and for the other tabs.
    Keep(Pending),
    /// Remove it there.
    Drop(MessageId),
    /// This came just now for the visitor, who has not read it: announce it.
    Incoming(Box<Entry>),
    /// Something to be seen has changed.
    Changed,
}

/// Why a message is not taken from the visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SayError {
    /// It is empty.
    Empty,
    /// It is longer than a message may be.
    TooLong,
    /// Too many wait already.
    Full,
    /// Nobody asks how it was, or it was no score.
    NotAsked,
}

impl SayError {
    /// For programs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty-message",
            Self::TooLong => "too-long",
            Self::Full => "too-many-waiting",
            Self::NotAsked => "not-asked",
        }
    }
}

impl From<NotAMessage> for SayError {
    fn from(error: NotAMessage) -> Self {
        match error {
            NotAMessage::TooLong => Self::TooLong,
            NotAMessage::Empty => Self::Empty,
        }
    }
}

/// One visitor's messenger in one page.
///
/// What the visitor writes is shown at once, in the order in which he wrote it, after everything that the hub has kept; once the hub has
/// kept it, it stands where the hub says.
#[derive(Debug, Default)]
pub struct Messenger {
    is_online: bool,
    pub(super) thread: Thread,
    pub(super) waiting: Outbox,
    standing: Option<Standing>,
    place: Option<Place>,
    terms: Option<Terms>,
    /// What the visitor filled in before his next conversation.
    filled: Vec<AnswerValue>,
    /// Who is writing, and until when that is believed.
    typing: Option<(String, Instant)>,
    /// Whether what follows the last entry was asked for, and what comes before the first.
    asks_later: bool,
    asks_earlier: bool,
    /// What the hub was told of what has come and was seen.
    marked: Option<Mark>,
    /// Whether the visitor looks, and the first entry that was new when he began to.
    is_shown: bool,
    new_from: Option<u64>,
    typed: Option<Instant>,
    /// When the last messages were sent.
    sent: VecDeque<Instant>,
    outputs: VecDeque<MessengerOutput>,
}

impl Messenger {
    /// A messenger that knows nothing yet but what waited in storage.
    pub fn new(stored: Vec<Pending>) -> Self {
        Self { waiting: Outbox::new(stored), ..Self::default() }
    }

    /// The link is up: what was missed is asked for, what waits is sent.
    pub fn handle_online(&mut self, now: Instant) {
        if self.is_online {
            return;
        }
        self.is_online = true;
        // What was said on the last link may be lost.
        (self.asks_later, self.asks_earlier, self.marked, self.typed) = (false, false, None, None);
        self.waiting.handle_online();
        self.ask();
        self.send_waiting(now);
        self.change();
    }

    /// The link is down.
    pub fn handle_offline(&mut self) {
        if self.is_online {
            self.is_online = false;
            self.typing = None;
            self.change();
        }
    }

    /// The hub says something.
    pub fn handle_talk(&mut self, talk: Talk, now: Instant) {
        match talk {
            Talk::Thread(thread) => {
                let is_forgotten = thread.standing.last < self.thread.last();
                self.stand(thread.standing);
                match thread.before {
                    Some(_) if !self.asks_earlier => {}
                    Some(before) => {
                        self.asks_earlier = false;
                        if self.thread.first() == Some(before) {
                            self.thread.precede(thread.entries, thread.has_earlier);
                        }
                    }
                    None => {
                        self.asks_later = false;
                        let first = thread.entries.first().map(|entry| entry.seq);
                        let follows = first.is_none_or(|first| first <= self.thread.last() + 1);
                        if self.thread.is_known() && follows && !is_forgotten {
                            self.take(thread.entries, now);
                        } else {
                            self.kept(&thread.entries);
                            self.thread.begin(thread.entries, thread.has_earlier);
                            // He began to look before it was known what there is.
                            self.new_from = self.thread.first_for_visitor(self.seen()).filter(|_| self.is_shown);
                        }
                        if thread.has_later {
                            self.ask();
                        }
                    }
                }
            }
            Talk::News(news) => self.take(news.entries, now),
            Talk::Standing(standing) => self.stand(standing),
            Talk::Place(place) => self.place = Some(place),
            Talk::Terms(terms) => self.terms = Some(terms),
            Talk::Preview(previewed) => self.thread.preview(previewed.seq, previewed.preview),
            Talk::Typing(typing) => {
                self.typing = typing.name.map(|name| (name, now + TYPING));
            }
            Talk::Refused(refused) => {
                self.waiting.refuse(refused.id, refused.objection, refused.retry_after, now);
                // It was rated elsewhere, or another conversation has begun: nobody wants to know any more.
                self.drop_ratings(|waiting| matches!(waiting.progress, Progress::Failed(_)));
            }
            _ => return,
        }
        self.mark(self.seen());
        self.change();
    }

    /// The visitor says something; `id` is random.
    ///
    /// # Errors
    /// [`SayError`]; nothing has changed then.
    pub fn say(&mut self, text: &str, id: MessageId, at: Timestamp, now: Instant) -> Result<(), SayError> {
        let text = MessageText::new(text)?;
        self.wait(Pending::new(id, at, text), now)
    }

    /// The visitor chooses or fills in what a message offers; `text` says the same in words, `id` is random.
    ///
    /// # Errors
    /// [`SayError`]; nothing has changed then.
    pub fn answer(
        &mut self,
        answer: Answer,
        text: &str,
        id: MessageId,
        at: Timestamp,
        now: Instant,
    ) -> Result<(), SayError> {
        self.wait(Pending { answer: Some(answer), ..Pending::new(id, at, MessageText::new(text)?) }, now)
    }

    /// The visitor sends a file that he has brought to the hub; `id` is random, and the message's.
    ///
    /// # Errors
    /// [`SayError`]; nothing has changed then.
    pub fn send_file(&mut self, file: Attachment, id: MessageId, at: Timestamp, now: Instant) -> Result<(), SayError> {
        let text = MessageText::new(&file.name)?;
        self.wait(Pending { file: Some(file), ..Pending::new(id, at, text) }, now)
    }

    /// The visitor says how the conversation was that [`Messenger::to_rate`] names: a score from 1 to [`BEST`], and a comment or nothing; `id`
    /// is random.
    ///
    /// # Errors
    /// [`SayError`]; nothing has changed then.
    pub fn rate(
        &mut self,
        score: u32,
        comment: &str,
        id: MessageId,
        at: Timestamp,
        now: Instant,
    ) -> Result<(), SayError> {
        let conversation = self.to_rate().filter(|_| (1..=BEST).contains(&score)).ok_or(SayError::NotAsked)?;
        let text = MessageText::new(comment);
        let text = if text == Err(NotAMessage::Empty) { MessageText::new(&stars(score)) } else { text }?;
        self.wait(Pending { rating: Some(Rating { conversation, score }), ..Pending::new(id, at, text) }, now)
    }

    /// What the visitor has filled in of [`Messenger::pre_chat`]: it goes with the message that begins the conversation.
    pub fn fill(&mut self, filled: Vec<AnswerValue>) {
        self.filled = filled;
    }

    fn wait(&mut self, mut pending: Pending, now: Instant) -> Result<(), SayError> {
        if self.waiting.is_full() {
            return Err(SayError::Full);
        }
        if pending.rating.is_none() {
            let filled = core::mem::take(&mut self.filled);
            if self.pre_chat().is_some() {
                pending.filled = filled;
            }
        }
        // Times come from a clock that is set by people; the order is the one in which he wrote.
        pending.at = self.waiting.last().map_or(pending.at, |last| pending.at.max(last.pending.at));
        self.outputs.push_back(MessengerOutput::Keep(pending.clone()));
        self.waiting.push(pending);
        self.typed = None;
        self.send_waiting(now);
        self.change();
        Ok(())
    }

    /// Sends a message that failed once more.
    pub fn retry(&mut self, id: MessageId, now: Instant) {
        if self.waiting.retry(id) {
            self.send_waiting(now);
            self.change();
        }
    }

    /// Gives a message up that the hub has not kept. One that is on its way may still be kept.
    pub fn discard(&mut self, id: MessageId) {
        if self.waiting.remove(id) {
            self.outputs.push_back(MessengerOutput::Drop(id));
            self.change();
        }
    }

    /// Another tab stored a message, which it sends; absent where it removed it.
    pub fn handle_stored(&mut self, id: MessageId, pending: Option<Pending>, now: Instant) {
        let is_known = self.waiting.iter().any(|waiting| waiting.pending.id == id)
            || self.thread.entries().rev().take(WAITING).any(|entry| entry.id == id);
        match pending {
            Some(pending) if !is_known && !self.waiting.is_full() => {
                // The tab that wrote it sends it; should that be closed, this one does.
                self.waiting.adopt(pending, now);
            }
            None => drop(self.waiting.remove(id)),
            Some(_) => return,
        }
        self.change();
    }

    /// The visitor is writing.
    pub fn typed(&mut self, now: Instant) {
        let is_on = matches!(self.stage(), Stage::Waiting | Stage::Open);
        if self.is_online && is_on && self.typed.is_none_or(|typed| now.since(typed) >= TYPING) {
            self.typed = Some(now);
            self.send(Talk::Typing(Typing { name: None, conversation: None }));
        }
    }

    /// Asks for entries before those that are shown.
    pub fn earlier(&mut self) {
        if let (true, Some(first)) =
            (self.is_online && self.thread.has_earlier() && !self.asks_earlier, self.thread.first())
        {
            self.asks_earlier = true;
            self.send(Talk::Ask(Ask { after: None, before: Some(first) }));
            self.change();
        }
    }

    /// The visitor begins to look at the thread: what is new to him is marked.
    pub fn handle_shown(&mut self) {
        self.is_shown = true;
        self.new_from = self.thread.first_for_visitor(self.seen());
        self.change();
    }

    /// He looks away.
    pub fn handle_hidden(&mut self) {
        (self.is_shown, self.new_from) = (false, None);
        self.change();
    }

    /// The end of the thread is in front of him.
    pub fn handle_seen(&mut self) {
        let before = self.seen();
        self.mark(self.thread.last());
        if self.seen() != before {
            self.change();
        }
    }

    /// The visitor ends the conversation.
    pub fn finish(&mut self) {
        if self.is_online && matches!(self.stage(), Stage::Waiting | Stage::Open) {
            self.send(Talk::Finish(Finish { conversation: None }));
        }
    }

    /// The visitor does not sign in, as an agent asked him to.
    pub fn decline_sign_in(&mut self) {
        if self.is_online {
            self.send(Talk::NotNow(NotNow { conversation: None }));
        }
    }

    /// Time passed; early calls do nothing.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.typing.as_ref().is_some_and(|(_, until)| *until <= now) {
            self.typing = None;
            self.change();
        }
        self.send_waiting(now);
    }

    /// When to call [`Messenger::handle_timeout`] next.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let typing = self.typing.as_ref().map(|(_, until)| *until);
        let paced =
            (self.sent.len() == PER_SECOND).then(|| self.sent.front().map(|first| *first + Duration::from_secs(1)));
        let sending =
            self.waiting.due().filter(|_| self.is_online).map(|due| due.max(paced.flatten().unwrap_or_default()));
        [typing, sending].into_iter().flatten().min()
    }

    /// The next thing to do; call until `None`.
    pub fn poll_output(&mut self) -> Option<MessengerOutput> {
        self.outputs.pop_front()
    }

    /// How far the conversation has come.
    pub fn stage(&self) -> Stage {
        self.standing.as_ref().map_or(Stage::None, |standing| standing.stage)
    }

    /// Who has it: his name, and whether he is a program.
    pub fn who(&self) -> Option<(&str, bool)> {
        let standing = self.standing.as_ref().filter(|standing| standing.stage == Stage::Open)?;
        Some((standing.agent.as_deref()?, standing.is_bot == Some(true)))
    }

    /// Where it waits, while it does.
    pub fn place(&self) -> Option<&Place> {
        self.place.as_ref().filter(|_| self.stage() == Stage::Waiting)
    }

    /// When somebody is there, and what is kept how long; absent while nobody knows.
    pub fn terms(&self) -> Option<&Terms> {
        self.terms.as_ref()
    }

    /// The form that is asked before the next message, where that begins a conversation.
    pub fn pre_chat(&self) -> Option<&Form> {
        let begins = matches!(self.stage(), Stage::None | Stage::Ended)
            && self.thread.is_known()
            && self.waiting.iter().all(|waiting| waiting.pending.rating.is_some());
        match self.terms.as_ref().filter(|_| begins)?.pre_chat.as_ref()?.0.as_ref()? {
            Rich::Form(form) => Some(form),
            _ => None,
        }
    }

    /// The conversation of which the visitor is asked how it was: the last one, once it is over, if an agent took part in it.
    pub fn to_rate(&self) -> Option<ConversationId> {
        let is_asked = self.terms.as_ref().is_some_and(|terms| terms.asks_rating == Some(true));
        let conversation = self.thread.entries().next_back()?.conversation;
        // What is older than what is known was said long ago.
        let of_it = || self.thread.entries().rev().take_while(|entry| entry.conversation == conversation);
        let is_rated = of_it().any(|entry| entry.rating.is_some());
        let has_agent = of_it().any(|entry| entry.author == Author::Agent && entry.text.is_some());
        let is_idle = self.waiting.is_empty() && self.stage() == Stage::Ended;
        (is_asked && is_idle && has_agent && !is_rated).then_some(conversation)
    }

    /// Who is writing.
    pub fn typing(&self) -> Option<&str> {
        self.typing.as_ref().map(|(name, _)| name.as_str())
    }

    /// Entries for the visitor that he has not read.
    pub fn unread(&self) -> u32 {
        match (&self.standing, self.thread.is_known()) {
            (_, true) => self.thread.count_for_visitor(self.seen()) as u32,
            (Some(standing), false) => standing.unread,
            (None, false) => 0,
        }
    }

    /// Whether anything was said, or waits to be; absent while nobody knows.
    pub fn has_talk(&self) -> Option<bool> {
        let is_there = self.stage() != Stage::None || !self.waiting.is_empty() || self.unread() > 0;
        (is_there || self.thread.is_known()).then_some(is_there)
    }

    /// Whether what there is has not come yet.
    pub fn is_loading(&self) -> bool {
        !self.thread.is_known()
    }

    /// Whether there are entries before those that are shown.
    pub fn has_earlier(&self) -> bool {
        self.thread.has_earlier()
    }

    /// Whether they were asked for.
    pub fn is_loading_earlier(&self) -> bool {
        self.asks_earlier
    }

    /// The first entry that was new when the visitor began to look.
    pub(super) fn new_from(&self) -> Option<u64> {
        self.new_from
    }

    /// Up to which numbers the other side has it on a screen, and has read.
    pub(super) fn received(&self) -> (u64, u64) {
        self.standing.as_ref().map_or((0, 0), |standing| (standing.delivered, standing.read))
    }

    fn seen(&self) -> u64 {
        let told = self.marked.as_ref().map_or(0, |mark| mark.read);
        self.standing.as_ref().map_or(0, |standing| standing.seen).max(told)
    }

    fn stand(&mut self, standing: Standing) {
        let is_newer = self
            .standing
            .as_ref()
            .is_none_or(|known| (standing.first, standing.version) >= (known.first, known.version));
        // Less than is known is there only where all was forgotten.
        let is_forgotten = standing.stage == Stage::None;
        if is_newer || is_forgotten {
            if standing.stage != Stage::Waiting {
                self.place = None;
            }
            self.standing = Some(standing);
        }
    }

    fn take(&mut self, entries: Vec<Entry>, now: Instant) {
        if !self.thread.is_known() {
            // What was asked for comes with it.
            return self.ask();
        }
        self.kept(&entries);
        let before = self.thread.last();
        let is_answered = entries.iter().any(is_for_visitor);
        let fit = self.thread.extend(entries);
        if is_answered && self.typing.as_ref().is_some_and(|(_, until)| *until > now) {
            self.typing = None;
        }
        let seen = self.seen().max(before);
        let news: Vec<_> = self
            .thread
            .entries()
            .rev()
            .take_while(|entry| entry.seq > seen)
            .filter(|entry| is_for_visitor(entry))
            .cloned()
            .collect();
        self.outputs.extend(news.into_iter().rev().map(Box::new).map(MessengerOutput::Incoming));
        if fit == Fit::Gap {
            self.ask();
        }
    }

    /// The hub has kept these.
    fn kept(&mut self, entries: &[Entry]) {
        for entry in entries.iter().filter(|entry| entry.author == Author::Visitor) {
            if self.waiting.remove(entry.id) {
                self.outputs.push_back(MessengerOutput::Drop(entry.id));
            }
            if entry.rating.is_some() {
                // The first one counts.
                self.drop_ratings(|_| true);
            }
        }
    }

    fn drop_ratings(&mut self, is_meant: impl Fn(&Waiting) -> bool) {
        let meant = self.waiting.iter().filter(|waiting| waiting.pending.rating.is_some() && is_meant(waiting));
        for id in meant.map(|waiting| waiting.pending.id).collect::<Vec<_>>() {
            self.waiting.remove(id);
            self.outputs.push_back(MessengerOutput::Drop(id));
        }
    }

    fn ask(&mut self) {
        if self.is_online && !self.asks_later {
            self.asks_later = true;
            let after = self.thread.is_known().then(|| self.thread.last());
            self.send(Talk::Ask(Ask { after, before: None }));
        }
    }

    /// Tells the hub what has come, and that the visitor has read up to this number, where that is news.
    fn mark(&mut self, read: u64) {
        let last = self.thread.entries().next_back();
        let Some((last, author)) = last.filter(|_| self.is_online).map(|last| (last.seq, last.author)) else { return };
        // Who writes has what came before, and the hub knows.
        let is_needed = author != Author::Visitor || read > self.seen();
        let is_news = self.marked.as_ref().is_none_or(|marked| marked.delivered < last || marked.read < read);
        if is_news && is_needed {
            let mark = Mark { delivered: last, read, conversation: None };
            self.marked = Some(mark.clone());
            self.send(Talk::Mark(mark));
        }
    }

    /// Sends what is due, in order and no faster than the hub takes it.
    fn send_waiting(&mut self, now: Instant) {
        if !self.is_online {
            return;
        }
        while self.sent.front().is_some_and(|first| now.since(*first) >= Duration::from_secs(1)) {
            self.sent.pop_front();
        }
        while self.sent.len() < PER_SECOND {
            let Some(Pending { id, text, file, answer, filled, rating, .. }) = self.waiting.next(now) else { break };
            let say = Say {
                id,
                text,
                file: file.map(|file| file.id),
                answer,
                filled,
                rating,
                conversation: None,
                begins: None,
            };
            self.sent.push_back(now);
            self.send(Talk::Say(say));
            self.change();
        }
    }

    fn send(&mut self, talk: Talk) {
        self.outputs.push_back(MessengerOutput::Send(talk));
    }

    fn change(&mut self) {
        if self.outputs.back() != Some(&MessengerOutput::Changed) {
            self.outputs.push_back(MessengerOutput::Changed);
        }
    }
}

/// What a score is as a text, for who knows no scores.
pub(super) fn stars(score: u32) -> String {
    (1..=BEST).map(|star| if star <= score { '★' } else { '☆' }).collect()
}
