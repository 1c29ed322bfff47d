//! From child lists as they are now to the least set of insertions, moves and removals, in an order in which each is possible.
//!
//! Lists are settled from the top of the final tree down, each from its last child to its first: so what a node is put
//! before is in its place already, and a node never comes into what is in it.

use core::mem;
use std::collections::{HashMap, HashSet};

use super::encoder::Told;
use super::tree::Tree;
use crate::protocol::mirror::NodeId;

/// One change of the tree's structure.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Change {
    /// New siblings in a row.
    Insert { parent: NodeId, before: Option<NodeId>, roots: Vec<NodeId> },
    /// A node goes elsewhere.
    Move { node: NodeId, parent: NodeId, before: Option<NodeId> },
    /// A node goes, with what is in it. It is still in the tree, without a parent.
    Remove { node: NodeId },
    /// It went with what it was in.
    Forget { node: NodeId },
}

/// Child lists that were read since the last flush.
#[derive(Debug, Default)]
pub(super) struct Lists {
    children: HashMap<NodeId, Vec<NodeId>>,
}

impl Lists {
    /// The children of `parent` are these now. The last list counts.
    pub(super) fn add(&mut self, parent: NodeId, children: Vec<NodeId>) {
        self.children.insert(parent, children);
    }

    /// Puts every node into its place in the tree, and says how.
    pub(super) fn settle(mut self, tree: &mut Tree<Told>) -> Vec<Change> {
        let parents = self.final_parents();
        let mut order: Vec<(usize, NodeId)> = Vec::with_capacity(self.children.len());
        for parent in self.children.keys() {
            if let Some(depth) = depth(*parent, &parents, tree) {
                order.push((depth, *parent));
            }
        }
        order.sort_unstable();
        let mut changes = Vec::new();
        let mut left = Vec::new();
        for (_, parent) in order {
            let mut seen = HashSet::new();
            let mut list = self.children.remove(&parent).unwrap_or_default();
            // A node that two lists name is where the second one was read.
            list.retain(|child| parents.get(child) == Some(&parent) && tree.contains(*child) && seen.insert(*child));
            let Some(node) = tree.node_mut(parent) else { continue };
            let is_new = node.own.is_new;
            let old = mem::take(&mut node.children);
            left.extend(old.iter().filter(|child| !parents.contains_key(child)).map(|child| (*child, parent)));
            let staying = staying(&old, &list, parent, tree);
            let mut before = None;
            let mut run: Vec<NodeId> = Vec::new();
            for child in list.iter().rev().copied() {
                let is_child_new = tree.node(child).is_some_and(|child| child.parent.is_none() && child.own.is_new);
                if is_child_new && !is_new {
                    run.push(child);
                } else {
                    flush_run(&mut changes, parent, &mut before, &mut run);
                    if !is_child_new && !staying.contains(&child) {
                        changes.push(Change::Move { node: child, parent, before });
                    }
                    before = Some(child);
                }
                if let Some(child) = tree.node_mut(child) {
                    child.parent = Some(parent);
                }
            }
            flush_run(&mut changes, parent, &mut before, &mut run);
            if let Some(node) = tree.node_mut(parent) {
                node.children = list;
            }
        }
        left.retain(|(child, parent)| {
            let node = tree.node_mut(*child).filter(|node| node.parent == Some(*parent));
            node.map(|node| node.parent = None).is_some()
        });
        changes.extend(left.into_iter().map(|(node, parent)| match is_placed(parent, tree) {
            true => Change::Remove { node },
            false => Change::Forget { node },
        }));
        changes
    }

    fn final_parents(&self) -> HashMap<NodeId, NodeId> {
        let pairs = self.children.iter().flat_map(|(parent, children)| children.iter().map(|child| (*child, *parent)));
        pairs.collect()
    }
}

fn flush_run(changes: &mut Vec<Change>, parent: NodeId, before: &mut Option<NodeId>, run: &mut Vec<NodeId>) {
    if let Some(first) = run.last().copied() {
        let mut roots = mem::take(run);
        roots.reverse();
        changes.push(Change::Insert { parent, before: *before, roots });
        *before = Some(first);
    }
}

fn is_placed(node: NodeId, tree: &Tree<Told>) -> bool {
    let mut at = Some(node);
    while let Some(id) = at {
        if id == NodeId::DOCUMENT {
            return true;
        }
        at = tree.node(id).and_then(|node| node.parent);
    }
    false
}

/// How deep a node is in the final tree; `None` for one that is not in it.
fn depth(node: NodeId, parents: &HashMap<NodeId, NodeId>, tree: &Tree<Told>) -> Option<usize> {
    let mut at = node;
    for depth in 0..=tree.len() {
        if at == NodeId::DOCUMENT {
            return Some(depth);
        }
        at = parents.get(&at).copied().or(tree.node(at)?.parent)?;
    }
    None
}

/// The most children that can stay where they are while the others move around them: a longest increasing subsequence of
/// their old places.
fn staying(old: &[NodeId], list: &[NodeId], parent: NodeId, tree: &Tree<Told>) -> HashSet<NodeId> {
    let places: HashMap<NodeId, usize> = old.iter().enumerate().map(|(place, child)| (*child, place)).collect();
    let is_here = |child: &NodeId| tree.node(*child).is_some_and(|node| node.parent == Some(parent));
    let kept: Vec<(usize, NodeId)> =
        list.iter().filter(|child| is_here(child)).filter_map(|child| Some((*places.get(child)?, *child))).collect();
    // The index in `kept` of the last of the best row of each length, and what each is preceded by.
    let mut ends: Vec<usize> = Vec::new();
    let mut previous: Vec<Option<usize>> = vec![None; kept.len()];
    for (index, (place, _)) in kept.iter().enumerate() {
        let length = ends.partition_point(|end| kept[*end].0 < *place);
        previous[index] = length.checked_sub(1).map(|shorter| ends[shorter]);
        if length == ends.len() { ends.push(index) } else { ends[length] = index }
    }
    let mut staying = HashSet::new();
    let mut at = ends.last().copied();
    while let Some(index) = at {
        staying.insert(kept[index].1);
        at = previous[index];
    }
    staying
}
