//! Live Now: everybody on the site.

use std::sync::Arc;
use std::time::Duration;

use alongside::journey::Status;
use alongside::link::LinkStatus;
use alongside::protocol::LiveVisit;
use alongside::time::Timestamp;
use js_sys::{Date, Object, Reflect};
use leptos::ev;
use leptos::html::Div;
use leptos::prelude::*;

use crate::board::Board;
use crate::cobrowse;
use crate::desk::Desk;
use crate::empty::Empty;
use crate::identity::{self, Shield};
use crate::table::{self, Column, Device, Direction, Order, Rows};
use crate::words::{Language, Words};

/// A visit that began less than this ago is marked as new.
const NEW_FOR: Duration = Duration::from_secs(3);

/// Height of a row in CSS pixels, as in the style sheet: in a table, and as a card.
const ROW: f64 = 56.0;
const CARD: f64 = 148.0;

/// Below this width of the window, rows are cards; as in the style sheet.
const CARDS_BELOW: f64 = 720.0;

/// The view: counts, filter, table.
#[component]
pub fn LiveNow() -> impl IntoView {
    let desk = expect_context::<Desk>();
    let filter = RwSignal::new(String::new());
    let order = RwSignal::new(Order::NEWEST_FIRST);
    let rows = Memo::new(move |_| {
        let (text, order) = (filter.with(|text| text.trim().to_lowercase()), order.get());
        desk.board.with(|board| Rows::new(board.visits(), &text, order, desk.now.get_untracked()))
    });
    let is_known = Memo::new(move |_| desk.board.with(Board::is_known));
    let is_refused = Memo::new(move |_| desk.status.with(|status| matches!(status, LinkStatus::Refused(_))));
    let is_empty = Memo::new(move |_| desk.board.with(|board| board.visits().is_empty()));
    let has_match = Memo::new(move |_| rows.with(|rows| rows.count() > 0));
    view! {
        <Counts />
        <div class="tools">
            <input
                type="search"
                class="filter"
                autocomplete="off"
                aria-label=move || desk.words().filter
                placeholder=move || desk.words().filter
                prop:value=move || filter.get()
                on:input=move |event| filter.set(event_target_value(&event))
            />
            <SortBox order />
        </div>
        {move || match (is_known.get(), is_empty.get(), has_match.get()) {
            // Nothing is on its way; the notice says so.
            (false, ..) if is_refused.get() => ().into_any(),
            (false, ..) => view! { <Skeleton /> }.into_any(),
            (true, true, _) => view! {
                <Empty
                    title=Signal::derive(move || desk.words().nobody)
                    hint=Signal::derive(move || desk.words().nobody_hint)
                />
            }.into_any(),
            (true, false, false) => view! {
                <div class="empty">
                    <h2>{move || desk.words().no_match}</h2>
                    <button type="button" on:click=move |_| filter.set(String::new())>
                        {move || desk.words().clear_filter}
                    </button>
                </div>
            }.into_any(),
            (true, false, true) => view! { <Table rows order /> }.into_any(),
        }}
    }
}

#[component]
fn Counts() -> impl IntoView {
    let desk = expect_context::<Desk>();
    let counts = Memo::new(move |_| {
        let now = desk.now.get();
        desk.board.with(|board| board.is_known().then(|| board.counts(now)))
    });
    view! {
        <dl class="counts">
            {[Status::Live, Status::Quiet, Status::Inactive].map(|status| view! {
                <div>
                    <dt><span class=dot(status) aria-hidden="true"></span>{move || status_word(status, desk.words())}</dt>
                    <dd>{move || counts.get().map_or("–".to_owned(), |counts| counts[status as usize].to_string())}</dd>
                </div>
            })}
        </dl>
    }
}

/// Stands for the table's head where rows are cards.
#[component]
fn SortBox(order: RwSignal<Order>) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let choose = move |event: ev::Event| {
        let chosen = event_target_value(&event).parse().ok().and_then(|index: usize| Column::ALL.get(index).copied());
        if let Some(column) = chosen {
            order.set(Order { column, direction: column.first_direction() });
        }
    };
    view! {
        <label class="sort">
            <span>{move || desk.words().sort_by}</span>
            <select on:change=choose>
                {Column::ALL.into_iter().enumerate().map(|(index, column)| view! {
                    <option value=index.to_string() selected=move || order.get().column == column>
                        {move || column_word(column, desk.words())}
                    </option>
                }).collect_view()}
            </select>
        </label>
    }
}

