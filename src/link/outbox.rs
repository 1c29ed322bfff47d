//! Payloads that are not yet acknowledged.
//!
//! A payload gets its number when it is first sent, not when it is queued: so the oldest unsent one can be dropped when the
//! queue is full, and the numbers on the wire still have no gap.

use core::fmt;
use core::time::Duration;
use std::collections::VecDeque;

use crate::protocol::{Data, Encoding, Message, Payload, SourceId};
use crate::time::Instant;

/// Most payloads that wait to be sent; the oldest is dropped and counted.
pub const OUTBOX_ENTRIES: usize = 1_000;

/// Most bytes (binary encoding) that wait to be sent.
pub const OUTBOX_BYTES: usize = 256 * 1024;

/// Most payloads in flight, sent and not acknowledged.
pub const WINDOW: usize = 128;

/// What is in flight is sent again when no acknowledgement came for so long.
pub const RESEND_AFTER: Duration = Duration::from_secs(4);

/// Numbered payloads in flight, then unnumbered ones in the order in which they were queued.
#[derive(Debug)]
pub(super) struct Outbox {
    entries: VecDeque<Payload>,
    /// How many at the front are numbered; the last of them is `last_seq`.
    numbered: usize,
    /// The highest number given so far.
    last_seq: u64,
    /// How many of the numbered ones were sent on this socket.
    sent: usize,
    bytes: usize,
    dropped: u64,
    resend_at: Option<Instant>,
}

impl Outbox {
    pub(super) fn new() -> Self {
        Self { entries: VecDeque::new(), numbered: 0, last_seq: 0, sent: 0, bytes: 0, dropped: 0, resend_at: None }
    }

    pub(super) fn restore(snapshot: Snapshot) -> Self {
        let mut outbox = Self::new();
        outbox.last_seq = snapshot.last_seq;
        outbox.dropped = snapshot.dropped;
        for body in snapshot.bodies {
            outbox.push(body);
        }
        outbox.numbered = snapshot.numbered.min(outbox.entries.len());
        outbox
    }

    pub(super) fn snapshot(&self, source: SourceId) -> Snapshot {
        Snapshot {
            source,
            last_seq: self.last_seq,
            numbered: self.numbered,
            dropped: self.dropped,
            bodies: self.entries.iter().cloned().collect(),
        }
    }

