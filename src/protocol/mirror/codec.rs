//! The bytes of a mirror's frames.

use super::name::Name;
use super::{
    Badge, BadgeReason, Check, Device, Element, MIRROR_ATTRIBUTES, MIRROR_FRAME_LIMIT, MIRROR_TEXT_LIMIT, MirrorFrame,
    Namespace, NewNode, NodeId, NodeKind, Operation, Patch, Reset, State,
};
use crate::protocol::asset::{AssetOffer, AssetPart};
use crate::protocol::codec::{BinaryInput, BinaryOutput, Malformed, Output};
use crate::protocol::masked_text::MaskedText;

impl MirrorFrame {
    /// Encodes the frame. At most [`MIRROR_FRAME_LIMIT`] bytes, where the encoder kept to its budget.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = BinaryOutput::default();
        match self {
            Self::Reset(reset) => {
                let [epoch, width, height] = [reset.epoch, reset.size.0, reset.size.1].map(u64::from);
                [0, epoch, width, height].into_iter().for_each(|number| out.unsigned(number));
                out.flag(reset.is_quirky);
                out.unsigned(reset.device.bits.into());
                out.unsigned(reset.device.ratio.into());
            }
            Self::Patch(patch) => {
                [1, patch.epoch, patch.number].into_iter().for_each(|number| out.unsigned(number.into()));
                patch.operations.iter().for_each(|operation| operation.write(&mut out));
            }
            Self::Offer(offer) => {
                [3, 0].into_iter().for_each(|number| out.unsigned(number));
                offer.write(&mut out);
            }
            Self::Asset(part) => {
                [4, 0].into_iter().for_each(|number| out.unsigned(number));
                part.write(&mut out);
            }
            Self::Check(check) => {
                [2, check.epoch, check.number].into_iter().for_each(|number| out.unsigned(number.into()));
                out.unsigned(check.hash);
            }
        }
        out.into_bytes()
    }

    /// Decodes a frame that anybody may have sent.
    ///
    /// # Errors
    /// [`Malformed`]; nothing is ever half decoded. That ids fit together is for the replica to see.
    pub fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        if bytes.len() > MIRROR_FRAME_LIMIT {
            return Err(Malformed::Oversize { limit: MIRROR_FRAME_LIMIT });
        }
        let mut input = BinaryInput::new(bytes);
        let kind = input.varint()?;
        let epoch = input.small()?;
        let frame = match kind {
            0 => {
                let size = (input.small()?, input.small()?);
                let is_quirky = bit(&mut input)?;
                let bits = u8::try_from(input.small()?).map_err(|_| Malformed::OutOfRange)?;
                Self::Reset(Reset { epoch, size, is_quirky, device: Device { bits, ratio: input.small()? } })
            }
            1 => {
                let number = input.small()?;
                let mut operations = Vec::new();
                while !input.is_at_end() {
                    operations.push(Operation::read(&mut input)?);
                }
                Self::Patch(Patch { epoch, number, operations })
            }
            2 => Self::Check(Check { epoch, number: input.small()?, hash: input.varint()? }),
            // Assets are of no epoch.
            3 if epoch == 0 => Self::Offer(AssetOffer::read(&mut input)?),
            4 if epoch == 0 => Self::Asset(AssetPart::read(&mut input)?),
            _ => return Err(Malformed::Unknown),
        };
        if input.is_at_end() { Ok(frame) } else { Err(Malformed::Trailing) }
    }
}

impl Operation {
    fn write(&self, out: &mut BinaryOutput) {
        let mut head = |operation: u64, node: NodeId| {
            out.unsigned(operation);
            out.unsigned(node.0.into());
        };
        match self {
            Self::Insert { parent, before, nodes } => {
                head(0, *parent);
                write_before(*before, out);
                out.unsigned(nodes.len() as u64);
                // Most ids follow one another.
                let mut expected = *parent;
                for node in nodes {
                    write_node(&node.kind, node.id.0.wrapping_sub(expected.0) as i32, out);
                    if node.kind.is_container() {
                        out.unsigned(node.children.into());
                    }
                    expected = NodeId(node.id.0.wrapping_add(1));
                }
            }
            Self::Move { node, parent, before } => {
                head(1, *node);
                out.unsigned(parent.0.into());
                write_before(*before, out);
            }
            Self::Remove { node } => head(2, *node),
            Self::Attribute { node, name, value: Some(value) } => {
                head(3, *node);
                name.write(out);
                out.text(value);
            }
            Self::Attribute { node, name, value: None } => {
                head(4, *node);
                name.write(out);
            }
            Self::Text { node, text } => {
                head(5, *node);
                out.text(text);
            }
            Self::State { node, state } => {
                head(6 + u64::from(state.slot()), *node);
                state.write(out);
            }
        }
    }

