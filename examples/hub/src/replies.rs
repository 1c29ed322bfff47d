//! Replies that are written once: an agent's own, and those that all share.

use std::collections::BTreeSet;
use std::fmt;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use alongside::protocol::conversation::MESSAGE_LIMIT;

use crate::api::{access, problem, unavailable};
use crate::hub::Hub;
use crate::store::{Access, Permission, Store};
use crate::words::Words;

/// Most replies of one list.
const REPLIES: usize = 200;

/// Longest shortcut and title, in bytes.
const SHORTCUT: usize = 32;
const TITLE: usize = 128;

/// One reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Canned {
    /// What follows the slash: letters, digits, `-` and `_`.
    shortcut: String,
    title: String,
    /// In Markdown; `{visitor}` and `{agent}` stand for names.
    text: Words,
}

/// A list, and how often it was changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replies {
    /// A change names the version that it is about, so that no change of another is lost.
    #[serde(default)]
    pub version: u64,
    /// In the order in which they are listed.
    pub replies: Vec<Canned>,
}

/// What an agent asks to change: either, or both.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wish {
    personal: Option<Replies>,
    shared: Option<Replies>,
}

/// Why a list is none.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BadReplies {
    /// There are more than 200.
    Many,
    /// A shortcut is empty, longer than 32 bytes, or has other characters than letters, digits, `-` and `_`.
    Shortcut(String),
    /// A shortcut is there twice.
    Twice(String),
    /// A title is empty or longer than 128 bytes, or a text is empty or longer than 4,096 bytes.
    Text(String),
}

impl fmt::Display for BadReplies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Many => f.write_str("there are more than 200 replies"),
            Self::Shortcut(name) => {
                write!(f, "the shortcut '{name}' has 1 to 32 bytes: letters, digits, hyphens, low lines")
            }
            Self::Twice(name) => write!(f, "the shortcut '{name}' is there twice"),
            Self::Text(name) => write!(f, "a title or text of '{name}' is empty or too long"),
        }
    }
}

impl Replies {
    /// # Errors
    /// [`BadReplies`].
    fn check(&self) -> Result<(), BadReplies> {
        if self.replies.len() > REPLIES {
            return Err(BadReplies::Many);
        }
        let mut shortcuts = BTreeSet::new();
        for Canned { shortcut, title, text } in &self.replies {
            let named = || shortcut.chars().take(64).collect::<String>();
            let is_name = |char: char| char.is_alphanumeric() || matches!(char, '-' | '_');
            if !(1..=SHORTCUT).contains(&shortcut.len()) || !shortcut.chars().all(is_name) {
                return Err(BadReplies::Shortcut(named()));
            }
            if !shortcuts.insert(shortcut.to_lowercase()) {
                return Err(BadReplies::Twice(named()));
            }
            if title.trim().is_empty() || title.len() > TITLE || !text.is_sound(MESSAGE_LIMIT) {
                return Err(BadReplies::Text(named()));
            }
        }
        Ok(())
    }
}

/// `GET /api/replies` -> `{personal, shared, mayShare}`, each list `{version, replies: [{shortcut, title, text}]}`; needs
/// `conversation.handle`. `mayShare` says whether this agent may change the shared ones.
pub async fn show<S: Store>(State(hub): State<Hub<S>>, headers: HeaderMap) -> Response {
    match access(&hub, &headers, Permission::Handle).await {
        Ok(access) => told(&hub, &access, StatusCode::OK).await,
        Err(answer) => *answer,
    }
}

/// `PUT /api/replies` `{personal?, shared?}`: a whole list, with the version that it changes; the answer is as of [`show`]. Shared ones
/// need `replies.edit`. 409 with what is there, where it was changed meanwhile.
pub async fn change<S: Store>(State(hub): State<Hub<S>>, headers: HeaderMap, Json(wish): Json<Wish>) -> Response {
    let access = match access(&hub, &headers, Permission::Handle).await {
        Ok(access) => access,
        Err(answer) => return *answer,
    };
    if wish.shared.is_some() && !access.may(Permission::EditReplies) {
        return problem(StatusCode::FORBIDDEN, "not-permitted", "this agent may not change what all share");
    }
    for list in wish.personal.iter().chain(&wish.shared) {
        if let Err(error) = list.check() {
            return problem(StatusCode::BAD_REQUEST, "bad-replies", &error.to_string());
        }
    }
    let lists = [(Some(access.agent.as_str()), wish.personal), (None, wish.shared)];
    for (agent, list) in lists.into_iter().filter_map(|(agent, list)| Some((agent, list?))) {
        match hub.store.change_replies(&access.tenant, agent, list).await {
            Ok(true) => {}
            Ok(false) => return told(&hub, &access, StatusCode::CONFLICT).await,
            Err(error) => return unavailable(&error),
        }
    }
    told(&hub, &access, StatusCode::OK).await
}

async fn told<S: Store>(hub: &Hub<S>, access: &Access, status: StatusCode) -> Response {
    let personal = hub.store.replies(&access.tenant, Some(&access.agent)).await;
    let shared = hub.store.replies(&access.tenant, None).await;
    match (personal, shared) {
        (Ok(personal), Ok(shared)) => {
            let may_share = access.may(Permission::EditReplies);
            let body = serde_json::json!({ "personal": personal, "shared": shared, "mayShare": may_share });
            (status, Json(body)).into_response()
        }
        (Err(error), _) | (_, Err(error)) => unavailable(&error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_names_to_type_and_texts_to_send() {
        let check = |replies: &str| {
            let list = format!(r#"{{"version":1,"replies":[{replies}]}}"#);
            serde_json::from_str::<Replies>(&list).expect("of the form").check()
        };
        let good = r#"{"shortcut":"あいさつ","title":"Hello","text":{"en":"Hello {visitor}","ja":"こんにちは"}}"#;
        assert_eq!(check(good), Ok(()));
        assert_eq!(check(&[good, good].join(",")), Err(BadReplies::Twice("あいさつ".into())));
        for (bad, fault) in [
            (r#"{"shortcut":"a b","title":"A","text":"a"}"#, BadReplies::Shortcut("a b".into())),
            (r#"{"shortcut":"","title":"A","text":"a"}"#, BadReplies::Shortcut(String::new())),
            (r#"{"shortcut":"a","title":" ","text":"a"}"#, BadReplies::Text("a".into())),
            (r#"{"shortcut":"a","title":"A","text":{"en":""}}"#, BadReplies::Text("a".into())),
        ] {
            assert_eq!(check(bad), Err(fault), "{bad}");
        }
        assert_eq!(check(&vec![good; 201].join(",")), Err(BadReplies::Many));
    }
}
