//! The list of conversations, in groups.

use alongside::protocol::ConversationId;
use alongside::protocol::conversation::{Author, Row};
use alongside::time::Timestamp;
use js_sys::Date;
use leptos::prelude::*;

use super::mail::Group;
use super::view::address;
use crate::desk::Desk;
use crate::identity::{self, Shield};
use crate::table::short;
use crate::words::Language;

/// Most rows of a group that are drawn.
const DRAWN: usize = 200;

/// All groups that have something in them.
#[component]
pub fn List() -> impl IntoView {
    let desk = expect_context::<Desk>();
    let groups = Group::ALL.map(|group| {
        let count = Memo::new(move |_| desk.mail.with(|mail| mail.group(group).count()));
        let rows = move || desk.mail.with(|mail| mail.group(group).take(DRAWN).cloned().collect::<Vec<_>>());
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
    view! { <nav class="list" aria-label=move || desk.inbox_words().list>{groups}</nav> }
}

/// What a row is drawn anew for.
fn key(row: &Row) -> (ConversationId, u64, bool, bool, Option<u64>) {
    let until = row.identity.as_ref().map(|known| known.until.as_millis());
    (row.conversation, row.version, row.is_there, row.is_own, until)
}

#[component]
fn Conversation(row: Row) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let (id, unread, is_there, last_at) = (row.conversation, row.unread, row.is_there, row.last_at);
    let visitor = row.visitor;
    let known = Memo::new({
        let row = row.clone();
        move |_| identity::of_row(desk, &row)
    });
    let is_answered = row.last_author != Author::Visitor;
    view! {
        <a href=address(id) aria-current=move || (desk.chosen.get() == Some(id)).then_some("true")>
            <span class="name">
                <span class=if is_there { "dot live" } else { "dot inactive" } role="img"
                    aria-label=move || if is_there { desk.inbox_words().there } else { desk.inbox_words().not_there }></span>
                {move || match known.get() {
                    Some(known) => identity::name(&known).to_owned(),
                    None => format!("{} {}", desk.inbox_words().visitor, short(visitor)),
                }}
                <Shield identity=known />
            </span>
            <time class="meta">{move || moment(last_at, desk.now.get(), desk.language.get())}</time>
            <span class="excerpt meta" dir="auto">
                {is_answered.then(|| view! { <span aria-hidden="true">"↩ "</span> })}
                {row.excerpt}
            </span>
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
