//! One conversation as the router knows it.

use alongside::time::Timestamp;

use super::decision::Reason;
use super::name::AgentId;
use super::task::{Demand, Key, Needs};

/// Invariant: `demand` is what `needs` leave after the first `steps` of the queue.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) key: Key,
    pub(super) needs: Needs,
    pub(super) demand: Demand,
    pub(super) steps: usize,
    pub(super) preference: Option<Preference>,
    /// Who is not asked again, until when.
    pub(super) blocked: Vec<(AgentId, Timestamp)>,
    pub(super) state: State,
    /// It is on record that nobody is free for it.
    pub(super) is_noted: bool,
    /// When it is to be looked at again.
    pub(super) wake: Option<Timestamp>,
    /// The place that the visitor was told.
    pub(super) told: Option<u32>,
    /// The place at the last look.
    pub(super) seen: Option<u32>,
}

/// Whom it goes to first, whatever it needs.
#[derive(Clone, Debug)]
pub(super) struct Preference {
    pub(super) agent: AgentId,
    pub(super) until: Timestamp,
    /// Why: [`Reason::LastAgent`] or [`Reason::TransferredTo`].
    pub(super) reason: Reason,
}

#[derive(Debug)]
pub(super) enum State {
    Waiting,
    Offered {
        agent: AgentId,
        until: Timestamp,
    },
    /// `since` is unknown where the hub was started in between.
    Held {
        agent: AgentId,
        since: Option<Timestamp>,
    },
}

impl Entry {
    pub(super) fn new(key: Key, needs: Needs, preference: Option<Preference>, state: State) -> Self {
        let demand = Demand::new(&needs);
        let (blocked, steps, is_noted) = (Vec::new(), 0, false);
        Self { key, needs, demand, steps, preference, blocked, state, is_noted, wake: None, told: None, seen: None }
    }

    pub(super) fn is_waiting(&self) -> bool {
        matches!(self.state, State::Waiting)
    }

    /// Who has it, or is asked to take it.
    pub(super) fn agent(&self) -> Option<&AgentId> {
        match &self.state {
            State::Waiting => None,
            State::Offered { agent, .. } | State::Held { agent, .. } => Some(agent),
        }
    }

    pub(super) fn is_blocked(&self, agent: &AgentId) -> bool {
        self.blocked.iter().any(|(blocked, _)| blocked == agent)
    }

    pub(super) fn block(&mut self, agent: &AgentId, until: Timestamp) {
        self.blocked.retain(|(blocked, _)| blocked != agent);
        self.blocked.push((agent.clone(), until));
    }
}
