//! What holds for conversations: told to messengers, and kept to.

use alongside::protocol::conversation::*;
use alongside::protocol::rich::{AnswerValue, Rich};
use serde_json::{Value, json};

use crate::conversation::{LAST, id, inbox_of, shown, text, thread};
use crate::process::*;

pub async fn change(hub: &HubProcess, terms: &Value) -> u16 {
    let (_, session) = hub.sign_in(AGENT, "alongside").await;
    let request = reqwest::Client::new().put(hub.url("/api/messenger")).json(terms);
    let answer = request.bearer_auth(session["token"].as_str().expect("a token")).send().await.expect("an answer");
    answer.status().as_u16()
}

async fn terms(page: &mut Client) -> Terms {
    page.hears(|talk| if let Talk::Terms(terms) = talk { Some(terms.clone()) } else { None }).await
}

#[tokio::test]
async fn messengers_are_told_what_holds_and_when_it_changes() {
    let hub = HubProcess::start();
    let (mut page, _) = hub.visitor(1).await;
    let (mut quiet, _) = hub.visitor(2).await;
    page.talk(Talk::Ask(LAST)).await;
    let told = terms(&mut page).await;
    assert_eq!((told.is_open, told.asks_rating, told.pre_chat), (None, Some(false), None), "nobody has said anything");
    let form = json!({ "fields": [{ "name": "name", "label": "Your name", "kind": "text" }] });
    let never = json!({ "timeZone": "Asia/Tokyo", "week": {} });
    assert_eq!(change(&hub, &json!({ "hours": never, "rating": true, "preChat": form, "keptDays": 30 })).await, 204);
    let told = terms(&mut page).await;
    assert_eq!(
        (told.is_open, told.opens_at, told.asks_rating, told.kept_days),
        (Some(false), None, Some(true), Some(30))
    );
    assert!(matches!(told.pre_chat.and_then(|form| form.0), Some(Rich::Form(_))));
    assert_eq!(change(&hub, &json!({ "hours": { "timeZone": "Mars", "week": {} } })).await, 400);
    // A page whose messenger is not there was told nothing: it would fetch it.
    quiet.talk(Talk::Ask(LAST)).await;
    let first = quiet.hears(|talk| Some(talk.clone())).await;
    assert!(matches!(first, Talk::Terms(terms) if terms.kept_days == Some(30)), "the first that it hears");
}

