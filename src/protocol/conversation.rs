//! What visitor, agents and hub say to each other in a conversation.
//!
//! # The story of a conversation
//!
//! A visitor has one *thread* at a deployment: all that was ever said there, numbered 1, 2, 3 ... ([`Entry::seq`]). A conversation is a
//! part of it, from its first message to its end. The visitor's page [`Say`]s something under an id that it made; the hub keeps it in
//! the conversation that goes on, or begins one, and tells everybody the [`Entry`]. That is also the acknowledgement: what has come
//! back as an entry is kept for good, and what has not is said again under the same id, which the hub knows. So a message is there once,
//! however often it was sent. Who has missed entries sees a gap in their numbers, and [`Ask`]s for what follows his last one.
//!
//! Where [`Terms::several`] is set, conversations of one thread may overlap: each has a [`Standing`] of its own, and what the page says names
//! the one that it is about. The page makes the id of one that it begins, so that whatever is sent twice, or comes from another tab, ends up
//! in the same one.
//!
//! A file is brought to the hub first, by HTTP; then a message names it ([`Say::file`], [`Reply::file`]), and the hub tells what it is with
//! the entry ([`Entry::file`]). Its text is the file's name where its author wrote none, for peers that know nothing of files.
//!
//! A page speaks [`Talk`], a desk [`Inbox`]. Both cross as [`RelayBody`](super::RelayBody)s.

use core::fmt;

use super::codec::{Input, Kind, Malformed, Output, Wire, wire_choice, wire_record, wire_union};
use super::id::{ConversationId, FileId, MessageId, VisitId, VisitorId};
use super::identity::{Identity, SignIn};
use super::rich::{Answer, AnswerValue, Offered};
use crate::time::Timestamp;

/// Longest text of a message, in bytes of UTF-8.
pub const MESSAGE_LIMIT: usize = 4_096;

/// Most entries that are told at once, where nobody asked for fewer.
pub const PAGE_OF_ENTRIES: usize = 25;

/// Longest name of a person or bot, and of a queue, in bytes.
pub const PERSON_LIMIT: usize = 128;

/// Longest name of a file, in bytes.
pub const FILE_NAME_LIMIT: usize = 128;

/// Longest address of a preview, in bytes.
pub const ADDRESS_LIMIT: usize = 2_048;

/// Longest title and text of a preview, in bytes.
pub const PREVIEW_LIMIT: usize = 300;

/// Most conversations of one visitor that go on at a time, where there may be [`several`](Terms::several).
pub const SEVERAL: usize = 5;

/// The best that a visitor can say of a conversation; 1 is the worst.
pub const BEST: u32 = 5;

/// Largest file, in bytes.
pub const FILE_LIMIT: u64 = 10 * 1024 * 1024;

/// What somebody wrote: 1 to [`MESSAGE_LIMIT`] bytes, without control characters other than line breaks and tabs, not only white space.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct MessageText(String);

/// Why a text is no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotAMessage {
    /// Nothing can be read in it.
    Empty,
    /// It is longer than [`MESSAGE_LIMIT`] bytes.
    TooLong,
}

impl NotAMessage {
    /// For programs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty-message",
            Self::TooLong => "too-long",
        }
    }
}

impl fmt::Display for NotAMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "a message has something to read in it",
            Self::TooLong => "a message has at most 4,096 bytes",
        })
    }
}

impl core::error::Error for NotAMessage {}

