//! What is kept of a session while it runs: its row, its grants, its record, its place in the journey.
//!
//! What people are told has been kept before: a session waits for [`Ledger::save`] before it tells. The rest is kept as soon as what came
//! before it is.

use std::pin::Pin;
use std::time::Duration;

use alongside::cobrowse::Entry;
use alongside::protocol::cobrowse::{Capability, EndReason, Session};
use alongside::protocol::{SessionEvent, SessionId};
use tokio::time::Instant;

use super::record::{Chain, ENTRIES};
use super::webhooks::Notice;
use crate::clock;
use crate::hub::Hub;
use crate::store::{Begun, GrantChange, KeptSession, SessionChange, Store, TenantId};

/// So often a session is seen to be there, for the time that it may be restored in.
const SEEN_EVERY: Duration = Duration::from_secs(30);

/// Most entries of what participants were not allowed to send; a flood of it fills no record.
const REJECTED: u32 = 1_000;

type Saving = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The ledger of one session.
pub(super) struct Ledger<S: Store> {
    hub: Hub<S>,
    begun: Begun,
    chain: Chain,
    /// What is not handed to the store yet.
    new: SessionChange,
    has_new: bool,
    saving: Option<Saving>,
    seen_at: Instant,
    was_live: bool,
    /// The numbers of grants, with agent and capability.
    grants: Vec<(u64, u32, Capability)>,
    rejected: u32,
}

impl<S: Store> Ledger<S> {
    /// Of a session that begins.
    pub(super) fn new(hub: Hub<S>, tenant: TenantId, session: SessionId, begun: Begun) -> Self {
        let new = SessionChange { begun: Some(begun.clone()), ..empty(tenant, session, 0) };
        Self::with(hub, begun, Chain::new(session), new)
    }

    /// Of a session that was kept by an earlier life of the hub: nothing is granted any more.
    pub(super) fn restored(hub: Hub<S>, tenant: TenantId, kept: &KeptSession) -> Self {
        let new = SessionChange { grants: vec![GrantChange::AllEnded], ..empty(tenant, kept.session, kept.last_agent) };
        let ledger = Self::with(hub, kept.begun.clone(), Chain::after(kept), new);
        Self { was_live: kept.key.is_some(), has_new: true, ..ledger }
    }

    fn with(hub: Hub<S>, begun: Begun, chain: Chain, new: SessionChange) -> Self {
        let (has_new, saving, seen_at, was_live) = (false, None, Instant::now() + SEEN_EVERY, false);
        Self { hub, begun, chain, new, has_new, saving, seen_at, was_live, grants: Vec::new(), rejected: 0 }
    }

    /// The visitor agreed.
    pub(super) fn handle_key(&mut self, key: [u8; 32]) {
        self.new.key = Some(key);
    }

    /// One more entry of the record.
    pub(super) fn note(&mut self, entry: &Entry) {
        self.has_new = true;
        let at = clock::wall();
        match entry.what {
            "offered" => self.new.last_agent = 1,
            "came" => self.new.last_agent = entry.by.unwrap_or(self.new.last_agent),
            "accepted" => {
                self.was_live = true;
                self.new.events.push(self.event(None));
            }
            "granted" => self.begin_grant(entry),
            "ended" => {
                let reason = word(entry, "reason").and_then(EndReason::from_word).unwrap_or(EndReason::Lost);
                self.new.ended = Some(reason);
                self.new.grants.push(GrantChange::AllEnded);
                if self.was_live {
                    self.new.events.push(self.event(Some(reason)));
                }
            }
            _ => {}
        }
        if self.was_live
            && let Some(notice) = Notice::of(entry, &self.new, &self.begun, at)
        {
            self.hub.webhooks.tell(notice);
        }
        let is_full = self.chain.len() + 1 >= ENTRIES;
        if self.chain.len() + 1 == ENTRIES && entry.what != "ended" {
            let full = Entry { by: None, what: "full", about: Vec::new() };
            self.new.lines.push(self.chain.add(at, &full));
        } else if !is_full || entry.what == "ended" {
            self.new.lines.push(self.chain.add(at, entry));
        }
    }

