//! One tenant's conversations and agents, as the router is told of them.
//!
//! Facts come from the store: a conversation is told as it is there, however often and however late. So nothing depends on the order
//! in which connections say that something changed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use alongside::protocol::conversation::{Colleague, Floor, Presence, QueueName, Stage};
use alongside::protocol::{ConversationId, VisitorId};
use alongside::time::Timestamp;

use crate::routing::{self, AgentId, Needs, QueueId, Router, RouterOutput, Rules, Target, Task};
use crate::store::{AgentName, KeptTask, Wrapping};

/// Most colleagues and queues that a desk is told of.
const LISTED: usize = 64;

/// Longest name of an agent that desks are told, in bytes.
const NAME: usize = 128;

/// What one tenant's router is told, and says.
#[derive(Debug)]
pub(super) struct Board {
    pub(super) router: Router,
    rules: Rules,
    /// The agents and their names.
    people: BTreeMap<AgentId, String>,
    known: HashMap<Task, Known>,
    /// The conversations of a visitor that go on.
    of: HashMap<VisitorId, BTreeSet<Task>>,
    /// Agents without a desk, since when, until they are gone.
    leaving: BTreeMap<AgentId, Timestamp>,
    /// Conversations that are over, while they take up the room of those who have to say what they were about: whose, and until when.
    wrapping: BTreeMap<Task, (VisitorId, Timestamp)>,
}

/// Whether a bot has it: nobody is asked.
fn has_bot(kept: &KeptTask) -> bool {
    kept.stage == Stage::Open && kept.agent.as_ref().is_some_and(AgentName::is_bot)
}

/// A conversation that goes on.
#[derive(Debug)]
struct Known {
    visitor: VisitorId,
    queue: QueueId,
    /// Since when it is as the router was told.
    since: Timestamp,
}

impl Board {
    pub(super) fn new(rules: Rules, agents: Vec<AgentName>, now: Timestamp) -> Self {
        let mut board = Self {
            router: Router::new(),
            rules: Rules::default(),
            people: BTreeMap::new(),
            known: HashMap::new(),
            of: HashMap::new(),
            leaving: BTreeMap::new(),
            wrapping: BTreeMap::new(),
        };
        board.handle_rules(rules, now);
        agents.iter().for_each(|agent| board.add(agent, now));
        board
    }

    /// Who is good at what has changed.
    pub(super) fn handle_rules(&mut self, rules: Rules, now: Timestamp) {
        let gone: Vec<_> = self.rules.queues().filter(|queue| !rules.has_queue(queue.id.as_str())).collect();
        self.rules = rules;
        self.router.handle_offer_time(self.rules.offer_time());
        for queue in self.rules.queues() {
            self.router.handle_queue(queue, now);
        }
        for (id, name) in &self.people {
            self.router.handle_agent(self.rules.agent(id, name), now);
        }
        // What waits in a queue that is gone would wait for ever.
        let left: Vec<Task> = self
            .known
            .iter()
            .filter(|(task, known)| {
                self.router.agent_of(**task).is_none() && gone.iter().any(|queue| queue.id == known.queue)
            })
            .map(|(task, _)| *task)
            .collect();
        for task in left {
            let queue = self.rules.queue(None);
            let Some(known) = self.known.get_mut(&task) else { continue };
            known.queue = queue.clone();
            let skills = self.rules.skills(&queue);
            let priority = self.rules.priority(&queue);
            let needs = Needs { queue, skills, language: None, priority, since: known.since };
            self.router.handle_transfer(task, Target::Queue(needs), now);
        }
    }

    /// An agent has a desk, or has none any more.
    pub(super) fn handle_desk(&mut self, agent: &AgentName, has_desk: bool, now: Timestamp) {
        self.add(agent, now);
        let agent = AgentId::from(agent.agent.as_str());
        if has_desk {
            self.leaving.remove(&agent);
        } else {
            self.router.handle_presence(&agent, routing::Presence::Away, now);
            self.leaving.entry(agent).or_insert(now);
        }
    }

