//! What changes a conversation, and what is kept of it.

use std::time::Duration;

use alongside::protocol::conversation::{Author, Entry, MessageText, Objection, Say, Stage};
use alongside::protocol::rich::{Answer, Rich};
use alongside::protocol::{ConversationId, FileId, Identity, MessageId, SignIn, VisitId, VisitorId};
use alongside::time::Timestamp;

use crate::store::TenantId;

/// Whose thread.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ThreadOf {
    /// Whose data it is.
    pub tenant: TenantId,
    /// Who talks.
    pub visitor: VisitorId,
}

/// An agent who does something in a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentName {
    /// By which he is known.
    pub agent: String,
    /// As visitors see it.
    pub name: String,
}

/// What changes a conversation.
#[derive(Clone, Debug)]
pub enum Change {
    /// The visitor says something: in the conversation that goes on, or in a new one.
    Say(Box<Spoken>),
    /// A bot that has it says something, all of it or nothing, and perhaps leaves.
    Bot(ConversationId, AgentName, BotTurn),
    /// The visitor has these on a screen, and has read those.
    Mark {
        /// See [`alongside::protocol::conversation::Mark`].
        delivered: u64,
        /// See there.
        read: u64,
        /// See there.
        conversation: Option<ConversationId>,
    },
    /// The visitor ends it; the current one where none is named.
    Finish(Option<ConversationId>),
    /// An agent says something, perhaps with a file that he has brought, or with what it offers.
    Reply(ConversationId, AgentName, MessageId, MessageText, Option<FileId>, Option<Rich>),
    /// An agent has these on a screen, and has read those.
    AgentMark(ConversationId, AgentName, u64, u64),
    /// An agent takes it.
    Take(ConversationId, AgentName),
    /// An agent leaves it to others.
    Release(ConversationId, AgentName),
    /// An agent passes it on.
    Transfer(ConversationId, AgentName, Goal),
    /// An agent who has it is gone: others go on, where the visitor said the last word.
    Abandon(ConversationId, AgentName),
    /// An agent ends it.
    Close(ConversationId, AgentName),
    /// Nothing was said in it since this moment: it is over. Its agent is asked what it was about, where he is one of these.
    Lapse(ConversationId, Timestamp, Vec<String>),
    /// An agent asks the visitor to sign in, in these words.
    AskSignIn(ConversationId, AgentName, MessageText),
    /// The visitor does not want to; in the current one where none is named.
    DeclineSignIn(Option<ConversationId>),
    /// He has not answered in time, to what was asked there before this moment.
    ExpireSignIn(ConversationId, Timestamp),
}

/// What a visitor says.
#[derive(Clone, Debug)]
pub struct Spoken {
    /// The message, as he says it.
    pub say: Say,
    /// The channel that it came by.
    pub from: Option<Sender>,
    /// After so long without activity it begins a new conversation.
    pub threading: Duration,
    /// Who has a new one at first, unless the agent who had the visitor last goes on.
    pub bot: Option<AgentName>,
    /// The agents who take conversations now.
    pub available: Vec<String>,
    /// How many may go on at a time.
    pub may: May,
}

/// How many conversations of a visitor may go on at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum May {
    /// One.
    One,
    /// Several, at most [`SEVERAL`](alongside::protocol::conversation::SEVERAL).
    Several,
}

/// Who writes by a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// The channel's id.
    pub channel: String,
    /// As agents see it.
    pub channel_name: String,
    /// By which the channel knows him.
    pub address: String,
    /// As it calls him.
    pub name: Option<String>,
    /// The language that he writes, as a tag.
    pub language: Option<String>,
}

/// What a bot does in one go.
#[derive(Clone, Debug, Default)]
pub struct BotTurn {
    /// What it says: each under an id, with what it offers.
    pub says: Vec<(MessageId, MessageText, Option<Rich>)>,
    /// Where it is in its flow.
    pub place: Option<String>,
    /// What the visitor filled in: names and values.
    pub collected: Vec<(String, String)>,
    /// What becomes of the conversation.
    pub then: Then,
    /// Where it waits, where it is handed over.
    pub queue: Option<String>,
    /// The last number that it knew of; where more was said since, it is not done.
    pub after: Option<u64>,
}

