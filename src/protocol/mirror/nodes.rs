//! The bytes of new nodes: first what they are, then their texts.
//!
//! Texts stand in columns: those of text nodes, then the values of each attribute by itself, in the order in which names first come. What is
//! alike stands together, so that it compresses to a fifth less than node by node. After each text stands a byte that no UTF-8 has: so
//! neither lengths nor columns are told, and two texts never read as one, where numbers might become another that is private.

use super::codec::{bit, unzigzag, zigzag};
use super::name::{COMMON_NAMES, Name};
use super::{Badge, BadgeReason, Element, MIRROR_ATTRIBUTES, MIRROR_TEXT_LIMIT, Namespace, NewNode, NodeId, NodeKind};
use crate::protocol::codec::{BinaryInput, BinaryOutput, Malformed, Output};
use crate::protocol::masked_text::MaskedText;

/// So many names beside the common ones have a column; values of more stand among the texts.
const OTHER_COLUMNS: usize = 64;

/// After the reasons of badges, with room for more of them.
const SHEET: u64 = 32;
const CONTENT: u64 = 33;

/// After each text.
const END: u8 = 0xff;

/// The nodes of an [`Operation::Insert`](super::Operation::Insert), as they are found.
pub(crate) struct NodesOutput<'a> {
    shape: BinaryOutput,
    count: u32,
    /// The id that the next node has in most pages.
    expected: NodeId,
    /// Counts of children that are others than were written: where they begin and end, in order.
    corrections: Vec<(usize, usize, u32)>,
    columns: Columns,
    /// With their columns.
    texts: Vec<(u8, &'a str)>,
    /// How many bytes texts take, with their ends.
    size: usize,
}

impl<'a> NodesOutput<'a> {
    /// None yet, to be inserted into `parent`.
    pub(crate) fn new(parent: NodeId) -> Self {
        Self {
            shape: BinaryOutput::default(),
            count: 0,
            expected: parent,
            corrections: Vec::new(),
            columns: Columns::default(),
            texts: Vec::new(),
            size: 0,
        }
    }

    /// How many bytes there are.
    pub(crate) fn len(&self) -> usize {
        self.shape.len() + self.size
    }

    /// Adds a node with so many children. Where its count of children begins and ends.
    pub(crate) fn push(&mut self, id: NodeId, kind: &'a NodeKind, children: u32) -> (usize, usize) {
        self.write(kind, id.0.wrapping_sub(self.expected.0) as i32);
        let start = self.shape.len();
        if kind.is_container() {
            self.shape.unsigned(children.into());
        }
        self.expected = NodeId(id.0.wrapping_add(1));
        self.count += 1;
        (start, self.shape.len())
    }

    /// A node has fewer children here than was said. Call in the order of the nodes, each once, after the last node.
    pub(crate) fn correct(&mut self, (start, end): (usize, usize), children: u32) {
        self.corrections.push((start, end, children));
    }

    /// How many there are, and all of them.
    pub(super) fn finish(self, out: &mut BinaryOutput) {
        out.unsigned(self.count.into());
        let shape = self.shape.into_bytes();
        let mut at = 0;
        for (start, end, children) in self.corrections {
            out.append(shape.get(at..start).unwrap_or_default());
            out.unsigned(children.into());
            at = end;
        }
        out.append(shape.get(at..).unwrap_or_default());
        let mut lengths = [0; Columns::MOST];
        for (column, text) in &self.texts {
            lengths[usize::from(*column)] += text.len() + 1;
        }
        let mut starts = starts_of(lengths);
        let columns = out.extend(self.size);
        for (column, text) in self.texts {
            let start = &mut starts[usize::from(column)];
            let end = *start + text.len();
            if let Some([place @ .., last]) = columns.get_mut(*start..=end) {
                place.copy_from_slice(text.as_bytes());
                *last = END;
            }
            *start = end + 1;
        }
    }

    /// All of it but the count of its children. `gap` is what its id is beyond the one that is expected.
    fn write(&mut self, kind: &'a NodeKind, gap: i32) {
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
        self.shape.unsigned(tag << 1 | u64::from(gap != 0));
        if gap != 0 {
            self.shape.unsigned(zigzag(gap));
        }
        match kind {
            NodeKind::Element(element) => {
                element.name.write(&mut self.shape);
                self.shape.unsigned(element.attributes.len() as u64);
                for (name, value) in &element.attributes {
                    name.write(&mut self.shape);
                    let column = self.columns.of(name);
                    self.say(column, value);
                }
            }
            NodeKind::Text(text) => self.say(Columns::TEXTS, text),
            NodeKind::Comment | NodeKind::Content => {}
            NodeKind::Doctype { name, public, system } => {
                name.write(&mut self.shape);
                self.say(Columns::TEXTS, public);
                self.say(Columns::TEXTS, system);
            }
            NodeKind::ShadowRoot { delegates_focus, has_manual_slots } => {
                self.shape.flag(*delegates_focus);
                self.shape.flag(*has_manual_slots);
            }
            NodeKind::Document { is_quirky } => self.shape.flag(*is_quirky),
            NodeKind::Sheet { media, css } => {
                self.say(Columns::TEXTS, media);
                self.say(Columns::TEXTS, css);
            }
            NodeKind::Badge(badge) => {
                self.shape.unsigned(badge.size.0.into());
                self.shape.unsigned(badge.size.1.into());
            }
        }
    }

