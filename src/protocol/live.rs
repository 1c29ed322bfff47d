//! Who is on the site now, as the desk sees it.

use super::codec::{wire_choice, wire_record};
use super::id::{SessionId, VisitId, VisitorId};
use super::identity::Identity;
use super::masked_text::MaskedText;
use crate::time::Timestamp;

wire_record! {
    /// A desk's wish to be told of something from now on; first comes what is there already.
    pub struct Watch {
        /// What to be told of.
        1 topic "topic": Topic,
    }
}

wire_choice! {
    /// What a desk can watch.
    pub enum Topic {
        /// Everybody on the site.
        1 Live "live",
    }
}

wire_record! {
    /// Visits that are new or changed, and visits that are over.
    pub struct LiveChange {
        /// The hub's clock, by which the desk computes each status.
        1 now "now": Timestamp,
        /// Whether what the desk has shown so far is to be dropped first.
        2 is_reset "reset": bool,
        /// At most 64; a longer list comes as several changes.
        3 visits "visits": Vec<LiveVisit>,
        /// No longer on the site.
        4 gone "gone": Vec<VisitId>,
    }
}

wire_record! {
    /// A visit that is or was lately active.
    pub struct LiveVisit {
        /// The visit, as the hub names it: not the id that the page chose.
        1 visit "visit": VisitId,
        /// Whose it is.
        2 visitor "visitor": VisitorId,
        /// Address of the page viewed last.
        3 url "url": MaskedText,
        /// Title of the page viewed last.
        4 title "title": MaskedText,
        /// Pages viewed in this visit.
        5 page_views "pageViews": u32,
        /// When it began, by the hub's clock.
        6 started "started": Timestamp,
        /// When something last happened, by the hub's clock.
        7 last_activity "lastActivity": Timestamp,
        /// What was searched for last.
        8 search "search": Option<MaskedText>,
        /// Width of the visitor's viewport in CSS pixels.
        9 width "width": Option<u32>,
        /// Whether a program drives the browser.
        10 is_automated "automated": bool,
        /// Whether it is in a session that agents share.
        11 is_shared "shared": Option<bool>,
        /// The session that it is in, where this agent may take part in it or look on.
        12 session "session": Option<SessionId>,
        /// Whom the customer's site says that the visitor is.
        40 identity "identity": Option<Identity>,
    }
}
