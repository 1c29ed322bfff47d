//! Conversations: the visitor's half of one, and what is to be seen of it as plain data.
//!
//! What a person or a bot wrote is text from outside: it becomes a closed set of nodes here, and no HTML ever. What the visitor wrote is
//! never lost: it waits in the [`Messenger`], and in storage, until the hub has told it back as an entry of the thread.

pub mod markdown;
#[expect(clippy::module_inception, reason = "the machine has the name of what it is")]
mod messenger;
mod outbox;
// They need crates that are built for this machine only.
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
mod thread;
mod view;

pub use markdown::{Block, Inline};
pub use messenger::{Messenger, MessengerOutput, SayError, TYPING};
pub use outbox::{Pending, WAITING};
pub use view::View;

/// What an agent or a bot wrote, without marks: for screen readers and notifications.
pub fn read_out(text: &str) -> String {
    markdown::to_plain(&markdown::parse(text))
}
