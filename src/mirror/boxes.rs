//! Numbers that a page splits over boxes: four fields, or blocks in a row.
//!
//! Boxes end a line, so all that is in one of them is a part of the number, and nothing else. Cells of a table are none: columns of
//! numbers stand beside each other by chance. Where nodes were not read yet, a row is open: a number may go on there.

use std::collections::HashSet;

use super::place::Ids;
use super::run::{Beside, Direction, Finder, beside, text_of};
use super::told::{Told, is_unread};
use super::tree::{Tree, TreeNode};
use crate::mask::{CARD_DIGITS, Field, Unknown, digits_of};
use crate::protocol::mirror::{NodeId, NodeKind, State};

/// Digits in a box.
const DIGITS: core::ops::RangeInclusive<usize> = 2..=6;

/// How many nodes are looked at in a box.
const NODES: usize = 16;

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

/// Parts that stand beside each other.
#[derive(Debug, Default)]
pub(super) struct Row {
    pub parts: Vec<Part>,
    /// Where nodes stand that were not read.
    pub unknown: Unknown,
}

/// The digits of a field whose value is shown, where it has nothing else and may be a part of a number.
pub(super) fn field_digits(field: Field, value: &str) -> Option<Box<str>> {
    let digits = (field == Field::Typed && value.len() <= 32).then(|| digits_of(value))??;
    (1..=*DIGITS.end()).contains(&digits.len()).then(|| value.into())
}

/// The boxes around a text: those beside each of the elements that it fills, but for elements that are `seen`: those stood in such a row with
/// all beside them that may be of one number.
#[inline(never)]
pub(super) fn boxes_around(
    tree: &Tree<Told>,
    text: NodeId,
    finder: &mut Finder,
    seen: &mut HashSet<NodeId, Ids>,
) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut at = tree.node(text).and_then(|node| node.parent);
    while let Some((id, parent)) = at.and_then(|id| Some((id, tree.node(id)?.parent?))) {
        at = Some(parent);
        if seen.contains(&id) {
            continue;
        }
        let own = match inside(tree, id) {
            Inside::Part(own) => own,
            Inside::Unread => {
                // However many digits it will have, these are among them.
                let own = Part { id: text, digits: String::new(), nodes: vec![text] };
                rows.push(Row { parts: vec![own], unknown: Unknown { before: true, behind: true } });
                break;
            }
            Inside::Digit => continue,
            Inside::Nothing | Inside::Other => break,
        };
        let siblings = tree.children(parent);
        let Some(index) = finder.position(parent, siblings, id) else { break };
        let (mut parts, before) = boxes(tree, parent, index, Direction::Back, *CARD_DIGITS.end());
        parts.reverse();
        let first = parts.len();
        parts.push(own);
        let (after, behind) = boxes(tree, parent, index, Direction::Forward, ROW);
        parts.extend(after);
        let mut beyond = if digits_in(&parts[first + 1..]) < ROW { *CARD_DIGITS.end() } else { 0 };
        for part in parts[first..].iter().rev() {
            if beyond >= *CARD_DIGITS.end() {
                seen.insert(part.id);
            }
            beyond += part.digits.len();
        }
        // A number has three parts at least where none has more than six digits.
        let unknown = Unknown { before, behind };
        if parts.len() > 2 || unknown.is_any() {
            rows.push(Row { parts, unknown });
        }
    }
    rows
}

fn digits_in(row: &[Part]) -> usize {
    row.iter().map(|part| part.digits.len()).sum()
}

/// The fields around a field whose value is shown.
#[inline(never)]
pub(super) fn fields_around(tree: &Tree<Told>, field: NodeId, finder: &mut Finder) -> Row {
    let (mut parts, before) = fields(tree, field, Direction::Back, finder);
    parts.reverse();
    parts.extend(field_part(tree, field));
    let (after, behind) = fields(tree, field, Direction::Forward, finder);
    parts.extend(after);
    Row { parts, unknown: Unknown { before, behind } }
}

/// The boxes in a row beside a child of `parent`, the next one first, up to so many digits; and whether the next one was not read.
#[inline(never)]
fn boxes(tree: &Tree<Told>, parent: NodeId, mut index: usize, to: Direction, most: usize) -> (Vec<Part>, bool) {
    let siblings = tree.children(parent);
    let (mut parts, mut count) = (Vec::new(), 0);
    while count < most {
        let place = if to == Direction::Back { index } else { index + 1 };
        if is_unread(tree, parent, siblings, place) {
            return (parts, true);
        }
        let next = if to == Direction::Back { index.checked_sub(1) } else { Some(index + 1) };
        let Some((at, id)) = next.and_then(|next| Some((next, *siblings.get(next)?))) else { break };
        index = at;
        match inside(tree, id) {
            Inside::Nothing => {}
            Inside::Part(part) => {
                count += part.digits.len();
                parts.push(part);
            }
            Inside::Unread => return (parts, true),
            Inside::Digit | Inside::Other => break,
        }
    }
    (parts, false)
}

