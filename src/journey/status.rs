//! Whether a visitor is there right now.
//!
//! Computed when somebody looks, never by a timer, so it cannot be stale.

use core::time::Duration;

use crate::time::Timestamp;

/// After so long without activity the dot turns from green to yellow. Source: the product's business description.
pub const LIVE_FOR: Duration = Duration::from_secs(45);

/// After so long without activity the visitor counts as inactive. Same source.
pub const QUIET_UNTIL: Duration = Duration::from_secs(60);

/// What the status dot shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Green: active within [`LIVE_FOR`].
    Live,
    /// Yellow: quiet, up to [`QUIET_UNTIL`].
    Quiet,
    /// No dot: away, though the visit may go on.
    Inactive,
}

impl Status {
    /// The status at `now` of a visitor who last did something at `last_activity`, both by the hub's clock.
    pub fn at(now: Timestamp, last_activity: Timestamp) -> Self {
        let quiet = now.since(last_activity);
        if quiet < LIVE_FOR {
            Self::Live
        } else if quiet < QUIET_UNTIL {
            Self::Quiet
        } else {
            Self::Inactive
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dot_is_yellow_from_45_seconds_and_gone_from_60() {
        let last = Timestamp::from_millis(1_000_000);
        for (quiet, status) in [
            (0, Status::Live),
            (44_999, Status::Live),
            (45_000, Status::Quiet),
            (59_999, Status::Quiet),
            (60_000, Status::Inactive),
        ] {
            assert_eq!(Status::at(last + Duration::from_millis(quiet), last), status, "{quiet} ms");
        }
    }

    #[test]
    fn activity_that_seems_to_lie_in_the_future_is_live() {
        assert_eq!(Status::at(Timestamp::from_millis(1), Timestamp::from_millis(9)), Status::Live);
    }
}
