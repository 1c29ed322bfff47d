//! Conversations as rows: a visitor's thread, what was said in it, and who has it.
//!
//! Invariant: a thread's numbers have no gap and never change, and a message's id is in it once.

use std::time::Duration;

use alongside::protocol::conversation::{
    Attachment, Author, BEST, Entry, Event, MessageText, Objection, PERSON_LIMIT, Rating, Say, Stage,
};
use alongside::protocol::rich::{Answer, AnswerValue, Offered, Rich};
use alongside::protocol::{
    ConversationId, Encoding, FileId, Identity, Message, MessageId, Payload, SignIn, VisitId, VisitorId,
};
use alongside::time::Timestamp;
use rusqlite::types::ValueRef;
use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::files::{self, COLUMNS as FILE};
use super::identity::{self, COLUMNS as IDENTITY};
use super::sqlite::id;
use super::{TenantId, remarks, routing};
use crate::random;

/// Most conversations of one list, those that are over included.
pub const LISTED: usize = 500;

/// Most values that are kept of what was filled in, and the longest of them in bytes.
const VALUES: usize = 64;
const VALUE: usize = 2_048;

/// Longest beginning of what was last said, in bytes.
const EXCERPT: usize = 160;

/// Whose thread.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ThreadOf {
    /// Whose data it is.
    pub tenant: TenantId,
    /// Who talks.
    pub visitor: VisitorId,
}

/// An agent who does something in a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentName {
    /// By which he is known.
    pub agent: String,
    /// As visitors see it.
    pub name: String,
}

/// What changes a conversation.
#[derive(Clone, Debug)]
pub enum Change {
    /// The visitor says something: in the conversation that goes on, or in a new one.
    Say(Box<Spoken>),
    /// A bot that has it says something, all of it or nothing, and perhaps leaves.
    Bot(ConversationId, AgentName, BotTurn),
    /// The visitor has these on a screen, and has read those.
    Mark {
        /// See [`alongside::protocol::conversation::Mark`].
        delivered: u64,
        /// See there.
        read: u64,
    },
    /// The visitor ends it.
    Finish,
    /// An agent says something, perhaps with a file that he has brought, or with what it offers.
    Reply(ConversationId, AgentName, MessageId, MessageText, Option<FileId>, Option<Rich>),
    /// An agent has these on a screen, and has read those.
    AgentMark(ConversationId, AgentName, u64, u64),
    /// An agent takes it.
    Take(ConversationId, AgentName),
    /// An agent leaves it to others.
    Release(ConversationId, AgentName),
    /// An agent passes it on.
    Transfer(ConversationId, AgentName, Goal),
    /// An agent ends it.
    Close(ConversationId, AgentName),
    /// An agent asks the visitor to sign in, in these words.
    AskSignIn(ConversationId, AgentName, MessageText),
    /// The visitor does not want to.
    DeclineSignIn,
    /// He has not answered in time, to what was asked before this moment.
    ExpireSignIn(Timestamp),
}

/// What a visitor says.
#[derive(Clone, Debug)]
pub struct Spoken {
    /// The message, as he says it.
    pub say: Say,
    /// The channel that it came by.
    pub from: Option<Sender>,
    /// After so long without activity it begins a new conversation.
    pub threading: Duration,
    /// Who has a new one at first.
    pub bot: Option<AgentName>,
}

/// Who writes by a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// The channel's id.
    pub channel: String,
    /// As agents see it.
    pub channel_name: String,
    /// By which the channel knows him.
    pub address: String,
    /// As it calls him.
    pub name: Option<String>,
    /// The language that he writes, as a tag.
    pub language: Option<String>,
}

/// What a bot does in one go.
#[derive(Clone, Debug, Default)]
pub struct BotTurn {
    /// What it says: each under an id, with what it offers.
    pub says: Vec<(MessageId, MessageText, Option<Rich>)>,
    /// Where it is in its flow.
    pub place: Option<String>,
    /// What the visitor filled in: names and values.
    pub collected: Vec<(String, String)>,
    /// What becomes of the conversation.
    pub then: Then,
    /// Where it waits, where it is handed over.
    pub queue: Option<String>,
    /// The last number that it knew of; where more was said since, it is not done.
    pub after: Option<u64>,
}

/// What becomes of a conversation after a bot's turn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Then {
    /// The bot waits for an answer.
    #[default]
    Waits,
    /// It goes to a person.
    HandsOver,
    /// It is over.
    Ends,
}

/// Before the name of a bot: agents have e-mail addresses.
const BOT: &str = "bot:";

impl AgentName {
    /// A bot of that name.
    pub fn bot(name: &str) -> Self {
        Self { agent: [BOT, name].concat(), name: name.to_owned() }
    }

    /// Whether it is a bot.
    pub fn is_bot(&self) -> bool {
        self.agent.starts_with(BOT)
    }
}

/// Where a conversation is passed on to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Goal {
    /// To an agent first.
    Agent(String),
    /// To a queue.
    Queue(String),
}

/// A conversation and the state of its thread.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptConversation {
    /// Which.
    pub conversation: ConversationId,
    /// Whose.
    pub visitor: VisitorId,
    /// Where he was on the site when he last said something.
    pub visit: Option<VisitId>,
    /// Counts its changes.
    pub version: u64,
    /// How far it has come.
    pub stage: Stage,
    /// Who has it, or had it last.
    pub agent: Option<AgentName>,
    /// When it began.
    pub began: Timestamp,
    /// Since when it is at this stage.
    pub since: Timestamp,
    /// The last line.
    pub last: Last,
    /// Its first number.
    pub first: u64,
    /// Up to which number an agent has it on a screen.
    pub agent_delivered: u64,
    /// Up to which number an agent has read.
    pub agent_read: u64,
    /// Up to which number the visitor has it on a screen.
    pub delivered: u64,
    /// Up to which number the visitor has read.
    pub read: u64,
    /// The visitor's messages that no agent has read.
    pub unread: u32,
    /// Messages for the visitor that he has not read.
    pub unseen: u32,
    /// Where its bot is in its flow.
    pub place: Option<String>,
    /// It is over, and its agent has not said yet what it was about: until when that takes up his room.
    pub wrap_until: Option<Timestamp>,
    /// Where the visitor writes from, if not from the site.
    pub channel: Option<ChannelName>,
    /// As he calls himself.
    pub name: Option<String>,
    /// What he filled in: names and values.
    pub collected: Vec<(String, String)>,
    /// Absent where the visitor cannot be asked to sign in.
    pub sign_in: Option<SignIn>,
    /// Whom the customer's site says that he is.
    pub identity: Option<Identity>,
}

