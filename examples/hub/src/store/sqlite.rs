//! The embedded store: SQLite in WAL mode, fully synchronous, one writer thread with group commit.
//!
//! A read is a job for the same thread too: it is short, and so always sees what was acknowledged.

use std::path::Path;
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use alongside::protocol::{
    Body, Encoding, JourneyKind, LiveVisit, Message, Payload, SourceId, Ticket, VisitId, VisitorId,
};
use alongside::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use tokio::sync::oneshot;

use super::{Access, Deployment, DevLogin, Ingest, Ingested, Session, Store, StoreError, TenantId, password, schema};
use crate::random;

/// The writer waits so long for more to commit together.
const GROUP_FOR: Duration = Duration::from_millis(2);

/// Most jobs of one commit.
const GROUP_OF: usize = 500;

/// Most jobs that wait for the writer; senders wait above that.
const QUEUE: usize = 4_096;

const SESSION_LASTS: Duration = Duration::from_secs(12 * 3_600);
const TICKET_LASTS: Duration = Duration::from_secs(30);

/// What the writer is to do.
struct Job {
    work: Work,
    after: After,
}

/// Runs inside a commit and returns what is to be told once it is durable.
type Work = Box<dyn FnOnce(&Transaction<'_>) -> Told + Send>;
/// Called with whether the commit succeeded.
type Told = Box<dyn FnOnce(bool) + Send>;

/// What follows a job's commit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    Nothing,
    /// The log is emptied, so that what was deleted is in no file any more.
    Purge,
    /// The writer ends.
    End,
}

/// The embedded store.
#[derive(Debug)]
pub struct Sqlite {
    jobs: mpsc::SyncSender<Job>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl Sqlite {
    /// Opens `folder/alongside.db`, makes it where it is absent, and adds `origins` to the deployment `demo`.
    ///
    /// # Errors
    /// [`StoreError::Folder`], [`StoreError::Database`] or [`StoreError::Newer`].
    pub fn open(folder: &Path, origins: &[String], login: DevLogin) -> Result<Self, StoreError> {
        let path = folder.join("alongside.db");
        let is_new = !path.try_exists()?;
        keep_private(&path)?;
        let mut connection = Connection::open(path)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        // What is deleted is overwritten, also in pages that are used again.
        connection.pragma_update(None, "secure_delete", true)?;
        connection.set_prepared_statement_cache_capacity(64);
        schema::migrate(&mut connection)?;
        schema::seed(&connection, origins)?;
        if !schema::has_dev_login(&connection)? && (login == DevLogin::Always || login == DevLogin::WhenNew && is_new) {
            schema::seed_dev_login(&connection)?;
        }
        if schema::has_dev_login(&connection)? {
            let (email, password) = schema::DEV_LOGIN;
            tracing::warn!("anybody can sign in with the development login: {email}, password {password}");
        }
        let (jobs, queue) = mpsc::sync_channel(QUEUE);
        let writer = std::thread::Builder::new().name("writer".into()).spawn(move || write(&mut connection, &queue))?;
        Ok(Self { jobs, writer: Mutex::new(Some(writer)) })
    }

    /// Commits what was asked for so far and closes the database; what comes later fails with [`StoreError::Stopping`].
    pub async fn close(&self) {
        // It fails where the writer has ended already.
        let _ = self.run_then(After::End, |_| Ok(())).await;
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = writer {
            let joined = tokio::task::spawn_blocking(move || writer.join()).await;
            if !matches!(joined, Ok(Ok(()))) {
                tracing::error!("the writer ended badly");
            }
        }
    }

    /// Runs `work` in the next commit; returns when that is durable.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.run_then(After::Nothing, work).await
    }

    async fn run_then<T: Send + 'static>(
        &self,
        after: After,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (tell, told) = oneshot::channel();
        let work: Work = Box::new(move |change| {
            let result = alone(change, work);
            Box::new(move |is_durable| {
                let result = match (result, is_durable) {
                    (Ok(_), false) => Err(StoreError::Stopping),
                    (result, _) => result.map_err(StoreError::from),
                };
                // Who asked may be gone with his socket.
                drop(tell.send(result));
            })
        });
        let job = Job { work, after };
        let jobs = self.jobs.clone();
        // The queue is bounded: a full one holds the sender back, off the runtime's threads.
        match jobs.try_send(job) {
            Ok(()) => {}
            Err(mpsc::TrySendError::Full(job)) => {
                let sent = tokio::task::spawn_blocking(move || jobs.send(job)).await;
                if !matches!(sent, Ok(Ok(()))) {
                    return Err(StoreError::Stopping);
                }
            }
            Err(mpsc::TrySendError::Disconnected(_)) => return Err(StoreError::Stopping),
        }
        told.await.unwrap_or(Err(StoreError::Stopping))
    }
}

