//! Tells again what was told, to who lacks it: from the tree, which is masked, and not from the page.

use super::super::told::Told;
use super::super::tree::Tree;
use super::super::writer::Writer;
use super::{CHECKED_WORDS, Encoder, EncoderOutput};
use crate::protocol::mirror::{Check, Known, MirrorFrame, NodeId, Operation, Reset};

/// So many nodes are inserted at once, about: their bytes are found in one go.
const ROW: u32 = 2_000;

/// What is still to be told again. Nothing of the page is taken in meanwhile, so that it is of one moment.
#[derive(Debug)]
pub(super) struct Retelling {
    /// How each node is told, by id.
    ways: Vec<Way>,
    /// How many nodes are in each.
    counts: Vec<u32>,
    is_difference: bool,
    /// Nodes and their parents, the next one last.
    rest: Vec<(NodeId, NodeId)>,
    /// Nodes that show something besides, in the order in which they were told.
    stateful: Vec<NodeId>,
}

/// How a node is told.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    /// With all that is in it.
    Whole,
    /// By itself, before what is in it.
    Open,
    /// As where it is: the other side has it, with all that is in it.
    Known,
}

impl Retelling {
    #[cold]
    fn new(tree: &mut Tree<Told>, parts: &[(NodeId, u64)]) -> Self {
        let (counts, hashes) = tree.sums();
        let mut ways: Vec<Way> = counts.iter().map(|count| if *count > ROW { Way::Open } else { Way::Whole }).collect();
        let mut is_difference = false;
        for (NodeId(id), hash) in parts {
            let at = *id as usize;
            if hashes.get(at) == Some(hash) && counts[at] > 0 {
                ways[at] = Way::Known;
                is_difference = true;
            }
        }
        for (id, _) in parts {
            let is_known = ways.get(id.0 as usize) == Some(&Way::Known);
            let mut node = tree.node(*id).filter(|_| is_known);
            // What is known as a whole stays so, whatever is said of what is in it.
            while let Some(above) = node.and_then(|node| node.parent).filter(|id| ways[id.0 as usize] == Way::Whole) {
                ways[above.0 as usize] = Way::Open;
                node = tree.node(above);
            }
        }
        let mut retelling = Self { ways, counts, is_difference, rest: Vec::new(), stateful: vec![NodeId::DOCUMENT] };
        retelling.open(NodeId::DOCUMENT, tree);
        retelling
    }

    fn open(&mut self, parent: NodeId, tree: &Tree<Told>) {
        self.rest.extend(tree.children(parent).iter().rev().map(|child| (parent, *child)));
    }

    /// Tells as much as fits into one part. Whether that was all.
    #[cold]
    #[inline(never)]
    fn tell(&mut self, tree: &Tree<Told>, writer: &mut Writer) -> bool {
        let (mut row, mut count) = (Vec::new(), 0);
        while !writer.has_part()
            && let Some((parent, node)) = self.rest.pop()
        {
            match (tree.node(node), self.ways[node.0 as usize]) {
                (None, _) => {}
                (_, Way::Known) => writer.push(&Operation::Move { node, parent, before: None }),
                (Some(held), Way::Open) => {
                    writer.insert_one(node, &held.kind, parent);
                    self.stateful.extend((!held.states.is_empty()).then_some(node));
                    self.open(node, tree);
                }
                (_, Way::Whole) => {
                    row.push(node);
                    count += self.counts[node.0 as usize];
                    let shown = tree.walk(node).filter(|(_, node)| !node.states.is_empty());
                    self.stateful.extend(shown.map(|(id, _)| id));
                    // What is alike compresses better together.
                    let goes_on = self.rest.last().is_some_and(|(above, next)| {
                        *above == parent && count < ROW && self.ways[next.0 as usize] == Way::Whole
                    });
                    if !goes_on {
                        writer.insert(tree, 0, parent, None, &row);
                        row.clear();
                        count = 0;
                    }
                }
            }
        }
        if !self.rest.is_empty() {
            return false;
        }
        while !writer.has_part()
            && let Some(node) = self.stateful.pop()
        {
            for state in tree.node(node).iter().flat_map(|node| &node.states) {
                writer.write(|part| part.state(node, state));
            }
        }
        self.stateful.is_empty()
    }
}

impl Encoder {
    /// Begins to tell again what was told of this epoch, but for the parts that the other side has by what it says, a [`Known`]. Of
    /// another page or epoch, or empty: the whole. What has changed is told before; [`Encoder::retell_more`] does the rest. Nothing where no
    /// epoch has begun.
    #[inline(never)]
    pub fn retell(&mut self, known: &[u8]) {
        self.flush();
        // What was told by other rules is not told again.
        let Some(begun) = self.begun.clone().filter(|_| self.next_policy.is_none()) else { return };
        let known = Known::decode(known).ok().filter(|known| (known.page, known.epoch) == (self.page, self.epoch));
        let retelling = Retelling::new(&mut self.tree, &known.map(|known| known.parts).unwrap_or_default());
        let Retelling { is_difference, .. } = retelling;
        self.send(&MirrorFrame::Reset(Reset { number: self.number, is_difference, ..begun }));
        self.retelling = Some(retelling);
    }

    /// Tells about one part of it, some milliseconds' work; call until it says that nothing is left. Whatever is read of the page before waits
    /// for the rest.
    #[inline(never)]
    pub fn retell_more(&mut self) -> bool {
        let Some(retelling) = &mut self.retelling else { return true };
        let mut writer = Writer::again(self.epoch, self.number);
        let is_told = retelling.tell(&self.tree, &mut writer);
        self.outputs.extend(writer.finish().into_iter().map(EncoderOutput::Send));
        if !is_told {
            return false;
        }
        let Some(hash) = self.tree.rehash(CHECKED_WORDS) else { return false };
        self.retelling = None;
        self.checked = self.number;
        self.send(&MirrorFrame::Check(Check { epoch: self.epoch, number: self.number, hash }));
        true
    }

    /// Asked before each thing that is read: what is done is kept out of there.
    #[inline]
    pub(super) fn end_retelling(&mut self) {
        if self.retelling.is_some() {
            self.finish_retelling();
        }
    }

    #[cold]
    #[inline(never)]
    fn finish_retelling(&mut self) {
        while !self.retell_more() {}
    }
}
