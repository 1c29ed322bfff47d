//! What the hub keeps, as operations of its domain: never "get" and "put".
//!
//! Invariant: a write has returned only when it is durable, so an acknowledgement may follow it at once.

mod channels;
mod conversations;
mod files;
mod identity;
mod ingest;
mod password;
mod readers;
mod remarks;
mod routing;
mod schema;
mod shared;
mod sqlite;
mod visitors;
mod writer;

pub use channels::Untold;
pub use conversations::{
    AgentName, BotTurn, COLLECTED, Change, Changed, ChannelName, Expired, Goal, KeptConversation, KeptEntry, KeptPart,
    Last, May, Part, Sender, Spoken, Then, ThreadOf,
};
pub use files::{FileState, Uploader};
pub use identity::{Identified, LEEWAY, Proof, Seen};
#[cfg(test)]
pub(crate) use ingest::tests;
pub use remarks::{KeptRemark, Wrapped, WrappedUp, Wrapping};
pub use routing::{KeptDecision, KeptTask};
pub use shared::{Begun, GrantChange, KeptSession, Line, RecordReader, SessionChange, SessionsOf};
pub use sqlite::Sqlite;
pub use visitors::{Earlier, JourneyPart, Profile, VisitPart};

use std::ops::RangeInclusive;

use alongside::protocol::conversation::{Attachment, MessageText, Objection, Preview};
use alongside::protocol::{
    ConversationId, FileId, Identity, JourneyEvent, LiveVisit, Masking, MessageId, SessionId, SourceId, Ticket,
    VisitId, VisitorId,
};
use alongside::time::Timestamp;

use crate::identity::IdentityRules;
use crate::replies::Replies;
use crate::routing::{Decision, Rules};
use crate::wrap_up::WrapUp;

/// Why the store did not do it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The database answered with an error; nothing was changed.
    #[error("database: {0}")]
    Database(#[from] rusqlite::Error),
    /// The database is of a later version than this hub.
    #[error("the data folder was written by a later version of the hub (schema {found}, this hub knows {known})")]
    Newer {
        /// Version in the file.
        found: i64,
        /// Version of this program.
        known: i64,
    },
    /// A file or folder cannot be used.
    #[error("data folder: {0}")]
    Folder(#[from] std::io::Error),
    /// What is kept of a deployment's masking cannot be read.
    #[error("the masking of a deployment cannot be read")]
    BadMasking,
    /// What is kept of how a deployment's tokens are checked cannot be read.
    #[error("the identity rules of a deployment cannot be read")]
    BadIdentity,
    /// What is kept of a tenant's routing cannot be read.
    #[error("the routing of a tenant cannot be read")]
    BadRouting,
    /// What is kept of replies cannot be read.
    #[error("the replies of a tenant cannot be read")]
    BadReplies,
    /// The writer has ended: the hub is stopping.
    #[error("the hub is stopping")]
    Stopping,
}

/// Whether a hub has the agent for development, whose password everybody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DevLogin {
    /// It is not added; one that is there stays.
    Never,
    /// It is added to a new data folder.
    WhenNew,
    /// It is added where it is absent.
    Always,
}

/// A tenant: one customer's data, apart from all others.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TenantId(pub String);

/// Something that an agent may do, by the name that is stored of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// See who is on the site: `live.view`.
    ViewLive,
    /// Offer sessions to visitors, and help in them: `cobrowse.offer`.
    Offer,
    /// Look on in silence in any session: `cobrowse.supervise`.
    Supervise,
    /// Read the records of sessions: `cobrowse.record`.
    Record,
    /// See what is masked: `masking.read`.
    ReadMasking,
    /// Change it: `masking.edit`.
    EditMasking,
    /// Read conversations, and take part in those that are his: `conversation.handle`.
    Handle,
    /// Read and change who gets which conversation: `routing.edit`.
    EditRouting,
    /// Change the replies that all agents share: `replies.edit`.
    EditReplies,
    /// Read and change hours, forms, surveys, how long what was said is kept, and channels: `messenger.edit`.
    EditMessenger,
    /// Read and change how the customer's tokens are checked: `identity.edit`.
    EditIdentity,
}

