//! What waits for an agent.

use core::time::Duration;
use std::collections::BTreeMap;

use alongside::time::Timestamp;

use super::name::{Language, QueueId, Skill};
use super::queue::Relaxation;

/// Waiting for so long counts as much as one more priority.
pub const RISE: Duration = Duration::from_secs(60);

/// A conversation that needs an agent, by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Task([u8; 16]);

impl Task {
    /// The one with this id.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes of the id.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// What a conversation needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needs {
    /// The queue that it waits in: only agents who serve it are chosen.
    pub queue: QueueId,
    /// The skills that an agent must have, with their least levels.
    pub skills: BTreeMap<Skill, u8>,
    /// The language that he must write.
    pub language: Option<Language>,
    /// Higher ones go first. It rises by 1 for each [`RISE`] waited, evenly, so that the order of two conversations never changes.
    pub priority: i32,
    /// Since when the visitor has been waiting; it may lie before a restart of the hub.
    pub since: Timestamp,
}

/// What is left of the needs after the relaxations so far.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Demand {
    pub(super) skills: BTreeMap<Skill, u8>,
    pub(super) language: Option<Language>,
}

impl Demand {
    pub(super) fn new(needs: &Needs) -> Self {
        Self { skills: needs.skills.clone(), language: needs.language.clone() }
    }

    pub(super) fn relax(&mut self, relaxation: &Relaxation) {
        match relaxation {
            Relaxation::Level(skill, least) => {
                if let Some(level) = self.skills.get_mut(skill) {
                    *level = (*level).min(*least);
                }
            }
            Relaxation::Skill(skill) => {
                self.skills.remove(skill);
            }
            Relaxation::Skills => self.skills.clear(),
            Relaxation::Language => self.language = None,
        }
    }
}

/// A place in the order: higher priority first, then who has waited longer, then who came first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    /// Since when it would have to wait with priority 0 to be as far.
    begin: i128,
    arrival: u64,
    pub(super) task: Task,
}

impl Key {
    pub(super) fn new(task: Task, needs: &Needs, arrival: u64) -> Self {
        let rise = i128::from(needs.priority) * RISE.as_millis() as i128;
        Self { begin: i128::from(needs.since.as_millis()) - rise, arrival, task }
    }

    /// Its place when it has to wait again.
    pub(super) fn again(self, needs: &Needs) -> Self {
        Self::new(self.task, needs, self.arrival)
    }
}
