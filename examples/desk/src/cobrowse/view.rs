//! The view as a whole: a way in, a wait, a session, or its end.

use alongside::cobrowse::AgentStage;
use alongside::protocol::VisitId;
use leptos::ev;
use leptos::prelude::*;

use super::doorway::{Over, Waiting};
use super::session::SessionView;
use super::start::{OfferTo, Start};
use crate::desk::Desk;
use crate::shell::{self, View};

/// Where a visit is offered a session, within the desk.
pub fn address(visit: VisitId) -> String {
    format!("{}/{visit}", View::Cobrowse.hash())
}

/// Which part of the view there is.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Start,
    Waiting,
    Session,
    Over(alongside::protocol::cobrowse::EndReason),
}

/// The view. A session goes on while another view is shown.
#[component]
pub fn Cobrowse() -> impl IntoView {
    let desk = expect_context::<Desk>();
    let visit = RwSignal::new(named());
    let arrived = window_event_listener(ev::hashchange, move |_| visit.set(named()));
    on_cleanup(move || arrived.remove());
    let part = Memo::new(move |_| {
        desk.shared.with(|shared| match shared.stage {
            AgentStage::Idle => Part::Start,
            AgentStage::Asking | AgentStage::Offered => Part::Waiting,
            AgentStage::Waiting | AgentStage::Live => Part::Session,
            AgentStage::Over(reason) => Part::Over(reason),
        })
    });
    move || match (part.get(), visit.get()) {
        (Part::Start, None) => view! { <Start /> }.into_any(),
        (Part::Start, Some(visit)) => view! { <OfferTo visit /> }.into_any(),
        (Part::Waiting, _) => view! { <Waiting /> }.into_any(),
        (Part::Session, _) => view! { <SessionView /> }.into_any(),
        (Part::Over(reason), _) => view! { <Over reason /> }.into_any(),
    }
}

fn named() -> Option<VisitId> {
    shell::subject()?.parse().ok()
}
