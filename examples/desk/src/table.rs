//! How visits are put into a table: what a cell says, which rows are shown, in which order.
//!
//! Invariant: pure; the moment is an argument.

use core::cmp::Ordering;
use core::ops::Range;
use core::time::Duration;
use std::sync::Arc;

use alongside::journey::Status;
use alongside::protocol::LiveVisit;
use alongside::time::Timestamp;

/// A column that can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// Who was active last.
    Status,
    /// The visitor's id.
    Visitor,
    /// The page's title.
    Page,
    /// Pages viewed.
    PageViews,
    /// When the visit began.
    Arrived,
    /// See [`time_on_site`].
    TimeOnSite,
    /// What was searched for last; visits without a search come last in either direction.
    Search,
    /// By width; visits of unknown width come last in either direction.
    Device,
}

impl Column {
    /// In the order of the table.
    pub const ALL: [Self; 8] = [
        Self::Status,
        Self::Visitor,
        Self::Page,
        Self::PageViews,
        Self::Arrived,
        Self::TimeOnSite,
        Self::Search,
        Self::Device,
    ];

    /// The direction that answers what people look for first.
    pub const fn first_direction(self) -> Direction {
        match self {
            Self::Status | Self::PageViews | Self::Arrived | Self::TimeOnSite => Direction::Descending,
            Self::Visitor | Self::Page | Self::Search | Self::Device => Direction::Ascending,
        }
    }
}

/// Which end comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Small first.
    Ascending,
    /// Large first.
    Descending,
}

/// What the table is ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// The column.
    pub column: Column,
    /// The direction.
    pub direction: Direction,
}

impl Order {
    /// The newest visit first.
    pub const NEWEST_FIRST: Self = Self { column: Column::Arrived, direction: Direction::Descending };

    /// The order after a click on a column's head: the other direction, or another column.
    pub fn choose(self, column: Column) -> Self {
        let direction = match (self.column == column, self.direction) {
            (false, _) => column.first_direction(),
            (true, Direction::Ascending) => Direction::Descending,
            (true, Direction::Descending) => Direction::Ascending,
        };
        Self { column, direction }
    }

    /// Which of two visits comes first; never equal for two different visits, so rows do not swap places.
    pub fn compare(self, a: &LiveVisit, b: &LiveVisit, now: Timestamp) -> Ordering {
        let directed = |ordering: Ordering| match self.direction {
            Direction::Ascending => ordering,
            Direction::Descending => ordering.reverse(),
        };
        let ordering = match self.column {
            Column::Status => directed(a.last_activity.cmp(&b.last_activity)),
            Column::Visitor => directed(a.visitor.cmp(&b.visitor)),
            Column::Page => directed(a.title.as_str().cmp(b.title.as_str())),
            Column::PageViews => directed(a.page_views.cmp(&b.page_views)),
            Column::Arrived => directed(a.started.cmp(&b.started)),
            Column::TimeOnSite => directed(time_on_site(a, now).cmp(&time_on_site(b, now))),
            Column::Search => {
                let (a, b) = (a.search.as_deref(), b.search.as_deref());
                a.is_none().cmp(&b.is_none()).then_with(|| directed(a.cmp(&b)))
            }
            Column::Device => a.width.is_none().cmp(&b.width.is_none()).then_with(|| directed(a.width.cmp(&b.width))),
        };
        ordering.then_with(|| b.started.cmp(&a.started)).then_with(|| a.visit.cmp(&b.visit))
    }
}

/// The visits of the table from top to bottom; equal where all are the very same, unchanged.
#[derive(Clone, Debug, Default)]
pub struct Rows(Vec<Arc<LiveVisit>>);

