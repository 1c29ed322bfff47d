//! Carries messages over long polling, for networks that block WebSockets.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use alongside::protocol::Message;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::api::origin_of;
use crate::beacon::unpack;
use crate::hub::{Address, Hub};
use crate::random;
use crate::session::{self, End, Origin, Received};
use crate::store::Store;

/// How long a request for messages waits.
const WAIT: Duration = Duration::from_secs(20);

/// A poll that nobody asked for messages for so long is over.
const ABANDONED: Duration = Duration::from_secs(45);

/// After its session a poll stays so long: the page may be about to ask for the last messages.
const LINGER: Duration = Duration::from_secs(5);

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
    incoming: mpsc::Sender<Received>,
    outgoing: tokio::sync::Mutex<mpsc::Receiver<Message>>,
    asked: Mutex<Instant>,
}

impl Poll {
    /// The page asked for messages.
    fn note(&self) {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }
}

impl Polls {
    fn all(&self) -> MutexGuard<'_, HashMap<String, Arc<Poll>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn insert(&self, poll: Poll) -> String {
        let id = alongside::protocol::SourceId::from_bytes(random::bytes()).to_string();
        self.all().insert(id.clone(), Arc::new(poll));
        id
    }

    /// The poll that the request names; one opened by another site's page does not exist for this one.
    fn find(&self, headers: &HeaderMap) -> Option<Arc<Poll>> {
        let id = headers.get(POLL)?.to_str().ok()?;
        let poll = self.all().get(id).cloned()?;
        (poll.origin.0 == origin_of(headers).0).then_some(poll)
    }

    fn remove(&self, headers: &HeaderMap) {
        if let Some(id) = headers.get(POLL).and_then(|id| id.to_str().ok()) {
            self.all().remove(id);
        }
    }

    /// When the poll is over unless the page asks for messages before; `None` once it is closed.
    fn abandoned_at(&self, id: &str) -> Option<Instant> {
        let poll = self.all().get(id).cloned()?;
        let asked = *poll.asked.lock().unwrap_or_else(PoisonError::into_inner);
        Some(asked + ABANDONED)
    }

    /// Waits for the end of a poll's session. An abandoned poll is removed, which ends its session too.
    async fn attend(&self, id: &str, session: impl Future<Output = End>) {
        let mut session = pin!(session);
        while let Some(abandoned) = self.abandoned_at(id) {
            if abandoned <= Instant::now() {
                self.all().remove(id);
                break;
            }
            tokio::select! {
                _ = &mut session => return,
                () = tokio::time::sleep_until(abandoned) => {}
            }
        }
        session.await;
    }
}

/// `POST /v1/poll`: opens one.
///
/// No deployment is named yet: that it allows the page's origin is checked with the greeting.
pub async fn open<S: Store>(State(hub): State<Hub<S>>, Address(address): Address, headers: HeaderMap) -> Response {
    let origin = origin_of(&headers);
    let Some(place) = hub.limits.connect(address) else {
        return (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "10")]).into_response();
    };
    let (incoming, to_session) = mpsc::channel(QUEUE);
    let (from_session, outgoing) = mpsc::channel(QUEUE);
    let poll = Poll {
        origin: origin.clone(),
        incoming,
        outgoing: tokio::sync::Mutex::new(outgoing),
        asked: Mutex::new(Instant::now()),
    };
    let id = hub.polls.insert(poll);
    let (serving, from, opened) = (hub.clone(), origin.clone(), id.clone());
    tokio::spawn(async move {
        serving.polls.attend(&opened, session::serve(&serving, from, to_session, from_session)).await;
        // The place is for a page that is served: what lingers is only what it has not fetched yet.
        drop(place);
        tokio::time::sleep(LINGER).await;
        serving.polls.all().remove(&opened);
    });
    axum::Json(serde_json::json!({ "poll": id })).into_response()
}

/// `POST /v1/poll/send`: the page's messages.
pub async fn send<S: Store>(State(hub): State<Hub<S>>, headers: HeaderMap, body: Bytes) -> Response {
    let status = match (hub.polls.find(&headers), unpack(&headers, &body)) {
        (None, _) => StatusCode::GONE,
        (_, None) => StatusCode::BAD_REQUEST,
        (Some(poll), Some(messages)) => {
            let mut status = StatusCode::NO_CONTENT;
            for message in messages {
                if poll.incoming.send(Ok(message)).await.is_err() {
                    status = StatusCode::GONE;
                    break;
                }
            }
            status
        }
    };
    status.into_response()
}

/// `POST /v1/poll/receive`: waits for the hub's messages.
pub async fn receive<S: Store>(State(hub): State<Hub<S>>, headers: HeaderMap) -> Response {
    let Some(poll) = hub.polls.find(&headers) else {
        return StatusCode::GONE.into_response();
    };
    poll.note();
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
            return StatusCode::GONE.into_response();
        }
        Err(_) => {}
    }
    poll.note();
    ([(header::CONTENT_TYPE, kind)], body).into_response()
}

/// `POST /v1/poll/close`: the page is done.
pub async fn close<S: Store>(State(hub): State<Hub<S>>, headers: HeaderMap) -> Response {
    hub.polls.remove(&headers);
    StatusCode::NO_CONTENT.into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn poll() -> (Poll, mpsc::Receiver<Received>) {
        let (incoming, to_session) = mpsc::channel(1);
        let outgoing = tokio::sync::Mutex::new(mpsc::channel(1).1);
        (Poll { origin: Origin::default(), incoming, outgoing, asked: Mutex::new(Instant::now()) }, to_session)
    }

    #[tokio::test(start_paused = true)]
    async fn a_poll_that_nobody_asks_for_messages_ends_itself() {
        let polls = Polls::default();
        let (poll, mut incoming) = poll();
        let id = polls.insert(poll);
        let begin = Instant::now();
        let session = async {
            tokio::time::sleep(Duration::from_secs(40)).await;
            polls.all()[&id].note();
            assert_eq!(incoming.recv().await, None);
            End::Left
        };
        polls.attend(&id, session).await;
        assert_eq!(begin.elapsed().as_secs(), 40 + 45);
    }

    #[tokio::test(start_paused = true)]
    async fn a_poll_ends_with_its_session() {
        let polls = Polls::default();
        let id = polls.insert(poll().0);
        let begin = Instant::now();
        let session = async {
            tokio::time::sleep(Duration::from_secs(5)).await;
            End::Left
        };
        polls.attend(&id, session).await;
        assert_eq!(begin.elapsed().as_secs(), 5);
    }
}
