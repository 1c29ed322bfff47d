//! What a socket carries: one frame is one message.

use super::codec::{wire_choice, wire_record, wire_union};
use super::id::{Epoch, SourceId, Ticket, VisitorId, VisitorToken};
use super::journey::{JourneyEvent, SessionEvent};
use super::live::{LiveChange, Watch};
use super::payload::Payload;
use crate::time::Timestamp;

wire_union! {
    /// One message of a socket, either way.
    pub enum Frame {
        /// The client's first frame.
        1 Hello(Hello) "hello",
        /// The hub's answer: the link is open.
        2 Welcome(Welcome) "welcome",
        /// The hub's other answer, also later on: it says what to do, then closes.
        3 Refusal(Refusal) "refusal",
        /// One numbered payload.
        4 Data(Data) "data",
        /// All payloads up to a number are kept for good.
        5 Ack(Ack) "ack",
        /// A payload is missing: send again from it.
        6 Nack(Nack) "nack",
        /// Asks for a sign of life.
        7 Ping(Ping) "ping",
        /// The sign of life.
        8 Pong(Pong) "pong",
        /// The client leaves and will not be back soon.
        9 Bye(Bye) "bye",
        /// What is relayed between a page and the desks that follow it: not numbered, not kept.
        10 Relay(Relay) "relay",
    }
}

wire_union! {
    /// A [`Frame`] that a hub may send: all that a client decodes. Its artefact holds no code for the others.
    pub enum HubFrame {
        /// See [`Frame::Welcome`].
        2 Welcome(Welcome) "welcome",
        /// See [`Frame::Refusal`].
        3 Refusal(Refusal) "refusal",
        /// See [`Frame::Data`].
        4 Data(Data) "data",
        /// See [`Frame::Ack`].
        5 Ack(Ack) "ack",
        /// See [`Frame::Nack`].
        6 Nack(Nack) "nack",
        /// See [`Frame::Ping`].
        7 Ping(Ping) "ping",
        /// See [`Frame::Pong`].
        8 Pong(Pong) "pong",
        /// See [`Frame::Relay`].
        10 Relay(Relay) "relay",
    }
}

wire_record! {
    /// Opens a link, or takes it up again on a new socket.
    pub struct Hello {
        /// Version of the protocol that the client speaks.
        1 version "version": u32,
        /// The client's wall clock, so that the hub can correct event times.
        2 now "now": Timestamp,
        /// Who numbers the frames that follow.
        3 source "source": SourceId,
        /// Who the client is.
        4 party "party": Party,
        /// What the client has of the hub's own numbered frames; absent on first contact.
        5 resume "resume": Option<Resume>,
    }
}

wire_record! {
    /// What a client received of the hub's numbered frames before the socket was lost.
    pub struct Resume {
        /// The life of the hub's half that numbered them.
        1 epoch "epoch": Epoch,
        /// Highest number received in order.
        2 received "received": u64,
    }
}

wire_union! {
    /// Who opens a link.
    pub enum Party {
        /// A visitor's page.
        1 Visitor(VisitorParty) "visitor",
        /// An agent's desk.
        2 Agent(AgentParty) "agent",
    }
}

wire_record! {
    /// A visitor's page on a customer's site.
    pub struct VisitorParty {
        /// The customer's deployment, as in the script tag.
        1 deployment "deployment": String,
        /// The browser's secret.
        2 token "token": VisitorToken,
    }
}

wire_record! {
    /// An agent's desk.
    pub struct AgentParty {
        /// Fetched over HTTPS just before; used once.
        1 ticket "ticket": Ticket,
    }
}

wire_record! {
    /// The link is open.
    pub struct Welcome {
        /// The life of the hub's half.
        1 epoch "epoch": Epoch,
        /// Highest number of this source that the hub keeps for good; the client sends what follows.
        2 received "received": u64,
        /// Whether the hub goes on in the epoch that the client named. If not, its numbering starts at 1.
        3 is_resumed "resumed": bool,
        /// The visitor's public id; absent for agents.
        4 visitor "visitor": Option<VisitorId>,
        /// The client sends a ping when nothing came for so many milliseconds.
        5 heartbeat "heartbeat": u32,
    }
}

wire_choice! {
    /// Why the hub does not talk to a client.
    pub enum RefusalCode {
        /// The client's protocol version is not spoken here.
        1 Version "version",
        /// The deployment does not exist, or the page's origin is not on its list: both look the same.
        2 Deployment "deployment",
        /// The ticket or token is not valid, or no longer.
        3 Credentials "credentials",
        /// A frame is not of this protocol.
        4 Malformed "malformed",
        /// A frame is larger than the limit.
        5 Oversize "oversize",
        /// Too many connections or frames; see `retry_after`.
        6 Busy "busy",
        /// The handshake did not come in time, or came twice.
        7 Handshake "handshake",
        /// The same source is connected elsewhere since.
        8 Superseded "superseded",
    }
}

impl RefusalCode {
    /// Whether trying again without a change can only fail again.
    pub const fn is_final(self) -> bool {
        !matches!(self, Self::Busy | Self::Handshake)
    }
}

wire_record! {
    /// The hub will not talk to this client, and says why.
    pub struct Refusal {
        /// For programs.
        1 code "code": RefusalCode,
        /// For developers: what is wrong and what to do, in English.
        2 reason "reason": String,
        /// Milliseconds until another try makes sense.
        3 retry_after "retryAfter": Option<u32>,
    }
}

wire_record! {
    /// One numbered payload.
    pub struct Data {
        /// 1, 2, 3 ... for each source or epoch.
        1 seq "seq": u64,
        /// A [`Body`], encoded like the frame.
        2 body "body": Payload,
    }
}

wire_union! {
    /// A payload, by its channel.
    pub enum Body {
        /// Visitor to hub: something happened on the page.
        1 Journey(JourneyEvent) "journey",
        /// Desk to hub: tell me of this from now on.
        2 Watch(Watch) "watch",
        /// Hub to desk: who is on the site.
        3 Live(LiveChange) "live",
        /// Hub to desk: a session began or ended.
        4 Session(SessionEvent) "session",
    }
}

wire_union! {
    /// A [`Body`] that a visitor's page sends.
    pub enum VisitorBody {
        /// See [`Body::Journey`].
        1 Journey(JourneyEvent) "journey",
    }
}

wire_record! {
    /// A message of a shared page.
    pub struct Relay {
        /// A [`RelayBody`](super::RelayBody), encoded like the frame.
        1 body "body": Payload,
    }
}

wire_record! {
    /// All payloads up to a number are kept for good.
    pub struct Ack {
        /// Highest number kept.
        1 received "received": u64,
    }
}

wire_record! {
    /// A payload is missing.
    pub struct Nack {
        /// The number that is expected next.
        1 expected "expected": u64,
    }
}

wire_record! {
    /// Asks for a sign of life.
    pub struct Ping {}
}

wire_record! {
    /// A sign of life.
    pub struct Pong {}
}

wire_record! {
    /// The client leaves on purpose.
    pub struct Bye {}
}
