//! What people write at a channel comes in, and what they have read.

use alongside::protocol::conversation::{MessageText, Objection, PERSON_LIMIT, Say};
use alongside::protocol::{MessageId, VisitorId};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::rules::{Channel, channels_of};
use crate::api::{problem, unavailable};
use crate::clock;
use crate::conversation::{self, Heard};
use crate::hub::Hub;
use crate::store::{Change, Sender, Store, TenantId, ThreadOf};

/// Longest address of a person at a channel, and longest id of a message, in bytes.
const ADDRESS: usize = 256;

/// Longest tag of a language, in bytes.
const TAG: usize = 35;

/// What somebody wrote.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Inbound {
    /// The channel's, the same when it is sent again.
    id: String,
    from: Person,
    text: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Person {
    address: String,
    name: Option<String>,
    language: Option<String>,
}

/// What somebody has got or read.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Receipt {
    address: String,
    /// The number of what was told.
    seq: u64,
    state: Reached,
}

/// Who is to be forgotten.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Forgotten {
    address: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Reached {
    Delivered,
    Read,
}

/// `POST /v1/deployments/{deployment}/channels/{id}/messages` `{id, from: {address, name?, language?}, text}` -> 202
/// `{conversation, message}`, 200 where it was sent before; signed.
pub async fn receive<S: Store>(
    State(hub): State<Hub<S>>,
    Path(place): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let (tenant, channel, inbound) = match signed::<Inbound, S>(&hub, &place, &headers, &body).await {
        Ok(found) => found,
        Err(answer) => return *answer,
    };
    let text = match MessageText::new(&inbound.text) {
        Ok(text) => text,
        Err(error) => return bad(&error.to_string()),
    };
    let Person { address, name, language } = inbound.from;
    let sizes = [&inbound.id, &address].map(|text| (1..=ADDRESS).contains(&text.len()));
    if sizes.contains(&false) || language.as_ref().is_some_and(|tag| tag.len() > TAG) {
        return bad("'id' and 'address' have 1 to 256 bytes, 'language' at most 35");
    }
    let of = thread_of(tenant, &channel, &address);
    let id = MessageId::from_bytes(hash(&["message", &of.tenant.0, &channel.id, &address, &inbound.id]));
    let name = name.map(|name| name[..name.floor_char_boundary(PERSON_LIMIT)].trim().to_owned());
    let from = Sender {
        channel: channel.id,
        channel_name: channel.name,
        address,
        name: name.filter(|name| !name.is_empty()),
        language,
    };
    let (status, kept) = match conversation::hear(&hub, &of, Say::new(id, text), Some(from)).await {
        Ok(Heard::Kept(kept, _)) => (StatusCode::ACCEPTED, kept),
        Ok(Heard::Before(kept, _)) => (StatusCode::OK, kept),
        Ok(Heard::Refused(Objection::TooFast, wait)) => {
            let mut answer = problem(StatusCode::TOO_MANY_REQUESTS, "too-fast", "more than a person writes: try again");
            let seconds = wait.unwrap_or(1_000).div_ceil(1_000);
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            return answer;
        }
        Ok(Heard::Refused(objection, _)) => {
            return problem(StatusCode::CONFLICT, objection.as_str(), "the message is not kept");
        }
        Err(error) => return unavailable(&error),
    };
    let answer = serde_json::json!({ "conversation": kept.conversation.to_string(), "message": id.to_string() });
    (status, Json(answer)).into_response()
}

/// `POST /v1/deployments/{deployment}/channels/{id}/receipts` `{address, seq, state: "delivered"|"read"}` -> 204; signed.
pub async fn receipt<S: Store>(
    State(hub): State<Hub<S>>,
    Path(place): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let (tenant, channel, receipt) = match signed::<Receipt, S>(&hub, &place, &headers, &body).await {
        Ok(found) => found,
        Err(answer) => return *answer,
    };
    let of = thread_of(tenant, &channel, &receipt.address);
    let read = if receipt.state == Reached::Read { receipt.seq } else { 0 };
    match conversation::change(&hub, &of, Change::Mark { delivered: receipt.seq, read, conversation: None }).await {
        Ok(true) => StatusCode::NO_CONTENT.into_response(),
        Ok(false) => problem(StatusCode::NOT_FOUND, "no-conversation", "nobody with this address has written"),
        Err(error) => unavailable(&error),
    }
}

/// `POST /v1/deployments/{deployment}/channels/{id}/forget` `{address}` -> 204: all that was said with this person is deleted; signed.
pub async fn forget<S: Store>(
    State(hub): State<Hub<S>>,
    Path(place): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let (tenant, channel, forgotten) = match signed::<Forgotten, S>(&hub, &place, &headers, &body).await {
        Ok(found) => found,
        Err(answer) => return *answer,
    };
    let of = thread_of(tenant, &channel, &forgotten.address);
    match hub.store.forget_thread(&of).await {
        Ok(()) => {
            conversation::forgotten(&hub, of);
            StatusCode::NO_CONTENT.into_response()
        }
        Err(error) => unavailable(&error),
    }
}

/// The channel that a request comes from, and what it says; `place` is its deployment and its id.
async fn signed<T: DeserializeOwned, S: Store>(
    hub: &Hub<S>,
    (deployment, channel): &(String, String),
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(TenantId, Channel, T), Box<Response>> {
    // Whether there is such a channel is nobody's business who cannot sign.
    let wrong = || Box::new(problem(StatusCode::UNAUTHORIZED, "wrong-signature", "no channel has signed this"));
    let found = hub.store.deployment(deployment).await.map_err(|error| Box::new(unavailable(&error)))?;
    let tenant = found.ok_or_else(wrong)?.tenant;
    let channels = channels_of(hub, &tenant).await.map_err(|error| Box::new(unavailable(&error)))?;
    let channel = channels.channel(channel).cloned().ok_or_else(wrong)?;
    if !channel.secret().is_some_and(|secret| secret.has_signed(headers, body, clock::wall())) {
        return Err(wrong());
    }
    let said = serde_json::from_slice(body).map_err(|error| Box::new(bad(&error.to_string())))?;
    Ok((tenant, channel, said))
}

/// Who has this address at a channel, as a visitor.
fn thread_of(tenant: TenantId, channel: &Channel, address: &str) -> ThreadOf {
    let visitor = VisitorId::from_bytes(hash(&["visitor", &tenant.0, &channel.id, address]));
    ThreadOf { tenant, visitor }
}

/// The same id for the same texts.
fn hash(texts: &[&str]) -> [u8; 16] {
    let mut hash = Sha256::new_with_prefix("alongside channel");
    for text in texts {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    }
    let mut id = [0; 16];
    id.copy_from_slice(&hash.finalize()[..16]);
    id
}

fn bad(reason: &str) -> Response {
    problem(StatusCode::BAD_REQUEST, "bad-request", reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_told_apart_by_channel_and_address() {
        assert_eq!(hash(&["visitor", "demo", "sms", "+491"]), hash(&["visitor", "demo", "sms", "+491"]));
        assert_ne!(hash(&["visitor", "demo", "sms", "+491"]), hash(&["visitor", "demo", "sms+", "491"]));
        assert_ne!(hash(&["visitor", "demo", "sms", "+491"]), hash(&["visitor", "demo", "line", "+491"]));
    }
}
