//! Drives one visitor's client: feeds it facts, does what it wants.

use core::cell::{Cell, RefCell};
use core::time::Duration;

use super::host::{Host, Slot, Socket};
use crate::client::{Occasion, Page, VisitorClient, VisitorOptions, VisitorOutput};
use crate::journey::Visit;
use crate::link::{LinkStatus, Snapshot};
use crate::protocol::{Message, RefusalCode, SourceId, VisitId, VisitorToken};
use crate::time::Instant;

/// A change of the outbox is stored so long after it, together with what follows it.
const SAVE_AFTER: Duration = Duration::from_millis(200);

/// So many sockets must fail before another transport is tried.
const FAILURES_BEFORE_FALLBACK: u32 = 2;

/// What `auto` stands for, in the order in which they are tried.
const TRANSPORTS: [&str; 2] = ["websocket", "http"];

/// Whether a beginning records the page that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FirstView {
    Recorded,
    /// Who was just forgotten is not tracked again before he goes on.
    Skipped,
}

/// One visitor's client in a page.
pub struct Driver {
    host: Host,
    options: VisitorOptions,
    keys: Keys,
    /// What the page chose, or `auto`.
    transport: String,
    /// Which of [`TRANSPORTS`] is used, and how often it failed since it last worked.
    chosen: Cell<usize>,
    failures: Cell<u32>,
    client: RefCell<Option<VisitorClient>>,
    slot: RefCell<Option<Slot>>,
    socket: RefCell<Option<Socket>>,
    save_at: Cell<Option<Instant>>,
    /// Counts beginnings, so that one that was overtaken gives up.
    beginning: Cell<u32>,
    first_view: Cell<FirstView>,
    is_stopped: Cell<bool>,
    is_forgetting: Cell<bool>,
    has_started_over: Cell<bool>,
    /// Whose client runs.
    token: Cell<Option<VisitorToken>>,
}

/// The names under which the tabs of a browser share what they share.
struct Keys {
    /// Lock for making the visitor and the visit.
    turn: String,
    visitor: String,
    visit: String,
    /// Prefix of the outboxes; each is also the name of its lock.
    link: String,
}

impl Keys {
    fn new(deployment: &str) -> Self {
        let key = |name: &str| ["alongside:", deployment, name].concat();
        Self { turn: key(""), visitor: key(":visitor"), visit: key(":visit"), link: key(":link:") }
    }
}

impl Driver {
    /// A driver that has not begun. `transport` is `auto`, or what [`Host::open`] knows.
    pub fn new(host: Host, options: VisitorOptions, transport: String) -> Self {
        Self {
            host,
            keys: Keys::new(&options.deployment),
            options,
            transport,
            chosen: Cell::new(0),
            failures: Cell::new(0),
            client: RefCell::default(),
            slot: RefCell::default(),
            socket: RefCell::default(),
            save_at: Cell::new(None),
            beginning: Cell::new(0),
            first_view: Cell::new(FirstView::Recorded),
            is_stopped: Cell::new(false),
            is_forgetting: Cell::new(false),
            has_started_over: Cell::new(false),
            token: Cell::new(None),
        }
    }

    /// Begins: finds out which visitor this is, records the page view, connects.
    pub fn begin(&self) {
        self.begin_with(FirstView::Recorded);
    }

    fn begin_with(&self, view: FirstView) {
        self.first_view.set(view);
        self.beginning.set(self.beginning.get() + 1);
        let fresh = self.link_key(SourceId::from_bytes(self.host.random()));
        self.host.take_slot(&self.keys.link, &fresh, &self.keys.turn, self.beginning.get());
    }

    /// Whether calls are recorded at once.
    pub fn is_ready(&self) -> bool {
        self.client.borrow().is_some()
    }

    /// Lets the client handle something, releases it, and does what it wants then. `None` where it is not ready.
    pub fn with<T>(&self, handle: impl FnOnce(&mut VisitorClient, Occasion) -> T) -> Option<T> {
        let occasion = Occasion {
            now: self.host.now(),
            wall: self.host.wall(),
            stored: self.host.read(&self.keys.visit).and_then(|text| Visit::from_text(&text).ok()),
            fresh: VisitId::from_bytes(self.host.random()),
        };
        let result = self.client.borrow_mut().as_mut().map(|client| handle(client, occasion));
        self.perform();
        result
    }

