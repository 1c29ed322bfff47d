//! The agent's half: all conversations of a desk, and the threads that it has open.

mod line;
mod remarks;
mod station;
#[cfg(test)]
mod tests;

pub use line::{Line, LineState, Noted};
pub use station::Offered;

use core::time::Duration;
use std::collections::{BTreeMap, VecDeque};

use self::remarks::{Extra, Extras};
use self::station::Station;
use super::TYPING;
use super::outbox::{Outbox, Pending};
use super::thread::{Fit, Thread};
use crate::protocol::conversation::{
    AskSignIn, Attachment, Author, Close, Decline, Entry, Floor, Inbox, InboxMark, InboxRefused, InboxThread,
    InboxTyping, Look, MessageText, Note, Objection, Open, Presence, PresenceWish, Release, Remark, Reply, Row, Rows,
    Stage, Take, Transfer, Wrap,
};
use crate::protocol::rich::{self, Rich};
use crate::protocol::{ConversationId, MessageId, VisitorId};
use crate::time::{Instant, Timestamp};

/// Most threads that are open; the one that was looked at longest ago is closed, unless something of it waits.
const THREADS: usize = 20;

/// Most conversations that are listed; of those that are over the oldest are left out.
const LISTED: usize = 1_000;

/// What a desk's inbox wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum DeskInboxOutput {
    /// Send this.
    Send(Inbox),
    /// Something to be seen has changed.
    Changed,
    /// The visitor of this conversation, which the agent has or may take, has written.
    Incoming(ConversationId),
    /// The agent is offered this conversation.
    Offered(ConversationId),
    /// This is not done.
    Refused(Objection),
}

/// One agent's conversations.
#[derive(Debug, Default)]
pub struct DeskInbox {
    is_online: bool,
    is_known: bool,
    rows: BTreeMap<ConversationId, Row>,
    /// The one that was looked at last is the last one.
    threads: Vec<OpenThread>,
    station: Station,
    outputs: VecDeque<DeskInboxOutput>,
}

/// A visitor's thread, as a conversation of it is looked at.
#[derive(Debug)]
pub struct OpenThread {
    conversation: ConversationId,
    visitor: VisitorId,
    thread: Thread,
    waiting: Outbox,
    /// What waits besides its text.
    extras: Extras,
    /// What agents noted: after which number, and when.
    remarks: BTreeMap<(u64, Timestamp, MessageId), Remark>,
    asks_later: bool,
    asks_earlier: bool,
    /// Who is writing: an agent, or with an empty name the visitor; and until when that is believed.
    typing: Option<(String, Instant)>,
    /// When it was told last that the agent writes.
    typed: Option<Instant>,
    marked: (u64, u64),
}

impl OpenThread {
    /// Whether what there is has not come yet.
    pub fn is_loading(&self) -> bool {
        !self.thread.is_known()
    }

    /// Whether there are lines before these.
    pub fn has_earlier(&self) -> bool {
        self.thread.has_earlier()
    }

    /// Whether they were asked for.
    pub fn is_loading_earlier(&self) -> bool {
        self.asks_earlier
    }

    /// Who is writing: an agent's name, or an empty one for the visitor.
    pub fn typing(&self) -> Option<&str> {
        self.typing.as_ref().map(|(name, _)| name.as_str())
    }
}

impl DeskInbox {
    /// The link is up: everything is asked for again.
    pub fn handle_online(&mut self, now: Instant) {
        self.is_online = true;
        self.send(Inbox::Open(Open {}));
        if let Some(is_available) = self.station.say_again() {
            self.send(Inbox::Presence(PresenceWish { is_available }));
        }
        for at in 0..self.threads.len() {
            let thread = &mut self.threads[at];
            (thread.asks_later, thread.asks_earlier, thread.marked) = (false, false, (0, 0));
            thread.waiting.handle_online();
            self.ask(at);
        }
        self.send_waiting(now);
    }

    /// The link is down.
    pub fn handle_offline(&mut self) {
        self.is_online = false;
        self.station.offers.clear();
        self.threads.iter_mut().for_each(|thread| thread.typing = None);
        self.change();
    }

