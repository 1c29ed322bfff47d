//! The messenger against a hub that keeps what it is told, in virtual time.

mod several;

use core::time::Duration;

use super::{Messenger, MessengerOutput, Pending, SayError, View, WAITING, Which, conversations};
use crate::protocol::conversation::{
    Ask, Attachment, Author, Entry, MessageText, News, Objection, PAGE_OF_ENTRIES, Place, Preview, Previewed, Rating,
    Refused, Say, Scan, Stage, Standing, Talk, Terms, Thread, Typing,
};
use crate::protocol::rich::{AnswerValue, Field, FieldKind, Form, Offered, Rich};
use crate::protocol::{ConversationId, FileId, MessageId};
use crate::time::{Instant, Timestamp};

const BEGIN: u64 = 1_795_238_400_000;

fn at(millis: u64) -> Instant {
    Instant::at(Duration::from_millis(millis))
}

fn id(number: u64) -> MessageId {
    MessageId::from_bytes(u128::from(number).to_be_bytes())
}

fn photo() -> Attachment {
    Attachment {
        id: FileId::from_bytes([7; 16]),
        name: "お茶 1.png".into(),
        media: "image/png".into(),
        size: 2_048,
        width: Some(640),
        height: Some(480),
        scan: None,
    }
}

/// The hub's side: a thread, and who is told of it.
#[derive(Default)]
struct Hub {
    entries: Vec<Entry>,
    stage: Option<Stage>,
    seen: u64,
    version: u64,
    /// Numbers of messages that it refuses once.
    refuses: Vec<(MessageId, Objection, Option<u32>)>,
    /// Where several conversations may go on.
    several: Option<Vec<several::Kept>>,
}

impl Hub {
    fn standing(&self) -> Standing {
        Standing {
            stage: self.stage.unwrap_or(Stage::None),
            agent: Some("Aki".into()),
            is_bot: None,
            first: 1,
            version: self.version,
            delivered: 0,
            read: 0,
            seen: self.seen,
            last: self.entries.len() as u64,
            unread: 0,
            conversation: None,
        }
    }

    fn append(&mut self, id: MessageId, author: Author, text: &str) -> Entry {
        let entry = Entry {
            seq: self.entries.len() as u64 + 1,
            id,
            conversation: ConversationId::from_bytes([7; 16]),
            at: Timestamp::from_millis(BEGIN + self.entries.len() as u64 * 1_000),
            author,
            name: (author == Author::Agent).then(|| "Aki".into()),
            text: MessageText::new(text).ok(),
            event: text.is_empty().then(|| "joined".into()),
            is_own: None,
            file: None,
            rich: None,
            preview: None,
            rating: None,
        };
        self.version += 1;
        self.entries.push(entry.clone());
        entry
    }

    /// What it says to a page that said this.
    fn hear(&mut self, talk: Talk) -> Vec<Talk> {
        if self.several.is_some() {
            return self.hear_of_several(talk);
        }
        match talk {
            Talk::Say(Say { id, text, file, rating, .. }) => {
                if let Some(refused) = self.refuses.iter().position(|(refused, ..)| *refused == id) {
                    let (id, objection, retry_after) = self.refuses.remove(refused);
                    return vec![Talk::Refused(Refused { id, objection, retry_after })];
                }
                let known = self.entries.iter().find(|entry| entry.id == id).cloned();
                let entry = known.unwrap_or_else(|| {
                    let entry = self.append(id, Author::Visitor, text.as_str());
                    let file = file.map(|id| Attachment { id, ..photo() });
                    let entry = Entry { file, rating: rating.as_ref().map(|rating| rating.score), ..entry };
                    self.entries.last_mut().expect("it was appended").clone_from(&entry);
                    entry
                });
                if rating.is_none() {
                    self.stage = Some(self.stage.filter(|stage| *stage == Stage::Open).unwrap_or(Stage::Waiting));
                }
                vec![Talk::News(News { entries: vec![entry] }), Talk::Standing(self.standing())]
            }
            Talk::Ask(Ask { after, before }) => {
                let last = self.entries.len();
                let range = match (after, before) {
                    (_, Some(before)) => (before as usize - 1).saturating_sub(PAGE_OF_ENTRIES)..before as usize - 1,
                    (Some(after), None) => (after as usize).min(last)..last.min(after as usize + PAGE_OF_ENTRIES),
                    (None, None) => last.saturating_sub(PAGE_OF_ENTRIES)..last,
                };
                vec![Talk::Thread(Thread {
                    standing: self.standing(),
                    entries: self.entries[range.clone()].to_vec(),
                    before,
                    has_earlier: range.start > 0,
                    has_later: range.end < last,
                })]
            }
            Talk::Mark(mark) => {
                self.seen = self.seen.max(mark.read);
                self.version += 1;
                vec![Talk::Standing(self.standing())]
            }
            _ => Vec::new(),
        }
    }
}

/// A page and the hub.
struct Pair {
    page: Messenger,
    view: View,
    hub: Hub,
    now: u64,
    stored: Vec<Pending>,
    incoming: Vec<String>,
    told: Vec<Talk>,
    /// What was told of the thread, by its key; the order is that of the rows.
    rows: Vec<String>,
}

