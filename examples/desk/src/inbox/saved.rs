//! The agent's own replies, and those that all share: added, changed, removed.

use std::collections::BTreeMap;

use leptos::ev;
use leptos::html::Dialog;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::canned::{Canned, List, Lists, Words};
use super::composer::Icon;
use crate::desk::Desk;
use crate::hub;
use crate::words::{InboxWords, Language};

/// Which list, and which of it; `None` for a new one.
type Place = (bool, Option<usize>);

/// What was typed.
#[derive(Clone, Debug, Default, PartialEq)]
struct Typed {
    shortcut: String,
    title: String,
    /// By the tag of the language; empty ones are not kept.
    texts: BTreeMap<String, String>,
    is_shared: bool,
}

fn typed(canned: &Canned, is_shared: bool) -> Typed {
    let texts = match &canned.text {
        Words::One(text) => BTreeMap::from([("en".to_owned(), text.clone())]),
        Words::Each(texts) => texts.clone(),
    };
    Typed { shortcut: canned.shortcut.clone(), title: canned.title.clone(), texts, is_shared }
}

/// A button, and the dialog that it opens.
#[component]
pub fn SavedReplies() -> impl IntoView {
    let desk = expect_context::<Desk>();
    let aid = desk.aid;
    let dialog = NodeRef::<Dialog>::new();
    // What is in it is there only while it is open.
    let is_open = RwSignal::new(false);
    let place = RwSignal::new(None::<Place>);
    let form = RwSignal::new(Typed::default());
    let problem = RwSignal::new(None::<String>);
    // The second press removes it.
    let sure = RwSignal::new(None::<Place>);
    let open = move |_| {
        if let Some(dialog) = dialog.get_untracked().filter(|dialog| !dialog.open()) {
            place.set(None);
            problem.set(None);
            sure.set(None);
            aid.read(desk);
            is_open.set(true);
            // Then the first field is there, and has the keyboard.
            request_animation_frame(move || {
                let _ = dialog.show_modal();
            });
        }
    };
    let close = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    let edit = move |of: Place| {
        problem.set(None);
        sure.set(None);
        form.set(
            aid.replies
                .with_untracked(|lists| match of {
                    (is_shared, Some(at)) => {
                        list(lists, is_shared).replies.get(at).map(|canned| typed(canned, is_shared))
                    }
                    (is_shared, None) => Some(Typed { is_shared, ..Typed::default() }),
                })
                .unwrap_or_default(),
        );
        place.set(Some(of));
    };
    let remove = move |(is_shared, at): Place| {
        if sure.get_untracked() != Some((is_shared, at)) {
            return sure.set(Some((is_shared, at)));
        }
        sure.set(None);
        let mut changed = aid.replies.with_untracked(|lists| list(lists, is_shared).clone());
        if let Some(at) = at.filter(|at| *at < changed.replies.len()) {
            changed.replies.remove(at);
            put(desk, vec![(is_shared, changed)], problem, || {});
        }
    };
    let keep = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let (Some((was_shared, at)), typed) = (place.get_untracked(), form.get_untracked()) else { return };
        let texts: BTreeMap<_, _> = typed.texts.into_iter().filter(|(_, text)| !text.trim().is_empty()).collect();
        let canned = Canned {
            shortcut: typed.shortcut.trim().to_owned(),
            title: typed.title.trim().to_owned(),
            text: Words::Each(texts),
        };
        let mut lists = aid.replies.with_untracked(|lists| [lists.personal.clone(), lists.shared.clone()]);
        let to = usize::from(typed.is_shared);
        match at {
            Some(at) if was_shared == typed.is_shared => {
                if let Some(place) = lists[to].replies.get_mut(at) {
                    *place = canned;
                }
            }
            at => {
                if let Some(at) = at.filter(|at| *at < lists[1 - to].replies.len()) {
                    lists[1 - to].replies.remove(at);
                }
                lists[to].replies.push(canned);
            }
        }
        let has_moved = at.is_some() && was_shared != typed.is_shared;
        let [personal, shared] = lists;
        let mut changed = Vec::new();
        if !typed.is_shared || has_moved {
            changed.push((false, personal));
        }
        if typed.is_shared || has_moved {
            changed.push((true, shared));
        }
        put(desk, changed, problem, move || place.set(None));
    };
    let may_share = move || aid.replies.with(|lists| lists.may_share);
    let group = move |is_shared: bool| {
        let rows = move || {
            aid.replies.with(|lists| list(lists, is_shared).replies.iter().cloned().enumerate().collect::<Vec<_>>())
        };
        let may_edit = move || !is_shared || may_share();
        view! {
            <h3>{move || if is_shared { desk.inbox_words().canned_shared } else { desk.inbox_words().canned_own }}</h3>
            {move || rows().is_empty().then(|| view! { <p class="meta">{desk.inbox_words().canned_none}</p> })}
            <ul>
                <For each=rows key=|(at, canned)| (*at, canned.shortcut.clone(), canned.title.clone()) let:row>
                    {
                        let (at, canned) = row;
                        let (named, named_too) = (canned.title.clone(), canned.title.clone());
                        let is_sure = move || sure.get() == Some((is_shared, Some(at)));
                        view! {
                            <li>
                                <span class="shortcut">"/"{canned.shortcut}</span>
                                <span dir="auto">{canned.title}</span>
                                <Show when=may_edit>
                                    <button type="button" aria-label={ let named = named.clone(); move || format!("{} {named}", desk.inbox_words().change) }
                                        on:click=move |_| edit((is_shared, Some(at)))>{move || desk.inbox_words().change}</button>
                                    <button type="button" class:danger=is_sure
                                        aria-label={ let named = named_too.clone(); move || format!("{} {named}", if is_sure() { desk.inbox_words().really_remove } else { desk.inbox_words().discard }) }
                                        on:click=move |_| remove((is_shared, Some(at)))>
                                        {move || if is_sure() { desk.inbox_words().really_remove } else { desk.inbox_words().discard }}
                                    </button>
                                </Show>
                            </li>
                        }
                    }
                </For>
            </ul>
            <Show when=may_edit>
                <button type="button" on:click=move |_| edit((is_shared, None))>
                    {move || if is_shared { desk.inbox_words().add_shared } else { desk.inbox_words().add_own }}
                </button>
            </Show>
        }
    };
    view! {
        <button type="button" class="plain-tool" aria-haspopup="dialog" on:click=open
            aria-label=move || desk.inbox_words().canned_manage title=move || desk.inbox_words().canned_manage><Icon path=PEN /></button>
        <dialog class="builder saved" node_ref=dialog on:close=move |_| is_open.set(false) aria-label=move || desk.inbox_words().canned_manage>
            <Show when=move || is_open.get()>
            <h2>{move || desk.inbox_words().canned_manage}</h2>
            <p class="error" role="alert">{move || problem.get()}</p>
            <Show
                when=move || place.with(Option::is_some)
                fallback=move || view! {
                    {group(false)}
                    {group(true)}
                    <div class="buttons"><button type="button" on:click=move |_| close()>{move || desk.words().close}</button></div>
                }
            >
                <form on:submit=keep>
                    <label class="field">
                        <span>{move || desk.inbox_words().canned_shortcut}</span>
                        <input type="text" required maxlength="32" dir="auto" autocapitalize="none" prop:value=move || form.with(|form| form.shortcut.clone())
                            on:input=move |event| form.update(|form| form.shortcut = event_target_value(&event).trim_start_matches('/').to_owned()) />
                    </label>
                    <label class="field">
                        <span>{move || desk.inbox_words().canned_title}</span>
                        <input type="text" required maxlength="128" dir="auto" prop:value=move || form.with(|form| form.title.clone())
                            on:input=move |event| form.update(|form| form.title = event_target_value(&event)) />
                    </label>
                    <p class="meta" id="canned-hint">{move || desk.inbox_words().canned_hint}</p>
                    {Language::ALL.map(|language| view! {
                        <label class="field">
                            <span lang=language.tag()>{language.name()}</span>
                            <textarea rows="3" dir="auto" aria-describedby="canned-hint"
                                prop:value=move || form.with(|form| form.texts.get(language.tag()).cloned().unwrap_or_default())
                                on:input=move |event| form.update(|form| { form.texts.insert(language.tag().to_owned(), event_target_value(&event)); })></textarea>
                        </label>
                    })}
                    <Show when=may_share>
                        <label class="check">
                            <input type="checkbox" prop:checked=move || form.with(|form| form.is_shared)
                                on:change=move |event| form.update(|form| form.is_shared = event_target_checked(&event)) />
                            {move || desk.inbox_words().canned_share}
                        </label>
                    </Show>
                    <div class="buttons">
                        <button type="submit" class="primary">{move || desk.inbox_words().keep}</button>
                        <button type="button" on:click=move |_| { problem.set(None); place.set(None); }>{move || desk.inbox_words().cancel}</button>
                    </div>
                </form>
            </Show>
            </Show>
        </dialog>
    }
}

