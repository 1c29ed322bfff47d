//! A WebSocket to the hub: the default.

use wasm_bindgen::JsCast;
use web_sys::{BinaryType, MessageEvent};

use super::{Event, Sink, Socket, Transport, message_of};
use crate::browser::listener::Listener;
use crate::protocol::{Encoding, Message};

/// Opens WebSockets to one address.
#[derive(Debug)]
pub struct WebSocket {
    url: String,
}

impl WebSocket {
    /// `url` begins with `ws:` or `wss:`.
    pub fn new(url: String) -> Self {
        Self { url }
    }
}

impl Transport for WebSocket {
    fn open(&self, _: Encoding, sink: Sink) -> Box<dyn Socket> {
        match web_sys::WebSocket::new(&self.url) {
            Ok(socket) => {
                socket.set_binary_type(BinaryType::Arraybuffer);
                let listeners = listen(&socket, &sink);
                Box::new(Open { socket, listeners })
            }
            // The page's CSP or the browser refuses: told later, as promised.
            Err(_) => Box::new(Refused::new(sink)),
        }
    }

    fn name(&self) -> &'static str {
        "websocket"
    }
}

fn listen(socket: &web_sys::WebSocket, sink: &Sink) -> Vec<Listener> {
    let (opened, received, closed) = (sink.clone(), sink.clone(), sink.clone());
    [
        Listener::new(socket, "open", move |_| opened(Event::Opened)),
        Listener::new(socket, "message", move |event| {
            let data = event.dyn_ref::<MessageEvent>().map(MessageEvent::data);
            if let Some(message) = data.as_ref().and_then(message_of) {
                received(Event::Received(message));
            }
        }),
        Listener::new(socket, "close", move |_| closed(Event::Closed)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

struct Open {
    socket: web_sys::WebSocket,
    listeners: Vec<Listener>,
}

impl Socket for Open {
    fn send(&self, message: &Message) {
        // A socket that is closing says so by its close event.
        let _ = match message {
            Message::Binary(bytes) => self.socket.send_with_u8_array(bytes),
            Message::Text(text) => self.socket.send_with_str(text),
        };
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.listeners.clear();
        let _ = self.socket.close();
    }
}

/// A socket that could not even be made.
pub(super) struct Refused {
    _later: gloo_timers::callback::Timeout,
}

impl Refused {
    pub(super) fn new(sink: Sink) -> Self {
        Self { _later: gloo_timers::callback::Timeout::new(0, move || sink(Event::Closed)) }
    }
}

impl Socket for Refused {
    fn send(&self, _: &Message) {}
}
