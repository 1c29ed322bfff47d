//! Replies that are written once, at the caret: a slash opens the list.

use leptos::ev;
use leptos::prelude::*;

use super::canned::{Canned, filled, typed_at};
use super::editor::Editor;
use crate::desk::Desk;

/// Most that are listed at once.
const LISTED: usize = 8;

/// The id of the list, for the field that it belongs to.
pub const LIST: &str = "canned-list";

/// What the list shows.
#[derive(Clone, Copy)]
pub struct Slash {
    desk: Desk,
    editor: Editor,
    /// The names in them.
    visitor: Signal<Option<String>>,
    /// The visitor's language.
    language: Signal<Option<String>>,
    at: RwSignal<usize>,
    /// The place of the slash for which it was closed.
    closed: RwSignal<Option<usize>>,
    found: Memo<Option<(usize, Vec<Canned>)>>,
}

impl Slash {
    /// Nothing is listed before a slash is typed.
    pub fn new(desk: Desk, editor: Editor, visitor: Signal<Option<String>>, language: Signal<Option<String>>) -> Self {
        let closed = RwSignal::new(None);
        let found = Memo::new(move |_| {
            let caret = editor.caret.get();
            let (start, typed) = editor
                .text
                .with(|text| typed_at(text, caret.min(text.len())).map(|(start, typed)| (start, typed.to_owned())))?;
            if closed.get() == Some(start) {
                return None;
            }
            let found: Vec<_> =
                desk.aid.replies.with(|lists| lists.matching(&typed).into_iter().take(LISTED).cloned().collect());
            (!found.is_empty()).then_some((start, found))
        });
        let at = RwSignal::new(0);
        Effect::new(move |_| {
            found.track();
            at.set(0);
        });
        // Once the slash is gone, another one opens it.
        Effect::new(move |_| {
            let caret = editor.caret.get();
            let start = editor.text.with(|text| typed_at(text, caret.min(text.len())).map(|(start, _)| start));
            if closed.get_untracked().is_some() && start != closed.get_untracked() {
                closed.set(None);
            }
        });
        Self { desk, editor, visitor, language, at, closed, found }
    }

    /// Whether it is open.
    pub fn is_open(self) -> bool {
        self.found.with(Option::is_some)
    }

    /// Opens it by a slash at the caret.
    pub fn open(self) {
        self.closed.set(None);
        let before = self.editor.text.with_untracked(|text| text[..self.editor.selected().start].chars().next_back());
        let is_free = before.is_none_or(char::is_whitespace);
        self.editor.insert(if is_free { "/" } else { " /" });
    }

    /// Whether a key was for the list.
    pub fn pressed(self, event: &ev::KeyboardEvent) -> bool {
        let Some(count) = self.found.with_untracked(|found| found.as_ref().map(|(_, found)| found.len())) else {
            return false;
        };
        match event.key().as_str() {
            "ArrowDown" => self.at.update(|at| *at = (*at + 1) % count),
            "ArrowUp" => self.at.update(|at| *at = (*at + count - 1) % count),
            "Enter" | "Tab" => self.choose(self.at.get_untracked()),
            "Escape" => self.closed.set(self.found.with_untracked(|found| found.as_ref().map(|(start, _)| *start))),
            _ => return false,
        }
        event.prevent_default();
        event.stop_propagation();
        true
    }

    /// Of the option that Enter takes.
    pub fn active(self) -> Option<String> {
        self.is_open().then(|| format!("{LIST}-{}", self.at.get()))
    }

    fn said(self, canned: &Canned) -> String {
        let language = self.language.get_untracked().unwrap_or_default();
        let text = canned.text.in_language(&[&language, self.desk.language.get_untracked().tag()]).to_owned();
        let agent = self.desk.session.with_untracked(|session| session.as_ref().map(|session| session.name.clone()));
        filled(&text, self.visitor.get_untracked().as_deref(), &agent.unwrap_or_default())
    }

    fn choose(self, at: usize) {
        let found = self.found.get_untracked();
        let Some((start, canned)) = found.and_then(|(start, found)| Some((start, found.get(at)?.clone()))) else {
            return;
        };
        let text = self.said(&canned);
        let end = start + text.len();
        self.editor.replace(start..self.editor.selected().end, &text, end..end);
    }
}

/// The list, above the field.
#[component]
pub fn SlashList(slash: Slash) -> impl IntoView {
    let desk = slash.desk;
    let rows = move || slash.found.get().map(|(_, found)| found).unwrap_or_default();
    let preview =
        move || slash.found.get().and_then(|(_, found)| found.get(slash.at.get()).map(|canned| slash.said(canned)));
    view! {
        <Show when=move || slash.is_open()>
            <div class="slash card">
                <ul role="listbox" id=LIST aria-label=move || desk.inbox_words().canned>
                    {move || rows().into_iter().enumerate().map(|(at, canned)| view! {
                        // The field keeps the keyboard.
                        <li role="option" id=format!("{LIST}-{at}") aria-selected=move || (slash.at.get() == at).to_string()
                            on:mousedown=move |event| { event.prevent_default(); slash.choose(at); }>
                            <span class="shortcut">"/"{canned.shortcut}</span>" "<span dir="auto">{canned.title}</span>
                        </li>
                    }).collect_view()}
                </ul>
                <p class="preview" dir="auto">{preview}</p>
                <p class="meta">{move || desk.inbox_words().canned_keys}</p>
            </div>
        </Show>
    }
}
