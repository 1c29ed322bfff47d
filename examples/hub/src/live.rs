//! Tells desks who is on the site.
//!
//! The store is the record; this is only the news of it. A desk that is too slow to hear all news gets the whole list again.

use std::collections::BTreeSet;
use std::time::Duration;

use alongside::protocol::{LiveChange, VisitId};
use alongside::time::Timestamp;
use tokio::sync::broadcast;

use crate::clock;
use crate::store::{Access, Store, StoreError, TenantId};

/// Visits without activity for so long are not shown: by then they have ended.
pub const SHOWN_FOR: Duration = alongside::journey::VISIT_ENDS_AFTER;

/// News is collected for so long before it is told.
pub const COALESCE: Duration = Duration::from_millis(100);

/// Most visits of one change.
const CHUNK: usize = 64;

/// A tenant's visit that changed, or with `None` so many that the desks start over.
type News = (TenantId, Option<VisitId>);

/// Who is interested in news.
#[derive(Clone, Debug)]
pub struct Live {
    news: broadcast::Sender<News>,
}

impl Default for Live {
    fn default() -> Self {
        Self::new()
    }
}

impl Live {
    /// Nobody is interested yet.
    pub fn new() -> Self {
        Self { news: broadcast::channel(1_024).0 }
    }

    /// A visit is new, changed or gone.
    pub fn tell(&self, tenant: &TenantId, visit: VisitId) {
        // Nobody listens: fine.
        let _ = self.news.send((tenant.clone(), Some(visit)));
    }

    /// A visitor was erased.
    pub fn forget(&self, tenant: &TenantId) {
        let _ = self.news.send((tenant.clone(), None));
    }

    /// Listens from now on.
    pub fn watch(&self) -> Watch {
        Watch { news: self.news.subscribe(), changed: BTreeSet::new(), is_reset: true }
    }
}

/// One desk's interest.
#[derive(Debug)]
pub struct Watch {
    news: broadcast::Receiver<News>,
    changed: BTreeSet<VisitId>,
    is_reset: bool,
}

impl Watch {
    /// Waits until there is something to tell this desk; cancel safe.
    pub async fn wait(&mut self, access: &Access) {
        while self.changed.is_empty() && !self.is_reset {
            let heard = self.news.recv().await;
            self.note(heard, access);
        }
    }

    /// Starts over, as after news that could not be delivered.
    pub fn reset(&mut self) {
        self.is_reset = true;
    }

    /// What is to be told now, in pieces that a frame can hold.
    ///
    /// # Errors
    /// What the store says; nothing is lost then, the next call starts over.
    pub async fn collect(&mut self, access: &Access, store: &impl Store) -> Result<Vec<LiveChange>, StoreError> {
        loop {
            match self.news.try_recv() {
                Ok(news) => self.note(Ok(news), access),
                Err(broadcast::error::TryRecvError::Lagged(_)) => self.is_reset = true,
                Err(_) => break,
            }
        }
        let now = clock::wall();
        let since = Timestamp::from_millis(now.as_millis().saturating_sub(SHOWN_FOR.as_millis() as u64));
        let changed = std::mem::take(&mut self.changed);
        let is_reset = std::mem::replace(&mut self.is_reset, true);
        let (visits, gone) = if is_reset {
            (store.live_visits(access, since).await?, Vec::new())
        } else {
            let (mut visits, mut gone) = (Vec::new(), Vec::new());
            for id in changed {
                match store.live_visit(access, id).await? {
                    Some(visit) if visit.last_activity >= since => visits.push(visit),
                    _ => gone.push(id),
                }
            }
            (visits, gone)
        };
        self.is_reset = false;
        let mut changes: Vec<LiveChange> = visits
            .chunks(CHUNK)
            .map(|visits| LiveChange { now, is_reset: false, visits: visits.to_vec(), gone: Vec::new() })
            .collect();
        if changes.is_empty() {
            changes.push(LiveChange { now, is_reset: false, visits: Vec::new(), gone: Vec::new() });
        }
        changes[0].is_reset = is_reset;
        for gone in gone.chunks(CHUNK) {
            changes.push(LiveChange { now, is_reset: false, visits: Vec::new(), gone: gone.to_vec() });
        }
        Ok(changes)
    }

    fn note(&mut self, heard: Result<News, broadcast::error::RecvError>, access: &Access) {
        match heard {
            Ok((tenant, Some(visit))) if tenant == access.tenant => drop(self.changed.insert(visit)),
            Ok((tenant, _)) if tenant != access.tenant => {}
            Ok(_) => self.is_reset = true,
            Err(_) => self.is_reset = true,
        }
    }
}
