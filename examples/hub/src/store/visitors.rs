//! Who a visitor is: what he did, and what was said with him.

use alongside::protocol::conversation::Stage;
use alongside::protocol::{ConversationId, JourneyKind, VisitId, VisitorId};
use alongside::time::Timestamp;
use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::TenantId;
use super::sqlite::{id, journey};

/// Most events of one part of a journey.
const EVENTS: usize = 50;

/// Most conversations of one visitor: the latest.
const CONVERSATIONS: usize = 20;

/// Longest beginning of what was said last, in bytes.
const EXCERPT: usize = 160;

/// Who a visitor is.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// Of the page that he viewed last.
    pub language: Option<String>,
    /// The newest first.
    pub conversations: Vec<Earlier>,
}

/// One of his conversations.
#[derive(Clone, Debug)]
pub struct Earlier {
    /// Which.
    pub conversation: ConversationId,
    /// When it began.
    pub began: Timestamp,
    /// When something was last said.
    pub last_at: Timestamp,
    /// How far it has come.
    pub stage: Stage,
    /// Who has it, or had it last.
    pub agent: Option<String>,
    /// The beginning of what was said last.
    pub excerpt: String,
    /// What a bot was told: names and values.
    pub collected: Vec<(String, String)>,
    /// What it was about: a code, and what that was called.
    pub code: Option<String>,
    /// See there.
    pub code_name: Option<String>,
}

/// A part of a journey, the newest first.
#[derive(Clone, Debug, Default)]
pub struct JourneyPart {
    /// With those of their events that are of this part.
    pub visits: Vec<VisitPart>,
    /// Where the next part begins; `None` where there is none.
    pub next: Option<i64>,
}

/// A visit, and events of it.
#[derive(Clone, Debug)]
pub struct VisitPart {
    /// Which.
    pub visit: VisitId,
    /// When it began.
    pub started: Timestamp,
    /// When something last happened in it.
    pub last_activity: Timestamp,
    /// Of the whole visit.
    pub page_views: u32,
    /// The newest first.
    pub events: Vec<(Timestamp, JourneyKind)>,
}

/// Who a visitor is; nothing of him where he is not known.
pub(super) fn profile(state: &Transaction<'_>, tenant: &TenantId, visitor: VisitorId) -> rusqlite::Result<Profile> {
    let of = params![tenant.0, visitor.as_bytes()];
    let page = state
        .prepare_cached(
            "SELECT page FROM visit WHERE tenant = ?1 AND visitor = ?2 ORDER BY last_activity DESC LIMIT 1",
        )?
        .query_row(of, |row| journey(row, 0))
        .optional()?;
    let language = match page.flatten() {
        Some(JourneyKind::PageViewed(view)) => view.language.map(|tag| tag.as_str().to_owned()),
        _ => None,
    };
    let query = format!(
        "SELECT c.id, c.began, c.last_at, c.stage, c.agent_name, c.collected, r.code, r.code_name,
             (SELECT text FROM entry WHERE tenant = c.tenant AND visitor = c.visitor AND seq <= c.last_seq AND seq >= c.first_seq
              AND text IS NOT NULL ORDER BY seq DESC LIMIT 1)
         FROM conversation AS c LEFT JOIN remark AS r ON r.tenant = c.tenant AND r.conversation = c.id AND r.is_wrap = 1
         WHERE c.tenant = ?1 AND c.visitor = ?2 ORDER BY c.first_seq DESC LIMIT {CONVERSATIONS}"
    );
    let conversations = state.prepare_cached(&query)?.query_map(of, earlier)?.collect::<Result<_, _>>()?;
    Ok(Profile { language, conversations })
}

fn earlier(row: &Row<'_>) -> rusqlite::Result<Earlier> {
    let time = |column| row.get::<_, i64>(column).map(|millis| Timestamp::from_millis(millis as u64));
    let collected: Option<String> = row.get(5)?;
    let mut excerpt = row.get::<_, Option<String>>(8)?.unwrap_or_default();
    excerpt.truncate(excerpt.floor_char_boundary(EXCERPT));
    Ok(Earlier {
        conversation: ConversationId::from_bytes(id(&row.get::<_, Vec<u8>>(0)?)),
        began: time(1)?,
        last_at: time(2)?,
        stage: Stage::from_word(&row.get::<_, String>(3)?).unwrap_or(Stage::Ended),
        agent: row.get(4)?,
        collected: collected.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default(),
        code: row.get(6)?,
        code_name: row.get(7)?,
        excerpt,
    })
}

/// What he did, before the event with this number where one is given.
pub(super) fn journey_of(
    state: &Transaction<'_>,
    tenant: &TenantId,
    visitor: VisitorId,
    before: Option<i64>,
) -> rusqlite::Result<JourneyPart> {
    // Events of one visitor are kept in the order in which they came.
    let mut query = state.prepare_cached(
        "SELECT rowid, visit, at, body FROM event WHERE tenant = ?1 AND visitor = ?2
         AND (?3 IS NULL OR (at, rowid) < (SELECT at, rowid FROM event WHERE rowid = ?3 AND tenant = ?1 AND visitor = ?2))
         ORDER BY at DESC, rowid DESC LIMIT ?4",
    )?;
    let event = |row: &Row<'_>| {
        let visit = VisitId::from_bytes(id(&row.get::<_, Vec<u8>>(1)?));
        let at = Timestamp::from_millis(row.get::<_, i64>(2)? as u64);
        Ok((row.get::<_, i64>(0)?, visit, at, journey(row, 3)?))
    };
    let of = params![tenant.0, visitor.as_bytes(), before, EVENTS as i64 + 1];
    let mut events: Vec<_> = query.query_map(of, event)?.collect::<Result<_, _>>()?;
    let has_more = events.len() > EVENTS;
    events.truncate(EVENTS);
    let next = events.last().filter(|_| has_more).map(|(number, ..)| *number);
    let mut visits: Vec<VisitPart> = Vec::new();
    for (_, visit, at, kind) in events {
        let place = match visits.iter().position(|known| known.visit == visit) {
            Some(place) => place,
            None => {
                visits.push(visit_part(state, tenant, visitor, visit, at)?);
                visits.len() - 1
            }
        };
        visits[place].events.extend(kind.map(|kind| (at, kind)));
    }
    Ok(JourneyPart { visits, next })
}

fn visit_part(
    state: &Transaction<'_>,
    tenant: &TenantId,
    visitor: VisitorId,
    visit: VisitId,
    at: Timestamp,
) -> rusqlite::Result<VisitPart> {
    let time = |millis: i64| Timestamp::from_millis(millis as u64);
    let found = state
        .prepare_cached(
            "SELECT started, last_activity, page_views FROM visit WHERE tenant = ?1 AND id = ?2 AND visitor = ?3",
        )?
        .query_row(params![tenant.0, visit.as_bytes(), visitor.as_bytes()], |row| {
            Ok((time(row.get(0)?), time(row.get(1)?), row.get(2)?))
        })
        .optional()?;
    let (started, last_activity, page_views) = found.unwrap_or((at, at, 0));
    Ok(VisitPart { visit, started, last_activity, page_views, events: Vec::new() })
}
