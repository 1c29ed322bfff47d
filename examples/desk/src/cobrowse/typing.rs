//! Takes what the agent types for the visitor's page. Input methods compose in a field of the desk; only finished text is sent.

use alongside::protocol::cobrowse::{Action, Press};
use leptos::ev;
use leptos::html::Textarea;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::keys::{self, Meaning, Stroke};
use super::room::Room;
use crate::link;

/// There while the agent types into a field of the page, over that field: the windows of input methods open there.
#[component]
pub fn Typing(room: Room, scale: Memo<f64>) -> impl IntoView {
    let desk = room.desk;
    let input = NodeRef::<Textarea>::new();
    let is_composing = RwSignal::new(false);
    Effect::new(move |_| {
        if let (Some(_), Some(input)) = (room.typing.get(), input.get()) {
            let _ = input.focus();
        }
    });
    let take = move || {
        let Some(input) = input.get_untracked() else { return };
        let text = input.value();
        input.set_value("");
        if let Some((node, text)) = room.caret.try_update_value(|caret| caret.type_text(&text)).flatten() {
            room.type_text(node, &text);
        }
    };
    let typed = move |event: ev::Event| {
        // What is composed is not finished; some browsers say so at the event, some at its field only.
        let is_unfinished = event.unchecked_ref::<web_sys::InputEvent>().is_composing();
        if !is_unfinished && !is_composing.get_untracked() {
            take();
        }
    };
    let composed = move |_| {
        is_composing.set(false);
        take();
    };
    let pressed = move |event: ev::KeyboardEvent| {
        let key = event.key();
        let stroke = stroke(&event, &key, is_composing.get_untracked());
        // The tools' shortcuts are not for who types.
        event.stop_propagation();
        match keys::meaning(stroke) {
            Meaning::Text => {}
            Meaning::Leave => {
                event.prevent_default();
                room.type_into(None);
            }
            Meaning::Press(key) => {
                event.prevent_default();
                let node = room.caret.try_update_value(|caret| caret.press(key, link::now())).flatten();
                if let Some(node) = node {
                    room.act(node, Action::Press(Press { key, is_shifted: event.shift_key() }), None);
                }
            }
        }
    };
    let place = move || {
        room.moved.track();
        let node = room.typing.get()?;
        room.scene()?.box_of(node)
    };
    let pixels = move |length: f64| format!("{}px", length * scale.get());
    view! {
        <Show when=move || room.typing.get().is_some()>
            <textarea
                class="typing"
                class:composing=move || is_composing.get()
                rows="1"
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                aria-label=move || desk.cobrowse_words().typing_label
                node_ref=input
                style:left=move || place().map(|place| pixels(place.left))
                style:top=move || place().map(|place| pixels(place.top))
                style:height=move || place().map(|place| pixels(place.height.min(60.0)))
                on:input=typed
                on:compositionstart=move |_| is_composing.set(true)
                on:compositionend=composed
                on:keydown=pressed
            ></textarea>
        </Show>
    }
}

/// A key as the rules know it.
pub fn stroke<'a>(event: &ev::KeyboardEvent, key: &'a str, is_composing: bool) -> Stroke<'a> {
    Stroke {
        key,
        is_shifted: event.shift_key(),
        is_command: event.ctrl_key() || event.alt_key() || event.meta_key(),
        // 229: a key that an input method has taken, before it says that it composes.
        is_composing: is_composing || event.is_composing() || event.key_code() == 229,
    }
}
