//! A visitor's link, a hub with a disk, and the network between them.

use std::time::Duration;

use alongside::link::{Acceptor, AcceptorOutput, Link, LinkOutput, LinkStatus, Snapshot};
use alongside::protocol::*;
use alongside::time::{Instant, Timestamp};

use crate::network::{Dice, Faults, Wire};

const HEARTBEAT: Duration = Duration::from_secs(10);

/// A commit takes so many milliseconds.
const COMMIT: u64 = 3;

pub struct Pair {
    now: u64,
    dice: Dice,
    faults: Faults,
    visitor: Link,
    saved: Snapshot,
    is_socket_open: bool,
    /// When the socket that is being opened will be open.
    opening: Option<u64>,
    is_silent: bool,
    is_hub_up: bool,
    hub: Option<Acceptor>,
    epochs: u8,
    disk: Vec<u32>,
    /// Numbers being committed: when, and what.
    committing: Vec<(u64, u64, u32)>,
    to_hub: Wire<Frame>,
    to_visitor: Wire<Frame>,
    heard: Vec<u32>,
    /// What was relayed to each.
    relayed_to_hub: Vec<u32>,
    relayed_to_visitor: Vec<u32>,
}

/// A payload that holds a number.
fn payload(number: u32) -> Payload {
    Payload::from_message(Message::Text(format!(r#"{{"number":{number}}}"#)))
}

fn number(payload: &Payload) -> u32 {
    let Message::Text(text) = payload.as_message() else { panic!("not ours: {payload:?}") };
    text.trim_start_matches(r#"{"number":"#).trim_end_matches('}').parse().expect("a number")
}

fn party() -> Party {
    Party::Visitor(VisitorParty { deployment: "demo".into(), token: VisitorToken::from_bytes([9; 16]) })
}

impl Pair {
    pub fn new(seed: u64, faults: Faults) -> Self {
        let saved = Snapshot::empty(SourceId::from_bytes([1; 16]));
        let mut pair = Self {
            now: 0,
            dice: Dice::new(seed),
            faults,
            visitor: Link::new(party(), saved.clone()),
            saved,
            is_socket_open: false,
            opening: None,
            is_silent: false,
            is_hub_up: true,
            hub: None,
            epochs: 0,
            disk: Vec::new(),
            committing: Vec::new(),
            to_hub: Wire::new(),
            to_visitor: Wire::new(),
            heard: Vec::new(),
            relayed_to_hub: Vec::new(),
            relayed_to_visitor: Vec::new(),
        };
        pair.visitor.start(pair.instant());
        pair.settle();
        pair
    }

    pub fn visitor_says(&mut self, what: u32) {
        self.visitor.send(payload(what), self.instant());
        self.settle();
    }

    pub fn hub_says(&mut self, what: u32) {
        let now = self.instant();
        self.hub.as_mut().expect("connected").send(payload(what), now).expect("room");
        self.settle();
    }

    pub fn hub_says_if_connected(&mut self, what: u32) {
        if self.hub.as_ref().is_some_and(Acceptor::is_connected) {
            self.hub_says(what);
        }
    }

    pub fn visitor_relays(&mut self, what: u32) {
        self.visitor.relay(payload(what));
        self.settle();
    }

    pub fn hub_relays(&mut self, what: u32) {
        self.hub.as_mut().expect("connected once").relay(payload(what));
        self.settle();
    }

    /// What was relayed to the hub, and to the visitor.
    pub fn relayed(&self) -> (Vec<u32>, Vec<u32>) {
        (self.relayed_to_hub.clone(), self.relayed_to_visitor.clone())
    }

    pub fn hub_heard(&self) -> Vec<u32> {
        self.disk.clone()
    }

    pub fn visitor_heard(&self) -> Vec<u32> {
        self.heard.clone()
    }

    pub fn queued(&self) -> usize {
        self.visitor.queued()
    }

    pub fn is_online(&self) -> bool {
        self.visitor.status() == LinkStatus::Online
    }

    /// The socket breaks, and both sides are told.
    pub fn cut(&mut self) {
        self.drop_socket();
        if let Some(hub) = &mut self.hub {
            hub.handle_closed();
        }
        let (now, jitter) = (self.instant(), self.dice.jitter());
        self.visitor.handle_closed(now, jitter);
        self.settle();
    }

    /// Nothing passes any more, and nobody is told.
    pub fn cut_silently(&mut self) {
        self.is_silent = true;
    }

    pub fn mend(&mut self) {
        self.is_silent = false;
    }

    pub fn heal(&mut self) {
        self.faults = Faults::none();
    }

    pub fn take_hub_down(&mut self) {
        self.is_hub_up = false;
        self.hub = None;
        self.committing.clear();
        self.cut();
    }

    pub fn bring_hub_up(&mut self) {
        self.is_hub_up = true;
    }

    /// kill -9: what was not committed is gone.
    pub fn restart_hub(&mut self) {
        self.take_hub_down();
        self.bring_hub_up();
    }

    pub fn reload_visitor(&mut self) {
        self.drop_socket();
        if let Some(hub) = &mut self.hub {
            hub.handle_closed();
        }
        // What storage holds is text.
        let stored = Snapshot::from_text(&self.saved.to_text()).expect("it was written by us");
        self.visitor = Link::new(party(), stored);
        // Another page: what the one before had heard and not acknowledged is told again.
        self.heard.clear();
        self.visitor.start(self.instant());
        self.settle();
    }

    pub fn run_seconds(&mut self, seconds: u64) {
        self.run_millis(seconds * 1_000);
    }

    pub fn run_millis(&mut self, milliseconds: u64) {
        for _ in 0..milliseconds {
            self.now += 1;
            self.tick();
        }
    }

    fn instant(&self) -> Instant {
        Instant::at(Duration::from_millis(self.now))
    }

    fn drop_socket(&mut self) {
        self.is_socket_open = false;
        self.opening = None;
        self.to_hub.clear();
        self.to_visitor.clear();
    }

    fn tick(&mut self) {
        let now = self.instant();
        if self.opening.is_some_and(|at| at <= self.now) {
            self.opening = None;
            if self.is_hub_up && !self.is_silent {
                self.is_socket_open = true;
                self.visitor.handle_open(now, Timestamp::from_millis(self.now));
            } else if !self.is_silent {
                let jitter = self.dice.jitter();
                self.visitor.handle_closed(now, jitter);
            }
        }
        while let Some(frame) = self.to_hub.arrive(self.now) {
            self.hub_receives(frame);
        }
        while let Some(frame) = self.to_visitor.arrive(self.now) {
            let jitter = self.dice.jitter();
            let frame = HubFrame::decode(&frame.encode(Encoding::Json)).expect("a hub sends only its own frames");
            self.visitor.handle_frame(frame, now, jitter);
        }
        while self.committing.first().is_some_and(|(at, ..)| *at <= self.now) {
            let (_, seq, what) = self.committing.remove(0);
            assert_eq!(seq, self.disk.len() as u64 + 1, "stored out of order");
            self.disk.push(what);
            if let Some(hub) = &mut self.hub {
                hub.handle_stored(seq);
            }
        }
        if self.visitor.poll_timeout().is_some_and(|at| at <= now) {
            let jitter = self.dice.jitter();
            self.visitor.handle_timeout(now, jitter);
        }
        if let Some(hub) = &mut self.hub
            && hub.poll_timeout().is_some_and(|at| at <= now)
        {
            hub.handle_timeout(now);
        }
        self.settle();
    }

    fn hub_receives(&mut self, frame: Frame) {
        let now = self.instant();
        match frame {
            Frame::Hello(hello) => {
                let is_known = self.hub.as_ref().is_some_and(|hub| !hub.is_connected());
                if !is_known {
                    // Another life: it knows what is on the disk, and what is on its way there.
                    self.epochs += 1;
                    let stored = self.disk.len() as u64;
                    self.committing.clear();
                    self.hub = Some(Acceptor::new(Epoch::from_bytes([self.epochs; 16]), stored, HEARTBEAT));
                }
                let hub = self.hub.as_mut().expect("made just now");
                hub.handle_hello(hello.resume, None, now);
            }
            frame => {
                if let Some(hub) = &mut self.hub {
                    hub.handle_frame(frame, now);
                }
            }
        }
        self.settle();
    }

    fn settle(&mut self) {
        let faults = self.faults;
        while let Some(output) = self.visitor.poll_output() {
            match output {
                LinkOutput::Open => {
                    self.drop_socket();
                    self.opening = Some(self.now + 10);
                }
                LinkOutput::Send(frame) if self.is_socket_open && !self.is_silent => {
                    // A greeting that is lost is a socket that breaks; TCP loses nothing else so early.
                    let faults = if matches!(frame, Frame::Hello(_)) { Faults::none() } else { faults };
                    self.to_hub.send(frame, self.now, faults, &mut self.dice);
                }
                LinkOutput::Close => {
                    self.drop_socket();
                    if let Some(hub) = &mut self.hub {
                        hub.handle_closed();
                    }
                }
                LinkOutput::Receive(payload) => self.heard.push(number(&payload)),
                LinkOutput::Relayed(payload) => self.relayed_to_visitor.push(number(&payload)),
                LinkOutput::Save => self.saved = self.visitor.snapshot(),
                LinkOutput::Send(_) | LinkOutput::Renewed | LinkOutput::Status => {}
            }
        }
        let mut is_closed = false;
        while let Some(output) = self.hub.as_mut().and_then(Acceptor::poll_output) {
            match output {
                AcceptorOutput::Send(frame) if self.is_socket_open && !self.is_silent => {
                    self.to_visitor.send(frame, self.now, faults, &mut self.dice);
                }
                AcceptorOutput::Store(data) => {
                    self.committing.push((self.now + COMMIT, data.seq, number(&data.body)));
                }
                AcceptorOutput::Relayed(payload) => self.relayed_to_hub.push(number(&payload)),
                AcceptorOutput::Close => is_closed = true,
                AcceptorOutput::Send(_) => {}
            }
        }
        if is_closed {
            self.cut();
        }
    }
}
