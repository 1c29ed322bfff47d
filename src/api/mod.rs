//! The JavaScript face of the artefact `core`: what the loader calls.
//!
//! It turns JavaScript values into the crate's types and back, and holds no rule of its own.

mod options;

use js_sys::{Array, Function, JsString, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

use crate::browser::driver::{Driver, Topic};
use crate::client::{RecordError, Value, VisitorClient};
use crate::link::LinkStatus;
use crate::protocol::Number;

/// Starts the SDK in this page.
///
/// # Errors
/// An `Error` with `code` `bad-options` and a message that names the option.
#[wasm_bindgen]
pub fn start(options: &JsValue) -> Result<Handle, JsValue> {
    let options = options::read(options).map_err(|message| error("bad-options", &message))?;
    Ok(Handle { driver: Driver::start(options) })
}

/// A running SDK.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Handle {
    driver: Driver,
}

#[wasm_bindgen]
impl Handle {
    /// Does `command` with `args`, once the visitor is known. The promise rejects with an `Error` that has a `code`.
    pub fn call(&self, command: String, args: Array) -> Promise {
        let driver = self.driver.clone();
        future_to_promise(async move {
            // Listening and ending make sense at once; the rest needs the visitor.
            if !matches!(command.as_str(), "on" | "stop" | "status") {
                driver.ready().await;
            }
            perform(&driver, &command, &args)
        })
    }
}

fn perform(driver: &Driver, command: &str, args: &Array) -> Result<JsValue, JsValue> {
    match command {
        "journey.pageView" => {
            let page = args.get(0);
            driver.view_page(text_of(&page, "url"), text_of(&page, "title"));
        }
        "journey.search" => {
            let term = args.get(0).as_string().ok_or_else(|| error("bad-argument", "journey.search takes a string"))?;
            driver.search(&term).map_err(refused)?;
        }
        "journey.record" => {
            let name = args.get(0).as_string().ok_or_else(|| error("bad-argument", "journey.record takes a name"))?;
            driver.record(&name, &attributes(&args.get(1))?).map_err(refused)?;
        }
        "visitor.forget" => driver.forget(),
        "status" => return Ok(status(driver)),
        "on" => {
            let topic = match args.get(0).as_string().as_deref() {
                Some("status") => Topic::Status,
                Some("refused") => Topic::Refused,
                // The loader tells of `fatal` itself: nothing in here can then.
                Some("fatal") => return Ok(JsValue::UNDEFINED),
                _ => return Err(error("bad-argument", "on takes 'status', 'refused' or 'fatal'")),
            };
            let listen: Function = args
                .get(1)
                .dyn_into()
                .map_err(|_| error("bad-argument", "on takes a function as its second argument"))?;
            let reader = driver.clone();
            let call = Closure::<dyn Fn() -> Result<JsValue, JsValue>>::new(move || {
                listen.call1(&JsValue::NULL, &status(&reader))
            });
            driver.subscribe(topic, call.into_js_value().unchecked_into());
        }
        "stop" => driver.stop(),
        _ => return Err(error("unknown-command", &format!("there is no command '{command}'"))),
    }
    Ok(JsValue::UNDEFINED)
}

/// `{state, transport, visitor, visit, queued, dropped, code?, reason?}`
fn status(driver: &Driver) -> JsValue {
    let link = driver.read(VisitorClient::status);
    let object = Object::new();
    let set = |name: &str, value: JsValue| drop(Reflect::set(&object, &name.into(), &value));
    let text = |value: Option<String>| value.map_or(JsValue::NULL, JsValue::from);
    set(
        "state",
        match &link {
            Some(LinkStatus::Online) => "online",
            Some(LinkStatus::Offline) => "offline",
            Some(LinkStatus::Refused(_)) => "refused",
            Some(LinkStatus::Stopped) => "stopped",
            Some(LinkStatus::Connecting) | None => "connecting",
        }
        .into(),
    );
    set("transport", driver.transport().into());
    set("visitor", text(driver.read(|client| client.visitor().map(|id| id.to_string())).flatten()));
    set("visit", text(driver.read(|client| client.visit().map(|visit| visit.id().to_string())).flatten()));
    set("queued", driver.read(VisitorClient::queued).unwrap_or(0).into());
    set("dropped", (driver.read(VisitorClient::dropped).unwrap_or(0) as f64).into());
    if let Some(LinkStatus::Refused(refusal)) = link {
        set("code", refusal.code.as_str().into());
        set("reason", refusal.reason.into());
    }
    object.into()
}

fn attributes(value: &JsValue) -> Result<Vec<(String, Value)>, JsValue> {
    if value.is_undefined() || value.is_null() {
        return Ok(Vec::new());
    }
    let bad = || error("bad-argument", "attributes are an object of strings, finite numbers and booleans");
    let object = value.dyn_ref::<Object>().ok_or_else(bad)?;
    let read = |name: JsValue| {
        let value = Reflect::get(object, &name)?;
        let value = if let Some(text) = value.as_string() {
            Value::Text(text)
        } else if let Some(number) = value.dyn_ref::<js_sys::Number>() {
            let digits: String = number.unchecked_ref::<Object>().to_string().into();
            Value::Number(Number::parse(&digits).ok_or_else(bad)?)
        } else {
            Value::Flag(value.as_bool().ok_or_else(bad)?)
        };
        Ok((name.unchecked_into::<JsString>().into(), value))
    };
    Object::keys(object).iter().map(read).collect()
}

fn text_of(object: &JsValue, name: &str) -> Option<String> {
    Reflect::get(object, &name.into()).ok()?.as_string()
}

fn refused(reason: RecordError) -> JsValue {
    error(reason.code(), &reason.to_string())
}

fn error(code: &str, message: &str) -> JsValue {
    let error = js_sys::Error::new(message);
    let _ = Reflect::set(&error, &"code".into(), &code.into());
    error.into()
}
