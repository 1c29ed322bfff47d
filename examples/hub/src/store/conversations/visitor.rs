//! What visitors do in their thread, and the bot that answers them.

use alongside::protocol::conversation::{Author, BEST, Event, Objection, PERSON_LIMIT, Rating, Say, Stage};
use alongside::protocol::rich::AnswerValue;
use rusqlite::params;

use super::kinds::{AgentName, BotTurn, Changed, KeptConversation, Sender, Spoken, Then};
use super::thread::{Line, Said, Thread, is_on};

/// Most values that are kept of what was filled in, and the longest of them in bytes.
const VALUES: usize = 64;
const VALUE: usize = 2_048;

impl Thread<'_> {
    pub(super) fn say(&self, Spoken { say, from, threading, bot }: &Spoken) -> rusqlite::Result<Changed> {
        if let Some(entry) = self.entry(say.id)? {
            return self.before(entry);
        }
        if let Some(rating) = &say.rating {
            return self.rate(say, rating);
        }
        let Ok(file) = self.brought(say.file, None)? else { return Ok(Changed::Refused(Objection::NotFound)) };
        let current = self.current()?;
        let found = match current.filter(is_on) {
            Some(current) if self.at.since(current.last.at) <= *threading => current,
            old => {
                if let Some(old) = old {
                    self.move_to(&old, Stage::Ended, None)?;
                }
                let begun = self.begin(bot.as_ref())?;
                self.introduce(&begun, &say.filled)?;
                begun
            }
        };
        if let Some(from) = from {
            self.comes_from(from)?;
        }
        // Where he is on the site.
        self.state
            .prepare_cached(
                "UPDATE conversation SET visit =
                     (SELECT id FROM visit WHERE tenant = ?1 AND visitor = ?3 ORDER BY last_activity DESC LIMIT 1)
                 WHERE tenant = ?1 AND id = ?2",
            )?
            .execute(params![self.of.tenant.0, found.conversation.as_bytes(), self.of.visitor.as_bytes()])?;
        let said = Said { file, answer: say.answer.as_ref(), ..Said::new(say.id, &say.text) };
        let entry = self.append(&found, Author::Visitor, None, Line::Said(said))?;
        self.told(&found, vec![entry])
    }

    /// How a conversation was: kept with it, once.
    pub(super) fn rate(&self, say: &Say, rating: &Rating) -> rusqlite::Result<Changed> {
        let is_about = |found: &KeptConversation| found.conversation == rating.conversation && !is_on(found);
        let Some(found) = self.current()?.filter(is_about).filter(|_| (1..=BEST).contains(&rating.score)) else {
            return Ok(Changed::Refused(Objection::NotFound));
        };
        let changed = self
            .state
            .prepare_cached("UPDATE conversation SET rating = ?3 WHERE tenant = ?1 AND id = ?2 AND rating IS NULL")?
            .execute(params![self.of.tenant.0, found.conversation.as_bytes(), rating.score])?;
        if changed == 0 {
            return Ok(Changed::Refused(Objection::Ended));
        }
        let said = Said { rating: Some(rating.score), ..Said::new(say.id, &say.text) };
        let entry = self.append(&found, Author::Visitor, None, Line::Said(said))?;
        // Nobody has to read it.
        self.state
            .prepare_cached("UPDATE conversation SET agent_read = last_seq WHERE tenant = ?1 AND id = ?2")?
            .execute(params![self.of.tenant.0, found.conversation.as_bytes()])?;
        self.told(&found, vec![entry])
    }

    /// What he filled in before a conversation began.
    pub(super) fn introduce(&self, begun: &KeptConversation, filled: &[AnswerValue]) -> rusqlite::Result<()> {
        let values: Vec<_> =
            filled.iter().filter_map(|value| Some((value.name.clone()?, value.value.clone()))).collect();
        self.collect(begun, &values)?;
        if let Some((_, name)) = values.iter().find(|(field, _)| *field == "name") {
            let mut name = name.trim().to_owned();
            name.truncate(name.floor_char_boundary(PERSON_LIMIT));
            self.state
                .prepare_cached("UPDATE thread SET name = nullif(?3, '') WHERE tenant = ?1 AND visitor = ?2")?
                .execute(params![self.of.tenant.0, self.of.visitor.as_bytes(), name])?;
        }
        Ok(())
    }

    /// What he filled in is kept with the conversation: what is new in the place of what he filled in before.
    pub(super) fn collect(&self, found: &KeptConversation, values: &[(String, String)]) -> rusqlite::Result<()> {
        if values.is_empty() {
            return Ok(());
        }
        let mut all = found.collected.clone();
        let cut = |text: &str, limit: usize| text[..text.floor_char_boundary(limit)].to_owned();
        for (name, value) in values {
            let (name, value) = (cut(name, PERSON_LIMIT), cut(value, VALUE));
            match all.iter().position(|(known, _)| *known == name) {
                Some(at) => all[at].1 = value,
                None if all.len() < VALUES => all.push((name, value)),
                None => {}
            }
        }
        self.state
            .prepare_cached(
                "UPDATE conversation SET collected = ?3, version = version + 1 WHERE tenant = ?1 AND id = ?2",
            )?
            .execute(params![self.of.tenant.0, found.conversation.as_bytes(), serde_json::to_string(&all).ok()])?;
        Ok(())
    }

    pub(super) fn comes_from(&self, from: &Sender) -> rusqlite::Result<()> {
        self.state
            .prepare_cached(
                "UPDATE thread SET channel = ?3, channel_name = ?4, address = ?5, name = coalesce(?6, name), language = coalesce(?7, language)
                 WHERE tenant = ?1 AND visitor = ?2",
            )?
            .execute(params![
                self.of.tenant.0,
                self.of.visitor.as_bytes(),
                from.channel,
                from.channel_name,
                from.address,
                from.name,
                from.language
            ])?;
        Ok(())
    }

    pub(super) fn bot(&self, found: &KeptConversation, bot: &AgentName, turn: BotTurn) -> rusqlite::Result<Changed> {
        if turn.after.is_some_and(|after| after != found.last.seq) {
            return Ok(Changed::Refused(Objection::Busy));
        }
        let mut entries = Vec::new();
        for (id, text, rich) in &turn.says {
            let said = Said { rich: rich.as_ref(), ..Said::new(*id, text) };
            entries.push(self.append(found, Author::Bot, Some(bot), Line::Said(said))?);
        }
        self.collect(found, &turn.collected)?;
        self.state
            .prepare_cached(
                "UPDATE conversation SET bot_place = ?3, version = version + 1 WHERE tenant = ?1 AND id = ?2",
            )?
            .execute(params![self.of.tenant.0, found.conversation.as_bytes(), turn.place])?;
        match turn.then {
            Then::Waits => {}
            Then::HandsOver => {
                self.move_to(found, Stage::Waiting, None)?;
                if turn.queue.is_some() {
                    self.state
                        .prepare_cached("UPDATE conversation SET queue = ?3 WHERE tenant = ?1 AND id = ?2")?
                        .execute(params![self.of.tenant.0, found.conversation.as_bytes(), turn.queue])?;
                }
                entries.push(self.happened(found, Event::Waiting, Author::Hub, Some(bot))?);
            }
            Then::Ends => {
                self.move_to(found, Stage::Ended, None)?;
                entries.push(self.happened(found, Event::Ended, Author::Bot, Some(bot))?);
            }
        }
        self.told(found, entries)
    }

    pub(super) fn mark(&self, delivered: u64, read: u64) -> rusqlite::Result<Changed> {
        let Some(found) = self.current()? else { return Ok(Changed::Refused(Objection::NotFound)) };
        let changed = self
            .state
            .prepare_cached(
                "UPDATE thread SET delivered = max(delivered, min(?3, last_seq)), read = max(read, min(?4, last_seq))
                 WHERE tenant = ?1 AND visitor = ?2 AND (delivered < min(?3, last_seq) OR read < min(?4, last_seq))",
            )?
            .execute(params![self.of.tenant.0, self.of.visitor.as_bytes(), delivered as i64, read as i64])?;
        if changed == 0 {
            return Ok(Changed::Before(Box::new(found), Vec::new()));
        }
        self.state
            .prepare_cached("UPDATE conversation SET version = version + 1 WHERE tenant = ?1 AND id = ?2")?
            .execute(params![self.of.tenant.0, found.conversation.as_bytes()])?;
        self.told(&found, Vec::new())
    }
}
