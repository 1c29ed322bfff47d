//! Event listeners with an owner: dropping one takes it off the page.

use wasm_bindgen::prelude::*;
use web_sys::{AddEventListenerOptions, EventTarget};

/// A listener on the page.
pub struct Listener {
    target: EventTarget,
    event: &'static str,
    closure: Closure<dyn FnMut(JsValue)>,
}

impl core::fmt::Debug for Listener {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Listener").field("event", &self.event).finish_non_exhaustive()
    }
}

impl Listener {
    /// Listens passively; `None` where the page does not let us.
    pub fn new(target: &EventTarget, event: &'static str, listen: impl FnMut(JsValue) + 'static) -> Option<Self> {
        let closure = Closure::<dyn FnMut(JsValue)>::new(listen);
        let options = AddEventListenerOptions::new();
        options.set_passive(true);
        target
            .add_event_listener_with_callback_and_add_event_listener_options(
                event,
                closure.as_ref().unchecked_ref(),
                &options,
            )
            .ok()?;
        Some(Self { target: target.clone(), event, closure })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.target.remove_event_listener_with_callback(self.event, self.closure.as_ref().unchecked_ref());
    }
}
