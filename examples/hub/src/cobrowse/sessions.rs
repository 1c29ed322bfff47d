//! Where pages, desks and sessions find each other.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use alongside::protocol::cobrowse::EndReason;
use alongside::protocol::{SessionId, VisitId, VisitorId};

use super::input::{Input, RoomWay};
use super::way::PageWay;
use crate::store::{KeptConversation, TenantId, ThreadOf};

/// All sessions that are not over, and all pages that are connected.
#[derive(Debug, Default)]
pub struct Sessions(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    rooms: HashMap<SessionId, (TenantId, RoomWay)>,
    visitors: HashMap<(TenantId, VisitorId), SessionId>,
    /// Those of live sessions.
    visits: HashMap<(TenantId, VisitId), SessionId>,
    pages: HashMap<(TenantId, VisitorId), Vec<PageWay>>,
}

impl Sessions {
    /// The live session of a visit.
    pub fn of_visit(&self, tenant: &TenantId, visit: VisitId) -> Option<SessionId> {
        self.lock().visits.get(&(tenant.clone(), visit)).copied()
    }

    /// The session of that id, offered or live.
    pub(super) fn room(&self, tenant: &TenantId, session: SessionId) -> Option<RoomWay> {
        self.lock().rooms.get(&session).filter(|(of, _)| of == tenant).map(|(_, room)| room.clone())
    }

    /// The session of a visitor, offered or live.
    pub(super) fn of_visitor(&self, tenant: &TenantId, visitor: VisitorId) -> Option<RoomWay> {
        let known = self.lock();
        let session = known.visitors.get(&(tenant.clone(), visitor))?;
        known.rooms.get(session).map(|(_, room)| room.clone())
    }

    /// The visitor was erased: what he shared is over.
    pub fn forget(&self, tenant: &TenantId, visitor: VisitorId) {
        if let Some(room) = self.of_visitor(tenant, visitor) {
            room.say_later(Input::Forgotten);
        }
    }

    /// A conversation of the visitor's ended, or was passed on: what he shared by it is over. Where others go on, a session that another
    /// agent has goes on, too.
    pub fn end_conversation(&self, of: &ThreadOf, kept: &KeptConversation, reason: EndReason) {
        if let Some(room) = self.of_visitor(&of.tenant, of.visitor) {
            let agent = kept.agent.as_ref().map(|agent| agent.name.clone()).unwrap_or_default();
            room.say_later(Input::Conversation(reason, kept.has_others.then_some(agent)));
        }
    }

    /// Takes up a session; false where it is there already, or the visitor is in another one.
    pub(super) fn insert(&self, tenant: &TenantId, visitor: VisitorId, room: &RoomWay) -> bool {
        let mut known = self.lock();
        let key = (tenant.clone(), visitor);
        let is_free = !known.visitors.contains_key(&key) && !known.rooms.contains_key(&room.session());
        if is_free {
            known.visitors.insert(key, room.session());
            known.rooms.insert(room.session(), (tenant.clone(), room.clone()));
        }
        is_free
    }

    /// The visitor's pages of another site of the tenant are in it, too: they have another id.
    pub(super) fn add_visitor(&self, tenant: &TenantId, visitor: VisitorId, session: SessionId) {
        self.lock().visitors.entry((tenant.clone(), visitor)).or_insert(session);
    }

    /// The session is live, and of this visit now.
    pub(super) fn handle_live(&self, tenant: &TenantId, visit: VisitId, session: SessionId) {
        let mut known = self.lock();
        known.visits.retain(|_, of| *of != session);
        known.visits.insert((tenant.clone(), visit), session);
    }

    pub(super) fn remove(&self, session: SessionId) {
        let mut known = self.lock();
        known.rooms.remove(&session);
        known.visitors.retain(|_, of| *of != session);
        known.visits.retain(|_, of| *of != session);
    }

    /// The visitor's pages that are connected.
    pub(super) fn pages(&self, tenant: &TenantId, visitor: VisitorId) -> Vec<PageWay> {
        self.lock().pages.get(&(tenant.clone(), visitor)).cloned().unwrap_or_default()
    }

    pub(super) fn add_page(&self, tenant: &TenantId, visitor: VisitorId, page: PageWay) {
        self.lock().pages.entry((tenant.clone(), visitor)).or_default().push(page);
    }

    pub(super) fn remove_page(&self, tenant: &TenantId, visitor: VisitorId, page: &PageWay) {
        let mut known = self.lock();
        let key = (tenant.clone(), visitor);
        if let Some(pages) = known.pages.get_mut(&key) {
            pages.retain(|other| !other.is(page));
            if pages.is_empty() {
                known.pages.remove(&key);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
