//! The visitor's half of the mirror in the browser: unpacks what `js/mirror/reader.js` reads, and hands out frames.
//!
//! A reading is numbers and one text. Texts stand in it one after another; their lengths, in UTF-16 units, among the numbers.

use core::cell::RefCell;
use std::collections::VecDeque;

use wasm_bindgen::prelude::*;

use crate::mask::{Marks, NameKey, Policy};
use crate::mirror::{ElementReading, Encoder, EncoderOutput, Reading, ReadingKind, StateReading};
use crate::protocol::mirror::{Badge, BadgeReason, Layer, MirrorFrame, Namespace, NodeId};
use crate::protocol::{AssetHash, AssetKind, AssetPart};

/// Tells a page.
#[wasm_bindgen]
pub struct Mirror {
    encoder: RefCell<Encoder>,
    frames: RefCell<VecDeque<Vec<u8>>>,
    fetches: RefCell<VecDeque<(u32, String)>>,
}

#[wasm_bindgen]
impl Mirror {
    /// A mirror that has not begun. With `is_private`, everything is masked where nothing says `show`. `key` is four random numbers.
    #[wasm_bindgen(constructor)]
    pub fn new(is_private: bool, key: &[u32]) -> Self {
        let key = NameKey(key.try_into().unwrap_or_default());
        let policy = Policy { is_private_by_default: is_private, key };
        Self { encoder: RefCell::new(Encoder::new(policy)), frames: RefCell::default(), fetches: RefCell::default() }
    }

    /// Begins a new epoch.
    pub fn begin(&self, width: u32, height: u32, is_quirky: bool) {
        self.encoder.borrow_mut().begin((width, height), is_quirky);
        self.collect();
    }

    /// Takes a reading. What it answers are pairs: 0 and an id to forget, 1 and an id to read anew, or, before all others, 2 and an id
    /// whose node is marked as a secret from now on.
    pub fn handle(&self, numbers: &[u32], text: &str) -> Vec<u32> {
        let mut pack = Pack { numbers: numbers.iter(), text, is_plain: text.is_ascii() };
        let mut encoder = self.encoder.borrow_mut();
        while pack.fact(&mut encoder).is_some() {}
        drop(encoder);
        self.collect()
    }

    /// Ends a batch: frames of what has changed are ready then. As [`Mirror::handle`], what it answers is to be done.
    pub fn flush(&self) -> Vec<u32> {
        self.encoder.borrow_mut().flush();
        self.collect()
    }

    /// Tells what the replica should be now.
    pub fn check(&self) {
        self.encoder.borrow_mut().check();
        self.collect();
    }

    /// The next picture or font that the page shows: its number, a space, its address; call until there is none.
    pub fn fetch(&self) -> Option<String> {
        self.fetches.borrow_mut().pop_front().map(|(number, address)| [&number.to_string(), " ", &address].concat())
    }

    /// Offers what was fetched; `kind` is an index of `js/mirror/kinds.js`.
    pub fn offer(&self, number: u32, hash: &[u8], kind: u32) {
        let (Ok(hash), Some(kind)) = (hash.try_into(), AssetKind::from_number(kind)) else { return };
        self.encoder.borrow_mut().offer(number, AssetHash(hash), kind);
        self.collect();
    }

    /// Tells some of its bytes.
    pub fn asset(&self, hash: &[u8], at: u32, is_last: bool, bytes: Vec<u8>) {
        let Ok(hash) = hash.try_into() else { return };
        let part = AssetPart { hash: AssetHash(hash), at, is_last, bytes };
        self.frames.borrow_mut().push_back(MirrorFrame::Asset(part).encode());
    }

    /// The next frame to send; call until there is none.
    pub fn frame(&self) -> Option<Vec<u8>> {
        self.frames.borrow_mut().pop_front()
    }

    fn collect(&self) -> Vec<u32> {
        let mut encoder = self.encoder.borrow_mut();
        let mut answer = Vec::new();
        while let Some(output) = encoder.poll_output() {
            match output {
                EncoderOutput::Send(frame) => self.frames.borrow_mut().push_back(frame.encode()),
                EncoderOutput::Fetch(number, address) => self.fetches.borrow_mut().push_back((number, address)),
                EncoderOutput::Remember(id) => drop(answer.splice(0..0, [2, id.0])),
                EncoderOutput::Forget(id) => answer.extend([0, id.0]),
                EncoderOutput::Reread(id) => answer.extend([1, id.0]),
            }
        }
        answer
    }
}

