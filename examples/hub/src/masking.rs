//! What agents do not see of a deployment's pages: read and changed by agents, told to pages that are shared.

use alongside::cobrowse::MaskRules;
use alongside::protocol::{Encoding, Masking, Message, Payload, RelayBody};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::api::{access, problem, unavailable};
use crate::hub::Hub;
use crate::store::{Access, Permission, Store};

/// Longest id of a deployment, in bytes.
const DEPLOYMENT: usize = 64;

/// `GET /api/deployments/{id}/masking` -> `{masking: {private, rules: [{mark, selector, page?}]}}`; needs `masking.read`.
pub async fn show<S: Store>(State(hub): State<Hub<S>>, Path(deployment): Path<String>, headers: HeaderMap) -> Response {
    if let Err(answer) = admit(&hub, &deployment, &headers, Permission::ReadMasking).await {
        return *answer;
    }
    match hub.store.masking(&deployment).await {
        Ok(masking) => ([(header::CONTENT_TYPE, "application/json")], written(masking)).into_response(),
        Err(error) => unavailable(&error),
    }
}

/// `PUT /api/deployments/{id}/masking`, of the same form; needs `masking.edit`. Pages that are shared keep to it at once.
pub async fn change<S: Store>(
    State(hub): State<Hub<S>>,
    Path(deployment): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let access = match admit(&hub, &deployment, &headers, Permission::EditMasking).await {
        Ok(access) => access,
        Err(answer) => return *answer,
    };
    let bad = |message: &str| problem(StatusCode::BAD_REQUEST, "bad-masking", message);
    let Some(masking) = std::str::from_utf8(&body).ok().and_then(read) else {
        return bad("the body is {\"masking\": {\"private\": false, \"rules\": [{\"mark\", \"selector\", \"page\"}]}}");
    };
    if let Err(error) = MaskRules::new(&masking) {
        return bad(&error.to_string());
    }
    match hub.store.change_masking(&deployment, masking).await {
        Ok(()) => {
            tracing::info!(agent = access.agent, deployment, "masking was changed");
            hub.masking.send_modify(|changes| *changes += 1);
            StatusCode::NO_CONTENT.into_response()
        }
        Err(error) => unavailable(&error),
    }
}

/// Rules as JSON, as they are kept and told.
pub fn written(masking: Masking) -> String {
    match Payload::encode_relay(&RelayBody::Masking(masking), Encoding::Json).as_message() {
        Message::Text(text) => text.clone(),
        Message::Binary(_) => String::new(),
    }
}

/// What [`written`] has written, or somebody else.
pub fn read(text: &str) -> Option<Masking> {
    match Payload::from_message(Message::Text(text.to_owned())).decode_relay() {
        Ok(RelayBody::Masking(masking)) => Some(masking),
        _ => None,
    }
}

/// Who asks, if he may; a deployment of others looks as if it were not there.
pub(crate) async fn admit<S: Store>(
    hub: &Hub<S>,
    deployment: &str,
    headers: &HeaderMap,
    needed: Permission,
) -> Result<Access, Box<Response>> {
    let access = access(hub, headers, needed).await?;
    let found = match deployment.len() {
        ..=DEPLOYMENT => hub.store.deployment(deployment).await.map_err(|error| Box::new(unavailable(&error)))?,
        _ => None,
    };
    let is_own = found.is_some_and(|found| found.tenant == access.tenant);
    is_own
        .then_some(access)
        .ok_or_else(|| Box::new(problem(StatusCode::NOT_FOUND, "no-deployment", "there is no such deployment")))
}
