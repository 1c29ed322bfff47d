//! Conversations: this agent's own, those that wait, and the one that is open.

pub mod mail;

#[cfg(target_arch = "wasm32")]
mod composer;
#[cfg(target_arch = "wasm32")]
pub mod files;
#[cfg(target_arch = "wasm32")]
mod list;
#[cfg(target_arch = "wasm32")]
mod offers;
#[cfg(target_arch = "wasm32")]
mod presence;
#[cfg(target_arch = "wasm32")]
mod rich;
#[cfg(target_arch = "wasm32")]
mod thread;
#[cfg(target_arch = "wasm32")]
mod transfer;
#[cfg(target_arch = "wasm32")]
mod view;

#[cfg(target_arch = "wasm32")]
pub use list::moment;
#[cfg(target_arch = "wasm32")]
pub use offers::Offers;
#[cfg(target_arch = "wasm32")]
pub use presence::PresenceSwitch;
#[cfg(target_arch = "wasm32")]
pub use view::Inbox;
