//! One thread within a commit: what is new goes to its end.

use alongside::protocol::conversation::Objection;
use alongside::protocol::conversation::{Attachment, Author, Entry, Event, MessageText, Stage};
use alongside::protocol::rich::{Answer, Offered, Rich};
use alongside::protocol::{ConversationId, Encoding, FileId, Message, MessageId, Payload};
use alongside::time::Timestamp;
use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::kinds::{AgentName, Changed, KeptConversation, KeptEntry, ThreadOf};
use super::rows::{COLUMNS, ENTRY, FROM, entry, kept};
use crate::random;
use crate::store::files::{self, COLUMNS as FILE};
use crate::store::identity::{self, COLUMNS as IDENTITY};
use crate::store::sqlite::id;

/// One thread within a commit.
pub(super) struct Thread<'a> {
    pub(super) state: &'a Transaction<'a>,
    pub(super) of: &'a ThreadOf,
    pub(super) at: Timestamp,
    /// Whether what the visitor does is about one conversation of several: of the others he has read nothing by that.
    pub(super) is_apart: bool,
}

impl Thread<'_> {
    /// A new conversation, under the id that the page made for it, in the place of one that is over.
    pub(super) fn begin(
        &self,
        bot: Option<&AgentName>,
        id: Option<ConversationId>,
        follows: Option<ConversationId>,
    ) -> rusqlite::Result<KeptConversation> {
        let conversation = id.unwrap_or_else(|| ConversationId::from_bytes(random::bytes()));
        let (tenant, visitor, at) = (&self.of.tenant.0, self.of.visitor.as_bytes(), self.at.as_millis() as i64);
        self.state
            .prepare_cached("INSERT OR IGNORE INTO thread (tenant, visitor) VALUES (?1, ?2)")?
            .execute(params![tenant, visitor])?;
        self.state
            .prepare_cached(
                "INSERT INTO conversation (tenant, id, visitor, stage, began, since, first_seq, last_seq, last_at, agent_delivered, agent_read,
                     follows)
                 SELECT ?1, ?2, ?3, 'waiting', ?4, ?4, last_seq + 1, last_seq, ?4, last_seq, last_seq, ?5 FROM thread
                 WHERE tenant = ?1 AND visitor = ?3",
            )?
            .execute(params![tenant, conversation.as_bytes(), visitor, at, follows.as_ref().map(|id| id.as_bytes())])?;
        let begun = self.find(conversation)?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
        let Some(bot) = bot else { return Ok(begun) };
        self.move_to(&begun, Stage::Open, Some(bot))?;
        self.find(conversation)?.ok_or(rusqlite::Error::QueryReturnedNoRows)
    }

    pub(super) fn move_to(
        &self,
        found: &KeptConversation,
        stage: Stage,
        agent: Option<&AgentName>,
    ) -> rusqlite::Result<()> {
        let (agent, name) = agent.map(|agent| (&agent.agent, &agent.name)).unzip();
        self.state
            .prepare_cached(
                "UPDATE conversation SET stage = ?3, agent = coalesce(?4, agent), agent_name = coalesce(?5, agent_name), since = ?6,
                     sign_in_asked = CASE WHEN ?3 = 'ended' THEN NULL ELSE sign_in_asked END
                 WHERE tenant = ?1 AND id = ?2",
            )?
            .execute(params![
                self.of.tenant.0,
                found.conversation.as_bytes(),
                stage.as_str(),
                agent,
                name,
                self.at.as_millis() as i64
            ])?;
        Ok(())
    }

    pub(super) fn happened(
        &self,
        found: &KeptConversation,
        event: Event,
        by: Author,
        agent: Option<&AgentName>,
    ) -> rusqlite::Result<KeptEntry> {
        self.append(found, by, agent, Line::Happened(event))
    }

    /// The file that a message names; an error where it is not its author's, or was sent before.
    pub(super) fn brought(
        &self,
        file: Option<FileId>,
        agent: Option<&AgentName>,
    ) -> rusqlite::Result<Result<Option<Attachment>, NotBrought>> {
        let Some(file) = file else { return Ok(Ok(None)) };
        let found = files::unsent(self.state, self.of, agent.map(|agent| agent.agent.as_str()), file)?;
        Ok(found.map(Some).ok_or(NotBrought))
    }

    pub(super) fn append(
        &self,
        found: &KeptConversation,
        author: Author,
        agent: Option<&AgentName>,
        line: Line<'_>,
    ) -> rusqlite::Result<KeptEntry> {
        let name = match &line {
            Line::Answered(_, name) => name.map(str::to_owned),
            _ => agent.map(|agent| agent.name.clone()),
        };
        let (message, said, event) = match line {
            Line::Said(said) => (said.id, Some(said), None),
            Line::Happened(event) | Line::Answered(event, _) => (fresh(), None, Some(event)),
            Line::Asked(text) => {
                let id = fresh();
                (id, Some(Said::new(id, text)), Some(Event::SignInAsked))
            }
        };
        let text = said.as_ref().map(|said| said.text);
        let rich = said.as_ref().and_then(|said| said.rich);
        let answer = said.as_ref().and_then(|said| said.answer);
        let rating = said.as_ref().and_then(|said| said.rating);
        let file = said.and_then(|said| said.file);
        let (tenant, visitor) = (&self.of.tenant.0, self.of.visitor.as_bytes());
        let seq: i64 = self
            .state
            .prepare_cached(
                "UPDATE thread SET last_seq = last_seq + 1 WHERE tenant = ?1 AND visitor = ?2 RETURNING last_seq",
            )?
            .query_row(params![tenant, visitor], |row| row.get(0))?;
        let at = self.at.as_millis() as i64;
        self.state
            .prepare_cached(
                "INSERT INTO entry (tenant, visitor, seq, id, conversation, at, author, agent, name, text, event, rich, answer, rating)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
            )?
            .execute(params![
                tenant,
                visitor,
                seq,
                message.as_bytes(),
                found.conversation.as_bytes(),
                at,
                author.as_str(),
                agent.map(|agent| &agent.agent),
                name,
                text.map(MessageText::as_str),
                event.map(Event::as_str),
                rich.map(|rich| json(Payload::encode_rich(rich, Encoding::Json))),
                answer.map(|answer| json(Payload::encode_answer(answer, Encoding::Json))),
                rating
            ])?;
        self.state
            .prepare_cached(
                "UPDATE conversation SET last_seq = ?3, last_at = ?4, version = version + 1 WHERE tenant = ?1 AND id = ?2",
            )?
            .execute(params![tenant, found.conversation.as_bytes(), seq, at])?;
        if let Some(file) = &file {
            files::send(self.state, self.of, file.id, seq)?;
        }
        // Who writes has read what is there.
        let (seen, whose) = match author {
            Author::Visitor => {
                identity::touch(self.state, self.of, at)?;
                match self.is_apart {
                    true => (
                        "UPDATE conversation SET delivered = ?3, read = ?3 WHERE tenant = ?1 AND id = ?2",
                        found.conversation.as_bytes(),
                    ),
                    false => {
                        ("UPDATE thread SET delivered = ?3, read = ?3 WHERE tenant = ?1 AND visitor = ?2", visitor)
                    }
                }
            }
            Author::Agent => (
                "UPDATE conversation SET agent_delivered = ?3, agent_read = ?3 WHERE tenant = ?1 AND id = ?2",
                found.conversation.as_bytes(),
            ),
            _ => ("", visitor),
        };
        if !seen.is_empty() {
            self.state.prepare_cached(seen)?.execute(params![tenant, whose, seq])?;
        }
        let entry = Entry {
            seq: seq as u64,
            id: message,
            conversation: found.conversation,
            at: self.at,
            author,
            name,
            text: text.cloned(),
            event: event.map(|event| event.as_str().to_owned()),
            is_own: None,
            file,
            rich: rich.map(|rich| Offered(Some(rich.clone()))),
            preview: None,
            rating,
        };
        Ok(KeptEntry { entry, agent: agent.map(|agent| agent.agent.clone()), answer: answer.cloned() })
    }

    /// What was kept under an id before, and is told again.
    pub(super) fn before(&self, entry: KeptEntry) -> rusqlite::Result<Changed> {
        Ok(match self.find(entry.entry.conversation)? {
            Some(found) => Changed::Before(Box::new(found), vec![entry]),
            None => Changed::Refused(Objection::NotFound),
        })
    }

    pub(super) fn told(&self, found: &KeptConversation, entries: Vec<KeptEntry>) -> rusqlite::Result<Changed> {
        Ok(match self.find(found.conversation)? {
            Some(now) if now == *found => Changed::Before(Box::new(now), entries),
            Some(now) => Changed::Kept(Box::new(now), entries),
            None => Changed::Refused(Objection::NotFound),
        })
    }

    pub(super) fn entry(&self, id: MessageId) -> rusqlite::Result<Option<KeptEntry>> {
        let query = format!("SELECT {ENTRY}, {FILE} {FROM} WHERE e.tenant = ?1 AND e.visitor = ?2 AND e.id = ?3");
        self.state
            .prepare_cached(&query)?
            .query_row(params![self.of.tenant.0, self.of.visitor.as_bytes(), id.as_bytes()], entry)
            .optional()
    }

    /// The latest conversation that goes on, else the last one.
    pub(super) fn current(&self) -> rusqlite::Result<Option<KeptConversation>> {
        let current = self
            .state
            .prepare_cached(
                "SELECT id FROM conversation WHERE tenant = ?1 AND visitor = ?2 ORDER BY stage = 'ended', first_seq DESC LIMIT 1",
            )?
            .query_row(params![self.of.tenant.0, self.of.visitor.as_bytes()], named)
            .optional()?;
        current.map_or(Ok(None), |current| self.find(current))
    }

    /// The one that is named, else the current one.
    pub(super) fn meant(&self, conversation: Option<ConversationId>) -> rusqlite::Result<Option<KeptConversation>> {
        conversation.map_or_else(|| self.current(), |conversation| self.find(conversation))
    }

    /// This conversation, or what took its place once it was over: the latest of them that goes on, else the last one.
    pub(super) fn in_place_of(&self, conversation: ConversationId) -> rusqlite::Result<Option<KeptConversation>> {
        let found = self
            .state
            .prepare_cached(
                "WITH RECURSIVE line (id) AS (VALUES (?3) UNION SELECT c.id FROM conversation AS c JOIN line ON c.follows = line.id
                     WHERE c.tenant = ?1 AND c.visitor = ?2)
                 SELECT c.id FROM conversation AS c JOIN line ON c.id = line.id WHERE c.tenant = ?1 AND c.visitor = ?2
                 ORDER BY c.stage = 'ended', c.first_seq DESC LIMIT 1",
            )?
            .query_row(params![self.of.tenant.0, self.of.visitor.as_bytes(), conversation.as_bytes()], named)
            .optional()?;
        found.map_or(Ok(None), |found| self.find(found))
    }

    pub(super) fn find(&self, conversation: ConversationId) -> rusqlite::Result<Option<KeptConversation>> {
        let query = format!(
            "SELECT {COLUMNS}, {IDENTITY} FROM conversation AS c JOIN thread AS t ON t.tenant = c.tenant AND t.visitor = c.visitor
         LEFT JOIN identity AS i ON i.tenant = c.tenant AND i.visitor = c.visitor
             WHERE c.tenant = ?1 AND c.id = ?2 AND c.visitor = ?3"
        );
        self.state
            .prepare_cached(&query)?
            .query_row(params![self.of.tenant.0, conversation.as_bytes(), self.of.visitor.as_bytes()], kept)
            .optional()
    }
}

