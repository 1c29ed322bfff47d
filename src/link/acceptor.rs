//! The hub's half of a link.

use core::fmt;
use core::time::Duration;
use std::collections::VecDeque;

use super::outbox::Outbox;
use crate::protocol::{
    Ack, Data, Epoch, Frame, Nack, Payload, Ping, Pong, Refusal, RefusalCode, Relay, Resume, VisitorId, Welcome,
};
use crate::time::Instant;

/// What the hub's half wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum AcceptorOutput {
    /// Send this on the socket.
    Send(Frame),
    /// Keep this for good, then call [`Acceptor::handle_stored`] with its number. They come in order, each once.
    Store(Data),
    /// A message of a shared page came.
    Relayed(Payload),
    /// Close the socket.
    Close,
}

/// Too much waits for this client: close the socket, so that it resumes from what it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("too much waits for this client")
    }
}

impl core::error::Error for Full {}

/// The hub's half of one source's link. It may outlive its socket.
#[derive(Debug)]
pub struct Acceptor {
    epoch: Epoch,
    heartbeat: Duration,
    /// Highest number handed out to be stored.
    accepted: u64,
    /// Highest number that is stored.
    stored: u64,
    /// The gap that was reported, so that it is reported once.
    gap: Option<u64>,
    outbox: Outbox,
    heard: Option<Instant>,
    outputs: VecDeque<AcceptorOutput>,
}

impl Acceptor {
    /// The half for a source of which everything up to `stored` is kept. `heartbeat` is how often the client is to
    /// give a sign of life, 5 s to 5 min.
    pub fn new(epoch: Epoch, stored: u64, heartbeat: Duration) -> Self {
        Self {
            epoch,
            heartbeat,
            accepted: stored,
            stored,
            gap: None,
            outbox: Outbox::new(),
            heard: None,
            outputs: VecDeque::new(),
        }
    }

    /// A socket greeted; its credentials were found to be good. Goes on where `resume` says, if that is this epoch.
    pub fn handle_hello(&mut self, resume: Option<Resume>, visitor: Option<VisitorId>, now: Instant) {
        let is_resumed = resume.as_ref().is_some_and(|resume| resume.epoch == self.epoch);
        self.heard = Some(now);
        self.gap = None;
        self.outbox.rewind();
        match resume {
            Some(resume) if is_resumed => {
                self.outbox.acknowledge(resume.received, now);
            }
            _ => self.outbox.renumber(0),
        }
        self.send_frame(Frame::Welcome(Welcome {
            epoch: self.epoch,
            received: self.stored,
            is_resumed,
            visitor,
            heartbeat: self.heartbeat.as_millis() as u32,
        }));
        self.pump(now);
    }

    /// A frame came on the open socket.
    pub fn handle_frame(&mut self, frame: Frame, now: Instant) {
        if self.heard.is_none() {
            return;
        }
        self.heard = Some(now);
        match frame {
            Frame::Data(data) => self.handle_data(data),
            Frame::Ack(ack) => {
                self.outbox.acknowledge(ack.received, now);
                self.pump(now);
            }
            Frame::Nack(nack) => {
                self.outbox.rewind_to(nack.expected);
                self.pump(now);
            }
            Frame::Relay(relay) => self.outputs.push_back(AcceptorOutput::Relayed(relay.body)),
            Frame::Ping(Ping {}) => self.send_frame(Frame::Pong(Pong {})),
            Frame::Pong(_) => {}
            Frame::Bye(_) => self.close(),
            Frame::Hello(_) => {
                self.refuse(
                    RefusalCode::Handshake,
                    "this socket has greeted already: open another one for another link",
                );
            }
            Frame::Welcome(_) | Frame::Refusal(_) => {
                self.refuse(RefusalCode::Malformed, "this frame goes from hub to client only");
            }
        }
    }

    /// Everything up to `seq` is stored for good: it is acknowledged now.
    pub fn handle_stored(&mut self, seq: u64) {
        if seq > self.stored && seq <= self.accepted {
            self.stored = seq;
            if self.heard.is_some() {
                self.send_frame(Frame::Ack(Ack { received: seq }));
            }
        }
    }

    /// The socket is gone. Drain the outputs once more: what came before is still to be stored.
    pub fn handle_closed(&mut self) {
        self.heard = None;
        self.outbox.rewind();
        self.outputs.retain(|output| matches!(output, AcceptorOutput::Store(_)));
    }

    /// Time passed; early calls do nothing. Closes the socket of a client that gave no sign of life for two heartbeats.
    pub fn handle_timeout(&mut self, now: Instant) {
        let Some(heard) = self.heard else { return };
        if now.since(heard) >= self.heartbeat * 2 {
            self.close();
        } else if self.outbox.resend_at().is_some_and(|at| at <= now) {
            self.outbox.rewind();
            self.pump(now);
        }
    }

    /// When to call [`Acceptor::handle_timeout`] next.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let silent = self.heard? + self.heartbeat * 2;
        Some(self.outbox.resend_at().map_or(silent, |at| at.min(silent)))
    }

    /// The next thing to do; call until `None`.
    pub fn poll_output(&mut self) -> Option<AcceptorOutput> {
        self.outputs.pop_front()
    }

    /// Queues a payload for the client.
    ///
    /// # Errors
    /// [`Full`] when the client has not acknowledged for so long that a limit is reached; the payload is not queued.
    pub fn send(&mut self, body: Payload, now: Instant) -> Result<(), Full> {
        if self.outbox.is_full() {
            return Err(Full);
        }
        self.outbox.push(body);
        self.pump(now);
        Ok(())
    }

    /// Sends a message of a shared page; it is lost where there is no socket.
    pub fn relay(&mut self, body: Payload) {
        if self.heard.is_some() {
            self.send_frame(Frame::Relay(Relay { body }));
        }
    }

    /// Payloads that the client has not acknowledged.
    pub fn queued(&self) -> usize {
        self.outbox.len()
    }

    /// Whether a socket is open.
    pub fn is_connected(&self) -> bool {
        self.heard.is_some()
    }

    fn handle_data(&mut self, data: Data) {
        let expected = self.accepted + 1;
        if data.seq == expected {
            self.accepted = expected;
            self.gap = None;
            self.outputs.push_back(AcceptorOutput::Store(data));
        } else if data.seq > expected {
            if self.gap.replace(expected) != Some(expected) {
                self.send_frame(Frame::Nack(Nack { expected }));
            }
        } else if data.seq <= self.stored {
            self.send_frame(Frame::Ack(Ack { received: self.stored }));
        }
    }

    fn refuse(&mut self, code: RefusalCode, reason: &str) {
        self.send_frame(Frame::Refusal(Refusal { code, reason: reason.to_owned(), retry_after: None }));
        self.close();
    }

    fn close(&mut self) {
        self.heard = None;
        self.outbox.rewind();
        self.outputs.push_back(AcceptorOutput::Close);
    }

    fn send_frame(&mut self, frame: Frame) {
        self.outputs.push_back(AcceptorOutput::Send(frame));
    }

    fn pump(&mut self, now: Instant) {
        if self.heard.is_some() {
            while let Some(data) = self.outbox.next(now) {
                self.send_frame(Frame::Data(data));
            }
        }
    }
}
