//! A visitor has several conversations that go on at a time, where the customer has said that he may.

use alongside::protocol::ConversationId;
use alongside::protocol::conversation::*;
use alongside::protocol::rich::AnswerValue;
use serde_json::json;

use crate::conversation::*;
use crate::process::*;
use crate::terms::change;

const BEN: &str = "ben@example.com";

fn made(number: u8) -> ConversationId {
    ConversationId::from_bytes([0xb0 | number; 16])
}

async fn hub() -> HubProcess {
    let hub = HubProcess::start();
    hub.add_agent(BEN, "Ben Other", "conversation.handle");
    assert_eq!(change(&hub, &json!({ "several": true, "rating": true })).await, 204);
    hub
}

impl Client {
    /// Begins a conversation of that id, where it is not there.
    async fn begins(&mut self, number: u8, what: &str, conversation: ConversationId) -> Entry {
        let say = Say { conversation: Some(conversation), begins: Some(true), ..Say::new(id(number), text(what)) };
        self.talk(Talk::Say(say)).await;
        self.news_of(number).await
    }

    async fn says_in(&mut self, number: u8, what: &str, conversation: ConversationId) -> Entry {
        self.talk(Talk::Say(Say { conversation: Some(conversation), ..Say::new(id(number), text(what)) })).await;
        self.news_of(number).await
    }

    async fn not_kept(&mut self) -> (alongside::protocol::MessageId, Objection) {
        self.hears(|talk| match talk {
            Talk::Refused(refused) => Some((refused.id, refused.objection)),
            _ => None,
        })
        .await
    }

    /// Takes a conversation once it waits, and writes in it.
    async fn takes_and_writes(&mut self, conversation: ConversationId, number: u8, what: &str) {
        self.row(|row| row.conversation == conversation).await;
        self.inbox(Inbox::Take(Take { conversation })).await;
        self.row(|row| row.conversation == conversation && row.is_own).await;
        self.inbox(Inbox::Look(Look { conversation, after: None, before: None })).await;
        self.writes(conversation, number, what).await;
    }

    async fn writes(&mut self, conversation: ConversationId, number: u8, what: &str) {
        let reply = Reply { conversation, id: id(number), text: text(what), file: None, rich: None };
        self.inbox(Inbox::Reply(reply)).await;
        self.reads(|inbox| match inbox {
            Inbox::News(news) => news.entries.iter().any(|entry| entry.id == id(number)).then_some(()),
            _ => None,
        })
        .await;
    }
}

/// How all of them stand, by when they began, and the end of the thread.
async fn asks(page: &mut Client) -> (Vec<Standing>, Thread) {
    page.talk(Talk::Ask(LAST)).await;
    let all = std::cell::RefCell::new(Vec::new());
    let told = page
        .hears(|talk| match talk {
            Talk::Standing(standing) => {
                all.borrow_mut().push(standing.clone());
                None
            }
            Talk::Thread(thread) => Some(thread.clone()),
            _ => None,
        })
        .await;
    let mut by_first = std::collections::BTreeMap::new();
    // What was told before he asked is older.
    for standing in all.into_inner().into_iter().chain([told.standing.clone()]) {
        by_first.insert(standing.first, standing);
    }
    (by_first.into_values().collect(), told)
}

/// How far, who has it, what is not read.
fn brief(all: &[Standing]) -> Vec<(Stage, Option<&str>, u32)> {
    all.iter().map(|standing| (standing.stage, standing.agent.as_deref(), standing.unread)).collect()
}