impl Permission {
    /// The permission of that name.
    fn named(name: &str) -> Option<Self> {
        match name {
            "live.view" => Some(Self::ViewLive),
            "cobrowse.offer" => Some(Self::Offer),
            "cobrowse.supervise" => Some(Self::Supervise),
            "cobrowse.record" => Some(Self::Record),
            "masking.read" => Some(Self::ReadMasking),
            "masking.edit" => Some(Self::EditMasking),
            "conversation.handle" => Some(Self::Handle),
            "routing.edit" => Some(Self::EditRouting),
            "replies.edit" => Some(Self::EditReplies),
            "messenger.edit" => Some(Self::EditMessenger),
            "identity.edit" => Some(Self::EditIdentity),
            _ => None,
        }
    }
}

/// What a tenant sets, as a document in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Document {
    /// Hours, forms, surveys.
    Terms,
    /// Other ways to visitors.
    Channels,
}

impl Document {
    /// By which it is stored.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Terms => "terms",
            Self::Channels => "channels",
        }
    }
}

/// Who reads, and what he may. Required for every read of visitors' data.
#[derive(Clone, Debug)]
pub struct Access {
    /// Only this tenant's data is visible.
    pub tenant: TenantId,
    /// The agent, for the audit.
    pub agent: String,
    /// His name, as visitors may see it.
    pub name: String,
    /// What he may see of it; the rest looks as if it were not there.
    pub permissions: Vec<Permission>,
}

impl Access {
    /// Whether this is permitted.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }
}

/// A customer's installation of the SDK.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// Whose it is.
    pub tenant: TenantId,
    /// Where its pages live, each exactly as a browser writes it in `Origin`.
    pub origins: Vec<String>,
}

/// One event to keep.
#[derive(Clone, Debug)]
pub struct Ingest {
    /// Whose data it becomes.
    pub tenant: TenantId,
    /// Who did it.
    pub visitor: VisitorId,
    /// Who numbered it.
    pub source: SourceId,
    /// Its number: 1, 2, 3 ... for each source.
    pub seq: u64,
    /// When, by the hub's clock.
    pub at: Timestamp,
    /// What happened.
    pub event: JourneyEvent,
}

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ingested {
    /// It is kept.
    New,
    /// It was kept before.
    Duplicate,
    /// A number before it is missing; it is not kept.
    Gap,
}

