//! The visitor's half of the mirror in the browser: unpacks what `js/mirror/reader.js` reads, and hands out frames.
//!
//! A reading is numbers and one text. Texts stand in it one after another; their lengths, in UTF-16 units, among the numbers.
//! Names are told once, and stand there as numbers from then on.

use core::cell::RefCell;
use std::collections::VecDeque;

use wasm_bindgen::prelude::*;

use crate::mask::{Marks, NameKey, Policy};
use crate::mirror::{ElementReading, Encoder, EncoderOutput, ReadName, Reading, ReadingKind, StateReading};
use crate::protocol::mirror::{
    Area, BAR_LIMIT, Badge, BadgeReason, Caret, Device, DialogKind, Layer, MirrorFrame, Namespace, NodeId, Picture,
    PlayStage, Playback, Point, Span, View,
};
use crate::protocol::{AssetHash, AssetKind, AssetPart};

/// Tells a page.
#[wasm_bindgen]
pub struct Mirror {
    encoder: RefCell<Encoder>,
    names: RefCell<Vec<ReadName>>,
    frames: RefCell<VecDeque<Vec<u8>>>,
    fetches: RefCell<VecDeque<(u32, String)>>,
}

#[wasm_bindgen]
impl Mirror {
    /// A mirror that has not begun. With `is_private`, everything is masked where nothing says `show`. `key` is five random numbers, of which
    /// the last is told; `after` is the last epoch of the mirror that this page had before.
    #[wasm_bindgen(constructor)]
    pub fn new(is_private: bool, key: &[u32], after: u32) -> Self {
        let (key, page) = key.split_at_checked(4).unwrap_or_default();
        let (key, page) = (NameKey(key.try_into().unwrap_or_default()), page.first().copied().unwrap_or_default());
        let policy = Policy { is_private_by_default: is_private, key };
        Self {
            encoder: RefCell::new(Encoder::new(policy).of(page, after)),
            names: RefCell::default(),
            frames: RefCell::default(),
            fetches: RefCell::default(),
        }
    }

    /// From the next epoch on, which is to begin now, other rules hold: is everything masked where nothing says `show`?
    pub fn mask(&self, is_private: bool) {
        self.encoder.borrow_mut().handle_policy(is_private);
        self.frames.borrow_mut().clear();
        self.fetches.borrow_mut().clear();
    }

    /// Begins a new epoch. Names are told anew.
    pub fn begin(&self, width: u32, height: u32, is_quirky: bool, device: u8, ratio: u32) {
        self.names.borrow_mut().clear();
        self.encoder.borrow_mut().begin((width, height), is_quirky, Device { bits: device, ratio });
        self.collect();
    }

    /// Takes a reading; `names` are those that are new, one a line, and the text is UTF-8. What it answers are pairs: 0 and an id
    /// to forget, 1 and an id to read anew, 3 and the id of a canvas that is shown, or, before all others, 2 and an id whose node is marked as
    /// a secret from now on.
    pub fn handle(&self, numbers: &[u32], text: &[u8], names: &str) -> Vec<u32> {
        self.names.borrow_mut().extend(names.lines().map(ReadName::new));
        let names = self.names.borrow();
        let text = core::str::from_utf8(text).unwrap_or_default();
        let mut pack = Pack { numbers: numbers.iter(), text, names: &names };
        pack.tell(&mut self.encoder.borrow_mut());
        self.collect()
    }

    /// Ends a batch: frames of what has changed are ready then. As [`Mirror::handle`], what it answers is to be done.
    pub fn flush(&self) -> Vec<u32> {
        self.encoder.borrow_mut().flush();
        self.collect()
    }

    /// Begins to tell again what was told; see [`Encoder::retell`]. As [`Mirror::flush`], what it answers is to be done.
    pub fn retell(&self, known: &[u8]) -> Vec<u32> {
        self.encoder.borrow_mut().retell(known);
        self.collect()
    }

    /// See [`Encoder::retell_more`].
    #[wasm_bindgen(js_name = retellMore)]
    pub fn retell_more(&self) -> bool {
        let is_done = self.encoder.borrow_mut().retell_more();
        self.collect();
        is_done
    }

    /// Tells what the replica should be now, where it has changed. False when it is to be called again for that.
    pub fn check(&self) -> bool {
        let is_done = self.encoder.borrow_mut().check();
        self.collect();
        is_done
    }

    /// The next picture or font that the page shows: its number, a space, its address; call until there is none.
    pub fn fetch(&self) -> Option<String> {
        self.fetches.borrow_mut().pop_front().map(|(number, address)| [&number.to_string(), " ", &address].concat())
    }

    /// Offers what was fetched; `kind` is an index of `js/mirror/asset-kinds.js`.
    pub fn offer(&self, number: u32, hash: &[u8], kind: u32) {
        let (Ok(hash), Some(kind)) = (hash.try_into(), AssetKind::from_number(kind)) else { return };
        self.encoder.borrow_mut().offer(number, AssetHash(hash), kind);
        self.collect();
    }

