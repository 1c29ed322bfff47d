//! Tells desks who is on the site.
//!
//! The store is the record; this is only the news of it. A desk that is too slow to hear all news gets the whole list again.

use std::collections::BTreeSet;
use std::time::Duration;

use alongside::protocol::{
    Body, Encoding, FRAME_LIMIT, LiveChange, LiveVisit, MaskedText, Payload, SessionId, VisitId,
};
use alongside::time::Timestamp;
use tokio::sync::broadcast;
use tokio::time::Instant;

use crate::store::{Access, Permission, Store, StoreError, TenantId};

/// Visits without activity for so long are not shown: by then they have ended.
pub const SHOWN_FOR: Duration = alongside::journey::VISIT_ENDS_AFTER;

/// News is collected for so long before it is told.
pub const COALESCE: Duration = Duration::from_millis(100);

/// Desks are told so often which visits are over.
pub const SWEEP: Duration = Duration::from_secs(10);

/// Most visits of one change.
const PIECE: usize = 64;

/// Most bytes of one change: a frame also holds its number, and the lengths of what it holds.
const PIECE_BYTES: usize = FRAME_LIMIT - 1_024;

/// A tenant's visit that changed, or with `None` so many that the desks start over.
type News = (TenantId, Option<VisitId>);

/// Who is interested in news; clones are the same.
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
        Watch {
            news: self.news.subscribe(),
            changed: BTreeSet::new(),
            is_reset: true,
            since: Timestamp::default(),
            sweep_at: Instant::now() + SWEEP,
        }
    }
}

/// One desk's interest.
#[derive(Debug)]
pub struct Watch {
    news: broadcast::Receiver<News>,
    changed: BTreeSet<VisitId>,
    is_reset: bool,
    /// Visits with activity since then are shown to this desk.
    since: Timestamp,
    sweep_at: Instant,
}

impl Watch {
    /// Waits until there is something to tell this desk; cancel safe.
    pub async fn wait(&mut self, access: &Access) {
        while self.changed.is_empty() && !self.is_reset {
            tokio::select! {
                heard = self.news.recv() => self.note(heard, access),
                () = tokio::time::sleep_until(self.sweep_at) => return,
            }
        }
    }

