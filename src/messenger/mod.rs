//! Conversations: what was said, as plain data to draw.
//!
//! What a person or a bot wrote is text from outside: it becomes a closed set of nodes here, and no HTML ever.

pub mod markdown;

pub use markdown::{Block, Inline};
