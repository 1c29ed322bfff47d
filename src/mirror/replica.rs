//! The agent's half: builds the page again from what the encoder sends, and refuses what does not fit.

use std::collections::VecDeque;

use super::tree::Tree;
use crate::protocol::mirror::{MirrorFrame, Operation, Patch, Reset};

/// What a replica wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum ReplicaOutput {
    /// Draw an empty page of that size.
    Clear(Reset),
    /// Draw this change: it was made in the tree.
    Draw(Operation),
    /// Ask the page for a new epoch: a patch is missing, does not fit, or the tree has drifted.
    AskForReset,
}

/// A page as the agent sees it.
#[derive(Debug, Default)]
pub struct Replica {
    tree: Tree<()>,
    epoch: u32,
    /// The last patch of the epoch that was made.
    number: u32,
    /// Nothing is made before the next epoch.
    is_waiting: bool,
    outputs: VecDeque<ReplicaOutput>,
}

impl Replica {
    /// A replica that waits for the first epoch.
    pub fn new() -> Self {
        Self { is_waiting: true, ..Self::default() }
    }

    /// A frame came. Frames of older epochs are ignored; a gap or a misfit ends this epoch.
    pub fn handle_frame(&mut self, frame: MirrorFrame) {
        match frame {
            MirrorFrame::Reset(reset) if reset.epoch > self.epoch => {
                self.tree = Tree::default();
                self.epoch = reset.epoch;
                self.number = 0;
                self.is_waiting = false;
                self.outputs.push_back(ReplicaOutput::Clear(reset));
            }
            MirrorFrame::Patch(patch) if patch.epoch == self.epoch && !self.is_waiting => self.handle_patch(patch),
            // A check of another patch than the last one says nothing of this tree.
            MirrorFrame::Check(check)
                if (check.epoch, check.number, self.is_waiting) == (self.epoch, self.number, false)
                    && check.hash != self.tree.hash() =>
            {
                self.give_up();
            }
            _ => {}
        }
    }

    /// The next thing to do; call until `None`.
    pub fn poll_output(&mut self) -> Option<ReplicaOutput> {
        self.outputs.pop_front()
    }

    /// The page.
    pub fn tree(&self) -> &Tree<()> {
        &self.tree
    }

    /// Whether nothing is shown before the next epoch.
    pub fn is_waiting(&self) -> bool {
        self.is_waiting
    }

    fn handle_patch(&mut self, patch: Patch) {
        if patch.number <= self.number {
            return;
        }
        if patch.number != self.number + 1 {
            return self.give_up();
        }
        self.number = patch.number;
        for operation in patch.operations {
            if self.tree.apply(operation.clone()).is_err() {
                return self.give_up();
            }
            self.outputs.push_back(ReplicaOutput::Draw(operation));
        }
    }

    fn give_up(&mut self) {
        self.is_waiting = true;
        self.outputs.push_back(ReplicaOutput::AskForReset);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::mirror::{Check, Element, MIRROR_ATTRIBUTES, Name, Namespace, NewNode, NodeId, NodeKind};

    fn replica() -> Replica {
        let mut replica = Replica::new();
        replica.handle_frame(MirrorFrame::Reset(Reset { epoch: 1, size: (800, 600), is_quirky: false }));
        replica
    }

    fn insert(id: u32, children: u32) -> Operation {
        let nodes = vec![NewNode { id: NodeId(id), kind: NodeKind::Comment, children }];
        Operation::Insert { parent: NodeId::DOCUMENT, before: None, nodes }
    }

    fn patch(epoch: u32, number: u32, operations: Vec<Operation>) -> MirrorFrame {
        MirrorFrame::Patch(Patch { epoch, number, operations })
    }

    #[test]
    fn what_does_not_fit_ends_the_epoch_and_asks_for_another_once() {
        let node = NodeId(1);
        let itself = Operation::Move { node, parent: node, before: None };
        for bad in [
            insert(1, 0),
            insert(2, 1),
            insert(u32::MAX, 0),
            itself,
            Operation::Remove { node: NodeId::DOCUMENT },
            Operation::Remove { node: NodeId(9) },
            Operation::Text { node, text: crate::mask::mask_layout("x") },
        ] {
            let mut replica = replica();
            replica.handle_frame(patch(1, 1, vec![insert(1, 0)]));
            replica.handle_frame(patch(1, 2, vec![bad.clone()]));
            replica.handle_frame(patch(1, 3, vec![insert(3, 0)]));
            let asked =
                core::iter::from_fn(|| replica.poll_output()).filter(|output| *output == ReplicaOutput::AskForReset);
            assert_eq!(asked.count(), 1, "{bad:?}");
            replica.handle_frame(MirrorFrame::Reset(Reset { epoch: 2, size: (1, 1), is_quirky: true }));
            assert!(!replica.is_waiting());
        }
    }

    #[test]
    fn a_patch_that_is_missing_is_noticed_and_a_stale_one_is_not() {
        let mut replica = replica();
        replica.handle_frame(patch(1, 1, vec![insert(1, 0)]));
        replica.handle_frame(patch(1, 1, vec![insert(1, 0)]));
        replica.handle_frame(patch(0, 2, vec![insert(1, 0)]));
        assert!(!replica.is_waiting());
        replica.handle_frame(patch(1, 3, vec![]));
        assert!(replica.is_waiting());
    }

    #[test]
    fn drift_is_noticed_by_the_hash() {
        let mut replica = replica();
        let hash = replica.tree().hash();
        replica.handle_frame(MirrorFrame::Check(Check { epoch: 1, number: 0, hash }));
        assert!(!replica.is_waiting());
        replica.handle_frame(MirrorFrame::Check(Check { epoch: 1, number: 0, hash: hash + 1 }));
        assert!(replica.is_waiting());
    }

    #[test]
    fn an_element_collects_attributes_up_to_the_limit_only() {
        let name = |index: usize| Name::new(&format!("a{index}")).expect("a name");
        let kind = NodeKind::Element(Element { namespace: Namespace::Html, name: name(0), attributes: Vec::new() });
        let nodes = vec![NewNode { id: NodeId(1), kind, children: 0 }];
        let mut replica = replica();
        replica.handle_frame(patch(1, 1, vec![Operation::Insert { parent: NodeId::DOCUMENT, before: None, nodes }]));
        let value = Some(crate::mask::mask_layout("x"));
        let set = |index| Operation::Attribute { node: NodeId(1), name: name(index), value: value.clone() };
        replica.handle_frame(patch(1, 2, (0..2 * MIRROR_ATTRIBUTES).map(set).collect()));
        let node = replica.tree().node(NodeId(1)).expect("it was inserted");
        assert_eq!(node.attribute(&name(MIRROR_ATTRIBUTES - 1)), value.as_ref());
        assert_eq!(node.attribute(&name(MIRROR_ATTRIBUTES)), None);
        assert!(!replica.is_waiting());
    }
}