    /// What those have who are gone from now on: visitors may have written to them meanwhile.
    pub(super) fn left(&mut self, now: Timestamp) -> Vec<(VisitorId, ConversationId)> {
        let absence = self.rules.absence();
        let gone: Vec<AgentId> =
            self.leaving.extract_if(.., |_, since| *since + absence <= now).map(|(agent, _)| agent).collect();
        let held = gone.iter().flat_map(|agent| self.router.held(agent));
        // What is over and not wrapped up is not known any more.
        held.filter_map(|task| Some((self.visitor(task)?, ConversationId::from_bytes(*task.as_bytes())))).collect()
    }

    /// Whose conversation it is, where he has had no desk for so long that he is gone.
    pub(super) fn absentee(&self, conversation: ConversationId) -> Option<AgentName> {
        let agent = self.router.agent_of(task(conversation)).filter(|agent| !self.leaving.contains_key(agent))?;
        Some(AgentName { agent: agent.as_str().to_owned(), name: self.people.get(agent)?.clone() })
    }

    /// Its agent is gone: others are asked.
    pub(super) fn handle_absent(&mut self, visitor: VisitorId, kept: &KeptTask, now: Timestamp) {
        let needs = self.begin(visitor, kept);
        self.router.handle_absent(task(kept.conversation), needs, now);
        self.router.handle_asked(task(kept.conversation), now);
    }

    /// An agent says whether he takes conversations.
    pub(super) fn handle_presence(&mut self, agent: &AgentName, presence: routing::Presence, now: Timestamp) {
        self.add(agent, now);
        self.router.handle_presence(&AgentId::from(agent.agent.as_str()), presence, now);
    }

    /// A conversation that goes on since before the hub started.
    pub(super) fn restore(&mut self, visitor: VisitorId, kept: &KeptTask, now: Timestamp) {
        if has_bot(kept) {
            return;
        }
        let task = task(kept.conversation);
        let needs = self.begin(visitor, kept);
        match &kept.agent {
            Some(agent) if kept.stage == Stage::Open => {
                // No desk is there yet.
                self.handle_desk(agent, false, now);
                self.router.handle_assigned(task, needs, &AgentId::from(agent.agent.as_str()), now);
            }
            _ => {
                self.router.handle_task(task, needs, last_agent(kept), now);
                // No agent is there yet, so nobody was offered it meanwhile.
                if let Some(wanted) = wanted(kept) {
                    self.router.handle_transfer(task, Target::Agent(wanted), now);
                }
            }
        }
    }

    /// A visitor's conversations as they are kept, the latest first; those that are not among them are over.
    pub(super) fn handle_kept(&mut self, visitor: VisitorId, kept: &[KeptTask], now: Timestamp) {
        let goes_on = |kept: &&KeptTask| matches!(kept.stage, Stage::Waiting | Stage::Open) && !has_bot(kept);
        let kept: Vec<&KeptTask> = kept.iter().filter(goes_on).collect();
        let is_kept = |known: &Task| kept.iter().any(|kept| task(kept.conversation) == *known);
        let known = self.of.get(&visitor).into_iter().flatten();
        for over in known.copied().filter(|known| !is_kept(known)).collect::<Vec<_>>() {
            self.leave(visitor, over);
            self.router.handle_done(over, now);
        }
        for kept in kept.into_iter().rev() {
            self.handle_one(visitor, kept, now);
        }
    }

    fn handle_one(&mut self, visitor: VisitorId, kept: &KeptTask, now: Timestamp) {
        let task = task(kept.conversation);
        let before = self.known.get(&task).map(|known| known.since);
        let needs = self.begin(visitor, kept);
        match &kept.agent {
            Some(agent) if kept.stage == Stage::Open => {
                self.add(agent, now);
                let agent = AgentId::from(agent.agent.as_str());
                self.router.handle_accept(task, &agent, now);
                self.router.handle_taken(task, needs, &agent, now);
            }
            _ => match before {
                None => {
                    self.router.handle_task(task, needs, wanted(kept).or_else(|| last_agent(kept)), now);
                    self.router.handle_asked(task, now);
                }
                Some(since) if since == kept.since && self.router.agent_of(task).is_none() => {}
                Some(_) => {
                    let target = wanted(kept).map_or(Target::Queue(needs), Target::Agent);
                    self.router.handle_transfer(task, target, now);
                    self.router.handle_asked(task, now);
                }
            },
        }
    }

