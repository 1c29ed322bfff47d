//! Files: brought to the hub, and shown.
//!
//! What is on its way survives the view that it was begun in; only what the hub has becomes a message.

use std::cell::RefCell;
use std::collections::HashMap;

use alongside::protocol::conversation::{Attachment, FILE_LIMIT, Scan};
use alongside::protocol::{ConversationId, MessageId};
use alongside::time::Timestamp;
use js_sys::{Date, JSON, Reflect, encode_uri_component};
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{EventTarget, File, FileList, Node, ProgressEvent, XmlHttpRequest};

use crate::desk::Desk;
use crate::link;
use crate::words::InboxWords;

/// What the hub takes: for the browser's window, the hub looks for itself.
pub const KINDS: &str =
    "image/png,image/jpeg,image/gif,image/webp,.pdf,.txt,.csv,.log,.md,.tsv,.docx,.xlsx,.pptx,.odt,.ods,.odp";

/// Largest picture, in CSS pixels.
const HIGHEST: f64 = 240.0;

/// A file on its way.
#[derive(Clone, Debug, PartialEq)]
pub struct Upload {
    /// Which.
    pub number: u32,
    /// For which conversation.
    pub conversation: ConversationId,
    /// As its agent calls it.
    pub name: String,
    /// How far it is.
    pub state: UploadState,
}

/// How far a file is.
#[derive(Clone, Debug, PartialEq)]
pub enum UploadState {
    /// So much of it is at the hub, in percent.
    Sending(u32),
    /// The hub looks at it.
    Checking,
    /// It was not taken: a code of the hub's.
    Failed(String),
}

/// What belongs to the browser of a file on its way.
struct Way {
    file: File,
    request: Option<Request>,
}

thread_local! {
    static WAYS: RefCell<(u32, HashMap<u32, Way>)> = RefCell::default();
}

/// Begins to bring files.
pub fn add(desk: Desk, conversation: ConversationId, files: &FileList) {
    for file in (0..files.length()).filter_map(|at| files.get(at)) {
        let (name, size) = (file.name(), file.size());
        let number = WAYS.with_borrow_mut(|(last, ways)| {
            *last += 1;
            ways.insert(*last, Way { file, request: None });
            *last
        });
        let state = UploadState::Sending(0);
        desk.uploads.update(|uploads| uploads.push(Upload { number, conversation, name, state }));
        if size > FILE_LIMIT as f64 {
            fail(desk, number, "too-large");
        } else {
            begin(desk, number);
        }
    }
}

/// Files in the clipboard are brought; text that comes with a picture of itself stays text.
pub fn pasted(desk: Desk, conversation: ConversationId, event: &ev::ClipboardEvent) {
    let Some(data) = event.clipboard_data() else { return };
    let Some(files) = data.files().filter(|files| files.length() > 0) else { return };
    if !data.types().includes(&"text/plain".into(), 0) {
        event.prevent_default();
        add(desk, conversation, &files);
    }
}

/// Files over a conversation, or dropped on it: whether they are over it now, where that is known.
pub fn dragged(desk: Desk, conversation: ConversationId, event: &ev::DragEvent, is_own: bool) -> Option<bool> {
    if event.type_() == "dragleave" {
        let thread = event.current_target().and_then(|target| target.dyn_into::<Node>().ok());
        let to = event.related_target().and_then(|target| target.dyn_into::<Node>().ok());
        let is_within = thread.is_some_and(|thread| to.is_some_and(|to| thread.contains(Some(&to))));
        return (!is_within).then_some(false);
    }
    let data = event.data_transfer().filter(|data| is_own && data.types().includes(&"Files".into(), 0))?;
    event.prevent_default();
    if event.type_() != "drop" {
        return Some(true);
    }
    if let Some(files) = data.files() {
        add(desk, conversation, &files);
    }
    Some(false)
}

/// All that is on its way is given up.
pub fn end(desk: Desk) {
    WAYS.with_borrow_mut(|(_, ways)| std::mem::take(ways)).into_values().for_each(Way::abort);
    desk.uploads.set(Vec::new());
}

/// The id of a new message.
pub fn message() -> MessageId {
    let mut id = [0; 16];
    if let Ok(crypto) = window().crypto() {
        let _ = crypto.get_random_values_with_u8_array(&mut id);
    }
    MessageId::from_bytes(id)
}

