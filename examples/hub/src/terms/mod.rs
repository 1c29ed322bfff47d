//! What holds for a tenant's conversations: hours, what is asked before and after, how long what was said is kept.
//!
//! A document that agents read and change; pages whose messenger is open are told at once, and when the hours begin or end.

mod hours;
mod retention;

pub use retention::sweep;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use alongside::protocol::conversation;
use alongside::protocol::rich::{Offered, Rich, is_sound};
use alongside::protocol::{Message, Payload};
use alongside::time::Timestamp;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::api::{access, problem, unavailable};
use crate::clock;
use crate::hub::Hub;
use crate::store::{Document, May, Permission, Store, StoreError, TenantId};
use hours::{Hours, HoursDocument};

/// The wall clock is looked at so often: it may be set.
const LOOK: Duration = Duration::from_secs(30);

/// Longest time that what was said is kept, in days: a hundred years.
const DAYS: u32 = 36_500;

/// The document, as it is read and written.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct TermsDocument {
    #[serde(skip_serializing_if = "Option::is_none")]
    hours: Option<HoursDocument>,
    /// Whether visitors are asked how it was.
    #[serde(default)]
    rating: bool,
    /// A form, as bots offer one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pre_chat: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kept_days: Option<u32>,
    /// Whether a visitor may have several conversations that go on at a time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    several: bool,
}

/// What was read and checked.
#[derive(Debug, Default)]
pub struct Terms {
    document: TermsDocument,
    hours: Option<Hours>,
    pre_chat: Option<Rich>,
}

/// Why a document is not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BadTerms {
    /// It is not of that form.
    #[error("{0}")]
    Form(#[from] serde_json::Error),
    /// What is wrong with the hours.
    #[error("hours: {0}")]
    Hours(String),
    /// What is asked before is no form.
    #[error(
        "preChat: it is a form: {{\"title\", \"fields\": [{{\"name\", \"label\", \"kind\"}}], \"submit\"}}, at most 20 fields"
    )]
    PreChat,
    /// Nothing would be kept, or for ever.
    #[error("keptDays: from 1 to {DAYS}")]
    KeptDays,
}

impl Terms {
    /// Reads and checks a document.
    ///
    /// # Errors
    /// [`BadTerms`].
    pub fn read(json: &[u8]) -> Result<Self, BadTerms> {
        let document: TermsDocument = serde_json::from_slice(json)?;
        let hours = document.hours.as_ref().map(Hours::new).transpose().map_err(BadTerms::Hours)?;
        let pre_chat = document.pre_chat.as_ref().map(form).transpose()?;
        if document.kept_days.is_some_and(|days| !(1..=DAYS).contains(&days)) {
            return Err(BadTerms::KeptDays);
        }
        Ok(Self { document, hours, pre_chat })
    }

    /// How long after their last message conversations are kept; for ever where it is `None`.
    pub fn kept(&self) -> Option<Duration> {
        self.document.kept_days.map(|days| Duration::from_secs(u64::from(days) * 86_400))
    }

    /// How many conversations of a visitor may go on at a time.
    fn may(&self) -> May {
        if self.document.several { May::Several } else { May::One }
    }

    /// As pages are told them, and when that changes.
    fn told(&self, now: Timestamp) -> (conversation::Terms, Option<Timestamp>) {
        let opening = self.hours.as_ref().map(|hours| hours.at(now));
        let until = opening.and_then(|opening| opening.until);
        let told = conversation::Terms {
            is_open: opening.map(|opening| opening.is_open),
            opens_at: until.filter(|_| opening.is_some_and(|opening| !opening.is_open)),
            asks_rating: Some(self.document.rating),
            pre_chat: self.pre_chat.clone().map(|form| Offered(Some(form))),
            kept_days: self.document.kept_days,
            several: self.document.several.then_some(true),
        };
        (told, until)
    }
}

fn form(value: &Value) -> Result<Rich, BadTerms> {
    let json = serde_json::json!({ "form": value }).to_string();
    let rich = Payload::from_message(Message::Text(json)).as_rich().map_err(|_| BadTerms::PreChat)?;
    is_sound(&rich).then_some(rich).ok_or(BadTerms::PreChat)
}

/// The terms of all tenants that a page has asked for.
#[derive(Debug, Default)]
pub struct AllTerms {
    known: Mutex<HashMap<TenantId, Arc<Terms>>>,
}

impl AllTerms {
    /// Those of a tenant; none where they cannot be read.
    pub async fn of<S: Store>(&self, hub: &Hub<S>, tenant: &TenantId) -> Result<Arc<Terms>, StoreError> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(tenant).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let body = hub.store.document(tenant, Document::Terms).await?.unwrap_or_else(|| "{}".into());
        let terms = Arc::new(Terms::read(body.as_bytes()).unwrap_or_else(|error| {
            tracing::error!(%error, "the terms of a tenant cannot be read");
            Terms::default()
        }));
        let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        // It may have been changed meanwhile.
        let terms = all.entry(tenant.clone()).or_insert(terms);
        hub.conversations.handle_may(tenant, terms.may());
        Ok(Arc::clone(terms))
    }

    fn replace<S: Store>(&self, hub: &Hub<S>, tenant: &TenantId, terms: Terms) -> Arc<Terms> {
        let terms = Arc::new(terms);
        let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(tenant.clone(), Arc::clone(&terms));
        hub.conversations.handle_may(tenant, terms.may());
        terms
    }

    fn all(&self) -> Vec<(TenantId, Arc<Terms>)> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.iter().map(|(tenant, terms)| (tenant.clone(), Arc::clone(terms))).collect()
    }
}

