//! A page read node by node through web-sys: the way that the mirror's reader was measured against.
//!
//! It makes what `js/mirror/walk.js` makes of the same nodes: numbers, one text, and names that are told once. Nothing is masked or encoded.

mod pack;

use pack::Pack;
use wasm_bindgen::{JsCast, prelude::wasm_bindgen};
use web_sys::{CharacterData, Element, Node};

fn walk_from(pack: &mut Pack, first: Option<Node>) {
    let mut next = first;
    while let Some(node) = next {
        put(pack, &node);
        next = node.next_sibling();
    }
    pack.end();
}

fn put(pack: &mut Pack, node: &Node) {
    match node.node_type() {
        Node::ELEMENT_NODE => {
            let element: &Element = node.unchecked_ref();
            pack.element(&element.local_name());
            let names = element.get_attribute_names();
            for name in names.iter().filter_map(|name| name.as_string()) {
                pack.attribute(&name);
                pack.say(&element.get_attribute(&name).unwrap_or_default());
            }
            pack.count(names.length());
            walk_from(pack, node.first_child());
        }
        Node::TEXT_NODE => {
            pack.begin_text();
            pack.say(&node.unchecked_ref::<CharacterData>().data());
        }
        _ => pack.other(),
    }
}

fn read() -> Pack {
    let mut pack = Pack::default();
    let page = web_sys::window().and_then(|window| window.document());
    walk_from(&mut pack, page.and_then(|page| page.first_child()));
    pack
}

/// Reads the whole page. How many numbers and bytes of text it made, so that nothing of it can be left out.
#[wasm_bindgen]
pub fn walk() -> usize {
    read().len()
}

/// What it made, in a few words: the same for all ways of reading.
#[wasm_bindgen]
pub fn digest() -> String {
    read().digest()
}
