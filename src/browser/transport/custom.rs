//! A transport that the customer's page provides: an object with `open`, `send` and `close`.
//!
//! It is the page's code, so it may throw, call back at once, or call back after it was closed. None of that reaches the
//! machines.

use std::cell::Cell;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use js_sys::{Function, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

use super::{Event, Sink, Socket, Transport, message_of};
use crate::protocol::{Encoding, Message};

/// Opens sockets through an object of the page's.
#[derive(Debug)]
pub struct Custom {
    object: Object,
    url: String,
}

impl Custom {
    /// `None` when `object` lacks one of the three methods. `url` is told to it.
    pub fn new(object: &JsValue, url: String) -> Option<Self> {
        let object = object.dyn_ref::<Object>()?.clone();
        let has = |name: &str| Reflect::get(&object, &name.into()).is_ok_and(|method| method.is_function());
        (has("open") && has("send") && has("close")).then_some(Self { object, url })
    }
}

impl Transport for Custom {
    fn open(&self, encoding: Encoding, sink: Sink) -> Box<dyn Socket> {
        let is_open = Rc::new(Cell::new(true));
        let tell = {
            let is_open = Rc::clone(&is_open);
            Rc::new(move |event: Event| {
                let (is_open, sink) = (Rc::clone(&is_open), Rc::clone(&sink));
                // Later, also when the page calls back from within `open` or `send`.
                Timeout::new(0, move || {
                    let is_last = event == Event::Closed;
                    if is_open.get() {
                        is_open.set(!is_last);
                        sink(event);
                    }
                })
                .forget();
            })
        };
        let (opened, received, closed) = (Rc::clone(&tell), Rc::clone(&tell), Rc::clone(&tell));
        let socket = OpenCustom { object: self.object.clone(), is_open };
        // Owned by the page's object, which may call them after it was closed: the garbage collector ends them.
        let onopen = Closure::<dyn FnMut()>::new(move || opened(Event::Opened)).into_js_value();
        let onclose = Closure::<dyn FnMut()>::new(move || closed(Event::Closed)).into_js_value();
        let onmessage = Closure::<dyn FnMut(JsValue)>::new(move |value: JsValue| {
            if let Some(message) = message_of(&value) {
                received(Event::Received(message));
            }
        })
        .into_js_value();
        let format = if encoding == Encoding::Json { "json" } else { "binary" };
        let argument = Object::new();
        for (name, value) in [
            ("url", &JsValue::from_str(&self.url)),
            ("format", &JsValue::from_str(format)),
            ("onopen", &onopen),
            ("onmessage", &onmessage),
            ("onclose", &onclose),
        ] {
            let _ = Reflect::set(&argument, &name.into(), value);
        }
        if socket.call("open", Some(&argument)).is_none() {
            tell(Event::Closed);
        }
        Box::new(socket)
    }

    fn name(&self) -> &'static str {
        "custom"
    }
}

struct OpenCustom {
    object: Object,
    is_open: Rc<Cell<bool>>,
}

impl OpenCustom {
    /// `None` when the page's method is gone or throws.
    fn call(&self, method: &str, argument: Option<&JsValue>) -> Option<JsValue> {
        let method: Function = Reflect::get(&self.object, &method.into()).ok()?.dyn_into().ok()?;
        match argument {
            Some(argument) => method.call1(&self.object, argument).ok(),
            None => method.call0(&self.object).ok(),
        }
    }
}

impl Socket for OpenCustom {
    fn send(&self, message: &Message) {
        let value = match message {
            Message::Binary(bytes) => Uint8Array::from(bytes.as_slice()).into(),
            Message::Text(text) => JsValue::from_str(text),
        };
        self.call("send", Some(&value));
    }
}

impl Drop for OpenCustom {
    fn drop(&mut self) {
        if self.is_open.replace(false) {
            self.call("close", None);
        }
    }
}
