//! The shared session as the desk shows it: a copy of what the agent's half says, with times by the hub's clock.

use std::time::Duration;

use alongside::cobrowse::{AgentSession, AgentStage};
use alongside::protocol::cobrowse::{Capability, Grant, Objection, Outcome, Session};
use alongside::time::{Instant, Timestamp};

/// What is to be seen of a session.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shared {
    /// How far it is.
    pub stage: AgentStage,
    /// As the hub told it.
    pub told: Option<Session>,
    /// An offer expires then, or the session ends where nothing is done, or the visitor does not come back.
    pub ends: Option<Timestamp>,
    /// The code to tell the visitor, and until when it is good.
    pub code: Option<(String, Timestamp)>,
    /// Why the last wish was not met.
    pub objection: Option<Objection>,
    /// How long a message takes to the visitor's page and back.
    pub latency: Option<Duration>,
    /// Control, where this agent has it.
    pub control: Option<Held>,
    /// Navigation, where this agent has it.
    pub navigation: Option<Held>,
    /// Since when it is as far as it is.
    pub since: Timestamp,
}

/// What was granted to this agent.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// As it was told.
    pub grant: Grant,
    /// When it ends by itself.
    pub ends: Option<Timestamp>,
}

/// What became of something that this agent asked the visitor for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The visitor agreed.
    Granted(Capability),
    /// The visitor said no, or did not answer.
    Declined(Capability),
    /// What was granted is so no more.
    Ended(Capability),
}

/// What the agent is told in passing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    /// What became of an act.
    Outcome(Outcome),
    /// What the visitor decided.
    Verdict(Verdict),
    /// Why the hub did not pass a wish on.
    Objection(Objection),
    /// What was typed is no address.
    BadAddress,
}

impl Shared {
    /// What a session says at `now`; `wall` is the same moment by the hub's clock, `last` what was shown before.
    pub fn of(session: &AgentSession, last: &Self, now: Instant, wall: Timestamp) -> Self {
        let at = |moment: Instant| wall + moment.since(now);
        let told_at = session.told_at().unwrap_or(now);
        let held = |capability| {
            let grant = session.grant(capability, now)?.clone();
            let ends = grant.expires_in.map(|left| at(told_at + Duration::from_millis(left.into())));
            Some(Held { grant, ends })
        };
        let stage = session.stage();
        let is_same = last.stage == stage && last.session() == session.told().map(|told| told.session);
        // Clocks are compared anew each time: what only trembles has not changed.
        let steady = |old: Option<Timestamp>, new: Option<Timestamp>| match (old, new) {
            (Some(old), Some(new)) if old.since(new).max(new.since(old)) < STEADY => Some(old),
            (_, new) => new,
        };
        Self {
            stage,
            told: session.told().cloned(),
            ends: steady(last.ends, session.ends_at().map(at)),
            code: session.code().zip(session.code_ends_at()).map(|(code, ends)| {
                let old = last.code.as_ref().map(|(_, old)| *old);
                (code.to_owned(), steady(old, Some(at(ends))).unwrap_or(wall))
            }),
            objection: session.objection(),
            latency: session.latency(),
            control: held(Capability::Control),
            navigation: held(Capability::Navigation),
            since: if is_same { last.since } else { wall },
        }
    }

    /// Which session it is.
    pub fn session(&self) -> Option<alongside::protocol::SessionId> {
        self.told.as_ref().map(|told| told.session)
    }

    /// Whether this agent only looks on.
    pub fn is_silent(&self) -> bool {
        let me = self.told.as_ref().and_then(|told| told.agents.iter().find(|agent| Some(agent.number) == told.you));
        me.is_some_and(|me| me.is_silent)
    }

    /// Whether the visitor looks at something else than the page that is shown.
    pub fn is_hidden(&self) -> bool {
        let is_hidden = self.told.as_ref().and_then(|told| told.is_hidden).unwrap_or_default();
        is_hidden && self.stage == AgentStage::Live
    }

    /// Whether there is a session, or one is on its way.
    pub fn is_on(&self) -> bool {
        !matches!(self.stage, AgentStage::Idle | AgentStage::Over(_))
    }

