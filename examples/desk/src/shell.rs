//! The frame around the views: navigation, the state of the link, keyboard.

use std::time::Duration;

use alongside::link::LinkStatus;
use leptos::ev;
use leptos::html::{Dialog, Main};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

use crate::board::Board;
use crate::cobrowse::Cobrowse;
use crate::cobrowse::shared::Shared;
use crate::cobrowse::tool::Tool;
use crate::desk::Desk;
use crate::empty::Unbuilt;
use crate::inbox::keys::{self, KEYS};
use crate::inbox::mail::Mail;
use crate::inbox::{Inbox, Offers, PresenceSwitch};
use crate::link;
use crate::live_now::LiveNow;
use crate::login::Login;
use crate::settings::Settings;
use crate::words::Words;

/// One view of the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Everybody on the site.
    Live,
    /// One visitor's journey.
    Journey,
    /// Conversations.
    Inbox,
    /// Shared sessions.
    Cobrowse,
    /// What the agent can choose.
    Settings,
}

impl View {
    const ALL: [Self; 5] = [Self::Live, Self::Journey, Self::Inbox, Self::Cobrowse, Self::Settings];

    /// Its address within the page.
    pub const fn hash(self) -> &'static str {
        match self {
            Self::Live => "#/live",
            Self::Journey => "#/journey",
            Self::Inbox => "#/inbox",
            Self::Cobrowse => "#/cobrowse",
            Self::Settings => "#/settings",
        }
    }

    const fn name(self, words: &Words) -> &'static str {
        match self {
            Self::Live => words.live_now,
            Self::Journey => words.journey,
            Self::Inbox => words.inbox,
            Self::Cobrowse => words.cobrowse,
            Self::Settings => words.settings,
        }
    }

    fn current() -> Self {
        let hash = window().location().hash().unwrap_or_default();
        let (hash, _) = parts(&hash);
        Self::ALL.into_iter().find(|view| view.hash() == hash).unwrap_or(Self::Live)
    }
}

/// The view's part of an address, and what follows it.
fn parts(hash: &str) -> (&str, Option<&str>) {
    match hash.get(2..).and_then(|rest| rest.find('/')) {
        Some(end) => (&hash[..end + 2], Some(&hash[end + 3..])),
        None => (hash, None),
    }
}

/// What the address names within its view.
pub fn subject() -> Option<String> {
    let hash = window().location().hash().unwrap_or_default();
    parts(&hash).1.map(str::to_owned)
}

/// The whole page: the way in, or the desk.
#[component]
pub fn Page() -> impl IntoView {
    let desk = Desk::restore();
    provide_context(desk);
    let token = Memo::new(move |_| desk.session.with(|session| session.as_ref().map(|session| session.token.clone())));
    Effect::new(move |_| match token.get() {
        Some(token) => link::start(desk, token),
        None => link::stop(),
    });
    Effect::new(move |_| {
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("lang", desk.language.get().tag());
        }
    });
    set_interval(move || link::tick(desk), Duration::from_secs(1));
    view! {
        <Show when=move || token.with(Option::is_some) fallback=Login>
            <Shell />
        </Show>
    }
}

#[component]
fn Shell() -> impl IntoView {
    let desk = expect_context::<Desk>();
    let current = RwSignal::new(View::current());
    let (main, help) = (NodeRef::<Main>::new(), NodeRef::<Dialog>::new());
    let arrived = window_event_listener(ev::hashchange, move |_| {
        current.set(View::current());
        if let Some(main) = main.get_untracked() {
            let _ = main.focus();
        }
    });
    let pressed = window_event_listener(ev::keydown, move |event| {
        if !desk.has_shortcuts.get_untracked() {
            return;
        }
        if let Some(view) = view_of(&event) {
            event.prevent_default();
            let _ = window().location().set_hash(view.hash());
        } else if event.key() == "?" && !is_typing(&event) {
            show(help);
        } else {
            keys::pressed(&event);
        }
    });
    on_cleanup(move || {
        arrived.remove();
        pressed.remove();
    });
    let wanting = Memo::new(move |_| desk.mail.with(Mail::wanting));
    Effect::new(move |_| {
        let name = current.get().name(desk.words());
        document().set_title(&match wanting.get() {
            0 => format!("{name} · Alongside"),
            count => format!("({count}) {name} · Alongside"),
        });
    });
    view! {
        <div class="shell">
            <header>
                <p class="brand">{move || desk.words().app_name}</p>
                <nav aria-label=move || desk.words().nav_label>
                    {View::ALL.map(|view| view! {
                        <a href=view.hash() aria-current=move || (current.get() == view).then_some("page")>
                            {move || view.name(desk.words())}
                            <Show when=move || view == View::Inbox && wanting.get() != 0>
                                <span class="badge">{move || wanting.get()}</span>
                            </Show>
                            <Show when=move || view == View::Cobrowse && desk.shared.with(Shared::is_on)>
                                <span class="dot live" role="img" aria-label=move || desk.cobrowse_words().in_session></span>
                            </Show>
                        </a>
                    })}
                </nav>
                <PresenceSwitch />
                <p class="link"><LinkWord /></p>
                <button type="button" class="help" aria-label=move || desk.words().shortcuts on:click=move |_| show(help)>
                    "?"
                </button>
            </header>
            <Offers />
            <main tabindex="-1" node_ref=main aria-labelledby="view-title">
                <h1 id="view-title">{move || current.get().name(desk.words())}</h1>
                <Notice />
                {move || match current.get() {
                    View::Live => view! { <LiveNow /> }.into_any(),
                    View::Settings => view! { <Settings /> }.into_any(),
                    View::Cobrowse => view! { <Cobrowse /> }.into_any(),
                    View::Inbox => view! { <Inbox /> }.into_any(),
                    View::Journey => view! { <Unbuilt /> }.into_any(),
                }}
            </main>
            <Help node=help />
        </div>
    }
}

