//! The agent's hand over the visitor's page: points, presses, draws, scrolls. At most one pointer and one piece of a drawing a frame.

use alongside::protocol::cobrowse::{Action, Capability, Click, Draw, Scroll};
use leptos::ev;
use leptos::html::Div;
use leptos::prelude::*;
use web_sys::MouseEvent;

use super::room::Room;
use super::scene::{Field, Scroller};
use super::tool::Tool;
use crate::link;

/// A box is told where to scroll so often at most, in milliseconds; the visitor's page takes 40 acts a second.
const SCROLL_EVERY: f64 = 80.0;

/// For so long a wheel goes on from where it wanted to be, and not from where the page was seen to be, in milliseconds.
const WHEEL_GOES_ON: f64 = 400.0;

/// Most points of one [`Draw`], which has two numbers for each.
const PIECE: usize = alongside::protocol::cobrowse::DRAW_POINTS / 2;

/// What the hand is doing.
#[derive(Clone, Debug, Default)]
struct Hand {
    /// Where it is, if it moved since it was told.
    moved: Option<(f64, f64)>,
    /// What was told of it last.
    told: Option<(u32, (u32, u32))>,
    /// The drawing that it is at.
    drawing: Option<u32>,
    /// Its points that were not told.
    points: Vec<u32>,
    is_waiting: bool,
    wheel: Option<Wheel>,
}

#[derive(Clone, Copy, Debug)]
struct Wheel {
    scroller: Scroller,
    wanted: (f64, f64),
    turned: f64,
    told: f64,
    is_told: bool,
}

