//! What is shown over the visitor's page: who points where, what was pressed, highlighted and drawn, what agents may not touch.

use alongside::protocol::cobrowse::{Point, Tool as Pen};
use alongside::protocol::mirror::Area;
use leptos::prelude::*;

use super::geometry::{Box, Page};
use super::room::Room;
use super::scene::Scene;
use super::signs::Drawing;

/// Everything, in CSS pixels of the visitor's viewport. Nothing here takes the pointer.
#[component]
pub fn Overlay(room: Room, scale: Memo<f64>) -> impl IntoView {
    let desk = room.desk;
    let area = move || room.size.get().map(|(width, height)| format!("0 0 {width} {height}"));
    // Where things are is asked of the page each time: they move with it.
    let shown = move |draw: fn(Room, &Scene) -> AnyView| {
        move || {
            room.moved.track();
            room.scene().map(|scene| draw(room, &scene))
        }
    };
    let pointers = move || {
        room.moved.track();
        let you = desk.shared.with(|shared| shared.told.as_ref().and_then(|told| told.you));
        let scene = room.scene()?;
        let points = room.signs.with(|signs| signs.pointers.clone());
        let shown = points.into_iter().filter(|point| Some(point.by) != you).filter_map(|point| {
            let (x, y) = place(&scene, &point)?;
            let name = name(room, point.by);
            Some(view! { <Pointer x y scale by=point.by name /> })
        });
        Some(shown.collect_view())
    };
    view! {
        <svg class="overlay" viewBox=area preserveAspectRatio="none" aria-hidden="true">
            {shown(unseen)}
            {shown(guards)}
            {shown(focus)}
            {shown(within)}
            {shown(highlights)}
            {shown(drawings)}
            {shown(marks)}
            {shown(ripples)}
            {pointers}
        </svg>
    }
}

/// A visitor's or an agent's pointer; as large at any zoom.
#[component]
fn Pointer(x: f64, y: f64, scale: Memo<f64>, by: u32, name: String) -> impl IntoView {
    let transform = move || format!("translate({x} {y}) scale({})", 1.0 / scale.get());
    let class = format!("pointer {}", person(by));
    // Wide enough for the name as it is set: 7 pixels a letter, twice that for scripts of the East.
    let wide: u32 = name.chars().map(|char| if char.is_ascii() { 7 } else { 13 }).sum();
    view! {
        <g class=class data-by=by transform=transform>
            <path d="M0 0 L0 17 L4.6 13.2 L7.6 20 L10.4 18.8 L7.4 12.2 L13 12 Z" />
            <rect x="12" y="18" width=wide + 12 height="18" rx="6" />
            <text x="18" y="31">{name}</text>
        </g>
    }
}

fn outline(place: Box, class: String) -> AnyView {
    let Box { left, top, width, height } = place;
    view! { <rect class=class x=left y=top width=width height=height rx="3" /> }.into_any()
}

/// What the visitor does not see of the window is darker.
fn unseen(room: Room, scene: &Scene) -> AnyView {
    let (Some((wide, high)), Some(seen)) = (room.size.get(), scene.view().seen) else { return ().into_any() };
    let Area { left, top, width, height } = seen;
    let path = format!("M0 0H{wide}V{high}H0Z M{left} {top}h{width}v{height}h-{width}Z");
    let seen = Box { left: left.into(), top: top.into(), width: width.into(), height: height.into() };
    view! {
        <path class="unseen" d=path />
        {outline(seen, "seen".into())}
    }
    .into_any()
}

fn focus(_: Room, scene: &Scene) -> AnyView {
    scene.focus().and_then(|node| scene.box_of(node)).map(|place| outline(place, "focus".into())).into_any()
}

fn within(room: Room, scene: &Scene) -> AnyView {
    let shared = room.desk.shared;
    let node = shared.with(|shared| shared.control.as_ref().and_then(|held| held.grant.within));
    node.and_then(|node| scene.box_of(node)).map(|place| outline(place, "within".into())).into_any()
}

fn guards(_: Room, scene: &Scene) -> AnyView {
    let guarded = scene.guarded().into_iter().filter_map(|node| scene.box_of(node));
    guarded.map(|place| outline(place, "guard".into())).collect_view().into_any()
}

