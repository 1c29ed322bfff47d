//! How an event is kept: once, in order, and so that Live Now need not read the events again.

use std::time::Duration;

use alongside::protocol::{Body, Encoding, JourneyKind, Message, Payload, SourceId, VisitorId};
use rusqlite::{OptionalExtension, Transaction, params};

use super::sqlite::{id, journey};
use super::{Ingest, Ingested, ThreadOf, conversations, identity};

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
        for table in ["event", "visit", "source", "shared_session"] {
            change.execute(
                &format!("DELETE FROM {table} WHERE tenant = ?1 AND visitor = ?2"),
                params![tenant, ingest.visitor.as_bytes()],
            )?;
        }
        let of = ThreadOf { tenant: ingest.tenant.clone(), visitor: ingest.visitor };
        conversations::forget(change, &of)?;
        identity::forget(change, &of)?;
        return Ok(Ingested::New);
    }
    change
        .prepare_cached(
            "INSERT INTO source (tenant, id, visitor, received) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO UPDATE SET received = excluded.received",
        )?
        .execute(params![tenant, ingest.source.as_bytes(), ingest.visitor.as_bytes(), ingest.seq as i64])?;
    let at = ingest.at.as_millis() as i64;
    touch_visit(change, ingest, at)?;
    identity::touch(change, &ThreadOf { tenant: ingest.tenant.clone(), visitor: ingest.visitor }, at)?;
    if is_repeated(change, ingest, at)? {
        return Ok(Ingested::New);
    }
    let payload = Payload::encode(&Body::Journey(ingest.event.clone()), Encoding::Binary);
    let Message::Binary(body) = payload.as_message() else { return Ok(Ingested::Gap) };
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
    show_in_visit(change, ingest, at, body)?;
    Ok(Ingested::New)
}

/// The visit is active; its row is made where it is new.
fn touch_visit(change: &Transaction<'_>, ingest: &Ingest, at: i64) -> rusqlite::Result<()> {
    change
        .prepare_cached(
            "INSERT INTO visit (tenant, id, visitor, started, last_activity, page_views, page_at, automated)
             VALUES (?1, ?2, ?3, ?4, ?4, 0, 0, 0)
             ON CONFLICT DO UPDATE SET started = min(started, ?4), last_activity = max(last_activity, ?4)",
        )?
        .execute(params![&ingest.tenant.0, ingest.event.visit.as_bytes(), ingest.visitor.as_bytes(), at])?;
    Ok(())
}

/// Whether it is the search that the visit shows, told again: by the form, then by the page that the form leads to.
fn is_repeated(change: &Transaction<'_>, ingest: &Ingest, at: i64) -> rusqlite::Result<bool> {
    let JourneyKind::SearchPerformed(search) = &ingest.event.kind else { return Ok(false) };
    let shown = change
        .prepare_cached("SELECT search, search_at FROM visit WHERE tenant = ?1 AND id = ?2 AND visitor = ?3")?
        .query_row(params![&ingest.tenant.0, ingest.event.visit.as_bytes(), ingest.visitor.as_bytes()], |row| {
            Ok((journey(row, 0)?, row.get::<_, i64>(1)?))
        })
        .optional()?;
    Ok(match shown {
        Some((Some(JourneyKind::SearchPerformed(earlier)), earlier_at)) => {
            earlier.term == search.term && at.abs_diff(earlier_at) <= REPEATED_WITHIN.as_millis() as u64
        }
        _ => false,
    })
}

/// Shows the event in the visit's row.
fn show_in_visit(change: &Transaction<'_>, ingest: &Ingest, at: i64, body: &[u8]) -> rusqlite::Result<()> {
    let (tenant, visit, visitor) = (&ingest.tenant.0, ingest.event.visit.as_bytes(), ingest.visitor.as_bytes());
    // Events of several tabs come out of order: what is latest is shown, not what came last.
    match &ingest.event.kind {
        JourneyKind::PageViewed(view) => {
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
                .prepare_cached(
                    "UPDATE visit SET search = ?5, search_at = ?4
                     WHERE tenant = ?1 AND id = ?2 AND visitor = ?3 AND search_at <= ?4",
                )?
                .execute(params![tenant, visit, visitor, at, body])?;
        }
        _ => {}
    }
    Ok(())
}

