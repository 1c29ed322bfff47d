use core::time::Duration;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use alongside::time::Timestamp;

use super::*;

thread_local! {
    /// How often an agent was held against what a conversation demands.
    pub(super) static MEETINGS: Cell<u64> = const { Cell::new(0) };
}

/// Agents at their desks, in virtual time.
struct Floor {
    router: Router,
    now: Timestamp,
    record: Vec<String>,
}

fn agent(name: &str, skills: &[(&str, u8)], languages: &[&str]) -> Agent {
    Agent {
        id: name.into(),
        name: name.into(),
        skills: skills.iter().map(|(skill, level)| ((*skill).into(), *level)).collect(),
        languages: languages.iter().map(|language| (*language).into()).collect(),
        capacity: CAPACITY,
        queues: BTreeSet::from(["shop".into()]),
    }
}

fn task(number: u8) -> Task {
    Task::from_bytes([number; 16])
}

impl Floor {
    fn new() -> Self {
        Self { router: Router::new(), now: Timestamp::from_millis(1_000_000), record: Vec::new() }
    }

    /// A floor where these are available.
    fn with(agents: &[Agent]) -> Self {
        let mut floor = Self::new();
        for agent in agents {
            floor.comes(agent.clone());
        }
        floor
    }

    fn comes(&mut self, agent: Agent) {
        let id = agent.id.clone();
        self.router.handle_agent(agent, self.now);
        self.router.handle_presence(&id, Presence::Available, self.now);
    }

    fn needs(&self) -> Needs {
        Needs { queue: "shop".into(), skills: BTreeMap::new(), language: None, priority: 0, since: self.now }
    }

    fn asks(&mut self, number: u8) {
        self.router.handle_task(task(number), self.needs(), None, self.now);
    }

    fn asks_for(&mut self, number: u8, skills: &[(&str, u8)], language: Option<&str>) {
        let skills = skills.iter().map(|(skill, level)| ((*skill).into(), *level)).collect();
        let needs = Needs { skills, language: language.map(Language::from), ..self.needs() };
        self.router.handle_task(task(number), needs, None, self.now);
    }

    fn comes_back(&mut self, number: u8, last: &str) {
        self.router.handle_task(task(number), self.needs(), Some(last.into()), self.now);
    }

    fn accepts(&mut self, name: &str, number: u8) {
        self.router.handle_accept(task(number), &name.into(), self.now);
    }

    fn declines(&mut self, name: &str, number: u8) {
        self.router.handle_decline(task(number), &name.into(), self.now);
    }

    fn done(&mut self, number: u8) {
        self.router.handle_done(task(number), self.now);
    }

    fn is(&mut self, name: &str, presence: Presence) {
        self.router.handle_presence(&name.into(), presence, self.now);
    }

    fn transfer(&mut self, number: u8, to: &str) {
        self.router.handle_transfer(task(number), Target::Agent(to.into()), self.now);
    }

    /// Time passes, and the router is told when it asked for it.
    fn pass(&mut self, seconds: u64) {
        let until = self.now + Duration::from_secs(seconds);
        while let Some(at) = self.router.poll_timeout().filter(|at| *at <= until) {
            assert!(at > self.now, "it asks for a moment that is gone");
            self.now = at;
            self.router.handle_timeout(at);
        }
        self.now = until;
    }

    /// What is to be done, but for places; the record goes to `record`.
    fn said(&mut self) -> String {
        self.all_said().into_iter().filter(|said| !said.contains(" is at ")).collect::<Vec<_>>().join(", ")
    }

    fn places(&mut self) -> String {
        self.all_said().into_iter().filter(|said| said.contains(" is at ")).collect::<Vec<_>>().join(", ")
    }

