//! What a replica takes, asked again where it arrives: the encoder leaves the rest out, and a changed one could send it.

use super::element::CODE;
use super::reading::{ElementRule, ReadName};
use super::tree::Tree;
use crate::mask::may_be_told;
use crate::protocol::MaskedText;
use crate::protocol::mirror::{Element, Name, NodeKind, Operation};

/// Whether the change makes nothing that is code, or that would act on the agent's page: such elements are told as where they stand only, and
/// neither event attributes nor addresses of other schemes than those of pictures and pages are told at all.
pub fn is_admitted(tree: &Tree<()>, operation: &Operation) -> bool {
    match operation {
        Operation::Insert { nodes, .. } => nodes.iter().all(|node| match &node.kind {
            NodeKind::Element(element) => is_admitted_element(element),
            _ => true,
        }),
        Operation::Attribute { node, name, value: Some(value) } => {
            let is_code = tree.node(*node).is_some_and(|node| match &node.kind {
                NodeKind::Element(element) => element.name.as_str() == CODE,
                _ => false,
            });
            !is_code && is_admitted_attribute(name, value)
        }
        _ => true,
    }
}

fn is_admitted_element(element: &Element) -> bool {
    let name = element.name.as_str();
    match ReadName::new(name).element {
        ElementRule::Never => name == CODE && element.attributes.is_empty(),
        _ => element.attributes.iter().all(|(name, value)| is_admitted_attribute(name, value)),
    }
}

fn is_admitted_attribute(name: &Name, value: &MaskedText) -> bool {
    may_be_told(name.as_str(), value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mask::show_text;
    use crate::protocol::mirror::{Namespace, NewNode, NodeId};

    fn named(text: &str) -> Name {
        Name::new(text).expect("a name")
    }

    fn insert(name: &str, attributes: &[(&str, &str)]) -> Operation {
        let attributes = attributes.iter().map(|(name, value)| (named(name), show_text(value))).collect();
        let kind = NodeKind::Element(Element { namespace: Namespace::Html, name: named(name), attributes });
        let nodes = vec![NewNode { id: NodeId(1), kind, children: 0 }];
        Operation::Insert { parent: NodeId::DOCUMENT, before: None, nodes }
    }

    #[test]
    fn nothing_that_runs_or_leads_elsewhere_is_taken() {
        let tree = Tree::default();
        for bad in [
            insert("base", &[("href", "https://s.test/")]),
            insert("META", &[]),
            insert("object", &[]),
            insert("embed", &[]),
            insert("script", &[("src", "https://s.test/a.js")]),
            insert("p", &[("onclick", "steal()")]),
            insert("p", &[("OnFocus", "steal()")]),
            insert("iframe", &[("srcdoc", "<p>")]),
            insert("iframe", &[("sandbox", "allow-scripts")]),
            insert("form", &[("action", "https://s.test/")]),
            insert("a", &[("href", "javascript:steal()")]),
            insert("a", &[("href", " JavaScript:steal()")]),
            insert("a", &[("href", "mailto:ann@s.test")]),
            insert("a", &[("xlink:href", "data:text/html,<p>")]),
            insert("img", &[("src", "file:///etc/passwd")]),
        ] {
            assert!(!is_admitted(&tree, &bad), "{bad:?}");
        }
        for good in [
            insert("script", &[]),
            insert("my-field", &[("data-one", "1"), ("class", "a")]),
            insert("a", &[("href", "https://s.test/?a=1")]),
            insert("a", &[("href", "#top")]),
            insert("a", &[("href", "mailto:")]),
            insert(
                "img",
                &[
                    ("src", "data:image/png;base64,AAAA"),
                    ("srcset", "a.png 1x, b.png 2x"),
                    ("alt", "javascript: a book"),
                ],
            ),
        ] {
            assert!(is_admitted(&tree, &good), "{good:?}");
        }
    }

    #[test]
    fn what_stands_for_code_gets_no_attributes_later_and_nothing_gets_events() {
        let mut tree = Tree::default();
        tree.apply(insert("script", &[])).expect("it fits");
        let set = |name: &str, value: Option<&str>| Operation::Attribute {
            node: NodeId(1),
            name: named(name),
            value: value.map(show_text),
        };
        assert!(!is_admitted(&tree, &set("src", Some("https://s.test/a.js"))));
        assert!(is_admitted(&tree, &set("src", None)));
        assert!(!is_admitted(&Tree::default(), &set("onload", Some("steal()"))));
    }
}
