//! What agents say of a conversation that is over: the customer's list of codes, as one JSON document.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use crate::api::{access, problem, unavailable};
use crate::hub::Hub;
use crate::store::{Permission, Store};
use crate::words::Words;

/// Most codes.
const CODES: usize = 100;

/// Longest id and name of a code, in bytes.
const NAME: usize = 128;

/// Longest time, in seconds.
const SECONDS: u32 = 3_600;

/// The codes, and how long they may take. Without codes nobody is asked for one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrapUp {
    #[serde(default)]
    codes: Vec<Code>,
    #[serde(default)]
    required: bool,
    #[serde(default = "seconds")]
    seconds: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Code {
    id: String,
    name: Words,
}

fn seconds() -> u32 {
    120
}

/// Why a document is no [`WrapUp`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BadWrapUp {
    /// It is not of the form; what is wrong, and where.
    Form(String),
    /// There are more than 100 codes.
    Codes,
    /// An id or name is empty or longer than 128 bytes.
    Name(String),
    /// An id is there twice.
    Twice(String),
    /// The seconds are not 1 to 3,600.
    Seconds,
    /// A code is required, and there is none.
    NoCodes,
}

impl fmt::Display for BadWrapUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form(what) => write!(f, "not of the form {{codes: [{{id, name}}], required, seconds}}: {what}"),
            Self::Codes => f.write_str("there are more than 100 codes"),
            Self::Name(id) => write!(f, "an id or name of '{id}' is empty or longer than 128 bytes"),
            Self::Twice(id) => write!(f, "the code '{id}' is there twice"),
            Self::Seconds => f.write_str("seconds is 1 to 3,600"),
            Self::NoCodes => f.write_str("a code is required, and there is none"),
        }
    }
}

impl Default for WrapUp {
    fn default() -> Self {
        Self { codes: Vec::new(), required: false, seconds: seconds() }
    }
}

impl WrapUp {
    /// Reads a document.
    ///
    /// # Errors
    /// [`BadWrapUp`].
    pub fn read(text: &str) -> Result<Self, BadWrapUp> {
        let read: Self = serde_json::from_str(text).map_err(|error| BadWrapUp::Form(error.to_string()))?;
        if read.codes.len() > CODES {
            return Err(BadWrapUp::Codes);
        }
        let mut ids = BTreeSet::new();
        for Code { id, name } in &read.codes {
            if id.trim().is_empty() || id.len() > NAME || !name.is_sound(NAME) {
                return Err(BadWrapUp::Name(id.chars().take(64).collect()));
            }
            if !ids.insert(id) {
                return Err(BadWrapUp::Twice(id.clone()));
            }
        }
        if !(1..=SECONDS).contains(&read.seconds) {
            return Err(BadWrapUp::Seconds);
        }
        if read.required && read.codes.is_empty() {
            return Err(BadWrapUp::NoCodes);
        }
        Ok(read)
    }

    /// As it is kept and told.
    pub fn written(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// For so long it takes up the room of a conversation; `None` where nobody is asked.
    pub fn lasts(&self) -> Option<Duration> {
        (!self.codes.is_empty()).then(|| Duration::from_secs(self.seconds.into()))
    }

    /// Whether it does not end without a code.
    pub fn is_required(&self) -> bool {
        self.required
    }

    /// What a code is called.
    pub fn name(&self, id: &str) -> Option<&str> {
        self.codes.iter().find(|code| code.id == id).map(|code| code.name.first())
    }
}

/// `GET /api/wrap-up` -> `{codes: [{id, name}], required, seconds}`; needs `conversation.handle`.
pub async fn show<S: Store>(State(hub): State<Hub<S>>, headers: HeaderMap) -> Response {
    let access = match access(&hub, &headers, Permission::Handle).await {
        Ok(access) => access,
        Err(answer) => return *answer,
    };
    match hub.store.wrap_up(&access.tenant).await {
        Ok(wrap_up) => Json(wrap_up).into_response(),
        Err(error) => unavailable(&error),
    }
}

/// `PUT /api/wrap-up`, of the same form; needs `routing.edit`. For conversations that end from now on.
pub async fn change<S: Store>(State(hub): State<Hub<S>>, headers: HeaderMap, body: Bytes) -> Response {
    let access = match access(&hub, &headers, Permission::EditRouting).await {
        Ok(access) => access,
        Err(answer) => return *answer,
    };
    let text = std::str::from_utf8(&body).map_err(|error| BadWrapUp::Form(error.to_string()));
    let wrap_up = match text.and_then(WrapUp::read) {
        Ok(wrap_up) => wrap_up,
        Err(error) => return problem(StatusCode::BAD_REQUEST, "bad-wrap-up", &error.to_string()),
    };
    match hub.store.change_wrap_up(&access.tenant, wrap_up).await {
        Ok(()) => {
            tracing::info!(agent = access.agent, "codes for conversations were changed");
            StatusCode::NO_CONTENT.into_response()
        }
        Err(error) => unavailable(&error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_read_with_what_it_leaves_out_and_refused_with_its_fault() {
        let read = WrapUp::read(r#"{"codes":[{"id":"sold","name":{"ja":"販売","en":"Sold"}},{"id":"x","name":"X"}]}"#);
        let read = read.expect("it is sound");
        assert_eq!((read.name("sold"), read.name("x"), read.name("y")), (Some("Sold"), Some("X"), None));
        assert_eq!((read.lasts(), read.is_required()), (Some(Duration::from_secs(120)), false));
        assert_eq!(WrapUp::read(&read.written()), Ok(read));
        assert_eq!(WrapUp::read("{}").expect("nobody is asked").lasts(), None);
        for (bad, fault) in [
            (r#"{"required":true}"#, BadWrapUp::NoCodes),
            (r#"{"seconds":0}"#, BadWrapUp::Seconds),
            (r#"{"seconds":3601}"#, BadWrapUp::Seconds),
            (r#"{"codes":[{"id":"a","name":"A"},{"id":"a","name":"B"}]}"#, BadWrapUp::Twice("a".into())),
            (r#"{"codes":[{"id":"a","name":" "}]}"#, BadWrapUp::Name("a".into())),
            (r#"{"codes":[{"id":"a","name":{}}]}"#, BadWrapUp::Name("a".into())),
        ] {
            assert_eq!(WrapUp::read(bad), Err(fault), "{bad}");
        }
        assert!(matches!(WrapUp::read(r#"{"code":[]}"#), Err(BadWrapUp::Form(_))));
    }
}
