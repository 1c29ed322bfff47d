//! Shared sessions as rows: who, when, what was granted, and the record.

use alongside::protocol::cobrowse::{Channel, EndReason};
use alongside::protocol::{Body, Encoding, Message, Payload, SessionEvent, SessionId, VisitId, VisitorId};
use alongside::time::Timestamp;
use rusqlite::{OptionalExtension, Row, ToSql, Transaction, params};

use super::sqlite::id;
use super::{Access, TenantId};

/// What is new of a session; kept whole or not at all.
#[derive(Clone, Debug)]
pub struct SessionChange {
    /// Whose data it is.
    pub tenant: TenantId,
    /// Which.
    pub session: SessionId,
    /// Present where it is new.
    pub begun: Option<Begun>,
    /// The hash of the consent key, once the visitor agreed.
    pub key: Option<[u8; 32]>,
    /// The number of the agent who came last.
    pub last_agent: u32,
    /// It was there at this time.
    pub seen: Timestamp,
    /// How it ended.
    pub ended: Option<EndReason>,
    /// More of its record.
    pub lines: Vec<Line>,
    /// Changes of its grants.
    pub grants: Vec<GrantChange>,
    /// For the visitor's journey.
    pub events: Vec<SessionEvent>,
}

/// How a session begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// Whose visit.
    pub visitor: VisitorId,
    /// By the hub's id.
    pub visit: VisitId,
    /// What it rides on.
    pub channel: Channel,
}

/// One entry of a session's record, as it is hashed and kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// 1, 2, 3 ...
    pub seq: u64,
    /// The entry as canonical JSON.
    pub entry: String,
    /// The hash of the one before, and of the entry.
    pub hash: [u8; 32],
}

/// A grant that begins or ends. Its number is that of the record's entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GrantChange {
    /// What the visitor granted.
    Began {
        /// Its number.
        number: u64,
        /// Who may.
        agent: u32,
        /// What: a capability's word.
        capability: String,
        /// Only within this node.
        within: Option<u32>,
        /// Only so often.
        uses: Option<u32>,
        /// For so many seconds.
        seconds: Option<u32>,
    },
    /// It was taken back, given back or used up, or has expired.
    Ended(u64),
    /// All that are left ended.
    AllEnded,
}

/// A session as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptSession {
    /// Which.
    pub session: SessionId,
    /// How it began.
    pub begun: Begun,
    /// When it was offered.
    pub at: Timestamp,
    /// Absent where the visitor has not agreed.
    pub key: Option<[u8; 32]>,
    /// The number of the agent who came last.
    pub last_agent: u32,
    /// When it was last there.
    pub seen: Timestamp,
    /// When and how it ended.
    pub ended: Option<(Timestamp, EndReason)>,
    /// Where its record ends: the last entry's number and hash.
    pub last: Option<(u64, [u8; 32])>,
}

/// Who reads a session's record.
#[derive(Clone, Debug)]
pub enum RecordReader {
    /// An agent of the tenant; needs [`Permission::Record`](super::Permission::Record).
    Agent(Access),
    /// The visitor, by the hash of the consent key.
    Visitor([u8; 32]),
}

/// Whose sessions are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionsOf {
    /// A visit, by the hub's id.
    Visit(VisitId),
    /// A visitor.
    Visitor(VisitorId),
}

/// Most sessions of one list.
const LISTED: usize = 200;

const COLUMNS: &str = "id, visitor, visit, channel, began, key, last_agent, seen, ended, reason,
    (SELECT max(seq) FROM shared_record WHERE tenant = shared_session.tenant AND session = id),
    (SELECT hash FROM shared_record WHERE tenant = shared_session.tenant AND session = id ORDER BY seq DESC LIMIT 1)";

