//! The one thread that writes: it commits many jobs together, since what a commit costs is the wait for the disk.
//!
//! Invariant: who asked is told only when the commit that holds his job is durable.

use std::sync::{Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::{Connection, Transaction};
use tokio::sync::oneshot;

use super::StoreError;

/// The writer's thread, and the way to it.
#[derive(Debug)]
pub(super) struct Writer {
    jobs: mpsc::SyncSender<Job>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the thread; it has the connection for itself.
    pub(super) fn start(mut connection: Connection) -> Result<Self, StoreError> {
        let (jobs, queue) = mpsc::sync_channel(QUEUE);
        let thread = std::thread::Builder::new().name("writer".into()).spawn(move || write(&mut connection, &queue))?;
        Ok(Self { jobs, thread: Mutex::new(Some(thread)) })
    }

    /// Runs `work` in the next commit; returns when that is durable.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.run_then(After::Nothing, work).await
    }

    pub(super) async fn run_then<T: Send + 'static>(
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

    /// Commits what was asked for so far and closes the database; what comes later fails with [`StoreError::Stopping`].
    pub(super) async fn close(&self) {
        // It fails where the writer has ended already.
        let _ = self.run_then(After::End, |_| Ok(())).await;
        let writer = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = writer {
            let joined = tokio::task::spawn_blocking(move || writer.join()).await;
            if !matches!(joined, Ok(Ok(()))) {
                tracing::error!("the writer ended badly");
            }
        }
    }
}

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
pub(super) enum After {
    Nothing,
    /// The log is emptied, so that what was deleted is in no file any more.
    Purge,
    /// The writer ends.
    End,
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

/// The writer waits so long for more to commit together.
const GROUP_FOR: Duration = Duration::from_millis(2);

/// Most jobs of one commit.
const GROUP_OF: usize = 500;

/// Most jobs that wait for the writer; senders wait above that.
const QUEUE: usize = 4_096;
