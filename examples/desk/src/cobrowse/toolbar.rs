//! The tools, each with its key, and with the reason where it cannot be used.

use alongside::protocol::cobrowse::Capability;
use leptos::ev;
use leptos::prelude::*;

use super::keys;
use super::room::Room;
use super::shared::{self, Held};
use super::tool::Tool;
use super::typing::stroke;
use crate::shell;

/// The bar.
#[component]
pub fn Toolbar(room: Room) -> impl IntoView {
    let desk = room.desk;
    let pressed = window_event_listener(ev::keydown, move |event| {
        // A dialog has the keyboard for itself.
        let has_dialog = matches!(document().query_selector("dialog[open]"), Ok(Some(_)));
        if !desk.has_shortcuts.get_untracked() || shell::is_typing(&event) || has_dialog {
            return;
        }
        let key = event.key();
        if key == "Escape" {
            room.pick.set(None);
            room.choice.set(None);
        }
        if let Some(tool) = keys::shortcut(stroke(&event, &key, false)) {
            event.prevent_default();
            room.take(tool);
        }
    });
    on_cleanup(move || pressed.remove());
    view! {
        <div class="toolbar" role="toolbar" aria-label=move || desk.cobrowse_words().tools>
            {Tool::ALL.map(|tool| view! { <Button room tool /> })}
        </div>
    }
}

#[component]
fn Button(room: Room, tool: Tool) -> impl IntoView {
    let desk = room.desk;
    let bar = Memo::new(move |_| desk.shared.with(|shared| tool.bar(shared)));
    let name = move || {
        let words = desk.cobrowse_words();
        match tool {
            Tool::Look if room.holds(Capability::Control) => words.tool_act,
            Tool::End if desk.shared.with(shared::Shared::is_silent) => words.leave,
            _ => words.tool(tool),
        }
    };
    let title = move || match (bar.get(), tool.key()) {
        (Some(bar), _) => format!("{}: {}", name(), desk.cobrowse_words().bar(bar)),
        (None, Some(key)) => format!("{} ({key})", name()),
        (None, None) => name().to_owned(),
    };
    let is_held = move || tool.is_held().then(|| (room.tool.get() == tool).to_string());
    let class = match tool {
        Tool::End => "tool end",
        Tool::Control | Tool::Navigation => "tool asks",
        _ => "tool",
    };
    // One that cannot be used keeps the focus and says why; so it is not `disabled`.
    view! {
        <button
            type="button"
            class=class
            title=title
            aria-pressed=is_held
            aria-disabled=move || bar.get().is_some().then_some("true")
            aria-keyshortcuts=tool.key()
            on:click=move |_| room.take(tool)
        >
            <svg viewBox="0 0 20 20" aria-hidden="true"><path d=icon(tool) /></svg>
            <span>{name}</span>
        </button>
    }
}

/// What is granted, how far, and until when.
#[component]
pub fn Grants(room: Room) -> impl IntoView {
    let desk = room.desk;
    let chip = move |held: Held| {
        let words = desk.cobrowse_words();
        let is_control = held.grant.capability == Capability::Control;
        let limits = [
            held.grant.within.map(|_| words.within_note),
            held.grant.uses.map(|_| words.uses_note),
            held.grant.proposes.filter(|proposes| *proposes).map(|_| words.proposes_note),
        ];
        let limits = limits.into_iter().flatten().map(|limit| format!(" · {limit}")).collect::<String>();
        view! {
            <span class="chip granted">
                {if is_control { words.control_on } else { words.navigation_on }}{limits}
                {held.ends.map(|ends| view! { " · "<span class="count">{move || shared::left(ends, desk.now.get())}</span> })}
            </span>
        }
    };
    let held = move || desk.shared.with(|shared| [shared.control.clone(), shared.navigation.clone()]);
    let is_asking = move || {
        desk.shared.with(|shared| {
            let told = shared.told.as_ref()?;
            told.request.as_ref().filter(|request| Some(request.agent) == told.you).map(|_| ())
        })
    };
    view! {
        {move || held().into_iter().flatten().map(chip).collect_view()}
        {move || is_asking().map(|()| view! { <span class="chip">{desk.cobrowse_words().waiting_answer}</span> })}
    }
}

/// Line drawings of 20 by 20.
const fn icon(tool: Tool) -> &'static str {
    match tool {
        Tool::Look => "M4 3 L4 15 L7.4 12.2 L9.6 17 L11.6 16 L9.4 11.4 L13.6 11.2 Z",
        Tool::Highlight => "M3 7 V3 H7 M13 3 H17 V7 M17 13 V17 H13 M7 17 H3 V13 M8 8 H12 V12 H8 Z",
        Tool::Laser => "M10 10 m-2 0 a2 2 0 1 0 4 0 a2 2 0 1 0 -4 0 M10 2 V5 M10 15 V18 M2 10 H5 M15 10 H18",
        Tool::Pen => "M4 16 L5 12 L14 3 L17 6 L8 15 Z M12 5 L15 8",
        Tool::Arrow => "M4 16 L16 4 M8 4 H16 V12",
        Tool::Rectangle => "M3 5 H17 V15 H3 Z",
        Tool::Erase => "M8 16 L3 11 L11 3 L17 9 L10 16 Z M7 7 L13 13 M10 16 H17",
        Tool::Control => "M7 10 V4 a1.5 1.5 0 0 1 3 0 V9 L15 10 V14 L13 18 H8 L4 12 L6 11 Z",
        Tool::Navigation => "M10 2 a8 8 0 1 0 0.01 0 Z M13 7 L11.5 11.5 L7 13 L8.5 8.5 Z",
        Tool::GiveBack => "M8 5 L4 9 L8 13 M4 9 H13 a3 3 0 0 1 0 6 H9",
        Tool::End => "M5 5 L15 15 M15 5 L5 15",
    }
}