/// What becomes of a conversation after a bot's turn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Then {
    /// The bot waits for an answer.
    #[default]
    Waits,
    /// It goes to a person.
    HandsOver,
    /// It is over.
    Ends,
}

/// Before the name of a bot: agents have e-mail addresses.
const BOT: &str = "bot:";

impl AgentName {
    /// A bot of that name.
    pub fn bot(name: &str) -> Self {
        Self { agent: [BOT, name].concat(), name: name.to_owned() }
    }

    /// Whether it is a bot.
    pub fn is_bot(&self) -> bool {
        self.agent.starts_with(BOT)
    }
}

/// Where a conversation is passed on to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Goal {
    /// To an agent first.
    Agent(String),
    /// To a queue.
    Queue(String),
}

/// A conversation and the state of its thread.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptConversation {
    /// Which.
    pub conversation: ConversationId,
    /// Whose.
    pub visitor: VisitorId,
    /// Where he was on the site when he last said something.
    pub visit: Option<VisitId>,
    /// Counts its changes.
    pub version: u64,
    /// How far it has come.
    pub stage: Stage,
    /// Who has it, or had it last.
    pub agent: Option<AgentName>,
    /// When it began.
    pub began: Timestamp,
    /// Since when it is at this stage.
    pub since: Timestamp,
    /// The last line.
    pub last: Last,
    /// Its first number.
    pub first: u64,
    /// The last number of its thread.
    pub thread_last: u64,
    /// Whether another conversation of the thread goes on.
    pub has_others: bool,
    /// Up to which number an agent has it on a screen.
    pub agent_delivered: u64,
    /// Up to which number an agent has read.
    pub agent_read: u64,
    /// Up to which number the visitor has it on a screen.
    pub delivered: u64,
    /// Up to which number the visitor has read.
    pub read: u64,
    /// The visitor's messages that no agent has read.
    pub unread: u32,
    /// Messages for the visitor that he has not read.
    pub unseen: u32,
    /// Where its bot is in its flow.
    pub place: Option<String>,
    /// It is over, and its agent has not said yet what it was about: until when that takes up his room.
    pub wrap_until: Option<Timestamp>,
    /// Where the visitor writes from, if not from the site.
    pub channel: Option<ChannelName>,
    /// As he calls himself.
    pub name: Option<String>,
    /// What he filled in: names and values.
    pub collected: Vec<(String, String)>,
    /// Absent where the visitor cannot be asked to sign in.
    pub sign_in: Option<SignIn>,
    /// Whom the customer's site says that he is.
    pub identity: Option<Identity>,
}

/// A channel, by its id and as agents see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelName {
    /// See [`Sender::channel`].
    pub id: String,
    /// See [`Sender::channel_name`].
    pub name: String,
}

/// What was said last in a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Last {
    /// Its number.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub author: Author,
    /// Its beginning, at most 160 bytes.
    pub excerpt: String,
}

/// An entry, and who wrote it.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptEntry {
    /// As visitors see it.
    pub entry: Entry,
    /// The agent.
    pub agent: Option<String>,
    /// What the visitor chose or filled in.
    pub answer: Option<Answer>,
}

/// What became of a change.
#[derive(Clone, Debug)]
pub enum Changed {
    /// It is kept: the conversation now, what is new in its thread.
    Kept(Box<KeptConversation>, Vec<KeptEntry>),
    /// It was so before.
    Before(Box<KeptConversation>, Vec<KeptEntry>),
    /// It is not done before this conversation has lapsed: nothing was said in it for too long.
    Silent(ConversationId),
    /// It is not done.
    Refused(Objection),
}

/// Which part of a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Its end.
    Last,
    /// What follows this number.
    After(u64),
    /// The end of what comes before this number.
    Before(u64),
}

/// A part of a thread.
#[derive(Clone, Debug, Default)]
pub struct KeptPart {
    /// In order.
    pub entries: Vec<KeptEntry>,
    /// Whether there are entries before these.
    pub has_earlier: bool,
    /// Whether there are entries after these.
    pub has_later: bool,
}
