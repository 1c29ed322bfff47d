//! A conversation in which nothing was said for too long is over: what is said then begins another one.

use std::time::Duration;

use alongside::protocol::ConversationId;
use alongside::protocol::cobrowse::EndReason;
use alongside::time::Timestamp;

use super::speech::publish;
use super::switchboard::Fact;
use crate::clock;
use crate::hub::Hub;
use crate::store::{Change, Changed, Store, StoreError, ThreadOf};

/// How often is looked for them.
const SWEEP: Duration = Duration::from_secs(60);

/// Ends conversations in which nothing was said for too long; ends with the hub.
pub async fn sweep<S: Store>(hub: Hub<S>) {
    loop {
        if let Err(error) = sweep_once(&hub).await {
            tracing::error!(%error, "cannot end conversations in which nothing was said for too long");
        }
        tokio::select! {
            () = tokio::time::sleep(SWEEP) => {}
            () = hub.stopping() => return,
        }
    }
}

async fn sweep_once<S: Store>(hub: &Hub<S>) -> Result<(), StoreError> {
    for (of, conversation) in hub.store.silent(since(hub)).await? {
        lapse(hub, &of, conversation).await?;
    }
    Ok(())
}

/// Ends one, as if its agent had; nothing is done where somebody wrote meanwhile.
pub(super) async fn lapse<S: Store>(
    hub: &Hub<S>,
    of: &ThreadOf,
    conversation: ConversationId,
) -> Result<(), StoreError> {
    let change = Change::Lapse(conversation, since(hub), hub.conversations.available(&of.tenant));
    if let Changed::Kept(kept, entries) = hub.store.converse(of, change, clock::wall()).await? {
        publish(hub, of, &kept, &entries);
        hub.switchboard.tell(Fact::Moved(of.clone()));
        hub.sessions.end_conversation(of, &kept, EndReason::Conversation);
    }
    Ok(())
}

/// What nothing was said in since then is over.
fn since<S: Store>(hub: &Hub<S>) -> Timestamp {
    Timestamp::from_millis(clock::wall().as_millis().saturating_sub(hub.threading.as_millis() as u64))
}
