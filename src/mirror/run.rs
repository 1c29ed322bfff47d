//! Numbers that a page splits over several nodes: `<b>4111</b><b>1111</b>...`
//!
//! A run is the text that stands in one line as far as the tree tells: text nodes in document order with nothing but inline
//! elements between them. Where nodes were not read yet, it is open: a number may go on there.

use core::ops::Range;

use super::told::{Told, is_unread};
use super::tree::{Tree, TreeNode};
use crate::mask::{LONGEST_NUMBER, Unknown};
use crate::protocol::mirror::{NodeId, NodeKind};

/// How far a run is followed to each side at most, in text nodes: most of them may be empty.
const MOST: usize = 1_000;

/// How far it is followed forward at least, in text nodes: so those of a long line are not looked at again and again.
const REACH: usize = 40;

/// So many siblings are looked through from the first one.
const FEW: usize = 16;

/// Elements that do not end a line, or end it within a number: those who write one in two lines have one in mind.
const INLINE: [&str; 49] = [
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "br", "button", "cite", "code", "data", "del", "dfn", "em",
    "font", "i", "img", "ins", "kbd", "label", "mark", "nobr", "output", "picture", "q", "rb", "rp", "rt", "rtc",
    "ruby", "s", "samp", "slot", "small", "source", "span", "strike", "strong", "sub", "sup", "text", "textPath",
    "time", "tspan", "tt", "u", "var", "wbr",
];

/// Text nodes in one line, in document order.
#[derive(Debug, Default)]
pub(super) struct Run {
    pub texts: Vec<NodeId>,
    /// Those of them beside which the whole of any number is that they may be a part of, or all of it that was read.
    pub whole: Range<usize>,
    /// Where nodes stand that were not read.
    pub unknown: Unknown,
}

/// The run that `text` is in: as much of it as says what of the numbers is private that `text` may be a part of.
pub(super) fn run_of(tree: &Tree<Told>, text: NodeId, finder: &mut Finder) -> Run {
    let mut texts = vec![text];
    let (back, before) = follow(tree, text, Direction::Back, finder, &mut texts);
    texts.reverse();
    let (forward, behind) = follow(tree, text, Direction::Forward, finder, &mut texts);
    let whole = back..texts.len() - forward;
    Run { texts, whole, unknown: Unknown { before, behind } }
}

/// Adds the texts to one side. How many of them, at the far end, may be parts of numbers of which more was not looked at, and whether that is
/// because it was not read.
fn follow(
    tree: &Tree<Told>,
    from: NodeId,
    to: Direction,
    finder: &mut Finder,
    texts: &mut Vec<NodeId>,
) -> (usize, bool) {
    let least = if to == Direction::Forward { REACH } else { 0 };
    // Letters and digits of each text that was found, up to as many as there can be in one number.
    let mut counts = Vec::new();
    let (mut at, mut signs) = (from, 0);
    while counts.len() < MOST {
        let found = match next_text(tree, at, to, finder) {
            Next::Text(found) => found,
            next => return (0, next == Next::Unread),
        };
        at = found;
        texts.push(found);
        let chars = tree.node(found).and_then(text_of).unwrap_or_default().chars();
        let count = chars.filter(|char| char.is_alphanumeric()).take(LONGEST_NUMBER).count();
        counts.push(count);
        signs += count;
        if signs >= 2 * LONGEST_NUMBER && counts.len() >= least {
            let mut beyond = 0;
            let is_part = |count: &&usize| {
                beyond += **count;
                beyond - **count < LONGEST_NUMBER
            };
            return (counts.iter().rev().take_while(is_part).count(), false);
        }
    }
    (0, false)
}

/// The texts at the edges of a node: itself, or the first in it and the first behind it.
pub(super) fn texts_at(tree: &Tree<Told>, id: NodeId, finder: &mut Finder) -> [Option<NodeId>; 2] {
    let Some(node) = tree.node(id) else { return [None; 2] };
    if matches!(node.kind, NodeKind::Text(_)) {
        return [Some(id), None];
    }
    let mut first = node.children.first().copied();
    while let Some(child) = first.and_then(|first| tree.node(first)).filter(|child| !child.children.is_empty()) {
        first = child.children.first().copied();
    }
    let inner = first.and_then(|first| match tree.node(first)?.kind {
        NodeKind::Text(_) => Some(first),
        _ => next_text(tree, first, Direction::Forward, finder).text(),
    });
    [inner, next_text(tree, id, Direction::Forward, finder).text()]
}

