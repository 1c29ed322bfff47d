//! The view of a session: who is in it, how it goes, the tools, the page.

use alongside::cobrowse::AgentStage;
use alongside::protocol::cobrowse::Stage as Told;
use leptos::prelude::*;

use super::browse::Browse;
use super::geometry::Zoom;
use super::request::RequestDialog;
use super::room::Room;
use super::shared;
use super::stage::Stage;
use super::toolbar::{Grants, Toolbar};
use crate::desk::Desk;

/// Everything of it.
#[component]
pub fn SessionView() -> impl IntoView {
    let desk = expect_context::<Desk>();
    let room = Room::new(desk);
    view! {
        <div class="room">
            <Head room />
            <Warning />
            <div class="bars">
                <Toolbar room />
                <Browse room />
                <Zooms room />
            </div>
            <Note room />
            <Stage room />
            <RequestDialog room />
        </div>
    }
}

/// The page's title, how live it is, and who else is here.
#[component]
fn Head(room: Room) -> impl IntoView {
    let desk = room.desk;
    let title = move || {
        let visit = desk.shared.with(|shared| shared.told.as_ref().map(|told| told.visit))?;
        let title = desk.board.with(|board| board.visit(visit).map(|visit| visit.title.as_str().trim().to_owned()));
        title.filter(|title| !title.is_empty())
    };
    let is_live =
        Memo::new(move |_| desk.shared.with(|shared| shared.stage == AgentStage::Live) && !room.is_broken.get());
    let latency = move || {
        desk.shared.with(|shared| match shared.latency {
            // Who only looks on asks the visitor's page for nothing, also not for an answer to measure.
            _ if shared.is_silent() => String::new(),
            Some(latency) => format!("{} ms", latency.as_millis().max(1)),
            None => desk.cobrowse_words().measuring.to_owned(),
        })
    };
    let quality = move || {
        let slow = desk.shared.with(|shared| shared.latency.map_or(0, |latency| latency.as_millis()));
        if slow < 300 { "dot live" } else { "dot quiet" }
    };
    let agents = move || {
        let words = desk.cobrowse_words();
        desk.shared.with(|shared| {
            let told = shared.told.as_ref()?;
            let chips = told.agents.iter().map(|agent| {
                let you = if Some(agent.number) == told.you { format!(" ({})", words.you) } else { String::new() };
                let looks_on = if agent.is_silent { format!(" · {}", words.looks_on) } else { String::new() };
                view! { <li class="chip">{agent.name.clone()}{you}{looks_on}</li> }
            });
            Some(chips.collect_view())
        })
    };
    view! {
        <div class="who">
            <p class="title">{move || title().unwrap_or_else(|| desk.words().untitled.to_owned())}</p>
            <p class="state">
                {move || if is_live.get() {
                    view! {
                        <span class=quality aria-hidden="true"></span>
                        {desk.cobrowse_words().live_view}
                        {move || desk.shared.with(shared::Shared::is_hidden).then(|| view! {
                            <span class="meta">{desk.cobrowse_words().hidden}</span>
                        })}
                        <span class="meta latency" title=desk.cobrowse_words().latency>{latency}</span>
                    }.into_any()
                } else {
                    let words = desk.cobrowse_words();
                    let is_paused = desk.shared.with(|shared| shared.told.as_ref().is_some_and(|told| told.is_paused));
                    let why = match (room.is_broken.get(), is_paused) {
                        (true, false) => words.broken,
                        (_, true) => words.paused,
                        (false, false) => words.waiting_page,
                    };
                    view! { <span class="dot inactive" aria-hidden="true"></span>{why} }.into_any()
                }}
            </p>
            <ul class="people" aria-label=move || desk.cobrowse_words().others>{agents}</ul>
            <span role="status" class="grants"><Grants room /></span>
        </div>
    }
}

/// Says that a session in which nobody does anything is about to end.
#[component]
fn Warning() -> impl IntoView {
    let desk = expect_context::<Desk>();
    let ends = Memo::new(move |_| {
        desk.shared.with(|shared| {
            let is_idle = shared.told.as_ref().is_some_and(|told| told.stage == Told::Live && told.is_there);
            shared.ends.filter(|_| is_idle && shared.stage == AgentStage::Live)
        })
    });
    view! {
        <div role="alert">
            {move || ends.get().map(|ends| view! {
                <p class="notice">
                    <span>
                        {desk.cobrowse_words().idle_warning}" "
                        <span class="count" aria-live="off">{move || shared::left(ends, desk.now.get())}</span>
                        " "{desk.cobrowse_words().seconds}
                    </span>
                </p>
            })}
        </div>
    }
}

/// What the agent's hand or keyboard is in the middle of.
#[component]
fn Note(room: Room) -> impl IntoView {
    let desk = room.desk;
    let note = move || {
        let words = desk.cobrowse_words();
        if room.pick.with(Option::is_some) {
            Some(words.pick)
        } else if room.typing.get().is_some() {
            Some(words.typing_note)
        } else if desk.shared.with(shared::Shared::is_hidden) {
            Some(words.hidden_note)
        } else {
            desk.shared.with(shared::Shared::is_silent).then_some(words.silent_note)
        }
    };
    view! { <p class="note" role="status">{note}</p> }
}

#[component]
fn Zooms(room: Room) -> impl IntoView {
    let desk = room.desk;
    view! {
        <div class="zoom" role="group" aria-label=move || desk.cobrowse_words().zoom>
            {Zoom::ALL.map(|choice| view! {
                <button
                    type="button"
                    class="tool"
                    aria-pressed=move || (room.zoom.get() == choice).to_string()
                    on:click=move |_| room.zoom.set(choice)
                >
                    {move || {
                        let words = desk.cobrowse_words();
                        match choice {
                            Zoom::Fit => words.fit,
                            Zoom::Original => words.original_size,
                            Zoom::Device => words.device_size,
                        }
                    }}
                </button>
            })}
        </div>
    }
}