/// Only the hub's user may read the database. SQLite gives the files beside it the mode of the database itself.
fn keep_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
        options.mode(0o600).open(path)?;
        // What an earlier hub, or a copy, left open to others.
        for suffix in ["", "-wal", "-shm"] {
            let mut name = path.as_os_str().to_owned();
            name.push(suffix);
            if std::fs::exists(&name)? {
                std::fs::set_permissions(&name, std::fs::Permissions::from_mode(0o600))?;
            }
        }
    }
    Ok(())
}

/// Runs one job of a commit so that it happens whole or not at all: the others of the commit go on.
fn alone<T>(
    change: &Transaction<'_>,
    work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    change.execute_batch("SAVEPOINT job")?;
    let result = work(change);
    change.execute_batch(if result.is_ok() { "RELEASE job" } else { "ROLLBACK TO job; RELEASE job" })?;
    result
}

/// The writer's loop: collects jobs for a moment, commits them together, then tells.
fn write(connection: &mut Connection, queue: &mpsc::Receiver<Job>) {
    // What a purge could not empty while somebody read the log is tried again after the next commit.
    let mut must_purge = false;
    let mut is_ending = false;
    while !is_ending {
        let Ok(first) = queue.recv() else { return };
        let until = Instant::now() + GROUP_FOR;
        let mut told = Vec::new();
        let is_durable = match connection.transaction() {
            Ok(change) => {
                let mut job = Some(first);
                while let Some(next) = job.take() {
                    must_purge |= next.after == After::Purge;
                    is_ending |= next.after == After::End;
                    told.push((next.work)(&change));
                    if told.len() < GROUP_OF && !is_ending {
                        job = queue.recv_timeout(until.saturating_duration_since(Instant::now())).ok();
                    }
                }
                change.commit().inspect_err(|error| tracing::error!(%error, "commit failed")).is_ok()
            }
            Err(error) => {
                tracing::error!(%error, "cannot begin a transaction");
                false
            }
        };
        if must_purge {
            must_purge = !purge(connection);
        }
        told.into_iter().for_each(|tell| tell(is_durable));
    }
}

/// Moves the log into the database and empties it; false when somebody still reads it.
fn purge(connection: &Connection) -> bool {
    let is_busy = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0));
    match is_busy {
        Ok(is_busy) => !is_busy,
        Err(error) => {
            tracing::error!(%error, "cannot empty the log");
            false
        }
    }
}

/// What is stored of a secret.
fn digest(secret: &[u8]) -> Vec<u8> {
    use sha2::Digest;
    sha2::Sha256::digest(secret).to_vec()
}

fn id(blob: &[u8]) -> [u8; 16] {
    blob.try_into().unwrap_or([0; 16])
}

const VISIT_COLUMNS: &str = "id, visitor, page_views, started, last_activity, automated, page, search";

