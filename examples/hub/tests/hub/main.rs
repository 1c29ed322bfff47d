//! The real hub as a process, over real sockets.

mod agents;
mod cobrowse;
mod codes;
mod durability;
mod hostile;
mod kept;
mod process;
mod proxy;
mod refusals;
mod tenants;
mod transports;
