//! What happens on a visitor's page.

use super::cobrowse::{Channel, EndReason};
use super::codec::{wire_record, wire_union};
use super::id::{SessionId, VisitId};
use super::masked_text::MaskedText;
use super::number::Number;
use crate::time::Timestamp;

/// Most attributes of one event.
pub const ATTRIBUTE_LIMIT: usize = 40;

/// Longest name of an event or attribute, in bytes.
pub const NAME_LIMIT: usize = 64;

wire_record! {
    /// One thing that happened, and when.
    pub struct JourneyEvent {
        /// The visit it belongs to.
        1 visit "visit": VisitId,
        /// By the visitor's clock.
        2 at "at": Timestamp,
        /// What it was.
        3 kind "kind": JourneyKind,
    }
}

wire_union! {
    /// What happened on the page.
    pub enum JourneyKind {
        /// A page was shown, by load or by navigation within it.
        1 PageViewed(PageView) "pageViewed",
        /// The visitor searched the site.
        2 SearchPerformed(Search) "searchPerformed",
        /// The customer's own event.
        3 Custom(Custom) "custom",
        /// The visitor asked to be forgotten: the hub erases what it holds of this visitor.
        4 Forget(Forget) "forget",
    }
}

wire_record! {
    /// A session that began or ended. The hub adds it to the visitor's journey; pages do not tell it.
    pub struct SessionEvent {
        /// The visit it began in, by the hub's id.
        1 visit "visit": VisitId,
        /// By the hub's clock.
        2 at "at": Timestamp,
        /// Which.
        3 session "session": SessionId,
        /// What it rides on.
        4 channel "channel": Channel,
        /// Where it ended.
        5 reason "reason": Option<EndReason>,
    }
}

wire_record! {
    /// A page that was shown.
    pub struct PageView {
        /// Address, scrubbed.
        1 url "url": MaskedText,
        /// The document's title, scrubbed.
        2 title "title": MaskedText,
        /// Where the visitor came from; empty when unknown.
        3 referrer "referrer": Option<MaskedText>,
        /// The document's language tag.
        4 language "language": Option<MaskedText>,
        /// Viewport width in CSS pixels.
        5 width "width": Option<u32>,
        /// Viewport height in CSS pixels.
        6 height "height": Option<u32>,
        /// Whether a program drives the browser (`navigator.webdriver`).
        7 is_automated "automated": Option<bool>,
    }
}

wire_record! {
    /// A search on the customer's site.
    pub struct Search {
        /// What was searched for, scrubbed.
        1 term "term": MaskedText,
    }
}

wire_record! {
    /// An event that the customer's site names.
    pub struct Custom {
        /// At most [`NAME_LIMIT`] bytes.
        1 name "name": MaskedText,
        /// At most [`ATTRIBUTE_LIMIT`].
        2 attributes "attributes": Vec<Attribute>,
    }
}

wire_record! {
    /// A named value of a custom event.
    pub struct Attribute {
        /// At most [`NAME_LIMIT`] bytes.
        1 name "name": MaskedText,
        /// The value.
        2 value "value": AttributeValue,
    }
}

wire_union! {
    /// What an attribute may hold; nothing nested.
    pub enum AttributeValue {
        /// Text, scrubbed.
        1 Text(MaskedText) "text",
        /// A finite number.
        2 Number(Number) "number",
        /// True or false.
        3 Flag(bool) "flag",
    }
}

wire_record! {
    /// The visitor asked to be forgotten.
    pub struct Forget {}
}
