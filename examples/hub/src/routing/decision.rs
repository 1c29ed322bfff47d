//! Why something was decided.

use core::fmt;

use alongside::time::Timestamp;

use super::name::AgentId;
use super::queue::Relaxation;
use super::task::Task;

/// One decision, for the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// About which conversation; `None` where it is about an agent.
    pub task: Option<Task>,
    /// About which agent.
    pub agent: Option<AgentId>,
    /// What was decided, and why.
    pub reason: Reason,
    /// When.
    pub at: Timestamp,
}

/// What was decided, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Offered to the agent who had the conversation before.
    LastAgent,
    /// Offered to the agent that it was transferred to.
    TransferredTo,
    /// Offered to him who, of those that meet the needs, has the least load, and of these is idle for the longest time.
    LeastLoaded,
    /// It waits: nobody who meets the needs is free.
    NobodyFree,
    /// It waits no longer for the agent who had it before, or whom it was transferred to.
    PreferenceDropped,
    /// A need was given up, for the time that it waited.
    Relaxed(Relaxation),
    /// The agent took it.
    Accepted,
    /// The agent took it by himself, from the list.
    Taken,
    /// The agent did not want it.
    Declined,
    /// The agent did not answer in time.
    Expired,
    /// The agent is not responding: too many offers ran out.
    NotResponding,
    /// Taken from the agent: he went away, or was given less to do.
    Withdrawn,
    /// Taken from the agent: he has had no desk for too long, and the visitor waits for an answer.
    Absent,
    /// Taken from the agent: it is transferred.
    Transferred,
    /// The agent has it since before the hub started.
    Restored,
    /// It is over, or the visitor left.
    Done,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LastAgent => "last-agent",
            Self::TransferredTo => "transferred-to",
            Self::LeastLoaded => "least-loaded",
            Self::NobodyFree => "nobody-free",
            Self::PreferenceDropped => "preference-dropped",
            Self::Relaxed(Relaxation::Level(skill, level)) => return write!(f, "relaxed level {skill} {level}"),
            Self::Relaxed(Relaxation::Skill(skill)) => return write!(f, "relaxed skill {skill}"),
            Self::Relaxed(Relaxation::Skills) => "relaxed skills",
            Self::Relaxed(Relaxation::Language) => "relaxed language",
            Self::Accepted => "accepted",
            Self::Taken => "taken",
            Self::Declined => "declined",
            Self::Expired => "expired",
            Self::NotResponding => "not-responding",
            Self::Withdrawn => "withdrawn",
            Self::Absent => "absent",
            Self::Transferred => "transferred",
            Self::Restored => "restored",
            Self::Done => "done",
        })
    }
}
