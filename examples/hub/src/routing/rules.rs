//! What a customer says of his agents and queues, as one JSON document.
//!
//! Invariant: [`Rules`] are consistent. There is a queue, names are unique, and every queue that is named is there.

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::agent::{Agent, CAPACITY};
use super::name::{AgentId, Language, QueueId, Skill};
use super::queue::{Queue, Relaxation, Step};
use super::router::{ABSENCE, OFFER};

/// Who is good at what, and where conversations wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rules(Document);

/// Why a document is no [`Rules`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BadRules {
    /// It is not of the form; what is wrong, and where.
    Form(String),
    /// There is no queue, or there are more than 32.
    Queues,
    /// There are more than 1,000 agents.
    Agents,
    /// A name is empty, longer than 64 bytes, or has control characters.
    Name(String),
    /// Something is there twice.
    Twice(String),
    /// An agent serves a queue that is not there.
    NoQueue {
        /// Who.
        agent: String,
        /// Which.
        queue: String,
    },
    /// There is no such agent.
    NoAgent(String),
    /// A number is too large, or 0.
    Number {
        /// Of what.
        of: &'static str,
        /// The highest one.
        most: u64,
    },
    /// A queue's priority is above 100.
    Priority,
    /// A queue has more than 16 steps, or one that does not say what it gives up.
    Step {
        /// Which queue.
        queue: String,
    },
}

impl fmt::Display for BadRules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form(what) => {
                write!(f, "the body is {{\"routing\": {{\"queues\": [...], \"agents\": [...]}}}}: {what}")
            }
            Self::Queues => write!(f, "there are 1 to {QUEUES} queues"),
            Self::Agents => write!(f, "there are at most {AGENTS} agents"),
            Self::Name(name) => write!(f, "'{name}' is no name: 1 to {NAME} bytes, without control characters"),
            Self::Twice(name) => write!(f, "'{name}' is there twice"),
            Self::NoQueue { agent, queue } => write!(f, "{agent} serves '{queue}', and there is no such queue"),
            Self::NoAgent(agent) => write!(f, "there is no agent '{agent}' who may handle conversations"),
            Self::Number { of, most } => write!(f, "{of} is 1 to {most}"),
            Self::Priority => write!(f, "a queue's priority is 0 to {MOST_PRIORITY}"),
            Self::Step { queue } => write!(
                f,
                "'{queue}' has at most {STEPS} steps, and \"drop\" is \"skills\", \"language\", \"skill\" (with \"skill\") or \
                 \"level\" (with \"skill\" and \"level\")"
            ),
        }
    }
}

impl core::error::Error for BadRules {}

impl Default for Rules {
    /// One queue, `main`, which gives the language up after a minute; all agents serve it.
    fn default() -> Self {
        let drop_language = StepRule { after: 60, drop: Drop::Language, skill: None, level: None };
        let main = QueueRule {
            id: "main".into(),
            name: "Main".into(),
            priority: 0,
            skills: BTreeMap::new(),
            steps: vec![drop_language],
        };
        Self(Document { offer: offer(), absence: absence(), queues: vec![main], agents: Vec::new() })
    }
}

impl Rules {
    /// What [`Rules::written`] has written, or somebody else.
    ///
    /// # Errors
    /// [`BadRules`].
    pub fn read(text: &str) -> Result<Self, BadRules> {
        let body: Body = serde_json::from_str(text).map_err(|error| BadRules::Form(error.to_string()))?;
        body.routing.check()?;
        Ok(body.routing)
    }

    /// They as JSON, as they are kept and told.
    pub fn written(&self) -> String {
        serde_json::json!({ "routing": self }).to_string()
    }