/// Everything that the hub keeps.
pub trait Store: Send + Sync + 'static {
    /// The deployment of that id.
    fn deployment(&self, id: &str) -> impl Future<Output = Result<Option<Deployment>, StoreError>> + Send;

    /// Whether any deployment allows pages of this origin.
    fn is_allowed(&self, origin: &str) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// The highest number kept of a source; 0 for a new one. `None` when the source belongs to another visitor.
    fn received(
        &self,
        tenant: &TenantId,
        source: SourceId,
        visitor: VisitorId,
    ) -> impl Future<Output = Result<Option<u64>, StoreError>> + Send;

    /// Keeps an event; returns when it is durable.
    fn ingest(&self, ingest: Ingest) -> impl Future<Output = Result<Ingested, StoreError>> + Send;

    /// The visits with activity since `since`; needs [`Permission::ViewLive`].
    fn live_visits(
        &self,
        access: &Access,
        since: Timestamp,
    ) -> impl Future<Output = Result<Vec<LiveVisit>, StoreError>> + Send;

    /// The visits whose last activity was at or after `since` and before `until`; needs [`Permission::ViewLive`].
    fn visits_between(
        &self,
        access: &Access,
        since: Timestamp,
        until: Timestamp,
    ) -> impl Future<Output = Result<Vec<VisitId>, StoreError>> + Send;

    /// The visit as it is now; needs [`Permission::ViewLive`].
    fn live_visit(
        &self,
        access: &Access,
        visit: VisitId,
    ) -> impl Future<Output = Result<Option<LiveVisit>, StoreError>> + Send;

    /// Whose visit it is, where it was active since `since`; needs [`Permission::Offer`].
    fn visitor_of(
        &self,
        access: &Access,
        visit: VisitId,
        since: Timestamp,
    ) -> impl Future<Output = Result<Option<VisitorId>, StoreError>> + Send;

    /// Opens a session for an agent with that password; `None` when e-mail address or password are wrong.
    fn sign_in(
        &self,
        email: &str,
        password: &str,
        now: Timestamp,
    ) -> impl Future<Output = Result<Option<Session>, StoreError>> + Send;

    /// Makes a ticket for one socket; `None` when the session is over.
    fn issue_ticket(
        &self,
        session: &str,
        now: Timestamp,
    ) -> impl Future<Output = Result<Option<Ticket>, StoreError>> + Send;

    /// Who an agent's session is; `None` when it is over.
    fn access_of(
        &self,
        session: &str,
        now: Timestamp,
    ) -> impl Future<Output = Result<Option<Access>, StoreError>> + Send;

    /// What is masked in a deployment's pages; nothing where nobody said.
    fn masking(&self, deployment: &str) -> impl Future<Output = Result<Masking, StoreError>> + Send;

    /// Masks otherwise from now on. The deployment must be there, and who asks be permitted.
    fn change_masking(&self, deployment: &str, masking: Masking)
    -> impl Future<Output = Result<(), StoreError>> + Send;

    /// How the tokens of a deployment's pages are checked; `None` where nobody said.
    fn identity_rules(
        &self,
        deployment: &str,
    ) -> impl Future<Output = Result<Option<IdentityRules>, StoreError>> + Send;

    /// Checks them otherwise from now on. The deployment must be there, and who asks be permitted.
    fn change_identity_rules(
        &self,
        deployment: &str,
        rules: IdentityRules,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Takes a token that was checked, of a page of this visitor.
    fn identify(
        &self,
        of: &ThreadOf,
        proof: Proof,
        now: Timestamp,
    ) -> impl Future<Output = Result<Identified, StoreError>> + Send;

    /// Who a visitor is, for himself.
    fn identity(&self, of: &ThreadOf) -> impl Future<Output = Result<Option<Identity>, StoreError>> + Send;

    /// A visitor signs out: he is not verified any more.
    fn sign_out(&self, of: &ThreadOf, now: Timestamp) -> impl Future<Output = Result<Seen, StoreError>> + Send;

    /// Threads whose visitor was asked to sign in before `before` and has not answered, at most 100; for the hub itself.
    fn unanswered_sign_ins(
        &self,
        before: Timestamp,
    ) -> impl Future<Output = Result<Vec<(ThreadOf, ConversationId)>, StoreError>> + Send;

    /// Keeps what is new of a shared session; returns when it is durable.
    fn keep_session(&self, change: SessionChange) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// A shared session as it is kept, for the hub itself.
    fn kept_session(
        &self,
        tenant: &TenantId,
        session: SessionId,
    ) -> impl Future<Output = Result<Option<KeptSession>, StoreError>> + Send;

    /// Shared sessions that have not ended, and were not there since `before`, for the hub itself; at most 100.
    fn lost_sessions(
        &self,
        before: Timestamp,
    ) -> impl Future<Output = Result<Vec<(TenantId, SessionId)>, StoreError>> + Send;

    /// A shared session and its record; `None` where it is not for this reader.
    fn session_record(
        &self,
        reader: RecordReader,
        session: SessionId,
    ) -> impl Future<Output = Result<Option<(KeptSession, Vec<Line>)>, StoreError>> + Send;

    /// The latest shared sessions of a visit or visitor, the newest first; needs [`Permission::ViewLive`].
    fn sessions_of(
        &self,
        access: &Access,
        of: SessionsOf,
    ) -> impl Future<Output = Result<Vec<KeptSession>, StoreError>> + Send;

    /// Changes a conversation; returns when that is durable. Who asks must be permitted.
    fn converse(
        &self,
        of: &ThreadOf,
        change: Change,
        at: Timestamp,
    ) -> impl Future<Output = Result<Changed, StoreError>> + Send;

    /// A part of a thread, at most `limit` entries. Who asks must be permitted.
    fn thread(
        &self,
        of: &ThreadOf,
        part: Part,
        limit: usize,
    ) -> impl Future<Output = Result<KeptPart, StoreError>> + Send;

    /// The current conversation of a thread: the latest that goes on, else the last one. Then others that go on, or of which the visitor has
    /// not read all. For the hub itself and for the visitor.
    fn current_conversations(
        &self,
        of: &ThreadOf,
    ) -> impl Future<Output = Result<Vec<KeptConversation>, StoreError>> + Send;

    /// A conversation of a thread. Who asks must be permitted.
    fn conversation(
        &self,
        of: &ThreadOf,
        conversation: ConversationId,
    ) -> impl Future<Output = Result<Option<KeptConversation>, StoreError>> + Send;

    /// In whose thread a conversation is; needs [`Permission::Handle`].
    fn thread_of(
        &self,
        access: &Access,
        conversation: ConversationId,
    ) -> impl Future<Output = Result<Option<ThreadOf>, StoreError>> + Send;

    /// Conversations that go on, then the latest of the others, at most 500; needs [`Permission::Handle`].
    fn conversations(&self, access: &Access) -> impl Future<Output = Result<Vec<KeptConversation>, StoreError>> + Send;

    /// The conversations of each of these threads that go on, and its last one; the latest first. For the hub itself.
    fn tasks_of(
        &self,
        threads: Vec<ThreadOf>,
    ) -> impl Future<Output = Result<Vec<(ThreadOf, Vec<KeptTask>)>, StoreError>> + Send;

    /// All conversations that go on, of all tenants; for the hub itself.
    fn open_tasks(&self) -> impl Future<Output = Result<Vec<(ThreadOf, KeptTask)>, StoreError>> + Send;

    /// The agents of a tenant who handle conversations. Who asks must be permitted.
    fn agents(&self, tenant: &TenantId) -> impl Future<Output = Result<Vec<AgentName>, StoreError>> + Send;

    /// Who is good at what, and where conversations wait. Who asks must be permitted.
    fn routing(&self, tenant: &TenantId) -> impl Future<Output = Result<Rules, StoreError>> + Send;

    /// Changes that. Who asks must be permitted.
    fn change_routing(&self, tenant: &TenantId, rules: Rules) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// A document as it was kept; `None` where there is none. Who asks must be permitted.
    fn document(
        &self,
        tenant: &TenantId,
        document: Document,
    ) -> impl Future<Output = Result<Option<String>, StoreError>> + Send;

    /// All tenants' documents of a kind, for the hub itself.
    fn documents(&self, document: Document)
    -> impl Future<Output = Result<Vec<(TenantId, String)>, StoreError>> + Send;

    /// Keeps a document in the place of what there was. Who asks must be permitted.
    fn keep_document(
        &self,
        tenant: &TenantId,
        document: Document,
        body: String,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Threads of a channel that it was not told all of, at most `limit`; for the hub itself.
    fn untold(
        &self,
        tenant: &TenantId,
        channel: &str,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Untold>, StoreError>> + Send;

    /// What it has to be told of one thread.
    fn untold_of(&self, of: &ThreadOf) -> impl Future<Output = Result<Option<Untold>, StoreError>> + Send;

    /// A channel was told all of a thread up to this number.
    fn told(&self, of: &ThreadOf, seq: u64) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Deletes all that was said in a thread; returns when it can be read from no file any more.
    fn forget_thread(&self, of: &ThreadOf) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Conversations that go on, in which nothing was said since `before`; for the hub itself.
    fn silent(
        &self,
        before: Timestamp,
    ) -> impl Future<Output = Result<Vec<(ThreadOf, ConversationId)>, StoreError>> + Send;

    /// Deletes conversations in which nothing was said since `before`, of at most `limit` threads; which ones.
    fn expire(
        &self,
        tenant: &TenantId,
        before: Timestamp,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Expired>, StoreError>> + Send;

    /// Keeps what an address in a message leads to; false where the message is gone.
    fn keep_preview(
        &self,
        of: &ThreadOf,
        seq: u64,
        preview: &Preview,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Keeps decisions; returns when they are durable.
    fn keep_decisions(
        &self,
        decisions: Vec<(TenantId, Decision)>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The latest decisions about a conversation, in order, at most 500; needs [`Permission::Handle`]. `None` where there is
    /// no such conversation.
    fn decisions(
        &self,
        access: &Access,
        conversation: ConversationId,
    ) -> impl Future<Output = Result<Option<Vec<KeptDecision>>, StoreError>> + Send;

    /// What the customer wants said of conversations that are over. Who asks must be permitted.
    fn wrap_up(&self, tenant: &TenantId) -> impl Future<Output = Result<WrapUp, StoreError>> + Send;

    /// Changes that. Who asks must be permitted.
    fn change_wrap_up(&self, tenant: &TenantId, rules: WrapUp) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Keeps an agent's note in the conversation that he has; returns when it is durable. Who asks must be permitted.
    fn note(
        &self,
        of: &ThreadOf,
        conversation: ConversationId,
        agent: AgentName,
        note: (MessageId, MessageText),
        at: Timestamp,
    ) -> impl Future<Output = Result<Result<KeptRemark, Objection>, StoreError>> + Send;

    /// Keeps what an agent notes of his conversation that is over: the conversation now, and the note. Who asks must be permitted.
    fn wrap(
        &self,
        of: &ThreadOf,
        conversation: ConversationId,
        agent: AgentName,
        wrapped: Wrapped,
        at: Timestamp,
    ) -> impl Future<Output = Result<Result<WrappedUp, Objection>, StoreError>> + Send;

    /// The time for that is over: the conversation where that changed it. For the hub itself.
    fn end_wrapping(
        &self,
        of: &ThreadOf,
        conversation: ConversationId,
        at: Timestamp,
    ) -> impl Future<Output = Result<Option<KeptConversation>, StoreError>> + Send;

    /// Conversations that are over, of which their agents have not said yet what they were about: of these visitors, or of all. For the
    /// hub itself.
    fn wrapping(
        &self,
        threads: Option<Vec<ThreadOf>>,
    ) -> impl Future<Output = Result<Vec<(ThreadOf, Wrapping)>, StoreError>> + Send;

    /// What agents noted after entries with these numbers, in order, the latest 200. Who asks must be permitted.
    fn remarks(
        &self,
        of: &ThreadOf,
        after: RangeInclusive<u64>,
    ) -> impl Future<Output = Result<Vec<KeptRemark>, StoreError>> + Send;

    /// The replies of an agent, or with `None` those that all share. Who asks must be permitted.
    fn replies(
        &self,
        tenant: &TenantId,
        agent: Option<&str>,
    ) -> impl Future<Output = Result<Replies, StoreError>> + Send;

    /// Changes them; false where they are of another version. Who asks must be permitted.
    fn change_replies(
        &self,
        tenant: &TenantId,
        agent: Option<&str>,
        replies: Replies,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Who a visitor is; needs [`Permission::Handle`].
    fn profile(&self, access: &Access, visitor: VisitorId) -> impl Future<Output = Result<Profile, StoreError>> + Send;

    /// What a visitor did, the newest first; needs [`Permission::ViewLive`]. `before` is [`JourneyPart::next`] of another part.
    fn journey(
        &self,
        access: &Access,
        visitor: VisitorId,
        before: Option<i64>,
    ) -> impl Future<Output = Result<JourneyPart, StoreError>> + Send;

    /// Makes room for a file that begins to come; false where its visitor has brought all that he may today. Who asks must be permitted.
    fn begin_file(
        &self,
        tenant: &TenantId,
        uploader: Uploader,
        file: FileId,
        size: u64,
        at: Timestamp,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// It has come as a whole; false where it is not wanted any more.
    fn keep_file(&self, file: &Attachment, state: FileState) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// It is not wanted, unless it was sent.
    fn drop_file(&self, file: FileId) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// A file that may be served: who has its id may have it.
    fn file(&self, file: FileId) -> impl Future<Output = Result<Option<Attachment>, StoreError>> + Send;

    /// Files whose bytes are to be removed, at most 1,000; those that nobody has sent for an hour become such.
    fn gone_files(&self, now: Timestamp) -> impl Future<Output = Result<Vec<FileId>, StoreError>> + Send;

    /// Their bytes are removed.
    fn removed_files(&self, files: Vec<FileId>) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Uses a ticket up.
    fn redeem_ticket(
        &self,
        ticket: Ticket,
        now: Timestamp,
    ) -> impl Future<Output = Result<Option<Access>, StoreError>> + Send;
}

/// An agent's session.
#[derive(Clone, Debug)]
pub struct Session {
    /// Secret, for the `Authorization` header; 12 h.
    pub token: String,
    /// The agent's name.
    pub name: String,
}
