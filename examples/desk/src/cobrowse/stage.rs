//! Where the visitor's page is shown: its frame, what people show over it, and the glass that the agent's hand is on.

use std::cell::Cell;
use std::rc::Rc;

use alongside::cobrowse::AgentStage;
use leptos::ev;
use leptos::html::{Div, Iframe};
use leptos::prelude::*;

use super::choice::Choice;
use super::curtain::Curtain;
use super::dialog::AbovePage;
use super::geometry::{FRAME, Zoom};
use super::glass::Glass;
use super::media::{Looks, Media};
use super::overlay::Overlay;
use super::room::Room;
use super::scene::Scene;
use super::toasts::Toasts;
use super::typing::Typing;
use crate::link;

/// The page.
#[component]
pub fn Stage(room: Room) -> impl IntoView {
    let desk = room.desk;
    let (stage, frame) = (NodeRef::<Div>::new(), NodeRef::<Iframe>::new());
    let measure = move || {
        if let Some(stage) = stage.get_untracked() {
            room.space.set((f64::from(stage.client_width()), f64::from(stage.client_height())));
        }
    };
    let resized = window_event_listener(ev::resize, move |_| measure());
    on_cleanup(move || resized.remove());
    // Bars above it come and go with the session.
    Effect::new(move |_| {
        desk.shared.track();
        room.zoom.track();
        request_animation_frame(measure);
    });
    let is_loaded = Cell::new(false);
    let loaded = move |_| {
        let Some(frame) = frame.get_untracked() else { return };
        // Each page that is drawn into it loads once more.
        if is_loaded.replace(true) {
            return;
        }
        room.scene.set_value(Some(Rc::new(Scene::new(&frame))));
        measure();
        link::watch(move |news| room.handle(news));
    };
    let scale = Memo::new(move |_| room.scale());
    let is_live = move || {
        desk.shared.with(|shared| shared.stage == AgentStage::Live)
            && room.size.with(Option::is_some)
            && !room.is_broken.get()
    };
    let pixels = move |length: f64| format!("{}px", length * scale.get());
    let is_outlined = move || room.zoom.get() == Zoom::Device && room.size.with(Option::is_some);
    let label = move || room.size.get().map(|(width, height)| format!("{width} × {height}"));
    view! {
        <div class="stage" node_ref=stage role="region" tabindex="0" aria-label=move || desk.cobrowse_words().replica_label>
            <div
                class="device"
                class:outlined=is_outlined
                style:padding=move || is_outlined().then(|| format!("{}px {}px {}px", FRAME.1, FRAME.0, FRAME.2))
            >
                <p class="viewport" title=move || desk.cobrowse_words().viewport>{label}</p>
                <div
                    class="sheet"
                    class:past=move || !is_live()
                    style:width=move || room.size.get().map(|(width, _)| pixels(width))
                    style:height=move || room.size.get().map(|(_, height)| pixels(height))
                >
                    <iframe
                        src="/replica"
                        // Before its page comes: later ones hold for the next page only.
                        sandbox="allow-same-origin"
                        tabindex="-1"
                        title=move || desk.cobrowse_words().replica_label
                        node_ref=frame
                        on:load=loaded
                        style:transform=move || format!("scale({})", scale.get())
                    ></iframe>
                    <Show when=is_live>
                        <Media room scale />
                        <Overlay room scale />
                        <Glass room scale />
                        <Looks room scale />
                        <Typing room scale />
                        <Choice room scale />
                    </Show>
                    <Toasts room scale is_placed=true />
                </div>
            </div>
            <AbovePage room />
            <Curtain room />
        </div>
        <Toasts room scale is_placed=false />
    }
}
