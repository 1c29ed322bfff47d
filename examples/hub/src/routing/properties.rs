//! What must hold whatever happens, in virtual time. The world keeps its own book of who has what, and believes only the outputs.

use core::time::Duration;
use std::collections::BTreeMap;

use alongside::time::Timestamp;
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

use super::agent::EXPIRIES;
use super::*;

const SKILLS: [&str; 2] = ["returns", "wine"];
const QUEUES: [&str; 2] = ["shop", "press"];

/// What happens next.
#[derive(Clone, Debug)]
enum Fact {
    Task {
        number: u8,
        needs: Wanted,
        last: Option<u8>,
    },
    Agent {
        number: u8,
        kind: Kind,
    },
    Gone(u8),
    Presence(u8, Presence),
    /// An agent answers one of his offers.
    Answer {
        agent: u8,
        which: u8,
        is_accepted: bool,
    },
    /// Somebody answers whatever it is.
    Stray {
        task: u8,
        agent: u8,
        is_accepted: bool,
    },
    Done(u8),
    Absent(u8, Wanted),
    ToAgent(u8, u8),
    ToQueue(u8, Wanted),
    Assigned {
        task: u8,
        needs: Wanted,
        agent: u8,
    },
    Steps {
        queue: usize,
        steps: Vec<(u8, u8)>,
    },
    /// Milliseconds pass; nobody is late.
    Pass(u32),
    /// Milliseconds pass, and the router hears of it at the end.
    Late(u32),
}

#[derive(Clone, Debug)]
struct Wanted {
    queue: usize,
    levels: [u8; 2],
    language: bool,
    priority: i32,
}

#[derive(Clone, Debug)]
struct Kind {
    levels: [u8; 2],
    language: bool,
    capacity: u32,
    queues: u8,
}

fn levels(levels: [u8; 2]) -> BTreeMap<Skill, u8> {
    SKILLS.into_iter().map(Skill::from).zip(levels).filter(|(_, level)| *level > 0).collect()
}

fn agent_id(number: u8) -> AgentId {
    format!("agent {number}").as_str().into()
}

fn task_of(number: u8) -> Task {
    Task::from_bytes([number; 16])
}

fn relaxation(number: u8) -> Relaxation {
    match number {
        0 => Relaxation::Language,
        1 => Relaxation::Skills,
        2 => Relaxation::Skill(SKILLS[0].into()),
        _ => Relaxation::Level(SKILLS[1].into(), number - 3),
    }
}

fn facts() -> impl Strategy<Value = Vec<Fact>> {
    let (task, agent) = (0..14_u8, 0..4_u8);
    let wanted = || {
        // Many want the same, so that there are equals.
        let levels = prop_oneof![3 => Just([0, 0]), 1 => prop::array::uniform2(0..4_u8)];
        let (language, priority) = (prop::bool::weighted(0.2), prop_oneof![4 => Just(0), 1 => -1..3_i32]);
        (prop_oneof![3 => Just(0_usize), 1 => Just(1)], levels, language, priority)
            .prop_map(|(queue, levels, language, priority)| Wanted { queue, levels, language, priority })
    };
    let kind = (prop::array::uniform2(0..4_u8), any::<bool>(), 0..4_u32, 0..4_u8)
        .prop_map(|(levels, language, capacity, queues)| Kind { levels, language, capacity, queues });
    let presence = prop_oneof![
        4 => Just(Presence::Available), 1 => Just(Presence::Away), 1 => Just(Presence::NotResponding)
    ];
    let fact = prop_oneof![
        8 => (task.clone(), wanted(), prop::option::weighted(0.2, agent.clone()))
            .prop_map(|(number, needs, last)| Fact::Task { number, needs, last }),
        2 => (agent.clone(), kind).prop_map(|(number, kind)| Fact::Agent { number, kind }),
        1 => agent.clone().prop_map(Fact::Gone),
        3 => (agent.clone(), presence).prop_map(|(number, presence)| Fact::Presence(number, presence)),
        8 => (agent.clone(), any::<u8>(), prop::bool::weighted(0.7))
            .prop_map(|(agent, which, is_accepted)| Fact::Answer { agent, which, is_accepted }),
        1 => (task.clone(), agent.clone(), any::<bool>())
            .prop_map(|(task, agent, is_accepted)| Fact::Stray { task, agent, is_accepted }),
        4 => task.clone().prop_map(Fact::Done),
        2 => (task.clone(), wanted()).prop_map(|(task, needs)| Fact::Absent(task, needs)),
        1 => (task.clone(), agent.clone()).prop_map(|(task, agent)| Fact::ToAgent(task, agent)),
        1 => (task.clone(), wanted()).prop_map(|(task, needs)| Fact::ToQueue(task, needs)),
        1 => (task, wanted(), agent).prop_map(|(task, needs, agent)| Fact::Assigned { task, needs, agent }),
        1 => (0..2_usize, prop::collection::vec((0..90_u8, 0..6_u8), 0..4))
            .prop_map(|(queue, steps)| Fact::Steps { queue, steps }),
        4 => (1..15_000_u32).prop_map(Fact::Pass),
        1 => (15_000..90_000_u32).prop_map(Fact::Pass),
        1 => (1..90_000_u32).prop_map(Fact::Late),
    ];
    prop::collection::vec(fact, 1..150)
}

