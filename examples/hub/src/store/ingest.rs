//! How an event is kept: once, in order, and so that Live Now need not read the events again.

use alongside::protocol::{Body, Encoding, JourneyKind, Message, Payload, SourceId, VisitorId};
use rusqlite::{OptionalExtension, Transaction, params};

use super::sqlite::id;
use super::{Ingest, Ingested};

pub(super) fn source_row(
    change: &Transaction<'_>,
    tenant: &str,
    source: SourceId,
) -> rusqlite::Result<Option<(VisitorId, u64)>> {
    change
        .prepare_cached("SELECT visitor, received FROM source WHERE tenant = ?1 AND id = ?2")?
        .query_row(params![tenant, source.as_bytes()], |row| {
            Ok((VisitorId::from_bytes(id(&row.get::<_, Vec<u8>>(0)?)), row.get::<_, i64>(1)? as u64))
        })
        .optional()
}

/// Keeps one event, exactly once by (source, number), in the order of the numbers.
pub(super) fn keep(change: &Transaction<'_>, ingest: &Ingest) -> rusqlite::Result<Ingested> {
    let tenant = &ingest.tenant.0;
    let received = match source_row(change, tenant, ingest.source)? {
        Some((owner, _)) if owner != ingest.visitor => return Ok(Ingested::Gap),
        Some((_, received)) => received,
        None => 0,
    };
    if ingest.seq <= received {
        return Ok(Ingested::Duplicate);
    }
    if ingest.seq != received + 1 {
        return Ok(Ingested::Gap);
    }
    if let JourneyKind::Forget(_) = ingest.event.kind {
        // Also the source: whoever comes back with it begins at 1.
        for table in ["event", "visit", "source"] {
            change.execute(
                &format!("DELETE FROM {table} WHERE tenant = ?1 AND visitor = ?2"),
                params![tenant, ingest.visitor.as_bytes()],
            )?;
        }
        return Ok(Ingested::New);
    }
    change
        .prepare_cached(
            "INSERT INTO source (tenant, id, visitor, received) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO UPDATE SET received = excluded.received",
        )?
        .execute(params![tenant, ingest.source.as_bytes(), ingest.visitor.as_bytes(), ingest.seq as i64])?;
    let payload = Payload::encode(&Body::Journey(ingest.event.clone()), Encoding::Binary);
    let Message::Binary(body) = payload.as_message() else { return Ok(Ingested::Gap) };
    let at = ingest.at.as_millis() as i64;
    change
        .prepare_cached(
            "INSERT INTO event (tenant, source, seq, visitor, visit, at, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            tenant,
            ingest.source.as_bytes(),
            ingest.seq as i64,
            ingest.visitor.as_bytes(),
            ingest.event.visit.as_bytes(),
            at,
            body
        ])?;
    update_visit(change, ingest, at, body)?;
    Ok(Ingested::New)
}

/// The visit's row: what Live Now shows without reading the events again.
fn update_visit(change: &Transaction<'_>, ingest: &Ingest, at: i64, body: &[u8]) -> rusqlite::Result<()> {
    let (tenant, visit, visitor) = (&ingest.tenant.0, ingest.event.visit.as_bytes(), ingest.visitor.as_bytes());
    change
        .prepare_cached(
            "INSERT INTO visit (tenant, id, visitor, started, last_activity, page_views, page_at, automated)
             VALUES (?1, ?2, ?3, ?4, ?4, 0, 0, 0)
             ON CONFLICT DO UPDATE SET started = min(started, ?4), last_activity = max(last_activity, ?4)",
        )?
        .execute(params![tenant, visit, visitor, at])?;
    match &ingest.event.kind {
        JourneyKind::PageViewed(view) => {
            // Events of several tabs come out of order: the latest page is the current one.
            change
                .prepare_cached(
                    "UPDATE visit SET page_views = page_views + 1, automated = automated OR ?5,
                         page = CASE WHEN page_at <= ?4 THEN ?6 ELSE page END, page_at = max(page_at, ?4)
                     WHERE tenant = ?1 AND id = ?2 AND visitor = ?3",
                )?
                .execute(params![tenant, visit, visitor, at, view.is_automated.unwrap_or(false), body])?;
        }
        JourneyKind::SearchPerformed(_) => {
            change
                .prepare_cached("UPDATE visit SET search = ?4 WHERE tenant = ?1 AND id = ?2 AND visitor = ?3")?
                .execute(params![tenant, visit, visitor, body])?;
        }
        _ => {}
    }
    Ok(())
}
