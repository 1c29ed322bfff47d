//! What visitors do in their thread, and the bot that answers them.

use alongside::protocol::ConversationId;
use alongside::protocol::conversation::{Author, BEST, Event, Objection, PERSON_LIMIT, Rating, SEVERAL, Say, Stage};
use alongside::protocol::rich::AnswerValue;
use rusqlite::{OptionalExtension, params};

use super::kinds::{AgentName, BotTurn, Changed, KeptConversation, May, Sender, Spoken, Then};
use super::rows::visitor_of;
use super::thread::{Line, Said, Thread, is_on};

/// Most bytes of what was filled in that are kept with a conversation: names and values.
pub const COLLECTED: usize = 2_048;

impl Thread<'_> {
    pub(super) fn say(&self, spoken: &Spoken) -> rusqlite::Result<Changed> {
        let Spoken { say, from, may, .. } = spoken;
        if let Some(entry) = self.entry(say.id)? {
            return self.before(entry);
        }
        if let Some(rating) = &say.rating {
            return self.rate(say, rating, *may);
        }
        let Ok(file) = self.brought(say.file, None)? else { return Ok(Changed::Refused(Objection::NotFound)) };
        let found = match self.place_of(spoken)? {
            Place::In(found) => *found,
            Place::AfterEnd(silent) => return Ok(Changed::Silent(silent)),
            Place::Nowhere(objection) => return Ok(Changed::Refused(objection)),
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

    /// In which conversation it is said: the one that is named, or took its place, else the current one, while it goes on; else in a new one.
    fn place_of(&self, spoken: &Spoken) -> rusqlite::Result<Place> {
        let Spoken { say, threading, bot, available, may, .. } = spoken;
        let goes_on = |kept: &KeptConversation| is_on(kept) && self.at.since(kept.last.at) <= *threading;
        let named = say.conversation.map_or(Ok(None), |named| self.in_place_of(named))?;
        let begins = say.begins == Some(true) && *may == May::Several;
        let meant = match named {
            Some(named) if *may == May::Several || goes_on(&named) => Some(named),
            None if begins => None,
            _ => self.current()?,
        };
        let over = match meant {
            Some(meant) if goes_on(&meant) => return Ok(Place::In(Box::new(meant))),
            Some(silent) if is_on(&silent) => return Ok(Place::AfterEnd(silent.conversation)),
            over => over,
        };
        let since = (self.at.as_millis() as i64).saturating_sub(threading.as_millis().try_into().unwrap_or(i64::MAX));
        if *may == May::Several && self.count_on(since)? >= SEVERAL {
            return Ok(Place::Nowhere(Objection::TooMany));
        }
        let id = say.conversation.filter(|_| begins && over.is_none());
        if let Some(id) = id
            && visitor_of(self.state, &self.of.tenant, id)?.is_some()
        {
            return Ok(Place::Nowhere(Objection::NotFound));
        }
        // One that is begun beside others is about something else.
        let knows_him = !begins && self.last_agent(since)?.is_some_and(|last| available.contains(&last));
        let bot = bot.as_ref().filter(|_| !knows_him);
        let begun = self.begin(bot, id, over.map(|over| over.conversation))?;
        self.introduce(&begun, &say.filled)?;
        Ok(Place::In(Box::new(begun)))
    }

    /// Who had the visitor last, where something was said since.
    fn last_agent(&self, since: i64) -> rusqlite::Result<Option<String>> {
        self.state
            .prepare_cached(
                "SELECT agent FROM conversation WHERE tenant = ?1 AND visitor = ?2 AND agent NOT LIKE 'bot:%' AND last_at >= ?3
                 ORDER BY first_seq DESC LIMIT 1",
            )?
            .query_row(params![self.of.tenant.0, self.of.visitor.as_bytes(), since], |row| row.get(0))
            .optional()
    }

    /// How many conversations go on, in which something was said since.
    fn count_on(&self, since: i64) -> rusqlite::Result<usize> {
        self.state
            .prepare_cached(
                "SELECT count(*) FROM conversation WHERE tenant = ?1 AND visitor = ?2 AND stage != 'ended' AND last_at >= ?3",
            )?
            .query_row(params![self.of.tenant.0, self.of.visitor.as_bytes(), since], |row| row.get(0))
    }

    /// How a conversation was: kept with it, once. Where there is one at a time, no other than the last is rated.
    pub(super) fn rate(&self, say: &Say, rating: &Rating, may: May) -> rusqlite::Result<Changed> {
        let is_about = |found: &KeptConversation| found.conversation == rating.conversation && !is_on(found);
        let meant = Some(rating.conversation).filter(|_| may == May::Several);
        let Some(found) = self.meant(meant)?.filter(is_about).filter(|_| (1..=BEST).contains(&rating.score)) else {
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
        let (mut all, mut left_out) = (found.collected.clone(), 0);
        for (name, value) in values {
            let known = all.iter().position(|(known, _)| known == name);
            let others: usize =
                all.iter().filter(|(known, _)| known != name).map(|(name, value)| name.len() + value.len()).sum();
            match known {
                _ if others + name.len() + value.len() > COLLECTED => left_out += 1,
                Some(at) => all[at].1.clone_from(value),
                None => all.push((name.clone(), value.clone())),
            }
        }
        if left_out > 0 {
            tracing::warn!(conversation = %found.conversation, left_out, "more than 2,048 bytes were filled in: values were left out");
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

    pub(super) fn mark(
        &self,
        delivered: u64,
        read: u64,
        conversation: Option<ConversationId>,
    ) -> rusqlite::Result<Changed> {
        let Some(found) = self.meant(conversation)? else { return Ok(Changed::Refused(Objection::NotFound)) };
        if conversation.is_some() {
            let (delivered, read) = (delivered.min(found.last.seq), read.min(found.last.seq));
            if delivered > found.delivered || read > found.read {
                self.state
                    .prepare_cached(
                        "UPDATE conversation SET delivered = max(delivered, ?3), read = max(read, ?4), version = version + 1
                         WHERE tenant = ?1 AND id = ?2",
                    )?
                    .execute(params![
                        self.of.tenant.0,
                        found.conversation.as_bytes(),
                        delivered as i64,
                        read as i64
                    ])?;
            }
            return self.told(&found, Vec::new());
        }
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

/// Where a visitor says something.
enum Place {
    In(Box<KeptConversation>),
    /// In another one, once this has lapsed.
    AfterEnd(ConversationId),
    Nowhere(Objection),
}