/// What a page is told of its tenant's terms now.
///
/// # Errors
/// What the store says.
pub async fn told<S: Store>(hub: &Hub<S>, tenant: &TenantId) -> Result<conversation::Terms, StoreError> {
    Ok(hub.terms.of(hub, tenant).await?.told(clock::wall()).0)
}

/// How many conversations of a visitor may go on at a time.
///
/// # Errors
/// What the store says.
pub async fn may<S: Store>(hub: &Hub<S>, tenant: &TenantId) -> Result<May, StoreError> {
    Ok(hub.terms.of(hub, tenant).await?.may())
}

/// Tells pages when the hours begin or end; until the hub stops.
pub async fn keep_time<S: Store>(hub: Hub<S>) {
    let mut told: HashMap<TenantId, Option<bool>> = HashMap::new();
    loop {
        let now = clock::wall();
        let mut next = LOOK;
        for (tenant, terms) in hub.terms.all() {
            let (terms, until) = terms.told(now);
            if let Some(until) = until {
                next = next.min(Duration::from_millis(until.as_millis().saturating_sub(now.as_millis()) + 1));
            }
            let before = told.insert(tenant.clone(), terms.is_open);
            if before.is_some_and(|before| before != terms.is_open) {
                hub.conversations.tell_terms(&tenant, &terms);
            }
        }
        tokio::select! {
            () = tokio::time::sleep(next) => {}
            () = hub.stopping() => return,
        }
    }
}

/// `GET /api/messenger` -> `{hours?, rating, preChat?, keptDays?, several?}`; needs `messenger.edit`.
pub async fn show<S: Store>(State(hub): State<Hub<S>>, headers: HeaderMap) -> Response {
    let access = match access(&hub, &headers, Permission::EditMessenger).await {
        Ok(access) => access,
        Err(answer) => return *answer,
    };
    match hub.terms.of(&hub, &access.tenant).await {
        Ok(terms) => Json(&terms.document).into_response(),
        Err(error) => unavailable(&error),
    }
}

/// `PUT /api/messenger`, of the same form; needs `messenger.edit`. Open messengers keep to it at once.
pub async fn change<S: Store>(State(hub): State<Hub<S>>, headers: HeaderMap, body: Bytes) -> Response {
    let access = match access(&hub, &headers, Permission::EditMessenger).await {
        Ok(access) => access,
        Err(answer) => return *answer,
    };
    let terms = match Terms::read(&body) {
        Ok(terms) => terms,
        Err(error) => return problem(StatusCode::BAD_REQUEST, "bad-messenger", &error.to_string()),
    };
    let written = serde_json::to_string(&terms.document).unwrap_or_default();
    match hub.store.keep_document(&access.tenant, Document::Terms, written).await {
        Ok(()) => {
            tracing::info!(agent = access.agent, "what holds for conversations was changed");
            let terms = hub.terms.replace(&hub, &access.tenant, terms);
            hub.conversations.tell_terms(&access.tenant, &terms.told(clock::wall()).0);
            StatusCode::NO_CONTENT.into_response()
        }
        Err(error) => unavailable(&error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_checked_as_a_whole() {
        let good = r#"{"hours":{"timeZone":"UTC","week":{"monday":["09:00-10:00"]}},"rating":true,"keptDays":30,"several":true,
            "preChat":{"fields":[{"name":"name","label":"Name","kind":"text"}],"submit":"Go"}}"#;
        let terms = Terms::read(good.as_bytes()).expect("terms");
        let monday = Timestamp::from_millis(1_795_424_400_000);
        let (told, until) = terms.told(monday);
        assert_eq!((told.is_open, told.opens_at, told.asks_rating), (Some(true), None, Some(true)));
        assert_eq!(until, Some(Timestamp::from_millis(1_795_428_000_000)));
        assert_eq!((told.several, terms.may()), (Some(true), May::Several));
        assert!(matches!(told.pre_chat, Some(Offered(Some(Rich::Form(_))))));
        let again = serde_json::to_string(&terms.document).expect("JSON");
        assert!(Terms::read(again.as_bytes()).is_ok(), "{again}");
        let none = Terms::read(b"{}").expect("terms");
        assert_eq!(none.told(monday).0.is_open, None, "no hours are known");
        assert_eq!(
            (none.told(monday).0.several, none.may()),
            (None, May::One),
            "one at a time, unless they are asked for"
        );
        for bad in [
            r#"{"rating":"yes"}"#,
            r#"{"ratings":true}"#,
            r#"{"keptDays":0}"#,
            r#"{"keptDays":36501}"#,
            r#"{"preChat":{"fields":[]}}"#,
            r#"{"preChat":{"fields":[{"name":"a","label":"b","kind":"password"}]}}"#,
            r#"{"hours":{"timeZone":"","week":{}}}"#,
        ] {
            assert!(Terms::read(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
