//! What is to be seen of a messenger, as plain data: for a widget that draws it, and for pages that draw it themselves.
//!
//! A thread may be long, so a widget is told what has changed: each [`View::changes`] leads from what the one before told to what is now.

use super::markdown::{Block, Inline, parse, plain};
use super::messenger::{Messenger, stars};
use super::outbox::{Pending, Progress};
use super::standings::Which;
use crate::protocol::conversation::{
    Attachment, Author, BEST, Entry, Event, FILE_LIMIT, MESSAGE_LIMIT, MessageText, Objection, Preview, Stage,
};
use crate::protocol::{
    ConversationId, Encoding, Field, JsonOutput, Kind, Message, MessageId, Output, Payload, push_hex,
};
use crate::time::{Instant, Timestamp};

/// Messages of one author within this time are a group, in milliseconds.
const GROUP: u64 = 120_000;

/// Most conversations that are listed.
const LISTED: usize = 100;

/// Characters of what was said last.
const EXCERPT: usize = 160;

/// Milliseconds of a day.
const DAY: u64 = 86_400_000;

/// What was told of a thread's rows.
#[derive(Debug, Default)]
pub struct View {
    told: Vec<Row>,
    /// Minutes by which the visitor's clock is ahead of UTC: days begin by it.
    offset: i32,
}

/// One row, without its text: that never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Row {
    key: Key,
    after: Option<Key>,
    is_first: bool,
    is_last: bool,
    state: State,
    /// Whether what it offers can still be answered.
    is_open: bool,
    /// Whether it is known what its address leads to.
    has_preview: bool,
    /// Whether it asks to sign in, and nothing has come of it yet.
    asks: bool,
    source: Source,
}

/// What a row is known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Message(MessageId),
    Day(u64),
    New,
    Rate(ConversationId),
}

/// What a row shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    /// The day that begins, as a moment in it.
    Day(Timestamp),
    New,
    /// The visitor is asked how it was.
    Rate,
    /// An index.
    Entry(usize, Author),
    /// An index.
    Waiting(usize),
}

/// How the visitor's message is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    None,
    Queued,
    Sending,
    Sent,
    Delivered,
    Read,
    /// The seconds until it is tried again, rounded up, are as of when the row was told.
    Held(Objection, Instant),
    Failed(Objection),
}

impl View {
    /// A view of which nothing was told. `offset`: minutes by which the visitor's clock is ahead of UTC.
    pub fn new(offset: i32) -> Self {
        Self { told: Vec::new(), offset }
    }

    /// JSON of `{top, rows, gone}`: what is to be seen besides the thread; its rows that are new or changed, in order, each with the
    /// key of the one before it; and the keys of those that are gone.
    pub fn changes(&mut self, messenger: &Messenger, link: &str, now: Instant) -> String {
        let rows = self.rows(messenger);
        let pairs = || self.told.iter().zip(&rows);
        let head = pairs().take_while(|(old, new)| is_same(old, new)).count();
        let most = self.told.len().min(rows.len()) - head;
        let tail =
            self.told.iter().rev().zip(rows.iter().rev()).take(most).take_while(|(old, new)| is_same(old, new)).count();
        let changed = &rows[head..rows.len() - tail];
        let old = &self.told[head..self.told.len() - tail];
        let gone: Vec<_> =
            old.iter().map(|row| row.key).filter(|key| changed.iter().all(|row| row.key != *key)).collect();
        let text = write(messenger, link, now, changed, Some(&gone));
        self.told = rows;
        text
    }

    /// The whole: JSON of `{top, rows}`.
    pub fn whole(&self, messenger: &Messenger, link: &str, now: Instant) -> String {
        write(messenger, link, now, &self.rows(messenger), None)
    }

