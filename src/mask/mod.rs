//! What may leave the page.
//!
//! Invariant: this module is the only one that vouches for text; what it returns as [`MaskedText`] holds no e-mail address, no
//! card number and no long run of digits.
//!
//! [`MaskedText`]: crate::protocol::MaskedText

mod address;
mod scrub;

pub use address::{REMOVED, UrlRules, scrub_url};
pub use scrub::{DIGIT_RUN, clip, scrub};
