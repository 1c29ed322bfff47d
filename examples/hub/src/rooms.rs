//! Shared pages, who follows each, and what passes between them.
//!
//! A room is a visit's shared tab and the desks that follow it. It holds nothing of the page: what a desk is too slow to take is lost,
//! and the page is asked to begin anew. Nothing here outlives the hub.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use alongside::protocol::{AssetHash, Followed, MirrorPiece, Refresh, RelayBody, Shown, VisitId, Want};
use tokio::sync::{broadcast, mpsc, watch};

use crate::live::Live;
use crate::store::TenantId;

/// Pieces that wait for the slowest desk of a room: at most 23 MB, while it does not read.
const PIECES: usize = 512;

/// Wishes for assets that wait for a page; more are lost, and wanted again with the next offer.
const WANTS: usize = 1_024;

/// A visit of a tenant.
type Key = (TenantId, VisitId);

/// All rooms; clones are the same ones.
#[derive(Clone, Debug)]
pub struct Rooms {
    live: Live,
    rooms: Arc<Mutex<HashMap<Key, Room>>>,
}

#[derive(Debug)]
struct Room {
    /// Absent while desks wait for a tab.
    page: Option<Page>,
    desks: u32,
    news: broadcast::Sender<News>,
}

/// The way to a page.
#[derive(Clone, Debug)]
struct Page {
    wanted: watch::Sender<Wanted>,
    assets: mpsc::Sender<AssetHash>,
}

/// What is wanted of a page.
#[derive(Clone, Copy, Debug, Default)]
struct Wanted {
    desks: u32,
    /// Counts the reasons to begin anew.
    beginnings: u64,
}

#[derive(Clone, Debug)]
enum News {
    Piece(Arc<MirrorPiece>),
    Page { is_there: bool },
}

impl Rooms {
    /// No rooms; what becomes shared is told by `live`.
    pub fn new(live: Live) -> Self {
        Self { live, rooms: Arc::default() }
    }

    /// Whether the visit has a shared tab.
    pub fn is_shared(&self, tenant: &TenantId, visit: VisitId) -> bool {
        let rooms = self.lock();
        rooms.get(&(tenant.clone(), visit)).is_some_and(|room| room.page.is_some())
    }

    /// Lets desks follow a tab, instead of another one of the same visit.
    pub fn share(&self, tenant: TenantId, visit: VisitId) -> Share {
        let key = (tenant, visit);
        let (sender, wanted) = watch::channel(Wanted::default());
        let (assets, wants) = mpsc::channel(WANTS);
        let page = Page { wanted: sender, assets };
        let news = self.with(&key, |room| {
            page.wanted.send_replace(Wanted { desks: room.desks, beginnings: 0 });
            if let Some(before) = room.page.replace(page.clone()) {
                before.wanted.send_replace(Wanted::default());
            }
            // Also where there was one: what it told is of another page.
            let _ = room.news.send(News::Page { is_there: false });
            let _ = room.news.send(News::Page { is_there: true });
            room.news.clone()
        });
        self.live.tell(&key.0, visit);
        Share { rooms: self.clone(), key, page, wanted, wants, told: Wanted::default(), news }
    }

    /// Lets a desk follow a visit's shared tab, now or as soon as there is one.
    pub fn follow(&self, tenant: TenantId, visit: VisitId) -> Following {
        let key = (tenant, visit);
        let (news, is_there) = self.with(&key, |room| {
            room.desks += 1;
            room.want(|wanted| wanted.beginnings += 1);
            (room.news.subscribe(), room.page.is_some())
        });
        Following { rooms: self.clone(), key, news, first: Some(is_there) }
    }

