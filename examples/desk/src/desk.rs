//! What all views of the desk share: session, language, and the board of visits.

use std::collections::HashMap;

use alongside::link::LinkStatus;
use alongside::protocol::ConversationId;
use alongside::protocol::conversation::{Objection, Presence};
use alongside::time::Timestamp;
use leptos::prelude::*;
use web_sys::Storage;

use crate::board::Board;
use crate::cobrowse::shared::Shared;
use crate::hub::Session;
use crate::inbox::aid::Aid;
use crate::inbox::files::{self, Upload};
use crate::inbox::mail::Mail;
use crate::words::{CobrowseWords, IdentityWords, InboxWords, Language, Words};

/// The signals of the page.
#[derive(Clone, Copy)]
pub struct Desk {
    /// Who is signed in.
    pub session: RwSignal<Option<Session>>,
    /// Whether the session was ended by the hub and not by the agent.
    pub is_expired: RwSignal<bool>,
    /// The language shown.
    pub language: RwSignal<Language>,
    /// Whether keyboard shortcuts work.
    pub has_shortcuts: RwSignal<bool>,
    /// How the link is doing.
    pub status: RwSignal<LinkStatus>,
    /// Who is on the site.
    pub board: RwSignal<Board>,
    /// The shared session that this desk takes part in.
    pub shared: RwSignal<Shared>,
    /// Conversations.
    pub mail: RwSignal<Mail>,
    /// The one that is open.
    pub chosen: RwSignal<Option<ConversationId>>,
    /// The number of the entry of it from which on it is drawn; `None` follows its end.
    pub drawn_from: StoredValue<Option<u64>>,
    /// What the agent has not sent yet.
    pub drafts: StoredValue<HashMap<ConversationId, String>>,
    /// What helps to write and to see.
    pub aid: Aid,
    /// Files on their way to the hub.
    pub uploads: RwSignal<Vec<Upload>>,
    /// Why the last wish about a conversation was not met.
    pub unmet: RwSignal<Option<Objection>>,
    /// The hub's clock, renewed each second.
    pub now: RwSignal<Timestamp>,
}

impl Desk {
    /// Reads what the browser kept.
    pub fn restore() -> Self {
        let kept = |key| session_storage()?.get_item(key).ok()?;
        let session = kept(TOKEN).zip(kept(NAME)).map(|(token, name)| Session { token, name });
        Self {
            session: RwSignal::new(session),
            is_expired: RwSignal::new(false),
            language: RwSignal::new(language()),
            has_shortcuts: RwSignal::new(setting(SHORTCUTS).as_deref() != Some("off")),
            status: RwSignal::new(LinkStatus::Stopped),
            board: RwSignal::new(Board::default()),
            shared: RwSignal::new(Shared::default()),
            mail: RwSignal::new(Mail::default()),
            chosen: RwSignal::new(None),
            drawn_from: StoredValue::new(None),
            drafts: StoredValue::new(HashMap::new()),
            aid: Aid::restore(),
            uploads: RwSignal::new(Vec::new()),
            unmet: RwSignal::new(None),
            now: RwSignal::new(Timestamp::default()),
        }
    }

    /// The texts in the language shown; tracks it.
    pub fn words(self) -> &'static Words {
        self.language.get().words()
    }

    /// The texts of shared sessions in the language shown; tracks it.
    pub fn cobrowse_words(self) -> &'static CobrowseWords {
        self.language.get().cobrowse()
    }

    /// The texts of who visitors are.
    pub fn identity_words(self) -> &'static IdentityWords {
        self.language.get().identity()
    }

    /// The texts of conversations in the language shown; tracks it.
    pub fn inbox_words(self) -> &'static InboxWords {
        self.language.get().inbox()
    }

    /// The secret of who is signed in; does not track it.
    pub fn token(self) -> Option<String> {
        self.session.with_untracked(|session| session.as_ref().map(|session| session.token.clone()))
    }

    /// Keeps the session for this tab.
    pub fn begin_session(self, session: Session) {
        if let Some(storage) = session_storage() {
            // Where storage is refused, the session lasts until the page is left.
            let _ = storage.set_item(TOKEN, &session.token);
            let _ = storage.set_item(NAME, &session.name);
        }
        self.is_expired.set(false);
        self.session.set(Some(session));
    }

    /// How the agent was in this tab; available where he said nothing.
    pub fn kept_presence(self) -> Presence {
        let kept = session_storage().and_then(|storage| storage.get_item(PRESENCE).ok()?);
        kept.and_then(|word| Presence::from_word(&word)).unwrap_or(Presence::Available)
    }

    /// Keeps how the agent is for this tab.
    pub fn keep_presence(self, presence: Presence) {
        if let Some(storage) = session_storage() {
            // Where storage is refused, it lasts until the page is left.
            let _ = storage.set_item(PRESENCE, presence.as_str());
        }
    }

    /// Forgets the session and all that was shown in it.
    pub fn end_session(self) {
        if let Some(storage) = session_storage() {
            let _ = storage.remove_item(TOKEN);
            let _ = storage.remove_item(NAME);
            let _ = storage.remove_item(PRESENCE);
        }
        self.session.set(None);
        self.board.set(Board::default());
        self.shared.set(Shared::default());
        self.mail.set(Mail::default());
        self.unmet.set(None);
        self.drafts.set_value(HashMap::new());
        self.aid.end();
        files::end(self);
    }

    /// Switches the language, and keeps it.
    pub fn choose_language(self, language: Language) {
        keep(LANGUAGE, language.tag());
        self.language.set(language);
    }

    /// Switches the shortcuts, and keeps it.
    pub fn toggle_shortcuts(self) {
        self.has_shortcuts.update(|has| *has = !*has);
        keep(SHORTCUTS, if self.has_shortcuts.get_untracked() { "on" } else { "off" });
    }
}

fn language() -> Language {
    let languages = window().navigator().languages();
    let tags: Vec<_> =
        setting(LANGUAGE).into_iter().chain(languages.iter().filter_map(|tag| tag.as_string())).collect();
    Language::choose(tags.iter().map(String::as_str))
}

/// What the browser kept.
pub fn setting(key: &str) -> Option<String> {
    window().local_storage().ok()??.get_item(key).ok()?
}

/// Lets the browser keep something.
pub fn keep(key: &str, value: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        // Where storage is refused, it lasts until the page is left.
        let _ = storage.set_item(key, value);
    }
}

fn session_storage() -> Option<Storage> {
    window().session_storage().ok()?
}

const TOKEN: &str = "alongside-desk:token";
const NAME: &str = "alongside-desk:name";
const PRESENCE: &str = "alongside-desk:presence";
const LANGUAGE: &str = "alongside-desk:language";
const SHORTCUTS: &str = "alongside-desk:shortcuts";
