//! What agents may do, by the visitor's leave. The visitor's page and the hub each keep their own, and neither believes the other's.

use core::time::Duration;

use crate::protocol::cobrowse::{Action, Capability, Grant, Request};
use crate::time::Instant;

/// Most grants at a time: two for each agent of a full session.
const GRANT_LIMIT: usize = 2 * crate::protocol::cobrowse::AGENT_LIMIT;

/// The longest time that can be granted; what is to last longer lasts until the session ends.
const LONGEST: Duration = Duration::from_secs(24 * 3_600);

/// Which capability an action needs.
pub fn needed(action: &Action) -> Capability {
    match action {
        Action::Go(_) => Capability::Navigation,
        _ => Capability::Control,
    }
}

/// The grants of one session. Invariant: at most one for each agent and capability.
#[derive(Clone, Debug, Default)]
pub struct Grants(Vec<Held>);

#[derive(Clone, Debug)]
struct Held {
    asked: Request,
    uses: Option<u32>,
    expires: Option<Instant>,
}

/// How an agent may do what he asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permit {
    /// Only within this node of the mirror.
    pub within: Option<u32>,
    /// What he types is only proposed.
    pub proposes: bool,
}

impl Grants {
    /// Grants what was asked for, in the place of an earlier grant of the same capability.
    pub fn grant(&mut self, asked: Request, now: Instant) {
        self.0.retain(|held| (held.asked.agent, held.asked.capability) != (asked.agent, asked.capability));
        if self.0.len() < GRANT_LIMIT {
            let expires = asked.seconds.map(|seconds| now + Duration::from_secs(seconds.into()).min(LONGEST));
            self.0.push(Held { uses: asked.uses, expires, asked });
        }
    }

    /// Takes everything back; whether there was anything.
    pub fn revoke(&mut self) -> bool {
        !core::mem::take(&mut self.0).is_empty()
    }

    /// Takes back what an agent has; whether there was anything.
    pub fn revoke_agent(&mut self, agent: u32) -> bool {
        let before = self.0.len();
        self.0.retain(|held| held.asked.agent != agent);
        self.0.len() < before
    }

    /// How an agent may use a capability now, if at all.
    pub fn permit(&self, agent: u32, capability: Capability, now: Instant) -> Option<Permit> {
        let held = self.0.iter().find(|held| (held.asked.agent, held.asked.capability) == (agent, capability))?;
        let is_over = held.expires.is_some_and(|expires| expires <= now) || held.uses == Some(0);
        (!is_over).then(|| Permit { within: held.asked.within, proposes: held.asked.proposes == Some(true) })
    }

    /// One use of it is gone; whether something ended with it.
    pub fn use_up(&mut self, agent: u32, capability: Capability) -> bool {
        for held in &mut self.0 {
            if (held.asked.agent, held.asked.capability) == (agent, capability) {
                held.uses = held.uses.map(|uses| uses.saturating_sub(1));
            }
        }
        let before = self.0.len();
        self.0.retain(|held| held.uses != Some(0));
        self.0.len() < before
    }

    /// Drops what has expired; whether something had.
    pub fn handle_timeout(&mut self, now: Instant) -> bool {
        let before = self.0.len();
        self.0.retain(|held| held.expires.is_none_or(|expires| expires > now));
        self.0.len() < before
    }

    /// When the next one expires.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.0.iter().filter_map(|held| held.expires).min()
    }

    /// Whether nobody may do anything.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As they are told.
    pub fn told(&self, now: Instant) -> Vec<Grant> {
        let told = |held: &Held| Grant {
            agent: held.asked.agent,
            capability: held.asked.capability,
            within: held.asked.within,
            uses: held.uses,
            expires_in: held.expires.map(|expires| expires.since(now).as_millis() as u32),
            proposes: held.asked.proposes,
        };
        self.0.iter().map(told).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Instant {
        Instant::at(Duration::from_secs(seconds))
    }

    fn asked(agent: u32, capability: Capability) -> Request {
        Request { agent, capability, within: None, uses: None, seconds: None, proposes: None }
    }

    #[test]
    fn a_grant_is_for_one_agent_and_one_capability() {
        let mut grants = Grants::default();
        grants.grant(asked(1, Capability::Control), at(0));
        assert!(grants.permit(1, Capability::Control, at(9_999)).is_some());
        assert_eq!(grants.permit(2, Capability::Control, at(0)), None);
        assert_eq!(grants.permit(1, Capability::Navigation, at(0)), None);
        assert!(grants.revoke_agent(1) && !grants.revoke_agent(1));
        assert_eq!(grants.permit(1, Capability::Control, at(0)), None);
    }

    #[test]
    fn a_grant_for_a_time_ends_to_the_moment() {
        let mut grants = Grants::default();
        grants.grant(Request { seconds: Some(120), ..asked(1, Capability::Control) }, at(10));
        assert!(grants.permit(1, Capability::Control, at(129)).is_some());
        assert_eq!(grants.permit(1, Capability::Control, at(130)), None, "also before anybody looked at the time");
        assert_eq!(grants.poll_timeout(), Some(at(130)));
        assert!(!grants.handle_timeout(at(129)) && grants.handle_timeout(at(130)) && grants.is_empty());
    }

    #[test]
    fn a_grant_for_some_uses_ends_with_the_last() {
        let mut grants = Grants::default();
        grants.grant(Request { uses: Some(2), ..asked(1, Capability::Control) }, at(0));
        assert!(!grants.use_up(1, Capability::Control) && grants.use_up(1, Capability::Control));
        assert!(grants.is_empty());
        grants.grant(Request { uses: Some(0), ..asked(1, Capability::Control) }, at(0));
        assert_eq!(grants.permit(1, Capability::Control, at(0)), None);
    }

    #[test]
    fn a_new_grant_takes_the_place_of_the_old_one() {
        let mut grants = Grants::default();
        grants.grant(asked(1, Capability::Control), at(0));
        grants.grant(Request { within: Some(7), proposes: Some(true), ..asked(1, Capability::Control) }, at(0));
        assert_eq!(grants.permit(1, Capability::Control, at(0)), Some(Permit { within: Some(7), proposes: true }));
        assert_eq!(grants.told(at(0)).len(), 1);
    }

    #[test]
    fn there_is_a_limit_to_grants() {
        let mut grants = Grants::default();
        for agent in 0..1_000 {
            grants.grant(asked(agent, Capability::Control), at(0));
        }
        assert_eq!(grants.told(at(0)).len(), GRANT_LIMIT);
    }
}
