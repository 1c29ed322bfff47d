//! Who gets which conversation: read and changed by agents who may, and why it was decided so.

use std::str;

use alongside::protocol::ConversationId;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::api::{access, problem, unavailable};
use crate::conversation::Fact;
use crate::hub::Hub;
use crate::routing::{BadRules, Rules};
use crate::store::{Permission, Store};

/// `GET /api/routing` -> `{routing: {offer, queues, agents}}`; needs `routing.edit`.
pub async fn show<S: Store>(State(hub): State<Hub<S>>, headers: HeaderMap) -> Response {
    let access = match access(&hub, &headers, Permission::EditRouting).await {
        Ok(access) => access,
        Err(answer) => return *answer,
    };
    match hub.store.routing(&access.tenant).await {
        Ok(rules) => ([(header::CONTENT_TYPE, "application/json")], rules.written()).into_response(),
        Err(error) => unavailable(&error),
    }
}

/// `PUT /api/routing`, of the same form; needs `routing.edit`. What waits is routed by it at once.
pub async fn change<S: Store>(State(hub): State<Hub<S>>, headers: HeaderMap, body: Bytes) -> Response {
    let access = match access(&hub, &headers, Permission::EditRouting).await {
        Ok(access) => access,
        Err(answer) => return *answer,
    };
    let bad = |error: &BadRules| problem(StatusCode::BAD_REQUEST, "bad-routing", &error.to_string());
    let text = str::from_utf8(&body).map_err(|error| BadRules::Form(error.to_string()));
    let rules = match text.and_then(Rules::read) {
        Ok(rules) => rules,
        Err(error) => return bad(&error),
    };
    let agents = match hub.store.agents(&access.tenant).await {
        Ok(agents) => agents,
        Err(error) => return unavailable(&error),
    };
    if let Err(error) = rules.check_agents(agents.iter().map(|agent| agent.agent.as_str())) {
        return bad(&error);
    }
    match hub.store.change_routing(&access.tenant, rules).await {
        Ok(()) => {
            tracing::info!(agent = access.agent, "routing was changed");
            hub.switchboard.tell(Fact::Rules(access.tenant));
            StatusCode::NO_CONTENT.into_response()
        }
        Err(error) => unavailable(&error),
    }
}

/// `GET /v1/conversations/{id}/decisions` -> `{decisions: [{at, agent?, reason}]}`, in order; needs `conversation.handle`.
pub async fn decisions<S: Store>(
    State(hub): State<Hub<S>>,
    headers: HeaderMap,
    Path(conversation): Path<String>,
) -> Response {
    let access = match access(&hub, &headers, Permission::Handle).await {
        Ok(access) => access,
        Err(answer) => return *answer,
    };
    let found = match conversation.parse::<ConversationId>() {
        Ok(conversation) => hub.store.decisions(&access, conversation).await,
        Err(_) => Ok(None),
    };
    match found {
        Ok(Some(decisions)) => {
            let decisions: Vec<_> = decisions
                .into_iter()
                .map(|kept| match kept.agent {
                    Some(agent) => {
                        serde_json::json!({ "at": kept.at.as_millis(), "agent": agent, "reason": kept.reason })
                    }
                    None => serde_json::json!({ "at": kept.at.as_millis(), "reason": kept.reason }),
                })
                .collect();
            Json(serde_json::json!({ "decisions": decisions })).into_response()
        }
        Ok(None) => problem(StatusCode::NOT_FOUND, "no-conversation", "there is no such conversation"),
        Err(error) => unavailable(&error),
    }
}
