//! When a visit begins and ends.
//!
//! A visit outlives pages and is shared by tabs, so everything here is in wall-clock [`Timestamp`]s; a page's monotonic clock
//! starts again at every load.

use core::fmt;
use core::time::Duration;

use crate::protocol::VisitId;
use crate::time::Timestamp;

/// A visit ends when nothing happened for so long. Source: the product's business description.
pub const VISIT_ENDS_AFTER: Duration = Duration::from_secs(30 * 60);

/// One visit: it begins with a page view and ends with 30 minutes of silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visit {
    id: VisitId,
    started: Timestamp,
    last_activity: Timestamp,
}

/// A stored text is not a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadVisit;

impl fmt::Display for BadVisit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the stored visit cannot be read")
    }
}

impl core::error::Error for BadVisit {}

impl Visit {
    /// A visit that begins now.
    pub const fn begin(id: VisitId, now: Timestamp) -> Self {
        Self { id, started: now, last_activity: now }
    }

    /// Goes on with `stored` where it has not ended, or begins another one with `fresh` as its id.
    pub fn resume(stored: Option<Self>, fresh: VisitId, now: Timestamp) -> Self {
        match stored {
            Some(visit) if now.since(visit.last_activity) < VISIT_ENDS_AFTER => {
                Self { last_activity: visit.last_activity.max(now), ..visit }
            }
            _ => Self::begin(fresh, now),
        }
    }

    /// Its id.
    pub const fn id(&self) -> VisitId {
        self.id
    }

    /// When it began.
    pub const fn started(&self) -> Timestamp {
        self.started
    }

    /// `<id> <started> <last activity>`, the times in milliseconds: what the browser stores.
    pub fn to_text(&self) -> String {
        format!("{} {} {}", self.id, self.started.as_millis(), self.last_activity.as_millis())
    }

    /// Reads what [`Visit::to_text`] wrote.
    ///
    /// # Errors
    /// [`BadVisit`] when it is anything else: storage belongs to the page, anybody may have changed it.
    pub fn from_text(text: &str) -> Result<Self, BadVisit> {
        let mut words = text.split(' ');
        let id = words.next().and_then(|word| word.parse().ok()).ok_or(BadVisit)?;
        let mut time = || words.next().and_then(|word| word.parse().ok()).map(Timestamp::from_millis).ok_or(BadVisit);
        let (started, last_activity) = (time()?, time()?);
        Ok(Self { id, started, last_activity })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: VisitId = VisitId::from_bytes([1; 16]);
    const TWO: VisitId = VisitId::from_bytes([2; 16]);
    const START: Timestamp = Timestamp::from_millis(1_795_238_400_000);

    #[test]
    fn a_visit_goes_on_until_thirty_minutes_of_silence() {
        let visit = Visit::begin(ONE, START);
        let almost = START + (VISIT_ENDS_AFTER - Duration::from_millis(1));
        let extended = Visit::resume(Some(visit), TWO, almost);
        assert_eq!((extended.id(), extended.started()), (ONE, START));
        let later = almost + VISIT_ENDS_AFTER;
        assert_eq!(Visit::resume(Some(extended), TWO, later), Visit::begin(TWO, later));
    }

    #[test]
    fn a_clock_that_went_backwards_does_not_end_a_visit() {
        let visit = Visit::begin(ONE, START);
        let earlier = Timestamp::from_millis(START.as_millis() - 7_200_000);
        assert_eq!(Visit::resume(Some(visit), TWO, earlier), visit);
    }

    #[test]
    fn a_visit_is_read_back_and_anything_else_is_refused() {
        let visit = Visit::begin(ONE, START);
        assert_eq!(Visit::from_text(&visit.to_text()), Ok(visit));
        for bad in ["", "x", "01 2 3", &format!("{ONE} 1"), &format!("{ONE} -1 2")] {
            assert_eq!(Visit::from_text(bad), Err(BadVisit), "{bad}");
        }
    }
}
