//! A visitor talks with agents; what was told to anybody is there for good.

use alongside::protocol::conversation::*;
use alongside::protocol::*;

use crate::process::*;

impl Client {
    pub async fn talk(&mut self, talk: Talk) {
        let body = Payload::encode_talk(&TalkBody::Talk(talk), self.encoding);
        self.send(Frame::Relay(Relay { body })).await;
    }

    pub async fn inbox(&mut self, inbox: Inbox) {
        let body = Payload::encode_inbox(&InboxBody::Inbox(inbox), self.encoding);
        self.send(Frame::Relay(Relay { body })).await;
    }

    /// What the page is told next, where `wanted` makes something of it.
    pub async fn hears<T>(&mut self, wanted: impl Fn(&Talk) -> Option<T>) -> T {
        loop {
            if let Some(Frame::Relay(relay)) = self.receive_some().await
                && let Ok(TalkBody::Talk(talk)) = relay.body.decode_talk()
                && let Some(found) = wanted(&talk)
            {
                return found;
            }
        }
    }

    /// What the desk is told next, where `wanted` makes something of it.
    pub async fn reads<T>(&mut self, wanted: impl Fn(&Inbox) -> Option<T>) -> T {
        loop {
            if let Some(Frame::Relay(relay)) = self.receive_some().await
                && let Ok(InboxBody::Inbox(inbox)) = relay.body.decode_inbox()
                && let Some(found) = wanted(&inbox)
            {
                return found;
            }
        }
    }

    async fn receive_some(&mut self) -> Option<Frame> {
        let frame = self.receive().await;
        assert!(frame.is_some(), "closed");
        frame
    }

    /// Says something, and waits until the hub has kept it.
    pub async fn says(&mut self, number: u8, what: &str) -> Entry {
        self.talk(Talk::Say(Say::new(id(number), text(what)))).await;
        self.news_of(number).await
    }

    pub async fn news_of(&mut self, number: u8) -> Entry {
        self.hears(|talk| match talk {
            Talk::News(news) => news.entries.iter().find(|entry| entry.id == id(number)).cloned(),
            _ => None,
        })
        .await
    }

    pub async fn stands(&mut self, is_so: impl Fn(&Standing) -> bool) -> Standing {
        self.hears(|talk| match talk {
            Talk::Standing(standing) if is_so(standing) => Some(standing.clone()),
            _ => None,
        })
        .await
    }

    pub async fn row(&mut self, is_so: impl Fn(&Row) -> bool) -> Row {
        self.reads(|inbox| match inbox {
            Inbox::Rows(rows) => rows.rows.iter().find(|row| is_so(row)).cloned(),
            _ => None,
        })
        .await
    }

    pub async fn refused(&mut self) -> (Option<MessageId>, Objection) {
        self.reads(|inbox| match inbox {
            Inbox::Refused(refused) => Some((refused.id, refused.objection)),
            _ => None,
        })
        .await
    }
}

pub fn id(number: u8) -> MessageId {
    MessageId::from_bytes([number; 16])
}

pub fn text(text: &str) -> MessageText {
    MessageText::new(text).expect("a message")
}

pub fn shown(entries: &[Entry]) -> Vec<String> {
    let line = |entry: &Entry| {
        let what = entry.text.as_ref().map(|text| text.as_str().to_owned()).or_else(|| entry.event.clone());
        format!("{} {}: {}", entry.seq, entry.author.as_str(), what.unwrap_or_default())
    };
    entries.iter().map(line).collect()
}

/// The part of the thread that a page is told.
pub async fn thread(page: &mut Client, ask: Ask) -> Thread {
    page.talk(Talk::Ask(ask)).await;
    page.hears(|talk| match talk {
        Talk::Thread(thread) => Some(thread.clone()),
        _ => None,
    })
    .await
}

pub const LAST: Ask = Ask { after: None, before: None };

pub async fn inbox_of(hub: &HubProcess, email: &str) -> Client {
    let mut desk = hub.desk(email).await;
    desk.inbox(Inbox::Open(Open {})).await;
    desk.reads(|inbox| match inbox {
        Inbox::Rows(rows) => rows.is_whole.then_some(()),
        _ => None,
    })
    .await;
    desk
}

