//! What routing needs of conversations, and what it leaves: decisions, and who is good at what.

use alongside::protocol::conversation::Stage;
use alongside::protocol::{ConversationId, JourneyKind, VisitorId};
use alongside::time::Timestamp;
use rusqlite::{Row, Transaction, params};

use super::sqlite::{id, journey};
use super::{AgentName, Permission, TenantId, ThreadOf};
use crate::routing::Decision;

/// Most decisions of one list: the latest.
const LISTED: usize = 500;

/// A conversation, as far as it matters who gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptTask {
    /// Which.
    pub conversation: ConversationId,
    /// How far it has come.
    pub stage: Stage,
    /// Since when.
    pub since: Timestamp,
    /// Who has it, or had it last.
    pub agent: Option<AgentName>,
    /// Where it waits; `None` where nobody chose.
    pub queue: Option<String>,
    /// The agent whom it was passed on to, while he has not taken it.
    pub wanted: Option<String>,
    /// Who had the visitor's conversation before this one.
    pub last_agent: Option<String>,
    /// The tag of the visitor's page, or what his channel says.
    pub language: Option<String>,
}

/// A decision as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptDecision {
    /// When.
    pub at: Timestamp,
    /// About whom.
    pub agent: Option<String>,
    /// What was decided, and why.
    pub reason: String,
}

const COLUMNS: &str = "c.id, c.stage, c.since, c.agent, c.agent_name, c.queue, c.wanted,
    (SELECT agent FROM conversation WHERE tenant = c.tenant AND visitor = c.visitor AND first_seq < c.first_seq AND agent NOT LIKE 'bot:%'
     ORDER BY first_seq DESC LIMIT 1),
    (SELECT page FROM visit WHERE tenant = c.tenant AND id = c.visit AND visitor = c.visitor), c.tenant, c.visitor,
    (SELECT language FROM thread WHERE tenant = c.tenant AND visitor = c.visitor)";

fn kept(row: &Row<'_>) -> rusqlite::Result<KeptTask> {
    let (agent, name): (Option<String>, Option<String>) = (row.get(3)?, row.get(4)?);
    let language = match journey(row, 8)? {
        Some(JourneyKind::PageViewed(view)) => view.language,
        _ => None,
    };
    Ok(KeptTask {
        conversation: ConversationId::from_bytes(id(&row.get::<_, Vec<u8>>(0)?)),
        stage: Stage::from_word(&row.get::<_, String>(1)?).unwrap_or(Stage::Ended),
        since: Timestamp::from_millis(row.get::<_, i64>(2)? as u64),
        agent: agent.zip(name).map(|(agent, name)| AgentName { agent, name }),
        queue: row.get(5)?,
        wanted: row.get(6)?,
        last_agent: row.get(7)?,
        language: language.map(|tag| tag.as_str().to_owned()).or(row.get(11)?),
    })
}

/// The conversations of a thread that go on, and its last one; the latest first.
pub(super) fn tasks_of(state: &Transaction<'_>, of: &ThreadOf) -> rusqlite::Result<Vec<KeptTask>> {
    let query = format!(
        "SELECT {COLUMNS} FROM conversation AS c WHERE c.tenant = ?1 AND c.visitor = ?2 AND (c.stage != 'ended' OR c.first_seq =
             (SELECT max(first_seq) FROM conversation WHERE tenant = ?1 AND visitor = ?2))
         ORDER BY c.first_seq DESC"
    );
    state.prepare_cached(&query)?.query_map(params![of.tenant.0, of.visitor.as_bytes()], kept)?.collect()
}

/// All that go on, in the order in which they came to where they are.
pub(super) fn open_tasks(state: &Transaction<'_>) -> rusqlite::Result<Vec<(ThreadOf, KeptTask)>> {
    let query = format!("SELECT {COLUMNS} FROM conversation AS c WHERE c.stage != 'ended' ORDER BY c.since, c.id");
    let task = |row: &Row<'_>| {
        let visitor = VisitorId::from_bytes(id(&row.get::<_, Vec<u8>>(10)?));
        Ok((ThreadOf { tenant: TenantId(row.get(9)?), visitor }, kept(row)?))
    };
    state.prepare_cached(&query)?.query_map([], task)?.collect()
}

/// The agents of a tenant who handle conversations, by name.
pub(super) fn agents(state: &Transaction<'_>, tenant: &TenantId) -> rusqlite::Result<Vec<AgentName>> {
    let mut query =
        state.prepare_cached("SELECT email, name, permissions FROM agent WHERE tenant = ?1 ORDER BY name")?;
    let agents = query.query_map([&tenant.0], |row| {
        let permissions: String = row.get(2)?;
        let may = permissions.split_whitespace().any(|name| Permission::named(name) == Some(Permission::Handle));
        Ok(may.then_some(AgentName { agent: row.get(0)?, name: row.get(1)? }))
    })?;
    agents.filter_map(Result::transpose).collect()
}

/// Keeps decisions, but for those about a conversation that is gone: its visitor was erased.
pub(super) fn keep_decisions(state: &Transaction<'_>, decisions: &[(TenantId, Decision)]) -> rusqlite::Result<()> {
    let mut query = state.prepare_cached(
        "INSERT INTO decision (tenant, conversation, at, agent, reason) SELECT ?1, ?2, ?3, ?4, ?5
         WHERE ?2 IS NULL OR EXISTS (SELECT 1 FROM conversation WHERE tenant = ?1 AND id = ?2)",
    )?;
    for (tenant, decision) in decisions {
        query.execute(params![
            tenant.0,
            decision.task.as_ref().map(|task| task.as_bytes()),
            decision.at.as_millis() as i64,
            decision.agent.as_ref().map(|agent| agent.as_str()),
            decision.reason.to_string()
        ])?;
    }
    Ok(())
}

/// The latest decisions about a conversation, in order; `None` where there is no such conversation.
pub(super) fn decisions(
    state: &Transaction<'_>,
    tenant: &TenantId,
    conversation: ConversationId,
) -> rusqlite::Result<Option<Vec<KeptDecision>>> {
    let of = params![tenant.0, conversation.as_bytes()];
    if !state.prepare_cached("SELECT 1 FROM conversation WHERE tenant = ?1 AND id = ?2")?.exists(of)? {
        return Ok(None);
    }
    let query = format!(
        "SELECT at, agent, reason FROM decision WHERE tenant = ?1 AND conversation = ?2 ORDER BY number DESC LIMIT {LISTED}"
    );
    let decision = |row: &Row<'_>| {
        let at = Timestamp::from_millis(row.get::<_, i64>(0)? as u64);
        Ok(KeptDecision { at, agent: row.get(1)?, reason: row.get(2)? })
    };
    let mut found: Vec<_> = state.prepare_cached(&query)?.query_map(of, decision)?.collect::<Result<_, _>>()?;
    found.reverse();
    Ok(Some(found))
}

/// Removes what was decided about a visitor's conversations; before those are removed.
pub(super) fn forget(state: &Transaction<'_>, of: &ThreadOf) -> rusqlite::Result<()> {
    state
        .prepare_cached(
            "DELETE FROM decision WHERE tenant = ?1
             AND conversation IN (SELECT id FROM conversation WHERE tenant = ?1 AND visitor = ?2)",
        )?
        .execute(params![of.tenant.0, of.visitor.as_bytes()])?;
    Ok(())
}
