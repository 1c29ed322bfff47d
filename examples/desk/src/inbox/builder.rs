//! Builds what a message offers: answers, cards, a form, a video.

use alongside::protocol::ConversationId;
use alongside::time::Timestamp;
use js_sys::Date;
use leptos::ev;
use leptos::html::Dialog;
use leptos::prelude::*;

use super::composer::Icon;
use super::draft::{Draft, Fault, Item, Kind};
use super::{files, rich};
use crate::desk::Desk;
use crate::link;
use crate::words::InboxWords;

/// Kinds of fields, by the words of the protocol.
const FIELDS: [&str; 9] = ["text", "long", "email", "phone", "number", "date", "time", "choice", "check"];

fn kind_word(kind: Kind, words: &InboxWords) -> &'static str {
    match kind {
        Kind::Replies => words.offer_replies,
        Kind::List => words.offer_list,
        Kind::Cards => words.offer_cards,
        Kind::Form => words.offer_form,
        Kind::Video => words.offer_video,
    }
}

fn field_word(field: &str, words: &InboxWords) -> &'static str {
    match field {
        "long" => words.field_long,
        "email" => words.field_email,
        "phone" => words.field_phone,
        "number" => words.field_number,
        "date" => words.field_date,
        "time" => words.field_time,
        "choice" => words.field_choice,
        "check" => words.field_check,
        _ => words.field_text,
    }
}

fn fault_word(fault: Fault, words: &InboxWords) -> String {
    let (at, word) = match fault {
        Fault::Text => return words.fault_text.to_owned(),
        Fault::Address(_) if words.fault_address.is_empty() => return String::new(),
        Fault::Label(at) => (at, words.fault_label),
        Fault::Address(at) => (at, words.fault_address),
        Fault::Link(at) => (at, words.fault_link),
        Fault::Button(at) => (at, words.fault_button),
        Fault::Choices(at) => (at, words.fault_choices),
        Fault::Other => return words.fault_other.to_owned(),
    };
    format!("{}: {word}", at + 1)
}

