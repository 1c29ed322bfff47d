//! Several conversations at a time.

use super::*;
use crate::protocol::conversation::{Finish, Mark, SEVERAL};

/// A conversation, as the hub keeps it.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    id: ConversationId,
    stage: Stage,
    agent: Option<String>,
    seen: u64,
    first: u64,
    version: u64,
    /// The one in whose place it began.
    follows: Option<ConversationId>,
}

fn made(number: u8) -> ConversationId {
    ConversationId::from_bytes([number; 16])
}

fn several() -> Hub {
    Hub { several: Some(Vec::new()), ..Hub::default() }
}

impl Hub {
    fn kept(&mut self, id: ConversationId) -> &mut Kept {
        let all = self.several.as_mut().expect("several");
        all.iter_mut().find(|kept| kept.id == id).expect("it is kept")
    }

    fn stands(&mut self, id: ConversationId) -> Standing {
        let last = self.entries.len() as u64;
        let kept = self.kept(id).clone();
        let unread = self
            .entries
            .iter()
            .filter(|entry| entry.conversation == id && entry.seq > kept.seen && entry.author == Author::Agent);
        Standing {
            stage: kept.stage,
            agent: kept.agent,
            is_bot: None,
            first: kept.first,
            version: kept.version,
            delivered: 0,
            read: 0,
            seen: kept.seen,
            last,
            unread: unread.count() as u32,
            conversation: Some(id),
        }
    }

    fn append_in(&mut self, conversation: ConversationId, id: MessageId, author: Author, text: &str) -> Vec<Talk> {
        let agent = self.kept(conversation).agent.clone();
        self.append(id, author, text);
        let entry = self.entries.last_mut().expect("it was appended");
        (entry.conversation, entry.name) = (conversation, entry.name.take().and(agent));
        let entry = entry.clone();
        self.kept(conversation).version += 1;
        vec![Talk::News(News { entries: vec![entry] }), Talk::Standing(self.stands(conversation))]
    }

    fn current(&self) -> Option<ConversationId> {
        let all = self.several.as_ref().expect("several").iter();
        all.max_by_key(|kept| (kept.stage != Stage::Ended, kept.first)).map(|kept| kept.id)
    }

    fn begin(&mut self, id: ConversationId, follows: Option<ConversationId>) -> ConversationId {
        let first = self.entries.len() as u64 + 1;
        let kept = Kept { id, stage: Stage::Waiting, agent: None, seen: 0, first, version: 0, follows };
        self.several.as_mut().expect("several").push(kept);
        id
    }

    /// As the hub's own `place_of`.
    fn place_of(&mut self, say: &Say) -> Option<ConversationId> {
        let all = self.several.clone().expect("several");
        let mut named = say.conversation.and_then(|named| all.iter().find(|kept| kept.id == named).cloned());
        while let Some(next) = named.as_ref().and_then(|it| all.iter().find(|kept| kept.follows == Some(it.id))) {
            named = Some(next.clone());
        }
        let begins = say.begins == Some(true);
        let meant = match named {
            Some(named) => Some(named.id),
            None if begins => None,
            None => self.current(),
        };
        match meant.filter(|meant| self.kept(*meant).stage != Stage::Ended) {
            Some(meant) => Some(meant),
            None if all.iter().filter(|kept| kept.stage != Stage::Ended).count() >= SEVERAL => None,
            None => {
                let id = say.conversation.filter(|_| begins && meant.is_none());
                Some(self.begin(id.unwrap_or(made(100 + all.len() as u8)), meant))
            }
        }
    }

