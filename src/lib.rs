//! Alongside: visitor journey, messenger and co-browse for websites that have people behind them.
//!
//! # The rings
//!
//! Inner rings are plain Rust: no clock, no socket, no DOM, no randomness. They are state machines. Facts go in by
//! `handle_*`, wishes come out by `poll_output`, the next deadline by `poll_timeout`; only the outer ring acts.
//!
//! | ring | modules | may use |
//! |---|---|---|
//! | 0 | [`time`], [`protocol`] | nothing |
//! | 1 | [`mask`], [`journey`], [`link`], [`mirror`], [`cobrowse`], [`messenger`] | ring 0; not each other, save mirror -> mask |
//! | 2 | [`client`] | rings 0 and 1 |
//! | 3 | `browser` (wasm32) | rings 0 to 2, and the browser by way of `js/host/` |
//! | 4 | `api` (wasm32, feature `core`) | ring 3, and JavaScript |
//!
//! `tests/architecture.rs` guards these walls.

pub mod client;
pub mod cobrowse;
pub mod journey;
pub mod link;
pub mod mask;
pub mod messenger;
pub mod mirror;
pub mod protocol;
pub mod time;

#[cfg(all(target_arch = "wasm32", feature = "core"))]
mod api;
#[cfg(all(target_arch = "wasm32", any(feature = "core", feature = "engage", feature = "mirror", feature = "replay")))]
pub mod browser;
