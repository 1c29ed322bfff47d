//! The channels of a tenant, as a document: read and changed by agents who may.

use std::collections::HashSet;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use crate::api::{access, problem, unavailable};
use crate::hub::Hub;
use crate::signed::{Secret, Target};
use crate::store::{Document, Permission, Store, StoreError, TenantId};

/// Most channels of a tenant.
const CHANNELS: usize = 32;

/// Longest id, and longest name, in bytes.
const NAME: usize = 64;

/// All channels of a tenant.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Channels {
    /// At most 32.
    pub channels: Vec<Channel>,
}

/// One way to visitors.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// In its addresses: lower-case letters, digits and hyphens, at most 64.
    pub id: String,
    /// As agents see it.
    pub name: String,
    /// Where answers go.
    pub url: String,
    /// Signs both ways; at least 16 bytes. Never read back: who changes the rest leaves it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// Why a document is not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BadChannels {
    /// It is not of that form.
    #[error("{0}")]
    Form(#[from] serde_json::Error),
    /// There are too many.
    #[error("there are at most {CHANNELS} channels")]
    TooMany,
    /// An id is none, or there twice.
    #[error("'{0}' is no id, or is there twice: lower-case letters, digits and hyphens, at most {NAME}")]
    Id(String),
    /// A name is none.
    #[error("channel '{0}': a name has 1 to {NAME} bytes")]
    Name(String),
    /// It cannot be reached, or nobody can sign.
    #[error("channel '{0}': {1}")]
    Target(String, String),
}

impl Channels {
    /// Reads and checks a document. What has no secret keeps that of the channel of this id in `before`.
    ///
    /// # Errors
    /// [`BadChannels`].
    pub fn read(json: &[u8], before: &Self) -> Result<Self, BadChannels> {
        let mut channels: Self = serde_json::from_slice(json)?;
        if channels.channels.len() > CHANNELS {
            return Err(BadChannels::TooMany);
        }
        let mut ids = HashSet::new();
        for channel in &mut channels.channels {
            let is_id = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            let is_sound = (1..=NAME).contains(&channel.id.len()) && channel.id.bytes().all(is_id);
            if !is_sound || !ids.insert(channel.id.clone()) {
                return Err(BadChannels::Id(channel.id.chars().take(NAME).collect()));
            }
            if channel.name.trim().is_empty() || channel.name.len() > NAME {
                return Err(BadChannels::Name(channel.id.clone()));
            }
            if channel.secret.is_none() {
                channel.secret = before.channel(&channel.id).and_then(|known| known.secret.clone());
            }
            channel.target().map_err(|reason| BadChannels::Target(channel.id.clone(), reason))?;
        }
        Ok(channels)
    }

    /// The channel of this id.
    pub fn channel(&self, id: &str) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.id == id)
    }

    /// As it was kept; none where that cannot be read.
    pub(super) fn kept(body: Option<String>) -> Self {
        let read = |body: String| match serde_json::from_str(&body) {
            Ok(channels) => Some(channels),
            Err(error) => {
                tracing::error!(%error, "the channels of a tenant cannot be read");
                None
            }
        };
        body.and_then(read).unwrap_or_default()
    }

    fn without_secrets(mut self) -> Self {
        self.channels.iter_mut().for_each(|channel| channel.secret = None);
        self
    }
}

impl Channel {
    /// Where answers go.
    ///
    /// # Errors
    /// What is wrong with the address or the secret.
    pub(super) fn target(&self) -> Result<Target, String> {
        Target::new(&self.url, self.secret.as_deref().unwrap_or_default().as_bytes())
    }

    /// What requests from there are signed with.
    pub(super) fn secret(&self) -> Option<Secret> {
        Secret::new(self.secret.as_deref()?.as_bytes()).ok()
    }
}

/// The channels of a tenant.
pub(super) async fn channels_of<S: Store>(hub: &Hub<S>, tenant: &TenantId) -> Result<Channels, StoreError> {
    Ok(Channels::kept(hub.store.document(tenant, Document::Channels).await?))
}

/// `GET /api/channels` -> `{channels: [{id, name, url}]}`, without secrets; needs `messenger.edit`.
pub async fn show<S: Store>(State(hub): State<Hub<S>>, headers: HeaderMap) -> Response {
    let access = match access(&hub, &headers, Permission::EditMessenger).await {
        Ok(access) => access,
        Err(answer) => return *answer,
    };
    match channels_of(&hub, &access.tenant).await {
        Ok(channels) => Json(channels.without_secrets()).into_response(),
        Err(error) => unavailable(&error),
    }
}

/// `PUT /api/channels`, with secrets where they are new; needs `messenger.edit`.
pub async fn change<S: Store>(State(hub): State<Hub<S>>, headers: HeaderMap, body: Bytes) -> Response {
    let access = match access(&hub, &headers, Permission::EditMessenger).await {
        Ok(access) => access,
        Err(answer) => return *answer,
    };
    let before = match channels_of(&hub, &access.tenant).await {
        Ok(before) => before,
        Err(error) => return unavailable(&error),
    };
    let channels = match Channels::read(&body, &before) {
        Ok(channels) => channels,
        Err(error) => return problem(StatusCode::BAD_REQUEST, "bad-channels", &error.to_string()),
    };
    let body = serde_json::to_string(&channels).unwrap_or_default();
    match hub.store.keep_document(&access.tenant, Document::Channels, body).await {
        Ok(()) => {
            tracing::info!(agent = access.agent, "channels were changed");
            hub.couriers.tell_channels(&access.tenant);
            StatusCode::NO_CONTENT.into_response()
        }
        Err(error) => unavailable(&error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMS: &str =
        r#"{"channels":[{"id":"sms","name":"SMS","url":"https://sms.example/out","secret":"0123456789abcdef"}]}"#;

    #[test]
    fn a_document_is_checked_and_keeps_secrets_that_are_not_said_again() {
        let none = Channels::default();
        let channels = Channels::read(SMS.as_bytes(), &none).expect("a document");
        let shown = serde_json::to_string(&channels.clone().without_secrets()).expect("JSON");
        assert!(!shown.contains("secret"), "{shown}");
        let again = Channels::read(shown.as_bytes(), &channels).expect("a document");
        assert_eq!(again.channels[0].secret.as_deref(), Some("0123456789abcdef"));
        for bad in [
            shown.as_str(),
            &SMS.replace("sms\"", "SMS\""),
            &SMS.replace("\"sms\"", "\"\""),
            &SMS.replace("https:", "http:"),
            &SMS.replace("0123456789", ""),
            &SMS.replace("\"SMS\"", "\" \""),
            &SMS.replace("\"name\"", "\"title\""),
            "[]",
        ] {
            assert!(Channels::read(bad.as_bytes(), &none).is_err(), "{bad}");
        }
        let one = &SMS[13..SMS.len() - 2];
        let twice = format!(r#"{{"channels":[{one},{one}]}}"#);
        assert!(matches!(Channels::read(twice.as_bytes(), &none), Err(BadChannels::Id(_))));
    }
}
