//! Numbers that a page splits over several nodes: `<b>4111</b><b>1111</b>...`
//!
//! A run is the text that stands in one line as far as the tree tells: text nodes in document order with nothing but inline
//! elements between them.

use core::ops::Range;

use super::tree::Tree;
use crate::protocol::mirror::{NodeId, NodeKind};

/// How far a run is followed to each side, in text nodes: card numbers have at most 19 digits.
const REACH: usize = 40;

/// Elements that do not end a line.
const INLINE: [&str; 35] = [
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd",
    "label", "mark", "output", "q", "s", "samp", "slot", "small", "span", "strike", "strong", "sub", "sup", "time",
    "tspan", "tt", "u", "var", "wbr",
];

/// The text nodes of the run that `text` is in, in document order.
pub(super) fn run_of<N>(tree: &Tree<N>, text: NodeId, finder: &mut Finder) -> Vec<NodeId> {
    let mut before = Vec::new();
    let mut at = text;
    while let Some(found) = next_text(tree, at, Direction::Back, finder).filter(|_| before.len() < REACH) {
        before.push(found);
        at = found;
    }
    before.reverse();
    before.push(text);
    let mut at = text;
    let full = before.len() + REACH;
    while let Some(found) = next_text(tree, at, Direction::Forward, finder).filter(|_| before.len() < full) {
        before.push(found);
        at = found;
    }
    before
}

/// The part of `ranges`, which are of the joined texts, that falls into the text from `start` and of `length`.
pub(super) fn part(ranges: &[Range<usize>], start: usize, length: usize) -> Vec<Range<usize>> {
    let end = start + length;
    let cut = |range: &Range<usize>| range.start.clamp(start, end) - start..range.end.clamp(start, end) - start;
    ranges.iter().map(cut).filter(|range| !range.is_empty()).collect()
}

/// Finds a node among its siblings. It begins where the last one was found: of ten thousand siblings each would be looked for
/// from the first one otherwise.
#[derive(Debug, Default)]
pub(super) struct Finder {
    last: Option<(NodeId, usize)>,
}

impl Finder {
    fn position(&mut self, parent: NodeId, siblings: &[NodeId], node: NodeId) -> Option<usize> {
        let near = self.last.filter(|(known, at)| *known == parent && *at < siblings.len());
        let (before, after) = siblings.split_at(near.map_or(0, |(_, at)| at.saturating_sub(1)));
        let found = after.iter().position(|sibling| *sibling == node).map(|at| at + before.len());
        let index = found.or_else(|| before.iter().position(|sibling| *sibling == node))?;
        self.last = Some((parent, index));
        Some(index)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Back,
    Forward,
}

fn is_inline<N>(tree: &Tree<N>, id: NodeId) -> bool {
    match tree.node(id).map(|node| &node.kind) {
        // Custom elements are inline where no style says otherwise.
        Some(NodeKind::Element(element)) => {
            let name = element.name.as_str();
            name.contains('-') || INLINE.binary_search(&name).is_ok()
        }
        Some(NodeKind::Comment) => true,
        _ => false,
    }
}

/// The next text node of the same run in one direction.
fn next_text<N>(tree: &Tree<N>, from: NodeId, direction: Direction, finder: &mut Finder) -> Option<NodeId> {
    let mut at = from;
    // Each step goes to another node; a run of empty inline elements is not followed for ever.
    for _ in 0..4 * REACH {
        let parent = tree.node(at)?.parent?;
        let siblings = tree.children(parent);
        let index = finder.position(parent, siblings, at)?;
        let sibling = match direction {
            Direction::Back => index.checked_sub(1).and_then(|index| siblings.get(index)),
            Direction::Forward => siblings.get(index + 1),
        };
        let Some(mut next) = sibling.copied() else {
            if !is_inline(tree, parent) {
                return None;
            }
            at = parent;
            continue;
        };
        loop {
            let node = tree.node(next)?;
            if matches!(node.kind, NodeKind::Text(_)) {
                return Some(next);
            }
            if !is_inline(tree, next) {
                return None;
            }
            let inner = if direction == Direction::Back { node.children.last() } else { node.children.first() };
            match inner {
                Some(inner) => next = *inner,
                None => break,
            }
        }
        at = next;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inline_names_are_sorted_so_that_they_are_found() {
        assert!(INLINE.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn a_range_is_shared_out_over_the_texts_it_covers() {
        let ranges = [4..20, 30..31];
        let cut =
            |start, length| part(&ranges, start, length).into_iter().map(|range| (range.start, range.end)).collect();
        let cuts: [Vec<(usize, usize)>; 4] = [cut(0, 8), cut(8, 6), cut(14, 10), cut(24, 5)];
        assert_eq!(cuts, [vec![(4, 8)], vec![(0, 6)], vec![(0, 6)], vec![]]);
    }
}
