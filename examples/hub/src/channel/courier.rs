//! Takes to channels what agents and bots say.
//!
//! What a channel was told of a thread is a number that is kept, so nothing is lost and everything goes in order, each perhaps more than
//! once under one `X-Alongside-Delivery`. What is not taken is tried again after longer and longer waits, for a day; then, or where the
//! channel refuses it for good, it is left out and the next goes on.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use alongside::protocol::conversation::{Author, MessageText};
use alongside::protocol::{Encoding, Message, Payload};
use serde_json::{Value, json};
use tokio::sync::{Notify, Semaphore};

use super::rules::{Channel, Channels, channels_of};
use crate::conversation::{self, Busy};
use crate::hub::Hub;
use crate::signed::Unanswered;
use crate::store::{Change, Document, KeptEntry, Part, Store, StoreError, TenantId, ThreadOf, Untold};

/// Waits between tries: the last one again and again, up to a day together.
const WAITS: [Duration; 6] = [
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_secs(120),
    Duration::from_secs(600),
    Duration::from_secs(3_600),
];

/// After so many tries, about a day, something is left out.
const TRIES: usize = 28;

/// Most requests at a time.
const AT_A_TIME: usize = 16;

/// Most threads that a channel is told of after a start, or a change of the channels, at once.
const THREADS: usize = 1_000;

/// Most bytes of an answer, which nobody reads.
const LIMIT: usize = 64 * 1024;

/// Entries that are read together.
const TOGETHER: usize = 25;

/// What goes out at the moment.
#[derive(Debug)]
pub struct Couriers {
    busy: Busy<ThreadOf>,
    at_a_time: Semaphore,
    /// Tenants whose channels are to be read again.
    changed: Mutex<HashSet<TenantId>>,
    rung: Notify,
}

impl Default for Couriers {
    fn default() -> Self {
        Self {
            busy: Busy::default(),
            at_a_time: Semaphore::new(AT_A_TIME),
            changed: Mutex::default(),
            rung: Notify::new(),
        }
    }
}

impl Couriers {
    /// Something was said in a thread of a channel.
    pub fn tell<S: Store>(&self, hub: &Hub<S>, of: &ThreadOf) {
        if self.busy.begin(of) {
            tokio::spawn(carry(hub.clone(), of.clone()));
        }
    }

    /// A tenant's channels are others now: what was not taken may be.
    pub fn tell_channels(&self, tenant: &TenantId) {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner).insert(tenant.clone());
        self.rung.notify_one();
    }
}

/// Takes out what was said before the hub started, and after each change of the channels; until the hub stops.
pub async fn begin<S: Store>(hub: Hub<S>) {
    match hub.store.documents(Document::Channels).await {
        Ok(all) => all.iter().for_each(|(tenant, _)| hub.couriers.tell_channels(tenant)),
        Err(error) => tracing::error!(%error, "channels are told only of what is said from now on"),
    }
    loop {
        tokio::select! {
            () = hub.couriers.rung.notified() => {}
            () = hub.stopping() => return,
        }
        let changed = std::mem::take(&mut *hub.couriers.changed.lock().unwrap_or_else(PoisonError::into_inner));
        for tenant in changed {
            if let Err(error) = all_of(&hub, &tenant).await {
                tracing::error!(%error, "channels are told only of what is said from now on");
            }
        }
    }
}

async fn all_of<S: Store>(hub: &Hub<S>, tenant: &TenantId) -> Result<(), StoreError> {
    let Channels { channels } = channels_of(hub, tenant).await?;
    for channel in channels {
        for untold in hub.store.untold(tenant, &channel.id, THREADS).await? {
            hub.couriers.tell(hub, &untold.of);
        }
    }
    Ok(())
}

async fn carry<S: Store>(hub: Hub<S>, of: ThreadOf) {
    loop {
        let carried = tokio::select! {
            carried = carry_all(&hub, &of) => carried,
            // What is left is kept, and goes out after the next start.
            () = hub.stopping() => return,
        };
        if let Err(error) = carried {
            tracing::error!(%error, "a channel is not told of what was said");
        }
        if !hub.couriers.busy.goes_on(&of) {
            return;
        }
    }
}

