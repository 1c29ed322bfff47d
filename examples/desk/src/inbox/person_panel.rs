//! Who the agent talks to: what he said of himself, where he is now, what he did, what was said before.

use alongside::protocol::VisitorId;
use alongside::protocol::conversation::Row;
use alongside::time::Timestamp;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::list::{moment, who};
use super::person::{Earlier, Happened, Part, Person, Visit};
use super::view::address;
use crate::desk::Desk;
use crate::hub::{self, HubError};
use crate::table::path;

/// How far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    Begun,
    Done,
    /// This agent may not see what visitors do.
    NotPermitted,
    Failed,
}

/// What the composer knows of him too.
#[derive(Clone, Copy)]
pub struct Known {
    /// Who he is.
    pub person: RwSignal<Person>,
}

/// Reads who the visitor is, again where something that it says has changed.
pub fn read_person(desk: Desk, row: Memo<Option<Row>>, known: Known) {
    let of =
        Memo::new(move |_| row.with(|row| row.as_ref().map(|row| (row.visitor, row.stage, row.wrap_until.is_some()))));
    Effect::new(move |_| {
        let (Some((visitor, ..)), Some(token)) = (of.get(), desk.token()) else { return };
        spawn_local(async move {
            let read = hub::read::<Person>(&token, &format!("/v1/visitors/{visitor}")).await;
            // Another one may be open by now.
            let is_same = of.try_get_untracked().flatten().is_some_and(|(now, ..)| now == visitor);
            if let Ok(person) = read
                && is_same
            {
                known.person.try_set(person);
            }
        });
    });
}

/// The panel.
#[component]
pub fn PersonPanel(row: Memo<Option<Row>>, known: Known, close: Callback<()>) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let visitor = Memo::new(move |_| row.with(|row| row.as_ref().map(|row| row.visitor)));
    let conversation = Memo::new(move |_| row.with(|row| row.as_ref().map(|row| row.conversation.to_string())));
    // What he views now; each page is news.
    let live = Memo::new(move |_| {
        let visitor = visitor.get()?;
        desk.board.with(|board| {
            board
                .of_visitor(visitor)
                .map(|visit| (visit.title.as_str().to_owned(), visit.url.as_str().to_owned(), visit.page_views))
        })
    });
    let (journey, reading) = (RwSignal::new(Part::default()), RwSignal::new(Reading::Begun));
    let read = move |visitor: VisitorId, before: Option<i64>| {
        let Some(token) = desk.token() else { return };
        reading.set(Reading::Begun);
        spawn_local(async move {
            let before_word = before.map(|before| format!("?before={before}")).unwrap_or_default();
            let read = hub::read::<Part>(&token, &format!("/v1/visitors/{visitor}/journey{before_word}")).await;
            if self::is_other(row, visitor) {
                return;
            }
            let (part, how) = match read {
                Ok(part) => (Some(part), Reading::Done),
                Err(HubError::NotPermitted) => (None, Reading::NotPermitted),
                Err(_) => (None, Reading::Failed),
            };
            match (part, before) {
                (Some(part), Some(_)) => {
                    journey.try_update(|journey| journey.extend(part));
                }
                (Some(part), None) => {
                    journey.try_set(part);
                }
                (None, _) => {}
            }
            reading.try_set(how);
        });
    };
    let views = Memo::new(move |_| live.with(|live| live.as_ref().map(|(_, url, views)| (url.clone(), *views))));
    Effect::new(move |before: Option<Option<VisitorId>>| {
        views.track();
        let now = visitor.get();
        if before.flatten() != now {
            journey.set(Part::default());
        }
        if let Some(visitor) = now {
            read(visitor, None);
        }
        now
    });
    let again = move |_| {
        if let Some(visitor) = visitor.get_untracked() {
            read(visitor, None);
        }
    };
    let more = move |_| {
        if let (Some(visitor), Some(next)) = (visitor.get_untracked(), journey.with_untracked(|journey| journey.next)) {
            read(visitor, Some(next));
        }
    };
    let others = Memo::new(move |_| {
        let own = conversation.get();
        known.person.with(|person| {
            person
                .conversations
                .iter()
                .filter(|earlier| Some(&earlier.conversation) != own.as_ref())
                .cloned()
                .collect::<Vec<_>>()
        })
    });
    let name = move || {
        let said = known.person.with(|person| person.name().map(str::to_owned));
        said.or_else(|| row.with(|row| row.as_ref().map(|row| who(row, desk.inbox_words()))))
    };
    let is_there = Memo::new(move |_| row.with(|row| row.as_ref().is_some_and(|row| row.is_there)));
    view! {
        <aside class="person" aria-label=move || desk.inbox_words().person tabindex="-1">
            <header>
                <h2 dir="auto">
                    {name}
                </h2>
                <button type="button" class="plain" aria-label=move || desk.words().close on:click=move |_| close.run(())>"×"</button>
            </header>
            <p class="now">
                <span class=move || if is_there.get() { "dot live" } else { "dot inactive" } aria-hidden="true"></span>
                {move || if is_there.get() { desk.inbox_words().there } else { desk.inbox_words().not_there }}
            </p>
            {move || live.get().map(|(title, url, _)| view! {
                <p class="page"><span dir="auto">{title}</span><span class="meta" dir="ltr">{path(&url).to_owned()}</span></p>
            })}
            <dl>
                {move || known.person.with(|person| person.language.clone()).map(|tag| view! {
                    <div><dt>{move || desk.words().language}</dt><dd>{tag}</dd></div>
                })}
                {move || known.person.with(|person| person.collected().to_vec()).into_iter().map(|collected| view! {
                    <div><dt dir="auto">{collected.name}</dt><dd dir="auto">{collected.value}</dd></div>
                }).collect_view()}
            </dl>
            <h3>{move || desk.inbox_words().journey}</h3>
            <div class="visits">
                <For each=move || journey.with(|journey| journey.visits.clone())
                    key=|visit| (visit.visit.clone(), visit.events.len(), visit.last_activity) let:visit>
                    <VisitView visit />
                </For>
            </div>
            {move || match reading.get() {
                Reading::Begun if journey.with(|journey| journey.visits.is_empty()) =>
                    view! { <div class="skeleton" role="img" aria-label=move || desk.words().loading><div></div></div> }.into_any(),
                Reading::NotPermitted => view! { <p class="meta">{move || desk.inbox_words().journey_not_permitted}</p> }.into_any(),
                Reading::Failed => view! {
                    <p class="error" role="alert">{move || desk.inbox_words().journey_failed}</p>
                    <button type="button" on:click=again>{move || desk.words().try_again}</button>
                }.into_any(),
                Reading::Done if journey.with(|journey| journey.visits.is_empty()) =>
                    view! { <p class="meta">{move || desk.inbox_words().journey_none}</p> }.into_any(),
                _ => ().into_any(),
            }}
            <Show when=move || journey.with(|journey| journey.next.is_some())>
                <button type="button" on:click=more>{move || desk.inbox_words().journey_more}</button>
            </Show>
            <h3>{move || desk.inbox_words().before_this}</h3>
            {move || others.with(Vec::is_empty).then(|| view! { <p class="meta">{desk.inbox_words().first_time}</p> })}
            <ul class="before">
                <For each=move || others.get() key=|earlier| (earlier.conversation.clone(), earlier.code.clone()) let:earlier>
                    <EarlierView earlier />
                </For>
            </ul>
        </aside>
    }
}

