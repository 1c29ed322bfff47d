//! The browser's two clocks.

use core::time::Duration;

use super::window;
use crate::time::{Instant, Timestamp};

/// Now, for timers: `performance.now()`.
pub fn now() -> Instant {
    let milliseconds = window().and_then(|window| window.performance()).map_or(0.0, |performance| performance.now());
    Instant::at(Duration::from_micros((milliseconds * 1_000.0) as u64))
}

/// Now, for what outlives the page: `Date.now()`.
pub fn wall() -> Timestamp {
    Timestamp::from_millis(js_sys::Date::now() as u64)
}