    /// Whether a capability is granted to this agent.
    pub fn holds(&self, capability: Capability) -> bool {
        match capability {
            Capability::Control => self.control.is_some(),
            Capability::Navigation => self.navigation.is_some(),
            _ => false,
        }
    }

    /// What became of this agent's request or grants since `last`; in the same session only.
    pub fn verdicts(&self, last: &Self) -> Vec<Verdict> {
        if self.session() != last.session() || !matches!(self.stage, AgentStage::Live | AgentStage::Waiting) {
            return Vec::new();
        }
        let asked = |shared: &Self, capability| {
            let told = shared.told.as_ref()?;
            told.request.as_ref().filter(|ask| (Some(ask.agent), ask.capability) == (told.you, capability)).map(|_| ())
        };
        let verdict = |capability| match (last.holds(capability), self.holds(capability)) {
            (false, true) => Some(Verdict::Granted(capability)),
            (true, false) => Some(Verdict::Ended(capability)),
            (false, false) if asked(last, capability).is_some() && asked(self, capability).is_none() => {
                Some(Verdict::Declined(capability))
            }
            _ => None,
        };
        [Capability::Control, Capability::Navigation].into_iter().filter_map(verdict).collect()
    }
}

/// Differences of one moment that come from two clocks are smaller.
const STEADY: Duration = Duration::from_millis(400);

/// What is left until then, as minutes and seconds, or seconds where it is less than one minute.
pub fn left(until: Timestamp, now: Timestamp) -> String {
    // Counts down to 1, and is over at 0.
    let seconds = until.since(now).as_millis().div_ceil(1_000);
    if seconds < 60 { seconds.to_string() } else { format!("{}:{:02}", seconds / 60, seconds % 60) }
}

#[cfg(test)]
pub mod sample {
    use super::*;
    use alongside::protocol::cobrowse::{Agent, Channel, Stage};
    use alongside::protocol::{SessionId, VisitId};

    pub fn live() -> Shared {
        let told = Session {
            session: SessionId::from_bytes([1; 16]),
            visit: VisitId::from_bytes([2; 16]),
            channel: Channel::Chat,
            stage: Stage::Live,
            agents: vec![Agent { number: 1, name: "Ann".into(), is_silent: false }],
            request: None,
            grants: Vec::new(),
            is_paused: false,
            is_there: true,
            ends_in: None,
            reason: None,
            you: Some(1),
            wish: None,
            is_hidden: None,
        };
        Shared { stage: AgentStage::Live, told: Some(told), ..Shared::default() }
    }

    pub fn silent() -> Shared {
        let mut shared = live();
        let told = shared.told.as_mut().expect("it is live");
        told.agents[0].is_silent = true;
        shared
    }

    pub fn granted(capability: Capability) -> Shared {
        let grant = Grant { agent: 1, capability, within: None, uses: None, expires_in: None, proposes: None };
        let held = Some(Held { grant, ends: None });
        match capability {
            Capability::Control => Shared { control: held, ..live() },
            _ => Shared { navigation: held, ..live() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::sample::{granted, live};
    use super::*;
    use alongside::protocol::cobrowse::Request;

    #[test]
    fn a_countdown_ends_at_nothing_and_not_before() {
        let now = Timestamp::from_millis(1_000_000);
        let after = |milliseconds| left(now + Duration::from_millis(milliseconds), now);
        assert_eq!(
            [after(0), after(1), after(59_000), after(60_000), after(299_001)],
            ["0", "1", "59", "1:00", "5:00"]
        );
    }

    #[test]
    fn the_agent_is_told_what_became_of_his_request() {
        let mut asking = live();
        let capability = Capability::Control;
        let request = Request { agent: 1, capability, within: None, uses: None, seconds: None, proposes: None };
        asking.told.as_mut().expect("it is live").request = Some(request.clone());
        assert_eq!(live().verdicts(&asking), [Verdict::Declined(capability)]);
        assert_eq!(granted(capability).verdicts(&asking), [Verdict::Granted(capability)]);
        assert_eq!(live().verdicts(&granted(capability)), [Verdict::Ended(capability)]);
        assert_eq!(asking.verdicts(&live()), [], "the visitor has not answered");
        let mut other = live();
        other.told.as_mut().expect("it is live").request = Some(Request { agent: 2, ..request });
        assert_eq!(live().verdicts(&other), [], "another agent asked");
    }
}