/// A channel, by its id and as agents see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelName {
    /// See [`Sender::channel`].
    pub id: String,
    /// See [`Sender::channel_name`].
    pub name: String,
}

/// What was said last in a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Last {
    /// Its number.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub author: Author,
    /// Its beginning, at most 160 bytes.
    pub excerpt: String,
}

/// An entry, and who wrote it.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptEntry {
    /// As visitors see it.
    pub entry: Entry,
    /// The agent.
    pub agent: Option<String>,
    /// What the visitor chose or filled in.
    pub answer: Option<Answer>,
}

/// What became of a change.
#[derive(Clone, Debug)]
pub enum Changed {
    /// It is kept: the conversation now, what is new in its thread.
    Kept(Box<KeptConversation>, Vec<KeptEntry>),
    /// It was so before.
    Before(Box<KeptConversation>, Vec<KeptEntry>),
    /// It is not done.
    Refused(Objection),
}

/// Which part of a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Its end.
    Last,
    /// What follows this number.
    After(u64),
    /// The end of what comes before this number.
    Before(u64),
}

/// A part of a thread.
#[derive(Clone, Debug, Default)]
pub struct KeptPart {
    /// In order.
    pub entries: Vec<KeptEntry>,
    /// Whether there are entries before these.
    pub has_earlier: bool,
    /// Whether there are entries after these.
    pub has_later: bool,
}

/// Does a change whole, or says why not.
pub(super) fn change(
    state: &Transaction<'_>,
    of: &ThreadOf,
    change: Change,
    at: Timestamp,
) -> rusqlite::Result<Changed> {
    let thread = Thread { state, of, at };
    match change {
        Change::Say(spoken) => thread.say(&spoken),
        Change::Mark { delivered, read } => thread.mark(delivered, read),
        Change::Finish => {
            let Some(found) = thread.current()?.filter(is_on) else { return Ok(Changed::Refused(Objection::NotFound)) };
            thread.end(found, Author::Visitor, None)
        }
        Change::Reply(conversation, agent, id, text, file, rich) => {
            if let Some(entry) = thread.entry(id)? {
                return thread.before(entry);
            }
            thread.own(conversation, &agent, |thread, found| {
                let Ok(file) = thread.brought(file, Some(&agent))? else { return Ok(Changed::Refused(Objection::NotFound)) };
                let said = Said { file, rich: rich.as_ref(), ..Said::new(id, &text) };
                let entry = thread.append(&found, Author::Agent, Some(&agent), Line::Said(said))?;
                thread.told(&found, vec![entry])
            })
        }
        Change::AgentMark(conversation, agent, delivered, read) => {
            thread.own(conversation, &agent, |thread, found| {
                state
                    .prepare_cached(
                        "UPDATE conversation SET agent_delivered = max(agent_delivered, min(?3, last_seq)),
                             agent_read = max(agent_read, min(?4, last_seq)), version = version + 1
                         WHERE tenant = ?1 AND id = ?2 AND (agent_delivered < min(?3, last_seq) OR agent_read < min(?4, last_seq))",
                    )?
                    .execute(params![of.tenant.0, conversation.as_bytes(), delivered as i64, read as i64])?;
                thread.told(&found, Vec::new())
            })
        }
        Change::Bot(conversation, bot, turn) => {
            thread.own(conversation, &bot, |thread, found| thread.bot(&found, &bot, turn))
        }
        Change::Take(conversation, agent) => thread.take(conversation, &agent),
        Change::Release(conversation, agent) => thread.own(conversation, &agent, |thread, found| {
            thread.move_to(&found, Stage::Waiting, None)?;
            let entry = thread.happened(&found, Event::Left, Author::Hub, Some(&agent))?;
            thread.told(&found, vec![entry])
        }),
        Change::Transfer(conversation, agent, goal) => thread.own(conversation, &agent, |thread, found| {
            thread.move_to(&found, Stage::Waiting, None)?;
            thread.pass_on(&found, &goal)?;
            let entry = thread.happened(&found, Event::Left, Author::Hub, Some(&agent))?;
            thread.told(&found, vec![entry])
        }),
        Change::Close(conversation, agent) => {
            thread.own(conversation, &agent, |thread, found| thread.end(found, Author::Agent, Some(&agent)))
        }
        Change::AskSignIn(conversation, agent, text) => {
            thread.own(conversation, &agent, |thread, found| thread.ask_sign_in(&found, &agent, &text))
        }
        Change::DeclineSignIn => thread.answer_sign_in(Event::SignInDeclined, i64::MAX, None),
        Change::ExpireSignIn(before) => {
            thread.answer_sign_in(Event::SignInExpired, before.as_millis() as i64, None)
        }
    }
}

/// Of whose thread a conversation is a part.
pub(super) fn visitor_of(
    state: &Transaction<'_>,
    tenant: &TenantId,
    conversation: ConversationId,
) -> rusqlite::Result<Option<VisitorId>> {
    state
        .prepare_cached("SELECT visitor FROM conversation WHERE tenant = ?1 AND id = ?2")?
        .query_row(params![tenant.0, conversation.as_bytes()], |row| {
            Ok(VisitorId::from_bytes(id(&row.get::<_, Vec<u8>>(0)?)))
        })
        .optional()
}

