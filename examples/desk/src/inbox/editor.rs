//! The field where an agent writes, as all that helps him uses it.

use core::ops::Range;

use alongside::protocol::ConversationId;
use leptos::html::Textarea;
use leptos::prelude::*;

use super::marks::{Mark, byte_of, unit_of};
use crate::desk::Desk;

/// A field, and its text.
#[derive(Clone, Copy)]
pub struct Editor {
    desk: Desk,
    conversation: ConversationId,
    /// The element.
    pub field: NodeRef<Textarea>,
    /// What is in it.
    pub text: RwSignal<String>,
    /// Where the caret is, in bytes.
    pub caret: RwSignal<usize>,
}

impl Editor {
    /// With what was not sent yet.
    pub fn new(desk: Desk, conversation: ConversationId) -> Self {
        let kept = desk.drafts.with_value(|drafts| drafts.get(&conversation).cloned()).unwrap_or_default();
        let caret = RwSignal::new(kept.len());
        Self { desk, conversation, field: NodeRef::new(), text: RwSignal::new(kept), caret }
    }

    /// Keeps a text, over views too.
    pub fn keep(self, draft: String) {
        self.desk.drafts.update_value(|drafts| {
            if draft.is_empty() {
                drafts.remove(&self.conversation)
            } else {
                drafts.insert(self.conversation, draft.clone())
            };
        });
        self.text.set(draft);
        self.look();
    }

    /// Takes note of where the caret is.
    pub fn look(self) {
        let caret = self.selected().end;
        if self.caret.get_untracked() != caret {
            self.caret.set(caret);
        }
    }

    /// What is selected, in bytes.
    pub fn selected(self) -> Range<usize> {
        let Some(field) = self.field.get_untracked() else { return 0..0 };
        let unit = |place: Option<u32>| place.unwrap_or_default();
        let (start, end) = (field.selection_start().ok().flatten(), field.selection_end().ok().flatten());
        self.text.with_untracked(|text| byte_of(text, unit(start))..byte_of(text, unit(end)))
    }

    /// Puts another text in a place, and selects a part of the whole.
    pub fn replace(self, range: Range<usize>, with: &str, selected: Range<usize>) {
        let text = self.text.with_untracked(|text| [&text[..range.start], with, &text[range.end..]].concat());
        let (start, end) = (unit_of(&text, selected.start), unit_of(&text, selected.end));
        if let Some(field) = self.field.get_untracked() {
            field.set_value(&text);
            let _ = field.focus();
            let _ = field.set_selection_range(start, end);
        }
        self.keep(text);
    }

    /// Puts a text in the place of what is selected.
    pub fn insert(self, with: &str) {
        let range = self.selected();
        let end = range.start + with.len();
        self.replace(range, with, end..end);
    }

    /// Marks what is selected.
    pub fn mark(self, mark: Mark) {
        let selected = self.selected();
        let (range, with, then) = self.text.with_untracked(|text| mark.apply(text, selected));
        self.replace(range, &with, then);
    }

    /// The keyboard writes here.
    pub fn focus(self) {
        if let Some(field) = self.field.get_untracked() {
            let _ = field.focus();
        }
    }
}
