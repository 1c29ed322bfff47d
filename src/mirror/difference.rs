//! From a tree to another one of the same epoch, in which the same nodes have the same ids.

use super::tree::{Misfit, Tree, TreeNode};
use crate::protocol::mirror::{Element, NewNode, NodeId, NodeKind, Operation};

/// Makes `old` what `new` is, and says how: what is the same in both is not named.
///
/// # Errors
/// [`Misfit`] where an id is of another node in each: nothing was drawn of that, and `old` is of no use any more.
pub(super) fn difference(old: &mut Tree<()>, new: &Tree<()>) -> Result<Vec<Operation>, Misfit> {
    let mut operations = Vec::new();
    let mut make = |old: &mut Tree<()>, operation: Operation| {
        old.apply(operation.clone())?;
        operations.push(operation);
        Ok(())
    };
    // From the top down, so that no node comes into what is in it.
    for (id, node) in new.walk(NodeId::DOCUMENT) {
        for operation in old.node(id).map(|old| changes(id, old, node)).transpose()?.unwrap_or_default() {
            make(old, operation)?;
        }
        settle(old, new, id, &node.children, &mut make)?;
    }
    let gone: Vec<NodeId> = old.walk(NodeId::DOCUMENT).map(|(id, _)| id).filter(|id| !new.contains(*id)).collect();
    for node in gone {
        let parent = old.node(node).and_then(|node| node.parent);
        if parent.is_some_and(|parent| new.contains(parent)) {
            make(old, Operation::Remove { node })?;
        }
    }
    for (node, shown) in new.walk(NodeId::DOCUMENT) {
        for state in &shown.states {
            if old.node(node).and_then(|old| old.state(state.slot())) != Some(state) {
                make(old, Operation::State { node, state: state.clone() })?;
            }
        }
    }
    Ok(operations)
}

/// Puts the children of a node into their order, from the last to the first: so what one is put before is in its place already.
fn settle(
    old: &mut Tree<()>,
    new: &Tree<()>,
    parent: NodeId,
    children: &[NodeId],
    make: &mut impl FnMut(&mut Tree<()>, Operation) -> Result<(), Misfit>,
) -> Result<(), Misfit> {
    if old.children(parent) == children {
        return Ok(());
    }
    let mut before = None;
    // Where that one is.
    let mut end = old.children(parent).len();
    for child in children.iter().rev().copied() {
        let at = end.checked_sub(1).filter(|at| old.children(parent).get(*at) == Some(&child));
        match at {
            Some(at) => end = at,
            None if !old.contains(child) => {
                let kind = new.node(child).ok_or(Misfit::Unknown(child))?.kind.clone();
                let nodes = vec![NewNode { id: child, kind, children: 0 }];
                make(old, Operation::Insert { parent, before, nodes })?;
            }
            None => {
                let was_here = old.node(child).is_some_and(|child| child.parent == Some(parent));
                make(old, Operation::Move { node: child, parent, before })?;
                // Those that stood before it are one less.
                end -= usize::from(was_here);
            }
        }
        before = Some(child);
    }
    Ok(())
}

/// How a node changes by itself.
fn changes(node: NodeId, old: &TreeNode<()>, new: &TreeNode<()>) -> Result<Vec<Operation>, Misfit> {
    match (&old.kind, &new.kind) {
        (NodeKind::Element(was), NodeKind::Element(is)) if (was.namespace, &was.name) == (is.namespace, &is.name) => {
            let value_in = |element: &Element, name| {
                element.attributes.iter().find(|(held, _)| held == name).map(|(_, value)| value.clone())
            };
            let gone = was.attributes.iter().filter(|(name, _)| value_in(is, name).is_none());
            let gone = gone.map(|(name, _)| Operation::Attribute { node, name: name.clone(), value: None });
            let other = is.attributes.iter().filter(|(name, value)| value_in(was, name).as_ref() != Some(value));
            let other = other.map(|(name, value)| Operation::Attribute {
                node,
                name: name.clone(),
                value: Some(value.clone()),
            });
            Ok(gone.chain(other).collect())
        }
        (NodeKind::Text(was), NodeKind::Text(is)) if was != is => Ok(vec![Operation::Text { node, text: is.clone() }]),
        (was, is) if was == is => Ok(Vec::new()),
        _ => Err(Misfit::WrongKind(node)),
    }
}