    fn all_said(&mut self) -> Vec<String> {
        let mut said = Vec::new();
        while let Some(output) = self.router.poll_output() {
            said.push(match output {
                RouterOutput::Offer { task, agent, .. } => format!("{agent}? {}", task.as_bytes()[0]),
                RouterOutput::Withdraw { task, agent } => format!("{agent} not {}", task.as_bytes()[0]),
                RouterOutput::Assigned { task, agent } => format!("{agent} has {}", task.as_bytes()[0]),
                RouterOutput::Presence { agent, presence } => format!("{agent} {presence:?}"),
                RouterOutput::Position { task, place, wait } => {
                    let wait = wait.map(|(short, long)| format!(" for {}-{} s", short.as_secs(), long.as_secs()));
                    format!("{} is at {place}{}", task.as_bytes()[0], wait.unwrap_or_default())
                }
                RouterOutput::Decided(decision) => {
                    assert!(decision.at <= self.now);
                    let agent = decision.agent.map(|agent| format!("{agent} ")).unwrap_or_default();
                    let task = decision.task.map(|task| format!("{} ", task.as_bytes()[0])).unwrap_or_default();
                    self.record.push(format!("{task}{agent}{:?}", decision.reason));
                    continue;
                }
            });
        }
        said
    }
}

#[test]
fn an_agent_must_have_the_skills_at_their_levels_and_the_language() {
    let returns = |level| agent("ann", &[("returns", level), ("billing", 1)], &["en", "ja"]);
    for (agent, skills, language, is_offered) in [
        (returns(3), &[][..], None, true),
        (returns(3), &[("returns", 3)], None, true),
        (returns(2), &[("returns", 3)], None, false),
        (returns(3), &[("returns", 3), ("billing", 1)], Some("ja"), true),
        (returns(3), &[("returns", 3), ("wine", 1)], None, false),
        (returns(3), &[], Some("ko"), false),
        (Agent { queues: BTreeSet::from(["press".into()]), ..returns(3) }, &[], None, false),
        (Agent { capacity: 0, ..returns(3) }, &[], None, false),
    ] {
        let mut floor = Floor::with(std::slice::from_ref(&agent));
        floor.asks_for(1, skills, language);
        assert_eq!(floor.said(), if is_offered { "ann? 1" } else { "" }, "{agent:?} {skills:?} {language:?}");
        assert_eq!(floor.record, [if is_offered { "1 ann LeastLoaded" } else { "1 NobodyFree" }]);
    }
}

#[test]
fn the_least_loaded_is_chosen_and_of_these_the_longest_idle() {
    let mut floor = Floor::with(&[agent("ann", &[], &[])]);
    floor.pass(1);
    floor.comes(agent("bob", &[], &[]));
    floor.comes(Agent { capacity: 8, ..agent("cyd", &[], &[]) });
    for number in 1..=6 {
        floor.asks(number);
    }
    // After one each, cyd with room for eight has the least.
    assert_eq!(floor.said(), "ann? 1, bob? 2, cyd? 3, cyd? 4, ann? 5, bob? 6");
    for (name, number) in [("ann", 1), ("bob", 2), ("cyd", 3), ("cyd", 4), ("ann", 5), ("bob", 6)] {
        floor.accepts(name, number);
    }
    floor.pass(100);
    floor.done(2);
    floor.pass(1);
    floor.done(1);
    floor.said();
    for number in [7, 8, 9] {
        floor.asks(number);
    }
    assert_eq!(floor.said(), "cyd? 7, bob? 8, ann? 9");
}

#[test]
fn nobody_is_given_more_than_his_capacity() {
    let mut floor = Floor::with(&[Agent { capacity: 2, ..agent("ann", &[], &[]) }]);
    for number in 1..=4 {
        floor.asks(number);
    }
    assert_eq!(floor.said(), "ann? 1, ann? 2");
    floor.accepts("ann", 1);
    assert_eq!(floor.said(), "ann has 1");
    floor.done(1);
    assert_eq!(floor.said(), "ann? 3");
    floor.comes(agent("ann", &[], &[]));
    assert_eq!(floor.said(), "ann? 4");
    floor.comes(Agent { capacity: 1, ..agent("ann", &[], &[]) });
    assert_eq!(floor.said(), "ann not 4, ann not 3");
    assert_eq!((floor.router.load(&"ann".into()), floor.router.waiting(&"shop".into())), (1, 3));
}

#[test]
fn priority_goes_first_and_rises_by_one_each_minute() {
    for (waited, order) in [(179, "ann? 2, ann? 1"), (180, "ann? 1, ann? 2"), (181, "ann? 1, ann? 2")] {
        let mut floor = Floor::new();
        floor.asks(1);
        floor.pass(waited);
        let needs = Needs { priority: 3, ..floor.needs() };
        floor.router.handle_task(task(2), needs, None, floor.now);
        floor.said();
        floor.comes(agent("ann", &[], &[]));
        assert_eq!(floor.said(), order, "after {waited} s");
    }
}

