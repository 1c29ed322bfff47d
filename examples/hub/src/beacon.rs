//! Takes what a page sends as it goes away: a greeting and events in one request.

use alongside::protocol::{Encoding, FRAME_LIMIT, Frame, Message, Refusal, RefusalCode};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::api::origin_of;
use crate::hub::{Address, Hub};
use crate::session::{self, refusal};
use crate::store::Store;

/// Most frames of one body.
const FRAMES: usize = 512;

/// `POST /v1/beacon`
///
/// 204 when everything is kept, 4xx with the refusal when nothing can be.
pub async fn deliver<S: Store>(
    State(hub): State<Hub<S>>,
    Address(address): Address,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let origin = origin_of(&headers);
    let result = match hub.limits.connect(address) {
        None => Err(Refusal { retry_after: Some(10_000), ..refusal(RefusalCode::Busy, "too many connections") }),
        Some(_place) => match unpack(&headers, &body) {
            None => Err(refusal(
                RefusalCode::Malformed,
                "a body holds JSON frames, one a line, or frames after their lengths",
            )),
            Some(messages) => session::deliver(&hub, &origin, &messages).await,
        },
    };
    match result {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(refusal) => refused(refusal),
    }
}

/// The answer to a request that is refused: the refusal as a JSON frame.
pub fn refused(refusal: Refusal) -> Response {
    let status = match refusal.code {
        RefusalCode::Deployment | RefusalCode::Credentials => StatusCode::FORBIDDEN,
        RefusalCode::Oversize => StatusCode::PAYLOAD_TOO_LARGE,
        RefusalCode::Busy => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::BAD_REQUEST,
    };
    match Frame::Refusal(refusal).encode(Encoding::Json) {
        Message::Text(text) => (status, [(header::CONTENT_TYPE, "application/json")], text).into_response(),
        Message::Binary(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// The frames of a body; `None` when it is not as described.
pub fn unpack(headers: &HeaderMap, body: &[u8]) -> Option<Vec<Message>> {
    if body.len() > FRAME_LIMIT * 4 {
        return None;
    }
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    // A beacon of bytes comes without a type.
    let is_binary = !kind.is_some_and(|kind| kind.starts_with("text/") || kind.starts_with("application/json"));
    let mut messages = Vec::new();
    if is_binary {
        let mut rest = body;
        while !rest.is_empty() {
            let (length, after) = rest.split_first_chunk::<4>()?;
            let (bytes, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
            messages.push(Message::Binary(bytes.to_vec()));
            rest = after;
        }
    } else {
        let text = std::str::from_utf8(body).ok()?;
        messages.extend(text.lines().filter(|line| !line.is_empty()).map(|line| Message::Text(line.to_owned())));
    }
    (messages.len() <= FRAMES).then_some(messages)
}