#[tokio::test]
async fn a_conversation_is_begun_taken_held_and_ended_in_either_encoding() {
    for (encoding, visitor) in [(Encoding::Binary, 1), (Encoding::Json, 2)] {
        let hub = HubProcess::start();
        let mut desk = inbox_of(&hub, AGENT).await;
        let mut page = hub.socket(Some(SITE)).await;
        page.encoding = encoding;
        page.send(hello(visitor)).await;
        assert_eq!(thread(&mut page, LAST).await.standing.stage, Stage::None);
        let first = page.says(1, "hello <b>you</b>").await;
        assert_eq!((first.seq, first.author), (1, Author::Visitor));
        assert_eq!(page.hears(|talk| if let Talk::Place(place) = talk { Some(place.place) } else { None }).await, 1);
        let row = desk.row(|row| row.stage == Stage::Waiting).await;
        assert_eq!((row.excerpt.as_str(), row.unread, row.is_there, row.is_own), ("hello <b>you</b>", 1, true, false));
        let conversation = row.conversation;
        desk.inbox(Inbox::Look(Look { conversation, after: None, before: None })).await;
        desk.inbox(Inbox::Take(Take { conversation })).await;
        assert!(desk.row(|row| row.stage == Stage::Open).await.is_own);
        assert_eq!(page.stands(|now| now.stage == Stage::Open).await.agent.as_deref(), Some("Aki Agent"));
        desk.inbox(Inbox::Typing(InboxTyping { conversation, name: None })).await;
        let typing = page.hears(|talk| if let Talk::Typing(typing) = talk { typing.name.clone() } else { None }).await;
        assert_eq!(typing, "Aki Agent");
        for _ in 0..2 {
            desk.inbox(Inbox::Reply(Reply { conversation, id: id(2), text: text("good day"), file: None, rich: None }))
                .await;
        }
        let reply = page.news_of(2).await;
        assert_eq!((reply.seq, reply.name.as_deref(), reply.is_own), (3, Some("Aki Agent"), None));
        page.talk(Talk::Mark(Mark { delivered: 3, read: 2, conversation: None })).await;
        let row = desk.row(|row| row.delivered == 3).await;
        assert_eq!(row.read, 2);
        page.says(3, "thanks").await;
        desk.inbox(Inbox::Mark(InboxMark { conversation, delivered: 4, read: 4 })).await;
        let standing = page.stands(|now| now.read == 4).await;
        assert_eq!((standing.delivered, standing.last, standing.unread), (4, 4, 0));
        desk.inbox(Inbox::Close(Close { conversation })).await;
        page.stands(|now| now.stage == Stage::Ended).await;
        let told = thread(&mut page, LAST).await;
        let lines = [
            "1 visitor: hello <b>you</b>",
            "2 hub: joined",
            "3 agent: good day",
            "4 visitor: thanks",
            "5 agent: ended",
        ];
        assert_eq!(shown(&told.entries), lines);
        assert!(!told.has_earlier && !told.has_later);
        desk.inbox(Inbox::Look(Look { conversation, after: Some(2), before: None })).await;
        let own = desk
            .reads(|inbox| match inbox {
                Inbox::Thread(thread) if thread.entries.len() == 3 => Some(thread.entries[0].is_own),
                _ => None,
            })
            .await;
        assert_eq!(own, Some(true));
        page.says(4, "one more thing").await;
        let next = desk.row(|row| row.stage == Stage::Waiting).await;
        assert_ne!(next.conversation, conversation, "what follows an end is a new conversation");
        assert_eq!(next.last, 6, "in the same thread");
    }
}

#[tokio::test]
async fn a_message_that_is_sent_twice_is_there_once_whoever_sends_it() {
    let hub = HubProcess::start();
    let (mut one, _) = hub.visitor(1).await;
    let mut two = hub.socket(Some(SITE)).await;
    two.send(hello_as(9, party(1))).await;
    thread(&mut two, LAST).await;
    for _ in 0..2 {
        assert_eq!(one.says(1, "hello").await.seq, 1);
        assert_eq!(two.says(1, "hello").await.seq, 1);
    }
    assert_eq!(shown(&thread(&mut one, LAST).await.entries), ["1 visitor: hello"]);
}

#[tokio::test]
async fn what_anybody_was_told_is_there_after_the_hub_was_killed() {
    let mut hub = HubProcess::start();
    let (mut page, _) = hub.visitor(1).await;
    for number in 1..=5 {
        page.talk(Talk::Say(Say::new(id(number), text("hello")))).await;
    }
    let told = page.news_of(3).await;
    hub.kill_and_restart();
    let (mut page, _) = hub.visitor(1).await;
    let kept = thread(&mut page, LAST).await.entries;
    assert!(kept.len() >= 3 && kept[2].id == told.id, "{:?}", shown(&kept));
    assert_eq!(page.says(3, "hello").await.seq, 3, "known under its id");
}

