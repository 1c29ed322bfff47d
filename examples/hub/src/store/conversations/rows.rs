//! Reads conversations and entries.

use alongside::protocol::conversation::{Author, Entry, MessageText, Stage};
use alongside::protocol::rich::Offered;
use alongside::protocol::{ConversationId, Message, MessageId, Payload, SignIn, VisitId, VisitorId};
use alongside::time::Timestamp;
use rusqlite::types::ValueRef;
use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::kinds::{AgentName, ChannelName, KeptConversation, KeptEntry, KeptPart, Last, Part, ThreadOf};
use super::thread::{Thread, is_on};
use crate::store::TenantId;
use crate::store::files::{self, COLUMNS as FILE};
use crate::store::identity::{self, COLUMNS as IDENTITY};
use crate::store::sqlite::id;

/// Most conversations of one list, those that are over included.
const LISTED: usize = 500;

/// Most conversations of one thread that are looked at: those that go on, and the latest of the others.
const CURRENT: usize = 16;

/// Longest beginning of what was last said, in bytes.
const EXCERPT: usize = 160;

/// Of whose thread a conversation is a part.
pub(in crate::store) fn visitor_of(
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

/// The current conversation of a thread, then others that go on, or of which the visitor has not read all, the latest first.
pub(in crate::store) fn all_current(state: &Transaction<'_>, of: &ThreadOf) -> rusqlite::Result<Vec<KeptConversation>> {
    let query = format!(
        "SELECT {COLUMNS}, {IDENTITY} FROM conversation AS c JOIN thread AS t ON t.tenant = c.tenant AND t.visitor = c.visitor
         LEFT JOIN identity AS i ON i.tenant = c.tenant AND i.visitor = c.visitor
         WHERE c.tenant = ?1 AND c.visitor = ?2 AND c.id IN
             (SELECT id FROM conversation WHERE tenant = ?1 AND visitor = ?2 ORDER BY stage = 'ended', first_seq DESC LIMIT {CURRENT})
         ORDER BY c.stage = 'ended', c.first_seq DESC"
    );
    let all: Vec<KeptConversation> = state
        .prepare_cached(&query)?
        .query_map(params![of.tenant.0, of.visitor.as_bytes()], kept)?
        .collect::<Result<_, _>>()?;
    let is_wanted = |(at, kept): &(usize, KeptConversation)| *at == 0 || is_on(kept) || kept.unseen > 0;
    Ok(all.into_iter().enumerate().filter(is_wanted).map(|(_, kept)| kept).collect())
}

/// One of a thread's conversations.
pub(in crate::store) fn find(
    state: &Transaction<'_>,
    of: &ThreadOf,
    conversation: ConversationId,
) -> rusqlite::Result<Option<KeptConversation>> {
    Thread { state, of, at: Timestamp::default(), is_apart: false }.find(conversation)
}

/// Those that go on, and the latest of the others; the latest first.
pub(in crate::store) fn list(state: &Transaction<'_>, tenant: &TenantId) -> rusqlite::Result<Vec<KeptConversation>> {
    let query = format!(
        "SELECT {COLUMNS}, {IDENTITY} FROM conversation AS c JOIN thread AS t ON t.tenant = c.tenant AND t.visitor = c.visitor
         LEFT JOIN identity AS i ON i.tenant = c.tenant AND i.visitor = c.visitor
         WHERE c.tenant = ?1 ORDER BY c.stage = 'ended', c.last_at DESC LIMIT {LISTED}"
    );
    state.prepare_cached(&query)?.query_map([&tenant.0], kept)?.collect()
}

/// Those that go on, in which nothing was said since `before`.
pub(in crate::store) fn silent(
    state: &Transaction<'_>,
    before: Timestamp,
) -> rusqlite::Result<Vec<(ThreadOf, ConversationId)>> {
    state
        .prepare_cached("SELECT tenant, visitor, id FROM conversation WHERE stage != 'ended' AND last_at < ?1")?
        .query_map([before.as_millis() as i64], |row| {
            let visitor = VisitorId::from_bytes(id(&row.get::<_, Vec<u8>>(1)?));
            let conversation = ConversationId::from_bytes(id(&row.get::<_, Vec<u8>>(2)?));
            Ok((ThreadOf { tenant: TenantId(row.get(0)?), visitor }, conversation))
        })?
        .collect()
}

/// A part of a thread, at most `limit` entries.
pub(in crate::store) fn part(
    state: &Transaction<'_>,
    of: &ThreadOf,
    part: Part,
    limit: usize,
) -> rusqlite::Result<KeptPart> {
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

/// What [`entry`] reads, and where from.
pub(super) const ENTRY: &str =
    "e.seq, e.id, e.conversation, e.at, e.author, e.name, e.text, e.event, e.agent, e.rich, e.preview,
     e.rating, e.answer";
pub(super) const FROM: &str =
    "FROM entry AS e LEFT JOIN file AS f ON f.tenant = e.tenant AND f.visitor = e.visitor AND f.seq = e.seq";

pub(super) fn entry(row: &Row<'_>) -> rusqlite::Result<KeptEntry> {
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
pub(super) const COLUMNS: &str = "c.id, c.visitor, c.visit, c.version, c.stage, c.agent, c.agent_name, c.began, c.since, c.last_seq, c.last_at,
    (SELECT author FROM entry WHERE tenant = c.tenant AND visitor = c.visitor AND seq <= c.last_seq AND seq >= c.first_seq AND text IS NOT NULL
     AND conversation = c.id ORDER BY seq DESC LIMIT 1),
    (SELECT text FROM entry WHERE tenant = c.tenant AND visitor = c.visitor AND seq <= c.last_seq AND seq >= c.first_seq AND text IS NOT NULL
     AND conversation = c.id ORDER BY seq DESC LIMIT 1),
    c.first_seq, c.agent_delivered, c.agent_read, max(t.delivered, c.delivered), max(t.read, c.read),
    (SELECT count(*) FROM entry WHERE tenant = c.tenant AND visitor = c.visitor AND seq > c.agent_read AND seq >= c.first_seq
     AND seq <= c.last_seq AND author = 'visitor' AND text IS NOT NULL AND conversation = c.id),
    (SELECT count(*) FROM entry WHERE tenant = c.tenant AND visitor = c.visitor AND seq > max(t.read, c.read) AND seq >= c.first_seq
     AND seq <= c.last_seq AND author IN ('agent', 'bot') AND text IS NOT NULL AND conversation = c.id), c.bot_place, t.channel, t.channel_name, t.name, c.collected, c.sign_in_asked,
    EXISTS (SELECT 1 FROM identity_rules AS r JOIN deployment AS d ON d.id = r.deployment WHERE d.tenant = c.tenant), c.wrap_until, t.last_seq,
    EXISTS (SELECT 1 FROM conversation WHERE tenant = c.tenant AND visitor = c.visitor AND stage != 'ended' AND id != c.id)";

/// What was filled in, as it was stored.
fn collected(json: Option<String>) -> Vec<(String, String)> {
    json.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default()
}

pub(super) fn kept(row: &Row<'_>) -> rusqlite::Result<KeptConversation> {
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
        thread_last: number(28)?,
        has_others: row.get(29)?,
        identity: identity::read(row, 30)?,
    })
}
