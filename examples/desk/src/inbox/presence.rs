//! Whether the agent takes conversations.

use alongside::protocol::conversation::Presence;
use leptos::prelude::*;

use crate::desk::Desk;
use crate::link;

/// A switch; for one who did not respond, the way back. Nothing for who may not handle conversations.
#[component]
pub fn PresenceSwitch() -> impl IntoView {
    let desk = expect_context::<Desk>();
    let presence = Memo::new(move |_| desk.mail.with(|mail| mail.floor.as_ref().and(mail.presence)));
    let is_missed = Memo::new(move |_| presence.get() == Some(Presence::NotResponding));
    let is_available = move || presence.get() == Some(Presence::Available);
    let toggle = move |_| match presence.get_untracked() {
        Some(Presence::Available) => be(desk, Presence::Away),
        _ => be(desk, Presence::Available),
    };
    view! {
        <Show when=move || presence.with(Option::is_some)>
            <div class="presence">
                <Show
                    when=move || is_missed.get()
                    fallback=move || view! {
                        <button type="button" role="switch" aria-checked=move || is_available().to_string()
                            title=move || desk.inbox_words().presence_hint on:click=toggle>
                            <span class=move || if is_available() { "dot live" } else { "dot inactive" } aria-hidden="true"></span>
                            {move || if is_available() { desk.inbox_words().available } else { desk.inbox_words().away }}
                        </button>
                    }
                >
                    <span class="dot quiet" aria-hidden="true"></span>
                    <span role="status">{move || desk.inbox_words().not_responding}</span>
                    <button type="button" class="primary" on:click=move |_| be(desk, Presence::Available)>
                        {move || desk.inbox_words().back_again}
                    </button>
                </Show>
            </div>
        </Show>
    }
}

fn be(desk: Desk, presence: Presence) {
    desk.keep_presence(presence);
    link::inbox(|inbox| match presence {
        Presence::Available => inbox.be_available(),
        _ => inbox.be_away(),
    });
}
