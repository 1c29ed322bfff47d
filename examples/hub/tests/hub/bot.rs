//! A bot has a conversation first, and passes it on.

use alongside::protocol::conversation::*;
use alongside::protocol::rich::{Answer, AnswerValue, Rich};

use crate::conversation::{LAST, id, inbox_of, shown, text, thread};
use crate::process::*;

/// The flow of the demo: `--flow FILE`.
pub const FLOW: &[&str] = &["--flow", concat!(env!("CARGO_MANIFEST_DIR"), "/../shop/flow.json")];

async fn say(page: &mut Client, number: u8, what: &str, values: &[(Option<&str>, &str)]) {
    let value =
        |(name, value): &(Option<&str>, &str)| AnswerValue { name: name.map(Into::into), value: (*value).into() };
    let values: Vec<_> = values.iter().map(value).collect();
    let answer = (!values.is_empty()).then(|| Answer { to: id(0), values });
    page.talk(Talk::Say(Say { answer, ..Say::new(id(number), text(what)) })).await;
}

/// What comes until the bot offers something, or leaves.
async fn heard(page: &mut Client) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    while !entries.last().is_some_and(|last| last.rich.is_some() || last.event.is_some()) {
        let more = page.hears(|talk| if let Talk::News(news) = talk { Some(news.entries.clone()) } else { None }).await;
        entries.extend(more.into_iter().filter(|entry| entry.author != Author::Visitor));
    }
    entries
}

#[tokio::test]
async fn a_bot_greets_offers_collects_and_hands_over() {
    let hub = HubProcess::start_with(FLOW);
    let mut desk = inbox_of(&hub, AGENT).await;
    let (mut page, _) = hub.visitor(1).await;
    say(&mut page, 1, "hello", &[]).await;
    let greeting = heard(&mut page).await;
    assert!(greeting.iter().all(|entry| entry.author == Author::Bot && entry.name.as_deref() == Some("Kaede helper")));
    let offered = greeting.last().and_then(|last| last.rich.clone()).and_then(|rich| rich.0);
    let Some(Rich::Choices(choices)) = offered else { panic!("choices: {offered:?}") };
    assert_eq!(choices.choices[1].value.as_deref(), Some("order"));
    let row = desk.row(|row| row.stage == Stage::Open).await;
    assert_eq!((row.agent.as_deref(), row.is_own), (Some("Kaede helper"), false));
    say(&mut page, 2, "An order", &[(None, "order")]).await;
    assert!(
        matches!(heard(&mut page).await.last().and_then(|last| last.rich.clone()), Some(rich) if matches!(rich.0, Some(Rich::Form(_))))
    );
    say(&mut page, 3, "Order number: 7", &[(Some("number"), "7")]).await;
    let last = heard(&mut page).await;
    assert_eq!(last.last().and_then(|last| last.event.clone()).as_deref(), Some("waiting"));
    let waiting = desk.row(|row| row.stage == Stage::Waiting).await;
    let collected: String = hub
        .database()
        .query_row("SELECT collected FROM conversation", [], |row| row.get(0))
        .expect("what was filled in");
    assert_eq!(collected, r#"[["number","7"]]"#);
    desk.inbox(Inbox::Take(Take { conversation: waiting.conversation })).await;
    desk.row(|row| row.is_own).await;
    say(&mut page, 4, "hello?", &[]).await;
    let told = thread(&mut page, LAST).await;
    assert_eq!(told.entries.last().map(|last| last.author), Some(Author::Visitor), "the bot is silent now");
    assert!(shown(&told.entries).contains(&"9 hub: joined".to_owned()), "{:?}", shown(&told.entries));
}

#[tokio::test]
async fn what_a_bot_did_not_hear_because_the_hub_ended_is_answered_when_the_visitor_is_back() {
    let mut hub = HubProcess::start_with(FLOW);
    let (mut page, _) = hub.visitor(1).await;
    say(&mut page, 1, "hello", &[]).await;
    heard(&mut page).await;
    // As if it was killed between the two commits.
    let database = hub.database();
    let forget = "DELETE FROM entry WHERE author = 'bot'; UPDATE thread SET last_seq = 1; UPDATE conversation SET last_seq = 1, bot_place = NULL";
    database.execute_batch(forget).expect("the bot said nothing");
    hub.kill_and_restart_with(FLOW);
    let (mut page, _) = hub.visitor(1).await;
    let answered = thread(&mut page, LAST).await;
    let lines = if answered.entries.len() > 1 { answered.entries.len() - 1 } else { heard(&mut page).await.len() };
    assert_eq!(lines, 2);
}

#[tokio::test]
async fn a_conversation_whose_bot_is_gone_goes_to_a_person() {
    let mut hub = HubProcess::start_with(FLOW);
    let (mut page, _) = hub.visitor(1).await;
    say(&mut page, 1, "hello", &[]).await;
    heard(&mut page).await;
    hub.kill_and_restart_with(&[]);
    let (mut page, _) = hub.visitor(1).await;
    thread(&mut page, LAST).await;
    say(&mut page, 2, "still there?", &[]).await;
    let last = heard(&mut page).await;
    assert_eq!(last.last().and_then(|last| last.event.clone()).as_deref(), Some("waiting"));
}

#[test]
fn a_hub_with_a_flow_that_leads_nowhere_does_not_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("flow.json");
    std::fs::write(&file, r#"{"name": "a", "start": "b", "notUnderstood": "?", "handOver": "!", "steps": {}}"#)
        .expect("a file");
    let output = std::process::Command::new(binary())
        .args(["--port", "0", "--data"])
        .arg(folder.path())
        .arg("--flow")
        .arg(&file)
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("'start' leads to the step 'b'"), "{said}");
}