/// A conversation in the book.
struct Written {
    needs: Needs,
    arrival: u64,
    preference: Option<(AgentId, Timestamp)>,
    blocked: BTreeMap<AgentId, Timestamp>,
    with: With,
}

#[derive(Clone, Debug, PartialEq)]
enum With {
    Nobody,
    Offered(AgentId),
    Held(AgentId),
}

struct Worker {
    agent: Agent,
    presence: Presence,
    expiries: u32,
}

struct World {
    router: Router,
    now: Timestamp,
    steps: BTreeMap<QueueId, Vec<Step>>,
    workers: BTreeMap<AgentId, Worker>,
    tasks: BTreeMap<Task, Written>,
    arrivals: u64,
    /// Who has just accepted what.
    accepts: Option<(Task, AgentId)>,
    /// What is on record since the last output that is not for the record.
    record: Vec<Decision>,
    places: BTreeMap<Task, u32>,
}

impl World {
    fn new() -> Self {
        let mut world = Self {
            router: Router::new(),
            now: Timestamp::from_millis(10_000_000),
            steps: BTreeMap::new(),
            workers: BTreeMap::new(),
            tasks: BTreeMap::new(),
            arrivals: 0,
            accepts: None,
            record: Vec::new(),
            places: BTreeMap::new(),
        };
        for number in 0..2 {
            world.take(Fact::Agent { number, kind: Kind { levels: [3, 0], language: true, capacity: 2, queues: 1 } });
            world.take(Fact::Presence(number, Presence::Available));
        }
        world
    }

    fn needs(&self, wanted: &Wanted) -> Needs {
        Needs {
            queue: QUEUES[wanted.queue].into(),
            skills: levels(wanted.levels),
            language: wanted.language.then(|| "ja".into()),
            priority: wanted.priority,
            since: self.now,
        }
    }

    fn write(&mut self, task: Task, needs: Needs, preference: Option<(AgentId, Timestamp)>, with: With) {
        self.arrivals += 1;
        let written = Written { needs, arrival: self.arrivals, preference, blocked: BTreeMap::new(), with };
        self.tasks.insert(task, written);
    }