/// A button, and the dialog that it opens.
#[component]
pub fn OfferBuilder(conversation: ConversationId) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let dialog = NodeRef::<Dialog>::new();
    // What is in it is there only while it is open.
    let is_open = RwSignal::new(false);
    let draft = RwSignal::new(Draft::new(Kind::Replies));
    // Faults are said once he wanted to send it, so that nobody is scolded while he types.
    let (is_tried, is_unsent) = (RwSignal::new(false), RwSignal::new(false));
    let built = Memo::new(move |_| draft.with(Draft::build));
    let open = move |_| {
        if let Some(dialog) = dialog.get_untracked().filter(|dialog| !dialog.open()) {
            is_tried.set(false);
            is_unsent.set(false);
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
    let send = move |event: ev::SubmitEvent| {
        event.prevent_default();
        is_tried.set(true);
        let Ok((text, offer)) = built.get_untracked() else { return };
        let (id, at) = (files::message(), Timestamp::from_millis(Date::now() as u64));
        let is_taken = link::inbox(|inbox| inbox.offer(conversation, &text, offer, id, at, link::now()));
        is_unsent.set(is_taken != Some(true));
        if is_taken == Some(true) {
            let kind = draft.with_untracked(|draft| draft.kind);
            draft.set(Draft::new(kind));
            close();
        }
    };
    let kind = Memo::new(move |_| draft.with(|draft| draft.kind));
    let count = Memo::new(move |_| draft.with(|draft| draft.items.len()));
    let fault = move || {
        let words = desk.inbox_words();
        match (is_tried.get(), built.get(), is_unsent.get()) {
            (true, Err(fault), _) => fault_word(fault, words),
            (_, _, true) => words.busy.to_owned(),
            _ => String::new(),
        }
    };
    let preview = move || match draft.with(|draft| draft.build()) {
        Ok((text, offer)) => view! {
            <div class="line own first">
                <div class="bubble">{rich::blocks(alongside::messenger::markdown::parse(&text))}</div>
                {rich::offer(offer)}
            </div>
        }
        .into_any(),
        Err(_) => view! { <p class="meta">{move || desk.inbox_words().no_preview}</p> }.into_any(),
    };
    view! {
        <button type="button" class="plain-tool" data-key="offer" aria-haspopup="dialog" on:click=open
            aria-label=move || desk.inbox_words().offer title=move || desk.inbox_words().offer><Icon path=CARD /></button>
        <dialog class="builder" node_ref=dialog on:close=move |_| is_open.set(false) aria-label=move || desk.inbox_words().offer>
            <Show when=move || is_open.get()>
            <form on:submit=send novalidate>
                <h2>{move || desk.inbox_words().offer}</h2>
                <fieldset class="kinds">
                    <legend>{move || desk.inbox_words().offer_kind}</legend>
                    {Kind::ALL.map(|each| view! {
                        <label class="check">
                            <input type="radio" name="offer-kind" prop:checked=move || kind.get() == each
                                on:change=move |_| {
                                    is_tried.set(false);
                                    draft.update(|draft| *draft = Draft { text: std::mem::take(&mut draft.text), ..Draft::new(each) });
                                } />
                            {move || kind_word(each, desk.inbox_words())}
                        </label>
                    })}
                </fieldset>
                <label class="field">
                    <span>{move || if kind.get() == Kind::Video { desk.inbox_words().video_title } else { desk.inbox_words().offer_text }}</span>
                    <textarea rows="2" dir="auto" prop:value=move || draft.with(|draft| draft.text.clone())
                        on:input=move |event| draft.update(|draft| draft.text = event_target_value(&event))></textarea>
                </label>
                <Show when=move || kind.get() == Kind::Video>
                    <label class="field">
                        <span>{move || desk.inbox_words().video_address}</span>
                        <input type="url" dir="ltr" placeholder="https://" prop:value=move || draft.with(|draft| draft.address.clone())
                            on:input=move |event| draft.update(|draft| draft.address = event_target_value(&event)) />
                    </label>
                </Show>
                <ol class="items">
                    <For each=move || 0..count.get() key=move |at| (kind.get(), *at) let:at>
                        <ItemRow draft at kind=kind.get_untracked() />
                    </For>
                </ol>
                <Show when=move || draft.with(Draft::has_room)>
                    <button type="button" on:click=move |_| draft.update(|draft| draft.items.push(Item { kind: "text".into(), ..Item::default() }))>
                        {move || desk.inbox_words().add_row}
                    </button>
                </Show>
                <section class="look" aria-label=move || desk.inbox_words().preview>
                    <h3>{move || desk.inbox_words().preview}</h3>
                    {preview}
                </section>
                <p class="error" role="alert">{fault}</p>
                <div class="buttons">
                    <button type="submit" class="primary">{move || desk.inbox_words().send}</button>
                    <button type="button" on:click=move |_| close()>{move || desk.inbox_words().cancel}</button>
                </div>
            </form>
            </Show>
        </dialog>
    }
}

/// A field of a row: what it reads, and what it writes.
type Part = (fn(&Item) -> String, fn(&mut Item, String));

#[component]
fn ItemRow(draft: RwSignal<Draft>, at: usize, kind: Kind) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let read =
        move |part: fn(&Item) -> String| move || draft.with(|draft| draft.items.get(at).map(part).unwrap_or_default());
    let write = move |part: fn(&mut Item, String)| {
        move |event: ev::Event| {
            draft.update(|draft| {
                if let Some(item) = draft.items.get_mut(at) {
                    part(item, event_target_value(&event));
                }
            })
        }
    };
    let line = move |name: fn(&InboxWords) -> &'static str, (get, set): Part| {
        view! {
            <label class="field">
                <span>{move || name(desk.inbox_words())}</span>
                <input type="text" dir="auto" prop:value=read(get) on:input=write(set) />
            </label>
        }
    };
    let label = move |name| line(name, (|item| item.label.clone(), |item, text| item.label = text));
    let more = move |name| line(name, (|item| item.more.clone(), |item, text| item.more = text));
    let field = move || {
        let is_choice = move || draft.with(|draft| draft.items.get(at).is_some_and(|item| item.kind == "choice"));
        let required = move |event: ev::Event| {
            draft.update(|draft| {
                if let Some(item) = draft.items.get_mut(at) {
                    item.is_required = event_target_checked(&event);
                }
            })
        };
        view! {
            <label class="field">
                <span>{move || desk.inbox_words().field_kind}</span>
                <select prop:value=read(|item| item.kind.clone()) on:change=write(|item, text| item.kind = text)>
                    {FIELDS.map(|field| view! { <option value=field>{move || field_word(field, desk.inbox_words())}</option> })}
                </select>
            </label>
            <Show when=is_choice>{more(|words| words.field_choices)}</Show>
            <label class="check">
                <input type="checkbox" prop:checked=move || draft.with(|draft| draft.items.get(at).is_some_and(|item| item.is_required)) on:change=required />
                {move || desk.inbox_words().field_required}
            </label>
        }
    };
    let rest = match kind {
        Kind::List => more(|words| words.row_more).into_any(),
        Kind::Cards => view! {
            {more(|words| words.row_more)}
            {line(|words| words.card_image, (|item| item.image.clone(), |item, text| item.image = text))}
            {line(|words| words.card_button, (|item| item.button.clone(), |item, text| item.button = text))}
            {line(|words| words.card_link, (|item| item.link.clone(), |item, text| item.link = text))}
        }
        .into_any(),
        Kind::Form => field().into_any(),
        Kind::Replies | Kind::Video => ().into_any(),
    };
    let remove = move |_| {
        draft.update(|draft| {
            if draft.items.len() > 1 {
                draft.items.remove(at);
            }
        })
    };
    view! {
        <li>
            {match kind {
                Kind::Form => label(|words| words.field_label).into_any(),
                Kind::Cards => label(|words| words.card_title).into_any(),
                _ => label(|words| words.row_label).into_any(),
            }}
            {rest}
            <button type="button" disabled=move || draft.with(|draft| draft.items.len() < 2)
                aria-label=move || format!("{} {}", desk.inbox_words().remove_row, at + 1) on:click=remove>"×"</button>
        </li>
    }
}

const CARD: &str = "M3.5 4.5h13v11h-13ZM3.5 8.5h13M6 12.5h5";
