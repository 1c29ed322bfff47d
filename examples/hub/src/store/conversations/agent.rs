//! What agents do in conversations that they have, take and pass on.

use alongside::protocol::conversation::{Author, Event, MessageText, Objection, Stage};
use alongside::protocol::{ConversationId, SignIn};
use rusqlite::params;

use super::kinds::{AgentName, Changed, Goal, KeptConversation};
use super::thread::{Line, Thread, is_on};
use crate::store::remarks;

impl Thread<'_> {
    pub(super) fn take(&self, conversation: ConversationId, agent: &AgentName) -> rusqlite::Result<Changed> {
        let Some(found) = self.find(conversation)? else { return Ok(Changed::Refused(Objection::NotFound)) };
        let is_own = found.agent.as_ref().is_some_and(|has| has.agent == agent.agent);
        match found.stage {
            Stage::Waiting => {
                self.move_to(&found, Stage::Open, Some(agent))?;
                let event = if self.arrives(&found)? { Event::Transferred } else { Event::Joined };
                let entry = self.happened(&found, event, Author::Hub, Some(agent))?;
                self.told(&found, vec![entry])
            }
            Stage::Open if is_own => Ok(Changed::Before(Box::new(found), Vec::new())),
            Stage::Open => Ok(Changed::Refused(Objection::Taken)),
            _ => Ok(Changed::Refused(Objection::Ended)),
        }
    }

    pub(super) fn end(
        &self,
        found: KeptConversation,
        by: Author,
        agent: Option<&AgentName>,
    ) -> rusqlite::Result<Changed> {
        self.move_to(&found, Stage::Ended, None)?;
        remarks::begin(self.state, self.of, &found, self.at)?;
        let entry = self.happened(&found, Event::Ended, by, agent)?;
        self.told(&found, vec![entry])
    }

    /// Nothing was said for too long. That it ended is no activity, and who is not there is not asked what it was about.
    pub(super) fn lapse(&self, found: &KeptConversation, available: &[String]) -> rusqlite::Result<Changed> {
        self.move_to(found, Stage::Ended, None)?;
        if found.agent.as_ref().is_some_and(|agent| available.contains(&agent.agent)) {
            remarks::begin(self.state, self.of, found, self.at)?;
        }
        let entry = self.happened(found, Event::Ended, Author::Hub, None)?;
        self.state
            .prepare_cached("UPDATE conversation SET last_at = ?3 WHERE tenant = ?1 AND id = ?2")?
            .execute(params![self.of.tenant.0, found.conversation.as_bytes(), found.last.at.as_millis() as i64])?;
        self.told(found, vec![entry])
    }

    /// Its agent has it no more: it waits for another one.
    pub(super) fn leave(&self, found: &KeptConversation, agent: &AgentName) -> rusqlite::Result<Changed> {
        self.move_to(found, Stage::Waiting, None)?;
        let entry = self.happened(found, Event::Left, Author::Hub, Some(agent))?;
        self.told(found, vec![entry])
    }

    pub(super) fn ask_sign_in(
        &self,
        found: &KeptConversation,
        agent: &AgentName,
        text: &MessageText,
    ) -> rusqlite::Result<Changed> {
        match found.sign_in {
            Some(SignIn::Possible) => {}
            Some(_) => return Ok(Changed::Before(Box::new(found.clone()), Vec::new())),
            None => return Ok(Changed::Refused(Objection::NotFound)),
        }
        self.state
            .prepare_cached("UPDATE conversation SET sign_in_asked = ?3 WHERE tenant = ?1 AND id = ?2")?
            .execute(params![self.of.tenant.0, found.conversation.as_bytes(), self.at.as_millis() as i64])?;
        let entry = self.append(found, Author::Agent, Some(agent), Line::Asked(text))?;
        self.told(found, vec![entry])
    }

    /// What comes of it that an agent asked, where he did before that moment and nothing has come of it yet.
    pub(super) fn answer_sign_in(
        &self,
        conversation: Option<ConversationId>,
        event: Event,
        asked_before: i64,
        name: Option<&str>,
    ) -> rusqlite::Result<Changed> {
        let Some(found) = self.meant(conversation)?.filter(is_on) else {
            return Ok(Changed::Refused(Objection::NotFound));
        };
        let answered = self
            .state
            .prepare_cached(
                "UPDATE conversation SET sign_in_asked = NULL WHERE tenant = ?1 AND id = ?2 AND sign_in_asked <= ?3",
            )?
            .execute(params![self.of.tenant.0, found.conversation.as_bytes(), asked_before])?;
        if answered == 0 {
            return Ok(Changed::Refused(Objection::NotFound));
        }
        let entry = self.append(&found, Author::Hub, None, Line::Answered(event, name))?;
        self.told(&found, vec![entry])
    }

    /// Does something in a conversation that this agent has.
    pub(super) fn own(
        &self,
        conversation: ConversationId,
        agent: &AgentName,
        act: impl FnOnce(&Self, KeptConversation) -> rusqlite::Result<Changed>,
    ) -> rusqlite::Result<Changed> {
        match self.find(conversation)? {
            None => Ok(Changed::Refused(Objection::NotFound)),
            Some(found) if found.stage == Stage::Ended => Ok(Changed::Refused(Objection::Ended)),
            Some(found) if found.stage != Stage::Open => Ok(Changed::Refused(Objection::NotFound)),
            Some(found) if found.agent.as_ref().is_none_or(|has| has.agent != agent.agent) => {
                Ok(Changed::Refused(Objection::Taken))
            }
            Some(found) => act(self, found),
        }
    }

    pub(super) fn pass_on(&self, found: &KeptConversation, goal: &Goal) -> rusqlite::Result<()> {
        let (wanted, queue) = match goal {
            Goal::Agent(agent) => (Some(agent), None),
            Goal::Queue(queue) => (None, Some(queue)),
        };
        self.state
            .prepare_cached(
                "UPDATE conversation SET transferred = 1, wanted = ?3, queue = coalesce(?4, queue) WHERE tenant = ?1 AND id = ?2",
            )?
            .execute(params![self.of.tenant.0, found.conversation.as_bytes(), wanted, queue])?;
        Ok(())
    }

    /// Whether it was passed on before somebody takes it now; from then on it was not.
    pub(super) fn arrives(&self, found: &KeptConversation) -> rusqlite::Result<bool> {
        let changed = self
            .state
            .prepare_cached(
                "UPDATE conversation SET transferred = 0, wanted = NULL WHERE tenant = ?1 AND id = ?2 AND transferred = 1",
            )?
            .execute(params![self.of.tenant.0, found.conversation.as_bytes()])?;
        Ok(changed == 1)
    }
}
