//! What visitors say, whichever way it came: kept first, told then, and heard by the bot.

use alongside::protocol::conversation::{Objection, Say, Stage};

use super::silence::lapse;
use super::{Fact, bot};
use crate::clock;
use crate::hub::Hub;
use crate::store::{
    AgentName, Change, Changed, KeptConversation, KeptEntry, May, Sender, Spoken, Store, StoreError, ThreadOf,
};
use crate::terms;

/// What became of what a visitor said.
#[derive(Debug)]
pub enum Heard {
    /// It is kept: the conversation now, and its entry.
    Kept(Box<KeptConversation>, Vec<KeptEntry>),
    /// It was kept before.
    Before(Box<KeptConversation>, Vec<KeptEntry>),
    /// It is not kept; perhaps it is after so many milliseconds.
    Refused(Objection, Option<u32>),
}

/// Keeps what a visitor says, and tells everybody.
///
/// # Errors
/// What the store says; nothing is kept then.
pub async fn hear<S: Store>(hub: &Hub<S>, of: &ThreadOf, say: Say, from: Option<Sender>) -> Result<Heard, StoreError> {
    if let Err(left) = hub.conversations.pace(of, clock::now()) {
        return Ok(Heard::Refused(Objection::TooFast, Some(left.as_millis() as u32 + 1)));
    }
    let may = match from {
        None => terms::may(hub, &of.tenant).await?,
        Some(_) => May::One,
    };
    let bot = hub.bot.as_ref().map(|bot| AgentName::bot(bot.name()));
    let available = hub.conversations.available(&of.tenant);
    let spoken = Box::new(Spoken { say, from, threading: hub.threading, bot, available, may });
    loop {
        match hub.store.converse(of, Change::Say(spoken.clone()), clock::wall()).await? {
            Changed::Kept(kept, entries) => {
                spread(hub, of, &kept, &entries).await;
                return Ok(Heard::Kept(kept, entries));
            }
            Changed::Before(kept, entries) => return Ok(Heard::Before(kept, entries)),
            Changed::Silent(conversation) => lapse(hub, of, conversation).await?,
            Changed::Refused(objection) => return Ok(Heard::Refused(objection, None)),
        }
    }
}

/// Tells everybody what a visitor said.
async fn spread<S: Store>(hub: &Hub<S>, of: &ThreadOf, kept: &KeptConversation, entries: &[KeptEntry]) {
    publish(hub, of, kept, entries);
    if kept.stage == Stage::Waiting && kept.first == kept.last.seq {
        hub.switchboard.tell(Fact::Moved(of.clone()));
    }
    let is_there = |agent: &AgentName| agent.is_bot() || hub.conversations.has_desk(&of.tenant, &agent.agent);
    if kept.stage == Stage::Open && !kept.agent.as_ref().is_some_and(is_there) {
        hub.switchboard.tell(Fact::Unheard(of.clone(), kept.conversation));
    }
    // It is kept whatever becomes of the answer.
    if let Err(error) = bot::lead(hub, of, kept, entries.last()).await {
        tracing::error!(%error, "a bot's answer was not kept");
    }
}

/// Changes something that nobody waits for; false where it cannot be.
///
/// # Errors
/// What the store says; nothing is kept then.
pub async fn change<S: Store>(hub: &Hub<S>, of: &ThreadOf, change: Change) -> Result<bool, StoreError> {
    match hub.store.converse(of, change, clock::wall()).await? {
        Changed::Kept(kept, entries) => publish(hub, of, &kept, &entries),
        Changed::Before(..) => {}
        Changed::Refused(_) | Changed::Silent(_) => return Ok(false),
    }
    Ok(true)
}

/// All that was said in a thread was deleted.
pub fn forgotten<S: Store>(hub: &Hub<S>, of: ThreadOf) {
    hub.conversations.forget(&of.tenant, of.visitor);
    hub.files.sweep_soon();
    hub.switchboard.tell(Fact::Moved(of));
}

/// Tells all who take part in a thread what is new in it.
pub fn publish<S: Store>(hub: &Hub<S>, of: &ThreadOf, kept: &KeptConversation, entries: &[KeptEntry]) {
    hub.conversations.tell(of, kept, entries);
    hub.previews.tell(of, entries);
    if kept.channel.is_some() && !entries.is_empty() {
        hub.couriers.tell(hub, of);
    }
}
