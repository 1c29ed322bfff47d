//! The JavaScript face of the wasm module in `core`: what `js/core.js` and `js/host/` call.
//!
//! It turns JavaScript values into the crate's types and back, and holds no rule of its own. What it refuses is thrown as a
//! string, `code: message`.

use core::cell::RefCell;

use wasm_bindgen::prelude::*;

use crate::browser::driver::Driver;
use crate::browser::host::{Host, JsSlot};
use crate::client::{Page, RecordError, Value, VisitorClient, VisitorOptions};
use crate::link::LinkStatus;
use crate::mask::UrlRules;
use crate::protocol::{Encoding, Message, Number};

/// A visitor's client in a page. Facts come by `handle…`; the rest are commands of the page.
#[wasm_bindgen]
pub struct Core {
    driver: Driver,
    /// Given one by one, for the next `record`.
    attributes: RefCell<Vec<(String, Value)>>,
}

#[wasm_bindgen]
#[allow(missing_docs, reason = "each is the driver's or the client's function of that name")]
impl Core {
    /// A core that has not begun. The options were checked by `js/options.js`; `excluded` has one name a line.
    #[wasm_bindgen(constructor)]
    pub fn new(
        host: Host,
        deployment: String,
        transport: String,
        is_json: bool,
        keeps_fragment: bool,
        excluded: &str,
    ) -> Self {
        let excluded = excluded.lines().map(str::to_owned).collect();
        let options = VisitorOptions {
            deployment,
            encoding: if is_json { Encoding::Json } else { Encoding::Binary },
            url_rules: UrlRules { keeps_fragment, excluded },
        };
        Self { driver: Driver::new(host, options, transport), attributes: RefCell::default() }
    }

    pub fn begin(&self) {
        self.driver.begin();
    }

    #[wasm_bindgen(js_name = isReady)]
    pub fn is_ready(&self) -> bool {
        self.driver.is_ready()
    }

    pub fn search(&self, term: &str) -> Result<(), JsValue> {
        refused(self.driver.with(|client, occasion| client.search(term, occasion)))
    }

    #[wasm_bindgen(js_name = addText)]
    pub fn add_text(&self, name: String, value: String) {
        self.add(name, Value::Text(value));
    }

    #[wasm_bindgen(js_name = addFlag)]
    pub fn add_flag(&self, name: String, value: bool) {
        self.add(name, Value::Flag(value));
    }

    /// `digits` as JavaScript prints a finite number.
    #[wasm_bindgen(js_name = addNumber)]
    pub fn add_number(&self, name: String, digits: &str) {
        if let Some(number) = Number::parse(digits) {
            self.add(name, Value::Number(number));
        }
    }

    pub fn record(&self, name: &str) -> Result<(), JsValue> {
        let attributes = self.attributes.take();
        refused(self.driver.with(|client, occasion| client.record_custom(name, &attributes, occasion)))
    }

    pub fn forget(&self) {
        self.driver.forget();
    }

    pub fn stop(&self) {
        self.driver.stop();
    }

    /// State, transport, visitor, visit, queued, dropped, and the code and reason of a refusal, one a line; what is absent is
    /// empty.
    pub fn status(&self) -> String {
        let client = |read: fn(&VisitorClient) -> Option<String>| self.driver.read(read).flatten().unwrap_or_default();
        let (state, code, reason) = match self.driver.status() {
            LinkStatus::Connecting => ("connecting", "", String::new()),
            LinkStatus::Online => ("online", "", String::new()),
            LinkStatus::Offline => ("offline", "", String::new()),
            LinkStatus::Stopped => ("stopped", "", String::new()),
            LinkStatus::Refused(refusal) => ("refused", refusal.code.as_str(), refusal.reason),
        };
        let lines = [
            state,
            self.driver.transport(),
            &client(|client| client.visitor().map(|id| id.to_string())),
            &client(|client| client.visit().map(|visit| visit.id().to_string())),
            &client(|client| Some(client.queued().to_string())),
            &client(|client| Some(client.dropped().to_string())),
            code,
            &reason,
        ];
        lines.join("\n")
    }

    /// A text or bytes, in the encoding of the link.
    #[wasm_bindgen(js_name = relayText)]
    pub fn relay_text(&self, text: String) {
        self.driver.relay(Message::Text(text));
    }

    #[wasm_bindgen(js_name = relayBytes)]
    pub fn relay_bytes(&self, bytes: Vec<u8>) {
        self.driver.relay(Message::Binary(bytes));
    }

    pub fn waiting(&self) -> u32 {
        self.driver.waiting()
    }

    #[wasm_bindgen(js_name = handleTurn)]
    pub fn handle_turn(&self, beginning: u32, key: &str, slot: JsSlot) {
        self.driver.handle_turn(beginning, key, slot.into());
    }

    #[allow(clippy::too_many_arguments, reason = "plain values cross most cheaply")]
    #[wasm_bindgen(js_name = handleView)]
    pub fn handle_view(
        &self,
        url: &str,
        title: &str,
        referrer: &str,
        language: &str,
        width: u32,
        height: u32,
        is_automated: bool,
    ) {
        self.driver.handle_view(Page { url, title, referrer, language, size: (width, height), is_automated });
    }

    #[wasm_bindgen(js_name = handleOpen)]
    pub fn handle_open(&self) {
        self.driver.handle_open();
    }

    #[wasm_bindgen(js_name = handleText)]
    pub fn handle_text(&self, text: String) {
        self.driver.handle_message(&Message::Text(text));
    }

    #[wasm_bindgen(js_name = handleBytes)]
    pub fn handle_bytes(&self, bytes: Vec<u8>) {
        self.driver.handle_message(&Message::Binary(bytes));
    }

    #[wasm_bindgen(js_name = handleClose)]
    pub fn handle_close(&self) {
        self.driver.handle_close();
    }

    #[wasm_bindgen(js_name = handleTimeout)]
    pub fn handle_timeout(&self) {
        self.driver.handle_timeout();
    }

    #[wasm_bindgen(js_name = handleOnline)]
    pub fn handle_online(&self) {
        self.driver.handle_online();
    }

    #[wasm_bindgen(js_name = handleHidden)]
    pub fn handle_hidden(&self) {
        self.driver.handle_hidden();
    }

    #[wasm_bindgen(js_name = handlePageHide)]
    pub fn handle_page_hide(&self) {
        self.driver.suspend();
    }

    #[wasm_bindgen(js_name = handlePageShow)]
    pub fn handle_page_show(&self) {
        self.driver.begin();
    }

    #[wasm_bindgen(js_name = handleStorage)]
    pub fn handle_storage(&self) {
        self.driver.handle_storage();
    }
}

impl Core {
    fn add(&self, name: String, value: Value) {
        self.attributes.borrow_mut().push((name, value));
    }
}

fn refused(result: Option<Result<(), RecordError>>) -> Result<(), JsValue> {
    match result {
        Some(Err(error)) => Err(JsValue::from_str(&[error.code(), ": ", error.message()].concat())),
        _ => Ok(()),
    }
}
