//! How fast one participant may speak.

use std::time::Duration;

use alongside::time::Instant;

/// So many messages at once, and after that one for each [`EVERY`].
const BURST: u32 = 400;

/// 200 in a second: a pointer, a drawing and a fast typist together are less.
const EVERY: Duration = Duration::from_millis(5);

/// What one participant may still say.
#[derive(Debug)]
pub(super) struct Rate {
    left: u32,
    counted: Instant,
}

impl Rate {
    pub(super) fn new(now: Instant) -> Self {
        Self { left: BURST, counted: now }
    }

    /// Whether he may say one more.
    pub(super) fn take(&mut self, now: Instant) -> bool {
        let earned = (now.since(self.counted).as_millis() / EVERY.as_millis()) as u32;
        if earned > 0 {
            self.left = self.left.saturating_add(earned).min(BURST);
            self.counted = now;
        }
        let may = self.left > 0;
        self.left = self.left.saturating_sub(1);
        may
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_participant_speaks_in_bursts_but_not_for_long() {
        let at = |millis| Instant::at(Duration::from_millis(millis));
        let mut rate = Rate::new(at(0));
        assert_eq!((0..1_000).filter(|_| rate.take(at(0))).count(), BURST as usize);
        assert_eq!((0..1_000).filter(|_| rate.take(at(1_000))).count(), 200);
        assert_eq!((0..1_000).filter(|number| rate.take(at(2_000 + number))).count(), 200 + 199);
    }
}
