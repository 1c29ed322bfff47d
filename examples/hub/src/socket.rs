//! Carries messages over a WebSocket.

use std::time::Duration;

use alongside::protocol::{Encoding, FRAME_LIMIT, Frame, Malformed, Message as Wire, Refusal, RefusalCode};
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::http::HeaderMap;
use axum::response::Response;
use tokio::sync::mpsc;
use tungstenite::Error::Capacity;

use crate::api::origin_of;
use crate::hub::{Address, Hub};
use crate::session::{self, End, Origin, Received, refusal};
use crate::store::Store;

/// Messages that wait between the socket and the session, each way.
const QUEUE: usize = 64;

/// Bytes that are kept for a reader who does not read; above that the connection ends.
const WRITE_BUFFER: usize = 256 * 1024;

/// The largest message that is taken in. The session says what is wrong with one above the frame's limit.
const MESSAGE: usize = FRAME_LIMIT * 4;

/// A socket that takes nothing for so long is given up.
pub const WRITE: Duration = Duration::from_secs(10);

/// A socket that the hub closes is kept so long for the other side to read why.
const LINGER: Duration = Duration::from_secs(1);

/// `GET /v1/link`
pub async fn open<S: Store>(
    State(hub): State<Hub<S>>,
    Address(address): Address,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let origin = origin_of(&headers);
    upgrade
        .read_buffer_size(4 * 1024)
        .max_write_buffer_size(WRITE_BUFFER)
        .max_message_size(MESSAGE)
        .max_frame_size(MESSAGE)
        .on_upgrade(move |socket| async move {
            let _hold = hub.hold();
            let Some(_place) = hub.limits.connect(address) else {
                let busy = refusal(RefusalCode::Busy, "too many connections from this address");
                return refuse(socket, Refusal { retry_after: Some(10_000), ..busy }).await;
            };
            carry(hub, origin, socket).await;
        })
}

async fn carry<S: Store>(hub: Hub<S>, origin: Origin, mut socket: WebSocket) {
    let (to_session, incoming) = mpsc::channel(QUEUE);
    let (outgoing, mut from_session) = mpsc::channel(QUEUE);
    let mut to_session = Some(to_session);
    let session = tokio::spawn(async move { session::serve(&hub, origin, incoming, outgoing).await });
    loop {
        tokio::select! {
            message = from_session.recv() => {
                let Some(message) = message else { break };
                if !say(&mut socket, message_of(message)).await {
                    return;
                }
            }
            is_open = hear(&mut socket, to_session.as_ref()) => {
                if !is_open {
                    to_session = None;
                }
            }
        }
    }
    drop(to_session);
    let end = session.await.unwrap_or(End::Left);
    close(socket, end).await;
}

/// Sends a message; false when the other side is gone, or does not read.
async fn say(socket: &mut WebSocket, message: Message) -> bool {
    matches!(tokio::time::timeout(WRITE, socket.send(message)).await, Ok(Ok(())))
}

/// Waits until the session has room, then for a message, and hands it over; false when nothing more will come. Cancel safe.
///
/// Waiting for room must not keep what the session says from being sent: it makes no room before that is taken.
async fn hear(socket: &mut WebSocket, session: Option<&mpsc::Sender<Received>>) -> bool {
    let Some(session) = session else { return std::future::pending().await };
    let Ok(place) = session.reserve().await else { return false };
    loop {
        match socket.recv().await {
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            message => return message.and_then(received).map(|message| place.send(message)).is_some(),
        }
    }
}

/// What the session is told of a message; `None` when nothing more will come.
fn received(message: Result<Message, axum::Error>) -> Option<Received> {
    match message {
        Ok(Message::Binary(bytes)) => Some(Ok(Wire::Binary(bytes.into()))),
        Ok(Message::Text(text)) => Some(Ok(Wire::Text(text.as_str().to_owned()))),
        Ok(_) => None,
        Err(error) => match error.into_inner().downcast_ref() {
            Some(Capacity(_)) => Some(Err(Malformed::Oversize { limit: FRAME_LIMIT })),
            _ => None,
        },
    }
}

async fn refuse(mut socket: WebSocket, refusal: Refusal) {
    let end = End::Refused(refusal.code);
    if say(&mut socket, message_of(Frame::Refusal(refusal).encode(Encoding::Binary))).await {
        close(socket, end).await;
    }
}

/// Says why, and waits a moment for the other side to have read it: a socket that is dropped with bytes unread is reset, and
/// the reset overtakes what was said.
async fn close(mut socket: WebSocket, end: End) {
    let code = match end {
        End::Left => close_code::NORMAL,
        End::Stopping => close_code::AWAY,
        End::Refused(RefusalCode::Oversize) => close_code::SIZE,
        End::Refused(RefusalCode::Busy) => close_code::AGAIN,
        End::Refused(_) => close_code::POLICY,
    };
    let rest = async {
        let _ = socket.send(Message::Close(Some(CloseFrame { code, reason: "".into() }))).await;
        while let Some(Ok(_)) = socket.recv().await {}
        if end == End::Refused(RefusalCode::Oversize) {
            // What is left of a message that is too large cannot be read.
            std::future::pending().await
        }
    };
    let _ = tokio::time::timeout(LINGER, rest).await;
}

fn message_of(message: Wire) -> Message {
    match message {
        Wire::Binary(bytes) => Message::Binary(bytes.into()),
        Wire::Text(text) => Message::Text(text.into()),
    }
}
