//! What agents note of conversations, for agents alone: at a place of a thread, without a number of it.

use std::ops::RangeInclusive;

use alongside::protocol::conversation::{MessageText, Objection, Remark, Stage};
use alongside::protocol::{ConversationId, MessageId, VisitorId};
use alongside::time::Timestamp;
use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::conversations::find;
use super::sqlite::id;
use super::{AgentName, KeptConversation, TenantId, ThreadOf};
use crate::random;
use crate::wrap_up::WrapUp;

/// Most remarks of one part of a thread: the latest.
const LISTED: usize = 200;

/// A remark, and who wrote it.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptRemark {
    /// As desks see it, but for whose it is.
    pub remark: Remark,
    /// The agent.
    pub agent: String,
}

/// What an agent notes of a conversation that is over.
#[derive(Clone, Debug, Default)]
pub struct Wrapped {
    /// A code: its id, and what it is called.
    pub code: Option<(String, String)>,
    /// In his own words.
    pub text: Option<MessageText>,
    /// It can be changed no more.
    pub is_done: bool,
}

/// The conversation as it is now, and what was noted of it.
pub type WrappedUp = (Box<KeptConversation>, Option<KeptRemark>);

/// A conversation that is over, of which its agent has not said yet what it was about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrapping {
    /// Which.
    pub conversation: ConversationId,
    /// Whose it was.
    pub agent: AgentName,
    /// Until when that takes up his room.
    pub until: Timestamp,
}

/// What the customer wants said of conversations that are over.
pub(super) fn rules(state: &Transaction<'_>, tenant: &TenantId) -> rusqlite::Result<WrapUp> {
    let body: Option<String> = state
        .prepare_cached("SELECT body FROM wrap_up WHERE tenant = ?1")?
        .query_row([&tenant.0], |row| row.get(0))
        .optional()?;
    // It was checked before it was kept.
    Ok(body.and_then(|body| WrapUp::read(&body).ok()).unwrap_or_default())
}

/// A conversation ends: where a person has it, he is asked what it was about.
pub(super) fn begin(
    state: &Transaction<'_>,
    of: &ThreadOf,
    found: &KeptConversation,
    at: Timestamp,
) -> rusqlite::Result<()> {
    let is_persons = found.stage == Stage::Open && found.agent.as_ref().is_some_and(|agent| !agent.is_bot());
    let Some(lasts) = rules(state, &of.tenant)?.lasts().filter(|_| is_persons) else { return Ok(()) };
    state.prepare_cached("UPDATE conversation SET wrap_until = ?3 WHERE tenant = ?1 AND id = ?2")?.execute(params![
        of.tenant.0,
        found.conversation.as_bytes(),
        (at + lasts).as_millis() as i64
    ])?;
    Ok(())
}

/// Keeps an agent's note in the conversation that he has.
pub(super) fn note(
    state: &Transaction<'_>,
    of: &ThreadOf,
    conversation: ConversationId,
    agent: &AgentName,
    note: (MessageId, &MessageText),
    at: Timestamp,
) -> rusqlite::Result<Result<KeptRemark, Objection>> {
    let (message, text) = note;
    if let Some(kept) = by_id(state, of, message)? {
        return Ok(if kept.agent == agent.agent { Ok(kept) } else { Err(Objection::NotFound) });
    }
    let found = match own(state, of, conversation, agent)? {
        Ok(found) if found.stage == Stage::Open => found,
        Ok(_) => return Ok(Err(Objection::Ended)),
        Err(objection) => return Ok(Err(objection)),
    };
    insert(state, of, &found, agent, message, at, false)?;
    let query = "UPDATE remark SET text = ?3 WHERE tenant = ?1 AND id = ?2";
    state.prepare_cached(query)?.execute(params![of.tenant.0, message.as_bytes(), text.as_str()])?;
    Ok(by_id(state, of, message)?.ok_or(Objection::NotFound))
}

