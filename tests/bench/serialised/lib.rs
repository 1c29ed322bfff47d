//! A page read from what the browser's own serialiser makes of it: the third way that the mirror's reader was measured against.
//!
//! It makes the same pack as `../web-sys` does. The text is no HTML that anybody may have written, but what one function writes: tags are
//! whole, values are quoted, five characters are escaped. Ids are places in document order. Where the text does not say how the tree is, a
//! walk over the nodes does (`read.mjs`): of texts side by side, and of empty ones.

#[path = "../web-sys/pack.rs"]
mod pack;

use std::iter::Peekable;
use std::slice::ChunksExact;

use pack::Pack;
use wasm_bindgen::prelude::wasm_bindgen;

/// They have no end tag, and nothing in them is written.
const VOID: [&str; 18] = [
    "area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input", "keygen", "link",
    "meta", "param", "source", "track", "wbr",
];

/// Text in them is written as it is.
const RAW: [&str; 8] = ["iframe", "noembed", "noframes", "noscript", "plaintext", "script", "style", "xmp"];

struct Reader<'a> {
    rest: &'a str,
    pack: Pack,
    /// Nodes so far.
    nodes: u32,
    /// Places of the elements around, the innermost last.
    open: Vec<u32>,
    /// Texts that are not written by themselves: the place of each, its length in bytes, and the place of its parent.
    parts: Peekable<ChunksExact<'a, u32>>,
    /// The name of the element whose text is next, where that is written as it is.
    raw: Option<&'a str>,
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }

    /// What comes before a sign, which is left out.
    fn until(&mut self, sign: char) -> &'a str {
        let length = self.rest.find(sign).unwrap_or(self.rest.len());
        let taken = self.take(length);
        self.rest = self.rest.get(1..).unwrap_or_default();
        taken
    }

    fn run(mut self) -> Pack {
        // The document type.
        self.pack.other();
        self.nodes += 1;
        while !self.rest.is_empty() {
            self.empty_texts();
            if self.raw.is_some() || !self.rest.starts_with('<') {
                self.texts();
            } else if self.rest.starts_with("</") {
                self.until('>');
                self.open.pop();
                self.pack.end();
            } else if self.rest.starts_with("<!--") {
                let length = self.rest.find("-->").map_or(self.rest.len(), |at| at + 3);
                self.take(length);
                self.nodes += 1;
                self.pack.other();
            } else {
                self.element();
            }
        }
        self.pack.end();
        self.pack
    }

    fn element(&mut self) {
        self.take(1);
        let length = self.rest.find([' ', '>']).unwrap_or(self.rest.len());
        let name = self.take(length);
        self.open.push(self.nodes);
        self.nodes += 1;
        self.pack.element(name);
        let mut count = 0;
        while self.rest.starts_with(' ') {
            self.take(1);
            let name = self.until('=');
            self.take(1);
            let value = self.until('"');
            self.pack.attribute(name);
            self.pack.say_by(|out| unescape(value, out));
            count += 1;
        }
        self.pack.count(count);
        self.take(1);
        if VOID.binary_search(&name).is_ok() {
            self.open.pop();
            self.pack.end();
        } else if RAW.binary_search(&name).is_ok() && !self.rest.starts_with("</") {
            self.raw = Some(name);
        }
    }

    fn texts(&mut self) {
        let Some(name) = self.raw.take() else {
            let length = self.rest.find('<').unwrap_or(self.rest.len());
            let text = self.take(length);
            return self.split(text, true);
        };
        let end = ["</", name, ">"].concat();
        let length = self.rest.find(&end).unwrap_or(self.rest.len());
        let text = self.take(length);
        self.split(text, false);
    }

    /// One written text, which may be several nodes.
    fn split(&mut self, text: &str, is_escaped: bool) {
        let mut whole = String::new();
        if self.parts.peek().is_none_or(|part| part[0] != self.nodes) {
            self.nodes += 1;
            self.pack.begin_text();
            return self.pack.say_by(|out| if is_escaped { unescape(text, out) } else { out.push_str(text) });
        }
        if is_escaped {
            unescape(text, &mut whole)
        } else {
            whole.push_str(text)
        }
        let mut from = 0;
        while let Some(part) = self.parts.next_if(|part| part[0] == self.nodes) {
            let end = whole.len().min(from + part[1] as usize);
            self.nodes += 1;
            self.pack.begin_text();
            self.pack.say(&whole[from..end]);
            from = end;
            if from == whole.len() {
                return;
            }
        }
    }

    /// Nothing is written of them.
    fn empty_texts(&mut self) {
        let parent = self.open.last().copied();
        while self.parts.next_if(|part| part[..2] == [self.nodes, 0] && Some(part[2]) == parent).is_some() {
            self.nodes += 1;
            self.pack.begin_text();
            self.pack.say("");
        }
    }
}

fn unescape(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let escapes = [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"'), ("&nbsp;", '\u{a0}')];
        let (written, char) = escapes.into_iter().find(|(written, _)| rest.starts_with(written)).unwrap_or(("&", '&'));
        out.push(char);
        rest = &rest[written.len()..];
    }
    out.push_str(rest);
}

fn read_all(html: &str, parts: &[u32]) -> Pack {
    let parts = parts.chunks_exact(3).peekable();
    Reader { rest: html, pack: Pack::default(), nodes: 0, open: Vec::new(), parts, raw: None }.run()
}

/// Reads the whole page. `parts` are, of each text that is not written by itself, its place, its length in bytes and the place of its parent.
/// How many numbers and bytes of text it made, so that nothing of it can be left out.
#[wasm_bindgen]
pub fn read(html: &str, parts: &[u32]) -> usize {
    read_all(html, parts).len()
}

/// What it made, in a few words: the same for all ways of reading.
#[wasm_bindgen]
pub fn digest(html: &str, parts: &[u32]) -> String {
    read_all(html, parts).digest()
}