#[tokio::test]
async fn two_conversations_have_an_agent_each_and_the_end_of_one_leaves_the_other() {
    let mut hub = hub().await;
    let (mut page, _) = hub.visitor(1).await;
    let tea = page.says(1, "about a return").await.conversation;
    let other = page.begins(2, "about a delivery", made(1)).await.conversation;
    assert_eq!((tea == other, other), (false, made(1)), "the page has made its id");
    {
        let (mut aki, mut ben) = (inbox_of(&hub, AGENT).await, inbox_of(&hub, BEN).await);
        for (desk, conversation, number) in [(&mut aki, tea, 11), (&mut ben, other, 12)] {
            desk.inbox(Inbox::Take(Take { conversation })).await;
            desk.row(|row| row.conversation == conversation && row.is_own).await;
            desk.inbox(Inbox::Look(Look { conversation, after: None, before: None })).await;
            desk.writes(conversation, number, "hello").await;
        }
    }
    let (all, _) = asks(&mut page).await;
    assert_eq!(brief(&all), [(Stage::Open, Some("Aki Agent"), 1), (Stage::Open, Some("Ben Other"), 1)]);
    hub.kill_and_restart();
    let (mut page, _) = hub.visitor(1).await;
    let (all, _) = asks(&mut page).await;
    assert_eq!(brief(&all), [(Stage::Open, Some("Aki Agent"), 1), (Stage::Open, Some("Ben Other"), 1)]);
    let (mut aki, mut ben) = (inbox_of(&hub, AGENT).await, inbox_of(&hub, BEN).await);
    // Neither may write in the other's.
    aki.inbox(Inbox::Reply(Reply { conversation: other, id: id(13), text: text("mine?"), file: None, rich: None }))
        .await;
    assert_eq!(aki.refused().await, (Some(id(13)), Objection::Taken));
    aki.inbox(Inbox::Close(Close { conversation: tea })).await;
    let over = page.stands(|standing| standing.stage == Stage::Ended).await;
    assert_eq!(over.conversation, Some(tea));
    let entry = page.says_in(3, "where is it?", other).await;
    assert_eq!(entry.conversation, other);
    let row = ben.row(|row| row.excerpt == "where is it?").await;
    assert_eq!((row.conversation, row.stage, row.is_own, row.unread), (other, Stage::Open, true, 1));
    // What is said to the one that is over begins another in its place, all of it the same one.
    let next = page.says_in(4, "once more", tea).await.conversation;
    assert!(next != tea && next != other);
    assert_eq!(page.says_in(5, "and that", tea).await.conversation, next);
    let row = aki.row(|row| row.excerpt == "and that").await;
    assert_eq!((row.conversation, row.stage, row.unread), (next, Stage::Waiting, 2));
}

#[tokio::test]
async fn what_is_read_of_one_is_not_read_of_the_other() {
    let hub = hub().await;
    let (mut aki, mut ben) = (inbox_of(&hub, AGENT).await, inbox_of(&hub, BEN).await);
    let (mut page, _) = hub.visitor(1).await;
    let one = page.says(1, "a return").await.conversation;
    aki.takes_and_writes(one, 11, "one").await;
    let two = page.begins(2, "a delivery", made(1)).await.conversation;
    ben.takes_and_writes(two, 12, "two").await;
    // He wrote in the second one, and had read nothing of the first.
    let (all, told) = asks(&mut page).await;
    assert_eq!(brief(&all), [(Stage::Open, Some("Aki Agent"), 1), (Stage::Open, Some("Ben Other"), 1)]);
    let last = told.entries.last().map_or(0, |entry| entry.seq);
    page.talk(Talk::Mark(Mark { delivered: last, read: last, conversation: Some(two) })).await;
    let now = page.stands(|standing| standing.conversation == Some(two) && standing.unread == 0).await;
    assert_eq!(now.seen, last);
    let row = ben.row(|row| row.conversation == two && row.read == last).await;
    assert_eq!(row.unread, 0, "he has answered it");
    let (all, _) = asks(&mut page).await;
    assert_eq!(brief(&all), [(Stage::Open, Some("Aki Agent"), 1), (Stage::Open, Some("Ben Other"), 0)]);
    // And of what he says, each agent has read his own.
    page.says_in(3, "for Aki", one).await;
    page.says_in(4, "for Ben", two).await;
    aki.inbox(Inbox::Mark(InboxMark { conversation: one, delivered: 100, read: 100 })).await;
    let read = page.stands(|standing| standing.conversation == Some(one) && standing.read > last).await;
    assert_eq!(read.read, last + 1);
    let (all, _) = asks(&mut page).await;
    let of_two = all.iter().find(|it| it.conversation == Some(two));
    assert!(of_two.is_some_and(|standing| standing.read < last + 2), "nobody has read that");
    // Who writes by a page that names nothing has the whole thread before him.
    page.says(5, "all of it").await;
    let (all, _) = asks(&mut page).await;
    assert!(all.iter().all(|standing| standing.unread == 0));
}

