//! A page as a tree: what the encoder has told, and what the replica has built of it.

use core::fmt;

use super::hash::hash_of;
use crate::protocol::MaskedText;
use crate::protocol::mirror::{
    Badge, BadgeReason, Element, MIRROR_ATTRIBUTES, Name, NewNode, NodeId, NodeKind, Operation, State,
};

/// Most nodes of one tree.
pub const NODE_LIMIT: usize = 1_000_000;

/// How deep nodes may be in each other: browsers lay out recursively, and end with the page where it is much deeper. Twice what
/// a parser of HTML makes.
pub const DEPTH_LIMIT: usize = 1_024;

/// Highest id. Ids of removed nodes are not used again, so they run ahead of the nodes; not without end.
const ID_LIMIT: u32 = 16 * NODE_LIMIT as u32;

/// An operation that does not fit the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Misfit {
    /// A node that it names is not there.
    Unknown(NodeId),
    /// A new node has an id that is in use, or children that are not told.
    BadNode(NodeId),
    /// A node would come into itself, or beside a node of another parent.
    BadPlace(NodeId),
    /// The node is of another kind than the operation needs.
    WrongKind(NodeId),
    /// More than [`NODE_LIMIT`] nodes.
    TooLarge,
    /// More than [`DEPTH_LIMIT`] nodes in each other.
    TooDeep(NodeId),
    /// It would make code, or what acts on the agent's page.
    NotAdmitted,
    /// One patch moves so much that finding the places would take too long.
    TooMuch,
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(node) => write!(f, "{node:?} is not in the tree"),
            Self::BadNode(node) => write!(f, "{node:?} cannot be inserted"),
            Self::BadPlace(node) => write!(f, "{node:?} cannot be placed there"),
            Self::WrongKind(node) => write!(f, "{node:?} is of another kind"),
            Self::TooLarge => write!(f, "more than {NODE_LIMIT} nodes"),
            Self::TooDeep(node) => write!(f, "{node:?} is deeper than {DEPTH_LIMIT} nodes"),
            Self::NotAdmitted => f.write_str("it would act"),
            Self::TooMuch => f.write_str("too much is moved at once"),
        }
    }
}

impl core::error::Error for Misfit {}

/// One node, with what its owner keeps beside it.
#[derive(Clone, Debug)]
pub struct TreeNode<N> {
    /// What it is.
    pub kind: NodeKind,
    /// Absent for the document, and for a node that is not placed yet.
    pub parent: Option<NodeId>,
    /// In order.
    pub children: Vec<NodeId>,
    /// At most one for each [`State::slot`].
    pub states: Vec<State>,
    /// The owner's.
    pub own: N,
    /// [`hash_of`] it; `None` where it has changed since.
    hash: Option<u64>,
}

impl<N> TreeNode<N> {
    /// An attribute's value; none where the node is no element.
    pub fn attribute(&self, name: &Name) -> Option<&MaskedText> {
        let NodeKind::Element(element) = &self.kind else { return None };
        element.attributes.iter().find(|(held, _)| held == name).map(|(_, value)| value)
    }

    /// An attribute has another value, or none. Does nothing where the node is no element, and with one attribute more than
    /// [`MIRROR_ATTRIBUTES`].
    pub(super) fn set_attribute(&mut self, name: Name, value: Option<MaskedText>) {
        let NodeKind::Element(Element { attributes, .. }) = &mut self.kind else { return };
        match (attributes.iter().position(|(held, _)| *held == name), value) {
            (Some(at), Some(value)) => attributes[at].1 = value,
            (Some(at), None) => drop(attributes.remove(at)),
            (None, Some(value)) if attributes.len() < MIRROR_ATTRIBUTES => attributes.push((name, value)),
            (None, _) => {}
        }
    }

    /// What it shows in one [`State::slot`].
    pub fn state(&self, slot: u8) -> Option<&State> {
        self.states.iter().find(|held| held.slot() == slot)
    }

    /// Whether a node of this kind can have this.
    pub(super) fn takes(&self, state: &State) -> bool {
        match self.kind {
            // What stands for code is nothing but where it stands.
            NodeKind::Element(ref element) if element.name.as_str() == "script" => false,
            NodeKind::Element(ref element) => match state {
                State::Picture(_) => matches!(element.name.as_str(), "canvas" | "video"),
                State::Assigned(_) => element.name.as_str() == "slot",
                State::Caret(_) => matches!(element.name.as_str(), "input" | "textarea"),
                State::Dialog(_) => element.name.as_str() == "body",
                State::Playback(_) => matches!(element.name.as_str(), "audio" | "video"),
                State::Selection(_) | State::Highlights(_) | State::View(_) | State::Size(..) => false,
                _ => true,
            },
            NodeKind::Document { .. } => {
                matches!(
                    state,
                    State::Scroll(..) | State::Selection(_) | State::Highlights(_) | State::View(_) | State::Size(..)
                )
            }
            _ => false,
        }
    }

