//! What an agent's desk needs: a link, and what it watches.

use std::collections::{BTreeMap, VecDeque};

use crate::cobrowse::{AgentOutput, AgentSession};
use crate::journey::Status;
use crate::link::{Link, LinkOutput, LinkStatus, Snapshot};
use crate::messenger::{DeskInbox, DeskInboxOutput};
use crate::protocol::cobrowse::Done;
use crate::protocol::conversation::{InboxBody, Objection};
use crate::protocol::{
    AgentParty, Body, ConversationId, Encoding, HubFrame, LiveChange, LiveVisit, Message, Party, Payload, RelayBody,
    SourceId, Ticket, Topic, VisitId, Watch,
};
use crate::time::{Instant, Timestamp};

/// Most visits that a desk shows; those quiet for longest are left out.
const VISIT_LIMIT: usize = 20_000;

/// What a desk's client wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum DeskOutput {
    /// Fetch a ticket over HTTPS, then call [`DeskClient::handle_ticket`], or `handle_closed` where there is none.
    FetchTicket,
    /// Open a socket.
    Open,
    /// Send this on it.
    Send(Message),
    /// Close it.
    Close,
    /// [`DeskClient::live`], [`DeskClient::status`] or [`DeskClient::session`] changed: draw again.
    Changed,
    /// Another page begins: forget the one that was shown.
    Begin,
    /// See [`AgentOutput::Cut`].
    Cut,
    /// See [`AgentOutput::Return`].
    Return,
    /// See [`AgentOutput::Lag`].
    Lag,
    /// Show this frame of the mirror.
    Show(Vec<u8>),
    /// The visitor, or another agent, shows this on the page.
    Sign(RelayBody),
    /// What became of an act.
    Done(Done),
    /// The visitor of this conversation, which the agent has or may take, has written.
    Incoming(ConversationId),
    /// The agent is offered this conversation.
    Offered(ConversationId),
    /// A wish about a conversation was not met.
    Unmet(Objection),
}

/// One agent's desk: asks for a ticket before each socket, watches Live Now.
#[derive(Debug)]
pub struct DeskClient {
    link: Link,
    live: LiveView,
    session: AgentSession,
    inbox: DeskInbox,
    outputs: VecDeque<DeskOutput>,
}

impl DeskClient {
    /// A desk that is not started; `source` is random.
    pub fn new(source: SourceId) -> Self {
        let nobody = Party::Agent(AgentParty { ticket: Ticket::from_bytes([0; 16]) });
        Self {
            link: Link::new(nobody, Snapshot::empty(source)),
            live: LiveView::default(),
            session: AgentSession::new(),
            inbox: DeskInbox::default(),
            outputs: VecDeque::new(),
        }
    }

    /// Starts, or tries again at once.
    pub fn start(&mut self, now: Instant) {
        self.link.start(now);
        self.drain(now, Timestamp::default());
    }

    /// Ends the link for good.
    pub fn stop(&mut self, now: Instant) {
        self.link.stop();
        self.drain(now, Timestamp::default());
    }

    /// Does something in the session.
    pub fn with_session<T>(&mut self, change: impl FnOnce(&mut AgentSession) -> T, now: Instant) -> T {
        let result = change(&mut self.session);
        self.drain(now, Timestamp::default());
        result
    }

    /// Does something in conversations.
    pub fn with_inbox<T>(&mut self, change: impl FnOnce(&mut DeskInbox) -> T, now: Instant) -> T {
        let result = change(&mut self.inbox);
        self.drain(now, Timestamp::default());
        result
    }

    /// The ticket that [`DeskOutput::FetchTicket`] asked for.
    pub fn handle_ticket(&mut self, ticket: Ticket) {
        self.link.set_party(Party::Agent(AgentParty { ticket }));
        self.outputs.push_back(DeskOutput::Open);
    }

    /// The socket is open.
    pub fn handle_open(&mut self, now: Instant, wall: Timestamp) {
        self.link.handle_open(now, wall);
        self.drain(now, wall);
    }

    /// The socket is closed or could not be opened, or there was no ticket. `jitter` is random, from 0 up to 1.
    pub fn handle_closed(&mut self, now: Instant, jitter: f64) {
        self.link.handle_closed(now, jitter);
        self.drain(now, Timestamp::default());
    }

    /// A message came. One that cannot be read ends the socket.
    pub fn handle_message(&mut self, message: &Message, now: Instant, wall: Timestamp, jitter: f64) {
        match HubFrame::decode(message) {
            Ok(frame) => self.link.handle_frame(frame, now, jitter),
            Err(_) => {
                self.outputs.push_back(DeskOutput::Close);
                self.link.handle_closed(now, jitter);
            }
        }
        self.drain(now, wall);
    }

    /// Time passed; early calls do nothing.
    pub fn handle_timeout(&mut self, now: Instant, jitter: f64) {
        self.link.handle_timeout(now, jitter);
        self.session.handle_timeout(now);
        self.inbox.handle_timeout(now);
        self.drain(now, Timestamp::default());
    }

    /// When to call [`DeskClient::handle_timeout`] next.
    pub fn poll_timeout(&self) -> Option<Instant> {
        [self.link.poll_timeout(), self.session.poll_timeout(), self.inbox.poll_timeout()].into_iter().flatten().min()
    }

    /// The next thing to do; call until `None`.
    pub fn poll_output(&mut self) -> Option<DeskOutput> {
        self.outputs.pop_front()
    }

    /// How the link is doing.
    pub fn status(&self) -> LinkStatus {
        self.link.status()
    }

