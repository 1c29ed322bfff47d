//! What is left of a node when it is to be compared and not sent: 64 bits.
//!
//! A node's hash is of all that it shows and of which children it has, in order, but not of what is in those. A tree's is the sum
//! of its nodes': so a change costs no more than the nodes that it changed. Whoever can choose what a tree holds can make two with the
//! same hash: it finds faults, and not forgeries.

use super::tree::TreeNode;
use crate::protocol::mirror::{Element, NodeId, NodeKind, State};

/// The hash of one node, and how many words it was made of.
pub(super) fn hash_of<N>(id: NodeId, node: &TreeNode<N>) -> (u64, usize) {
    let mut mix = Mix::new(1);
    mix.number(id.0);
    mix.number(node.children.len() as u32);
    node.children.iter().for_each(|child| mix.number(child.0));
    match &node.kind {
        NodeKind::Element(Element { namespace, name, attributes }) => {
            mix.number(2 + *namespace as u32);
            mix.text(name.as_str());
            mix.all(attributes.iter().map(|(name, value)| Mix::new(2).with(name.as_str()).with(value)));
        }
        NodeKind::Text(text) => {
            mix.number(5);
            mix.text(text);
        }
        NodeKind::Comment => mix.number(6),
        NodeKind::Doctype { name, public, system } => {
            mix.number(7);
            [name.as_str(), public, system].into_iter().for_each(|text| mix.text(text));
        }
        NodeKind::ShadowRoot { delegates_focus, has_manual_slots } => {
            mix.number(8 + u32::from(*delegates_focus) * 2 + u32::from(*has_manual_slots));
        }
        NodeKind::Document { is_quirky } => mix.number(12 + u32::from(*is_quirky)),
        NodeKind::Sheet { media, css } => {
            mix.number(14);
            mix.text(media);
            mix.text(css);
        }
        NodeKind::Content => mix.number(16),
        NodeKind::Badge(badge) => {
            [15, badge.reason as u32, badge.size.0, badge.size.1].into_iter().for_each(|number| mix.number(number));
        }
    }
    mix.all(node.states.iter().map(|state| {
        let mut mix = Mix::new(3 + u64::from(state.slot()));
        match state {
            State::Value(text) => mix.text(text),
            State::Checked(is) | State::Indeterminate(is) | State::Selected(is) | State::Disabled(is) => {
                mix.number(u32::from(*is));
            }
            State::Scroll(x, y) => [*x as u32, *y as u32].into_iter().for_each(|number| mix.number(number)),
            State::Layer(layer) => mix.number(*layer as u32),
            State::Pseudo(bits) => mix.number(u32::from(*bits)),
            other => mix.bytes(&other.to_bytes()),
        }
        mix
    }));
    (mix.end(), mix.words)
}

/// Takes in words of 64 bits, each so that one other word gives another result.
struct Mix {
    hash: u64,
    words: usize,
}

impl Mix {
    /// What is of different kinds begins with different numbers.
    const fn new(kind: u64) -> Self {
        Self { hash: kind, words: 0 }
    }

    const fn word(&mut self, word: u64) {
        // 2^64 divided by the golden ratio.
        let product = (self.hash ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.hash = product ^ (product >> 32);
        self.words += 1;
    }

    fn number(&mut self, number: u32) {
        self.word(number.into());
    }

    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.word(bytes.len() as u64);
        let (chunks, rest) = bytes.as_chunks();
        chunks.iter().for_each(|chunk| self.word(u64::from_le_bytes(*chunk)));
        if !rest.is_empty() {
            self.word(rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)));
        }
    }

    fn with(mut self, text: &str) -> Self {
        self.text(text);
        self
    }

    /// Takes in what has no order.
    fn all(&mut self, parts: impl Iterator<Item = Self>) {
        let (mut sum, mut words) = (0u64, 0);
        for part in parts {
            sum = sum.wrapping_add(part.end());
            words += part.words;
        }
        self.word(sum);
        self.words += words;
    }

    /// Spreads every bit over all: hashes are added up.
    const fn end(&self) -> u64 {
        let hash = self.hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
        let hash = (hash ^ (hash >> 29)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
        hash ^ (hash >> 32)
    }
}
