//! The agent's page: who is on the site, live.
//!
//! It uses the hub's public API and the crate's public types only, as any customer's desk would. The files that touch the
//! page are built for wasm32 alone; `board`, `table`, `words`, a half of `inbox` and most of
//! `cobrowse` are plain Rust and tested natively.

#![cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "the page that uses it is built for wasm32 only"))]

mod board;
mod cobrowse;
mod inbox;
mod table;
mod words;

#[cfg(target_arch = "wasm32")]
mod desk;
#[cfg(target_arch = "wasm32")]
mod empty;
#[cfg(target_arch = "wasm32")]
mod hub;
#[cfg(target_arch = "wasm32")]
mod identity;
#[cfg(target_arch = "wasm32")]
mod link;
#[cfg(target_arch = "wasm32")]
mod live_now;
#[cfg(target_arch = "wasm32")]
mod login;
#[cfg(target_arch = "wasm32")]
mod settings;
#[cfg(target_arch = "wasm32")]
mod shell;

#[cfg(target_arch = "wasm32")]
fn main() {
    leptos::mount::mount_to_body(shell::Page);
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("the desk is a web page: build it for wasm32-unknown-unknown");
}