/// The number of a conversation's first entry.
pub(super) fn first_of(
    state: &Transaction<'_>,
    of: &ThreadOf,
    conversation: ConversationId,
) -> rusqlite::Result<Option<u64>> {
    state
        .prepare_cached("SELECT first_seq FROM conversation WHERE tenant = ?1 AND visitor = ?2 AND id = ?3")?
        .query_row(params![of.tenant.0, of.visitor.as_bytes(), conversation.as_bytes()], |row| {
            row.get::<_, i64>(0).map(|seq| seq as u64)
        })
        .optional()
}

/// The last conversation of a thread.
pub(super) fn current(state: &Transaction<'_>, of: &ThreadOf) -> rusqlite::Result<Option<KeptConversation>> {
    Thread { state, of, at: Timestamp::default() }.current()
}

/// The visitor signed in: what is new in his thread, where he was asked to before that moment.
pub(super) fn signed_in(
    state: &Transaction<'_>,
    of: &ThreadOf,
    name: Option<&str>,
    asked_before: i64,
    at: Timestamp,
) -> rusqlite::Result<Vec<KeptEntry>> {
    match (Thread { state, of, at }).answer_sign_in(Event::SignedIn, asked_before, name)? {
        Changed::Kept(_, entries) => Ok(entries),
        _ => Ok(Vec::new()),
    }
}

/// One of a thread's conversations.
pub(super) fn find(
    state: &Transaction<'_>,
    of: &ThreadOf,
    conversation: ConversationId,
) -> rusqlite::Result<Option<KeptConversation>> {
    Thread { state, of, at: Timestamp::default() }.find(conversation)
}

/// Those that go on, and the latest of the others; the latest first.
pub(super) fn list(state: &Transaction<'_>, tenant: &TenantId) -> rusqlite::Result<Vec<KeptConversation>> {
    let query = format!(
        "SELECT {COLUMNS}, {IDENTITY} FROM conversation AS c JOIN thread AS t ON t.tenant = c.tenant AND t.visitor = c.visitor
         LEFT JOIN identity AS i ON i.tenant = c.tenant AND i.visitor = c.visitor
         WHERE c.tenant = ?1 ORDER BY c.stage = 'ended', c.last_at DESC LIMIT {LISTED}"
    );
    state.prepare_cached(&query)?.query_map([&tenant.0], kept)?.collect()
}

/// A part of a thread, at most `limit` entries.
pub(super) fn part(state: &Transaction<'_>, of: &ThreadOf, part: Part, limit: usize) -> rusqlite::Result<KeptPart> {
    let (bounds, order) = match part {
        Part::Last => ((0, i64::MAX), "DESC"),
        Part::Before(seq) => ((0, seq.min(i64::MAX as u64) as i64), "DESC"),
        Part::After(seq) => ((seq.min(i64::MAX as u64 - 1) as i64 + 1, i64::MAX), "ASC"),
    };
    let query = format!(
        "SELECT {ENTRY}, {FILE} {FROM} WHERE e.tenant = ?1 AND e.visitor = ?2 AND e.seq >= ?3 AND e.seq < ?4 ORDER BY e.seq {order} LIMIT ?5"
    );
    let visitor = of.visitor.as_bytes();
    let mut entries: Vec<KeptEntry> = state
        .prepare_cached(&query)?
        .query_map(params![of.tenant.0, visitor, bounds.0, bounds.1, limit as i64], entry)?
        .collect::<Result<_, _>>()?;
    if order == "DESC" {
        entries.reverse();
    }
    let last: i64 = state
        .prepare_cached("SELECT last_seq FROM thread WHERE tenant = ?1 AND visitor = ?2")?
        .query_row(params![of.tenant.0, visitor], |row| row.get(0))
        .optional()?
        .unwrap_or(0);
    // What was said too long ago is not there any more.
    let first: i64 = state
        .prepare_cached("SELECT coalesce(min(seq), 0) FROM entry WHERE tenant = ?1 AND visitor = ?2")?
        .query_row(params![of.tenant.0, visitor], |row| row.get(0))?;
    let has_earlier = entries.first().is_some_and(|begin| begin.entry.seq > first as u64);
    let has_later = entries.last().is_some_and(|end| end.entry.seq < last as u64);
    Ok(KeptPart { entries, has_earlier, has_later })
}

/// Removes all that a visitor has said and was told.
pub(super) fn forget(state: &Transaction<'_>, of: &ThreadOf) -> rusqlite::Result<()> {
    routing::forget(state, of)?;
    for table in ["file", "remark", "entry", "conversation", "thread"] {
        let query = format!("DELETE FROM {table} WHERE tenant = ?1 AND visitor = ?2");
        state.prepare_cached(&query)?.execute(params![of.tenant.0, of.visitor.as_bytes()])?;
    }
    Ok(())
}

/// A thread of which the beginning, or all, was deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expired {
    /// Which.
    pub of: ThreadOf,
    /// Whether nothing is left of it.
    pub is_whole: bool,
}