impl Pair {
    fn new(hub: Hub) -> Self {
        let (view, page) = (View::new(0), Messenger::new(Vec::new()));
        Self { page, view, hub, now: 0, stored: Vec::new(), incoming: Vec::new(), told: Vec::new(), rows: Vec::new() }
    }

    fn connected(hub: Hub) -> Self {
        let mut pair = Self::new(hub);
        pair.page.handle_online(at(0));
        pair.settle();
        pair
    }

    /// The page has what it stored, and nothing else.
    fn reload(&mut self) {
        self.page = Messenger::new(self.stored.clone());
        (self.view, self.rows) = (View::new(0), Vec::new());
    }

    fn act(&mut self, is_lost: bool) -> Vec<Talk> {
        let mut said = Vec::new();
        while let Some(output) = self.page.poll_output() {
            match output {
                MessengerOutput::Send(talk) if !is_lost => said.push(talk),
                MessengerOutput::Keep(id) => {
                    self.stored.retain(|pending| pending.id != id);
                    self.stored.extend(self.page.pending(id).cloned());
                }
                MessengerOutput::Drop(id) => self.stored.retain(|pending| pending.id != id),
                MessengerOutput::Incoming(seq) => {
                    let text = self.page.entry(seq).and_then(|entry| entry.text.as_ref());
                    self.incoming.push(text.map(|text| text.as_str().to_owned()).unwrap_or_default());
                }
                MessengerOutput::Send(_) | MessengerOutput::Changed => {}
            }
        }
        said
    }

    /// Until nobody has anything to say.
    fn settle(&mut self) {
        loop {
            let said = self.act(false);
            if said.is_empty() {
                return;
            }
            for talk in said {
                self.told.push(talk.clone());
                for answer in self.hub.hear(talk) {
                    self.page.handle_talk(answer, at(self.now));
                }
            }
        }
    }

    fn pass(&mut self, millis: u64) {
        let until = self.now + millis;
        while let Some(due) =
            self.page.poll_timeout().map(|due| due.since(at(0)).as_millis() as u64).filter(|due| *due <= until)
        {
            self.now = self.now.max(due);
            self.page.handle_timeout(at(self.now));
            self.settle();
        }
        self.now = until;
    }

    fn say(&mut self, number: u64, text: &str) {
        self.page.say(text, id(number), Timestamp::from_millis(BEGIN + self.now), at(self.now)).expect("a message");
    }

    fn agent_says(&mut self, number: u64, text: &str) {
        self.hub.stage = Some(Stage::Open);
        let entry = self.hub.append(id(number), Author::Agent, text);
        self.page.handle_talk(Talk::News(News { entries: vec![entry] }), at(self.now));
        let standing = self.hub.standing();
        self.page.handle_talk(Talk::Standing(standing), at(self.now));
        self.settle();
    }

    /// `author:state:text` of each message, as a widget would show them that draws changes only.
    fn shown(&mut self) -> Vec<String> {
        let changes: serde_json::Value =
            serde_json::from_str(&self.view.changes(&self.page, "online", at(self.now))).expect("JSON");
        let word = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let key = |row: &str| row.split('|').next().unwrap_or_default().to_owned();
        for gone in changes["gone"].as_array().into_iter().flatten() {
            self.rows.retain(|row| key(row) != word(gone));
        }
        for row in changes["rows"].as_array().into_iter().flatten() {
            let texts = row["blocks"].to_string();
            let text: String = texts.split("\"text\":\"").skip(1).filter_map(|part| part.split('"').next()).collect();
            let shown = match row["kind"].as_str() {
                Some("message") => format!("{}:{}:{text}", word(&row["author"]), word(&row["state"])),
                Some(kind) => kind.to_owned(),
                None => panic!("a row of no kind: {row}"),
            };
            let line = format!("{}|{shown}", word(&row["key"]));
            self.rows.retain(|old| key(old) != key(&line));
            let place = match row["after"].as_str() {
                Some(after) => {
                    1 + self.rows.iter().position(|old| key(old) == after).expect("the row before it is known")
                }
                None => 0,
            };
            self.rows.insert(place, line);
        }
        self.rows.iter().map(|row| row.split_once('|').expect("a key").1.to_owned()).collect()
    }
}

#[test]
fn a_message_is_shown_at_once_and_kept_by_the_hub_under_its_id() {
    let mut pair = Pair::connected(Hub::default());
    pair.say(1, " hello ");
    assert_eq!(pair.stored.len(), 0);
    let said = pair.act(false);
    assert_eq!(pair.stored.len(), 1, "it survives a reload");
    assert_eq!(pair.shown(), ["day", "visitor:sending:hello"]);
    assert!(matches!(&said[..], [Talk::Say(say)] if say.id == id(1)));
    for answer in pair.hub.hear(said[0].clone()) {
        pair.page.handle_talk(answer, at(0));
    }
    pair.settle();
    assert_eq!(pair.shown(), ["day", "visitor:sent:hello"]);
    assert_eq!((pair.stored.len(), pair.page.stage()), (0, Stage::Waiting));
}

