//! What a bench's way of reading a page makes of it: numbers, one text, and names that are told once.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

const END: u32 = 0;
const ELEMENT: u32 = 1;
const TEXT: u32 = 2;
const OTHER: u32 = 3;

#[derive(Default)]
pub struct Pack {
    numbers: Vec<u32>,
    text: String,
    names: HashMap<String, u32>,
    nodes: u32,
}

impl Pack {
    fn node(&mut self, kind: u32) {
        self.numbers.extend([kind, self.nodes]);
        self.nodes += 1;
    }

    /// Attributes are to follow, so many as are then said by `count`.
    pub fn element(&mut self, name: &str) {
        self.node(ELEMENT);
        self.name(name);
        self.numbers.push(0);
    }

    pub fn attribute(&mut self, name: &str) {
        self.name(name);
    }

    /// Of the last element.
    pub fn count(&mut self, attributes: u32) {
        let at = self.numbers.len() - 1 - 2 * attributes as usize;
        self.numbers[at] = attributes;
    }

    pub fn begin_text(&mut self) {
        self.node(TEXT);
    }

    pub fn other(&mut self) {
        self.node(OTHER);
    }

    pub fn end(&mut self) {
        self.numbers.push(END);
    }

    pub fn say(&mut self, text: &str) {
        self.numbers.push(text.len() as u32);
        self.text.push_str(text);
    }

    /// As `say`, of what is put together by this.
    #[allow(dead_code)]
    pub fn say_by(&mut self, put: impl FnOnce(&mut String)) {
        let before = self.text.len();
        put(&mut self.text);
        self.numbers.push((self.text.len() - before) as u32);
    }

    fn name(&mut self, name: &str) {
        let next = self.names.len() as u32;
        let number = match self.names.get(name) {
            Some(number) => *number,
            None => *self.names.entry(name.to_owned()).or_insert(next),
        };
        self.numbers.push(number);
    }

    /// How many numbers and bytes of text there are, so that nothing of it can be left out.
    pub fn len(&self) -> usize {
        self.numbers.len() + self.text.len()
    }

    /// Two packs with the same one say the same.
    pub fn digest(&self) -> String {
        let mut hasher = DefaultHasher::new();
        let mut names: Vec<_> = self.names.iter().collect();
        names.sort();
        (&self.numbers, &self.text, names).hash(&mut hasher);
        format!("{} nodes, {:016x}", self.nodes, hasher.finish())
    }
}