/// Deletes conversations in which nothing was said since `before`, of at most `limit` threads: from the beginning of each, so that what
/// is left has no gap.
pub(super) fn expire(
    state: &Transaction<'_>,
    tenant: &TenantId,
    before: Timestamp,
    limit: usize,
) -> rusqlite::Result<Vec<Expired>> {
    let at = before.as_millis() as i64;
    let visitors: Vec<VisitorId> = state
        .prepare_cached(
            "SELECT DISTINCT visitor FROM conversation AS c WHERE tenant = ?1 AND last_at < ?2 AND NOT EXISTS
                 (SELECT 1 FROM conversation WHERE tenant = ?1 AND visitor = c.visitor AND first_seq < c.first_seq AND last_at >= ?2)
             LIMIT ?3",
        )?
        .query_map(params![tenant.0, at, limit as i64], |row| Ok(VisitorId::from_bytes(id(&row.get::<_, Vec<u8>>(0)?))))?
        .collect::<Result<_, _>>()?;
    let mut expired = Vec::with_capacity(visitors.len());
    for visitor in visitors {
        let of = ThreadOf { tenant: tenant.clone(), visitor };
        let left: Option<i64> = state
            .prepare_cached(
                "SELECT min(first_seq) FROM conversation WHERE tenant = ?1 AND visitor = ?2 AND last_at >= ?3",
            )?
            .query_row(params![tenant.0, visitor.as_bytes(), at], |row| row.get(0))?;
        match left {
            None => forget(state, &of)?,
            Some(left) => {
                for query in [
                    "DELETE FROM decision WHERE tenant = ?1 AND conversation IN
                         (SELECT id FROM conversation WHERE tenant = ?1 AND visitor = ?2 AND first_seq < ?3)",
                    "DELETE FROM file WHERE tenant = ?1 AND visitor = ?2 AND abs(seq) < ?3",
                    "DELETE FROM remark WHERE tenant = ?1 AND visitor = ?2 AND after < ?3",
                    "DELETE FROM entry WHERE tenant = ?1 AND visitor = ?2 AND seq < ?3",
                    "DELETE FROM conversation WHERE tenant = ?1 AND visitor = ?2 AND first_seq < ?3",
                ] {
                    state.prepare_cached(query)?.execute(params![tenant.0, visitor.as_bytes(), left])?;
                }
            }
        }
        expired.push(Expired { of, is_whole: left.is_none() });
    }
    Ok(expired)
}

/// One thread within a commit.
struct Thread<'a> {
    state: &'a Transaction<'a>,
    of: &'a ThreadOf,
    at: Timestamp,
}