    pub(super) fn hear_of_several(&mut self, talk: Talk) -> Vec<Talk> {
        match talk {
            Talk::Say(say) => {
                if let Some(entry) = self.entries.iter().find(|entry| entry.id == say.id).cloned() {
                    return vec![Talk::News(News { entries: vec![entry] })];
                }
                match self.place_of(&say) {
                    Some(place) => self.append_in(place, say.id, Author::Visitor, say.text.as_str()),
                    None => {
                        vec![Talk::Refused(Refused { id: say.id, objection: Objection::TooMany, retry_after: None })]
                    }
                }
            }
            Talk::Ask(ask) => {
                let all = self.several.take();
                let answer = self.hear(Talk::Ask(ask));
                self.several = all;
                let mut told: Vec<_> = vec![Talk::Terms(Terms { several: Some(true), ..silent() })];
                let on: Vec<_> =
                    self.several.iter().flatten().filter(|kept| kept.stage != Stage::Ended).cloned().collect();
                told.extend(on.into_iter().map(|kept| Talk::Standing(self.stands(kept.id))));
                for talk in answer {
                    let Talk::Thread(thread) = talk else { continue };
                    let standing = self.current().map_or(thread.standing.clone(), |current| self.stands(current));
                    told.push(Talk::Thread(Thread { standing, ..thread }));
                }
                told
            }
            Talk::Mark(Mark { read, conversation: Some(conversation), .. }) => {
                let kept = self.kept(conversation);
                (kept.seen, kept.version) = (kept.seen.max(read), kept.version + 1);
                vec![Talk::Standing(self.stands(conversation))]
            }
            Talk::Finish(Finish { conversation: Some(conversation) }) => {
                self.kept(conversation).stage = Stage::Ended;
                vec![Talk::Standing(self.stands(conversation))]
            }
            Talk::Typing(_) => Vec::new(),
            talk => panic!("what it was not to be told: {talk:?}"),
        }
    }
}

impl Pair {
    fn agent_says_in(&mut self, conversation: ConversationId, number: u64, agent: &str, text: &str) {
        let kept = self.hub.kept(conversation);
        (kept.stage, kept.agent) = (Stage::Open, Some(agent.into()));
        for talk in self.hub.append_in(conversation, id(number), Author::Agent, text) {
            self.page.handle_talk(talk, at(self.now));
        }
        self.settle();
    }

    fn says(&mut self, number: u64, text: &str) {
        self.say(number, text);
        self.settle();
        self.pass(1_000);
    }

    /// Two conversations with an agent each, the second one in front.
    fn with_two() -> (Self, ConversationId, ConversationId) {
        let mut pair = Self::connected(several());
        pair.says(1, "a return");
        let one = pair.hub.entries[0].conversation;
        pair.page.choose(Which::New(made(1)));
        pair.says(2, "a delivery");
        pair.agent_says_in(one, 3, "Aki", "which order?");
        pair.agent_says_in(made(1), 4, "Ben", "where to?");
        (pair, one, made(1))
    }

    fn list(&self) -> Vec<serde_json::Value> {
        let list: serde_json::Value = serde_json::from_str(&conversations(&self.page)).expect("JSON");
        list["list"].as_array().expect("a list").clone()
    }
}

#[test]
fn each_conversation_is_shown_alone_and_has_its_own_agent() {
    let (mut pair, one, two) = Pair::with_two();
    assert_eq!(pair.shown(), ["day", "visitor:sent:a delivery", "agent::where to?"]);
    assert_eq!((pair.page.front(), pair.page.who()), (Which::One(two), Some(("Ben", false))));
    assert_eq!((pair.page.unread(), pair.page.unread_elsewhere()), (2, 1));
    pair.page.choose(Which::One(one));
    assert_eq!(pair.shown(), ["day", "visitor:sent:a return", "agent::which order?"]);
    assert_eq!((pair.page.who(), pair.page.unread_elsewhere()), (Some(("Aki", false)), 1));
    pair.says(5, "number 7");
    assert_eq!(pair.hub.entries[4].conversation, one);
    let list: Vec<_> = pair
        .list()
        .iter()
        .map(|known| (known["name"].clone(), known["excerpt"].clone(), known["unread"].clone()))
        .collect();
    assert_eq!(list, [("Aki".into(), "number 7".into(), 1.into()), ("Ben".into(), "where to?".into(), 1.into())]);
}

#[test]
fn what_is_seen_of_one_is_not_seen_of_the_other() {
    let (mut pair, one, two) = Pair::with_two();
    pair.page.handle_shown();
    pair.page.handle_seen();
    pair.settle();
    assert_eq!((pair.hub.kept(two).seen, pair.hub.kept(one).seen), (4, 0));
    assert_eq!((pair.page.unread(), pair.page.unread_elsewhere()), (1, 1));
    pair.page.choose(Which::One(one));
    assert_eq!(pair.shown()[1..3], ["visitor:sent:a return", "new"]);
    pair.page.handle_seen();
    pair.settle();
    assert_eq!((pair.hub.kept(one).seen, pair.page.unread()), (3, 0));
}

