//! What the keyboard does in conversations: Alt and a letter, by the key's place, presses what stands for it.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlDetailsElement, HtmlElement, KeyboardEvent};

use crate::words::InboxWords;

/// A key, what it presses (`data-key`), and what that is called.
type Key = (&'static str, &'static str, fn(&InboxWords) -> &'static str);

/// All of them, in the order of the help.
pub const KEYS: [Key; 10] = [
    ("A", "take", |words| words.key_take),
    ("W", "write", |words| words.key_write),
    ("N", "note", |words| words.key_note),
    ("R", "canned", |words| words.key_canned),
    ("O", "offer", |words| words.key_offer),
    ("M", "transfer", |words| words.key_transfer),
    ("X", "end", |words| words.key_end),
    ("C", "code", |words| words.key_code),
    ("J", "person", |words| words.key_person),
    ("S", "search", |words| words.key_search),
];

/// Whether a key was one of them, and there is something for it.
pub fn pressed(event: &KeyboardEvent) -> bool {
    if !event.alt_key() || event.ctrl_key() || event.meta_key() || event.shift_key() || event.is_composing() {
        return false;
    }
    let code = event.code();
    let Some((_, name, _)) = KEYS.iter().find(|(key, ..)| code.strip_prefix("Key") == Some(key)) else { return false };
    // A dialog has the keyboard for itself.
    if document().query_selector("dialog[open]").ok().flatten().is_some() {
        return false;
    }
    let found = document().query_selector(&format!("[data-key={name}]")).ok().flatten();
    let Some(element) = found.and_then(|found| found.dyn_into::<HtmlElement>().ok()) else { return false };
    event.prevent_default();
    if matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT") {
        let _ = element.focus();
    } else {
        element.click();
        open_menu(&element);
    }
    true
}

/// The first thing of a menu that was opened.
fn open_menu(summary: &HtmlElement) {
    let menu = summary.parent_element().and_then(|parent| parent.dyn_into::<HtmlDetailsElement>().ok());
    let first =
        menu.filter(HtmlDetailsElement::open).and_then(|menu| menu.query_selector("button:enabled").ok().flatten());
    if let Some(first) = first.and_then(|first| first.dyn_into::<HtmlElement>().ok()) {
        let _ = first.focus();
    }
}
