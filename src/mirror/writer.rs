//! From changes to the bytes of patches, in parts of bounded size.

use core::{mem, slice};

use super::encoder::PART;
use super::told::Told;
use super::tree::Tree;
use crate::protocol::mirror::{NodeId, NodeKind, NodesOutput, Operation, PatchOutput};

/// Writes operations as they are found, into as many patches as it takes.
pub(super) struct Writer {
    epoch: u32,
    /// Of the last part that was begun.
    number: u32,
    is_retold: bool,
    part: Option<PatchOutput>,
    parts: Vec<Vec<u8>>,
}

impl Writer {
    /// A writer of what follows the patch `number`.
    pub(super) fn new(epoch: u32, number: u32) -> Self {
        Self { epoch, number, is_retold: false, part: None, parts: Vec::new() }
    }

    /// A writer of what is told again of all up to the patch `number`.
    pub(super) fn again(epoch: u32, number: u32) -> Self {
        Self { is_retold: true, ..Self::new(epoch, number) }
    }

    /// Whether there is a part that is full.
    pub(super) fn has_part(&self) -> bool {
        !self.parts.is_empty()
    }

    pub(super) fn push(&mut self, operation: &Operation) {
        self.write(|part| part.push(operation));
    }

    /// As [`Writer::push`], of what stays where it is.
    pub(super) fn write(&mut self, write: impl FnOnce(&mut PatchOutput)) {
        write(self.part());
        self.end_if_full();
    }

    pub(super) fn finish(mut self) -> Vec<Vec<u8>> {
        self.end();
        self.parts
    }

    /// A node without its children.
    #[cold]
    #[inline(never)]
    pub(super) fn insert_one(&mut self, node: NodeId, kind: &NodeKind, parent: NodeId) {
        let mut nodes = NodesOutput::new(parent);
        nodes.push(node, kind, 0);
        self.part().insert(parent, None, nodes);
        self.end_if_full();
    }

    /// Writes the nodes under `roots`, of those of a batch or, where it is told again, all; where they are too many for one part, in several
    /// insertions.
    pub(super) fn insert<'a>(
        &mut self,
        tree: &'a Tree<Told>,
        batch: u32,
        parent: NodeId,
        before: Option<NodeId>,
        roots: &'a [NodeId],
    ) {
        let mut levels = vec![Level { parent, before, rest: roots.iter(), told: 0, count: (0, 0) }];
        let mut nodes = NodesOutput::new(parent);
        let is_retold = self.is_retold;
        // The level whose parent is there already.
        let mut base = None;
        while let Some(depth) = levels.len().checked_sub(1) {
            let level = &mut levels[depth];
            let Some(id) = level.rest.next().copied() else {
                if base == Some(depth) {
                    let nodes = mem::replace(&mut nodes, NodesOutput::new(parent));
                    self.part().insert(level.parent, level.before, nodes);
                    self.end_if_full();
                    base = None;
                }
                levels.pop();
                continue;
            };
            let told = |id: NodeId| tree.node(id).filter(|node| is_retold || node.own.is_new(batch));
            let Some(node) = told(id) else { continue };
            if base.is_none() {
                base = Some(depth);
                nodes = NodesOutput::new(level.parent);
            }
            level.told += 1;
            // Children that were told before are moved to it later.
            let children = node.children.iter().filter(|child| told(**child).is_some()).count() as u32;
            let count = nodes.push(id, &node.kind, children);
            if children > 0 {
                levels.push(Level { parent: id, before: None, rest: node.children.iter(), told: 0, count });
            }
            if self.part().len() + nodes.len() > PART
                && let Some(at) = base.take()
            {
                for level in levels.iter().skip(at + 1) {
                    nodes.correct(level.count, level.told);
                }
                let (parent, before) = (levels[at].parent, levels[at].before);
                self.part().insert(parent, before, mem::replace(&mut nodes, NodesOutput::new(parent)));
                self.end();
                levels.iter_mut().for_each(|level| level.told = 0);
            }
        }
    }

    fn part(&mut self) -> &mut PatchOutput {
        self.part.get_or_insert_with(|| {
            self.number += u32::from(!self.is_retold);
            PatchOutput::new(self.epoch, self.number, self.is_retold)
        })
    }

    fn end_if_full(&mut self) {
        if self.part.as_ref().is_some_and(|part| part.len() > PART) {
            self.end();
        }
    }

    fn end(&mut self) {
        self.parts.extend(self.part.take().map(PatchOutput::into_bytes));
    }
}

struct Level<'a> {
    parent: NodeId,
    before: Option<NodeId>,
    /// Children that are still to be written.
    rest: slice::Iter<'a, NodeId>,
    /// How many of the children are in the insertion that is being written.
    told: u32,
    /// Where in it the parent's count of children is.
    count: (usize, usize),
}
