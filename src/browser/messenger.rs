//! The visitor's half of a conversation in the browser: says in plain values what the machine says, for `js/messenger/`.

use core::cell::{Cell, RefCell};

use wasm_bindgen::prelude::*;

use super::instant;
use crate::messenger::{Messenger, MessengerOutput, Pending, SayError, View, Which, conversations};
use crate::protocol::conversation::{Attachment, FILE_LIMIT};
use crate::protocol::talk::{HubTalkBody, PageTalk, PageTalkBody};
use crate::protocol::{Encoding, Message, MessageId, Payload};
use crate::time::Timestamp;

/// What is to be done next.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug)]
pub enum Todo {
    /// Nothing.
    None,
    /// Send [`Conversation::text`] or [`Conversation::bytes`].
    Send,
    /// Store [`Conversation::kept`] under [`Conversation::id`].
    Keep,
    /// Remove what is stored under [`Conversation::id`].
    Drop,
    /// Announce that something came: [`Conversation::incoming`].
    Announce,
    /// Draw what is to be seen again.
    Draw,
}

/// One visitor's messenger in one page.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Conversation {
    messenger: RefCell<Messenger>,
    view: RefCell<View>,
    encoding: Encoding,
    message: RefCell<Option<Message>>,
    id: RefCell<String>,
    incoming: Cell<u64>,
}

#[wasm_bindgen]
#[allow(missing_docs, reason = "each is the messenger's function of that name; times are in milliseconds")]
impl Conversation {
    /// `stored` is a line of id and text for each message that is stored, the text's own lines parted by U+0000. `offset`: minutes by which
    /// the visitor's clock is ahead of UTC.
    #[wasm_bindgen(constructor)]
    pub fn new(is_json: bool, stored: &str, offset: i32) -> Self {
        let pending = |line: &str| {
            let (id, text) = line.split_once(' ')?;
            pending(id, text)
        };
        Self {
            messenger: RefCell::new(Messenger::new(stored.lines().filter_map(pending).collect())),
            view: RefCell::new(View::new(offset)),
            encoding: if is_json { Encoding::Json } else { Encoding::Binary },
            message: RefCell::default(),
            id: RefCell::default(),
            incoming: Cell::default(),
        }
    }

    #[wasm_bindgen(js_name = handleOnline)]
    pub fn handle_online(&self, now: f64) {
        self.messenger.borrow_mut().handle_online(instant(now));
    }

    #[wasm_bindgen(js_name = handleOffline)]
    pub fn handle_offline(&self) {
        self.messenger.borrow_mut().handle_offline();
    }

    #[wasm_bindgen(js_name = handleText)]
    pub fn handle_text(&self, text: String, now: f64) {
        self.handle(Message::Text(text), now);
    }

    #[wasm_bindgen(js_name = handleBytes)]
    pub fn handle_bytes(&self, bytes: Vec<u8>, now: f64) {
        self.handle(Message::Binary(bytes), now);
    }

    /// `id` is 16 random bytes, `wall` in Unix milliseconds. A code where it is not taken.
    pub fn say(&self, text: &str, id: &[u8], wall: f64, now: f64) -> Option<String> {
        let Ok(id) = id.try_into() else { return Some("bad-argument".into()) };
        let (id, at) = (MessageId::from_bytes(id), Timestamp::from_millis(wall as u64));
        let said = self.messenger.borrow_mut().say(text, id, at, instant(now));
        said.err().map(SayError::code).map(Into::into)
    }

    /// As [`Conversation::say`], for a file that the hub has: its id there, name, media type, and the [`Conversation::front`] of when it was
    /// chosen, each on a line; its size, width and height, where the latter are 0 for what is no picture.
    #[wasm_bindgen(js_name = sendFile)]
    pub fn send_file(&self, file: &str, size: f64, pixels: &[u32], id: &[u8], wall: f64, now: f64) -> Option<String> {
        let mut lines = file.lines();
        let (Ok(id), Some(Ok(file)), Some(name), Some(media), Some(which)) = (
            id.try_into(),
            lines.next().map(str::parse),
            lines.next(),
            lines.next(),
            Which::from_text(lines.next().unwrap_or_default()),
        ) else {
            return Some("bad-argument".into());
        };
        let side = |at: usize| pixels.get(at).copied().filter(|side| *side > 0);
        let file = Attachment {
            id: file,
            name: name.into(),
            media: media.into(),
            size: size as u64,
            width: side(0),
            height: side(1),
            scan: None,
        };
        let (id, at) = (MessageId::from_bytes(id), Timestamp::from_millis(wall as u64));
        let sent = self.messenger.borrow_mut().send_file(file, which, id, at, instant(now));
        sent.err().map(SayError::code).map(Into::into)
    }

