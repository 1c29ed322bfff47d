//! Numbers that a page splits over boxes: four fields, or blocks in a row.
//!
//! Boxes end a line, so all that is in one of them is a part of the number, and nothing else. Cells of a table are none: columns of
//! numbers stand beside each other by chance.

use std::collections::HashSet;

use super::place::Ids;
use super::run::{Direction, Finder, text_of};
use super::told::Told;
use super::tree::{Tree, TreeNode};
use crate::mask::{CARD_DIGITS, Field, digits_of};
use crate::protocol::mirror::{NodeId, NodeKind, State};

/// Digits in a box.
const DIGITS: core::ops::RangeInclusive<usize> = 2..=6;

/// How many nodes are looked at in a box.
const NODES: usize = 16;

/// In how many elements a text may stand that are one box.
const LEVELS: usize = 4;

/// How far from a field the next one may be, in nodes.
const BETWEEN: usize = 24;

/// So many digits of a row are looked at together from a box on, about: of a long one each box would be looked at with each.
const ROW: usize = 256;

/// A box with a part of a number.
#[derive(Debug)]
pub(super) struct Part {
    /// The element.
    pub id: NodeId,
    /// Its digits.
    pub digits: String,
    /// The texts with all of them, or the field.
    pub nodes: Vec<NodeId>,
}

/// The digits of a field whose value is shown, where it has nothing else and may be a part of a number.
pub(super) fn field_digits(field: Field, value: &str) -> Option<Box<str>> {
    let digits = (field == Field::Typed && value.len() <= 32).then(|| digits_of(value))??;
    (digits.len() <= *DIGITS.end()).then(|| value.into())
}

/// The boxes around a text: those beside each of the elements that it fills, but for elements that are `seen`: those stood in such a row with
/// all beside them that may be of one number.
#[inline(never)]
pub(super) fn boxes_around(
    tree: &Tree<Told>,
    text: NodeId,
    finder: &mut Finder,
    seen: &mut HashSet<NodeId, Ids>,
) -> Vec<Vec<Part>> {
    let mut rows = Vec::new();
    let mut at = tree.node(text).and_then(|node| node.parent);
    for _ in 0..LEVELS {
        let Some((id, parent)) = at.and_then(|id| Some((id, tree.node(id)?.parent?))) else { break };
        at = Some(parent);
        if seen.contains(&id) {
            continue;
        }
        let Some(own) = part_of(tree, id) else { break };
        let siblings = tree.children(parent);
        let Some(index) = finder.position(parent, siblings, id) else { break };
        let (before, after) = siblings.split_at(index);
        let mut row = beside(tree, before.iter().rev(), *CARD_DIGITS.end());
        row.reverse();
        let first = row.len();
        row.push(own);
        row.extend(beside(tree, after.iter().skip(1), ROW));
        let mut beyond = if digits_in(&row[first + 1..]) < ROW { *CARD_DIGITS.end() } else { 0 };
        for part in row[first..].iter().rev() {
            if beyond >= *CARD_DIGITS.end() {
                seen.insert(part.id);
            }
            beyond += part.digits.len();
        }
        // A number has three parts at least where none has more than six digits.
        if row.len() > 2 {
            rows.push(row);
        }
    }
    rows
}

fn digits_in(row: &[Part]) -> usize {
    row.iter().map(|part| part.digits.len()).sum()
}

/// The fields around a field whose value is shown.
#[inline(never)]
pub(super) fn fields_around(tree: &Tree<Told>, field: NodeId, finder: &mut Finder) -> Vec<Part> {
    let mut row = fields(tree, field, Direction::Back, finder);
    row.reverse();
    row.extend(field_part(tree, field));
    row.extend(fields(tree, field, Direction::Forward, finder));
    row
}

/// The boxes in a row from here on, up to so many digits.
#[inline(never)]
fn beside<'a>(tree: &Tree<Told>, siblings: impl Iterator<Item = &'a NodeId>, most: usize) -> Vec<Part> {
    let (mut parts, mut count) = (Vec::new(), 0);
    for id in siblings {
        let is_nothing = match tree.node(*id).map(|node| &node.kind) {
            Some(NodeKind::Text(text)) => text.trim().is_empty(),
            Some(NodeKind::Comment) => true,
            _ => false,
        };
        if is_nothing {
            continue;
        }
        let Some(part) = part_of(tree, *id).filter(|_| count < most) else { break };
        count += part.digits.len();
        parts.push(part);
    }
    parts
}

/// The part of a number that fills an element.
#[inline(never)]
fn part_of(tree: &Tree<Told>, id: NodeId) -> Option<Part> {
    let NodeKind::Element(element) = &tree.node(id)?.kind else { return None };
    let role = element.attributes.iter().find(|(name, _)| name.as_str() == "role").map(|(_, role)| role.as_str());
    if matches!(element.name.as_str(), "td" | "th" | "style" | "script") || matches!(role, Some("cell" | "gridcell")) {
        return None;
    }
    let (mut text, mut nodes) = (String::new(), Vec::new());
    for (at, (inner, node)) in tree.walk(id).enumerate() {
        if at > NODES || text.len() > 64 || node.own.field != Field::None {
            return None;
        }
        if let Some(part) = text_of(node) {
            // How far a page's source is indented is nothing of a number.
            text.push_str(part.trim());
            nodes.push(inner);
        }
    }
    let digits = digits_of(&text)?;
    DIGITS.contains(&digits.len()).then_some(Part { id, digits, nodes })
}

fn field_part(tree: &Tree<Told>, id: NodeId) -> Option<Part> {
    let node = tree.node(id)?;
    let digits = digits_of(node.own.raw.as_deref().filter(|_| is_field(node))?)?;
    Some(Part { id, digits, nodes: vec![id] })
}

fn is_field(node: &TreeNode<Told>) -> bool {
    node.own.field == Field::Typed && node.state(State::VALUE).is_some()
}

/// The fields that come one after another from this one on, this one not among them.
#[inline(never)]
fn fields(tree: &Tree<Told>, from: NodeId, to: Direction, finder: &mut Finder) -> Vec<Part> {
    let (mut parts, mut count, mut steps, mut at) = (Vec::new(), 0, 0, from);
    while let Some(next) = next_node(tree, at, to, finder).filter(|_| steps < BETWEEN && count < *CARD_DIGITS.end()) {
        (at, steps) = (next, steps + 1);
        if tree.node(next).is_some_and(is_field) {
            let Some(part) = field_part(tree, next) else { break };
            count += part.digits.chars().count();
            steps = 0;
            parts.push(part);
        }
    }
    parts
}

/// The node before or after this one in document order.
fn next_node(tree: &Tree<Told>, from: NodeId, to: Direction, finder: &mut Finder) -> Option<NodeId> {
    if to == Direction::Forward
        && let Some(child) = tree.children(from).first()
    {
        return Some(*child);
    }
    let mut at = from;
    loop {
        let parent = tree.node(at)?.parent?;
        let siblings = tree.children(parent);
        let index = finder.position(parent, siblings, at)?;
        match to {
            Direction::Forward => match siblings.get(index + 1) {
                Some(next) => return Some(*next),
                None => at = parent,
            },
            Direction::Back => {
                let Some(mut last) = index.checked_sub(1).and_then(|index| siblings.get(index)).copied() else {
                    return Some(parent);
                };
                while let Some(inner) = tree.children(last).last() {
                    last = *inner;
                }
                return Some(last);
            }
        }
    }
}