#[test]
fn what_was_begun_offline_is_one_conversation_after_a_reload() {
    let mut pair = Pair::connected(several());
    pair.says(1, "a return");
    pair.page.handle_offline();
    pair.page.choose(Which::New(made(1)));
    assert_eq!((pair.shown().len(), pair.page.stage(), pair.page.has_earlier()), (0, Stage::None, false));
    pair.say(2, "a delivery");
    pair.say(3, "to Kobe");
    pair.act(true);
    let begun = pair.list()[0].clone();
    assert_eq!(
        (begun["conversation"].clone(), begun["excerpt"].clone()),
        (format!("+{}", made(1)).into(), "to Kobe".into())
    );
    pair.reload();
    // The page before had it in front; nothing of it is known yet.
    pair.page.choose(Which::New(made(1)));
    assert_eq!(pair.shown(), ["day", "visitor:queued:a delivery", "visitor:queued:to Kobe"]);
    pair.page.handle_online(at(pair.now));
    pair.settle();
    assert_eq!(pair.shown(), ["day", "visitor:sent:a delivery", "visitor:sent:to Kobe"]);
    let kept: Vec<_> = pair.hub.entries[1..].iter().map(|entry| entry.conversation).collect();
    assert_eq!((kept, pair.page.front(), pair.stored.len()), (vec![made(1); 2], Which::One(made(1)), 0));
}

#[test]
fn what_is_written_to_one_that_is_over_begins_another_which_is_in_front_then() {
    let (mut pair, one, two) = Pair::with_two();
    pair.page.choose(Which::One(one));
    pair.page.finish();
    pair.settle();
    assert_eq!((pair.page.stage(), pair.hub.kept(two).stage), (Stage::Ended, Stage::Open));
    // Both are written before the hub has answered.
    pair.say(5, "once more");
    pair.say(6, "and that");
    let said = pair.act(false);
    pair.page.handle_offline();
    for answer in pair.hub.hear(said[0].clone()) {
        pair.page.handle_talk(answer, at(pair.now));
    }
    let next = pair.hub.entries[4].conversation;
    assert_eq!(pair.page.front(), Which::One(next));
    assert_eq!(pair.shown(), ["day", "visitor:sent:once more", "visitor:sending:and that"]);
    pair.act(true);
    pair.reload();
    pair.page.choose(Which::One(next));
    pair.page.handle_online(at(pair.now));
    pair.settle();
    assert_eq!(pair.hub.entries[5].conversation, next, "what was stored has been led there, too");
    let stages: Vec<_> = pair.list().iter().map(|known| known["stage"].clone()).collect();
    assert_eq!(stages, ["waiting", "open", "ended"]);
}

#[test]
fn who_writes_and_where_it_waits_is_told_of_each() {
    let (mut pair, one, two) = Pair::with_two();
    let typing = |conversation| Talk::Typing(Typing { name: Some("Aki".into()), conversation: Some(conversation) });
    pair.page.handle_talk(typing(one), at(pair.now));
    assert_eq!(pair.page.typing(), None);
    pair.page.choose(Which::One(one));
    assert_eq!(pair.page.typing(), Some("Aki"));
    pair.agent_says_in(two, 5, "Ben", "hm");
    assert_eq!(pair.page.typing(), Some("Aki"), "another one has answered elsewhere");
    pair.agent_says_in(one, 6, "Aki", "well");
    assert_eq!(pair.page.typing(), None);
    pair.page.choose(Which::New(made(2)));
    pair.says(7, "a third");
    let place = Place { place: 3, wait_from: None, wait_to: None, conversation: Some(made(2)) };
    pair.page.handle_talk(Talk::Place(place.clone()), at(pair.now));
    assert_eq!(pair.page.place(), Some(&place));
    pair.page.choose(Which::One(one));
    assert_eq!(pair.page.place(), None);
}

