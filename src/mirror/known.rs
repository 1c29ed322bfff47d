//! What a tree holds, said by the hashes of what is in its nodes.

use std::collections::BinaryHeap;

use super::tree::Tree;
use crate::protocol::mirror::{KNOWN_PARTS, NodeId};

/// What is no larger is told again as a whole: to say what is in it would be as long.
const SMALL: u32 = 32;

/// Nodes of the tree, and the hash of each with all that is in it: the largest, and what is in them, as far as there is room for saying it.
pub(super) fn parts_of<N>(tree: &mut Tree<N>) -> Vec<(NodeId, u64)> {
    let (counts, hashes) = tree.sums();
    let sized = |id: NodeId| (counts[id.0 as usize], id);
    let mut open = BinaryHeap::from([sized(NodeId::DOCUMENT)]);
    let mut parts = Vec::new();
    while let Some((count, id)) = open.pop() {
        let children = tree.children(id);
        if count > SMALL && parts.len() + children.len() <= KNOWN_PARTS {
            parts.extend(children.iter().map(|child| (*child, hashes[child.0 as usize])));
            open.extend(children.iter().copied().map(sized));
        }
    }
    parts
}