impl MessageText {
    /// The text without control characters, and without white space around it.
    ///
    /// # Errors
    /// [`NotAMessage`].
    pub fn new(text: &str) -> Result<Self, NotAMessage> {
        let is_kept = |char: &char| !char.is_ascii_control() || matches!(char, '\n' | '\t');
        let text: String = text.chars().filter(is_kept).collect();
        let text = text.trim();
        match text.len() {
            0 => Err(NotAMessage::Empty),
            1..=MESSAGE_LIMIT => Ok(Self(text.to_owned())),
            _ => Err(NotAMessage::TooLong),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for MessageText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What people write to each other is in no log.
        write!(f, "MessageText({} bytes)", self.0.len())
    }
}

impl Wire for MessageText {
    const KIND: Kind = Kind::Sized;
    fn write(&self, out: &mut dyn Output) {
        out.text(&self.0);
    }
    fn read(input: &mut dyn Input) -> Result<Self, Malformed> {
        Self::new(&input.text(MESSAGE_LIMIT)?).map_err(|_| Malformed::BadText)
    }
}

wire_choice! {
    /// Who wrote an entry.
    pub enum Author {
        /// The visitor.
        1 Visitor "visitor",
        /// An agent.
        2 Agent "agent",
        /// A program that speaks for the company.
        3 Bot "bot",
        /// The hub: something happened.
        4 Hub "hub",
    }
}

wire_choice! {
    /// How far a conversation has come.
    pub enum Stage {
        /// There is none: the next message begins one.
        1 None "none",
        /// It waits for an agent.
        2 Waiting "waiting",
        /// Somebody has it.
        3 Open "open",
        /// It is over: the next message begins another one.
        4 Ended "ended",
    }
}

wire_choice! {
    /// Why something is not done.
    pub enum Objection {
        /// More messages than a person writes: the visitor's own are limited.
        1 TooFast "too-fast",
        /// The agent lacks the permission.
        2 NotPermitted "not-permitted",
        /// No such conversation, or none of this agent's.
        3 NotFound "not-found",
        /// Another agent has it.
        4 Taken "taken",
        /// It is over.
        5 Ended "ended",
        /// The hub cannot do it now: try again.
        6 Busy "busy",
        /// As many conversations go on as may: one is to be ended first.
        7 TooMany "too-many",
    }
}

wire_choice! {
    /// Whether an agent takes conversations.
    pub enum Presence {
        /// He takes them.
        1 Available "available",
        /// He is not there, or does not want any.
        2 Away "away",
        /// He let offers run out: none come before he says that he is there.
        3 NotResponding "not-responding",
    }
}

wire_record! {
    /// One line of a thread.
    pub struct Entry {
        /// 1, 2, 3 ... of the visitor's thread, without a gap.
        1 seq "seq": u64,
        /// Made by who wrote it; what happens has one of the hub's.
        2 id "id": MessageId,
        /// Which conversation it belongs to.
        3 conversation "conversation": ConversationId,
        /// When it was kept, by the hub's clock.
        4 at "at": Timestamp,
        /// Who wrote it.
        5 author "author": Author,
        /// His name, as the other side may see it; for what happened, whom it is about.
        6 name "name": Option<String>,
        /// What was written. Of a kind that a peer does not know, what it shows instead.
        7 text "text": Option<MessageText>,
        /// What happened: a word of [`Event`]. One that is not known is passed over.
        8 event "event": Option<String>,
        /// Whether the reader wrote it. Told to desks only.
        9 is_own "own": Option<bool>,
        /// What was sent with it.
        10 file "file": Option<Attachment>,
        /// What it offers besides its text.
        12 rich "rich": Option<Offered>,
        /// What the first address in its text leads to. It comes later than the text: see [`Talk::Preview`].
        13 preview "preview": Option<Preview>,
        /// The visitor says how a conversation was: see [`Rating::score`].
        14 rating "rating": Option<u32>,
    }
}

wire_record! {
    /// What an address in a message leads to, as the hub found it there.
    pub struct Preview {
        /// The address: `https`, or `http` of a host that the hub is told to look at; at most [`ADDRESS_LIMIT`] bytes.
        1 address "address": String,
        /// What the page calls itself; at most [`PREVIEW_LIMIT`] bytes.
        2 title "title": String,
        /// What it says of itself; at most [`PREVIEW_LIMIT`] bytes.
        3 text "text": Option<String>,
        /// Whose it is: the host in the end.
        4 site "site": Option<String>,
        /// Its picture, at the hub.
        5 image "image": Option<FileId>,
        /// The picture's, in pixels.
        6 width "width": Option<u32>,
        /// See [`Preview::width`].
        7 height "height": Option<u32>,
    }
}

wire_choice! {
    /// What a scanner says of a file.
    pub enum Scan {
        /// Nothing yet: it is not to be had.
        1 Pending "pending",
        /// Nothing is wrong with it.
        2 Clean "clean",
        /// It does harm: it is not to be had.
        3 Infected "infected",
    }
}

wire_record! {
    /// A file, as the hub knows it.
    pub struct Attachment {
        /// Which.
        1 id "id": FileId,
        /// Without a folder, and with the ending of its type; at most [`FILE_NAME_LIMIT`] bytes.
        2 name "name": String,
        /// Its media type, by its bytes.
        3 media "type": String,
        /// In bytes.
        4 size "size": u64,
        /// Of a picture that can be shown, in pixels.
        5 width "width": Option<u32>,
        /// See [`Attachment::width`].
        6 height "height": Option<u32>,
        /// Absent where nobody looks at files.
        7 scan "scan": Option<Scan>,
    }
}

impl Attachment {
    /// Whether a text is only its name, which stands for it.
    pub fn is_named(&self, text: &MessageText) -> bool {
        self.name == text.as_str()
    }