#[test]
fn a_file_that_was_brought_is_a_message_that_survives_a_reload() {
    let mut pair = Pair::new(Hub::default());
    let (when, now) = (Timestamp::from_millis(BEGIN), at(0));
    pair.page.send_file(photo(), Which::Current, id(1), when, now).expect("a message");
    pair.act(false);
    let [pending] = &pair.stored[..] else { panic!("not stored: {:?}", pair.stored) };
    assert_eq!(Pending::from_text(id(1), &pending.to_text()).as_ref(), Some(pending));
    for bad in ["5,1 a.png", "5,x,1,0,0,image/png a.png", "5,,,,, a.png", ",", "5,1"] {
        assert_eq!(Pending::from_text(id(1), bad), None, "{bad}");
    }
    pair.reload();
    pair.page.handle_online(now);
    pair.settle();
    let said = pair.told.iter().filter_map(|talk| if let Talk::Say(say) = talk { Some(say) } else { None });
    let said: Vec<_> = said.map(|say| (say.text.as_str(), say.file)).collect();
    assert_eq!(said, [("お茶 1.png", Some(photo().id))], "its name is there for who knows no files");
    let whole: serde_json::Value = serde_json::from_str(&pair.view.whole(&pair.page, "online", now)).expect("JSON");
    let row = &whole["rows"][1];
    let file = serde_json::json!({
        "id": photo().id.to_string(), "name": "お茶 1.png", "type": "image/png", "size": 2_048, "width": 640, "height": 480,
    });
    assert_eq!((&row["file"], &row["state"], &row["blocks"]), (&file, &"sent".into(), &serde_json::json!([])));
}

#[test]
fn a_file_that_a_scanner_has_not_passed_is_no_picture() {
    for (scan, is_there) in
        [(None, true), (Some(Scan::Clean), true), (Some(Scan::Pending), false), (Some(Scan::Infected), false)]
    {
        let file = Attachment { scan, ..photo() };
        assert_eq!((file.is_there(), file.picture()), (is_there, is_there.then_some((640, 480))));
    }
}

#[test]
fn what_was_written_offline_is_sent_in_order_after_a_reload_no_faster_than_the_hub_takes_it() {
    let mut pair = Pair::new(Hub::default());
    for number in 1..=10 {
        pair.say(number, &format!("m{number}"));
    }
    pair.act(false);
    assert_eq!(pair.shown()[1], "visitor:queued:m1");
    pair.reload();
    pair.page.handle_online(at(0));
    pair.settle();
    assert_eq!(pair.hub.entries.len(), 4);
    pair.pass(1_000);
    assert_eq!(pair.hub.entries.len(), 8);
    pair.pass(1_000);
    let kept: Vec<_> = pair.hub.entries.iter().map(|entry| entry.id).collect();
    assert_eq!(kept, (1..=10).map(id).collect::<Vec<_>>());
    assert_eq!(pair.stored, []);
    assert_eq!(pair.shown().len(), 11);
}

#[test]
fn a_message_whose_answer_was_lost_is_sent_again_and_is_there_once() {
    let mut pair = Pair::connected(Hub::default());
    pair.say(1, "hello");
    for talk in pair.act(false) {
        drop(pair.hub.hear(talk));
    }
    pair.page.handle_offline();
    assert_eq!(pair.shown(), ["day", "visitor:sending:hello"]);
    pair.page.handle_online(at(5));
    pair.settle();
    assert_eq!(pair.hub.entries.len(), 1);
    assert_eq!(pair.shown(), ["day", "visitor:sent:hello"]);
    pair.say(2, "again");
    pair.act(true);
    pair.pass(9_000);
    assert_eq!(pair.hub.entries.len(), 1);
    pair.pass(2_000);
    assert_eq!(pair.hub.entries.len(), 2, "no answer for ten seconds");
}

#[test]
fn entries_that_were_missed_are_asked_for_and_come_once_and_in_order() {
    let mut pair = Pair::connected(Hub::default());
    pair.agent_says(1, "one");
    for number in 2..=60 {
        pair.hub.append(id(number), Author::Agent, &format!("m{number}"));
    }
    let last = pair.hub.append(id(61), Author::Agent, "last");
    for _ in 0..2 {
        pair.page.handle_talk(Talk::News(News { entries: vec![last.clone()] }), at(0));
    }
    pair.settle();
    assert_eq!(pair.incoming.len(), 61);
    assert_eq!((pair.incoming[0].as_str(), pair.incoming[60].as_str()), ("one", "last"));
    assert_eq!(pair.shown().len(), 62);
}

#[test]
fn history_comes_by_pages_and_announces_nothing() {
    let mut hub = Hub::default();
    (1..=60).for_each(|number| drop(hub.append(id(number), Author::Agent, &format!("m{number}"))));
    hub.seen = 60;
    let mut pair = Pair::connected(hub);
    assert_eq!(pair.shown().len(), 26);
    assert!(pair.page.has_earlier());
    for expected in [51, 61] {
        pair.page.earlier();
        pair.page.earlier();
        assert!(pair.page.is_loading_earlier());
        pair.settle();
        assert_eq!(pair.shown().len(), expected);
    }
    pair.page.earlier();
    assert!(!pair.page.has_earlier() && !pair.page.is_loading_earlier());
    assert_eq!(pair.incoming, [""; 0]);
    assert_eq!(pair.shown()[1], "agent::m1");
}

