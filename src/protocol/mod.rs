//! All that crosses the network.
//!
//! # The story of a link
//!
//! A client opens a socket and says [`Hello`]: its protocol version, who it is, and which *source* numbers its frames. The
//! hub answers [`Welcome`] with the highest number of that source that it already keeps, or a [`Refusal`] that says what
//! to do. From then on each side sends numbered [`Data`] and acknowledges the other's. An [`Ack`] means *kept for good*: the
//! hub sends it only after the commit that covers it. When the socket dies, the client opens another one and says `Hello`
//! with the same source; both sides send again what was not acknowledged, and drop what comes twice.
//!
//! ```
//! use alongside::protocol::{Encoding, Frame, Hello, Message, Party, SourceId, VERSION, VisitorParty, VisitorToken};
//! use alongside::time::Timestamp;
//!
//! let hello = Frame::Hello(Hello {
//!     version: VERSION,
//!     now: Timestamp::from_millis(1_795_238_400_000),
//!     source: SourceId::from_bytes([0x11; 16]),
//!     party: Party::Visitor(VisitorParty { deployment: "demo".into(), token: VisitorToken::from_bytes([0x22; 16]) }),
//!     resume: None,
//! });
//! let Message::Text(json) = hello.encode(Encoding::Json) else { unreachable!() };
//! assert_eq!(
//!     json,
//!     concat!(
//!         r#"{"hello":{"version":1,"now":1795238400000,"source":"11111111111111111111111111111111","#,
//!         r#""party":{"visitor":{"deployment":"demo","token":"22222222222222222222222222222222"}}}}"#,
//!     ),
//! );
//! assert_eq!(Frame::decode_text(&json), Ok(hello));
//! ```
//!
//! # What is relayed
//!
//! [`Relay`] carries the messages of shared sessions ([`RelayBody`], [`cobrowse`], and in pieces the frames of [`mirror`]) and of
//! conversations ([`conversation`]). They have no numbers of the link's and are not kept by it: what was said on a socket that died is
//! said anew by who still wants it.
//!
//! # Two encodings
//!
//! Binary is the default: a field is a varint key (tag and kind) and its value, so unknown fields can be skipped. JSON has
//! the same fields by name; a union is an object with one member, an id is 32 hexadecimal digits. A peer answers in the
//! encoding of the `Hello`.
//!
//! # What never changes
//!
//! The files in `tests/protocol/golden` hold both encodings of every frame. A tag or name that was released is never used
//! for anything else. New fields are optional.

mod asset;
pub mod cobrowse;
mod codec;
pub mod conversation;
mod frame;
mod id;
mod identity;
mod journey;
mod live;
mod masked_text;
mod masking;
pub mod mirror;
mod number;
mod payload;
mod relay;
pub mod rich;
pub mod talk;

pub use asset::{ASSET_LIMIT, ASSET_PART, AssetHash, AssetKind, AssetOffer, AssetPart};
pub use codec::{DEPTH_LIMIT, Malformed, TEXT_LIMIT};
pub use frame::{
    Ack, AgentParty, Body, Bye, Data, Frame, Hello, HubFrame, Nack, Party, Ping, Pong, Refusal, RefusalCode, Relay,
    Resume, VisitorBody, VisitorParty, Welcome,
};
pub use id::{
    ConsentKey, ConversationId, Epoch, FileId, MessageId, NotAnId, SessionId, SourceId, Ticket, VisitId, VisitorId,
    VisitorToken,
};
pub use identity::{Identity, SignIn};
pub use journey::{
    ATTRIBUTE_LIMIT, Attribute, AttributeValue, Custom, Forget, JourneyEvent, JourneyKind, NAME_LIMIT, PageView,
    Search, SessionEvent,
};
pub use live::{LiveChange, LiveVisit, Topic, Watch};
pub use masked_text::{MASKED_TEXT_LIMIT, MaskedText};
pub use masking::{MaskMark, MaskRule, Masking};
pub use number::Number;
pub use payload::Payload;
pub use relay::{Bytes, Followed, MirrorPiece, PIECE_LIMIT, Refresh, RelayBody, Shown, Want};

