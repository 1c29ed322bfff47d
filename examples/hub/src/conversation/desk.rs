//! An agent's desk, as far as conversations go.

use alongside::protocol::cobrowse::EndReason;
use alongside::protocol::conversation::{
    Inbox, InboxBody, InboxNews, InboxRefused, InboxThread, Look, Note, Objection, PAGE_OF_ENTRIES, Row, Rows,
    Transfer, Wrap,
};
use alongside::protocol::{ConversationId, Encoding, Malformed, MessageId, Payload};
use tokio::sync::mpsc;

use super::bot::language;
use super::known::{one, row};
use super::speech::publish;
use super::switchboard::Fact;
use super::{Keep, PIECE_BYTES, WAITING, as_many, for_agent, remarks};
use crate::clock;
use crate::hub::Hub;
use crate::identity::question;
use crate::routing::Presence;
use crate::store::{Access, AgentName, Change, Changed, Goal, Part, Permission, Store, StoreError, ThreadOf, Wrapped};
use crate::way::{Cut, Mailbox, Way};

/// Most rows of one frame.
const PIECE: usize = 64;

/// One connected desk; dropped, it is gone once what it said is done.
#[derive(Debug)]
pub struct Attendant {
    said: mpsc::Sender<Inbox>,
    mailbox: Mailbox<Inbox>,
}

impl Attendant {
    /// A desk that connects.
    pub fn open<S: Store>(hub: Hub<S>, access: Access) -> Self {
        let (way, mailbox) = Way::open();
        let (said, hears) = mpsc::channel(WAITING);
        tokio::spawn(Task { hub, access, way }.run(hears));
        Self { said, mailbox }
    }

    /// The desk says something.
    ///
    /// # Errors
    /// [`Malformed::Unknown`] for what no desk may say.
    pub async fn hear(&self, inbox: Inbox) -> Result<(), Malformed> {
        let is_hubs = matches!(
            inbox,
            Inbox::Rows(_)
                | Inbox::Thread(_)
                | Inbox::News(_)
                | Inbox::Refused(_)
                | Inbox::Offer(_)
                | Inbox::Withdrawn(_)
                | Inbox::Floor(_)
                | Inbox::Remarks(_)
                | Inbox::Preview(_)
        );
        if is_hubs {
            return Err(Malformed::Unknown);
        }
        // It fails where the hub ends.
        let _ = self.said.send(inbox).await;
        Ok(())
    }

    /// What the desk is to be told next; cancel safe.
    ///
    /// # Errors
    /// [`Cut`] where it was too slow.
    pub async fn next(&mut self) -> Result<Inbox, Cut> {
        self.mailbox.next().await
    }
}

/// Why a wish was not met.
enum Unmet {
    Refused(Objection),
    Store(StoreError),
}

impl From<StoreError> for Unmet {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

struct Task<S> {
    hub: Hub<S>,
    access: Access,
    way: Way<Inbox>,
}

impl<S: Store> Task<S> {
    async fn run(self, mut hears: mpsc::Receiver<Inbox>) {
        while let Some(inbox) = hears.recv().await {
            let (conversation, id) = about(&inbox);
            if let Err(unmet) = self.meet(inbox).await {
                let (objection, retry_after) = match unmet {
                    Unmet::Refused(objection) => (objection, None),
                    Unmet::Store(error) => {
                        tracing::error!(%error, "a conversation was not read or not kept");
                        (Objection::Busy, Some(2_000))
                    }
                };
                self.way.tell(Inbox::Refused(InboxRefused { conversation, id, objection, retry_after }));
            }
        }
        self.hub.conversations.remove_desk(&self.way);
        if self.access.may(Permission::Handle) {
            self.hub.switchboard.tell(Fact::Desk(self.access.tenant.clone(), self.me()));
        }
    }

    fn me(&self) -> AgentName {
        AgentName { agent: self.access.agent.clone(), name: self.access.name.clone() }
    }

