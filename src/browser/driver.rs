//! Drives one visitor's client: feeds it facts, does what it wants.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use js_sys::{Function, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::PageTransitionEvent;

use super::listener::Listener;
use super::page::{self, NavigationWatch, PageReading};
use super::storage::Store;
use super::tabs::{self, Held};
use super::transport::{self, Event, Http, Socket, Transport, WebSocket};
use super::{clock, random, warn, window};
use crate::client::{Occasion, Page, RecordError, Value, VisitorClient, VisitorOptions, VisitorOutput};
use crate::journey::Visit;
use crate::link::{LinkStatus, Snapshot};
use crate::protocol::{Message, RefusalCode, SourceId, VisitId, VisitorToken};

/// A change of the outbox is stored after so many milliseconds, together with what follows it.
const SAVE_AFTER: u32 = 200;

/// So many sockets must fail before another transport is tried.
const FAILURES_BEFORE_FALLBACK: u32 = 2;

/// When page views are recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageViews {
    /// At load and at each navigation within the page.
    Auto,
    /// At load.
    Once,
    /// When the page says so.
    Off,
}

/// What a driver is made of.
pub struct DriverOptions {
    /// For the client.
    pub visitor: VisitorOptions,
    /// The hub's origin, such as `https://hub.example`.
    pub hub: String,
    /// What to connect by; with `None`, WebSocket first and long polling where that is blocked.
    pub transport: Option<Box<dyn Transport>>,
    /// When page views are recorded.
    pub page_views: PageViews,
}

impl core::fmt::Debug for DriverOptions {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("DriverOptions").field("visitor", &self.visitor).field("hub", &self.hub).finish_non_exhaustive()
    }
}

/// Whether a beginning records the page that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FirstView {
    Recorded,
    /// Who was just forgotten is not tracked again before he goes on.
    Skipped,
}

/// What the page can listen to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// The link's status changed.
    Status,
    /// The hub refused for good.
    Refused,
}

/// One visitor's client in a page. Clones are the same driver.
#[derive(Clone)]
pub struct Driver {
    inner: Rc<Inner>,
}

impl core::fmt::Debug for Driver {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Driver")
    }
}

struct Inner {
    options: VisitorOptions,
    page_views: PageViews,
    keys: Keys,
    hub: String,
    transports: Vec<Box<dyn Transport>>,
    /// Which of `transports` is used, and how often it failed since it last worked.
    transport: Cell<usize>,
    failures: Cell<u32>,
    store: Store,
    client: RefCell<Option<VisitorClient>>,
    slot: RefCell<Option<Held>>,
    socket: RefCell<Option<Box<dyn Socket>>>,
    timer: RefCell<Option<Timeout>>,
    save: RefCell<Option<Timeout>>,
    listeners: RefCell<Vec<Listener>>,
    navigation: RefCell<Option<NavigationWatch>>,
    subscribers: RefCell<Vec<(Topic, Function)>>,
    /// Resolved when the client is there.
    ready: Promise,
    is_ready: Function,
    /// Counts beginnings, so that one that was overtaken gives up.
    beginning: Cell<u32>,
    is_stopped: Cell<bool>,
    has_warned: Cell<bool>,
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
        let key = |name: &str| format!("alongside:{deployment}{name}");
        Self { turn: key(""), visitor: key(":visitor"), visit: key(":visit"), link: key(":link:") }
    }
}