    /// All conversations of a visitor that are over, of which agents have to say what they were about. Told before what goes on.
    pub(super) fn handle_wrapping(&mut self, visitor: VisitorId, told: &[Wrapping], now: Timestamp) {
        let is_told = |known: &Task| told.iter().any(|wrapping| task(wrapping.conversation) == *known);
        let said: Vec<Task> = self
            .wrapping
            .iter()
            .filter(|(task, (of, _))| *of == visitor && !is_told(task))
            .map(|(task, _)| *task)
            .collect();
        for task in said {
            self.wrapping.remove(&task);
            self.router.handle_done(task, now);
        }
        for Wrapping { conversation, agent, until } in told {
            let task = task(*conversation);
            if self.wrapping.insert(task, (visitor, *until)).is_some() || *until <= now {
                continue;
            }
            self.leave(visitor, task);
            self.add(agent, now);
            let queue = self.rules.queue(None);
            let needs = Needs { queue, skills: BTreeMap::new(), language: None, priority: 0, since: now };
            self.router.handle_assigned(task, needs, &AgentId::from(agent.agent.as_str()), now);
        }
    }

    /// Those whose time for that is over: their agents have room again.
    pub(super) fn wrapped(&mut self, now: Timestamp) -> Vec<(VisitorId, ConversationId)> {
        let over: Vec<_> = self
            .wrapping
            .iter()
            .filter(|(_, (_, until))| *until <= now)
            .map(|(task, (visitor, _))| (*task, *visitor))
            .collect();
        over.into_iter()
            .map(|(task, visitor)| {
                self.wrapping.remove(&task);
                self.router.handle_done(task, now);
                (visitor, ConversationId::from_bytes(*task.as_bytes()))
            })
            .collect()
    }

    /// When something is to be done next.
    pub(super) fn poll_timeout(&self) -> Option<Timestamp> {
        let gone = self.leaving.values().map(|since| *since + self.rules.absence());
        let wrapped = self.wrapping.values().map(|(_, until)| *until);
        self.router.poll_timeout().into_iter().chain(gone).chain(wrapped).min()
    }

    /// A visitor's page wants to know where he waits.
    pub(super) fn handle_asked(&mut self, visitor: VisitorId, now: Timestamp) {
        for task in self.of.get(&visitor).into_iter().flatten() {
            self.router.handle_asked(*task, now);
        }
    }

    /// Whether he has several that go on.
    pub(super) fn has_several(&self, visitor: VisitorId) -> bool {
        self.of.get(&visitor).is_some_and(|tasks| tasks.len() > 1)
    }

    /// Whose conversation it is.
    pub(super) fn visitor(&self, task: Task) -> Option<VisitorId> {
        self.known.get(&task).map(|known| known.visitor)
    }

    /// Who is at work, as this agent is told.
    pub(super) fn floor(&self, own: &AgentId) -> Floor {
        let presence = |agent: &AgentId| self.router.presence(agent).unwrap_or(routing::Presence::Away);
        let mut others: Vec<_> = self.people.iter().filter(|(agent, _)| *agent != own).collect();
        others.sort_by_key(|(agent, name)| (presence(agent) != routing::Presence::Available, *name));
        let colleague = |(agent, name): (&AgentId, &String)| Colleague {
            id: agent.as_str().to_owned(),
            name: name
                .chars()
                .scan(0, |bytes, char| {
                    *bytes += char.len_utf8();
                    (*bytes <= NAME).then_some(char)
                })
                .collect(),
            presence: told(presence(agent)),
            load: u32::try_from(self.router.load(agent)).unwrap_or(u32::MAX),
        };
        Floor {
            presence: told(presence(own)),
            colleagues: others.into_iter().take(LISTED).map(colleague).collect(),
            queues: self
                .rules
                .queues()
                .take(LISTED)
                .map(|queue| QueueName { id: queue.id.as_str().to_owned(), name: queue.name })
                .collect(),
        }
    }

    /// What is to be done.
    pub(super) fn poll_output(&mut self) -> Option<RouterOutput> {
        self.router.poll_output()
    }

