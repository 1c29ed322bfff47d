//! The binary encoding: `key value key value ...`, key = tag and [`Kind`] in one varint.
//!
//! A nested record is its length and then its fields, so what is not known can be skipped.

use crate::protocol::{Encoding, Message};

use super::{DEPTH_LIMIT, Field, Input, Kind, Malformed, Output};

const KIND_BITS: u32 = 1;

/// Writes a frame as bytes; the outermost record has no length before it.
#[derive(Default)]
pub(in crate::protocol) struct BinaryOutput {
    bytes: Vec<u8>,
    is_nested: bool,
}

impl BinaryOutput {
    pub(in crate::protocol) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    pub(in crate::protocol) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Takes over what was written already.
    pub(in crate::protocol) fn append(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Room for so many bytes more, to be filled.
    pub(in crate::protocol) fn extend(&mut self, length: usize) -> &mut [u8] {
        let start = self.bytes.len();
        self.bytes.resize(start + length, 0);
        self.bytes.get_mut(start..).unwrap_or_default()
    }

    pub(in crate::protocol) fn sized(&mut self, value: &[u8]) {
        self.unsigned(value.len() as u64);
        self.bytes.extend_from_slice(value);
    }
}

impl Output for BinaryOutput {
    fn encoding(&self) -> Encoding {
        Encoding::Binary
    }
    fn key(&mut self, field: Field, kind: Kind) {
        self.unsigned(u64::from(field.tag << KIND_BITS | kind as u32));
    }

    fn unsigned(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }

    fn number(&mut self, digits: &str) {
        self.sized(digits.as_bytes());
    }

    fn flag(&mut self, value: bool) {
        self.bytes.push(u8::from(value));
    }

    fn choice(&mut self, field: Field) {
        self.unsigned(u64::from(field.tag));
    }

    fn text(&mut self, value: &str) {
        self.sized(value.as_bytes());
    }

    fn id(&mut self, value: &[u8; 16]) {
        self.sized(value);
    }

    fn record(&mut self, write: &mut dyn FnMut(&mut dyn Output)) {
        if !core::mem::replace(&mut self.is_nested, true) {
            write(self);
            return;
        }
        let start = self.bytes.len();
        write(self);
        let mut length = BinaryOutput::default();
        length.unsigned((self.bytes.len() - start) as u64);
        self.bytes.splice(start..start, length.bytes);
    }

    fn raw(&mut self, record: &Message) {
        if let Message::Binary(bytes) = record {
            self.sized(bytes);
        }
    }

    fn list(&mut self, field: Field, kind: Kind, count: usize, write: &mut dyn FnMut(usize, &mut dyn Output)) {
        for index in 0..count {
            self.key(field, kind);
            write(index, self);
        }
    }
}

/// Reads a frame from bytes that anybody may have sent.
pub(in crate::protocol) struct BinaryInput<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Where each record that was entered ends; the innermost last.
    ends: Vec<usize>,
    kind: Kind,
}

