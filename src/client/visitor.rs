//! What one visitor's page needs: a link, the visit, and the rules of what is recorded.

use core::fmt;
use core::time::Duration;
use std::collections::VecDeque;

use crate::journey::Visit;
use crate::link::{Link, LinkOutput, LinkStatus, Snapshot};
use crate::mask::{UrlRules, clip, scrub, scrub_url};
use crate::protocol::{
    ATTRIBUTE_LIMIT, Attribute, AttributeValue, Custom, Encoding, Forget, HubFrame, JourneyEvent, JourneyKind, Message,
    NAME_LIMIT, Number, PageView, Party, Payload, Search, VisitId, VisitorBody, VisitorId, VisitorParty, VisitorToken,
};
use crate::time::{Instant, Timestamp};

/// The same term within this time is one search: a form's submission and the page that it leads to.
const SAME_SEARCH: Duration = Duration::from_secs(5);

/// Longest flush in bytes: browsers refuse beacons above 64 KiB.
const FLUSH_LIMIT: usize = 60_000;

/// What the customer chose.
#[derive(Clone, Debug)]
pub struct VisitorOptions {
    /// The deployment, as in the script tag.
    pub deployment: String,
    /// How frames are encoded.
    pub encoding: Encoding,
    /// What of an address is sent.
    pub url_rules: UrlRules,
}

/// The page as the browser shows it, unmasked.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// `location.href`
    pub url: &'a str,
    /// `document.title`
    pub title: &'a str,
    /// `document.referrer`, or the page before in a single-page application.
    pub referrer: &'a str,
    /// `document.documentElement.lang`
    pub language: &'a str,
    /// Viewport in CSS pixels.
    pub size: (u32, u32),
    /// `navigator.webdriver`
    pub is_automated: bool,
}

/// When something happens, and what the browser's tabs agree on.
#[derive(Clone, Copy, Debug)]
pub struct Occasion {
    /// By the page's monotonic clock.
    pub now: Instant,
    /// By the wall clock.
    pub wall: Timestamp,
    /// The visit that is stored, perhaps by another tab.
    pub stored: Option<Visit>,
    /// Random; becomes the id of a visit that begins.
    pub fresh: VisitId,
}

/// What a visitor's client wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum VisitorOutput {
    /// Open a socket.
    Open,
    /// Send this on it.
    Send(Message),
    /// Close it.
    Close,
    /// [`VisitorClient::snapshot`] changed: store it soon.
    Save,
    /// The visit changed: store it now, for the other tabs.
    SaveVisit(Visit),
    /// [`VisitorClient::status`] changed.
    Status,
    /// A message of a shared page came: an encoded [`RelayBody`](crate::protocol::RelayBody).
    Relayed(Message),
}

/// Why something was not recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordError {
    /// The name of an event or attribute is empty or longer than [`NAME_LIMIT`] bytes.
    Name,
    /// More than [`ATTRIBUTE_LIMIT`] attributes.
    TooManyAttributes,
    /// The term of a search is empty.
    EmptyTerm,
}

impl RecordError {
    /// For programs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Name => "bad-name",
            Self::TooManyAttributes => "too-many-attributes",
            Self::EmptyTerm => "empty-term",
        }
    }

    /// For people.
    pub const fn message(self) -> &'static str {
        match self {
            Self::Name => "names of events and attributes have 1 to 64 bytes",
            Self::TooManyAttributes => "an event has at most 40 attributes",
            Self::EmptyTerm => "a search term cannot be empty",
        }
    }
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl core::error::Error for RecordError {}

/// One value of a custom event, unmasked.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Text.
    Text(String),
    /// A number.
    Number(Number),
    /// True or false.
    Flag(bool),
}

/// The machine of one visitor's page.
#[derive(Debug)]
pub struct VisitorClient {
    link: Link,
    options: VisitorOptions,
    visit: Option<Visit>,
    last_search: Option<(String, Instant)>,
    outputs: VecDeque<VisitorOutput>,
}

impl VisitorClient {
    /// A client that is not started; `snapshot` is what an earlier page saved.
    pub fn new(options: VisitorOptions, token: VisitorToken, snapshot: Snapshot) -> Self {
        let party = Party::Visitor(VisitorParty { deployment: options.deployment.clone(), token });
        let snapshot = snapshot.in_encoding(options.encoding);
        Self { link: Link::new(party, snapshot), options, visit: None, last_search: None, outputs: VecDeque::new() }
    }

    /// Starts, or tries again at once.
    pub fn start(&mut self, now: Instant) {
        self.link.start(now);
        self.drain();
    }

    /// Ends the link; what waits stays in the snapshot.
    pub fn stop(&mut self) {
        self.link.stop();
        self.drain();
    }