#[component]
fn Skeleton() -> impl IntoView {
    let desk = expect_context::<Desk>();
    view! {
        <div class="skeleton" role="img" aria-label=move || desk.words().loading>
            {[(); 5].map(|()| view! { <div></div> })}
        </div>
    }
}

/// Draws the rows that are in the window and a few around it.
#[component]
fn Table(rows: Memo<Rows>, order: RwSignal<Order>) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let scroller = NodeRef::<Div>::new();
    let (top, high) = (RwSignal::new(0.0), RwSignal::new(window_height()));
    let height = RwSignal::new(row_height());
    let measure = move || {
        height.set(row_height());
        // The window's height: the list is never higher, and grows unnoticed when rows come.
        high.set(window_height());
        if let Some(scroller) = scroller.get_untracked() {
            top.set(f64::from(scroller.scroll_top()));
        }
    };
    let resized = window_event_listener(ev::resize, move |_| measure());
    on_cleanup(move || resized.remove());
    Effect::new(move |_| {
        if scroller.get().is_some() {
            measure();
        }
    });
    let count = Memo::new(move |_| rows.with(Rows::count));
    let window = Memo::new(move |_| table::visible(count.get(), height.get(), top.get(), high.get()));
    let drawn = move || rows.with(|rows| rows.part(window.get()));
    view! {
        <div
            class="scroller"
            tabindex="0"
            role="region"
            aria-label=move || desk.words().table_label
            node_ref=scroller
            on:scroll=move |_| measure()
        >
            <div
                class="table"
                role="table"
                aria-label=move || desk.words().live_now
                aria-rowcount=move || (count.get() + 1).to_string()
            >
                <div role="rowgroup" class="head">
                    <div role="row" class="row" aria-rowindex="1">
                        {Column::ALL.map(|column| view! { <Head column order /> })}
                    </div>
                </div>
                <div
                    role="rowgroup"
                    class="body"
                    style:height=move || format!("{}px", count.get() as f64 * height.get())
                >
                    <div
                        role="presentation"
                        class="window"
                        style:transform=move || format!("translateY({}px)", window.get().start as f64 * height.get())
                    >
                        <ForEnumerate
                            each=drawn
                            key=|visit| visit.visit
                            children=move |index, visit| {
                                let place = Signal::derive(move || window.get().start + index.get() + 2);
                                view! { <Row visit place /> }
                            }
                        />
                    </div>
                </div>
            </div>
        </div>
    }
}

#[component]
fn Head(column: Column, order: RwSignal<Order>) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let sorted = move || {
        let order = order.get();
        (order.column == column).then_some(match order.direction {
            Direction::Ascending => "ascending",
            Direction::Descending => "descending",
        })
    };
    view! {
        <div role="columnheader" class=cell(column) aria-sort=sorted>
            <button type="button" on:click=move |_| order.update(|order| *order = order.choose(column))>
                {move || column_word(column, desk.words())}
            </button>
        </div>
    }
}

