//! How sessions begin, and how they are found again.

use alongside::cobrowse::SharedSession;
use alongside::protocol::cobrowse::{Channel, Objection};
use alongside::protocol::{SessionId, VisitId, VisitorId};

use super::room::{Attendant, Room, RoomWay};
use super::way::PageWay;
use crate::hub::Hub;
use crate::store::{Store, TenantId};
use crate::{clock, random};

/// Whom a session is offered to.
pub(super) struct Guest {
    pub(super) tenant: TenantId,
    pub(super) visitor: VisitorId,
    /// By the hub's id.
    pub(super) visit: VisitId,
    /// The one page that is asked; else all of the visitor's.
    pub(super) page: Option<PageWay>,
}

/// Offers a session for an agent.
pub(super) fn offer<S: Store>(hub: &Hub<S>, guest: Guest, channel: Channel, agent: Attendant) -> Result<(), Objection> {
    let Guest { tenant, visitor, visit, page } = guest;
    let (way, inputs) = RoomWay::new(SessionId::from_bytes(random::bytes()));
    if !hub.sessions.insert(&tenant, visitor, &way) {
        return Err(Objection::Busy);
    }
    // A page that connects from now on finds the session by itself.
    let pages = page.map_or_else(|| hub.sessions.pages(&tenant, visitor), |page| vec![page]);
    let machine = SharedSession::offered(way.session(), visit, channel, &agent.name, clock::now());
    let room = Room::new(hub.clone(), tenant, way, machine);
    tokio::spawn(room.offer(agent, pages, inputs));
    Ok(())
}

/// The session, where it is not over.
pub(super) async fn find<S: Store>(hub: &Hub<S>, tenant: &TenantId, session: SessionId) -> Option<RoomWay> {
    hub.sessions.room(tenant, session)
}
