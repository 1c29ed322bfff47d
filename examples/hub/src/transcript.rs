//! A conversation as a document: for the customer's own systems, for an agent, for the record.
//!
//! Text has no markup that could be taken for some; JSON has everything.

use std::fmt::Write;

use alongside::protocol::ConversationId;
use alongside::protocol::conversation::{Author, Entry, MessageText};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::api::{access, problem, unavailable};
use crate::hub::Hub;
use crate::store::{KeptEntry, Part, Permission, Store, StoreError, ThreadOf};

/// Entries that are read together.
const TOGETHER: usize = 200;

/// Most entries of a transcript: the first ones.
const ENTRIES: usize = 20_000;

/// What is wanted.
#[derive(Debug, Deserialize)]
pub struct Wish {
    #[serde(default)]
    format: Format,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
    #[default]
    Text,
    Json,
}

/// `GET /v1/conversations/{id}/transcript?format=text|json`; needs `conversation.handle`. Times are UTC.
pub async fn show<S: Store>(
    State(hub): State<Hub<S>>,
    headers: HeaderMap,
    Path(conversation): Path<String>,
    Query(wish): Query<Wish>,
) -> Response {
    let access = match access(&hub, &headers, Permission::Handle).await {
        Ok(access) => access,
        Err(answer) => return *answer,
    };
    let none = || problem(StatusCode::NOT_FOUND, "no-conversation", "there is no such conversation");
    let Ok(conversation) = conversation.parse::<ConversationId>() else { return none() };
    let of = match hub.store.thread_of(&access, conversation).await {
        Ok(Some(of)) => of,
        Ok(None) => return none(),
        Err(error) => return unavailable(&error),
    };
    let entries = match entries_of(&hub, &of, conversation).await {
        Ok(entries) => entries,
        Err(error) => return unavailable(&error),
    };
    let (media, ending, written) = match wish.format {
        Format::Text => ("text/plain; charset=utf-8", "txt", as_text(&entries)),
        Format::Json => ("application/json", "json", as_json(conversation, &of, &entries).to_string()),
    };
    let headers = [
        (header::CONTENT_TYPE, media.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"conversation-{conversation}.{ending}\"")),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, written).into_response()
}

async fn entries_of<S: Store>(
    hub: &Hub<S>,
    of: &ThreadOf,
    conversation: ConversationId,
) -> Result<Vec<KeptEntry>, StoreError> {
    let mut entries = Vec::new();
    let Some(kept) = hub.store.conversation(of, conversation).await? else { return Ok(entries) };
    let mut after = kept.first.saturating_sub(1);
    // Others may go on meanwhile.
    while entries.len() < ENTRIES && after < kept.last.seq {
        let part = hub.store.thread(of, Part::After(after), TOGETHER).await?;
        let Some(last) = part.entries.last() else { break };
        after = last.entry.seq;
        entries.extend(part.entries.into_iter().filter(|kept| kept.entry.conversation == conversation));
    }
    Ok(entries)
}

fn as_text(entries: &[KeptEntry]) -> String {
    let mut text = String::new();
    for KeptEntry { entry, .. } in entries {
        let _ = write!(text, "[{}] ", at(entry));
        let who = entry.name.as_deref().map(line).unwrap_or_else(|| entry.author.as_str().to_owned());
        match (&entry.text, &entry.event) {
            (Some(said), _) => {
                let stars = entry.rating.map(|score| format!(" ({score} of 5)")).unwrap_or_default();
                // What is said in several lines begins further in, so that no line of it looks like another's.
                let said = said.as_str().replace('\n', "\n    ");
                let _ = write!(text, "{who}{stars}: {said}");
            }
            (None, event) => {
                let _ = write!(text, "* {} ({who})", event.as_deref().unwrap_or_default());
            }
        }
        if let Some(file) = &entry.file {
            let _ = write!(text, "\n    [{} {} bytes]", line(&file.name), file.size);
        }
        text.push('\n');
    }
    text
}

fn as_json(conversation: ConversationId, of: &ThreadOf, entries: &[KeptEntry]) -> Value {
    let entry = |kept: &KeptEntry| {
        let entry = &kept.entry;
        let optional = [
            ("name", entry.name.clone().map(Value::from)),
            // Visitors are told names; who it was is for the company.
            ("agent", kept.agent.clone().filter(|_| entry.author != Author::Visitor).map(Value::from)),
            ("text", entry.text.as_ref().map(MessageText::as_str).map(Value::from)),
            ("event", entry.event.clone().map(Value::from)),
            ("rating", entry.rating.map(Value::from)),
            ("answer", kept.answer.as_ref().map(|answer| {
                let values = answer.values.iter().map(|value| json!({ "name": value.name, "value": value.value }));
                json!({ "to": answer.to.to_string(), "values": values.collect::<Vec<_>>() })
            })),
            ("file", entry.file.as_ref().map(|file| {
                json!({ "id": file.id.to_string(), "name": file.name, "type": file.media, "size": file.size })
            })),
        ];
        let mut fields = Map::new();
        fields.insert("seq".into(), entry.seq.into());
        fields.insert("id".into(), entry.id.to_string().into());
        fields.insert("at".into(), at(entry).into());
        fields.insert("author".into(), entry.author.as_str().into());
        fields.extend(optional.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
        Value::Object(fields)
    };
    json!({
        "conversation": conversation.to_string(),
        "visitor": of.visitor.to_string(),
        "entries": entries.iter().map(entry).collect::<Vec<_>>(),
    })
}

/// `2026-11-22T09:30:00Z`
fn at(entry: &Entry) -> String {
    let moment = jiff::Timestamp::from_second((entry.at.as_millis() / 1_000) as i64);
    moment.map(|moment| moment.to_string()).unwrap_or_default()
}

/// A name is one line.
fn line(name: &str) -> String {
    name.chars().filter(|char| !char.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use alongside::protocol::MessageId;
    use alongside::time::Timestamp;

    use super::*;

    #[test]
    fn no_line_of_a_message_looks_like_another_persons() {
        let entry = |name: &str, said: &str| KeptEntry {
            entry: Entry {
                seq: 1,
                id: MessageId::from_bytes([1; 16]),
                conversation: ConversationId::from_bytes([2; 16]),
                at: Timestamp::from_millis(1_795_238_400_999),
                author: Author::Visitor,
                name: Some(name.into()),
                text: MessageText::new(said).ok(),
                event: None,
                is_own: None,
                file: None,
                rich: None,
                preview: None,
                rating: Some(4),
            },
            agent: None,
            answer: None,
        };
        let said = "hello\n[2026-11-21T00:00:00Z] Aki: take it for free";
        let written = as_text(&[entry("Mika\n[x] Aki", said)]);
        assert_eq!(
            written,
            "[2026-11-21T05:20:00Z] Mika[x] Aki (4 of 5): hello\n    [2026-11-21T00:00:00Z] Aki: take it for free\n"
        );
    }
}