    /// Who is on the site.
    pub fn live(&self) -> &LiveView {
        &self.live
    }

    /// The session that this desk takes part in.
    pub fn session(&self) -> &AgentSession {
        &self.session
    }

    /// Its conversations.
    pub fn inbox(&self) -> &DeskInbox {
        &self.inbox
    }

    fn drain(&mut self, now: Instant, wall: Timestamp) {
        while let Some(output) = self.next_link_output() {
            match output {
                LinkOutput::Open => self.outputs.push_back(DeskOutput::FetchTicket),
                LinkOutput::Send(frame) => self.outputs.push_back(DeskOutput::Send(frame.encode(Encoding::Binary))),
                LinkOutput::Close => self.outputs.push_back(DeskOutput::Close),
                LinkOutput::Receive(payload) => {
                    // What this desk does not know is of a later hub.
                    if let Ok(Body::Live(change)) = payload.decode() {
                        self.live.apply(change, wall);
                        self.outputs.push_back(DeskOutput::Changed);
                    }
                }
                LinkOutput::Renewed => {
                    let watch = Body::Watch(Watch { topic: Topic::Live });
                    self.link.send(Payload::encode(&watch, Encoding::Binary), now);
                }
                LinkOutput::Relayed(payload) => {
                    // What this desk does not know is of a later hub.
                    match payload.decode_relay() {
                        Ok(RelayBody::Inbox(carried)) => {
                            if let Ok(inbox) = carried.as_inbox() {
                                self.inbox.handle_inbox(inbox, now);
                            }
                        }
                        Ok(body) => self.session.handle_body(body, now),
                        Err(_) => {}
                    }
                }
                LinkOutput::Status => {
                    match self.link.status() {
                        LinkStatus::Online => {
                            self.session.handle_online();
                            self.inbox.handle_online(now);
                        }
                        _ => {
                            self.session.handle_offline();
                            self.inbox.handle_offline();
                        }
                    }
                    self.outputs.push_back(DeskOutput::Changed);
                }
                LinkOutput::Save => {}
            }
        }
    }

    /// The link's next wish, once the others' are done: they may give it more.
    fn next_link_output(&mut self) -> Option<LinkOutput> {
        while let Some(output) = self.inbox.poll_output() {
            match output {
                DeskInboxOutput::Send(inbox) => {
                    self.link.relay(Payload::encode_inbox(&InboxBody::Inbox(inbox), Encoding::Binary));
                }
                DeskInboxOutput::Changed => self.outputs.push_back(DeskOutput::Changed),
                DeskInboxOutput::Incoming(conversation) => self.outputs.push_back(DeskOutput::Incoming(conversation)),
                DeskInboxOutput::Offered(conversation) => self.outputs.push_back(DeskOutput::Offered(conversation)),
                DeskInboxOutput::Refused(objection) => self.outputs.push_back(DeskOutput::Unmet(objection)),
            }
        }
        while let Some(output) = self.session.poll_output() {
            match output {
                AgentOutput::Send(body) => self.link.relay(Payload::encode_relay(&body, Encoding::Binary)),
                AgentOutput::Begin => self.outputs.push_back(DeskOutput::Begin),
                AgentOutput::Cut => self.outputs.push_back(DeskOutput::Cut),
                AgentOutput::Return => self.outputs.push_back(DeskOutput::Return),
                AgentOutput::Lag => self.outputs.push_back(DeskOutput::Lag),
                AgentOutput::Show(frame) => self.outputs.push_back(DeskOutput::Show(frame)),
                AgentOutput::Sign(sign) => self.outputs.push_back(DeskOutput::Sign(sign)),
                AgentOutput::Done(done) => self.outputs.push_back(DeskOutput::Done(done)),
                AgentOutput::Changed => self.outputs.push_back(DeskOutput::Changed),
            }
        }
        self.link.poll_output()
    }
}

/// Who is on the site, as told by the hub so far.
#[derive(Debug, Default)]
pub struct LiveView {
    visits: BTreeMap<VisitId, LiveVisit>,
    /// The hub's clock less ours, in milliseconds.
    ahead: i64,
    is_known: bool,
}

impl LiveView {
    /// The visits, the one that began last first.
    pub fn visits(&self) -> Vec<&LiveVisit> {
        let mut visits: Vec<_> = self.visits.values().collect();
        visits.sort_by_key(|visit| (core::cmp::Reverse(visit.started), visit.visit));
        visits
    }

    /// Whether the hub has told anything yet: an empty list means "nobody" only then.
    pub fn is_known(&self) -> bool {
        self.is_known
    }

    /// The hub's clock at our `wall`.
    pub fn hub_time(&self, wall: Timestamp) -> Timestamp {
        Timestamp::from_millis(wall.as_millis().saturating_add_signed(self.ahead))
    }

    /// The status of a visit at our `wall`.
    pub fn status(&self, visit: &LiveVisit, wall: Timestamp) -> Status {
        Status::at(self.hub_time(wall), visit.last_activity)
    }

    fn apply(&mut self, change: LiveChange, wall: Timestamp) {
        if change.is_reset {
            self.visits.clear();
        }
        self.is_known = true;
        self.ahead = change.now.as_millis() as i64 - wall.as_millis() as i64;
        for visit in change.visits {
            self.visits.insert(visit.visit, visit);
        }
        for visit in change.gone {
            self.visits.remove(&visit);
        }
        while self.visits.len() > VISIT_LIMIT {
            let quietest = self.visits.values().min_by_key(|visit| visit.last_activity).map(|visit| visit.visit);
            quietest.and_then(|visit| self.visits.remove(&visit));
        }
    }
}