/// Tells a channel of a thread until it knows everything.
async fn carry_all<S: Store>(hub: &Hub<S>, of: &ThreadOf) -> Result<(), StoreError> {
    while let Some(untold) = hub.store.untold_of(of).await? {
        let entries = hub.store.thread(of, Part::After(untold.told), TOGETHER).await?.entries;
        let Some(last) = entries.last().map(|last| last.entry.seq) else { return Ok(()) };
        for kept in &entries {
            if matches!(kept.entry.author, Author::Visitor) {
                continue;
            }
            if take(hub, &untold, kept).await? {
                hub.store.told(of, kept.entry.seq).await?;
                if kept.entry.text.is_some() {
                    conversation::change(
                        hub,
                        of,
                        Change::Mark { delivered: kept.entry.seq, read: 0, conversation: None },
                    )
                    .await?;
                }
            }
        }
        hub.store.told(of, last).await?;
    }
    Ok(())
}

/// Tells a channel of one entry; false where it is left out.
async fn take<S: Store>(hub: &Hub<S>, untold: &Untold, kept: &KeptEntry) -> Result<bool, StoreError> {
    let body = written(hub.own_origins.first().map_or("", String::as_str), untold, kept);
    let delivery = kept.entry.id.to_string();
    for tries in 0..TRIES {
        // Read each time: it may have been changed because it did not work.
        let channels = channels_of(hub, &untold.of.tenant).await?;
        let target = channels.channel(&untold.channel).map(Channel::target);
        let result = match target {
            Some(Ok(target)) => {
                let Ok(_permit) = hub.couriers.at_a_time.acquire().await else { return Ok(false) };
                target.post(&hub.client, &delivery, body.clone(), LIMIT).await
            }
            _ => Err(Unanswered { reason: "the channel is not there any more".into(), is_passing: false }),
        };
        match result {
            Ok(_) => return Ok(true),
            Err(Unanswered { reason, is_passing: false }) => {
                tracing::error!(reason, channel = untold.channel, "a channel does not take a message: it is left out");
                return Ok(false);
            }
            Err(Unanswered { reason, .. }) => {
                tracing::warn!(reason, channel = untold.channel, "a channel did not take a message: it is sent again");
            }
        }
        tokio::time::sleep(WAITS[tries.min(WAITS.len() - 1)]).await;
    }
    tracing::error!(channel = untold.channel, "a channel did not take a message for a day: it is left out");
    Ok(false)
}

/// What a channel is told of an entry.
fn written(origin: &str, untold: &Untold, kept: &KeptEntry) -> String {
    let entry = &kept.entry;
    let rich = entry.rich.as_ref().and_then(|offered| offered.0.as_ref());
    let rich = rich.and_then(|rich| match Payload::encode_rich(rich, Encoding::Json).into_message() {
        Message::Text(json) => serde_json::from_str::<Value>(&json).ok(),
        Message::Binary(_) => None,
    });
    let file = entry.file.as_ref().filter(|file| file.is_there()).map(|file| {
        let url = format!("{origin}/v1/files/{}", file.id);
        json!({ "name": file.name, "type": file.media, "size": file.size, "url": url })
    });
    let mut body = json!({
        "event": entry.event.as_deref().unwrap_or("message"),
        "channel": untold.channel,
        "to": untold.address,
        "conversation": entry.conversation.to_string(),
        "seq": entry.seq,
        "id": entry.id.to_string(),
        "at": entry.at.as_millis(),
        "author": entry.author.as_str(),
    });
    let optional = [
        ("name", entry.name.clone().map(Value::from)),
        ("text", entry.text.as_ref().map(MessageText::as_str).map(Value::from)),
        ("rich", rich),
        ("file", file),
    ];
    if let Value::Object(fields) = &mut body {
        fields.extend(optional.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    }
    body.to_string()
}