    fn rows(&self, messenger: &Messenger) -> Vec<Row> {
        let mut rows =
            Rows { rows: Vec::with_capacity(self.told.len() + 4), offset: self.offset, group: None, day: None };
        let front = messenger.in_front();
        let received = messenger.received();
        let has = |seq: u64, up_to: fn((u64, u64)) -> u64| received.is_some_and(|received| seq <= up_to(received));
        for (index, entry) in messenger.thread.entries().enumerate() {
            if front.is_some_and(|conversation| entry.conversation != conversation) {
                continue;
            }
            rows.begin_day(entry.at);
            if messenger.new_from() == Some(entry.seq) {
                rows.push(Key::New, Source::New, State::None);
                rows.group = None;
            }
            let state = match entry.author {
                Author::Visitor if entry.text.is_none() || received.is_none() => State::None,
                Author::Visitor if has(entry.seq, |(_, read)| read) => State::Read,
                Author::Visitor if has(entry.seq, |(delivered, _)| delivered) => State::Delivered,
                Author::Visitor => State::Sent,
                _ => State::None,
            };
            if entry.rating.is_some() {
                rows.push(Key::Message(entry.id), Source::Entry(index, entry.author), state);
                rows.group = None;
            } else if entry.text.is_some() {
                rows.message(entry.id, entry.author, entry.at, state, Source::Entry(index, entry.author));
                if let Some(row) = rows.rows.last_mut() {
                    row.has_preview = entry.preview.is_some();
                }
            } else if entry.event.as_deref().and_then(Event::from_word).is_some() {
                rows.push(Key::Message(entry.id), Source::Entry(index, entry.author), State::None);
                rows.group = None;
            }
        }
        let asked = asked_to_sign_in(messenger).map(Key::Message);
        // Whatever the visitor said since is an answer, and so is the end.
        if let Some(last) = rows.rows.last_mut().filter(|_| !messenger.has_waiting()) {
            last.is_open = matches!(last.source, Source::Entry(_, Author::Bot | Author::Agent));
        }
        for row in rows.rows.iter_mut().filter(|row| asked == Some(row.key)) {
            row.asks = true;
        }
        if let Some(conversation) = messenger.to_rate() {
            rows.push(Key::Rate(conversation), Source::Rate, State::None);
            rows.group = None;
        }
        for (index, waiting) in messenger.waiting.iter().enumerate() {
            if !messenger.is_in_front(waiting) {
                continue;
            }
            rows.begin_day(waiting.pending.at);
            let state = match waiting.progress {
                Progress::Queued => State::Queued,
                Progress::Sent(_) => State::Sending,
                Progress::Held(objection, until) => State::Held(objection, until),
                Progress::Failed(objection) => State::Failed(objection),
            };
            rows.message(waiting.pending.id, Author::Visitor, waiting.pending.at, state, Source::Waiting(index));
        }
        rows.rows
    }
}

/// JSON of `{list}`: the conversations of which something is known, first those in which something waits to be sent, then the latest first, at
/// most 100; each with how far it has come, how much of it is not read, and when something was last said in it, by whom, and the beginning of
/// that.
pub fn conversations(messenger: &Messenger) -> String {
    let mut found = Parts(Vec::new());
    for waiting in messenger.waiting.iter().rev().filter(|waiting| waiting.pending.rating.is_none()) {
        let Pending { which, at, text, .. } = &waiting.pending;
        // What waits for the current one is told with it.
        if let Some(part) = which.id().and_then(|conversation| found.of(conversation)) {
            part.which = *which;
            part.last = part.last.or(Some((*at, Author::Visitor, text)));
        }
    }
    for entry in messenger.thread.entries().rev() {
        let Some(part) = found.of(entry.conversation) else { continue };
        part.which = Which::One(entry.conversation);
        if let (Some(text), None) = (&entry.text, entry.rating) {
            part.last = part.last.or(Some((entry.at, entry.author, text)));
            part.name = part.name.or(entry.name.as_deref().filter(|_| entry.author != Author::Visitor));
        }
    }
    for known in messenger.standings.iter() {
        let part = known.standing.conversation.and_then(|conversation| found.of(conversation));
        if let Some(part) = part {
            part.name = part.name.or(known.standing.agent.as_deref());
        }
    }
    let mut list = found.0;
    let goes_on = |part: &Part<'_>| matches!(messenger.state_of(part.which.id()).0, Stage::Waiting | Stage::Open);
    list.retain(|part| part.last.is_some() || goes_on(part));
    let mut out = JsonOutput::default();
    out.record(&mut |out| {
        self::list(out, "list", list.len(), &mut |index, out| {
            let Part { which, last, name } = &list[index];
            let (stage, unread) = messenger.state_of(which.id());
            out.record(&mut |out| {
                text(out, "conversation", &which.to_text());
                text(out, "stage", stage.as_str());
                number(out, "unread", unread.into());
                if let Some(name) = name {
                    text(out, "name", name);
                }
                if let Some((at, author, words)) = last {
                    number(out, "at", at.as_millis());
                    text(out, "author", author.as_str());
                    let words = words.as_str();
                    let read = if *author == Author::Visitor { words.to_owned() } else { super::read_out(words) };
                    text(out, "excerpt", &read.chars().take(EXCERPT).collect::<String>());
                }
            });
        });
    });
    out.into_text()
}

