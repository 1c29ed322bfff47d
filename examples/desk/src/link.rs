//! Drives the desk's client: feeds it facts, does what it wants, shows what changed.
//!
//! Invariant: nothing is done while the client is borrowed. Borrow, tell it a fact, release; then take one wish at a time.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use alongside::client::{DeskClient, DeskOutput};
use alongside::cobrowse::AgentSession;
use alongside::link::LinkStatus;
use alongside::messenger::DeskInbox;
use alongside::protocol::cobrowse::Done;
use alongside::protocol::conversation::Presence;
use alongside::protocol::{Message, RefusalCode, RelayBody, SourceId};
use alongside::time::{Instant, Timestamp};
use js_sys::{ArrayBuffer, Date, Math, Uint8Array};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::spawn_local;
use web_sys::{BinaryType, MessageEvent, WebSocket};

use crate::cobrowse::shared::Shared;
use crate::desk::Desk;
use crate::hub::{self, HubError};
use crate::inbox::alerts;
use crate::inbox::mail::Mail;

thread_local! {
    static LINK: RefCell<Option<Rc<Link>>> = const { RefCell::new(None) };
}

/// Connects with the session's token; ends what was connected before.
pub fn start(desk: Desk, token: String) {
    stop();
    let mut source = [0; 16];
    if let Ok(crypto) = window().crypto() {
        let _ = crypto.get_random_values_with_u8_array(&mut source);
    }
    let link = Rc::new(Link {
        desk,
        token,
        client: RefCell::new(DeskClient::new(SourceId::from_bytes(source))),
        socket: RefCell::default(),
        attempt: Cell::default(),
        timer: Cell::default(),
        is_drawing: Cell::default(),
        is_stopped: Cell::default(),
        show: RefCell::default(),
        early: RefCell::default(),
    });
    LINK.set(Some(Rc::clone(&link)));
    let be = match desk.kept_presence() {
        Presence::Available => DeskInbox::be_available,
        _ => DeskInbox::be_away,
    };
    link.tell(|client| client.with_inbox(be, now()));
    link.tell(|client| client.start(now()));
}

/// Disconnects.
pub fn stop() {
    if let Some(link) = LINK.take() {
        link.tell(|client| client.stop(now()));
        link.is_stopped.set(true);
        link.socket.take();
        if let Some(timer) = link.timer.take() {
            timer.clear();
        }
    }
}

/// Tries at once instead of waiting, also where the hub refused.
pub fn retry() {
    let Some(link) = LINK.with_borrow(Clone::clone) else { return };
    let status = link.client.borrow().status();
    match status {
        // It would not try again: only a new one does.
        LinkStatus::Refused(_) => start(link.desk, link.token.clone()),
        _ => link.tell(|client| client.start(now())),
    }
}

/// Most bytes of frames that wait for a view.
const EARLY_LIMIT: usize = 8 * 1024 * 1024;

