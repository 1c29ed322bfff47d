//! What is served over plain HTTP: the SDK, the desk, and an agent's way in.

use std::path::PathBuf;

use alongside::protocol::RefusalCode;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use tower_http::compression::CompressionLayer;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::hub::{Address, Hub};
use crate::session::{Origin, refusal};
use crate::store::{Access, Permission, Store};
use crate::{
    beacon, channel, clock, files, frame, identity, masking, poll, records, replies, rules, socket, terms, transcript,
    visitors, wrap_up,
};

/// Largest request body, in bytes.
const BODY: usize = 512 * 1024;

/// The desk runs our code only, talks to its hub only, and nobody may frame it.
const DESK_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; style-src 'self'; \
                           img-src 'self' data:; font-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The page that a replica is drawn into: nothing runs in it, and it asks nobody for anything.
const REPLICA_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; font-src data: blob:; \
                              media-src data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/// The page that a request comes from, as its browser says.
pub fn origin_of(headers: &HeaderMap) -> Origin {
    Origin(headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok()).map(str::to_owned))
}

/// All routes. `sdk` and `desk` are folders of built files.
pub fn router<S: Store>(hub: Hub<S>, sdk: PathBuf, desk: PathBuf) -> Router {
    let set = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
    };
    let sdk = Router::new()
        .fallback_service(ServeDir::new(sdk))
        .layer(set(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .layer(set(HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"));
    let desk = Router::new()
        .fallback_service(ServeDir::new(desk))
        .layer(set(header::CONTENT_SECURITY_POLICY, DESK_POLICY))
        .layer(set(header::REFERRER_POLICY, "no-referrer"));
    // A policy of its own: a frame without an address has the desk's, which allows no inline style.
    let replica = Router::new()
        .route("/replica", get(|| async { Html("<!doctype html>") }))
        .layer(set(header::CONTENT_SECURITY_POLICY, REPLICA_POLICY));
    let built = Router::new()
        .nest_service("/sdk", sdk)
        .nest_service("/desk", desk)
        .layer(set(header::CACHE_CONTROL, "no-cache"))
        .layer(CompressionLayer::new());
    let pages = Router::new()
        .route("/v1/beacon", post(beacon::deliver::<S>))
        .route("/v1/poll", post(poll::open::<S>))
        .route("/v1/poll/send", post(poll::send::<S>))
        .route("/v1/poll/receive", post(poll::receive::<S>))
        .route("/v1/poll/close", post(poll::close::<S>))
        .route("/v1/sessions/record", post(records::for_visitor::<S>))
        .route("/v1/files", post(files::from_visitor::<S>))
        .route("/v1/identity", post(identity::hand_in::<S>))
        .layer(from_fn_with_state(hub.clone(), cross_origin::<S>));
    Router::new()
        .route("/", get(|| async { Redirect::temporary("/desk/") }))
        .route("/health", get(|| async { "ok" }))
        .route("/v1/link", get(socket::open::<S>))
        .route("/frame", get(frame::show::<S>))
        .merge(pages)
        .route("/v1/files/{id}", get(files::show::<S>))
        .route("/api/files", post(files::from_agent::<S>))
        .route("/v1/sessions", get(records::list::<S>))
        .route("/v1/sessions/{id}/record", get(records::for_agent::<S>))
        .route("/v1/conversations/{id}/decisions", get(rules::decisions::<S>))
        .route("/v1/conversations/{id}/transcript", get(transcript::show::<S>))
        .route("/api/agent/login", post(login::<S>))
        .route("/api/agent/ticket", post(ticket::<S>))
        .route("/api/deployments/{id}/masking", get(masking::show::<S>).put(masking::change::<S>))
        .route("/v1/deployments/{deployment}/channels/{id}/messages", post(channel::receive::<S>))
        .route("/v1/deployments/{deployment}/channels/{id}/receipts", post(channel::receipt::<S>))
        .route("/v1/deployments/{deployment}/channels/{id}/forget", post(channel::forget::<S>))
        .route("/api/messenger", get(terms::show::<S>).put(terms::change::<S>))
        .route("/api/channels", get(channel::show::<S>).put(channel::change::<S>))
        .route("/api/deployments/{id}/identity", get(identity::show::<S>).put(identity::change::<S>))
        .route("/api/routing", get(rules::show::<S>).put(rules::change::<S>))
        .route("/api/wrap-up", get(wrap_up::show::<S>).put(wrap_up::change::<S>))
        .route("/api/replies", get(replies::show::<S>).put(replies::change::<S>))
        .route("/v1/visitors/{id}", get(visitors::show::<S>))
        .route("/v1/visitors/{id}/journey", get(visitors::journey::<S>))
        .layer(DefaultBodyLimit::max(BODY))
        .with_state(hub)
        .merge(built)
        .merge(replica)
        .layer(set(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
}

/// Answers pages of known origins only, and lets only them read the answer.
///
/// A preflight names no deployment, so each deployment's origins are known here; that the page's own deployment allows its
/// origin is checked with the greeting, and what that refuses nobody may read.
async fn cross_origin<S: Store>(State(hub): State<Hub<S>>, request: Request, next: Next) -> Response {
    let origin = origin_of(request.headers());
    let mut answer = match hub.is_known(&origin).await {
        Ok(true) if request.method() == Method::OPTIONS => (
            StatusCode::NO_CONTENT,
            [
                (header::ACCESS_CONTROL_ALLOW_METHODS, "POST"),
                (
                    header::ACCESS_CONTROL_ALLOW_HEADERS,
                    "content-type, x-alongside-poll, x-alongside-deployment, x-alongside-visitor, x-alongside-name",
                ),
                (header::ACCESS_CONTROL_MAX_AGE, "3600"),
            ],
        )
            .into_response(),
        Ok(true) => next.run(request).await,
        Ok(false) => {
            let reason = "no deployment allows pages of this origin: add it at the hub (--allow-origin)";
            beacon::refused(refusal(RefusalCode::Deployment, reason))
        }
        Err(refusal) => beacon::refused(refusal),
    };
    answer.headers_mut().insert(header::VARY, HeaderValue::from_static("origin"));
    if answer.status() != StatusCode::FORBIDDEN
        && let Some(origin) = origin.0.and_then(|origin| HeaderValue::from_str(&origin).ok())
    {
        answer.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    answer
}

/// An agent's e-mail address and password.
#[derive(serde::Deserialize)]
struct Login {
    email: String,
    password: String,
}

/// An answer that says what is wrong.
pub(crate) fn problem(status: StatusCode, code: &str, message: &str) -> Response {
    (status, Json(serde_json::json!({ "code": code, "message": message }))).into_response()
}

/// `POST /api/agent/login` `{email, password}` -> `{token, name}`
async fn login<S: Store>(State(hub): State<Hub<S>>, Address(address): Address, Json(login): Json<Login>) -> Response {
    if login.email.len() > 254 || login.password.len() > 1_024 {
        return problem(StatusCode::BAD_REQUEST, "bad-request", "e-mail address or password is too long");
    }
    if !hub.limits.begin_sign_in(address, &login.email) {
        let mut answer = problem(StatusCode::TOO_MANY_REQUESTS, "too-many-tries", "too many tries: wait a minute");
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
        return answer;
    }
    match hub.store.sign_in(&login.email, &login.password, clock::wall()).await {
        Ok(Some(session)) => {
            hub.limits.signed_in(address, &login.email);
            Json(serde_json::json!({ "token": session.token, "name": session.name })).into_response()
        }
        Ok(None) => problem(StatusCode::UNAUTHORIZED, "wrong-login", "e-mail address or password is wrong"),
        Err(error) => unavailable(&error),
    }
}

/// `POST /api/agent/ticket` with `Authorization: Bearer` -> `{ticket}`
async fn ticket<S: Store>(State(hub): State<Hub<S>>, headers: HeaderMap) -> Response {
    let Some(session) = bearer(&headers) else {
        return problem(StatusCode::UNAUTHORIZED, "no-session", "sign in first");
    };
    match hub.store.issue_ticket(session, clock::wall()).await {
        Ok(Some(ticket)) => Json(serde_json::json!({ "ticket": ticket.to_string() })).into_response(),
        Ok(None) => problem(StatusCode::UNAUTHORIZED, "session-over", "the session is over: sign in again"),
        Err(error) => unavailable(&error),
    }
}

/// The token of an agent's session.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// Who asks, by the token of his session, where he may do this.
///
/// # Errors
/// The answer to whoever may not.
pub(crate) async fn access<S: Store>(
    hub: &Hub<S>,
    headers: &HeaderMap,
    needed: Permission,
) -> Result<Access, Box<Response>> {
    let over = || Box::new(problem(StatusCode::UNAUTHORIZED, "session-over", "the session is over: sign in again"));
    let token = bearer(headers).ok_or_else(over)?;
    match hub.store.access_of(token, clock::wall()).await {
        Ok(Some(access)) if access.may(needed) => Ok(access),
        Ok(Some(_)) => Err(Box::new(problem(StatusCode::FORBIDDEN, "not-permitted", "this agent may not do that"))),
        Ok(None) => Err(over()),
        Err(error) => Err(Box::new(unavailable(&error))),
    }
}

/// The answer where the store has none.
pub(crate) fn unavailable(error: &crate::store::StoreError) -> Response {
    tracing::error!(%error, "cannot answer");
    problem(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "the hub cannot read its data now: try again")
}
