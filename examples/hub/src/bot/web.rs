//! A bot of the customer's: the hub tells it what a visitor said, and its answer says what to do.
//!
//! Requests are [`signed`](crate::signed). It has 5 s for an answer and is asked three times; then a person goes on. What visitors say
//! while it thinks is told together with the next request, so it hears everything once and in order.

use std::time::Duration;

use alongside::protocol::conversation::{Author, MessageText};
use alongside::protocol::rich::{AnswerValue, Rich, is_sound};
use alongside::protocol::{ConversationId, Message, Payload, VisitorId};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Said, Turn};
use crate::signed::{self, Target, Unanswered};
use crate::store::{COLLECTED, KeptEntry};

/// It has so long to answer,
const ANSWER: Duration = Duration::from_secs(5);

/// and is asked again after these waits.
const WAITS: [Duration; 2] = [Duration::from_millis(500), Duration::from_millis(1_500)];

/// Longest answer, in bytes.
const LIMIT: usize = 64 * 1024;

/// Most messages of one answer.
const SAYS: usize = 10;

/// A bot that is asked over HTTP.
#[derive(Debug)]
pub struct Web {
    /// Its name, as visitors see it.
    pub name: String,
    target: Target,
    client: reqwest::Client,
}

/// What it is told.
#[derive(Debug)]
pub struct Asked<'a> {
    /// Which conversation.
    pub conversation: ConversationId,
    /// Whose.
    pub visitor: VisitorId,
    /// The language of the visitor's page, as a tag.
    pub language: &'a str,
    /// The channel's id, if it is not the site.
    pub channel: Option<&'a str>,
    /// Whether it hears of this conversation for the first time.
    pub is_new: bool,
    /// What was filled in before: names and values.
    pub collected: &'a [(String, String)],
    /// What the visitor said since its last answer, in order.
    pub entries: &'a [KeptEntry],
}

