//! What an agent saw of a node, in a number: by it the visitor's page knows whether the node still is what he saw.

use super::hash::Mix;
use super::tree::Tree;
use crate::protocol::mirror::{NodeId, NodeKind};

/// What counts of a node's content: so many nodes in it, in document order.
const NODES: usize = 64;

/// Attributes that change with what a person does to an element, or with how it looks, and do not make it another one.
const FLEETING: [&str; 6] = ["class", "style", "value", "checked", "open", "tabindex"];

impl<N> Tree<N> {
    /// For acts that press something: what the node is, and what it says.
    pub fn fingerprint(&self, id: NodeId) -> Option<u32> {
        self.node(id)?;
        let mut mix = Mix::new(1);
        self.walk(id).take(NODES).for_each(|(_, node)| add(&mut mix, &node.kind));
        Some(mix.end() as u32)
    }

    /// For acts that write into something, which changes what it says: what the node is.
    pub fn outline(&self, id: NodeId) -> Option<u32> {
        let mut mix = Mix::new(1);
        add(&mut mix, &self.node(id)?.kind);
        Some(mix.end() as u32)
    }
}

fn add(mix: &mut Mix, kind: &NodeKind) {
    match kind {
        NodeKind::Element(element) => {
            mix.number(element.namespace as u32);
            mix.text(element.name.as_str());
            let is_lasting = |name: &str| !FLEETING.contains(&name) && !name.starts_with("aria-");
            let lasting = element.attributes.iter().filter(|(name, _)| is_lasting(name.as_str()));
            mix.all(lasting.map(|(name, value)| Mix::new(2).with(name.as_str()).with(value)));
        }
        NodeKind::Text(text) => mix.text(text),
        // Where nothing is written stands nothing that could be mistaken.
        _ => mix.number(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mask::show_text;
    use crate::protocol::mirror::{Element, Name, Namespace};

    fn button(class: &str, text: &str) -> Tree<()> {
        let mut tree = Tree::default();
        let named = |name, value: &str| (Name::new(name).expect("a name"), show_text(value));
        let attributes = vec![named("type", "button"), named("class", class)];
        let name = Name::new("button").expect("a name");
        tree.add(NodeId(1), NodeKind::Element(Element { namespace: Namespace::Html, name, attributes }), ());
        tree.append(NodeId(1), NodeId::DOCUMENT);
        tree.add(NodeId(2), NodeKind::Text(show_text(text)), ());
        tree.append(NodeId(2), NodeId(1));
        tree
    }

    #[test]
    fn a_button_that_says_something_else_is_another_one() {
        let before = button("", "Add to cart");
        let id = NodeId(1);
        assert_eq!(button("hovered", "Add to cart").fingerprint(id), before.fingerprint(id));
        assert_ne!(button("", "Delete account").fingerprint(id), before.fingerprint(id));
        assert_eq!(button("", "Delete account").outline(id), before.outline(id), "what is written in it may change");
        assert_ne!(before.outline(NodeId(2)), before.outline(id));
        assert_eq!(before.fingerprint(NodeId(3)), None);
    }
}