    /// Records that a page is shown, and the search that its address tells of.
    pub fn view_page(&mut self, page: Page<'_>, occasion: Occasion) {
        let some = |text: &str| (!text.is_empty()).then(|| clip(text, NAME_LIMIT));
        let view = PageView {
            url: scrub_url(page.url, &self.options.url_rules),
            title: scrub(page.title),
            referrer: (!page.referrer.is_empty()).then(|| scrub_url(page.referrer, &self.options.url_rules)),
            language: some(page.language),
            width: Some(page.size.0),
            height: Some(page.size.1),
            is_automated: page.is_automated.then_some(true),
        };
        self.record(JourneyKind::PageViewed(view), occasion);
    }

    /// Records a search; the same term within 5 s counts once.
    ///
    /// # Errors
    /// [`RecordError::EmptyTerm`].
    pub fn search(&mut self, term: &str, occasion: Occasion) -> Result<(), RecordError> {
        let term = term.trim();
        if term.is_empty() {
            return Err(RecordError::EmptyTerm);
        }
        let is_same = |last: &(String, Instant)| last.0 == term && occasion.now.since(last.1) < SAME_SEARCH;
        if !self.last_search.as_ref().is_some_and(is_same) {
            self.last_search = Some((term.to_owned(), occasion.now));
            self.record(JourneyKind::SearchPerformed(Search { term: scrub(term) }), occasion);
        }
        Ok(())
    }

    /// Records an event that the customer's page names.
    ///
    /// # Errors
    /// [`RecordError`]; nothing is recorded then.
    pub fn record_custom(
        &mut self,
        name: &str,
        attributes: &[(String, Value)],
        occasion: Occasion,
    ) -> Result<(), RecordError> {
        let is_name = |name: &str| (1..=NAME_LIMIT).contains(&name.len());
        if !is_name(name) || !attributes.iter().all(|(name, _)| is_name(name)) {
            return Err(RecordError::Name);
        }
        if attributes.len() > ATTRIBUTE_LIMIT {
            return Err(RecordError::TooManyAttributes);
        }
        let attributes = attributes
            .iter()
            .map(|(name, value)| Attribute {
                name: scrub(name),
                value: match value {
                    Value::Text(text) => AttributeValue::Text(clip(text, crate::protocol::TEXT_LIMIT)),
                    Value::Number(number) => AttributeValue::Number(number.clone()),
                    Value::Flag(flag) => AttributeValue::Flag(*flag),
                },
            })
            .collect();
        self.record(JourneyKind::Custom(Custom { name: scrub(name), attributes }), occasion);
        Ok(())
    }

    /// Asks the hub to erase this visitor.
    pub fn forget(&mut self, occasion: Occasion) {
        self.record(JourneyKind::Forget(Forget {}), occasion);
    }

    /// Sends a message of a shared page, encoded already; it is lost where the link is not up.
    pub fn relay(&mut self, body: Message) {
        self.link.relay(Payload::from_message(body));
        self.drain();
    }

    /// The socket is open.
    pub fn handle_open(&mut self, now: Instant, wall: Timestamp) {
        self.link.handle_open(now, wall);
        self.drain();
    }

    /// The socket is closed or could not be opened. `jitter` is random, from 0 up to 1.
    pub fn handle_closed(&mut self, now: Instant, jitter: f64) {
        self.link.handle_closed(now, jitter);
        self.drain();
    }

    /// A message came. One that cannot be read ends the socket.
    pub fn handle_message(&mut self, message: &Message, now: Instant, jitter: f64) {
        match HubFrame::decode(message) {
            Ok(frame) => self.link.handle_frame(frame, now, jitter),
            Err(_) => {
                self.outputs.push_back(VisitorOutput::Close);
                self.link.handle_closed(now, jitter);
            }
        }
        self.drain();
    }

    /// Time passed; early calls do nothing.
    pub fn handle_timeout(&mut self, now: Instant, jitter: f64) {
        self.link.handle_timeout(now, jitter);
        self.drain();
    }