    /// The picture of a canvas; `kind` as in [`Mirror::offer`]. With an empty hash there is none, and `kind` is the reason, a number of
    /// [`BadgeReason`].
    pub fn picture(&self, node: u32, hash: &[u8], kind: u32) {
        let picture = match hash.try_into() {
            Ok(hash) => AssetKind::from_number(kind).map(|kind| Picture::Asset(AssetHash(hash), kind)),
            Err(_) => BadgeReason::from_number(kind).map(Picture::Badge),
        };
        let Some(picture) = picture else { return };
        self.encoder.borrow_mut().handle_state(NodeId(node), StateReading::Picture(picture));
    }

    /// Tells some of its bytes.
    pub fn asset(&self, hash: &[u8], at: u32, is_last: bool, bytes: Vec<u8>) {
        let Ok(hash) = hash.try_into() else { return };
        let part = AssetPart { hash: AssetHash(hash), at, is_last, bytes };
        self.frames.borrow_mut().push_back(MirrorFrame::Asset(part).encode());
    }

    /// Tells a frame of the page that this document stands for; see [`Encoder::tell_inner`].
    pub fn inner(&self, node: u32, frame: Vec<u8>) -> bool {
        let is_told = self.encoder.borrow_mut().tell_inner(NodeId(node), frame);
        self.collect();
        is_told
    }

    /// The next frame to send; call until there is none.
    pub fn frame(&self) -> Option<Vec<u8>> {
        self.frames.borrow_mut().pop_front()
    }

    /// The epoch that is told.
    pub fn epoch(&self) -> u32 {
        self.encoder.borrow().epoch()
    }

    /// See [`Encoder::guards`].
    pub fn guards(&self, node: u32) -> Option<u8> {
        self.encoder.borrow().guards(NodeId(node))
    }

    /// What an agent saw of a node that he presses.
    pub fn fingerprint(&self, node: u32) -> Option<u32> {
        self.encoder.borrow().tree().fingerprint(NodeId(node))
    }

    /// What an agent saw of a node that he writes into.
    pub fn outline(&self, node: u32) -> Option<u32> {
        self.encoder.borrow().tree().outline(NodeId(node))
    }

    fn collect(&self) -> Vec<u32> {
        let mut encoder = self.encoder.borrow_mut();
        let mut answer = Vec::new();
        while let Some(output) = encoder.poll_output() {
            match output {
                EncoderOutput::Send(frame) => self.frames.borrow_mut().push_back(frame),
                EncoderOutput::Fetch(number, address) => self.fetches.borrow_mut().push_back((number, address)),
                EncoderOutput::Remember(id) => drop(answer.splice(0..0, [2, id.0])),
                EncoderOutput::Forget(id) => answer.extend([0, id.0]),
                EncoderOutput::Reread(id) => answer.extend([1, id.0]),
                EncoderOutput::Draw(id) => answer.extend([3, id.0]),
            }
        }
        answer
    }
}

/// What is left of a reading. `None` from any of its functions: it ends too early, or is not one.
struct Pack<'a> {
    numbers: core::slice::Iter<'a, u32>,
    text: &'a str,
    names: &'a [ReadName],
}

impl<'a> Pack<'a> {
    fn number(&mut self) -> Option<u32> {
        self.numbers.next().copied()
    }

    fn id(&mut self) -> Option<NodeId> {
        self.number().map(NodeId)
    }

