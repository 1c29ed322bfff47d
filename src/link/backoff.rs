//! How long to wait before the next try: full jitter, so that a thousand pages do not come back in step.

use core::time::Duration;

/// Longest wait before the first try; doubled with each failure.
pub const BACKOFF_BASE: Duration = Duration::from_millis(1_000);

/// Longest wait of all.
pub const BACKOFF_CAP: Duration = Duration::from_secs(60);

/// The wait before try number `attempt` (0 = the first after a failure), for `jitter` from 0 up to 1.
///
/// Source: "full jitter", uniformly between nothing and the doubled base.
pub(super) fn wait(attempt: u32, jitter: f64) -> Duration {
    let longest = BACKOFF_BASE.saturating_mul(1 << attempt.min(16)).min(BACKOFF_CAP);
    Duration::from_millis((longest.as_millis() as f64 * jitter.clamp(0.0, 1.0)) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_the_cap_and_is_scaled_by_the_jitter() {
        assert_eq!(wait(0, 1.0), Duration::from_secs(1));
        assert_eq!(wait(3, 1.0), Duration::from_secs(8));
        assert_eq!(wait(3, 0.25), Duration::from_secs(2));
        assert_eq!(wait(40, 1.0), BACKOFF_CAP);
        assert_eq!(wait(40, -1.0), Duration::ZERO);
    }
}