    /// Reads the client; `None` where it is not ready.
    pub fn read<T>(&self, read: impl FnOnce(&VisitorClient) -> T) -> Option<T> {
        self.client.borrow().as_ref().map(read)
    }

    /// How the link is doing.
    pub fn status(&self) -> LinkStatus {
        match self.read(VisitorClient::status) {
            Some(status) => status,
            None if self.is_stopped.get() => LinkStatus::Stopped,
            None => LinkStatus::Connecting,
        }
    }

    /// The name of the transport in use.
    pub fn transport(&self) -> &str {
        if self.transport == "auto" { TRANSPORTS[self.chosen.get() % TRANSPORTS.len()] } else { &self.transport }
    }

    /// Asks the hub to erase this visitor, and forgets him here once it has.
    pub fn forget(&self) {
        self.is_forgetting.set(true);
        self.with(|client, occasion| client.forget(occasion));
    }

    /// Ends everything. What waits is sent by the next page.
    pub fn stop(&self) {
        self.is_stopped.set(true);
        self.suspend();
    }

    /// This tab has its turn: the outbox under `key` is its own, or nobody's where `key` is empty.
    pub fn handle_turn(&self, beginning: u32, key: &str, slot: Slot) {
        if self.beginning.get() != beginning || self.is_stopped.get() {
            return;
        }
        let stored = (!key.is_empty()).then(|| self.host.read(key)).flatten();
        let snapshot = match stored.map(|text| Snapshot::from_text(&text)) {
            Some(Ok(snapshot)) if self.link_key(snapshot.source()) == key => snapshot,
            Some(_) => {
                // Nothing in it can be sent. The next try finds the key gone.
                self.host.remove(key);
                return self.begin_with(self.first_view.get());
            }
            None => {
                let named = key.strip_prefix(&self.keys.link).and_then(|source| source.parse().ok());
                Snapshot::empty(named.unwrap_or_else(|| SourceId::from_bytes(self.host.random())))
            }
        };
        let token = self.visitor_token();
        self.token.set(Some(token));
        *self.client.borrow_mut() = Some(VisitorClient::new(self.options.clone(), token, snapshot));
        // Without its lock the outbox is nobody's: another tab may write there.
        *self.slot.borrow_mut() = (!key.is_empty()).then_some(slot);
        if self.first_view.get() == FirstView::Recorded {
            self.host.view();
        }
        self.with(|client, occasion| client.start(occasion.now));
        self.host.emit("ready");
    }

    /// The page that is shown, unmasked.
    pub fn handle_view(&self, page: Page<'_>) {
        self.with(|client, occasion| client.view_page(page, occasion));
    }

    /// Sends a message of a shared page.
    pub fn relay(&self, message: Message) {
        self.with(|client, _| client.relay(message));
    }

    /// How many bytes wait for the network.
    pub fn waiting(&self) -> u32 {
        self.socket.borrow().as_ref().map_or(0, Socket::waiting)
    }

    /// The socket is open.
    pub fn handle_open(&self) {
        self.failures.set(0);
        self.with(|client, occasion| client.handle_open(occasion.now, occasion.wall));
    }

    /// A message came.
    pub fn handle_message(&self, message: &Message) {
        let jitter = self.host.jitter();
        self.with(|client, occasion| client.handle_message(message, occasion.now, jitter));
    }

    /// The socket is closed, or could not be opened.
    pub fn handle_close(&self) {
        self.socket.take();
        if self.status() == LinkStatus::Connecting {
            self.failures.set(self.failures.get() + 1);
            self.host.emit("unreachable");
        }
        let jitter = self.host.jitter();
        self.with(|client, occasion| client.handle_closed(occasion.now, jitter));
    }

    /// Time passed.
    pub fn handle_timeout(&self) {
        if self.save_at.get().is_some_and(|at| at <= self.host.now()) {
            self.save();
        }
        let jitter = self.host.jitter();
        self.with(|client, occasion| client.handle_timeout(occasion.now, jitter));
    }

    /// The network is back, or the page is shown again: no reason to wait.
    pub fn handle_online(&self) {
        self.with(|client, occasion| client.start(occasion.now));
    }

    /// The page is not seen any more. On phones this may be the last that it hears.
    pub fn handle_hidden(&self) {
        self.save();
        if self.status() != LinkStatus::Online {
            self.flush();
        }
    }

    /// The page is put away: what waits goes out by a beacon, and nothing is held that would keep the page out of the
    /// back/forward cache.
    pub fn suspend(&self) {
        self.flush();
        self.beginning.set(self.beginning.get() + 1);
        self.end_client();
    }