/// What is in a node beside a box.
enum Inside {
    /// Nothing that anybody sees.
    Nothing,
    /// The part of a number that fills it.
    Part(Part),
    /// What may be the part of a number that fills it: not all of it was read.
    Unread,
    /// A digit, which is too little for a part; what it is in may be one.
    Digit,
    Other,
}

#[inline(never)]
fn inside(tree: &Tree<Told>, id: NodeId) -> Inside {
    let Some(node) = tree.node(id) else { return Inside::Other };
    let element = match &node.kind {
        NodeKind::Text(_) if node.own.is_stale => return Inside::Unread,
        NodeKind::Text(text) if text.trim().is_empty() => return Inside::Nothing,
        NodeKind::Comment => return Inside::Nothing,
        // To walk over many would take as long as they are.
        NodeKind::Element(element) if node.children.len() <= NODES => element,
        _ => return Inside::Other,
    };
    let role = element.attributes.iter().find(|(name, _)| name.as_str() == "role").map(|(_, role)| role.as_str());
    if matches!(element.name.as_str(), "td" | "th" | "style" | "script") || matches!(role, Some("cell" | "gridcell")) {
        return Inside::Other;
    }
    let (mut text, mut nodes, mut is_whole) = (String::new(), Vec::new(), true);
    for (at, (inner, node)) in tree.walk(id).enumerate() {
        if at > NODES || text.len() > 64 || node.own.field != Field::None {
            return Inside::Other;
        }
        is_whole &= !node.own.is_stale && !node.own.ends_unread && (inner == id || !node.own.follows_unread);
        if let Some(part) = text_of(node).filter(|_| !node.own.is_stale) {
            // How far a page's source is indented is nothing of a number.
            text.push_str(part.trim());
            nodes.push(inner);
        }
    }
    match digits_of(&text) {
        Some(digits) if is_whole && DIGITS.contains(&digits.len()) => Inside::Part(Part { id, digits, nodes }),
        Some(digits) if !is_whole && digits.len() <= *DIGITS.end() => Inside::Unread,
        Some(digits) if digits.len() == 1 => Inside::Digit,
        _ => Inside::Other,
    }
}

fn field_part(tree: &Tree<Told>, id: NodeId) -> Option<Part> {
    let node = tree.node(id)?;
    let digits = digits_of(node.own.raw.as_deref().filter(|_| is_field(node))?)?;
    Some(Part { id, digits, nodes: vec![id] })
}

fn is_field(node: &TreeNode<Told>) -> bool {
    node.own.field == Field::Typed && node.state(State::VALUE).is_some()
}

/// The fields that come one after another from this one on, this one not among them; and whether the next one may not have been read.
#[inline(never)]
fn fields(tree: &Tree<Told>, from: NodeId, to: Direction, finder: &mut Finder) -> (Vec<Part>, bool) {
    let (mut parts, mut count, mut steps, mut at) = (Vec::new(), 0, 0, from);
    while steps < BETWEEN && count < *CARD_DIGITS.end() {
        let next = match next_node(tree, at, to, finder) {
            Some(Beside::Sibling(next) | Beside::Parent(next)) => next,
            Some(Beside::Unread) => return (parts, true),
            None => break,
        };
        (at, steps) = (next, steps + 1);
        if tree.node(next).is_some_and(is_field) {
            let Some(part) = field_part(tree, next) else { break };
            count += part.digits.chars().count();
            steps = 0;
            parts.push(part);
        }
    }
    (parts, false)
}

/// The node before or after this one in document order.
fn next_node(tree: &Tree<Told>, from: NodeId, to: Direction, finder: &mut Finder) -> Option<Beside> {
    if to == Direction::Back {
        let mut found = beside(tree, from, to, finder)?;
        while let Beside::Sibling(last) = found {
            let siblings = tree.children(last);
            found = match siblings.last() {
                _ if is_unread(tree, last, siblings, siblings.len()) => Beside::Unread,
                Some(inner) => Beside::Sibling(*inner),
                None => break,
            };
        }
        return Some(found);
    }
    let children = tree.children(from);
    match children.first() {
        _ if is_unread(tree, from, children, 0) => return Some(Beside::Unread),
        Some(child) => return Some(Beside::Sibling(*child)),
        None => {}
    }
    let mut found = Beside::Parent(from);
    while let Beside::Parent(last) = found {
        found = beside(tree, last, to, finder)?;
    }
    Some(found)
}