/// A conversation of a thread.
struct Part<'a> {
    which: Which,
    /// What was said last in it: when, by whom, what.
    last: Option<(Timestamp, Author, &'a MessageText)>,
    /// Who answered last.
    name: Option<&'a str>,
}

/// Those that were found, each once.
struct Parts<'a>(Vec<Part<'a>>);

impl<'a> Parts<'a> {
    /// This one; absent where too many are known.
    fn of(&mut self, conversation: ConversationId) -> Option<&mut Part<'a>> {
        // Most of what follows is of the one before.
        let known = self.0.iter().rposition(|part| part.which.id() == Some(conversation));
        let at = known.or_else(|| {
            let is_more = self.0.len() < LISTED;
            is_more.then(|| self.0.push(Part { which: Which::One(conversation), last: None, name: None }))?;
            Some(self.0.len() - 1)
        })?;
        self.0.get_mut(at)
    }
}

/// Whether two rows look the same: an entry's index changes when earlier ones come.
fn is_same(old: &Row, new: &Row) -> bool {
    Row { source: Source::New, ..*old } == Row { source: Source::New, ..*new }
}

/// Rows that are being laid out.
struct Rows {
    rows: Vec<Row>,
    offset: i32,
    /// Who wrote the last row and when, while it can go on.
    group: Option<(Author, Timestamp)>,
    day: Option<u64>,
}

impl Rows {
    fn push(&mut self, key: Key, source: Source, state: State) {
        let after = self.rows.last().map(|row| row.key);
        self.rows.push(Row {
            key,
            after,
            is_first: true,
            is_last: true,
            state,
            is_open: false,
            asks: false,
            has_preview: false,
            source,
        });
    }

    fn begin_day(&mut self, at: Timestamp) {
        let local = at.as_millis().saturating_add_signed(i64::from(self.offset) * 60_000);
        let day = local / DAY;
        // Clocks differ: a day that has begun does not begin again.
        if self.day.is_none_or(|known| known < day) {
            self.day = Some(day);
            self.push(Key::Day(day), Source::Day(at), State::None);
            self.group = None;
        }
    }

    fn message(&mut self, id: MessageId, author: Author, at: Timestamp, state: State, source: Source) {
        let goes_on = self.group.is_some_and(|(of, last)| of == author && at.as_millis() < last.as_millis() + GROUP);
        if let Some(last) = self.rows.last_mut().filter(|_| goes_on) {
            last.is_last = false;
        }
        self.push(Key::Message(id), source, state);
        if let Some(row) = self.rows.last_mut() {
            row.is_first = !goes_on;
        }
        self.group = Some((author, at));
    }
}

/// The message by which an agent asks the visitor to sign in, while that is open.
fn asked_to_sign_in(messenger: &Messenger) -> Option<MessageId> {
    let event = |entry: &Entry| entry.event.as_deref().and_then(Event::from_word);
    let last = messenger.thread.latest(0, &mut |entry| {
        let is_meant = matches!(
            event(entry),
            Some(Event::SignInAsked | Event::SignedIn | Event::SignInDeclined | Event::SignInExpired | Event::Ended)
        );
        is_meant && messenger.shows(entry)
    });
    last.filter(|last| event(last) == Some(Event::SignInAsked)).map(|last| last.id)
}

fn write(messenger: &Messenger, link: &str, now: Instant, rows: &[Row], gone: Option<&[Key]>) -> String {
    let mut out = JsonOutput::default();
    out.record(&mut |out| {
        out.key(named("top"), Kind::Sized);
        out.record(&mut |out| top(messenger, link, out));
        list(out, "rows", rows.len(), &mut |index, out| row(messenger, &rows[index], now, out));
        if let Some(gone) = gone {
            list(out, "gone", gone.len(), &mut |index, out| out.text(&text_of(gone[index])));
        }
    });
    out.into_text()
}

