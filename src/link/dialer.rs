//! The client's half of a link.

use core::time::Duration;
use std::collections::VecDeque;

use super::backoff;
use super::outbox::{Outbox, Snapshot};
use crate::protocol::{
    Ack, Bye, Frame, Hello, HubFrame, Nack, Party, Payload, Ping, Pong, Refusal, Relay, Resume, SourceId, VERSION,
    VisitorId, Welcome,
};
use crate::time::{Instant, Timestamp};

/// A socket that has not led to a welcome in this time is given up.
pub const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// A hub cannot ask for more life signs than one each 5 s, nor fewer than one each 5 min.
const HEARTBEAT: core::ops::RangeInclusive<u32> = 5_000..=300_000;

/// What the client's half wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum LinkOutput {
    /// Open a socket, then call [`Link::handle_open`] or [`Link::handle_closed`].
    Open,
    /// Send this on the socket.
    Send(Frame),
    /// Close the socket; no call is expected for it.
    Close,
    /// A payload came, once and in order.
    Receive(Payload),
    /// A message of a shared page came.
    Relayed(Payload),
    /// The hub's half is a new one: what it was told to do for this link must be asked for again.
    Renewed,
    /// [`Link::snapshot`] changed: store it.
    Save,
    /// [`Link::status`] changed.
    Status,
}

/// How the link is doing, for people.
#[derive(Clone, Debug, PartialEq)]
pub enum LinkStatus {
    /// Opening a socket, or waiting for the welcome.
    Connecting,
    /// Payloads flow.
    Online,
    /// Waiting for the next try.
    Offline,
    /// The hub refused for good; nothing is tried again.
    Refused(Refusal),
    /// Ended by [`Link::stop`], or not started.
    Stopped,
}

#[derive(Debug)]
enum State {
    Stopped,
    Waiting { until: Instant },
    Opening { until: Instant },
    Greeting { until: Instant },
    Online { heard: Instant, heartbeat: Duration, is_pinged: bool },
    Refused(Refusal),
}

/// The client's half: dials, greets, resumes, sends again.
#[derive(Debug)]
pub struct Link {
    party: Party,
    source: SourceId,
    state: State,
    outbox: Outbox,
    resume: Option<Resume>,
    visitor: Option<VisitorId>,
    attempt: u32,
    outputs: VecDeque<LinkOutput>,
}

impl Link {
    /// A link that is not started; `snapshot` is what an earlier page saved, or [`Snapshot::empty`].
    pub fn new(party: Party, snapshot: Snapshot) -> Self {
        Self {
            party,
            source: snapshot.source(),
            state: State::Stopped,
            outbox: Outbox::restore(snapshot),
            resume: None,
            visitor: None,
            attempt: 0,
            outputs: VecDeque::new(),
        }
    }

    /// Starts, or tries at once instead of waiting (the network is back, the page is shown again).
    pub fn start(&mut self, now: Instant) {
        if matches!(self.state, State::Stopped | State::Waiting { .. }) {
            self.open(now);
        }
    }

    /// Ends the link, saying good-bye where there is a socket. What waits stays in the snapshot.
    pub fn stop(&mut self) {
        match self.state {
            State::Online { .. } => {
                self.outputs.push_back(LinkOutput::Send(Frame::Bye(Bye {})));
                self.outputs.push_back(LinkOutput::Close);
            }
            State::Opening { .. } | State::Greeting { .. } => self.outputs.push_back(LinkOutput::Close),
            State::Stopped | State::Waiting { .. } | State::Refused(_) => {}
        }
        if !matches!(self.state, State::Refused(_)) {
            self.enter(State::Stopped);
        }
    }

    /// Changes who the client is, for the next socket. An agent's ticket is good for one.
    pub fn set_party(&mut self, party: Party) {
        self.party = party;
    }

    /// Queues a payload; it goes out as soon as there is a way.
    pub fn send(&mut self, body: Payload, now: Instant) {
        self.outbox.push(body);
        self.outputs.push_back(LinkOutput::Save);
        self.pump(now);
    }

    /// Sends a message of a shared page; it is lost where there is no way now.
    pub fn relay(&mut self, body: Payload) {
        if matches!(self.state, State::Online { .. }) {
            self.outputs.push_back(LinkOutput::Send(Frame::Relay(Relay { body })));
        }
    }