#[test]
fn a_refused_message_waits_or_fails_and_those_after_it_wait_for_it() {
    let refuses = vec![(id(1), Objection::TooFast, Some(3_000)), (id(3), Objection::NotPermitted, None)];
    let mut pair = Pair::connected(Hub { refuses, ..Hub::default() });
    pair.say(1, "one");
    pair.settle();
    pair.say(2, "two");
    pair.settle();
    assert_eq!(pair.shown(), ["day", "visitor:queued:one", "visitor:queued:two"]);
    pair.pass(2_900);
    assert_eq!(pair.hub.entries.len(), 0);
    pair.pass(200);
    assert_eq!(pair.shown(), ["day", "visitor:sent:one", "visitor:sent:two"]);
    pair.say(3, "three");
    pair.settle();
    assert_eq!(pair.shown()[3], "visitor:failed:three");
    pair.pass(60_000);
    assert_eq!(pair.stored.len(), 1, "the visitor decides");
    pair.page.retry(id(3), at(pair.now));
    pair.settle();
    assert_eq!(pair.shown()[3], "visitor:sent:three");
    pair.hub.refuses = vec![(id(4), Objection::NotPermitted, None)];
    pair.say(4, "four");
    pair.settle();
    pair.page.discard(id(4));
    pair.settle();
    assert_eq!((pair.shown().len(), pair.stored.len()), (4, 0));
}

#[test]
fn of_several_that_are_refused_at_once_the_first_says_why_and_the_others_wait_for_it() {
    let refuses = [1, 2, 3].map(|number| (id(number), Objection::TooFast, Some(40_000))).to_vec();
    let mut pair = Pair::connected(Hub { refuses, ..Hub::default() });
    for number in 1..=3 {
        pair.say(number, "text");
    }
    pair.settle();
    let view: serde_json::Value =
        serde_json::from_str(&View::new(0).whole(&pair.page, "online", at(10_000))).expect("JSON");
    let rows = view["rows"].as_array().expect("rows");
    let told: Vec<_> = rows[1..].iter().map(|row| (row["state"].as_str(), row["retryAfter"].as_u64())).collect();
    assert_eq!(told, [(Some("queued"), Some(31)), (Some("queued"), None), (Some("queued"), None)]);
    pair.pass(40_100);
    assert_eq!(pair.shown()[1..], ["visitor:sent:text", "visitor:sent:text", "visitor:sent:text"]);
}

#[test]
fn what_is_no_message_is_not_taken() {
    let mut pair = Pair::connected(Hub::default());
    let mut say = |text: &str| pair.page.say(text, id(1), Timestamp::from_millis(BEGIN), at(0));
    assert_eq!(say(" \n "), Err(SayError::Empty));
    assert_eq!(say(&"x".repeat(4_097)), Err(SayError::TooLong));
    pair.page.handle_offline();
    (0..WAITING as u64).for_each(|number| pair.say(number, "x"));
    assert_eq!(pair.page.say("x", id(99), Timestamp::from_millis(BEGIN), at(0)), Err(SayError::Full));
}

#[test]
fn what_another_tab_wrote_is_shown_and_sent_only_where_that_tab_does_not() {
    let mut pair = Pair::connected(Hub::default());
    let text = MessageText::new("from the other tab").expect("a message");
    let pending = Pending::new(id(9), Timestamp::from_millis(BEGIN), text);
    pair.page.handle_stored(id(9), Some(pending.clone()), at(0));
    assert_eq!(pair.shown(), ["day", "visitor:sending:from the other tab"]);
    pair.pass(9_000);
    assert_eq!(pair.hub.entries.len(), 0);
    pair.pass(1_000);
    assert_eq!(pair.hub.entries.len(), 1);
    pair.page.handle_stored(id(9), Some(pending), at(pair.now));
    pair.page.handle_stored(id(9), None, at(pair.now));
    assert_eq!(pair.shown(), ["day", "visitor:sent:from the other tab"]);
}

#[test]
fn what_the_visitor_sees_is_read_and_what_he_does_not_is_counted() {
    let mut pair = Pair::connected(Hub::default());
    pair.agent_says(1, "one");
    pair.agent_says(2, "two");
    assert_eq!((pair.page.unread(), pair.hub.seen), (2, 0));
    pair.page.handle_shown();
    assert_eq!(pair.shown(), ["day", "new", "agent::one", "agent::two"]);
    pair.page.handle_seen();
    pair.settle();
    assert_eq!((pair.page.unread(), pair.hub.seen), (0, 2));
    assert_eq!(pair.shown()[1], "new", "it stays while he looks");
    pair.agent_says(3, "three");
    pair.page.handle_seen();
    pair.settle();
    assert_eq!((pair.page.unread(), pair.hub.seen), (0, 3));
    pair.page.handle_hidden();
    assert_eq!(pair.shown(), ["day", "agent::one", "agent::two", "agent::three"]);
    pair.agent_says(4, "four");
    assert_eq!(pair.page.unread(), 1);
    let elsewhere = Standing { seen: 4, version: pair.hub.version + 1, ..pair.hub.standing() };
    pair.page.handle_talk(Talk::Standing(elsewhere), at(0));
    assert_eq!(pair.page.unread(), 0, "he read it in another tab");
}