fn top(messenger: &Messenger, link: &str, out: &mut dyn Output) {
    text(out, "stage", messenger.stage().as_str());
    text(out, "link", link);
    if let Some((name, is_bot)) = messenger.who() {
        out.key(named("who"), Kind::Sized);
        out.record(&mut |out| {
            text(out, "name", name);
            text(out, "kind", if is_bot { "bot" } else { "agent" });
        });
    }
    if let Some(place) = messenger.place() {
        number(out, "place", place.place.into());
        if let (Some(from), Some(to)) = (place.wait_from, place.wait_to) {
            list(out, "wait", 2, &mut |index, out| out.unsigned([from, to][index].div_ceil(60).into()));
        }
    }
    if let Some(name) = messenger.typing() {
        text(out, "typing", name);
    }
    number(out, "unread", messenger.unread().into());
    let front = messenger.front();
    if front != Which::Current {
        text(out, "front", &front.to_text());
    }
    if messenger.has_several() {
        flag(out, "several", true);
        number(out, "elsewhere", messenger.unread_elsewhere().into());
        flag(out, "isFull", messenger.is_full());
        flag(out, "hasOlder", messenger.has_older());
    }
    let earlier = match (messenger.is_loading_earlier(), messenger.has_earlier()) {
        (true, _) => "loading",
        (false, true) => "some",
        (false, false) => "none",
    };
    text(out, "earlier", earlier);
    flag(out, "isLoading", messenger.is_loading());
    if let Some(terms) = messenger.terms() {
        if let Some(is_open) = terms.is_open {
            flag(out, "isOpen", is_open);
        }
        if let Some(at) = terms.opens_at {
            number(out, "opensAt", at.as_millis());
        }
        if let Some(days) = terms.kept_days {
            number(out, "keptDays", days.into());
        }
    }
    if let Some(form) = messenger.pre_chat() {
        out.key(named("preChat"), Kind::Sized);
        out.raw(Payload::encode_rich(form, Encoding::Json).as_message());
    }
    number(out, "limit", MESSAGE_LIMIT as u64);
    number(out, "fileLimit", FILE_LIMIT);
}

fn row(messenger: &Messenger, row: &Row, now: Instant, out: &mut dyn Output) {
    out.record(&mut |out| {
        text(out, "key", &text_of(row.key));
        if let Some(after) = row.after {
            text(out, "after", &text_of(after));
        }
        match row.source {
            Source::Day(at) => {
                text(out, "kind", "day");
                number(out, "at", at.as_millis());
            }
            Source::New => text(out, "kind", "new"),
            Source::Rate => {
                text(out, "kind", "rate");
                number(out, "best", BEST.into());
            }
            Source::Entry(index, _) => {
                if let Some(entry) = messenger.thread.entries().nth(index) {
                    self::entry(entry, row, now, out);
                }
            }
            Source::Waiting(index) => {
                if let Some(waiting) = messenger.waiting.get(index) {
                    let Pending { text, at, file, rating, .. } = &waiting.pending;
                    let score = rating.as_ref().map(|rating| rating.score);
                    message((text, file.as_ref(), score), Author::Visitor, *at, None, row, now, out);
                }
            }
        }
    });
}

fn entry(entry: &Entry, row: &Row, now: Instant, out: &mut dyn Output) {
    match (&entry.text, &entry.event) {
        (Some(text), _) => {
            let what = (text, entry.file.as_ref(), entry.rating);
            message(what, entry.author, entry.at, entry.name.as_deref(), row, now, out);
            if row.asks {
                flag(out, "asksToSignIn", true);
            }
            if let Some(found) = &entry.preview {
                out.key(named("link"), Kind::Sized);
                out.record(&mut |out| preview(found, out));
            }
            if let Some(rich) = entry.rich.as_ref().and_then(|offered| offered.0.as_ref()) {
                out.key(named("rich"), Kind::Sized);
                out.raw(Payload::encode_rich(rich, Encoding::Json).as_message());
                flag(out, "isOpen", row.is_open);
            }
        }
        (None, event) => {
            text(out, "kind", "event");
            number(out, "at", entry.at.as_millis());
            text(out, "event", event.as_deref().unwrap_or_default());
            if let Some(name) = &entry.name {
                text(out, "name", name);
            }
        }
    }
}

fn message(
    (what, file, score): (&MessageText, Option<&Attachment>, Option<u32>),
    author: Author,
    at: Timestamp,
    name: Option<&str>,
    row: &Row,
    now: Instant,
    out: &mut dyn Output,
) {
    text(out, "kind", "message");
    number(out, "at", at.as_millis());
    text(out, "author", author.as_str());
    if let Some(name) = name {
        text(out, "name", name);
    }
    flag(out, "isFirst", row.is_first);
    flag(out, "isLast", row.is_last);
    let (state, objection, again) = match row.state {
        State::None => (None, None, None),
        State::Queued => (Some("queued"), None, None),
        State::Sending => (Some("sending"), None, None),
        State::Sent => (Some("sent"), None, None),
        State::Delivered => (Some("delivered"), None, None),
        State::Read => (Some("read"), None, None),
        State::Held(objection, until) => (Some("queued"), Some(objection), Some(until.since(now))),
        State::Failed(objection) => (Some("failed"), Some(objection), None),
    };
    if let Some(state) = state {
        text(out, "state", state);
    }
    if let Some(objection) = objection {
        text(out, "reason", objection.as_str());
    }
    if let Some(again) = again {
        number(out, "retryAfter", again.as_secs() + 1);
    }
    if let Some(file) = file {
        out.key(named("file"), Kind::Sized);
        out.record(&mut |out| attachment(file, out));
    }
    if let Some(score) = score {
        number(out, "score", score.into());
    }
    let blocks = match author {
        // Drawn by its score.
        _ if score.is_some_and(|score| what.as_str() == stars(score)) => Vec::new(),
        // The name of its file is shown with that.
        _ if file.is_some_and(|file| file.is_named(what)) => Vec::new(),
        // What visitors type is not meant as Markdown.
        Author::Visitor => plain(what.as_str()),
        _ => parse(what.as_str()),
    };
    list(out, "blocks", blocks.len(), &mut |index, out| block(&blocks[index], out));
}