    fn with<T>(&self, key: &Key, change: impl FnOnce(&mut Room) -> T) -> T {
        let mut rooms = self.lock();
        let room = rooms.entry(key.clone()).or_insert_with(|| Room {
            page: None,
            desks: 0,
            news: broadcast::channel(PIECES).0,
        });
        let result = change(room);
        let is_empty = room.page.is_none() && room.desks == 0;
        if is_empty {
            rooms.remove(key);
        }
        result
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Room>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Room {
    fn want(&self, change: impl FnOnce(&mut Wanted)) {
        if let Some(page) = &self.page {
            page.wanted.send_modify(|wanted| {
                wanted.desks = self.desks;
                change(wanted);
            });
        }
    }
}

/// A shared tab; dropped, it is not shared any more.
#[derive(Debug)]
pub struct Share {
    rooms: Rooms,
    key: Key,
    page: Page,
    wanted: watch::Receiver<Wanted>,
    wants: mpsc::Receiver<AssetHash>,
    told: Wanted,
    news: broadcast::Sender<News>,
}

impl Share {
    /// Whether this is the tab of `visit` that desks see.
    pub fn is_shown(&self, visit: VisitId) -> bool {
        self.key.1 == visit && self.rooms.with(&self.key, |room| self.is_page_of(room))
    }

    fn is_page_of(&self, room: &Room) -> bool {
        room.page.as_ref().is_some_and(|page| page.wanted.same_channel(&self.page.wanted))
    }

    /// Passes a piece on to who follows; nowhere, where nobody does, or another tab took this one's place.
    pub fn pass(&self, piece: MirrorPiece) {
        if self.wanted.borrow().desks > 0 {
            // Who has just left does not matter.
            let _ = self.news.send(News::Piece(Arc::new(piece)));
        }
    }

    /// What the page is to be told next; cancel safe.
    pub async fn next(&mut self) -> RelayBody {
        loop {
            let wanted = *self.wanted.borrow_and_update();
            let told = std::mem::replace(&mut self.told, wanted);
            // The page begins anew for one more desk, without being asked.
            let begins = wanted.desks > told.desks;
            if wanted.desks != told.desks {
                if !begins {
                    self.told.beginnings = told.beginnings;
                }
                return RelayBody::Followed(Followed { desks: wanted.desks });
            }
            if wanted.beginnings != told.beginnings {
                return RelayBody::Refresh(Refresh {});
            }
            tokio::select! {
                // Both ways last as long as this holds its own end of them.
                _ = self.wanted.changed() => {}
                Some(hash) = self.wants.recv() => return RelayBody::Want(Want { hash }),
            }
        }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let was_shown = self.rooms.with(&self.key, |room| {
            let is_mine = self.is_page_of(room);
            if is_mine {
                room.page = None;
                let _ = room.news.send(News::Page { is_there: false });
            }
            is_mine
        });
        if was_shown {
            self.rooms.live.tell(&self.key.0, self.key.1);
        }
    }
}

/// A desk that follows; dropped, it does not any more.
#[derive(Debug)]
pub struct Following {
    rooms: Rooms,
    key: Key,
    news: broadcast::Receiver<News>,
    /// What is told before any news.
    first: Option<bool>,
}

impl Following {
    /// Asks the page to begin anew.
    pub fn refresh(&self) {
        self.rooms.with(&self.key, |room| room.want(|wanted| wanted.beginnings += 1));
    }

    /// Asks the page for an asset.
    pub fn want(&self, hash: AssetHash) {
        self.rooms.with(&self.key, |room| {
            let _ = room.page.as_ref().map(|page| page.assets.try_send(hash));
        });
    }

    /// What the desk is to be told next; cancel safe.
    pub async fn next(&mut self) -> RelayBody {
        if let Some(is_live) = self.first.take() {
            return RelayBody::Shown(Shown { is_live });
        }
        loop {
            match self.news.recv().await {
                Ok(News::Piece(piece)) => return RelayBody::Mirror(MirrorPiece::clone(&piece)),
                Ok(News::Page { is_there }) => return RelayBody::Shown(Shown { is_live: is_there }),
                // Too slow: what comes next does not fit what was before.
                Err(broadcast::error::RecvError::Lagged(_)) => {
                    self.refresh();
                    let is_live = self.rooms.is_shared(&self.key.0, self.key.1);
                    return RelayBody::Shown(Shown { is_live });
                }
                Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
            }
        }
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        self.rooms.with(&self.key, |room| {
            room.desks -= 1;
            room.want(|_| {});
        });
    }
}

#[cfg(test)]
mod tests {
    use alongside::protocol::Bytes;
    use futures_util::FutureExt;

    use super::*;

    const VISIT: VisitId = VisitId::from_bytes([1; 16]);

    fn demo() -> TenantId {
        TenantId("demo".into())
    }

    fn piece(at: u32) -> MirrorPiece {
        MirrorPiece { at, is_last: true, bytes: Bytes(vec![1, 2, 3]) }
    }

    fn shown(is_live: bool) -> Option<RelayBody> {
        Some(RelayBody::Shown(Shown { is_live }))
    }

    fn followed(desks: u32) -> Option<RelayBody> {
        Some(RelayBody::Followed(Followed { desks }))
    }

    const REFRESH: Option<RelayBody> = Some(RelayBody::Refresh(Refresh {}));

    #[tokio::test]
    async fn a_desk_sees_what_a_page_tells_while_it_follows() {
        let rooms = Rooms::new(Live::new());
        let mut share = rooms.share(demo(), VISIT);
        assert_eq!(share.next().now_or_never(), None, "nobody follows");
        let mut desk = rooms.follow(demo(), VISIT);
        assert_eq!((share.next().now_or_never(), desk.next().now_or_never()), (followed(1), shown(true)));
        share.pass(piece(0));
        assert_eq!(desk.next().now_or_never(), Some(RelayBody::Mirror(piece(0))));
        desk.refresh();
        assert_eq!((share.next().now_or_never(), share.next().now_or_never()), (REFRESH, None));
        desk.want(AssetHash([1; 32]));
        let want = RelayBody::Want(Want { hash: AssetHash([1; 32]) });
        assert_eq!((share.next().now_or_never(), share.next().now_or_never()), (Some(want), None));
        drop(desk);
        assert_eq!(share.next().now_or_never(), followed(0));
        drop(share);
        assert!(rooms.lock().is_empty(), "nothing is left of it");
    }

    #[tokio::test]
    async fn a_desk_that_waits_sees_the_page_that_comes_and_the_next_one() {
        let rooms = Rooms::new(Live::new());
        let mut desk = rooms.follow(demo(), VISIT);
        assert_eq!((desk.next().now_or_never(), desk.next().now_or_never()), (shown(false), None));
        let mut first = rooms.share(demo(), VISIT);
        assert_eq!(first.next().now_or_never(), followed(1));
        let mut second = rooms.share(demo(), VISIT);
        assert_eq!((first.next().now_or_never(), second.next().now_or_never()), (followed(0), followed(1)));
        assert_eq!((first.is_shown(VISIT), second.is_shown(VISIT)), (false, true));
        first.pass(piece(1));
        second.pass(piece(2));
        drop(first);
        assert!(rooms.is_shared(&demo(), VISIT), "the second one is");
        let told: Vec<_> = std::iter::from_fn(|| desk.next().now_or_never()).map(Some).collect();
        let piece = Some(RelayBody::Mirror(piece(2)));
        assert_eq!(told, [shown(false), shown(true), shown(false), shown(true), piece]);
        drop(second);
        assert_eq!(desk.next().now_or_never(), shown(false));
    }

    #[tokio::test]
    async fn one_more_desk_or_another_one_makes_the_page_begin_anew() {
        let rooms = Rooms::new(Live::new());
        let mut share = rooms.share(demo(), VISIT);
        let first = rooms.follow(demo(), VISIT);
        assert_eq!(share.next().now_or_never(), followed(1));
        let _second = rooms.follow(demo(), VISIT);
        assert_eq!((share.next().now_or_never(), share.next().now_or_never()), (followed(2), None));
        drop(first);
        let _third = rooms.follow(demo(), VISIT);
        assert_eq!(
            (share.next().now_or_never(), share.next().now_or_never()),
            (REFRESH, None),
            "as many, but not the same"
        );
    }

    #[tokio::test]
    async fn a_desk_that_does_not_read_loses_pieces_and_gets_a_beginning() {
        let rooms = Rooms::new(Live::new());
        let mut share = rooms.share(demo(), VISIT);
        let mut desk = rooms.follow(demo(), VISIT);
        assert_eq!((share.next().now_or_never(), desk.next().now_or_never()), (followed(1), shown(true)));
        for at in 0..PIECES as u32 + 10 {
            share.pass(piece(at));
        }
        assert_eq!(desk.next().now_or_never(), shown(true), "not a piece from the middle");
        assert_eq!(share.next().now_or_never(), REFRESH);
    }

    #[tokio::test]
    async fn a_tenant_does_not_see_anothers_pages() {
        let rooms = Rooms::new(Live::new());
        let _share = rooms.share(demo(), VISIT);
        let mut desk = rooms.follow(TenantId("other".into()), VISIT);
        assert_eq!(desk.next().now_or_never(), shown(false));
    }
}