/// Over the page.
#[component]
pub fn Glass(room: Room, scale: Memo<f64>) -> impl IntoView {
    let glass = NodeRef::<Div>::new();
    let hand = StoredValue::new(Hand::default());
    let hover = RwSignal::new(None::<&'static str>);
    let place = move |event: &MouseEvent| -> Option<(f64, f64)> {
        let place = glass.get_untracked()?.get_bounding_client_rect();
        let scale = scale.get_untracked();
        Some((
            (f64::from(event.client_x()) - place.left()) / scale,
            (f64::from(event.client_y()) - place.top()) / scale,
        ))
    };
    let flush = move || frame(room, hand, hover);
    let soon = move || {
        let was_waiting = hand.try_update_value(|hand| std::mem::replace(&mut hand.is_waiting, true));
        if was_waiting == Some(false) {
            request_animation_frame(flush);
        }
    };
    let moved = move |event: ev::PointerEvent| {
        let Some(at) = place(&event) else { return };
        let part = room.scene().and_then(|scene| scene.page()).map(|page| page.parts(at));
        hand.update_value(|hand| {
            hand.moved = Some(at);
            if let (Some(_), Some((x, y))) = (hand.drawing, part) {
                hand.points.extend([x, y]);
            }
        });
        soon();
    };
    let pressed = move |event: ev::PointerEvent| {
        if event.button() != 0 || room.tool.get_untracked().drawing().is_none() {
            return;
        }
        event.prevent_default();
        if let Some(glass) = glass.get_untracked() {
            let _ = glass.set_pointer_capture(event.pointer_id());
        }
        let drawing = room.begin_drawing();
        hand.update_value(|hand| hand.drawing = Some(drawing));
        moved(event);
    };
    let released = move |_| {
        flush();
        hand.update_value(|hand| hand.drawing = None);
    };
    let left = move |_| {
        hand.update_value(|hand| (hand.moved, hand.told) = (None, None));
        hover.set(None);
        link::session(|session| session.point(None, (0, 0), false));
    };
    on_cleanup(move || {
        link::session(|session| session.point(None, (0, 0), false));
    });
    let clicked = move |event: MouseEvent| {
        if let Some(at) = place(&event) {
            click(room, at, event.detail().clamp(1, 2) as u32);
        }
    };
    let turned = move |event: ev::WheelEvent| {
        if event.ctrl_key() || !room.desk.shared.with_untracked(|shared| shared.holds(Capability::Control)) {
            return;
        }
        let Some(at) = place(&event) else { return };
        let line = if event.delta_mode() == 1 { 20.0 } else { 1.0 };
        if wheel(room, hand, at, (event.delta_x() * line, event.delta_y() * line)) {
            event.prevent_default();
            soon();
        }
    };
    let class = move || {
        let is_acting = room.tool.get() == Tool::Look && room.holds(Capability::Control);
        let hand = match room.tool.get() {
            _ if room.pick.with(Option::is_some) => "picks",
            Tool::Look if is_acting => "acts",
            Tool::Look => "points",
            Tool::Highlight => "picks",
            _ => "draws",
        };
        format!("glass {hand}")
    };
    view! {
        <div
            class=class
            node_ref=glass
            title=move || hover.get()
            on:pointermove=moved
            on:pointerdown=pressed
            on:pointerup=released
            on:pointerleave=left
            on:pointercancel=left
            on:click=clicked
            on:wheel=turned
            on:contextmenu=move |event| event.prevent_default()
        ></div>
    }
}

/// With each frame that is drawn: where the hand is, and what it drew and scrolled.
fn frame(room: Room, hand: StoredValue<Hand>, hover: RwSignal<Option<&'static str>>) {
    let Some((moved, told, drawing, points)) = hand.try_update_value(|hand| {
        hand.is_waiting = false;
        (hand.moved.take(), hand.told, hand.drawing, std::mem::take(&mut hand.points))
    }) else {
        return;
    };
    let Some(scene) = room.scene() else { return };
    if let Some(at) = moved
        && let Some(node) = scene.node_at(at)
        && let Some(place) = scene.box_of(node)
    {
        let now = (node, place.parts(at));
        if told != Some(now) {
            hand.update_value(|hand| hand.told = Some(now));
            link::session(|session| session.point(Some(now.0), now.1, false));
        }
        let guard = room.desk.language.get_untracked().cobrowse().guard(scene.guard(node));
        if hover.get_untracked() != guard {
            hover.set(guard);
        }
    }
    if let (Some(number), Some(tool)) = (drawing, room.tool.get_untracked().drawing()) {
        for points in points.chunks(2 * PIECE) {
            room.draw_on(Draw { by: 0, number, tool, points: points.to_vec() });
        }
    }
    let is_left = hand.try_update_value(|hand| tell_wheel(room, &mut hand.wheel)).unwrap_or_default();
    if is_left && hand.try_update_value(|hand| std::mem::replace(&mut hand.is_waiting, true)) == Some(false) {
        request_animation_frame(move || frame(room, hand, hover));
    }
}

fn click(room: Room, at: (f64, f64), count: u32) {
    let Some(scene) = room.scene() else { return };
    let Some(node) = scene.node_at(at) else { return };
    let Some(parts) = scene.box_of(node).map(|place| place.parts(at)) else { return };
    room.choice.set(None);
    if let Some(mut request) = room.pick.get_untracked() {
        room.pick.set(None);
        request.within = Some(node);
        link::session(|session| session.request(request));
        return;
    }
    match room.tool.get_untracked() {
        Tool::Highlight => room.highlight(node),
        Tool::Look if !room.desk.shared.with_untracked(|shared| shared.holds(Capability::Control)) => {
            link::session(|session| session.point(Some(node), parts, true));
        }
        Tool::Look => act(room, node, at, parts, count),
        _ => {}
    }
}

/// What a click does where the agent has control: what a browser shows in windows of its own is shown here instead.
fn act(room: Room, node: u32, at: (f64, f64), parts: (u32, u32), count: u32) {
    let Some(scene) = room.scene() else { return };
    let field = scene.field(node);
    if let Some(field) = field.clone().filter(Field::is_picked) {
        room.type_into(None);
        room.choice.set(Some(field));
        return;
    }
    match field.filter(Field::is_text) {
        Some(field) => room.type_into(Some(field.id())),
        None => room.follow_focus(),
    }
    room.act(node, Action::Click(Click { x: parts.0, y: parts.1, count }), Some(at));
}

/// Turns the wheel; whether something on the page scrolls by it.
fn wheel(room: Room, hand: StoredValue<Hand>, at: (f64, f64), by: (f64, f64)) -> bool {
    let Some(scene) = room.scene() else { return false };
    let Some(node) = scene.node_at(at) else { return false };
    let now = clock();
    let last = hand
        .with_value(|hand| hand.wheel)
        .filter(|wheel| now - wheel.turned < WHEEL_GOES_ON && scene.is_within(node, wheel.scroller.node));
    let (scroller, from, told) = match (last, scene.scroller(node, by)) {
        (Some(last), _) => (last.scroller, last.wanted, last.told),
        (None, Some(scroller)) => (scroller, scroller.at, 0.0),
        (None, None) => return false,
    };
    let clamp = |from: f64, by: f64, end: f64| (from + by).clamp(0.0, end.max(0.0));
    let wanted = (clamp(from.0, by.0, scroller.end.0), clamp(from.1, by.1, scroller.end.1));
    hand.update_value(|hand| hand.wheel = Some(Wheel { scroller, wanted, turned: now, told, is_told: false }));
    true
}

/// Tells where the wheel wants to be; true where it is too early to.
fn tell_wheel(room: Room, wheel: &mut Option<Wheel>) -> bool {
    let Some(wheel) = wheel.as_mut().filter(|wheel| !wheel.is_told) else { return false };
    let now = clock();
    if now - wheel.told < SCROLL_EVERY {
        return true;
    }
    (wheel.told, wheel.is_told) = (now, true);
    let (x, y) = (wheel.wanted.0.round() as u32, wheel.wanted.1.round() as u32);
    room.act(wheel.scroller.node, Action::Scroll(Scroll { x, y }), None);
    false
}

fn clock() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}
