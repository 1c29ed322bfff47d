//! Where the agent writes.

use alongside::protocol::ConversationId;
use alongside::protocol::conversation::{Row, Stage};
use alongside::time::Timestamp;
use js_sys::Date;
use leptos::ev;
use leptos::html::{Input, Textarea};
use leptos::prelude::*;

use super::files::{self, KINDS, Uploads};
use crate::desk::Desk;
use crate::link;

/// Longest message, in bytes.
const LIMIT: usize = alongside::protocol::conversation::MESSAGE_LIMIT;

/// A text field where the conversation is the agent's; else why there is none.
#[component]
pub fn Composer(conversation: ConversationId, row: Memo<Option<Row>>) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let stage = Memo::new(move |_| row.with(|row| row.as_ref().map(|row| (row.stage, row.is_own))));
    view! {
        <div class="composer">
            {move || match stage.get() {
                Some((Stage::Open, true)) => view! { <Field conversation /> }.into_any(),
                Some((Stage::Waiting, _)) => view! { <p class="meta">{move || desk.inbox_words().take_to_answer}</p> }.into_any(),
                Some((Stage::Open, false)) => view! { <p class="meta">{move || desk.inbox_words().of_another}</p> }.into_any(),
                _ => view! { <p class="meta">{move || desk.inbox_words().over_hint}</p> }.into_any(),
            }}
        </div>
    }
}

#[component]
fn Field(conversation: ConversationId) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let field = NodeRef::<Textarea>::new();
    let text = RwSignal::new(desk.drafts.with_value(|drafts| drafts.get(&conversation).cloned()).unwrap_or_default());
    let keep = move |draft: String| {
        desk.drafts.update_value(|drafts| {
            if draft.is_empty() {
                drafts.remove(&conversation)
            } else {
                drafts.insert(conversation, draft.clone())
            };
        });
        text.set(draft);
    };
    let send = move || {
        let said = text.get_untracked();
        let (id, at) = (files::message(), Timestamp::from_millis(Date::now() as u64));
        let is_taken = link::inbox(|inbox| inbox.reply(conversation, &said, id, at, link::now()));
        if is_taken == Some(true) {
            keep(String::new());
        }
        if let Some(field) = field.get_untracked() {
            let _ = field.focus();
        }
    };
    let typed = move |event: ev::Event| {
        keep(event_target_value(&event));
        link::inbox(|inbox| inbox.typed(conversation, link::now()));
    };
    let pressed = move |event: ev::KeyboardEvent| {
        // Enter that ends a composition is not meant for us; Safari tells that by its code alone.
        let is_composing = event.is_composing() || event.key_code() == 229;
        if event.key() == "Enter" && !event.shift_key() && !is_composing {
            event.prevent_default();
            send();
        }
    };
    let chosen = NodeRef::<Input>::new();
    let choose = move |_| {
        if let Some(chosen) = chosen.get_untracked() {
            chosen.click();
        }
    };
    let attach = move |_| {
        let Some(chosen) = chosen.get_untracked() else { return };
        if let Some(list) = chosen.files() {
            files::add(desk, conversation, &list);
        }
        // The same file can be chosen again.
        chosen.set_value("");
    };
    let pasted = move |event: ev::ClipboardEvent| files::pasted(desk, conversation, &event);
    let left = move || LIMIT as i64 - text.with(String::len) as i64;
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            let _ = field.focus();
        }
    });
    view! {
        <Uploads conversation />
        <form on:submit=move |event| { event.prevent_default(); send(); }>
            <textarea rows="3" dir="auto" node_ref=field
                aria-label=move || desk.inbox_words().write
                placeholder=move || desk.inbox_words().write
                prop:value=move || text.get() on:input=typed on:keydown=pressed on:paste=pasted></textarea>
            <div class="send">
                <span class="meta" class:failed=move || { left() < 0 }>
                    {move || if left() < 200 { format!("{} {}", left(), desk.inbox_words().bytes_left) } else { desk.inbox_words().enter_sends.to_owned() }}
                </span>
                <input type="file" multiple hidden accept=KINDS node_ref=chosen on:change=attach />
                <button type="button" on:click=choose>{move || desk.inbox_words().attach}</button>
                <button type="submit" class="primary" disabled=move || left() < 0 || text.with(|text| text.trim().is_empty())>
                    {move || desk.inbox_words().send}
                </button>
            </div>
        </form>
    }
}
