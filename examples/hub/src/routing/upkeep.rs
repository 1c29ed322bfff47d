//! What the facts have in common: lists, loads and deadlines are changed here, and stay in step.

use core::mem;

use alongside::time::Timestamp;

use super::agent::{EXPIRIES, Presence, Seat};
use super::decision::{Decision, Reason};
use super::entry::{Entry, Preference, State};
use super::matching::Changed;
use super::name::AgentId;
use super::router::{BLOCK, Router, RouterOutput};
use super::task::{Demand, Key, Needs, Task};

impl Router {
    pub(super) fn decide(&mut self, task: Option<Task>, agent: Option<&AgentId>, reason: Reason) {
        let decision = Decision { task, agent: agent.cloned(), reason, at: self.now };
        self.outputs.push_back(RouterOutput::Decided(decision));
    }

    /// Changes an agent, and where he stands among the free.
    pub(super) fn change(&mut self, agent: &AgentId, change: impl FnOnce(&mut Seat)) {
        let Some(seat) = self.seats.get_mut(agent) else { return };
        if let Some(rank) = seat.rank() {
            for queue in &seat.agent.queues {
                self.lines.entry(queue.clone()).or_default().free.remove(&rank);
            }
        }
        change(seat);
        if let Some(rank) = seat.rank() {
            for queue in &seat.agent.queues {
                self.lines.entry(queue.clone()).or_default().free.insert(rank.clone());
            }
        }
    }

    /// A conversation that is not known yet. One that waits is told to [`Router::wait`] next.
    pub(super) fn add(&mut self, task: Task, needs: Needs, preference: Option<Preference>, state: State) {
        self.arrivals += 1;
        let key = Key::new(task, &needs, self.arrivals);
        self.entries.insert(task, Entry::new(key, needs, preference, state));
    }

    /// It is with nobody: it waits for an agent.
    pub(super) fn wait(&mut self, task: Task, changed: &mut Changed) {
        let now = self.now;
        let Some(entry) = self.entries.get_mut(&task) else { return };
        if let State::Held { .. } = mem::replace(&mut entry.state, State::Waiting) {
            entry.needs.since = now;
            entry.key = entry.key.again(&entry.needs);
            (entry.demand, entry.steps) = (Demand::new(&entry.needs), 0);
            (entry.told, entry.seen) = (None, None);
        }
        entry.is_noted = false;
        let queue = entry.needs.queue.clone();
        let is_new = self.lines.entry(queue.clone()).or_default().order.insert(entry.key);
        if is_new {
            self.mark_moved(&queue);
        }
        self.list(task);
        self.renew(task, changed, |_| {});
    }

    /// Nothing of it is left. It is with nobody.
    pub(super) fn forget(&mut self, task: Task) {
        self.unlist(task);
        let Some(entry) = self.entries.remove(&task) else { return };
        if let Some(at) = entry.wake {
            self.wakes.remove(&(at, task));
        }
        let queue = entry.needs.queue;
        if self.lines.entry(queue.clone()).or_default().order.remove(&entry.key) {
            self.mark_moved(&queue);
        }
    }

    /// Puts one that waits where agents find it.
    fn list(&mut self, task: Task) {
        let Some(entry) = self.entries.get(&task).filter(|entry| entry.is_waiting()) else { return };
        self.lines.entry(entry.needs.queue.clone()).or_default().insert(&entry.demand, entry.key);
        if let Some(preference) = &entry.preference {
            self.preferred.entry(preference.agent.clone()).or_default().insert(entry.key);
        }
    }

    /// Takes it from where agents find it.
    pub(super) fn unlist(&mut self, task: Task) {
        let Some(entry) = self.entries.get(&task) else { return };
        if let Some(line) = self.lines.get_mut(&entry.needs.queue) {
            line.remove(&entry.demand, entry.key);
        }
        if let Some(preference) = &entry.preference
            && let Some(keys) = self.preferred.get_mut(&preference.agent)
        {
            keys.remove(&entry.key);
            if keys.is_empty() {
                self.preferred.remove(&preference.agent);
            }
        }
    }

    pub(super) fn is_offered(&self, task: Task, to: &AgentId) -> bool {
        let state = self.entries.get(&task).map(|entry| &entry.state);
        matches!(state, Some(State::Offered { agent, .. }) if agent == to)
    }

    /// Its agent, if any, has room again. It is still as it was, and nobody is told.
    pub(super) fn release(&mut self, task: Task) -> Option<AgentId> {
        let now = self.now;
        let entry = self.entries.get(&task)?;
        let agent = entry.agent()?.clone();
        if let State::Held { since: Some(since), .. } = &entry.state {
            let queue = entry.needs.queue.clone();
            self.lines.entry(queue).or_default().observe(now.since(*since));
        }
        self.change(&agent, |seat| {
            seat.offers.remove(&task);
            if seat.held.remove(&task) {
                seat.idle = now;
            }
        });
        Some(agent)
    }

