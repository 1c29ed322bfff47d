//! Messages that the hub has not kept yet.
//!
//! They outlive the page: each is stored by itself, under its id, so that the tabs of a browser share them without a turn.

use core::ops::Deref;
use core::time::Duration;

use super::standings::Which;
use crate::protocol::MessageId;
use crate::protocol::conversation::{Attachment, BEST, MessageText, Objection, Rating};
use crate::protocol::rich::{Answer, AnswerValue};
use crate::protocol::{Encoding, Message, Payload};
use crate::time::{Instant, Timestamp};

/// A hub that does not say when takes a refused message again after this time.
const HELD: Duration = Duration::from_secs(2);

/// Most messages that wait.
pub const WAITING: usize = 50;

/// Without an answer for so long, a message is sent again.
const AGAIN_AFTER: Duration = Duration::from_secs(10);

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
    /// What was filled in before the conversation.
    pub filled: Vec<AnswerValue>,
    /// How a conversation was.
    pub rating: Option<Rating>,
    /// In which conversation it is said.
    pub which: Which,
}

/// Parts a text from what else there is, each of it by itself: no text has it, and no JSON.
const UNIT: char = '\u{1f}';

impl Pending {
    /// A message of text alone.
    pub fn new(id: MessageId, at: Timestamp, text: MessageText) -> Self {
        Self { id, at, text, file: None, answer: None, filled: Vec::new(), rating: None, which: Which::Current }
    }

    /// For storage: its time, what its file is, a space, its text; what it answers as JSON, `+` and what was filled in as JSON, a score, a
    /// space and the conversation of that, and `>` and the conversation in which it is said. The id is in the key.
    pub fn to_text(&self) -> String {
        let mut text = self.at.as_millis().to_string();
        if let Some(file) = &self.file {
            let pixels = |pixels: Option<u32>| pixels.unwrap_or_default().to_string();
            for part in [file.id.to_string(), file.size.to_string(), pixels(file.width), pixels(file.height)] {
                text.push(',');
                text.push_str(&part);
            }
            text.push(',');
            text.push_str(&file.media);
        }
        text.push(' ');
        text.push_str(self.text.as_str());
        let mut add = |mark: &str, part: &str| {
            text.push(UNIT);
            text.push_str(mark);
            text.push_str(part);
        };
        if let Some(answer) = &self.answer {
            add("", &json(answer));
        }
        if !self.filled.is_empty() {
            add("+", &json(&Answer { to: self.id, values: self.filled.clone() }));
        }
        if let Some(rating) = &self.rating {
            add(&rating.score.to_string(), &(String::from(" ") + &rating.conversation.to_string()));
        }
        if self.which != Which::Current {
            add(">", &self.which.to_text());
        }
        text
    }

    /// Reads what [`Pending::to_text`] wrote; nothing where somebody changed it.
    pub fn from_text(id: MessageId, text: &str) -> Option<Self> {
        let (head, text) = text.split_once(' ')?;
        let mut all = text.split(UNIT);
        let text = MessageText::new(all.next()?).ok()?;
        let (mut answer, mut filled, mut rating, mut which) = (None, Vec::new(), None, Which::Current);
        for part in all {
            if part.starts_with('{') {
                answer = Some(answer_of(part)?);
            } else if let Some(part) = part.strip_prefix('+') {
                filled = answer_of(part)?.values;
            } else if let Some(part) = part.strip_prefix('>') {
                which = Which::from_text(part)?;
            } else {
                let (score, conversation) = part.split_once(' ')?;
                let score = score.parse().ok().filter(|score| (1..=BEST).contains(score))?;
                rating = Some(Rating { conversation: conversation.parse().ok()?, score });
            }
        }
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
        Some(Self { id, at, text, file, answer, filled, rating, which })
    }
}

fn json(answer: &Answer) -> String {
    match Payload::encode_answer(answer, Encoding::Json).into_message() {
        Message::Text(json) => json,
        Message::Binary(_) => String::new(),
    }
}

fn answer_of(json: &str) -> Option<Answer> {
    Payload::from_message(Message::Text(json.into())).as_answer().ok()
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
    /// When it may be sent, zero for at once; absent where it may not.
    fn due(&self) -> Option<Instant> {
        match self.progress {
            Progress::Queued => Some(Instant::default()),
            Progress::Sent(at) => Some(at + AGAIN_AFTER),
            Progress::Held(_, at) => Some(at),
            Progress::Failed(_) => None,
        }
    }
}