    /// Whether it may be fetched.
    pub fn is_there(&self) -> bool {
        !matches!(self.scan, Some(Scan::Pending | Scan::Infected))
    }

    /// Width and height where it is a picture that can be shown.
    pub fn picture(&self) -> Option<(u32, u32)> {
        self.width.zip(self.height).filter(|_| self.is_there())
    }
}

/// What can happen in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// An agent came.
    Joined,
    /// He left it to others.
    Left,
    /// A program did, which cannot go on: it waits for an agent.
    Waiting,
    /// An agent came, and another one had passed it on.
    Transferred,
    /// It is over.
    Ended,
    /// An agent asked the visitor to sign in. Its entry has a text besides, for peers that do not know it.
    SignInAsked,
    /// He did; the entry's name is his.
    SignedIn,
    /// He did not want to.
    SignInDeclined,
    /// He did not answer in time.
    SignInExpired,
}

impl Event {
    /// The word in [`Entry::event`].
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Joined => "joined",
            Self::Left => "left",
            Self::Waiting => "waiting",
            Self::Transferred => "transferred",
            Self::Ended => "ended",
            Self::SignInAsked => "sign-in-asked",
            Self::SignedIn => "signed-in",
            Self::SignInDeclined => "sign-in-declined",
            Self::SignInExpired => "sign-in-expired",
        }
    }

    /// What the word stands for; a later hub has others.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "joined" => Some(Self::Joined),
            "left" => Some(Self::Left),
            "waiting" => Some(Self::Waiting),
            "transferred" => Some(Self::Transferred),
            "ended" => Some(Self::Ended),
            "sign-in-asked" => Some(Self::SignInAsked),
            "signed-in" => Some(Self::SignedIn),
            "sign-in-declined" => Some(Self::SignInDeclined),
            "sign-in-expired" => Some(Self::SignInExpired),
            _ => None,
        }
    }
}

wire_union! {
    /// What a visitor's page and the hub say to each other.
    pub enum Talk {
        /// Page to hub: tell me of the thread, now and from now on.
        1 Ask(Ask) "ask",
        /// Page to hub: a message.
        2 Say(Say) "say",
        /// Page to hub: what has come and what was seen.
        3 Mark(Mark) "mark",
        /// Either way.
        4 Typing(Typing) "typing",
        /// Page to hub: the visitor ends the conversation.
        5 Finish(Finish) "finish",
        /// Hub to page: a part of the thread.
        8 Thread(Thread) "thread",
        /// Hub to page: new entries.
        9 News(News) "news",
        /// Hub to page: how the conversation stands.
        10 Standing(Standing) "standing",
        /// Hub to page: a message was not kept.
        11 Refused(Refused) "refused",
        /// Hub to page: how long the conversation may still wait.
        12 Place(Place) "place",
        /// Hub to page: when somebody is there, and what is asked of the visitor. Before the first part of a thread, and as it changes.
        13 Terms(Terms) "terms",
        /// Hub to page: what an address in a message leads to.
        14 Preview(Previewed) "preview",
        /// Page to hub: the visitor does not sign in, as he was asked to. That he does is told by a token.
        20 NotNow(NotNow) "notNow",
    }
}