fn attachment(file: &Attachment, out: &mut dyn Output) {
    text(out, "id", &file.id.to_string());
    text(out, "name", &file.name);
    text(out, "type", &file.media);
    number(out, "size", file.size);
    if let Some((width, height)) = file.picture() {
        number(out, "width", width.into());
        number(out, "height", height.into());
    }
    if let Some(scan) = file.scan {
        text(out, "scan", scan.as_str());
    }
}

fn preview(preview: &Preview, out: &mut dyn Output) {
    text(out, "address", &preview.address);
    text(out, "title", &preview.title);
    for (name, value) in [("text", &preview.text), ("site", &preview.site)] {
        if let Some(value) = value {
            text(out, name, value);
        }
    }
    if let (Some(image), Some(width), Some(height)) = (preview.image, preview.width, preview.height) {
        text(out, "image", &image.to_string());
        number(out, "width", width.into());
        number(out, "height", height.into());
    }
}

fn block(block: &Block, out: &mut dyn Output) {
    out.record(&mut |out| match block {
        Block::Paragraph(parts) => inlines(out, "p", parts),
        Block::List { is_ordered, first, items } => {
            list(out, "list", items.len(), &mut |index, out| out.raw(&array(&items[index])));
            if *is_ordered {
                number(out, "first", u64::from(*first));
            }
        }
        Block::Quote(blocks) => list(out, "quote", blocks.len(), &mut |index, out| self::block(&blocks[index], out)),
        Block::Code(code) => text(out, "code", code),
    });
}

fn inline(part: &Inline, out: &mut dyn Output) {
    out.record(&mut |out| match part {
        Inline::Text(words) => text(out, "text", words),
        Inline::Strong(parts) => inlines(out, "strong", parts),
        Inline::Emphasis(parts) => inlines(out, "em", parts),
        Inline::Strike(parts) => inlines(out, "strike", parts),
        Inline::Code(code) => text(out, "code", code),
        Inline::Link { address, label } => {
            text(out, "link", address);
            inlines(out, "label", label);
        }
        Inline::Break => flag(out, "br", true),
    });
}

/// A list within a list: no field of the protocol is one.
fn array(parts: &[Inline]) -> Message {
    let mut text = String::from("[");
    for part in parts {
        if text.len() > 1 {
            text.push(',');
        }
        let mut out = JsonOutput::default();
        inline(part, &mut out);
        text.push_str(&out.into_text());
    }
    text.push(']');
    Message::Text(text)
}

fn inlines(out: &mut dyn Output, name: &'static str, parts: &[Inline]) {
    list(out, name, parts.len(), &mut |index, out| inline(&parts[index], out));
}

fn list(out: &mut dyn Output, name: &'static str, count: usize, write: &mut dyn FnMut(usize, &mut dyn Output)) {
    out.list(named(name), Kind::Sized, count, write);
}

fn text(out: &mut dyn Output, name: &'static str, value: &str) {
    out.key(named(name), Kind::Sized);
    out.text(value);
}

fn number(out: &mut dyn Output, name: &'static str, value: u64) {
    out.key(named(name), Kind::Varint);
    out.unsigned(value);
}

fn flag(out: &mut dyn Output, name: &'static str, value: bool) {
    out.key(named(name), Kind::Varint);
    out.flag(value);
}

const fn named(name: &'static str) -> Field {
    Field { tag: 0, name }
}

fn text_of(key: Key) -> String {
    match key {
        Key::Message(id) => {
            let mut text = String::with_capacity(32);
            push_hex(&mut text, id.as_bytes());
            text
        }
        Key::Day(day) => String::from("day-") + &day.to_string(),
        Key::New => "new".into(),
        Key::Rate(conversation) => String::from("rate-") + &conversation.to_string(),
    }
}
