//! Who somebody is who talks to an agent: what he said of himself, what he did on the site, what was said before.

use alongside::protocol::{JourneyKind, VisitorId};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::api::{access, problem, unavailable};
use crate::hub::Hub;
use crate::store::{JourneyPart, Permission, Store};

/// Where a part of a journey ends.
#[derive(serde::Deserialize)]
pub struct Before {
    before: Option<i64>,
}

/// `GET /v1/visitors/{id}` -> `{language?, conversations: [{conversation, began, lastAt, stage, agent?, excerpt, collected, code?,
/// codeName?}]}`, the latest 20, the newest first; needs `conversation.handle`.
pub async fn show<S: Store>(State(hub): State<Hub<S>>, headers: HeaderMap, Path(visitor): Path<String>) -> Response {
    let access = match access(&hub, &headers, Permission::Handle).await {
        Ok(access) => access,
        Err(answer) => return *answer,
    };
    let Ok(visitor) = visitor.parse::<VisitorId>() else { return nobody() };
    match hub.store.profile(&access, visitor).await {
        Ok(profile) => {
            let conversations: Vec<Value> = profile
                .conversations
                .into_iter()
                .map(|kept| {
                    json!({
                        "conversation": kept.conversation.to_string(), "began": kept.began.as_millis(),
                        "lastAt": kept.last_at.as_millis(), "stage": kept.stage.as_str(), "agent": kept.agent,
                        "excerpt": kept.excerpt, "code": kept.code, "codeName": kept.code_name,
                        "collected": kept.collected.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect::<Vec<_>>(),
                    })
                })
                .collect();
            Json(json!({ "language": profile.language, "conversations": conversations })).into_response()
        }
        Err(error) => unavailable(&error),
    }
}

/// `GET /v1/visitors/{id}/journey?before=` -> `{visits: [{visit, started, lastActivity, pageViews, events}], next?}`; needs `live.view`.
/// The newest first, at most 50 events: each `{at}` and `{title, url}` of a page, `{search}`, or `{event}`, the name of one of the site's
/// own. `next` is what to ask for as `before`.
pub async fn journey<S: Store>(
    State(hub): State<Hub<S>>,
    headers: HeaderMap,
    Path(visitor): Path<String>,
    Query(Before { before }): Query<Before>,
) -> Response {
    let access = match access(&hub, &headers, Permission::ViewLive).await {
        Ok(access) => access,
        Err(answer) => return *answer,
    };
    let Ok(visitor) = visitor.parse::<VisitorId>() else { return nobody() };
    match hub.store.journey(&access, visitor, before).await {
        Ok(JourneyPart { visits, next }) => {
            let visits: Vec<Value> = visits
                .into_iter()
                .map(|visit| {
                    json!({
                        "visit": visit.visit.to_string(), "started": visit.started.as_millis(),
                        "lastActivity": visit.last_activity.as_millis(), "pageViews": visit.page_views,
                        "events": visit.events.iter().map(|(at, kind)| event(at.as_millis(), kind)).collect::<Vec<_>>(),
                    })
                })
                .collect();
            Json(json!({ "visits": visits, "next": next })).into_response()
        }
        Err(error) => unavailable(&error),
    }
}

fn event(at: u64, kind: &JourneyKind) -> Value {
    match kind {
        JourneyKind::PageViewed(view) => json!({ "at": at, "title": view.title.as_str(), "url": view.url.as_str() }),
        JourneyKind::SearchPerformed(search) => json!({ "at": at, "search": search.term.as_str() }),
        JourneyKind::Custom(custom) => json!({ "at": at, "event": custom.name.as_str() }),
        _ => json!({ "at": at }),
    }
}

fn nobody() -> Response {
    problem(StatusCode::NOT_FOUND, "no-visitor", "that is no visitor's id")
}
