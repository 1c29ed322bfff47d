//! Which agent is offered which conversation, and what becomes of it.

use std::time::{Duration, Instant};

use alongside::protocol::conversation::*;
use alongside::protocol::*;

use crate::bot::FLOW;
use crate::conversation::*;
use crate::process::*;

const BEN: &str = "ben@example.com";

impl Client {
    /// The conversation that this desk is offered next.
    async fn offered(&mut self) -> ConversationId {
        self.reads(|inbox| if let Inbox::Offer(offer) = inbox { Some(offer.conversation) } else { None }).await
    }

    async fn withdrawn(&mut self) -> ConversationId {
        self.reads(|inbox| if let Inbox::Withdrawn(withdrawn) = inbox { Some(withdrawn.conversation) } else { None })
            .await
    }

    async fn floor(&mut self, is_so: impl Fn(&Floor) -> bool) -> Floor {
        self.reads(|inbox| match inbox {
            Inbox::Floor(floor) if is_so(floor) => Some(floor.clone()),
            _ => None,
        })
        .await
    }

    async fn takes(&mut self, conversation: ConversationId) {
        self.inbox(Inbox::Take(Take { conversation })).await;
        self.row(|row| row.conversation == conversation && row.is_own).await;
    }

    async fn place(&mut self) -> Place {
        self.hears(|talk| if let Talk::Place(place) = talk { Some(place.clone()) } else { None }).await
    }
}

/// A desk whose agent takes conversations from now on.
async fn comes(hub: &HubProcess, email: &str) -> Client {
    let mut desk = inbox_of(hub, email).await;
    desk.inbox(Inbox::Presence(PresenceWish { is_available: true })).await;
    desk
}

/// The same, once the hub has taken note: nothing waits that he could be offered.
async fn available(hub: &HubProcess, email: &str) -> (Client, Floor) {
    let mut desk = comes(hub, email).await;
    let floor = desk.floor(|floor| floor.presence == Presence::Available).await;
    (desk, floor)
}

/// A visitor who has written; the text is his name.
async fn waits(hub: &HubProcess, name: u8) -> Client {
    let (mut page, _) = hub.visitor(name).await;
    page.says(1, "hello").await;
    page
}

/// A hub with a second agent, where offers wait for a second.
async fn hub_of_two(seconds: u64) -> HubProcess {
    let hub = HubProcess::start();
    hub.add_agent(BEN, "Ben Other", "conversation.handle");
    let rules = serde_json::json!({ "offer": seconds, "queues": [{ "id": "main", "name": "Main" }] });
    assert_eq!(hub.put_rules(&rules).await, (204, None));
    hub
}

impl HubProcess {
    async fn put_rules(&self, rules: &serde_json::Value) -> (u16, Option<String>) {
        let token = self.token(AGENT).await;
        let body = serde_json::json!({ "routing": rules });
        let request = reqwest::Client::new().put(self.url("/api/routing")).bearer_auth(token).json(&body);
        let answer = request.send().await.expect("an answer");
        let status = answer.status().as_u16();
        let problem: Option<serde_json::Value> = answer.json().await.ok();
        (status, problem.and_then(|problem| problem["message"].as_str().map(str::to_owned)))
    }

    async fn read(&self, path: &str, email: &str) -> (u16, serde_json::Value) {
        self.read_with(path, &self.token(email).await).await
    }

    async fn read_with(&self, path: &str, token: &str) -> (u16, serde_json::Value) {
        let request = reqwest::Client::new().get(self.url(path)).bearer_auth(token);
        let answer = request.send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }

    /// What was decided about a conversation, once it ends with `last`: the record is written a moment later.
    async fn decisions(&self, conversation: ConversationId, last: &str) -> Vec<String> {
        let (begin, token) = (Instant::now(), self.token(AGENT).await);
        loop {
            let (_, answer) = self.read_with(&format!("/v1/conversations/{conversation}/decisions"), &token).await;
            let line = |decision: &serde_json::Value| {
                assert!(decision["at"].as_u64().is_some_and(|at| at.abs_diff(now().as_millis()) < 60_000));
                let agent = decision["agent"].as_str().and_then(|agent| agent.split('@').next());
                format!(
                    "{}{}",
                    agent.map(|agent| format!("{agent} ")).unwrap_or_default(),
                    decision["reason"].as_str().expect("a reason")
                )
            };
            let decisions: Vec<_> = answer["decisions"].as_array().expect("a list").iter().map(line).collect();
            if decisions.last().is_some_and(|decided| decided == last) {
                return decisions;
            }
            assert!(begin.elapsed() < Duration::from_secs(10), "{decisions:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

#[tokio::test]
async fn a_conversation_is_offered_to_the_one_who_has_less_to_do() {
    let hub = hub_of_two(20).await;
    hub.add_agent("none@example.com", "Noa None", "live.view");
    drop(hub.desk("none@example.com").await);
    let (mut aki, _) = available(&hub, AGENT).await;
    let _one = waits(&hub, 1).await;
    let first = aki.offered().await;
    aki.takes(first).await;
    let (mut ben, floor) = available(&hub, BEN).await;
    assert_eq!(
        floor.colleagues,
        [Colleague { id: AGENT.into(), name: "Aki Agent".into(), presence: Presence::Available, load: 1 }],
        "who may not handle conversations is no colleague"
    );
    assert_eq!(floor.queues, [QueueName { id: "main".into(), name: "Main".into() }]);
    let _two = waits(&hub, 2).await;
    let second = ben.offered().await;
    assert_ne!(first, second);
    ben.takes(second).await;
    assert_eq!(hub.decisions(second, "ben accepted").await, ["ben least-loaded", "ben accepted"]);
}

#[tokio::test]
async fn an_offer_that_runs_out_goes_to_the_next_and_two_of_them_make_an_agent_not_responding() {
    let hub = hub_of_two(1).await;
    let (mut aki, _) = available(&hub, AGENT).await;
    let _one = waits(&hub, 1).await;
    let first = aki.offered().await;
    let mut ben = comes(&hub, BEN).await;
    assert_eq!(aki.withdrawn().await, first);
    assert_eq!(ben.offered().await, first, "the next one is asked");
    ben.takes(first).await;
    let _two = waits(&hub, 2).await;
    let second = aki.offered().await;
    aki.floor(|floor| floor.presence == Presence::NotResponding).await;
    assert_eq!(ben.offered().await, second, "and not he who does not respond");
    aki.inbox(Inbox::Presence(PresenceWish { is_available: true })).await;
    aki.floor(|floor| floor.presence == Presence::Available).await;
    ben.takes(second).await;
    let _three = waits(&hub, 3).await;
    let third = aki.offered().await;
    assert!(third != first && third != second, "he is back");
}

#[tokio::test]
async fn what_was_declined_goes_to_others_and_is_not_offered_back() {
    let hub = hub_of_two(20).await;
    let (mut aki, _) = available(&hub, AGENT).await;
    let (mut again, _) = available(&hub, AGENT).await;
    let mut page = waits(&hub, 1).await;
    let conversation = aki.offered().await;
    assert_eq!(again.offered().await, conversation, "at all of his desks");
    aki.inbox(Inbox::Decline(Decline { conversation })).await;
    assert_eq!(again.withdrawn().await, conversation);
    let mut ben = comes(&hub, BEN).await;
    assert_eq!(ben.offered().await, conversation);
    ben.inbox(Inbox::Decline(Decline { conversation })).await;
    let decided = hub.decisions(conversation, "nobody-free").await;
    assert_eq!(decided[decided.len() - 2], "ben declined");
    assert_eq!(page.place().await.place, 1);
    aki.takes(conversation).await;
    let decided = hub.decisions(conversation, "agent taken").await;
    assert!(!decided[2..].iter().any(|decision| decision == "agent least-loaded"), "{decided:?}");
}

#[tokio::test]
async fn who_had_the_visitor_last_is_asked_first() {
    let hub = hub_of_two(20).await;
    let (mut aki, _) = available(&hub, AGENT).await;
    let mut page = waits(&hub, 1).await;
    let first = aki.offered().await;
    aki.takes(first).await;
    let (mut ben, _) = available(&hub, BEN).await;
    aki.inbox(Inbox::Close(Close { conversation: first })).await;
    page.stands(|standing| standing.stage == Stage::Ended).await;
    // Ben, too, has nothing to do, and for longer.
    ben.floor(|floor| floor.colleagues.iter().all(|colleague| colleague.load == 0)).await;
    page.says(2, "one more thing").await;
    let second = aki.offered().await;
    aki.takes(second).await;
    assert_eq!(hub.decisions(second, "agent accepted").await, ["agent last-agent", "agent accepted"]);
    assert_eq!(hub.decisions(first, "agent done").await.len(), 3);
}

#[tokio::test]
async fn where_a_bot_answers_first_the_last_agent_goes_before_it_or_comes_after_it() {
    let hub = HubProcess::start_with(FLOW);
    hub.add_agent(BEN, "Ben Other", "conversation.handle");
    let (mut aki, _) = available(&hub, AGENT).await;
    let mut page = waits(&hub, 1).await;
    page.says(2, "a person, please").await;
    let first = aki.offered().await;
    aki.takes(first).await;
    let (mut ben, _) = available(&hub, BEN).await;
    aki.inbox(Inbox::Close(Close { conversation: first })).await;
    ben.floor(|floor| floor.colleagues.iter().all(|colleague| colleague.load == 0)).await;
    // He is there: nobody has to get past the bot to the one who knows the matter.
    page.says(3, "one more thing").await;
    let second = aki.offered().await;
    aki.takes(second).await;
    assert_eq!(hub.decisions(second, "agent accepted").await, ["agent last-agent", "agent accepted"]);
    aki.inbox(Inbox::Close(Close { conversation: second })).await;
    aki.inbox(Inbox::Presence(PresenceWish { is_available: false })).await;
    aki.floor(|floor| floor.presence == Presence::Away).await;
    // He is not: the bot answers, and he is asked first where it hands over while he is back.
    page.says(4, "and another").await;
    let third = aki.row(|row| row.agent.as_deref() == Some("Kaede helper") && row.conversation != first).await;
    assert_eq!((third.stage, third.conversation == second), (Stage::Open, false));
    aki.inbox(Inbox::Presence(PresenceWish { is_available: true })).await;
    aki.floor(|floor| floor.presence == Presence::Available).await;
    page.says(5, "a person, please").await;
    assert_eq!(aki.offered().await, third.conversation);
    aki.takes(third.conversation).await;
    let decided = hub.decisions(third.conversation, "agent accepted").await;
    assert_eq!(decided, ["agent last-agent", "agent accepted"]);
}

#[tokio::test]
async fn what_a_visitor_writes_to_an_agent_who_is_gone_goes_to_others() {
    let hub = hub_of_two(20).await;
    let rules = serde_json::json!({ "absence": 1, "queues": [{ "id": "main", "name": "Main" }] });
    assert_eq!(hub.put_rules(&rules).await, (204, None));
    let (mut aki, _) = available(&hub, AGENT).await;
    let (mut page, mut other) = (waits(&hub, 1).await, waits(&hub, 2).await);
    let (one, two) = (aki.offered().await, aki.offered().await);
    for conversation in [one, two] {
        aki.takes(conversation).await;
        let id = MessageId::from_bytes([100; 16]);
        aki.inbox(Inbox::Reply(Reply { conversation, id, text: text("well then"), file: None, rich: None })).await;
    }
    other.news_of(100).await;
    let (mut ben, _) = available(&hub, BEN).await;
    drop(aki);
    ben.floor(|floor| floor.colleagues.iter().all(|colleague| colleague.presence == Presence::Away)).await;
    // Before it is clear that he is gone ...
    page.says(2, "are you there?").await;
    assert_eq!(ben.offered().await, one);
    let standing = page.stands(|standing| standing.stage == Stage::Waiting).await;
    assert_eq!(standing.agent.as_deref(), Some("Aki Agent"));
    ben.takes(one).await;
    assert_eq!(
        shown(&thread(&mut page, LAST).await.entries)[2..],
        ["3 agent: well then", "4 visitor: are you there?", "5 hub: left", "6 hub: joined"]
    );
    let decided = hub.decisions(one, "ben accepted").await;
    assert_eq!(decided[2..], ["agent absent", "ben least-loaded", "ben accepted"]);
    // ... and after. What nobody waits for stays with him.
    assert_eq!(hub.decisions(two, "agent accepted").await.len(), 2);
    other.says(2, "are you there?").await;
    assert_eq!(ben.offered().await, two);
}

#[tokio::test]
async fn what_waits_in_a_queue_of_higher_priority_goes_first() {
    let hub = HubProcess::start();
    let queues = serde_json::json!([
        { "id": "main", "name": "Main" }, { "id": "urgent", "name": "Urgent", "priority": 5 }
    ]);
    let rules = serde_json::json!({ "queues": queues, "agents": [{ "agent": AGENT, "capacity": 1 }] });
    assert_eq!(hub.put_rules(&rules).await, (204, None));
    let (mut aki, _) = available(&hub, AGENT).await;
    let _one = waits(&hub, 1).await;
    let urgent = aki.offered().await;
    aki.takes(urgent).await;
    let _two = waits(&hub, 2).await;
    let other = aki.row(|row| row.stage == Stage::Waiting && row.conversation != urgent).await.conversation;
    // It begins to wait later than the other one.
    aki.inbox(Inbox::Presence(PresenceWish { is_available: false })).await;
    aki.floor(|floor| floor.presence == Presence::Away).await;
    aki.inbox(Inbox::Transfer(Transfer { conversation: urgent, agent: None, queue: Some("urgent".into()) })).await;
    aki.row(|row| row.stage == Stage::Waiting && row.conversation == urgent).await;
    hub.add_agent(BEN, "Ben Other", "conversation.handle");
    let mut ben = comes(&hub, BEN).await;
    assert_eq!((ben.offered().await, ben.offered().await), (urgent, other));
}

#[tokio::test]
async fn a_hub_that_was_killed_knows_who_has_what_and_offers_the_rest_again() {
    let mut hub = hub_of_two(20).await;
    let rules = serde_json::json!({
        "queues": [{ "id": "main", "name": "Main" }], "agents": [{ "agent": AGENT, "capacity": 1 }]
    });
    assert_eq!(hub.put_rules(&rules).await, (204, None));
    let (mut aki, _) = available(&hub, AGENT).await;
    let _one = waits(&hub, 1).await;
    let first = aki.offered().await;
    aki.takes(first).await;
    let _two = waits(&hub, 2).await;
    let second = aki.row(|row| row.stage == Stage::Waiting && row.conversation != first).await.conversation;
    hub.kill_and_restart();
    let (mut aki, _) = available(&hub, AGENT).await;
    let mut ben = comes(&hub, BEN).await;
    assert_eq!(ben.offered().await, second, "the one has no room: the first is still his");
    ben.takes(second).await;
    aki.inbox(Inbox::Close(Close { conversation: first })).await;
    let _three = waits(&hub, 3).await;
    assert!(![first, second].contains(&aki.offered().await));
    assert!(hub.decisions(first, "agent done").await.contains(&"agent restored".to_owned()));
}

#[tokio::test]
async fn a_conversation_is_passed_on_to_an_agent_or_to_a_queue() {
    let hub = hub_of_two(20).await;
    hub.add_agent("cho@example.com", "Cho Third", "conversation.handle");
    let rules = serde_json::json!({
        "queues": [{ "id": "main", "name": "Main" }, { "id": "returns", "name": "Returns", "skills": { "returns": 2 } }],
        "agents": [
            { "agent": BEN, "skills": { "returns": 1 } }, { "agent": "cho@example.com", "skills": { "returns": 3 } }
        ]
    });
    assert_eq!(hub.put_rules(&rules).await, (204, None));
    let (mut aki, _) = available(&hub, AGENT).await;
    let mut page = waits(&hub, 1).await;
    let conversation = aki.offered().await;
    aki.takes(conversation).await;
    let to = |agent: Option<&str>, queue: Option<&str>| {
        Inbox::Transfer(Transfer { conversation, agent: agent.map(str::to_owned), queue: queue.map(str::to_owned) })
    };
    for nowhere in [to(Some("nobody@example.com"), None), to(Some(AGENT), None), to(None, Some("gone"))] {
        aki.inbox(nowhere).await;
        assert_eq!(aki.refused().await, (None, Objection::NotFound));
    }
    let (mut ben, _) = available(&hub, BEN).await;
    aki.inbox(to(Some(BEN), None)).await;
    assert_eq!(ben.offered().await, conversation);
    ben.takes(conversation).await;
    aki.inbox(to(None, Some("main"))).await;
    assert_eq!(aki.refused().await, (None, Objection::Taken), "it is not his any more");
    let (mut cho, _) = available(&hub, "cho@example.com").await;
    ben.inbox(to(None, Some("returns"))).await;
    assert_eq!(cho.offered().await, conversation, "only she knows enough of returns");
    cho.takes(conversation).await;
    let told = shown(&thread(&mut page, LAST).await.entries);
    assert_eq!(
        told,
        ["1 visitor: hello", "2 hub: joined", "3 hub: left", "4 hub: transferred", "5 hub: left", "6 hub: transferred"]
    );
    assert_eq!(
        hub.decisions(conversation, "cho accepted").await[2..],
        [
            "agent transferred",
            "ben transferred-to",
            "ben accepted",
            "ben transferred",
            "cho least-loaded",
            "cho accepted"
        ]
    );
}

#[tokio::test]
async fn a_visitor_is_told_his_place_soon_and_whenever_he_asks() {
    let hub = HubProcess::start();
    let mut one = waits(&hub, 1).await;
    let mut two = waits(&hub, 2).await;
    let begin = Instant::now();
    assert_eq!(
        (one.place().await.place, two.place().await),
        (1, Place { place: 2, wait_from: None, wait_to: None, conversation: None })
    );
    two.talk(Talk::Ask(LAST)).await;
    assert_eq!(two.place().await.place, 2);
    assert!(begin.elapsed() < Duration::from_secs(1), "{:?}", begin.elapsed());
    let mut desk = inbox_of(&hub, AGENT).await;
    one.talk(Talk::Finish(Finish { conversation: None })).await;
    desk.row(|row| row.stage == Stage::Ended).await;
    assert_eq!(two.place().await.place, 1, "within the 5 s after which places are looked at");
}

#[tokio::test]
async fn an_agent_without_a_desk_is_offered_nothing() {
    let hub = hub_of_two(20).await;
    let (aki, _) = available(&hub, AGENT).await;
    let mut ben = inbox_of(&hub, BEN).await;
    let is_away = |floor: &Floor| floor.colleagues.iter().all(|colleague| colleague.presence == Presence::Away);
    ben.floor(|floor| !is_away(floor)).await;
    drop(aki);
    ben.floor(is_away).await;
    let _one = waits(&hub, 1).await;
    let conversation = ben.row(|row| row.stage == Stage::Waiting).await.conversation;
    assert_eq!(hub.decisions(conversation, "nobody-free").await, ["nobody-free"]);
    let mut aki = comes(&hub, AGENT).await;
    assert_eq!(aki.offered().await, conversation, "he is back");
    let mut again = inbox_of(&hub, AGENT).await;
    assert_eq!(again.offered().await, conversation, "a desk that comes later is told, too");
}

#[tokio::test]
async fn what_was_decided_is_gone_with_the_visitor_and_others_do_not_read_it() {
    let hub = hub_of_two(20).await;
    hub.add_agent("none@example.com", "Noa None", "live.view");
    let (mut aki, _) = available(&hub, AGENT).await;
    let mut page = waits(&hub, 1).await;
    let conversation = aki.offered().await;
    hub.decisions(conversation, "agent least-loaded").await;
    let path = format!("/v1/conversations/{conversation}/decisions");
    assert_eq!(hub.read(&path, "none@example.com").await.0, 403);
    assert_eq!(hub.read("/v1/conversations/nonsense/decisions", AGENT).await.0, 404);
    let forget = r#"{"journey":{"visit":"01010101010101010101010101010101","at":1,"kind":{"forget":{}}}}"#;
    let event = Payload::from_message(Message::Text(forget.into())).decode().expect("an event");
    let body = Payload::encode(&event, page.encoding);
    page.send(Frame::Data(Data { seq: 1, body })).await;
    assert_eq!(aki.withdrawn().await, conversation);
    assert_eq!(hub.read(&path, AGENT).await.0, 404);
    let kept: i64 = hub.database().query_row("SELECT count(*) FROM decision", [], |row| row.get(0)).expect("a count");
    assert_eq!(kept, 0);
}

#[tokio::test]
async fn rules_are_read_changed_and_refused_with_what_is_wrong() {
    let hub = HubProcess::start();
    let (status, shown) = hub.read("/api/routing", AGENT).await;
    assert_eq!((status, shown["routing"]["queues"][0]["id"].as_str()), (200, Some("main")));
    let queues = serde_json::json!([{ "id": "main", "name": "Main" }]);
    for (bad, expected) in [
        (serde_json::json!({}), "missing field `queues`"),
        (
            serde_json::json!({ "queues": queues, "agents": [{ "agent": "who@example.com" }] }),
            "no agent 'who@example.com'",
        ),
        (serde_json::json!({ "queues": queues, "agents": [{ "agent": AGENT, "queues": ["b"] }] }), "no such queue"),
    ] {
        let (status, message) = hub.put_rules(&bad).await;
        assert_eq!(status, 400);
        assert!(message.as_ref().is_some_and(|message| message.contains(expected)), "{message:?}");
    }
    assert_eq!(hub.put_rules(&shown["routing"]).await, (204, None), "what was read can be written");
    hub.add_agent(BEN, "Ben Other", "conversation.handle");
    assert_eq!(hub.read("/api/routing", BEN).await.0, 403);
}

#[tokio::test]
async fn what_waits_in_a_queue_that_is_taken_away_waits_in_the_first_one() {
    let hub = hub_of_two(20).await;
    let with = |queues: serde_json::Value| serde_json::json!({ "queues": queues, "agents": [{ "agent": BEN, "queues": ["main"] }] });
    let main = serde_json::json!({ "id": "main", "name": "Main" });
    let returns = serde_json::json!({ "id": "returns", "name": "Returns" });
    assert_eq!(hub.put_rules(&with(serde_json::json!([main, returns]))).await, (204, None));
    let (mut ben, _) = available(&hub, BEN).await;
    let _one = waits(&hub, 1).await;
    let conversation = ben.offered().await;
    ben.takes(conversation).await;
    ben.inbox(Inbox::Transfer(Transfer { conversation, agent: None, queue: Some("returns".into()) })).await;
    ben.row(|row| row.stage == Stage::Waiting).await;
    hub.decisions(conversation, "nobody-free").await;
    assert_eq!(hub.put_rules(&with(serde_json::json!([main]))).await, (204, None));
    let mut aki = comes(&hub, AGENT).await;
    assert_eq!(aki.offered().await, conversation);
}
