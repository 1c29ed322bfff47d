//! Other systems of the customer's: a bot that is asked, and a channel that is bridged.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use alongside::protocol::conversation::*;
use alongside::protocol::rich::{Answer, AnswerValue, Rich};
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::conversation::{LAST, id, inbox_of, shown, text, thread};
use crate::process::*;

const SECRET: &str = "a secret of some length";

/// A request that another system got: its body, and the id of its delivery.
type Got = (Value, String);

/// Another system: each request is answered by `answer`, which is told how many came before.
struct System {
    url: String,
    got: mpsc::UnboundedReceiver<Got>,
}

impl System {
    async fn start<F>(answer: F) -> Self
    where
        F: Fn(usize, &Value) -> (u16, String) + Clone + Send + Sync + 'static,
    {
        let (sender, got) = mpsc::unbounded_channel();
        let count = Arc::new(AtomicUsize::new(0));
        let take = move |headers: HeaderMap, body: Bytes| async move {
            let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("").to_owned();
            assert_eq!(text("x-alongside-signature"), signature(&text("x-alongside-timestamp"), &body));
            let body: Value = serde_json::from_slice(&body).expect("JSON");
            let (status, said) = answer(count.fetch_add(1, Ordering::SeqCst), &body);
            let _ = sender.send((body, text("x-alongside-delivery")));
            if status == 0 {
                tokio::time::sleep(std::time::Duration::from_secs(60)).await;
            }
            (StatusCode::from_u16(status).expect("a status"), said)
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://127.0.0.1:{}/", listener.local_addr().expect("an address").port());
        tokio::spawn(async move { axum::serve(listener, Router::new().route("/", post(take))).await });
        Self { url, got }
    }

    async fn gets(&mut self) -> Got {
        tokio::time::timeout(std::time::Duration::from_secs(20), self.got.recv())
            .await
            .expect("a request")
            .expect("the system runs")
    }
}

fn signature(timestamp: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).expect("a key");
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(body);
    let digits: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("v1={digits}")
}

/// A hub whose bot is another system's.
fn hub_with_bot(url: &str) -> HubProcess {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), SECRET).expect("a secret");
    let (_, path) = file.keep().expect("it stays");
    let flags = ["--bot", url, "--bot-name", "Momo", "--bot-secret-file", &path.display().to_string()];
    HubProcess::start_with(&flags.map(|flag| &*flag.to_owned().leak()))
}

/// What comes until something happens.
async fn until_event(page: &mut Client) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    while entries.last().is_none_or(|last| last.event.is_none()) {
        entries.extend(
            page.hears(|talk| if let Talk::News(news) = talk { Some(news.entries.clone()) } else { None }).await,
        );
    }
    entries
}