/// Messages that wait, in the order in which they were written.
#[derive(Debug, Default)]
pub(super) struct Outbox(Vec<Waiting>);

impl Deref for Outbox {
    type Target = [Waiting];

    fn deref(&self) -> &[Waiting] {
        &self.0
    }
}

impl Outbox {
    /// What waited in storage.
    pub(super) fn new(stored: Vec<Pending>) -> Self {
        let waiting = |pending| Waiting { pending, progress: Progress::Queued };
        let mut outbox = Self(stored.into_iter().map(waiting).collect());
        outbox.sort();
        outbox.0.truncate(WAITING);
        outbox
    }

    pub(super) fn is_full(&self) -> bool {
        self.len() >= WAITING
    }

    pub(super) fn push(&mut self, pending: Pending) {
        self.0.push(Waiting { pending, progress: Progress::Queued });
    }

    /// Another tab has this one, and sends it.
    pub(super) fn adopt(&mut self, pending: Pending, now: Instant) {
        self.0.push(Waiting { pending, progress: Progress::Sent(now) });
        self.sort();
    }

    /// What it was, if it was there.
    pub(super) fn remove(&mut self, id: MessageId) -> Option<Pending> {
        let at = self.iter().position(|waiting| waiting.pending.id == id)?;
        Some(self.0.remove(at).pending)
    }

    /// What was to be said in one conversation is said in another one; those that are concerned.
    pub(super) fn redirect(&mut self, from: Which, to: Which) -> Vec<MessageId> {
        let concerned = self.0.iter_mut().filter(|waiting| waiting.pending.which.id() == from.id());
        concerned
            .map(|waiting| {
                waiting.pending.which = to;
                waiting.pending.id
            })
            .collect()
    }

    /// It is sent once more; whether it is there.
    pub(super) fn retry(&mut self, id: MessageId) -> bool {
        let found = self.0.iter_mut().find(|waiting| waiting.pending.id == id);
        found.map(|waiting| waiting.progress = Progress::Queued).is_some()
    }

    /// The link is new: what was said on the last one may be lost.
    pub(super) fn handle_online(&mut self) {
        for waiting in self.0.iter_mut().filter(|waiting| matches!(waiting.progress, Progress::Sent(_))) {
            waiting.progress = Progress::Queued;
        }
    }

    /// The hub does not take it, now or at all; `retry_after` is in milliseconds.
    pub(super) fn refuse(&mut self, id: MessageId, objection: Objection, retry_after: Option<u32>, now: Instant) {
        let wait = retry_after.map_or(HELD, |millis| Duration::from_millis(millis.into()));
        let until = self.until_held();
        for (at, waiting) in self.0.iter_mut().enumerate().filter(|(_, waiting)| waiting.pending.id == id) {
            waiting.progress = match objection {
                // It waits for one before it anyway.
                Objection::TooFast | Objection::Busy if at >= until => Progress::Queued,
                Objection::TooFast | Objection::Busy => Progress::Held(objection, now + wait),
                objection => Progress::Failed(objection),
            };
        }
    }

    /// The next one to send, which counts as sent: what was written after one that is held is not sent before it.
    pub(super) fn next(&mut self, now: Instant) -> Option<Pending> {
        let until = self.until_held();
        let is_due = |waiting: &&mut Waiting| waiting.due().is_some_and(|due| due <= now);
        let waiting = self.0[..until].iter_mut().find(is_due)?;
        waiting.progress = Progress::Sent(now);
        Some(waiting.pending.clone())
    }

    /// When there is something to send, zero for at once.
    pub(super) fn due(&self) -> Option<Instant> {
        self[..self.until_held()].iter().filter_map(Waiting::due).min()
    }

    /// Where those end that wait for no other one: with the first that is held.
    fn until_held(&self) -> usize {
        let is_held = |waiting: &Waiting| matches!(waiting.progress, Progress::Held(..));
        self.iter().position(is_held).map_or(self.len(), |at| at + 1)
    }

    fn sort(&mut self) {
        self.0.sort_by_key(|waiting| (waiting.pending.at, waiting.pending.id));
    }
}
