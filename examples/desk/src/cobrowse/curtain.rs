//! Why the page is not shown now, and until when that is waited for.

use std::time::Duration;

use alongside::cobrowse::AgentStage;
use alongside::link::LinkStatus;
use leptos::prelude::*;

use super::room::Room;
use super::shared;
use crate::words::CobrowseWords;

/// A page that loads is back sooner: nothing is said of it before.
const PATIENCE: Duration = Duration::from_secs(2);

/// One of the reasons.
#[derive(Clone, Copy, PartialEq)]
enum Reason {
    Offline,
    Paused,
    Away,
    Loading,
    Broken,
}

/// Over the page while it is not live.
#[component]
pub fn Curtain(room: Room) -> impl IntoView {
    let desk = room.desk;
    let reason = Memo::new(move |_| {
        let is_offline = desk.status.with(|status| *status != LinkStatus::Online);
        desk.shared.with(|shared| {
            let told = shared.told.as_ref()?;
            let is_new = desk.now.get().since(shared.since) < PATIENCE;
            let is_drawn = room.size.with(Option::is_some) && !room.is_past.get();
            match shared.stage {
                AgentStage::Live if is_drawn && !room.is_broken.get() => None,
                _ if is_offline => Some(Reason::Offline),
                AgentStage::Live if room.is_broken.get() => Some(Reason::Broken),
                _ if told.is_paused => Some(Reason::Paused),
                _ if !told.is_there && !is_new => Some(Reason::Away),
                _ => Some(Reason::Loading),
            }
        })
    });
    let ends = move || desk.shared.with(|shared| shared.ends);
    let title = |reason, words: &'static CobrowseWords| match reason {
        Reason::Offline => words.desk_offline,
        Reason::Paused => words.paused,
        Reason::Away => words.away,
        Reason::Loading => words.waiting_page,
        Reason::Broken => words.broken,
    };
    let hint = |reason, words: &'static CobrowseWords| match reason {
        Reason::Offline => words.desk_offline_hint,
        Reason::Paused => words.paused_hint,
        Reason::Away => words.away_hint,
        Reason::Loading => words.waiting_page_hint,
        Reason::Broken => words.broken_hint,
    };
    view! {
        <div class="curtain" role="status">
            {move || reason.get().map(|reason| view! {
                <div class="card">
                    <h2>{move || title(reason, desk.cobrowse_words())}</h2>
                    <p>{move || hint(reason, desk.cobrowse_words())}</p>
                    {move || ends().map(|ends| view! {
                        <p class="meta" aria-live="off">
                            {desk.cobrowse_words().ends_in}" "
                            <span class="count">{move || shared::left(ends, desk.now.get())}</span>
                        </p>
                    })}
                </div>
            })}
        </div>
    }
}