// What shows records in JSON without being of the network writes it by the same rules.
pub(crate) use codec::{Field, JsonOutput, Kind, Output, push_hex};

use codec::{BinaryInput, BinaryOutput, JsonInput, Wire};

/// The version of the protocol that this crate speaks.
pub const VERSION: u32 = 1;

/// Largest frame that is decoded, in bytes: 64 KiB, the limit for events.
pub const FRAME_LIMIT: usize = 64 * 1024;

/// Which of the two encodings a peer uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// Compact bytes.
    #[default]
    Binary,
    /// JSON text.
    Json,
}

/// An encoded frame, as a socket carries it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// In the binary encoding.
    Binary(Vec<u8>),
    /// In the JSON encoding.
    Text(String),
}

impl Message {
    /// Size in bytes.
    pub fn len(&self) -> usize {
        match self {
            Self::Binary(bytes) => bytes.len(),
            Self::Text(text) => text.len(),
        }
    }

    /// Whether it holds nothing, as no frame does.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The encoding it is in.
    pub const fn encoding(&self) -> Encoding {
        match self {
            Self::Binary(_) => Encoding::Binary,
            Self::Text(_) => Encoding::Json,
        }
    }
}

impl Frame {
    /// Encodes the frame for one message of a socket.
    pub fn encode(&self, encoding: Encoding) -> Message {
        encode(self, encoding)
    }

    /// Decodes one message of a socket, at most [`FRAME_LIMIT`] bytes.
    ///
    /// # Errors
    /// [`Malformed`] says what is wrong; nothing is ever half decoded.
    pub fn decode(message: &Message) -> Result<Self, Malformed> {
        match message {
            Message::Binary(bytes) => Self::decode_binary(bytes),
            Message::Text(text) => Self::decode_text(text),
        }
    }

    /// Decodes the binary encoding.
    ///
    /// # Errors
    /// See [`Frame::decode`].
    pub fn decode_binary(bytes: &[u8]) -> Result<Self, Malformed> {
        decode_binary(bytes)
    }

    /// Decodes the JSON encoding.
    ///
    /// # Errors
    /// See [`Frame::decode`].
    pub fn decode_text(text: &str) -> Result<Self, Malformed> {
        decode_text(text)
    }
}

impl HubFrame {
    /// Decodes one message of a socket.
    ///
    /// # Errors
    /// See [`Frame::decode`]; [`Malformed::Unknown`] for a frame that only clients send.
    pub fn decode(message: &Message) -> Result<Self, Malformed> {
        match message {
            Message::Binary(bytes) => decode_binary(bytes),
            Message::Text(text) => decode_text(text),
        }
    }
}

fn encode(value: &impl Wire, encoding: Encoding) -> Message {
    match encoding {
        Encoding::Binary => {
            let mut out = BinaryOutput::default();
            value.write(&mut out);
            Message::Binary(out.into_bytes())
        }
        Encoding::Json => {
            let mut out = JsonOutput::default();
            value.write(&mut out);
            Message::Text(out.into_text())
        }
    }
}

fn decode_binary<T: Wire>(bytes: &[u8]) -> Result<T, Malformed> {
    if bytes.len() > FRAME_LIMIT {
        return Err(Malformed::Oversize { limit: FRAME_LIMIT });
    }
    T::read(&mut BinaryInput::new(bytes))
}

fn decode_text<T: Wire>(text: &str) -> Result<T, Malformed> {
    if text.len() > FRAME_LIMIT {
        return Err(Malformed::Oversize { limit: FRAME_LIMIT });
    }
    let mut input = JsonInput::new(text);
    let value = T::read(&mut input)?;
    if input.is_at_end() { Ok(value) } else { Err(Malformed::Trailing) }
}
