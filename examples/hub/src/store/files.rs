//! Files as rows: who brought each, what it is, and which entry it belongs to.
//!
//! Invariant: a file belongs to one entry at most, of whoever brought it. The bytes of a row that is deleted or given up go by the
//! table of those that are gone, which triggers fill: a hub that is killed goes on with it.

use std::time::Duration;

use alongside::protocol::conversation::{Attachment, Scan};
use alongside::protocol::{FileId, VisitorId};
use alongside::time::Timestamp;
use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::sqlite::id;
use super::{TenantId, ThreadOf};

/// Most files of a visitor in [`WITHIN`].
pub const FILES: i64 = 20;

/// Most bytes of them together.
pub const BYTES: i64 = 100 * 1024 * 1024;

/// See [`FILES`].
pub const WITHIN: Duration = Duration::from_secs(24 * 3_600);

/// A file that is in no message after so long goes.
pub const UNSENT: Duration = Duration::from_secs(3_600);

/// Most files that are removed at once.
const REMOVED: usize = 1_000;

/// Who brings a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Uploader {
    /// A visitor.
    Visitor(VisitorId),
    /// An agent.
    Agent(String),
}

/// What was found out about a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileState {
    /// It came whole, and nobody looks at files.
    Unscanned,
    /// A scanner has nothing against it.
    Clean,
    /// A scanner has.
    Infected,
}

impl FileState {
    /// As it is told.
    pub const fn scan(self) -> Option<Scan> {
        match self {
            Self::Unscanned => None,
            Self::Clean => Some(Scan::Clean),
            Self::Infected => Some(Scan::Infected),
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Unscanned => "unscanned",
            Self::Clean => "clean",
            Self::Infected => "infected",
        }
    }
}

