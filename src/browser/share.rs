//! The visitor's half of a shared page in the browser: encodes what the machine says for `js/mirror/sharing.js`.

use core::cell::{Cell, RefCell};
use core::time::Duration;

use wasm_bindgen::prelude::*;

use crate::cobrowse::{VisitorOutput, VisitorSession};
use crate::protocol::{AssetHash, Encoding, Message, Payload, VisitId};
use crate::time::Instant;

/// What is to be done next.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug)]
pub enum Wish {
    /// Nothing.
    None,
    /// Send [`Share::message`].
    Send,
    /// Begin the mirror, or begin it anew.
    Begin,
    /// End the mirror.
    End,
    /// Send the bytes of [`Share::hash`], if they were offered.
    Give,
}

/// Lets desks follow this tab.
#[wasm_bindgen]
pub struct Share {
    session: RefCell<VisitorSession>,
    encoding: Encoding,
    message: RefCell<Option<Message>>,
    hash: Cell<Option<AssetHash>>,
}

#[wasm_bindgen]
#[allow(missing_docs, reason = "each is the session's function of that name; times are in milliseconds")]
impl Share {
    /// A tab that nobody may follow.
    #[wasm_bindgen(constructor)]
    pub fn new(is_json: bool) -> Self {
        let encoding = if is_json { Encoding::Json } else { Encoding::Binary };
        Self { session: RefCell::default(), encoding, message: RefCell::default(), hash: Cell::default() }
    }

    /// False when `visit` is no id.
    pub fn share(&self, visit: &str) -> bool {
        let visit: Option<VisitId> = visit.parse().ok();
        visit.map(|visit| self.session.borrow_mut().share(visit)).is_some()
    }

    pub fn unshare(&self) {
        self.session.borrow_mut().unshare();
    }

    #[wasm_bindgen(js_name = handleOnline)]
    pub fn handle_online(&self) {
        self.session.borrow_mut().handle_online();
    }

    #[wasm_bindgen(js_name = handleOffline)]
    pub fn handle_offline(&self) {
        self.session.borrow_mut().handle_offline();
    }

    #[wasm_bindgen(js_name = handleText)]
    pub fn handle_text(&self, text: String, now: f64) {
        self.handle(Message::Text(text), now);
    }

    #[wasm_bindgen(js_name = handleBytes)]
    pub fn handle_bytes(&self, bytes: Vec<u8>, now: f64) {
        self.handle(Message::Binary(bytes), now);
    }

    #[wasm_bindgen(js_name = handleFrame)]
    pub fn handle_frame(&self, frame: &[u8]) {
        self.session.borrow_mut().handle_frame(frame);
    }

    #[wasm_bindgen(js_name = handleTimeout)]
    pub fn handle_timeout(&self, now: f64) {
        self.session.borrow_mut().handle_timeout(instant(now));
    }

    /// How long until [`Share::handle_timeout`] is to be called.
    #[wasm_bindgen(js_name = pollTimeout)]
    pub fn poll_timeout(&self, now: f64) -> Option<f64> {
        self.session.borrow().poll_timeout().map(|at| at.since(instant(now)).as_millis() as f64 + 1.0)
    }

    /// The next thing to do; call until it is `None`.
    pub fn poll(&self) -> Wish {
        match self.session.borrow_mut().poll_output() {
            None => Wish::None,
            Some(VisitorOutput::Begin) => Wish::Begin,
            Some(VisitorOutput::End) => Wish::End,
            Some(VisitorOutput::Give(hash)) => {
                self.hash.set(Some(hash));
                Wish::Give
            }
            Some(VisitorOutput::Send(body)) => {
                let payload = Payload::encode_relay(&body, self.encoding);
                *self.message.borrow_mut() = Some(payload.as_message().clone());
                Wish::Send
            }
        }
    }

    /// What is wanted, as hexadecimal digits.
    pub fn hash(&self) -> String {
        self.hash.get().map(|hash| hash.to_hex()).unwrap_or_default()
    }

    /// What is to be sent, where the link's encoding is JSON.
    pub fn text(&self) -> Option<String> {
        match self.message.take() {
            Some(Message::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// What is to be sent, where the link's encoding is binary.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        match self.message.take() {
            Some(Message::Binary(bytes)) => Some(bytes),
            _ => None,
        }
    }
}

impl Share {
    fn handle(&self, message: Message, now: f64) {
        // What cannot be read is of a later hub.
        if let Ok(body) = Payload::from_message(message).decode_relay() {
            self.session.borrow_mut().handle_body(body, instant(now));
        }
    }
}

fn instant(milliseconds: f64) -> Instant {
    Instant::at(Duration::from_micros((milliseconds * 1_000.0) as u64))
}