wire_union! {
    /// The relayed message that a [`Talk`] crosses in: the one of [`RelayBody`](super::RelayBody), for who needs no other.
    pub enum TalkBody {
        /// See [`RelayBody::Talk`](super::RelayBody::Talk).
        41 Talk(Talk) "talk",
    }
}

wire_union! {
    /// As [`TalkBody`], for desks.
    pub enum InboxBody {
        /// See [`RelayBody::Inbox`](super::RelayBody::Inbox).
        42 Inbox(Inbox) "inbox",
    }
}

wire_record! {
    /// Asks for a part of a thread: without numbers, its last entries.
    pub struct Ask {
        /// Those that follow this number.
        1 after "after": Option<u64>,
        /// Those that come before this number, the latest of them.
        2 before "before": Option<u64>,
    }
}

wire_record! {
    /// A visitor's message.
    pub struct Say {
        /// Made by the page; the same when it is said again.
        1 id "id": MessageId,
        /// What he wrote, or the name of his file.
        2 text "text": MessageText,
        /// One that he brought to the hub, and has not sent yet.
        3 file "file": Option<FileId>,
        /// What he chose or filled in of what a message offers.
        5 answer "answer": Option<Answer>,
        /// What he filled in of [`Terms::pre_chat`] before it. Kept where the message begins a conversation.
        6 filled "filled": Vec<AnswerValue>,
        /// How a conversation was, which is over. Its text is what he says of it, or stands for the score.
        7 rating "rating": Option<Rating>,
        /// Which conversation it is for, where several go on. It goes on while it can; else the message begins another one in its place, and
        /// what was said for the old one since goes there, too.
        8 conversation "conversation": Option<ConversationId>,
        /// It begins a conversation though others go on, under the id that [`Say::conversation`] gives, which the page made. All that is said
        /// before that one is known says so, too: whichever comes first begins it. Where [`Terms::several`] is not set, it is as if it were absent.
        9 begins "begins": Option<bool>,
    }
}

impl Say {
    /// A message of text alone.
    pub fn new(id: MessageId, text: MessageText) -> Self {
        Self { id, text, file: None, answer: None, filled: Vec::new(), rating: None, conversation: None, begins: None }
    }
}

wire_record! {
    /// How a conversation with an agent was. The first one counts; the message begins no conversation.
    pub struct Rating {
        /// Which.
        1 conversation "conversation": ConversationId,
        /// From 1 to [`BEST`].
        2 score "score": u32,
    }
}

wire_record! {
    /// What holds for conversations here.
    pub struct Terms {
        /// Whether agents are at work now. Absent where no hours are known.
        1 is_open "open": Option<bool>,
        /// When they are the next time, where they are not.
        2 opens_at "opensAt": Option<Timestamp>,
        /// Whether the visitor is asked how it was, when a conversation with an agent is over.
        3 asks_rating "rating": Option<bool>,
        /// Asked before a conversation begins: a form.
        4 pre_chat "preChat": Option<Offered>,
        /// After so many days without activity what was said is deleted.
        5 kept_days "keptDays": Option<u32>,
        /// Whether a visitor may have several conversations that go on at a time, at most [`SEVERAL`].
        6 several "several": Option<bool>,
    }
}

wire_record! {
    /// What an address in a message leads to.
    pub struct Previewed {
        /// The message's number.
        1 seq "seq": u64,
        /// What there is.
        2 preview "preview": Preview,
    }
}

wire_record! {
    /// Up to which number entries have come, and were seen.
    pub struct Mark {
        /// They are on a screen, or could be.
        1 delivered "delivered": u64,
        /// They were in view.
        2 read "read": u64,
        /// Of this conversation only; absent for the whole thread.
        3 conversation "conversation": Option<ConversationId>,
    }
}

wire_record! {
    /// Somebody is writing, for the next seconds. Told at most every 5 s.
    pub struct Typing {
        /// Who, where it is told to the visitor.
        1 name "name": Option<String>,
        /// In which conversation, where several go on.
        2 conversation "conversation": Option<ConversationId>,
    }
}