/// What comes of the session's page.
#[derive(Clone, Copy, Debug)]
pub enum News<'a> {
    /// Another page: forget the one that was shown.
    Begin,
    /// The way to it was cut; see `AgentOutput::Cut`.
    Cut,
    /// It is back, or another one is there; see `AgentOutput::Return`.
    Return,
    /// Something was lost on the way; see `AgentOutput::Lag`.
    Lag,
    /// A frame of the mirror.
    Frame(&'a [u8]),
    /// The visitor or another agent shows this.
    Sign(&'a RelayBody),
    /// What became of an act.
    Done(&'a Done),
}

/// Shows the session's page from now on. `show` draws it, and may call [`session`].
pub fn watch(show: impl Fn(News<'_>) + 'static) {
    let Some(link) = LINK.with_borrow(Clone::clone) else { return };
    *link.show.borrow_mut() = Some(Rc::new(show));
    match link.early.take() {
        Some(frames) => {
            link.show(News::Begin);
            frames.iter().for_each(|frame| link.show(News::Frame(frame)));
        }
        // It is live already, and this view new.
        None => link.tell(|client| client.with_session(|session| session.refresh(Some(Vec::new())), now())),
    }
}

/// Shows it no longer.
pub fn unwatch() {
    if let Some(link) = LINK.with_borrow(Clone::clone) {
        link.show.take();
        link.early.take();
    }
}

/// Does something in the session; `None` where the desk is not connected.
pub fn session<T>(act: impl FnOnce(&mut AgentSession) -> T) -> Option<T> {
    let link = LINK.with_borrow(Clone::clone)?;
    let mut result = None;
    link.tell(|client| result = Some(client.with_session(act, now())));
    result
}

/// Does something in conversations; `None` where the desk is not connected.
pub fn inbox<T>(act: impl FnOnce(&mut DeskInbox) -> T) -> Option<T> {
    let link = LINK.with_borrow(Clone::clone)?;
    let mut result = None;
    link.desk.unmet.set(None);
    link.tell(|client| result = Some(client.with_inbox(act, now())));
    result
}

/// Draws again, soon: another conversation was chosen.
pub fn redraw() {
    if let Some(link) = LINK.with_borrow(Clone::clone) {
        link.draw_soon();
    }
}

/// Renews the desk's clock.
pub fn tick(desk: Desk) {
    let hub = LINK.with_borrow(|link| Some(link.as_ref()?.client.borrow().live().hub_time(wall())));
    desk.now.set(hub.unwrap_or_else(wall));
}

/// The day of the agent's calendar in which a moment is. Days begin at quarters of an hour, wherever one is.
fn day_of(at: Timestamp) -> i64 {
    thread_local! {
        static DAYS: RefCell<HashMap<u64, i64>> = RefCell::default();
    }
    let quarter = at.as_millis() / 900_000;
    DAYS.with_borrow_mut(|days| {
        *days.entry(quarter).or_insert_with(|| {
            let moment = quarter * 900_000;
            let zone = Date::new(&(moment as f64).into()).get_timezone_offset() as i64;
            (moment as i64 - zone * 60_000).div_euclid(86_400_000)
        })
    })
}

struct Link {
    desk: Desk,
    token: String,
    client: RefCell<DeskClient>,
    socket: RefCell<Option<Socket>>,
    /// Counts sockets, so that news of an earlier one is ignored.
    attempt: Cell<u32>,
    timer: Cell<Option<TimeoutHandle>>,
    is_drawing: Cell<bool>,
    is_stopped: Cell<bool>,
    /// Draws the session's page.
    show: RefCell<Option<Show>>,
    /// Frames of a page that began before there was a view to draw it.
    early: RefCell<Option<Vec<Vec<u8>>>>,
}

/// See [`watch`].
type Show = Rc<dyn Fn(News<'_>)>;

impl Link {
    fn tell(self: &Rc<Self>, fact: impl FnOnce(&mut DeskClient)) {
        if self.is_stopped.get() {
            return;
        }
        fact(&mut self.client.borrow_mut());
        loop {
            let output = self.client.borrow_mut().poll_output();
            let Some(output) = output else { break };
            self.perform(output);
        }
        self.wait();
    }

    fn perform(self: &Rc<Self>, output: DeskOutput) {
        match output {
            DeskOutput::FetchTicket => self.fetch_ticket(),
            DeskOutput::Open => self.open(),
            DeskOutput::Send(message) => {
                if let (Some(socket), Message::Binary(bytes)) = (&*self.socket.borrow(), message) {
                    // A socket that is closing says so by its close event.
                    let _ = socket.socket.send_with_u8_array(&bytes);
                }
            }
            DeskOutput::Close => {
                self.next_attempt();
                self.socket.take();
            }
            DeskOutput::Changed => self.draw_soon(),
            DeskOutput::Begin if self.show.borrow().is_none() => *self.early.borrow_mut() = Some(Vec::new()),
            DeskOutput::Show(frame) if self.show.borrow().is_none() => self.keep_early(frame),
            DeskOutput::Begin => self.show(News::Begin),
            DeskOutput::Cut => self.show(News::Cut),
            DeskOutput::Return => self.show(News::Return),
            DeskOutput::Lag => self.show(News::Lag),
            DeskOutput::Show(frame) => self.show(News::Frame(&frame)),
            DeskOutput::Sign(sign) => self.show(News::Sign(&sign)),
            DeskOutput::Done(done) => self.show(News::Done(&done)),
            // The badge says it, and the title; to who looks elsewhere, a sound.
            DeskOutput::Incoming(conversation) => alerts::tell(self.desk, conversation, alerts::News::Message),
            // The card says it, in every view.
            DeskOutput::Offered(conversation) => alerts::tell(self.desk, conversation, alerts::News::Offer),
            DeskOutput::Unmet(objection) => self.desk.unmet.set(Some(objection)),
        }
    }

    /// What does not fit is asked for again by the view.
    fn keep_early(&self, frame: Vec<u8>) {
        let mut early = self.early.borrow_mut();
        let has_room = early.as_ref().is_some_and(|frames| frames.iter().map(Vec::len).sum::<usize>() < EARLY_LIMIT);
        if has_room {
            early.get_or_insert_default().push(frame);
        } else {
            *early = None;
        }
    }

    fn show(&self, news: News<'_>) {
        let show = self.show.borrow().clone();
        if let Some(show) = show {
            show(news);
        }
    }

    fn fetch_ticket(self: &Rc<Self>) {
        let (link, attempt) = (Rc::clone(self), self.next_attempt());
        spawn_local(async move {
            let ticket = hub::ticket(&link.token).await;
            if link.attempt.get() != attempt || link.is_stopped.get() {
                return;
            }
            match ticket {
                Ok(ticket) => link.tell(|client| client.handle_ticket(ticket)),
                Err(HubError::Unauthorized) => link.expire(),
                Err(_) => link.tell(|client| client.handle_closed(now(), Math::random())),
            }
        });
    }

    fn open(self: &Rc<Self>) {
        let (link, attempt) = (Rc::clone(self), self.next_attempt());
        let opened = Socket::open(move |event| {
            if link.attempt.get() != attempt {
                return;
            }
            link.tell(|client| match &event {
                Event::Opened => client.handle_open(now(), wall()),
                Event::Received(message) => client.handle_message(message, now(), wall(), Math::random()),
                Event::Closed => client.handle_closed(now(), Math::random()),
            });
        });
        match opened {
            Some(socket) => drop(self.socket.replace(Some(socket))),
            None => self.client.borrow_mut().handle_closed(now(), Math::random()),
        }
    }

    fn wait(self: &Rc<Self>) {
        if let Some(timer) = self.timer.take() {
            timer.clear();
        }
        let until = self.client.borrow().poll_timeout();
        if let Some(until) = until {
            let link = Rc::clone(self);
            let timeout = move || link.tell(|client| client.handle_timeout(now(), Math::random()));
            // A millisecond more: timers of browsers run early by rounding.
            let wait = until.since(now()) + Duration::from_millis(1);
            self.timer.set(set_timeout_with_handle(timeout, wait).ok());
        }
    }

    fn draw_soon(self: &Rc<Self>) {
        if !self.is_drawing.replace(true) {
            let link = Rc::clone(self);
            // All that comes until the browser draws is drawn together; nothing while nobody can see it.
            request_animation_frame(move || link.draw());
        }
    }

    fn draw(&self) {
        self.is_drawing.set(false);
        if self.is_stopped.get() {
            return;
        }
        let status = self.client.borrow().status();
        if matches!(&status, LinkStatus::Refused(refusal) if refusal.code == RefusalCode::Credentials) {
            return self.expire();
        }
        if self.desk.status.with_untracked(|shown| *shown != status) {
            self.desk.status.set(status);
        }
        let shared = {
            let client = self.client.borrow();
            let last = self.desk.shared.read_untracked();
            Shared::of(client.session(), &last, now(), client.live().hub_time(wall()))
        };
        if self.desk.shared.with_untracked(|shown| *shown != shared) {
            self.desk.shared.set(shared);
        }
        let mail = {
            let (chosen, from) = (self.desk.chosen.get_untracked(), self.desk.drawn_from.get_value());
            Mail::of(self.client.borrow().inbox(), chosen, from, day_of)
        };
        if self.desk.mail.with_untracked(|shown| *shown != mail) {
            self.desk.mail.set(mail);
        }
        self.desk.board.maybe_update(|board| {
            let client = self.client.borrow();
            client.live().is_known() && board.renew(client.live().visits())
        });
        tick(self.desk);
    }

    fn expire(&self) {
        self.desk.is_expired.set(true);
        self.desk.end_session();
    }

    fn next_attempt(&self) -> u32 {
        self.attempt.set(self.attempt.get().wrapping_add(1));
        self.attempt.get()
    }
}

enum Event {
    Opened,
    Received(Message),
    Closed,
}

/// A WebSocket to the hub; dropped, it closes and tells nothing more.
struct Socket {
    socket: WebSocket,
    _closures: [Closure<dyn FnMut(web_sys::Event)>; 3],
}

impl Socket {
    fn open(sink: impl Fn(Event) + 'static) -> Option<Self> {
        let origin = window().location().origin().ok()?;
        let socket = WebSocket::new(&(origin.replacen("http", "ws", 1) + "/v1/link")).ok()?;
        socket.set_binary_type(BinaryType::Arraybuffer);
        let sink = Rc::new(sink);
        let (opened, received, closed) = (Rc::clone(&sink), Rc::clone(&sink), sink);
        let closures: [Closure<dyn FnMut(web_sys::Event)>; 3] = [
            Closure::new(move |_| opened(Event::Opened)),
            Closure::new(move |event: web_sys::Event| {
                let message = event.dyn_ref::<MessageEvent>().and_then(|event| message_of(&event.data()));
                if let Some(message) = message {
                    received(Event::Received(message));
                }
            }),
            Closure::new(move |_| closed(Event::Closed)),
        ];
        for (name, closure) in ["open", "message", "close"].into_iter().zip(&closures) {
            socket.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref()).ok()?;
        }
        Some(Self { socket, _closures: closures })
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        for (name, closure) in ["open", "message", "close"].into_iter().zip(&self._closures) {
            let _ = self.socket.remove_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
        }
        let _ = self.socket.close();
    }
}

fn message_of(data: &wasm_bindgen::JsValue) -> Option<Message> {
    match data.dyn_ref::<ArrayBuffer>() {
        Some(buffer) => Some(Message::Binary(Uint8Array::new(buffer).to_vec())),
        None => data.as_string().map(Message::Text),
    }
}

/// The moment, on this page's clock.
pub fn now() -> Instant {
    let milliseconds = window().performance().map_or(0.0, |performance| performance.now());
    Instant::at(Duration::from_secs_f64((milliseconds / 1_000.0).max(0.0)))
}

fn wall() -> Timestamp {
    Timestamp::from_millis(Date::now() as u64)
}