    /// As [`Conversation::say`]; `answer` is JSON of a [`rich::Answer`](crate::protocol::rich::Answer).
    pub fn answer(&self, answer: &str, text: &str, id: &[u8], wall: f64, now: f64) -> Option<String> {
        let answer = Payload::from_message(Message::Text(answer.into())).as_answer();
        let (Ok(answer), Ok(id)) = (answer, id.try_into()) else { return Some("bad-argument".into()) };
        let (id, at) = (MessageId::from_bytes(id), Timestamp::from_millis(wall as u64));
        let said = self.messenger.borrow_mut().answer(answer, text, id, at, instant(now));
        said.err().map(SayError::code).map(Into::into)
    }

    /// As [`Conversation::say`]: a score, and a comment or nothing.
    pub fn rate(&self, score: u32, comment: &str, id: &[u8], wall: f64, now: f64) -> Option<String> {
        let Ok(id) = id.try_into() else { return Some("bad-argument".into()) };
        let (id, at) = (MessageId::from_bytes(id), Timestamp::from_millis(wall as u64));
        let said = self.messenger.borrow_mut().rate(score, comment, id, at, instant(now));
        said.err().map(SayError::code).map(Into::into)
    }

    /// See [`Messenger::fill`]: JSON of a [`rich::Answer`](crate::protocol::rich::Answer) to any message. Whether it could be read.
    pub fn fill(&self, filled: &str) -> bool {
        let answer = Payload::from_message(Message::Text(filled.into())).as_answer();
        let is_read = answer.is_ok();
        self.messenger.borrow_mut().fill(answer.map(|answer| answer.values).unwrap_or_default());
        is_read
    }

    /// Bytes of the largest file.
    #[wasm_bindgen(js_name = fileLimit)]
    pub fn file_limit(&self) -> f64 {
        FILE_LIMIT as f64
    }

    pub fn retry(&self, id: &str, now: f64) {
        if let Ok(id) = id.parse() {
            self.messenger.borrow_mut().retry(id, instant(now));
        }
    }

    pub fn discard(&self, id: &str) {
        if let Ok(id) = id.parse() {
            self.messenger.borrow_mut().discard(id);
        }
    }

    /// Another tab stored this under the id, or removed it.
    #[wasm_bindgen(js_name = handleStored)]
    pub fn handle_stored(&self, id: &str, text: Option<String>, now: f64) {
        if let Ok(key) = id.parse() {
            let pending = text.and_then(|text| Pending::from_text(key, &text));
            self.messenger.borrow_mut().handle_stored(key, pending, instant(now));
        }
    }

    pub fn typed(&self, now: f64) {
        self.messenger.borrow_mut().typed(instant(now));
    }

    pub fn earlier(&self) {
        self.messenger.borrow_mut().earlier();
    }

    #[wasm_bindgen(js_name = handleShown)]
    pub fn handle_shown(&self) {
        self.messenger.borrow_mut().handle_shown();
    }

    #[wasm_bindgen(js_name = handleHidden)]
    pub fn handle_hidden(&self) {
        self.messenger.borrow_mut().handle_hidden();
    }

    #[wasm_bindgen(js_name = handleSeen)]
    pub fn handle_seen(&self) {
        self.messenger.borrow_mut().handle_seen();
    }

    pub fn finish(&self) {
        self.messenger.borrow_mut().finish();
    }

    #[wasm_bindgen(js_name = declineSignIn)]
    pub fn decline_sign_in(&self) {
        self.messenger.borrow_mut().decline_sign_in();
    }

    #[wasm_bindgen(js_name = handleTimeout)]
    pub fn handle_timeout(&self, now: f64) {
        self.messenger.borrow_mut().handle_timeout(instant(now));
    }

    /// How long until [`Conversation::handle_timeout`] is to be called.
    #[wasm_bindgen(js_name = pollTimeout)]
    pub fn poll_timeout(&self, now: f64) -> Option<f64> {
        let due = self.messenger.borrow().poll_timeout()?;
        Some(due.since(instant(now)).as_millis() as f64 + 1.0)
    }

