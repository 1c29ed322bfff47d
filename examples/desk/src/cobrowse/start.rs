//! Ways into a session: a code, a session that is on, an offer to a visit.

use std::sync::Arc;

use alongside::protocol::cobrowse::Channel;
use alongside::protocol::{LiveVisit, SessionId, VisitId};
use leptos::ev;
use leptos::html::Input;
use leptos::prelude::*;

use super::shared;
use crate::desk::Desk;
use crate::link;
use crate::shell::View;
use crate::table;

/// Digits of a code.
const DIGITS: usize = 6;

/// Where no visit is named: codes, and the sessions that are on.
#[component]
pub fn Start() -> impl IntoView {
    let desk = expect_context::<Desk>();
    let sessions = Memo::new(move |_| {
        desk.board.with(|board| {
            let on = board.visits().iter().filter_map(|visit| Some((Arc::clone(visit), visit.session?)));
            on.collect::<Vec<_>>()
        })
    });
    let row = move |(visit, session): (Arc<LiveVisit>, SessionId)| {
        let name = if visit.title.trim().is_empty() { desk.words().untitled } else { &visit.title }.to_owned();
        view! {
            <li>
                <span class="meta id">{table::short(visit.visitor)}</span>
                <span class="title">{name}</span>
                <span class="meta path">{table::path(&visit.url).to_owned()}</span>
                <Ways session />
            </li>
        }
    };
    view! {
        <p class="meta lead">{move || desk.cobrowse_words().start_lead}</p>
        <Objection />
        <div class="cards">
            <section class="card">
                <h2>{move || desk.cobrowse_words().on_the_phone}</h2>
                <Code />
                <hr />
                <UseCode />
            </section>
            <section class="card">
                <h2>{move || desk.cobrowse_words().in_writing}</h2>
                <p class="meta">{move || desk.cobrowse_words().in_writing_hint}</p>
                <a class="button" href=View::Live.hash()>{move || desk.words().see_live}</a>
            </section>
        </div>
        <section class="sessions">
            <h2>{move || desk.cobrowse_words().sessions_now}</h2>
            <Show
                when=move || !sessions.with(Vec::is_empty)
                fallback=move || view! { <p class="meta">{move || desk.cobrowse_words().no_sessions}</p> }
            >
                <ul class="shares">
                    <For each=move || sessions.get() key=|(visit, session)| (*session, visit.last_activity) children=row />
                </ul>
            </Show>
        </section>
    }
}

/// Joins a session, or looks on.
#[component]
fn Ways(session: SessionId) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let attend = move |is_silent| {
        link::session(|own| own.attend(session, is_silent));
    };
    view! {
        <span class="buttons">
            <button type="button" on:click=move |_| attend(false)>{move || desk.cobrowse_words().join}</button>
            <button type="button" on:click=move |_| attend(true)>{move || desk.cobrowse_words().look_on}</button>
        </span>
    }
}

/// The agent's code: asked for, then shown until it is used or too old.
#[component]
fn Code() -> impl IntoView {
    let desk = expect_context::<Desk>();
    let code = Memo::new(move |_| desk.shared.with(|shared| shared.code.clone()));
    let digits = move || code.get().map(|(code, _)| code);
    let left = move || code.get().map(|(_, ends)| shared::left(ends, desk.now.get()));
    let is_copied = RwSignal::new(false);
    let copy = move |_| {
        if let Some(digits) = digits() {
            let _ = window().navigator().clipboard().write_text(&digits);
            is_copied.set(true);
        }
    };
    view! {
        <Show
            when=move || code.with(Option::is_some)
            fallback=move || view! {
                <p class="meta">{move || desk.cobrowse_words().new_code_hint}</p>
                <button type="button" class="primary" on:click=move |_| {
                    is_copied.set(false);
                    link::session(|session| session.make_code());
                }>{move || desk.cobrowse_words().new_code}</button>
            }
        >
            <p class="code" role="status" aria-label=move || desk.cobrowse_words().code_title>{move || digits().map(|code| spaced(&code))}</p>
            <p class="meta">{move || desk.cobrowse_words().code_hint}</p>
            <p class="meta">{move || desk.cobrowse_words().code_left}" "<span class="count">{left}</span></p>
            <div class="buttons">
                <button type="button" on:click=copy>
                    {move || if is_copied.get() { desk.cobrowse_words().copied } else { desk.cobrowse_words().copy }}
                </button>
                <button type="button" on:click=move |_| {
                    link::session(|session| session.leave());
                }>{move || desk.cobrowse_words().withdraw}</button>
            </div>
        </Show>
    }
}

