//! The real hub as a process, over real sockets.

mod agents;
mod durability;
mod process;
mod refusals;
mod transports;