    fn add(&mut self, agent: &AgentName, now: Timestamp) {
        let id = AgentId::from(agent.agent.as_str());
        if self.people.get(&id) != Some(&agent.name) {
            self.router.handle_agent(self.rules.agent(&id, &agent.name), now);
            self.people.insert(id, agent.name.clone());
        }
    }

    /// It does not go on.
    fn leave(&mut self, visitor: VisitorId, task: Task) {
        self.known.remove(&task);
        if let Some(tasks) = self.of.get_mut(&visitor) {
            tasks.remove(&task);
            if tasks.is_empty() {
                self.of.remove(&visitor);
            }
        }
    }

    /// Takes note of a conversation; what it needs.
    fn begin(&mut self, visitor: VisitorId, kept: &KeptTask) -> Needs {
        let task = task(kept.conversation);
        let queue = self.rules.queue(kept.queue.as_deref());
        self.of.entry(visitor).or_default().insert(task);
        self.known.insert(task, Known { visitor, queue: queue.clone(), since: kept.since });
        let language = kept.language.as_deref().and_then(|tag| self.rules.language(tag));
        let (skills, priority) = (self.rules.skills(&queue), self.rules.priority(&queue));
        Needs { queue, skills, language, priority, since: kept.since }
    }
}

/// Who knows the visitor, where no agent has had it yet. One that was handed back goes to others.
fn last_agent(kept: &KeptTask) -> Option<AgentId> {
    let is_new = kept.agent.as_ref().is_none_or(AgentName::is_bot);
    kept.last_agent.as_deref().filter(|_| is_new).map(AgentId::from)
}

/// Whom it was passed on to.
fn wanted(kept: &KeptTask) -> Option<AgentId> {
    kept.wanted.as_deref().map(AgentId::from)
}

/// A conversation, for the router.
pub(super) const fn task(conversation: ConversationId) -> Task {
    Task::from_bytes(*conversation.as_bytes())
}

const fn told(presence: routing::Presence) -> Presence {
    match presence {
        routing::Presence::Available => Presence::Available,
        routing::Presence::Away => Presence::Away,
        routing::Presence::NotResponding => Presence::NotResponding,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aki() -> AgentName {
        AgentName { agent: "aki@example.com".into(), name: "Aki".into() }
    }

    #[test]
    fn an_agent_is_gone_after_a_minute_without_a_desk_unless_he_is_back() {
        let at = |seconds: u64| Timestamp::from_millis(seconds * 1_000);
        let (visitor, conversation) = (VisitorId::from_bytes([1; 16]), ConversationId::from_bytes([2; 16]));
        let mut board = Board::new(Rules::default(), vec![aki()], at(1_000));
        let held = KeptTask {
            conversation,
            stage: Stage::Open,
            since: at(900),
            agent: Some(aki()),
            queue: None,
            wanted: None,
            last_agent: None,
            language: None,
        };
        // The hub has just started.
        board.restore(visitor, &held, at(1_000));
        assert_eq!(
            (board.poll_timeout(), board.left(at(1_059)), board.absentee(conversation)),
            (Some(at(1_060)), vec![], None)
        );
        board.handle_desk(&aki(), true, at(1_059));
        assert_eq!((board.poll_timeout(), board.left(at(2_000))), (None, vec![]));
        // One desk after the other goes.
        board.handle_desk(&aki(), false, at(2_000));
        board.handle_desk(&aki(), false, at(2_030));
        assert_eq!(board.left(at(2_060)), [(visitor, conversation)]);
        assert_eq!((board.left(at(2_061)), board.absentee(conversation)), (vec![], Some(aki())));
        let waits = KeptTask { stage: Stage::Waiting, since: at(2_061), ..held };
        board.handle_absent(visitor, &waits, at(2_061));
        // It is told again with what else happens, and nothing comes of that.
        board.handle_kept(visitor, std::slice::from_ref(&waits), at(2_062));
        board.handle_presence(&aki(), routing::Presence::Available, at(2_063));
        let offers = std::iter::from_fn(|| board.poll_output());
        let decided = offers.filter_map(|output| match output {
            RouterOutput::Decided(decision) => Some(decision.reason.to_string()),
            _ => None,
        });
        assert_eq!(decided.collect::<Vec<_>>(), ["restored", "absent", "nobody-free", "last-agent"]);
    }
}