fn begin(desk: Desk, number: u32) {
    let Some(token) = desk.session.with_untracked(|session| Some(session.as_ref()?.token.clone())) else { return };
    let Some(file) = WAYS.with_borrow(|(_, ways)| Some(ways.get(&number)?.file.clone())) else { return };
    set(desk, number, UploadState::Sending(0));
    match Request::begin(desk, number, &file, &token) {
        Ok(request) => WAYS.with_borrow_mut(|(_, ways)| {
            if let Some(way) = ways.get_mut(&number) {
                way.request = Some(request);
            }
        }),
        Err(_) => fail(desk, number, "failed"),
    }
}

fn discard(desk: Desk, number: u32) {
    let way = WAYS.with_borrow_mut(|(_, ways)| ways.remove(&number));
    desk.uploads.update(|uploads| uploads.retain(|upload| upload.number != number));
    if let Some(way) = way {
        way.abort();
    }
}

fn set(desk: Desk, number: u32, state: UploadState) {
    let is_same = |upload: &Upload| upload.number == number && upload.state == state;
    if desk.uploads.with_untracked(|uploads| uploads.iter().any(is_same)) {
        return;
    }
    desk.uploads.update(|uploads| {
        if let Some(upload) = uploads.iter_mut().find(|upload| upload.number == number) {
            upload.state = state;
        }
    });
}

fn fail(desk: Desk, number: u32, code: &str) {
    set(desk, number, UploadState::Failed(code.to_owned()));
}

fn answered(desk: Desk, number: u32, request: &XmlHttpRequest) {
    let text = request.response_text().ok().flatten().unwrap_or_default();
    let answer = JSON::parse(&text).unwrap_or(JsValue::NULL);
    let word = |name: &str| Reflect::get(&answer, &name.into()).ok()?.as_string();
    let pixels = |name: &str| Some(Reflect::get(&answer, &name.into()).ok()?.as_f64()? as u32);
    let file = (|| {
        Some(Attachment {
            id: word("file")?.parse().ok()?,
            name: word("name")?,
            media: word("type")?,
            size: Reflect::get(&answer, &"size".into()).ok()?.as_f64()? as u64,
            width: pixels("width"),
            height: pixels("height"),
            scan: None,
        })
    })();
    let upload = desk.uploads.with_untracked(|uploads| uploads.iter().find(|upload| upload.number == number).cloned());
    let (Some(file), Some(upload)) = (file, upload) else {
        return fail(desk, number, &word("code").unwrap_or_else(|| "failed".to_owned()));
    };
    let at = Timestamp::from_millis(Date::now() as u64);
    let sent = link::inbox(|inbox| inbox.send_file(upload.conversation, file, message(), at, link::now()));
    if sent == Some(true) {
        // Later: this is called by what is dropped then.
        set_timeout(move || discard(desk, number), std::time::Duration::ZERO);
    } else {
        fail(desk, number, "failed");
    }
}

impl Way {
    fn abort(self) {
        if let Some(request) = self.request {
            let _ = request.request.abort();
        }
    }
}

/// An upload; fetch tells nobody how far one is. Dropped, it tells nothing more.
struct Request {
    request: XmlHttpRequest,
    listeners: Vec<Listener>,
}

/// What is listened to, to which event of it, and by what.
type Listener = (EventTarget, &'static str, Closure<dyn FnMut(web_sys::Event)>);

impl Request {
    fn begin(desk: Desk, number: u32, file: &File, token: &str) -> Result<Self, JsValue> {
        let request = XmlHttpRequest::new()?;
        request.open("POST", "/api/files")?;
        request.set_request_header("authorization", &format!("Bearer {token}"))?;
        request.set_request_header("content-type", "application/octet-stream")?;
        request.set_request_header("x-alongside-name", &String::from(encode_uri_component(&file.name())))?;
        let mut begun = Self { request: request.clone(), listeners: Vec::new() };
        let upload: EventTarget = request.upload()?.into();
        begun.on(&upload, "progress", move |event| {
            let Some(event) = event.dyn_ref::<ProgressEvent>() else { return };
            set(desk, number, UploadState::Sending((event.loaded() / event.total().max(1.0) * 20.0) as u32 * 5));
        })?;
        begun.on(&upload, "load", move |_| set(desk, number, UploadState::Checking))?;
        let answer = request.clone();
        begun.on(&request, "load", move |_| answered(desk, number, &answer))?;
        begun.on(&request, "error", move |_| fail(desk, number, "failed"))?;
        request.send_with_opt_blob(Some(file))?;
        Ok(begun)
    }

    fn on(
        &mut self,
        target: &EventTarget,
        name: &'static str,
        act: impl FnMut(web_sys::Event) + 'static,
    ) -> Result<(), JsValue> {
        let closure: Closure<dyn FnMut(web_sys::Event)> = Closure::new(act);
        target.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref())?;
        self.listeners.push((target.clone(), name, closure));
        Ok(())
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        for (target, name, closure) in &self.listeners {
            let _ = target.remove_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
        }
    }
}