/// Two groups of three: so they are read out.
fn spaced(code: &str) -> String {
    let digits: Vec<char> = code.chars().collect();
    digits.chunks(3).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

#[component]
fn UseCode() -> impl IntoView {
    let desk = expect_context::<Desk>();
    let field = NodeRef::<Input>::new();
    let use_it = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let Some(field) = field.get_untracked() else { return };
        let code: String = field.value().chars().filter(char::is_ascii_digit).collect();
        if code.len() == DIGITS {
            link::session(|session| session.use_code(&code));
        } else {
            let _ = field.focus();
        }
    };
    view! {
        <form class="use-code" on:submit=use_it>
            <label for="visitor-code">{move || desk.cobrowse_words().visitor_code}</label>
            <p class="meta" id="visitor-code-hint">{move || desk.cobrowse_words().visitor_code_hint}</p>
            <div class="buttons">
                <input
                    id="visitor-code"
                    type="text"
                    inputmode="numeric"
                    autocomplete="off"
                    maxlength="7"
                    size="8"
                    aria-describedby="visitor-code-hint"
                    node_ref=field
                />
                <button type="submit">{move || desk.cobrowse_words().use_code}</button>
            </div>
        </form>
    }
}

/// One visit that was chosen: an offer, or the session that it is in.
#[component]
pub fn OfferTo(visit: VisitId) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let channel = RwSignal::new(Channel::Chat);
    let known = Memo::new(move |_| desk.board.with(|board| board.visit(visit).cloned()));
    let session = move || known.get().and_then(|visit| visit.session);
    let offered = move |event: ev::SubmitEvent| {
        event.prevent_default();
        link::session(|session| session.offer(visit, channel.get_untracked()));
    };
    let channels = [Channel::Chat, Channel::Messaging].map(|choice| {
        let texts = move || {
            let words = desk.cobrowse_words();
            match choice {
                Channel::Chat => (words.chat, words.chat_hint),
                _ => (words.messaging, words.messaging_hint),
            }
        };
        view! {
            <label class="check">
                <input
                    type="radio"
                    name="channel"
                    prop:checked=move || channel.get() == choice
                    on:change=move |_| channel.set(choice)
                />
                <span>{move || texts().0}" "<span class="meta">{move || texts().1}</span></span>
            </label>
        }
    });
    let about = move || {
        known.get().map(|visit| {
            let title = visit.title.as_str().trim().to_owned();
            let title = if title.is_empty() { desk.words().untitled.to_owned() } else { title };
            view! {
                <p class="what">
                    <span class="title">{title}</span>
                    <span class="meta path">{table::path(&visit.url).to_owned()}</span>
                </p>
            }
        })
    };
    view! {
        <a class="button back" href=View::Cobrowse.hash()>{move || desk.cobrowse_words().to_start}</a>
        <Objection />
        <section class="card offer">
            <h2>{move || desk.cobrowse_words().offer_title}</h2>
            {about}
            {move || match (known.with(Option::is_some), session()) {
                (_, Some(session)) => view! {
                    <p>{move || desk.cobrowse_words().in_session}</p>
                    <Ways session />
                }.into_any(),
                (true, None) => view! {
                    <p class="meta">{move || desk.cobrowse_words().offer_lead}</p>
                    <form on:submit=offered>
                        <fieldset>
                            <legend>{move || desk.cobrowse_words().channel}</legend>
                            {channels.clone()}
                        </fieldset>
                        <button type="submit" class="primary">{move || desk.cobrowse_words().send_offer}</button>
                    </form>
                }.into_any(),
                (false, None) => view! { <p>{move || desk.cobrowse_words().visit_over}</p> }.into_any(),
            }}
        </section>
    }
}

/// Why the last wish was not met.
#[component]
fn Objection() -> impl IntoView {
    let desk = expect_context::<Desk>();
    let objection = move || desk.shared.with(|shared| shared.objection);
    view! {
        <div role="alert">
            {move || objection().map(|objection| view! {
                <p class="notice">{desk.cobrowse_words().objection(objection)}</p>
            })}
        </div>
    }
}
