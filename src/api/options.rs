//! The options object of `start`.

use js_sys::{Array, Reflect};
use wasm_bindgen::prelude::*;

use crate::browser::driver::{DriverOptions, PageViews};
use crate::browser::transport::{Custom, Http, Transport, WebSocket};
use crate::client::{SEARCH_PARAMETER_LIMIT, VisitorOptions};
use crate::mask::UrlRules;
use crate::protocol::Encoding;

/// Query parameters that hold a search term on most sites.
const SEARCH_PARAMETERS: [&str; 4] = ["q", "query", "search", "s"];

/// Longest deployment id, in bytes.
const DEPLOYMENT_LIMIT: usize = 64;

/// Reads the options; the error is a sentence that names the option.
pub(super) fn read(options: &JsValue) -> Result<DriverOptions, String> {
    let reader = Reader { options };
    let deployment = reader.text("deployment")?.ok_or("deployment is missing: give the id of your deployment")?;
    if deployment.is_empty() || deployment.len() > DEPLOYMENT_LIMIT || deployment.contains(char::is_whitespace) {
        return Err("deployment has 1 to 64 characters and no white space".into());
    }
    let hub = reader.text("hub")?.ok_or("hub is missing: give the hub's origin, such as https://hub.example")?;
    let hub = web_sys::Url::new(&hub)
        .ok()
        .filter(|url| matches!(url.protocol().as_str(), "http:" | "https:"))
        .map(|url| url.origin())
        .ok_or("hub is an http(s) address, such as https://hub.example")?;
    let encoding = match reader.text("format")?.as_deref() {
        None | Some("binary") => Encoding::Binary,
        Some("json") => Encoding::Json,
        Some(_) => return Err("format is 'binary' or 'json'".into()),
    };
    let page_views = match reader.text("pageViews")?.as_deref() {
        None | Some("auto") => PageViews::Auto,
        Some("once") => PageViews::Once,
        Some("off") => PageViews::Off,
        Some(_) => return Err("pageViews is 'auto', 'once' or 'off'".into()),
    };
    Ok(DriverOptions {
        transport: reader.transport(&hub)?,
        visitor: VisitorOptions {
            deployment,
            encoding,
            search_parameters: reader
                .texts("searchParameters")?
                .unwrap_or_else(|| SEARCH_PARAMETERS.map(str::to_owned).into()),
            url_rules: UrlRules {
                keeps_fragment: reader.value("keepFragment").is_truthy(),
                excluded: reader.texts("excludedParameters")?.unwrap_or_default(),
            },
        },
        hub,
        page_views,
    })
}

struct Reader<'a> {
    options: &'a JsValue,
}

impl Reader<'_> {
    fn value(&self, name: &str) -> JsValue {
        let value = Reflect::get(self.options, &name.into()).unwrap_or_default();
        if value.is_null() { JsValue::UNDEFINED } else { value }
    }

    fn text(&self, name: &str) -> Result<Option<String>, String> {
        let value = self.value(name);
        if value.is_undefined() {
            return Ok(None);
        }
        value.as_string().map(Some).ok_or_else(|| format!("{name} is a string"))
    }

    fn texts(&self, name: &str) -> Result<Option<Vec<String>>, String> {
        let value = self.value(name);
        if value.is_undefined() {
            return Ok(None);
        }
        let bad = || format!("{name} is an array of at most {SEARCH_PARAMETER_LIMIT} strings");
        let array = value.dyn_ref::<Array>().ok_or_else(bad)?;
        let texts: Vec<String> = array.iter().map(|text| text.as_string().ok_or_else(bad)).collect::<Result<_, _>>()?;
        if texts.len() > SEARCH_PARAMETER_LIMIT { Err(bad()) } else { Ok(Some(texts)) }
    }

    fn transport(&self, hub: &str) -> Result<Option<Box<dyn Transport>>, String> {
        let value = self.value("transport");
        let socket = hub.replacen("http", "ws", 1) + "/v1/link";
        Ok(match value.as_string().as_deref() {
            Some("auto") => None,
            Some("websocket") => Some(Box::new(WebSocket::new(socket))),
            Some("http") => Some(Box::new(Http::new(hub.to_owned()))),
            None if value.is_undefined() => None,
            _ => {
                let custom = Custom::new(&value, socket)
                    .ok_or("transport is 'auto', 'websocket', 'http', or an object with open, send and close")?;
                Some(Box::new(custom))
            }
        })
    }
}