    async fn meet(&self, inbox: Inbox) -> Result<(), Unmet> {
        if !self.access.may(Permission::Handle) {
            return Err(Unmet::Refused(Objection::NotPermitted));
        }
        let me = self.me();
        match inbox {
            Inbox::Open(_) => self.open().await,
            Inbox::Look(look) => self.look(look).await,
            Inbox::Reply(reply) => {
                let conversation = reply.conversation;
                let rich = remarks::sound(reply.rich).map_err(Unmet::Refused)?;
                self.change(conversation, Change::Reply(conversation, me, reply.id, reply.text, reply.file, rich)).await
            }
            Inbox::Mark(mark) => {
                let change = Change::AgentMark(mark.conversation, me, mark.delivered, mark.read);
                match self.change(mark.conversation, change).await {
                    // Who only looks on reads nothing for the visitor.
                    Err(Unmet::Refused(_)) => Ok(()),
                    result => result,
                }
            }
            Inbox::Typing(typing) => {
                let of = self.thread_of(typing.conversation).await?;
                let kept = self.hub.store.conversation(&of, typing.conversation).await?;
                if let Some(kept) = kept.filter(|kept| row(kept, &self.access.agent, true).is_own) {
                    let (name, way) = (&self.access.name, &self.way);
                    self.hub.conversations.show_agent_typing(&of, &kept, name, way);
                }
                Ok(())
            }
            Inbox::Take(take) => self.change(take.conversation, Change::Take(take.conversation, me)).await,
            Inbox::Release(release) => {
                self.change(release.conversation, Change::Release(release.conversation, me)).await
            }
            Inbox::Close(close) => self.change(close.conversation, Change::Close(close.conversation, me)).await,
            Inbox::Note(note) => self.note(note).await,
            Inbox::Wrap(wrap) => self.wrap(wrap).await,
            Inbox::Transfer(transfer) => {
                let conversation = transfer.conversation;
                let change = match self.goal(transfer).await? {
                    Some(goal) => Change::Transfer(conversation, me, goal),
                    None => Change::Release(conversation, me),
                };
                self.change(conversation, change).await
            }
            Inbox::AskSignIn(ask) => {
                let of = self.thread_of(ask.conversation).await?;
                let text = question(&language(&self.hub, &of).await?);
                self.change(ask.conversation, Change::AskSignIn(ask.conversation, me, text)).await
            }
            Inbox::Presence(wish) => {
                let presence = if wish.is_available { Presence::Available } else { Presence::Away };
                self.hub.switchboard.tell(Fact::Presence(self.access.tenant.clone(), me, presence));
                Ok(())
            }
            Inbox::Decline(decline) => {
                self.hub.switchboard.tell(Fact::Declined(self.access.tenant.clone(), me, decline.conversation));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    async fn open(&self) -> Result<(), Unmet> {
        // First this, so that nothing falls between the list and what changes.
        self.hub.conversations.add_desk(&self.access.tenant, &self.access.agent, self.way.clone());
        let kept = self.hub.store.conversations(&self.access).await?;
        let rows = kept.iter().map(|kept| {
            let of = ThreadOf { tenant: self.access.tenant.clone(), visitor: kept.visitor };
            row(kept, &self.access.agent, self.hub.conversations.is_there(&of))
        });
        for piece in pieces(rows) {
            self.way.tell(Inbox::Rows(piece));
        }
        self.hub.switchboard.tell(Fact::Desk(self.access.tenant.clone(), self.me()));
        Ok(())
    }

    /// Where a conversation is to go, if that is there.
    async fn goal(&self, transfer: Transfer) -> Result<Option<Goal>, Unmet> {
        let tenant = &self.access.tenant;
        let (is_there, goal) = match (transfer.agent, transfer.queue) {
            (Some(agent), _) => {
                let agents = self.hub.store.agents(tenant).await?;
                let is_there = agent != self.access.agent && agents.iter().any(|known| known.agent == agent);
                (is_there, Goal::Agent(agent))
            }
            (None, Some(queue)) => (self.hub.store.routing(tenant).await?.has_queue(&queue), Goal::Queue(queue)),
            (None, None) => return Ok(None),
        };
        is_there.then_some(Some(goal)).ok_or(Unmet::Refused(Objection::NotFound))
    }

    async fn look(&self, look: Look) -> Result<(), Unmet> {
        let of = self.thread_of(look.conversation).await?;
        self.hub.conversations.follow(&self.way, &of);
        let part = match (look.after, look.before) {
            (_, Some(before)) => Part::Before(before),
            (Some(after), None) => Part::After(after),
            (None, None) => Part::Last,
        };
        let found = self.hub.store.thread(&of, part, PAGE_OF_ENTRIES).await?;
        let at = found.entries.first().map_or(1, |first| first.entry.seq);
        let keep = if matches!(part, Part::After(_)) { Keep::First } else { Keep::Last };
        let (entries, is_cut) = as_many(for_agent(found.entries, &self.access.agent), keep);
        self.way.tell(Inbox::Thread(InboxThread {
            conversation: look.conversation,
            entries,
            before: look.before,
            has_earlier: found.has_earlier || is_cut && keep == Keep::Last,
            has_later: found.has_later || is_cut && keep == Keep::First,
        }));
        // Also of what the desk has: something may have been noted there meanwhile.
        let until = look.before.map_or(u64::MAX, |before| before.saturating_sub(1));
        let from = look.after.unwrap_or(at).min(at);
        let remarks = self.hub.store.remarks(&of, from..=until).await?;
        for piece in remarks::pieces(of.visitor, &remarks, &self.access.agent) {
            self.way.tell(Inbox::Remarks(piece));
        }
        Ok(())
    }

    async fn change(&self, conversation: ConversationId, change: Change) -> Result<(), Unmet> {
        let of = self.thread_of(conversation).await?;
        let moves = matches!(change, Change::Take(..) | Change::Release(..) | Change::Transfer(..) | Change::Close(..));
        let ends = match &change {
            Change::Close(..) => Some(EndReason::Conversation),
            Change::Release(..) | Change::Transfer(..) => Some(EndReason::Transfer),
            _ => None,
        };
        match self.hub.store.converse(&of, change, clock::wall()).await? {
            Changed::Kept(kept, entries) => {
                publish(&self.hub, &of, &kept, &entries);
                if moves {
                    self.hub.switchboard.tell(Fact::Moved(of.clone()));
                }
                if let Some(reason) = ends {
                    self.hub.sessions.end_conversation(&of, &kept, reason);
                }
                Ok(())
            }
            Changed::Before(kept, entries) => {
                let row = row(&kept, &self.access.agent, self.hub.conversations.is_there(&of));
                if !entries.is_empty() {
                    let entries = for_agent(entries, &self.access.agent);
                    let news = InboxNews { visitor: of.visitor, entries };
                    self.way.tell(Inbox::News(news));
                }
                self.way.tell(Inbox::Rows(one(row)));
                Ok(())
            }
            Changed::Refused(objection) => Err(Unmet::Refused(objection)),
            Changed::Silent(_) => Err(Unmet::Refused(Objection::Ended)),
        }
    }

    async fn note(&self, note: Note) -> Result<(), Unmet> {
        let of = self.thread_of(note.conversation).await?;
        let kept = self.hub.store.note(&of, note.conversation, self.me(), (note.id, note.text), clock::wall()).await?;
        self.hub.conversations.tell_remarks(&of, &[kept.map_err(Unmet::Refused)?]);
        Ok(())
    }

    async fn wrap(&self, wrap: Wrap) -> Result<(), Unmet> {
        let of = self.thread_of(wrap.conversation).await?;
        let code = match wrap.code {
            Some(id) => {
                let rules = self.hub.store.wrap_up(&of.tenant).await?;
                let name = rules.name(&id).ok_or(Unmet::Refused(Objection::NotFound))?.to_owned();
                Some((id, name))
            }
            None => None,
        };
        let wrapped = Wrapped { code, text: wrap.text, is_done: wrap.is_done };
        let kept = self.hub.store.wrap(&of, wrap.conversation, self.me(), wrapped, clock::wall()).await?;
        let (kept, remark) = kept.map_err(Unmet::Refused)?;
        self.hub.conversations.tell_remarks(&of, remark.as_slice());
        if wrap.is_done {
            self.hub.conversations.tell_desks(&of, &kept);
            self.hub.switchboard.tell(Fact::Moved(of));
        }
        Ok(())
    }

    async fn thread_of(&self, conversation: ConversationId) -> Result<ThreadOf, Unmet> {
        let found = self.hub.store.thread_of(&self.access, conversation).await?;
        found.ok_or(Unmet::Refused(Objection::NotFound))
    }
}

/// What a wish is about, for whoever is told that it was not met.
fn about(inbox: &Inbox) -> (ConversationId, Option<MessageId>) {
    match inbox {
        Inbox::Look(look) => (look.conversation, None),
        Inbox::Reply(reply) => (reply.conversation, Some(reply.id)),
        Inbox::Mark(mark) => (mark.conversation, None),
        Inbox::Typing(typing) => (typing.conversation, None),
        Inbox::Note(note) => (note.conversation, Some(note.id)),
        Inbox::Wrap(wrap) => (wrap.conversation, None),
        Inbox::Take(take) => (take.conversation, None),
        Inbox::Release(release) => (release.conversation, None),
        Inbox::Close(close) => (close.conversation, None),
        Inbox::Transfer(transfer) => (transfer.conversation, None),
        Inbox::Decline(decline) => (decline.conversation, None),
        Inbox::AskSignIn(ask) => (ask.conversation, None),
        _ => (ConversationId::from_bytes([0; 16]), None),
    }
}

/// All rows, in pieces that each fit a frame; one piece where there are none.
fn pieces(rows: impl Iterator<Item = Row>) -> Vec<Rows> {
    let mut pieces = vec![Rows { is_reset: true, rows: Vec::new(), is_whole: false, gone: None }];
    let mut bytes = 0;
    for row in rows {
        let alone = InboxBody::Inbox(Inbox::Rows(one(row.clone())));
        let size = Payload::encode_inbox(&alone, Encoding::Json).len();
        bytes += size;
        if bytes > PIECE_BYTES || pieces.last().is_some_and(|piece| piece.rows.len() == PIECE) {
            bytes = size;
            pieces.push(Rows { is_reset: false, rows: Vec::new(), is_whole: false, gone: None });
        }
        if let Some(piece) = pieces.last_mut() {
            piece.rows.push(row);
        }
    }
    if let Some(last) = pieces.last_mut() {
        last.is_whole = true;
    }
    pieces
}