#[component]
fn LinkWord() -> impl IntoView {
    let desk = expect_context::<Desk>();
    let class = move || match desk.status.get() {
        LinkStatus::Online => "dot live",
        LinkStatus::Connecting => "dot inactive",
        _ => "dot quiet",
    };
    let word = move || match desk.status.get() {
        LinkStatus::Online => desk.words().online,
        LinkStatus::Connecting | LinkStatus::Stopped => desk.words().connecting,
        LinkStatus::Offline | LinkStatus::Refused(_) => desk.words().offline_short,
    };
    view! { <span class=class aria-hidden="true"></span>{word} }
}

/// What is wrong with the link, and what to do.
#[component]
fn Notice() -> impl IntoView {
    let desk = expect_context::<Desk>();
    let text = Memo::new(move |_| match desk.status.get() {
        LinkStatus::Offline => Some(desk.words().offline.to_owned()),
        // Not at the first connecting: the skeleton says that. While it tries again, the notice stays.
        LinkStatus::Connecting if desk.board.with(Board::is_known) => Some(desk.words().offline.to_owned()),
        LinkStatus::Refused(refusal) => Some(format!("{} {}", desk.words().refused, refusal.reason)),
        _ => None,
    });
    view! {
        <div role="status">
            <Show when=move || text.with(Option::is_some)>
                <div class="notice">
                    <p>{move || text.get()}</p>
                    <button type="button" on:click=move |_| link::retry()>{move || desk.words().try_again}</button>
                </div>
            </Show>
        </div>
    }
}

#[component]
fn Help(node: NodeRef<Dialog>) -> impl IntoView {
    let desk = expect_context::<Desk>();
    view! {
        <dialog node_ref=node aria-labelledby="help-title">
            <h2 id="help-title">{move || desk.words().shortcuts}</h2>
            <dl>
                {View::ALL.into_iter().enumerate().map(|(index, view)| view! {
                    <div>
                        <dt><kbd>"Alt"</kbd>" + "<kbd>{index + 1}</kbd></dt>
                        <dd>{move || view.name(desk.words())}</dd>
                    </div>
                }).collect_view()}
                <div>
                    <dt><kbd>"?"</kbd></dt>
                    <dd>{move || desk.words().show_help}</dd>
                </div>
            </dl>
            <h3>{move || desk.words().inbox}</h3>
            <dl>
                <div>
                    <dt><kbd>"Alt"</kbd>" + "<kbd>"↓"</kbd>" "<kbd>"↑"</kbd></dt>
                    <dd>{move || desk.inbox_words().key_next}</dd>
                </div>
                <div>
                    <dt><kbd>"Enter"</kbd></dt>
                    <dd>{move || desk.inbox_words().key_accept}</dd>
                </div>
                {KEYS.map(|(key, _, name)| view! {
                    <div><dt><kbd>"Alt"</kbd>" + "<kbd>{key}</kbd></dt><dd>{move || name(desk.inbox_words())}</dd></div>
                })}
                <div><dt><kbd>"Ctrl"</kbd>" + "<kbd>"B"</kbd>" "<kbd>"I"</kbd>" "<kbd>"K"</kbd></dt><dd>{move || desk.inbox_words().key_marks}</dd></div>
                <div><dt><kbd>"/"</kbd></dt><dd>{move || desk.inbox_words().key_slash}</dd></div>
            </dl>
            <h3>{move || desk.words().cobrowse}</h3>
            <dl>
                {Tool::ALL.into_iter().filter_map(|tool| Some((tool, tool.key()?))).map(|(tool, key)| view! {
                    <div><dt><kbd>{key}</kbd></dt><dd>{move || desk.cobrowse_words().tool(tool)}</dd></div>
                }).collect_view()}
                <div><dt><kbd>"Esc"</kbd></dt><dd>{move || desk.cobrowse_words().key_leave}</dd></div>
                <div><dt><kbd>"Shift"</kbd>" + "<kbd>"Esc"</kbd></dt><dd>{move || desk.cobrowse_words().key_escape}</dd></div>
            </dl>
            <form method="dialog"><button>{move || desk.words().close}</button></form>
        </dialog>
    }
}

fn show(help: NodeRef<Dialog>) {
    if let Some(help) = help.get_untracked()
        && !help.open()
    {
        let _ = help.show_modal();
    }
}

/// Alt and a digit, by the key's place: with Alt some layouts type other characters.
fn view_of(event: &KeyboardEvent) -> Option<View> {
    if !event.alt_key() || event.ctrl_key() || event.meta_key() {
        return None;
    }
    let digit: usize = event.code().strip_prefix("Digit")?.parse().ok()?;
    View::ALL.get(digit.checked_sub(1)?).copied()
}

/// Whether a key belongs to a field of the desk.
pub fn is_typing(event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    target.is_some_and(|target| matches!(target.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT"))
}