#[tokio::test]
async fn a_conversation_is_begun_once_by_whatever_of_it_comes_first() {
    let hub = hub().await;
    let (mut page, _) = hub.visitor(1).await;
    let mut tab = hub.socket(Some(SITE)).await;
    tab.send(hello_as(7, party(1))).await;
    page.says(1, "before").await;
    // The second one comes before the first, from another tab; then both again.
    assert_eq!(tab.begins(3, "second", made(1)).await.conversation, made(1));
    for (number, what) in [(2, "first"), (3, "second"), (2, "first")] {
        assert_eq!(page.begins(number, what, made(1)).await.conversation, made(1));
    }
    let told = thread(&mut page, LAST).await;
    assert_eq!(shown(&told.entries), ["1 visitor: before", "2 visitor: second", "3 visitor: first"]);
    // Nobody takes another visitor's conversation by its id.
    let (mut stranger, _) = hub.visitor(2).await;
    let say = Say { conversation: Some(made(1)), begins: Some(true), ..Say::new(id(9), text("mine")) };
    stranger.talk(Talk::Say(say)).await;
    assert_eq!(stranger.not_kept().await, (id(9), Objection::NotFound));
    assert_ne!(stranger.says_in(8, "mine", made(1)).await.conversation, made(1));
    let told = thread(&mut page, LAST).await;
    assert_eq!(told.entries.len(), 3);
}

#[tokio::test]
async fn above_the_limit_none_begins_before_one_is_over() {
    let hub = hub().await;
    let (mut page, _) = hub.visitor(1).await;
    for number in 1..=SEVERAL as u8 {
        page.begins(number, "hello", made(number)).await;
        tokio::time::sleep(std::time::Duration::from_millis(250)).await;
    }
    let say = Say { conversation: Some(made(9)), begins: Some(true), ..Say::new(id(9), text("one more")) };
    page.talk(Talk::Say(say.clone())).await;
    assert_eq!(page.not_kept().await, (id(9), Objection::TooMany));
    page.talk(Talk::Finish(Finish { conversation: Some(made(2)) })).await;
    page.stands(|standing| standing.conversation == Some(made(2)) && standing.stage == Stage::Ended).await;
    page.talk(Talk::Say(say)).await;
    assert_eq!(page.news_of(9).await.conversation, made(9));
}

#[tokio::test]
async fn switched_off_two_that_go_on_can_be_ended_and_no_third_begins() {
    let hub = hub().await;
    let (mut page, _) = hub.visitor(1).await;
    let one = page.says(1, "a return").await.conversation;
    let two = page.begins(2, "a delivery", made(1)).await.conversation;
    assert_eq!(change(&hub, &json!({})).await, 204);
    assert_eq!(page.says_in(3, "the return", one).await.conversation, one);
    assert_eq!(page.begins(4, "a third", made(2)).await.conversation, two, "the latest that goes on");
    page.talk(Talk::Finish(Finish { conversation: Some(two) })).await;
    page.stands(|standing| standing.first == 2 && standing.stage == Stage::Ended).await;
    assert_eq!(page.says_in(5, "a delivery", two).await.conversation, one, "one goes on");
    page.talk(Talk::Finish(Finish { conversation: Some(one) })).await;
    page.stands(|standing| standing.first == 1 && standing.stage == Stage::Ended).await;
    // More in a second are too fast.
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let next = page.says(6, "anew").await.conversation;
    assert!(next != one && next != two);
}

#[tokio::test]
async fn where_there_is_one_at_a_time_none_is_named_and_none_begins_beside_it() {
    let hub = HubProcess::start();
    let (mut page, _) = hub.visitor(1).await;
    let one = page.says(1, "a return").await.conversation;
    assert_eq!(page.begins(2, "a delivery", made(1)).await.conversation, one);
    assert_eq!(page.stands(|standing| standing.version > 1).await.conversation, None);
    let (all, _) = asks(&mut page).await;
    assert_eq!(all.iter().map(|standing| standing.conversation).collect::<Vec<_>>(), [None]);
    let place = page.hears(|talk| if let Talk::Place(place) = talk { Some(place.clone()) } else { None }).await;
    assert_eq!(place.conversation, None);
}

