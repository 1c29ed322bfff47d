//! What agents note for agents, what they are asked at the end, what they need not write twice, and who they talk to.

use alongside::protocol::conversation::*;
use alongside::protocol::rich::*;
use alongside::protocol::*;
use serde_json::{Value, json};

use crate::conversation::*;
use crate::process::*;

const BEN: &str = "ben@example.com";

impl HubProcess {
    async fn ask(&self, method: reqwest::Method, path: &str, email: &str, body: Option<&Value>) -> (u16, Value) {
        let mut request = reqwest::Client::new().request(method, self.url(path)).bearer_auth(self.token(email).await);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
    }

    async fn put(&self, path: &str, email: &str, body: &Value) -> (u16, Value) {
        self.ask(reqwest::Method::PUT, path, email, Some(body)).await
    }

    async fn get(&self, path: &str, email: &str) -> (u16, Value) {
        self.ask(reqwest::Method::GET, path, email, None).await
    }
}

impl Client {
    async fn remarks(&mut self) -> Vec<Remark> {
        self.reads(|inbox| if let Inbox::Remarks(told) = inbox { Some(told.remarks.clone()) } else { None }).await
    }

    /// A conversation of this visitor that this desk follows and has taken.
    async fn holds(&mut self, page: &mut Client, number: u8) -> ConversationId {
        page.says(number, "hello").await;
        let conversation = self.row(|row| row.stage == Stage::Waiting).await.conversation;
        self.inbox(Inbox::Look(Look { conversation, after: None, before: None })).await;
        self.inbox(Inbox::Take(Take { conversation })).await;
        self.row(|row| row.conversation == conversation && row.is_own).await;
        conversation
    }
}

fn codes(required: bool, seconds: u32) -> Value {
    json!({ "codes": [{ "id": "sold", "name": { "en": "Sold", "ja": "販売" } }, { "id": "lost", "name": "Lost" }],
            "required": required, "seconds": seconds })
}

fn wrap(conversation: ConversationId, code: Option<&str>, words: Option<&str>, is_done: bool) -> Inbox {
    Inbox::Wrap(Wrap { conversation, code: code.map(str::to_owned), text: words.map(text), is_done })
}

/// Everything that a page is told until it is told its own next message.
async fn told_until(page: &mut Client, number: u8) -> Vec<String> {
    let mut all = Vec::new();
    page.talk(Talk::Say(Say::new(id(number), text("and now")))).await;
    loop {
        let frame = page.receive().await.expect("open");
        all.push(format!("{frame:?}"));
        if let Frame::Relay(relay) = &frame
            && let Ok(TalkBody::Talk(Talk::News(news))) = relay.body.decode_talk()
            && news.entries.iter().any(|entry| entry.id == id(number))
        {
            return all;
        }
    }
}

#[tokio::test]
async fn notes_and_codes_are_for_agents_and_no_visitor_hears_of_them() {
    let hub = HubProcess::start();
    hub.add_agent(BEN, "Ben Other", "conversation.handle");
    assert_eq!(hub.put("/api/wrap-up", AGENT, &codes(false, 60)).await.0, 204);
    let (mut aki, mut ben) = (inbox_of(&hub, AGENT).await, inbox_of(&hub, BEN).await);
    let (mut page, _) = hub.visitor(1).await;
    page.encoding = Encoding::Json;
    let conversation = aki.holds(&mut page, 1).await;
    ben.inbox(Inbox::Look(Look { conversation, after: None, before: None })).await;
    for _ in 0..2 {
        aki.inbox(Inbox::Note(Note { conversation, id: id(7), text: text("SECRET careful") })).await;
        let remark = aki.remarks().await.swap_remove(0);
        assert_eq!((remark.id, remark.is_own, remark.is_wrap, remark.after), (id(7), true, false, 2));
    }
    assert!(!ben.remarks().await.swap_remove(0).is_own);
    ben.inbox(Inbox::Note(Note { conversation, id: id(8), text: text("mine") })).await;
    assert_eq!(ben.refused().await, (Some(id(8)), Objection::Taken));
    aki.inbox(Inbox::Close(Close { conversation })).await;
    let row = aki.row(|row| row.stage == Stage::Ended).await;
    let until = row.wrap_until.expect("its agent is asked").as_millis();
    assert!(until.abs_diff(now().as_millis()) <= 61_000);
    assert_eq!(ben.row(|row| row.stage == Stage::Ended).await.wrap_until, None);
    // It can be changed until it is done, and the last one counts.
    aki.inbox(wrap(conversation, Some("lost"), Some("SECRET first"), false)).await;
    assert_eq!(aki.remarks().await[0].code.as_deref(), Some("lost"));
    aki.inbox(wrap(conversation, Some("nothing"), None, true)).await;
    assert_eq!(aki.refused().await.1, Objection::NotFound);
    ben.inbox(wrap(conversation, Some("sold"), None, true)).await;
    assert_eq!(ben.refused().await.1, Objection::Taken);
    aki.inbox(wrap(conversation, Some("sold"), Some("SECRET second"), true)).await;
    let remark = aki.remarks().await.swap_remove(0);
    assert_eq!((remark.code_name.as_deref(), remark.is_wrap), (Some("Sold"), true));
    assert_eq!(aki.row(|row| row.stage == Stage::Ended).await.wrap_until, None);
    aki.inbox(wrap(conversation, None, Some("too late"), true)).await;
    assert_eq!(aki.refused().await.1, Objection::Ended);
    // Another agent who looks later sees both, in their place.
    let mut later = inbox_of(&hub, BEN).await;
    later.inbox(Inbox::Look(Look { conversation, after: None, before: None })).await;
    let seen = later.remarks().await;
    let seen: Vec<_> =
        seen.iter().map(|remark| (remark.after, remark.text.as_ref().map(MessageText::as_str))).collect();
    assert_eq!(seen, [(2, Some("SECRET careful")), (3, Some("SECRET second"))]);
    let (_, profile) = hub.get(&format!("/v1/visitors/{}", row.visitor), AGENT).await;
    assert_eq!(
        (&profile["conversations"][0]["code"], &profile["conversations"][0]["codeName"]),
        (&json!("sold"), &json!("Sold"))
    );
    // All that the visitor is told, with all that he asks for.
    let part = thread(&mut page, LAST).await;
    assert_eq!(shown(&part.entries), ["1 visitor: hello", "2 hub: joined", "3 agent: ended"]);
    assert!(!format!("{part:?}").contains("SECRET"));
    let told = told_until(&mut page, 9).await.join("\n");
    assert!(!told.contains("SECRET") && !told.contains("Sold") && !told.contains("emark"), "{told}");
}