    /// When to call [`VisitorClient::handle_timeout`] next.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.link.poll_timeout()
    }

    /// The next thing to do; call until `None`.
    pub fn poll_output(&mut self) -> Option<VisitorOutput> {
        self.outputs.pop_front()
    }

    /// The greeting and what waits, for a beacon; empty when nothing waits. At most 60,000 bytes: what is left over stays
    /// in the snapshot.
    pub fn flush(&mut self, now: Instant, wall: Timestamp) -> Vec<Message> {
        let mut size = 0;
        let mut messages: Vec<_> =
            self.link.flush(now, wall).iter().map(|frame| frame.encode(self.options.encoding)).collect();
        self.drain();
        messages.retain(|message| {
            // Four bytes or a line break around each. Once over the limit, nothing after: numbers have no gap.
            size += message.len() + 4;
            size <= FLUSH_LIMIT
        });
        messages
    }

    /// What must outlive the page.
    pub fn snapshot(&self) -> Snapshot {
        self.link.snapshot()
    }

    /// How the link is doing.
    pub fn status(&self) -> LinkStatus {
        self.link.status()
    }

    /// The visitor's public id, once the hub gave it.
    pub fn visitor(&self) -> Option<VisitorId> {
        self.link.visitor()
    }

    /// The visit that goes on.
    pub fn visit(&self) -> Option<Visit> {
        self.visit
    }

    /// Events that the hub has not acknowledged.
    pub fn queued(&self) -> usize {
        self.link.queued()
    }

    /// Events that were dropped because the queue was full.
    pub fn dropped(&self) -> u64 {
        self.link.dropped()
    }

    fn record(&mut self, kind: JourneyKind, occasion: Occasion) {
        let visit = Visit::resume(occasion.stored.or(self.visit), occasion.fresh, occasion.wall);
        self.visit = Some(visit);
        self.outputs.push_back(VisitorOutput::SaveVisit(visit));
        let event = VisitorBody::Journey(JourneyEvent { visit: visit.id(), at: occasion.wall, kind });
        self.link.send(Payload::encode_visitor(&event, self.options.encoding), occasion.now);
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.link.poll_output() {
            self.outputs.push_back(match output {
                LinkOutput::Open => VisitorOutput::Open,
                LinkOutput::Send(frame) => VisitorOutput::Send(frame.encode(self.options.encoding)),
                LinkOutput::Close => VisitorOutput::Close,
                LinkOutput::Save => VisitorOutput::Save,
                LinkOutput::Status => VisitorOutput::Status,
                LinkOutput::Relayed(body) => VisitorOutput::Relayed(body.as_message().clone()),
                // Nothing that a hub tells a page yet, and nothing to be asked for again.
                LinkOutput::Receive(_) | LinkOutput::Renewed => continue,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Frame, SourceId};

    fn client() -> VisitorClient {
        let options =
            VisitorOptions { deployment: "demo".into(), encoding: Encoding::Json, url_rules: UrlRules::default() };
        let snapshot = Snapshot::empty(SourceId::from_bytes([1; 16]));
        VisitorClient::new(options, VisitorToken::from_bytes([2; 16]), snapshot)
    }

    fn at(seconds: u64) -> Occasion {
        Occasion {
            now: Instant::at(Duration::from_secs(seconds)),
            wall: Timestamp::from_millis(1_795_238_400_000 + seconds * 1_000),
            stored: None,
            fresh: VisitId::from_bytes([seconds as u8; 16]),
        }
    }

    #[test]
    fn the_same_search_within_five_seconds_counts_once() {
        let mut client = client();
        client.search(" sencha ", at(1)).unwrap();
        client.search("sencha", at(3)).unwrap();
        assert_eq!(client.queued(), 1);
        client.search("sencha", at(9)).unwrap();
        client.search("hojicha", at(10)).unwrap();
        assert_eq!(client.queued(), 3);
        assert_eq!(client.search("  ", at(11)), Err(RecordError::EmptyTerm));
    }

    #[test]
    fn a_custom_event_beyond_the_limits_is_refused_whole() {
        let mut client = client();
        let many: Vec<_> = (0..41).map(|index| (format!("a{index}"), Value::Flag(true))).collect();
        assert_eq!(client.record_custom("x", &many, at(1)), Err(RecordError::TooManyAttributes));
        assert_eq!(client.record_custom("", &[], at(1)), Err(RecordError::Name));
        assert_eq!(client.record_custom(&"n".repeat(65), &[], at(1)), Err(RecordError::Name));
        assert_eq!(client.queued(), 0);
        assert_eq!(client.record_custom("x", &many[..40], at(1)), Ok(()));
        assert_eq!(client.queued(), 1);
    }

    #[test]
    fn tabs_share_the_visit_that_is_stored() {
        let (mut one, mut two) = (client(), client());
        one.search("tea", at(1)).unwrap();
        two.search("tea", Occasion { stored: one.visit(), ..at(2) }).unwrap();
        assert_eq!(one.visit().map(|visit| visit.id()), two.visit().map(|visit| visit.id()));
    }

    #[test]
    fn a_flush_greets_and_holds_what_waits_scrubbed() {
        let mut client = client();
        assert_eq!(client.flush(at(1).now, at(1).wall), []);
        client.search("ann@example.com", at(1)).unwrap();
        let messages = client.flush(at(2).now, at(2).wall);
        let frames: Vec<_> = messages.iter().map(|message| Frame::decode(message).unwrap()).collect();
        assert!(matches!(&frames[..], [Frame::Hello(_), Frame::Data(data)] if data.seq == 1));
        let [_, Message::Text(event)] = &messages[..] else { panic!("JSON was asked for") };
        assert!(event.contains("[email]") && !event.contains("ann@"), "{event}");
        assert_eq!(client.queued(), 1, "it is not acknowledged yet");
    }
}
