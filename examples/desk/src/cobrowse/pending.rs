//! Acts that wait for the visitor's page, and what is said of those that it refused.

use std::time::Duration;

use alongside::protocol::cobrowse::{Done, Outcome};
use alongside::time::Instant;

/// An act without an answer is lost after so long: the page that was to answer is gone.
const LOST: Duration = Duration::from_secs(10);

/// Most acts that are remembered; older ones need no mark any more.
const LIMIT: usize = 128;

/// Where an act was done, in CSS pixels of the visitor's viewport.
pub type Place = (f64, f64);

/// The acts of this agent that are not settled.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pending {
    acts: Vec<Waiting>,
}

/// One act.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiting {
    /// Counted by this desk.
    pub number: u32,
    /// The node that was acted on.
    pub node: u32,
    /// Where; absent for what has no place.
    pub place: Option<Place>,
    /// Whether the visitor is to accept it.
    pub is_proposed: bool,
    at: Instant,
}

/// What an answer means for people.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Verdict {
    /// What became of it.
    pub outcome: Outcome,
    /// Where it was done.
    pub place: Option<Place>,
}

impl Pending {
    /// An act was sent.
    pub fn sent(&mut self, number: u32, node: u32, place: Option<Place>, now: Instant) {
        if self.acts.len() >= LIMIT {
            self.acts.remove(0);
        }
        self.acts.push(Waiting { number, node, place, is_proposed: false, at: now });
    }

    /// Whether something waits for the visitor to accept it.
    pub fn has_proposals(&self) -> bool {
        self.acts.iter().any(|act| act.is_proposed)
    }

    /// An answer came; what is to be said of it. What was done needs no words, the page shows it.
    pub fn handle(&mut self, done: &Done) -> Option<Verdict> {
        let at = self.acts.iter().position(|act| act.number == done.number);
        let place = at.and_then(|at| self.acts[at].place);
        match (done.outcome, at) {
            (Outcome::Proposed, Some(at)) => self.acts[at].is_proposed = true,
            (_, Some(at)) => drop(self.acts.remove(at)),
            (_, None) => {}
        }
        (done.outcome != Outcome::Done).then_some(Verdict { outcome: done.outcome, place })
    }

    /// Time passed; whether acts were given up.
    pub fn handle_timeout(&mut self, now: Instant) -> bool {
        let before = self.acts.len();
        self.acts.retain(|act| act.is_proposed || act.at + LOST > now);
        self.acts.len() < before
    }

    /// Another page is shown: nobody answers any more.
    pub fn clear(&mut self) {
        self.acts.clear();
    }

    /// Those that wait, in order.
    pub fn acts(&self) -> &[Waiting] {
        &self.acts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Instant {
        Instant::at(Duration::from_secs(seconds))
    }

    fn done(number: u32, outcome: Outcome) -> Done {
        Done { agent: 1, number, outcome }
    }

    #[test]
    fn a_refusal_is_said_where_the_act_was_and_success_is_silent() {
        let mut pending = Pending::default();
        pending.sent(1, 5, Some((3.0, 4.0)), at(0));
        pending.sent(2, 5, None, at(0));
        let verdict = pending.handle(&done(1, Outcome::Covered));
        assert_eq!(verdict, Some(Verdict { outcome: Outcome::Covered, place: Some((3.0, 4.0)) }));
        assert_eq!(pending.handle(&done(2, Outcome::Done)), None);
        assert_eq!(pending.acts(), []);
    }

    #[test]
    fn a_proposal_waits_for_its_second_answer() {
        let mut pending = Pending::default();
        pending.sent(1, 5, None, at(0));
        pending.handle(&done(1, Outcome::Proposed));
        assert!(!pending.handle_timeout(at(3_600)) && pending.has_proposals());
        assert_eq!(pending.handle(&done(1, Outcome::Rejected)).map(|said| said.outcome), Some(Outcome::Rejected));
        assert!(!pending.has_proposals());
        assert!(pending.handle(&done(1, Outcome::Undone)).is_some(), "what the visitor takes back later is said too");
    }

    #[test]
    fn nothing_waits_without_end() {
        let mut pending = Pending::default();
        for number in 0..1_000 {
            pending.sent(number, 5, None, at(0));
        }
        assert_eq!(pending.acts().len(), LIMIT);
        assert!(!pending.handle_timeout(at(9)) && pending.handle_timeout(at(10)));
        assert_eq!(pending.acts(), []);
    }
}