    /// Makes it happen, and checks what must hold at all times.
    fn take(&mut self, fact: Fact) {
        let now = self.now;
        match fact {
            Fact::Pass(milliseconds) => return self.pass(Duration::from_millis(milliseconds.into())),
            Fact::Late(milliseconds) => {
                self.now = self.now + Duration::from_millis(milliseconds.into());
                self.router.handle_timeout(self.now);
            }
            Fact::Task { number, needs, last } => {
                let (task, needs, last) = (task_of(number), self.needs(&needs), last.map(agent_id));
                if !self.tasks.contains_key(&task) {
                    let preference = last.clone().map(|agent| (agent, now + PREFERENCE));
                    self.write(task, needs.clone(), preference, With::Nobody);
                }
                self.router.handle_task(task, needs, last, now);
            }
            Fact::Agent { number, kind } => {
                let id = agent_id(number);
                let queues = QUEUES.into_iter().zip([1, 2]).filter(|(_, bit)| kind.queues & bit != 0);
                let agent = Agent {
                    id: id.clone(),
                    name: String::new(),
                    skills: levels(kind.levels),
                    languages: kind.language.then(|| "ja".into()).into_iter().collect(),
                    capacity: kind.capacity,
                    queues: queues.map(|(queue, _)| queue.into()).collect(),
                };
                let worker = self.workers.entry(id);
                worker.and_modify(|worker| worker.agent = agent.clone()).or_insert(Worker {
                    agent: agent.clone(),
                    presence: Presence::Away,
                    expiries: 0,
                });
                self.router.handle_agent(agent, now);
            }
            Fact::Gone(number) => {
                self.workers.remove(&agent_id(number));
                self.router.handle_agent_gone(&agent_id(number), now);
            }
            Fact::Presence(number, presence) => {
                if let Some(worker) = self.workers.get_mut(&agent_id(number)) {
                    (worker.presence, worker.expiries) = (presence, 0);
                }
                self.router.handle_presence(&agent_id(number), presence, now);
            }
            Fact::Answer { agent, which, is_accepted } => {
                let offered = With::Offered(agent_id(agent));
                let offers: Vec<Task> =
                    self.tasks.iter().filter(|(_, written)| written.with == offered).map(|(task, _)| *task).collect();
                if !offers.is_empty() {
                    self.answer(offers[usize::from(which) % offers.len()], agent_id(agent), is_accepted);
                }
            }
            Fact::Stray { task, agent, is_accepted } => self.answer(task_of(task), agent_id(agent), is_accepted),
            Fact::Done(number) => {
                self.tasks.remove(&task_of(number));
                self.places.remove(&task_of(number));
                self.router.handle_done(task_of(number), now);
            }
            Fact::Absent(number, wanted) => {
                let needs = self.needs(&wanted);
                if let Some(written) = self.tasks.get_mut(&task_of(number))
                    && let With::Held(agent) = &written.with
                {
                    self.arrivals += 1;
                    written.arrival = self.arrivals;
                    (written.needs, written.preference) = (needs.clone(), Some((agent.clone(), now + PREFERENCE)));
                    self.places.remove(&task_of(number));
                }
                self.router.handle_absent(task_of(number), needs, now);
            }
            Fact::ToAgent(number, agent) => {
                if let Some(written) = self.tasks.get_mut(&task_of(number)) {
                    self.arrivals += 1;
                    written.arrival = self.arrivals;
                    written.preference = Some((agent_id(agent), now + PREFERENCE));
                    written.blocked.remove(&agent_id(agent));
                }
                self.places.remove(&task_of(number));
                self.router.handle_transfer(task_of(number), Target::Agent(agent_id(agent)), now);
            }
            Fact::ToQueue(number, wanted) => {
                let needs = self.needs(&wanted);
                if let Some(written) = self.tasks.get_mut(&task_of(number)) {
                    self.arrivals += 1;
                    written.arrival = self.arrivals;
                    (written.needs, written.preference) = (needs.clone(), None);
                }
                self.places.remove(&task_of(number));
                self.router.handle_transfer(task_of(number), Target::Queue(needs), now);
            }
            Fact::Assigned { task, needs, agent } => {
                let (task, agent, needs) = (task_of(task), agent_id(agent), self.needs(&needs));
                let is_known = self.workers.contains_key(&agent);
                let before = self.tasks.get(&task).map(|written| written.with.clone());
                if is_known && before != Some(With::Held(agent.clone())) {
                    self.write(task, needs.clone(), None, With::Held(agent.clone()));
                    self.accepts = Some((task, agent.clone()));
                    self.places.remove(&task);
                } else if !is_known && before.is_none() {
                    self.write(task, needs.clone(), None, With::Nobody);
                }
                self.router.handle_assigned(task, needs, &agent, now);
            }
            Fact::Steps { queue, steps } => {
                let step = |(after, number): (u8, u8)| Step {
                    after: Duration::from_secs(after.into()),
                    relaxation: relaxation(number),
                };
                let steps: Vec<Step> = steps.into_iter().map(step).collect();
                self.steps.insert(QUEUES[queue].into(), steps.clone());
                let queue = Queue { id: QUEUES[queue].into(), name: String::new(), steps };
                self.router.handle_queue(queue, now);
            }
        }
        self.drain();
    }