    /// The next thing to do; call until it is `None`.
    pub fn poll(&self) -> Todo {
        match self.messenger.borrow_mut().poll_output() {
            None => Todo::None,
            Some(MessengerOutput::Changed) => Todo::Draw,
            Some(MessengerOutput::Send(talk)) => {
                let body = PageTalk::of(talk).map(PageTalkBody::Talk);
                let payload = body.map(|body| Payload::encode_page_talk(&body, self.encoding));
                *self.message.borrow_mut() = payload.map(Payload::into_message);
                Todo::Send
            }
            Some(MessengerOutput::Keep(id)) => {
                *self.id.borrow_mut() = id.to_string();
                Todo::Keep
            }
            Some(MessengerOutput::Drop(id)) => {
                *self.id.borrow_mut() = id.to_string();
                Todo::Drop
            }
            Some(MessengerOutput::Incoming(seq)) => {
                self.incoming.set(seq);
                Todo::Announce
            }
        }
    }

    /// What is to be sent, where the link's encoding is JSON.
    pub fn text(&self) -> Option<String> {
        match self.message.take() {
            Some(Message::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// What is to be sent, where the link's encoding is binary.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        match self.message.take() {
            Some(Message::Binary(bytes)) => Some(bytes),
            _ => None,
        }
    }

    /// The message that is to be stored or removed.
    pub fn id(&self) -> String {
        self.id.borrow().clone()
    }

    /// What is to be stored of it; nothing where it does not wait any more.
    pub fn kept(&self) -> Option<String> {
        self.messenger.borrow().pending(self.id.borrow().parse().ok()?).map(Pending::to_text)
    }

    /// What came: its conversation, a line break, a name, a line break, and the text without marks, as it is read out.
    pub fn incoming(&self) -> String {
        let messenger = self.messenger.borrow();
        let Some(entry) = messenger.entry(self.incoming.get()) else { return String::new() };
        let text = match (&entry.text, &entry.file) {
            (Some(text), Some(file)) if file.is_named(text) => text.as_str().to_owned(),
            (text, _) => crate::messenger::read_out(text.as_ref().map(|text| text.as_str()).unwrap_or_default()),
        };
        entry.conversation.to_string() + "\n" + entry.name.as_deref().unwrap_or_default() + "\n" + &text
    }

    /// See [`View::changes`]; `link` is a word for how the link is doing.
    pub fn changes(&self, link: &str, now: f64) -> String {
        self.view.borrow_mut().changes(&self.messenger.borrow(), link, instant(now))
    }

    /// See [`Messenger::choose`] and [`Which::to_text`](crate::messenger::Which::to_text). Whether it could be read.
    pub fn choose(&self, which: &str) -> bool {
        let which = Which::from_text(which);
        which.map(|which| self.messenger.borrow_mut().choose(which)).is_some()
    }

    /// See [`Messenger::front`] and [`Which::to_text`](crate::messenger::Which::to_text).
    pub fn front(&self) -> String {
        self.messenger.borrow().front().to_text()
    }

    /// See [`conversations`].
    pub fn conversations(&self) -> String {
        conversations(&self.messenger.borrow())
    }

    /// See [`View::whole`].
    pub fn whole(&self, link: &str, now: f64) -> String {
        self.view.borrow().whole(&self.messenger.borrow(), link, instant(now))
    }

    /// See [`Messenger::told`]: a word of the protocol's, a line break, and the agent's name.
    pub fn standing(&self) -> String {
        let messenger = self.messenger.borrow();
        let (stage, agent) = messenger.told();
        String::from(stage.as_str()) + "\n" + agent.unwrap_or_default()
    }

    /// See [`Messenger::has_talk`].
    #[wasm_bindgen(js_name = hasTalk)]
    pub fn has_talk(&self) -> Option<bool> {
        self.messenger.borrow().has_talk()
    }

    /// Messages for the visitor that he has not read.
    pub fn unread(&self) -> u32 {
        self.messenger.borrow().unread()
    }
}

impl Conversation {
    fn handle(&self, message: Message, now: f64) {
        // What cannot be read is of a later hub.
        if let Ok(HubTalkBody::Talk(talk)) = Payload::from_message(message).decode_hub_talk() {
            self.messenger.borrow_mut().handle_talk(talk.into(), instant(now));
        }
    }
}

fn pending(id: &str, text: &str) -> Option<Pending> {
    Pending::from_text(id.parse().ok()?, &text.replace('\0', "\n"))
}