impl<'a> BinaryInput<'a> {
    pub(in crate::protocol) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, ends: Vec::new(), kind: Kind::Sized }
    }

    fn end(&self) -> usize {
        self.ends.last().copied().unwrap_or(self.bytes.len())
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Malformed> {
        let end = self.at.checked_add(length).filter(|end| *end <= self.end()).ok_or(Malformed::Truncated)?;
        let taken = &self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }

    /// UTF-8 up to a byte that is not in it, which is read too.
    pub(in crate::protocol) fn ended_text(&mut self, end: u8, limit: usize) -> Result<&'a str, Malformed> {
        let rest = self.bytes.get(self.at..self.end()).unwrap_or_default();
        let length = rest.iter().position(|byte| *byte == end).ok_or(Malformed::Truncated)?;
        if length > limit {
            return Err(Malformed::Oversize { limit });
        }
        let text = self.take(length)?;
        self.take(1)?;
        core::str::from_utf8(text).map_err(|_| Malformed::BadText)
    }

    /// Whether nothing is left of the outermost record.
    pub(in crate::protocol) fn is_at_end(&self) -> bool {
        self.at == self.end()
    }

    /// A varint that fits into 32 bits.
    pub(in crate::protocol) fn small(&mut self) -> Result<u32, Malformed> {
        u32::try_from(self.varint()?).map_err(|_| Malformed::OutOfRange)
    }

    /// A length, and so many bytes of UTF-8.
    pub(in crate::protocol) fn sized_text(&mut self, limit: usize) -> Result<&'a str, Malformed> {
        core::str::from_utf8(self.sized_bytes(limit)?).map_err(|_| Malformed::BadText)
    }

    /// A length, and so many bytes.
    pub(in crate::protocol) fn sized_bytes(&mut self, limit: usize) -> Result<&'a [u8], Malformed> {
        let length = self.length()?;
        if length > limit {
            return Err(Malformed::Oversize { limit });
        }
        self.take(length)
    }

    pub(in crate::protocol) fn varint(&mut self) -> Result<u64, Malformed> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.take(1)?[0];
            let part = u64::from(byte & 0x7f);
            if part << shift >> shift != part {
                return Err(Malformed::OutOfRange);
            }
            value |= part << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(Malformed::OutOfRange)
    }

    fn length(&mut self) -> Result<usize, Malformed> {
        usize::try_from(self.varint()?).map_err(|_| Malformed::OutOfRange)
    }

    fn expect(&self, kind: Kind) -> Result<(), Malformed> {
        if self.kind == kind { Ok(()) } else { Err(Malformed::WrongKind) }
    }

    fn skip(&mut self) -> Result<(), Malformed> {
        match self.kind {
            Kind::Varint => self.varint().map(drop),
            Kind::Sized => {
                let length = self.length()?;
                self.take(length).map(drop)
            }
        }
    }
}

impl Input for BinaryInput<'_> {
    fn encoding(&self) -> Encoding {
        Encoding::Binary
    }
    fn enter(&mut self) -> Result<(), Malformed> {
        self.expect(Kind::Sized)?;
        if self.ends.len() == DEPTH_LIMIT {
            return Err(Malformed::TooDeep);
        }
        let length = if self.ends.is_empty() { self.bytes.len() } else { self.length()? };
        let end = self.at.checked_add(length).filter(|end| *end <= self.end()).ok_or(Malformed::Truncated)?;
        self.ends.push(end);
        Ok(())
    }

    fn next(&mut self, fields: &[Field]) -> Result<Option<u32>, Malformed> {
        while self.at < self.end() {
            let key = u32::try_from(self.varint()?).map_err(|_| Malformed::OutOfRange)?;
            self.kind = match key & ((1 << KIND_BITS) - 1) {
                0 => Kind::Varint,
                _ => Kind::Sized,
            };
            let tag = key >> KIND_BITS;
            if fields.iter().any(|field| field.tag == tag) {
                return Ok(Some(tag));
            }
            self.skip()?;
        }
        self.ends.pop();
        Ok(None)
    }

    fn unsigned(&mut self) -> Result<u64, Malformed> {
        self.expect(Kind::Varint)?;
        self.varint()
    }

    fn number(&mut self, limit: usize) -> Result<String, Malformed> {
        self.text(limit)
    }

    fn flag(&mut self) -> Result<bool, Malformed> {
        match self.unsigned()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Malformed::OutOfRange),
        }
    }

    fn choice(&mut self, _: &[Field]) -> Result<u32, Malformed> {
        u32::try_from(self.unsigned()?).map_err(|_| Malformed::OutOfRange)
    }

    fn text(&mut self, limit: usize) -> Result<String, Malformed> {
        self.expect(Kind::Sized)?;
        self.sized_text(limit).map(str::to_owned)
    }

    fn id(&mut self) -> Result<[u8; 16], Malformed> {
        self.expect(Kind::Sized)?;
        if self.length()? != 16 {
            return Err(Malformed::OutOfRange);
        }
        self.take(16)?.try_into().map_err(|_| Malformed::Truncated)
    }

    fn raw(&mut self) -> Result<Message, Malformed> {
        self.expect(Kind::Sized)?;
        let length = self.length()?;
        Ok(Message::Binary(self.take(length)?.to_vec()))
    }

    fn items(&mut self, read: &mut dyn FnMut(&mut dyn Input) -> Result<(), Malformed>) -> Result<(), Malformed> {
        read(self)
    }
}
