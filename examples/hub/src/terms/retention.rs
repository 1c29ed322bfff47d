//! What was said is deleted when its time is over.

use std::time::Duration;

use alongside::time::Timestamp;

use super::Terms;
use crate::clock;
use crate::conversation::Fact;
use crate::hub::Hub;
use crate::store::{Document, Expired, Store, StoreError};

/// How often is looked for it.
const SWEEP: Duration = Duration::from_secs(600);

/// Most threads at once: others write meanwhile.
const TOGETHER: usize = 100;

/// Deletes conversations whose time is over, with their files; ends with the hub.
pub async fn sweep<S: Store>(hub: Hub<S>) {
    loop {
        if let Err(error) = sweep_once(&hub).await {
            tracing::error!(%error, "cannot look for conversations to delete");
        }
        tokio::select! {
            () = tokio::time::sleep(SWEEP) => {}
            () = hub.stopping() => return,
        }
    }
}

async fn sweep_once<S: Store>(hub: &Hub<S>) -> Result<(), StoreError> {
    for (tenant, body) in hub.store.documents(Document::Terms).await? {
        let Some(kept) = Terms::read(body.as_bytes()).ok().and_then(|terms| terms.kept()) else { continue };
        let before = clock::wall().as_millis().saturating_sub(kept.as_millis() as u64);
        loop {
            let expired = hub.store.expire(&tenant, Timestamp::from_millis(before), TOGETHER).await?;
            for Expired { of, is_whole } in &expired {
                if *is_whole {
                    hub.conversations.forget(&of.tenant, of.visitor);
                }
                hub.switchboard.tell(Fact::Moved(of.clone()));
            }
            if !expired.is_empty() {
                tracing::info!(threads = expired.len(), "what was said longer ago than it is kept was deleted");
                hub.files.sweep_soon();
            }
            if expired.len() < TOGETHER {
                break;
            }
        }
    }
    Ok(())
}