#[tokio::test]
async fn until_it_is_said_what_a_conversation_was_about_it_takes_up_its_agents_room() {
    for is_said in [true, false] {
        let hub = HubProcess::start();
        let seconds = if is_said { 60 } else { 2 };
        assert_eq!(hub.put("/api/wrap-up", AGENT, &codes(false, seconds)).await.0, 204);
        let rules = json!({ "routing": { "queues": [{ "id": "main", "name": "Main" }],
            "agents": [{ "agent": AGENT, "capacity": 1, "queues": ["main"] }] } });
        assert_eq!(hub.put("/api/routing", AGENT, &rules).await.0, 204);
        let mut aki = inbox_of(&hub, AGENT).await;
        let (mut first, _) = hub.visitor(1).await;
        let conversation = aki.holds(&mut first, 1).await;
        aki.inbox(Inbox::Presence(PresenceWish { is_available: true })).await;
        // The visitor ends it: his agent is asked, too.
        first.talk(Talk::Finish(Finish { conversation: None })).await;
        let ended = aki.row(|row| row.stage == Stage::Ended).await;
        let until = ended.wrap_until.expect("he is asked");
        let (mut second, _) = hub.visitor(2).await;
        second.says(1, "me too").await;
        let next = aki.row(|row| row.stage == Stage::Waiting).await.conversation;
        if is_said {
            // Also over a restart of the hub.
            aki.inbox(wrap(conversation, Some("sold"), None, true)).await;
        }
        let offered =
            aki.reads(|inbox| if let Inbox::Offer(offer) = inbox { Some(offer.conversation) } else { None }).await;
        assert_eq!(offered, next);
        assert_eq!(now() >= until, !is_said, "not before it was said, or the time was over");
        if !is_said {
            aki.inbox(wrap(conversation, Some("sold"), None, true)).await;
            assert_eq!(aki.refused().await.1, Objection::Ended, "it ended by itself");
        }
    }
}

#[tokio::test]
async fn where_a_code_is_required_it_does_not_end_without_one_even_over_a_restart() {
    let mut hub = HubProcess::start();
    assert_eq!(hub.put("/api/wrap-up", AGENT, &codes(true, 1)).await.0, 204);
    let mut aki = inbox_of(&hub, AGENT).await;
    let (mut page, _) = hub.visitor(1).await;
    let conversation = aki.holds(&mut page, 1).await;
    aki.inbox(Inbox::Close(Close { conversation })).await;
    aki.row(|row| row.wrap_until.is_some()).await;
    tokio::time::sleep(std::time::Duration::from_millis(1_200)).await;
    hub.kill_and_restart();
    let mut aki = hub.desk(AGENT).await;
    aki.inbox(Inbox::Open(Open {})).await;
    aki.row(|row| row.conversation == conversation && row.wrap_until.is_some()).await;
    aki.inbox(wrap(conversation, None, Some("no code"), true)).await;
    assert_eq!(aki.refused().await.1, Objection::NotPermitted);
    aki.inbox(wrap(conversation, Some("lost"), None, true)).await;
    aki.row(|row| row.conversation == conversation && row.wrap_until.is_none()).await;
}