#[test]
fn the_last_agent_is_asked_first_whatever_he_is_good_at() {
    let mut floor = Floor::with(&[agent("ann", &[], &[]), Agent { queues: BTreeSet::new(), ..agent("bob", &[], &[]) }]);
    floor.comes_back(1, "bob");
    assert_eq!(floor.said(), "bob? 1");
    floor.pass(19);
    assert_eq!(floor.said(), "");
    floor.pass(1);
    assert_eq!(floor.said(), "bob not 1, ann? 1");
    floor.accepts("ann", 1);
    floor.said();
    assert_eq!(floor.record, ["1 bob LastAgent", "1 bob Expired", "1 ann LeastLoaded", "1 ann Accepted"]);
}

#[test]
fn where_the_last_agent_is_not_free_others_are_asked_at_once() {
    let mut floor = Floor::with(&[agent("ann", &[], &[])]);
    floor.router.handle_agent(agent("bob", &[], &[]), floor.now);
    floor.comes_back(1, "bob");
    floor.comes_back(2, "nobody");
    assert_eq!(floor.said(), "ann? 1, ann? 2");
}

#[test]
fn the_last_agent_comes_first_for_a_minute() {
    for (waited, reasons) in
        [(59, vec!["1 NobodyFree", "1 bob LastAgent"]), (60, vec!["1 NobodyFree", "1 bob PreferenceDropped"])]
    {
        let mut floor = Floor::new();
        floor.comes_back(1, "bob");
        floor.pass(waited);
        floor.comes(Agent { queues: BTreeSet::new(), ..agent("bob", &[], &[]) });
        assert_eq!(floor.said(), if waited < 60 { "bob? 1" } else { "" });
        assert_eq!(floor.record, reasons);
    }
}

#[test]
fn two_offers_that_run_out_in_a_row_set_an_agent_not_responding() {
    let mut floor = Floor::with(&[agent("ann", &[], &[])]);
    floor.asks(1);
    floor.pass(5);
    floor.asks(2);
    floor.pass(5);
    floor.asks(3);
    assert_eq!(floor.said(), "ann? 1, ann? 2, ann? 3");
    floor.pass(10);
    assert_eq!(floor.said(), "ann not 1");
    floor.pass(5);
    assert_eq!(floor.said(), "ann not 2, ann NotResponding, ann not 3");
    assert_eq!(floor.router.presence(&"ann".into()), Some(Presence::NotResponding));
    floor.asks(4);
    floor.is("ann", Presence::Available);
    // The first two ran out, so they wait for their minute.
    assert_eq!(floor.said(), "ann? 3, ann? 4");
}

#[test]
fn an_answer_in_between_is_a_response() {
    for answer in [Floor::accepts, Floor::declines] {
        let mut floor = Floor::with(&[agent("ann", &[], &[])]);
        floor.asks(1);
        floor.pass(20);
        floor.asks(2);
        answer(&mut floor, "ann", 2);
        floor.asks(3);
        floor.said();
        floor.pass(20);
        assert_eq!(floor.said(), "ann not 3");
        assert_eq!(floor.router.presence(&"ann".into()), Some(Presence::Available));
    }
}

#[test]
fn what_was_declined_is_not_offered_back_within_a_minute() {
    let mut floor = Floor::with(&[agent("ann", &[], &[])]);
    floor.asks(1);
    floor.declines("ann", 1);
    floor.asks(2);
    assert_eq!(floor.said(), "ann? 1, ann? 2");
    floor.accepts("ann", 2);
    floor.said();
    floor.pass(59);
    assert_eq!(floor.said(), "");
    floor.pass(1);
    assert_eq!(floor.said(), "ann? 1");
}

