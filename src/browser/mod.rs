//! The browser's side of the wall: the driver that acts for the machines, and what it asks of the browser.
//!
//! Its rule: never act while a machine is borrowed. Borrow, `handle_*`, release; then borrow, `poll_output`, release, perform. The
//! page's JavaScript may call back at any point of performing.
//!
//! The adapters themselves are JavaScript, in `js/host/`: a listener or a promise costs a visitor a fifth of what the same
//! one costs as a closure of the wasm module, and what they do is the browser's business alone.

#[cfg(feature = "engage")]
pub mod cobrowse;
#[cfg(feature = "core")]
pub mod driver;
#[cfg(feature = "core")]
pub mod host;
#[cfg(feature = "messenger")]
pub mod messenger;
#[cfg(feature = "mirror")]
pub mod mirror;
#[cfg(feature = "replay")]
pub mod replay;

/// A moment as `performance.now()` tells it, in milliseconds.
#[cfg(any(feature = "core", feature = "engage", feature = "messenger"))]
fn instant(milliseconds: f64) -> crate::time::Instant {
    crate::time::Instant::at(core::time::Duration::from_micros((milliseconds * 1_000.0) as u64))
}

// In what is small before it is fast.
#[cfg(any(feature = "core", feature = "engage", feature = "messenger"))]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