impl Rows {
    /// The visits that have the text, see [`is_match`], in order. Quickest where `visits` are in about that order.
    pub fn new(visits: &[Arc<LiveVisit>], text: &str, order: Order, now: Timestamp) -> Self {
        let mut rows: Vec<_> = visits.iter().filter(|visit| is_match(visit, text)).cloned().collect();
        // The stable sort takes what is sorted already as it is.
        rows.sort_by(|a, b| order.compare(a, b, now));
        Self(rows)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Those from one place to another, as far as there are so many.
    pub fn part(&self, places: Range<usize>) -> Vec<Arc<LiveVisit>> {
        self.0.get(places).map(<[_]>::to_vec).unwrap_or_default()
    }
}

impl PartialEq for Rows {
    fn eq(&self, other: &Self) -> bool {
        are_same(&self.0, &other.0)
    }
}

/// Whether two lists hold the very same visits, unchanged, in the same order.
pub fn are_same(a: &[Arc<LiveVisit>], b: &[Arc<LiveVisit>]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| Arc::ptr_eq(a, b))
}

/// Kind of device, guessed by the width of the viewport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Device {
    /// Below 600 px.
    Phone,
    /// Below 1,024 px.
    Tablet,
    /// The rest.
    Desktop,
}

impl Device {
    /// The device whose viewport is so many CSS pixels wide.
    pub const fn of_width(width: u32) -> Self {
        match width {
            0..600 => Self::Phone,
            600..1_024 => Self::Tablet,
            _ => Self::Desktop,
        }
    }
}

/// How long the visitor has been there; it stands still once the visitor is inactive.
pub fn time_on_site(visit: &LiveVisit, now: Timestamp) -> Duration {
    match Status::at(now, visit.last_activity) {
        Status::Live | Status::Quiet => now.since(visit.started),
        Status::Inactive => visit.last_activity.since(visit.started),
    }
}

