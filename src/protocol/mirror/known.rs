//! What a replica says that it has, so that only the rest is told again.

use super::NodeId;
use crate::protocol::codec::{BinaryInput, BinaryOutput, Malformed, Output};

/// Most parts of one page.
pub const KNOWN_PARTS: usize = 2_048;

/// Largest [`Known`], in bytes; the hub passes on no more.
pub const KNOWN_LIMIT: usize = 32 * 1024;

/// Parts of a page that a replica has, by their hashes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// As in [`Reset::page`](super::Reset::page).
    pub page: u32,
    /// Of which epoch they are.
    pub epoch: u32,
    /// Nodes, and the hash of each with all that is in it; at most [`KNOWN_PARTS`].
    pub parts: Vec<(NodeId, u64)>,
}

impl Known {
    /// Its bytes; none where nothing is known.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = BinaryOutput::default();
        if !self.parts.is_empty() {
            [self.page, self.epoch].into_iter().for_each(|number| out.unsigned(number.into()));
        }
        for (node, hash) in &self.parts {
            out.unsigned(node.0.into());
            out.unsigned(*hash);
        }
        out.into_bytes()
    }

    /// Reads what anybody may have sent.
    ///
    /// # Errors
    /// [`Malformed`]; [`Malformed::Oversize`] for more than [`KNOWN_LIMIT`] bytes or [`KNOWN_PARTS`].
    pub fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        if bytes.is_empty() {
            return Ok(Self::default());
        }
        if bytes.len() > KNOWN_LIMIT {
            return Err(Malformed::Oversize { limit: KNOWN_LIMIT });
        }
        let mut input = BinaryInput::new(bytes);
        let mut known = Self { page: input.small()?, epoch: input.small()?, parts: Vec::new() };
        while !input.is_at_end() {
            if known.parts.len() == KNOWN_PARTS {
                return Err(Malformed::Oversize { limit: KNOWN_PARTS });
            }
            known.parts.push((NodeId(input.small()?), input.varint()?));
        }
        Ok(known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_comes_back_and_too_much_does_not() {
        let known = |count: usize| Known {
            page: u32::MAX,
            epoch: 7,
            parts: (0..count).map(|at| (NodeId(at as u32), u64::MAX - at as u64)).collect(),
        };
        for count in [1, 100, KNOWN_PARTS] {
            assert!(known(count).encode().len() <= KNOWN_LIMIT);
            assert_eq!(Known::decode(&known(count).encode()), Ok(known(count)));
        }
        assert_eq!(Known::decode(&Known::default().encode()), Ok(Known::default()));
        let more = known(KNOWN_PARTS + 1).encode();
        assert_eq!(Known::decode(&more), Err(Malformed::Oversize { limit: KNOWN_PARTS }));
        assert!(Known::decode(&vec![0; KNOWN_LIMIT + 1]).is_err());
        assert!(Known::decode(&[1]).is_err());
    }
}
