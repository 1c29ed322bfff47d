//! Where conversations wait.

use core::time::Duration;

use super::name::{QueueId, Skill};

/// A queue, and what it gives up when nobody comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queue {
    /// Which one.
    pub id: QueueId,
    /// How people call it.
    pub name: String,
    /// What is no longer needed after some time, in any order. Each counts for itself.
    pub steps: Vec<Step>,
}

/// One relaxation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// How long a conversation must have waited.
    pub after: Duration,
    /// What is no longer needed then.
    pub relaxation: Relaxation,
}

/// What is no longer needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Relaxation {
    /// More of this skill than this level.
    Level(Skill, u8),
    /// This skill.
    Skill(Skill),
    /// Any skill.
    Skills,
    /// The language.
    Language,
}
