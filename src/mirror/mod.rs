//! A page, masked at the source, rebuilt for the agent.
//!
//! The visitor's half is the [`Encoder`]: the browser marks what is dirty and reads it, the encoder compares with what it has
//! told, masks, and tells the least set of changes. The agent's half is the [`Replica`]: it builds the same tree and refuses
//! what does not fit. Both know the [`Tree`], and neither the other.
//!
//! Invariant: after each batch the replica's tree is the encoder's, and every text in it went through `mask`.

mod admitted;
mod asset;
mod boxes;
mod difference;
mod element;
mod encoder;
mod fingerprint;
mod hash;
mod known;
mod packed;
mod place;
mod reading;
mod replica;
mod run;
mod state;
mod told;
mod tree;
mod writer;

pub use encoder::{Encoder, EncoderOutput, PART};
pub use packed::unpack;
pub use reading::{ElementReading, ReadName, Reading, ReadingKind, StateReading};
pub use replica::{Replica, ReplicaOutput};
pub use told::Guard;
pub use tree::{DEPTH_LIMIT, Misfit, NODE_LIMIT, Tree, TreeNode};