fn kept(row: &Row<'_>) -> rusqlite::Result<KeptSession> {
    let word: String = row.get(3)?;
    let reason: Option<String> = row.get(9)?;
    let reason = reason.and_then(|reason| EndReason::from_word(&reason)).unwrap_or(EndReason::Lost);
    let hash = |column| row.get::<_, Option<Vec<u8>>>(column).map(|hash| hash.and_then(|hash| hash.try_into().ok()));
    let time = |millis: i64| Timestamp::from_millis(millis as u64);
    Ok(KeptSession {
        session: SessionId::from_bytes(id(&row.get::<_, Vec<u8>>(0)?)),
        begun: Begun {
            visitor: VisitorId::from_bytes(id(&row.get::<_, Vec<u8>>(1)?)),
            visit: VisitId::from_bytes(id(&row.get::<_, Vec<u8>>(2)?)),
            channel: Channel::from_word(&word).unwrap_or(Channel::Voice),
        },
        at: time(row.get(4)?),
        key: hash(5)?,
        last_agent: row.get(6)?,
        seen: time(row.get(7)?),
        ended: row.get::<_, Option<i64>>(8)?.map(|at| (time(at), reason)),
        last: row.get::<_, Option<i64>>(10)?.map(|seq| seq as u64).zip(hash(11)?),
    })
}