wire_record! {
    /// The visitor is done.
    pub struct Finish {
        /// With which conversation, where several go on.
        1 conversation "conversation": Option<ConversationId>,
    }
}

wire_record! {
    /// The visitor does not sign in now.
    pub struct NotNow {
        /// In which conversation he was asked to, where several go on.
        1 conversation "conversation": Option<ConversationId>,
    }
}

wire_record! {
    /// A part of a thread: numbers without a gap. How other conversations stand, if several go on, is told before.
    pub struct Thread {
        /// How the conversation stands.
        1 standing "standing": Standing,
        /// In order; as many as one frame holds, at most [`PAGE_OF_ENTRIES`].
        2 entries "entries": Vec<Entry>,
        /// What was asked for was before this number.
        3 before "before": Option<u64>,
        /// Whether there are entries before these.
        4 has_earlier "earlier": bool,
        /// Whether there are entries after these.
        5 has_later "later": bool,
    }
}

wire_record! {
    /// What was kept just now.
    pub struct News {
        /// In order.
        1 entries "entries": Vec<Entry>,
    }
}

wire_record! {
    /// How the visitor's last conversation stands; where several go on, each of them.
    pub struct Standing {
        /// How far it has come.
        1 stage "stage": Stage,
        /// Who has it, or had it last.
        2 agent "agent": Option<String>,
        /// Whether that is a program.
        3 is_bot "bot": Option<bool>,
        /// The number of its first entry.
        4 first "first": u64,
        /// Counts its changes. Of two, the one that begins later is newer, and of one conversation the one with the higher count.
        5 version "version": u64,
        /// Up to which number the other side has it on a screen.
        7 delivered "delivered": u64,
        /// Up to which number the other side has read.
        8 read "read": u64,
        /// Up to which number the visitor has read it, in any of his pages.
        9 seen "seen": u64,
        /// The last number of the thread.
        10 last "last": u64,
        /// Its entries for the visitor that he has not read.
        11 unread "unread": u32,
        /// Which it is. Absent where there is no other one that goes on, nor may be.
        12 conversation "conversation": Option<ConversationId>,
    }
}

wire_record! {
    /// Where a conversation waits.
    pub struct Place {
        /// How many wait before it, and it: 1 is the next one.
        1 place "place": u32,
        /// At least so many seconds,
        2 wait_from "waitFrom": Option<u32>,
        /// and probably not more than these. Absent where nobody knows.
        3 wait_to "waitTo": Option<u32>,
        /// Which one, where several go on.
        4 conversation "conversation": Option<ConversationId>,
    }
}

wire_record! {
    /// A message was not kept. It can be said again.
    pub struct Refused {
        /// Which.
        1 id "id": MessageId,
        /// Why.
        2 objection "objection": Objection,
        /// Milliseconds until another try makes sense.
        3 retry_after "retryAfter": Option<u32>,
    }
}

