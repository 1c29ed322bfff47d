//! Where the visitor is, and with navigation, where to go.

use alongside::protocol::cobrowse::{Action, Capability, Go, Way};
use leptos::ev;
use leptos::html::Input;
use leptos::prelude::*;

use super::address;
use super::room::Room;
use super::shared::Message;

/// A path of 20 by 20: what is done once more.
pub(super) const AGAIN: &str = "M15 6 a6.5 6.5 0 1 0 1.5 5 M15.5 2.5 V6.5 H11.5";

/// Back, forward, reload, and the address. The address is as the journey tells it: what may not leave the page is not in it.
#[component]
pub fn Browse(room: Room) -> impl IntoView {
    let desk = room.desk;
    let field = NodeRef::<Input>::new();
    let url = Memo::new(move |_| {
        let visit = desk.shared.with(|shared| shared.told.as_ref().map(|told| told.visit))?;
        desk.board.with(|board| board.visit(visit).map(|visit| visit.url.as_str().to_owned()))
    });
    let shown = move || url.get().map(|url| address::shown(&url).to_owned()).unwrap_or_default();
    let is_held = Memo::new(move |_| room.holds(Capability::Navigation));
    let bar = move || if is_held.get() { None } else { Some(desk.cobrowse_words().needs_navigation) };
    let go = move |go: Go| {
        if is_held.get_untracked() {
            room.act(0, Action::Go(go), None);
        }
    };
    let sent = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let Some(field) = field.get_untracked() else { return };
        let current = url.get_untracked().unwrap_or_default();
        match address::resolve(&current, &field.value()) {
            Some(address) => go(Go::Address(address)),
            None => room.say(Message::BadAddress, None),
        }
        let _ = field.blur();
    };
    let left = move |_| {
        // What was typed and not sent is forgotten.
        if let Some(field) = field.get_untracked() {
            field.set_value(&shown());
        }
    };
    let ways = [Way::Back, Way::Forward, Way::Reload].map(|way| {
        let name = move || {
            let words = desk.cobrowse_words();
            match way {
                Way::Back => words.back,
                Way::Forward => words.forward,
                _ => words.reload,
            }
        };
        let icon = match way {
            Way::Back => "M12 4 L6 10 L12 16",
            Way::Forward => "M8 4 L14 10 L8 16",
            _ => AGAIN,
        };
        view! {
            <button
                type="button"
                class="tool"
                aria-label=name
                title=move || bar().map_or_else(|| name().to_owned(), |bar| format!("{}: {bar}", name()))
                aria-disabled=move || (!is_held.get()).then_some("true")
                on:click=move |_| go(Go::Through(way))
            >
                <svg viewBox="0 0 20 20" aria-hidden="true"><path d=icon /></svg>
            </button>
        }
    });
    view! {
        <form class="browse" on:submit=sent>
            {ways}
            <input
                type="text"
                inputmode="url"
                autocomplete="off"
                spellcheck="false"
                node_ref=field
                aria-label=move || desk.cobrowse_words().address
                title=bar
                readonly=move || !is_held.get()
                prop:value=shown
                on:blur=left
            />
        </form>
    }
}
