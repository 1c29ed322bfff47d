//! Long polling over `fetch`, for networks that block WebSockets.
//!
//! One request waits for what the hub has to say, another one at a time carries what we say, in order. The poll's id travels
//! in a header, never in an address.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AbortController, Headers, RequestCredentials, RequestInit, Response};

use super::{Event, Sink, Socket, Transport, pack, unpack};
use crate::browser::window;
use crate::protocol::{Encoding, Message};

const POLL_HEADER: &str = "x-alongside-poll";

/// Opens polls at one hub.
#[derive(Debug)]
pub struct Http {
    hub: String,
}

impl Http {
    /// `hub` is an origin, such as `https://hub.example`.
    pub fn new(hub: String) -> Self {
        Self { hub }
    }
}

impl Transport for Http {
    fn open(&self, encoding: Encoding, sink: Sink) -> Box<dyn Socket> {
        let poll = Rc::new(Poll {
            hub: self.hub.clone(),
            encoding,
            sink,
            abort: AbortController::new().ok(),
            state: RefCell::default(),
        });
        let listening = Rc::clone(&poll);
        spawn_local(async move {
            if listening.listen().await.is_none() {
                listening.close();
            }
        });
        Box::new(Handle { poll })
    }

    fn name(&self) -> &'static str {
        "http"
    }
}

struct Handle {
    poll: Rc<Poll>,
}

impl Socket for Handle {
    fn send(&self, message: &Message) {
        self.poll.state.borrow_mut().outgoing.push(message.clone());
        let is_sending = core::mem::replace(&mut self.poll.state.borrow_mut().is_sending, true);
        if !is_sending {
            let poll = Rc::downgrade(&self.poll);
            spawn_local(send_all(poll));
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        let is_open = !core::mem::replace(&mut self.poll.state.borrow_mut().is_closed, true);
        if let Some(abort) = self.poll.abort.as_ref().filter(|_| is_open) {
            abort.abort();
        }
        let poll = Rc::clone(&self.poll);
        spawn_local(async move {
            // The good-bye that was queued just before goes first.
            let last = core::mem::take(&mut poll.state.borrow_mut().outgoing);
            if !last.is_empty() {
                poll.post("/v1/poll/send", &last, None).await;
            }
            poll.post("/v1/poll/close", &[], None).await;
        });
    }
}

#[derive(Default)]
struct PollState {
    id: Option<String>,
    outgoing: Vec<Message>,
    is_sending: bool,
    is_closed: bool,
}

struct Poll {
    hub: String,
    encoding: Encoding,
    sink: Sink,
    abort: Option<AbortController>,
    state: RefCell<PollState>,
}

impl Poll {
    async fn listen(&self) -> Option<()> {
        let opened = self.post("/v1/poll", &[], self.abort.as_ref()).await?;
        let json = JsFuture::from(opened.json().ok()?).await.ok()?;
        let id = Reflect::get(&json, &"poll".into()).ok()?.as_string()?;
        self.state.borrow_mut().id = Some(id);
        self.tell(Event::Opened);
        loop {
            let response = self.post("/v1/poll/receive", &[], self.abort.as_ref()).await?;
            let buffer = JsFuture::from(response.array_buffer().ok()?).await.ok()?;
            for message in unpack(&Uint8Array::new(&buffer).to_vec(), self.encoding)? {
                self.tell(Event::Received(message));
            }
            if self.state.borrow().is_closed {
                return Some(());
            }
        }
    }

    fn tell(&self, event: Event) {
        if !self.state.borrow().is_closed {
            (self.sink)(event);
        }
    }

    fn close(&self) {
        if !core::mem::replace(&mut self.state.borrow_mut().is_closed, true) {
            (self.sink)(Event::Closed);
        }
    }

    /// `None` for a failed request and for any answer that is not a success.
    async fn post(&self, path: &str, messages: &[Message], abort: Option<&AbortController>) -> Option<Response> {
        let headers = Headers::new().ok()?;
        if let Some(id) = &self.state.borrow().id {
            headers.append(POLL_HEADER, id).ok()?;
        }
        let init = RequestInit::new();
        init.set_method("POST");
        init.set_credentials(RequestCredentials::Omit);
        if !messages.is_empty() {
            let (body, kind): (JsValue, _) = match pack(messages) {
                Message::Text(lines) => (lines.into(), "text/plain"),
                Message::Binary(bytes) => (Uint8Array::from(&bytes[..]).into(), "application/octet-stream"),
            };
            headers.append("content-type", kind).ok()?;
            init.set_body(&body);
        }
        init.set_headers(&headers);
        init.set_signal(abort.map(AbortController::signal).as_ref());
        let answer = window()?.fetch_with_str_and_init(&format!("{}{path}", self.hub), &init);
        let response: Response = JsFuture::from(answer).await.ok()?.dyn_into().ok()?;
        response.ok().then_some(response)
    }
}

async fn send_all(poll: Weak<Poll>) {
    while let Some(poll) = poll.upgrade() {
        let messages = core::mem::take(&mut poll.state.borrow_mut().outgoing);
        if messages.is_empty() {
            poll.state.borrow_mut().is_sending = false;
            return;
        }
        if poll.post("/v1/poll/send", &messages, poll.abort.as_ref()).await.is_none() {
            poll.close();
            return;
        }
    }
}