impl Driver {
    /// Begins: finds out which visitor this is, records the page view, connects.
    pub fn start(options: DriverOptions) -> Self {
        let transports = match options.transport {
            Some(transport) => vec![transport],
            None => {
                let socket = options.hub.replacen("http", "ws", 1) + "/v1/link";
                let both: [Box<dyn Transport>; 2] =
                    [Box::new(WebSocket::new(socket)), Box::new(Http::new(options.hub.clone()))];
                Vec::from(both)
            }
        };
        let mut is_ready = None;
        let ready = Promise::new(&mut |resolve, _| is_ready = Some(resolve));
        let inner = Rc::new(Inner {
            keys: Keys::new(&options.visitor.deployment),
            options: options.visitor,
            page_views: options.page_views,
            hub: options.hub,
            transports,
            transport: Cell::new(0),
            failures: Cell::new(0),
            store: Store::open(),
            client: RefCell::default(),
            slot: RefCell::default(),
            socket: RefCell::default(),
            timer: RefCell::default(),
            save: RefCell::default(),
            listeners: RefCell::default(),
            navigation: RefCell::default(),
            subscribers: RefCell::default(),
            ready,
            is_ready: is_ready.unwrap_or_default(),
            beginning: Cell::new(0),
            is_stopped: Cell::new(false),
            has_warned: Cell::new(false),
            is_forgetting: Cell::new(false),
            has_started_over: Cell::new(false),
            token: Cell::new(None),
        });
        inner.listen();
        spawn_local(Rc::clone(&inner).begin(FirstView::Recorded));
        Self { inner }
    }

    /// Waits until calls are recorded at once.
    pub async fn ready(&self) {
        let _ = JsFuture::from(self.inner.ready.clone()).await;
    }

    /// Records a page view; what is `None` is read from the page.
    pub fn view_page(&self, url: Option<String>, title: Option<String>) {
        let mut reading = PageReading::take();
        reading.url = url.unwrap_or(reading.url);
        reading.title = title.unwrap_or(reading.title);
        self.inner.view(&reading);
    }

    /// Records a search.
    ///
    /// # Errors
    /// As [`VisitorClient::search`].
    pub fn search(&self, term: &str) -> Result<(), RecordError> {
        self.inner.with(|client, occasion| client.search(term, occasion)).unwrap_or(Ok(()))
    }

    /// Records an event of the page's own.
    ///
    /// # Errors
    /// As [`VisitorClient::record_custom`].
    pub fn record(&self, name: &str, attributes: &[(String, Value)]) -> Result<(), RecordError> {
        self.inner.with(|client, occasion| client.record_custom(name, attributes, occasion)).unwrap_or(Ok(()))
    }

    /// Asks the hub to erase this visitor, and forgets him here once it has.
    pub fn forget(&self) {
        self.inner.is_forgetting.set(true);
        self.inner.with(|client, occasion| client.forget(occasion));
    }

    /// Ends everything and leaves the page as it was. What waits is sent by the next page.
    pub fn stop(&self) {
        self.inner.is_stopped.set(true);
        self.inner.suspend();
        self.inner.listeners.take();
        self.inner.navigation.take();
        self.inner.subscribers.take();
    }

    /// Calls `listen` each time something of `topic` happens.
    pub fn subscribe(&self, topic: Topic, listen: Function) {
        self.inner.subscribers.borrow_mut().push((topic, listen));
    }

    /// Reads the client; `None` before it is there and after the end.
    pub fn read<T>(&self, read: impl FnOnce(&VisitorClient) -> T) -> Option<T> {
        self.inner.client.borrow().as_ref().map(read)
    }

    /// The name of the transport in use.
    pub fn transport(&self) -> &'static str {
        self.inner.transport().name()
    }
}

impl Inner {
    /// Finds this tab's outbox and the visitor, and starts the client.
    async fn begin(self: Rc<Self>, view: FirstView) {
        let beginning = self.beginning.get() + 1;
        self.beginning.set(beginning);
        let (snapshot, slot) = self.claim_outbox().await;
        let turn = tabs::take_turn(&self.keys.turn).await;
        if self.beginning.get() != beginning || self.is_stopped.get() {
            return;
        }
        let token = self.visitor_token();
        self.token.set(Some(token));
        let client = VisitorClient::new(self.options.clone(), token, snapshot);
        *self.client.borrow_mut() = Some(client);
        *self.slot.borrow_mut() = slot;
        if view == FirstView::Recorded && self.page_views != PageViews::Off {
            self.view(&PageReading::take());
        }
        drop(turn);
        self.with(|client, occasion| client.start(occasion.now));
        let _ = self.is_ready.call0(&JsValue::NULL);
    }

