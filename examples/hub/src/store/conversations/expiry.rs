//! Deletes what was said: all of it where a visitor is forgotten, its beginning where it was too long ago.

use alongside::protocol::VisitorId;
use alongside::time::Timestamp;
use rusqlite::{Transaction, params};

use super::kinds::ThreadOf;
use crate::store::sqlite::id;
use crate::store::{TenantId, routing};

/// Removes all that a visitor has said and was told.
pub(in crate::store) fn forget(state: &Transaction<'_>, of: &ThreadOf) -> rusqlite::Result<()> {
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
/// is left has no gap. One that went on beside a newer one stays until that goes.
pub(in crate::store) fn expire(
    state: &Transaction<'_>,
    tenant: &TenantId,
    before: Timestamp,
    limit: usize,
) -> rusqlite::Result<Vec<Expired>> {
    let at = before.as_millis() as i64;
    let visitors: Vec<VisitorId> = state
        .prepare_cached(
            "SELECT DISTINCT visitor FROM conversation AS c WHERE tenant = ?1 AND last_at < ?2 AND NOT EXISTS
                 (SELECT 1 FROM conversation WHERE tenant = ?1 AND visitor = c.visitor AND first_seq < c.last_seq AND last_at >= ?2)
             LIMIT ?3",
        )?
        .query_map(params![tenant.0, at, limit as i64], |row| Ok(VisitorId::from_bytes(id(&row.get::<_, Vec<u8>>(0)?))))?
        .collect::<Result<_, _>>()?;
    let mut expired = Vec::with_capacity(visitors.len());
    for visitor in visitors {
        let of = ThreadOf { tenant: tenant.clone(), visitor };
        let mut left: Option<i64> = state
            .prepare_cached(
                "SELECT min(first_seq) FROM conversation WHERE tenant = ?1 AND visitor = ?2 AND last_at >= ?3",
            )?
            .query_row(params![tenant.0, visitor.as_bytes(), at], |row| row.get(0))?;
        // What goes on into that stays whole.
        while let Some(known) = left {
            left = state
                .prepare_cached(
                    "SELECT min(first_seq) FROM conversation WHERE tenant = ?1 AND visitor = ?2 AND last_seq >= ?3",
                )?
                .query_row(params![tenant.0, visitor.as_bytes(), known], |row| row.get(0))?;
            if left == Some(known) {
                break;
            }
        }
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
