//! Who takes conversations.

use std::collections::{BTreeMap, BTreeSet};

use alongside::time::Timestamp;

use super::name::{AgentId, Language, QueueId, Skill};
use super::task::{Demand, Task};

/// The conversations that an agent has at the same time, unless told otherwise.
pub const CAPACITY: u32 = 4;

/// So many offers in a row that an agent lets run out make him [`Presence::NotResponding`].
pub const EXPIRIES: u32 = 2;

/// What is known of an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    /// Who it is.
    pub id: AgentId,
    /// How people call him.
    pub name: String,
    /// What he is good at, and how much. More is better; 0 is the same as not at all.
    pub skills: BTreeMap<Skill, u8>,
    /// The languages that he writes.
    pub languages: BTreeSet<Language>,
    /// How many conversations he has at the same time, offered ones included. Usually [`CAPACITY`].
    pub capacity: u32,
    /// The queues that he serves.
    pub queues: BTreeSet<QueueId>,
}

/// Whether an agent takes conversations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Presence {
    /// He is not there, or does not want any.
    Away,
    /// He takes them.
    Available,
    /// He said that he takes them, and let [`EXPIRIES`] offers run out.
    NotResponding,
}

/// An agent at work.
#[derive(Debug)]
pub(super) struct Seat {
    pub(super) agent: Agent,
    pub(super) presence: Presence,
    pub(super) offers: BTreeSet<Task>,
    pub(super) held: BTreeSet<Task>,
    /// Offers that ran out in a row.
    pub(super) expiries: u32,
    /// Since when nothing began or ended for him.
    pub(super) idle: Timestamp,
}

/// The order in which free agents are chosen: the least loaded one, then the one who is idle for the longest time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    /// Ten-thousandths of the capacity: who has room for eight is not busier with two than who has room for four with one.
    load: u64,
    idle: Timestamp,
    pub(super) agent: AgentId,
}

impl Seat {
    pub(super) fn new(agent: Agent, now: Timestamp) -> Self {
        let (offers, held) = (BTreeSet::new(), BTreeSet::new());
        Self { agent, presence: Presence::Away, offers, held, expiries: 0, idle: now }
    }

    pub(super) fn load(&self) -> usize {
        self.offers.len() + self.held.len()
    }

    /// How many more than his capacity he has.
    pub(super) fn excess(&self) -> usize {
        self.load().saturating_sub(self.agent.capacity as usize)
    }

    pub(super) fn is_free(&self) -> bool {
        self.presence == Presence::Available && self.load() < self.agent.capacity as usize
    }

    /// Where he stands among the free; `None` where he is not free.
    pub(super) fn rank(&self) -> Option<Rank> {
        let load = self.load() as u64 * 10_000 / u64::from(self.agent.capacity.max(1));
        self.is_free().then(|| Rank { load, idle: self.idle, agent: self.agent.id.clone() })
    }

    /// Whether he can do what is demanded; his queues are another matter.
    pub(super) fn meets(&self, demand: &Demand) -> bool {
        #[cfg(test)]
        super::tests::MEETINGS.with(|count| count.set(count.get() + 1));
        let is_skilled = |(skill, least): (&Skill, &u8)| self.agent.skills.get(skill).unwrap_or(&0) >= least;
        demand.skills.iter().all(is_skilled)
            && demand.language.as_ref().is_none_or(|language| self.agent.languages.contains(language))
    }
}