    /// The outbox of a tab that is gone, or a new one. Without locks nobody can tell who lives: a new one each time.
    async fn claim_outbox(&self) -> (Snapshot, Option<Held>) {
        if tabs::is_supported() {
            for key in self.store.keys(&self.keys.link) {
                if let Some(slot) = tabs::claim(&key).await {
                    match self.store.read(&key).and_then(|text| Snapshot::from_text(&text).ok()) {
                        Some(snapshot) => return (snapshot, Some(slot)),
                        None => self.store.remove(&key),
                    }
                }
            }
        }
        let source = SourceId::from_bytes(random::bytes());
        (Snapshot::empty(source), tabs::claim(&format!("{}{source}", self.keys.link)).await)
    }

    fn visitor_token(&self) -> VisitorToken {
        if let Some(token) = self.store.read(&self.keys.visitor).and_then(|text| text.parse().ok()) {
            return token;
        }
        let token = VisitorToken::from_bytes(random::bytes());
        self.store.write(&self.keys.visitor, &token.to_string());
        token
    }

    fn transport(&self) -> &dyn Transport {
        self.transports[self.transport.get() % self.transports.len()].as_ref()
    }

    /// Lets the client handle something, releases it, and does what it wants then.
    fn with<T>(self: &Rc<Self>, handle: impl FnOnce(&mut VisitorClient, Occasion) -> T) -> Option<T> {
        let occasion = Occasion {
            now: clock::now(),
            wall: clock::wall(),
            stored: self.store.read(&self.keys.visit).and_then(|text| Visit::from_text(&text).ok()),
            fresh: VisitId::from_bytes(random::bytes()),
        };
        let result = self.client.borrow_mut().as_mut().map(|client| handle(client, occasion));
        self.perform();
        result
    }

    fn view(self: &Rc<Self>, reading: &PageReading) {
        self.with(|client, occasion| {
            let page = Page {
                url: &reading.url,
                title: &reading.title,
                referrer: &reading.referrer,
                language: &reading.language,
                size: reading.size,
                is_automated: reading.is_automated,
            };
            client.view_page(page, occasion);
            for term in page::query_values(&reading.url, |name| client.is_search_parameter(name)) {
                // An empty parameter is no search.
                let _ = client.search(&term, occasion);
            }
        });
    }

