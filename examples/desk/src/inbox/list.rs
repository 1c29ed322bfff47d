//! The list of conversations, in groups.

use alongside::protocol::ConversationId;
use alongside::protocol::conversation::{Author, Row};
use alongside::time::Timestamp;
use js_sys::Date;
use leptos::prelude::*;

use super::aid::Filter;
use super::mail::{Group, is_match};
use super::view::address;
use crate::desk::Desk;
use crate::identity::{self, Shield};
use crate::table::short;
use crate::words::{InboxWords, Language};

/// Most rows of a group that are drawn.
const DRAWN: usize = 200;

/// All groups that have something in them.
#[component]
pub fn List() -> impl IntoView {
    let desk = expect_context::<Desk>();
    let aid = desk.aid;
    let mut counts = Vec::new();
    let groups = Group::ALL.map(|group| {
        let is_wanted = move || match aid.filter.get() {
            Filter::All => true,
            Filter::Own => group == Group::Own,
            Filter::Waiting => group == Group::Waiting,
        };
        let text = move || aid.search.with(|search| search.trim().to_lowercase());
        let count = Memo::new(move |_| {
            let text = text();
            desk.mail
                .with(|mail| mail.group(group).filter(|row| is_match(row, &text)).count() * usize::from(is_wanted()))
        });
        let rows = move || {
            let text = text();
            desk.mail.with(|mail| {
                mail.group(group).filter(|row| is_match(row, &text)).take(DRAWN).cloned().collect::<Vec<_>>()
            })
        };
        counts.push(count);
        let name = move || {
            let words = desk.inbox_words();
            match group {
                Group::Own => words.own,
                Group::Waiting => words.waiting,
                Group::Others => words.others,
                Group::Ended => words.ended,
            }
        };
        view! {
            <Show when=move || { count.get() > 0 }>
                <h2 class="meta">{name}" "<span class="count">{move || count.get()}</span></h2>
                <ul>
                    <For each=rows key=key let:row>
                        <li><Conversation row /></li>
                    </For>
                </ul>
            </Show>
        }
    });
    let is_empty = Memo::new(move |_| counts.iter().all(|count| count.get() == 0));
    let name_of = |filter, words: &InboxWords| match filter {
        Filter::All => words.filter_all,
        Filter::Own => words.own,
        Filter::Waiting => words.waiting,
    };
    view! {
        <nav class="list" aria-label=move || desk.inbox_words().list>
            <div class="find">
                <input type="search" data-key="search" aria-label=move || desk.inbox_words().search
                    placeholder=move || desk.inbox_words().search prop:value=move || aid.search.get()
                    on:input=move |event| aid.search.set(event_target_value(&event)) />
                <div class="filters" role="group" aria-label=move || desk.inbox_words().filter>
                    {Filter::ALL.map(|filter| view! {
                        <button type="button" aria-pressed=move || (aid.filter.get() == filter).to_string()
                            on:click=move |_| aid.filter.set(filter)>{move || name_of(filter, desk.inbox_words())}</button>
                    })}
                </div>
            </div>
            {groups}
            <p class="meta" role="status">{move || is_empty.get().then(|| desk.inbox_words().nothing_found)}</p>
        </nav>
    }
}

/// What a row is drawn anew for.
fn key(row: &Row) -> (ConversationId, u64, bool, bool, Option<u64>, Option<Timestamp>) {
    let until = row.identity.as_ref().map(|known| known.until.as_millis());
    (row.conversation, row.version, row.is_there, row.is_own, until, row.wrap_until)
}

#[component]
fn Conversation(row: Row) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let (id, unread, is_there, last_at) = (row.conversation, row.unread, row.is_there, row.last_at);
    let known = Memo::new({
        let row = row.clone();
        move |_| identity::of_row(desk, &row)
    });
    let is_wrapping = row.wrap_until.is_some();
    let is_answered = row.last_author != Author::Visitor;
    view! {
        <a href=address(id) aria-current=move || (desk.chosen.get() == Some(id)).then_some("true")>
            <span class="name">
                <span class=if is_there { "dot live" } else { "dot inactive" } role="img"
                    aria-label=move || if is_there { desk.inbox_words().there } else { desk.inbox_words().not_there }></span>
                <bdi>{
                    let row = row.clone();
                    move || known.get().map_or_else(|| who(&row, desk.inbox_words()), |known| identity::name(&known).to_owned())
                }</bdi>
                <Shield identity=known />
                {row.channel.clone().map(|channel| view! { <span class="chip" dir="auto">{channel}</span> })}
            </span>
            <time class="meta">{move || moment(last_at, desk.now.get(), desk.language.get())}</time>
            <span class="excerpt meta" dir="auto">
                {is_answered.then(|| view! { <span aria-hidden="true">"↩ "</span> })}
                {row.excerpt.clone()}
            </span>
            {is_wrapping.then(|| view! { <span class="chip">{move || desk.inbox_words().wrap}</span> })}
            {(unread > 0).then(|| view! {
                <span class="badge" aria-label=move || format!("{unread} {}", desk.inbox_words().unread)>{unread}</span>
            })}
        </a>
    }
}

/// The time of a moment of today, the day of an earlier one.
pub fn moment(at: Timestamp, now: Timestamp, language: Language) -> String {
    let date = |at: Timestamp| Date::new(&(at.as_millis() as f64).into());
    let (then, today) = (date(at), date(now));
    let is_today = then.to_date_string() == today.to_date_string();
    let text = match is_today {
        true => then.to_locale_time_string(language.tag()),
        false => then.to_locale_date_string(language.tag(), &wasm_bindgen::JsValue::UNDEFINED),
    };
    let text: String = text.into();
    // Seconds are of no use here: 10:41:02 is 10:41.
    match (is_today, text.rfind(':').filter(|_| text.matches(':').count() == 2)) {
        (true, Some(seconds)) => text[..seconds].to_owned() + text.get(seconds + 3..).unwrap_or_default(),
        _ => text,
    }
}

/// As the customer's site calls the visitor; else as he calls himself, which nobody has verified; else enough of his id.
pub fn who(row: &Row, words: &InboxWords) -> String {
    let known = row.identity.as_ref().map(|known| identity::name(known).to_owned());
    known.or_else(|| row.name.clone()).unwrap_or_else(|| format!("{} {}", words.visitor, short(row.visitor)))
}

/// The day of a moment, in words.
pub fn day(at: Timestamp, language: Language) -> String {
    let options = js_sys::Object::new();
    for (name, value) in [("weekday", "long"), ("day", "numeric"), ("month", "long"), ("year", "numeric")] {
        // A plain object takes all.
        let _ = js_sys::Reflect::set(&options, &name.into(), &value.into());
    }
    Date::new(&(at.as_millis() as f64).into()).to_locale_date_string(language.tag(), &options).into()
}