#[tokio::test]
async fn another_systems_bot_offers_collects_and_hands_over_to_a_queue() {
    let mut bot = System::start(|count, _| {
        let answer = match count {
            0 => json!({ "say": [{ "text": "*Which?*", "rich": { "choices": { "choices": [
                { "label": "Tea", "value": "tea" }] } } }] }),
            _ => json!({ "say": [{ "text": "A person will help." }], "collected": { "wants": "tea" },
                "then": "handsOver", "queue": "nowhere" }),
        };
        (200, answer.to_string())
    })
    .await;
    let hub = hub_with_bot(&bot.url);
    let mut desk = inbox_of(&hub, AGENT).await;
    let (mut page, _) = hub.visitor(1).await;
    let filled = vec![AnswerValue { name: Some("name".into()), value: "Mika".into() }];
    page.talk(Talk::Say(Say { filled, ..Say::new(id(1), text("hello")) })).await;
    let (asked, first) = bot.gets().await;
    assert_eq!(
        (&asked["event"], &asked["isNew"], &asked["collected"]),
        (&json!("message"), &json!(true), &json!({ "name": "Mika" }))
    );
    assert_eq!(asked["messages"][0]["text"], "hello");
    let offer = page
        .hears(|talk| match talk {
            Talk::News(news) => news.entries.iter().find(|entry| entry.author == Author::Bot).cloned(),
            _ => None,
        })
        .await;
    assert!(matches!(offer.rich.and_then(|rich| rich.0), Some(Rich::Choices(_))));
    assert_eq!(offer.name.as_deref(), Some("Momo"));
    let answer = Answer { to: offer.id, values: vec![AnswerValue { name: None, value: "tea".into() }] };
    page.talk(Talk::Say(Say { answer: Some(answer), ..Say::new(id(2), text("Tea")) })).await;
    let (asked, second) = bot.gets().await;
    assert_eq!(asked["isNew"], false);
    assert_eq!(
        asked["messages"],
        json!([{ "id": id(2).to_string(), "at": asked["messages"][0]["at"], "text": "Tea", "file": null,
        "answer": { "to": offer.id.to_string(), "values": [{ "name": null, "value": "tea" }] } }])
    );
    assert_ne!(first, second);
    let row = desk.row(|row| row.stage == Stage::Waiting).await;
    assert_eq!(row.name.as_deref(), Some("Mika"));
    let collected: String =
        hub.database().query_row("SELECT collected FROM conversation", [], |row| row.get(0)).expect("it is kept");
    assert_eq!(collected, r#"[["name","Mika"],["wants","tea"]]"#);
}

#[tokio::test]
async fn a_bot_that_fails_is_asked_three_times_and_then_a_person_goes_on() {
    let mut bot = System::start(|_, _| (503, String::new())).await;
    let hub = hub_with_bot(&bot.url);
    let (mut page, _) = hub.visitor(1).await;
    page.says(1, "hello").await;
    assert_eq!(until_event(&mut page).await.last().and_then(|last| last.event.clone()).as_deref(), Some("waiting"));
    let deliveries = [bot.gets().await.1, bot.gets().await.1, bot.gets().await.1];
    assert!(deliveries.iter().all(|delivery| *delivery == deliveries[0]), "{deliveries:?}");
    assert!(bot.got.try_recv().is_err(), "three times, not more");
}

#[tokio::test]
async fn a_bot_whose_answer_cannot_be_used_is_not_asked_again() {
    for (status, answer) in [(200, r#"{"say":[{"text":""}]}"#), (400, ""), (302, ""), (200, "<html>")] {
        let mut bot = System::start(move |_, _| (status, answer.to_owned())).await;
        let hub = hub_with_bot(&bot.url);
        let (mut page, _) = hub.visitor(1).await;
        page.says(1, "hello").await;
        let told = until_event(&mut page).await;
        assert_eq!(told.last().and_then(|last| last.event.clone()).as_deref(), Some("waiting"), "{status} {answer}");
        bot.gets().await;
        assert!(bot.got.try_recv().is_err(), "{status} {answer}");
    }
}

#[tokio::test]
async fn a_bot_hears_everything_once_however_fast_it_is_said_and_after_a_kill() {
    let mut bot = System::start(|count, _| {
        if count == 0 {
            std::thread::sleep(std::time::Duration::from_millis(400));
        }
        (200, json!({ "say": [{ "text": format!("answer {count}") }] }).to_string())
    })
    .await;
    let mut hub = hub_with_bot(&bot.url);
    let (mut page, _) = hub.visitor(1).await;
    for number in 1..=4 {
        page.talk(Talk::Say(Say::new(id(number), text(&format!("line {number}"))))).await;
    }
    let mut heard = Vec::new();
    while heard.len() < 4 {
        let (asked, _) = bot.gets().await;
        let messages = asked["messages"].as_array().cloned().unwrap_or_default();
        heard.extend(messages.into_iter().map(|message| message["text"].as_str().unwrap_or("").to_owned()));
    }
    assert_eq!(heard, ["line 1", "line 2", "line 3", "line 4"]);
    page.hears(|talk| match talk {
        Talk::News(news) => news.entries.iter().find(|entry| entry.author == Author::Bot).map(drop),
        _ => None,
    })
    .await;
    // As if it was killed before it asked.
    let forget = "UPDATE conversation SET bot_place = (SELECT seq FROM entry WHERE text = 'line 3')";
    hub.kill_and_restart_after(|hub| hub.database().execute_batch(forget).expect("it has heard three"));
    let (asked, _) = bot.gets().await;
    assert_eq!(asked["messages"][0]["text"], "line 4");
}

/// A channel `sms` whose answers go to a system.
async fn channel(hub: &HubProcess, url: &str) {
    let (_, session) = hub.sign_in(AGENT, "alongside").await;
    let channels = json!({ "channels": [{ "id": "sms", "name": "SMS", "url": url, "secret": SECRET }] });
    let request = reqwest::Client::new().put(hub.url("/api/channels")).json(&channels);
    let answer = request.bearer_auth(session["token"].as_str().expect("a token")).send().await.expect("an answer");
    assert_eq!(answer.status(), 204);
}

/// What the hub answers to a signed request of a channel's.
async fn comes(hub: &HubProcess, what: &str, body: &Value) -> (u16, Value) {
    let body = body.to_string();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    let timestamp = now.as_secs().to_string();
    let request = reqwest::Client::new()
        .post(hub.url(&format!("/v1/deployments/demo/channels/sms/{what}")))
        .header("x-alongside-signature", signature(&timestamp, body.as_bytes()))
        .header("x-alongside-timestamp", timestamp)
        .body(body);
    let answer = request.send().await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

#[tokio::test]
async fn a_channel_brings_messages_and_is_told_what_is_answered() {
    let mut sms = System::start(|_, _| (200, String::new())).await;
    let hub = HubProcess::start();
    channel(&hub, &sms.url).await;
    let mut desk = inbox_of(&hub, AGENT).await;
    let message =
        json!({ "id": "m1", "from": { "address": "+49 1", "name": "Mika", "language": "de" }, "text": "Hallo" });
    let (status, first) = comes(&hub, "messages", &message).await;
    assert_eq!(status, 202);
    let row = desk.row(|row| row.stage == Stage::Waiting).await;
    assert_eq!(
        (row.channel.as_deref(), row.name.as_deref(), row.excerpt.as_str()),
        (Some("SMS"), Some("Mika"), "Hallo")
    );
    assert_eq!(first["conversation"], row.conversation.to_string());
    assert_eq!(comes(&hub, "messages", &message).await, (200, first), "once, however often it is sent");
    let (conversation, reply) = (row.conversation, id(9));
    desk.inbox(Inbox::Take(Take { conversation })).await;
    desk.row(|row| row.is_own).await;
    desk.inbox(Inbox::Reply(Reply { conversation, id: reply, text: text("Guten Tag"), file: None, rich: None })).await;
    let (joined, _) = sms.gets().await;
    assert_eq!((&joined["event"], &joined["to"]), (&json!("joined"), &json!("+49 1")));
    let (told, delivery) = sms.gets().await;
    assert_eq!(
        (&told["event"], &told["text"], &told["author"]),
        (&json!("message"), &json!("Guten Tag"), &json!("agent"))
    );
    assert_eq!(delivery, reply.to_string());
    let seq = told["seq"].as_u64().expect("a number");
    desk.row(|row| row.delivered == seq).await;
    let receipt = json!({ "address": "+49 1", "seq": seq, "state": "read" });
    assert_eq!(comes(&hub, "receipts", &receipt).await.0, 204);
    desk.row(|row| row.read == seq).await;
    assert_eq!(comes(&hub, "receipts", &json!({ "address": "+49 2", "seq": 1, "state": "read" })).await.0, 404);
    assert_eq!(comes(&hub, "forget", &json!({ "address": "+49 1" })).await.0, 204);
    let gone = |inbox: &Inbox| if let Inbox::Rows(rows) = inbox { rows.gone } else { None };
    assert_eq!(desk.reads(gone).await, row.visitor);
    let left: i64 = hub.database().query_row("SELECT count(*) FROM entry", [], |row| row.get(0)).expect("a number");
    assert_eq!(left, 0);
}

#[tokio::test]
async fn who_cannot_sign_brings_nothing() {
    let hub = HubProcess::start();
    let message = json!({ "id": "m1", "from": { "address": "+49 1" }, "text": "Hallo" });
    assert_eq!(comes(&hub, "messages", &message).await.0, 401, "no such channel");
    channel(&hub, "http://127.0.0.1:1/").await;
    assert_eq!(comes(&hub, "messages", &message).await.0, 202);
    let client = reqwest::Client::new();
    let url = hub.url("/v1/deployments/demo/channels/sms/messages");
    let unsigned = client.post(&url).body(message.to_string()).send().await.expect("an answer");
    assert_eq!(unsigned.status(), 401);
    for bad in [
        json!({ "id": "m2", "from": { "address": "" }, "text": "a" }),
        json!({ "id": "", "from": { "address": "+49" }, "text": "a" }),
        json!({ "id": "m2", "from": { "address": "+49" }, "text": " " }),
        json!({ "id": "m2", "from": { "address": "+49" }, "text": "a".repeat(4_097) }),
        json!({ "id": "m2", "from": "+49", "text": "a" }),
        json!([]),
    ] {
        assert_eq!(comes(&hub, "messages", &bad).await.0, 400, "{bad}");
    }
    let mut codes = Vec::new();
    for number in 0..6 {
        let message = json!({ "id": format!("fast {number}"), "from": { "address": "+49 fast" }, "text": "Hallo" });
        codes.push(comes(&hub, "messages", &message).await.0);
    }
    assert!(codes.contains(&429), "a channel's people are limited as others are: {codes:?}");
}

#[tokio::test]
async fn what_a_channel_does_not_take_is_brought_again_in_order_also_after_a_kill() {
    // The first two requests fail; what follows waits for them.
    let mut sms = System::start(|count, _| if count < 2 { (500, String::new()) } else { (200, String::new()) }).await;
    let mut hub = HubProcess::start();
    channel(&hub, &sms.url).await;
    let mut desk = inbox_of(&hub, AGENT).await;
    comes(&hub, "messages", &json!({ "id": "m1", "from": { "address": "+49 1" }, "text": "Hallo" })).await;
    let conversation = desk.row(|row| row.stage == Stage::Waiting).await.conversation;
    desk.inbox(Inbox::Take(Take { conversation })).await;
    for number in 1..=3 {
        let text = text(&format!("answer {number}"));
        desk.inbox(Inbox::Reply(Reply { conversation, id: id(number), text, file: None, rich: None })).await;
    }
    desk.row(|row| row.last == 5).await;
    assert_eq!((sms.gets().await.1, sms.gets().await.0["event"].clone()).1, "joined");
    hub.kill_and_restart();
    let mut told = Vec::new();
    while told.len() < 4 {
        let (body, _) = sms.gets().await;
        let what = body["text"].as_str().or(body["event"].as_str()).unwrap_or("").to_owned();
        if !told.contains(&what) {
            told.push(what);
        }
    }
    assert_eq!(told, ["joined", "answer 1", "answer 2", "answer 3"]);
}

#[tokio::test]
async fn a_rating_is_kept_once_and_begins_no_conversation() {
    let hub = HubProcess::start();
    let mut desk = inbox_of(&hub, AGENT).await;
    let (mut page, _) = hub.visitor(1).await;
    let conversation = page.says(1, "hello").await.conversation;
    let rate = |number, score| {
        let rating = Some(Rating { conversation, score });
        Talk::Say(Say { rating, ..Say::new(id(number), text("fine")) })
    };
    let objection = |talk: &Talk| if let Talk::Refused(refused) = talk { Some(refused.objection) } else { None };
    page.talk(rate(2, 5)).await;
    assert_eq!(page.hears(objection).await, Objection::NotFound, "it is not over");
    desk.inbox(Inbox::Take(Take { conversation })).await;
    desk.row(|row| row.is_own).await;
    desk.inbox(Inbox::Close(Close { conversation })).await;
    page.stands(|standing| standing.stage == Stage::Ended).await;
    page.talk(rate(3, 6)).await;
    assert_eq!(page.hears(objection).await, Objection::NotFound, "five is the best");
    page.talk(rate(4, 4)).await;
    assert_eq!(page.news_of(4).await.rating, Some(4));
    page.talk(rate(5, 1)).await;
    assert_eq!(page.hears(objection).await, Objection::Ended, "the first one counts");
    let all = thread(&mut page, LAST).await;
    assert_eq!(all.standing.stage, Stage::Ended);
    assert_eq!(shown(&all.entries).last().map(String::as_str), Some("4 visitor: fine"));
    let (score, unread): (u32, u32) = (
        hub.database().query_row("SELECT rating FROM conversation", [], |row| row.get(0)).expect("it is kept"),
        desk.row(|row| row.last == 4).await.unread,
    );
    assert_eq!((score, unread), (4, 0));
}
