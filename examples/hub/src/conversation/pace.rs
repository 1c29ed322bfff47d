//! How fast one person may write.

use std::collections::VecDeque;
use std::time::Duration;

use alongside::time::Instant;

/// So many messages ...
const BURST: usize = 5;

/// ... in so long,
const BURST_IN: Duration = Duration::from_secs(1);

/// and so many in a minute.
const MINUTE: usize = 60;

/// When one person wrote.
#[derive(Debug, Default)]
pub(super) struct Pace {
    written: VecDeque<Instant>,
}

impl Pace {
    /// Whether he has not written for so long that it does not matter.
    pub(super) fn is_over(&self, now: Instant) -> bool {
        self.written.back().is_none_or(|last| now.since(*last) >= Duration::from_secs(60))
    }

    /// Whether he may write one more now; if not, after how long.
    pub(super) fn take(&mut self, now: Instant) -> Result<(), Duration> {
        while self.written.front().is_some_and(|first| now.since(*first) >= Duration::from_secs(60)) {
            self.written.pop_front();
        }
        let left = |count: usize, within: Duration| {
            let first = self.written.len().checked_sub(count).and_then(|index| self.written.get(index))?;
            within.checked_sub(now.since(*first)).filter(|left| !left.is_zero())
        };
        match left(MINUTE, Duration::from_secs(60)).max(left(BURST, BURST_IN)) {
            Some(left) => Err(left),
            None => {
                self.written.push_back(now);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_in_a_second_and_sixty_in_a_minute() {
        let at = |millis| Instant::at(Duration::from_millis(millis));
        let mut pace = Pace::default();
        assert!((0..5).all(|_| pace.take(at(1_000)).is_ok()));
        assert_eq!(pace.take(at(1_400)), Err(Duration::from_millis(600)));
        assert_eq!(
            (0..11)
                .flat_map(|second| [second; 5])
                .filter(|second| pace.take(at(2_000 + second * 1_000)).is_ok())
                .count(),
            55
        );
        assert_eq!(pace.take(at(20_000)), Err(Duration::from_secs(41)));
        assert_eq!(pace.take(at(61_000)), Ok(()));
    }
}
