//! How the videos and audios of the visitor's page play. A replica plays nothing: a strip over each says it, and a button has it show a newer picture.

use std::time::Duration;

use alongside::browser::replay::Medium;
use alongside::protocol::AssetHash;
use alongside::protocol::mirror::{PlayStage, Playback};
use leptos::prelude::*;

use super::browse::AGAIN;
use super::geometry::Box;
use super::played;
use super::room::Room;
use crate::link;

/// So often those that play go on.
const TICK: Duration = Duration::from_millis(500);

/// Width and height of the smallest box that has a strip, in CSS pixels of the visitor's viewport.
const SMALLEST: (f64, f64) = (40.0, 20.0);

/// A strip's height in pixels of the agent's window, and how far it is from the edges of its box.
const STRIP: (f64, f64) = (20.0, 6.0);

/// A button's width and height in pixels of the agent's window.
const BUTTON: f64 = 24.0;

/// A strip over each that is there to be seen.
#[component]
pub fn Media(room: Room, scale: Memo<f64>) -> impl IntoView {
    let ticks = RwSignal::new(0u32);
    let ticking = set_interval_with_handle(move || ticks.update(|ticks| *ticks = ticks.wrapping_add(1)), TICK);
    on_cleanup(move || {
        if let Ok(ticking) = ticking {
            ticking.clear();
        }
    });
    let strips = move || {
        ticks.track();
        let media = seen(room).into_iter();
        media.map(|(place, Medium { playback, age, .. })| strip(room, scale.get(), place, playback, age)).collect_view()
    };
    view! { <div class="media">{strips}</div> }
}

/// A button over each that goes on: what stands is shown as it is. To be put over the agent's glass, which it is not a part of.
#[component]
pub fn Looks(room: Room, scale: Memo<f64>) -> impl IntoView {
    let buttons = move || {
        let media = seen(room).into_iter();
        let running = media.filter(|(_, medium)| medium.playback.stage == PlayStage::Playing);
        running.filter_map(|(place, medium)| Some(look(room, scale.get(), place, medium.picture?))).collect_view()
    };
    view! { <div class="media">{buttons}</div> }
}

fn seen(room: Room) -> Vec<(Box, Medium)> {
    room.moved.track();
    let mut media = room.scene().map(|scene| scene.media()).unwrap_or_default();
    media.retain(|(place, _)| place.width >= SMALLEST.0 && place.height >= SMALLEST.1);
    media
}

fn strip(room: Room, scale: f64, place: Box, playback: Playback, age: f64) -> AnyView {
    let words = room.desk.cobrowse_words();
    let Playback { stage, .. } = playback;
    // Where players have their buttons, and in the middle of what is hardly higher than those.
    let (strip, inset) = STRIP;
    let below = place.height * scale - strip;
    let above = if below < 2.0 * strip { below / 2.0 } else { below - inset };
    let is_said = !matches!(stage, PlayStage::Playing | PlayStage::Paused);
    view! {
        <p
            style:left=format!("{}px", place.left * scale + inset)
            style:top=format!("{}px", place.top * scale + above)
            style:max-width=format!("{}px", place.width * scale - 2.0 * inset)
        >
            <span aria-hidden="true">{played::symbol(stage)}</span>
            <span class="stage-word" class:said=is_said>{played::stage(stage, words)}</span>
            <span>{played::details(&playback, age, words)}</span>
        </p>
    }
    .into_any()
}

fn look(room: Room, scale: f64, place: Box, picture: AssetHash) -> AnyView {
    let say = move || room.desk.cobrowse_words().media_look;
    let inset = STRIP.1;
    view! {
        <button
            type="button"
            class="plain"
            style:left=format!("{}px", (place.left + place.width) * scale - inset - BUTTON)
            style:top=format!("{}px", place.top * scale + inset)
            title=say
            aria-label=say
            // Who types goes on.
            on:mousedown=|event| event.prevent_default()
            on:click=move |_| {
                link::session(|session| session.want_newer(picture));
            }
        >
            <svg viewBox="0 0 20 20" aria-hidden="true"><path d=AGAIN /></svg>
        </button>
    }
    .into_any()
}
