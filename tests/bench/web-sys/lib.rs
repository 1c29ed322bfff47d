//! A page read node by node through web-sys: the way that the mirror's reader was measured against.
//!
//! It makes what `js/mirror/walk.js` makes of the same nodes: numbers, one text, and names that are told once. Nothing is masked or encoded.

use std::collections::HashMap;

use wasm_bindgen::{JsCast, prelude::wasm_bindgen};
use web_sys::{CharacterData, Element, Node};

const END: u32 = 0;
const ELEMENT: u32 = 1;
const TEXT: u32 = 2;
const OTHER: u32 = 3;

#[derive(Default)]
struct Pack {
    numbers: Vec<u32>,
    text: String,
    names: HashMap<String, u32>,
    nodes: u32,
}

impl Pack {
    fn say(&mut self, text: &str) {
        self.numbers.push(text.len() as u32);
        self.text.push_str(text);
    }

    fn name(&mut self, name: String) {
        let next = self.names.len() as u32;
        let number = *self.names.entry(name).or_insert(next);
        self.numbers.push(number);
    }

    fn walk(&mut self, first: Option<Node>) {
        let mut next = first;
        while let Some(node) = next {
            self.put(&node);
            next = node.next_sibling();
        }
        self.numbers.push(END);
    }

    fn put(&mut self, node: &Node) {
        let id = self.nodes;
        self.nodes += 1;
        match node.node_type() {
            Node::ELEMENT_NODE => {
                let element: &Element = node.unchecked_ref();
                self.numbers.extend([ELEMENT, id]);
                self.name(element.local_name());
                let names = element.get_attribute_names();
                self.numbers.push(names.length());
                for name in names.iter().filter_map(|name| name.as_string()) {
                    let value = element.get_attribute(&name).unwrap_or_default();
                    self.name(name);
                    self.say(&value);
                }
                self.walk(node.first_child());
            }
            Node::TEXT_NODE => {
                self.numbers.extend([TEXT, id]);
                self.say(&node.unchecked_ref::<CharacterData>().data());
            }
            _ => self.numbers.extend([OTHER, id]),
        }
    }
}

/// Reads the whole page. How many numbers and bytes of text it made, so that nothing of it can be left out.
#[wasm_bindgen]
pub fn walk() -> usize {
    let mut pack = Pack::default();
    let page = web_sys::window().and_then(|window| window.document());
    pack.walk(page.and_then(|page| page.first_child()));
    pack.numbers.len() + pack.text.len()
}
