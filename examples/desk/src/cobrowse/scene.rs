//! The visitor's page as it is drawn here, and what is found in it. Places are in CSS pixels of the visitor's viewport.

use alongside::browser::replay::{Medium, Painter, Replay};
use alongside::protocol::AssetHash;
use alongside::protocol::cobrowse::Action;
use alongside::protocol::mirror::{Dialog, View};
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{HtmlElement, HtmlIFrameElement};

use super::geometry::{Box, Page};

#[wasm_bindgen(raw_module = "alongside-painter")]
extern "C" {
    /// `sources`: where pictures, fonts and styles may come from.
    #[wasm_bindgen(js_name = paintInto)]
    fn paint_into(frame: &HtmlIFrameElement, sources: &str) -> Painter;
    #[wasm_bindgen(js_name = nodeAt)]
    fn node_at(painter: &Painter, x: f64, y: f64) -> Option<u32>;
    #[wasm_bindgen(js_name = boxAt)]
    fn box_at(painter: &Painter, node: u32) -> Option<Vec<f64>>;
    #[wasm_bindgen(js_name = pageSize)]
    fn page_size(painter: &Painter) -> Option<Vec<f64>>;
    fn focused(painter: &Painter) -> u32;
    fn guarded(painter: &Painter) -> Vec<u32>;
    #[wasm_bindgen(js_name = guardAt)]
    fn guard_at(painter: &Painter, node: u32) -> u32;
    #[wasm_bindgen(js_name = isWithin)]
    fn is_within(painter: &Painter, node: u32, outer: u32) -> bool;
    #[wasm_bindgen(js_name = fieldAt)]
    fn field_at(painter: &Painter, node: u32) -> Option<Field>;
    #[wasm_bindgen(js_name = scrollerAt)]
    fn scroller_at(painter: &Painter, node: u32, x: f64, y: f64) -> Option<Vec<f64>>;

    /// A field, and what it takes.
    #[derive(Clone, Debug)]
    pub type Field;
    /// Its node.
    #[wasm_bindgen(method, getter)]
    pub fn id(this: &Field) -> u32;
    /// An input's `type`, `select`, or `text` for anything that is written into.
    #[wasm_bindgen(method, getter)]
    pub fn kind(this: &Field) -> String;
    /// What is in it, as far as agents see it.
    #[wasm_bindgen(method, getter)]
    pub fn value(this: &Field) -> String;
    /// Whether several options can be chosen.
    #[wasm_bindgen(method, getter, js_name = isMultiple)]
    pub fn is_multiple(this: &Field) -> bool;
    /// The least and the greatest value, and the step between values; empty where there is none.
    #[wasm_bindgen(method, getter)]
    pub fn limits(this: &Field) -> Vec<String>;
    /// What can be chosen.
    #[wasm_bindgen(method, getter)]
    pub fn options(this: &Field) -> Vec<FieldOption>;

    /// One of the options.
    #[derive(Clone, Debug)]
    pub type FieldOption;
    #[wasm_bindgen(method, getter)]
    pub fn text(this: &FieldOption) -> String;
    /// The name of the group that it is in; empty for none.
    #[wasm_bindgen(method, getter)]
    pub fn group(this: &FieldOption) -> String;
    #[wasm_bindgen(method, getter, js_name = isSelected)]
    pub fn is_selected(this: &FieldOption) -> bool;
    #[wasm_bindgen(method, getter, js_name = isDisabled)]
    pub fn is_disabled(this: &FieldOption) -> bool;
}

impl Field {
    /// Whether it is written into.
    pub fn is_text(&self) -> bool {
        !matches!(
            self.kind().as_str(),
            "select" | "checkbox" | "radio" | "submit" | "button" | "reset" | "image" | "file" | "hidden"
        ) && !self.is_picked()
    }

    /// Whether a browser shows a window of its own to set it.
    pub fn is_picked(&self) -> bool {
        matches!(
            self.kind().as_str(),
            "select" | "date" | "time" | "datetime-local" | "month" | "week" | "color" | "range"
        )
    }
}

/// What a wheel scrolls.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scroller {
    /// The box, or a document for its page.
    pub node: u32,
    /// Where it stands.
    pub at: (f64, f64),
    /// How far it goes.
    pub end: (f64, f64),
}

/// The replica of one page.
pub struct Scene {
    frame: HtmlIFrameElement,
    painter: Painter,
    replay: Replay,
}

