//! What the agent is offered: above every view, since it does not wait.

use alongside::messenger::Offered;
use alongside::protocol::ConversationId;
use alongside::protocol::conversation::Objection;
use leptos::ev;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

use super::list::who;
use super::thread::objection_word;
use super::view::address;
use crate::desk::Desk;
use crate::link;

/// A card for each, and why the last wish was not met.
#[component]
pub fn Offers() -> impl IntoView {
    let desk = expect_context::<Desk>();
    let offers = Memo::new(move |_| desk.mail.with(|mail| mail.offers.clone()));
    let pressed = window_event_listener(ev::keydown, move |event| {
        if event.key() != "Enter" || !desk.has_shortcuts.get_untracked() || !is_free(&event) {
            return;
        }
        if let Some(first) = offers.with_untracked(|offers| offers.first().copied()) {
            event.prevent_default();
            accept(first.conversation);
        }
    });
    on_cleanup(move || pressed.remove());
    // Who may not handle conversations did not ask to.
    let unmet = move || desk.unmet.get().filter(|objection| *objection != Objection::NotPermitted);
    view! {
        <div class="offers" role="alert">
            <For each=move || offers.get() key=|offered| (offered.conversation, offered.until) let:offered>
                <Card offered />
            </For>
            {move || unmet().map(|objection| view! {
                <p class="notice">{objection_word(objection, desk.inbox_words())}</p>
            })}
        </div>
    }
}

#[component]
fn Card(offered: Offered) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let Offered { conversation, until } = offered;
    let about = Memo::new(move |_| {
        desk.mail.with(|mail| mail.row(conversation).map(|row| (who(row, desk.inbox_words()), row.excerpt.clone())))
    });
    let left = Memo::new(move |_| {
        desk.now.track();
        until.since(link::now()).as_millis().div_ceil(1_000)
    });
    let name = move || about.with(|about| about.as_ref().map(|(name, _)| name.clone()));
    view! {
        // A group, no landmark: there may be several.
        <div class="offered" role="group" aria-label=move || desk.inbox_words().offered>
            <div>
                <p><strong>{move || desk.inbox_words().offered}</strong>" "<bdi class="meta">{name}</bdi></p>
                <p class="excerpt" dir="auto">{move || about.with(|about| about.as_ref().map(|(_, excerpt)| excerpt.clone()))}</p>
            </div>
            // It changes each second: it is not read out.
            <span class="count meta" aria-hidden="true">{move || format!("{} {}", left.get(), desk.inbox_words().seconds)}</span>
            <button type="button" class="primary" data-key="take" aria-keyshortcuts="Enter" on:click=move |_| accept(conversation)>
                {move || desk.inbox_words().accept}
            </button>
            <button type="button" on:click=move |_| { link::inbox(|inbox| inbox.decline(conversation)); }>
                {move || desk.inbox_words().decline}
            </button>
        </div>
    }
}

fn accept(conversation: ConversationId) {
    link::inbox(|inbox| inbox.take(conversation));
    let _ = window().location().set_hash(&address(conversation));
}

/// Whether a key is for nothing else: no field, button or page that is shown has the keyboard.
fn is_free(event: &KeyboardEvent) -> bool {
    let has_modifier = event.alt_key() || event.ctrl_key() || event.meta_key() || event.shift_key();
    let active = document().active_element();
    let is_idle = active.is_none_or(|active| matches!(active.tag_name().as_str(), "BODY" | "MAIN"));
    is_idle && !has_modifier && !event.repeat() && !event.is_composing() && !event.default_prevented()
}