/// What it answers.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
struct Answered {
    say: Vec<SaidByIt>,
    collected: Map<String, Value>,
    then: Next,
    queue: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SaidByIt {
    text: String,
    rich: Option<Value>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Next {
    #[default]
    Waits,
    HandsOver,
    Ends,
}

impl Web {
    /// A bot that answers at an address.
    ///
    /// # Errors
    /// Where this machine has no way to encrypt.
    pub fn new(name: String, target: Target) -> reqwest::Result<Self> {
        Ok(Self { name, target, client: signed::client(ANSWER)? })
    }

    /// What it does about what was said.
    ///
    /// # Errors
    /// Why there is no answer, for the log.
    pub async fn hear(&self, asked: &Asked<'_>) -> Result<Turn, String> {
        let body = asked.written();
        // The same for each try, so that it may answer twice what it heard once.
        let last = asked.entries.last().map(|last| last.entry.id.to_string()).unwrap_or_default();
        let mut waits = WAITS.iter();
        loop {
            match self.target.post(&self.client, &last, body.clone(), LIMIT).await {
                Ok(answer) => return read(&answer),
                Err(Unanswered { reason, is_passing: true }) => match waits.next() {
                    Some(wait) => tokio::time::sleep(*wait).await,
                    None => return Err(reason),
                },
                Err(Unanswered { reason, .. }) => return Err(reason),
            }
        }
    }
}

impl Asked<'_> {
    fn written(&self) -> String {
        let values = |values: &[AnswerValue]| -> Vec<Value> {
            values.iter().map(|value| json!({ "name": value.name, "value": value.value })).collect()
        };
        let message = |kept: &KeptEntry| {
            let entry = &kept.entry;
            json!({
                "id": entry.id.to_string(),
                "at": entry.at.as_millis(),
                "text": entry.text.as_ref().map(MessageText::as_str),
                "answer": kept.answer.as_ref().map(|answer| {
                    json!({ "to": answer.to.to_string(), "values": values(&answer.values) })
                }),
                "file": entry.file.as_ref().map(|file| {
                    json!({ "id": file.id.to_string(), "name": file.name, "type": file.media, "size": file.size })
                }),
            })
        };
        let said = self.entries.iter().filter(|kept| kept.entry.author == Author::Visitor);
        let collected: Map<String, Value> =
            self.collected.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
        json!({
            "event": "message",
            "conversation": self.conversation.to_string(),
            "visitor": self.visitor.to_string(),
            "language": self.language,
            "channel": self.channel,
            "isNew": self.is_new,
            "collected": collected,
            "messages": said.map(message).collect::<Vec<_>>(),
        })
        .to_string()
    }
}

/// What an answer says. Nothing of one that is wrong is done: it would be half of what was meant.
fn read(answer: &[u8]) -> Result<Turn, String> {
    if answer.trim_ascii().is_empty() {
        return Ok(Turn::default());
    }
    // A list of values would do for its fields, too.
    let answered = serde_json::from_slice::<Map<_, _>>(answer)
        .and_then(|fields| Answered::deserialize(Value::Object(fields)))
        .map_err(|error| format!("its answer: {error}"))?;
    if answered.say.len() > SAYS {
        return Err(format!("its answer has more than {SAYS} messages"));
    }
    let said = |said: SaidByIt| {
        let text = MessageText::new(&said.text).map_err(|error| format!("its answer: {error}"))?;
        let rich = said.rich.map(rich).transpose()?;
        Ok(Said { text, rich })
    };
    let collected = answered.collected.into_iter().map(|(name, value)| match value {
        Value::String(text) => (name, text),
        other => (name, other.to_string()),
    });
    let collected: Vec<_> = collected.collect();
    if collected.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>() > COLLECTED {
        return Err(format!("what its answer has collected is more than {COLLECTED} bytes"));
    }
    Ok(Turn {
        says: answered.say.into_iter().map(said).collect::<Result<_, String>>()?,
        place: None,
        collected,
        hands_over: answered.then == Next::HandsOver,
        ends: answered.then == Next::Ends,
        queue: answered.queue,
    })
}

fn rich(value: Value) -> Result<Rich, String> {
    let rich = Payload::from_message(Message::Text(value.to_string())).as_rich();
    let rich = rich.map_err(|error| format!("what its answer offers: {error}"))?;
    is_sound(&rich).then_some(rich).ok_or_else(|| {
        "what its answer offers is too much, or leads to an address that may not be (pictures and videos: https only)"
            .into()
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::time::Instant;

    use super::*;

    /// Time passes at once where everybody waits.
    #[tokio::test(start_paused = true)]
    async fn a_bot_that_hangs_is_given_up_after_three_times_five_seconds() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://127.0.0.1:{}/", listener.local_addr().expect("an address").port());
        let calls = Arc::new(AtomicUsize::new(0));
        let taken = Arc::clone(&calls);
        tokio::spawn(async move {
            let mut silent = Vec::new();
            while let Ok((socket, _)) = listener.accept().await {
                taken.fetch_add(1, Ordering::Relaxed);
                silent.push(socket);
            }
        });
        let target = Target::new(&url, b"a secret of some length").expect("a target");
        let bot = Web::new("Momo".into(), target).expect("a bot");
        let asked = Asked {
            conversation: ConversationId::from_bytes([1; 16]),
            visitor: VisitorId::from_bytes([2; 16]),
            language: "en",
            channel: None,
            is_new: true,
            collected: &[],
            entries: &[],
        };
        let begin = Instant::now();
        assert!(bot.hear(&asked).await.is_err());
        let waits: Duration = WAITS.iter().sum();
        assert_eq!((begin.elapsed().as_secs(), calls.load(Ordering::Relaxed)), ((3 * ANSWER + waits).as_secs(), 3));
    }

    #[test]
    fn an_answer_is_done_whole_or_not_at_all() {
        let turn = read(
            r#"{"say":[{"text":"Which?","rich":{"choices":{"choices":[{"label":"A"}]}}}],"collected":{"order":"7","count":2},
                "then":"handsOver","queue":"returns"}"#
                .as_bytes(),
        )
        .expect("an answer");
        assert_eq!((turn.says.len(), turn.hands_over, turn.queue.as_deref()), (1, true, Some("returns")));
        assert!(matches!(turn.says[0].rich, Some(Rich::Choices(_))));
        assert_eq!(turn.collected, [("count".to_owned(), "2".to_owned()), ("order".to_owned(), "7".to_owned())]);
        assert_eq!(read(b" \n"), Ok(Turn::default()), "nothing to say");
        assert_eq!(read(b"{}"), Ok(Turn::default()));
        for bad in [
            r#"{"say":[{"text":""}]}"#,
            r#"{"say":"hello"}"#,
            r#"{"says":[]}"#,
            r#"{"then":"leaves"}"#,
            r#"{"say":[{"text":"a","rich":{"video":{"title":"a","address":"javascript:alert(1)"}}}]}"#,
            r#"{"say":[{"text":"a","rich":{"hologram":{}}}]}"#,
            r#"[]"#,
            "hello",
        ] {
            assert!(read(bad.as_bytes()).is_err(), "{bad}");
        }
        let filled = |size| format!(r#"{{"collected":{{"a":"{}"}}}}"#, "b".repeat(size));
        assert_eq!(read(filled(COLLECTED - 1).as_bytes()).map(|turn| turn.collected.len()), Ok(1));
        assert!(read(filled(COLLECTED).as_bytes()).is_err());
        let many = format!(r#"{{"say":[{}]}}"#, [r#"{"text":"a"}"#; SAYS + 1].join(","));
        assert!(read(many.as_bytes()).is_err());
    }
}