/// Makes room for a file; false where its visitor has brought all that he may today.
pub(super) fn begin(
    state: &Transaction<'_>,
    tenant: &TenantId,
    uploader: &Uploader,
    file: FileId,
    size: u64,
    at: Timestamp,
) -> rusqlite::Result<bool> {
    let since = at.as_millis() as i64 - WITHIN.as_millis() as i64;
    let (visitor, agent) = match uploader {
        Uploader::Visitor(visitor) => (Some(visitor.as_bytes()), None),
        Uploader::Agent(agent) => (None, Some(agent)),
    };
    if let Some(visitor) = visitor {
        let query = "SELECT count(*), coalesce(sum(size), 0) FROM file
                     WHERE tenant = ?1 AND visitor = ?2 AND agent IS NULL AND at > ?3";
        let (files, bytes): (i64, i64) = state
            .prepare_cached(query)?
            .query_row(params![tenant.0, visitor, since], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if files >= FILES || bytes.saturating_add(size as i64) > BYTES {
            return Ok(false);
        }
    }
    state
        .prepare_cached(
            "INSERT INTO file (id, tenant, visitor, agent, at, size, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'pending')",
        )?
        .execute(params![file.as_bytes(), tenant.0, visitor, agent, at.as_millis() as i64, size as i64])?;
    Ok(true)
}

/// It is there as a whole; false where its row has gone meanwhile.
pub(super) fn keep(state: &Transaction<'_>, file: &Attachment, is: FileState) -> rusqlite::Result<bool> {
    let changed = state
        .prepare_cached(
            "UPDATE file SET name = ?2, type = ?3, size = ?4, width = ?5, height = ?6, state = ?7
             WHERE id = ?1 AND state = 'pending'",
        )?
        .execute(params![
            file.id.as_bytes(),
            file.name,
            file.media,
            file.size as i64,
            file.width,
            file.height,
            is.as_str()
        ])?;
    Ok(changed == 1)
}

/// It is not wanted.
pub(super) fn remove(state: &Transaction<'_>, file: FileId) -> rusqlite::Result<()> {
    state.prepare_cached("DELETE FROM file WHERE id = ?1 AND seq IS NULL")?.execute([file.as_bytes()]).map(drop)
}

/// One that may be served.
pub(super) fn find(state: &Transaction<'_>, file: FileId) -> rusqlite::Result<Option<Attachment>> {
    let query = format!("SELECT {COLUMNS} FROM file AS f WHERE f.id = ?1 AND {SERVED}");
    state.prepare_cached(&query)?.query_row([file.as_bytes()], |row| attachment(row, 0)).optional().map(Option::flatten)
}

/// One that this one brought and has not sent.
pub(super) fn unsent(
    state: &Transaction<'_>,
    of: &ThreadOf,
    agent: Option<&str>,
    file: FileId,
) -> rusqlite::Result<Option<Attachment>> {
    let visitor = agent.is_none().then(|| of.visitor.as_bytes());
    let query = format!(
        "SELECT {COLUMNS} FROM file AS f
         WHERE f.id = ?1 AND f.tenant = ?2 AND f.visitor IS ?3 AND f.agent IS ?4 AND f.seq IS NULL AND {SERVED}"
    );
    state
        .prepare_cached(&query)?
        .query_row(params![file.as_bytes(), of.tenant.0, visitor, agent], |row| attachment(row, 0))
        .optional()
        .map(Option::flatten)
}

/// It was sent with that entry of that thread.
pub(super) fn send(state: &Transaction<'_>, of: &ThreadOf, file: FileId, seq: i64) -> rusqlite::Result<()> {
    state
        .prepare_cached("UPDATE file SET visitor = ?2, seq = ?3 WHERE id = ?1")?
        .execute(params![file.as_bytes(), of.visitor.as_bytes(), seq])
        .map(drop)
}

/// Files whose bytes are to be removed, at most 1,000; what nobody has sent is given up before.
pub(super) fn gone(state: &Transaction<'_>, now: Timestamp) -> rusqlite::Result<Vec<FileId>> {
    let before = |age: Duration| now.as_millis() as i64 - age.as_millis() as i64;
    // The rows stay as long as they count.
    state
        .prepare_cached("UPDATE file SET state = 'gone' WHERE seq IS NULL AND at < ?1 AND state <> 'gone'")?
        .execute([before(UNSENT)])?;
    state.prepare_cached("DELETE FROM file WHERE seq IS NULL AND at < ?1")?.execute([before(WITHIN)])?;
    state
        .prepare_cached("SELECT id FROM file_gone LIMIT ?1")?
        .query_map([REMOVED], |row| Ok(FileId::from_bytes(id(&row.get::<_, Vec<u8>>(0)?))))?
        .collect()
}

/// Their bytes are removed.
pub(super) fn removed(state: &Transaction<'_>, files: &[FileId]) -> rusqlite::Result<()> {
    let mut query = state.prepare_cached("DELETE FROM file_gone WHERE id = ?1")?;
    files.iter().try_for_each(|file| query.execute([file.as_bytes()]).map(drop))
}

/// What [`attachment`] reads, of a table that is called `f`.
pub(super) const COLUMNS: &str = "f.id, f.name, f.type, f.size, f.width, f.height, f.state";

const SERVED: &str = "f.state IN ('clean', 'unscanned')";

/// The file whose columns begin there; nothing where there is none.
pub(super) fn attachment(row: &Row<'_>, from: usize) -> rusqlite::Result<Option<Attachment>> {
    let Some(file) = row.get::<_, Option<Vec<u8>>>(from)? else { return Ok(None) };
    let scan = match row.get::<_, String>(from + 6)?.as_str() {
        "unscanned" => None,
        "clean" => Some(Scan::Clean),
        "pending" => Some(Scan::Pending),
        _ => Some(Scan::Infected),
    };
    Ok(Some(Attachment {
        id: FileId::from_bytes(id(&file)),
        name: row.get(from + 1)?,
        media: row.get(from + 2)?,
        size: row.get::<_, i64>(from + 3)? as u64,
        width: row.get(from + 4)?,
        height: row.get(from + 5)?,
        scan,
    }))
}

#[cfg(test)]
mod tests {
    use super::super::{DevLogin, Sqlite, Store};
    use super::*;

    fn tenant() -> TenantId {
        TenantId("demo".into())
    }

    fn file(number: u8) -> Attachment {
        Attachment {
            id: FileId::from_bytes([number; 16]),
            name: "a.txt".into(),
            media: "text/plain".into(),
            size: 5,
            width: None,
            height: None,
            scan: None,
        }
    }

    async fn begin(store: &Sqlite, visitor: u8, number: u8, size: u64, at: Timestamp) -> bool {
        let visitor = Uploader::Visitor(VisitorId::from_bytes([visitor; 16]));
        store.begin_file(&tenant(), visitor, file(number).id, size, at).await.expect("an answer")
    }

    #[tokio::test]
    async fn only_what_came_whole_and_does_no_harm_is_served_and_its_bytes_go_with_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Sqlite::open(folder.path(), &[], DevLogin::Never).expect("a store");
        let now = Timestamp::from_millis(100_000_000);
        for (number, state, expected) in [
            (1, None, false),
            (2, Some(FileState::Unscanned), true),
            (3, Some(FileState::Clean), true),
            (4, Some(FileState::Infected), false),
        ] {
            assert!(begin(&store, 1, number, 5, now).await);
            if let Some(state) = state {
                assert!(store.keep_file(&file(number), state).await.expect("an answer"));
                assert!(!store.keep_file(&file(number), state).await.expect("an answer"), "once");
            }
            assert_eq!(store.file(file(number).id).await.expect("an answer").is_some(), expected, "{state:?}");
        }
        assert_eq!(store.gone_files(now).await.expect("a list"), [file(4).id]);
        store.drop_file(file(2).id).await.expect("it goes");
        store.removed_files(vec![file(4).id]).await.expect("it is noted");
        assert_eq!(store.gone_files(now).await.expect("a list"), [file(2).id]);
    }

    #[tokio::test]
    async fn what_nobody_sends_goes_after_an_hour_and_counts_for_a_day() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Sqlite::open(folder.path(), &[], DevLogin::Never).expect("a store");
        let at = Timestamp::from_millis(100_000_000);
        for number in 1..=20 {
            assert!(begin(&store, 1, number, 5, at).await);
            assert!(store.keep_file(&file(number), FileState::Unscanned).await.expect("an answer"));
        }
        assert!(store.gone_files(at + UNSENT).await.expect("a list").is_empty());
        let late = at + UNSENT + Duration::from_millis(1);
        assert_eq!(store.gone_files(late).await.expect("a list").len(), 20);
        assert_eq!(store.file(file(1).id).await.expect("an answer"), None);
        assert!(!begin(&store, 1, 21, 5, late).await, "the twenty-first of a day");
        assert!(begin(&store, 2, 22, BYTES as u64 - 5, late).await, "another visitor's");
        assert!(!begin(&store, 2, 23, 6, late).await, "more than fits a day");
        let next = at + WITHIN + Duration::from_millis(1);
        assert!(begin(&store, 1, 24, 5, next).await);
    }
}
