//! Where the agent writes.

use alongside::protocol::ConversationId;
use alongside::protocol::conversation::{Row, Stage};
use alongside::time::Timestamp;
use js_sys::Date;
use leptos::ev;
use leptos::html::Input;
use leptos::prelude::*;

use super::builder::OfferBuilder;
use super::editor::Editor;
use super::emoji::EmojiMenu;
use super::files::{self, KINDS, Uploads};
use super::marks::Mark;
use super::person_panel::Known;
use super::saved::SavedReplies;
use super::slash::{LIST, Slash, SlashList};
use super::wrap::WrapForm;
use crate::desk::Desk;
use crate::link;
use crate::words::InboxWords;

/// Longest message, in bytes.
const LIMIT: usize = alongside::protocol::conversation::MESSAGE_LIMIT;

/// A text field where the conversation is the agent's; else why there is none.
#[component]
pub fn Composer(conversation: ConversationId, row: Memo<Option<Row>>, known: Known) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let stage =
        Memo::new(move |_| row.with(|row| row.as_ref().map(|row| (row.stage, row.is_own, row.wrap_until.is_some()))));
    view! {
        <div class="composer">
            {move || match stage.get() {
                Some((Stage::Open, true, _)) => view! { <Field conversation row known /> }.into_any(),
                Some((Stage::Ended, _, true)) => view! { <WrapForm conversation row /> }.into_any(),
                Some((Stage::Waiting, ..)) => view! { <p class="meta">{move || desk.inbox_words().take_to_answer}</p> }.into_any(),
                Some((Stage::Open, false, _)) => view! { <p class="meta">{move || desk.inbox_words().of_another}</p> }.into_any(),
                _ => view! { <p class="meta">{move || desk.inbox_words().over_hint}</p> }.into_any(),
            }}
        </div>
    }
}

#[component]
fn Field(conversation: ConversationId, row: Memo<Option<Row>>, known: Known) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let editor = Editor::new(desk, conversation);
    let (field, text) = (editor.field, editor.text);
    let visitor = Signal::derive(move || {
        let said = known.person.with(|person| person.name().map(str::to_owned));
        let told = || {
            row.with(|row| {
                let row = row.as_ref()?;
                row.identity.as_ref().and_then(|known| known.name.clone()).or_else(|| row.name.clone())
            })
        };
        said.or_else(told)
    });
    let language = Signal::derive(move || known.person.with(|person| person.language.clone()));
    let slash = Slash::new(desk, editor, visitor, language);
    let is_note = RwSignal::new(false);
    let send = move || {
        let said = text.get_untracked();
        let (id, at) = (files::message(), Timestamp::from_millis(Date::now() as u64));
        let is_taken = link::inbox(|inbox| match is_note.get_untracked() {
            true => inbox.note(conversation, &said, id, at, link::now()),
            false => inbox.reply(conversation, &said, id, at, link::now()),
        });
        if is_taken == Some(true) {
            editor.keep(String::new());
            // The next one is for the visitor again.
            is_note.set(false);
        }
        editor.focus();
    };
    let typed = move |event: ev::Event| {
        editor.keep(event_target_value(&event));
        if !is_note.get_untracked() {
            link::inbox(|inbox| inbox.typed(conversation, link::now()));
        }
    };
    let pressed = move |event: ev::KeyboardEvent| {
        // Enter that ends a composition is not meant for us; Safari tells that by its code alone.
        let is_composing = event.is_composing() || event.key_code() == 229;
        if is_composing || slash.pressed(&event) {
            return;
        }
        if event.key() == "Enter" && !event.shift_key() {
            event.prevent_default();
            if !text.with_untracked(|text| text.trim().is_empty()) {
                send();
            }
        } else if (event.ctrl_key() || event.meta_key()) && !event.alt_key() && !event.shift_key() {
            let mark = match event.key().to_ascii_lowercase().as_str() {
                "b" => Mark::Bold,
                "i" => Mark::Italic,
                "k" => Mark::Link,
                _ => return,
            };
            event.prevent_default();
            editor.mark(mark);
        }
    };
    let pasted = move |event: ev::ClipboardEvent| files::pasted(desk, conversation, &event);
    let left = move || LIMIT as i64 - text.with(String::len) as i64;
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            let _ = field.focus();
        }
    });
    let label = move || if is_note.get() { desk.inbox_words().write_note } else { desk.inbox_words().write };
    view! {
        <Uploads conversation />
        <form class:note=move || is_note.get() on:submit=move |event| { event.prevent_default(); send(); }>
            <SlashList slash />
            <textarea rows="3" dir="auto" node_ref=field aria-label=label placeholder=label data-key="write"
                aria-autocomplete="list" aria-controls=move || slash.is_open().then_some(LIST) aria-activedescendant=move || slash.active()
                prop:value=move || text.get() on:input=typed on:keydown=pressed on:paste=pasted
                on:keyup=move |_| editor.look() on:click=move |_| editor.look()></textarea>
            <div class="send">
                <Tools conversation editor slash is_note />
                <span class="meta" class:failed=move || { left() < 0 }>
                    {move || match (left() < 200, is_note.get()) {
                        (true, _) => format!("{} {}", left(), desk.inbox_words().bytes_left),
                        (_, true) => desk.inbox_words().note_hint.to_owned(),
                        _ => desk.inbox_words().enter_sends.to_owned(),
                    }}
                </span>
                <button type="submit" class="primary" disabled=move || left() < 0 || text.with(|text| text.trim().is_empty())>
                    {move || if is_note.get() { desk.inbox_words().keep } else { desk.inbox_words().send }}
                </button>
            </div>
        </form>
    }
}

