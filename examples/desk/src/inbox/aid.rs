//! What helps an agent to write and to see: lists from the hub, and what he chose.

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::canned::Lists;
use super::codes::Codes;
use crate::desk::{self, Desk};
use crate::hub;

/// Which conversations are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// All of them.
    All,
    /// The agent's own.
    Own,
    /// Those that wait.
    Waiting,
}

impl Filter {
    /// In the order of their buttons.
    pub const ALL: [Self; 3] = [Self::All, Self::Own, Self::Waiting];
}

/// Signals of the inbox that outlive its view.
#[derive(Clone, Copy)]
pub struct Aid {
    /// What can be said of a conversation that is over.
    pub codes: RwSignal<Codes>,
    /// Replies that are written once.
    pub replies: RwSignal<Lists>,
    /// Whether it is shown who the visitor is.
    pub shows_person: RwSignal<bool>,
    /// Which conversations are listed.
    pub filter: RwSignal<Filter>,
    /// What they have to have in them.
    pub search: RwSignal<String>,
    /// A sound for what comes.
    pub has_sound: RwSignal<bool>,
    /// The system shows what comes.
    pub has_notices: RwSignal<bool>,
}

impl Aid {
    /// Reads what the browser kept.
    pub fn restore() -> Self {
        let is_on = |key| desk::setting(key).as_deref() == Some("on");
        Self {
            codes: RwSignal::new(Codes::default()),
            replies: RwSignal::new(Lists::default()),
            shows_person: RwSignal::new(desk::setting(PERSON).as_deref() != Some("off")),
            filter: RwSignal::new(Filter::All),
            search: RwSignal::new(String::new()),
            has_sound: RwSignal::new(is_on(SOUND)),
            has_notices: RwSignal::new(is_on(NOTICES)),
        }
    }

    /// Forgets what belongs to an agent.
    pub fn end(self) {
        self.codes.set(Codes::default());
        self.replies.set(Lists::default());
        self.search.set(String::new());
        self.filter.set(Filter::All);
    }

    /// Shows who the visitor is, or does not, and keeps it.
    pub fn toggle_person(self) {
        toggle(self.shows_person, PERSON);
    }

    /// Switches the sound, and keeps it.
    pub fn toggle_sound(self) {
        toggle(self.has_sound, SOUND);
    }

    /// Keeps whether the system shows what comes.
    pub fn keep_notices(self, is_on: bool) {
        self.has_notices.set(is_on);
        desk::keep(NOTICES, word(is_on));
    }

    /// Reads what can be said of a conversation that is over, and what is written once.
    pub fn read(self, desk: Desk) {
        let Some(token) = desk.token() else { return };
        spawn_local(async move {
            // Who may not handle conversations needs neither.
            if let Ok(codes) = hub::read(&token, "/api/wrap-up").await {
                self.codes.set(codes);
            }
            if let Ok(replies) = hub::read(&token, "/api/replies").await {
                self.replies.set(replies);
            }
        });
    }
}

fn toggle(signal: RwSignal<bool>, key: &str) {
    signal.update(|is_on| *is_on = !*is_on);
    desk::keep(key, word(signal.get_untracked()));
}

const fn word(is_on: bool) -> &'static str {
    if is_on { "on" } else { "off" }
}

const PERSON: &str = "alongside-desk:person";
const SOUND: &str = "alongside-desk:sound";
const NOTICES: &str = "alongside-desk:notices";
