//! The view: the list beside the conversation that is open.

use alongside::protocol::ConversationId;
use leptos::ev;
use leptos::prelude::*;

use super::list::List;
use super::person::Person;
use super::person_panel::{Known, PersonPanel, read_person};
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
        if desk.chosen.get_untracked() != chosen {
            desk.drawn_from.set_value(None);
        }
        desk.chosen.set(chosen);
        link::redraw();
    };
    choose();
    desk.aid.read(desk);
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
                        Some(conversation) => view! { <Opened conversation /> }.into_any(),
                        None => view! { <p class="choose meta">{move || desk.inbox_words().choose}</p> }.into_any(),
                    }}
                </div>
            }.into_any(),
        }}
    }
}

/// A conversation, and who it is with beside it; on narrow screens over it.
#[component]
fn Opened(conversation: ConversationId) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let row = Memo::new(move |_| desk.mail.with(|mail| mail.row(conversation).cloned()));
    let known = Known { person: RwSignal::new(Person::default()) };
    read_person(desk, row, known);
    let is_drawn = RwSignal::new(false);
    let toggle = move || match is_narrow() {
        true => is_drawn.update(|is_drawn| *is_drawn = !*is_drawn),
        false => desk.aid.toggle_person(),
    };
    let is_shown = Memo::new(move |_| desk.aid.shows_person.get() || is_drawn.get());
    let escaped = window_event_listener(ev::keydown, move |event| {
        if event.key() == "Escape" && is_drawn.get_untracked() && !event.default_prevented() {
            is_drawn.set(false);
        }
    });
    on_cleanup(move || escaped.remove());
    view! {
        <div class="opened" class:drawn=move || is_drawn.get() class:beside=move || desk.aid.shows_person.get()>
            <Thread conversation row known person=Callback::new(move |()| toggle()) />
            <Show when=move || is_shown.get()>
                <PersonPanel row known close=Callback::new(move |()| toggle()) />
            </Show>
        </div>
    }
}

/// Where there is no room beside the thread; the width is known to the style sheet too.
fn is_narrow() -> bool {
    window().inner_width().ok().and_then(|width| width.as_f64()).is_some_and(|width| width < 1_200.0)
}
