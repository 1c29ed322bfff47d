//! The bot that has a conversation first: what the visitor says goes to it, and what it says is kept in one go.
//!
//! One led by a file answers at once. One of another system's is asked by a task of its own for each conversation, one request at a time;
//! what it has heard is kept with the conversation, so nothing is left out or told twice where the hub ends in between.

use alongside::protocol::conversation::{Author, PAGE_OF_ENTRIES, Stage};
use alongside::protocol::{ConversationId, MessageId};
use tokio::sync::Semaphore;

use super::Fact;
use super::busy::Busy;
use super::speech::publish;
use crate::bot::{Asked, Bot, Heard, Place, Turn, Web};
use crate::clock;
use crate::hub::Hub;
use crate::random;
use crate::store::{
    AgentName, BotTurn, Change, Changed, KeptConversation, KeptEntry, Part, Store, StoreError, Then, ThreadOf,
};

/// Most requests to another system's bot at a time; the others wait.
const CALLS: usize = 64;

/// The conversations that a bot of another system's is being asked about.
#[derive(Debug)]
pub struct Calls {
    /// One request at a time each.
    busy: Busy<ConversationId>,
    at_a_time: Semaphore,
}

impl Default for Calls {
    fn default() -> Self {
        Self { busy: Busy::default(), at_a_time: Semaphore::new(CALLS) }
    }
}

/// Lets the bot answer, where it has the conversation. `entry` is what the visitor said.
pub(super) async fn lead<S: Store>(
    hub: &Hub<S>,
    of: &ThreadOf,
    kept: &KeptConversation,
    entry: Option<&KeptEntry>,
) -> Result<(), StoreError> {
    let Some(bot) = has_it(kept) else { return Ok(()) };
    let turn = match &hub.bot {
        Some(Bot::Flow(flow)) => {
            let language = language(hub, of).await?;
            let text = entry.and_then(|kept| kept.entry.text.as_ref()).map_or("", |text| text.as_str());
            let answer = entry.and_then(|kept| kept.answer.as_ref());
            match kept.place.as_deref().and_then(Place::from_text) {
                Some(place) => flow.hear(&place, &Heard { text, answer }, &language),
                None => flow.begin(&language),
            }
        }
        Some(Bot::Web(_)) => {
            if hub.calls.busy.begin(&kept.conversation) {
                tokio::spawn(call(hub.clone(), of.clone(), kept.conversation));
            }
            return Ok(());
        }
        // There is none any more.
        None => Turn { hands_over: true, ..Turn::default() },
    };
    let place = turn.place.as_ref().map(Place::to_text);
    act(hub, of, kept, bot, turn, place).await
}

/// Does what the bot decided; `place` is where it is from then on.
async fn act<S: Store>(
    hub: &Hub<S>,
    of: &ThreadOf,
    kept: &KeptConversation,
    bot: &AgentName,
    turn: Turn,
    place: Option<String>,
) -> Result<(), StoreError> {
    let then = match (turn.hands_over, turn.ends) {
        (true, _) => Then::HandsOver,
        (false, true) => Then::Ends,
        (false, false) => Then::Waits,
    };
    let queue = match turn.queue {
        Some(queue) if hub.store.routing(&of.tenant).await?.has_queue(&queue) => Some(queue),
        Some(queue) => {
            tracing::warn!(queue, "a bot hands over to a queue that is not there: the first one has it");
            None
        }
        None => None,
    };
    let says = turn.says.into_iter().map(|said| (MessageId::from_bytes(random::bytes()), said.text, said.rich));
    // Another system's hears of it with the next request. One that is led by a file answers what was said last, and once.
    let after = matches!(hub.bot, Some(Bot::Flow(_))).then_some(kept.last.seq);
    let turn = BotTurn { says: says.collect(), place, collected: turn.collected, then, queue, after };
    let change = Change::Bot(kept.conversation, bot.clone(), turn);
    if let Changed::Kept(now, entries) = hub.store.converse(of, change, clock::wall()).await? {
        publish(hub, of, &now, &entries);
        if then != Then::Waits {
            hub.switchboard.tell(Fact::Moved(of.clone()));
        }
    }
    Ok(())
}

/// Asks another system's bot until it has heard everything.
async fn call<S: Store>(hub: Hub<S>, of: ThreadOf, conversation: ConversationId) {
    loop {
        let Ok(_permit) = hub.calls.at_a_time.acquire().await else { return };
        let asked = tokio::select! {
            asked = ask(&hub, &of, conversation) => asked,
            // What it has not answered it is asked again when the visitor comes back.
            () = hub.stopping() => return,
        };
        if let Err(error) = asked {
            tracing::error!(%error, "a bot's answer was not kept");
        }
        if !hub.calls.busy.goes_on(&conversation) {
            return;
        }
    }
}

