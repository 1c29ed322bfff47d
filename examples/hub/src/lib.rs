//! The reference hub of Alongside: one binary, no configuration.
//!
//! [`session`] holds what a connection does, whichever of [`socket`], [`poll`] and [`beacon`] carries it; [`store`] what is
//! kept; [`live`] what desks are told; [`cobrowse`] the sessions that visitors share with agents; [`records`] what is left of
//! them; [`files`] what people send each other besides words; [`frame`] the page of a messenger that its guest
//! cannot see into; [`routing`] which agent gets which conversation, by the [`rules`] of its
//! tenant; [`terms`] what holds for conversations; [`transcript`] them as documents; [`preview`] what
//! addresses in them lead to; [`bot`] who answers first; [`channel`] other ways to visitors; [`wrap_up`] what agents say at the end,
//! [`replies`] what they need not write twice, [`visitors`] who they talk to; [`api`] what is served over plain HTTP.

pub mod api;
pub mod beacon;
pub mod bot;
pub mod channel;
pub mod clock;
pub mod cobrowse;
pub mod conversation;
pub mod files;
pub mod frame;
pub mod hub;
pub mod identity;
pub mod limits;
pub mod live;
pub mod masking;
pub mod outside;
pub mod poll;
pub mod preview;
pub mod random;
pub mod records;
pub mod replies;
pub mod routing;
pub mod rules;
pub mod session;
pub mod signed;
pub mod socket;
pub mod store;
pub mod terms;
pub mod transcript;
pub mod visitors;
pub mod way;
pub mod words;
pub mod wrap_up;
