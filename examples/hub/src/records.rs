//! Shared sessions after the fact: lists for agents, the record for both sides.

use alongside::protocol::{ConsentKey, SessionId};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::api::{access, problem, unavailable};
use crate::cobrowse::{digest, export, summary};
use crate::hub::Hub;
use crate::store::{Permission, RecordReader, SessionsOf, Store};

/// Whose sessions an agent asks for.
#[derive(serde::Deserialize)]
pub struct Whose {
    visit: Option<String>,
    visitor: Option<String>,
}

/// A visitor's proof that the session was his.
#[derive(serde::Deserialize)]
pub struct Proof {
    session: String,
    /// Made by his page when he agreed.
    key: String,
}

/// `GET /v1/sessions?visit=` or `?visitor=` with `Authorization: Bearer`: the latest sessions, the newest first.
pub async fn list<S: Store>(State(hub): State<Hub<S>>, headers: HeaderMap, Query(whose): Query<Whose>) -> Response {
    let access = match access(&hub, &headers, Permission::ViewLive).await {
        Ok(access) => access,
        Err(answer) => return *answer,
    };
    let visit = whose.visit.and_then(|visit| visit.parse().ok()).map(SessionsOf::Visit);
    let visitor = whose.visitor.and_then(|visitor| visitor.parse().ok()).map(SessionsOf::Visitor);
    let Some(of) = visit.or(visitor) else {
        return problem(StatusCode::BAD_REQUEST, "bad-request", "name a visit or a visitor by its id");
    };
    match hub.store.sessions_of(&access, of).await {
        Ok(sessions) => {
            let sessions: Vec<_> = sessions.iter().map(summary).collect();
            Json(serde_json::json!({ "sessions": sessions })).into_response()
        }
        Err(error) => unavailable(&error),
    }
}

/// `GET /v1/sessions/{id}/record` with `Authorization: Bearer`: a session and its record.
pub async fn for_agent<S: Store>(
    State(hub): State<Hub<S>>,
    headers: HeaderMap,
    Path(session): Path<String>,
) -> Response {
    match access(&hub, &headers, Permission::Record).await {
        Ok(access) => record(&hub, RecordReader::Agent(access), session.parse().ok()).await,
        Err(answer) => *answer,
    }
}

/// `POST /v1/sessions/record` `{session, key}`: the same for the visitor. The key is a secret, so it is in no address.
pub async fn for_visitor<S: Store>(State(hub): State<Hub<S>>, Json(proof): Json<Proof>) -> Response {
    match proof.key.parse::<ConsentKey>() {
        Ok(key) => record(&hub, RecordReader::Visitor(digest(key)), proof.session.parse().ok()).await,
        Err(_) => nothing(),
    }
}

async fn record<S: Store>(hub: &Hub<S>, reader: RecordReader, session: Option<SessionId>) -> Response {
    let Some(session) = session else { return nothing() };
    match hub.store.session_record(reader, session).await {
        Ok(Some((kept, lines))) => Json(export(&kept, &lines)).into_response(),
        Ok(None) => nothing(),
        Err(error) => unavailable(&error),
    }
}

/// A session that is another's looks like one that is not there.
fn nothing() -> Response {
    problem(StatusCode::NOT_FOUND, "no-session", "there is no such session, or it is not yours")
}
