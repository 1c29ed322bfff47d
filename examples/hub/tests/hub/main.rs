//! The real hub as a process, over real sockets.

mod agents;
mod durability;
mod process;
mod proxy;
mod refusals;
mod sharing;
mod tenants;
mod transports;