    /// The hub says something.
    pub fn handle_inbox(&mut self, inbox: Inbox, now: Instant) {
        match inbox {
            Inbox::Rows(rows) => self.take_rows(rows),
            Inbox::Thread(thread) => self.take_thread(thread),
            Inbox::News(news) => {
                let Some(at) = self.threads.iter().position(|thread| thread.visitor == news.visitor) else { return };
                self.kept(at, &news.entries);
                let thread = &mut self.threads[at];
                let has_written = news.entries.iter().any(|entry| entry.author == Author::Visitor);
                if thread.typing.as_ref().is_some_and(|(name, _)| name.is_empty() && has_written) {
                    thread.typing = None;
                }
                if !thread.thread.is_known() || thread.thread.extend(news.entries) == Fit::Gap {
                    self.ask(at);
                }
            }
            Inbox::Typing(typing) => {
                let visitor = self.rows.get(&typing.conversation).map(|row| row.visitor);
                let rows = &self.rows;
                // One that goes on beside another has its own.
                let is_meant = |thread: &&mut OpenThread| {
                    let goes_on = rows.get(&thread.conversation).is_some_and(|row| row.stage != Stage::Ended);
                    Some(thread.visitor) == visitor && (thread.conversation == typing.conversation || !goes_on)
                };
                if let Some(thread) = self.threads.iter_mut().find(is_meant) {
                    thread.typing = Some((typing.name.unwrap_or_default(), now + TYPING));
                }
            }
            Inbox::Refused(refused) => self.refuse(&refused, now),
            Inbox::Offer(offer) => {
                let until = now + Duration::from_millis(offer.expires_in.into());
                if self.station.offer(offer.conversation, until) {
                    self.outputs.push_back(DeskInboxOutput::Offered(offer.conversation));
                }
            }
            Inbox::Preview(told) => {
                if let Some(of) = self.threads.iter_mut().find(|thread| thread.visitor == told.visitor) {
                    of.thread.preview(told.seq, told.preview);
                }
            }
            Inbox::Withdrawn(withdrawn) => self.station.withdraw(withdrawn.conversation),
            Inbox::Floor(floor) => self.station.take_floor(floor),
            Inbox::Remarks(remarks) => self.take_remarks(remarks),
            _ => return,
        }
        self.change();
    }

    /// Looks at a conversation.
    pub fn look(&mut self, conversation: ConversationId) {
        let Some(visitor) = self.rows.get(&conversation).map(|row| row.visitor) else { return };
        let known = self.threads.iter().position(|thread| thread.visitor == visitor);
        let mut thread = match known {
            Some(at) => self.threads.remove(at),
            None => OpenThread {
                conversation,
                visitor,
                thread: Thread::default(),
                waiting: Outbox::default(),
                extras: Extras::default(),
                remarks: BTreeMap::new(),
                asks_later: false,
                asks_earlier: false,
                typing: None,
                typed: None,
                marked: (0, 0),
            },
        };
        thread.conversation = conversation;
        self.threads.push(thread);
        if self.threads.len() > THREADS
            && let Some(idle) = self.threads.iter().position(|thread| thread.waiting.is_empty())
        {
            self.threads.remove(idle);
        }
        let last = self.threads.len() - 1;
        // Also where it is known: the hub has each desk follow those that it looked at last.
        self.ask(last);
        self.change();
    }

    /// Asks for lines before those that are shown.
    pub fn earlier(&mut self, conversation: ConversationId) {
        let is_online = self.is_online;
        let Some(thread) = self.open(conversation).filter(|thread| is_online && !thread.asks_earlier) else { return };
        let Some(first) = thread.thread.first().filter(|_| thread.thread.has_earlier()) else { return };
        thread.asks_earlier = true;
        self.send(Inbox::Look(Look { conversation, after: None, before: Some(first) }));
        self.change();
    }

    /// The agent writes; `id` is random. False where it is no message, or too many wait.
    pub fn reply(
        &mut self,
        conversation: ConversationId,
        text: &str,
        id: MessageId,
        at: Timestamp,
        now: Instant,
    ) -> bool {
        let pending = |text| Pending::new(id, at, text);
        MessageText::new(text).is_ok_and(|text| self.wait(conversation, pending(text), None, now))
    }

    /// The agent sends a file that he has brought to the hub; `id` is random, and the message's. False where too many wait.
    pub fn send_file(
        &mut self,
        conversation: ConversationId,
        file: Attachment,
        id: MessageId,
        at: Timestamp,
        now: Instant,
    ) -> bool {
        let Ok(text) = MessageText::new(&file.name) else { return false };
        self.wait(conversation, Pending { file: Some(file), ..Pending::new(id, at, text) }, None, now)
    }

