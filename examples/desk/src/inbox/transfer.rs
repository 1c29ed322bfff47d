//! Where a conversation can be passed on to.

use alongside::protocol::ConversationId;
use alongside::protocol::conversation::{Colleague, Presence};
use leptos::ev;
use leptos::html::Details;
use leptos::prelude::*;

use crate::desk::Desk;
use crate::link;
use crate::words::InboxWords;

/// A menu of colleagues and queues.
#[component]
pub fn TransferMenu(conversation: ConversationId) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let menu = NodeRef::<Details>::new();
    let close = move || {
        if let Some(menu) = menu.get_untracked() {
            menu.set_open(false);
        }
    };
    let pressed = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" {
            close();
        }
    };
    let floor = Memo::new(move |_| desk.mail.with(|mail| mail.floor.clone()));
    let colleagues =
        move || floor.with(|floor| floor.as_ref().map(|floor| floor.colleagues.clone())).unwrap_or_default();
    let queues = move || floor.with(|floor| floor.as_ref().map(|floor| floor.queues.clone())).unwrap_or_default();
    view! {
        <details class="menu" node_ref=menu on:keydown=pressed>
            <summary class="button" data-key="transfer">{move || desk.inbox_words().transfer}</summary>
            <div class="card">
                <h3 class="meta">{move || desk.inbox_words().colleagues}</h3>
                {move || colleagues().is_empty().then(|| view! { <p class="meta">{desk.inbox_words().nobody_else}</p> })}
                <ul>
                    <For each=colleagues key=|colleague| (colleague.id.clone(), colleague.presence, colleague.load) let:colleague>
                        <li><ColleagueButton conversation colleague /></li>
                    </For>
                </ul>
                <h3 class="meta">{move || desk.inbox_words().queues}</h3>
                <ul>
                    <For each=queues key=|queue| (queue.id.clone(), queue.name.clone()) let:queue>
                        <li>
                            <button type="button" on:click=move |_| {
                                link::inbox(|inbox| inbox.transfer_to_queue(conversation, &queue.id));
                                close();
                            }>{queue.name}</button>
                        </li>
                    </For>
                </ul>
            </div>
        </details>
    }
}

/// Who is not there cannot be given anything.
#[component]
fn ColleagueButton(conversation: ConversationId, colleague: Colleague) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let Colleague { id, name, presence, load } = colleague;
    let is_available = presence == Presence::Available;
    let about = move || match is_available {
        true => format!("{load} {}", desk.inbox_words().open_now),
        false => presence_word(presence, desk.inbox_words()).to_owned(),
    };
    view! {
        <button type="button" disabled=!is_available
            on:click=move |_| { link::inbox(|inbox| inbox.transfer_to_agent(conversation, &id)); }>
            <span class=if is_available { "dot live" } else { "dot inactive" } aria-hidden="true"></span>
            <span dir="auto">{name}</span>" "<span class="meta">{about}</span>
        </button>
    }
}

const fn presence_word(presence: Presence, words: &InboxWords) -> &'static str {
    match presence {
        Presence::Available => words.available,
        Presence::NotResponding => words.not_responding,
        _ => words.away,
    }
}