#[test]
fn one_too_many_is_kept_and_said_once_another_is_over() {
    let mut pair = Pair::connected(several());
    for number in 1..=SEVERAL as u8 {
        pair.page.choose(Which::New(made(number)));
        pair.says(number.into(), "hello");
    }
    assert!(pair.page.is_full());
    pair.page.choose(Which::New(made(9)));
    pair.says(9, "one more");
    assert_eq!(pair.shown(), ["day", "visitor:failed:one more"]);
    pair.page.choose(Which::One(made(1)));
    pair.page.finish();
    pair.settle();
    pair.page.choose(Which::New(made(9)));
    pair.page.retry(id(9), at(pair.now));
    pair.settle();
    assert_eq!(pair.shown(), ["day", "visitor:sent:one more"]);
    assert_eq!(pair.hub.current(), Some(made(9)));
}

#[test]
fn earlier_pages_are_asked_for_until_there_is_something_of_the_one_in_front() {
    let mut pair = Pair::connected(several());
    pair.says(1, "long ago");
    let one = pair.hub.entries[0].conversation;
    pair.page.choose(Which::New(made(1)));
    pair.says(2, "a delivery");
    for number in 0..4 * PAGE_OF_ENTRIES as u64 {
        pair.agent_says_in(made(1), 100 + number, "Ben", "and another thing");
    }
    pair.reload();
    pair.page.handle_online(at(pair.now));
    pair.settle();
    let unread = |pair: &Pair| (pair.page.unread(), pair.page.unread_elsewhere());
    assert_eq!(unread(&pair), (4 * PAGE_OF_ENTRIES as u32, 0), "also what is not loaded");
    pair.page.choose(Which::One(one));
    assert_eq!((pair.shown().len(), pair.page.has_earlier()), (0, true));
    pair.page.earlier();
    pair.settle();
    assert_eq!(
        (pair.shown(), pair.page.has_earlier()),
        (vec!["day".into(), "visitor:sent:long ago".to_owned()], false)
    );
}

#[test]
fn a_file_is_said_in_the_conversation_for_which_it_was_chosen() {
    let (mut pair, one, two) = Pair::with_two();
    let which = pair.page.front();
    pair.page.choose(Which::One(one));
    let when = Timestamp::from_millis(BEGIN + pair.now);
    pair.page.send_file(photo(), which, id(9), when, at(pair.now)).expect("a message");
    assert_eq!(pair.shown().len(), 3, "it is not in front");
    pair.act(true);
    let [pending] = &pair.stored[..] else { panic!("not stored: {:?}", pair.stored) };
    assert_eq!(Pending::from_text(id(9), &pending.to_text()).as_ref(), Some(pending));
    assert_eq!(pending.which, Which::One(two));
}

#[test]
fn switched_off_there_is_one_thread_again() {
    let (mut pair, ..) = Pair::with_two();
    pair.page.handle_talk(Talk::Terms(silent()), at(pair.now));
    assert!(pair.page.has_several(), "both can still be ended");
    pair.page.finish();
    pair.settle();
    assert!(!pair.page.has_several());
    assert_eq!((pair.shown().len(), pair.page.front()), (5, Which::Current));
    pair.hub.several = None;
    let standing = Standing { stage: Stage::Open, ..pair.hub.standing() };
    pair.page.handle_talk(Talk::Standing(standing), at(pair.now));
    assert!(!pair.page.has_several());
    pair.says(9, "hello");
    assert_eq!((pair.shown().len(), pair.page.front()), (6, Which::Current));
}

#[test]
fn which_conversation_is_meant_is_kept_as_a_text() {
    for which in [Which::Current, Which::One(made(1)), Which::New(made(2))] {
        assert_eq!(Which::from_text(&which.to_text()), Some(which));
    }
    for bad in ["+", "x", "++", "0123"] {
        assert_eq!(Which::from_text(bad), None, "{bad}");
    }
}

#[test]
fn the_one_in_front_stays_there_though_it_ends_and_others_begin() {
    let (mut pair, one, two) = Pair::with_two();
    pair.reload();
    pair.page.handle_online(at(pair.now));
    pair.settle();
    assert_eq!(pair.page.front(), Which::One(two), "nobody has chosen it");
    pair.page.finish();
    pair.settle();
    assert_eq!((pair.page.front(), pair.page.stage()), (Which::One(two), Stage::Ended));
    assert_eq!(pair.hub.kept(one).stage, Stage::Open);
    pair.hub.begin(made(3), None);
    for talk in pair.hub.append_in(made(3), id(9), Author::Visitor, "from another tab") {
        pair.page.handle_talk(talk, at(pair.now));
    }
    pair.settle();
    assert_eq!(pair.page.front(), Which::One(two));
}

