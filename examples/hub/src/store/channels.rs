//! Threads of channels, what was said there that the channel has not been told, and what tenants set.

use alongside::protocol::conversation::Preview;
use alongside::protocol::{Encoding, Payload, VisitorId};
use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::conversations::{ThreadOf, json};
use super::sqlite::id;
use super::{Document, TenantId};

/// A thread of which its channel has not been told all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Untold {
    /// Which.
    pub of: ThreadOf,
    /// The channel's id.
    pub channel: String,
    /// By which the channel knows the visitor.
    pub address: String,
    /// What follows this number is to be told.
    pub told: u64,
}

const COLUMNS: &str = "visitor, channel, address, told";

fn untold_of_row(tenant: &TenantId, row: &Row<'_>) -> rusqlite::Result<Untold> {
    let visitor = VisitorId::from_bytes(id(&row.get::<_, Vec<u8>>(0)?));
    Ok(Untold {
        of: ThreadOf { tenant: tenant.clone(), visitor },
        channel: row.get(1)?,
        address: row.get(2)?,
        told: row.get::<_, i64>(3)? as u64,
    })
}

/// Threads of a channel that it was not told all of.
pub(super) fn untold(
    state: &Transaction<'_>,
    tenant: &TenantId,
    channel: &str,
    limit: usize,
) -> rusqlite::Result<Vec<Untold>> {
    let query = format!("SELECT {COLUMNS} FROM thread WHERE tenant = ?1 AND channel = ?2 AND told < last_seq LIMIT ?3");
    state
        .prepare_cached(&query)?
        .query_map(params![tenant.0, channel, limit as i64], |row| untold_of_row(tenant, row))?
        .collect()
}

/// What the channel of one thread has not been told, where it has one.
pub(super) fn untold_of(state: &Transaction<'_>, of: &ThreadOf) -> rusqlite::Result<Option<Untold>> {
    let query = format!(
        "SELECT {COLUMNS} FROM thread WHERE tenant = ?1 AND visitor = ?2 AND channel IS NOT NULL AND told < last_seq"
    );
    state
        .prepare_cached(&query)?
        .query_row(params![of.tenant.0, of.visitor.as_bytes()], |row| untold_of_row(&of.tenant, row))
        .optional()
}

/// The channel was told all up to this number.
pub(super) fn told(state: &Transaction<'_>, of: &ThreadOf, seq: u64) -> rusqlite::Result<()> {
    state
        .prepare_cached("UPDATE thread SET told = max(told, ?3) WHERE tenant = ?1 AND visitor = ?2")?
        .execute(params![of.tenant.0, of.visitor.as_bytes(), seq as i64])?;
    Ok(())
}

/// Keeps what an address in a message leads to; false where the message is gone.
pub(super) fn keep_preview(
    state: &Transaction<'_>,
    of: &ThreadOf,
    seq: u64,
    preview: &Preview,
) -> rusqlite::Result<bool> {
    let written = json(Payload::encode_preview(preview, Encoding::Json));
    // It belongs to the message as long as that is there, but was not sent with it: by its number, negated.
    if let Some(image) = preview.image {
        state
            .prepare_cached("UPDATE file SET visitor = ?2, seq = -?3 WHERE id = ?1 AND EXISTS (SELECT 1 FROM entry WHERE tenant = ?4 AND visitor = ?2 AND seq = ?3)")?
            .execute(params![image.as_bytes(), of.visitor.as_bytes(), seq as i64, of.tenant.0])?;
    }
    let changed = state
        .prepare_cached("UPDATE entry SET preview = ?4 WHERE tenant = ?1 AND visitor = ?2 AND seq = ?3")?
        .execute(params![of.tenant.0, of.visitor.as_bytes(), seq as i64, written])?;
    Ok(changed == 1)
}

/// A document as it was kept.
pub(super) fn document(
    state: &Transaction<'_>,
    tenant: &TenantId,
    document: Document,
) -> rusqlite::Result<Option<String>> {
    state
        .prepare_cached("SELECT body FROM document WHERE tenant = ?1 AND kind = ?2")?
        .query_row(params![tenant.0, document.as_str()], |row| row.get(0))
        .optional()
}

/// All tenants' documents of a kind.
pub(super) fn documents(state: &Transaction<'_>, document: Document) -> rusqlite::Result<Vec<(TenantId, String)>> {
    state
        .prepare_cached("SELECT tenant, body FROM document WHERE kind = ?1")?
        .query_map([document.as_str()], |row| Ok((TenantId(row.get(0)?), row.get(1)?)))?
        .collect()
}

/// Keeps a document in the place of what there was.
pub(super) fn keep_document(
    state: &Transaction<'_>,
    tenant: &TenantId,
    document: Document,
    body: &str,
) -> rusqlite::Result<()> {
    state
        .prepare_cached(
            "INSERT INTO document (tenant, kind, body) VALUES (?1, ?2, ?3)
             ON CONFLICT (tenant, kind) DO UPDATE SET body = excluded.body",
        )?
        .execute(params![tenant.0, document.as_str(), body])?;
    Ok(())
}
