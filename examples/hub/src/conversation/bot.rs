//! The bot that has a conversation first: what the visitor says goes to it, and what it says is kept in one go.

use alongside::protocol::MessageId;
use alongside::protocol::conversation::{Author, Stage};
use alongside::protocol::rich::Answer;

use super::Fact;
use crate::bot::{Heard, Place, Turn};
use crate::clock;
use crate::hub::Hub;
use crate::random;
use crate::store::{AgentName, BotTurn, Change, Changed, KeptConversation, Part, Store, StoreError, Then, ThreadOf};

/// Lets the bot answer, where it has the conversation. `answer` is what was chosen or filled in.
pub(super) async fn lead<S: Store>(
    hub: &Hub<S>,
    of: &ThreadOf,
    kept: &KeptConversation,
    text: &str,
    answer: Option<&Answer>,
) -> Result<(), StoreError> {
    let Some(bot) = has_it(kept) else { return Ok(()) };
    let turn = match &hub.flow {
        Some(flow) => {
            let language = language(hub, of).await?;
            let place = kept.place.as_deref().and_then(Place::from_text);
            match place {
                Some(place) => flow.hear(&place, &Heard { text, answer }, &language),
                None => flow.begin(&language),
            }
        }
        // There is none any more.
        None => Turn { hands_over: true, ..Turn::default() },
    };
    let then = match (turn.hands_over, turn.ends) {
        (true, _) => Then::HandsOver,
        (false, true) => Then::Ends,
        (false, false) => Then::Waits,
    };
    let says = turn.says.into_iter().map(|said| (MessageId::from_bytes(random::bytes()), said.text, said.rich));
    let turn = BotTurn {
        says: says.collect(),
        place: turn.place.map(|place| place.to_text()),
        collected: turn.collected,
        then,
    };
    let change = Change::Bot(kept.conversation, bot.clone(), turn);
    if let Changed::Kept(now, entries) = hub.store.converse(of, change, clock::wall()).await? {
        hub.conversations.tell(of, &now, &entries);
        if then != Then::Waits {
            hub.switchboard.tell(Fact::Moved(of.clone()));
        }
    }
    Ok(())
}

/// Lets the bot answer what it did not hear: the hub ended in between.
pub(super) async fn catch_up<S: Store>(hub: &Hub<S>, of: &ThreadOf, kept: &KeptConversation) -> Result<(), StoreError> {
    if has_it(kept).is_none() || kept.last.author != Author::Visitor {
        return Ok(());
    }
    let last = hub.store.thread(of, Part::Last, 1).await?.entries.pop();
    match last.and_then(|last| last.entry.text) {
        Some(text) => lead(hub, of, kept, text.as_str(), None).await,
        None => Ok(()),
    }
}

fn has_it(kept: &KeptConversation) -> Option<&AgentName> {
    kept.agent.as_ref().filter(|agent| kept.stage == Stage::Open && agent.is_bot())
}

/// That of the page that the visitor viewed last.
pub(super) async fn language<S: Store>(hub: &Hub<S>, of: &ThreadOf) -> Result<String, StoreError> {
    let found = hub.store.tasks_of(vec![of.clone()]).await?.pop();
    Ok(found.and_then(|(_, task)| task?.language).unwrap_or_else(|| "en".into()))
}
