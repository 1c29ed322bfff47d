//! Tells who waits where in the queue, a moment after it changed.

use std::time::Duration;

use crate::hub::Hub;
use crate::store::{Store, ThreadOf};

/// Changes within this time are told together.
const COALESCE: Duration = Duration::from_millis(200);

/// Runs as long as the hub.
pub async fn tell_places<S: Store>(hub: Hub<S>) {
    loop {
        tokio::select! {
            () = hub.conversations.places.notified() => {}
            () = hub.stopping() => return,
        }
        tokio::time::sleep(COALESCE).await;
        for tenant in hub.conversations.take_queues() {
            match hub.store.waiting(&tenant).await {
                Ok(waiting) => {
                    for (place, visitor) in (1..).zip(waiting) {
                        hub.conversations.tell_place(&ThreadOf { tenant: tenant.clone(), visitor }, place);
                    }
                }
                Err(error) => tracing::error!(%error, "cannot read who waits"),
            }
        }
    }
}