/// What is left of a reading. `None` from any of its functions: it ends too early, or is not one.
struct Pack<'a> {
    numbers: core::slice::Iter<'a, u32>,
    text: &'a str,
    /// Whether bytes are UTF-16 units.
    is_plain: bool,
}

impl<'a> Pack<'a> {
    fn number(&mut self) -> Option<u32> {
        self.numbers.next().copied()
    }

    fn id(&mut self) -> Option<NodeId> {
        self.number().map(NodeId)
    }

    fn text(&mut self) -> Option<&'a str> {
        let mut units = self.number()? as usize;
        let mut length = units;
        if !self.is_plain {
            let mut chars = self.text.char_indices();
            length = loop {
                match chars.next() {
                    Some((at, _)) if units == 0 => break at,
                    Some((_, char)) => units = units.saturating_sub(char.len_utf16()),
                    None => break self.text.len(),
                }
            };
        }
        let (text, rest) = self.text.split_at_checked(length)?;
        self.text = rest;
        Some(text)
    }

    fn fact(&mut self, encoder: &mut Encoder) -> Option<()> {
        let kind = self.number()?;
        let node = self.id()?;
        match kind {
            1 => {
                let count = self.number()?;
                let mut readings = Vec::with_capacity((count as usize).min(self.numbers.len()));
                for _ in 0..count {
                    readings.push(self.reading()?);
                }
                encoder.handle_children(node, &readings);
            }
            2 => encoder.handle_text(node, self.text()?),
            3 | 4 => {
                let name = self.text()?;
                let value = if kind == 3 { Some(self.text()?) } else { None };
                encoder.handle_attribute(node, name, value);
            }
            5 => encoder.handle_marks(node, self.marks()?),
            6 => encoder.handle_state(node, self.state()?),
            _ => return None,
        }
        Some(())
    }

    fn marks(&mut self) -> Option<Marks> {
        self.number().map(|bits| Marks::from_bits(bits as u8))
    }

    fn reading(&mut self) -> Option<Reading<'a>> {
        let kind = self.number()?;
        let id = self.id()?;
        let mut children = 0;
        let kind = match kind {
            1 => {
                children = self.number()?;
                ReadingKind::Element(self.element()?)
            }
            2 => ReadingKind::Text(self.text()?),
            3 => ReadingKind::Comment,
            4 => ReadingKind::Doctype { name: self.text()?, public: self.text()?, system: self.text()? },
            5 | 6 => {
                children = self.number()?;
                let bits = self.number()?;
                match kind {
                    5 => ReadingKind::ShadowRoot { delegates_focus: bits & 1 != 0, has_manual_slots: bits & 2 != 0 },
                    _ => ReadingKind::Document { is_quirky: bits != 0 },
                }
            }
            7 => ReadingKind::Known,
            9 => ReadingKind::Sheet { media: self.text()?, css: self.text()? },
            8 => {
                let reason = if self.number()? == 1 { BadgeReason::ForeignFrame } else { BadgeReason::PlugIn };
                ReadingKind::Badge(Badge { reason, size: (self.number()?, self.number()?) })
            }
            _ => return None,
        };
        Some(Reading { id, kind, children })
    }

    fn element(&mut self) -> Option<ElementReading<'a>> {
        let namespace = match self.number()? {
            1 => Namespace::Svg,
            2 => Namespace::MathMl,
            _ => Namespace::Html,
        };
        let bits = self.number()?;
        let size = if bits & 2 == 0 { (0, 0) } else { (self.number()?, self.number()?) };
        let name = self.text()?;
        let count = self.number()?;
        let mut attributes = Vec::with_capacity((count as usize).min(self.numbers.len()));
        for _ in 0..count {
            attributes.push((self.text()?, self.text()?));
        }
        let count = self.number()?;
        let mut states = Vec::with_capacity((count as usize).min(self.numbers.len()));
        for _ in 0..count {
            states.push(self.state()?);
        }
        Some(ElementReading { namespace, name, attributes, marks: Marks::from_bits(bits as u8), size, states })
    }

    fn state(&mut self) -> Option<StateReading<'a>> {
        Some(match self.number()? {
            1 => StateReading::Value(self.text()?),
            2 => StateReading::Checked(self.number()? == 1),
            3 => StateReading::Indeterminate(self.number()? == 1),
            4 => StateReading::Selected(self.number()? == 1),
            5 => StateReading::Scroll(self.number()? as i32, self.number()? as i32),
            6 => StateReading::Layer(match self.number()? {
                1 => Layer::Popover,
                2 => Layer::Modal,
                3 => Layer::Fullscreen,
                _ => Layer::None,
            }),
            7 => StateReading::Disabled(self.number()? == 1),
            _ => return None,
        })
    }
}