#[tokio::test]
async fn each_has_its_own_answers_before_and_its_own_rating() {
    let hub = hub().await;
    let mut aki = inbox_of(&hub, AGENT).await;
    let (mut page, _) = hub.visitor(1).await;
    let filled = |value: &str| vec![AnswerValue { name: Some("topic".into()), value: value.into() }];
    let one = page.says(1, "a return").await.conversation;
    let begins = Say {
        conversation: Some(made(1)),
        begins: Some(true),
        filled: filled("delivery"),
        ..Say::new(id(2), text("x"))
    };
    page.talk(Talk::Say(begins)).await;
    let two = page.news_of(2).await.conversation;
    let query = "SELECT id, coalesce(collected, '-') FROM conversation ORDER BY first_seq";
    let kept: Vec<(Vec<u8>, String)> = hub.rows(query);
    assert_eq!(kept.iter().map(|(_, kept)| kept.as_str()).collect::<Vec<_>>(), ["-", r#"[["topic","delivery"]]"#]);
    aki.takes_and_writes(one, 11, "done").await;
    aki.inbox(Inbox::Close(Close { conversation: one })).await;
    page.stands(|standing| standing.conversation == Some(one) && standing.stage == Stage::Ended).await;
    // The first is rated though the second goes on; that one is not.
    for (number, conversation) in [(3, one), (4, two)] {
        let rating = Some(Rating { conversation, score: 5 });
        page.talk(Talk::Say(Say { rating, ..Say::new(id(number), text("★")) })).await;
    }
    assert_eq!(page.news_of(3).await.conversation, one);
    assert_eq!(page.not_kept().await, (id(4), Objection::NotFound));
    let (_, row) = (page.says_in(5, "go on", two).await, aki.row(|row| row.excerpt == "go on").await);
    assert_eq!((row.conversation, row.stage), (two, Stage::Waiting));
}

#[tokio::test]
async fn a_transcript_of_one_has_all_of_it_and_nothing_of_the_other() {
    let hub = hub().await;
    let (mut page, _) = hub.visitor(1).await;
    let one = page.says(1, "a return").await.conversation;
    let two = page.begins(2, "a delivery", made(1)).await.conversation;
    page.says_in(3, "the return again", one).await;
    page.says_in(4, "the delivery again", two).await;
    let token = hub.token(AGENT).await;
    let mut texts = Vec::new();
    for conversation in [one, two] {
        let url = hub.url(&format!("/v1/conversations/{conversation}/transcript"));
        let answer = reqwest::Client::new().get(url).bearer_auth(&token).send().await.expect("an answer");
        let text = answer.text().await.expect("text");
        texts.push(
            text.lines().filter_map(|line| Some(line.split_once("] visitor: ")?.1.to_owned())).collect::<Vec<_>>(),
        );
    }
    assert_eq!(texts, [["a return", "the return again"], ["a delivery", "the delivery again"]]);
}

#[tokio::test]
async fn what_was_said_beside_something_newer_stays_until_that_goes() {
    let mut hub = hub().await;
    assert_eq!(change(&hub, &json!({ "several": true, "keptDays": 30 })).await, 204);
    let (mut page, _) = hub.visitor(1).await;
    let gone = page.says(1, "long ago").await.conversation;
    page.talk(Talk::Finish(Finish { conversation: Some(gone) })).await;
    page.stands(|standing| standing.stage == Stage::Ended).await;
    page.begins(2, "a return", made(1)).await;
    page.begins(3, "a delivery", made(2)).await;
    page.says_in(4, "the return, lately", made(1)).await;
    page.says_in(5, "the delivery, lately", made(2)).await;
    drop(page);
    // The first is over; of the two that overlap the first is old and over, too, and the second is not.
    let old = "UPDATE conversation SET last_at = last_at - 31 * 86400000, stage = 'ended' WHERE first_seq < 4";
    hub.kill_and_restart_after(|hub| hub.database().execute_batch(old).expect("it is older now"));
    let left =
        || hub.database().query_row("SELECT count(*) FROM entry", [], |row| row.get::<_, i64>(0)).expect("a count");
    for _ in 0..100 {
        if left() == 4 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let rows: Vec<(i64, i64)> = hub.rows("SELECT first_seq, last_seq FROM conversation ORDER BY first_seq");
    assert_eq!((left(), rows), (4, vec![(3, 5), (4, 6)]), "whole, and without a gap");
}