    pub(super) fn set_state(&mut self, state: State) {
        match self.states.iter_mut().find(|held| held.slot() == state.slot()) {
            Some(held) => *held = state,
            None => self.states.push(state),
        }
    }
}

/// Nodes by id, under one document.
#[derive(Clone, Debug)]
pub struct Tree<N> {
    nodes: Vec<Option<Box<TreeNode<N>>>>,
    count: usize,
    /// The sum of all hashes that nodes have.
    hash: u64,
    /// Those that have none, each once; and some that are gone.
    stale: Vec<NodeId>,
    /// Nodes that may still be looked at before the next [`Tree::rest`].
    work: usize,
}

impl<N: Default> Default for Tree<N> {
    fn default() -> Self {
        let mut tree = Self { nodes: Vec::new(), count: 0, hash: 0, stale: Vec::new(), work: usize::MAX };
        tree.add(NodeId::DOCUMENT, NodeKind::Document { is_quirky: false }, N::default());
        tree
    }
}

impl<N> Tree<N> {
    /// How many nodes there are, the document and those that are not placed included.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Never: the document is always there.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// The node.
    pub fn node(&self, id: NodeId) -> Option<&TreeNode<N>> {
        self.nodes.get(id.0 as usize)?.as_deref()
    }

    pub(super) fn node_mut(&mut self, id: NodeId) -> Option<&mut TreeNode<N>> {
        self.outdate(id);
        self.nodes.get_mut(id.0 as usize)?.as_deref_mut()
    }

    /// What the owner keeps of it, which is nothing that is told.
    pub(super) fn own_mut(&mut self, id: NodeId) -> Option<&mut N> {
        self.nodes.get_mut(id.0 as usize)?.as_deref_mut().map(|node| &mut node.own)
    }

    pub(super) fn contains(&self, id: NodeId) -> bool {
        self.node(id).is_some()
    }

    /// Children, none where the node is not there.
    pub fn children(&self, id: NodeId) -> &[NodeId] {
        self.node(id).map_or(&[], |node| &node.children)
    }

    /// Whether the node stands for the page of another site in a frame: a document with nothing but the badge that says so.
    pub fn is_stand_in(&self, id: NodeId) -> bool {
        let Some(TreeNode { kind: NodeKind::Document { .. }, children, .. }) = self.node(id) else { return false };
        let [child] = children[..] else { return false };
        self.node(child)
            .is_some_and(|child| matches!(child.kind, NodeKind::Badge(Badge { reason: BadgeReason::ForeignFrame, .. })))
    }

    /// Adds a node that is not placed yet. False when the id is in use or out of range.
    pub(super) fn add(&mut self, id: NodeId, kind: NodeKind, own: N) -> bool {
        let index = id.0 as usize;
        if self.contains(id) || self.count >= NODE_LIMIT || id.0 > ID_LIMIT {
            return false;
        }
        if index >= self.nodes.len() {
            self.nodes.resize_with(index + 1, || None);
        }
        self.nodes[index] =
            Some(Box::new(TreeNode { kind, parent: None, children: Vec::new(), states: Vec::new(), own, hash: None }));
        self.count += 1;
        self.list(id);
        true
    }

    /// Makes a node the last child of another; it must not be placed yet.
    pub(super) fn append(&mut self, id: NodeId, parent: NodeId) {
        if let Some(parent) = self.node_mut(parent) {
            parent.children.push(id);
        }
        if let Some(node) = self.node_mut(id) {
            node.parent = Some(parent);
        }
    }

    /// Takes out a node that is not placed, and all that is in it.
    pub(super) fn discard(&mut self, root: NodeId, mut gone: impl FnMut(NodeId)) {
        let mut open = vec![root];
        while let Some(id) = open.pop() {
            if let Some(node) = self.nodes.get_mut(id.0 as usize).and_then(Option::take) {
                self.count -= 1;
                self.hash = self.hash.wrapping_sub(node.hash.unwrap_or_default());
                // A child that has gone elsewhere meanwhile stays.
                let is_here = |child: &NodeId| self.node(*child).is_some_and(|child| child.parent == Some(id));
                open.extend(node.children.iter().copied().filter(is_here));
                gone(id);
            }
        }
    }