    fn read(input: &mut BinaryInput<'_>) -> Result<Self, Malformed> {
        let operation = input.varint()?;
        let node = NodeId(input.small()?);
        Ok(match operation {
            0 => {
                let before = read_before(input)?;
                let count = input.small()?;
                let mut nodes = Vec::new();
                let mut expected = node;
                // Each takes a byte at least, so this ends with the input.
                for _ in 0..count {
                    let new = NewNode::read(expected, input)?;
                    expected = NodeId(new.id.0.wrapping_add(1));
                    nodes.push(new);
                }
                Self::Insert { parent: node, before, nodes }
            }
            1 => Self::Move { node, parent: NodeId(input.small()?), before: read_before(input)? },
            2 => Self::Remove { node },
            3 => Self::Attribute { node, name: Name::read(input)?, value: Some(text(input)?) },
            4 => Self::Attribute { node, name: Name::read(input)?, value: None },
            5 => Self::Text { node, text: text(input)? },
            _ => Self::State { node, state: State::read(operation - 6, input)? },
        })
    }
}

/// The bytes of a [`Patch`], written as its operations are found: no operation is held.
#[derive(Default)]
pub(crate) struct PatchOutput {
    out: BinaryOutput,
}

impl PatchOutput {
    /// A patch without operations.
    pub(crate) fn new(epoch: u32, number: u32) -> Self {
        let mut patch = Self::default();
        [1, epoch, number].into_iter().for_each(|number| patch.out.unsigned(number.into()));
        patch
    }

    /// How many bytes there are.
    pub(crate) fn len(&self) -> usize {
        self.out.len()
    }

    pub(crate) fn push(&mut self, operation: &Operation) {
        operation.write(&mut self.out);
    }

    /// [`Operation::Insert`], with nodes that are written already.
    pub(crate) fn insert(&mut self, parent: NodeId, before: Option<NodeId>, nodes: NodesOutput) {
        self.out.unsigned(0);
        self.out.unsigned(parent.0.into());
        write_before(before, &mut self.out);
        self.out.unsigned(nodes.count.into());
        self.out.append(&nodes.into_bytes());
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.out.into_bytes()
    }
}

/// The nodes of an [`Operation::Insert`], as they are found.
pub(crate) struct NodesOutput {
    out: BinaryOutput,
    count: u32,
    /// The id that the next node has in most pages.
    expected: NodeId,
    /// Counts of children that are others than were written: where they begin and end, in order.
    corrections: Vec<(usize, usize, u32)>,
}

impl NodesOutput {
    /// None yet, to be inserted into `parent`.
    pub(crate) fn new(parent: NodeId) -> Self {
        Self { out: BinaryOutput::default(), count: 0, expected: parent, corrections: Vec::new() }
    }

    /// How many bytes there are.
    pub(crate) fn len(&self) -> usize {
        self.out.len()
    }

    /// Adds a node with so many children. Where its count of children begins and ends.
    pub(crate) fn push(&mut self, id: NodeId, kind: &NodeKind, children: u32) -> (usize, usize) {
        write_node(kind, id.0.wrapping_sub(self.expected.0) as i32, &mut self.out);
        let start = self.out.len();
        if kind.is_container() {
            self.out.unsigned(children.into());
        }
        self.expected = NodeId(id.0.wrapping_add(1));
        self.count += 1;
        (start, self.out.len())
    }

    /// A node has fewer children here than was said. Call in the order of the nodes, each once, after the last node.
    pub(crate) fn correct(&mut self, (start, end): (usize, usize), children: u32) {
        self.corrections.push((start, end, children));
    }

    fn into_bytes(self) -> Vec<u8> {
        let bytes = self.out.into_bytes();
        let mut whole = BinaryOutput::default();
        let mut at = 0;
        for (start, end, children) in self.corrections {
            whole.append(bytes.get(at..start).unwrap_or_default());
            whole.unsigned(children.into());
            at = end;
        }
        if at == 0 {
            return bytes;
        }
        whole.append(bytes.get(at..).unwrap_or_default());
        whole.into_bytes()
    }
}

impl NodeKind {
    /// Whether it has children: a count of them follows it.
    pub(crate) const fn is_container(&self) -> bool {
        matches!(self, Self::Element(_) | Self::ShadowRoot { .. } | Self::Document { .. } | Self::Content)
    }
}

/// After the reasons of badges, with room for more of them.
const SHEET: u64 = 32;
const CONTENT: u64 = 33;

/// All of it but the count of its children. `gap` is what its id is beyond the one that is expected.
fn write_node(kind: &NodeKind, gap: i32, out: &mut BinaryOutput) {
    let tag = match kind {
        NodeKind::Element(element) => element.namespace as u64,
        NodeKind::Text(_) => 3,
        NodeKind::Comment => 4,
        NodeKind::Doctype { .. } => 5,
        NodeKind::ShadowRoot { .. } => 6,
        NodeKind::Document { .. } => 7,
        NodeKind::Badge(badge) => 8 + badge.reason as u64,
        NodeKind::Sheet { .. } => SHEET,
        NodeKind::Content => CONTENT,
    };
    out.unsigned(tag << 1 | u64::from(gap != 0));
    if gap != 0 {
        out.unsigned(zigzag(gap));
    }
    match kind {
        NodeKind::Element(element) => {
            element.name.write(out);
            out.unsigned(element.attributes.len() as u64);
            for (name, value) in &element.attributes {
                name.write(out);
                out.text(value);
            }
        }
        NodeKind::Text(text) => out.text(text),
        NodeKind::Comment | NodeKind::Content => {}
        NodeKind::Doctype { name, public, system } => {
            name.write(out);
            out.text(public);
            out.text(system);
        }
        NodeKind::ShadowRoot { delegates_focus, has_manual_slots } => {
            out.flag(*delegates_focus);
            out.flag(*has_manual_slots);
        }
        NodeKind::Document { is_quirky } => out.flag(*is_quirky),
        NodeKind::Sheet { media, css } => {
            out.text(media);
            out.text(css);
        }
        NodeKind::Badge(badge) => {
            out.unsigned(badge.size.0.into());
            out.unsigned(badge.size.1.into());
        }
    }
}