fn is_other(row: Memo<Option<Row>>, visitor: VisitorId) -> bool {
    row.try_get_untracked().flatten().is_none_or(|row| row.visitor != visitor)
}

#[component]
fn VisitView(visit: Visit) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let Visit { started, page_views, events, .. } = visit;
    let at = move |millis: u64| moment(Timestamp::from_millis(millis), desk.now.get(), desk.language.get());
    let line = move |happened: Happened| {
        let what = match happened {
            Happened { title: Some(title), url, .. } => {
                let url = url.unwrap_or_default();
                let place = path(&url).to_owned();
                let named = if title.is_empty() { place.clone() } else { title };
                view! { <span dir="auto" title=place>{named}</span> }.into_any()
            }
            Happened { search: Some(term), .. } => {
                view! { <span>{move || desk.inbox_words().searched}" "<q dir="auto">{term}</q></span> }.into_any()
            }
            Happened { event, .. } => {
                view! { <span><code dir="auto">{event.unwrap_or_default()}</code></span> }.into_any()
            }
        };
        view! { <li><time class="meta">{move || at(happened.at)}</time>{what}</li> }
    };
    view! {
        <details open>
            <summary>
                <time>{move || at(started)}</time>
                <span class="meta">{move || format!("{}: {page_views}", desk.inbox_words().pages)}</span>
            </summary>
            <ol>{events.into_iter().map(line).collect_view()}</ol>
        </details>
    }
}

#[component]
fn EarlierView(earlier: Earlier) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let Earlier { conversation, began, agent, excerpt, code, code_name, .. } = earlier;
    let link = conversation.parse().ok().map(address);
    let name = move || {
        let code = code.clone()?;
        let before = code_name.clone().unwrap_or_default();
        Some(desk.aid.codes.with(|codes| codes.name(&code, &before, desk.language.get().tag()).to_owned()))
    };
    let began = move || moment(Timestamp::from_millis(began), desk.now.get(), desk.language.get());
    view! {
        <li>
            <a href=link>
                <span class="meta"><time>{began}</time>" "<span dir="auto">{agent}</span></span>
                <span class="excerpt" dir="auto">{excerpt}</span>
                {move || name().map(|name| view! { <span class="chip" dir="auto">{name}</span> })}
            </a>
        </li>
    }
}
