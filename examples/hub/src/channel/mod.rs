//! Open messaging: other ways to visitors, such as SMS or another company's messenger, bridged by a system of the customer's.
//!
//! What people write there comes in as [`signed`](crate::signed) requests, each under an id of the channel's, so that it may be sent
//! again. What agents and bots answer goes out by couriers. Who writes is a visitor like others, known by his address at the channel.

mod courier;
mod inbound;
mod rules;

pub use courier::{Couriers, begin};
pub use inbound::{forget, receipt, receive};
pub use rules::{BadChannels, Channel, Channels, change, show};
