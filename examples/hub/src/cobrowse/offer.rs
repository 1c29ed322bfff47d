//! How sessions begin, and how they are found again.

use std::time::Duration;

use alongside::cobrowse::{Entry, REJOIN, SharedSession};
use alongside::protocol::cobrowse::{Channel, EndReason, Objection};
use alongside::protocol::{RelayBody, SessionId, VisitId, VisitorId};
use alongside::time::Timestamp;

use super::input::{Attendant, RoomWay};
use super::ledger::Ledger;
use super::over;
use super::room::Room;
use super::way::PageWay;
use crate::hub::Hub;
use crate::store::{Begun, Store, TenantId};
use crate::{clock, random};

/// How often the hub looks for sessions that an earlier life of it left behind.
const SWEEP: Duration = Duration::from_secs(60);

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
    let ledger = Ledger::new(hub.clone(), tenant.clone(), way.session(), Begun { visitor, visit, channel });
    let room = Room::new(hub.clone(), tenant, way, machine, ledger);
    tokio::spawn(room.offer(agent, pages, inputs));
    Ok(())
}

/// The session, where it is not over; one that an earlier life of the hub left behind a moment ago goes on.
///
/// # Errors
/// What is to be told of a session that is over.
pub(super) async fn find<S: Store>(
    hub: &Hub<S>,
    tenant: &TenantId,
    session: SessionId,
) -> Result<RoomWay, Box<RelayBody>> {
    if let Some(room) = hub.sessions.room(tenant, session) {
        return Ok(room);
    }
    let lost = || over(session, EndReason::Lost);
    let kept = hub.store.kept_session(tenant, session).await;
    let kept = kept.inspect_err(|error| tracing::error!(%error, "cannot read a session")).ok().flatten();
    let kept = kept.ok_or_else(lost)?;
    if let Some((_, reason)) = kept.ended {
        return Err(over(session, reason));
    }
    let Some(key) = kept.key.filter(|_| kept.seen > recently()) else { return Err(lost()) };
    let (way, inputs) = RoomWay::new(session);
    if !hub.sessions.insert(tenant, kept.begun.visitor, &way) {
        // Somebody else found it at the same time, or the visitor is in another one by now.
        return hub.sessions.room(tenant, session).ok_or_else(lost);
    }
    let Begun { visit, channel, .. } = kept.begun;
    let machine = SharedSession::restored(session, visit, channel, kept.last_agent, clock::now());
    let ledger = Ledger::restored(hub.clone(), tenant.clone(), &kept);
    let room = Room::new(hub.clone(), tenant.clone(), way.clone(), machine, ledger);
    tokio::spawn(room.restore(key, inputs));
    Ok(way)
}

/// Ends sessions that an earlier life of the hub left behind, and to which nobody came back in time.
pub async fn sweep<S: Store>(hub: Hub<S>) {
    loop {
        match hub.store.lost_sessions(recently()).await {
            Ok(lost) => {
                for (tenant, session) in lost {
                    end_lost(&hub, tenant, session).await;
                }
            }
            Err(error) => tracing::error!(%error, "cannot read sessions"),
        }
        tokio::time::sleep(SWEEP).await;
    }
}

async fn end_lost<S: Store>(hub: &Hub<S>, tenant: TenantId, session: SessionId) {
    let Ok(Some(kept)) = hub.store.kept_session(&tenant, session).await else { return };
    if kept.ended.is_some() || hub.sessions.room(&tenant, session).is_some() {
        return;
    }
    let mut ledger = Ledger::restored(hub.clone(), tenant, &kept);
    ledger.note(&Entry { by: None, what: "ended", about: vec![("reason", EndReason::Lost.as_str().into())] });
    ledger.save().await;
}

/// A session that was there since then may go on.
fn recently() -> Timestamp {
    Timestamp::from_millis(clock::wall().as_millis().saturating_sub(REJOIN.as_millis() as u64))
}
