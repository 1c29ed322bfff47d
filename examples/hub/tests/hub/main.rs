//! The real hub as a process, over real sockets.

mod agents;
mod cobrowse;
mod durability;
mod process;
mod proxy;
mod refusals;
mod tenants;
mod transports;
