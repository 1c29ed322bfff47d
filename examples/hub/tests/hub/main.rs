//! The real hub as a process, over real sockets.

mod agents;
mod bot;
mod cobrowse;
mod codes;
mod conversation;
mod durability;
mod files;
mod frame;
mod hostile;
mod identity;
mod kept;
mod masking;
mod previews;
mod process;
mod proxy;
mod refusals;
mod routing;
mod systems;
mod tenants;
mod terms;
mod transports;
mod wrap_up;