    /// The agent offers the visitor something; `text` says the same in words, `id` is random. False where the text is no message, the
    /// offer is not sound, or too many wait.
    pub fn offer(
        &mut self,
        conversation: ConversationId,
        text: &str,
        offer: Rich,
        id: MessageId,
        at: Timestamp,
        now: Instant,
    ) -> bool {
        let Some(text) = MessageText::new(text).ok().filter(|_| rich::is_sound(&offer)) else { return false };
        let pending = Pending::new(id, at, text);
        self.wait(conversation, pending, Some(Extra::Offers(offer)), now)
    }

    /// The agent notes something for agents alone; `id` is random. False where it is no message, or too many wait.
    pub fn note(
        &mut self,
        conversation: ConversationId,
        text: &str,
        id: MessageId,
        at: Timestamp,
        now: Instant,
    ) -> bool {
        let pending = |text| Pending::new(id, at, text);
        MessageText::new(text).is_ok_and(|text| self.wait(conversation, pending(text), Some(Extra::Note), now))
    }

    /// What the agent says of his conversation that is over. False where the link is down: it is to be said again.
    pub fn wrap(&mut self, wrap: Wrap) -> bool {
        if self.is_online {
            self.send(Inbox::Wrap(wrap));
        }
        self.is_online
    }

    fn wait(&mut self, conversation: ConversationId, pending: Pending, extra: Option<Extra>, now: Instant) -> bool {
        let Some(thread) = self.open(conversation).filter(|thread| !thread.waiting.is_full()) else {
            return false;
        };
        thread.extras.keep(pending.id, extra);
        thread.waiting.push(pending);
        self.send_waiting(now);
        self.change();
        true
    }

    /// Sends a message that failed once more.
    pub fn retry(&mut self, conversation: ConversationId, id: MessageId, now: Instant) {
        if self.open(conversation).is_some_and(|thread| thread.waiting.retry(id)) {
            self.send_waiting(now);
            self.change();
        }
    }

    /// Gives a message up.
    pub fn discard(&mut self, conversation: ConversationId, id: MessageId) {
        if let Some(thread) = self.open(conversation) {
            thread.forget_waiting(id);
            self.change();
        }
    }

    /// The agent is writing.
    pub fn typed(&mut self, conversation: ConversationId, now: Instant) {
        let is_own = self.is_online && self.rows.get(&conversation).is_some_and(|row| row.is_own);
        let Some(thread) = self.open(conversation).filter(|_| is_own) else { return };
        if thread.typed.is_none_or(|typed| now.since(typed) >= TYPING) {
            thread.typed = Some(now);
            self.send(Inbox::Typing(InboxTyping { conversation, name: None }));
        }
    }

    /// The end of the thread is in front of the agent: where it is his, the visitor hears of it.
    pub fn handle_seen(&mut self, conversation: ConversationId) {
        self.mark(conversation, true);
    }

    /// The agent takes conversations, from now on and after each cut. Before he says so, none is offered to him.
    pub fn be_available(&mut self) {
        self.be(true);
    }

    /// The agent takes none. He keeps those that he has.
    pub fn be_away(&mut self) {
        self.be(false);
    }

    /// Takes a conversation that waits, offered or not.
    pub fn take(&mut self, conversation: ConversationId) {
        if self.is_online {
            self.station.withdraw(conversation);
        }
        self.wish(Inbox::Take(Take { conversation }));
        self.change();
    }

    /// Leaves what is offered to others.
    pub fn decline(&mut self, conversation: ConversationId) {
        self.station.withdraw(conversation);
        self.wish(Inbox::Decline(Decline { conversation }));
        self.change();
    }

    /// Passes one's own on to a colleague, by his id.
    pub fn transfer_to_agent(&mut self, conversation: ConversationId, agent: &str) {
        self.wish(Inbox::Transfer(Transfer { conversation, agent: Some(agent.to_owned()), queue: None }));
    }

    /// Passes one's own on to a queue, by its id.
    pub fn transfer_to_queue(&mut self, conversation: ConversationId, queue: &str) {
        self.wish(Inbox::Transfer(Transfer { conversation, agent: None, queue: Some(queue.to_owned()) }));
    }

