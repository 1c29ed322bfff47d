//! What people show each other on the page: pointers, clicks, highlights, drawings. Only what is still to be seen is kept.

use std::time::Duration;

use alongside::protocol::RelayBody;
use alongside::protocol::cobrowse::{Draw, Point, Tool};
use alongside::time::Instant;

/// A click is seen for so long.
const RIPPLE: Duration = Duration::from_millis(600);

/// Drawings vanish after so long without another stroke, as they do on the visitor's page.
const LASER: Duration = Duration::from_secs(1);
const PEN: Duration = Duration::from_secs(6);
const SHAPE: Duration = Duration::from_secs(30);

/// Most drawings, and most points of one: the oldest go first.
const DRAWINGS: usize = 64;
const POINTS: usize = 1_024;

/// Most people: 16 agents and the visitor.
const PEOPLE: usize = 17;

/// Everything that is shown over the page now. Who is 0 is the visitor.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Signs {
    /// Where people point.
    pub pointers: Vec<Point>,
    /// Where somebody pressed, and when.
    pub ripples: Vec<(Point, Instant)>,
    /// By whom, and which node.
    pub highlights: Vec<(u32, u32)>,
    /// In the order in which they were begun.
    pub drawings: Vec<Drawing>,
}

/// One drawing.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// Who drew it.
    pub by: u32,
    /// Counted by who drew it.
    pub number: u32,
    /// What with.
    pub tool: Tool,
    /// In parts of the page.
    pub points: Vec<(u32, u32)>,
    /// When it was drawn on last.
    pub at: Instant,
}

impl Signs {
    /// Somebody shows something.
    pub fn handle(&mut self, sign: &RelayBody, now: Instant) {
        match sign {
            RelayBody::Point(point) => self.point(point, now),
            RelayBody::Highlight(highlight) => {
                self.highlights.retain(|(by, _)| *by != highlight.by);
                self.highlights.extend(highlight.node.map(|node| (highlight.by, node)));
                self.highlights.truncate(PEOPLE);
            }
            RelayBody::Draw(draw) => self.draw(draw, now),
            RelayBody::Erase(erase) => self.drawings.retain(|drawing| drawing.by != erase.by),
            _ => {}
        }
    }

    /// Time passed; whether something vanished.
    pub fn handle_timeout(&mut self, now: Instant) -> bool {
        let before = (self.ripples.len(), self.drawings.len());
        self.ripples.retain(|(_, at)| *at + RIPPLE > now);
        self.drawings.retain(|drawing| drawing.at + life(drawing.tool) > now);
        before != (self.ripples.len(), self.drawings.len())
    }

    /// Another tree is shown: nodes and places are not what they were.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// These agents take part: what others showed is gone with them.
    pub fn keep(&mut self, agents: &[u32]) {
        let is_there = |by: u32| by == 0 || agents.contains(&by);
        self.pointers.retain(|point| is_there(point.by));
        self.highlights.retain(|(by, _)| is_there(*by));
        self.drawings.retain(|drawing| is_there(drawing.by));
    }

    #[cfg(test)]
    fn is_empty(&self) -> bool {
        self.pointers.is_empty() && self.ripples.is_empty() && self.highlights.is_empty() && self.drawings.is_empty()
    }

    fn point(&mut self, point: &Point, now: Instant) {
        self.pointers.retain(|known| known.by != point.by);
        if point.node.is_none() {
            return;
        }
        self.pointers.push(point.clone());
        self.pointers.truncate(PEOPLE);
        if point.is_pressed && self.ripples.len() < PEOPLE {
            self.ripples.push((point.clone(), now));
        }
    }

    fn draw(&mut self, draw: &Draw, now: Instant) {
        if !draw.is_whole() {
            return;
        }
        let points = draw.points.chunks_exact(2).map(|pair| (pair[0], pair[1]));
        let known = self.drawings.iter_mut().find(|drawing| (drawing.by, drawing.number) == (draw.by, draw.number));
        match known {
            Some(drawing) => {
                let room = POINTS.saturating_sub(drawing.points.len());
                drawing.points.extend(points.take(room));
                drawing.at = now;
            }
            None => {
                if self.drawings.len() >= DRAWINGS {
                    self.drawings.remove(0);
                }
                let points = points.collect();
                self.drawings.push(Drawing { by: draw.by, number: draw.number, tool: draw.tool, points, at: now });
            }
        }
    }
}

