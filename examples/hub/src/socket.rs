//! Carries messages over a WebSocket.

use std::net::SocketAddr;

use alongside::protocol::{Encoding, FRAME_LIMIT, Frame, Message as Wire, Refusal, RefusalCode};
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::extract::{ConnectInfo, State};
use axum::http::HeaderMap;
use axum::response::Response;
use tokio::sync::mpsc;

use crate::api::origin_of;
use crate::hub::Hub;
use crate::session::{self, Origin, refusal};
use crate::store::Store;

/// Messages that wait between the socket and the session, each way.
const QUEUE: usize = 64;

/// Bytes that are kept for a reader who does not read; above that the connection ends.
const WRITE_BUFFER: usize = 256 * 1024;

/// `GET /v1/link`
pub async fn open<S: Store>(
    State(hub): State<Hub<S>>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let origin = origin_of(&headers);
    upgrade
        .read_buffer_size(4 * 1024)
        .max_write_buffer_size(WRITE_BUFFER)
        // One more than a frame may have, so that the session can say what is wrong.
        .max_message_size(FRAME_LIMIT * 4)
        .on_upgrade(move |socket| async move {
            let Some(_place) = hub.limits.connect(address.ip()) else {
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
                if socket.send(message_of(message)).await.is_err() {
                    break;
                }
            }
            message = socket.recv(), if to_session.is_some() => {
                let message = match message {
                    Some(Ok(Message::Binary(bytes))) => Wire::Binary(bytes.into()),
                    Some(Ok(Message::Text(text))) => Wire::Text(text.as_str().to_owned()),
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                    Some(Ok(Message::Close(_)) | Err(_)) | None => {
                        to_session = None;
                        continue;
                    }
                };
                let is_taken = match &to_session {
                    Some(session) => session.send(message).await.is_ok(),
                    None => false,
                };
                if !is_taken {
                    to_session = None;
                }
            }
        }
    }
    drop(to_session);
    let _ = session.await;
    let _ = socket.send(Message::Close(Some(CloseFrame { code: close_code::AWAY, reason: "".into() }))).await;
}

async fn refuse(mut socket: WebSocket, refusal: Refusal) {
    let _ = socket.send(message_of(Frame::Refusal(refusal).encode(Encoding::Binary))).await;
}

fn message_of(message: Wire) -> Message {
    match message {
        Wire::Binary(bytes) => Message::Binary(bytes.into()),
        Wire::Text(text) => Message::Text(text.into()),
    }
}
