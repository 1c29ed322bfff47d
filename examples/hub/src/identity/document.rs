//! How tokens are checked, read and changed by agents.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Json, response};

use super::rules::IdentityRules;
use crate::api::{problem, unavailable};
use crate::hub::Hub;
use crate::masking::admit;
use crate::store::{Permission, Store};

/// `GET /api/deployments/{id}/identity` -> `{identity: {issuer, audience, algorithms ...}}`, without the secret; needs `identity.edit`.
pub async fn show<S: Store>(
    State(hub): State<Hub<S>>,
    Path(deployment): Path<String>,
    headers: HeaderMap,
) -> response::Response {
    if let Err(answer) = admit(&hub, &deployment, &headers, Permission::EditIdentity).await {
        return *answer;
    }
    match hub.store.identity_rules(&deployment).await {
        Ok(Some(rules)) => Json(rules.told()).into_response(),
        Ok(None) => problem(StatusCode::NOT_FOUND, "no-rules", "nobody said how tokens are checked"),
        Err(error) => unavailable(&error),
    }
}

/// `PUT /api/deployments/{id}/identity`, of the same form; needs `identity.edit`. Where it needs a secret and has none, the one before stays.
pub async fn change<S: Store>(
    State(hub): State<Hub<S>>,
    Path(deployment): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let access = match admit(&hub, &deployment, &headers, Permission::EditIdentity).await {
        Ok(access) => access,
        Err(answer) => return *answer,
    };
    let kept = match hub.store.identity_rules(&deployment).await {
        Ok(kept) => kept,
        Err(error) => return unavailable(&error),
    };
    let text = std::str::from_utf8(&body).unwrap_or_default();
    let rules = match IdentityRules::read_over(text, kept.as_ref()) {
        Ok(rules) => rules,
        Err(error) => return problem(StatusCode::BAD_REQUEST, "bad-identity", &error.to_string()),
    };
    match hub.store.change_identity_rules(&deployment, rules).await {
        Ok(()) => {
            tracing::info!(agent = access.agent, deployment, "how tokens are checked was changed");
            StatusCode::NO_CONTENT.into_response()
        }
        Err(error) => unavailable(&error),
    }
}
