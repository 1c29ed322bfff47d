//! From changes to the operations of patches, in parts of bounded size.

use core::mem;

use super::encoder::{PART, Told};
use super::tree::Tree;
use crate::protocol::mirror::{NewNode, NodeId, NodeKind, Operation, State};

/// Collects operations into parts of bounded size.
#[derive(Debug, Default)]
pub(super) struct Writer {
    operations: Vec<Operation>,
    size: usize,
    parts: Vec<Vec<Operation>>,
}

impl Writer {
    pub(super) fn push(&mut self, operation: Operation, size: usize) {
        if self.size + size > PART && !self.operations.is_empty() {
            self.parts.push(mem::take(&mut self.operations));
            self.size = 0;
        }
        self.size += size;
        self.operations.push(operation);
    }

    pub(super) fn finish(mut self) -> Vec<Vec<Operation>> {
        if !self.operations.is_empty() {
            self.parts.push(self.operations);
        }
        self.parts
    }

    /// Writes the new nodes under `roots`; where they are too many for one part, in several insertions.
    pub(super) fn insert(&mut self, tree: &Tree<Told>, parent: NodeId, before: Option<NodeId>, roots: &[NodeId]) {
        let mut levels = vec![Level { parent, before, rest: roots.iter().rev().copied().collect(), index: None }];
        let mut nodes: Vec<NewNode> = Vec::new();
        let mut size = 0;
        // The level whose parent is there already.
        let mut base = None;
        while let Some(depth) = levels.len().checked_sub(1) {
            let level = &mut levels[depth];
            let Some(id) = level.rest.pop() else {
                if base == Some(depth) {
                    let (parent, before) = (level.parent, level.before);
                    self.push(Operation::Insert { parent, before, nodes: mem::take(&mut nodes) }, mem::take(&mut size));
                    base = None;
                }
                levels.pop();
                continue;
            };
            let Some(node) = tree.node(id) else { continue };
            match (base, level.index) {
                (None, _) => base = Some(depth),
                (Some(at), Some(index)) if at != depth => nodes[index].children += 1,
                _ => {}
            }
            size += node_size(&node.kind);
            nodes.push(NewNode { id, kind: node.kind.clone(), children: 0 });
            let is_new = |child: &NodeId| tree.node(*child).is_some_and(|child| child.own.is_new);
            let rest: Vec<NodeId> = node.children.iter().rev().copied().filter(is_new).collect();
            if !rest.is_empty() {
                levels.push(Level { parent: id, before: None, rest, index: Some(nodes.len() - 1) });
            }
            if self.size + size > PART
                && let Some(Level { parent, before, .. }) = base.and_then(|base| levels.get(base))
            {
                let (parent, before) = (*parent, *before);
                self.push(Operation::Insert { parent, before, nodes: mem::take(&mut nodes) }, mem::take(&mut size));
                self.parts.push(mem::take(&mut self.operations));
                self.size = 0;
                base = None;
                levels.iter_mut().for_each(|level| level.index = None);
            }
        }
    }
}

struct Level {
    parent: NodeId,
    before: Option<NodeId>,
    /// Children that are still to be written, the next one last.
    rest: Vec<NodeId>,
    /// Where the parent is in the insertion that is being written.
    index: Option<usize>,
}

/// At least what it takes on the wire.
fn node_size(kind: &NodeKind) -> usize {
    8 + match kind {
        NodeKind::Element(element) => {
            element.attributes.iter().fold(24, |sum, (name, value)| sum + name.as_str().len() + value.len() + 8)
        }
        NodeKind::Text(text) => text.len(),
        NodeKind::Sheet { media, css } => media.len() + css.len() + 8,
        _ => 16,
    }
}

pub(super) fn text_size(state: &State) -> usize {
    if let State::Value(text) = state { text.len() } else { 10 }
}
