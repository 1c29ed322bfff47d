//! The view: the list beside the conversation that is open.

use alongside::protocol::ConversationId;
use leptos::ev;
use leptos::prelude::*;

use super::list::List;
use super::thread::Thread;
use crate::desk::Desk;
use crate::empty::Empty;
use crate::link;
use crate::shell::{self, View};

/// Where a conversation is open.
pub fn address(conversation: ConversationId) -> String {
    format!("{}/{conversation}", View::Inbox.hash())
}

/// All conversations, and the one that the address names.
#[component]
pub fn Inbox() -> impl IntoView {
    let desk = expect_context::<Desk>();
    let choose = move || {
        let chosen = shell::subject().and_then(|id| id.parse().ok());
        desk.chosen.set(chosen);
        link::redraw();
    };
    choose();
    let arrived = window_event_listener(ev::hashchange, move |_| choose());
    let pressed = window_event_listener(ev::keydown, move |event| {
        let by = match event.key().as_str() {
            "ArrowDown" => 1,
            "ArrowUp" => -1,
            _ => return,
        };
        if !desk.has_shortcuts.get_untracked() || !event.alt_key() || event.ctrl_key() || event.meta_key() {
            return;
        }
        event.prevent_default();
        let next = desk.mail.with_untracked(|mail| mail.beside(desk.chosen.get_untracked(), by));
        if let Some(next) = next {
            let _ = window().location().set_hash(&address(next));
        }
    });
    on_cleanup(move || {
        arrived.remove();
        pressed.remove();
        desk.chosen.set(None);
    });
    // A conversation that the address names may be told of only later.
    let listed = Memo::new(move |_| {
        let chosen = desk.chosen.get()?;
        desk.mail.with(|mail| mail.row(chosen).map(|row| row.conversation))
    });
    Effect::new(move |_| {
        if let Some(conversation) = listed.get() {
            link::inbox(|inbox| inbox.look(conversation));
        }
    });
    let (is_known, is_empty) = (
        Memo::new(move |_| desk.mail.with(|mail| mail.is_known)),
        Memo::new(move |_| desk.mail.with(|mail| mail.rows.is_empty())),
    );
    view! {
        {move || match (is_known.get(), is_empty.get()) {
            (false, _) => view! {
                <div class="skeleton" role="img" aria-label=move || desk.words().loading>
                    {[(); 4].map(|()| view! { <div></div> })}
                </div>
            }.into_any(),
            (true, true) => view! {
                <Empty
                    title=Signal::derive(move || desk.inbox_words().nothing)
                    hint=Signal::derive(move || desk.inbox_words().nothing_hint)
                />
            }.into_any(),
            (true, false) => view! {
                <div class="inbox" class:open=move || listed.get().is_some()>
                    <List />
                    {move || match listed.get() {
                        Some(conversation) => view! { <Thread conversation /> }.into_any(),
                        None => view! { <p class="choose meta">{move || desk.inbox_words().choose}</p> }.into_any(),
                    }}
                </div>
            }.into_any(),
        }}
    }
}
