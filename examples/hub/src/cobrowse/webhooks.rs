//! Tells another system of sessions: started, ended, granted, revoked.
//!
//! Notices come in order, each perhaps more than once, as [`signed`](crate::signed) requests. Nobody waits for the other system: what it
//! does not take in time is lost, and logged.

use std::time::Duration;

use alongside::cobrowse::Entry;
use alongside::protocol::SourceId;
use alongside::time::Timestamp;
use tokio::sync::mpsc;

use crate::random;
use crate::signed::{self, Target, Unanswered};
use crate::store::{Begun, SessionChange};

/// Notices that wait; more are lost.
const QUEUE: usize = 1_024;

/// The other system has so long to answer.
const ANSWER: Duration = Duration::from_secs(10);

/// Most bytes of an answer, which nobody reads.
const LIMIT: usize = 64 * 1024;

/// Waits between tries; then a notice is lost.
const WAITS: [Duration; 5] = [
    Duration::from_secs(1),
    Duration::from_secs(4),
    Duration::from_secs(15),
    Duration::from_secs(60),
    Duration::from_secs(240),
];

/// The way to the other system, where there is one.
#[derive(Clone, Debug, Default)]
pub struct Webhooks(Option<mpsc::Sender<Notice>>);

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Notice {
    body: String,
}

impl Notice {
    /// What an entry of a session's record is to the other system, if anything.
    pub(super) fn of(entry: &Entry, session: &SessionChange, begun: &Begun, at: Timestamp) -> Option<Self> {
        let event = match entry.what {
            "accepted" => "cobrowse.started",
            "ended" => "cobrowse.ended",
            "granted" => "cobrowse.granted",
            "revoked" | "gave-back" => "cobrowse.revoked",
            _ => return None,
        };
        let about: serde_json::Map<_, _> =
            entry.about.iter().map(|(name, value)| ((*name).to_owned(), value.clone().into())).collect();
        let body = serde_json::json!({
            "event": event,
            "at": at.as_millis(),
            "tenant": session.tenant.0,
            "session": session.session.to_string(),
            "visit": begun.visit.to_string(),
            "visitor": begun.visitor.to_string(),
            "channel": begun.channel.as_str(),
            "by": entry.by,
            "about": about,
        });
        Some(Self { body: body.to_string() })
    }
}

impl Webhooks {
    /// Sends notices to a system from now on.
    pub fn start(target: Target) -> Self {
        let (sender, queue) = mpsc::channel(QUEUE);
        tokio::spawn(deliver(target, queue));
        Self(Some(sender))
    }

    pub(super) fn tell(&self, notice: Notice) {
        if let Some(queue) = &self.0
            && queue.try_send(notice).is_err()
        {
            tracing::error!("a notice was lost: the system that --webhook names does not take them");
        }
    }
}

async fn deliver(target: Target, mut queue: mpsc::Receiver<Notice>) {
    let client = match signed::client(ANSWER) {
        Ok(client) => client,
        Err(error) => return tracing::error!(%error, "no notices can be sent"),
    };
    while let Some(notice) = queue.recv().await {
        let delivery = SourceId::from_bytes(random::bytes()).to_string();
        let mut waits = WAITS.iter();
        while let Err(Unanswered { reason, .. }) = target.post(&client, &delivery, notice.body.clone(), LIMIT).await {
            match waits.next() {
                Some(wait) => {
                    tracing::warn!(reason, "a notice was not taken: it is sent again");
                    tokio::time::sleep(*wait).await;
                }
                None => {
                    tracing::error!(reason, "a notice was lost");
                    break;
                }
            }
        }
    }
}
