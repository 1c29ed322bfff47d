//! What the wire carries, pinned; and what it must survive.

mod arbitrary;
mod golden;
