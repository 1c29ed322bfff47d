//! The visitor's half of a conversation.

use core::time::Duration;
use std::collections::VecDeque;

use super::TYPING;
use super::outbox::{Outbox, Pending, Progress, Waiting};
use super::standings::{Known, Standings, Which};
use super::thread::{Fit, Thread, is_for_visitor};
use crate::protocol::conversation::{
    Ask, Attachment, Author, BEST, Entry, Finish, MessageText, NotAMessage, NotNow, Place, Rating, SEVERAL, Say, Stage,
    Standing, Talk, Terms, Typing,
};
use crate::protocol::rich::{Answer, AnswerValue, Rich};
use crate::protocol::{ConversationId, MessageId};
use crate::time::{Instant, Timestamp};

/// Messages of one second; the hub takes one more.
const PER_SECOND: usize = 4;

/// Pages of a thread that are asked for at a time, until there is something of the conversation in front in one.
const SOUGHT: u8 = 8;

/// What is wanted of who acts.
#[derive(Clone, Debug, PartialEq)]
pub enum MessengerOutput {
    /// Send this.
    Send(Talk),
    /// Store [`Messenger::pending`] of this id under it: for the next page, and for the other tabs.
    Keep(MessageId),
    /// Remove it there.
    Drop(MessageId),
    /// The entry of this number came just now for the visitor, who has not read it: announce it.
    Incoming(u64),
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
    pub(super) standings: Standings,
    /// The conversation that the visitor looks at, and writes in.
    front: Which,
    terms: Option<Terms>,
    /// What the visitor filled in before his next conversation.
    filled: Vec<AnswerValue>,
    /// Whether what follows the last entry was asked for, and what comes before the first.
    asks_later: bool,
    asks_earlier: bool,
    /// Pages that are still asked for, while none has anything of the conversation in front.
    sought: u8,
    /// Whether the visitor looks, and the first entry that was new when he began to.
    is_shown: bool,
    new_from: Option<u64>,
    /// When it was told last that the visitor writes.
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
        (self.asks_later, self.asks_earlier) = (false, false);
        self.standings.handle_online();
        self.waiting.handle_online();
        self.ask();
        self.send_waiting(now);
        self.change();
    }

    /// The link is down.
    pub fn handle_offline(&mut self) {
        if self.is_online {
            self.is_online = false;
            self.standings.handle_offline();
            self.change();
        }
    }

    /// The hub says something.
    pub fn handle_talk(&mut self, talk: Talk, now: Instant) {
        let had_several = self.terms.is_none() || self.has_several();
        match talk {
            Talk::Thread(thread) => {
                let is_forgotten = thread.standing.last < self.thread.last();
                self.stand(thread.standing);
                if thread.before.is_none() {
                    self.standings.handle_told();
                }
                match thread.before {
                    Some(_) if !self.asks_earlier => {}
                    Some(before) => {
                        self.asks_earlier = false;
                        if self.thread.first() == Some(before) {
                            let is_found = thread.entries.iter().any(|entry| self.shows(entry));
                            self.thread.precede(thread.entries, thread.has_earlier);
                            self.seek(is_found);
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
                            self.new_from = self.first_new().filter(|_| self.is_shown);
                        }
                        if thread.has_later {
                            self.ask();
                        }
                    }
                }
            }
            Talk::News(news) => self.take(news.entries, now),
            Talk::Standing(standing) => self.stand(standing),
            Talk::Place(place) => {
                if let Some(known) = self.standings.of_mut(place.conversation) {
                    known.place = Some(place);
                }
            }
            Talk::Terms(terms) => self.terms = Some(terms),
            Talk::Preview(previewed) => self.thread.preview(previewed.seq, previewed.preview),
            Talk::Typing(typing) => {
                if let Some(known) = self.standings.of_mut(typing.conversation) {
                    known.typing = typing.name.map(|name| (name, now + TYPING));
                }
            }
            Talk::Refused(refused) => {
                self.waiting.refuse(refused.id, refused.objection, refused.retry_after, now);
                // It was rated elsewhere, or another conversation has begun: nobody wants to know any more.
                self.drop_ratings(|waiting| matches!(waiting.progress, Progress::Failed(_)));
            }
            _ => return,
        }
        match self.has_several() {
            false if had_several && self.terms.is_some() => self.front = Which::Current,
            // How each of them stands is told with what is asked for.
            true if !had_several => self.ask(),
            _ => {}
        }
        self.keep_front();
        self.mark(&|_| false);
        self.change();
    }

    /// The visitor looks at this conversation from now on, and writes in it.
    pub fn choose(&mut self, which: Which) {
        if which != self.front {
            (self.front, self.sought) = (which, 0);
            self.keep_front();
            self.new_from = self.first_new().filter(|_| self.is_shown);
            self.change();
        }
    }

    /// The conversation in front, as [`Messenger::send_file`] takes it: what is brought for it is sent in it, whatever is in front then.
    pub fn front(&self) -> Which {
        self.front
    }

    /// Of several the one that is in front stays there, whichever goes on or comes to its end.
    fn keep_front(&mut self) {
        let current = self.standings.current().and_then(|known| known.standing.conversation);
        // Before the thread is told, there may be a later one.
        let is_known = self.has_several() && self.thread.is_known();
        if let (Which::Current, true, Some(current)) = (self.front, is_known, current) {
            self.front = Which::One(current);
        }
    }

    /// The visitor says something; `id` is random.
    ///
    /// # Errors
    /// [`SayError`]; nothing has changed then.
    pub fn say(&mut self, text: &str, id: MessageId, at: Timestamp, now: Instant) -> Result<(), SayError> {
        let text = MessageText::new(text)?;
        self.wait(Pending { which: self.front(), ..Pending::new(id, at, text) }, now)
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
        let pending = Pending { which: self.front(), ..Pending::new(id, at, MessageText::new(text)?) };
        self.wait(Pending { answer: Some(answer), ..pending }, now)
    }

    /// The visitor sends a file that he has brought to the hub, in the conversation that was in front when he chose it; `id` is random, and
    /// the message's.
    ///
    /// # Errors
    /// [`SayError`]; nothing has changed then.
    pub fn send_file(
        &mut self,
        file: Attachment,
        which: Which,
        id: MessageId,
        at: Timestamp,
        now: Instant,
    ) -> Result<(), SayError> {
        let text = MessageText::new(&file.name)?;
        self.wait(Pending { file: Some(file), which, ..Pending::new(id, at, text) }, now)
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
        let rating = Some(Rating { conversation, score });
        self.wait(Pending { rating, which: self.front(), ..Pending::new(id, at, text) }, now)
    }

    /// What the visitor has filled in of [`Messenger::pre_chat`]: it goes with the message that begins the conversation.
    pub fn fill(&mut self, filled: Vec<AnswerValue>) {
        self.filled = filled;
    }

    fn wait(&mut self, mut pending: Pending, now: Instant) -> Result<(), SayError> {
        if self.waiting.is_full() {
            return Err(SayError::Full);
        }
        if self.terms.is_some() && !self.has_several() {
            // Whatever was looked at: there is one that goes on, or begins.
            (self.front, pending.which) = (Which::Current, Which::Current);
        }
        if pending.rating.is_none() && pending.which == self.front && self.pre_chat().is_some() {
            pending.filled = core::mem::take(&mut self.filled);
        }
        // Times come from a clock that is set by people; the order is the one in which he wrote.
        pending.at = self.waiting.last().map_or(pending.at, |last| pending.at.max(last.pending.at));
        self.outputs.push_back(MessengerOutput::Keep(pending.id));
        self.waiting.push(pending);
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
        if self.waiting.remove(id).is_some() {
            self.outputs.push_back(MessengerOutput::Drop(id));
            self.change();
        }
    }

    /// Another tab stored a message, which it sends; absent where it removed it.
    pub fn handle_stored(&mut self, id: MessageId, pending: Option<Pending>, now: Instant) {
        let is_known = self.waiting.iter().any(|waiting| waiting.pending.id == id)
            || self.thread.latest(0, &mut |entry| entry.id == id).is_some();
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
            self.send(Talk::Typing(Typing { name: None, conversation: self.named() }));
        }
    }

    /// Asks for entries before those that are known: until there is something of the conversation in front among them, where that has any.
    pub fn earlier(&mut self) {
        self.sought = if self.has_earlier() { SOUGHT } else { 1 };
        self.ask_earlier();
    }

    fn ask_earlier(&mut self) {
        if let (true, Some(first)) =
            (self.is_online && self.thread.has_earlier() && !self.asks_earlier, self.thread.first())
        {
            self.asks_earlier = true;
            self.sought = self.sought.saturating_sub(1);
            self.send(Talk::Ask(Ask { after: None, before: Some(first) }));
            self.change();
        }
    }

    /// Goes on where nothing of the conversation in front was in a page of others.
    fn seek(&mut self, is_found: bool) {
        if is_found {
            self.sought = 0;
        } else if self.sought > 0 {
            self.ask_earlier();
        }
    }

    /// The visitor begins to look at the thread: what is new to him is marked.
    pub fn handle_shown(&mut self) {
        self.is_shown = true;
        self.new_from = self.first_new();
        self.change();
    }

    /// He looks away.
    pub fn handle_hidden(&mut self) {
        (self.is_shown, self.new_from) = (false, None);
        self.change();
    }

    /// The end of what is in front is in view.
    pub fn handle_seen(&mut self) {
        let (before, front) = (self.unread(), self.in_front());
        // What is from before the page is none of them.
        if self.known().is_some() {
            self.mark(&|known| front.is_none_or(|conversation| known.is_of(conversation)));
        }
        if self.unread() != before {
            self.change();
        }
    }

    /// The visitor ends the conversation.
    pub fn finish(&mut self) {
        if self.is_online && matches!(self.stage(), Stage::Waiting | Stage::Open) {
            self.send(Talk::Finish(Finish { conversation: self.named() }));
        }
    }

    /// The visitor does not sign in, as an agent asked him to.
    pub fn decline_sign_in(&mut self) {
        if self.is_online {
            self.send(Talk::NotNow(NotNow { conversation: self.named() }));
        }
    }

    /// Time passed; early calls do nothing.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.standings.expire(now) {
            self.change();
        }
        self.send_waiting(now);
    }

    /// When to call [`Messenger::handle_timeout`] next.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let typing = self.standings.due();
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

    /// Whether there may be several conversations at a time, or there are.
    pub fn has_several(&self) -> bool {
        let may = self.terms.as_ref().map(|terms| terms.several == Some(true));
        may == Some(true) || self.standings.are_named() && (may.is_none() || self.standings.count_on() > 1)
    }

    /// Whether so many go on that none begins before one is over.
    pub fn is_full(&self) -> bool {
        self.standings.count_on() >= SEVERAL
    }

    /// How far the conversation in front has come.
    pub fn stage(&self) -> Stage {
        match (self.known(), self.in_front()) {
            (Some(known), _) => known.standing.stage,
            (None, conversation) => self.state_of(conversation).0,
        }
    }

    /// Who has it: his name, and whether he is a program.
    pub fn who(&self) -> Option<(&str, bool)> {
        let standing = self.known().map(|known| &known.standing).filter(|standing| standing.stage == Stage::Open)?;
        Some((standing.agent.as_deref()?, standing.is_bot == Some(true)))
    }

    /// How far the conversation has come that the visitor writes in, whatever he reads, and the name of who has it.
    pub fn told(&self) -> (Stage, Option<&str>) {
        let is_alone = !self.has_several();
        let known = if is_alone { self.standings.current() } else { self.known() };
        let standing = known.map(|known| &known.standing);
        let stage =
            standing.map_or_else(|| if is_alone { Stage::None } else { self.stage() }, |standing| standing.stage);
        let agent = standing.filter(|_| stage == Stage::Open).and_then(|standing| standing.agent.as_deref());
        (stage, agent)
    }

    /// Where it waits, while it does.
    pub fn place(&self) -> Option<&Place> {
        self.known()?.place.as_ref().filter(|_| self.stage() == Stage::Waiting)
    }

    /// When somebody is there, and what is kept how long; absent while nobody knows.
    pub fn terms(&self) -> Option<&Terms> {
        self.terms.as_ref()
    }

    /// A message that waits; absent once it does not.
    pub fn pending(&self, id: MessageId) -> Option<&Pending> {
        self.waiting.iter().map(|waiting| &waiting.pending).find(|pending| pending.id == id)
    }

    /// An entry of the thread, by its number.
    pub fn entry(&self, seq: u64) -> Option<&Entry> {
        self.thread.latest(seq, &mut |entry| entry.seq == seq)
    }

    /// The form that is asked before the next message, where that begins a conversation.
    pub fn pre_chat(&self) -> Option<&Rich> {
        let begins = matches!(self.stage(), Stage::None | Stage::Ended)
            && self.thread.is_known()
            && !self.waiting.iter().any(|waiting| self.is_in_front(waiting) && waiting.pending.rating.is_none());
        let asked = self.terms.as_ref().filter(|_| begins)?.pre_chat.as_ref()?.0.as_ref();
        asked.filter(|asked| matches!(asked, Rich::Form(_)))
    }

    /// The conversation of which the visitor is asked how it was: the one in front, once it is over, if an agent took part in it.
    pub fn to_rate(&self) -> Option<ConversationId> {
        let is_asked = self.terms.as_ref().is_some_and(|terms| terms.asks_rating == Some(true));
        let ended = self.known().filter(|known| is_asked && known.standing.stage == Stage::Ended)?;
        let conversation = self.in_front().or_else(|| Some(self.thread.entries().next_back()?.conversation))?;
        let (mut is_rated, mut has_agent) = (false, false);
        self.thread.latest(ended.standing.first, &mut |entry| {
            let is_of_it = entry.conversation == conversation;
            has_agent |= is_of_it && entry.author == Author::Agent && entry.text.is_some();
            is_rated = is_of_it && entry.rating.is_some();
            is_rated
        });
        (!self.has_waiting() && has_agent && !is_rated).then_some(conversation)
    }

    /// Who is writing.
    pub fn typing(&self) -> Option<&str> {
        self.known()?.typing.as_ref().map(|(name, _)| name.as_str())
    }

    /// Entries for the visitor that he has not read.
    pub fn unread(&self) -> u32 {
        self.standings.iter().map(|known| known.unread(&self.thread)).sum()
    }

    /// Of them, those of other conversations than the one in front.
    pub fn unread_elsewhere(&self) -> u32 {
        self.unread() - self.known().map_or(0, |known| known.unread(&self.thread))
    }

    /// Whether anything was said, or waits to be; absent while nobody knows.
    pub fn has_talk(&self) -> Option<bool> {
        let has_begun = self.standings.iter().any(|known| known.standing.stage != Stage::None);
        let is_there = has_begun || !self.waiting.is_empty() || self.unread() > 0;
        (is_there || self.thread.is_known()).then_some(is_there)
    }

    /// Whether what there is has not come yet.
    pub fn is_loading(&self) -> bool {
        !self.thread.is_known()
    }

    /// Whether there are entries before those that are shown. Of a conversation that was over before the page began it is known only once they
    /// were asked for.
    pub fn has_earlier(&self) -> bool {
        let Some(first) = self.thread.first().filter(|_| self.thread.has_earlier()) else { return false };
        let Some(conversation) = self.in_front() else { return true };
        match self.known().filter(|known| known.standing.conversation.is_some()) {
            Some(known) => first > known.standing.first,
            None if self.has_several() => self.has_said(conversation) || self.front != Which::New(conversation),
            // They do not overlap.
            None => !self.has_said(conversation) || self.thread.entries().next().is_some_and(|entry| self.shows(entry)),
        }
    }

    /// Whether there are entries of any conversation before those that are known.
    pub fn has_older(&self) -> bool {
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

    /// Up to which numbers the other side has it on a screen, and has read; absent where nobody knows.
    pub(super) fn received(&self) -> Option<(u64, u64)> {
        self.known().map(|known| (known.standing.delivered, known.standing.read))
    }

    /// The one conversation that is shown; absent where all are.
    pub(super) fn in_front(&self) -> Option<ConversationId> {
        let current = || self.standings.current().and_then(|known| known.standing.conversation);
        self.front.id().or_else(|| if self.has_several() { current() } else { None })
    }

    /// Whether it is in front.
    pub(super) fn shows(&self, entry: &Entry) -> bool {
        self.in_front().is_none_or(|conversation| entry.conversation == conversation)
    }

    /// Whether it is to be said in the conversation in front.
    pub(super) fn is_in_front(&self, waiting: &Waiting) -> bool {
        let front = self.in_front();
        front.is_none() || waiting.pending.which.id().or_else(|| self.current()) == front
    }

    /// Whether anything is.
    pub(super) fn has_waiting(&self) -> bool {
        self.waiting.iter().any(|waiting| self.is_in_front(waiting))
    }

    /// How far a conversation has come, and how many of its entries the visitor has not read.
    pub(super) fn state_of(&self, conversation: Option<ConversationId>) -> (Stage, u32) {
        let is_named = self.standings.are_named();
        let known = conversation.and_then(|conversation| {
            self.standings.of(conversation).filter(|_| is_named || self.current() == Some(conversation))
        });
        match (known, conversation) {
            (Some(known), _) => (known.standing.stage, known.unread(&self.thread)),
            (None, Some(conversation)) if self.has_said(conversation) => (Stage::Ended, 0),
            (None, _) => (Stage::None, 0),
        }
    }

    /// The conversation in which it is said, where that is not.
    fn current(&self) -> Option<ConversationId> {
        let named = self.standings.current().and_then(|known| known.standing.conversation);
        named.or_else(|| self.thread.entries().next_back().map(|last| last.conversation))
    }

    /// How the conversation in front stands. Of one that was over before the page began nobody has told.
    fn known(&self) -> Option<&Known> {
        match self.in_front() {
            Some(conversation) if self.standings.are_named() => self.standings.of(conversation),
            Some(conversation) => self.standings.current().filter(|_| self.current() == Some(conversation)),
            None => self.standings.current(),
        }
    }

    /// The one in front, where it is to be told which that is.
    fn named(&self) -> Option<ConversationId> {
        self.in_front().filter(|_| self.has_several())
    }

    fn has_said(&self, conversation: ConversationId) -> bool {
        self.thread.latest(0, &mut |entry| entry.conversation == conversation).is_some()
    }

    fn first_new(&self) -> Option<u64> {
        let seen = self.known()?.seen();
        let mut new = None;
        self.thread.latest(seen + 1, &mut |entry| {
            new = Some(entry.seq).filter(|_| is_for_visitor(entry) && self.shows(entry)).or(new);
            false
        });
        new
    }

    fn stand(&mut self, standing: Standing) {
        let begun = standing.conversation.map(Which::New);
        if standing.stage == Stage::None {
            self.front = Which::Current;
        } else if begun == Some(self.front) {
            self.front = self.front.id().map_or(Which::Current, Which::One);
        }
        self.standings.take(standing);
    }

    fn take(&mut self, entries: Vec<Entry>, now: Instant) {
        if !self.thread.is_known() {
            // What was asked for comes with it.
            return self.ask();
        }
        self.kept(&entries);
        let before = self.thread.last();
        for answered in entries.iter().filter(|entry| is_for_visitor(entry)).map(|entry| entry.conversation) {
            if let Some(known) = self.standings.of_mut(Some(answered)) {
                known.typing.take_if(|(_, until)| *until > now);
            }
        }
        let fit = self.thread.extend(entries);
        let seen = |entry: &Entry| self.standings.of(entry.conversation).map_or(0, Known::seen);
        let mut news = Vec::new();
        self.thread.latest(before + 1, &mut |entry| {
            if is_for_visitor(entry) && entry.seq > seen(entry) {
                news.push(MessengerOutput::Incoming(entry.seq));
            }
            false
        });
        self.outputs.extend(news.into_iter().rev());
        if fit == Fit::Gap {
            self.ask();
        }
    }

    /// The hub has kept these.
    fn kept(&mut self, entries: &[Entry]) {
        for entry in entries.iter().filter(|entry| entry.author == Author::Visitor) {
            if let Some(Pending { which, .. }) = self.waiting.remove(entry.id) {
                self.outputs.push_back(MessengerOutput::Drop(entry.id));
                self.begun(which, entry.conversation);
            }
            if entry.rating.is_some() {
                // The first one counts.
                self.drop_ratings(|waiting| {
                    waiting.pending.rating.as_ref().is_some_and(|rating| rating.conversation == entry.conversation)
                });
            }
        }
    }

    /// What was said for this conversation was kept in that one: it has begun, or another one in its place.
    fn begun(&mut self, which: Which, conversation: ConversationId) {
        let now = Which::One(conversation);
        if which == Which::Current || which == now {
            return;
        }
        for id in self.waiting.redirect(which, now) {
            self.outputs.push_back(MessengerOutput::Keep(id));
        }
        // Another one is in its place, so it is over, though nobody says so.
        if let Some(over) = which.id().filter(|over| *over != conversation) {
            self.standings.end(over);
        }
        if self.front.id() == which.id() {
            self.front = now;
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

    /// Tells the hub what has come, and what the visitor has read to its end, where that is news.
    fn mark(&mut self, is_read: &dyn Fn(&Known) -> bool) {
        if self.is_online {
            let outputs = &mut self.outputs;
            let mut tell = |mark| outputs.push_back(MessengerOutput::Send(Talk::Mark(mark)));
            self.standings.mark(&self.thread, is_read, &mut tell);
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
            let Some(pending) = self.waiting.next(now) else { break };
            let Pending { id, text, file, answer, filled, rating, which, .. } = pending;
            let say = Say {
                id,
                text,
                file: file.map(|file| file.id),
                answer,
                filled,
                rating,
                conversation: which.id(),
                begins: matches!(which, Which::New(_)).then_some(true),
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
