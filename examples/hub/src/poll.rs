//! Carries messages over long polling, for networks that block WebSockets.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use alongside::protocol::Message;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::sync::mpsc;

use crate::api::{allow_origin, origin_of};
use crate::beacon::unpack;
use crate::hub::Hub;
use crate::limits::Place;
use crate::random;
use crate::session::{self, Origin};
use crate::store::Store;

/// How long a request for messages waits.
const WAIT: Duration = Duration::from_secs(20);

/// A poll that nobody asked for messages for so long is over.
const ABANDONED: Duration = Duration::from_secs(45);

/// Messages that wait, each way.
const QUEUE: usize = 256;

/// Header with the poll's id: a secret, so never in an address.
const POLL: &str = "x-alongside-poll";

/// The open polls.
#[derive(Debug, Default)]
pub struct Polls(Mutex<HashMap<String, Arc<Poll>>>);

#[derive(Debug)]
struct Poll {
    origin: Origin,
    incoming: mpsc::Sender<Message>,
    outgoing: tokio::sync::Mutex<mpsc::Receiver<Message>>,
    asked: Mutex<Instant>,
    _place: Place,
}

impl Polls {
    fn insert(&self, poll: Poll) -> String {
        let id = alongside::protocol::SourceId::from_bytes(random::bytes()).to_string();
        let mut polls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        polls.retain(|_, poll| poll.asked.lock().unwrap_or_else(PoisonError::into_inner).elapsed() < ABANDONED);
        polls.insert(id.clone(), Arc::new(poll));
        id
    }

    /// The poll that the request names; one opened by another site's page does not exist for this one.
    fn find(&self, headers: &HeaderMap) -> Option<Arc<Poll>> {
        let id = headers.get(POLL)?.to_str().ok()?;
        let poll = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()?;
        (poll.origin.0 == origin_of(headers).0).then_some(poll)
    }

    fn remove(&self, headers: &HeaderMap) {
        if let Some(id) = headers.get(POLL).and_then(|id| id.to_str().ok()) {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
        }
    }
}

/// `POST /v1/poll`: opens one.
pub async fn open<S: Store>(
    State(hub): State<Hub<S>>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Response {
    let origin = origin_of(&headers);
    let Some(place) = hub.limits.connect(address.ip()) else {
        return allow_origin(&origin, (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "10")]).into_response());
    };
    let (incoming, to_session) = mpsc::channel(QUEUE);
    let (from_session, outgoing) = mpsc::channel(QUEUE);
    let poll = Poll {
        origin: origin.clone(),
        incoming,
        outgoing: tokio::sync::Mutex::new(outgoing),
        asked: Mutex::new(Instant::now()),
        _place: place,
    };
    let id = hub.polls.insert(poll);
    let (serving, from) = (hub.clone(), origin.clone());
    tokio::spawn(async move { session::serve(&serving, from, to_session, from_session).await });
    allow_origin(&origin, axum::Json(serde_json::json!({ "poll": id })).into_response())
}

/// `POST /v1/poll/send`: the page's messages.
pub async fn send<S: Store>(State(hub): State<Hub<S>>, headers: HeaderMap, body: Bytes) -> Response {
    let status = match (hub.polls.find(&headers), unpack(&headers, &body)) {
        (None, _) => StatusCode::GONE,
        (_, None) => StatusCode::BAD_REQUEST,
        (Some(poll), Some(messages)) => {
            let mut status = StatusCode::NO_CONTENT;
            for message in messages {
                if poll.incoming.send(message).await.is_err() {
                    status = StatusCode::GONE;
                    break;
                }
            }
            status
        }
    };
    allow_origin(&origin_of(&headers), status.into_response())
}

/// `POST /v1/poll/receive`: waits for the hub's messages.
pub async fn receive<S: Store>(State(hub): State<Hub<S>>, headers: HeaderMap) -> Response {
    let origin = origin_of(&headers);
    let Some(poll) = hub.polls.find(&headers) else {
        return allow_origin(&origin, StatusCode::GONE.into_response());
    };
    *poll.asked.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    let mut outgoing = poll.outgoing.lock().await;
    let mut body = Vec::new();
    let mut kind = "application/octet-stream";
    match tokio::time::timeout(WAIT, outgoing.recv()).await {
        Ok(Some(first)) => {
            let mut next = Some(first);
            while let Some(message) = next {
                match message {
                    Message::Binary(bytes) => {
                        body.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
                        body.extend_from_slice(&bytes);
                    }
                    Message::Text(text) => {
                        kind = "text/plain";
                        body.extend_from_slice(text.as_bytes());
                        body.push(b'\n');
                    }
                }
                next = outgoing.try_recv().ok();
            }
        }
        Ok(None) => {
            hub.polls.remove(&headers);
            return allow_origin(&origin, StatusCode::GONE.into_response());
        }
        Err(_) => {}
    }
    *poll.asked.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    allow_origin(&origin, ([(header::CONTENT_TYPE, kind)], body).into_response())
}

/// `POST /v1/poll/close`: the page is done.
pub async fn close<S: Store>(State(hub): State<Hub<S>>, headers: HeaderMap) -> Response {
    hub.polls.remove(&headers);
    allow_origin(&origin_of(&headers), StatusCode::NO_CONTENT.into_response())
}
