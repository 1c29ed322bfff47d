//! When agents are at work: hours of a week in a time zone, and days on which nobody is.

use std::collections::{BTreeMap, BTreeSet};

use alongside::time::Timestamp;
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp as Moment, ToSpan};
use serde::{Deserialize, Serialize};

/// Most intervals of one day.
const INTERVALS: usize = 8;

/// Most days on which nobody is there.
const CLOSED: usize = 366;

/// It is looked so many days ahead for when it opens.
const AHEAD: i64 = 30;

/// The document: `{timeZone, week: {monday: ["09:00-12:30", ...], ...}, closed: ["2026-12-31", ...]}`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct HoursDocument {
    time_zone: String,
    week: BTreeMap<String, Vec<String>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    closed: Vec<String>,
}

/// Hours that were read and checked.
#[derive(Clone, Debug)]
pub(super) struct Hours {
    zone: TimeZone,
    /// By the days since Monday: minutes of the day, from and until.
    week: [Vec<(i16, i16)>; 7],
    closed: BTreeSet<Date>,
}

/// How it is at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Opening {
    /// Whether agents are at work.
    pub is_open: bool,
    /// When that changes; `None` where it does not within a month.
    pub until: Option<Timestamp>,
}

const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

impl Hours {
    /// Checks a document.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn new(document: &HoursDocument) -> Result<Self, String> {
        let zone = TimeZone::get(&document.time_zone)
            .map_err(|_| format!("'{}' is no time zone: it is one such as Asia/Tokyo", document.time_zone))?;
        let mut week: [Vec<(i16, i16)>; 7] = Default::default();
        for (name, intervals) in &document.week {
            let day = DAYS.iter().position(|day| day == name);
            let day = day.ok_or_else(|| format!("'{name}' is no day: they are {}", DAYS.join(", ")))?;
            if intervals.len() > INTERVALS {
                return Err(format!("{name}: at most {INTERVALS} intervals"));
            }
            let read =
                |text: &String| interval(text).ok_or_else(|| format!("{name}: '{text}' is not like 09:00-12:30"));
            week[day] = intervals.iter().map(read).collect::<Result<_, _>>()?;
            week[day].sort_unstable();
            if week[day].windows(2).any(|pair| pair[0].1 > pair[1].0) {
                return Err(format!("{name}: intervals overlap"));
            }
        }
        if document.closed.len() > CLOSED {
            return Err(format!("closed: at most {CLOSED} days"));
        }
        let date = |text: &String| text.parse::<Date>().map_err(|_| format!("closed: '{text}' is not like 2026-12-31"));
        Ok(Self { zone, week, closed: document.closed.iter().map(date).collect::<Result<_, _>>()? })
    }

    /// How it is at a moment.
    pub(super) fn at(&self, now: Timestamp) -> Opening {
        let closed = Opening { is_open: false, until: None };
        let Ok(moment) = Moment::from_millisecond(now.as_millis() as i64) else { return closed };
        let today = moment.to_zoned(self.zone.clone()).date();
        let mut open_until: Option<Timestamp> = None;
        // An interval that ends at midnight may go on with the next day's.
        for ahead in 0..=AHEAD {
            let Ok(date) = today.checked_add(ahead.days()) else { break };
            if self.closed.contains(&date) {
                continue;
            }
            for (from, until) in &self.week[day_of(date.weekday())] {
                let (Some(from), Some(until)) = (self.moment(date, *from), self.moment(date, *until)) else { continue };
                match open_until {
                    Some(known) if from <= known => open_until = Some(until.max(known)),
                    Some(known) => return Opening { is_open: true, until: Some(known) },
                    None if until <= now => {}
                    None if from <= now => open_until = Some(until),
                    None => return Opening { is_open: false, until: Some(from) },
                }
            }
        }
        let always = open_until.is_some_and(|until| until.as_millis() > now.as_millis() + 29 * 86_400_000);
        Opening { is_open: open_until.is_some(), until: open_until.filter(|_| !always) }
    }

    /// The moment at so many minutes of a day; one that clocks leave out is the one after.
    fn moment(&self, date: Date, minutes: i16) -> Option<Timestamp> {
        let (date, minutes) = if minutes == 1_440 { (date.tomorrow().ok()?, 0) } else { (date, minutes) };
        let time = Time::new((minutes / 60) as i8, (minutes % 60) as i8, 0, 0).ok()?;
        let zoned = self.zone.to_ambiguous_zoned(DateTime::from_parts(date, time)).compatible().ok()?;
        Some(Timestamp::from_millis(u64::try_from(zoned.timestamp().as_millisecond()).ok()?))
    }
}

fn day_of(day: Weekday) -> usize {
    usize::try_from(day.to_monday_zero_offset()).unwrap_or(0)
}