wire_union! {
    /// What a desk and the hub say to each other.
    pub enum Inbox {
        /// Desk to hub: tell me of conversations from now on; first comes what is there already.
        1 Open(Open) "open",
        /// Desk to hub: a part of a conversation's thread; it is followed from now on.
        2 Look(Look) "look",
        /// Desk to hub: a message.
        3 Reply(Reply) "reply",
        /// Desk to hub: what has come and what was seen.
        4 Mark(InboxMark) "mark",
        /// Either way: somebody is writing there.
        5 Typing(InboxTyping) "typing",
        /// Desk to hub: I take it.
        6 Take(Take) "take",
        /// Desk to hub: others may take it.
        7 Release(Release) "release",
        /// Desk to hub: it is over.
        8 Close(Close) "close",
        /// Desk to hub: whether the agent takes conversations.
        9 Presence(PresenceWish) "presence",
        /// Desk to hub: I do not take what I am offered.
        10 Decline(Decline) "decline",
        /// Desk to hub: it is passed on.
        11 Transfer(Transfer) "transfer",
        /// Hub to desk: conversations that are new or changed.
        16 Rows(Rows) "rows",
        /// Hub to desk: a part of a thread.
        17 Thread(InboxThread) "thread",
        /// Hub to desk: new entries of a thread that it follows.
        18 News(InboxNews) "news",
        /// Hub to desk: a wish that was not met.
        19 Refused(InboxRefused) "refused",
        /// Hub to desk: a conversation for this agent; [`Inbox::Take`] and [`Inbox::Decline`] answer it.
        20 Offer(Offer) "offer",
        /// Hub to desk: it is not offered to this agent any more.
        21 Withdrawn(Withdrawn) "withdrawn",
        /// Hub to desk: who is at work.
        22 Floor(Floor) "floor",
        /// Hub to desk: what an address in a message leads to.
        23 Preview(InboxPreviewed) "preview",
        /// Desk to hub: a note for agents alone.
        30 Note(Note) "note",
        /// Desk to hub: what a conversation that is over was about.
        31 Wrap(Wrap) "wrap",
        /// Hub to desk: what agents noted in a thread that it follows; each is new, or in the place of an older one.
        32 Remarks(Remarks) "remarks",
        /// Desk to hub: the visitor is to sign in.
        40 AskSignIn(AskSignIn) "askSignIn",
    }
}

wire_record! {
    /// The desk's inbox is open.
    pub struct Open {}
}

wire_record! {
    /// Asks for a part of the thread that a conversation is in: without numbers, its last entries.
    pub struct Look {
        /// Which.
        1 conversation "conversation": ConversationId,
        /// Those that follow this number.
        2 after "after": Option<u64>,
        /// Those that come before this number, the latest of them.
        3 before "before": Option<u64>,
    }
}

wire_record! {
    /// An agent's message.
    pub struct Reply {
        /// Where.
        1 conversation "conversation": ConversationId,
        /// Made by the desk; the same when it is said again.
        2 id "id": MessageId,
        /// What he wrote, or the name of his file.
        3 text "text": MessageText,
        /// One that he brought to the hub, and has not sent yet.
        4 file "file": Option<FileId>,
        /// What it offers besides its text. What is not sound is refused.
        10 rich "rich": Option<Offered>,
    }
}

wire_record! {
    /// An agent's note in his conversation, which its visitor never hears of.
    pub struct Note {
        /// Where.
        1 conversation "conversation": ConversationId,
        /// Made by the desk; the same when it is said again.
        2 id "id": MessageId,
        /// What he noted.
        3 text "text": MessageText,
    }
}

wire_record! {
    /// What an agent notes of his conversation once it is over. It takes the place of what he noted of it before.
    pub struct Wrap {
        /// Which.
        1 conversation "conversation": ConversationId,
        /// A code of the customer's list, by its id.
        2 code "code": Option<String>,
        /// In his own words.
        3 text "text": Option<MessageText>,
        /// He is done: it can be changed no more, and he has room for another conversation.
        4 is_done "done": bool,
    }
}

wire_record! {
    /// What agents noted in a thread.
    pub struct Remarks {
        /// Whose thread.
        1 visitor "visitor": VisitorId,
        /// As many as one frame holds.
        2 remarks "remarks": Vec<Remark>,
    }
}

wire_record! {
    /// Something for agents alone, at a place of a thread: a note, or what was noted of a conversation at its end. It has no number of the
    /// thread, so that its visitor sees no gap.
    pub struct Remark {
        /// Which.
        1 id "id": MessageId,
        /// Of which conversation.
        2 conversation "conversation": ConversationId,
        /// It follows the entry with this number.
        3 after "after": u64,
        /// When, by the hub's clock.
        4 at "at": Timestamp,
        /// Who wrote it.
        5 name "name": String,
        /// Whether that is the agent who is told.
        6 is_own "own": bool,
        /// In his own words.
        7 text "text": Option<MessageText>,
        /// A code of the customer's list, by its id.
        8 code "code": Option<String>,
        /// What it was called then.
        9 code_name "codeName": Option<String>,
        /// Whether it was noted of the conversation as a whole, at its end.
        10 is_wrap "wrap": bool,
    }
}