/// Keeps what an agent notes of his conversation that is over: the conversation now, and the note.
pub(super) fn wrap(
    state: &Transaction<'_>,
    of: &ThreadOf,
    conversation: ConversationId,
    agent: &AgentName,
    wrapped: &Wrapped,
    at: Timestamp,
) -> rusqlite::Result<Result<WrappedUp, Objection>> {
    let found = match own(state, of, conversation, agent)? {
        Ok(found) if found.wrap_until.is_some() => found,
        Ok(_) => return Ok(Err(Objection::Ended)),
        Err(objection) => return Ok(Err(objection)),
    };
    if wrapped.is_done && wrapped.code.is_none() && rules(state, &of.tenant)?.is_required() {
        return Ok(Err(Objection::NotPermitted));
    }
    let known: Option<Vec<u8>> = state
        .prepare_cached("SELECT id FROM remark WHERE tenant = ?1 AND conversation = ?2 AND is_wrap = 1")?
        .query_row(params![of.tenant.0, conversation.as_bytes()], |row| row.get(0))
        .optional()?;
    let is_empty = wrapped.code.is_none() && wrapped.text.is_none();
    let kept = match known {
        None if is_empty => None,
        known => {
            let message = match known {
                Some(known) => MessageId::from_bytes(id(&known)),
                None => {
                    let message = MessageId::from_bytes(random::bytes());
                    insert(state, of, &found, agent, message, at, true)?;
                    message
                }
            };
            let (code, name) = wrapped.code.as_ref().map(|(code, name)| (code, name)).unzip();
            let text = wrapped.text.as_ref().map(MessageText::as_str);
            state
                .prepare_cached(
                    "UPDATE remark SET code = ?3, code_name = ?4, text = ?5, at = ?6 WHERE tenant = ?1 AND id = ?2",
                )?
                .execute(params![of.tenant.0, message.as_bytes(), code, name, text, at.as_millis() as i64])?;
            by_id(state, of, message)?
        }
    };
    if wrapped.is_done {
        over(state, of, conversation)?;
    }
    let now = find(state, of, conversation)?.unwrap_or(found);
    Ok(Ok((Box::new(now), kept)))
}

/// Its time is over: it ends as it is, unless a code is required. The conversation where that changed it.
pub(super) fn end(
    state: &Transaction<'_>,
    of: &ThreadOf,
    conversation: ConversationId,
    at: Timestamp,
) -> rusqlite::Result<Option<KeptConversation>> {
    let found = find(state, of, conversation)?;
    let is_due = found.is_some_and(|found| found.wrap_until.is_some_and(|until| until <= at));
    if !is_due || rules(state, &of.tenant)?.is_required() {
        return Ok(None);
    }
    over(state, of, conversation)?;
    find(state, of, conversation)
}

fn over(state: &Transaction<'_>, of: &ThreadOf, conversation: ConversationId) -> rusqlite::Result<()> {
    state
        .prepare_cached(
            "UPDATE conversation SET wrap_until = NULL, version = version + 1 WHERE tenant = ?1 AND id = ?2",
        )?
        .execute(params![of.tenant.0, conversation.as_bytes()])?;
    Ok(())
}

/// The remarks that follow entries with these numbers, in order.
pub(super) fn list(
    state: &Transaction<'_>,
    of: &ThreadOf,
    after: &RangeInclusive<u64>,
) -> rusqlite::Result<Vec<KeptRemark>> {
    let bound = |seq: u64| seq.min(i64::MAX as u64) as i64;
    let query = format!(
        "SELECT {COLUMNS} FROM remark WHERE tenant = ?1 AND visitor = ?2 AND after BETWEEN ?3 AND ?4 ORDER BY after DESC, at DESC LIMIT {LISTED}"
    );
    let of = params![of.tenant.0, of.visitor.as_bytes(), bound(*after.start()), bound(*after.end())];
    let mut found: Vec<_> = state.prepare_cached(&query)?.query_map(of, kept)?.collect::<Result<_, _>>()?;
    found.reverse();
    Ok(found)
}

