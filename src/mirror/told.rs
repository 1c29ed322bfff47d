//! What the encoder keeps of each node besides what it has told.

use super::element::CODE;
use super::tree::Tree;
use crate::mask::{Field, Marks, Treatment};
use crate::protocol::MaskedText;
use crate::protocol::mirror::{Name, NodeId, NodeKind, State};

/// Why no agent may act on a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// It is masked, or in something that is.
    Masked = 1,
    /// Agents do not see its value.
    Value = 2,
    /// The customer lets agents see it only.
    ReadOnly = 4,
}

/// What is kept of each node besides what was told.
#[derive(Clone, Debug)]
pub struct Told {
    pub(super) treatment: Treatment,
    pub(super) marks: Marks,
    pub(super) field: Field,
    /// The batch in which it was first read; it is told when that ends.
    pub(super) batch: u32,
    /// The text as it was read, where it may be a part of a number that is private as a whole.
    pub(super) raw: Option<Box<str>>,
    /// Whether the text has changed, and was not read since.
    pub(super) is_stale: bool,
    /// Whether nodes that were not read yet stand between it and the sibling before it.
    pub(super) follows_unread: bool,
    /// Whether nodes that were not read yet stand behind the last of its children.
    pub(super) ends_unread: bool,
    /// The last that changed in it since the last flush.
    pub(super) changed: Option<ChangeAt>,
}

/// Where something stands in [`Changes`].
#[derive(Clone, Copy, Debug)]
pub(super) struct ChangeAt(u32);

/// Something of a node as it was when it was told last.
#[derive(Clone, Debug)]
pub(super) enum Was {
    Attribute(Name, Option<MaskedText>),
    State(u8, Option<State>),
    Text(MaskedText),
}

impl Was {
    fn is_of_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Attribute(name, _), Self::Attribute(other, _)) => name == other,
            (Self::State(slot, _), Self::State(other, _)) => slot == other,
            (Self::Text(_), Self::Text(_)) => true,
            _ => false,
        }
    }
}

/// What has changed of nodes that were told before, each thing once, in the order in which it first did.
///
/// They stand in one list, and those of a node are chained in it: a list for each would cost more than the change.
#[derive(Debug, Default)]
pub(super) struct Changes(Vec<(NodeId, Was, Option<ChangeAt>)>);

impl Changes {
    /// Keeps what was, where nothing was kept of the same since the last flush.
    pub(super) fn keep(&mut self, node: NodeId, own: &mut Told, was: Was) {
        let mut at = own.changed;
        while let Some((_, known, before)) = at.and_then(|ChangeAt(at)| self.0.get(at as usize)) {
            if known.is_of_same(&was) {
                return;
            }
            at = *before;
        }
        self.0.push((node, was, own.changed.replace(ChangeAt(self.0.len() as u32))));
    }

    pub(super) fn into_iter(self) -> impl Iterator<Item = (NodeId, Was)> {
        self.0.into_iter().map(|(node, was, _)| (node, was))
    }
}

impl Default for Told {
    fn default() -> Self {
        let (treatment, marks, field) = (Treatment::Open, Marks::default(), Field::None);
        let (is_stale, follows_unread, ends_unread) = (false, false, false);
        Self { treatment, marks, field, batch: 0, raw: None, is_stale, follows_unread, ends_unread, changed: None }
    }
}

impl Told {
    /// Whether it was first read in this batch: the agent's side has not heard of it.
    pub(super) const fn is_new(&self, batch: u32) -> bool {
        self.batch == batch
    }

    /// Whether agents do not see what is in it.
    pub(super) fn hides_value(&self) -> bool {
        self.field.hides_value(self.treatment)
    }
}

/// Whether nodes that were not read yet stand before the sibling at this index; behind all of them where there is none.
pub(super) fn is_unread(tree: &Tree<Told>, parent: NodeId, siblings: &[NodeId], index: usize) -> bool {
    match siblings.get(index) {
        Some(sibling) => tree.node(*sibling).is_some_and(|sibling| sibling.own.follows_unread),
        None => tree.node(parent).is_some_and(|parent| parent.own.ends_unread),
    }
}

/// Whether what is in a node is told.
pub(super) fn is_container(tree: &Tree<Told>, id: NodeId) -> bool {
    match tree.node(id).map(|node| &node.kind) {
        // What is in a text area is its value; code is not told.
        Some(NodeKind::Element(element)) => !matches!(element.name.as_str(), "textarea" | CODE),
        Some(NodeKind::ShadowRoot { .. } | NodeKind::Document { .. } | NodeKind::Content) => true,
        _ => false,
    }
}

/// The text of a node that was told is shown.
pub(super) fn shows(tree: &Tree<Told>, id: NodeId) -> bool {
    tree.node(id).is_some_and(|node| node.own.treatment.shows_text())
}

/// Why no agent may act on an element, by what is said of itself: of parts of it the replica knows by their parent.
pub(super) fn guard_of(own: &Told, above: Treatment) -> Option<u8> {
    let guards = [
        (above.shows_text() && !own.treatment.shows_text(), Guard::Masked),
        (own.hides_value(), Guard::Value),
        (own.marks.has(Marks::READ_ONLY), Guard::ReadOnly),
    ];
    let bits = bits_of(guards);
    (bits != 0).then_some(bits)
}

/// Those that hold, as bits.
pub(super) fn bits_of(guards: [(bool, Guard); 3]) -> u8 {
    guards.into_iter().filter(|(holds, _)| *holds).fold(0, |bits, (_, guard)| bits | guard as u8)
}
