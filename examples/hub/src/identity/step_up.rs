//! An agent asks the visitor of his conversation to sign in: in which words, and for how long.

use std::time::Duration;

use alongside::protocol::conversation::MessageText;
use alongside::time::Timestamp;

use crate::clock;
use crate::conversation;
use crate::hub::Hub;
use crate::store::{Change, Changed, Store, StoreError};

/// Who has not answered after so long did not want to.
const PATIENCE: Duration = Duration::from_secs(600);

/// How often is looked for those.
const SWEEP: Duration = Duration::from_secs(5);

/// What stands in the thread, in the language of the visitor's page.
///
/// # Panics
/// Never: each is a message.
pub fn question(language: &str) -> MessageText {
    let text = match language.split('-').next() {
        Some("ja") => "お手続きを進めるため、サインインをお願いします。",
        Some("ko") => "계속 도와드릴 수 있도록 로그인해 주세요.",
        _ => "Please sign in, so that I can help you with this.",
    };
    MessageText::new(text).expect("it has something to read in it")
}

/// Closes what nobody has answered; ends with the hub.
pub async fn sweep<S: Store>(hub: Hub<S>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(SWEEP) => {}
            () = hub.stopping() => return,
        }
        let before = clock::wall().as_millis().saturating_sub(PATIENCE.as_millis() as u64);
        if let Err(error) = expire(&hub, Timestamp::from_millis(before)).await {
            tracing::error!(%error, "cannot read who was asked to sign in");
        }
    }
}

async fn expire<S: Store>(hub: &Hub<S>, before: Timestamp) -> Result<(), StoreError> {
    for (of, conversation) in hub.store.unanswered_sign_ins(before).await? {
        if let Changed::Kept(kept, entries) =
            hub.store.converse(&of, Change::ExpireSignIn(conversation, before), clock::wall()).await?
        {
            conversation::publish(hub, &of, &kept, &entries);
        }
    }
    Ok(())
}
