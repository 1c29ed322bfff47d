//! Asks the visitor for control or navigation: how far, how often, how long.

use alongside::protocol::cobrowse::{Capability, Request};
use leptos::ev;
use leptos::html::Dialog;
use leptos::prelude::*;

use super::room::Room;
use crate::link;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    Page,
    Element,
    Once,
}

/// A short time that can be asked for, in seconds.
const SHORT: u32 = 120;

/// Open while a request is written.
#[component]
pub fn RequestDialog(room: Room) -> impl IntoView {
    let desk = room.desk;
    let dialog = NodeRef::<Dialog>::new();
    let scope = RwSignal::new(Scope::Page);
    let is_short = RwSignal::new(false);
    let proposes = RwSignal::new(false);
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        match room.wish.get() {
            Some(_) if !dialog.open() => {
                scope.set(Scope::Page);
                is_short.set(false);
                proposes.set(false);
                let _ = dialog.show_modal();
            }
            None if dialog.open() => dialog.close(),
            _ => {}
        }
    });
    let is_control = move || room.wish.get() == Some(Capability::Control);
    let sent = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let Some(capability) = room.wish.get_untracked() else { return };
        let is_control = capability == Capability::Control;
        let scope = if is_control { scope.get_untracked() } else { Scope::Page };
        let request = Request {
            agent: 0,
            capability,
            within: None,
            uses: (scope == Scope::Once).then_some(1),
            seconds: is_short.get_untracked().then_some(SHORT),
            proposes: (is_control && proposes.get_untracked()).then_some(true),
        };
        room.wish.set(None);
        match scope {
            Scope::Element => room.pick.set(Some(request)),
            _ => {
                link::session(|session| session.request(request));
            }
        }
    };
    let scopes = move || {
        [Scope::Page, Scope::Element, Scope::Once].map(|choice| {
            let name = move || match choice {
                Scope::Page => desk.cobrowse_words().scope_page,
                Scope::Element => desk.cobrowse_words().scope_element,
                Scope::Once => desk.cobrowse_words().scope_once,
            };
            view! {
                <label class="check">
                    <input
                        type="radio"
                        name="scope"
                        prop:checked=move || scope.get() == choice
                        on:change=move |_| scope.set(choice)
                    />
                    <span>{name}</span>
                </label>
            }
        })
    };
    let times = [false, true].map(|choice| {
        let name = move || if choice { desk.cobrowse_words().time_minutes } else { desk.cobrowse_words().time_session };
        view! {
            <label class="check">
                <input
                    type="radio"
                    name="time"
                    prop:checked=move || is_short.get() == choice
                    on:change=move |_| is_short.set(choice)
                />
                <span>{name}</span>
            </label>
        }
    });
    view! {
        <dialog class="request" node_ref=dialog aria-labelledby="request-title" on:close=move |_| room.wish.set(None)>
            <form on:submit=sent>
                <h2 id="request-title">{move || {
                    if is_control() { desk.cobrowse_words().ask_control } else { desk.cobrowse_words().ask_navigation }
                }}</h2>
                <p class="meta">{move || {
                    if is_control() { desk.cobrowse_words().ask_control_hint } else { desk.cobrowse_words().ask_navigation_hint }
                }}</p>
                <Show when=is_control>
                    <fieldset>
                        <legend>{move || desk.cobrowse_words().scope}</legend>
                        {scopes}
                    </fieldset>
                </Show>
                <fieldset>
                    <legend>{move || desk.cobrowse_words().time}</legend>
                    {times}
                </fieldset>
                <Show when=is_control>
                    <label class="check">
                        <input
                            type="checkbox"
                            prop:checked=move || proposes.get()
                            on:change=move |_| proposes.update(|proposes| *proposes = !*proposes)
                        />
                        <span>{move || desk.cobrowse_words().proposes}</span>
                    </label>
                </Show>
                <div class="buttons">
                    <button type="button" on:click=move |_| room.wish.set(None)>{move || desk.cobrowse_words().cancel}</button>
                    <button type="submit" class="primary">{move || desk.cobrowse_words().ask}</button>
                </div>
            </form>
        </dialog>
    }
}
