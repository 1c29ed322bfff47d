//! What the wire carries, pinned; and what it must survive.
#![cfg(not(target_arch = "wasm32"))]

mod arbitrary;
mod conversation;
mod golden;