    /// Whether everybody who is named is one of these.
    ///
    /// # Errors
    /// [`BadRules::NoAgent`].
    pub fn check_agents<'a>(&self, known: impl Iterator<Item = &'a str>) -> Result<(), BadRules> {
        let known: BTreeSet<&str> = known.collect();
        let unknown = self.0.agents.iter().find(|rule| !known.contains(rule.agent.as_str()));
        unknown.map_or(Ok(()), |rule| Err(BadRules::NoAgent(rule.agent.clone())))
    }

    /// For so long an offer waits.
    pub fn offer_time(&self) -> Duration {
        Duration::from_secs(self.0.offer)
    }

    /// After so long without a desk an agent is gone.
    pub fn absence(&self) -> Duration {
        Duration::from_secs(self.0.absence)
    }

    /// All queues. Conversations begin in the first one.
    pub fn queues(&self) -> impl Iterator<Item = Queue> {
        self.0.queues.iter().map(|rule| Queue {
            id: rule.id.as_str().into(),
            name: rule.name.clone(),
            steps: rule.steps.iter().filter_map(StepRule::step).collect(),
        })
    }

    /// The queue of that name; where there is none, the one that conversations begin in.
    pub fn queue(&self, name: Option<&str>) -> QueueId {
        let named = name.filter(|name| self.has_queue(name));
        named.or(self.0.queues.first().map(|first| first.id.as_str())).unwrap_or_default().into()
    }

    /// Whether there is a queue of that name.
    pub fn has_queue(&self, name: &str) -> bool {
        self.0.queues.iter().any(|rule| rule.id == name)
    }

    /// What conversations of a queue need.
    pub fn skills(&self, queue: &QueueId) -> BTreeMap<Skill, u8> {
        self.rule(queue).map(|rule| skills(&rule.skills)).unwrap_or_default()
    }

    /// With which priority conversations of a queue begin to wait.
    pub fn priority(&self, queue: &QueueId) -> i32 {
        self.rule(queue).map_or(0, |rule| rule.priority.into())
    }

    fn rule(&self, queue: &QueueId) -> Option<&QueueRule> {
        self.0.queues.iter().find(|rule| rule.id == queue.as_str())
    }

    /// The visitor's language by his page's tag, where somebody is named who writes it: nobody else could be found for it.
    pub fn language(&self, tag: &str) -> Option<Language> {
        let primary = tag.split('-').next().unwrap_or(tag).to_ascii_lowercase();
        let is_written = self.0.agents.iter().any(|rule| rule.languages.contains(&primary));
        is_written.then(|| primary.as_str().into())
    }

    /// What is known of an agent. One who is not named has no skills, and serves all queues.
    pub fn agent(&self, id: &AgentId, name: &str) -> Agent {
        let rule = self.0.agents.iter().find(|rule| rule.agent == id.as_str());
        let all = || self.0.queues.iter().map(|queue| queue.id.as_str().into()).collect();
        Agent {
            id: id.clone(),
            name: name.to_owned(),
            skills: rule.map(|rule| skills(&rule.skills)).unwrap_or_default(),
            languages: rule.iter().flat_map(|rule| &rule.languages).map(|language| language.as_str().into()).collect(),
            capacity: rule.map_or(CAPACITY, |rule| rule.capacity),
            queues: rule
                .and_then(|rule| rule.queues.as_ref())
                .map_or_else(all, |queues| queues.iter().map(|queue| queue.as_str().into()).collect()),
        }
    }

    fn check(&self) -> Result<(), BadRules> {
        let Document { offer, absence, queues, agents } = &self.0;
        within("offer", *offer, MOST_OFFER)?;
        within("absence", *absence, MOST_ABSENCE)?;
        if queues.is_empty() || queues.len() > QUEUES {
            return Err(BadRules::Queues);
        }
        if agents.len() > AGENTS {
            return Err(BadRules::Agents);
        }
        let mut seen = BTreeSet::new();
        for queue in queues {
            named(&queue.id)?;
            named(&queue.name)?;
            leveled(&queue.skills)?;
            if queue.priority > MOST_PRIORITY {
                return Err(BadRules::Priority);
            }
            if !seen.insert(&queue.id) {
                return Err(BadRules::Twice(queue.id.clone()));
            }
            let is_bad = |step: &StepRule| step.step().is_none();
            if queue.steps.len() > STEPS || queue.steps.iter().any(is_bad) {
                return Err(BadRules::Step { queue: queue.id.clone() });
            }
            queue.steps.iter().try_for_each(|step| within("after", step.after, MOST_AFTER))?;
        }
        let mut seen = BTreeSet::new();
        for rule in agents {
            if !seen.insert(&rule.agent) {
                return Err(BadRules::Twice(rule.agent.clone()));
            }
            leveled(&rule.skills)?;
            rule.languages.iter().try_for_each(|language| named(language))?;
            within("capacity", rule.capacity.into(), MOST_CAPACITY)?;
            if let Some(queue) = rule.queues.iter().flatten().find(|queue| !self.has_queue(queue)) {
                return Err(BadRules::NoQueue { agent: rule.agent.clone(), queue: queue.clone() });
            }
        }
        Ok(())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    routing: Rules,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    /// Seconds.
    #[serde(default = "offer")]
    offer: u64,
    /// Seconds.
    #[serde(default = "absence")]
    absence: u64,
    queues: Vec<QueueRule>,
    #[serde(default)]
    agents: Vec<AgentRule>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct QueueRule {
    id: String,
    name: String,
    #[serde(default)]
    priority: u8,
    #[serde(default)]
    skills: BTreeMap<String, u8>,
    #[serde(default)]
    steps: Vec<StepRule>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StepRule {
    /// Seconds.
    after: u64,
    drop: Drop,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    skill: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    level: Option<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Drop {
    Skills,
    Language,
    Skill,
    Level,
}

impl StepRule {
    fn step(&self) -> Option<Step> {
        let relaxation = match (self.drop, self.skill.as_deref(), self.level) {
            (Drop::Skills, None, None) => Relaxation::Skills,
            (Drop::Language, None, None) => Relaxation::Language,
            (Drop::Skill, Some(skill), None) => Relaxation::Skill(skill.into()),
            (Drop::Level, Some(skill), Some(level)) => Relaxation::Level(skill.into(), level),
            _ => return None,
        };
        Some(Step { after: Duration::from_secs(self.after), relaxation })
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AgentRule {
    agent: String,
    #[serde(default)]
    skills: BTreeMap<String, u8>,
    #[serde(default)]
    languages: BTreeSet<String>,
    #[serde(default = "capacity")]
    capacity: u32,
    /// Absent for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    queues: Option<BTreeSet<String>>,
}

fn offer() -> u64 {
    OFFER.as_secs()
}

fn absence() -> u64 {
    ABSENCE.as_secs()
}

fn capacity() -> u32 {
    CAPACITY
}

fn skills(rules: &BTreeMap<String, u8>) -> BTreeMap<Skill, u8> {
    rules.iter().map(|(skill, level)| (skill.as_str().into(), *level)).collect()
}

fn named(name: &str) -> Result<(), BadRules> {
    let is_name = !name.is_empty() && name.len() <= NAME && !name.chars().any(char::is_control);
    is_name.then_some(()).ok_or_else(|| BadRules::Name(name.chars().take(NAME).collect()))
}

fn leveled(skills: &BTreeMap<String, u8>) -> Result<(), BadRules> {
    skills
        .iter()
        .try_for_each(|(skill, level)| named(skill).and(within("a skill's level", u64::from(*level), MOST_LEVEL)))
}

fn within(of: &'static str, number: u64, most: u64) -> Result<(), BadRules> {
    (1..=most).contains(&number).then_some(()).ok_or(BadRules::Number { of, most })
}

/// Most queues.
const QUEUES: usize = 32;

/// Most agents of whom something is said.
const AGENTS: usize = 1_000;

/// Longest name of a queue, skill or language, in bytes.
const NAME: usize = 64;

/// Most steps of a queue.
const STEPS: usize = 16;

const MOST_OFFER: u64 = 300;
const MOST_ABSENCE: u64 = 3_600;
const MOST_PRIORITY: u8 = 100;
const MOST_AFTER: u64 = 86_400;
const MOST_CAPACITY: u64 = 100;
const MOST_LEVEL: u64 = 100;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(routing: &serde_json::Value) -> Result<Rules, String> {
        Rules::read(&serde_json::json!({ "routing": routing }).to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn rules_are_written_as_they_were_read() {
        let rules = read(&serde_json::json!({
            "offer": 30,
            "absence": 300,
            "queues": [
                { "id": "main", "name": "Main" },
                { "id": "returns", "name": "Returns", "priority": 5, "skills": { "returns": 2 }, "steps": [
                    { "after": 30, "drop": "level", "skill": "returns", "level": 1 },
                    { "after": 60, "drop": "skill", "skill": "returns" },
                    { "after": 90, "drop": "skills" }, { "after": 90, "drop": "language" }
                ] }
            ],
            "agents": [{ "agent": "aki@example.com", "skills": { "returns": 3 }, "languages": ["ja"], "queues": ["returns"] }]
        }))
        .expect("rules");
        assert_eq!(Rules::read(&rules.written()), Ok(rules.clone()));
        let aki = rules.agent(&"aki@example.com".into(), "Aki");
        assert_eq!((aki.capacity, aki.queues.len()), (4, 1));
        assert_eq!(rules.agent(&"ben@example.com".into(), "Ben").queues.len(), 2, "who is not named serves all");
        assert_eq!(rules.queue(Some("gone")), "main".into());
        assert_eq!(rules.skills(&"returns".into()), BTreeMap::from([("returns".into(), 2)]));
        assert_eq!((rules.priority(&"returns".into()), rules.priority(&"main".into())), (5, 0));
        assert_eq!(rules.absence(), Duration::from_secs(300));
        assert_eq!((rules.language("ja-JP"), rules.language("fr")), (Some("ja".into()), None));
        assert_eq!(Rules::read(&Rules::default().written()), Ok(Rules::default()));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let main = serde_json::json!([{ "id": "main", "name": "Main" }]);
        for (routing, expected) in [
            (serde_json::json!({ "queues": [] }), "there are 1 to 32 queues"),
            (serde_json::json!({ "queues": [{ "id": "", "name": "Main" }] }), "'' is no name"),
            (serde_json::json!({ "queues": [main[0], main[0]] }), "'main' is there twice"),
            (serde_json::json!({ "queues": main, "offer": 0 }), "offer is 1 to 300"),
            (serde_json::json!({ "queues": main, "absence": 3_601 }), "absence is 1 to 3600"),
            (
                serde_json::json!({ "queues": [{ "id": "a", "name": "A", "priority": 101 }] }),
                "a queue's priority is 0 to 100",
            ),
            (
                serde_json::json!({ "queues": main, "agents": [{ "agent": "a", "capacity": 0 }] }),
                "capacity is 1 to 100",
            ),
            (
                serde_json::json!({ "queues": main, "agents": [{ "agent": "a", "queues": ["gone"] }] }),
                "a serves 'gone', and there is no such queue",
            ),
            (serde_json::json!({ "queues": main, "agents": [{ "agent": "a", "skill": {} }] }), "unknown field `skill`"),
            (
                serde_json::json!({ "queues": [{ "id": "a", "name": "A", "steps": [{ "after": 5, "drop": "level" }] }] }),
                "\"level\" (with \"skill\" and \"level\")",
            ),
            (serde_json::json!({ "queues": "main" }), "expected a sequence"),
        ] {
            let error = read(&routing).expect_err("it is bad");
            assert!(error.contains(expected), "{error}");
        }
    }
}
