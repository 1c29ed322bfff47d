//! Where the agent's typing goes. Text that follows a key which may move the visitor's focus waits until it has moved: a field is never
//! given what was meant for the next one.

use std::time::Duration;

use alongside::protocol::cobrowse::Key;
use alongside::time::Instant;

/// So long a key is waited for, where the focus stays where it is.
const PATIENCE: Duration = Duration::from_secs(2);

/// Most bytes that wait.
const HELD: usize = 4_096;

/// The field that is typed into.
#[derive(Debug, Default)]
pub struct Caret {
    node: Option<u32>,
    /// Since when the focus may be on its way.
    moving: Option<Instant>,
    held: String,
}

impl Caret {
    /// The agent pressed this field, or nothing that takes text.
    pub fn set(&mut self, node: Option<u32>) {
        *self = Self { node, ..Self::default() };
    }

    /// The agent pressed something that may give the focus to a field, as a label does.
    pub fn follow(&mut self, now: Instant) {
        *self = Self { moving: Some(now), ..Self::default() };
    }

    /// The field that is typed into.
    pub fn node(&self) -> Option<u32> {
        self.node
    }

    /// The visitor's focus is here now: what waited is to be typed there.
    pub fn handle_focus(&mut self, node: Option<u32>) -> Option<(u32, String)> {
        if self.node.is_none() && self.moving.is_none() {
            return None;
        }
        // It has not arrived: this is of before the key, or of the way.
        if self.moving.is_some() && (node.is_none() || node == self.node) {
            return None;
        }
        self.node = node.or(self.node);
        self.release()
    }

    /// The agent pressed a key; where to send it.
    pub fn press(&mut self, key: Key, now: Instant) -> Option<u32> {
        if key == Key::Tab {
            self.moving = Some(now);
        }
        self.node
    }

    /// The agent typed; what is to be typed now, and where.
    pub fn type_text(&mut self, text: &str) -> Option<(u32, String)> {
        if self.held.len() + text.len() <= HELD {
            self.held.push_str(text);
        }
        if self.moving.is_some() { None } else { self.release() }
    }

    /// Time passed: what waited is to be typed where the focus is still.
    pub fn handle_timeout(&mut self, now: Instant) -> Option<(u32, String)> {
        self.moving.filter(|since| *since + PATIENCE <= now)?;
        self.release()
    }

    fn release(&mut self) -> Option<(u32, String)> {
        self.moving = None;
        let text = core::mem::take(&mut self.held);
        self.node.filter(|_| !text.is_empty()).map(|node| (node, text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(milliseconds: u64) -> Instant {
        Instant::at(Duration::from_millis(milliseconds))
    }

    fn on(node: u32) -> Caret {
        let mut caret = Caret::default();
        caret.set(Some(node));
        caret
    }

    #[test]
    fn text_goes_to_the_field_that_was_pressed() {
        let mut caret = on(5);
        assert_eq!(caret.type_text("東京"), Some((5, "東京".into())));
        assert_eq!(caret.press(Key::Backspace, at(0)), Some(5));
        assert_eq!(caret.type_text("a"), Some((5, "a".into())));
        assert_eq!(Caret::default().type_text("a"), None);
    }

    #[test]
    fn text_after_tab_waits_for_the_next_field() {
        let mut caret = on(5);
        assert_eq!(caret.press(Key::Tab, at(0)), Some(5));
        assert_eq!((caret.type_text("4"), caret.type_text("2")), (None, None));
        assert_eq!(caret.handle_focus(Some(6)), Some((6, "42".into())));
        assert_eq!(caret.type_text("!"), Some((6, "!".into())));
    }

    #[test]
    fn a_focus_of_before_the_key_and_one_on_its_way_are_no_arrival() {
        let mut caret = on(5);
        caret.press(Key::Tab, at(0));
        assert_eq!(caret.type_text("Uji"), None);
        assert_eq!((caret.handle_focus(Some(5)), caret.handle_focus(None)), (None, None));
        assert_eq!(caret.handle_focus(Some(6)), Some((6, "Uji".into())));
    }

    #[test]
    fn where_the_focus_stays_the_text_goes_on_there() {
        let mut caret = on(5);
        caret.press(Key::Tab, at(0));
        assert_eq!((caret.type_text("more"), caret.handle_timeout(at(1_999))), (None, None));
        assert_eq!(caret.handle_timeout(at(2_000)), Some((5, "more".into())));
        assert_eq!(caret.handle_timeout(at(9_000)), None);
    }

    #[test]
    fn a_label_that_was_pressed_leads_to_its_field() {
        let mut caret = on(5);
        caret.follow(at(0));
        assert_eq!((caret.node(), caret.handle_focus(Some(8)), caret.node()), (None, None, Some(8)));
        caret.follow(at(0));
        caret.handle_timeout(at(2_000));
        caret.handle_focus(Some(9));
        assert_eq!(caret.node(), None, "the visitor went there later, of his own");
    }

    #[test]
    fn the_visitors_own_focus_is_not_followed_before_the_agent_types() {
        let mut caret = Caret::default();
        assert_eq!(caret.handle_focus(Some(7)), None);
        assert_eq!(caret.node(), None);
    }
}
