//! Who is offered what.

use std::collections::BTreeSet;

use super::agent::Seat;
use super::decision::Reason;
use super::entry::{Entry, State};
use super::name::AgentId;
use super::router::{Router, RouterOutput};
use super::task::{Key, Task};

/// What changed: conversations that may find an agent now, and agents who may find a conversation.
#[derive(Debug, Default)]
pub(super) struct Changed {
    pub(super) tasks: BTreeSet<Key>,
    pub(super) agents: BTreeSet<AgentId>,
}

impl Router {
    /// Offers what can be offered, the first in the order first.
    ///
    /// Only what changed is looked at: all else had been looked at before, and found nobody.
    pub(super) fn settle(&mut self, mut changed: Changed) {
        loop {
            let mut first: Option<Key> = None;
            changed.agents.retain(|agent| {
                let key = self.first_for(agent);
                first = first.into_iter().chain(key).min();
                key.is_some()
            });
            let Some(key) = first.into_iter().chain(changed.tasks.first().copied()).min() else { break };
            let is_changed = changed.tasks.remove(&key);
            // What an agent could take is placed, or this would not end.
            if !self.place(key.task) && !is_changed {
                break;
            }
        }
    }

    fn place(&mut self, task: Task) -> bool {
        let Some(entry) = self.entries.get(&task).filter(|entry| entry.is_waiting()) else { return false };
        let choice = self.choice(entry);
        let is_placed = choice.is_some();
        if let Some((agent, reason)) = choice {
            self.offer(task, agent, reason);
        } else if let Some(entry) = self.entries.get_mut(&task)
            && !core::mem::replace(&mut entry.is_noted, true)
        {
            self.decide(Some(task), None, Reason::NobodyFree);
        }
        is_placed
    }

    /// The agent for it, of those who are free.
    fn choice(&self, entry: &Entry) -> Option<(AgentId, Reason)> {
        let is_free = |agent: &AgentId| self.seats.get(agent).is_some_and(Seat::is_free) && !entry.is_blocked(agent);
        if let Some(preference) = entry.preference.as_ref().filter(|preference| is_free(&preference.agent)) {
            return Some((preference.agent.clone(), preference.reason.clone()));
        }
        let meets = |agent: &AgentId| self.seats.get(agent).is_some_and(|seat| seat.meets(&entry.demand));
        let free = &self.lines.get(&entry.needs.queue)?.free;
        let rank = free.iter().find(|rank| !entry.is_blocked(&rank.agent) && meets(&rank.agent))?;
        Some((rank.agent.clone(), Reason::LeastLoaded))
    }

    /// The first in the order that this agent could take.
    fn first_for(&self, agent: &AgentId) -> Option<Key> {
        let seat = self.seats.get(agent).filter(|seat| seat.is_free())?;
        let open = |keys: &BTreeSet<Key>| {
            let is_open = |key: &&Key| self.entries.get(&key.task).is_some_and(|entry| !entry.is_blocked(agent));
            keys.iter().find(is_open).copied()
        };
        let preferred = self.preferred.get(agent).and_then(open);
        let lines = seat.agent.queues.iter().filter_map(|queue| self.lines.get(queue));
        let demands = lines.flat_map(|line| &line.waiting).filter(|(demand, _)| seat.meets(demand));
        demands.filter_map(|(_, keys)| open(keys)).chain(preferred).min()
    }

    fn offer(&mut self, task: Task, agent: AgentId, reason: Reason) {
        let until = self.now + self.offer;
        self.unlist(task);
        let Some(entry) = self.entries.get_mut(&task) else { return };
        entry.state = State::Offered { agent: agent.clone(), until };
        self.change(&agent, |seat| {
            seat.offers.insert(task);
        });
        self.schedule(task);
        self.decide(Some(task), Some(&agent), reason);
        self.outputs.push_back(RouterOutput::Offer { task, agent, until });
    }
}
