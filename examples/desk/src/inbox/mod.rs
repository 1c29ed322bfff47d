//! Conversations: this agent's own, those that wait, and the one that is open.

pub mod mail;

mod canned;
mod codes;
mod draft;
mod marks;
mod person;

#[cfg(target_arch = "wasm32")]
pub mod aid;
#[cfg(target_arch = "wasm32")]
pub mod alerts;
#[cfg(target_arch = "wasm32")]
mod builder;
#[cfg(target_arch = "wasm32")]
mod composer;
#[cfg(target_arch = "wasm32")]
mod editor;
#[cfg(target_arch = "wasm32")]
mod emoji;
#[cfg(target_arch = "wasm32")]
pub mod files;
#[cfg(target_arch = "wasm32")]
pub mod keys;
#[cfg(target_arch = "wasm32")]
mod list;
#[cfg(target_arch = "wasm32")]
mod offers;
#[cfg(target_arch = "wasm32")]
mod person_panel;
#[cfg(target_arch = "wasm32")]
mod place;
#[cfg(target_arch = "wasm32")]
mod presence;
#[cfg(target_arch = "wasm32")]
mod rich;
#[cfg(target_arch = "wasm32")]
mod saved;
#[cfg(target_arch = "wasm32")]
mod slash;
#[cfg(target_arch = "wasm32")]
mod thread;
#[cfg(target_arch = "wasm32")]
mod transfer;
#[cfg(target_arch = "wasm32")]
mod view;
#[cfg(target_arch = "wasm32")]
mod wrap;

#[cfg(target_arch = "wasm32")]
pub use list::moment;
#[cfg(target_arch = "wasm32")]
pub use offers::Offers;
#[cfg(target_arch = "wasm32")]
pub use presence::PresenceSwitch;
#[cfg(target_arch = "wasm32")]
pub use view::Inbox;