    /// As [`Router::release`]; the agent is told.
    pub(super) fn take_away(&mut self, task: Task, reason: Reason) -> Option<AgentId> {
        let agent = self.release(task)?;
        self.outputs.push_back(RouterOutput::Withdraw { task, agent: agent.clone() });
        self.decide(Some(task), Some(&agent), reason);
        Some(agent)
    }

    /// Withdraws so many of an agent's offers, the last in the order first.
    pub(super) fn withdraw(&mut self, agent: &AgentId, count: usize, changed: &mut Changed) {
        let Some(seat) = self.seats.get(agent) else { return };
        let mut keys: Vec<Key> =
            seat.offers.iter().filter_map(|task| self.entries.get(task)).map(|entry| entry.key).collect();
        keys.sort_unstable_by(|a, b| b.cmp(a));
        for key in keys.into_iter().take(count) {
            self.take_away(key.task, Reason::Withdrawn);
            self.wait(key.task, changed);
        }
    }

    pub(super) fn block(&mut self, task: Task, agent: &AgentId, until: Timestamp) {
        if let Some(entry) = self.entries.get_mut(&task) {
            entry.block(agent, until);
        }
    }

    /// A moment came that matters to this conversation.
    pub(super) fn wake(&mut self, task: Task, changed: &mut Changed) {
        let now = self.now;
        let Some(entry) = self.entries.get_mut(&task) else { return };
        entry.wake = None;
        match &entry.state {
            State::Offered { agent, until } if *until <= now => {
                let agent = agent.clone();
                self.expire(task, &agent, changed);
            }
            _ => self.renew(task, changed, |_| {}),
        }
    }

    fn expire(&mut self, task: Task, agent: &AgentId, changed: &mut Changed) {
        self.take_away(task, Reason::Expired);
        self.block(task, agent, self.now + BLOCK);
        self.wait(task, changed);
        changed.agents.insert(agent.clone());
        let mut expiries = 0;
        self.change(agent, |seat| {
            seat.expiries += 1;
            expiries = seat.expiries;
            if expiries >= EXPIRIES {
                seat.presence = Presence::NotResponding;
            }
        });
        if expiries == EXPIRIES {
            self.decide(None, Some(agent), Reason::NotResponding);
            let presence = Presence::NotResponding;
            self.outputs.push_back(RouterOutput::Presence { agent: agent.clone(), presence });
            self.withdraw(agent, usize::MAX, changed);
        }
    }

    /// Does what is due for a conversation that waits or is offered, after a change to what it demands.
    pub(super) fn renew(&mut self, task: Task, changed: &mut Changed, change: impl FnOnce(&mut Entry)) {
        let now = self.now;
        self.unlist(task);
        let Some(entry) = self.entries.get_mut(&task) else { return };
        change(entry);
        let mut decided = Vec::new();
        entry.blocked.retain(|(_, until)| *until > now);
        if let Some(preference) = entry.preference.take_if(|preference| preference.until <= now) {
            decided.push((Some(preference.agent), Reason::PreferenceDropped));
        }
        let steps = self.lines.get(&entry.needs.queue).map_or(&[][..], |line| &line.steps);
        while let Some(step) = steps.get(entry.steps).filter(|step| entry.needs.since + step.after <= now) {
            entry.demand.relax(&step.relaxation);
            entry.steps += 1;
            decided.push((None, Reason::Relaxed(step.relaxation.clone())));
        }
        if entry.is_waiting() {
            changed.tasks.insert(entry.key);
        }
        for (agent, reason) in decided {
            self.decide(Some(task), agent.as_ref(), reason);
        }
        self.list(task);
        self.schedule(task);
    }

    /// Sets when this conversation is to be looked at next.
    pub(super) fn schedule(&mut self, task: Task) {
        let Some(entry) = self.entries.get_mut(&task) else { return };
        if let Some(at) = entry.wake.take() {
            self.wakes.remove(&(at, task));
        }
        let until = match &entry.state {
            State::Held { .. } => return,
            State::Offered { until, .. } => Some(*until),
            State::Waiting => None,
        };
        let steps = self.lines.get(&entry.needs.queue).map_or(&[][..], |line| &line.steps);
        let step = steps.get(entry.steps).map(|step| entry.needs.since + step.after);
        let preference = entry.preference.as_ref().map(|preference| preference.until);
        let blocks = entry.blocked.iter().map(|(_, until)| *until);
        let next: Option<Timestamp> = blocks.chain(until).chain(step).chain(preference).min();
        if let Some(at) = next {
            entry.wake = Some(at);
            self.wakes.insert((at, task));
        }
    }
}