async fn ask<S: Store>(hub: &Hub<S>, of: &ThreadOf, conversation: ConversationId) -> Result<(), StoreError> {
    let Some(Bot::Web(web)) = &hub.bot else { return Ok(()) };
    loop {
        let Some(kept) = hub.store.conversation(of, conversation).await? else { return Ok(()) };
        let Some(bot) = has_it(&kept) else { return Ok(()) };
        let heard = kept.place.as_deref().and_then(|place| place.parse().ok());
        let since = heard.unwrap_or(kept.first.saturating_sub(1)).max(kept.first.saturating_sub(1));
        let entries = unheard(hub, of, &kept, since).await?;
        let Some(last) = entries.last().map(|last| last.entry.seq) else { return Ok(()) };
        let turn = think(hub, web, of, &kept, heard.is_none(), &entries).await?;
        act(hub, of, &kept, bot, turn, Some(last.to_string())).await?;
    }
}

/// What the visitor said in a conversation after this number, the first of it. Others may go on in between.
async fn unheard<S: Store>(
    hub: &Hub<S>,
    of: &ThreadOf,
    kept: &KeptConversation,
    mut since: u64,
) -> Result<Vec<KeptEntry>, StoreError> {
    while since < kept.last.seq {
        let mut entries = hub.store.thread(of, Part::After(since), PAGE_OF_ENTRIES).await?.entries;
        let Some(last) = entries.last().map(|last| last.entry.seq) else { break };
        since = last;
        entries.retain(|line| line.entry.author == Author::Visitor && line.entry.conversation == kept.conversation);
        if !entries.is_empty() {
            return Ok(entries);
        }
    }
    Ok(Vec::new())
}

/// What it does about what was said; a person goes on where it says nothing in time.
async fn think<S: Store>(
    hub: &Hub<S>,
    web: &Web,
    of: &ThreadOf,
    kept: &KeptConversation,
    is_new: bool,
    entries: &[KeptEntry],
) -> Result<Turn, StoreError> {
    let language = language(hub, of).await?;
    hub.conversations.show_bot_typing(of, kept, &web.name);
    let asked = Asked {
        conversation: kept.conversation,
        visitor: of.visitor,
        language: &language,
        channel: kept.channel.as_ref().map(|channel| channel.id.as_str()),
        is_new,
        collected: &kept.collected,
        entries,
    };
    Ok(web.hear(&asked).await.unwrap_or_else(|reason| {
        tracing::error!(reason, "a bot did not answer: a person is asked for");
        Turn { hands_over: true, ..Turn::default() }
    }))
}

/// Lets the bot answer what it did not hear: the hub ended in between.
pub(super) async fn catch_up<S: Store>(hub: &Hub<S>, of: &ThreadOf, kept: &KeptConversation) -> Result<(), StoreError> {
    // Another system's may have answered one message while the next one came.
    let may_have_missed = matches!(hub.bot, Some(Bot::Web(_))) || kept.last.author == Author::Visitor;
    if has_it(kept).is_none() || !may_have_missed {
        return Ok(());
    }
    let last = hub.store.thread(of, Part::Before(kept.last.seq + 1), 1).await?.entries.pop();
    lead(hub, of, kept, last.as_ref()).await
}

/// Lets the bot answer what it did not hear, in all conversations that it has: after a start of the hub.
pub async fn resume<S: Store>(hub: Hub<S>) {
    let open = match hub.store.open_tasks().await {
        Ok(open) => open,
        Err(error) => return tracing::error!(%error, "a bot may not hear what was said before"),
    };
    for (of, task) in open {
        if task.stage != Stage::Open || !task.agent.as_ref().is_some_and(AgentName::is_bot) {
            continue;
        }
        let caught_up = match hub.store.conversation(&of, task.conversation).await {
            Ok(Some(kept)) => catch_up(&hub, &of, &kept).await,
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        };
        if let Err(error) = caught_up {
            tracing::error!(%error, "a bot did not hear what was said before");
        }
    }
}

fn has_it(kept: &KeptConversation) -> Option<&AgentName> {
    kept.agent.as_ref().filter(|agent| kept.stage == Stage::Open && agent.is_bot())
}

/// That of the page that the visitor viewed last.
pub(super) async fn language<S: Store>(hub: &Hub<S>, of: &ThreadOf) -> Result<String, StoreError> {
    let found = hub.store.tasks_of(vec![of.clone()]).await?.pop();
    Ok(found.and_then(|(_, tasks)| tasks.into_iter().next()?.language).unwrap_or_else(|| "en".into()))
}