    /// The socket is open. `wall` goes into the greeting.
    pub fn handle_open(&mut self, now: Instant, wall: Timestamp) {
        if !matches!(self.state, State::Opening { .. }) {
            return;
        }
        self.state = State::Greeting { until: now + HANDSHAKE_TIMEOUT };
        self.outputs.push_back(LinkOutput::Send(Frame::Hello(Hello {
            version: VERSION,
            now: wall,
            source: self.source,
            party: self.party.clone(),
            resume: self.resume.clone(),
        })));
    }

    /// The socket is closed, or could not be opened. `jitter` is random, from 0 up to 1.
    pub fn handle_closed(&mut self, now: Instant, jitter: f64) {
        if matches!(self.state, State::Opening { .. } | State::Greeting { .. } | State::Online { .. }) {
            self.wait(backoff::wait(self.attempt, jitter), now);
        }
    }

    /// A frame came.
    pub fn handle_frame(&mut self, frame: HubFrame, now: Instant, jitter: f64) {
        if let State::Online { heard, is_pinged, .. } = &mut self.state {
            *heard = now;
            *is_pinged = false;
        }
        match (&self.state, frame) {
            (State::Greeting { .. }, HubFrame::Welcome(welcome)) => self.handle_welcome(welcome, now),
            (State::Greeting { .. } | State::Online { .. }, HubFrame::Refusal(refusal)) => {
                self.handle_refusal(refusal, now, jitter);
            }
            (State::Online { .. }, HubFrame::Data(data)) => {
                let Some(resume) = &mut self.resume else { return };
                if data.seq == resume.received + 1 {
                    resume.received = data.seq;
                    self.outputs.push_back(LinkOutput::Receive(data.body));
                }
                let answer = if data.seq > resume.received {
                    Frame::Nack(Nack { expected: resume.received + 1 })
                } else {
                    Frame::Ack(Ack { received: resume.received })
                };
                self.outputs.push_back(LinkOutput::Send(answer));
            }
            (State::Online { .. }, HubFrame::Ack(ack)) => {
                if self.outbox.acknowledge(ack.received, now) {
                    self.outputs.push_back(LinkOutput::Save);
                }
                self.pump(now);
            }
            (State::Online { .. }, HubFrame::Nack(nack)) => {
                self.outbox.rewind_to(nack.expected);
                self.pump(now);
            }
            (State::Online { .. }, HubFrame::Relay(relay)) => {
                self.outputs.push_back(LinkOutput::Relayed(relay.body));
            }
            (State::Online { .. }, HubFrame::Ping(Ping {})) => {
                self.outputs.push_back(LinkOutput::Send(Frame::Pong(Pong {})));
            }
            _ => {}
        }
    }

    /// Time passed; early calls do nothing.
    pub fn handle_timeout(&mut self, now: Instant, jitter: f64) {
        match &mut self.state {
            State::Waiting { until } if *until <= now => self.open(now),
            State::Opening { until } | State::Greeting { until } if *until <= now => {
                self.outputs.push_back(LinkOutput::Close);
                self.handle_closed(now, jitter);
            }
            State::Online { heard, heartbeat, is_pinged } => {
                let silence = now.since(*heard);
                if silence >= *heartbeat * 3 / 2 {
                    self.outputs.push_back(LinkOutput::Close);
                    self.handle_closed(now, jitter);
                } else {
                    if silence >= *heartbeat && !*is_pinged {
                        *is_pinged = true;
                        self.outputs.push_back(LinkOutput::Send(Frame::Ping(Ping {})));
                    }
                    if self.outbox.resend_at().is_some_and(|at| at <= now) {
                        self.outbox.rewind();
                        self.pump(now);
                    }
                }
            }
            _ => {}
        }
    }

    /// When to call [`Link::handle_timeout`] next.
    pub fn poll_timeout(&self) -> Option<Instant> {
        match &self.state {
            State::Stopped | State::Refused(_) => None,
            State::Waiting { until } | State::Opening { until } | State::Greeting { until } => Some(*until),
            State::Online { heard, heartbeat, is_pinged } => {
                let sign = *heard + if *is_pinged { *heartbeat * 3 / 2 } else { *heartbeat };
                Some(self.outbox.resend_at().map_or(sign, |at| at.min(sign)))
            }
        }
    }

