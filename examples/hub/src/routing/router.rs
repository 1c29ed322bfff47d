//! The machine: facts in, wishes out.

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use alongside::time::Timestamp;

use super::agent::{Agent, Presence, Seat};
use super::decision::{Decision, Reason};
use super::entry::{Entry, Preference, State};
use super::line::Line;
use super::matching::Changed;
use super::name::{AgentId, QueueId};
use super::queue::Queue;
use super::task::{Demand, Key, Needs, Task};

/// For so long an offer waits for an agent, unless told otherwise.
pub const OFFER: Duration = Duration::from_secs(20);

/// For so long a conversation goes first to the agent who had it before, or whom it was transferred to. Where he is not free, it
/// goes to others at once.
pub const PREFERENCE: Duration = Duration::from_secs(60);

/// For so long an agent is not offered again what he declined, let run out or transferred.
pub const BLOCK: Duration = Duration::from_secs(60);

/// An agent without a desk for so long is gone, unless told otherwise: what his visitors write goes to others. A desk that is loaded
/// again, or a computer that slept for a moment, is back before that.
pub const ABSENCE: Duration = Duration::from_secs(60);

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RouterOutput {
    /// Offer it to this agent, who answers by [`Router::handle_accept`] or [`Router::handle_decline`].
    Offer {
        /// Which conversation.
        task: Task,
        /// To whom.
        agent: AgentId,
        /// When it runs out.
        until: Timestamp,
    },
    /// Take it from this agent: an offer that he has not answered, or a conversation that is no longer his.
    Withdraw {
        /// Which conversation.
        task: Task,
        /// From whom.
        agent: AgentId,
    },
    /// It is this agent's from now on.
    Assigned {
        /// Which conversation.
        task: Task,
        /// Whose.
        agent: AgentId,
    },
    /// The router changed an agent's presence.
    Presence {
        /// Whose.
        agent: AgentId,
        /// To what.
        presence: Presence,
    },
    /// The visitor's place changed.
    Position {
        /// Which conversation.
        task: Task,
        /// How many go before it in its queue, and 1.
        place: u32,
        /// Between which times it is likely to wait yet, by how long the last conversations of the queue took; `None` while too
        /// few ended, or nobody serves the queue.
        wait: Option<(Duration, Duration)>,
    },
    /// Keep this for the record.
    Decided(Decision),
}

/// Where a conversation is transferred to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// To an agent, whatever he is good at. Where he is not free, or does not take it, its queue has it.
    Agent(AgentId),
    /// To a queue, with new needs.
    Queue(Needs),
}

/// Routes conversations to agents.
///
/// Early timeouts, duplicates, late answers and facts about what is not known are no-ops. A clock that runs backwards stands
/// still; one that jumps ahead lets offers run out.
#[derive(Debug)]
pub struct Router {
    pub(super) now: Timestamp,
    /// For so long an offer waits.
    pub(super) offer: Duration,
    pub(super) lines: BTreeMap<QueueId, Line>,
    pub(super) seats: BTreeMap<AgentId, Seat>,
    pub(super) entries: HashMap<Task, Entry>,
    /// What waits and goes to this agent first, whether or not he is known.
    pub(super) preferred: BTreeMap<AgentId, BTreeSet<Key>>,
    pub(super) wakes: BTreeSet<(Timestamp, Task)>,
    pub(super) looks: BTreeSet<(Timestamp, QueueId)>,
    pub(super) arrivals: u64,
    pub(super) outputs: VecDeque<RouterOutput>,
}

impl Default for Router {
    fn default() -> Self {
        Self {
            now: Timestamp::default(),
            offer: OFFER,
            lines: BTreeMap::new(),
            seats: BTreeMap::new(),
            entries: HashMap::new(),
            preferred: BTreeMap::new(),
            wakes: BTreeSet::new(),
            looks: BTreeSet::new(),
            arrivals: 0,
            outputs: VecDeque::new(),
        }
    }
}

impl Router {
    /// A router that knows nobody.
    pub fn new() -> Self {
        Self::default()
    }

