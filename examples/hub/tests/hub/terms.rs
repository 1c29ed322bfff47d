//! What holds for conversations: told to messengers, and kept to.

use alongside::protocol::conversation::*;
use alongside::protocol::rich::Rich;
use serde_json::{Value, json};

use crate::conversation::{LAST, inbox_of, shown, thread};
use crate::process::*;

async fn change(hub: &HubProcess, terms: &Value) -> u16 {
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
        page.talk(Talk::Finish(Finish {})).await;
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