fn life(tool: Tool) -> Duration {
    match tool {
        Tool::Laser => LASER,
        Tool::Pen => PEN,
        _ => SHAPE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alongside::protocol::cobrowse::{Erase, Highlight};

    fn at(milliseconds: u64) -> Instant {
        Instant::at(Duration::from_millis(milliseconds))
    }

    fn point(by: u32, node: Option<u32>, is_pressed: bool) -> RelayBody {
        RelayBody::Point(Point { by, node, x: 1, y: 2, is_pressed })
    }

    fn draw(number: u32, tool: Tool, points: Vec<u32>) -> RelayBody {
        RelayBody::Draw(Draw { by: 1, number, tool, points })
    }

    #[test]
    fn each_person_has_one_pointer_and_takes_it_away() {
        let mut signs = Signs::default();
        for node in [5, 6] {
            signs.handle(&point(0, Some(node), false), at(0));
        }
        signs.handle(&point(1, Some(7), false), at(0));
        assert_eq!(signs.pointers.iter().map(|point| point.node).collect::<Vec<_>>(), [Some(6), Some(7)]);
        signs.handle(&point(0, None, false), at(0));
        assert_eq!(signs.pointers.len(), 1);
        signs.keep(&[]);
        assert!(signs.is_empty(), "the agent left");
    }

    #[test]
    fn a_click_is_seen_for_a_moment() {
        let mut signs = Signs::default();
        signs.handle(&point(0, Some(5), true), at(0));
        assert!(!signs.handle_timeout(at(599)) && signs.handle_timeout(at(600)));
        assert_eq!((signs.ripples.len(), signs.pointers.len()), (0, 1));
    }

    #[test]
    fn a_line_goes_on_and_vanishes_before_an_arrow_does() {
        let mut signs = Signs::default();
        signs.handle(&draw(1, Tool::Pen, vec![1, 2]), at(0));
        signs.handle(&draw(1, Tool::Pen, vec![3, 4, 5, 6]), at(4_000));
        signs.handle(&draw(2, Tool::Arrow, vec![1, 2, 3, 4]), at(0));
        assert_eq!(signs.drawings[0].points, [(1, 2), (3, 4), (5, 6)]);
        assert!(!signs.handle_timeout(at(9_999)) && signs.handle_timeout(at(10_000)));
        assert_eq!(signs.drawings.len(), 1);
        signs.handle(&RelayBody::Erase(Erase { by: 2 }), at(0));
        assert_eq!(signs.drawings.len(), 1, "each erases his own");
        signs.handle(&RelayBody::Erase(Erase { by: 1 }), at(0));
        assert!(signs.is_empty());
    }

    #[test]
    fn a_highlight_takes_the_place_of_the_last_one() {
        let mut signs = Signs::default();
        for node in [Some(5), Some(6)] {
            signs.handle(&RelayBody::Highlight(Highlight { by: 1, node }), at(0));
        }
        assert_eq!(signs.highlights, [(1, 6)]);
        signs.handle(&RelayBody::Highlight(Highlight { by: 1, node: None }), at(0));
        assert!(signs.is_empty());
    }

    #[test]
    fn nobody_can_draw_without_end() {
        let mut signs = Signs::default();
        for number in 0..1_000 {
            signs.handle(&draw(number, Tool::Rectangle, vec![1, 2]), at(0));
        }
        for _ in 0..1_000 {
            signs.handle(&draw(999, Tool::Rectangle, vec![9; 64]), at(0));
        }
        signs.handle(&draw(5_000, Tool::Arrow, vec![1, 2, 3]), at(0));
        assert_eq!((signs.drawings.len(), signs.drawings[DRAWINGS - 1].points.len()), (DRAWINGS, POINTS));
    }
}
