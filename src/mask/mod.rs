//! What may leave the page.
//!
//! Invariant: this module is the only one that vouches for text; what it returns as [`MaskedText`] holds no e-mail address, no
//! card number and no long run of digits.
//!
//! [`MaskedText`]: crate::protocol::MaskedText

mod address;
mod asset;
mod attribute;
mod detect;
mod field;
mod layout;
mod matches;
mod names;
mod policy;
mod scrub;
mod sheet;
mod style;

pub use address::{REMOVED, UrlRules, scrub_url};
pub use asset::{css_addresses, picture_addresses, show_address};
pub use attribute::{AttributeRule, mask_attribute, may_be_told, show_ranges, show_text};
pub use detect::{
    LONGEST_NUMBER, Unknown, digits_of, private_boxes, private_ranges, private_ranges_over, written_cards,
};
pub use field::Field;
pub use layout::{mask_layout, mask_shape, part};
pub use matches::{mask_matches, mask_name};
pub use names::{NameKey, Names};
pub use policy::{Marks, Policy, Treatment};
pub use scrub::{CARD_DIGITS, DIGIT_RUN, clip, scrub};
pub use style::mask_css;
