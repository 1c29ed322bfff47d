//! Who waits in one queue, and who is free for it.

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use alongside::time::Timestamp;

use super::agent::Rank;
use super::queue::Step;
use super::task::{Demand, Key};

/// Handling times that are remembered.
const HANDLED: usize = 50;

/// Fewer say nothing.
const ENOUGH: usize = 5;

/// Those that demand the same are kept together, so that an agent is held against each demand once and not against each
/// conversation.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// By time.
    pub(super) steps: Vec<Step>,
    /// Free agents who serve it.
    pub(super) free: BTreeSet<Rank>,
    /// All that wait, by what they demand.
    pub(super) waiting: BTreeMap<Demand, BTreeSet<Key>>,
    /// All that wait or are offered.
    pub(super) order: BTreeSet<Key>,
    /// When places are looked at next.
    pub(super) look: Option<Timestamp>,
    handled: VecDeque<Duration>,
}

impl Line {
    pub(super) fn insert(&mut self, demand: &Demand, key: Key) {
        match self.waiting.get_mut(demand) {
            Some(keys) => {
                keys.insert(key);
            }
            None => {
                self.waiting.insert(demand.clone(), BTreeSet::from([key]));
            }
        }
    }

    pub(super) fn remove(&mut self, demand: &Demand, key: Key) {
        if let Some(keys) = self.waiting.get_mut(demand) {
            keys.remove(&key);
            if keys.is_empty() {
                self.waiting.remove(demand);
            }
        }
    }

    /// A conversation took so long.
    pub(super) fn observe(&mut self, handling: Duration) {
        self.handled.push_back(handling);
        if self.handled.len() > HANDLED {
            self.handled.pop_front();
        }
    }

    /// Between which times half of the conversations took.
    pub(super) fn handling(&self) -> Option<(Duration, Duration)> {
        let mut sorted: Vec<Duration> = self.handled.iter().copied().collect();
        sorted.sort_unstable();
        let quarter = sorted.len() / 4;
        let (short, long) = (sorted.get(quarter)?, sorted.get(sorted.len() - 1 - quarter)?);
        (sorted.len() >= ENOUGH).then_some((*short, *long))
    }
}
