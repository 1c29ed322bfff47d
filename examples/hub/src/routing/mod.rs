//! Which agent gets which waiting conversation.
//!
//! [`Router`] is a plain machine: it has no clock, no store and no connections. It is told what happens and says what to do. Each
//! tenant has one; whoever drives it calls [`Router::handle_timeout`] when [`Router::poll_timeout`] says.
//!
//! Invariants: a conversation is never with two agents; nobody is given more than his capacity; after every fact, no conversation
//! waits that a free agent could take; equal conversations are served in their order; one that an agent has declined, or let run
//! out, is not offered to him again within [`BLOCK`].

mod agent;
mod decision;
mod entry;
mod line;
mod matching;
mod name;
mod places;
#[cfg(test)]
mod properties;
mod queue;
mod router;
mod rules;
mod task;
#[cfg(test)]
mod tests;
mod upkeep;

pub use agent::{Agent, CAPACITY, EXPIRIES, Presence};
pub use decision::{Decision, Reason};
pub use name::{AgentId, Language, QueueId, Skill};
pub use places::LOOK;
pub use queue::{Queue, Relaxation, Step};
pub use router::{ABSENCE, BLOCK, OFFER, PREFERENCE, Router, RouterOutput, Target};
pub use rules::{BadRules, Rules};
pub use task::{Needs, RISE, Task};