/// Keeps what is new. Of a session that is not there, because its visitor was erased, nothing is kept.
pub(super) fn keep(change: &Transaction<'_>, new: &SessionChange) -> rusqlite::Result<()> {
    let (tenant, session) = (&new.tenant.0, new.session.as_bytes());
    let seen = new.seen.as_millis() as i64;
    if let Some(begun) = &new.begun {
        change
            .prepare_cached(
                "INSERT INTO shared_session (tenant, id, visit, visitor, channel, began, last_agent, seen)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?6)",
            )?
            .execute(params![
                tenant,
                session,
                begun.visit.as_bytes(),
                begun.visitor.as_bytes(),
                begun.channel.as_str(),
                seen
            ])?;
    }
    let is_there = change
        .prepare_cached(
            "UPDATE shared_session SET key = coalesce(?3, key), last_agent = max(last_agent, ?4), seen = ?5,
                 ended = CASE WHEN ?6 IS NULL THEN ended ELSE ?5 END, reason = coalesce(?6, reason)
             WHERE tenant = ?1 AND id = ?2",
        )?
        .execute(params![tenant, session, new.key, new.last_agent, seen, new.ended.map(EndReason::as_str)])?;
    if is_there == 0 {
        return Ok(());
    }
    for line in &new.lines {
        change
            .prepare_cached(
                "INSERT INTO shared_record (tenant, session, seq, entry, hash) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![tenant, session, line.seq as i64, line.entry, line.hash])?;
    }
    for grant in &new.grants {
        keep_grant(change, new, grant, seen)?;
    }
    for event in &new.events {
        keep_event(change, new, event)?;
    }
    Ok(())
}

fn keep_grant(change: &Transaction<'_>, new: &SessionChange, grant: &GrantChange, at: i64) -> rusqlite::Result<()> {
    let (tenant, session) = (&new.tenant.0, new.session.as_bytes());
    match grant {
        GrantChange::Began { number, agent, capability, within, uses, seconds } => {
            let insert =
                "INSERT INTO shared_grant (tenant, session, number, agent, capability, within, uses, seconds, began)
                          VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
            let number = *number as i64;
            change
                .prepare_cached(insert)?
                .execute(params![tenant, session, number, agent, capability, within, uses, seconds, at])?;
        }
        GrantChange::Ended(number) => {
            let update = "UPDATE shared_grant SET ended = ?4 WHERE tenant = ?1 AND session = ?2 AND number = ?3";
            change.prepare_cached(update)?.execute(params![tenant, session, *number as i64, at])?;
        }
        GrantChange::AllEnded => {
            let update = "UPDATE shared_grant SET ended = ?3 WHERE tenant = ?1 AND session = ?2 AND ended IS NULL";
            change.prepare_cached(update)?.execute(params![tenant, session, at])?;
        }
    }
    Ok(())
}

/// The hub's own events are numbered by the session: it begins once and ends once.
fn keep_event(change: &Transaction<'_>, new: &SessionChange, event: &SessionEvent) -> rusqlite::Result<()> {
    let body = Payload::encode(&Body::Session(event.clone()), Encoding::Binary);
    let Message::Binary(body) = body.as_message() else { return Ok(()) };
    let seq = if event.reason.is_none() { 1 } else { 2 };
    change
        .prepare_cached(
            "INSERT OR IGNORE INTO event (tenant, source, seq, visitor, visit, at, body)
             SELECT tenant, id, ?3, visitor, visit, ?4, ?5 FROM shared_session WHERE tenant = ?1 AND id = ?2",
        )?
        .execute(params![new.tenant.0, new.session.as_bytes(), seq, event.at.as_millis() as i64, body])?;
    Ok(())
}

pub(super) fn find(
    state: &Transaction<'_>,
    tenant: &TenantId,
    session: SessionId,
) -> rusqlite::Result<Option<KeptSession>> {
    let query = format!("SELECT {COLUMNS} FROM shared_session WHERE tenant = ?1 AND id = ?2");
    state.prepare_cached(&query)?.query_row(params![tenant.0, session.as_bytes()], kept).optional()
}

/// Whose session it is, for one who has its key; session ids are the hub's, so there is one of each.
pub(super) fn tenant_of(
    state: &Transaction<'_>,
    session: SessionId,
    key: [u8; 32],
) -> rusqlite::Result<Option<TenantId>> {
    use subtle::ConstantTimeEq;
    let row = |row: &Row<'_>| Ok((row.get(0)?, row.get::<_, Option<Vec<u8>>>(1)?));
    let found: Option<(String, Option<Vec<u8>>)> = state
        .prepare_cached("SELECT tenant, key FROM shared_session WHERE id = ?1")?
        .query_row([session.as_bytes()], row)
        .optional()?;
    Ok(found
        .filter(|(_, kept)| kept.as_ref().is_some_and(|kept| bool::from(kept.as_slice().ct_eq(&key))))
        .map(|(tenant, _)| TenantId(tenant)))
}

pub(super) fn list(state: &Transaction<'_>, tenant: &TenantId, of: SessionsOf) -> rusqlite::Result<Vec<KeptSession>> {
    let (column, whose): (_, &dyn ToSql) = match &of {
        SessionsOf::Visit(visit) => ("visit", visit.as_bytes()),
        SessionsOf::Visitor(visitor) => ("visitor", visitor.as_bytes()),
    };
    let query = format!(
        "SELECT {COLUMNS} FROM shared_session WHERE tenant = ?1 AND {column} = ?2 ORDER BY began DESC LIMIT {LISTED}"
    );
    state.prepare_cached(&query)?.query_map(params![tenant.0, whose], kept)?.collect()
}

pub(super) fn lost(state: &Transaction<'_>, before: Timestamp) -> rusqlite::Result<Vec<(TenantId, SessionId)>> {
    let row = |row: &Row<'_>| Ok((TenantId(row.get(0)?), SessionId::from_bytes(id(&row.get::<_, Vec<u8>>(1)?))));
    state
        .prepare_cached("SELECT tenant, id FROM shared_session WHERE ended IS NULL AND seen < ?1 LIMIT 100")?
        .query_map([before.as_millis() as i64], row)?
        .collect()
}

pub(super) fn record(state: &Transaction<'_>, tenant: &TenantId, session: SessionId) -> rusqlite::Result<Vec<Line>> {
    let line = |row: &Row<'_>| {
        let hash: Vec<u8> = row.get(2)?;
        let hash = hash.try_into().unwrap_or_default();
        Ok(Line { seq: row.get::<_, i64>(0)? as u64, entry: row.get(1)?, hash })
    };
    state
        .prepare_cached("SELECT seq, entry, hash FROM shared_record WHERE tenant = ?1 AND session = ?2 ORDER BY seq")?
        .query_map(params![tenant.0, session.as_bytes()], line)?
        .collect()
}