    /// Queues a payload; drops the oldest unnumbered ones where a limit is passed.
    pub(super) fn push(&mut self, body: Payload) {
        self.bytes += body.len();
        self.entries.push_back(body);
        while (self.entries.len() > OUTBOX_ENTRIES || self.bytes > OUTBOX_BYTES)
            && self.entries.len() > self.numbered + 1
        {
            if let Some(dropped) = self.entries.remove(self.numbered) {
                self.bytes -= dropped.len();
                self.dropped += 1;
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn dropped(&self) -> u64 {
        self.dropped
    }

    pub(super) fn is_full(&self) -> bool {
        self.entries.len() >= OUTBOX_ENTRIES || self.bytes >= OUTBOX_BYTES
    }

    /// Everything up to `received` is kept by the other side. True when that was news.
    ///
    /// A number beyond ours means that we sent it before a crash and did not save that: the payloads are the same, in
    /// the same order, so they count as received.
    pub(super) fn acknowledge(&mut self, received: u64, now: Instant) -> bool {
        while self.last_seq < received && self.numbered < self.entries.len() {
            self.numbered += 1;
            self.last_seq += 1;
        }
        let first = self.last_seq + 1 - self.numbered as u64;
        let mut is_news = false;
        for _ in first..=received.min(self.last_seq) {
            if let Some(kept) = self.entries.pop_front() {
                self.bytes -= kept.len();
                self.numbered -= 1;
                self.sent = self.sent.saturating_sub(1);
                is_news = true;
            }
        }
        self.last_seq = self.last_seq.max(received);
        if is_news {
            self.resend_at = (self.sent > 0).then(|| now + RESEND_AFTER);
        }
        is_news
    }

    /// The next payload to send on this socket; `None` when all are sent or the window is full.
    pub(super) fn next(&mut self, now: Instant) -> Option<Data> {
        if self.sent == WINDOW {
            return None;
        }
        let body = self.entries.get(self.sent)?.clone();
        if self.sent == self.numbered {
            self.numbered += 1;
            self.last_seq += 1;
        }
        self.sent += 1;
        self.resend_at.get_or_insert(now + RESEND_AFTER);
        let seq = self.last_seq - (self.numbered - self.sent) as u64;
        Some(Data { seq, body })
    }

    /// Sends again from number `expected`; numbers that were never given are ignored.
    pub(super) fn rewind_to(&mut self, expected: u64) {
        let first = self.last_seq + 1 - self.numbered as u64;
        if (first..=self.last_seq).contains(&expected) {
            self.sent = self.sent.min((expected - first) as usize);
        }
    }

    /// Sends everything again: the socket is new, or nothing was acknowledged for long.
    pub(super) fn rewind(&mut self) {
        self.sent = 0;
        self.resend_at = None;
    }

    /// When to call [`Outbox::rewind`] if no acknowledgement comes.
    pub(super) fn resend_at(&self) -> Option<Instant> {
        self.resend_at
    }

    /// Whether `received` is lower than what the other side acknowledged before: it lost its data, or erased us.
    pub(super) fn is_forgotten(&self, received: u64) -> bool {
        received < self.last_seq - self.numbered as u64
    }

    /// Starts numbering after `received`; what is in flight gets new numbers.
    pub(super) fn renumber(&mut self, received: u64) {
        self.rewind();
        self.numbered = 0;
        self.last_seq = received;
    }
}

/// What must outlive the page so that no payload is lost over a reload.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    source: SourceId,
    last_seq: u64,
    numbered: usize,
    dropped: u64,
    bodies: Vec<Payload>,
}

/// A stored text is not a snapshot, or of an older version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadSnapshot;

impl fmt::Display for BadSnapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the stored outbox cannot be read")
    }
}

impl core::error::Error for BadSnapshot {}

impl Snapshot {
    /// Nothing sent, nothing waiting.
    pub const fn empty(source: SourceId) -> Self {
        Self { source, last_seq: 0, numbered: 0, dropped: 0, bodies: Vec::new() }
    }

    /// Who numbers the payloads.
    pub const fn source(&self) -> SourceId {
        self.source
    }

    /// Drops what waits in another encoding than `encoding`: a link has one, and the page's was changed meanwhile.
    #[must_use]
    pub fn in_encoding(mut self, encoding: Encoding) -> Self {
        if self.bodies.iter().any(|body| body.encoding() != encoding) {
            self.dropped += self.bodies.len() as u64;
            self.bodies.clear();
            self.numbered = 0;
        }
        self
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.bodies.is_empty()
    }

    /// One line of numbers, then one payload a line: JSON as it is, bytes as hexadecimal digits.
    pub fn to_text(&self) -> String {
        let mut text = format!("1 {} {} {} {}", self.source, self.last_seq, self.numbered, self.dropped);
        for body in &self.bodies {
            text.push('\n');
            match body.as_message() {
                Message::Text(json) => text.push_str(json),
                Message::Binary(bytes) => bytes.iter().for_each(|byte| push_byte(&mut text, *byte)),
            }
        }
        text
    }