impl NewNode {
    fn read(expected: NodeId, input: &mut BinaryInput<'_>) -> Result<Self, Malformed> {
        let tag = input.varint()?;
        let gap = if tag & 1 == 1 { unzigzag(input.varint()?)? } else { 0 };
        let id = NodeId(expected.0.wrapping_add(gap as u32));
        let leaf = |kind| Ok(Self { id, kind, children: 0 });
        let namespace = match tag >> 1 {
            0 => Namespace::Html,
            1 => Namespace::Svg,
            2 => Namespace::MathMl,
            3 => return leaf(NodeKind::Text(text(input)?)),
            4 => return leaf(NodeKind::Comment),
            5 => {
                let (name, public, system) = (Name::read(input)?, text(input)?, text(input)?);
                return leaf(NodeKind::Doctype { name, public, system });
            }
            6 => {
                let kind = NodeKind::ShadowRoot { delegates_focus: bit(input)?, has_manual_slots: bit(input)? };
                return Ok(Self { id, kind, children: input.small()? });
            }
            7 => {
                let kind = NodeKind::Document { is_quirky: bit(input)? };
                return Ok(Self { id, kind, children: input.small()? });
            }
            CONTENT => return Ok(Self { id, kind: NodeKind::Content, children: input.small()? }),
            SHEET => return leaf(NodeKind::Sheet { media: text(input)?, css: text(input)? }),
            kind => {
                let reason = u32::try_from(kind - 8).ok().and_then(BadgeReason::from_number);
                let reason = reason.ok_or(Malformed::Unknown)?;
                return leaf(NodeKind::Badge(Badge { reason, size: (input.small()?, input.small()?) }));
            }
        };
        let name = Name::read(input)?;
        let count = input.small()? as usize;
        if count > MIRROR_ATTRIBUTES {
            return Err(Malformed::Oversize { limit: MIRROR_ATTRIBUTES });
        }
        let mut attributes: Vec<(Name, MaskedText)> = Vec::new();
        for _ in 0..count {
            attributes.push((Name::read(input)?, text(input)?));
        }
        let children = input.small()?;
        Ok(Self { id, kind: NodeKind::Element(Element { namespace, name, attributes }), children })
    }
}

/// The id plus one, or 0 for the end.
fn write_before(before: Option<NodeId>, out: &mut BinaryOutput) {
    out.unsigned(before.map_or(0, |before| u64::from(before.0) + 1));
}

fn read_before(input: &mut BinaryInput<'_>) -> Result<Option<NodeId>, Malformed> {
    Ok(input.small()?.checked_sub(1).map(NodeId))
}

pub(super) fn text(input: &mut BinaryInput<'_>) -> Result<MaskedText, Malformed> {
    input.sized_text(MIRROR_TEXT_LIMIT).map(MaskedText::decoded)
}

pub(in crate::protocol) fn bit(input: &mut BinaryInput<'_>) -> Result<bool, Malformed> {
    match input.varint()? {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Malformed::OutOfRange),
    }
}

/// Small numbers of either sign as small numbers.
pub(super) fn zigzag(value: i32) -> u64 {
    u64::from(((value << 1) ^ (value >> 31)) as u32)
}

pub(super) fn unzigzag(value: u64) -> Result<i32, Malformed> {
    let value = u32::try_from(value).map_err(|_| Malformed::OutOfRange)?;
    Ok((value >> 1) as i32 ^ -((value & 1) as i32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_change_costs_about_ten_bytes() {
        let patch =
            |operation| MirrorFrame::Patch(Patch { epoch: 1, number: 200, operations: vec![operation] }).encode().len();
        let text = |text: &str| MaskedText::decoded(text);
        assert_eq!(patch(Operation::Text { node: NodeId(3_000), text: text("12") }), 10);
        let class = Name::new("class").expect("a name");
        assert_eq!(patch(Operation::Attribute { node: NodeId(3_000), name: class, value: Some(text("on")) }), 11);
    }

    #[test]
    fn scroll_positions_of_either_sign_come_back() {
        for value in [0, 1, -1, 4_000, -4_000, i32::MAX, i32::MIN] {
            assert_eq!(unzigzag(zigzag(value)), Ok(value));
        }
    }
}
