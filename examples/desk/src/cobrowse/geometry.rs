//! Between three measures: the agent's window, the visitor's viewport, and parts of boxes as they are told.

use alongside::protocol::cobrowse::{PAGE_PARTS, PLACE_PARTS};
use alongside::protocol::mirror::View;

/// Around the page where its device is drawn: at the sides, above, and below, in the window's pixels.
pub const FRAME: (f64, f64, f64) = (12.0, 28.0, 12.0);

/// How large the page is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zoom {
    /// As large as there is room, at most in its own size.
    Fit,
    /// In its own size.
    Original,
    /// As large as there is room, within the outline of its device.
    Device,
}

impl Zoom {
    /// In the order of the buttons.
    pub const ALL: [Self; 3] = [Self::Fit, Self::Original, Self::Device];

    /// How much larger than its own size the page is shown. `page` and `room` are widths and heights.
    pub fn scale(self, page: Option<(f64, f64)>, room: (f64, f64)) -> f64 {
        let Some((width, height)) = page.filter(|(width, height)| *width > 0.0 && *height > 0.0) else { return 1.0 };
        let (wide, high) = match self {
            Self::Original => return 1.0,
            Self::Fit => room,
            Self::Device => (room.0 - 2.0 * FRAME.0, room.1 - FRAME.1 - FRAME.2),
        };
        (wide / width).min(high / height).clamp(SMALLEST, 1.0)
    }
}

/// How much larger than his window shows it all the visitor sees a part of the page, as it is said: `2.0`. `width` is the window's. `None` where he
/// does not: what a keyboard covers makes nothing larger.
pub fn zoom(width: f64, view: View) -> Option<String> {
    let zoom = (width - f64::from(view.bars.0)) / f64::from(view.seen?.width);
    (zoom >= 1.05).then(|| format!("{zoom:.1}"))
}

/// Nothing is seen below this; a room without a size is one that is not measured yet.
const SMALLEST: f64 = 0.05;

/// Where something is, in CSS pixels of the visitor's viewport.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Box {
    /// From the viewport's left.
    pub left: f64,
    /// From its top.
    pub top: f64,
    /// Of the box.
    pub width: f64,
    /// Of the box.
    pub height: f64,
}

impl Box {
    /// A place in the viewport as parts of the box.
    pub fn parts(self, (x, y): (f64, f64)) -> (u32, u32) {
        (part(x - self.left, self.width, PLACE_PARTS), part(y - self.top, self.height, PLACE_PARTS))
    }

    /// Where parts of the box are.
    pub fn place(self, (x, y): (u32, u32)) -> (f64, f64) {
        (self.left + whole(x, self.width, PLACE_PARTS), self.top + whole(y, self.height, PLACE_PARTS))
    }

    /// Its middle.
    pub fn middle(self) -> (f64, f64) {
        (self.left + self.width / 2.0, self.top + self.height / 2.0)
    }
}

/// The visitor's whole page: how far it is scrolled, and its size.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Page {
    /// From the left.
    pub left: f64,
    /// From the top.
    pub top: f64,
    /// With all that is scrolled out of sight.
    pub width: f64,
    /// With all that is scrolled out of sight.
    pub height: f64,
}

impl Page {
    /// A place in the viewport as parts of the page.
    pub fn parts(self, (x, y): (f64, f64)) -> (u32, u32) {
        (part(x + self.left, self.width, PAGE_PARTS), part(y + self.top, self.height, PAGE_PARTS))
    }

    /// Where parts of the page are in the viewport.
    pub fn place(self, (x, y): (u32, u32)) -> (f64, f64) {
        (whole(x, self.width, PAGE_PARTS) - self.left, whole(y, self.height, PAGE_PARTS) - self.top)
    }
}

fn part(at: f64, length: f64, parts: u32) -> u32 {
    if length > 0.0 { (at / length * f64::from(parts)).round().clamp(0.0, parts.into()) as u32 } else { parts / 2 }
}

fn whole(part: u32, length: f64, parts: u32) -> f64 {
    f64::from(part) / f64::from(parts) * length
}

#[cfg(test)]
mod tests {
    use alongside::protocol::mirror::Area;

    use super::*;

    const PHONE: Option<(f64, f64)> = Some((390.0, 844.0));

    #[test]
    fn a_page_is_never_shown_larger_than_it_is() {
        assert_eq!(Zoom::Fit.scale(PHONE, (1_000.0, 422.0)), 0.5);
        assert_eq!(Zoom::Fit.scale(PHONE, (1_000.0, 2_000.0)), 1.0);
        assert_eq!(Zoom::Original.scale(PHONE, (10.0, 10.0)), 1.0);
        assert_eq!(Zoom::Fit.scale(None, (10.0, 10.0)), 1.0);
        assert_eq!(Zoom::Fit.scale(PHONE, (0.0, 0.0)), SMALLEST, "a room that is not measured yet");
    }

    #[test]
    fn how_near_a_page_is_shown_is_by_how_much_of_it_is_seen() {
        let seen = |width, height| View { bars: (15, 0), seen: Area::new(100, 50, width, height) };
        assert_eq!(zoom(800.0, seen(392, 300)).as_deref(), Some("2.0"));
        assert_eq!(zoom(800.0, seen(600, 450)).as_deref(), Some("1.3"));
        assert_eq!(zoom(800.0, seen(785, 200)), None, "a keyboard on the screen");
        assert_eq!(zoom(800.0, View::default()), None);
    }

    #[test]
    fn a_device_leaves_room_for_its_outline() {
        let room = (1_000.0, 422.0 + FRAME.1 + FRAME.2);
        assert_eq!(Zoom::Device.scale(PHONE, room), 0.5);
    }

    #[test]
    fn a_place_in_a_box_comes_back_in_a_box_of_another_size() {
        let here = Box { left: 10.0, top: 20.0, width: 200.0, height: 50.0 };
        assert_eq!(here.parts((60.0, 70.0)), (2_500, 10_000));
        let there = Box { left: 0.0, top: 0.0, width: 400.0, height: 10.0 };
        assert_eq!(there.place((2_500, 10_000)), (100.0, 10.0));
        assert_eq!(here.parts((-500.0, 500.0)), (0, 10_000), "what is beside it counts as its edge");
        assert_eq!(Box::default().parts((3.0, 4.0)), (5_000, 5_000), "a box without a size has a middle only");
    }

    #[test]
    fn a_drawing_stays_where_it_was_on_a_page_that_is_scrolled() {
        let page = Page { left: 0.0, top: 0.0, width: 1_000.0, height: 4_000.0 };
        let parts = page.parts((250.0, 1_000.0));
        assert_eq!(parts, (250_000, 250_000));
        assert_eq!(Page { top: 600.0, ..page }.place(parts), (250.0, 400.0));
    }
}
