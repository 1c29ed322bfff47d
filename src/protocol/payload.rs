//! A payload that is carried without being looked into.
//!
//! The link numbers, keeps and sends payloads of every channel; only who sends or receives one knows its type. So a module that
//! merely carries a channel holds no code for it.

use super::Encoding;
use super::Message;
use super::codec::{BinaryInput, Input, JsonInput, Kind, Malformed, Output, Wire};
use super::conversation::{Entry, Inbox, InboxBody, Preview, Talk, TalkBody};
use super::frame::{Body, VisitorBody};
use super::relay::RelayBody;
use super::rich::{Answer, Rich};
use super::talk::{HubTalkBody, PageTalkBody};

/// An encoded [`Body`] or [`RelayBody`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payload(Message);

impl Payload {
    /// Encodes a body. All frames of one link have one encoding.
    pub fn encode(body: &Body, encoding: Encoding) -> Self {
        Self(super::encode(body, encoding))
    }

    /// Encodes a body of a visitor's page, for an artefact that holds no code for the others.
    pub fn encode_visitor(body: &VisitorBody, encoding: Encoding) -> Self {
        Self(super::encode(body, encoding))
    }

    /// Reads the body.
    ///
    /// # Errors
    /// [`Malformed`] as for a frame: that it could be carried says nothing of what is in it.
    pub fn decode(&self) -> Result<Body, Malformed> {
        self.read()
    }

    /// Encodes a message of a shared page.
    pub fn encode_relay(body: &RelayBody, encoding: Encoding) -> Self {
        Self(super::encode(body, encoding))
    }

    /// Reads a message of a shared page.
    ///
    /// # Errors
    /// See [`Payload::decode`].
    pub fn decode_relay(&self) -> Result<RelayBody, Malformed> {
        self.read()
    }

    /// Encodes what a page and the hub say in a conversation, as a message that is relayed.
    pub fn encode_talk(body: &TalkBody, encoding: Encoding) -> Self {
        Self(super::encode(body, encoding))
    }

    /// Reads what [`Payload::encode_talk`] made.
    ///
    /// # Errors
    /// See [`Payload::decode`]; [`Malformed::Unknown`] for another message that is relayed.
    pub fn decode_talk(&self) -> Result<TalkBody, Malformed> {
        self.read()
    }

    /// Encodes what a desk and the hub say in a conversation, as a message that is relayed.
    pub fn encode_inbox(body: &InboxBody, encoding: Encoding) -> Self {
        Self(super::encode(body, encoding))
    }

    /// Reads what [`Payload::encode_inbox`] made.
    ///
    /// # Errors
    /// See [`Payload::decode`]; [`Malformed::Unknown`] for another message that is relayed.
    pub fn decode_inbox(&self) -> Result<InboxBody, Malformed> {
        self.read()
    }

    /// Encodes one entry of a thread: for who counts how many fit a frame.
    pub fn encode_entry(entry: &Entry, encoding: Encoding) -> Self {
        Self(super::encode(entry, encoding))
    }

    /// Encodes an answer by itself, for storage.
    pub fn encode_answer(answer: &Answer, encoding: Encoding) -> Self {
        Self(super::encode(answer, encoding))
    }

    /// Reads what [`Payload::encode_answer`] made.
    ///
    /// # Errors
    /// See [`Payload::decode`].
    pub fn as_answer(&self) -> Result<Answer, Malformed> {
        self.read()
    }

    /// Encodes what a page says, as [`Payload::encode_talk`] does.
    pub fn encode_page_talk(body: &PageTalkBody, encoding: Encoding) -> Self {
        Self(super::encode(body, encoding))
    }

    /// Reads what a hub says, of what [`Payload::encode_talk`] made.
    ///
    /// # Errors
    /// See [`Payload::decode`]; also where only a page says it.
    pub fn decode_hub_talk(&self) -> Result<HubTalkBody, Malformed> {
        self.read()
    }

    /// Encodes what a message offers by itself, for storage and for who draws it.
    pub fn encode_rich(rich: &Rich, encoding: Encoding) -> Self {
        Self(super::encode(rich, encoding))
    }

    /// Reads what [`Payload::encode_rich`] made.
    ///
    /// # Errors
    /// See [`Payload::decode`].
    pub fn as_rich(&self) -> Result<Rich, Malformed> {
        self.read()
    }

    /// Encodes what an address leads to by itself, for storage.
    pub fn encode_preview(preview: &Preview, encoding: Encoding) -> Self {
        Self(super::encode(preview, encoding))
    }

    /// Reads what [`Payload::encode_preview`] made.
    ///
    /// # Errors
    /// See [`Payload::decode`].
    pub fn as_preview(&self) -> Result<Preview, Malformed> {
        self.read()
    }

    /// Reads what [`RelayBody::Talk`] holds.
    ///
    /// # Errors
    /// See [`Payload::decode`].
    pub fn as_talk(&self) -> Result<Talk, Malformed> {
        self.read()
    }

    /// Reads what [`RelayBody::Inbox`] holds.
    ///
    /// # Errors
    /// See [`Payload::decode`].
    pub fn as_inbox(&self) -> Result<Inbox, Malformed> {
        self.read()
    }

    /// Size in bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it holds nothing, as no body does.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn read<T: Wire>(&self) -> Result<T, Malformed> {
        match &self.0 {
            Message::Binary(bytes) => T::read(&mut BinaryInput::new(bytes)),
            Message::Text(text) => T::read(&mut JsonInput::new(text)),
        }
    }

    /// Its encoding.
    pub const fn encoding(&self) -> Encoding {
        self.0.encoding()
    }

    /// The encoded body, for storage.
    pub const fn as_message(&self) -> &Message {
        &self.0
    }

    /// The message itself.
    pub fn into_message(self) -> Message {
        self.0
    }

    /// What [`Payload::as_message`] gave.
    pub const fn from_message(message: Message) -> Self {
        Self(message)
    }
}

impl Wire for Payload {
    const KIND: Kind = Kind::Sized;
    fn write(&self, out: &mut dyn Output) {
        out.raw(&self.0);
    }
    fn read(input: &mut dyn Input) -> Result<Self, Malformed> {
        input.raw().map(Self)
    }
}