    fn text(&mut self) -> Option<&'a str> {
        let units = self.number()? as usize;
        let is_plain = self.text.as_bytes().get(..units).is_some_and(<[u8]>::is_ascii);
        let length = if is_plain { units } else { self.length(units) };
        let (text, rest) = self.text.split_at_checked(length)?;
        self.text = rest;
        Some(text)
    }

    /// How many bytes so many UTF-16 units take.
    fn length(&self, mut units: usize) -> usize {
        let end = self.text.char_indices().find(|(_, char)| {
            let is_end = units == 0;
            units = units.saturating_sub(char.len_utf16());
            is_end
        });
        end.map_or(self.text.len(), |(at, _)| at)
    }

    /// By its place among all that were told in this epoch.
    fn name(&mut self) -> Option<&'a ReadName> {
        let index = self.number()? as usize;
        self.names.get(index)
    }

    /// One fact after the other, to the end.
    fn tell(&mut self, encoder: &mut Encoder) {
        let (mut attributes, mut states) = (Vec::new(), Vec::new());
        while self.fact(encoder, &mut attributes, &mut states).is_some() {}
    }

    /// The vectors are there to be used again.
    fn fact(
        &mut self,
        encoder: &mut Encoder,
        attributes: &mut Vec<(&'a ReadName, &'a str)>,
        states: &mut Vec<StateReading<'a>>,
    ) -> Option<()> {
        let fact = self.number()?;
        match fact {
            0 => {
                encoder.close_children();
                return Some(());
            }
            11 => {
                encoder.handle_unread();
                return Some(());
            }
            _ => {}
        }
        let id = self.id()?;
        let kind = match fact {
            1 => self.element(attributes, states)?,
            2 => ReadingKind::Text(self.text()?),
            3 => ReadingKind::Comment,
            4 => ReadingKind::Doctype { name: self.text()?, public: self.text()?, system: self.text()? },
            5 => {
                let bits = self.number()?;
                ReadingKind::ShadowRoot { delegates_focus: bits & 1 != 0, has_manual_slots: bits & 2 != 0 }
            }
            6 => ReadingKind::Document { is_quirky: self.number()? != 0 },
            7 => ReadingKind::Known,
            8 => {
                let reason = BadgeReason::from_number(self.number()?)?;
                ReadingKind::Badge(Badge { reason, size: (self.number()?, self.number()?) })
            }
            9 => ReadingKind::Sheet { media: self.text()?, css: self.text()? },
            10 => ReadingKind::Content,
            _ => return self.change(fact, id, encoder),
        };
        encoder.handle_node(&Reading { id, kind });
        Some(())
    }

    fn change(&mut self, fact: u32, node: NodeId, encoder: &mut Encoder) -> Option<()> {
        match fact {
            16 => encoder.open_children(node),
            17 => encoder.open_more_children(node),
            18 => encoder.handle_text(node, self.text()?),
            19 => encoder.handle_attribute(node, self.name()?, Some(self.text()?)),
            20 => encoder.handle_attribute(node, self.name()?, None),
            21 => encoder.handle_marks(node, self.marks()?),
            22 => encoder.handle_state(node, self.state()?),
            23 => encoder.handle_stale(node),
            _ => return None,
        }
        Some(())
    }

    fn span(&mut self) -> Option<Span> {
        let mut point = || Some(Point { node: self.id()?, offset: self.number()? });
        Some(Span { start: point()?, end: point()? })
    }

    fn marks(&mut self) -> Option<Marks> {
        self.number().map(|bits| Marks::from_bits(bits as u8))
    }

    fn element<'b>(
        &mut self,
        attributes: &'b mut Vec<(&'a ReadName, &'a str)>,
        states: &'b mut Vec<StateReading<'a>>,
    ) -> Option<ReadingKind<'b>>
    where
        'a: 'b,
    {
        let name = self.name()?;
        // Eight bits for the marks, then the namespace.
        let bits = self.number()?;
        let namespace = match bits >> 8 {
            1 => Namespace::Svg,
            2 => Namespace::MathMl,
            _ => Namespace::Html,
        };
        attributes.clear();
        for _ in 0..self.number()? {
            attributes.push((self.name()?, self.text()?));
        }
        let size = if bits & 2 == 0 { (0, 0) } else { (self.number()?, self.number()?) };
        states.clear();
        for _ in 0..self.number()? {
            states.push(self.state()?);
        }
        let marks = Marks::from_bits(bits as u8);
        Some(ReadingKind::Element(ElementReading { namespace, name, attributes, marks, size, states }))
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
            8 => StateReading::Pseudo(self.number()? as u8),
            9 => StateReading::Matches(self.text()?),
            10 => {
                let (start, end) = (self.number()?, self.number()?);
                StateReading::Caret(Caret { start, end, is_backward: self.number()? == 1 })
            }
            11 => StateReading::Assigned((0..self.number()?).map_while(|_| self.id()).collect()),
            12 => StateReading::Selection(if self.number()? == 1 { Some(self.span()?) } else { None }),
            13 => {
                let mut highlights = Vec::new();
                for _ in 0..self.number()? {
                    let name = self.text()?;
                    highlights.push((name, (0..self.number()?).map_while(|_| self.span()).collect()));
                }
                StateReading::Highlights(highlights)
            }
            14 => StateReading::Look(self.text()?),
            18 => StateReading::Size(self.number()?, self.number()?),
            15 => {
                let (kind, text) = (self.number()?, self.text()?);
                StateReading::Dialog(DialogKind::from_number(kind).map(|kind| (kind, text)))
            }
            16 => {
                let (stage, is_muted, rate) = (self.number()?, self.number()? == 1, self.number()?);
                let (position, duration) = (self.number()?, self.number()?);
                StateReading::Playback(Playback {
                    stage: PlayStage::from_number(stage)?,
                    is_muted,
                    rate: rate.min(u16::MAX.into()) as u16,
                    position: Some(position),
                    duration: (duration != u32::MAX).then_some(duration),
                })
            }
            17 => {
                let mut bar = || self.number().map(|bar| bar.min(BAR_LIMIT.into()) as u8);
                let bars = (bar()?, bar()?);
                let seen = Area::new(self.number()?, self.number()?, self.number()?, self.number()?);
                StateReading::View(View { bars, seen })
            }
            _ => return None,
        })
    }
}
