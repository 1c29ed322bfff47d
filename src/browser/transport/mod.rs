//! What carries messages: a WebSocket, long polling, or an object of the customer's.
//!
//! Every transport keeps one promise: after [`Event::Closed`], or after the socket is dropped, no event comes; and no event
//! comes before [`Transport::open`] has returned.

mod custom;
mod http;
mod websocket;

use std::rc::Rc;

pub use custom::Custom;
pub use http::Http;
pub use websocket::WebSocket;

use crate::protocol::{Encoding, Message};

/// What happens on a socket.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Messages can be sent.
    Opened,
    /// A message came.
    Received(Message),
    /// It is over, or could not be opened.
    Closed,
}

/// Who is told of a socket's events.
pub type Sink = Rc<dyn Fn(Event)>;

/// A way to open sockets.
pub trait Transport {
    /// Opens a socket. Failure is told by [`Event::Closed`].
    fn open(&self, encoding: Encoding, sink: Sink) -> Box<dyn Socket>;

    /// Its name, for `status` and the console.
    fn name(&self) -> &'static str;
}

/// An open or opening socket; dropping it closes it.
pub trait Socket {
    /// Sends a message, in order; messages given before [`Event::Opened`] are lost.
    fn send(&self, message: &Message);
}

/// A message that JavaScript gave: a text, or bytes.
fn message_of(value: &wasm_bindgen::JsValue) -> Option<Message> {
    use wasm_bindgen::JsCast;
    if let Some(text) = value.as_string() {
        return Some(Message::Text(text));
    }
    if let Some(buffer) = value.dyn_ref::<js_sys::ArrayBuffer>() {
        return Some(Message::Binary(js_sys::Uint8Array::new(buffer).to_vec()));
    }
    value.dyn_ref::<js_sys::Uint8Array>().map(|bytes| Message::Binary(bytes.to_vec()))
}

/// Several messages as one body: JSON lines, or binary frames each after its length as u32 little endian.
pub(super) fn pack(messages: &[Message]) -> Message {
    let (mut bytes, mut lines) = (Vec::new(), String::new());
    for message in messages {
        match message {
            Message::Binary(frame) => {
                bytes.extend_from_slice(&(frame.len() as u32).to_le_bytes());
                bytes.extend_from_slice(frame);
            }
            Message::Text(line) => {
                lines.push_str(line);
                lines.push('\n');
            }
        }
    }
    if lines.is_empty() { Message::Binary(bytes) } else { Message::Text(lines) }
}

/// The other way round; `None` when the body is not as described.
fn unpack(body: &[u8], encoding: Encoding) -> Option<Vec<Message>> {
    match encoding {
        Encoding::Json => {
            let text = core::str::from_utf8(body).ok()?;
            Some(text.lines().filter(|line| !line.is_empty()).map(|line| Message::Text(line.to_owned())).collect())
        }
        Encoding::Binary => {
            let mut messages = Vec::new();
            let mut rest = body;
            while !rest.is_empty() {
                let (length, after) = rest.split_first_chunk::<4>()?;
                let (bytes, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
                messages.push(Message::Binary(bytes.to_vec()));
                rest = after;
            }
            Some(messages)
        }
    }
}