/// The same search again within this time of the first is one search.
const REPEATED_WITHIN: Duration = Duration::from_secs(10);

#[cfg(test)]
pub(crate) mod tests {
    use alongside::protocol::VisitId;
    use alongside::time::Timestamp;

    use super::super::{Access, DevLogin, Permission, Sqlite, Store, TenantId};
    use super::*;

    /// An event of a visitor with one visit and one source, all of that number. Masked text comes in through the decoder only.
    pub(crate) fn event(visitor: u8, seq: u64, at: u64, kind: &str) -> Ingest {
        let visit = VisitId::from_bytes([visitor; 16]);
        let json = format!(r#"{{"journey":{{"visit":"{visit}","at":{at},"kind":{kind}}}}}"#);
        let Ok(Body::Journey(event)) = Payload::from_message(Message::Text(json)).decode() else { panic!("an event") };
        Ingest {
            tenant: TenantId("demo".into()),
            visitor: VisitorId::from_bytes([visitor; 16]),
            source: SourceId::from_bytes([visitor; 16]),
            seq,
            at: Timestamp::from_millis(at),
            event,
        }
    }

    pub(crate) fn search(visitor: u8, seq: u64, at: u64, term: &str) -> Ingest {
        let term = serde_json::Value::from(term);
        event(visitor, seq, at, &format!(r#"{{"searchPerformed":{{"term":{term}}}}}"#))
    }

    fn access() -> Access {
        Access {
            tenant: TenantId("demo".into()),
            agent: "aki".into(),
            name: "Aki".into(),
            permissions: vec![Permission::ViewLive],
        }
    }

    #[tokio::test]
    async fn a_visit_shows_its_latest_search_and_page_whatever_comes_last() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Sqlite::open(folder.path(), &[], DevLogin::Never).expect("a store");
        let page = |seq, at, url| event(1, seq, at, &format!(r#"{{"pageViewed":{{"url":"{url}","title":""}}}}"#));
        for (event, url, term) in [
            (search(1, 1, 50_000, "sencha"), "", "sencha"),
            (page(2, 50_000, "/b"), "/b", "sencha"),
            (search(1, 3, 20_000, "matcha"), "/b", "sencha"),
            (page(4, 20_000, "/a"), "/b", "sencha"),
            (search(1, 5, 80_000, "gyokuro"), "/b", "gyokuro"),
        ] {
            let visit = event.event.visit;
            assert_eq!(store.ingest(event).await.expect("kept"), Ingested::New);
            let shown = store.live_visit(&access(), visit).await.expect("an answer").expect("a visit");
            assert_eq!((shown.url.as_str(), shown.search.as_deref()), (url, Some(term)));
        }
    }

    #[tokio::test]
    async fn a_search_that_the_form_and_its_page_tell_counts_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Sqlite::open(folder.path(), &[], DevLogin::Never).expect("a store");
        for (seq, at, term) in [
            (1, 20_000, "sencha"),
            (2, 20_900, "sencha"),
            (3, 30_000, "sencha"),
            (4, 30_001, "sencha"),
            (5, 30_900, "matcha"),
            (6, 31_000, "sencha"),
        ] {
            assert_eq!(store.ingest(search(1, seq, at, term)).await.expect("kept"), Ingested::New, "acknowledged");
        }
        store.ingest(search(2, 1, 31_000, "sencha")).await.expect("another visit");
        assert_eq!(store.ingest(search(1, 2, 20_900, "sencha")).await.expect("kept"), Ingested::Duplicate);
        let database = rusqlite::Connection::open(folder.path().join("alongside.db")).expect("the database");
        let mut query = database.prepare("SELECT source, seq FROM event ORDER BY rowid").expect("a table");
        let rows = query.query_map([], |row| Ok((row.get::<_, Vec<u8>>(0)?[0], row.get(1)?))).expect("rows");
        let kept: Vec<(u8, i64)> = rows.map(|row| row.expect("a row")).collect();
        assert_eq!(kept, [(1, 1), (1, 4), (1, 5), (1, 6), (2, 1)]);
    }
}
