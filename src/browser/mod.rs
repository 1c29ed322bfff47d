//! The browser's side of the wall: adapters, and the driver that acts for the machines.
//!
//! Only this ring touches the page. Its rule: never act while a machine is borrowed. Borrow, `handle_*`, release; then borrow,
//! `poll_output`, release, perform. The page's JavaScript may call back at any point of performing.

pub mod clock;
pub mod driver;
pub mod listener;
pub mod page;
pub mod random;
pub mod storage;
pub mod tabs;
pub mod transport;

/// The window that the SDK runs in; absent in a worker.
pub(crate) fn window() -> Option<web_sys::Window> {
    web_sys::window()
}

/// Says something to the site's developers, on the console and nowhere else.
pub(crate) fn warn(message: &str) {
    web_sys::console::warn_1(&format!("[alongside] {message}").into());
}