    /// All nodes under `root` in document order, `root` first. Never recurses.
    pub fn walk(&self, root: NodeId) -> impl Iterator<Item = (NodeId, &TreeNode<N>)> {
        let mut open = vec![root];
        core::iter::from_fn(move || {
            loop {
                let id = open.pop()?;
                if let Some(node) = self.node(id) {
                    open.extend(node.children.iter().rev());
                    return Some((id, node));
                }
            }
        })
    }

    /// A number that trees with the same nodes in the same places have in common: the sum of the hashes of all of them, made anew.
    pub fn hash(&self) -> u64 {
        self.walk(NodeId::DOCUMENT).map(|(id, node)| hash_of(id, node).0).fold(0, u64::wrapping_add)
    }

    /// [`Tree::hash`], of which only what has changed since is made anew: at most so many words of 64 bits and what one node has
    /// more. `None` where that is not all.
    pub(super) fn rehash(&mut self, mut words: usize) -> Option<u64> {
        while let Some(id) = self.stale.pop() {
            let Some(node) = self.nodes.get_mut(id.0 as usize).and_then(Option::as_deref_mut) else { continue };
            if node.hash.is_some() {
                continue;
            }
            let (hash, taken) = hash_of(id, node);
            node.hash = Some(hash);
            self.hash = self.hash.wrapping_add(hash);
            match words.checked_sub(taken) {
                Some(rest) => words = rest,
                None if self.stale.is_empty() => break,
                None => return None,
            }
        }
        Some(self.hash)
    }

    /// Of each node of the document by id how many nodes are in it, itself included, and the sum of their hashes; 0 of others.
    #[cold]
    pub(super) fn sums(&mut self) -> (Vec<u32>, Vec<u64>) {
        self.rehash(usize::MAX);
        let (mut counts, mut hashes) = (vec![0; self.nodes.len()], vec![0u64; self.nodes.len()]);
        let order: Vec<NodeId> = self.walk(NodeId::DOCUMENT).map(|(id, _)| id).collect();
        for id in order.iter().rev() {
            let Some(node) = self.node(*id) else { continue };
            let (mut count, mut hash) = (1, node.hash.unwrap_or_default());
            for NodeId(child) in &node.children {
                count += counts[*child as usize];
                hash = hash.wrapping_add(hashes[*child as usize]);
            }
            (counts[id.0 as usize], hashes[id.0 as usize]) = (count, hash);
        }
        (counts, hashes)
    }

    /// A node is not as it was hashed any more.
    #[inline(never)]
    fn outdate(&mut self, id: NodeId) {
        let Some(node) = self.nodes.get_mut(id.0 as usize).and_then(Option::as_deref_mut) else { return };
        let Some(hash) = node.hash.take() else { return };
        self.hash = self.hash.wrapping_sub(hash);
        self.list(id);
    }

    #[inline(never)]
    fn list(&mut self, id: NodeId) {
        // Nodes that came and went are in it still: it is emptied before they are more than the tree.
        if self.stale.len() > 2 * self.count + 1_024 {
            self.rehash(usize::MAX);
        }
        self.stale.push(id);
    }
}

impl<N: Default> Tree<N> {
    /// From now on so many nodes may be looked at to find places.
    pub(super) fn rest(&mut self, work: usize) {
        self.work = work;
    }

    /// Makes one change.
    ///
    /// # Errors
    /// [`Misfit`]; the tree may hold a part of an insertion then, and is of no use any more.
    pub(super) fn apply(&mut self, operation: Operation) -> Result<(), Misfit> {
        match operation {
            Operation::Insert { parent, before, nodes } => self.insert(parent, before, nodes),
            Operation::Move { node, parent, before } => {
                let depth = self.depth(parent, Some(node))? + self.height(node)?;
                if depth > DEPTH_LIMIT {
                    return Err(Misfit::TooDeep(node));
                }
                self.detach(node)?;
                self.place(node, parent, before)
            }
            Operation::Remove { node } => {
                self.detach(node)?;
                self.discard(node, |_| {});
                Ok(())
            }
            Operation::Attribute { node, name, value } => {
                let target = self.node_mut(node).ok_or(Misfit::Unknown(node))?;
                if !matches!(target.kind, NodeKind::Element(_)) {
                    return Err(Misfit::WrongKind(node));
                }
                target.set_attribute(name, value);
                Ok(())
            }
            Operation::Text { node, text } => {
                let target = self.node_mut(node).ok_or(Misfit::Unknown(node))?;
                let NodeKind::Text(held) = &mut target.kind else { return Err(Misfit::WrongKind(node)) };
                *held = text;
                Ok(())
            }
            Operation::State { node, state } => {
                let target = self.node_mut(node).ok_or(Misfit::Unknown(node))?;
                if !target.takes(&state) {
                    return Err(Misfit::WrongKind(node));
                }
                target.set_state(state);
                Ok(())
            }
        }
    }

