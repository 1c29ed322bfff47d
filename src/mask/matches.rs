//! What of the names in script may be told: of pseudo-classes and highlights.

use super::names::Names;
use super::show_text;
use crate::protocol::MaskedText;

/// Pseudo-classes that only the visitor's browser can answer; `undefined` stands for `:not(:defined)`. Sorted.
const KNOWN: [&str; 9] = [
    "autofill",
    "fullscreen",
    "in-range",
    "invalid",
    "out-of-range",
    "undefined",
    "user-invalid",
    "user-valid",
    "valid",
];

/// What stands before the name of a custom element's own state.
const STATE: &str = "state-";

/// Names of pseudo-classes with spaces between them; what is none is left out.
pub fn mask_matches(names: &mut Names, shows_text: bool, words: &str) -> MaskedText {
    let mut told = Vec::new();
    for word in words.split_ascii_whitespace() {
        match word.strip_prefix(STATE) {
            Some(state) if shows_text && !names.renames_all() => told.push([STATE, &show_text(state)].concat()),
            Some(state) => told.push([STATE, &names.word(state)].concat()),
            None if KNOWN.binary_search(&word).is_ok() => told.push(word.to_owned()),
            None => {}
        }
    }
    MaskedText::vouch_mirrored(told.join(" "))
}

/// The name of a highlight, as style sheets of shown parts have it.
pub fn mask_name(names: &mut Names, name: &str) -> MaskedText {
    if names.renames_all() { MaskedText::vouch_mirrored(names.word(name)) } else { show_text(name) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mask::{Policy, mask_css};

    #[test]
    fn a_state_has_the_name_that_style_sheets_have_and_other_words_are_left_out() {
        let mut open = Names::new(Policy::default());
        assert_eq!(mask_matches(&mut open, true, "invalid quorblat  state-on").as_str(), "invalid state-on");
        let mut private = Names::new(Policy { is_private_by_default: true, ..Policy::default() });
        let told = mask_matches(&mut private, true, "state-quorblat user-valid").to_string();
        let name = told.strip_prefix("state-").and_then(|rest| rest.strip_suffix(" user-valid")).expect("a state");
        assert!(!name.contains("quor"));
        let css = mask_css(&mut private, true, "x-a:state(quorblat) { top: 0 }");
        assert!(css.contains(&format!(":state({name})")), "{css}");
        let css = mask_css(&mut private, true, "::highlight(quorblat) { top: 0 }");
        assert!(css.contains(&format!("::highlight({})", mask_name(&mut private, "quorblat"))), "{css}");
    }
}