    /// What is offered from now on waits for so long; [`OFFER`] where nobody says.
    pub fn handle_offer_time(&mut self, offer: Duration) {
        self.offer = offer;
    }

    /// A queue is added or changed. One that nobody told of has no relaxation.
    pub fn handle_queue(&mut self, queue: Queue, now: Timestamp) {
        self.handle_timeout(now);
        let line = self.lines.entry(queue.id).or_default();
        line.steps = queue.steps;
        line.steps.sort_by_key(|step| step.after);
        let keys: Vec<Key> = line.order.iter().copied().collect();
        let mut changed = Changed::default();
        for key in keys {
            self.renew(key.task, &mut changed, |entry| {
                entry.demand = Demand::new(&entry.needs);
                entry.steps = 0;
            });
        }
        self.settle(changed);
    }

    /// An agent is added, who is away, or what is known of him changed. What exceeds a lower capacity is withdrawn as far as it is
    /// only offered.
    pub fn handle_agent(&mut self, agent: Agent, now: Timestamp) {
        self.handle_timeout(now);
        let id = agent.id.clone();
        if self.seats.contains_key(&id) {
            self.change(&id, |seat| seat.agent = agent);
        } else {
            self.seats.insert(id.clone(), Seat::new(agent, self.now));
        }
        let mut changed = Changed::default();
        let excess = self.seats.get(&id).map_or(0, Seat::excess);
        self.withdraw(&id, excess, &mut changed);
        changed.agents.insert(id);
        self.settle(changed);
    }

    /// There is no such agent any more. What he has waits again.
    pub fn handle_agent_gone(&mut self, agent: &AgentId, now: Timestamp) {
        self.handle_timeout(now);
        let Some(seat) = self.seats.get(agent) else { return };
        let tasks: Vec<Task> = seat.offers.union(&seat.held).copied().collect();
        self.change(agent, |seat| seat.presence = Presence::Away);
        let mut changed = Changed::default();
        for task in tasks {
            self.take_away(task, Reason::Withdrawn);
            self.wait(task, &mut changed);
        }
        self.seats.remove(agent);
        self.settle(changed);
    }

    /// An agent says whether he takes conversations. He keeps those that he has; offers to one who does not are withdrawn.
    pub fn handle_presence(&mut self, agent: &AgentId, presence: Presence, now: Timestamp) {
        self.handle_timeout(now);
        let Some(seat) = self.seats.get(agent) else { return };
        let (now, is_new) = (self.now, seat.presence != presence);
        self.change(agent, |seat| {
            seat.expiries = 0;
            if is_new {
                seat.presence = presence;
                seat.idle = now;
            }
        });
        let mut changed = Changed::default();
        if presence != Presence::Available {
            self.withdraw(agent, usize::MAX, &mut changed);
        }
        changed.agents.insert(agent.clone());
        self.settle(changed);
    }

    /// A conversation needs an agent; `last_agent` is who had it before. One that is known already stays as it is.
    pub fn handle_task(&mut self, task: Task, needs: Needs, last_agent: Option<AgentId>, now: Timestamp) {
        self.handle_timeout(now);
        if self.entries.contains_key(&task) {
            return;
        }
        let until = self.now + PREFERENCE;
        let preference = last_agent.map(|agent| Preference { agent, until, reason: Reason::LastAgent });
        let mut changed = Changed::default();
        self.add(task, needs, preference, State::Waiting);
        self.wait(task, &mut changed);
        self.settle(changed);
    }

    /// An agent has had this conversation since before the hub started; agents are told of first. Where he is not known, it
    /// waits.
    pub fn handle_assigned(&mut self, task: Task, needs: Needs, agent: &AgentId, now: Timestamp) {
        self.assign(task, needs, agent, (None, Reason::Restored), now);
    }

    /// An agent took this conversation by himself, whoever it was offered to. Where he is not known, it waits.
    pub fn handle_taken(&mut self, task: Task, needs: Needs, agent: &AgentId, now: Timestamp) {
        self.assign(task, needs, agent, (Some(self.now.max(now)), Reason::Taken), now);
    }

