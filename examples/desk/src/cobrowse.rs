//! Co-browse: which pages are shared, and one of them as its visitor sees it.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use alongside::browser::replay::{Painter, Replay};
use alongside::cobrowse::Following;
use alongside::protocol::{LiveVisit, VisitId};
use leptos::ev;
use leptos::html::{Div, Iframe};
use leptos::prelude::*;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{HtmlElement, HtmlIFrameElement};

use crate::desk::Desk;
use crate::empty::Empty;
use crate::link::{self, News, Wish};
use crate::shell::{self, View};
use crate::table;

#[wasm_bindgen(raw_module = "alongside-painter")]
extern "C" {
    /// `sources`: where pictures, fonts and styles may come from.
    #[wasm_bindgen(js_name = paintInto)]
    fn paint_into(frame: &HtmlIFrameElement, sources: &str) -> Painter;
}

/// How large the page is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Zoom {
    /// As large as there is room, at most in its own size.
    Fit,
    /// In its own size.
    Original,
}

/// The address of a visit's shared page within the desk.
pub fn address(visit: VisitId) -> String {
    format!("{}/{visit}", View::Cobrowse.hash())
}

/// The view: a list, or one page.
#[component]
pub fn Cobrowse() -> impl IntoView {
    let visit = RwSignal::new(named());
    let arrived = window_event_listener(ev::hashchange, move |_| visit.set(named()));
    on_cleanup(move || arrived.remove());
    move || match visit.get() {
        Some(visit) => view! { <Shared visit /> }.into_any(),
        None => view! { <List /> }.into_any(),
    }
}

fn named() -> Option<VisitId> {
    shell::subject()?.parse().ok()
}

#[component]
fn List() -> impl IntoView {
    let desk = expect_context::<Desk>();
    let shared = Memo::new(move |_| {
        let is_shared = |visit: &&Arc<LiveVisit>| visit.is_shared == Some(true);
        desk.board.with(|board| board.visits().iter().filter(is_shared).cloned().collect::<Vec<_>>())
    });
    let row = move |visit: Arc<LiveVisit>| {
        let name = if visit.title.trim().is_empty() { desk.words().untitled } else { &visit.title }.to_owned();
        view! {
            <li>
                <span class="meta id">{table::short(visit.visitor)}</span>
                <span class="title">{name}</span>
                <span class="meta path">{table::path(&visit.url).to_owned()}</span>
                <a class="button" href=address(visit.visit)>{move || desk.words().watch}</a>
            </li>
        }
    };
    move || {
        if shared.with(Vec::is_empty) {
            view! {
                <Empty
                    title=Signal::derive(move || desk.words().cobrowse_empty)
                    hint=Signal::derive(move || desk.words().cobrowse_hint)
                >
                    <a class="button" href=View::Live.hash()>{move || desk.words().see_live}</a>
                </Empty>
            }
            .into_any()
        } else {
            view! {
                <ul class="shares" aria-label=move || desk.words().shared_pages>
                    <For each=move || shared.get() key=|visit| (visit.visit, visit.last_activity) children=row />
                </ul>
            }
            .into_any()
        }
    }
}

/// One page, as its visitor sees it.
#[component]
fn Shared(visit: VisitId) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let (stage, frame) = (NodeRef::<Div>::new(), NodeRef::<Iframe>::new());
    let is_loaded = Cell::new(false);
    let zoom = RwSignal::new(Zoom::Fit);
    // In CSS pixels, once the page is there.
    let size = RwSignal::new(None::<(f64, f64)>);
    let room = RwSignal::new((0.0, 0.0));
    let measure = move || {
        if let Some(stage) = stage.get_untracked() {
            room.set((f64::from(stage.client_width()), f64::from(stage.client_height())));
        }
    };
    let resized = window_event_listener(ev::resize, move |_| measure());
    on_cleanup(move || {
        resized.remove();
        link::unfollow();
    });
    let scale = Memo::new(move |_| match (zoom.get(), size.get(), room.get()) {
        (Zoom::Fit, Some((width, height)), (wide, high)) if width > 0.0 && height > 0.0 => {
            (wide / width).min(high / height).min(1.0)
        }
        _ => 1.0,
    });
    let loaded = move |_| {
        let Some(frame) = frame.get_untracked() else { return };
        // Each page that is drawn into it loads once more.
        if is_loaded.replace(true) {
            return;
        }
        let replay = RefCell::new(None::<Replay>);
        measure();
        link::follow(visit, move |news| {
            let wishes = match (news, &*replay.borrow()) {
                (News::Frame(bytes), Some(replay)) => {
                    let is_lost = replay.handle(bytes).then_some(Wish::Refresh);
                    is_lost.into_iter().chain(replay.take_wants().into_iter().map(Wish::Asset)).collect()
                }
                _ => Vec::new(),
            };
            if let News::Begin = news {
                *replay.borrow_mut() = Some(Replay::new(paint_into(&frame, "")));
            }
            let style = HtmlElement::style(&frame);
            let pixels = |name| style.get_property_value(name).ok()?.strip_suffix("px")?.parse().ok();
            let shown = pixels("width").zip(pixels("height"));
            if size.get_untracked() != shown {
                size.set(shown);
            }
            wishes
        });
    };
    let described = move || {
        desk.board.with(|board| {
            let visit = board.visit(visit)?;
            Some((visit.title.as_str().trim().to_owned(), table::path(&visit.url).to_owned()))
        })
    };
    let title = move || {
        described()
            .map(|(title, _)| title)
            .filter(|title| !title.is_empty())
            .unwrap_or(desk.words().untitled.to_owned())
    };
    let is_live = move || desk.following.get() == Following::Live && size.with(Option::is_some);
    view! {
        <div class="watching">
            <a href=View::Cobrowse.hash()>{move || desk.words().all_shared}</a>
            <p class="what">
                <span class="title">{title}</span>
                <span class="meta path">{move || described().map(|(_, path)| path)}</span>
            </p>
            <p class="state" role="status">
                <span class=move || if is_live() { "dot live" } else { "dot quiet" } aria-hidden="true"></span>
                {move || if is_live() { desk.words().following_live } else { desk.words().following_waiting }}
            </p>
            <div class="zoom" role="group" aria-label=move || desk.words().zoom>
                {[Zoom::Fit, Zoom::Original].map(|choice| view! {
                    <button
                        type="button"
                        aria-pressed=move || (zoom.get() == choice).to_string()
                        on:click=move |_| zoom.set(choice)
                    >
                        {move || match choice {
                            Zoom::Fit => desk.words().fit,
                            Zoom::Original => desk.words().original_size,
                        }}
                    </button>
                })}
            </div>
        </div>
        <p class="meta">{move || desk.words().view_only}</p>
        <div class="stage" node_ref=stage tabindex="0" role="region" aria-label=move || desk.words().replica_label>
            <div
                class="sheet"
                class:past=move || !is_live()
                style:width=move || size.get().map(|(width, _)| format!("{}px", width * scale.get()))
                style:height=move || size.get().map(|(_, height)| format!("{}px", height * scale.get()))
            >
                <iframe
                    src="/replica"
                    // Before its page comes: later ones hold for the next page only.
                    sandbox="allow-same-origin"
                    tabindex="-1"
                    title=move || desk.words().replica_label
                    node_ref=frame
                    on:load=loaded
                    style:transform=move || format!("scale({})", scale.get())
                ></iframe>
            </div>
        </div>
    }
}
