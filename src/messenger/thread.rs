//! What a page knows of its visitor's thread.
//!
//! Invariant: the numbers of the entries have no gap.

use std::collections::VecDeque;

use crate::protocol::conversation::{Author, Entry, Preview};

/// Entries of one thread, from some number up to the last that has come.
#[derive(Debug, Default)]
pub(super) struct Thread {
    entries: VecDeque<Entry>,
    has_earlier: bool,
    /// Whether the hub has said what there is.
    is_known: bool,
}

/// What new entries were to a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// They follow; so many of them are new.
    Follows(usize),
    /// Some before them are missing.
    Gap,
}

impl Thread {
    /// Whether the hub has said what there is.
    pub(super) fn is_known(&self) -> bool {
        self.is_known
    }

    pub(super) fn has_earlier(&self) -> bool {
        self.has_earlier
    }

    pub(super) fn entries(&self) -> impl DoubleEndedIterator<Item = &Entry> + ExactSizeIterator {
        self.entries.iter()
    }

    /// Those from this number on.
    pub(super) fn entries_from(&self, seq: u64) -> impl Iterator<Item = &Entry> {
        // They have no gap.
        let before = self.first().map_or(0, |first| seq.saturating_sub(first));
        self.entries.range(usize::try_from(before).unwrap_or(usize::MAX).min(self.entries.len())..)
    }

    /// The latest of those from this number on for which this holds. One loop for all who look for something: what they look for is small.
    pub(super) fn latest(&self, from: u64, is_meant: &mut dyn FnMut(&Entry) -> bool) -> Option<&Entry> {
        let mut at = self.entries.len();
        while at > 0 {
            at -= 1;
            let entry = &self.entries[at];
            if entry.seq < from {
                return None;
            }
            if is_meant(entry) {
                return Some(entry);
            }
        }
        None
    }

    /// The last number that has come; 0 before the first.
    pub(super) fn last(&self) -> u64 {
        self.entries.back().map_or(0, |entry| entry.seq)
    }

    /// The first number that is known.
    pub(super) fn first(&self) -> Option<u64> {
        self.entries.front().map(|entry| entry.seq)
    }

    /// The end of a thread of which nothing was known, or of which too much was missed.
    pub(super) fn begin(&mut self, entries: Vec<Entry>, has_earlier: bool) {
        *self = Self { entries: gapless(entries).into(), has_earlier, is_known: true };
    }

    /// What follows, or came just now.
    pub(super) fn extend(&mut self, entries: Vec<Entry>) -> Fit {
        let before = self.entries.len();
        for entry in entries {
            if entry.seq <= self.last() {
                continue;
            }
            if entry.seq != self.last() + 1 {
                return Fit::Gap;
            }
            self.entries.push_back(entry);
        }
        Fit::Follows(self.entries.len() - before)
    }

    /// What came before the first that is known.
    pub(super) fn precede(&mut self, entries: Vec<Entry>, has_earlier: bool) {
        let Some(first) = self.first() else { return };
        let entries = gapless(entries);
        if entries.last().is_some_and(|last| last.seq + 1 == first) {
            entries.into_iter().rev().for_each(|entry| self.entries.push_front(entry));
            self.has_earlier = has_earlier;
        } else if entries.is_empty() {
            self.has_earlier = false;
        }
    }

    /// What an address in a message leads to.
    pub(super) fn preview(&mut self, seq: u64, preview: Preview) {
        if let Some(entry) = self.entries.iter_mut().rev().find(|entry| entry.seq == seq) {
            entry.preview = Some(preview);
        }
    }
}

/// Whether it is something that the visitor is to read.
pub(super) fn is_for_visitor(entry: &Entry) -> bool {
    matches!(entry.author, Author::Agent | Author::Bot) && entry.text.is_some()
}

/// The end of a list that has no gap in it: nobody sends another one.
fn gapless(mut entries: Vec<Entry>) -> Vec<Entry> {
    let good = entries.windows(2).rposition(|pair| pair[1].seq != pair[0].seq.wrapping_add(1)).map_or(0, |at| at + 1);
    entries.split_off(good)
}