    /// Another tab changed the storage: perhaps it forgot the visitor.
    pub fn handle_storage(&self) {
        let stored = self.host.read(&self.keys.visitor).and_then(|text| text.parse().ok());
        if self.is_ready() && stored != self.token.get() {
            self.start_over(FirstView::Skipped);
        }
    }

    fn link_key(&self, source: SourceId) -> String {
        [self.keys.link.as_str(), source.to_string().as_str()].concat()
    }

    fn visitor_token(&self) -> VisitorToken {
        if let Some(token) = self.host.read(&self.keys.visitor).and_then(|text| text.parse().ok()) {
            return token;
        }
        let token = VisitorToken::from_bytes(self.host.random());
        self.host.write(&self.keys.visitor, &token.to_string());
        token
    }

    fn perform(&self) {
        loop {
            let output = self.client.borrow_mut().as_mut().and_then(VisitorClient::poll_output);
            match output {
                None => break,
                Some(VisitorOutput::Open) => self.open(),
                Some(VisitorOutput::Send(message)) => {
                    if let Some(socket) = self.socket.borrow().as_ref() {
                        socket.send(&message);
                    }
                }
                Some(VisitorOutput::Close) => drop(self.socket.take()),
                Some(VisitorOutput::Save) => {
                    let soon = self.host.now() + SAVE_AFTER;
                    self.save_at.set(self.save_at.get().or(Some(soon)));
                }
                Some(VisitorOutput::SaveVisit(visit)) => self.host.write(&self.keys.visit, &visit.to_text()),
                Some(VisitorOutput::Status) => self.tell_status(),
                Some(VisitorOutput::Relayed(message)) => self.host.relayed(message),
            }
        }
        self.wake();
        self.finish_forgetting();
    }

    fn open(&self) {
        if self.failures.get() >= FAILURES_BEFORE_FALLBACK {
            self.chosen.set(self.chosen.get() + 1);
            self.failures.set(0);
        }
        let socket = self.host.open(self.transport());
        let before = self.socket.replace(Some(socket));
        drop(before);
    }

    fn wake(&self) {
        let due = self.read(VisitorClient::poll_timeout).flatten();
        let next = [due, self.save_at.get()].into_iter().flatten().min();
        // One more, so that it is never early by a fraction.
        self.host.wake(next.map(|at| at.since(self.host.now()).as_millis() as u32 + 1));
    }

    fn save(&self) {
        self.save_at.set(None);
        if self.slot.borrow().is_none() {
            return;
        }
        if let Some(snapshot) = self.read(VisitorClient::snapshot) {
            self.host.write(&self.link_key(snapshot.source()), &snapshot.to_text());
        }
    }

    fn tell_status(&self) {
        if let LinkStatus::Refused(refusal) = self.status() {
            if refusal.code == RefusalCode::Credentials && !self.has_started_over.replace(true) {
                // The storage holds an outbox of another visitor, perhaps one whom another tab has just forgotten.
                return self.start_over(self.first_view.get());
            }
            self.host.emit("refused");
        }
        self.host.emit("status");
    }

    fn finish_forgetting(&self) {
        let is_erased = self.read(VisitorClient::queued) == Some(0);
        if self.is_forgetting.get() && is_erased {
            self.is_forgetting.set(false);
            self.host.remove(&self.keys.visitor);
            self.host.remove(&self.keys.visit);
            self.start_over(FirstView::Skipped);
        }
    }

    /// The visitor is another one now. A source belongs to one visitor for good, so its outbox goes too.
    fn start_over(&self, view: FirstView) {
        let source = self.read(|client| client.snapshot().source());
        let slot = self.slot.take();
        self.end_client();
        if let Some(source) = source {
            self.host.remove(&self.link_key(source));
        }
        // Only now may another tab look at it.
        drop(slot);
        self.begin_with(view);
    }

    fn end_client(&self) {
        self.with(|client, _| client.stop());
        self.save();
        self.host.wake(None);
        self.socket.take();
        self.client.take();
        self.slot.take();
    }

    fn flush(&self) {
        let messages = self.with(|client, occasion| client.flush(occasion.now, occasion.wall)).unwrap_or_default();
        if !messages.is_empty() {
            let beacon = self.host.open("beacon");
            messages.iter().for_each(|message| beacon.send(message));
        }
    }
}