    fn say(&mut self, column: u8, text: &'a str) {
        self.texts.push((column, text));
        self.size += text.len() + 1;
    }
}

/// Reads the nodes that are inserted into `parent`.
pub(super) fn read_nodes(parent: NodeId, input: &mut BinaryInput<'_>) -> Result<Vec<NewNode>, Malformed> {
    let count = input.small()?;
    let (mut nodes, mut columns, mut texts) = (Vec::new(), Columns::default(), Vec::new());
    let mut expected = parent;
    // Each takes a byte at least, so this ends with the input.
    for _ in 0..count {
        let node = read_shape(expected, input, &mut columns, &mut texts)?;
        expected = NodeId(node.id.0.wrapping_add(1));
        nodes.push(node);
    }
    let mut counts = [0; Columns::MOST];
    texts.iter().for_each(|column| counts[usize::from(*column)] += 1);
    let mut starts = starts_of(counts);
    let read = |_: &u8| input.ended_text(END, MIRROR_TEXT_LIMIT);
    let columns = texts.iter().map(read).collect::<Result<Vec<&str>, Malformed>>()?;
    let mut texts = texts.into_iter();
    for node in &mut nodes {
        let mut fill = |text: &mut MaskedText| {
            let at = &mut starts[usize::from(texts.next().unwrap_or_default())];
            *text = MaskedText::decoded(columns.get(*at).copied().unwrap_or_default());
            *at += 1;
        };
        match &mut node.kind {
            NodeKind::Element(element) => element.attributes.iter_mut().for_each(|(_, value)| fill(value)),
            NodeKind::Text(text) => fill(text),
            NodeKind::Doctype { public, system, .. } => [public, system].into_iter().for_each(fill),
            NodeKind::Sheet { media, css } => [media, css].into_iter().for_each(fill),
            _ => {}
        }
    }
    Ok(nodes)
}

/// A node without its texts; of each of those the column goes into `texts`.
fn read_shape(
    expected: NodeId,
    input: &mut BinaryInput<'_>,
    columns: &mut Columns,
    texts: &mut Vec<u8>,
) -> Result<NewNode, Malformed> {
    let tag = input.varint()?;
    let gap = if tag & 1 == 1 { unzigzag(input.varint()?)? } else { 0 };
    let id = NodeId(expected.0.wrapping_add(gap as u32));
    let leaf = |kind| Ok(NewNode { id, kind, children: 0 });
    let namespace = match tag >> 1 {
        0 => Namespace::Html,
        1 => Namespace::Svg,
        2 => Namespace::MathMl,
        3 => {
            texts.push(Columns::TEXTS);
            return leaf(NodeKind::Text(MaskedText::default()));
        }
        4 => return leaf(NodeKind::Comment),
        5 => {
            texts.extend([Columns::TEXTS; 2]);
            let (public, system) = (MaskedText::default(), MaskedText::default());
            return leaf(NodeKind::Doctype { name: Name::read(input)?, public, system });
        }
        6 => {
            let kind = NodeKind::ShadowRoot { delegates_focus: bit(input)?, has_manual_slots: bit(input)? };
            return Ok(NewNode { id, kind, children: input.small()? });
        }
        7 => {
            let kind = NodeKind::Document { is_quirky: bit(input)? };
            return Ok(NewNode { id, kind, children: input.small()? });
        }
        CONTENT => return Ok(NewNode { id, kind: NodeKind::Content, children: input.small()? }),
        SHEET => {
            texts.extend([Columns::TEXTS; 2]);
            return leaf(NodeKind::Sheet { media: MaskedText::default(), css: MaskedText::default() });
        }
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
        let name = Name::read(input)?;
        texts.push(columns.of(&name));
        attributes.push((name, MaskedText::default()));
    }
    let children = input.small()?;
    Ok(NewNode { id, kind: NodeKind::Element(Element { namespace, name, attributes }), children })
}

