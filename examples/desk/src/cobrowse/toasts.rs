//! Short messages: where they belong on the page, or above it.

use leptos::prelude::*;

use super::room::{Room, Toast};

/// Those that have a place on the page, or those that have none.
#[component]
pub fn Toasts(room: Room, scale: Memo<f64>, is_placed: bool) -> impl IntoView {
    let desk = room.desk;
    let shown = move || {
        let belongs = |toast: &Toast| toast.place.is_some() == is_placed;
        room.toasts.with(|toasts| toasts.iter().copied().filter(belongs).collect::<Vec<_>>())
    };
    let toast = move |Toast { number, message, place, .. }: Toast| {
        // Within the page, also where it was pressed at an edge.
        let left = move || Some(format!("clamp(8px, {}px - 20px, 100% - 292px)", place?.0 * scale.get()));
        let top = move || Some(format!("min({}px + 14px, 100% - 60px)", place?.1 * scale.get()));
        let close = move |_| room.toasts.update(|toasts| toasts.retain(|toast| toast.number != number));
        view! {
            <p class="toast" style:left=left style:top=top>
                <span>{move || desk.cobrowse_words().message(message)}</span>
                <button type="button" class="plain" aria-label=move || desk.words().close on:click=close>"×"</button>
            </p>
        }
    };
    view! {
        <div class=if is_placed { "toasts placed" } else { "toasts" } role="status" aria-live="polite">
            <For each=shown key=|toast| toast.number children=toast />
        </div>
    }
}