#[test]
fn needs_are_given_up_by_the_steps_of_the_queue() {
    let mut floor = Floor::with(&[agent("ann", &[("wine", 2)], &["en"])]);
    let step = |after, relaxation| Step { after: Duration::from_secs(after), relaxation };
    let steps = vec![
        step(30, Relaxation::Language),
        step(10, Relaxation::Level("wine".into(), 2)),
        step(20, Relaxation::Skill("returns".into())),
        step(90, Relaxation::Skills),
    ];
    floor.router.handle_queue(Queue { id: "shop".into(), name: "Shop".into(), steps }, floor.now);
    floor.asks_for(1, &[("wine", 4)], None);
    floor.asks_for(2, &[("wine", 1), ("returns", 1)], None);
    floor.asks_for(3, &[], Some("ja"));
    floor.asks_for(4, &[("cheese", 1)], None);
    for (seconds, said) in [(9, ""), (1, "ann? 1"), (9, ""), (1, "ann? 2"), (10, "ann not 1, ann? 3")] {
        floor.pass(seconds);
        assert_eq!(floor.said(), said);
        floor.accepts("ann", 2);
        floor.accepts("ann", 3);
        floor.said();
    }
    floor.pass(59);
    assert_eq!(floor.said(), "");
    floor.pass(1);
    assert_eq!(floor.said(), "ann? 1, ann? 4");
    assert!(floor.record.contains(&"4 Relaxed(Skills)".to_owned()));
}

#[test]
fn a_changed_queue_is_asked_again() {
    let mut floor = Floor::with(&[agent("ann", &[], &[])]);
    floor.asks_for(1, &[("wine", 4)], None);
    floor.pass(30);
    let steps = vec![Step { after: Duration::from_secs(20), relaxation: Relaxation::Skills }];
    floor.router.handle_queue(Queue { id: "shop".into(), name: "Shop".into(), steps }, floor.now);
    assert_eq!(floor.said(), "ann? 1");
}

#[test]
fn a_transfer_to_an_agent_goes_to_him_and_else_to_the_queue() {
    for (is_free, said) in [(true, "ann not 1, cyd? 1"), (false, "ann not 1, bob? 1")] {
        let mut floor = Floor::with(&[agent("ann", &[], &[])]);
        floor.asks(1);
        floor.accepts("ann", 1);
        floor.comes(agent("bob", &[], &[]));
        floor.comes(Agent { queues: BTreeSet::new(), ..agent("cyd", &[], &[]) });
        floor.said();
        if !is_free {
            floor.is("cyd", Presence::Away);
        }
        floor.transfer(1, "cyd");
        assert_eq!(floor.said(), said);
        assert_eq!(floor.router.agent_of(task(1)), None);
    }
}

#[test]
fn what_is_transferred_does_not_come_back_at_once() {
    let mut floor = Floor::with(&[agent("ann", &[], &[])]);
    floor.asks(1);
    floor.accepts("ann", 1);
    floor.said();
    let needs = floor.needs();
    floor.router.handle_transfer(task(1), Target::Queue(needs), floor.now);
    assert_eq!(floor.said(), "ann not 1");
    floor.pass(60);
    assert_eq!(floor.said(), "ann? 1");
}

#[test]
fn a_transfer_to_a_queue_has_new_needs() {
    let mut floor = Floor::with(&[agent("ann", &[], &[]), agent("bob", &[("wine", 1)], &[])]);
    floor.asks(1);
    floor.accepts("ann", 1);
    floor.said();
    let needs = Needs { skills: BTreeMap::from([("wine".into(), 1)]), ..floor.needs() };
    floor.router.handle_transfer(task(1), Target::Queue(needs), floor.now);
    assert_eq!(floor.said(), "ann not 1, bob? 1");
}

#[test]
fn a_transfer_asks_even_him_who_declined() {
    let mut floor = Floor::with(&[agent("ann", &[], &[])]);
    floor.asks(1);
    floor.declines("ann", 1);
    floor.transfer(1, "ann");
    assert_eq!(floor.said(), "ann? 1, ann? 1");
}

#[test]
fn a_visitor_who_leaves_is_withdrawn() {
    let mut floor = Floor::with(&[Agent { capacity: 1, ..agent("ann", &[], &[]) }]);
    floor.asks(1);
    floor.asks(2);
    floor.said();
    floor.done(1);
    assert_eq!(floor.said(), "ann not 1, ann? 2");
    floor.done(2);
    assert_eq!((floor.said(), floor.router.waiting(&"shop".into())), ("ann not 2".into(), 0));
}