#[tokio::test]
async fn what_was_said_too_long_ago_is_deleted_from_the_beginning() {
    let mut hub = HubProcess::start();
    let mut desk = inbox_of(&hub, AGENT).await;
    assert_eq!(change(&hub, &json!({ "keptDays": 30 })).await, 204);
    for visitor in [1, 2] {
        let (mut page, _) = hub.visitor(visitor).await;
        page.says(1, "long ago").await;
        page.talk(Talk::Finish(Finish { conversation: None })).await;
        page.stands(|standing| standing.stage == Stage::Ended).await;
        page.says(2, "yesterday").await;
    }
    desk.row(|row| row.excerpt == "yesterday").await;
    let old = "UPDATE conversation SET last_at = last_at - 31 * 86400000 WHERE first_seq = 1 OR visitor = (SELECT min(visitor) FROM thread)";
    hub.kill_and_restart_after(|hub| hub.database().execute_batch(old).expect("it is older now"));
    let left =
        || -> i64 { hub.database().query_row("SELECT count(*) FROM entry", [], |row| row.get(0)).expect("a number") };
    for _ in 0..100 {
        if left() == 1 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(left(), 1);
    let mut threads = Vec::new();
    for visitor in [1, 2] {
        let (mut page, _) = hub.visitor(visitor).await;
        let told = thread(&mut page, LAST).await;
        assert!(!told.has_earlier, "nothing is before it");
        threads.push((told.standing.stage, shown(&told.entries)));
    }
    threads.sort_by_key(|(_, lines)| lines.len());
    assert_eq!(threads[0], (Stage::None, Vec::new()));
    assert_eq!(threads[1], (Stage::Waiting, vec!["3 visitor: yesterday".to_owned()]));
}

/// So long ago was everything that was said.
fn ago(hub: &HubProcess, hours: u32) {
    let past = "UPDATE conversation SET last_at = last_at - ?1 * 3600000 WHERE stage != 'ended'";
    hub.database().execute(past, [hours]).expect("it is older now");
}

/// Agents are asked what conversations were about.
async fn wants_codes(hub: &HubProcess) {
    let codes = json!({ "codes": [{ "id": "sold", "name": "Sold" }], "required": true });
    let request = reqwest::Client::new().put(hub.url("/api/wrap-up")).bearer_auth(hub.token(AGENT).await).json(&codes);
    assert_eq!(request.send().await.expect("an answer").status(), 204);
}

#[tokio::test]
async fn a_conversation_goes_on_for_three_days_and_what_is_written_then_begins_another() {
    let hub = HubProcess::start();
    wants_codes(&hub).await;
    let mut desk = inbox_of(&hub, AGENT).await;
    desk.inbox(Inbox::Presence(PresenceWish { is_available: true })).await;
    desk.reads(|inbox| matches!(inbox, Inbox::Floor(floor) if floor.presence == Presence::Available).then_some(()))
        .await;
    let (mut page, _) = hub.visitor(1).await;
    let first = page.says(1, "hello").await.conversation;
    desk.inbox(Inbox::Take(Take { conversation: first })).await;
    desk.row(|row| row.is_own).await;
    ago(&hub, 71);
    assert_eq!(page.says(2, "and now").await.conversation, first);
    let row = desk.row(|row| row.excerpt == "and now").await;
    assert_eq!((row.conversation, row.is_own), (first, true), "with the same agent");
    ago(&hub, 73);
    // He writes before anybody has seen that it was silent for so long.
    let second = page.says(3, "good morning").await.conversation;
    assert_ne!(second, first);
    let over = desk.row(|row| row.stage == Stage::Ended).await;
    assert_eq!((over.conversation, over.wrap_until.is_some()), (first, true), "its agent is there, and asked");
    assert_eq!(desk.row(|row| row.conversation == second).await.stage, Stage::Waiting);
    let told = shown(&thread(&mut page, LAST).await.entries);
    let lines = ["1 visitor: hello", "2 hub: joined", "3 visitor: and now", "4 hub: ended", "5 visitor: good morning"];
    assert_eq!(told, lines);
}

#[tokio::test]
async fn a_conversation_that_was_silent_for_too_long_ends_by_itself() {
    let mut hub = HubProcess::start();
    wants_codes(&hub).await;
    let mut desk = inbox_of(&hub, AGENT).await;
    let (mut page, _) = hub.visitor(1).await;
    let (mut other, _) = hub.visitor(2).await;
    let silent = page.says(1, "hello").await.conversation;
    desk.inbox(Inbox::Take(Take { conversation: silent })).await;
    desk.row(|row| row.is_own).await;
    let waiting = other.says(1, "hello").await.conversation;
    hub.kill_and_restart_after(|hub| {
        ago(hub, 71);
        let past = "UPDATE conversation SET last_at = last_at - 7200000 WHERE stage = 'open'";
        hub.database().execute(past, []).expect("one of them is older still");
    });
    let begin = std::time::Instant::now();
    let over = loop {
        let (mut page, _) = hub.visitor(1).await;
        let told = thread(&mut page, LAST).await;
        if told.standing.stage == Stage::Ended {
            break told;
        }
        assert!(begin.elapsed() < std::time::Duration::from_secs(10), "{told:?}");
    };
    assert_eq!(shown(&over.entries), ["1 visitor: hello", "2 hub: joined", "3 hub: ended"]);
    let mut desk = hub.desk(AGENT).await;
    desk.inbox(Inbox::Open(Open {})).await;
    let rows = desk.reads(|inbox| if let Inbox::Rows(rows) = inbox { Some(rows.rows.clone()) } else { None }).await;
    let row = |conversation| rows.iter().find(|row| row.conversation == conversation).expect("it is listed");
    assert_eq!((row(silent).stage, row(waiting).stage), (Stage::Ended, Stage::Waiting));
    assert_eq!(row(silent).wrap_until, None, "who was not there is not asked what it was about");
    assert!(row(silent).last_at.as_millis() < row(waiting).last_at.as_millis(), "that it ended is no activity");
}

#[test]
fn conversations_go_on_for_three_days_at_most() {
    for hours in ["0", "73"] {
        let said = std::process::Command::new(binary()).args(["--threading-hours", hours]).output().expect("it runs");
        assert!(String::from_utf8_lossy(&said.stderr).contains("1..=72"), "{said:?}");
    }
}

#[tokio::test]
async fn what_is_filled_in_has_two_kilobytes_and_what_is_more_is_left_out_whole() {
    let hub = HubProcess::start();
    let (mut page, _) = hub.visitor(1).await;
    let value = |name: &str, size: usize| AnswerValue { name: Some(name.into()), value: "é".repeat(size / 2) };
    let filled = vec![value("a", 1_000), value("b", 1_500), value("c", 1_000), value("d", 1_000), value("e", 44)];
    page.talk(Talk::Say(Say { filled, ..Say::new(id(1), text("hello")) })).await;
    page.news_of(1).await;
    let query = "SELECT value ->> 0, length(cast(value ->> 1 AS BLOB)) FROM conversation, json_each(collected)";
    let database = hub.database();
    let mut kept = database.prepare(query).expect("a query");
    let kept: Vec<(String, u32)> =
        kept.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).and_then(Iterator::collect).expect("what is kept");
    assert_eq!(kept, [("a".into(), 1_000), ("c".into(), 1_000), ("e".into(), 44)]);
}