fn highlights(room: Room, scene: &Scene) -> AnyView {
    let highlights = room.signs.with(|signs| signs.highlights.clone());
    let shown = highlights.into_iter().filter_map(|(by, node)| Some((by, scene.box_of(node)?)));
    shown.map(|(by, place)| outline(place, format!("highlight {}", person(by)))).collect_view().into_any()
}

fn marks(room: Room, scene: &Scene) -> AnyView {
    let marks = room.pending.with(|pending| pending.acts().to_vec());
    let shown = marks.into_iter().filter_map(|act| {
        let class = if act.is_proposed { "mark proposed" } else { "mark" };
        let at = act.place.or_else(|| scene.box_of(act.node).map(Box::middle))?;
        Some(view! { <circle class=class cx=at.0 cy=at.1 r="9" /> })
    });
    shown.collect_view().into_any()
}

fn ripples(room: Room, scene: &Scene) -> AnyView {
    let ripples = room.signs.with(|signs| signs.ripples.clone());
    let shown = ripples.into_iter().filter_map(|(point, _)| {
        let (x, y) = place(scene, &point)?;
        Some(view! { <circle class=format!("ripple {}", person(point.by)) cx=x cy=y r="16" /> })
    });
    shown.collect_view().into_any()
}

fn drawings(room: Room, scene: &Scene) -> AnyView {
    let Some(page) = scene.page() else { return ().into_any() };
    let drawings = room.signs.with(|signs| signs.drawings.clone());
    drawings.iter().map(|drawing| line(drawing, page)).collect_view().into_any()
}

fn line(drawing: &Drawing, page: Page) -> AnyView {
    let points: Vec<_> = drawing.points.iter().map(|point| page.place(*point)).collect();
    let (Some(first), Some(last)) = (points.first().copied(), points.last().copied()) else { return ().into_any() };
    let tool = match drawing.tool {
        Pen::Laser => "laser",
        Pen::Arrow => "arrow",
        Pen::Rectangle => "rectangle",
        _ => "pen",
    };
    let class = format!("drawing {tool} {}", person(drawing.by));
    let path = match drawing.tool {
        Pen::Arrow => arrow(first, last),
        Pen::Rectangle => format!("M{} {} H{} V{} H{} Z", first.0, first.1, last.0, last.1, first.0),
        _ => points
            .iter()
            .enumerate()
            .fold(String::new(), |path, (at, (x, y))| format!("{path}{}{x} {y}", if at == 0 { "M" } else { " L" })),
    };
    view! { <path class=class d=path /> }.into_any()
}

/// A line, and two short ones at its end.
fn arrow(from: (f64, f64), to: (f64, f64)) -> String {
    let (x, y) = (to.0 - from.0, to.1 - from.1);
    let angle = y.atan2(x);
    let length = x.hypot(y).min(18.0);
    let wing = |by: f64| {
        let angle = angle + by;
        format!("M{} {} L{} {}", to.0, to.1, to.0 - length * angle.cos(), to.1 - length * angle.sin())
    };
    format!("M{} {} L{} {} {} {}", from.0, from.1, to.0, to.1, wing(0.5), wing(-0.5))
}

/// Where somebody points.
fn place(scene: &Scene, point: &Point) -> Option<(f64, f64)> {
    Some(scene.box_of(point.node?)?.place((point.x, point.y)))
}

/// The colour of a person: the same as on the visitor's page.
fn person(by: u32) -> &'static str {
    const AGENTS: [&str; 6] = ["agent-1", "agent-2", "agent-3", "agent-4", "agent-5", "agent-6"];
    by.checked_sub(1).map_or("by-visitor", |at| AGENTS[at as usize % AGENTS.len()])
}

fn name(room: Room, by: u32) -> String {
    let told = room.desk.shared.with(|shared| {
        let agents = &shared.told.as_ref()?.agents;
        agents.iter().find(|agent| agent.number == by).map(|agent| agent.name.clone())
    });
    told.unwrap_or_else(|| room.desk.cobrowse_words().visitor.to_owned())
}