/// The files of a conversation that are on their way.
#[component]
pub fn Uploads(conversation: ConversationId) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let uploads = Memo::new(move |_| {
        desk.uploads
            .with(|all| all.iter().filter(|upload| upload.conversation == conversation).cloned().collect::<Vec<_>>())
    });
    view! {
        <Show when=move || uploads.with(|uploads| !uploads.is_empty())>
            <ul class="uploads" aria-label=move || desk.inbox_words().uploads>
                <For each=move || uploads.get() key=|upload| upload.number let:upload>
                    <UploadRow number=upload.number name=upload.name uploads />
                </For>
            </ul>
        </Show>
    }
}

#[component]
fn UploadRow(number: u32, name: String, uploads: Memo<Vec<Upload>>) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let state = Memo::new(move |_| {
        uploads.with(|uploads| uploads.iter().find(|upload| upload.number == number).map(|upload| upload.state.clone()))
    });
    let is_failed = Memo::new(move |_| matches!(state.get(), Some(UploadState::Failed(_))));
    let can_retry = move || state.with(|state| matches!(state, Some(UploadState::Failed(code)) if !is_final(code)));
    let percent = move || match state.get() {
        Some(UploadState::Sending(percent)) => Some(percent.to_string()),
        _ => None,
    };
    let text = move || match state.get() {
        Some(UploadState::Sending(percent)) => format!("{} {percent} %", desk.inbox_words().uploading),
        Some(UploadState::Checking) => desk.inbox_words().checking.to_owned(),
        Some(UploadState::Failed(code)) => failure(&code, desk.inbox_words()).to_owned(),
        None => String::new(),
    };
    let label = name.clone();
    view! {
        <li>
            <bdi>{name}</bdi>
            <Show when=move || !is_failed.get()><progress max="100" value=percent aria-label=label.clone()></progress></Show>
            <span class="meta" class:failed=move || is_failed.get() role="status">{text}</span>
            <Show when=can_retry>
                <button type="button" on:click=move |_| begin(desk, number)>{move || desk.words().try_again}</button>
            </Show>
            <button type="button" on:click=move |_| discard(desk, number)>
                {move || if is_failed.get() { desk.inbox_words().discard } else { desk.inbox_words().cancel }}
            </button>
        </li>
    }
}

/// What makes no sense a second time.
fn is_final(code: &str) -> bool {
    matches!(code, "too-large" | "empty-file" | "kind-not-allowed" | "infected")
}

fn failure(code: &str, words: &InboxWords) -> &'static str {
    match code {
        "too-large" => words.file_too_large,
        "empty-file" => words.file_empty,
        "kind-not-allowed" => words.file_kind,
        "infected" => words.file_harm,
        _ => words.file_failed,
    }
}

/// A file of a message: a picture, or its name and size.
#[component]
pub fn FileView(file: Attachment) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let address = format!("/v1/files/{}", file.id);
    let picture = file.picture();
    let Attachment { name, size, scan, .. } = file.clone();
    if !file.is_there() {
        let why = move || match scan {
            Some(Scan::Pending) => desk.inbox_words().checking,
            _ => desk.inbox_words().file_harm,
        };
        return view! { <p class="file"><span><bdi>{name}</bdi><span class="meta">{why}</span></span></p> }.into_any();
    }
    let shown = match picture {
        Some((width, height)) => {
            let scale = (HIGHEST / f64::from(width)).min(HIGHEST / f64::from(height)).min(1.0);
            let [width, height] = [width, height].map(|side| ((f64::from(side) * scale) as u32).max(24).to_string());
            view! { <img src=address.clone() alt=name width=width height=height decoding="async" loading="lazy" /> }
                .into_any()
        }
        None => view! { <span><bdi>{name}</bdi><span class="meta">{size_of(size)}</span></span> }.into_any(),
    };
    view! { <a class="file" href=address target="_blank" rel="noopener noreferrer">{shown}</a> }.into_any()
}

fn size_of(size: u64) -> String {
    match size {
        0..1_000 => format!("{size} B"),
        1_000..1_000_000 => format!("{:.1} kB", size as f64 / 1_024.0),
        _ => format!("{:.1} MB", size as f64 / 1_048_576.0),
    }
}
