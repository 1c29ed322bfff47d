//! The agent's half of the mirror in the browser: draws what the replica has taken, by `js/mirror/painter.js`.

use core::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use wasm_bindgen::prelude::*;

use crate::mirror::{Replica, ReplicaOutput};
use crate::protocol::AssetHash;
use crate::protocol::mirror::{
    Dialog, NewNode, NodeId, NodeKind, Operation, Picture, Playback, Reset, Span, State, View,
};

#[wasm_bindgen]
extern "C" {
    /// Draws into a frame that can run nothing.
    #[derive(Clone, Debug)]
    pub type Painter;

    #[wasm_bindgen(method)]
    fn clear(this: &Painter, width: u32, height: u32, is_quirky: bool, device: u8, ratio: u32);
    #[wasm_bindgen(method)]
    fn size(this: &Painter, width: u32, height: u32);
    #[wasm_bindgen(method)]
    fn element(this: &Painter, parent: u32, before: u32, id: u32, namespace: u32, name: &str);
    #[wasm_bindgen(method)]
    fn text(this: &Painter, parent: u32, before: u32, id: u32, text: &str);
    #[wasm_bindgen(method)]
    fn comment(this: &Painter, parent: u32, before: u32, id: u32);
    #[wasm_bindgen(method)]
    fn doctype(this: &Painter, parent: u32, before: u32, id: u32, name: &str, public: &str, system: &str);
    #[wasm_bindgen(method)]
    fn shadow(this: &Painter, parent: u32, id: u32, delegates_focus: bool, has_manual_slots: bool);
    #[wasm_bindgen(method)]
    fn document(this: &Painter, parent: u32, id: u32, is_quirky: bool);
    #[wasm_bindgen(method)]
    fn badge(this: &Painter, parent: u32, before: u32, id: u32, reason: u32, width: u32, height: u32);
    #[wasm_bindgen(method)]
    fn sheet(this: &Painter, parent: u32, before: u32, id: u32, media: &str, css: &str);
    #[wasm_bindgen(method)]
    fn attribute(this: &Painter, id: u32, name: &str, value: Option<&str>);
    #[wasm_bindgen(method, js_name = setText)]
    fn set_text(this: &Painter, id: u32, text: &str);
    #[wasm_bindgen(method, js_name = move)]
    fn move_to(this: &Painter, id: u32, parent: u32, before: u32);
    #[wasm_bindgen(method)]
    fn remove(this: &Painter, id: u32);
    #[wasm_bindgen(method)]
    fn value(this: &Painter, id: u32, value: &str);
    #[wasm_bindgen(method)]
    fn flag(this: &Painter, id: u32, name: &str, is: bool);
    #[wasm_bindgen(method)]
    fn scroll(this: &Painter, id: u32, left: i32, top: i32);
    #[wasm_bindgen(method)]
    fn layer(this: &Painter, id: u32, layer: u32);
    #[wasm_bindgen(method)]
    fn pseudo(this: &Painter, id: u32, bits: u32);
    #[wasm_bindgen(method)]
    fn content(this: &Painter, parent: u32, id: u32);
    /// Whether its bytes are wanted.
    #[wasm_bindgen(method)]
    fn picture(this: &Painter, id: u32, hash: &str) -> bool;
    #[wasm_bindgen(method)]
    fn missing(this: &Painter, id: u32, reason: u32);
    #[wasm_bindgen(method)]
    fn matches(this: &Painter, id: u32, words: &str);
    #[wasm_bindgen(method)]
    fn caret(this: &Painter, id: u32, start: u32, end: u32, is_backward: bool);
    #[wasm_bindgen(method)]
    fn assigned(this: &Painter, id: u32, nodes: Vec<u32>);
    /// A node and an offset, and again, for each span: of a selection there is one at most.
    #[wasm_bindgen(method)]
    fn selection(this: &Painter, id: u32, span: Vec<u32>);
    /// Takes all highlights away.
    #[wasm_bindgen(method)]
    fn unhighlight(this: &Painter, id: u32);
    #[wasm_bindgen(method)]
    fn highlight(this: &Painter, id: u32, name: &str, spans: Vec<u32>);
    #[wasm_bindgen(method)]
    fn look(this: &Painter, id: u32, css: &str);
    /// The page is laid out beside the visitor's bars.
    #[wasm_bindgen(method)]
    fn bars(this: &Painter, width: u32, height: u32);
    #[wasm_bindgen(method)]
    fn guard(this: &Painter, id: u32, bits: u32);
    /// Whether its bytes are wanted.
    #[wasm_bindgen(method)]
    fn offer(this: &Painter, address: &str, hash: &str) -> bool;
    #[wasm_bindgen(method)]
    fn keep(this: &Painter, hash: &str, kind: u32, bytes: Vec<u8>);
    /// Draws into the document that stands for the page of another site; `None` where it has no frame.
    #[wasm_bindgen(method)]
    fn join(this: &Painter, id: u32) -> Option<Painter>;
    /// The badge stands there again.
    #[wasm_bindgen(method)]
    fn part(this: &Painter, id: u32);
}