#[component]
fn Row(visit: Arc<LiveVisit>, place: Signal<usize>) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let id = visit.visit;
    // The row stays while its visit changes; one that just left keeps what it showed until it is taken away.
    let visit = Memo::new(move |last: Option<&Arc<LiveVisit>>| {
        let current = desk.board.with(|board| board.visit(id).cloned());
        current.or_else(|| last.cloned()).unwrap_or_else(|| Arc::clone(&visit))
    });
    let status = Memo::new(move |_| visit.with(|visit| Status::at(desk.now.get(), visit.last_activity)));
    let is_new = Memo::new(move |_| visit.with(|visit| desk.now.get().since(visit.started) < NEW_FOR));
    let time = move || visit.with(|visit| table::clock(table::time_on_site(visit, desk.now.get())));
    let title = move || {
        let title = visit.with(|visit| visit.title.trim().to_owned());
        if title.is_empty() { desk.words().untitled.to_owned() } else { title }
    };
    let device = move || {
        let words = desk.words();
        visit.with(|visit| visit.width).map_or(words.unknown, |width| match Device::of_width(width) {
            Device::Phone => words.phone,
            Device::Tablet => words.tablet,
            Device::Desktop => words.desktop,
        })
    };
    let name = move || visit.with(|visit| visit.identity.as_ref().map(|known| identity::name(known).to_owned()));
    let search = move || visit.with(|visit| visit.search.as_deref().map(str::to_owned));
    view! {
        <div role="row" class="row" class:new=move || is_new.get() aria-rowindex=move || place.get().to_string()>
            <div role="cell" class=cell(Column::Status)>
                <span class=move || dot(status.get()) aria-hidden="true"></span>
                {move || status_word(status.get(), desk.words())}
            </div>
            <div role="cell" class=cell(Column::Visitor)>
                <span class="known">
                    <Shield identity=Signal::derive(move || visit.with(|visit| visit.identity.clone())) />
                    <span title=name>{move || name().unwrap_or_else(|| desk.words().unknown.to_owned())}</span>
                </span>
                <span class="meta id">{move || visit.with(|visit| table::short(visit.visitor))}</span>
                <a class="badge share" href=cobrowse::address_of(id)>
                    {move || {
                        let words = desk.cobrowse_words();
                        if visit.with(|visit| visit.session.is_some()) { words.in_session } else { words.offer_short }
                    }}
                </a>
                <Show when=move || visit.with(|visit| visit.is_automated)>
                    <span class="badge">{move || desk.words().automated}</span>
                </Show>
            </div>
            <div role="cell" class=cell(Column::Page) title=move || visit.with(|visit| visit.url.as_str().to_owned())>
                <span class="title">{title}</span>
                <span class="meta path">{move || visit.with(|visit| table::path(&visit.url).to_owned())}</span>
            </div>
            <div role="cell" class=cell(Column::PageViews)>
                <span class="label">{move || desk.words().page_views}" "</span>
                {move || visit.with(|visit| visit.page_views)}
            </div>
            <div role="cell" class=cell(Column::Arrived)>
                <span class="label">{move || desk.words().arrived}" "</span>
                {move || time_of_day(visit.with(|visit| visit.started), desk.language.get())}
            </div>
            <div role="cell" class=cell(Column::TimeOnSite)>
                <span class="label">{move || desk.words().time_on_site}" "</span>
                {time}
            </div>
            <div role="cell" class=cell(Column::Search) title=search>
                <span class="label">{move || desk.words().last_search}" "</span>
                {move || search().map_or_else(
                    || view! { <span class="meta">{desk.words().none}</span> }.into_any(),
                    |term| view! { <span>{term}</span> }.into_any(),
                )}
            </div>
            <div role="cell" class=cell(Column::Device)>{device}</div>
        </div>
    }
}

fn row_height() -> f64 {
    let width = window().inner_width().ok().and_then(|width| width.as_f64());
    if width.is_some_and(|width| width < CARDS_BELOW) { CARD } else { ROW }
}

fn window_height() -> f64 {
    window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default()
}

/// Hours and minutes, as people of the language write them.
fn time_of_day(at: Timestamp, language: Language) -> String {
    let options = Object::new();
    for (name, style) in [("hour", "numeric"), ("minute", "2-digit")] {
        // Setting a field of a new object cannot fail.
        let _ = Reflect::set(&options, &name.into(), &style.into());
    }
    let date = Date::new(&(at.as_millis() as f64).into());
    date.to_locale_time_string_with_options(language.tag(), &options).into()
}

const fn dot(status: Status) -> &'static str {
    match status {
        Status::Live => "dot live",
        Status::Quiet => "dot quiet",
        Status::Inactive => "dot inactive",
    }
}

const fn status_word(status: Status, words: &Words) -> &'static str {
    match status {
        Status::Live => words.live,
        Status::Quiet => words.quiet,
        Status::Inactive => words.inactive,
    }
}

const fn column_word(column: Column, words: &Words) -> &'static str {
    match column {
        Column::Status => words.status,
        Column::Visitor => words.visitor,
        Column::Page => words.page,
        Column::PageViews => words.page_views,
        Column::Arrived => words.arrived,
        Column::TimeOnSite => words.time_on_site,
        Column::Search => words.last_search,
        Column::Device => words.device,
    }
}

const fn cell(column: Column) -> &'static str {
    match column {
        Column::Status => "cell status",
        Column::Visitor => "cell visitor",
        Column::Page => "cell page",
        Column::PageViews => "cell views",
        Column::Arrived => "cell arrived",
        Column::TimeOnSite => "cell time",
        Column::Search => "cell search",
        Column::Device => "cell device",
    }
}
