//! What the encoder keeps of each node besides what it has told.

use super::element::CODE;
use super::tree::{Tree, TreeNode};
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
    /// Old values of what changed since the last flush.
    pub(super) before: Option<Box<Before>>,
}

/// How a node was when it was told last, where it has changed since.
#[derive(Clone, Debug, Default)]
pub(super) struct Before {
    pub(super) attributes: Vec<(Name, Option<MaskedText>)>,
    pub(super) states: Vec<(u8, Option<State>)>,
    pub(super) text: Option<MaskedText>,
}

impl Default for Told {
    fn default() -> Self {
        let (treatment, marks, field) = (Treatment::Open, Marks::default(), Field::None);
        Self { treatment, marks, field, batch: 0, raw: None, before: None }
    }
}

impl Told {
    /// Whether it was first read in this batch: the agent's side has not heard of it.
    pub(super) const fn is_new(&self, batch: u32) -> bool {
        self.batch == batch
    }

    /// Whether agents do not see what is in it.
    pub(super) fn hides_value(&self) -> bool {
        let is_hidden = !matches!(self.field, Field::None | Field::Button) && !self.treatment.shows_values();
        is_hidden || self.field == Field::Secret
    }
}

/// Where a node's old values are kept until the next flush.
pub(super) fn before<'a>(target: &'a mut TreeNode<Told>, node: NodeId, touched: &mut Vec<NodeId>) -> &'a mut Before {
    target.own.before.get_or_insert_with(|| {
        touched.push(node);
        Box::default()
    })
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