/// A conversation's id, which is all that was asked for.
fn named(row: &Row<'_>) -> rusqlite::Result<ConversationId> {
    Ok(ConversationId::from_bytes(id(&row.get::<_, Vec<u8>>(0)?)))
}

pub(super) fn is_on(found: &KeptConversation) -> bool {
    found.stage != Stage::Ended
}

/// What is new in a thread.
pub(super) enum Line<'a> {
    Said(Said<'a>),
    Happened(Event),
    /// The visitor is to sign in, in these words.
    Asked(&'a MessageText),
    /// What came of that, with the name of who signed in.
    Answered(Event, Option<&'a str>),
}

/// The id of what the hub writes itself.
fn fresh() -> MessageId {
    MessageId::from_bytes(random::bytes())
}

pub(super) struct Said<'a> {
    pub(super) id: MessageId,
    pub(super) text: &'a MessageText,
    pub(super) file: Option<Attachment>,
    pub(super) rich: Option<&'a Rich>,
    pub(super) answer: Option<&'a Answer>,
    pub(super) rating: Option<u32>,
}

impl<'a> Said<'a> {
    pub(super) const fn new(id: MessageId, text: &'a MessageText) -> Self {
        Self { id, text, file: None, rich: None, answer: None, rating: None }
    }
}

/// What was encoded as JSON, as it is stored.
pub(in crate::store) fn json(payload: Payload) -> Option<String> {
    match payload.into_message() {
        Message::Text(json) => Some(json),
        Message::Binary(_) => None,
    }
}

/// A message names a file that its author did not bring, or has sent before.
pub(super) struct NotBrought;
