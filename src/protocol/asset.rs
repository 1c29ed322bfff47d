//! Pictures and fonts of a mirrored page: the agent's browser asks nobody for them, the visitor's page reads them.
//!
//! The page offers what it has, by the hash of its bytes; a desk that does not have it wants it, and gets it in parts. So a picture
//! crosses once for each desk, however many pages show it.

use super::codec::{BinaryInput, BinaryOutput, Input, Kind, Malformed, Output, Wire};
use super::masked_text::MaskedText;
use super::mirror::bit;
use super::relay::Bytes;

/// Largest picture or font, in bytes.
pub const ASSET_LIMIT: usize = 2 * 1024 * 1024;

/// Most bytes of one [`AssetPart`].
pub const ASSET_PART: usize = 32 * 1024;

/// SHA-256 of the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AssetHash(pub [u8; 32]);

impl AssetHash {
    /// 64 hexadecimal digits.
    pub fn to_hex(&self) -> String {
        let mut text = String::with_capacity(64);
        super::codec::push_hex(&mut text, &self.0);
        text
    }
}

impl Wire for AssetHash {
    const KIND: Kind = Kind::Sized;

    fn write(&self, out: &mut dyn Output) {
        Bytes(self.0.to_vec()).write(out);
    }

    fn read(input: &mut dyn Input) -> Result<Self, Malformed> {
        let Bytes(bytes) = Bytes::read(input)?;
        bytes.try_into().map(Self).map_err(|_| Malformed::OutOfRange)
    }
}

/// Kinds that are shown. Whatever the bytes are, nothing in them runs where these are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AssetKind {
    /// `image/png`
    Png = 0,
    /// `image/jpeg`
    Jpeg = 1,
    /// `image/gif`
    Gif = 2,
    /// `image/webp`
    Webp = 3,
    /// `image/avif`
    Avif = 4,
    /// `image/svg+xml`
    Svg = 5,
    /// `font/woff2`
    Woff2 = 6,
    /// `font/woff`
    Woff = 7,
    /// `font/ttf`
    Ttf = 8,
    /// `font/otf`
    Otf = 9,
}

impl AssetKind {
    const ALL: [Self; 10] = [
        Self::Png,
        Self::Jpeg,
        Self::Gif,
        Self::Webp,
        Self::Avif,
        Self::Svg,
        Self::Woff2,
        Self::Woff,
        Self::Ttf,
        Self::Otf,
    ];

    /// The kind with this number.
    pub fn from_number(number: u32) -> Option<Self> {
        Self::ALL.get(number as usize).copied()
    }
}

/// A picture or font that the page can give.
#[derive(Clone, Debug, PartialEq)]
pub struct AssetOffer {
    /// Where it is named in the mirrored page, as it was told there.
    pub address: MaskedText,
    /// What it is.
    pub hash: AssetHash,
    /// Its kind.
    pub kind: AssetKind,
}

/// Some of its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssetPart {
    /// Of which.
    pub hash: AssetHash,
    /// 0 for the first part, then 1, 2, 3 ...
    pub at: u32,
    /// Whether these are the last bytes.
    pub is_last: bool,
    /// At most [`ASSET_PART`].
    pub bytes: Vec<u8>,
}

impl AssetOffer {
    pub(super) fn write(&self, out: &mut BinaryOutput) {
        out.unsigned(self.kind as u64);
        out.sized(&self.hash.0);
        out.text(&self.address);
    }

    pub(super) fn read(input: &mut BinaryInput<'_>) -> Result<Self, Malformed> {
        let kind = AssetKind::from_number(input.small()?).ok_or(Malformed::Unknown)?;
        let hash = hash(input)?;
        let address = MaskedText::decoded(input.sized_text(super::mirror::MIRROR_TEXT_LIMIT)?);
        Ok(Self { address, hash, kind })
    }
}

impl AssetPart {
    pub(super) fn write(&self, out: &mut BinaryOutput) {
        out.sized(&self.hash.0);
        out.unsigned(self.at.into());
        out.flag(self.is_last);
        out.sized(&self.bytes);
    }

    pub(super) fn read(input: &mut BinaryInput<'_>) -> Result<Self, Malformed> {
        let (hash, at) = (hash(input)?, input.small()?);
        Ok(Self { hash, at, is_last: bit(input)?, bytes: input.sized_bytes(ASSET_PART)?.to_vec() })
    }
}

fn hash(input: &mut BinaryInput<'_>) -> Result<AssetHash, Malformed> {
    input.sized_bytes(32)?.try_into().map(AssetHash).map_err(|_| Malformed::OutOfRange)
}