#[test]
fn writing_is_told_every_five_seconds_and_believed_as_long() {
    let mut pair = Pair::connected(Hub::default());
    let count = |pair: &Pair| pair.told.iter().filter(|talk| matches!(talk, Talk::Typing(_))).count();
    pair.page.typed(at(0));
    pair.settle();
    assert_eq!(count(&pair), 0, "nobody is there");
    pair.agent_says(1, "hello");
    for millis in [0, 4_000, 4_999, 5_000, 9_000] {
        pair.page.typed(at(millis));
        pair.settle();
    }
    assert_eq!(count(&pair), 2);
    pair.now = 9_000;
    // Also where a message went meanwhile, another conversation is in front, or the link is a new one.
    pair.say(7, "hi");
    pair.page.typed(at(9_100));
    pair.page.choose(Which::One(ConversationId::from_bytes([7; 16])));
    pair.page.typed(at(9_200));
    pair.page.handle_offline();
    pair.page.handle_online(at(9_300));
    pair.page.typed(at(9_300));
    pair.settle();
    assert_eq!(count(&pair), 2);
    pair.page.typed(at(10_000));
    pair.settle();
    assert_eq!(count(&pair), 3);
    pair.page.handle_talk(Talk::Typing(Typing { name: Some("Aki".into()), conversation: None }), at(9_000));
    assert_eq!(pair.page.typing(), Some("Aki"));
    pair.pass(5_000);
    assert_eq!(pair.page.typing(), None);
    pair.page.handle_talk(Talk::Typing(Typing { name: Some("Aki".into()), conversation: None }), at(pair.now));
    pair.agent_says(2, "there");
    assert_eq!(pair.page.typing(), None, "he has written");
}