    fn insert(&mut self, parent: NodeId, before: Option<NodeId>, nodes: Vec<NewNode>) -> Result<(), Misfit> {
        let depth = self.depth(parent, None)?;
        // Parents whose children are still to come, with how many.
        let mut open: Vec<(NodeId, u32)> = Vec::new();
        for NewNode { id, kind, children } in nodes {
            if self.count >= NODE_LIMIT {
                return Err(Misfit::TooLarge);
            }
            if !self.add(id, kind, N::default()) {
                return Err(Misfit::BadNode(id));
            }
            while open.last().is_some_and(|(_, left)| *left == 0) {
                open.pop();
            }
            match open.last_mut() {
                Some((above, left)) => {
                    *left -= 1;
                    let above = *above;
                    self.place(id, above, None)?;
                }
                None => self.place(id, parent, before)?,
            }
            open.push((id, children));
            if depth + open.len() > DEPTH_LIMIT {
                return Err(Misfit::TooDeep(id));
            }
        }
        match open.into_iter().find(|(_, left)| *left > 0) {
            Some((id, _)) => Err(Misfit::BadNode(id)),
            None => Ok(()),
        }
    }

    fn detach(&mut self, id: NodeId) -> Result<(), Misfit> {
        let parent = self.node_mut(id).ok_or(Misfit::Unknown(id))?.parent.take().ok_or(Misfit::BadPlace(id))?;
        if let Some(at) = self.place_of(id, parent)?
            && let Some(parent) = self.node_mut(parent)
        {
            parent.children.remove(at);
        }
        Ok(())
    }

    fn place(&mut self, id: NodeId, parent: NodeId, before: Option<NodeId>) -> Result<(), Misfit> {
        let at = match before {
            Some(before) => Some(self.place_of(before, parent)?.ok_or(Misfit::BadPlace(before))?),
            None => None,
        };
        let above = self.node_mut(parent).ok_or(Misfit::Unknown(parent))?;
        if !above.kind.is_container() {
            return Err(Misfit::WrongKind(parent));
        }
        above.children.insert(at.unwrap_or(above.children.len()), id);
        self.node_mut(id).ok_or(Misfit::Unknown(id))?.parent = Some(parent);
        Ok(())
    }

    /// Which of its parent's children a node is; looked for from both ends.
    fn place_of(&mut self, id: NodeId, parent: NodeId) -> Result<Option<usize>, Misfit> {
        let siblings = self.children(parent);
        let last = siblings.len().saturating_sub(1);
        let steps =
            (0..=last / 2).find(|step| siblings.get(*step) == Some(&id) || siblings.get(last - step) == Some(&id));
        let found = steps.map(|step| if siblings[step] == id { step } else { last - step });
        // Those behind it move up, which is quicker than looking at them.
        let looked = steps.unwrap_or(last) + (last - found.unwrap_or(last)) / 16;
        self.spend(1 + looked)?;
        Ok(found)
    }

    /// How many nodes a child of this one would be in. `below` must not be one of them.
    fn depth(&mut self, parent: NodeId, below: Option<NodeId>) -> Result<usize, Misfit> {
        let (mut above, mut depth) = (Some(parent), 0);
        while let Some(id) = above {
            if Some(id) == below {
                return Err(Misfit::BadPlace(id));
            }
            above = self.node(id).ok_or(Misfit::Unknown(id))?.parent;
            depth += 1;
        }
        self.spend(depth)?;
        Ok(depth)
    }

    /// How many nodes are in each other from this one on.
    fn height(&mut self, node: NodeId) -> Result<usize, Misfit> {
        let (mut open, mut height, mut count) = (vec![(node, 1)], 0, 0);
        while let Some((id, depth)) = open.pop() {
            open.extend(self.children(id).iter().map(|child| (*child, depth + 1)));
            (height, count) = (height.max(depth), count + 1);
        }
        self.spend(count)?;
        Ok(height)
    }

    fn spend(&mut self, steps: usize) -> Result<(), Misfit> {
        self.work = self.work.checked_sub(steps).ok_or(Misfit::TooMuch)?;
        Ok(())
    }
}