/// What a visitor's page said, read again by the decoder: only so does text come back as masked.
fn journey(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<JourneyKind>> {
    let body: Option<Vec<u8>> = row.get(column)?;
    Ok(body.and_then(|body| match Payload::from_message(Message::Binary(body)).decode() {
        Ok(Body::Journey(event)) => Some(event.kind),
        _ => None,
    }))
}

fn live_visit(row: &Row<'_>) -> rusqlite::Result<LiveVisit> {
    let page = match journey(row, 6)? {
        Some(JourneyKind::PageViewed(view)) => Some(view),
        _ => None,
    };
    let search = match journey(row, 7)? {
        Some(JourneyKind::SearchPerformed(search)) => Some(search.term),
        _ => None,
    };
    Ok(LiveVisit {
        visit: VisitId::from_bytes(id(&row.get::<_, Vec<u8>>(0)?)),
        visitor: VisitorId::from_bytes(id(&row.get::<_, Vec<u8>>(1)?)),
        page_views: row.get(2)?,
        started: Timestamp::from_millis(row.get::<_, i64>(3)? as u64),
        last_activity: Timestamp::from_millis(row.get::<_, i64>(4)? as u64),
        is_automated: row.get(5)?,
        url: page.as_ref().map(|page| page.url.clone()).unwrap_or_default(),
        title: page.as_ref().map(|page| page.title.clone()).unwrap_or_default(),
        width: page.and_then(|page| page.width),
        search,
    })
}

impl Store for Sqlite {
    async fn deployment(&self, id: &str) -> Result<Option<Deployment>, StoreError> {
        let id = id.to_owned();
        self.run(move |change| {
            let tenant: Option<String> =
                change.query_row("SELECT tenant FROM deployment WHERE id = ?1", [&id], |row| row.get(0)).optional()?;
            let Some(tenant) = tenant else { return Ok(None) };
            let mut query = change.prepare_cached("SELECT origin FROM origin WHERE deployment = ?1")?;
            let origins = query.query_map([&id], |row| row.get(0))?.collect::<Result<_, _>>()?;
            Ok(Some(Deployment { tenant: TenantId(tenant), origins }))
        })
        .await
    }

    async fn is_allowed(&self, origin: &str) -> Result<bool, StoreError> {
        let origin = origin.to_owned();
        self.run(move |change| change.prepare_cached("SELECT 1 FROM origin WHERE origin = ?1")?.exists([&origin])).await
    }

    async fn received(
        &self,
        tenant: &TenantId,
        source: SourceId,
        visitor: VisitorId,
    ) -> Result<Option<u64>, StoreError> {
        let tenant = tenant.0.clone();
        self.run(move |change| {
            let known = source_row(change, &tenant, source)?;
            Ok(match known {
                None => Some(0),
                Some((owner, received)) => (owner == visitor).then_some(received),
            })
        })
        .await
    }

    async fn ingest(&self, ingest: Ingest) -> Result<Ingested, StoreError> {
        let after = if matches!(ingest.event.kind, JourneyKind::Forget(_)) { After::Purge } else { After::Nothing };
        self.run_then(after, move |change| keep(change, &ingest)).await
    }

    async fn live_visits(&self, access: &Access, since: Timestamp) -> Result<Vec<LiveVisit>, StoreError> {
        let tenant = access.tenant.0.clone();
        self.run(move |change| {
            let mut query = change.prepare_cached(&format!(
                "SELECT {VISIT_COLUMNS} FROM visit WHERE tenant = ?1 AND last_activity >= ?2 ORDER BY last_activity"
            ))?;
            query.query_map(params![tenant, since.as_millis() as i64], live_visit)?.collect()
        })
        .await
    }

    async fn live_visit(&self, access: &Access, visit: VisitId) -> Result<Option<LiveVisit>, StoreError> {
        let tenant = access.tenant.0.clone();
        self.run(move |change| {
            let mut query =
                change.prepare_cached(&format!("SELECT {VISIT_COLUMNS} FROM visit WHERE tenant = ?1 AND id = ?2"))?;
            query.query_row(params![tenant, visit.as_bytes()], live_visit).optional()
        })
        .await
    }

    async fn sign_in(&self, email: &str, password: &str, now: Timestamp) -> Result<Option<Session>, StoreError> {
        let key = email.to_owned();
        let agent: Option<(String, String)> = self
            .run(move |change| {
                let query = "SELECT name, password FROM agent WHERE email = ?1";
                change.query_row(query, [key], |row| Ok((row.get(0)?, row.get(1)?))).optional()
            })
            .await?;
        let Some(name) = password::check(agent, password.to_owned()).await else { return Ok(None) };
        let token =
            SourceId::from_bytes(random::bytes()).to_string() + &SourceId::from_bytes(random::bytes()).to_string();
        let (stored, email) = (digest(token.as_bytes()), email.to_owned());
        self.run(move |change| {
            change.execute("DELETE FROM session WHERE expires < ?1", [now.as_millis() as i64])?;
            let expires = (now + SESSION_LASTS).as_millis() as i64;
            change.execute(
                "INSERT INTO session (digest, email, expires) VALUES (?1, ?2, ?3)",
                params![stored, email, expires],
            )
        })
        .await?;
        Ok(Some(Session { token, name }))
    }

    async fn issue_ticket(&self, session: &str, now: Timestamp) -> Result<Option<Ticket>, StoreError> {
        let session = digest(session.as_bytes());
        let ticket = Ticket::from_bytes(random::bytes());
        self.run(move |change| {
            change.execute("DELETE FROM ticket WHERE expires < ?1", [now.as_millis() as i64])?;
            let made = change.execute(
                "INSERT INTO ticket (digest, email, expires)
                 SELECT ?1, email, ?2 FROM session WHERE digest = ?3 AND expires >= ?4",
                params![
                    digest(ticket.as_bytes()),
                    (now + TICKET_LASTS).as_millis() as i64,
                    session,
                    now.as_millis() as i64
                ],
            )?;
            Ok((made == 1).then_some(ticket))
        })
        .await
    }

    async fn redeem_ticket(&self, ticket: Ticket, now: Timestamp) -> Result<Option<Access>, StoreError> {
        self.run(move |change| {
            let query = "DELETE FROM ticket WHERE digest = ?1 RETURNING email, expires";
            let found: Option<(String, i64)> = change
                .query_row(query, [digest(ticket.as_bytes())], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            let Some((email, _)) = found.filter(|(_, expires)| *expires >= now.as_millis() as i64) else {
                return Ok(None);
            };
            let tenant = change.query_row("SELECT tenant FROM agent WHERE email = ?1", [&email], |row| row.get(0))?;
            Ok(Some(Access { tenant: TenantId(tenant), agent: email }))
        })
        .await
    }
}

fn source_row(change: &Transaction<'_>, tenant: &str, source: SourceId) -> rusqlite::Result<Option<(VisitorId, u64)>> {
    change
        .prepare_cached("SELECT visitor, received FROM source WHERE tenant = ?1 AND id = ?2")?
        .query_row(params![tenant, source.as_bytes()], |row| {
            Ok((VisitorId::from_bytes(id(&row.get::<_, Vec<u8>>(0)?)), row.get::<_, i64>(1)? as u64))
        })
        .optional()
}

/// Keeps one event, exactly once by (source, number), in the order of the numbers.
fn keep(change: &Transaction<'_>, ingest: &Ingest) -> rusqlite::Result<Ingested> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn search(seq: u64) -> Ingest {
        let visit = "00".repeat(16);
        let json =
            format!(r#"{{"journey":{{"visit":"{visit}","at":1,"kind":{{"searchPerformed":{{"term":"tea"}}}}}}}}"#);
        let Ok(Body::Journey(event)) = Payload::from_message(Message::Text(json)).decode() else { panic!("an event") };
        Ingest {
            tenant: TenantId("demo".into()),
            visitor: VisitorId::from_bytes([1; 16]),
            source: SourceId::from_bytes([2; 16]),
            seq,
            at: Timestamp::from_millis(1),
            event,
        }
    }

    #[tokio::test]
    async fn what_was_asked_for_before_the_end_is_kept_and_nothing_later() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Sqlite::open(folder.path(), &[], DevLogin::Never).expect("a store");
        let asked: Vec<_> = (1..=20).map(|seq| store.ingest(search(seq))).collect();
        let (kept, ()) = tokio::join!(futures_util::future::join_all(asked), store.close());
        assert!(kept.into_iter().all(|kept| matches!(kept, Ok(Ingested::New))));
        assert!(matches!(store.ingest(search(21)).await, Err(StoreError::Stopping)));
        assert!(!folder.path().join("alongside.db-wal").exists(), "the database was closed");
        store.close().await;
    }

    #[tokio::test]
    async fn an_event_that_cannot_be_kept_is_not_counted_as_received() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Sqlite::open(folder.path(), &[], DevLogin::Never).expect("a store");
        assert_eq!(store.ingest(search(1)).await.expect("kept"), Ingested::New);
        let other = Connection::open(folder.path().join("alongside.db")).expect("the database");
        let plant = "CREATE TRIGGER full BEFORE INSERT ON event BEGIN SELECT RAISE(FAIL, 'full'); END";
        other.execute_batch(plant).expect("a trigger");
        assert!(store.ingest(search(2)).await.is_err());
        let first = search(1);
        let received = store.received(&first.tenant, first.source, first.visitor).await.expect("a number");
        assert_eq!(received, Some(1));
    }
}