    fn assign(
        &mut self,
        task: Task,
        needs: Needs,
        agent: &AgentId,
        (since, reason): (Option<Timestamp>, Reason),
        now: Timestamp,
    ) {
        if !self.seats.contains_key(agent) {
            return self.handle_task(task, needs, None, now);
        }
        self.handle_timeout(now);
        if self.agent_of(task) == Some(agent) {
            return;
        }
        let mut changed = Changed::default();
        if self.entries.contains_key(&task) {
            changed.agents.extend(self.take_away(task, Reason::Withdrawn));
            self.forget(task);
        }
        self.add(task, needs, None, State::Held { agent: agent.clone(), since });
        self.change(agent, |seat| {
            seat.held.insert(task);
        });
        self.decide(Some(task), Some(agent), reason);
        self.outputs.push_back(RouterOutput::Assigned { task, agent: agent.clone() });
        let excess = self.seats.get(agent).map_or(0, Seat::excess);
        self.withdraw(agent, excess, &mut changed);
        self.settle(changed);
    }

    /// The agent takes what he is offered. Nothing is answered where the offer has run out; it was withdrawn.
    pub fn handle_accept(&mut self, task: Task, agent: &AgentId, now: Timestamp) {
        self.handle_timeout(now);
        if !self.is_offered(task, agent) {
            return;
        }
        let now = self.now;
        if let Some(entry) = self.entries.get_mut(&task) {
            entry.state = State::Held { agent: agent.clone(), since: Some(now) };
            entry.preference = None;
            let (queue, key) = (entry.needs.queue.clone(), entry.key);
            self.lines.entry(queue.clone()).or_default().order.remove(&key);
            self.mark_moved(&queue);
        }
        self.schedule(task);
        self.change(agent, |seat| {
            seat.offers.remove(&task);
            seat.held.insert(task);
            seat.expiries = 0;
            seat.idle = now;
        });
        self.decide(Some(task), Some(agent), Reason::Accepted);
        self.outputs.push_back(RouterOutput::Assigned { task, agent: agent.clone() });
    }

    /// The agent does not want what he is offered.
    pub fn handle_decline(&mut self, task: Task, agent: &AgentId, now: Timestamp) {
        self.handle_timeout(now);
        if !self.is_offered(task, agent) {
            return;
        }
        self.change(agent, |seat| {
            seat.offers.remove(&task);
            seat.expiries = 0;
        });
        self.decide(Some(task), Some(agent), Reason::Declined);
        self.block(task, agent, self.now + BLOCK);
        let mut changed = Changed::default();
        self.wait(task, &mut changed);
        changed.agents.insert(agent.clone());
        self.settle(changed);
    }

    /// A conversation is over, or its visitor left.
    pub fn handle_done(&mut self, task: Task, now: Timestamp) {
        self.handle_timeout(now);
        let Some(entry) = self.entries.get(&task) else { return };
        let is_held = matches!(entry.state, State::Held { .. });
        let agent = if is_held { self.release(task) } else { self.take_away(task, Reason::Withdrawn) };
        self.decide(Some(task), agent.as_ref(), Reason::Done);
        self.forget(task);
        self.settle(Changed { agents: agent.into_iter().collect(), ..Changed::default() });
    }

    /// A conversation is passed on: from the agent who has it, or from the queue that it waits in. To go to an agent is a wish, which
    /// also lifts what he declined; and one that was with an agent begins to wait now.
    pub fn handle_transfer(&mut self, task: Task, target: Target, now: Timestamp) {
        self.handle_timeout(now);
        let Some(entry) = self.entries.get(&task) else { return };
        let mut needs = entry.needs.clone();
        if matches!(entry.state, State::Held { .. }) {
            needs.since = self.now;
        }
        let mut blocked = entry.blocked.clone();
        let from = self.take_away(task, Reason::Transferred);
        blocked.extend(from.iter().map(|from| (from.clone(), self.now + BLOCK)));
        let mut preference = None;
        match target {
            Target::Agent(agent) => {
                // Somebody asks for him, whatever he said before.
                blocked.retain(|(blocked, _)| *blocked != agent);
                let until = self.now + PREFERENCE;
                preference = Some(Preference { agent, until, reason: Reason::TransferredTo });
            }
            Target::Queue(new) => needs = new,
        }
        self.wait_anew(task, needs, preference, blocked, from);
    }

