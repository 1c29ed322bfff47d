//! One logical connection over many sockets.
//!
//! [`Link`] is the client's half, [`Acceptor`] the hub's; both are plain machines, so one test joins them. Whatever happens to
//! the sockets in between, a payload given to one half comes out of the other once and in order, or is counted as
//! dropped.

mod acceptor;
mod backoff;
mod dialer;
mod outbox;

pub use acceptor::{Acceptor, AcceptorOutput, Full};
pub use backoff::{BACKOFF_BASE, BACKOFF_CAP};
pub use dialer::{HANDSHAKE_TIMEOUT, Link, LinkOutput, LinkStatus};
pub use outbox::{BadSnapshot, OUTBOX_BYTES, OUTBOX_ENTRIES, RESEND_AFTER, Snapshot, WINDOW};