wire_record! {
    /// Up to which number a conversation's entries have come to an agent, and were seen by him.
    pub struct InboxMark {
        /// Which.
        1 conversation "conversation": ConversationId,
        /// They are on a screen, or could be.
        2 delivered "delivered": u64,
        /// They were in view.
        3 read "read": u64,
    }
}

wire_record! {
    /// Somebody is writing, for the next seconds. Told at most every 5 s.
    pub struct InboxTyping {
        /// Where.
        1 conversation "conversation": ConversationId,
        /// Which agent, where it is told to desks; absent for the visitor.
        2 name "name": Option<String>,
    }
}

wire_record! {
    /// An agent takes a conversation.
    pub struct Take {
        /// Which.
        1 conversation "conversation": ConversationId,
    }
}

wire_record! {
    /// An agent leaves his conversation to others: it waits again.
    pub struct Release {
        /// Which.
        1 conversation "conversation": ConversationId,
    }
}

wire_record! {
    /// An agent ends his conversation.
    pub struct Close {
        /// Which.
        1 conversation "conversation": ConversationId,
    }
}

wire_record! {
    /// An agent asks the visitor of his conversation to sign in.
    pub struct AskSignIn {
        /// Which.
        1 conversation "conversation": ConversationId,
    }
}

wire_record! {
    /// Whether the agent takes conversations, at all of his desks. One who has said nothing does not.
    pub struct PresenceWish {
        /// He does.
        1 is_available "available": bool,
    }
}

wire_record! {
    /// An agent does not take what he is offered.
    pub struct Decline {
        /// Which.
        1 conversation "conversation": ConversationId,
    }
}

wire_record! {
    /// An agent passes his conversation on: it waits for that agent first, or in that queue. With neither, as [`Release`].
    pub struct Transfer {
        /// Which.
        1 conversation "conversation": ConversationId,
        /// To whom: a [`Colleague::id`].
        2 agent "agent": Option<String>,
        /// Where to, where no agent is named: a [`QueueName::id`].
        3 queue "queue": Option<String>,
    }
}

wire_record! {
    /// A conversation for this agent, who has it only once he took it.
    pub struct Offer {
        /// Which.
        1 conversation "conversation": ConversationId,
        /// Milliseconds until it goes to others.
        2 expires_in "expiresIn": u32,
    }
}

wire_record! {
    /// A conversation is not offered to this agent any more.
    pub struct Withdrawn {
        /// Which.
        1 conversation "conversation": ConversationId,
    }
}

wire_record! {
    /// Who is at work.
    pub struct Floor {
        /// Of the agent who is told.
        1 presence "presence": Presence,
        /// The others: those who are available first. At most 64.
        2 colleagues "colleagues": Vec<Colleague>,
        /// Where conversations wait. At most 64.
        3 queues "queues": Vec<QueueName>,
    }
}

wire_record! {
    /// Another agent.
    pub struct Colleague {
        /// By which a conversation is passed on to him.
        1 id "id": String,
        /// As people call him.
        2 name "name": String,
        /// Whether he takes conversations.
        3 presence "presence": Presence,
        /// How many he has, or is offered.
        4 load "load": u32,
    }
}

wire_record! {
    /// Where conversations wait.
    pub struct QueueName {
        /// By which a conversation is passed on to it.
        1 id "id": String,
        /// As people call it.
        2 name "name": String,
    }
}

wire_record! {
    /// Conversations that are new or changed.
    pub struct Rows {
        /// Whether what the desk has shown so far is to be dropped first.
        1 is_reset "reset": bool,
        /// As many as one frame holds.
        2 rows "rows": Vec<Row>,
        /// Whether that is all that there was when the inbox was opened.
        3 is_whole "whole": bool,
        /// The visitor was forgotten: nothing of him is there any more.
        4 gone "gone": Option<VisitorId>,
    }
}

