//! From child lists as they are now to the least set of insertions, moves and removals, in an order in which each is possible.
//!
//! Lists are settled from the top of the final tree down, each from its last child to its first: so what a node is put
//! before is in its place already, and a node never comes into what is in it.

use core::cmp::Reverse;
use core::hash::{BuildHasherDefault, Hasher};
use core::mem;
use std::collections::{BinaryHeap, HashMap, HashSet};

use super::told::Told;
use super::tree::Tree;
use crate::protocol::mirror::NodeId;

/// Hashes ids. They are counted by the page's own reader, so nobody chooses them to collide.
pub(super) type Ids = BuildHasherDefault<IdHasher>;

/// See [`Ids`].
#[derive(Default)]
pub(super) struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u32(u32::from(*byte)));
    }

    fn write_u32(&mut self, number: u32) {
        // 2^64 divided by the golden ratio.
        self.0 = (self.0 ^ u64::from(number)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

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
    children: HashMap<NodeId, Vec<NodeId>, Ids>,
    /// What comes after the children that a parent has, in the order in which it was read.
    tails: Vec<(NodeId, Vec<NodeId>)>,
}

/// The parent of each child in the lists, and whether the child was put there already.
type Parents = HashMap<NodeId, (NodeId, bool), Ids>;

impl Lists {
    /// The children of `parent` are these now. The last list counts.
    pub(super) fn set(&mut self, parent: NodeId, children: Vec<NodeId>) {
        self.children.insert(parent, children);
    }

    /// These come after the children of `parent`.
    pub(super) fn append(&mut self, parent: NodeId, mut tail: Vec<NodeId>) {
        match self.children.get_mut(&parent) {
            Some(children) => children.append(&mut tail),
            None => self.tails.push((parent, tail)),
        }
    }

    /// The list that was read for `parent`, which is not one any more.
    pub(super) fn take(&mut self, parent: NodeId) -> Option<Vec<NodeId>> {
        self.children.remove(&parent)
    }

    /// Puts every node into its place in the tree, and says how. What was first read in this `batch` is new.
    pub(super) fn settle(mut self, tree: &mut Tree<Told>, batch: u32) -> Vec<Change> {
        let mut changes = Vec::new();
        self.settle_tails(tree, batch, &mut changes);
        let mut parents = self.parents();
        let mut depths = HashMap::default();
        // Of all that sorts, this takes the fewest bytes of the visitor's download.
        let mut order = BinaryHeap::with_capacity(self.children.len());
        let mut nowhere: HashSet<NodeId, Ids> = HashSet::default();
        for parent in self.children.keys() {
            match self.depth(*parent, &parents, tree, &mut depths) {
                Some(depth) => order.push(Reverse((depth, *parent))),
                None => drop(nowhere.insert(*parent)),
            }
        }
        // What went into a parent that is not in the tree any more has left it, too.
        parents.retain(|_, (parent, _)| !nowhere.contains(parent));
        let mut left = Vec::new();
        while let Some(Reverse((_, parent))) = order.pop() {
            let mut list = self.children.remove(&parent).unwrap_or_default();
            // A node that two lists name is where one of them was read, and there once.
            list.retain(|child| match parents.get_mut(child) {
                Some((at, is_put)) => *at == parent && !mem::replace(is_put, true) && tree.contains(*child),
                None => false,
            });
            settle_list(tree, batch, parent, list, &parents, &mut changes, &mut left);
        }
        left.retain(|(child, parent)| {
            let node = tree.node_mut(*child).filter(|node| node.parent == Some(*parent));
            node.map(|node| node.parent = None).is_some()
        });
        let mut last = None;
        for (node, parent) in left {
            let is_there = match last {
                Some((known, is_there)) if known == parent => is_there,
                _ => is_placed(parent, tree),
            };
            last = Some((parent, is_there));
            // Of a new node nobody has heard.
            let is_told = is_there && tree.node(node).is_some_and(|node| !node.own.is_new(batch));
            changes.push(if is_told { Change::Remove { node } } else { Change::Forget { node } });
        }
        changes
    }

    fn parents(&self) -> Parents {
        let lists = self.children.iter();
        lists.flat_map(|(parent, list)| list.iter().map(|child| (*child, (*parent, false)))).collect()
    }

    /// How many nodes the node is in at the end; `None` where it will not be in the tree.
    fn depth(
        &self,
        node: NodeId,
        parents: &Parents,
        tree: &Tree<Told>,
        known: &mut HashMap<NodeId, u32, Ids>,
    ) -> Option<u32> {
        let mut way = Vec::new();
        let mut at = node;
        let mut depth = loop {
            if at == NodeId::DOCUMENT {
                break 0;
            }
            if let Some(depth) = known.get(&at) {
                break *depth;
            }
            // A node that is in itself is not in the tree.
            if way.len() > tree.len() {
                return None;
            }
            way.push(at);
            at = match parents.get(&at) {
                Some((parent, _)) => *parent,
                // What goes takes with it what is in it: of what came into that since, it may not be known that it is masked now.
                None => tree.node(at)?.parent.filter(|parent| !self.children.contains_key(parent))?,
            };
        };
        for at in way.into_iter().rev() {
            depth += 1;
            known.insert(at, depth);
        }
        Some(depth)
    }

    /// New nodes at the end of a parent need no comparison.
    fn settle_tails(&mut self, tree: &mut Tree<Told>, batch: u32, changes: &mut Vec<Change>) {
        if self.tails.is_empty() {
            return;
        }
        let (parents, mut depths) = (self.parents(), HashMap::default());
        for (parent, tail) in mem::take(&mut self.tails) {
            // A list that was read later tells all.
            if self.children.contains_key(&parent) || !tree.contains(parent) {
                continue;
            }
            let is_fresh =
                |child: &NodeId| tree.node(*child).is_some_and(|node| node.own.is_new(batch) && node.parent.is_none());
            let stays = self.depth(parent, &parents, tree, &mut depths).is_some();
            if stays && tail.iter().all(is_fresh) {
                tail.iter().for_each(|child| tree.append(*child, parent));
                if !tail.is_empty() {
                    changes.push(Change::Insert { parent, before: None, roots: tail });
                }
            } else {
                let mut children = tree.children(parent).to_vec();
                let named: HashSet<NodeId, Ids> = tail.iter().copied().collect();
                children.retain(|child| !named.contains(child));
                children.extend(tail);
                self.children.insert(parent, children);
            }
        }
    }
}

/// Puts the children of one parent into their places. Those at the beginning and at the end that are where they were are not
/// looked at.
fn settle_list(
    tree: &mut Tree<Told>,
    batch: u32,
    parent: NodeId,
    list: Vec<NodeId>,
    parents: &Parents,
    changes: &mut Vec<Change>,
    left: &mut Vec<(NodeId, NodeId)>,
) {
    let Some(node) = tree.node_mut(parent) else { return };
    let is_new = node.own.is_new(batch);
    let old = mem::take(&mut node.children);
    let start = old.iter().zip(&list).take_while(|(old, new)| old == new).count();
    let end = old[start..].iter().rev().zip(list[start..].iter().rev()).take_while(|(old, new)| old == new).count();
    let (was, now) = (&old[start..old.len() - end], &list[start..list.len() - end]);
    left.extend(was.iter().filter(|child| !parents.contains_key(child)).map(|child| (*child, parent)));
    let staying = staying(was, now, parent, tree);
    let mut before = list.get(list.len() - end).copied();
    let mut run: Vec<NodeId> = Vec::new();
    for (child, stays) in now.iter().copied().zip(staying).rev() {
        let is_child_new = tree.node(child).is_some_and(|child| child.own.is_new(batch));
        if is_child_new && !is_new {
            run.push(child);
        } else {
            flush_run(changes, parent, &mut before, &mut run);
            if !is_child_new && !stays {
                changes.push(Change::Move { node: child, parent, before });
            }
            before = Some(child);
        }
        if let Some(child) = tree.node_mut(child) {
            child.parent = Some(parent);
        }
    }
    flush_run(changes, parent, &mut before, &mut run);
    if let Some(node) = tree.node_mut(parent) {
        node.children = list;
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

/// Which of the children in `now` can stay where they are while the others move around them: a longest increasing subsequence
/// of their places in `was`.
fn staying(was: &[NodeId], now: &[NodeId], parent: NodeId, tree: &Tree<Told>) -> Vec<bool> {
    let mut staying = vec![false; now.len()];
    if was.is_empty() || now.is_empty() {
        return staying;
    }
    let places: HashMap<NodeId, usize, Ids> = was.iter().enumerate().map(|(place, child)| (*child, place)).collect();
    let is_here = |child: NodeId| tree.node(child).is_some_and(|node| node.parent == Some(parent));
    // Places before and now.
    let kept: Vec<(usize, usize)> = now
        .iter()
        .enumerate()
        .filter(|(_, child)| is_here(**child))
        .filter_map(|(at, child)| Some((*places.get(child)?, at)))
        .collect();
    // The index in `kept` of the last of the best row of each length, and what each is preceded by.
    let mut ends: Vec<usize> = Vec::new();
    let mut previous: Vec<Option<usize>> = vec![None; kept.len()];
    for (index, (place, _)) in kept.iter().enumerate() {
        let length = ends.partition_point(|end| kept[*end].0 < *place);
        previous[index] = length.checked_sub(1).map(|shorter| ends[shorter]);
        if length == ends.len() { ends.push(index) } else { ends[length] = index }
    }
    let mut last = ends.last().copied();
    while let Some(index) = last {
        staying[kept[index].1] = true;
        last = previous[index];
    }
    staying
}