#[tokio::test]
async fn an_agent_without_the_permission_and_one_who_has_not_taken_it_say_nothing() {
    let hub = HubProcess::start();
    hub.add_agent("other@example.com", "Ben Other", "conversation.handle");
    hub.add_agent("none@example.com", "Noa None", "live.view");
    let mut desk = inbox_of(&hub, AGENT).await;
    let (mut page, _) = hub.visitor(1).await;
    page.says(1, "hello").await;
    let conversation = desk.row(|row| row.stage == Stage::Waiting).await.conversation;
    let reply = Inbox::Reply(Reply { conversation, id: id(7), text: text("hi"), file: None, rich: None });
    desk.inbox(reply.clone()).await;
    assert_eq!(desk.refused().await, (Some(id(7)), Objection::NotFound), "nobody has it");
    desk.inbox(Inbox::Take(Take { conversation })).await;
    desk.row(|row| row.is_own).await;
    let mut other = inbox_of(&hub, "other@example.com").await;
    for (inbox, expected) in [
        (reply.clone(), (Some(id(7)), Objection::Taken)),
        (Inbox::Take(Take { conversation }), (None, Objection::Taken)),
        (Inbox::Close(Close { conversation }), (None, Objection::Taken)),
        (Inbox::Take(Take { conversation: ConversationId::from_bytes([9; 16]) }), (None, Objection::NotFound)),
    ] {
        other.inbox(inbox).await;
        assert_eq!(other.refused().await, expected);
    }
    let mut none = hub.desk("none@example.com").await;
    for inbox in [Inbox::Open(Open {}), reply] {
        none.inbox(inbox).await;
        assert_eq!(none.refused().await.1, Objection::NotPermitted);
    }
    desk.inbox(Inbox::Release(Release { conversation })).await;
    other.row(|row| row.stage == Stage::Waiting).await;
    other.inbox(Inbox::Take(Take { conversation })).await;
    assert!(other.row(|row| row.stage == Stage::Open).await.is_own);
    let told = shown(&thread(&mut page, LAST).await.entries);
    assert_eq!(told, ["1 visitor: hello", "2 hub: joined", "3 hub: left", "4 hub: joined"]);
}

#[tokio::test]
async fn a_visitor_who_writes_too_fast_is_told_when_to_go_on() {
    let hub = HubProcess::start();
    let (mut page, _) = hub.visitor(1).await;
    for number in 1..=6 {
        page.talk(Talk::Say(Say::new(id(number), text("hello")))).await;
    }
    let refused = page.hears(|talk| if let Talk::Refused(refused) = talk { Some(refused.clone()) } else { None }).await;
    assert_eq!((refused.id, refused.objection), (id(6), Objection::TooFast));
    assert!((1..=1_001).contains(&refused.retry_after.expect("a time")));
}

#[tokio::test]
async fn a_long_thread_comes_in_parts_and_a_tenant_sees_no_other() {
    let hub = HubProcess::start();
    let (mut page, _) = hub.visitor(1).await;
    page.says(1, "hello").await;
    let database = hub.database();
    let fill = "WITH RECURSIVE number (at) AS (SELECT 2 UNION ALL SELECT at + 1 FROM number WHERE at < 70)
        INSERT INTO entry (tenant, visitor, seq, id, conversation, at, author, agent, name, text, event)
        SELECT tenant, visitor, number.at, randomblob(16), conversation, entry.at, author, agent, name, 'm' || number.at, event
        FROM entry, number WHERE seq = 1";
    database.execute(fill, []).expect("entries");
    database.execute("UPDATE thread SET last_seq = 70", []).expect("a thread");
    let last = thread(&mut page, LAST).await;
    let seqs = |thread: &Thread| (thread.entries[0].seq, thread.entries.len(), thread.has_earlier, thread.has_later);
    assert_eq!(seqs(&last), (46, 25, true, false));
    let before = thread(&mut page, Ask { after: None, before: Some(46) }).await;
    assert_eq!((seqs(&before), before.before), ((21, 25, true, true), Some(46)));
    let first = thread(&mut page, Ask { after: None, before: Some(21) }).await;
    assert_eq!(seqs(&first), (1, 20, false, true));
    let after = thread(&mut page, Ask { after: Some(60), before: None }).await;
    assert_eq!(seqs(&after), (61, 10, true, false));
    database.execute("UPDATE conversation SET tenant = 'other'", []).expect("another tenant");
    let mut desk = inbox_of(&hub, AGENT).await;
    let of_others: Vec<u8> = database.query_row("SELECT id FROM conversation", [], |row| row.get(0)).expect("one");
    let conversation = ConversationId::from_bytes(of_others.try_into().expect("an id"));
    desk.inbox(Inbox::Look(Look { conversation, after: None, before: None })).await;
    assert_eq!(desk.refused().await.1, Objection::NotFound);
}

