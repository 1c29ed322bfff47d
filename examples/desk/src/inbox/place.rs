//! Where in a thread its agent reads: that line stays where it is when lines are drawn above it. Browsers do the
//! like by themselves, but Safari does not, and none does it at the very top.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// Lines that are in view, each with how far from the thread's beginning it is, in CSS pixels.
#[derive(Default)]
pub struct Place(Vec<(HtmlElement, i32)>);

impl Place {
    /// What is in view now.
    pub fn of(scroller: &HtmlElement) -> Self {
        let lines = scroller.children();
        let (from, to) = (scroller.scroll_top() + scroller.offset_top(), scroller.client_height());
        // A line is drawn anew when its neighbour changes: the next one then tells how far all has moved.
        let is_line = |element: &Element| element.matches(".line, .happened").unwrap_or(false);
        let in_view = (0..lines.length())
            .filter_map(|at| lines.item(at))
            .filter(is_line)
            .filter_map(|line| line.dyn_into::<HtmlElement>().ok())
            .map(|line| (line.clone(), line.offset_top()))
            .skip_while(|(line, top)| top + line.offset_height() <= from)
            .take_while(|(_, top)| *top < from + to);
        Self(in_view.collect())
    }

    /// How far what was in view has moved since, in CSS pixels.
    pub fn moved(&self) -> i32 {
        self.0.iter().find(|(line, _)| line.is_connected()).map_or(0, |(line, top)| line.offset_top() - top)
    }
}