    fn answer(&mut self, task: Task, agent: AgentId, is_accepted: bool) {
        let now = self.now;
        if let Some(written) = self.tasks.get_mut(&task)
            && written.with == With::Offered(agent.clone())
        {
            if let Some(worker) = self.workers.get_mut(&agent) {
                worker.expiries = 0;
            }
            if is_accepted {
                self.accepts = Some((task, agent.clone()));
                written.preference = None;
            } else {
                written.with = With::Nobody;
                written.blocked.insert(agent.clone(), now + BLOCK);
            }
        }
        if is_accepted {
            self.router.handle_accept(task, &agent, now);
        } else {
            self.router.handle_decline(task, &agent, now);
        }
    }

    fn pass(&mut self, duration: Duration) {
        let until = self.now + duration;
        while let Some(at) = self.router.poll_timeout().filter(|at| *at <= until) {
            assert!(at > self.now, "it asks for a moment that is gone");
            self.now = at;
            self.router.handle_timeout(at);
            self.drain();
        }
        self.now = until;
        self.router.handle_timeout(until);
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.router.poll_output() {
            match output {
                RouterOutput::Decided(decision) => self.handle_decision(decision),
                RouterOutput::Offer { task, agent, until } => self.handle_offer(task, agent, until),
                RouterOutput::Withdraw { task, agent } => {
                    let Some(written) = self.tasks.get_mut(&task) else { continue };
                    match &written.with {
                        With::Held(now) if self.accepts == Some((task, now.clone())) => {}
                        With::Held(before) => {
                            assert_eq!(*before, agent);
                            written.needs.since = self.now;
                            written.with = With::Nobody;
                        }
                        With::Offered(before) => {
                            assert_eq!(*before, agent);
                            written.with = With::Nobody;
                        }
                        With::Nobody => panic!("withdrawn from one who does not have it"),
                    }
                }
                RouterOutput::Assigned { task, agent } => {
                    assert_eq!(self.accepts.take(), Some((task, agent.clone())), "assigned to one who did not take it");
                    self.places.remove(&task);
                    let written = self.tasks.get_mut(&task).expect("only what is known is assigned");
                    written.with = With::Held(agent);
                }
                RouterOutput::Presence { agent, presence } => {
                    let worker = self.workers.get_mut(&agent).expect("only who is known changes");
                    assert_eq!((presence, worker.expiries), (Presence::NotResponding, EXPIRIES));
                    assert_eq!(worker.presence, Presence::Available);
                    worker.presence = presence;
                }
                RouterOutput::Position { task, place, wait } => {
                    assert_ne!(self.places.insert(task, place), Some(place), "told twice");
                    assert!(wait.is_none_or(|(short, long)| short <= long));
                    let written = &self.tasks[&task];
                    assert!(!matches!(written.with, With::Held(_)));
                    let queue = &written.needs.queue;
                    assert!(place >= 1 && place as usize <= self.router.waiting(queue));
                }
            }
        }
        assert_eq!(self.accepts, None, "an answer in time was not heard");
        self.check();
    }

    fn handle_decision(&mut self, decision: Decision) {
        assert_eq!(decision.at, self.now);
        let written = decision.task.and_then(|task| self.tasks.get_mut(&task));
        if let (Some(agent), Some(written)) = (&decision.agent, written) {
            match decision.reason {
                Reason::Expired => {
                    written.blocked.insert(agent.clone(), self.now + BLOCK);
                    if let Some(worker) = self.workers.get_mut(agent) {
                        worker.expiries += 1;
                    }
                }
                Reason::Transferred if written.preference.as_ref().is_none_or(|(wanted, _)| wanted != agent) => {
                    written.blocked.insert(agent.clone(), self.now + BLOCK);
                }
                _ => {}
            }
        }
        self.record.push(decision);
    }

    fn handle_offer(&mut self, task: Task, agent: AgentId, until: Timestamp) {
        assert_eq!(until, self.now + OFFER);
        let last = self.record.last().expect("each offer is on record");
        assert_eq!((last.task, last.agent.as_ref()), (Some(task), Some(&agent)));
        let is_by_wish = matches!(last.reason, Reason::LastAgent | Reason::TransferredTo);
        let written = &self.tasks[&task];
        assert_eq!(written.with, With::Nobody, "two agents on one conversation");
        assert!(self.is_open(written, &agent), "offered back within a minute");
        assert!(self.is_free(&agent), "above capacity, or to one who is not available");
        assert_eq!(self.is_wished(written, &agent), is_by_wish);
        assert!(is_by_wish || self.is_able(written, &agent), "offered to one who does not meet the needs");
        if !is_by_wish {
            assert!(self.in_turn(written, &agent), "an equal one that came before still waits");
            assert!(self.is_least_loaded(written, &agent), "one who has less to do could have taken it");
        }
        let written = self.tasks.get_mut(&task).expect("it was there above");
        written.with = With::Offered(agent);
    }

