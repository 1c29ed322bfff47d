//! The hub's two clocks.

use std::sync::LazyLock;
use std::time::{Instant as Monotonic, SystemTime, UNIX_EPOCH};

use alongside::time::{Instant, Timestamp};

static ZERO: LazyLock<Monotonic> = LazyLock::new(Monotonic::now);

/// Now, for timers.
pub fn now() -> Instant {
    Instant::at(ZERO.elapsed())
}

/// Now, for what outlives this process.
pub fn wall() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(since.as_millis() as u64)
}

/// The runtime's moment for a machine's deadline.
pub fn until(deadline: Instant) -> tokio::time::Instant {
    tokio::time::Instant::now() + deadline.since(now())
}

/// A moment that does not come while anybody waits.
pub fn far() -> tokio::time::Instant {
    tokio::time::Instant::now() + std::time::Duration::from_secs(86_400)
}
