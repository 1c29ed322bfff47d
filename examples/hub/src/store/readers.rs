//! Reads beside the writer, so that a long list does not hold acknowledgements back.
//!
//! A read begins after whatever was acknowledged before it was asked for, and so sees it. It runs whole on a thread that may
//! block: no read transaction lives across an await, since an open one keeps the log from being emptied.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, OpenFlags, Transaction};
use tokio::sync::Semaphore;

use super::StoreError;

/// Up to four connections, opened when they are first needed.
#[derive(Debug)]
pub(super) struct Readers {
    path: PathBuf,
    idle: Arc<Mutex<Vec<Connection>>>,
    places: Arc<Semaphore>,
}

impl Readers {
    /// Readers of a database that a writer holds open.
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, idle: Arc::default(), places: Arc::new(Semaphore::new(READERS)) }
    }

    /// Runs `work` on one state of the database.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(|_| StoreError::Stopping)?;
        let (path, idle) = (self.path.clone(), Arc::clone(&self.idle));
        let read = tokio::task::spawn_blocking(move || {
            // The place is given back when the read ends, whether or not anybody still waits for it.
            let _place = place;
            let waiting = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut connection = waiting.map_or_else(|| open(path), Ok)?;
            let result = connection.transaction().and_then(|state| work(&state));
            idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
            Ok(result?)
        });
        read.await.unwrap_or(Err(StoreError::Stopping))
    }

    /// Waits for the reads that run, and closes the connections.
    pub(super) async fn close(&self) {
        let all = self.places.acquire_many(READERS as u32).await;
        self.places.close();
        drop(all);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

fn open(path: PathBuf) -> rusqlite::Result<Connection> {
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

const READERS: usize = 4;