    /// The next thing to do; call until `None`.
    pub fn poll_output(&mut self) -> Option<LinkOutput> {
        self.outputs.pop_front()
    }

    /// How the link is doing.
    pub fn status(&self) -> LinkStatus {
        match &self.state {
            State::Stopped => LinkStatus::Stopped,
            State::Waiting { .. } => LinkStatus::Offline,
            State::Opening { .. } | State::Greeting { .. } => LinkStatus::Connecting,
            State::Online { .. } => LinkStatus::Online,
            State::Refused(refusal) => LinkStatus::Refused(refusal.clone()),
        }
    }

    /// What must outlive the page.
    pub fn snapshot(&self) -> Snapshot {
        self.outbox.snapshot(self.source)
    }

    /// The public id that the hub gave the visitor, once it said so.
    pub fn visitor(&self) -> Option<VisitorId> {
        self.visitor
    }

    /// Payloads that are not acknowledged.
    pub fn queued(&self) -> usize {
        self.outbox.len()
    }

    /// Payloads that were dropped because the outbox was full.
    pub fn dropped(&self) -> u64 {
        self.outbox.dropped()
    }

    /// The greeting and everything that waits, for one last delivery without a socket (`pagehide`). Sends nothing itself;
    /// what the hub then receives twice it drops by number.
    pub fn flush(&mut self, now: Instant, wall: Timestamp) -> Vec<Frame> {
        if self.outbox.len() == 0 || matches!(self.state, State::Refused(_)) {
            return Vec::new();
        }
        let hello = Hello { version: VERSION, now: wall, source: self.source, party: self.party.clone(), resume: None };
        self.outbox.rewind();
        let mut frames = vec![Frame::Hello(hello)];
        frames.extend(core::iter::from_fn(|| self.outbox.next(now)).map(Frame::Data));
        self.outputs.push_back(LinkOutput::Save);
        frames
    }

    fn handle_welcome(&mut self, welcome: Welcome, now: Instant) {
        let is_resumed = welcome.is_resumed && self.resume.as_ref().is_some_and(|resume| resume.epoch == welcome.epoch);
        if !is_resumed {
            self.resume = Some(Resume { epoch: welcome.epoch, received: 0 });
            self.outputs.push_back(LinkOutput::Renewed);
        }
        self.visitor = welcome.visitor.or(self.visitor);
        self.attempt = 0;
        self.outbox.rewind();
        let heartbeat = welcome.heartbeat.clamp(*HEARTBEAT.start(), *HEARTBEAT.end());
        self.enter(State::Online { heard: now, heartbeat: Duration::from_millis(heartbeat.into()), is_pinged: false });
        if self.outbox.is_forgotten(welcome.received) {
            self.outbox.renumber(welcome.received);
        } else {
            self.outbox.acknowledge(welcome.received, now);
        }
        self.outputs.push_back(LinkOutput::Save);
        self.pump(now);
    }

    fn handle_refusal(&mut self, refusal: Refusal, now: Instant, jitter: f64) {
        self.outputs.push_back(LinkOutput::Close);
        if refusal.code.is_final() {
            self.enter(State::Refused(refusal));
        } else {
            let least = Duration::from_millis(refusal.retry_after.unwrap_or(0).into());
            self.wait(least + backoff::wait(self.attempt, jitter), now);
        }
    }

    fn open(&mut self, now: Instant) {
        self.outputs.push_back(LinkOutput::Open);
        self.enter(State::Opening { until: now + HANDSHAKE_TIMEOUT });
    }

    fn wait(&mut self, duration: Duration, now: Instant) {
        self.attempt += 1;
        self.outbox.rewind();
        self.enter(State::Waiting { until: now + duration });
    }

    fn enter(&mut self, state: State) {
        self.state = state;
        self.outputs.push_back(LinkOutput::Status);
    }

    fn pump(&mut self, now: Instant) {
        if matches!(self.state, State::Online { .. }) {
            while let Some(data) = self.outbox.next(now) {
                self.outputs.push_back(LinkOutput::Send(Frame::Data(data)));
            }
        }
    }
}