/// Which column the values of an attribute stand in: both sides count alike.
struct Columns {
    /// Of each common name the number, 0 where it has none yet.
    common: [u8; COMMON_NAMES],
    others: Vec<(Name, u8)>,
    /// The last that was given.
    last: u8,
}

impl Default for Columns {
    fn default() -> Self {
        Self { common: [0; COMMON_NAMES], others: Vec::new(), last: Self::TEXTS }
    }
}

impl Columns {
    const TEXTS: u8 = 0;
    /// At most so many.
    const MOST: usize = 1 + COMMON_NAMES + OTHER_COLUMNS;

    fn of(&mut self, name: &Name) -> u8 {
        if let Some(column) = name.common().and_then(|index| self.common.get_mut(index)) {
            if *column == 0 {
                self.last += 1;
                *column = self.last;
            }
            return *column;
        }
        match self.others.iter().find(|(known, _)| known == name) {
            Some((_, column)) => *column,
            None if self.others.len() < OTHER_COLUMNS => {
                self.last += 1;
                self.others.push((name.clone(), self.last));
                self.last
            }
            None => Self::TEXTS,
        }
    }
}

/// One after the other.
fn starts_of(mut lengths: [usize; Columns::MOST]) -> [usize; Columns::MOST] {
    let mut start = 0;
    for length in &mut lengths {
        start += core::mem::replace(length, start);
    }
    lengths
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(attributes: &[(&str, &str)]) -> NodeKind {
        let name = |name| Name::new(name).expect("a name");
        let attributes = attributes.iter().map(|(held, value)| (name(held), MaskedText::decoded(value))).collect();
        NodeKind::Element(Element { namespace: Namespace::Html, name: name("div"), attributes })
    }

    fn there_and_back(kinds: &[NodeKind]) -> (Vec<u8>, Vec<NodeKind>) {
        let mut nodes = NodesOutput::new(NodeId(1));
        for (at, kind) in kinds.iter().enumerate() {
            nodes.push(NodeId(2 + at as u32), kind, 0);
        }
        let most = nodes.len();
        let mut out = BinaryOutput::default();
        nodes.finish(&mut out);
        let bytes = out.into_bytes();
        assert_eq!(bytes.len(), most + if kinds.len() < 128 { 1 } else { 2 }, "and the count");
        let mut input = BinaryInput::new(&bytes);
        let read = read_nodes(NodeId(1), &mut input).expect("what was written");
        assert!(input.is_at_end());
        (bytes, read.into_iter().map(|node| node.kind).collect())
    }

    #[test]
    fn texts_stand_together_by_what_they_are_of() {
        let text = |text| NodeKind::Text(MaskedText::decoded(text));
        let kinds = [
            element(&[("class", "one"), ("data-of-its-own", "mine")]),
            text("a"),
            element(&[("data-of-its-own", "too"), ("class", "two")]),
            text(""),
        ];
        let (bytes, read) = there_and_back(&kinds);
        assert_eq!(read, kinds);
        assert!(bytes.ends_with(b"a\xff\xffone\xfftwo\xffmine\xfftoo\xff"));
    }

    #[test]
    fn names_without_a_column_come_back_too() {
        let names: Vec<String> = (0..3 * OTHER_COLUMNS).map(|at| format!("data-{at}")).collect();
        let attributes: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), &name[4..])).collect();
        let kinds: Vec<NodeKind> = attributes.chunks(MIRROR_ATTRIBUTES.min(50)).map(element).collect();
        assert_eq!(there_and_back(&kinds).1, kinds);
    }

    #[test]
    fn texts_that_are_missing_or_no_text_are_refused() {
        let kinds = [element(&[("class", "é")])];
        let (bytes, _) = there_and_back(&kinds);
        let read = |bytes: &[u8]| read_nodes(NodeId(1), &mut BinaryInput::new(bytes));
        assert_eq!(read(&bytes[..bytes.len() - 1]), Err(Malformed::Truncated));
        let mut broken = bytes;
        let last = broken.len() - 2;
        broken[last] = b'e';
        assert_eq!(read(&broken), Err(Malformed::BadText));
    }

    #[test]
    fn a_text_longer_than_any_is_refused() {
        let text = "a".repeat(MIRROR_TEXT_LIMIT + 1);
        let kind = NodeKind::Text(MaskedText::decoded(&text));
        let mut nodes = NodesOutput::new(NodeId(1));
        nodes.push(NodeId(2), &kind, 0);
        let mut out = BinaryOutput::default();
        nodes.finish(&mut out);
        let read = read_nodes(NodeId(1), &mut BinaryInput::new(&out.into_bytes()));
        assert_eq!(read, Err(Malformed::Oversize { limit: MIRROR_TEXT_LIMIT }));
    }
}
