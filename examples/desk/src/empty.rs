//! What a view says that has nothing to show.

use leptos::prelude::*;

use crate::desk::Desk;
use crate::shell::View;

/// A view that is not built yet: says so, and what it will show.
#[component]
pub fn Unbuilt() -> impl IntoView {
    let desk = expect_context::<Desk>();
    view! {
        <Empty
            title=Signal::derive(move || desk.words().journey_empty)
            hint=Signal::derive(move || desk.words().journey_hint)
        >
            <a class="button" href=View::Live.hash()>{move || desk.words().see_live}</a>
        </Empty>
    }
}

/// A title, a hint, and perhaps what to do.
#[component]
pub fn Empty(
    #[prop(into)] title: Signal<&'static str>,
    #[prop(into)] hint: Signal<&'static str>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <div class="mark" aria-hidden="true"></div>
            <h2>{move || title.get()}</h2>
            <p>{move || hint.get()}</p>
            {children.map(|children| children())}
        </div>
    }
}