    /// All invariants that are about a moment.
    fn check(&self) {
        for (id, worker) in &self.workers {
            assert_eq!(self.router.load(id), self.load(id));
            assert_eq!(self.router.presence(id), Some(worker.presence));
        }
        for (task, written) in &self.tasks {
            let holder = match &written.with {
                With::Held(agent) => Some(agent),
                _ => None,
            };
            assert_eq!(self.router.agent_of(*task), holder);
            if written.with == With::Nobody {
                for id in self.workers.keys().filter(|id| self.is_free(id) && self.is_open(written, id)) {
                    let is_eligible = self.is_able(written, id) || self.is_wished(written, id);
                    assert!(!is_eligible, "{task:?} waits while {id} is free");
                }
            }
        }
        let (tasks, deadlines) = (self.router.entries.len(), self.router.wakes.len());
        assert!(tasks == self.tasks.len() && deadlines <= tasks, "something is left of what is over");
    }

    fn load(&self, agent: &AgentId) -> usize {
        let has = |written: &&Written| matches!(&written.with, With::Offered(id) | With::Held(id) if id == agent);
        self.tasks.values().filter(has).count()
    }

    fn is_free(&self, agent: &AgentId) -> bool {
        self.workers.get(agent).is_some_and(|worker| {
            worker.presence == Presence::Available && self.load(agent) < worker.agent.capacity as usize
        })
    }

    fn is_open(&self, written: &Written, agent: &AgentId) -> bool {
        written.blocked.get(agent).is_none_or(|until| *until <= self.now)
    }

    fn is_wished(&self, written: &Written, agent: &AgentId) -> bool {
        written.preference.as_ref().is_some_and(|(wanted, until)| wanted == agent && *until > self.now)
    }

    fn is_able(&self, written: &Written, agent: &AgentId) -> bool {
        let Some(Worker { agent, .. }) = self.workers.get(agent) else { return false };
        let needs = &written.needs;
        let steps = self.steps.get(&needs.queue).into_iter().flatten();
        let given_up: Vec<&Relaxation> =
            steps.filter(|step| needs.since + step.after <= self.now).map(|step| &step.relaxation).collect();
        let least = |skill: &Skill, least: u8| {
            given_up.iter().fold(least, |least, relaxation| match relaxation {
                Relaxation::Skills => 0,
                Relaxation::Skill(given_up) if given_up == skill => 0,
                Relaxation::Level(given_up, level) if given_up == skill => least.min(*level),
                _ => least,
            })
        };
        let is_any_language = needs.language.is_none() || given_up.contains(&&Relaxation::Language);
        agent.queues.contains(&needs.queue)
            && (is_any_language || needs.language.iter().all(|language| agent.languages.contains(language)))
            && needs
                .skills
                .iter()
                .all(|(skill, level)| agent.skills.get(skill).copied().unwrap_or_default() >= least(skill, *level))
    }

    /// No equal one that came before waits for this agent, too.
    fn in_turn(&self, written: &Written, agent: &AgentId) -> bool {
        self.tasks.values().all(|other| {
            let (a, b) = (&other.needs, &written.needs);
            let is_equal =
                (&a.queue, &a.skills, &a.language, a.priority) == (&b.queue, &b.skills, &b.language, b.priority);
            let is_before = (a.since, other.arrival) < (b.since, written.arrival);
            !(is_equal && is_before && other.with == With::Nobody && self.is_open(other, agent))
        })
    }

    fn is_least_loaded(&self, written: &Written, agent: &AgentId) -> bool {
        let share = |id: &AgentId| self.load(id) as f64 / f64::from(self.workers[id].agent.capacity);
        let mut others = self
            .workers
            .keys()
            .filter(|id| self.is_free(id) && self.is_open(written, id) && self.is_able(written, id) && *id != agent);
        others.all(|other| share(other) > share(agent) - 0.001)
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("seeds"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn conversations_go_to_agents_by_all_the_rules(facts in facts()) {
        let mut world = World::new();
        for fact in facts {
            world.take(fact);
        }
    }
}
