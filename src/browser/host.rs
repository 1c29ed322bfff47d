//! What the core asks of the browser: `js/host/host.js`. Nothing here throws.

use wasm_bindgen::prelude::*;

use crate::protocol::Message;
use crate::time::{Instant, Timestamp};

#[wasm_bindgen]
extern "C" {
    /// The page that the core is a guest of.
    #[derive(Clone, Debug)]
    pub type Host;

    #[wasm_bindgen(method, js_name = now)]
    fn now_in_milliseconds(this: &Host) -> f64;

    #[wasm_bindgen(method, js_name = wall)]
    fn wall_in_milliseconds(this: &Host) -> f64;

    #[wasm_bindgen(method)]
    fn fill(this: &Host, bytes: &mut [u8]);

    /// Random, from 0 up to 1.
    #[wasm_bindgen(method)]
    pub fn jitter(this: &Host) -> f64;

    /// The stored value of `key`.
    #[wasm_bindgen(method)]
    pub fn read(this: &Host, key: &str) -> Option<String>;

    /// Stores `value`. A full storage keeps what it had.
    #[wasm_bindgen(method)]
    pub fn write(this: &Host, key: &str, value: &str);

    /// Forgets `key`.
    #[wasm_bindgen(method)]
    pub fn remove(this: &Host, key: &str);

    /// Claims the first stored key with `prefix` that no living tab holds, or else `fresh`, waits for this tab's `turn`, then
    /// tells `handle_turn`; other tabs wait until that has returned. `beginning` is told with it.
    #[wasm_bindgen(method, js_name = takeSlot)]
    pub fn take_slot(this: &Host, prefix: &str, fresh: &str, turn: &str, beginning: u32);

    /// Tells `handle_view` and `search` of the page that is shown, before it returns; nothing where page views are off.
    #[wasm_bindgen(method)]
    pub fn view(this: &Host);

    #[wasm_bindgen(method, js_name = open)]
    fn open_socket(this: &Host, transport: &str) -> JsSocket;

    /// Tells `handle_timeout` in so many milliseconds; the last call counts.
    #[wasm_bindgen(method)]
    pub fn wake(this: &Host, milliseconds: Option<u32>);

    /// Says to the page, after this call, that something happened: `ready`, `status`, `refused` or `unreachable`.
    #[wasm_bindgen(method)]
    pub fn emit(this: &Host, topic: &str);

    #[wasm_bindgen(method, js_name = relayed)]
    fn relayed_text(this: &Host, text: &str);

    #[wasm_bindgen(method, js_name = relayed)]
    fn relayed_bytes(this: &Host, bytes: Vec<u8>);

    /// A lock on an outbox, as JavaScript gave it.
    pub type JsSlot;

    #[wasm_bindgen(method)]
    fn release(this: &JsSlot);

    type JsSocket;

    #[wasm_bindgen(method, js_name = send)]
    fn send_text(this: &JsSocket, text: &str);

    #[wasm_bindgen(method, js_name = send)]
    fn send_bytes(this: &JsSocket, bytes: Vec<u8>);

    #[wasm_bindgen(method)]
    fn waiting(this: &JsSocket) -> u32;

    #[wasm_bindgen(method)]
    fn close(this: &JsSocket);
}

impl Host {
    /// Now, for timers.
    pub fn now(&self) -> Instant {
        super::instant(self.now_in_milliseconds())
    }

    /// Now, for what outlives the page.
    pub fn wall(&self) -> Timestamp {
        Timestamp::from_millis(self.wall_in_milliseconds() as u64)
    }

    /// Sixteen random bytes that are fit for secrets.
    pub fn random(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        bytes
    }

    /// Says, after this call, that a message of a shared page came.
    pub fn relayed(&self, message: Message) {
        match message {
            Message::Text(text) => self.relayed_text(&text),
            Message::Binary(bytes) => self.relayed_bytes(bytes),
        }
    }

    /// Opens a socket: its events come as `handle_open`, `handle_text`, `handle_bytes` and `handle_close`, never before this has
    /// returned. A `beacon` has none; it sends everything when it is dropped.
    pub fn open(&self, transport: &str) -> Socket {
        Socket(self.open_socket(transport))
    }
}

/// An open or opening socket; dropping it closes it, and no event comes after that.
pub struct Socket(JsSocket);

impl Socket {
    /// Sends a message, in order; messages given before it is open are lost.
    pub fn send(&self, message: &Message) {
        match message {
            Message::Text(text) => self.0.send_text(text),
            // A copy: the page's own transport may keep it.
            Message::Binary(bytes) => self.0.send_bytes(bytes.clone()),
        }
    }

    /// Bytes that wait for the network; 0 where the transport does not say.
    pub fn waiting(&self) -> u32 {
        self.0.waiting()
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// A lock on an outbox, held until this is dropped.
pub struct Slot(JsSlot);

impl From<JsSlot> for Slot {
    fn from(slot: JsSlot) -> Self {
        Self(slot)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.release();
    }
}