    /// What is to be told at `now`, in pieces that a frame of this encoding can hold; perhaps nothing.
    ///
    /// # Errors
    /// What the store says; nothing is lost then, the next call starts over.
    pub async fn collect(
        &mut self,
        access: &Access,
        store: &impl Store,
        session: impl Fn(VisitId) -> Option<SessionId>,
        encoding: Encoding,
        now: Timestamp,
    ) -> Result<Vec<Payload>, StoreError> {
        loop {
            match self.news.try_recv() {
                Ok(news) => self.note(Ok(news), access),
                Err(broadcast::error::TryRecvError::Lagged(_)) => self.is_reset = true,
                Err(_) => break,
            }
        }
        self.sweep_at = Instant::now() + SWEEP;
        let since =
            Timestamp::from_millis(now.as_millis().saturating_sub(SHOWN_FOR.as_millis() as u64)).max(self.since);
        let changed = std::mem::take(&mut self.changed);
        let is_reset = std::mem::replace(&mut self.is_reset, true);
        let (mut visits, gone) = if is_reset {
            (store.live_visits(access, since).await?, Vec::new())
        } else {
            let (mut visits, mut gone) = (Vec::new(), store.visits_between(access, self.since, since).await?);
            for id in changed {
                match store.live_visit(access, id).await? {
                    Some(visit) if visit.last_activity >= since => visits.push(visit),
                    _ => gone.push(id),
                }
            }
            (visits, gone)
        };
        for visit in &mut visits {
            let session = session(visit.visit);
            visit.is_shared = session.map(|_| true);
            visit.session = session.filter(|_| access.may(Permission::Offer) || access.may(Permission::Supervise));
        }
        self.is_reset = false;
        self.since = since;
        let change = LiveChange { now, is_reset, visits, gone };
        Ok(pieces(change, encoding).into_iter().map(|piece| Payload::encode(&Body::Live(piece), encoding)).collect())
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

/// Cuts a change so that each piece is within both limits, and says something.
fn pieces(change: LiveChange, encoding: Encoding) -> Vec<LiveChange> {
    let empty = LiveChange { now: change.now, is_reset: false, visits: Vec::new(), gone: Vec::new() };
    let size = |visit: &LiveVisit| {
        let alone = LiveChange { visits: vec![visit.clone()], ..empty.clone() };
        Payload::encode(&Body::Live(alone), encoding).len()
    };
    let mut pieces = vec![LiveChange { is_reset: change.is_reset, ..empty.clone() }];
    let mut bytes = 0;
    for mut visit in change.visits {
        if size(&visit) > PIECE_BYTES {
            // Control characters are six times as long in JSON. Nobody can read them either.
            (visit.title, visit.search) = (MaskedText::default(), None);
        }
        bytes += size(&visit);
        if bytes > PIECE_BYTES || pieces.last().is_some_and(|piece| piece.visits.len() == PIECE) {
            bytes = size(&visit);
            pieces.push(empty.clone());
        }
        if let Some(piece) = pieces.last_mut() {
            piece.visits.push(visit);
        }
    }
    pieces.retain(|piece| piece.is_reset || !piece.visits.is_empty());
    pieces.extend(change.gone.chunks(PIECE).map(|gone| LiveChange { gone: gone.to_vec(), ..empty.clone() }));
    pieces
}

#[cfg(test)]
mod tests {
    use alongside::protocol::{Data, Frame, JourneyKind, VisitorId};

    use super::*;
    use crate::store::tests::search;
    use crate::store::{DevLogin, Permission, Sqlite};

    fn masked(text: &str) -> MaskedText {
        match search(1, 1, 1, text).event.kind {
            JourneyKind::SearchPerformed(search) => search.term,
            other => panic!("no search: {other:?}"),
        }
    }

    fn visits(count: u8, text: &str) -> LiveChange {
        let visit = |number| LiveVisit {
            visit: VisitId::from_bytes([number; 16]),
            visitor: VisitorId::from_bytes([number; 16]),
            url: masked(text),
            title: masked(text),
            page_views: 1,
            started: Timestamp::from_millis(1),
            last_activity: Timestamp::from_millis(1),
            search: Some(masked(text)),
            width: None,
            is_automated: false,
            is_shared: None,
            session: None,
            identity: None,
        };
        let gone = (0..count).map(|number| VisitId::from_bytes([number; 16])).collect();
        let visits = (0..count).map(visit).collect();
        LiveChange { now: Timestamp::from_millis(1), is_reset: true, visits, gone }
    }

    #[test]
    fn every_piece_fits_a_frame_whatever_visitors_send() {
        for (count, text, encoding, expected) in [
            (0, "", Encoding::Binary, 1),
            (65, "tea", Encoding::Binary, 2 + 2),
            (10, &*"a".repeat(4_096), Encoding::Binary, 2 + 1),
            (10, &*"a".repeat(4_096), Encoding::Json, 2 + 1),
            (3, &*"\u{1}".repeat(4_096), Encoding::Json, 2 + 1),
        ] {
            let change = visits(count, text);
            let pieces = pieces(change.clone(), encoding);
            assert_eq!(pieces.len(), expected, "{count} visits");
            assert_eq!(pieces.iter().map(|piece| piece.is_reset).filter(|reset| *reset).count(), 1);
            let mut told = Vec::new();
            for piece in pieces {
                let body = Payload::encode(&Body::Live(piece), encoding);
                let frame =
                    Frame::decode(&Frame::Data(Data { seq: u64::MAX, body }).encode(encoding)).expect("a frame");
                let Frame::Data(data) = frame else { panic!("not data: {frame:?}") };
                let Ok(Body::Live(piece)) = data.body.decode() else { panic!("not live") };
                told.extend(piece.visits.into_iter().map(|visit| visit.visit));
            }
            assert_eq!(told, change.gone, "all visits, in order");
        }
    }

    fn told(pieces: Vec<Payload>) -> Vec<(bool, Vec<VisitId>, Vec<VisitId>)> {
        let body = |piece: Payload| match piece.decode() {
            Ok(Body::Live(change)) => {
                (change.is_reset, change.visits.into_iter().map(|visit| visit.visit).collect(), change.gone)
            }
            other => panic!("not live: {other:?}"),
        };
        pieces.into_iter().map(body).collect()
    }

    #[tokio::test]
    async fn a_desk_is_told_once_when_a_visit_is_over() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Sqlite::open(folder.path(), &[], DevLogin::Never).expect("a store");
        let access = Access {
            tenant: TenantId("demo".into()),
            agent: "aki".into(),
            name: "Aki".into(),
            permissions: vec![Permission::ViewLive],
        };
        let minutes = |minutes: u64| 1_000_000 + minutes * 60_000;
        let visit = |visitor| VisitId::from_bytes([visitor; 16]);
        store.ingest(search(1, 1, minutes(0), "tea")).await.expect("kept");
        store.ingest(search(2, 1, minutes(10), "tea")).await.expect("kept");
        let live = Live::new();
        let mut watch = live.watch();
        for (at, expected) in [
            (29, vec![(true, vec![visit(1), visit(2)], vec![])]),
            (30, vec![]),
            (31, vec![(false, vec![], vec![visit(1)])]),
            (32, vec![]),
            (31, vec![]),
            (41, vec![(false, vec![], vec![visit(2)])]),
            (60, vec![]),
        ] {
            let now = Timestamp::from_millis(minutes(at));
            let pieces = watch.collect(&access, &store, |_| None, Encoding::Binary, now).await.expect("pieces");
            assert_eq!(told(pieces), expected, "at {at} minutes");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_desk_that_hears_nothing_looks_every_ten_seconds() {
        let access = Access {
            tenant: TenantId("demo".into()),
            agent: "aki".into(),
            name: "Aki".into(),
            permissions: Vec::new(),
        };
        let live = Live::new();
        let mut watch = live.watch();
        watch.is_reset = false;
        let begin = Instant::now();
        watch.wait(&access).await;
        assert_eq!(begin.elapsed(), SWEEP);
    }
}