    /// Asks the visitor of one's own to sign in.
    pub fn ask_sign_in(&mut self, conversation: ConversationId) {
        self.wish(Inbox::AskSignIn(AskSignIn { conversation }));
    }

    /// Leaves one's own to others.
    pub fn release(&mut self, conversation: ConversationId) {
        self.wish(Inbox::Release(Release { conversation }));
    }

    /// Ends one's own.
    pub fn close(&mut self, conversation: ConversationId) {
        self.wish(Inbox::Close(Close { conversation }));
    }

    /// Time passed; early calls do nothing.
    pub fn handle_timeout(&mut self, now: Instant) {
        for thread in &mut self.threads {
            if thread.typing.as_ref().is_some_and(|(_, until)| *until <= now) {
                thread.typing = None;
                self.outputs.push_back(DeskInboxOutput::Changed);
            }
        }
        if self.station.expire(now) {
            self.change();
        }
        self.send_waiting(now);
    }

    /// When to call [`DeskInbox::handle_timeout`] next.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let typing = self.threads.iter().filter_map(|thread| thread.typing.as_ref().map(|(_, until)| *until));
        let waiting = self.threads.iter().filter_map(|thread| thread.waiting.due()).filter(|_| self.is_online);
        let offers = self.station.offers.iter().map(|offered| offered.until);
        typing.chain(offers).chain(waiting).min()
    }

    /// The next thing to do; call until `None`.
    pub fn poll_output(&mut self) -> Option<DeskInboxOutput> {
        self.outputs.pop_front()
    }

    /// Whether the hub has told what there is.
    pub fn is_known(&self) -> bool {
        self.is_known
    }

    /// All conversations: the agent's own, those that wait with the next one first, those of others, those that are over.
    pub fn rows(&self) -> Vec<&Row> {
        let mut rows: Vec<_> = self.rows.values().collect();
        rows.sort_by_key(|row| {
            let latest = u64::MAX - row.last_at.as_millis();
            match row.stage {
                Stage::Open if row.is_own => (0, latest, row.conversation),
                Stage::Ended if row.wrap_until.is_some() => (0, latest, row.conversation),
                Stage::Waiting => (1, row.since.as_millis(), row.conversation),
                Stage::Ended => (3, latest, row.conversation),
                _ => (2, latest, row.conversation),
            }
        });
        rows
    }

    /// What the agent is offered, the first one first.
    pub fn offers(&self) -> &[Offered] {
        &self.station.offers
    }

    /// How the agent is: as he last said, or as the hub says; `None` where neither did.
    pub fn presence(&self) -> Option<Presence> {
        self.station.presence()
    }

    /// Who else is at work, and where conversations wait, as the hub last said.
    pub fn floor(&self) -> Option<&Floor> {
        self.station.floor.as_ref()
    }

    /// One of them.
    pub fn row(&self, conversation: ConversationId) -> Option<&Row> {
        self.rows.get(&conversation)
    }

    /// The thread of a conversation that is looked at.
    pub fn thread(&self, conversation: ConversationId) -> Option<&OpenThread> {
        self.threads.iter().find(|thread| thread.conversation == conversation)
    }

    fn be(&mut self, is_available: bool) {
        self.station.wish(is_available);
        if self.is_online {
            self.send(Inbox::Presence(PresenceWish { is_available }));
        }
        self.change();
    }

    fn open(&mut self, conversation: ConversationId) -> Option<&mut OpenThread> {
        self.threads.iter_mut().find(|thread| thread.conversation == conversation)
    }

    fn take_rows(&mut self, rows: Rows) {
        if rows.is_reset {
            self.rows.clear();
        }
        if let Some(gone) = rows.gone {
            let offers = &mut self.station.offers;
            offers.retain(|offered| self.rows.get(&offered.conversation).is_none_or(|row| row.visitor != gone));
            self.rows.retain(|_, row| row.visitor != gone);
            self.threads.retain(|thread| thread.visitor != gone);
        }
        for row in rows.rows {
            let known = self.rows.get(&row.conversation);
            if known.is_some_and(|known| known.version > row.version) {
                continue;
            }
            let is_news = self.is_known
                && row.last_author == Author::Visitor
                && known.is_none_or(|known| row.unread > known.unread);
            if is_news && (row.is_own || row.stage == Stage::Waiting) {
                self.outputs.push_back(DeskInboxOutput::Incoming(row.conversation));
            }
            if row.stage != Stage::Waiting {
                self.station.withdraw(row.conversation);
            }
            self.rows.insert(row.conversation, row);
        }
        self.is_known |= rows.is_whole;
        while self.rows.len() > LISTED {
            let over = self.rows.values().filter(|row| row.stage == Stage::Ended);
            let Some(oldest) = over.min_by_key(|row| row.last_at).map(|row| row.conversation) else { break };
            self.rows.remove(&oldest);
        }
    }

    fn take_thread(&mut self, told: InboxThread) {
        let Some(at) = self.threads.iter().position(|thread| thread.conversation == told.conversation) else { return };
        self.kept(at, &told.entries);
        let thread = &mut self.threads[at];
        match told.before {
            Some(before) => {
                thread.asks_earlier = false;
                if thread.thread.first() == Some(before) {
                    thread.thread.precede(told.entries, told.has_earlier);
                }
            }
            None => {
                thread.asks_later = false;
                let first = told.entries.first().map(|entry| entry.seq);
                if thread.thread.is_known() && first.is_none_or(|first| first <= thread.thread.last() + 1) {
                    thread.thread.extend(told.entries);
                } else {
                    thread.thread.begin(told.entries, told.has_earlier);
                }
                if told.has_later {
                    self.ask(at);
                }
            }
        }
        self.mark(told.conversation, false);
    }

    /// The hub has kept these.
    fn kept(&mut self, at: usize, entries: &[Entry]) {
        for entry in entries {
            self.threads[at].forget_waiting(entry.id);
        }
    }

    fn refuse(&mut self, refused: &InboxRefused, now: Instant) {
        let Some(id) = refused.id else {
            if let Some(thread) = self.open(refused.conversation) {
                (thread.asks_later, thread.asks_earlier) = (false, false);
            }
            return self.outputs.push_back(DeskInboxOutput::Refused(refused.objection));
        };
        for thread in &mut self.threads {
            thread.waiting.refuse(id, refused.objection, refused.retry_after, now);
        }
    }

    fn ask(&mut self, at: usize) {
        let Some(thread) = self.threads.get_mut(at).filter(|thread| self.is_online && !thread.asks_later) else {
            return;
        };
        thread.asks_later = true;
        let after = thread.thread.is_known().then(|| thread.thread.last());
        let look = Look { conversation: thread.conversation, after, before: None };
        self.send(Inbox::Look(look));
    }

    fn mark(&mut self, conversation: ConversationId, is_seen: bool) {
        let is_own = self.is_online && self.rows.get(&conversation).is_some_and(|row| row.is_own);
        let Some(thread) = self.open(conversation).filter(|_| is_own) else { return };
        let delivered = thread.thread.last();
        let read = if is_seen { delivered } else { thread.marked.1 };
        if thread.marked.0 < delivered || thread.marked.1 < read {
            thread.marked = (delivered, read);
            self.send(Inbox::Mark(InboxMark { conversation, delivered, read }));
        }
    }

    fn send_waiting(&mut self, now: Instant) {
        if !self.is_online {
            return;
        }
        let mut sent = Vec::new();
        for thread in &mut self.threads {
            while let Some(Pending { id, text, file, .. }) = thread.waiting.next(now) {
                let (conversation, file) = (thread.conversation, file.map(|file| file.id));
                sent.push(match thread.extras.of(id) {
                    Some(Extra::Note) => Inbox::Note(Note { conversation, id, text }),
                    Some(Extra::Offers(offer)) => {
                        let rich = Some(rich::Offered(Some(offer.clone())));
                        Inbox::Reply(Reply { conversation, id, text, file, rich })
                    }
                    None => Inbox::Reply(Reply { conversation, id, text, file, rich: None }),
                });
            }
        }
        sent.into_iter().for_each(|inbox| self.send(inbox));
    }

    /// What makes no sense later is not kept for later.
    fn wish(&mut self, inbox: Inbox) {
        if self.is_online {
            self.send(inbox);
        } else {
            self.outputs.push_back(DeskInboxOutput::Refused(Objection::Busy));
        }
    }

    fn send(&mut self, inbox: Inbox) {
        self.outputs.push_back(DeskInboxOutput::Send(inbox));
    }

    fn change(&mut self) {
        if self.outputs.back() != Some(&DeskInboxOutput::Changed) {
            self.outputs.push_back(DeskInboxOutput::Changed);
        }
    }
}
