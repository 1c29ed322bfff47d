//! What the agent says of his conversation that is over.

use std::time::Duration;

use alongside::protocol::ConversationId;
use alongside::protocol::conversation::{MESSAGE_LIMIT, MessageText, Row, Wrap};
use leptos::html::Select;
use leptos::prelude::*;

use crate::desk::Desk;
use crate::link;

/// What is typed is kept after so long without another key.
const PAUSE: Duration = Duration::from_millis(800);

/// A form, until he is done or its time is over.
#[component]
pub fn WrapForm(conversation: ConversationId, row: Memo<Option<Row>>) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let aid = desk.aid;
    // The list may have changed since the desk was opened.
    aid.read(desk);
    let (code, text) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (is_touched, is_unsent) = (RwSignal::new(false), RwSignal::new(false));
    let kept = Memo::new(move |_| {
        desk.mail.with(|mail| mail.open.as_ref().filter(|open| open.conversation == conversation)?.wrapped.clone())
    });
    // What was kept before a reload, or at another desk of his.
    Effect::new(move |_| {
        if let Some(kept) = kept.get()
            && !is_touched.get_untracked()
        {
            code.set(kept.code.unwrap_or_default());
            text.set(kept.text.map(|text| text.as_str().to_owned()).unwrap_or_default());
        }
    });
    let say = move |is_done: bool| {
        let wrap = Wrap {
            conversation,
            code: Some(code.get_untracked()).filter(|code| !code.is_empty()),
            text: text.with_untracked(|text| MessageText::new(text).ok()),
            is_done,
        };
        let is_sent = link::inbox(|inbox| inbox.wrap(wrap)) == Some(true);
        is_unsent.set(!is_sent);
    };
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let later = move || {
        is_touched.set(true);
        if let Some(timer) = timer.get_value() {
            timer.clear();
        }
        timer.set_value(set_timeout_with_handle(move || say(false), PAUSE).ok());
    };
    on_cleanup(move || {
        if let Some(timer) = timer.try_get_value().flatten() {
            timer.clear();
        }
    });
    let left = Memo::new(move |_| {
        let until = row.with(|row| row.as_ref().and_then(|row| row.wrap_until))?;
        Some(until.since(desk.now.get()).as_secs())
    });
    let is_required = move || aid.codes.with(|codes| codes.required);
    let hint = move || {
        let words = desk.inbox_words();
        match (is_required(), left.get()) {
            (true, _) => words.wrap_required.to_owned(),
            (false, Some(left)) => format!("{} {}:{:02}", words.wrap_left, left / 60, left % 60),
            _ => String::new(),
        }
    };
    let is_long = move || text.with(|text| text.len() > MESSAGE_LIMIT);
    let is_ready = move || !is_long() && (!is_required() || code.with(|code| !code.is_empty()));
    let chosen = NodeRef::<Select>::new();
    let names = Memo::new(move |_| aid.codes.with(|codes| codes.named(desk.language.get().tag())));
    // A choice that comes before its list would be lost.
    Effect::new(move |_| {
        names.track();
        if let Some(chosen) = chosen.get() {
            chosen.set_value(&code.get());
        }
    });
    view! {
        <form class="wrap" aria-label=move || desk.inbox_words().wrap
            on:submit=move |event| { event.prevent_default(); if is_ready() { say(true); } }>
            <h3>{move || desk.inbox_words().wrap}" "<span class="meta" aria-hidden="true">{hint}</span></h3>
            <label>
                <span>{move || desk.inbox_words().wrap_code}</span>
                <select node_ref=chosen required=is_required data-key="code"
                    on:change=move |event| { code.set(event_target_value(&event)); is_touched.set(true); say(false); }>
                    <option value="">{move || desk.inbox_words().wrap_none}</option>
                    <For each=move || names.get() key=Clone::clone let:named>
                        <option value=named.0>{named.1}</option>
                    </For>
                </select>
            </label>
            <label>
                <span>{move || desk.inbox_words().wrap_notes}</span>
                <textarea rows="2" dir="auto" prop:value=move || text.get()
                    on:input=move |event| { text.set(event_target_value(&event)); later(); }></textarea>
            </label>
            <div class="send">
                <span class="meta" role="status" class:failed=move || is_long() || is_unsent.get()>
                    {move || match (is_long(), is_unsent.get()) {
                        (true, _) => desk.inbox_words().wrap_long,
                        (_, true) => desk.inbox_words().busy,
                        _ => desk.inbox_words().wrap_hint,
                    }}
                </span>
                <button type="submit" class="primary" disabled=move || !is_ready()>{move || desk.inbox_words().wrap_done}</button>
            </div>
        </form>
    }
}
