//! What keys mean: to the page that is acted on, and to the agent's tools.

use alongside::protocol::cobrowse::Key;

use super::tool::Tool;

/// A key as the browser tells of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stroke<'a> {
    /// `KeyboardEvent.key`.
    pub key: &'a str,
    /// Whether the shift key is held.
    pub is_shifted: bool,
    /// Whether Ctrl, Alt or Meta is held: then it is the browser's or the system's.
    pub is_command: bool,
    /// Whether an input method composes a text: then it is its.
    pub is_composing: bool,
}

/// What a key means while the agent types into the visitor's page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// It makes a text, which comes by an `input` event; or it is not for the page.
    Text,
    /// Press it there.
    Press(Key),
    /// The agent wants his keyboard back.
    Leave,
}

/// What a key means to the visitor's page. Esc is the way back to the tools, so Esc for the page is Shift+Esc.
pub fn meaning(stroke: Stroke<'_>) -> Meaning {
    if stroke.is_command || stroke.is_composing {
        return Meaning::Text;
    }
    let key = match stroke.key {
        "Escape" if !stroke.is_shifted => return Meaning::Leave,
        "Escape" => Key::Escape,
        "Enter" => Key::Enter,
        "Tab" => Key::Tab,
        "Backspace" => Key::Backspace,
        "Delete" => Key::Delete,
        "ArrowLeft" => Key::ArrowLeft,
        "ArrowRight" => Key::ArrowRight,
        "ArrowUp" => Key::ArrowUp,
        "ArrowDown" => Key::ArrowDown,
        "Home" => Key::Home,
        "End" => Key::End,
        "PageUp" => Key::PageUp,
        "PageDown" => Key::PageDown,
        _ => return Meaning::Text,
    };
    Meaning::Press(key)
}

/// What a key means to the tools, while no field has the focus.
pub fn shortcut(stroke: Stroke<'_>) -> Option<Tool> {
    if stroke.is_command || stroke.is_composing {
        return None;
    }
    Tool::ALL.into_iter().find(|tool| tool.key().is_some_and(|key| key.eq_ignore_ascii_case(stroke.key)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stroke(key: &str) -> Stroke<'_> {
        Stroke { key, is_shifted: false, is_command: false, is_composing: false }
    }

    #[test]
    fn keys_without_text_are_pressed_and_others_make_text() {
        assert_eq!(meaning(stroke("Backspace")), Meaning::Press(Key::Backspace));
        assert_eq!(meaning(stroke("Tab")), Meaning::Press(Key::Tab));
        for key in ["a", "あ", " ", "Shift", "Dead", "Process", "F5"] {
            assert_eq!(meaning(stroke(key)), Meaning::Text, "{key}");
        }
    }

    #[test]
    fn an_input_method_keeps_its_keys() {
        for key in ["Enter", "Backspace", "ArrowDown", "Escape"] {
            assert_eq!(
                meaning(Stroke { is_composing: true, ..stroke(key) }),
                Meaning::Text,
                "{key} chooses or corrects"
            );
        }
        assert_eq!(shortcut(Stroke { is_composing: true, ..stroke("p") }), None);
    }

    #[test]
    fn there_is_always_a_way_back_from_typing() {
        assert_eq!(meaning(stroke("Escape")), Meaning::Leave);
        assert_eq!(meaning(Stroke { is_shifted: true, ..stroke("Escape") }), Meaning::Press(Key::Escape));
    }

    #[test]
    fn shortcuts_leave_the_browser_its_own() {
        assert_eq!(shortcut(stroke("h")), Some(Tool::Highlight));
        assert_eq!(shortcut(stroke("H")), Some(Tool::Highlight));
        assert_eq!(shortcut(Stroke { is_command: true, ..stroke("c") }), None, "Ctrl+C copies");
        assert_eq!(shortcut(stroke("x")), None);
    }
}