#[tokio::test]
async fn without_codes_nobody_is_asked_and_only_who_may_changes_them() {
    let hub = HubProcess::start();
    hub.add_agent(BEN, "Ben Other", "conversation.handle");
    assert_eq!(hub.get("/api/wrap-up", BEN).await, (200, json!({ "codes": [], "required": false, "seconds": 120 })));
    assert_eq!(hub.put("/api/wrap-up", BEN, &codes(false, 60)).await.0, 403);
    let (status, problem) = hub.put("/api/wrap-up", AGENT, &json!({ "seconds": 0 })).await;
    assert_eq!((status, &problem["code"]), (400, &json!("bad-wrap-up")));
    let mut aki = inbox_of(&hub, AGENT).await;
    let (mut page, _) = hub.visitor(1).await;
    let conversation = aki.holds(&mut page, 1).await;
    aki.inbox(Inbox::Close(Close { conversation })).await;
    assert_eq!(aki.row(|row| row.stage == Stage::Ended).await.wrap_until, None);
}

#[tokio::test]
async fn what_an_agent_offers_is_told_to_the_visitor_and_what_is_not_sound_is_refused() {
    let hub = HubProcess::start();
    let mut aki = inbox_of(&hub, AGENT).await;
    let (mut page, _) = hub.visitor(1).await;
    let conversation = aki.holds(&mut page, 1).await;
    let video =
        |address: &str| Some(Offered(Some(Rich::Video(Video { title: "How".into(), address: address.into() }))));
    let reply =
        |number, rich| Inbox::Reply(Reply { conversation, id: id(number), text: text("How"), file: None, rich });
    aki.inbox(reply(2, video("javascript:alert(1)"))).await;
    assert_eq!(aki.refused().await, (Some(id(2)), Objection::NotPermitted));
    aki.inbox(reply(3, video("https://v.example/1"))).await;
    assert_eq!(page.news_of(3).await.rich, video("https://v.example/1"));
}

#[tokio::test]
async fn an_agent_has_replies_of_his_own_and_shares_others_where_he_may() {
    let hub = HubProcess::start();
    hub.add_agent(BEN, "Ben Other", "conversation.handle");
    let list = |version: u64, shortcut: &str| json!({ "version": version, "replies": [{ "shortcut": shortcut, "title": "T", "text": { "en": "Hello {visitor}" } }] });
    let (status, answer) = hub.put("/api/replies", BEN, &json!({ "personal": list(0, "mine") })).await;
    assert_eq!((status, &answer["personal"], &answer["mayShare"]), (200, &list(1, "mine"), &json!(false)));
    assert_eq!(hub.put("/api/replies", BEN, &json!({ "shared": list(0, "ours") })).await.0, 403);
    assert_eq!(hub.put("/api/replies", AGENT, &json!({ "shared": list(0, "ours") })).await.0, 200);
    let (status, answer) = hub.put("/api/replies", AGENT, &json!({ "shared": list(0, "other") })).await;
    assert_eq!((status, &answer["shared"]), (409, &list(1, "ours")), "somebody changed them meanwhile");
    assert_eq!(hub.put("/api/replies", AGENT, &json!({ "shared": list(1, "a b") })).await.0, 400);
    let (_, answer) = hub.get("/api/replies", AGENT).await;
    assert_eq!(
        (&answer["personal"]["replies"], &answer["shared"], &answer["mayShare"]),
        (&json!([]), &list(1, "ours"), &json!(true))
    );
    hub.add_agent("eve@example.com", "Eve", "live.view");
    assert_eq!(hub.get("/api/replies", "eve@example.com").await.0, 403);
}

#[tokio::test]
async fn a_journey_is_read_in_parts_by_who_may_see_who_is_on_the_site() {
    let hub = HubProcess::start();
    hub.add_agent(BEN, "Ben Other", "conversation.handle");
    let mut aki = inbox_of(&hub, AGENT).await;
    let (mut page, _) = hub.visitor(1).await;
    for seq in 1..=60 {
        page.send(data(seq, if seq <= 20 { 3 } else { 4 }, &format!("tea {seq}"))).await;
    }
    page.acknowledged(60).await;
    page.says(1, "hello").await;
    let visitor = aki.row(|row| row.stage == Stage::Waiting).await.visitor;
    let path = format!("/v1/visitors/{visitor}/journey");
    assert_eq!(hub.get(&path, BEN).await.0, 403);
    assert_eq!(hub.get("/v1/visitors/nobody/journey", AGENT).await.0, 404);
    let searched = |part: &Value| -> Vec<String> {
        let visits = part["visits"].as_array().expect("a list");
        let events = visits.iter().flat_map(|visit| visit["events"].as_array().expect("a list"));
        events.map(|event| event["search"].as_str().expect("a search").to_owned()).collect()
    };
    let (_, first) = hub.get(&path, AGENT).await;
    let (_, rest) = hub.get(&format!("{path}?before={}", first["next"]), AGENT).await;
    assert_eq!((first["visits"].as_array().map(Vec::len), &rest["next"]), (Some(2), &Value::Null));
    let all: Vec<_> = searched(&first).into_iter().chain(searched(&rest)).collect();
    assert_eq!(all, (1..=60).rev().map(|seq| format!("tea {seq}")).collect::<Vec<_>>());
    let (_, profile) = hub.get(&format!("/v1/visitors/{visitor}"), BEN).await;
    assert_eq!(profile["conversations"][0]["excerpt"], "hello");
}