#[test]
fn a_place_in_the_queue_is_shown_while_it_waits() {
    let mut pair = Pair::connected(Hub::default());
    pair.say(1, "hello");
    pair.settle();
    pair.page.handle_talk(
        Talk::Place(Place { place: 3, wait_from: Some(60), wait_to: Some(170), conversation: None }),
        at(0),
    );
    let told = pair.view.whole(&pair.page, "online", at(0));
    assert!(told.contains(r#""stage":"waiting","link":"online","place":3,"wait":[1,3],"#), "{told}");
    pair.agent_says(2, "hello");
    assert_eq!((pair.page.place(), pair.page.who()), (None, Some(("Aki", false))));
}

#[test]
fn an_older_standing_and_one_of_another_order_change_nothing() {
    let mut pair = Pair::connected(Hub::default());
    pair.agent_says(1, "hello");
    let old = Standing { stage: Stage::Waiting, version: 0, ..pair.hub.standing() };
    pair.page.handle_talk(Talk::Standing(old), at(0));
    assert_eq!(pair.page.stage(), Stage::Open);
}

#[test]
fn a_hub_that_forgot_all_begins_anew() {
    let mut pair = Pair::connected(Hub::default());
    pair.agent_says(1, "hello");
    pair.hub = Hub::default();
    pair.page.handle_offline();
    pair.page.handle_online(at(0));
    pair.settle();
    assert_eq!((pair.shown(), pair.page.stage()), (Vec::<String>::new(), Stage::None));
}

#[test]
fn a_group_is_of_one_author_within_two_minutes_and_days_and_events_part_it() {
    let mut hub = Hub::default();
    hub.append(id(1), Author::Visitor, "a");
    hub.append(id(2), Author::Visitor, "b");
    hub.append(id(3), Author::Hub, "");
    hub.append(id(4), Author::Visitor, "c");
    hub.append(id(5), Author::Agent, "d");
    hub.append(id(6), Author::Agent, "e").at.as_millis();
    hub.entries[5].at = Timestamp::from_millis(BEGIN + 4_000 + 120_000);
    hub.append(id(7), Author::Agent, "f");
    hub.entries[6].at = Timestamp::from_millis(BEGIN + 26 * 3_600_000);
    let mut pair = Pair::connected(hub);
    let text = pair.view.changes(&pair.page, "online", at(0));
    let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let rows = json["rows"].as_array().expect("rows");
    let flags: Vec<_> = rows
        .iter()
        .map(|row| match row["kind"].as_str() {
            Some("message") => format!("{}{}", row["isFirst"] == true, row["isLast"] == true),
            kind => kind.unwrap_or_default().to_owned(),
        })
        .collect();
    let (first, last, both) = ("truefalse", "falsetrue", "truetrue");
    assert_eq!(flags, ["day", first, last, "event", both, both, both, "day", both]);
}

#[test]
fn one_more_message_in_a_long_thread_tells_two_rows() {
    let mut hub = Hub::default();
    (1..=2_000).for_each(|number| drop(hub.append(id(number), Author::Agent, "m")));
    let mut pair = Pair::connected(hub);
    for _ in 0..80 {
        pair.page.earlier();
        pair.settle();
    }
    assert_eq!(pair.shown().len(), 2_000 + 1);
    pair.agent_says(3_000, "one more");
    let text = pair.view.changes(&pair.page, "online", at(0));
    let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(
        json["rows"].as_array().expect("rows").len(),
        2,
        "itself, and the one that is the last of its group no more"
    );
}

#[test]
fn what_is_stored_is_read_again_and_what_somebody_changed_is_not() {
    let text = MessageText::new("hello there\nyou").expect("a message");
    let pending = Pending::new(id(1), Timestamp::from_millis(5), text);
    assert_eq!(Pending::from_text(id(1), &pending.to_text()), Some(pending));
    for bad in ["", "5", "x hello", "5 ", "-5 hello"] {
        assert_eq!(Pending::from_text(id(1), bad), None, "{bad}");
    }
}

#[test]
fn formatted_text_is_told_as_nodes() {
    let mut hub = Hub::default();
    hub.append(id(1), Author::Agent, "1. **a** [b](https://c.example)\n2. c\n\n> `d`");
    hub.append(id(2), Author::Visitor, "**e**");
    let mut pair = Pair::connected(hub);
    let told: serde_json::Value = serde_json::from_str(&pair.view.changes(&pair.page, "online", at(0))).expect("JSON");
    let agents = serde_json::json!([
        {
            "list": [
                [{"strong": [{"text": "a"}]}, {"text": " "}, {"link": "https://c.example", "label": [{"text": "b"}]}],
                [{"text": "c"}],
            ],
            "first": 1,
        },
        {"quote": [{"p": [{"code": "d"}]}]},
    ]);
    assert_eq!(told["rows"][1]["blocks"], agents);
    assert_eq!(told["rows"][2]["blocks"], serde_json::json!([{"p": [{"text": "**e**"}]}]), "visitors type no Markdown");
}

#[test]
fn what_is_new_is_marked_also_where_it_comes_after_the_visitor_began_to_look() {
    let mut hub = Hub::default();
    (1..=3).for_each(|number| drop(hub.append(id(number), Author::Agent, &format!("m{number}"))));
    hub.seen = 1;
    let mut pair = Pair::new(hub);
    pair.page.handle_shown();
    pair.page.handle_online(at(0));
    pair.settle();
    assert_eq!(pair.shown(), ["day", "agent::m1", "new", "agent::m2", "agent::m3"]);
}

#[test]
fn what_a_message_offers_can_be_answered_until_something_is_said() {
    use crate::protocol::rich::{Answer, AnswerValue, Choice, Choices, Offered, Rich};
    let mut hub = Hub::default();
    hub.append(id(1), Author::Bot, "Which?");
    let choice = |label: &str| Choice { label: label.into(), value: None, description: None };
    let choices = Choices { choices: vec![choice("red"), choice("blue")], style: None };
    hub.entries[0].rich = Some(Offered(Some(Rich::Choices(choices))));
    let mut pair = Pair::connected(hub);
    let told = |pair: &mut Pair| -> serde_json::Value {
        serde_json::from_str(&pair.view.changes(&pair.page, "online", at(pair.now))).expect("JSON")
    };
    let first = told(&mut pair);
    assert_eq!(
        first["rows"][1]["rich"],
        serde_json::json!({"choices": {"choices": [{"label": "red"}, {"label": "blue"}]}})
    );
    assert_eq!(first["rows"][1]["isOpen"], true);
    let answer = Answer { to: id(1), values: vec![AnswerValue { name: None, value: "blue".into() }] };
    pair.page.handle_offline();
    pair.page.answer(answer.clone(), "blue", id(2), Timestamp::from_millis(BEGIN), at(0)).expect("taken");
    pair.act(true);
    assert_eq!(told(&mut pair)["rows"][0]["isOpen"], false);
    let stored = pair.stored[0].clone();
    assert_eq!(Pending::from_text(id(2), &stored.to_text()), Some(stored), "also over a reload");
    pair.page.handle_online(at(5_000));
    let said = pair.act(false).into_iter().find_map(|talk| if let Talk::Say(say) = talk { Some(say) } else { None });
    assert_eq!(said.expect("it is sent").answer, Some(answer));
}

/// Nothing is said.
fn silent() -> Terms {
    Terms { is_open: None, opens_at: None, asks_rating: None, pre_chat: None, kept_days: None, several: None }
}

fn terms() -> Terms {
    let field = Field {
        name: "email".into(),
        label: "E-mail".into(),
        kind: FieldKind::Email,
        is_required: Some(true),
        choices: Vec::new(),
        autocomplete: None,
    };
    Terms {
        is_open: Some(false),
        opens_at: Some(Timestamp::from_millis(BEGIN + 3_600_000)),
        asks_rating: Some(true),
        pre_chat: Some(Offered(Some(Rich::Form(Form { title: None, fields: vec![field], submit: None })))),
        kept_days: Some(30),
        several: None,
    }
}

fn filled() -> Vec<AnswerValue> {
    vec![AnswerValue { name: Some("email".into()), value: "a+b {@shop.example".into() }]
}

fn top(pair: &Pair) -> serde_json::Value {
    let whole: serde_json::Value = serde_json::from_str(&pair.view.whole(&pair.page, "online", at(0))).expect("JSON");
    whole["top"].clone()
}

#[test]
fn what_is_filled_in_before_goes_with_the_message_that_begins_a_conversation() {
    let mut pair = Pair::connected(Hub::default());
    assert_eq!(top(&pair)["preChat"], serde_json::Value::Null);
    pair.page.handle_talk(Talk::Terms(terms()), at(0));
    let shown = top(&pair);
    assert_eq!((&shown["isOpen"], &shown["keptDays"]), (&false.into(), &30.into()));
    assert_eq!(shown["opensAt"], BEGIN + 3_600_000);
    assert_eq!(shown["preChat"]["form"]["fields"][0]["name"], "email");
    pair.page.fill(filled());
    pair.say(1, "hello");
    pair.say(2, "again");
    assert_eq!(top(&pair)["preChat"], serde_json::Value::Null, "it has begun");
    pair.act(true);
    for pending in &pair.stored {
        assert_eq!(Pending::from_text(pending.id, &pending.to_text()).as_ref(), Some(pending));
    }
    pair.reload();
    pair.page.handle_online(at(0));
    pair.settle();
    let said: Vec<_> = pair
        .told
        .iter()
        .filter_map(|talk| if let Talk::Say(say) = talk { Some(say.filled.clone()) } else { None })
        .collect();
    assert_eq!(said, [filled(), Vec::new()]);
}

/// A conversation that an agent had, and that is over.
fn ended() -> Pair {
    let mut pair = Pair::connected(Hub::default());
    pair.page.handle_talk(Talk::Terms(terms()), at(0));
    pair.say(1, "hello");
    pair.settle();
    pair.agent_says(2, "goodbye");
    assert_eq!(pair.page.to_rate(), None, "it goes on");
    end(&mut pair);
    pair
}

fn end(pair: &mut Pair) {
    pair.hub.stage = Some(Stage::Ended);
    pair.hub.version += 1;
    let standing = pair.hub.standing();
    pair.page.handle_talk(Talk::Standing(standing), at(pair.now));
    pair.settle();
}

fn rate(pair: &mut Pair, number: u64, score: u32, comment: &str) -> Result<(), SayError> {
    pair.page.rate(score, comment, id(number), Timestamp::from_millis(BEGIN + pair.now), at(pair.now))
}

#[test]
fn a_conversation_that_an_agent_had_is_rated_once() {
    let mut pair = ended();
    assert_eq!(pair.shown(), ["day", "visitor:sent:hello", "agent::goodbye", "rate"]);
    for bad in [0, 6] {
        assert_eq!(rate(&mut pair, 9, bad, ""), Err(SayError::NotAsked));
    }
    rate(&mut pair, 3, 4, " ").expect("a rating");
    assert_eq!(rate(&mut pair, 4, 5, ""), Err(SayError::NotAsked), "once");
    pair.act(true);
    let [pending] = &pair.stored[..] else { panic!("not stored: {:?}", pair.stored) };
    assert_eq!(Pending::from_text(id(3), &pending.to_text()).as_ref(), Some(pending), "it survives a reload");
    assert_eq!(pair.shown()[3], "visitor:sending:", "it is drawn by its score");
    let (stored, hub) = (pair.stored.clone(), core::mem::take(&mut pair.hub));
    let mut pair = Pair { stored, ..Pair::new(hub) };
    pair.reload();
    pair.page.handle_online(at(0));
    pair.settle();
    pair.page.handle_talk(Talk::Terms(terms()), at(0));
    let said = pair.told.iter().find_map(|talk| if let Talk::Say(say) = talk { Some(say.clone()) } else { None });
    let said = said.expect("it was said");
    let conversation = ConversationId::from_bytes([7; 16]);
    assert_eq!((said.text.as_str(), said.rating), ("★★★★☆", Some(Rating { conversation, score: 4 })));
    assert_eq!((pair.page.stage(), pair.stored.len()), (Stage::Ended, 0));
    assert_eq!(pair.shown(), ["day", "visitor:sent:hello", "agent::goodbye", "visitor:sent:"]);
    let whole: serde_json::Value = serde_json::from_str(&pair.view.whole(&pair.page, "online", at(0))).expect("JSON");
    assert_eq!(whole["rows"][3]["score"], 4);
}

#[test]
fn a_rating_that_came_too_late_is_given_up() {
    for is_told in [true, false] {
        let mut pair = ended();
        rate(&mut pair, 3, 2, "slow").expect("a rating");
        pair.act(true);
        if is_told {
            // Another tab was faster.
            let entry = Entry { rating: Some(5), ..pair.hub.append(id(8), Author::Visitor, "★★★★★") };
            pair.page.handle_talk(Talk::News(News { entries: vec![entry] }), at(0));
        } else {
            let refused = Refused { id: id(3), objection: Objection::Ended, retry_after: None };
            pair.page.handle_talk(Talk::Refused(refused), at(0));
        }
        pair.act(false);
        assert_eq!((pair.stored.len(), pair.page.waiting.len()), (0, 0), "{is_told}");
    }
}

#[test]
fn what_a_program_had_alone_or_what_nobody_asks_for_is_not_rated() {
    let mut pair = Pair::connected(Hub::default());
    pair.page.handle_talk(Talk::Terms(terms()), at(0));
    pair.say(1, "hello");
    pair.settle();
    let entry = pair.hub.append(id(2), Author::Bot, "I am a program");
    pair.page.handle_talk(Talk::News(News { entries: vec![entry] }), at(0));
    end(&mut pair);
    assert_eq!(pair.page.to_rate(), None);
    let mut pair = ended();
    pair.page.handle_talk(Talk::Terms(Terms { asks_rating: None, ..terms() }), at(0));
    assert_eq!(pair.page.to_rate(), None);
}

#[test]
fn what_an_address_leads_to_comes_later_and_changes_that_row_alone() {
    let mut pair = Pair::connected(Hub::default());
    pair.say(1, "hello");
    pair.settle();
    pair.agent_says(2, "see https://tea.example/");
    pair.shown();
    let preview = Preview {
        address: "https://tea.example/".into(),
        title: "Tea".into(),
        text: None,
        site: Some("tea.example".into()),
        image: Some(photo().id),
        width: Some(1_200),
        height: Some(630),
    };
    pair.page.handle_talk(Talk::Preview(Previewed { seq: 2, preview }), at(0));
    let changes: serde_json::Value =
        serde_json::from_str(&pair.view.changes(&pair.page, "online", at(0))).expect("JSON");
    let rows = changes["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), 1);
    let expected = serde_json::json!({
        "address": "https://tea.example/", "title": "Tea", "site": "tea.example", "image": photo().id.to_string(), "width": 1_200, "height": 630,
    });
    assert_eq!(rows[0]["link"], expected);
}

#[test]
fn the_conversations_of_a_thread_are_listed_and_each_can_be_looked_at_alone() {
    let mut hub = Hub { stage: Some(Stage::Open), seen: 6, ..Hub::default() };
    for (number, conversation, author, text) in [
        (1, 7, Author::Visitor, "first"),
        (2, 7, Author::Agent, "**well** then"),
        (3, 7, Author::Hub, ""),
        (4, 8, Author::Hub, ""),
        (5, 9, Author::Bot, "I am a program"),
        (6, 9, Author::Visitor, &"あ".repeat(200)),
    ] {
        hub.append(id(number), author, text);
        hub.entries.last_mut().expect("it was appended").conversation = ConversationId::from_bytes([conversation; 16]);
    }
    let mut pair = Pair::connected(hub);
    let list: serde_json::Value = serde_json::from_str(&conversations(&pair.page)).expect("JSON");
    let of = |byte: u8| ConversationId::from_bytes([byte; 16]).to_string();
    let expected = serde_json::json!([
        { "conversation": of(9), "stage": "open", "unread": 0, "at": BEGIN + 5_000, "author": "visitor", "excerpt": "あ".repeat(160) },
        { "conversation": of(7), "stage": "ended", "unread": 0, "name": "Aki", "at": BEGIN + 1_000, "author": "agent", "excerpt": "well then" },
    ]);
    assert_eq!(list["list"], expected, "one in which nothing was said is none");
    assert_eq!(pair.shown().len(), 7);
    pair.page.choose(Which::One(ConversationId::from_bytes([7; 16])));
    assert_eq!(pair.shown(), ["day", "visitor::first", "agent::well then", "event"]);
    assert_eq!((pair.page.stage(), pair.page.unread()), (Stage::Ended, 0));
    pair.page.handle_seen();
    assert!(pair.act(false).is_empty(), "of what is over nothing is told");
    // What he says is said in the current one, and he sees it.
    pair.page.handle_talk(Talk::Terms(silent()), at(0));
    pair.say(7, "on its way");
    assert_eq!(pair.shown().len(), 8);
}

#[test]
fn an_agent_asks_to_sign_in_until_something_comes_of_it() {
    let mut pair = Pair::connected(Hub::default());
    let asks = |pair: &mut Pair| {
        pair.settle();
        let whole: serde_json::Value =
            serde_json::from_str(&pair.view.whole(&pair.page, "online", at(pair.now))).expect("JSON");
        let rows = whole["rows"].as_array().expect("rows").clone();
        rows.iter().filter(|row| row["asksToSignIn"] == true).map(|row| row["key"].clone()).collect::<Vec<_>>()
    };
    let says = |pair: &mut Pair, number: u64, text: &str, event: Option<&str>| {
        let mut entry = pair.hub.append(id(number), Author::Agent, text);
        entry.event = event.map(str::to_owned);
        *pair.hub.entries.last_mut().expect("it was told") = entry.clone();
        pair.page.handle_talk(Talk::News(News { entries: vec![entry] }), at(pair.now));
    };
    pair.settle();
    says(&mut pair, 1, "Please sign in.", Some("sign-in-asked"));
    assert_eq!(asks(&mut pair), [id(1).to_string()]);
    assert_eq!(pair.page.unread(), 1, "older pages show the text, too");
    says(&mut pair, 2, "Take your time.", None);
    assert_eq!(asks(&mut pair), [id(1).to_string()], "what is said since does not answer it");
    says(&mut pair, 3, "", Some("sign-in-declined"));
    assert_eq!(asks(&mut pair), Vec::<serde_json::Value>::new());
    says(&mut pair, 4, "Please sign in.", Some("sign-in-asked"));
    says(&mut pair, 5, "", Some("signed-in"));
    assert_eq!(asks(&mut pair), Vec::<serde_json::Value>::new());
    pair.page.decline_sign_in();
    let sent: Vec<_> = std::iter::from_fn(|| pair.page.poll_output()).collect();
    assert!(sent.iter().any(|output| matches!(output, MessengerOutput::Send(Talk::NotNow(_)))), "{sent:?}");
}