#[test]
fn an_agent_who_goes_keeps_his_conversations_and_loses_his_offers() {
    let mut floor = Floor::with(&[agent("ann", &[], &[])]);
    for number in 1..=3 {
        floor.asks(number);
    }
    floor.accepts("ann", 1);
    floor.comes(agent("bob", &[], &[]));
    floor.said();
    floor.is("ann", Presence::Away);
    assert_eq!(floor.said(), "ann not 3, ann not 2, bob? 2, bob? 3");
    assert_eq!(floor.router.agent_of(task(1)), Some(&"ann".into()));
    floor.router.handle_agent_gone(&"ann".into(), floor.now);
    assert_eq!(floor.said(), "ann not 1, bob? 1");
    assert_eq!(floor.router.presence(&"ann".into()), None);
}

#[test]
fn what_an_agent_leaves_behind_begins_to_wait_anew() {
    let mut floor = Floor::new();
    let steps = vec![Step { after: Duration::from_secs(20), relaxation: Relaxation::Skills }];
    floor.router.handle_queue(Queue { id: "shop".into(), name: "Shop".into(), steps }, floor.now);
    floor.asks_for(1, &[("wine", 1)], None);
    floor.pass(20);
    assert_eq!(floor.places(), "1 is at 1");
    floor.comes(agent("ann", &[], &[]));
    floor.accepts("ann", 1);
    floor.comes(agent("bob", &[], &[]));
    floor.said();
    floor.router.handle_agent_gone(&"ann".into(), floor.now);
    assert_eq!(floor.said(), "ann not 1");
    floor.pass(5);
    assert_eq!(floor.places(), "1 is at 1");
    floor.pass(15);
    assert_eq!(floor.said(), "bob? 1");
}

#[test]
fn a_restart_changes_nothing_for_those_who_wait_and_those_who_talk() {
    let mut floor = Floor::new();
    floor.router.handle_agent(Agent { capacity: 2, ..agent("ann", &[], &[]) }, floor.now);
    let needs = floor.needs();
    floor.router.handle_assigned(task(1), needs.clone(), &"ann".into(), floor.now);
    floor.router.handle_assigned(task(1), needs.clone(), &"ann".into(), floor.now);
    floor.router.handle_assigned(task(2), needs, &"gone".into(), floor.now);
    let needs = Needs { since: Timestamp::from_millis(1), ..floor.needs() };
    floor.router.handle_task(task(3), needs, None, floor.now);
    assert_eq!(floor.said(), "ann has 1");
    floor.is("ann", Presence::Available);
    assert_eq!(floor.said(), "ann? 3");
    assert_eq!(floor.record, ["1 ann Restored", "2 NobodyFree", "3 NobodyFree", "3 ann LeastLoaded"]);
}

#[test]
fn what_comes_twice_or_late_or_of_nobody_does_nothing() {
    let mut floor = Floor::with(&[agent("ann", &[], &[])]);
    floor.asks(1);
    floor.asks(1);
    assert_eq!(floor.said(), "ann? 1");
    floor.accepts("bob", 1);
    floor.declines("bob", 1);
    floor.accepts("ann", 2);
    floor.done(2);
    floor.transfer(2, "ann");
    floor.is("bob", Presence::Available);
    floor.router.handle_agent_gone(&"bob".into(), floor.now);
    floor.router.handle_timeout(Timestamp::from_millis(0));
    assert_eq!(floor.said(), "");
    // The router hears of the time only with the answer.
    floor.now = floor.now + OFFER;
    floor.accepts("ann", 1);
    assert_eq!(floor.said(), "ann not 1");
    floor.accepts("ann", 1);
    floor.declines("ann", 1);
    assert_eq!(floor.said(), "");
}

#[test]
fn a_better_place_is_told_at_the_next_look_and_a_worse_one_when_it_stays() {
    let mut floor = Floor::new();
    for number in 1..=3 {
        floor.asks(number);
    }
    assert_eq!(floor.places(), "");
    floor.pass(5);
    assert_eq!(floor.places(), "1 is at 1, 2 is at 2, 3 is at 3");
    floor.done(1);
    floor.pass(5);
    assert_eq!(floor.places(), "2 is at 1, 3 is at 2");
    let needs = Needs { priority: 9, ..floor.needs() };
    floor.router.handle_task(task(4), needs, None, floor.now);
    floor.pass(5);
    assert_eq!(floor.places(), "4 is at 1");
    floor.pass(5);
    assert_eq!(floor.places(), "2 is at 2, 3 is at 3");
    floor.pass(60);
    assert_eq!((floor.places(), floor.router.poll_timeout()), (String::new(), None));
}