/// The conversations of these visitors, or of all, of which their agents have yet to say what they were about.
pub(super) fn wrapping(
    state: &Transaction<'_>,
    threads: Option<&[ThreadOf]>,
) -> rusqlite::Result<Vec<(ThreadOf, Wrapping)>> {
    let columns =
        "SELECT tenant, visitor, id, agent, agent_name, wrap_until FROM conversation WHERE wrap_until IS NOT NULL";
    let read = |row: &Row<'_>| {
        let visitor = VisitorId::from_bytes(id(&row.get::<_, Vec<u8>>(1)?));
        let wrapping = Wrapping {
            conversation: ConversationId::from_bytes(id(&row.get::<_, Vec<u8>>(2)?)),
            agent: AgentName { agent: row.get(3)?, name: row.get(4)? },
            until: Timestamp::from_millis(row.get::<_, i64>(5)? as u64),
        };
        Ok((ThreadOf { tenant: TenantId(row.get(0)?), visitor }, wrapping))
    };
    let Some(threads) = threads else { return state.prepare_cached(columns)?.query_map([], read)?.collect() };
    let mut all = Vec::new();
    let mut query = state.prepare_cached(&format!("{columns} AND tenant = ?1 AND visitor = ?2"))?;
    for of in threads {
        for found in query.query_map(params![of.tenant.0, of.visitor.as_bytes()], read)? {
            all.push(found?);
        }
    }
    Ok(all)
}

/// The conversation, where it is or was this agent's.
fn own(
    state: &Transaction<'_>,
    of: &ThreadOf,
    conversation: ConversationId,
    agent: &AgentName,
) -> rusqlite::Result<Result<KeptConversation, Objection>> {
    Ok(match find(state, of, conversation)? {
        None => Err(Objection::NotFound),
        Some(found) if found.stage == Stage::Waiting => Err(Objection::NotFound),
        Some(found) if found.agent.as_ref().is_none_or(|has| has.agent != agent.agent) => Err(Objection::Taken),
        Some(found) => Ok(found),
    })
}

fn insert(
    state: &Transaction<'_>,
    of: &ThreadOf,
    found: &KeptConversation,
    agent: &AgentName,
    message: MessageId,
    at: Timestamp,
    is_wrap: bool,
) -> rusqlite::Result<()> {
    state
        .prepare_cached(
            "INSERT INTO remark (tenant, id, visitor, conversation, after, at, agent, name, is_wrap)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            of.tenant.0,
            message.as_bytes(),
            of.visitor.as_bytes(),
            found.conversation.as_bytes(),
            found.last.seq as i64,
            at.as_millis() as i64,
            agent.agent,
            agent.name,
            is_wrap
        ])?;
    Ok(())
}

fn by_id(state: &Transaction<'_>, of: &ThreadOf, message: MessageId) -> rusqlite::Result<Option<KeptRemark>> {
    let query = format!("SELECT {COLUMNS} FROM remark WHERE tenant = ?1 AND id = ?2 AND visitor = ?3");
    let of = params![of.tenant.0, message.as_bytes(), of.visitor.as_bytes()];
    state.prepare_cached(&query)?.query_row(of, kept).optional()
}

const COLUMNS: &str = "id, conversation, after, at, name, text, code, code_name, is_wrap, agent";

fn kept(row: &Row<'_>) -> rusqlite::Result<KeptRemark> {
    let remark = Remark {
        id: MessageId::from_bytes(id(&row.get::<_, Vec<u8>>(0)?)),
        conversation: ConversationId::from_bytes(id(&row.get::<_, Vec<u8>>(1)?)),
        after: row.get::<_, i64>(2)? as u64,
        at: Timestamp::from_millis(row.get::<_, i64>(3)? as u64),
        name: row.get(4)?,
        is_own: false,
        text: row.get::<_, Option<String>>(5)?.and_then(|text| MessageText::new(&text).ok()),
        code: row.get(6)?,
        code_name: row.get(7)?,
        is_wrap: row.get(8)?,
    };
    Ok(KeptRemark { remark, agent: row.get(9)? })
}
