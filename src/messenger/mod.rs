//! Conversations: the visitor's half of one ([`Messenger`]) with what is to be seen of it as plain data, and the agent's half of many
//! ([`DeskInbox`]).
//!
//! What a person or a bot wrote is text from outside: it becomes a closed set of nodes here, and no HTML ever. What the visitor wrote is
//! never lost: it waits in the [`Messenger`], and in storage, until the hub has told it back as an entry of the thread.

mod inbox;
pub mod markdown;
#[expect(clippy::module_inception, reason = "the machine has the name of what it is")]
mod messenger;
mod outbox;
mod standings;
// They need crates that are built for this machine only.
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
mod thread;
mod view;

pub use inbox::{DeskInbox, DeskInboxOutput, Line, LineState, Noted, Offered, OpenThread};
pub use markdown::{Block, Inline};
pub use messenger::{Messenger, MessengerOutput, SayError};
pub use outbox::{Pending, WAITING};
pub use standings::Which;
pub use view::{View, conversations};

/// Somebody is writing for so long after he was told to be, and is told to be so often at most.
pub const TYPING: core::time::Duration = core::time::Duration::from_secs(5);

/// What an agent or a bot wrote, without marks: for screen readers and notifications.
pub fn read_out(text: &str) -> String {
    markdown::to_plain(&markdown::parse(text))
}
