//! The bytes of a mirror's frames.

use super::name::Name;
use super::nodes::{NodesOutput, read_nodes};
use super::{
    Check, Device, Inner, MIRROR_FRAME_LIMIT, MIRROR_TEXT_LIMIT, MirrorFrame, NodeId, NodeKind, Operation, Patch,
    Reset, State,
};
use crate::protocol::asset::{AssetOffer, AssetPart};
use crate::protocol::codec::{BinaryInput, BinaryOutput, Malformed, Output};
use crate::protocol::masked_text::MaskedText;

/// First numbers of frames.
const PATCH: u64 = 1;
const RETOLD: u64 = 7;

impl MirrorFrame {
    /// Encodes the frame. At most [`MIRROR_FRAME_LIMIT`] bytes, where the encoder kept to its budget.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = BinaryOutput::default();
        match self {
            Self::Reset(reset) => {
                let Reset { page, epoch, number, size: (width, height), .. } = *reset;
                [0, epoch, page, number, width, height].into_iter().for_each(|number| out.unsigned(number.into()));
                out.flag(reset.is_difference);
                out.flag(reset.is_quirky);
                out.unsigned(reset.device.bits.into());
                out.unsigned(reset.device.ratio.into());
            }
            Self::Patch(patch) => patch.write(PATCH, &mut out),
            Self::Retold(patch) => patch.write(RETOLD, &mut out),
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
            Self::Inner(inner) => {
                [6, inner.epoch, inner.node.0].into_iter().for_each(|number| out.unsigned(number.into()));
                out.sized(&inner.frame);
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
                let (page, number) = (input.small()?, input.small()?);
                let size = (input.small()?, input.small()?);
                let (is_difference, is_quirky) = (bit(&mut input)?, bit(&mut input)?);
                let bits = u8::try_from(input.small()?).map_err(|_| Malformed::OutOfRange)?;
                let device = Device { bits, ratio: input.small()? };
                Self::Reset(Reset { page, epoch, number, is_difference, size, is_quirky, device })
            }
            PATCH => Self::Patch(Patch::read(epoch, &mut input)?),
            RETOLD => Self::Retold(Patch::read(epoch, &mut input)?),
            2 => Self::Check(Check { epoch, number: input.small()?, hash: input.varint()? }),
            // Assets are of no epoch.
            3 if epoch == 0 => Self::Offer(AssetOffer::read(&mut input)?),
            4 if epoch == 0 => Self::Asset(AssetPart::read(&mut input)?),
            6 => Self::Inner(Inner {
                epoch,
                node: NodeId(input.small()?),
                frame: input.sized_bytes(MIRROR_FRAME_LIMIT)?.to_vec(),
            }),
            _ => return Err(Malformed::Unknown),
        };
        if input.is_at_end() { Ok(frame) } else { Err(Malformed::Trailing) }
    }
}

impl Patch {
    fn write(&self, kind: u64, out: &mut BinaryOutput) {
        [kind, self.epoch.into(), self.number.into()].into_iter().for_each(|number| out.unsigned(number));
        self.operations.iter().for_each(|operation| operation.write(out));
    }

    fn read(epoch: u32, input: &mut BinaryInput<'_>) -> Result<Self, Malformed> {
        let number = input.small()?;
        let mut operations = Vec::new();
        while !input.is_at_end() {
            operations.push(Operation::read(input)?);
        }
        Ok(Self { epoch, number, operations })
    }
}

impl Operation {
    fn write(&self, out: &mut BinaryOutput) {
        match self {
            Self::Insert { parent, before, nodes } => {
                write_head(0, *parent, out);
                write_before(*before, out);
                let mut inserted = NodesOutput::new(*parent);
                for node in nodes {
                    inserted.push(node.id, &node.kind, node.children);
                }
                inserted.finish(out);
            }
            Self::Move { node, parent, before } => {
                write_head(1, *node, out);
                out.unsigned(parent.0.into());
                write_before(*before, out);
            }
            Self::Remove { node } => write_head(2, *node, out),
            Self::Attribute { node, name, value } => write_attribute(*node, name, value.as_ref(), out),
            Self::Text { node, text } => write_text(*node, text, out),
            Self::State { node, state } => write_state(*node, state, out),
        }
    }

    fn read(input: &mut BinaryInput<'_>) -> Result<Self, Malformed> {
        let operation = input.varint()?;
        let node = NodeId(input.small()?);
        Ok(match operation {
            0 => {
                let before = read_before(input)?;
                let nodes = read_nodes(node, input)?;
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
    /// A patch without operations; told once more, where `is_retold`.
    pub(crate) fn new(epoch: u32, number: u32, is_retold: bool) -> Self {
        let mut patch = Self::default();
        let kind = if is_retold { RETOLD } else { PATCH };
        [kind, epoch.into(), number.into()].into_iter().for_each(|number| patch.out.unsigned(number));
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
    pub(crate) fn insert(&mut self, parent: NodeId, before: Option<NodeId>, nodes: NodesOutput<'_>) {
        write_head(0, parent, &mut self.out);
        write_before(before, &mut self.out);
        nodes.finish(&mut self.out);
    }

    /// [`Operation::Attribute`]
    pub(crate) fn attribute(&mut self, node: NodeId, name: &Name, value: Option<&MaskedText>) {
        write_attribute(node, name, value, &mut self.out);
    }

    /// [`Operation::Text`]
    pub(crate) fn text(&mut self, node: NodeId, text: &MaskedText) {
        write_text(node, text, &mut self.out);
    }

    /// [`Operation::State`]
    pub(crate) fn state(&mut self, node: NodeId, state: &State) {
        write_state(node, state, &mut self.out);
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.out.into_bytes()
    }
}

impl NodeKind {
    /// Whether it has children: a count of them follows it.
    pub(crate) const fn is_container(&self) -> bool {
        matches!(self, Self::Element(_) | Self::ShadowRoot { .. } | Self::Document { .. } | Self::Content)
    }
}

fn write_head(operation: u64, node: NodeId, out: &mut BinaryOutput) {
    out.unsigned(operation);
    out.unsigned(node.0.into());
}

fn write_attribute(node: NodeId, name: &Name, value: Option<&MaskedText>, out: &mut BinaryOutput) {
    write_head(if value.is_some() { 3 } else { 4 }, node, out);
    name.write(out);
    if let Some(value) = value {
        out.text(value);
    }
}

fn write_text(node: NodeId, text: &MaskedText, out: &mut BinaryOutput) {
    write_head(5, node, out);
    out.text(text);
}

fn write_state(node: NodeId, state: &State, out: &mut BinaryOutput) {
    write_head(6 + u64::from(state.slot()), node, out);
    state.write(out);
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