    /// Reads what [`Snapshot::to_text`] wrote.
    ///
    /// # Errors
    /// [`BadSnapshot`] when anything in it is not as written: storage belongs to the page, anybody may have changed it.
    pub fn from_text(text: &str) -> Result<Self, BadSnapshot> {
        let mut lines = text.lines();
        let mut head = lines.next().unwrap_or_default().split(' ');
        let mut word = || head.next().ok_or(BadSnapshot);
        if word()? != "1" {
            return Err(BadSnapshot);
        }
        let source = word()?.parse().map_err(|_| BadSnapshot)?;
        let mut number = || word()?.parse::<u64>().map_err(|_| BadSnapshot);
        let (last_seq, numbered, dropped) = (number()?, number()?, number()?);
        let bodies: Vec<Payload> = lines
            .take(OUTBOX_ENTRIES)
            .map(|line| match line.starts_with('{') {
                true => Some(Message::Text(line.to_owned())),
                false => parse_bytes(line).map(Message::Binary),
            })
            .map(|message| message.map(Payload::from_message).ok_or(BadSnapshot))
            .collect::<Result<_, _>>()?;
        let numbered = usize::try_from(numbered).map_err(|_| BadSnapshot)?;
        if numbered > bodies.len() || numbered as u64 > last_seq || last_seq > u64::MAX / 2 {
            return Err(BadSnapshot);
        }
        Ok(Self { source, last_seq, numbered, dropped, bodies })
    }
}

fn push_byte(text: &mut String, byte: u8) {
    for nibble in [byte >> 4, byte & 0xf] {
        text.push(char::from_digit(nibble.into(), 16).unwrap_or('0'));
    }
}

fn parse_bytes(line: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    let pairs = line.as_bytes().chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    pairs.map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Body, Topic, Watch};

    const NOW: Instant = Instant::at(Duration::ZERO);

    fn body() -> Payload {
        Payload::encode(&Body::Watch(Watch { topic: Topic::Live }), Encoding::Binary)
    }

    fn sent(outbox: &mut Outbox) -> Vec<u64> {
        core::iter::from_fn(|| outbox.next(NOW)).map(|data| data.seq).collect()
    }

    #[test]
    fn numbers_have_no_gap_when_the_oldest_unsent_payloads_are_dropped() {
        let mut outbox = Outbox::new();
        outbox.push(body());
        assert_eq!(sent(&mut outbox), [1]);
        for _ in 0..OUTBOX_ENTRIES + 9 {
            outbox.push(body());
        }
        assert_eq!((outbox.len(), outbox.dropped()), (OUTBOX_ENTRIES, 10));
        assert_eq!(sent(&mut outbox), (2..=WINDOW as u64).collect::<Vec<_>>());
    }

    #[test]
    fn what_is_in_flight_keeps_its_numbers_over_a_reload() {
        let mut outbox = Outbox::new();
        (0..3).for_each(|_| outbox.push(body()));
        assert_eq!(sent(&mut outbox), [1, 2, 3]);
        assert!(outbox.acknowledge(1, NOW));
        outbox.push(body());
        let text = outbox.snapshot(SourceId::from_bytes([1; 16])).to_text();
        let mut restored = Outbox::restore(Snapshot::from_text(&text).unwrap());
        assert_eq!(sent(&mut restored), [2, 3, 4]);
    }

    #[test]
    fn a_number_sent_before_a_crash_and_not_saved_counts_as_received() {
        let mut outbox = Outbox::new();
        (0..3).for_each(|_| outbox.push(body()));
        outbox.acknowledge(2, NOW);
        assert_eq!(outbox.len(), 1);
        assert_eq!(sent(&mut outbox), [3]);
    }

    #[test]
    fn a_gap_is_filled_from_the_number_that_is_expected() {
        let mut outbox = Outbox::new();
        (0..4).for_each(|_| outbox.push(body()));
        assert_eq!(sent(&mut outbox), [1, 2, 3, 4]);
        outbox.rewind_to(3);
        outbox.rewind_to(99);
        assert_eq!(sent(&mut outbox), [3, 4]);
    }

    #[test]
    fn a_snapshot_that_somebody_changed_is_refused() {
        let good = Outbox::new().snapshot(SourceId::from_bytes([1; 16])).to_text();
        assert!(Snapshot::from_text(&good).is_ok());
        let lying = good.replace(" 0 0 0", " 0 5 0");
        for bad in ["", "1", "2 x 0 0 0", "1 zz 0 0 0", &lying, &format!("{good}\nnot json")] {
            assert_eq!(Snapshot::from_text(bad), Err(BadSnapshot), "{bad}");
        }
    }
}
