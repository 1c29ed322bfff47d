//! The visits as the desk shows them.
//!
//! Invariant: a visit that did not change is the same [`Arc`] as before, so that what is drawn can be compared by identity, and
//! ten thousand visits of which ten changed cost ten copies.

use std::collections::HashMap;
use std::mem;
use std::sync::Arc;

use alongside::journey::Status;
use alongside::protocol::{LiveVisit, VisitId, VisitorId};
use alongside::time::Timestamp;

use crate::table;

/// What the hub told of the visits, as of one moment.
#[derive(Debug, Default)]
pub struct Board {
    is_known: bool,
    /// In the order that they came in.
    visits: Vec<Arc<LiveVisit>>,
    /// The same by id.
    index: HashMap<VisitId, Arc<LiveVisit>>,
}

impl Board {
    /// Takes over what the hub tells now; no visit comes twice. Whether anything is different.
    ///
    /// Quickest where the order is that of the last time.
    pub fn renew<'a>(&mut self, visits: impl IntoIterator<Item = &'a LiveVisit>) -> bool {
        let was_known = mem::replace(&mut self.is_known, true);
        let before = mem::take(&mut self.visits);
        self.visits.reserve(before.len());
        let (mut rest, mut passed) = (&before[..], Vec::new());
        for visit in visits {
            // Walking along finds what stayed without hashing ten thousand ids; the index finds what comes after a gap.
            let ahead = match rest.first() {
                Some(old) if old.visit == visit.visit => Some(0),
                _ if !self.index.contains_key(&visit.visit) => None,
                _ => rest.iter().position(|old| old.visit == visit.visit),
            };
            let old = match ahead {
                Some(ahead) => {
                    passed.extend(&rest[..ahead]);
                    let old = &rest[ahead];
                    rest = &rest[ahead + 1..];
                    Some(old)
                }
                None => self.index.get(&visit.visit),
            };
            self.visits.push(match old {
                Some(old) if **old == *visit => Arc::clone(old),
                _ => {
                    let new = Arc::new(visit.clone());
                    self.index.insert(visit.visit, Arc::clone(&new));
                    new
                }
            });
        }
        for gone in passed.into_iter().chain(rest) {
            self.index.remove(&gone.visit);
        }
        if self.index.len() < self.visits.len() {
            // Some were passed because they moved, and are still there.
            self.index = self.visits.iter().map(|visit| (visit.visit, Arc::clone(visit))).collect();
        }
        !was_known || !table::are_same(&before, &self.visits)
    }

    /// Whether the hub told anything yet: no visits mean "nobody" only then.
    pub const fn is_known(&self) -> bool {
        self.is_known
    }

    /// All visits.
    pub fn visits(&self) -> &[Arc<LiveVisit>] {
        &self.visits
    }

    /// Where a visitor is now: of several visits the one that was active last.
    pub fn of_visitor(&self, visitor: VisitorId) -> Option<&Arc<LiveVisit>> {
        self.visits.iter().filter(|visit| visit.visitor == visitor).max_by_key(|visit| visit.last_activity)
    }

    /// The visit with this id, if it is still there.
    pub fn visit(&self, id: VisitId) -> Option<&Arc<LiveVisit>> {
        self.index.get(&id)
    }

    /// How many visits are live, quiet and inactive.
    pub fn counts(&self, now: Timestamp) -> [usize; 3] {
        self.visits.iter().fold([0; 3], |mut counts, visit| {
            counts[Status::at(now, visit.last_activity) as usize] += 1;
            counts
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::sample::visit;

    fn board(visits: &[LiveVisit]) -> Board {
        let mut board = Board::default();
        assert!(board.renew(visits));
        board
    }

    #[test]
    fn a_visit_that_did_not_change_stays_the_same_one() {
        let mut board = board(&[visit(1, 1, 1), visit(2, 1, 1)]);
        let before = board.visits().to_vec();
        assert!(board.renew(&[visit(1, 1, 1), visit(2, 1, 9)]));
        assert!(Arc::ptr_eq(&before[0], &board.visits()[0]));
        assert_eq!(*board.visits()[1], visit(2, 1, 9));
        assert!(board.visit(before[1].visit).is_some_and(|found| Arc::ptr_eq(found, &board.visits()[1])));
    }

    #[test]
    fn visits_that_left_are_dropped_and_new_ones_take_their_place() {
        let mut board = board(&[visit(1, 1, 1), visit(2, 1, 1), visit(3, 1, 1)]);
        assert!(board.renew(&[visit(4, 1, 1), visit(3, 1, 1)]));
        let ids: Vec<_> = board.visits().iter().map(|visit| visit.visit).collect();
        assert_eq!(ids, [visit(4, 1, 1).visit, visit(3, 1, 1).visit]);
        assert_eq!(board.visit(visit(1, 1, 1).visit), None);
    }

    #[test]
    fn a_visit_that_moved_is_still_found() {
        let all = [1, 2, 3, 4].map(|id| visit(id, 1, 1));
        let mut board = board(&all);
        for order in [[3, 0, 1, 2], [3, 2, 1, 0], [1, 0, 2, 3]] {
            assert!(board.renew(order.map(|at| &all[at])));
            for (place, at) in order.into_iter().enumerate() {
                assert_eq!(*board.visits()[place], all[at]);
                assert!(board.visit(all[at].visit).is_some_and(|found| Arc::ptr_eq(found, &board.visits()[place])));
            }
        }
    }

    #[test]
    fn the_same_news_again_changes_nothing() {
        let mut board = board(&[]);
        assert!(board.is_known());
        assert!(!board.renew(&[]));
        assert!(board.renew(&[visit(1, 1, 1)]));
        assert!(!board.renew(&[visit(1, 1, 1)]));
        assert!(board.renew(&[]));
    }

    #[test]
    fn visits_are_counted_by_status() {
        let now = Timestamp::from_millis(1_000_000);
        assert_eq!(board(&[visit(1, 1, 1), visit(2, 1, 1_000_000), visit(3, 1, 1)]).counts(now), [1, 0, 2]);
    }
}