/// What is beside the field.
#[component]
fn Tools(conversation: ConversationId, editor: Editor, slash: Slash, is_note: RwSignal<bool>) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let chosen = NodeRef::<Input>::new();
    let choose = move |_| {
        if let Some(chosen) = chosen.get_untracked() {
            chosen.click();
        }
    };
    let attach = move |_| {
        let Some(chosen) = chosen.get_untracked() else { return };
        if let Some(list) = chosen.files() {
            files::add(desk, conversation, &list);
        }
        // The same file can be chosen again.
        chosen.set_value("");
    };
    let note = move |_| {
        is_note.update(|is_note| *is_note = !*is_note);
        editor.focus();
    };
    let canned = move |_| slash.open();
    view! {
        <div class="tools" role="toolbar" aria-label=move || desk.inbox_words().tools>
            {Mark::ALL.map(|mark| {
                let (sign, name, keys) = look_of(mark);
                view! {
                    <button type="button" class=format!("plain-tool mark-{}", format!("{mark:?}").to_lowercase())
                        aria-label=move || name(desk.inbox_words()) aria-keyshortcuts=keys title=move || name(desk.inbox_words())
                        on:click=move |_| editor.mark(mark)>{sign()}</button>
                }
            })}
            <EmojiMenu editor />
            <button type="button" class="plain-tool" data-key="canned" on:click=canned
                aria-label=move || desk.inbox_words().canned title=move || desk.inbox_words().canned><span aria-hidden="true">"/"</span></button>
            <SavedReplies />
            <OfferBuilder conversation />
            <input type="file" multiple hidden accept=KINDS node_ref=chosen on:change=attach />
            <button type="button" class="plain-tool" on:click=choose
                aria-label=move || desk.inbox_words().attach title=move || desk.inbox_words().attach><Icon path=CLIP /></button>
            <button type="button" class="note-tool" data-key="note" aria-pressed=move || is_note.get().to_string() on:click=note
                title=move || desk.inbox_words().note_hint>{move || desk.inbox_words().note}</button>
        </div>
    }
}

/// What stands on a mark's button, what that is called, and its keys.
type Look = (fn() -> AnyView, fn(&InboxWords) -> &'static str, Option<&'static str>);

fn look_of(mark: Mark) -> Look {
    match mark {
        Mark::Bold => (|| sign("B"), |words| words.bold, Some("Control+B")),
        Mark::Italic => (|| sign("I"), |words| words.italic, Some("Control+I")),
        Mark::Code => (|| sign("<>"), |words| words.code, None),
        Mark::List => (|| view! { <Icon path=LIST_ICON /> }.into_any(), |words| words.bullets, None),
        Mark::Link => (|| view! { <Icon path=LINK /> }.into_any(), |words| words.link, Some("Control+K")),
    }
}

fn sign(text: &'static str) -> AnyView {
    view! { <span aria-hidden="true">{text}</span> }.into_any()
}

/// Drawn with lines, in a square of 20: not every system has a sign for it.
#[component]
pub fn Icon(path: &'static str) -> impl IntoView {
    view! { <svg viewBox="0 0 20 20" aria-hidden="true"><path d=path /></svg> }
}

const CLIP: &str = "M14.5 9.5 9.2 14.8a3 3 0 0 1-4.3-4.3l6-6a2 2 0 0 1 2.9 2.9l-6 6a1 1 0 0 1-1.5-1.5L11.6 6.6";
const LINK: &str =
    "M8.5 11.5 11.5 8.5M9 6.5l1.7-1.7a3.2 3.2 0 0 1 4.5 4.5L13.5 11M11 13.5l-1.7 1.7a3.2 3.2 0 0 1-4.5-4.5L6.5 9";
const LIST_ICON: &str = "M7.5 5.5h9M7.5 10h9M7.5 14.5h9M3.5 5.5h.5M3.5 10h.5M3.5 14.5h.5";