#[test]
fn what_has_ended_while_the_page_was_away_is_over() {
    let (mut pair, one, _) = Pair::with_two();
    pair.page.handle_offline();
    pair.hub.kept(one).stage = Stage::Ended;
    pair.page.handle_online(at(pair.now));
    pair.settle();
    let stages: Vec<_> = pair.list().iter().map(|known| known["stage"].clone()).collect();
    assert_eq!(stages, ["open", "ended"]);
    // Nothing is told of one that the hub ended because nobody had written in it for too long.
    let (mut pair, one, _) = Pair::with_two();
    pair.page.choose(Which::One(one));
    pair.hub.kept(one).stage = Stage::Ended;
    pair.says(9, "after a week");
    let stages: Vec<_> = pair.list().iter().map(|known| known["stage"].clone()).collect();
    assert_eq!(stages, ["waiting", "open", "ended"]);
}

#[test]
fn all_that_go_on_are_listed_and_older_ones_come_though_the_one_in_front_is_known_whole() {
    let mut pair = Pair::connected(several());
    pair.says(1, "long ago");
    pair.page.finish();
    pair.settle();
    pair.page.choose(Which::New(made(1)));
    pair.says(2, "waits");
    pair.page.choose(Which::New(made(2)));
    pair.says(3, "a delivery");
    for number in 0..PAGE_OF_ENTRIES as u64 {
        pair.agent_says_in(made(2), 100 + number, "Ben", "and another thing");
    }
    pair.reload();
    pair.page.handle_online(at(pair.now));
    pair.settle();
    let listed: Vec<_> = pair.list().iter().map(|known| known["conversation"].clone()).collect();
    assert_eq!(listed, [made(2).to_string(), made(1).to_string()]);
    pair.page.earlier();
    pair.settle();
    assert_eq!((pair.list().len(), pair.page.has_older()), (3, false));
}

#[test]
fn what_was_filled_in_goes_with_the_conversation_that_it_begins() {
    let mut pair = Pair::connected(several());
    pair.says(1, "a return");
    let one = pair.page.front();
    let terms = Terms { several: Some(true), ..super::terms() };
    pair.page.handle_talk(Talk::Terms(terms), at(pair.now));
    pair.page.choose(Which::New(made(1)));
    let filled = vec![AnswerValue { name: Some("email".into()), value: "mori@shop.example".into() }];
    pair.page.fill(filled.clone());
    pair.page.choose(one);
    pair.says(2, "ok");
    pair.page.choose(Which::New(made(1)));
    pair.says(3, "a delivery");
    let said =
        pair.told.iter().filter_map(|talk| if let Talk::Say(say) = talk { Some(say.filled.clone()) } else { None });
    assert_eq!(said.collect::<Vec<_>>(), [Vec::new(), Vec::new(), filled]);
}

#[test]
fn a_rating_that_was_kept_leaves_that_of_another_conversation() {
    let (mut pair, one, two) = Pair::with_two();
    let terms = Terms { several: Some(true), asks_rating: Some(true), ..silent() };
    pair.page.handle_talk(Talk::Terms(terms), at(pair.now));
    for conversation in [one, two] {
        pair.page.choose(Which::One(conversation));
        pair.page.finish();
        pair.settle();
    }
    pair.page.handle_offline();
    for (number, conversation) in [(8, one), (9, two)] {
        pair.page.choose(Which::One(conversation));
        let when = Timestamp::from_millis(BEGIN + pair.now);
        pair.page.rate(5, "", id(number), when, at(pair.now)).expect("he is asked");
    }
    pair.act(true);
    let entry =
        Entry { conversation: one, rating: Some(5), ..pair.hub.append(id(8), Author::Visitor, "★★★★★") };
    pair.page.handle_online(at(pair.now));
    pair.page.handle_talk(Talk::News(News { entries: vec![entry] }), at(pair.now));
    pair.act(true);
    assert_eq!(pair.stored.iter().map(|pending| pending.id).collect::<Vec<_>>(), [id(9)]);
}