    /// A participant sent what he may not.
    pub(super) fn reject(&mut self, by: Option<u32>, message: &'static str) {
        tracing::info!(by, message, "a session's participant sent what he may not");
        self.rejected += 1;
        if self.rejected <= REJECTED {
            self.note(&Entry { by, what: "rejected", about: vec![("message", message.into())] });
        }
    }

    /// The session is told to everybody: grants that are not in it have ended.
    pub(super) fn handle_told(&mut self, told: &Session) {
        let (grants, new) = (&mut self.grants, &mut self.new.grants);
        grants.retain(|(number, agent, capability)| {
            let is_held = told.grants.iter().any(|held| (held.agent, held.capability) == (*agent, *capability));
            if !is_held {
                new.push(GrantChange::Ended(*number));
            }
            is_held
        });
        self.has_new |= !new.is_empty();
    }

    /// Returns when everything is kept.
    pub(super) async fn save(&mut self) {
        if let Some(saving) = &mut self.saving {
            saving.await;
            self.saving = None;
        }
        if self.has_new {
            self.begin_saving().await;
        }
    }

    /// Keeps what is new; returns when some of it is. Cancel safe.
    pub(super) async fn work(&mut self) {
        if self.saving.is_none() {
            if !self.has_new {
                tokio::time::sleep_until(self.seen_at).await;
            }
            self.saving = Some(self.begin_saving());
        }
        if let Some(saving) = &mut self.saving {
            saving.await;
            self.saving = None;
        }
    }

    fn begin_saving(&mut self) -> Saving {
        let empty = empty(self.new.tenant.clone(), self.new.session, self.new.last_agent);
        let change = SessionChange { seen: clock::wall(), ..std::mem::replace(&mut self.new, empty) };
        (self.has_new, self.seen_at) = (false, Instant::now() + SEEN_EVERY);
        let hub = self.hub.clone();
        Box::pin(async move {
            if let Err(error) = hub.store.keep_session(change).await {
                tracing::error!(%error, "a session was not kept");
            }
        })
    }

    fn begin_grant(&mut self, entry: &Entry) {
        let number = |name| word(entry, name).and_then(|value| value.parse().ok());
        let (Some(agent), Some(capability)) =
            (number("agent"), word(entry, "capability").and_then(Capability::from_word))
        else {
            return;
        };
        if let Some(place) = self.grants.iter().position(|(_, of, what)| (*of, *what) == (agent, capability)) {
            let (before, ..) = self.grants.remove(place);
            self.new.grants.push(GrantChange::Ended(before));
        }
        let seq = self.chain.len() + 1;
        self.grants.push((seq, agent, capability));
        self.new.grants.push(GrantChange::Began {
            number: seq,
            agent,
            capability: capability.as_str().into(),
            within: number("within"),
            uses: number("uses"),
            seconds: number("seconds"),
        });
    }

    fn event(&self, reason: Option<EndReason>) -> SessionEvent {
        let Begun { visit, channel, .. } = self.begun;
        SessionEvent { visit, at: clock::wall(), session: self.new.session, channel, reason }
    }
}

fn word<'a>(entry: &'a Entry, name: &str) -> Option<&'a str> {
    entry.about.iter().find(|(of, _)| *of == name).map(|(_, value)| value.as_str())
}

fn empty(tenant: TenantId, session: SessionId, last_agent: u32) -> SessionChange {
    SessionChange {
        tenant,
        session,
        begun: None,
        key: None,
        last_agent,
        seen: clock::wall(),
        ended: None,
        lines: Vec::new(),
        grants: Vec::new(),
        events: Vec::new(),
    }
}
