//! Messages that the hub has not kept yet.
//!
//! They outlive the page: each is stored by itself, under its id, so that the tabs of a browser share them without a turn.

use core::time::Duration;

use crate::protocol::MessageId;
use crate::protocol::conversation::{Attachment, MessageText, Objection};
use crate::protocol::rich::Answer;
use crate::protocol::{Encoding, Message, Payload};
use crate::time::{Instant, Timestamp};

/// Most messages that wait.
pub const WAITING: usize = 50;

/// Without an answer for so long, a message is sent again.
pub(super) const AGAIN_AFTER: Duration = Duration::from_secs(10);

/// A message that waits, as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Pending {
    /// Made by the page that wrote it.
    pub id: MessageId,
    /// When it was written.
    pub at: Timestamp,
    /// What was written, or the name of the file.
    pub text: MessageText,
    /// What was brought to the hub for it.
    pub file: Option<Attachment>,
    /// What was chosen or filled in.
    pub answer: Option<Answer>,
}

/// Parts a text from its answer: no text has it.
const UNIT: char = '\u{1f}';

impl Pending {
    /// For storage: its time, what its file is, a space, its text, and what it answers as JSON. The id is in the key.
    pub fn to_text(&self) -> String {
        let mut head = vec![self.at.as_millis().to_string()];
        if let Some(file) = &self.file {
            let pixels = |pixels: Option<u32>| pixels.unwrap_or_default().to_string();
            head.extend([file.id.to_string(), file.size.to_string(), pixels(file.width), pixels(file.height)]);
            head.push(file.media.clone());
        }
        let answer = self.answer.as_ref().map(|answer| Payload::encode_answer(answer, Encoding::Json));
        let answer = match answer.as_ref().map(Payload::as_message) {
            Some(Message::Text(json)) => [&UNIT.to_string(), json.as_str()].concat(),
            _ => String::new(),
        };
        [&head.join(","), " ", self.text.as_str(), &answer].concat()
    }

    /// Reads what [`Pending::to_text`] wrote; nothing where somebody changed it.
    pub fn from_text(id: MessageId, text: &str) -> Option<Self> {
        let (head, text) = text.split_once(' ')?;
        let (text, answer) = match text.split_once(UNIT) {
            Some((text, json)) => (text, Some(Payload::from_message(Message::Text(json.into())).as_answer().ok()?)),
            None => (text, None),
        };
        let text = MessageText::new(text).ok()?;
        let mut parts = head.split(',');
        let at = Timestamp::from_millis(parts.next()?.parse().ok()?);
        let parts: Vec<_> = parts.collect();
        let file = match parts[..] {
            [] => None,
            [file, size, width, height, media] => {
                let pixels = |text: &str| text.parse().ok().filter(|pixels| *pixels > 0);
                Some(Attachment {
                    id: file.parse().ok()?,
                    name: text.as_str().to_owned(),
                    media: media.to_owned(),
                    size: size.parse().ok()?,
                    width: pixels(width),
                    height: pixels(height),
                    scan: None,
                })
            }
            _ => return None,
        };
        Some(Self { id, at, text, file, answer })
    }
}

/// How a message that waits is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// It is sent once the link is up and it may be.
    Queued,
    /// It was sent at this moment, and is not answered.
    Sent(Instant),
    /// The hub does not take it now: it is sent again at this moment.
    Held(Objection, Instant),
    /// The hub does not take it, or its visitor has to say whether it is sent at all.
    Failed(Objection),
}

/// One that waits.
#[derive(Clone, Debug)]
pub(super) struct Waiting {
    pub(super) pending: Pending,
    pub(super) progress: Progress,
}

impl Waiting {
    /// When it may be sent; absent where it may not.
    pub(super) fn due(&self, now: Instant) -> Option<Instant> {
        match self.progress {
            Progress::Queued => Some(now),
            Progress::Sent(at) => Some(at + AGAIN_AFTER),
            Progress::Held(_, at) => Some(at),
            Progress::Failed(_) => None,
        }
    }
}
