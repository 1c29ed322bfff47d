//! What is done about a page that cannot be drawn: it is asked to begin anew, and not without end.

use std::time::Duration;

use alongside::time::Instant;

/// A page that begins anew is there sooner: nothing is said before.
const PATIENCE: Duration = Duration::from_secs(2);

/// The first wait between two questions; each is twice as long as the one before.
const FIRST: Duration = Duration::from_secs(1);

/// The longest.
const LONGEST: Duration = Duration::from_secs(30);

/// A page that was drawn for so long is a good one.
const GOOD: Duration = Duration::from_secs(10);

/// So many failures in a row are more than bad luck.
const FAILURES: u32 = 3;

/// How it goes with the drawing of a page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Repair {
    /// Since when nothing can be drawn.
    lost: Option<Instant>,
    /// Failures since a page was good.
    failures: u32,
    asked: Option<Instant>,
    /// Since when there is something drawn again.
    drawn: Option<Instant>,
}

impl Repair {
    /// A frame could not be drawn. Whether to ask for a beginning now.
    pub fn handle_lost(&mut self, now: Instant) -> bool {
        if self.drawn.take().is_some_and(|since| since + GOOD <= now) {
            *self = Self::default();
        }
        self.failures += 1;
        self.lost.get_or_insert(now);
        self.ask(now)
    }

    /// A frame was drawn.
    pub fn handle_drawn(&mut self, now: Instant) {
        if self.lost.take().is_some() {
            self.drawn = Some(now);
        }
    }

    /// Time passed. Whether to ask for a beginning now.
    pub fn handle_timeout(&mut self, now: Instant) -> bool {
        self.lost.is_some() && self.ask(now)
    }

    /// Whether people should be told that the page cannot be shown.
    pub fn is_broken(&self, now: Instant) -> bool {
        self.lost.is_some_and(|since| since + PATIENCE <= now || self.failures > FAILURES)
    }

    fn ask(&mut self, now: Instant) -> bool {
        let wait = FIRST.saturating_mul(1 << self.failures.saturating_sub(1).min(5)).min(LONGEST);
        let may = self.asked.is_none_or(|asked| asked + wait <= now);
        if may {
            self.asked = Some(now);
        }
        may
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Instant {
        Instant::at(Duration::from_millis(millis))
    }

    #[test]
    fn a_page_that_is_lost_is_asked_for_at_once_and_nothing_is_said_where_it_comes() {
        let mut repair = Repair::default();
        assert!(repair.handle_lost(at(0)));
        assert!(!repair.is_broken(at(100)));
        repair.handle_drawn(at(200));
        assert!(!repair.is_broken(at(60_000)));
        assert!(!repair.handle_timeout(at(60_000)));
    }

    #[test]
    fn a_page_that_does_not_come_is_asked_for_again_and_said_to_be_missing() {
        let mut repair = Repair::default();
        assert!(repair.handle_lost(at(0)));
        assert_eq!([999, 1_000, 1_001].map(|millis| repair.handle_timeout(at(millis))), [false, true, false]);
        assert_eq!([1_999, 2_000].map(|millis| repair.is_broken(at(millis))), [false, true]);
        repair.handle_drawn(at(3_000));
        assert!(!repair.is_broken(at(3_000)));
    }

    #[test]
    fn a_page_that_breaks_again_and_again_is_asked_for_ever_less_often() {
        let mut repair = Repair::default();
        let mut asked = 0;
        for millis in (0..120_000).step_by(50) {
            asked += u32::from(repair.handle_lost(at(millis)));
            assert_eq!(repair.is_broken(at(millis)), millis >= 150);
            repair.handle_drawn(at(millis + 10));
        }
        assert!((4..=8).contains(&asked), "{asked} times in two minutes");
        assert!(repair.handle_lost(at(200_000)), "it was good for long");
        assert!(!repair.is_broken(at(200_000)));
    }
}
