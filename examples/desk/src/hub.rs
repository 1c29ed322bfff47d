//! The hub's HTTP interface for agents.

use alongside::protocol::{SessionId, Ticket};
use js_sys::{JSON, Object, Reflect};
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, Headers, HtmlAnchorElement, RequestInit, Response, Url};

/// Why the hub did not give what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HubError {
    /// The e-mail address or password is wrong, or the session is over.
    Unauthorized,
    /// This agent may not do that.
    NotPermitted,
    /// The hub wants a pause.
    TooManyTries,
    /// No answer, or not one that can be read.
    Unreachable,
}

/// A signed-in agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Secret; proves the session to the hub.
    pub token: String,
    /// The agent's name.
    pub name: String,
}

/// Signs in.
pub async fn sign_in(email: &str, password: &str) -> Result<Session, HubError> {
    let body = Object::new();
    for (name, value) in [("email", email), ("password", password)] {
        Reflect::set(&body, &name.into(), &value.into()).map_err(|_| HubError::Unreachable)?;
    }
    let body = JSON::stringify(&body).map_err(|_| HubError::Unreachable)?;
    let answer = post("/api/agent/login", None, Some(body.into())).await?;
    Ok(Session { token: text(&answer, "token")?, name: text(&answer, "name")? })
}

/// Gets a ticket for one socket.
pub async fn ticket(token: &str) -> Result<Ticket, HubError> {
    let answer = post("/api/agent/ticket", Some(token), None).await?;
    text(&answer, "ticket")?.parse().map_err(|_| HubError::Unreachable)
}

/// Lets the agent keep a session's record as a file.
pub async fn save_record(token: &str, session: SessionId) -> Result<(), HubError> {
    let saved = async {
        let headers = Headers::new()?;
        headers.set("authorization", &format!("Bearer {token}"))?;
        let init = RequestInit::new();
        init.set_headers(&headers);
        let window = web_sys::window().ok_or(JsValue::NULL)?;
        let address = format!("/v1/sessions/{session}/record");
        let response: Response = JsFuture::from(window.fetch_with_str_and_init(&address, &init)).await?.dyn_into()?;
        if !response.ok() {
            return Err(JsValue::NULL);
        }
        let record: Blob = JsFuture::from(response.blob()?).await?.dyn_into()?;
        let url = Url::create_object_url_with_blob(&record)?;
        let document = window.document().ok_or(JsValue::NULL)?;
        let link: HtmlAnchorElement = document.create_element("a")?.dyn_into()?;
        link.set_href(&url);
        link.set_download(&format!("cobrowse-{session}.json"));
        link.click();
        Url::revoke_object_url(&url)
    };
    saved.await.map_err(|_| HubError::Unreachable)
}

/// Reads what the hub says at that address.
pub async fn read<T: DeserializeOwned>(token: &str, path: &str) -> Result<T, HubError> {
    match ask::<T>("GET", path, token, None).await? {
        (200..=299, Some(answer)) => Ok(answer),
        (401, _) => Err(HubError::Unauthorized),
        (403, _) => Err(HubError::NotPermitted),
        _ => Err(HubError::Unreachable),
    }
}

/// Puts something there: the status, and what the hub says where that can be read.
pub async fn write<T: DeserializeOwned>(token: &str, path: &str, body: &str) -> Result<(u16, Option<T>), HubError> {
    ask("PUT", path, token, Some(body)).await
}

async fn ask<T: DeserializeOwned>(
    method: &str,
    path: &str,
    token: &str,
    body: Option<&str>,
) -> Result<(u16, Option<T>), HubError> {
    let asked = async {
        let headers = Headers::new()?;
        headers.set("authorization", &format!("Bearer {token}"))?;
        let init = RequestInit::new();
        init.set_method(method);
        if let Some(body) = body {
            headers.set("content-type", "application/json")?;
            init.set_body(&body.into());
        }
        init.set_headers(&headers);
        let window = web_sys::window().ok_or(JsValue::NULL)?;
        let response: Response = JsFuture::from(window.fetch_with_str_and_init(path, &init)).await?.dyn_into()?;
        let text = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
        Ok::<_, JsValue>((response.status(), serde_json::from_str(&text).ok()))
    };
    asked.await.map_err(|_| HubError::Unreachable)
}

async fn post(path: &str, token: Option<&str>, body: Option<JsValue>) -> Result<JsValue, HubError> {
    let fetched = async {
        let headers = Headers::new()?;
        headers.set("content-type", "application/json")?;
        if let Some(token) = token {
            headers.set("authorization", &format!("Bearer {token}"))?;
        }
        let init = RequestInit::new();
        init.set_method("POST");
        init.set_headers(&headers);
        if let Some(body) = body {
            init.set_body(&body);
        }
        let window = web_sys::window().ok_or(JsValue::NULL)?;
        let response: Response = JsFuture::from(window.fetch_with_str_and_init(path, &init)).await?.dyn_into()?;
        let answer = if response.ok() { JsFuture::from(response.json()?).await? } else { JsValue::NULL };
        Ok::<_, JsValue>((response.status(), answer))
    };
    match fetched.await {
        Ok((200..=299, answer)) => Ok(answer),
        Ok((401 | 403, _)) => Err(HubError::Unauthorized),
        Ok((429, _)) => Err(HubError::TooManyTries),
        Ok(_) | Err(_) => Err(HubError::Unreachable),
    }
}

fn text(answer: &JsValue, name: &str) -> Result<String, HubError> {
    Reflect::get(answer, &name.into()).ok().and_then(|value| value.as_string()).ok_or(HubError::Unreachable)
}