impl Thread<'_> {
    fn say(&self, Spoken { say, from, threading, bot }: &Spoken) -> rusqlite::Result<Changed> {
        if let Some(entry) = self.entry(say.id)? {
            return self.before(entry);
        }
        if let Some(rating) = &say.rating {
            return self.rate(say, rating);
        }
        let Ok(file) = self.brought(say.file, None)? else { return Ok(Changed::Refused(Objection::NotFound)) };
        let current = self.current()?;
        let found = match current.filter(is_on) {
            Some(current) if self.at.since(current.last.at) <= *threading => current,
            old => {
                if let Some(old) = old {
                    self.move_to(&old, Stage::Ended, None)?;
                }
                let begun = self.begin(bot.as_ref())?;
                self.introduce(&begun, &say.filled)?;
                begun
            }
        };
        if let Some(from) = from {
            self.comes_from(from)?;
        }
        // Where he is on the site.
        self.state
            .prepare_cached(
                "UPDATE conversation SET visit =
                     (SELECT id FROM visit WHERE tenant = ?1 AND visitor = ?3 ORDER BY last_activity DESC LIMIT 1)
                 WHERE tenant = ?1 AND id = ?2",
            )?
            .execute(params![self.of.tenant.0, found.conversation.as_bytes(), self.of.visitor.as_bytes()])?;
        let said = Said { file, answer: say.answer.as_ref(), ..Said::new(say.id, &say.text) };
        let entry = self.append(&found, Author::Visitor, None, Line::Said(said))?;
        self.told(&found, vec![entry])
    }

    /// How a conversation was: kept with it, once.
    fn rate(&self, say: &Say, rating: &Rating) -> rusqlite::Result<Changed> {
        let is_about = |found: &KeptConversation| found.conversation == rating.conversation && !is_on(found);
        let Some(found) = self.current()?.filter(is_about).filter(|_| (1..=BEST).contains(&rating.score)) else {
            return Ok(Changed::Refused(Objection::NotFound));
        };
        let changed = self
            .state
            .prepare_cached("UPDATE conversation SET rating = ?3 WHERE tenant = ?1 AND id = ?2 AND rating IS NULL")?
            .execute(params![self.of.tenant.0, found.conversation.as_bytes(), rating.score])?;
        if changed == 0 {
            return Ok(Changed::Refused(Objection::Ended));
        }
        let said = Said { rating: Some(rating.score), ..Said::new(say.id, &say.text) };
        let entry = self.append(&found, Author::Visitor, None, Line::Said(said))?;
        // Nobody has to read it.
        self.state
            .prepare_cached("UPDATE conversation SET agent_read = last_seq WHERE tenant = ?1 AND id = ?2")?
            .execute(params![self.of.tenant.0, found.conversation.as_bytes()])?;
        self.told(&found, vec![entry])
    }

    /// What he filled in before a conversation began.
    fn introduce(&self, begun: &KeptConversation, filled: &[AnswerValue]) -> rusqlite::Result<()> {
        let values: Vec<_> =
            filled.iter().filter_map(|value| Some((value.name.clone()?, value.value.clone()))).collect();
        self.collect(begun, &values)?;
        if let Some((_, name)) = values.iter().find(|(field, _)| *field == "name") {
            let mut name = name.trim().to_owned();
            name.truncate(name.floor_char_boundary(PERSON_LIMIT));
            self.state
                .prepare_cached("UPDATE thread SET name = nullif(?3, '') WHERE tenant = ?1 AND visitor = ?2")?
                .execute(params![self.of.tenant.0, self.of.visitor.as_bytes(), name])?;
        }
        Ok(())
    }

    /// What he filled in is kept with the conversation: what is new in the place of what he filled in before.
    fn collect(&self, found: &KeptConversation, values: &[(String, String)]) -> rusqlite::Result<()> {
        if values.is_empty() {
            return Ok(());
        }
        let mut all = found.collected.clone();
        let cut = |text: &str, limit: usize| text[..text.floor_char_boundary(limit)].to_owned();
        for (name, value) in values {
            let (name, value) = (cut(name, PERSON_LIMIT), cut(value, VALUE));
            match all.iter().position(|(known, _)| *known == name) {
                Some(at) => all[at].1 = value,
                None if all.len() < VALUES => all.push((name, value)),
                None => {}
            }
        }
        self.state
            .prepare_cached(
                "UPDATE conversation SET collected = ?3, version = version + 1 WHERE tenant = ?1 AND id = ?2",
            )?
            .execute(params![self.of.tenant.0, found.conversation.as_bytes(), serde_json::to_string(&all).ok()])?;
        Ok(())
    }

    fn comes_from(&self, from: &Sender) -> rusqlite::Result<()> {
        self.state
            .prepare_cached(
                "UPDATE thread SET channel = ?3, channel_name = ?4, address = ?5, name = coalesce(?6, name), language = coalesce(?7, language)
                 WHERE tenant = ?1 AND visitor = ?2",
            )?
            .execute(params![
                self.of.tenant.0,
                self.of.visitor.as_bytes(),
                from.channel,
                from.channel_name,
                from.address,
                from.name,
                from.language
            ])?;
        Ok(())
    }

    fn bot(&self, found: &KeptConversation, bot: &AgentName, turn: BotTurn) -> rusqlite::Result<Changed> {
        if turn.after.is_some_and(|after| after != found.last.seq) {
            return Ok(Changed::Refused(Objection::Busy));
        }
        let mut entries = Vec::new();
        for (id, text, rich) in &turn.says {
            let said = Said { rich: rich.as_ref(), ..Said::new(*id, text) };
            entries.push(self.append(found, Author::Bot, Some(bot), Line::Said(said))?);
        }
        self.collect(found, &turn.collected)?;
        self.state
            .prepare_cached(
                "UPDATE conversation SET bot_place = ?3, version = version + 1 WHERE tenant = ?1 AND id = ?2",
            )?
            .execute(params![self.of.tenant.0, found.conversation.as_bytes(), turn.place])?;
        match turn.then {
            Then::Waits => {}
            Then::HandsOver => {
                self.move_to(found, Stage::Waiting, None)?;
                if turn.queue.is_some() {
                    self.state
                        .prepare_cached("UPDATE conversation SET queue = ?3 WHERE tenant = ?1 AND id = ?2")?
                        .execute(params![self.of.tenant.0, found.conversation.as_bytes(), turn.queue])?;
                }
                entries.push(self.happened(found, Event::Waiting, Author::Hub, Some(bot))?);
            }
            Then::Ends => {
                self.move_to(found, Stage::Ended, None)?;
                entries.push(self.happened(found, Event::Ended, Author::Bot, Some(bot))?);
            }
        }
        self.told(found, entries)
    }

    fn mark(&self, delivered: u64, read: u64) -> rusqlite::Result<Changed> {
        let Some(found) = self.current()? else { return Ok(Changed::Refused(Objection::NotFound)) };
        let changed = self
            .state
            .prepare_cached(
                "UPDATE thread SET delivered = max(delivered, min(?3, last_seq)), read = max(read, min(?4, last_seq))
                 WHERE tenant = ?1 AND visitor = ?2 AND (delivered < min(?3, last_seq) OR read < min(?4, last_seq))",
            )?
            .execute(params![self.of.tenant.0, self.of.visitor.as_bytes(), delivered as i64, read as i64])?;
        if changed == 0 {
            return Ok(Changed::Before(Box::new(found), Vec::new()));
        }
        self.state
            .prepare_cached("UPDATE conversation SET version = version + 1 WHERE tenant = ?1 AND id = ?2")?
            .execute(params![self.of.tenant.0, found.conversation.as_bytes()])?;
        self.told(&found, Vec::new())
    }

    fn take(&self, conversation: ConversationId, agent: &AgentName) -> rusqlite::Result<Changed> {
        let Some(found) = self.find(conversation)? else { return Ok(Changed::Refused(Objection::NotFound)) };
        let is_own = found.agent.as_ref().is_some_and(|has| has.agent == agent.agent);
        match found.stage {
            Stage::Waiting => {
                self.move_to(&found, Stage::Open, Some(agent))?;
                let event = if self.arrives(&found)? { Event::Transferred } else { Event::Joined };
                let entry = self.happened(&found, event, Author::Hub, Some(agent))?;
                self.told(&found, vec![entry])
            }
            Stage::Open if is_own => Ok(Changed::Before(Box::new(found), Vec::new())),
            Stage::Open => Ok(Changed::Refused(Objection::Taken)),
            _ => Ok(Changed::Refused(Objection::Ended)),
        }
    }

    fn end(&self, found: KeptConversation, by: Author, agent: Option<&AgentName>) -> rusqlite::Result<Changed> {
        self.move_to(&found, Stage::Ended, None)?;
        remarks::begin(self.state, self.of, &found, self.at)?;
        let entry = self.happened(&found, Event::Ended, by, agent)?;
        self.told(&found, vec![entry])
    }

    fn ask_sign_in(
        &self,
        found: &KeptConversation,
        agent: &AgentName,
        text: &MessageText,
    ) -> rusqlite::Result<Changed> {
        match found.sign_in {
            Some(SignIn::Possible) => {}
            Some(_) => return Ok(Changed::Before(Box::new(found.clone()), Vec::new())),
            None => return Ok(Changed::Refused(Objection::NotFound)),
        }
        self.state
            .prepare_cached("UPDATE conversation SET sign_in_asked = ?3 WHERE tenant = ?1 AND id = ?2")?
            .execute(params![self.of.tenant.0, found.conversation.as_bytes(), self.at.as_millis() as i64])?;
        let entry = self.append(found, Author::Agent, Some(agent), Line::Asked(text))?;
        self.told(found, vec![entry])
    }

    /// What comes of it that an agent asked, where he did before that moment and nothing has come of it yet.
    fn answer_sign_in(&self, event: Event, asked_before: i64, name: Option<&str>) -> rusqlite::Result<Changed> {
        let Some(found) = self.current()?.filter(is_on) else { return Ok(Changed::Refused(Objection::NotFound)) };
        let answered = self
            .state
            .prepare_cached(
                "UPDATE conversation SET sign_in_asked = NULL WHERE tenant = ?1 AND id = ?2 AND sign_in_asked <= ?3",
            )?
            .execute(params![self.of.tenant.0, found.conversation.as_bytes(), asked_before])?;
        if answered == 0 {
            return Ok(Changed::Refused(Objection::NotFound));
        }
        let entry = self.append(&found, Author::Hub, None, Line::Answered(event, name))?;
        self.told(&found, vec![entry])
    }

    /// Does something in a conversation that this agent has.
    fn own(
        &self,
        conversation: ConversationId,
        agent: &AgentName,
        act: impl FnOnce(&Self, KeptConversation) -> rusqlite::Result<Changed>,
    ) -> rusqlite::Result<Changed> {
        match self.find(conversation)? {
            None => Ok(Changed::Refused(Objection::NotFound)),
            Some(found) if found.stage == Stage::Ended => Ok(Changed::Refused(Objection::Ended)),
            Some(found) if found.stage != Stage::Open => Ok(Changed::Refused(Objection::NotFound)),
            Some(found) if found.agent.as_ref().is_none_or(|has| has.agent != agent.agent) => {
                Ok(Changed::Refused(Objection::Taken))
            }
            Some(found) => act(self, found),
        }
    }

    fn begin(&self, bot: Option<&AgentName>) -> rusqlite::Result<KeptConversation> {
        let conversation = ConversationId::from_bytes(random::bytes());
        let (tenant, visitor, at) = (&self.of.tenant.0, self.of.visitor.as_bytes(), self.at.as_millis() as i64);
        self.state
            .prepare_cached("INSERT OR IGNORE INTO thread (tenant, visitor) VALUES (?1, ?2)")?
            .execute(params![tenant, visitor])?;
        self.state
            .prepare_cached(
                "INSERT INTO conversation (tenant, id, visitor, stage, began, since, first_seq, last_seq, last_at, agent_delivered, agent_read)
                 SELECT ?1, ?2, ?3, 'waiting', ?4, ?4, last_seq + 1, last_seq, ?4, last_seq, last_seq FROM thread
                 WHERE tenant = ?1 AND visitor = ?3",
            )?
            .execute(params![tenant, conversation.as_bytes(), visitor, at])?;
        let begun = self.find(conversation)?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
        let Some(bot) = bot else { return Ok(begun) };
        self.move_to(&begun, Stage::Open, Some(bot))?;
        self.find(conversation)?.ok_or(rusqlite::Error::QueryReturnedNoRows)
    }

    fn move_to(&self, found: &KeptConversation, stage: Stage, agent: Option<&AgentName>) -> rusqlite::Result<()> {
        let (agent, name) = agent.map(|agent| (&agent.agent, &agent.name)).unzip();
        self.state
            .prepare_cached(
                "UPDATE conversation SET stage = ?3, agent = coalesce(?4, agent), agent_name = coalesce(?5, agent_name), since = ?6,
                     sign_in_asked = CASE WHEN ?3 = 'ended' THEN NULL ELSE sign_in_asked END
                 WHERE tenant = ?1 AND id = ?2",
            )?
            .execute(params![
                self.of.tenant.0,
                found.conversation.as_bytes(),
                stage.as_str(),
                agent,
                name,
                self.at.as_millis() as i64
            ])?;
        Ok(())
    }

    fn pass_on(&self, found: &KeptConversation, goal: &Goal) -> rusqlite::Result<()> {
        let (wanted, queue) = match goal {
            Goal::Agent(agent) => (Some(agent), None),
            Goal::Queue(queue) => (None, Some(queue)),
        };
        self.state
            .prepare_cached(
                "UPDATE conversation SET transferred = 1, wanted = ?3, queue = coalesce(?4, queue) WHERE tenant = ?1 AND id = ?2",
            )?
            .execute(params![self.of.tenant.0, found.conversation.as_bytes(), wanted, queue])?;
        Ok(())
    }

    /// Whether it was passed on before somebody takes it now; from then on it was not.
    fn arrives(&self, found: &KeptConversation) -> rusqlite::Result<bool> {
        let changed = self
            .state
            .prepare_cached(
                "UPDATE conversation SET transferred = 0, wanted = NULL WHERE tenant = ?1 AND id = ?2 AND transferred = 1",
            )?
            .execute(params![self.of.tenant.0, found.conversation.as_bytes()])?;
        Ok(changed == 1)
    }

    fn happened(
        &self,
        found: &KeptConversation,
        event: Event,
        by: Author,
        agent: Option<&AgentName>,
    ) -> rusqlite::Result<KeptEntry> {
        self.append(found, by, agent, Line::Happened(event))
    }

    /// The file that a message names; an error where it is not its author's, or was sent before.
    fn brought(
        &self,
        file: Option<FileId>,
        agent: Option<&AgentName>,
    ) -> rusqlite::Result<Result<Option<Attachment>, NotBrought>> {
        let Some(file) = file else { return Ok(Ok(None)) };
        let found = files::unsent(self.state, self.of, agent.map(|agent| agent.agent.as_str()), file)?;
        Ok(found.map(Some).ok_or(NotBrought))
    }

    fn append(
        &self,
        found: &KeptConversation,
        author: Author,
        agent: Option<&AgentName>,
        line: Line<'_>,
    ) -> rusqlite::Result<KeptEntry> {
        let name = match &line {
            Line::Answered(_, name) => name.map(str::to_owned),
            _ => agent.map(|agent| agent.name.clone()),
        };
        let (message, said, event) = match line {
            Line::Said(said) => (said.id, Some(said), None),
            Line::Happened(event) | Line::Answered(event, _) => (fresh(), None, Some(event)),
            Line::Asked(text) => {
                let id = fresh();
                (id, Some(Said::new(id, text)), Some(Event::SignInAsked))
            }
        };
        let text = said.as_ref().map(|said| said.text);
        let rich = said.as_ref().and_then(|said| said.rich);
        let answer = said.as_ref().and_then(|said| said.answer);
        let rating = said.as_ref().and_then(|said| said.rating);
        let file = said.and_then(|said| said.file);
        let (tenant, visitor) = (&self.of.tenant.0, self.of.visitor.as_bytes());
        let seq: i64 = self
            .state
            .prepare_cached(
                "UPDATE thread SET last_seq = last_seq + 1 WHERE tenant = ?1 AND visitor = ?2 RETURNING last_seq",
            )?
            .query_row(params![tenant, visitor], |row| row.get(0))?;
        let at = self.at.as_millis() as i64;
        self.state
            .prepare_cached(
                "INSERT INTO entry (tenant, visitor, seq, id, conversation, at, author, agent, name, text, event, rich, answer, rating)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
            )?
            .execute(params![
                tenant,
                visitor,
                seq,
                message.as_bytes(),
                found.conversation.as_bytes(),
                at,
                author.as_str(),
                agent.map(|agent| &agent.agent),
                name,
                text.map(MessageText::as_str),
                event.map(Event::as_str),
                rich.map(|rich| json(Payload::encode_rich(rich, Encoding::Json))),
                answer.map(|answer| json(Payload::encode_answer(answer, Encoding::Json))),
                rating
            ])?;
        self.state
            .prepare_cached(
                "UPDATE conversation SET last_seq = ?3, last_at = ?4, version = version + 1 WHERE tenant = ?1 AND id = ?2",
            )?
            .execute(params![tenant, found.conversation.as_bytes(), seq, at])?;
        if let Some(file) = &file {
            files::send(self.state, self.of, file.id, seq)?;
        }
        // Who writes has read what is there.
        let (seen, whose) = match author {
            Author::Visitor => {
                identity::touch(self.state, self.of, at)?;
                ("UPDATE thread SET delivered = ?3, read = ?3 WHERE tenant = ?1 AND visitor = ?2", visitor)
            }
            Author::Agent => (
                "UPDATE conversation SET agent_delivered = ?3, agent_read = ?3 WHERE tenant = ?1 AND id = ?2",
                found.conversation.as_bytes(),
            ),
            _ => ("", visitor),
        };
        if !seen.is_empty() {
            self.state.prepare_cached(seen)?.execute(params![tenant, whose, seq])?;
        }
        let entry = Entry {
            seq: seq as u64,
            id: message,
            conversation: found.conversation,
            at: self.at,
            author,
            name,
            text: text.cloned(),
            event: event.map(|event| event.as_str().to_owned()),
            is_own: None,
            file,
            rich: rich.map(|rich| Offered(Some(rich.clone()))),
            preview: None,
            rating,
        };
        Ok(KeptEntry { entry, agent: agent.map(|agent| agent.agent.clone()), answer: answer.cloned() })
    }

    /// What was kept under an id before, and is told again.
    fn before(&self, entry: KeptEntry) -> rusqlite::Result<Changed> {
        Ok(match self.find(entry.entry.conversation)? {
            Some(found) => Changed::Before(Box::new(found), vec![entry]),
            None => Changed::Refused(Objection::NotFound),
        })
    }

    fn told(&self, found: &KeptConversation, entries: Vec<KeptEntry>) -> rusqlite::Result<Changed> {
        Ok(match self.find(found.conversation)? {
            Some(now) if now == *found => Changed::Before(Box::new(now), entries),
            Some(now) => Changed::Kept(Box::new(now), entries),
            None => Changed::Refused(Objection::NotFound),
        })
    }

    fn entry(&self, id: MessageId) -> rusqlite::Result<Option<KeptEntry>> {
        let query = format!("SELECT {ENTRY}, {FILE} {FROM} WHERE e.tenant = ?1 AND e.visitor = ?2 AND e.id = ?3");
        self.state
            .prepare_cached(&query)?
            .query_row(params![self.of.tenant.0, self.of.visitor.as_bytes(), id.as_bytes()], entry)
            .optional()
    }

    fn current(&self) -> rusqlite::Result<Option<KeptConversation>> {
        let query = format!(
            "SELECT {COLUMNS}, {IDENTITY} FROM conversation AS c JOIN thread AS t ON t.tenant = c.tenant AND t.visitor = c.visitor
         LEFT JOIN identity AS i ON i.tenant = c.tenant AND i.visitor = c.visitor
             WHERE c.tenant = ?1 AND c.visitor = ?2 ORDER BY c.first_seq DESC LIMIT 1"
        );
        self.state
            .prepare_cached(&query)?
            .query_row(params![self.of.tenant.0, self.of.visitor.as_bytes()], kept)
            .optional()
    }

    fn find(&self, conversation: ConversationId) -> rusqlite::Result<Option<KeptConversation>> {
        let query = format!(
            "SELECT {COLUMNS}, {IDENTITY} FROM conversation AS c JOIN thread AS t ON t.tenant = c.tenant AND t.visitor = c.visitor
         LEFT JOIN identity AS i ON i.tenant = c.tenant AND i.visitor = c.visitor
             WHERE c.tenant = ?1 AND c.id = ?2 AND c.visitor = ?3"
        );
        self.state
            .prepare_cached(&query)?
            .query_row(params![self.of.tenant.0, conversation.as_bytes(), self.of.visitor.as_bytes()], kept)
            .optional()
    }
}

