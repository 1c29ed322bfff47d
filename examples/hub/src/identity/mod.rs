//! Who visitors are, by tokens of the customer's site.
//!
//! A page hands in a signed token ([`hand_in`]); `check` says what it is worth by the deployment's [`IdentityRules`], and the
//! store whose it is. Invariant: no token is logged, and who brought a bad one is not told what is wrong with it.

mod check;
mod document;
mod exchange;
mod hand_in;
mod keys;
mod rules;
mod step_up;

pub use document::{change, show};
pub use hand_in::hand_in;
pub use keys::{Keys, NoKeys};
pub use rules::{BadRules, IdentityRules};
pub use step_up::{question, sweep};