/// A text as it was read, where that is known, or else as it was told.
pub(super) fn text_of(node: &TreeNode<Told>) -> Option<&str> {
    match &node.kind {
        NodeKind::Text(text) => Some(node.own.raw.as_deref().unwrap_or(text)),
        _ => None,
    }
}

/// Finds a node among its siblings. It begins where the last one among many was found: of ten thousand siblings each would be looked for
/// from the first one otherwise.
#[derive(Debug, Default)]
pub(super) struct Finder {
    last: Option<(NodeId, usize)>,
}

impl Finder {
    pub(super) fn position(&mut self, parent: NodeId, siblings: &[NodeId], node: NodeId) -> Option<usize> {
        if siblings.len() <= FEW {
            return siblings.iter().position(|sibling| *sibling == node);
        }
        let near = self.last.filter(|(known, at)| *known == parent && *at < siblings.len());
        let (before, after) = siblings.split_at(near.map_or(0, |(_, at)| at.saturating_sub(1)));
        let found = after.iter().position(|sibling| *sibling == node).map(|at| at + before.len());
        let index = found.or_else(|| before.iter().position(|sibling| *sibling == node))?;
        self.last = Some((parent, index));
        Some(index)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Back,
    Forward,
}

fn is_inline(tree: &Tree<Told>, id: NodeId) -> bool {
    match tree.node(id).map(|node| &node.kind) {
        // Custom elements are inline where no style says otherwise.
        Some(NodeKind::Element(element)) => {
            let name = element.name.as_str();
            name.contains('-') || INLINE.binary_search(&name).is_ok()
        }
        // What is in one is shown in its host.
        Some(NodeKind::Comment | NodeKind::ShadowRoot { .. }) => true,
        _ => false,
    }
}

/// What comes next in a run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Text(NodeId),
    /// Nodes that were not read, or a text that was not since it has changed.
    Unread,
    /// Nothing: the line ends.
    Nothing,
}

impl Next {
    fn text(self) -> Option<NodeId> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// The next text node of the same run in one direction.
fn next_text(tree: &Tree<Told>, from: NodeId, direction: Direction, finder: &mut Finder) -> Next {
    let mut at = from;
    // Each step goes to another node; a run of empty inline elements is not followed for ever.
    for _ in 0..4 * REACH {
        let Some(beside) = beside(tree, at, direction, finder) else { return Next::Nothing };
        at = match beside {
            Beside::Sibling(sibling) => sibling,
            Beside::Parent(parent) if is_inline(tree, parent) => {
                at = parent;
                continue;
            }
            Beside::Parent(_) => return Next::Nothing,
            Beside::Unread => return Next::Unread,
        };
        while let Some(node) = tree.node(at) {
            if matches!(node.kind, NodeKind::Text(_)) {
                return if node.own.is_stale { Next::Unread } else { Next::Text(at) };
            }
            if !is_inline(tree, at) {
                return Next::Nothing;
            }
            let (edge, inner) = match direction {
                Direction::Back => (node.children.len(), node.children.last()),
                Direction::Forward => (0, node.children.first()),
            };
            if is_unread(tree, at, &node.children, edge) {
                return Next::Unread;
            }
            let Some(inner) = inner else { break };
            at = *inner;
        }
    }
    Next::Nothing
}

/// What is next to a node on one side.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Beside {
    Sibling(NodeId),
    /// It is the last on this side.
    Parent(NodeId),
    /// Nodes that were not read.
    Unread,
}

/// `None` where the node has no parent.
pub(super) fn beside(tree: &Tree<Told>, node: NodeId, to: Direction, finder: &mut Finder) -> Option<Beside> {
    let parent = tree.node(node)?.parent?;
    let siblings = tree.children(parent);
    let index = finder.position(parent, siblings, node)?;
    let (place, sibling) = match to {
        Direction::Back => (index, index.checked_sub(1).and_then(|index| siblings.get(index))),
        Direction::Forward => (index + 1, siblings.get(index + 1)),
    };
    Some(match sibling {
        _ if is_unread(tree, parent, siblings, place) => Beside::Unread,
        Some(sibling) => Beside::Sibling(*sibling),
        None => Beside::Parent(parent),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inline_names_are_sorted_so_that_they_are_found() {
        assert!(INLINE.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
