//! A small set of emoji to choose from, by mouse and by the arrow keys; the same as visitors have.

use leptos::ev;
use leptos::html::{Details, Div};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::composer::Icon;
use super::editor::Editor;
use crate::desk::Desk;

/// In the order of their names, `smileys` in the words.
const EMOJI: [&str; 42] = [
    "🙂", "😄", "😂", "😉", "😍", "😘", "😎", "🤔", "😮", "😐", "😅", "🙁", "😢", "😠", "😴", "🤒", "🤗", "🥳", "👍",
    "👎", "👌", "👋", "👏", "🙏", "💪", "🤞", "👀", "🙌", "❤️", "💔", "⭐", "✨", "🔥", "🎉", "🎁", "☀️", "🌈", "🌸",
    "☕", "✅", "❌", "❓",
];
const IN_A_ROW: usize = 7;

/// A button that opens them.
#[component]
pub fn EmojiMenu(editor: Editor) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let (menu, grid) = (NodeRef::<Details>::new(), NodeRef::<Div>::new());
    let at = RwSignal::new(0_usize);
    let focus = move || {
        let cell = grid.get_untracked().and_then(|grid| grid.query_selector("[tabindex='0']").ok().flatten());
        if let Some(cell) = cell.and_then(|cell| cell.dyn_into::<HtmlElement>().ok()) {
            let _ = cell.focus();
        }
    };
    let close = move || {
        if let Some(menu) = menu.get_untracked() {
            menu.set_open(false);
        }
    };
    let toggled = move |_| {
        if menu.get_untracked().is_some_and(|menu| menu.open()) {
            focus();
        }
    };
    let pressed = move |event: ev::KeyboardEvent| {
        let now = at.get_untracked();
        let to = match event.key().as_str() {
            "ArrowRight" => now + 1,
            "ArrowLeft" => now.wrapping_sub(1),
            "ArrowDown" => now + IN_A_ROW,
            "ArrowUp" => now.wrapping_sub(IN_A_ROW),
            "Home" => now - now % IN_A_ROW,
            "End" => now - now % IN_A_ROW + IN_A_ROW - 1,
            "Escape" => {
                event.prevent_default();
                event.stop_propagation();
                close();
                return editor.focus();
            }
            _ => return,
        };
        event.prevent_default();
        if to < EMOJI.len() {
            at.set(to);
            request_animation_frame(focus);
        }
    };
    let names = move || desk.inbox_words().smileys.split('|').collect::<Vec<_>>();
    view! {
        <details class="menu emoji" node_ref=menu on:toggle=toggled>
            <summary class="button plain-tool" role="button" aria-label=move || desk.inbox_words().emoji title=move || desk.inbox_words().emoji>
                <Icon path=SMILE />
            </summary>
            <div class="card" role="grid" aria-label=move || desk.inbox_words().emoji node_ref=grid on:keydown=pressed>
                {EMOJI.chunks(IN_A_ROW).enumerate().map(|(row, cells)| view! {
                    <div role="row">
                        {cells.iter().enumerate().map(|(column, emoji)| {
                            let place = row * IN_A_ROW + column;
                            view! {
                                <button type="button" role="gridcell" aria-label=move || names().get(place).copied().unwrap_or(*emoji)
                                    tabindex=move || if at.get() == place { "0" } else { "-1" }
                                    on:click=move |_| { at.set(place); close(); editor.insert(emoji); }>
                                    {*emoji}
                                </button>
                            }
                        }).collect_view()}
                    </div>
                }).collect_view()}
            </div>
        </details>
    }
}

const SMILE: &str = "M10 3a7 7 0 1 0 0 14a7 7 0 0 0 0-14ZM7 12a3.8 3.8 0 0 0 6 0M7.5 8v.5M12.5 8v.5";