    /// The agent who has a conversation is gone: it waits again, and goes to him first where he is back soon.
    pub fn handle_absent(&mut self, task: Task, needs: Needs, now: Timestamp) {
        self.handle_timeout(now);
        if self.agent_of(task).is_none() {
            return;
        }
        let blocked = self.entries.get(&task).map(|entry| entry.blocked.clone()).unwrap_or_default();
        let from = self.take_away(task, Reason::Absent);
        let until = self.now + PREFERENCE;
        let preference = from.clone().map(|agent| Preference { agent, until, reason: Reason::LastAgent });
        self.wait_anew(task, needs, preference, blocked, from);
    }

    /// It was taken from an agent, or from the queue that it waited in; who is blocked stays so.
    fn wait_anew(
        &mut self,
        task: Task,
        needs: Needs,
        preference: Option<Preference>,
        blocked: Vec<(AgentId, Timestamp)>,
        from: Option<AgentId>,
    ) {
        self.forget(task);
        self.add(task, needs, preference, State::Waiting);
        for (agent, until) in blocked {
            self.block(task, &agent, until);
        }
        let mut changed = Changed { agents: from.into_iter().collect(), ..Changed::default() };
        self.wait(task, &mut changed);
        self.settle(changed);
    }

    /// Time passed; early calls do nothing.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        self.now = self.now.max(now);
        let mut changed = Changed::default();
        while self.wakes.first().is_some_and(|(at, _)| *at <= self.now) {
            if let Some((_, task)) = self.wakes.pop_first() {
                self.wake(task, &mut changed);
            }
        }
        self.settle(changed);
        self.look_at_places();
    }

    /// When to call [`Router::handle_timeout`] next.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        let wake = self.wakes.first().map(|(at, _)| *at);
        let look = self.looks.first().map(|(at, _)| *at);
        wake.into_iter().chain(look).min()
    }

    /// The next thing to do; call until `None`.
    pub fn poll_output(&mut self) -> Option<RouterOutput> {
        self.outputs.pop_front()
    }

    /// How an agent is; `None` where he is not known.
    pub fn presence(&self, agent: &AgentId) -> Option<Presence> {
        self.seats.get(agent).map(|seat| seat.presence)
    }

    /// How many conversations an agent has, offered ones included.
    pub fn load(&self, agent: &AgentId) -> usize {
        self.seats.get(agent).map_or(0, Seat::load)
    }

    /// What an agent is offered, and until when.
    pub fn offers(&self, agent: &AgentId) -> Vec<(Task, Timestamp)> {
        let offers = self.seats.get(agent).into_iter().flat_map(|seat| &seat.offers);
        let until = |task: &Task| match self.entries.get(task)?.state {
            State::Offered { until, .. } => Some((*task, until)),
            _ => None,
        };
        offers.filter_map(until).collect()
    }

    /// What an agent has, without what he is offered.
    pub fn held(&self, agent: &AgentId) -> impl Iterator<Item = Task> {
        self.seats.get(agent).into_iter().flat_map(|seat| &seat.held).copied()
    }

    /// How many conversations of a queue wait, offered ones included.
    pub fn waiting(&self, queue: &QueueId) -> usize {
        self.lines.get(queue).map_or(0, |line| line.order.len())
    }

    /// Whose conversation it is; `None` while it waits.
    pub fn agent_of(&self, task: Task) -> Option<&AgentId> {
        match &self.entries.get(&task)?.state {
            State::Held { agent, .. } => Some(agent),
            State::Waiting | State::Offered { .. } => None,
        }
    }
}