wire_record! {
    /// A conversation, as a list shows it.
    pub struct Row {
        /// Which.
        1 conversation "conversation": ConversationId,
        /// Counts its changes: an older one is out of date.
        2 version "version": u64,
        /// Whose.
        3 visitor "visitor": VisitorId,
        /// The visit that he was last seen in.
        4 visit "visit": Option<VisitId>,
        /// How far it has come.
        5 stage "stage": Stage,
        /// Who has it, or had it last.
        6 agent "agent": Option<String>,
        /// Whether that is the agent who is told.
        7 is_own "own": bool,
        /// When it began.
        8 began "began": Timestamp,
        /// Since when it is at this stage.
        9 since "since": Timestamp,
        /// When something was last said.
        10 last_at "lastAt": Timestamp,
        /// The number of what was last said.
        11 last "last": u64,
        /// By whom.
        12 last_author "lastAuthor": Author,
        /// The beginning of what was last said, at most 160 bytes.
        13 excerpt "excerpt": String,
        /// The visitor's entries that no agent has read.
        14 unread "unread": u32,
        /// Up to which number the visitor has it on a screen.
        15 delivered "delivered": u64,
        /// Up to which number the visitor has read.
        16 read "read": u64,
        /// Whether one of the visitor's pages is connected.
        17 is_there "there": bool,
        /// Where he writes from, if not from the site: a channel's name, at most [`PERSON_LIMIT`] bytes.
        18 channel "channel": Option<String>,
        /// As he, or his channel, calls him; at most [`PERSON_LIMIT`] bytes. Nobody has verified it.
        19 name "name": Option<String>,
        /// It is over, and the agent who is told has not said yet what it was about: until when that takes up his room, by the hub's clock.
        30 wrap_until "wrapUntil": Option<Timestamp>,
        /// Whom the customer's site says that the visitor is.
        40 identity "identity": Option<Identity>,
        /// Absent where he cannot be asked to.
        41 sign_in "signIn": Option<SignIn>,
    }
}

wire_record! {
    /// A part of the thread that a conversation is in: numbers without a gap.
    pub struct InboxThread {
        /// Which.
        1 conversation "conversation": ConversationId,
        /// In order; as many as one frame holds, at most [`PAGE_OF_ENTRIES`].
        2 entries "entries": Vec<Entry>,
        /// What was asked for was before this number.
        3 before "before": Option<u64>,
        /// Whether there are entries before these.
        4 has_earlier "earlier": bool,
        /// Whether there are entries after these.
        5 has_later "later": bool,
    }
}

wire_record! {
    /// What was kept just now in a thread that the desk follows.
    pub struct InboxNews {
        /// Whose thread.
        1 visitor "visitor": VisitorId,
        /// In order.
        2 entries "entries": Vec<Entry>,
    }
}

wire_record! {
    /// What an address in a message of a thread leads to that the desk follows.
    pub struct InboxPreviewed {
        /// Whose thread.
        1 visitor "visitor": VisitorId,
        /// The message's number.
        2 seq "seq": u64,
        /// What there is.
        3 preview "preview": Preview,
    }
}

wire_record! {
    /// A wish that was not met.
    pub struct InboxRefused {
        /// Where.
        1 conversation "conversation": ConversationId,
        /// The message, where it was one.
        2 id "id": Option<MessageId>,
        /// Why.
        3 objection "objection": Objection,
        /// Milliseconds until another try makes sense.
        4 retry_after "retryAfter": Option<u32>,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_something_to_read_and_no_control_characters() {
        let text = |text: &str| MessageText::new(text).map(|text| text.0);
        assert_eq!(text(" \u{1b}[1mHello\u{0}\n\tyou \r\n"), Ok("[1mHello\n\tyou".into()));
        assert_eq!(text(" \u{7} \n"), Err(NotAMessage::Empty));
        assert_eq!(text(&"a".repeat(MESSAGE_LIMIT)).map(|text| text.len()), Ok(MESSAGE_LIMIT));
        assert_eq!(text(&"あ".repeat(MESSAGE_LIMIT / 3 + 1)), Err(NotAMessage::TooLong));
    }

    #[test]
    fn what_people_write_is_in_no_debug_output() {
        let text = MessageText::new("my PIN is 1234").expect("a message");
        assert_eq!(format!("{text:?}"), "MessageText(14 bytes)");
    }
}