/// `09:00-12:30` as minutes of the day; `24:00` ends it.
fn interval(text: &str) -> Option<(i16, i16)> {
    let minutes = |text: &str| {
        let (hours, minutes) = text.split_once(':')?;
        let is_number = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        let (hours, minutes): (i16, i16) =
            (is_number(hours) && is_number(minutes)).then(|| Some((hours.parse().ok()?, minutes.parse().ok()?)))??;
        let all = hours * 60 + minutes;
        (minutes < 60 && all <= 1_440).then_some(all)
    };
    let (from, until) = text.split_once('-')?;
    let (from, until) = (minutes(from)?, minutes(until)?);
    (from < until).then_some((from, until))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(json: &str) -> Result<Hours, String> {
        Hours::new(&serde_json::from_str(json).map_err(|error| error.to_string())?)
    }

    fn moment(text: &str) -> Timestamp {
        let moment: Moment = text.parse().expect("a moment");
        Timestamp::from_millis(moment.as_millisecond() as u64)
    }

    #[test]
    fn it_is_open_by_the_clocks_of_its_zone() {
        let hours = hours(
            r#"{"timeZone":"Asia/Tokyo","week":{"monday":["09:00-12:00","13:00-18:00"],"friday":["10:00-16:00"]},"closed":["2026-11-27"]}"#,
        )
        .expect("hours");
        for (now, is_open, until) in [
            // Monday, 23 November.
            ("2026-11-22T23:59:00Z", false, "2026-11-23T00:00:00Z"),
            ("2026-11-23T00:00:00Z", true, "2026-11-23T03:00:00Z"),
            ("2026-11-23T03:00:00Z", false, "2026-11-23T04:00:00Z"),
            ("2026-11-23T08:59:59Z", true, "2026-11-23T09:00:00Z"),
            // On that Friday nobody is there.
            ("2026-11-23T09:00:00Z", false, "2026-11-30T00:00:00Z"),
            ("2026-11-27T02:00:00Z", false, "2026-11-30T00:00:00Z"),
            ("2026-12-04T02:00:00Z", true, "2026-12-04T07:00:00Z"),
        ] {
            assert_eq!(hours.at(moment(now)), Opening { is_open, until: Some(moment(until)) }, "{now}");
        }
    }

    #[test]
    fn clocks_that_are_put_forward_or_back_count() {
        let hours = hours(r#"{"timeZone":"Europe/Berlin","week":{"sunday":["02:30-10:00"]}}"#).expect("hours");
        // In March 02:30 is left out: 03:30 in summer time. In October it comes twice: the first one.
        assert_eq!(hours.at(moment("2026-03-28T12:00:00Z")).until, Some(moment("2026-03-29T01:30:00Z")));
        assert_eq!(hours.at(moment("2026-10-24T12:00:00Z")).until, Some(moment("2026-10-25T00:30:00Z")));
    }

    #[test]
    fn days_that_meet_at_midnight_are_one_opening() {
        let hours =
            hours(r#"{"timeZone":"UTC","week":{"monday":["20:00-24:00"],"tuesday":["00:00-04:00"]}}"#).expect("hours");
        assert_eq!(
            hours.at(moment("2026-11-23T21:00:00Z")),
            Opening { is_open: true, until: Some(moment("2026-11-24T04:00:00Z")) }
        );
        let all = DAYS.map(|day| format!(r#""{day}":["00:00-24:00"]"#)).join(",");
        let always = super::tests::hours(&format!(r#"{{"timeZone":"UTC","week":{{{all}}}}}"#)).expect("hours");
        assert_eq!(always.at(moment("2026-11-23T21:00:00Z")), Opening { is_open: true, until: None });
        let never = super::tests::hours(r#"{"timeZone":"UTC","week":{}}"#).expect("hours");
        assert_eq!(never.at(moment("2026-11-23T21:00:00Z")), Opening { is_open: false, until: None });
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for bad in [
            r#"{"timeZone":"Mars/Olympus","week":{}}"#,
            r#"{"timeZone":"UTC","week":{"montag":[]}}"#,
            r#"{"timeZone":"UTC","week":{"monday":["9-12"]}}"#,
            r#"{"timeZone":"UTC","week":{"monday":["09:00-25:00"]}}"#,
            r#"{"timeZone":"UTC","week":{"monday":["09:60-10:00"]}}"#,
            r#"{"timeZone":"UTC","week":{"monday":["12:00-09:00"]}}"#,
            r#"{"timeZone":"UTC","week":{"monday":["+9:00-10:00"]}}"#,
            r#"{"timeZone":"UTC","week":{"monday":["09:00-12:00","11:00-13:00"]}}"#,
            r#"{"timeZone":"UTC","week":{},"closed":["31.12.2026"]}"#,
        ] {
            assert!(hours(bad).is_err(), "{bad}");
        }
    }
}