/// A duration as a clock shows it: `0:07`, `12:34`, `1:02:03`.
pub fn clock(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// The part of an address after the host; the whole of it where it is no http address.
pub fn path(url: &str) -> &str {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    match rest {
        Some(rest) => rest.find(['/', '?', '#']).map_or("/", |start| &rest[start..]),
        None => url,
    }
}

/// Enough of an id to tell visitors apart by eye.
pub fn short(id: impl ToString) -> String {
    let mut id = id.to_string();
    id.truncate(8);
    id
}

/// Whether a visit has the text, in lower case already, in its visitor's id, name or customer's identifier, its page or search.
pub fn is_match(visit: &LiveVisit, text: &str) -> bool {
    let has = |field: &str| field.to_lowercase().contains(text);
    text.is_empty()
        || has(&visit.title)
        || has(&visit.url)
        || visit.search.as_deref().is_some_and(has)
        || visit.visitor.to_string().starts_with(text)
        || visit.identity.as_ref().is_some_and(|known| has(&known.subject) || known.name.as_deref().is_some_and(has))
}

/// The rows worth drawing when a list of `count` rows of `height` is scrolled to `top` in a window `view` high.
pub fn visible(count: usize, height: f64, top: f64, view: f64) -> Range<usize> {
    // A float that is negative or not a number becomes 0.
    let first = ((top / height) as usize).saturating_sub(MARGIN).min(count);
    let last = ((top + view) / height).ceil() as usize + MARGIN;
    first..last.clamp(first, count)
}

/// Rows drawn above and below the window, so that scrolling shows no gaps.
const MARGIN: usize = 6;

#[cfg(test)]
pub mod sample {
    use alongside::mask::scrub;
    use alongside::protocol::{VisitId, VisitorId};

    use super::*;

    /// A visit that began and was last active at these milliseconds.
    pub fn visit(id: u8, started: u64, last_activity: u64) -> LiveVisit {
        LiveVisit {
            is_shared: None,
            session: None,
            identity: None,
            visit: VisitId::from_bytes([id; 16]),
            visitor: VisitorId::from_bytes([0xab; 16]),
            url: scrub("https://shop.example/tea"),
            title: scrub("Green tea"),
            page_views: 1,
            started: Timestamp::from_millis(started),
            last_activity: Timestamp::from_millis(last_activity),
            search: None,
            width: None,
            is_automated: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use alongside::mask::scrub;

    use super::sample::visit;
    use super::*;

    #[test]
    fn durations_read_like_a_clock() {
        for (seconds, text) in [(7, "0:07"), (754, "12:34"), (3_723, "1:02:03")] {
            assert_eq!(clock(Duration::from_secs(seconds)), text);
        }
    }

    #[test]
    fn a_path_is_what_follows_the_host() {
        assert_eq!(path("https://shop.example/tea?x=1"), "/tea?x=1");
        assert_eq!(path("http://shop.example"), "/");
        assert_eq!(path("http://shop.example?q=a"), "?q=a");
        assert_eq!(path("javascript:alert(1)"), "javascript:alert(1)");
    }

    #[test]
    fn only_the_window_and_its_margin_are_drawn() {
        assert_eq!(visible(10_000, 56.0, 5_600.0, 560.0), 94..116);
        assert_eq!(visible(3, 56.0, 0.0, 560.0), 0..3);
        assert_eq!(visible(0, 56.0, f64::NAN, 0.0), 0..0);
        assert_eq!(visible(5, 56.0, 99_999.0, 560.0), 5..5);
    }

    #[test]
    fn the_newest_visit_comes_first_and_ties_do_not_swap() {
        let now = Timestamp::from_millis(20_000);
        let old = visit(1, 1000, 19000);
        let new = visit(2, 9000, 9000);
        let twin = visit(3, 9000, 9000);
        assert_eq!(Order::NEWEST_FIRST.compare(&new, &old, now), Ordering::Less);
        assert_eq!(Order::NEWEST_FIRST.compare(&new, &twin, now), Ordering::Less);
        let by_status = Order::NEWEST_FIRST.choose(Column::Status);
        assert_eq!(by_status.compare(&old, &new, now), Ordering::Less);
        assert_eq!(by_status.choose(Column::Status).compare(&old, &new, now), Ordering::Greater);
    }

    #[test]
    fn rows_are_those_that_match_in_order() {
        let now = Timestamp::from_millis(20_000);
        let visits =
            [visit(1, 1000, 1000), visit(2, 9000, 9000), LiveVisit { title: scrub("Oolong"), ..visit(3, 9500, 9500) }];
        let visits = visits.map(Arc::new);
        let rows = |text| Rows::new(&visits, text, Order::NEWEST_FIRST, now);
        let (all, green) = (rows(""), rows("green"));
        let starts =
            |rows: &Rows| rows.part(0..rows.count()).iter().map(|visit| visit.started.as_millis()).collect::<Vec<_>>();
        assert_eq!((starts(&all), starts(&green)), (vec![9500, 9000, 1000], vec![9000, 1000]));
        assert_eq!(all.part(2..9), []);
        assert!(all == rows("") && all != green);
    }

    #[test]
    fn a_visit_without_a_search_comes_last_in_either_direction() {
        let now = Timestamp::from_millis(1);
        let with = LiveVisit { search: Some(scrub("oolong")), ..visit(1, 1, 1) };
        let without = visit(2, 1, 1);
        for direction in [Direction::Ascending, Direction::Descending] {
            let order = Order { column: Column::Search, direction };
            assert_eq!(order.compare(&with, &without, now), Ordering::Less);
        }
    }

    #[test]
    fn time_on_site_stands_still_when_the_visitor_is_inactive() {
        let visit = visit(1, 1000, 11000);
        assert_eq!(time_on_site(&visit, Timestamp::from_millis(31_000)), Duration::from_secs(30));
        assert_eq!(time_on_site(&visit, Timestamp::from_millis(500_000)), Duration::from_secs(10));
    }

    #[test]
    fn the_filter_looks_at_visitor_page_and_search() {
        let visit = LiveVisit { search: Some(scrub("Oolong")), ..visit(1, 1, 1) };
        for text in ["", "green", "/tea", "oolong", "abab"] {
            assert!(is_match(&visit, text), "{text}");
        }
        assert!(!is_match(&visit, "coffee"));
    }

    #[test]
    fn devices_are_told_by_width() {
        assert_eq!([375, 768, 1_280].map(Device::of_width), [Device::Phone, Device::Tablet, Device::Desktop]);
    }
}