#[wasm_bindgen]
extern "C" {
    /// In milliseconds, from some moment on.
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

/// A video or audio of the page, or of one within it.
#[derive(Clone, Debug)]
pub struct Medium {
    /// Who draws it.
    pub painter: Painter,
    /// Which it is, of those that this painter draws.
    pub node: u32,
    /// How it plays.
    pub playback: Playback,
    /// Milliseconds since that was told.
    pub age: f64,
    /// What is shown of it.
    pub picture: Option<AssetHash>,
}

/// Pages in pages of other sites, at most.
const DEPTH: usize = 8;

/// So often all begins anew because of a page within; what it tells may be at fault for ever.
const FAILURES: u32 = 3;

/// Shows a page that is told.
#[wasm_bindgen]
pub struct Replay {
    replica: RefCell<Replica>,
    painter: Painter,
    wants: RefCell<Vec<AssetHash>>,
    /// Pages of other sites in its frames, by what stands for each.
    inner: RefCell<BTreeMap<NodeId, Replay>>,
    /// How often one of them could not be drawn.
    failures: Cell<u32>,
    depth: usize,
    dialog: RefCell<Option<Dialog>>,
    /// How videos and audios play, and when that was told.
    media: RefCell<BTreeMap<NodeId, (Playback, f64)>>,
    view: Cell<View>,
}

#[wasm_bindgen]
impl Replay {
    /// A replay that waits for the first epoch.
    #[wasm_bindgen(constructor)]
    pub fn new(painter: Painter) -> Self {
        Self::at_depth(painter, 0)
    }

    /// Takes the hashes of pictures and fonts that are to be asked for, each once.
    pub fn wants(&self) -> Vec<String> {
        self.take_wants().iter().map(AssetHash::to_hex).collect()
    }

    /// What to ask the page for; see [`Replica::ask`].
    pub fn ask(&self) -> Option<Vec<u8>> {
        self.replica.borrow_mut().ask()
    }

    /// Takes a frame and draws what it changes. True when something is lost, and the page is to be asked for it.
    pub fn handle(&self, bytes: &[u8]) -> bool {
        self.replica.borrow_mut().handle_bytes(bytes);
        let mut is_lost = false;
        loop {
            let output = self.replica.borrow_mut().poll_output();
            match output {
                None => return is_lost,
                Some(ReplicaOutput::Ask) => is_lost = true,
                Some(ReplicaOutput::Clear(reset)) => self.clear(&reset),
                Some(ReplicaOutput::Draw(operation)) => self.draw(&operation),
                Some(ReplicaOutput::Offer(offer)) => {
                    if self.painter.offer(&offer.address, &offer.hash.to_hex()) {
                        self.wants.borrow_mut().push(offer.hash);
                    }
                }
                Some(ReplicaOutput::Asset(hash, kind, bytes)) => self.painter.keep(&hash.to_hex(), kind as u32, bytes),
                Some(ReplicaOutput::Inner(node, frame)) => is_lost |= self.handle_inner(node, &frame),
            }
        }
    }
}

impl Replay {
    /// The pictures and fonts that are to be asked for, each once.
    pub fn take_wants(&self) -> Vec<AssetHash> {
        let inner = self.inner.borrow();
        let within = inner.values().flat_map(Self::take_wants);
        self.wants.take().into_iter().chain(within).collect()
    }

    /// See [`Replica::is_left_by`].
    pub fn is_left_by(&self, bytes: &[u8]) -> bool {
        self.replica.borrow().is_left_by(bytes)
    }

    /// The way to the page was cut: what is shown is of the past until it is told again.
    pub fn handle_cut(&self) {
        self.replica.borrow_mut().handle_cut();
        self.inner.borrow().values().for_each(Self::handle_cut);
    }

    /// Whether what is shown is of the past.
    pub fn is_waiting(&self) -> bool {
        self.replica.borrow().is_waiting()
    }

    /// The epoch that is shown.
    pub fn epoch(&self) -> u32 {
        self.replica.borrow().epoch()
    }

    /// What is shown of a node that is to be pressed.
    pub fn fingerprint(&self, node: u32) -> Option<u32> {
        self.replica.borrow().tree().fingerprint(NodeId(node))
    }

    /// What is shown of a node that is to be written into.
    pub fn outline(&self, node: u32) -> Option<u32> {
        self.replica.borrow().tree().outline(NodeId(node))
    }

    /// The dialog that the visitor's browser shows.
    pub fn dialog(&self) -> Option<Dialog> {
        self.dialog.borrow().clone()
    }

    /// How the visitor's window shows the page.
    pub fn view(&self) -> View {
        self.view.get()
    }

    /// The videos and audios that are shown, also in pages within.
    pub fn media(&self) -> Vec<Medium> {
        let (own, replica) = (self.media.borrow(), self.replica.borrow());
        let picture = |node| {
            replica.tree().node(node)?.states.iter().find_map(|state| match state {
                State::Picture(Picture::Asset(hash, _)) => Some(*hash),
                _ => None,
            })
        };
        let own = own.iter().map(|(node, (playback, told))| Medium {
            painter: self.painter.clone(),
            node: node.0,
            playback: *playback,
            age: now() - told,
            picture: picture(*node),
        });
        let inner = self.inner.borrow();
        own.chain(inner.values().flat_map(Self::media)).collect()
    }

    fn at_depth(painter: Painter, depth: usize) -> Self {
        let replica = RefCell::new(Replica::new());
        let (wants, dialog, media, view, inner, failures) = Default::default();
        Self { replica, painter, wants, dialog, media, view, inner, failures, depth }
    }

    /// Whether it is lost: then the page around it is to tell again, since nobody else can be asked.
    fn handle_inner(&self, node: NodeId, frame: &[u8]) -> bool {
        let mut inner = self.inner.borrow_mut();
        if frame.is_empty() {
            if inner.remove(&node).is_some() {
                self.painter.part(node.0);
            }
            return false;
        }
        if !inner.contains_key(&node) && self.depth < DEPTH {
            let Some(painter) = self.painter.join(node.0) else { return false };
            inner.insert(node, Self::at_depth(painter, self.depth + 1));
        }
        let is_lost = inner.get(&node).is_some_and(|replay| replay.handle(frame));
        if is_lost {
            inner.remove(&node);
            self.painter.part(node.0);
            self.failures.set(self.failures.get() + 1);
        }
        is_lost && self.failures.get() <= FAILURES
    }

    /// With what was taken out more may have gone.
    fn drop_gone(&self) {
        let replica = self.replica.borrow();
        self.inner.borrow_mut().retain(|node, _| replica.tree().is_stand_in(*node));
        self.media.borrow_mut().retain(|node, _| replica.tree().node(*node).is_some());
    }

    fn clear(&self, reset: &Reset) {
        self.inner.borrow_mut().clear();
        self.dialog.take();
        self.media.take();
        self.view.take();
        let Reset { size: (width, height), is_quirky, device, .. } = *reset;
        self.painter.clear(width, height, is_quirky, device.bits, device.ratio);
    }

    fn draw(&self, operation: &Operation) {
        match operation {
            Operation::Insert { parent, before, nodes } => self.insert(*parent, *before, nodes),
            Operation::Move { node, parent, before } => self.painter.move_to(node.0, parent.0, end_or(*before)),
            Operation::Remove { node } => {
                self.painter.remove(node.0);
                self.drop_gone();
            }
            Operation::Attribute { node, name, value } => {
                self.painter.attribute(node.0, name.as_str(), value.as_ref().map(|value| value.as_str()));
            }
            Operation::Text { node, text } => self.painter.set_text(node.0, text),
            Operation::State { node, state } => self.show(node.0, state),
        }
    }

    fn show(&self, node: u32, state: &State) {
        match state {
            State::Value(value) => self.painter.value(node, value),
            State::Checked(is) => self.painter.flag(node, "checked", *is),
            State::Indeterminate(is) => self.painter.flag(node, "indeterminate", *is),
            State::Selected(is) => self.painter.flag(node, "selected", *is),
            State::Scroll(left, top) => self.painter.scroll(node, *left, *top),
            State::Disabled(is) => self.painter.flag(node, "disabled", *is),
            State::Pseudo(bits) => self.painter.pseudo(node, (*bits).into()),
            State::Layer(layer) => self.painter.layer(node, *layer as u32),
            State::Picture(Picture::Asset(hash, _)) => {
                if self.painter.picture(node, &hash.to_hex()) {
                    self.wants.borrow_mut().push(*hash);
                }
            }
            State::Picture(Picture::Badge(reason)) => self.painter.missing(node, *reason as u32),
            State::Matches(words) => self.painter.matches(node, words),
            State::Caret(caret) => self.painter.caret(node, caret.start, caret.end, caret.is_backward),
            State::Assigned(nodes) => self.painter.assigned(node, nodes.iter().map(|node| node.0).collect()),
            State::Selection(span) => self.painter.selection(node, numbers(span.as_slice())),
            State::Highlights(highlights) => {
                self.painter.unhighlight(node);
                for highlight in highlights {
                    self.painter.highlight(node, &highlight.name, numbers(&highlight.spans));
                }
            }
            State::Look(css) => self.painter.look(node, css),
            State::Guard(bits) => self.painter.guard(node, (*bits).into()),
            State::Size(width, height) => {
                if node == NodeId::DOCUMENT.0 {
                    self.painter.size(*width, *height);
                }
            }
            State::Dialog(dialog) => *self.dialog.borrow_mut() = dialog.clone(),
            State::View(view) => {
                // A frame's is what its element says.
                if node == NodeId::DOCUMENT.0 {
                    self.view.set(*view);
                    self.painter.bars(view.bars.0.into(), view.bars.1.into());
                }
            }
            State::Playback(playback) => drop(self.media.borrow_mut().insert(NodeId(node), (*playback, now()))),
        }
    }

    /// The replica has checked that the counts fit.
    fn insert(&self, parent: NodeId, before: Option<NodeId>, nodes: &[NewNode]) {
        let mut open: Vec<(NodeId, u32)> = Vec::new();
        for NewNode { id, kind, children } in nodes {
            while open.last().is_some_and(|(_, left)| *left == 0) {
                open.pop();
            }
            let (above, before) = match open.last_mut() {
                Some((above, left)) => {
                    *left -= 1;
                    (above.0, 0)
                }
                None => (parent.0, end_or(before)),
            };
            open.push((*id, *children));
            match kind {
                NodeKind::Element(element) => {
                    self.painter.element(above, before, id.0, element.namespace as u32, element.name.as_str());
                    for (name, value) in &element.attributes {
                        self.painter.attribute(id.0, name.as_str(), Some(value));
                    }
                }
                NodeKind::Text(text) => self.painter.text(above, before, id.0, text),
                NodeKind::Comment => self.painter.comment(above, before, id.0),
                NodeKind::Doctype { name, public, system } => {
                    self.painter.doctype(above, before, id.0, name.as_str(), public, system);
                }
                NodeKind::ShadowRoot { delegates_focus, has_manual_slots } => {
                    self.painter.shadow(above, id.0, *delegates_focus, *has_manual_slots);
                }
                NodeKind::Content => self.painter.content(above, id.0),
                NodeKind::Document { is_quirky } => self.painter.document(above, id.0, *is_quirky),
                NodeKind::Sheet { media, css } => self.painter.sheet(above, before, id.0, media, css),
                NodeKind::Badge(badge) => {
                    self.painter.badge(above, before, id.0, badge.reason as u32, badge.size.0, badge.size.1);
                }
            }
        }
    }
}

/// The document is nobody's sibling, so its number stands for the end.
fn end_or(before: Option<NodeId>) -> u32 {
    before.map_or(0, |before| before.0)
}

fn numbers(spans: &[Span]) -> Vec<u32> {
    let points = spans.iter().flat_map(|span| [span.start, span.end]);
    points.flat_map(|point| [point.node.0, point.offset]).collect()
}