impl Scene {
    /// An empty one; the frame is ready to be drawn into.
    pub fn new(frame: &HtmlIFrameElement) -> Self {
        let painter = paint_into(frame, "");
        Self { frame: frame.clone(), replay: Replay::new(painter.clone()), painter }
    }

    /// An empty one in the same frame.
    pub fn renewed(&self) -> Self {
        Self::new(&self.frame)
    }

    /// What to ask the page for.
    pub fn ask(&self) -> Option<Vec<u8>> {
        self.replay.ask()
    }

    /// What is drawn is of the past, and stays until the page tells what has changed.
    pub fn handle_cut(&self) {
        self.replay.handle_cut();
    }

    /// Whether a frame begins another page than the one that is drawn.
    pub fn is_left_by(&self, frame: &[u8]) -> bool {
        self.replay.is_left_by(frame)
    }

    /// Draws a frame of the mirror. True where something was lost, and is to be asked for.
    pub fn handle(&self, frame: &[u8]) -> bool {
        self.replay.handle(frame)
    }

    /// Whether what is drawn is of the past, since something was lost.
    pub fn is_waiting(&self) -> bool {
        self.replay.is_waiting()
    }

    /// The pictures and fonts that are to be asked for, each once.
    pub fn take_wants(&self) -> Vec<AssetHash> {
        self.replay.take_wants()
    }

    /// The dialog that the visitor's browser shows above the page.
    pub fn dialog(&self) -> Option<Dialog> {
        self.replay.dialog()
    }

    /// How the visitor's window shows the page.
    pub fn view(&self) -> View {
        self.replay.view()
    }

    /// Where videos and audios are, and how they play.
    pub fn media(&self) -> Vec<(Box, Medium)> {
        let media = self.replay.media().into_iter();
        media.filter_map(|medium| Some((box_of(&medium.painter, medium.node)?, medium))).collect()
    }

    /// The epoch that is shown: ids of nodes are of one epoch.
    pub fn epoch(&self) -> u32 {
        self.replay.epoch()
    }

    /// What the agent saw of a node, for an act.
    pub fn fingerprint(&self, node: u32, action: &Action) -> Option<u32> {
        match action {
            Action::Click(_) => self.replay.fingerprint(node),
            _ => self.replay.outline(node),
        }
    }

    /// Width and height of the visitor's viewport, once the page is there.
    pub fn size(&self) -> Option<(f64, f64)> {
        let style = HtmlElement::style(&self.frame);
        let pixels = |name| style.get_property_value(name).ok()?.strip_suffix("px")?.parse().ok();
        pixels("width").zip(pixels("height"))
    }

    /// The innermost element at a place.
    pub fn node_at(&self, (x, y): (f64, f64)) -> Option<u32> {
        node_at(&self.painter, x, y)
    }

    /// Where an element is.
    pub fn box_of(&self, node: u32) -> Option<Box> {
        box_of(&self.painter, node)
    }

    /// The whole page.
    pub fn page(&self) -> Option<Page> {
        match page_size(&self.painter)?[..] {
            [left, top, width, height] => Some(Page { left, top, width, height }),
            _ => None,
        }
    }

    /// The element that has the visitor's focus.
    pub fn focus(&self) -> Option<u32> {
        Some(focused(&self.painter)).filter(|node| *node != 0)
    }

    /// Whether a node is another one or in it.
    pub fn is_within(&self, node: u32, outer: u32) -> bool {
        is_within(&self.painter, node, outer)
    }

    /// The field that a node is or is in.
    pub fn field(&self, node: u32) -> Option<Field> {
        field_at(&self.painter, node)
    }

    /// The elements that agents may not act on.
    pub fn guarded(&self) -> Vec<u32> {
        guarded(&self.painter)
    }

    /// Why agents may not act on a node, as bits of [`alongside::mirror::Guard`].
    pub fn guard(&self, node: u32) -> u32 {
        guard_at(&self.painter, node)
    }

    /// What a wheel over a node scrolls.
    pub fn scroller(&self, node: u32, (x, y): (f64, f64)) -> Option<Scroller> {
        match scroller_at(&self.painter, node, x, y)?[..] {
            [node, left, top, right, bottom] => {
                Some(Scroller { node: node as u32, at: (left, top), end: (right, bottom) })
            }
            _ => None,
        }
    }
}

fn box_of(painter: &Painter, node: u32) -> Option<Box> {
    match box_at(painter, node)?[..] {
        [left, top, width, height] => Some(Box { left, top, width, height }),
        _ => None,
    }
}