#[tokio::test]
async fn a_transcript_is_of_one_conversation_and_for_agents() {
    let hub = HubProcess::start();
    let (mut page, _) = hub.visitor(1).await;
    page.says(1, "before").await;
    page.talk(Talk::Finish(Finish { conversation: None })).await;
    page.stands(|standing| standing.stage == Stage::Ended).await;
    let conversation = page.says(2, "<script>alert(1)</script>\nand more").await.conversation;
    page.says(3, "bye").await;
    page.talk(Talk::Finish(Finish { conversation: None })).await;
    page.stands(|standing| standing.stage == Stage::Ended).await;
    page.says(4, "after").await;
    let url = hub.url(&format!("/v1/conversations/{conversation}/transcript"));
    let (client, (_, session)) = (reqwest::Client::new(), hub.sign_in(AGENT, "alongside").await);
    assert_eq!(client.get(&url).send().await.expect("an answer").status(), 401);
    let token = session["token"].as_str().expect("a token");
    let answer = client.get(&url).bearer_auth(token).send().await.expect("an answer");
    let headers = answer.headers();
    assert_eq!(
        (&headers["content-type"], &headers["x-content-type-options"]),
        (&"text/plain; charset=utf-8".parse().unwrap(), &"nosniff".parse().unwrap())
    );
    let text = answer.text().await.expect("text");
    let lines: Vec<_> = text.lines().map(|line| line.split_once("] ").map_or(line, |(_, rest)| rest)).collect();
    assert_eq!(lines, ["visitor: <script>alert(1)</script>", "    and more", "visitor: bye", "* ended (visitor)"]);
    let json = client.get(format!("{url}?format=json")).bearer_auth(token).send().await.expect("an answer");
    let json: Value = json.json().await.expect("JSON");
    assert_eq!(json["entries"][0]["text"], "<script>alert(1)</script>\nand more");
    assert_eq!(json["entries"].as_array().map(Vec::len), Some(3));
    let missing = hub.url(&format!("/v1/conversations/{}/transcript", "0".repeat(32)));
    assert_eq!(client.get(missing).bearer_auth(token).send().await.expect("an answer").status(), 404);
}
