//! Before a session and after it: what is waited for, why it is over, and the way on.

use std::time::Duration;

use alongside::cobrowse::AgentStage;
use alongside::protocol::SessionId;
use alongside::protocol::cobrowse::{Channel, EndReason, Session};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::shared;
use crate::desk::Desk;
use crate::hub;
use crate::link;

/// A hub answers sooner.
const PATIENCE: Duration = Duration::from_secs(5);

/// An offer that is on its way, or waits for the visitor.
#[component]
pub fn Waiting() -> impl IntoView {
    let desk = expect_context::<Desk>();
    let is_offered = Memo::new(move |_| desk.shared.with(|shared| shared.stage == AgentStage::Offered));
    let is_slow = Memo::new(move |_| desk.shared.with(|shared| desk.now.get().since(shared.since) >= PATIENCE));
    let ends = move || desk.shared.with(|shared| shared.ends);
    let back = move |_| {
        link::session(|session| session.end(EndReason::Withdrawn));
    };
    view! {
        <section class="card doorway" role="status">
            <span class="spinner" aria-hidden="true"></span>
            <h2>{move || if is_offered.get() { desk.cobrowse_words().offered } else { desk.cobrowse_words().asking }}</h2>
            <Show when=move || !is_offered.get() && is_slow.get()>
                <p>{move || desk.cobrowse_words().asking_slow}</p>
            </Show>
            <p class="meta" aria-live="off">
                {move || is_offered.get().then(ends).flatten().map(|ends| view! {
                    {desk.cobrowse_words().offer_expires}" "
                    <span class="count">{move || shared::left(ends, desk.now.get())}</span>
                })}
            </p>
            <button type="button" on:click=back>
                {move || if is_offered.get() { desk.cobrowse_words().withdraw } else { desk.cobrowse_words().cancel }}
            </button>
        </section>
    }
}

/// A session that is over.
#[component]
pub fn Over(reason: EndReason) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let told = desk.shared.with_untracked(|shared| shared.told.clone());
    let was_live = !matches!(reason, EndReason::Declined | EndReason::Unanswered | EndReason::Withdrawn);
    let again = told.clone().map(|Session { visit, channel, .. }| view! {
        <button type="button" class="primary" on:click=move |_| {
            link::session(|session| match channel {
                Channel::Voice => session.make_code(),
                _ => session.offer(visit, channel),
            });
        }>{move || if channel == Channel::Voice { desk.cobrowse_words().new_code } else { desk.cobrowse_words().offer_again }}</button>
    });
    let record = told.filter(|_| was_live).map(|told| view! { <Record session=told.session /> });
    view! {
        <section class="card doorway" role="status">
            <h2>{move || desk.cobrowse_words().reason(reason)}</h2>
            <p class="meta">{move || desk.cobrowse_words().over_hint}</p>
            <div class="buttons">
                {again}
                {record}
                <button type="button" on:click=move |_| {
                    link::session(|session| session.leave());
                }>{move || desk.cobrowse_words().to_start}</button>
            </div>
        </section>
    }
}

/// Keeps the session's record as a file. It wants the agent's token, which no address has.
#[component]
fn Record(session: SessionId) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let has_failed = RwSignal::new(false);
    let download = move |_| {
        let Some(token) = desk.session.with_untracked(|session| session.as_ref().map(|session| session.token.clone()))
        else {
            return;
        };
        spawn_local(async move {
            has_failed.set(hub::save_record(&token, session).await.is_err());
        });
    };
    view! {
        <button type="button" on:click=download>{move || desk.cobrowse_words().download_record}</button>
        <Show when=move || has_failed.get()>
            <p class="error" role="alert">{move || desk.cobrowse_words().record_failed}</p>
        </Show>
    }
}
