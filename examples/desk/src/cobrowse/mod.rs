//! Co-browse: the agent's side of a shared session.

pub mod address;
pub mod caret;
pub mod geometry;
pub mod keys;
pub mod pending;
pub mod shared;
pub mod signs;
pub mod tool;