fn is_on(found: &KeptConversation) -> bool {
    found.stage != Stage::Ended
}

/// What is new in a thread.
enum Line<'a> {
    Said(Said<'a>),
    Happened(Event),
    /// The visitor is to sign in, in these words.
    Asked(&'a MessageText),
    /// What came of that, with the name of who signed in.
    Answered(Event, Option<&'a str>),
}

/// The id of what the hub writes itself.
fn fresh() -> MessageId {
    MessageId::from_bytes(random::bytes())
}

struct Said<'a> {
    id: MessageId,
    text: &'a MessageText,
    file: Option<Attachment>,
    rich: Option<&'a Rich>,
    answer: Option<&'a Answer>,
    rating: Option<u32>,
}

impl<'a> Said<'a> {
    const fn new(id: MessageId, text: &'a MessageText) -> Self {
        Self { id, text, file: None, rich: None, answer: None, rating: None }
    }
}

/// What was encoded as JSON, as it is stored.
pub(super) fn json(payload: Payload) -> Option<String> {
    match payload.into_message() {
        Message::Text(json) => Some(json),
        Message::Binary(_) => None,
    }
}

/// A message names a file that its author did not bring, or has sent before.
struct NotBrought;

/// What [`entry`] reads, and where from.
const ENTRY: &str = "e.seq, e.id, e.conversation, e.at, e.author, e.name, e.text, e.event, e.agent, e.rich, e.preview,
     e.rating, e.answer";
const FROM: &str =
    "FROM entry AS e LEFT JOIN file AS f ON f.tenant = e.tenant AND f.visitor = e.visitor AND f.seq = e.seq";

fn entry(row: &Row<'_>) -> rusqlite::Result<KeptEntry> {
    let payload = |column| -> rusqlite::Result<_> {
        let json = row.get::<_, Option<String>>(column)?;
        Ok(json.map(|json| Payload::from_message(Message::Text(json))))
    };
    let entry = Entry {
        seq: row.get::<_, i64>(0)? as u64,
        id: MessageId::from_bytes(id(&row.get::<_, Vec<u8>>(1)?)),
        conversation: ConversationId::from_bytes(id(&row.get::<_, Vec<u8>>(2)?)),
        at: Timestamp::from_millis(row.get::<_, i64>(3)? as u64),
        author: Author::from_word(&row.get::<_, String>(4)?).unwrap_or(Author::Hub),
        name: row.get(5)?,
        text: row.get::<_, Option<String>>(6)?.and_then(|text| MessageText::new(&text).ok()),
        event: row.get(7)?,
        is_own: None,
        file: files::attachment(row, 13)?,
        rich: payload(9)?.and_then(|rich| rich.as_rich().ok()).map(|rich| Offered(Some(rich))),
        preview: payload(10)?.and_then(|preview| preview.as_preview().ok()),
        rating: row.get(11)?,
    };
    let answer = payload(12)?.and_then(|answer| answer.as_answer().ok());
    Ok(KeptEntry { entry, agent: row.get(8)?, answer })
}

/// The last line that somebody wrote is shown, or what happened where nobody did.
const COLUMNS: &str = "c.id, c.visitor, c.visit, c.version, c.stage, c.agent, c.agent_name, c.began, c.since, c.last_seq, c.last_at,
    (SELECT author FROM entry WHERE tenant = c.tenant AND visitor = c.visitor AND seq <= c.last_seq AND seq >= c.first_seq AND text IS NOT NULL
     ORDER BY seq DESC LIMIT 1),
    (SELECT text FROM entry WHERE tenant = c.tenant AND visitor = c.visitor AND seq <= c.last_seq AND seq >= c.first_seq AND text IS NOT NULL
     ORDER BY seq DESC LIMIT 1),
    c.first_seq, c.agent_delivered, c.agent_read, t.delivered, t.read,
    (SELECT count(*) FROM entry WHERE tenant = c.tenant AND visitor = c.visitor AND seq > c.agent_read AND seq >= c.first_seq
     AND seq <= c.last_seq AND author = 'visitor' AND text IS NOT NULL),
    (SELECT count(*) FROM entry WHERE tenant = c.tenant AND visitor = c.visitor AND seq > t.read AND author IN ('agent', 'bot')
     AND text IS NOT NULL), c.bot_place, t.channel, t.channel_name, t.name, c.collected, c.sign_in_asked,
    EXISTS (SELECT 1 FROM identity_rules AS r JOIN deployment AS d ON d.id = r.deployment WHERE d.tenant = c.tenant), c.wrap_until";

/// What was filled in, as it was stored.
fn collected(json: Option<String>) -> Vec<(String, String)> {
    json.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default()
}

fn kept(row: &Row<'_>) -> rusqlite::Result<KeptConversation> {
    let time = |column| row.get::<_, i64>(column).map(|millis| Timestamp::from_millis(millis as u64));
    let number = |column| row.get::<_, i64>(column).map(|number| number as u64);
    let (agent, name): (Option<String>, Option<String>) = (row.get(5)?, row.get(6)?);
    let mut excerpt = row.get::<_, Option<String>>(12)?.unwrap_or_default();
    excerpt.truncate(excerpt.floor_char_boundary(EXCERPT));
    Ok(KeptConversation {
        conversation: ConversationId::from_bytes(id(&row.get::<_, Vec<u8>>(0)?)),
        visitor: VisitorId::from_bytes(id(&row.get::<_, Vec<u8>>(1)?)),
        visit: row.get::<_, Option<Vec<u8>>>(2)?.map(|visit| VisitId::from_bytes(id(&visit))),
        version: number(3)?,
        stage: Stage::from_word(&row.get::<_, String>(4)?).unwrap_or(Stage::Ended),
        agent: agent.zip(name).map(|(agent, name)| AgentName { agent, name }),
        began: time(7)?,
        since: time(8)?,
        last: Last {
            seq: number(9)?,
            at: time(10)?,
            author: row.get::<_, Option<String>>(11)?.and_then(|word| Author::from_word(&word)).unwrap_or(Author::Hub),
            excerpt,
        },
        first: number(13)?,
        agent_delivered: number(14)?,
        agent_read: number(15)?,
        delivered: number(16)?,
        read: number(17)?,
        unread: row.get(18)?,
        unseen: row.get(19)?,
        place: row.get(20)?,
        channel: row.get::<_, Option<String>>(21)?.zip(row.get(22)?).map(|(id, name)| ChannelName { id, name }),
        name: row.get(23)?,
        collected: collected(row.get(24)?),
        sign_in: match (row.get::<_, Option<i64>>(25)?, row.get(26)?) {
            (Some(_), _) => Some(SignIn::Asked),
            // Only a page can sign anybody in.
            (None, is_possible) => Some(SignIn::Possible)
                .filter(|_| is_possible && row.get_ref(21).is_ok_and(|channel| channel == ValueRef::Null)),
        },
        wrap_until: row.get::<_, Option<i64>>(27)?.map(|millis| Timestamp::from_millis(millis as u64)),
        identity: identity::read(row, 28)?,
    })
}