#[tokio::test]
async fn a_visitor_who_is_forgotten_leaves_nothing_that_he_said() {
    let hub = HubProcess::start();
    let mut desk = inbox_of(&hub, AGENT).await;
    let (mut page, welcome) = hub.visitor(1).await;
    page.says(1, "my secret").await;
    desk.row(|row| row.stage == Stage::Waiting).await;
    let forget = r#"{"journey":{"visit":"01010101010101010101010101010101","at":1,"kind":{"forget":{}}}}"#;
    let event = Payload::from_message(Message::Text(forget.into())).decode().expect("an event");
    let body = Payload::encode(&event, page.encoding);
    page.send(Frame::Data(Data { seq: 1, body })).await;
    let gone = desk.reads(|inbox| if let Inbox::Rows(rows) = inbox { rows.gone } else { None }).await;
    assert_eq!(Some(gone), welcome.visitor);
    assert_eq!(thread(&mut page, LAST).await.entries, []);
    let kept: i64 = hub
        .database()
        .query_row(
            "SELECT (SELECT count(*) FROM entry) + (SELECT count(*) FROM conversation) + (SELECT count(*) FROM thread)",
            [],
            |row| row.get(0),
        )
        .expect("a count");
    assert_eq!(kept, 0);
}

#[tokio::test]
async fn what_only_the_other_side_may_say_ends_the_connection() {
    let hub = HubProcess::start();
    let (mut page, _) = hub.visitor(1).await;
    page.talk(Talk::News(News { entries: Vec::new() })).await;
    assert_eq!(page.refusal().await.code, RefusalCode::Malformed);
    let conversation = ConversationId::from_bytes([9; 16]);
    for hubs in [
        Inbox::Rows(Rows { is_reset: true, rows: Vec::new(), is_whole: true, gone: None }),
        Inbox::Offer(Offer { conversation, expires_in: 1 }),
        Inbox::Withdrawn(Withdrawn { conversation }),
        Inbox::Floor(Floor { presence: Presence::Away, colleagues: Vec::new(), queues: Vec::new() }),
    ] {
        let mut desk = hub.desk(AGENT).await;
        desk.inbox(hubs).await;
        assert_eq!(desk.refusal().await.code, RefusalCode::Malformed);
    }
}

#[tokio::test]
async fn of_a_thousand_messages_none_that_came_back_is_lost_when_the_hub_is_killed() {
    const VISITORS: u8 = 200;
    let mut hub = HubProcess::start();
    let mut pages = Vec::new();
    for visitor in 1..=VISITORS {
        pages.push(hub.visitor_from_afar(visitor).await);
    }
    let (told, mut came) = tokio::sync::mpsc::unbounded_channel();
    for (visitor, mut page) in (1..=VISITORS).zip(pages) {
        let told = told.clone();
        tokio::spawn(async move {
            for number in 1..=5 {
                let say = Talk::Say(Say::new(id(number), text(&format!("{visitor} says {number}"))));
                let body = Payload::encode_talk(&TalkBody::Talk(say), page.encoding);
                if page.try_send(Frame::Relay(Relay { body })).await.is_err() {
                    return;
                }
            }
            while let Some(frame) = page.receive().await {
                let Frame::Relay(relay) = frame else { continue };
                if let Ok(TalkBody::Talk(Talk::News(news))) = relay.body.decode_talk() {
                    for entry in news.entries.into_iter().filter(|entry| entry.author == Author::Visitor) {
                        let _ = told.send((visitor, entry));
                    }
                }
            }
        });
    }
    drop(told);
    let mut kept = Vec::new();
    while kept.len() < 300 {
        kept.push(came.recv().await.expect("messages come back"));
    }
    hub.kill_and_restart();
    while let Some(told) = came.recv().await {
        kept.push(told);
    }
    assert!(kept.len() < 1_000, "it was killed in the middle");
    let database = hub.database();
    for (visitor, entry) in &kept {
        let (at, text): (i64, String) = database
            .query_row(
                "SELECT seq, text FROM entry WHERE id = ?1 AND text LIKE ?2",
                (entry.id.as_bytes(), format!("{visitor} says %")),
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .expect("it is kept");
        assert_eq!((at as u64, Some(text.as_str())), (entry.seq, entry.text.as_ref().map(MessageText::as_str)));
    }
    let twice = "SELECT count(*) FROM (SELECT 1 FROM entry GROUP BY visitor, id HAVING count(*) > 1)";
    assert_eq!(database.query_row(twice, [], |row| row.get::<_, i64>(0)).expect("a count"), 0);
}
