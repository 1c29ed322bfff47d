//! Text that may leave the page.
//!
//! There is no public way from a `String` to a [`MaskedText`]: only `mask` vouches for text, and the decoder takes over what
//! a peer's mask vouched for. So text that was not masked cannot be encoded.

use core::fmt;
use core::ops::Deref;

use super::codec::{Input, Kind, Malformed, Output, Wire};
use super::mirror::MIRROR_TEXT_LIMIT;

/// Longest masked text, in bytes of UTF-8.
pub const MASKED_TEXT_LIMIT: usize = 4_096;

/// Text that went through the mask, at most [`MASKED_TEXT_LIMIT`] bytes.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct MaskedText(String);

impl MaskedText {
    /// Vouches that `text` may leave the page; cut at the limit, between characters.
    pub(crate) fn vouch(mut text: String) -> Self {
        text.truncate(text.floor_char_boundary(MASKED_TEXT_LIMIT));
        Self(text)
    }

    /// As [`MaskedText::vouch`], for a mirrored page: cut at [`MIRROR_TEXT_LIMIT`].
    pub(crate) fn vouch_mirrored(mut text: String) -> Self {
        text.truncate(text.floor_char_boundary(MIRROR_TEXT_LIMIT));
        Self(text)
    }

    /// What a peer's mask vouched for.
    pub(super) fn decoded(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Deref for MaskedText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for MaskedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for MaskedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Wire for MaskedText {
    const KIND: Kind = Kind::Sized;
    fn write(&self, out: &mut dyn Output) {
        out.text(&self.0);
    }
    fn read(input: &mut dyn Input) -> Result<Self, Malformed> {
        input.text(MASKED_TEXT_LIMIT).map(Self)
    }
}