    fn perform(self: &Rc<Self>) {
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
                Some(VisitorOutput::Save) => self.save_soon(),
                Some(VisitorOutput::SaveVisit(visit)) => self.store.write(&self.keys.visit, &visit.to_text()),
                Some(VisitorOutput::Status) => self.tell_status(),
            }
        }
        self.set_timer();
        self.finish_forgetting();
    }

    fn open(self: &Rc<Self>) {
        if self.failures.get() >= FAILURES_BEFORE_FALLBACK && self.transports.len() > 1 {
            self.transport.set(self.transport.get() + 1);
            self.failures.set(0);
        }
        let inner = Rc::downgrade(self);
        let sink = Rc::new(move |event| {
            if let Some(inner) = inner.upgrade() {
                inner.handle(event);
            }
        });
        let socket = self.transport().open(self.options.encoding, sink);
        let before = self.socket.replace(Some(socket));
        drop(before);
    }

    fn handle(self: &Rc<Self>, event: Event) {
        match event {
            Event::Opened => {
                self.failures.set(0);
                self.with(|client, occasion| client.handle_open(occasion.now, occasion.wall));
            }
            Event::Received(message) => {
                self.with(|client, occasion| client.handle_message(&message, occasion.now, random::jitter()));
            }
            Event::Closed => {
                self.socket.take();
                let was_connecting =
                    self.client.borrow().as_ref().is_some_and(|client| client.status() == LinkStatus::Connecting);
                if was_connecting {
                    self.failures.set(self.failures.get() + 1);
                    self.warn_once(&format!(
                        "cannot reach {} by {}. Events are kept and sent later. Is the hub running, and does the page's \
                         Content-Security-Policy allow it under connect-src (http and ws)?",
                        self.hub,
                        self.transport().name(),
                    ));
                }
                self.with(|client, occasion| client.handle_closed(occasion.now, random::jitter()));
            }
        }
    }

    fn set_timer(self: &Rc<Self>) {
        let due = self.client.borrow().as_ref().and_then(VisitorClient::poll_timeout);
        let timer = due.map(|due| {
            let inner = Rc::downgrade(self);
            // One more, so that it is never early by a fraction.
            let wait = due.since(clock::now()).as_millis() as u32 + 1;
            Timeout::new(wait, move || {
                if let Some(inner) = inner.upgrade() {
                    inner.with(|client, occasion| client.handle_timeout(occasion.now, random::jitter()));
                }
            })
        });
        *self.timer.borrow_mut() = timer;
    }

    fn save_soon(self: &Rc<Self>) {
        let mut save = self.save.borrow_mut();
        if save.is_none() {
            let inner = Rc::downgrade(self);
            *save = Some(Timeout::new(SAVE_AFTER, move || {
                if let Some(inner) = inner.upgrade() {
                    inner.save_now();
                }
            }));
        }
    }

    fn save_now(&self) {
        self.save.take();
        // Without its lock the outbox is nobody's: another tab may write there.
        if self.slot.borrow().is_none() {
            return;
        }
        if let Some(snapshot) = self.client.borrow().as_ref().map(VisitorClient::snapshot) {
            self.store.write(&format!("{}{}", self.keys.link, snapshot.source()), &snapshot.to_text());
        }
    }

    fn tell_status(self: &Rc<Self>) {
        let status = self.client.borrow().as_ref().map(VisitorClient::status);
        if let Some(LinkStatus::Refused(refusal)) = &status {
            if refusal.code == RefusalCode::Credentials && !self.has_started_over.replace(true) {
                // The storage holds an outbox of another visitor.
                let inner = Rc::clone(self);
                spawn_local(async move { inner.start_over(FirstView::Recorded) });
                return;
            }
            self.warn_once(&format!("the hub refused this page ({}): {}", refusal.code.as_str(), refusal.reason));
            self.tell(Topic::Refused);
        }
        self.tell(Topic::Status);
    }

    /// Calls the page back later: never from within one of its own calls, never while anything is borrowed.
    fn tell(&self, topic: Topic) {
        for (_, listen) in self.subscribers.borrow().iter().filter(|(wanted, _)| *wanted == topic) {
            let listen = listen.clone();
            Timeout::new(0, move || drop(listen.call0(&JsValue::NULL))).forget();
        }
    }

    fn warn_once(&self, message: &str) {
        if !self.has_warned.replace(true) {
            warn(message);
        }
    }

    fn finish_forgetting(self: &Rc<Self>) {
        let is_erased = self.client.borrow().as_ref().is_some_and(|client| client.queued() == 0);
        if self.is_forgetting.get() && is_erased {
            self.is_forgetting.set(false);
            self.store.remove(&self.keys.visitor);
            self.store.remove(&self.keys.visit);
            self.start_over(FirstView::Skipped);
        }
    }

    /// The visitor is another one now. A source belongs to one visitor for good, so its outbox goes too.
    fn start_over(self: &Rc<Self>, view: FirstView) {
        let source = self.client.borrow().as_ref().map(|client| client.snapshot().source());
        self.end_client();
        if let Some(source) = source {
            self.store.remove(&format!("{}{source}", self.keys.link));
        }
        spawn_local(Rc::clone(self).begin(view));
    }

    /// Another tab forgot the visitor, or somebody cleared the storage.
    fn storage_changed(self: &Rc<Self>) {
        let stored = self.store.read(&self.keys.visitor).and_then(|text| text.parse().ok());
        if self.client.borrow().is_some() && self.token.get().is_some() && stored != self.token.get() {
            self.start_over(FirstView::Skipped);
        }
    }

    /// The page is put away: what waits goes out by a beacon, and nothing is held that would keep the page out of the
    /// back/forward cache.
    fn suspend(self: &Rc<Self>) {
        self.flush();
        self.beginning.set(self.beginning.get() + 1);
        self.end_client();
    }

    fn end_client(self: &Rc<Self>) {
        self.with(|client, _| client.stop());
        self.save_now();
        self.timer.take();
        self.socket.take();
        self.client.take();
        self.slot.take();
    }

    fn flush(self: &Rc<Self>) {
        let messages = self.with(|client, occasion| client.flush(occasion.now, occasion.wall)).unwrap_or_default();
        let Some(window) = window().filter(|_| !messages.is_empty()) else { return };
        let (navigator, address) = (window.navigator(), format!("{}/v1/beacon", self.hub));
        // A beacon that the browser does not take is sent by the next page from the outbox.
        let _ = match transport::pack(&messages) {
            Message::Text(lines) => navigator.send_beacon_with_opt_str(&address, Some(&lines)),
            Message::Binary(bytes) => {
                navigator.send_beacon_with_opt_js_u8_array(&address, Some(&Uint8Array::from(&bytes[..])))
            }
        };
    }

    fn listen(self: &Rc<Self>) {
        let Some(window) = window() else { return };
        let on = |target: &web_sys::EventTarget, event, act: fn(&Rc<Self>, JsValue)| {
            let inner = Rc::downgrade(self);
            Listener::new(target, event, move |argument| {
                if let Some(inner) = inner.upgrade() {
                    act(&inner, argument);
                }
            })
        };
        let mut listeners = vec![
            on(&window, "pagehide", |inner, _| inner.suspend()),
            on(&window, "pageshow", |inner, event| {
                let is_restored = event.dyn_into::<PageTransitionEvent>().is_ok_and(|event| event.persisted());
                if is_restored {
                    spawn_local(Rc::clone(inner).begin(FirstView::Recorded));
                }
            }),
            on(&window, "storage", |inner, _| inner.storage_changed()),
            on(&window, "online", |inner, _| {
                inner.with(|client, occasion| client.start(occasion.now));
            }),
        ];
        if let Some(document) = window.document() {
            listeners.push(on(&document, "visibilitychange", |inner, _| inner.visibility_changed()));
        }
        let inner = Rc::downgrade(self);
        listeners.push(page::watch_search_forms(move |term| {
            if let Some(inner) = inner.upgrade() {
                inner.with(|client, occasion| client.search(&term, occasion));
            }
        }));
        self.listeners.borrow_mut().extend(listeners.into_iter().flatten());
        if self.page_views == PageViews::Auto {
            let inner = Rc::downgrade(self);
            let watch = NavigationWatch::new(!self.options.url_rules.keeps_fragment, move |before| {
                if let Some(inner) = inner.upgrade() {
                    inner.view(&PageReading { referrer: before, ..PageReading::take() });
                }
            });
            *self.navigation.borrow_mut() = Some(watch);
        }
    }

    fn visibility_changed(self: &Rc<Self>) {
        let is_hidden = window().and_then(|window| window.document()).is_some_and(|document| document.hidden());
        if !is_hidden {
            self.with(|client, occasion| client.start(occasion.now));
            return;
        }
        // On phones this may be the last that the page hears.
        self.save_now();
        let is_online = self.client.borrow().as_ref().is_some_and(|client| client.status() == LinkStatus::Online);
        if !is_online {
            self.flush();
        }
    }
}