const fn list(lists: &Lists, is_shared: bool) -> &List {
    if is_shared { &lists.shared } else { &lists.personal }
}

/// Tells the hub, and shows what it has then.
fn put(desk: Desk, changed: Vec<(bool, List)>, problem: RwSignal<Option<String>>, kept: impl FnOnce() + 'static) {
    let Some(token) = desk.token() else { return };
    let named = changed.into_iter().map(|(is_shared, list)| (if is_shared { "shared" } else { "personal" }, list));
    let body = serde_json::to_string(&named.collect::<BTreeMap<_, _>>()).unwrap_or_default();
    spawn_local(async move {
        let answer = hub::write::<Lists>(&token, "/api/replies", &body).await;
        let words: &InboxWords = desk.language.get_untracked().inbox();
        let (lists, why) = match answer {
            Ok((200, lists)) => (lists, None),
            Ok((409, lists)) => (lists, Some(words.canned_conflict)),
            Ok((400, _)) => (None, Some(words.canned_bad)),
            Ok((403, _)) => (None, Some(words.canned_not_permitted)),
            _ => (None, Some(words.busy)),
        };
        if let Some(lists) = lists {
            desk.aid.replies.set(lists);
        }
        problem.set(why.map(str::to_owned));
        if why.is_none() {
            kept();
        }
    });
}

const PEN: &str = "M4 16l.8-3.4L13 4.4l2.6 2.6-8.2 8.2ZM11.5 6l2.5 2.5";