#[test]
fn a_place_is_told_at_once_to_whoever_asks() {
    let mut floor = Floor::new();
    for number in 1..=3 {
        floor.asks(number);
    }
    floor.router.handle_asked(task(3), floor.now);
    floor.router.handle_asked(task(9), floor.now);
    assert_eq!(floor.places(), "3 is at 3");
    floor.pass(5);
    assert_eq!(floor.places(), "1 is at 1, 2 is at 2", "and not again");
}

#[test]
fn what_an_agent_takes_by_himself_is_offered_to_nobody_else() {
    let mut floor = Floor::with(&[agent("ann", &[], &[]), agent("ben", &[], &[])]);
    floor.asks(1);
    assert_eq!(floor.said(), "ann? 1");
    assert_eq!(floor.router.offers(&"ann".into()), [(task(1), floor.now + OFFER)]);
    floor.router.handle_taken(task(1), floor.needs(), &"ben".into(), floor.now);
    assert_eq!(floor.said(), "ann not 1, ben has 1");
    assert_eq!(floor.router.offers(&"ann".into()), []);
    assert!(floor.record.iter().any(|decided| decided.contains("Taken")), "{:?}", floor.record);
}

#[test]
fn an_offer_waits_for_as_long_as_was_said() {
    let mut floor = Floor::with(&[agent("ann", &[], &[])]);
    floor.router.handle_offer_time(Duration::from_secs(3));
    floor.asks(1);
    floor.pass(3);
    assert_eq!(floor.said(), "ann? 1, ann not 1");
}

#[test]
fn the_wait_is_told_from_how_long_conversations_took() {
    let mut floor = Floor::with(&[Agent { capacity: 2, ..agent("ann", &[], &[]) }]);
    for number in 1..=5 {
        floor.asks(number);
        floor.accepts("ann", number);
        floor.pass(u64::from(number) * 100);
        floor.done(number);
    }
    floor.said();
    for number in 11..=14 {
        floor.asks(number);
    }
    floor.accepts("ann", 11);
    floor.accepts("ann", 12);
    floor.pass(5);
    assert_eq!(floor.places(), "13 is at 1 for 100-200 s, 14 is at 2 for 200-400 s");
}

#[test]
fn much_work_is_not_made_by_one_fact() {
    let (agents, waiting) = (500_u32, 5_000_u32);
    let mut floor = Floor::new();
    let skills: Vec<String> = (0..20).map(|number| format!("skill {number}")).collect();
    for number in 0..agents {
        let skill = skills[number as usize % 10].as_str();
        floor.comes(Agent { capacity: 1, ..agent(&format!("agent {number}"), &[(skill, 3)], &[]) });
    }
    let mut most = 0;
    let mut work = |router: &mut Router, fact: &mut dyn FnMut(&mut Router)| {
        MEETINGS.set(0);
        fact(router);
        most = most.max(MEETINGS.get());
    };
    let id = |number: u32| {
        let mut bytes = [0; 16];
        bytes[..4].copy_from_slice(&number.to_le_bytes());
        Task::from_bytes(bytes)
    };
    let now = floor.now;
    for number in 0..waiting {
        let skill = skills[number as usize % 20].as_str().into();
        let needs = Needs { skills: BTreeMap::from([(skill, 3)]), ..floor.needs() };
        work(&mut floor.router, &mut |router| router.handle_task(id(number), needs.clone(), None, now));
    }
    assert_eq!(floor.router.waiting(&"shop".into()), waiting as usize);
    for number in 0..agents {
        let agent = AgentId::from(format!("agent {number}").as_str());
        let held: Vec<Task> = (0..waiting).map(id).filter(|task| floor.router.is_offered(*task, &agent)).collect();
        assert_eq!(held.len(), 1);
        work(&mut floor.router, &mut |router| router.handle_accept(held[0], &agent, now));
        work(&mut floor.router, &mut |router| router.handle_done(held[0], now));
    }
    assert!(most <= u64::from(agents) + 100, "{most} agents were held against demands at one fact");
}
