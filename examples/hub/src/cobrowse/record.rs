//! A session's record: entries in a chain of hashes, so that none can be changed, left out or put in unnoticed.
//!
//! The hash of an entry is SHA-256 over the hash before it (32 bytes) and the entry as canonical JSON (RFC 8785: names in order, no
//! white space). Before the first entry stands SHA-256 over `alongside session ` and the session's id in hexadecimal. What is cut off at
//! the end shows by comparison only: both sides can keep the last hash that they were given.

use std::collections::BTreeMap;

use alongside::cobrowse::Entry;
use alongside::protocol::SessionId;
use alongside::time::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::Digest;

use crate::store::{KeptSession, Line};

/// Most entries of one session; above it only its end is kept.
pub(super) const ENTRIES: u64 = 50_000;

/// The chain of one session.
#[derive(Clone, Debug)]
pub(super) struct Chain {
    seq: u64,
    hash: [u8; 32],
}

impl Chain {
    pub(super) fn new(session: SessionId) -> Self {
        let digest = sha2::Sha256::new().chain_update("alongside session ").chain_update(session.to_string());
        Self { seq: 0, hash: digest.finalize().into() }
    }

    /// Goes on after what is kept.
    pub(super) fn after(kept: &KeptSession) -> Self {
        kept.last.map_or_else(|| Self::new(kept.session), |(seq, hash)| Self { seq, hash })
    }

    /// How many entries it has.
    pub(super) fn len(&self) -> u64 {
        self.seq
    }

    pub(super) fn add(&mut self, at: Timestamp, entry: &Entry) -> Line {
        self.seq += 1;
        let about = entry.about.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let (at, by, seq) = (at.as_millis(), entry.by, self.seq);
        let entry = Canonical { about, at, by, seq, what: entry.what.into() }.text();
        self.hash = next(&self.hash, &entry);
        Line { seq, entry, hash: self.hash }
    }
}

/// An entry. Its fields stand in the order of canonical JSON; all numbers are whole.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Canonical {
    about: BTreeMap<String, String>,
    /// Milliseconds since 1970, by the hub's clock.
    at: u64,
    /// The agent's number, 0 for the visitor, null for the hub.
    by: Option<u32>,
    seq: u64,
    what: String,
}

impl Canonical {
    fn text(&self) -> String {
        serde_json::to_string(self).expect("names are texts")
    }
}

fn next(before: &[u8; 32], entry: &str) -> [u8; 32] {
    sha2::Sha256::new().chain_update(before).chain_update(entry).finalize().into()
}

/// A session and its record, as they are given out.
pub(crate) fn export(kept: &KeptSession, lines: &[Line]) -> serde_json::Value {
    let entry = |line: &Line| serde_json::json!({ "entry": entry_of(line), "hash": hex(&line.hash) });
    let mut session = summary(kept);
    session["entries"] = lines.iter().map(entry).collect();
    session
}

/// A session in a list.
pub(crate) fn summary(kept: &KeptSession) -> serde_json::Value {
    serde_json::json!({
        "session": kept.session.to_string(),
        "visit": kept.begun.visit.to_string(),
        "visitor": kept.begun.visitor.to_string(),
        "channel": kept.begun.channel.as_str(),
        "began": kept.at.as_millis(),
        "agreed": kept.key.is_some(),
        "ended": kept.ended.map(|(at, _)| at.as_millis()),
        "reason": kept.ended.map(|(_, reason)| reason.as_str()),
    })
}

fn entry_of(line: &Line) -> serde_json::Value {
    serde_json::from_str(&line.entry).unwrap_or(serde_json::Value::Null)
}

/// Why a record is not what the hub kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Broken {
    /// It is no JSON, or lacks what a record has.
    #[error("this is no record: {0}")]
    NoRecord(String),
    /// An entry's hash does not follow from it and the one before; by its place, from 1.
    #[error("entry {0} was changed, or one before it was added or left out")]
    Entry(u64),
}

/// Checks a record as `GET /v1/sessions/{id}/record` gives it; the number of its entries.
///
/// # Errors
/// [`Broken`] says where the chain ends.
pub fn verify(text: &str) -> Result<u64, Broken> {
    #[derive(Deserialize)]
    struct Record {
        session: String,
        entries: Vec<Link>,
    }
    #[derive(Deserialize)]
    struct Link {
        entry: Canonical,
        hash: String,
    }
    let record: Record = serde_json::from_str(text).map_err(|error| Broken::NoRecord(error.to_string()))?;
    let session = record.session.parse().map_err(|_| Broken::NoRecord("its session has no id".into()))?;
    let mut hash = Chain::new(session).hash;
    for (place, link) in (1..).zip(&record.entries) {
        hash = next(&hash, &link.entry.text());
        if link.entry.seq != place || link.hash != hex(&hash) {
            return Err(Broken::Entry(place));
        }
    }
    Ok(record.entries.len() as u64)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use alongside::protocol::cobrowse::Channel;
    use alongside::protocol::{VisitId, VisitorId};

    use super::*;
    use crate::store::Begun;

    fn record() -> serde_json::Value {
        let session = SessionId::from_bytes([8; 16]);
        let mut chain = Chain::new(session);
        let entry = |by, what, about: &[(&'static str, &str)]| {
            let about = about.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
            Entry { by, what, about }
        };
        let lines: Vec<_> = [
            entry(Some(1), "offered", &[("channel", "chat"), ("agent", "Aoi \"葵\"\u{7}\n")]),
            entry(Some(0), "accepted", &[]),
            entry(None, "ended", &[("reason", "idle")]),
        ]
        .iter()
        .map(|entry| chain.add(Timestamp::from_millis(1_795_238_400_000), entry))
        .collect();
        let (visitor, visit) = (VisitorId::from_bytes([1; 16]), VisitId::from_bytes([2; 16]));
        let kept = KeptSession {
            session,
            begun: Begun { visitor, visit, channel: Channel::Chat },
            at: Timestamp::from_millis(1),
            key: None,
            last_agent: 1,
            seen: Timestamp::from_millis(2),
            ended: None,
            last: None,
        };
        export(&kept, &lines)
    }

    #[test]
    fn an_entry_is_hashed_as_canonical_json_after_the_hash_before_it() {
        let record = record();
        let begin = sha2::Sha256::digest("alongside session 08080808080808080808080808080808");
        let first = "{\"about\":{\"agent\":\"Aoi \\\"葵\\\"\\u0007\\n\",\"channel\":\"chat\"},\"at\":1795238400000,\"by\":1,\
                     \"seq\":1,\"what\":\"offered\"}";
        let hash = sha2::Sha256::new().chain_update(begin).chain_update(first).finalize();
        assert_eq!(record["entries"][0]["hash"], hex(&hash));
    }

    #[test]
    fn a_record_that_was_touched_anywhere_is_found_out() {
        let whole = record();
        let pretty = serde_json::to_string_pretty(&whole).expect("JSON");
        assert_eq!(verify(&pretty), Ok(3), "white space and order do not matter");
        let touched = |touch: &dyn Fn(&mut serde_json::Value)| {
            let mut record = whole.clone();
            touch(&mut record);
            verify(&record.to_string())
        };
        assert_eq!(touched(&|record| record["entries"][0]["entry"]["by"] = 2.into()), Err(Broken::Entry(1)));
        assert_eq!(touched(&|record| record["entries"][1]["entry"]["what"] = "declined".into()), Err(Broken::Entry(2)));
        assert_eq!(touched(&|record| record["entries"][2]["entry"]["at"] = 5.into()), Err(Broken::Entry(3)));
        assert_eq!(touched(&|record| record["session"] = "0".repeat(32).into()), Err(Broken::Entry(1)));
        let drop = |record: &mut serde_json::Value| drop(record["entries"].as_array_mut().expect("a list").remove(1));
        assert_eq!(touched(&drop), Err(Broken::Entry(2)));
        let swap = |record: &mut serde_json::Value| record["entries"].as_array_mut().expect("a list").swap(0, 1);
        assert_eq!(touched(&swap), Err(Broken::Entry(1)));
        let extra = |record: &mut serde_json::Value| record["entries"][0]["entry"]["more"] = 1.into();
        assert!(matches!(touched(&extra), Err(Broken::NoRecord(_))));
        assert!(matches!(verify("[]"), Err(Broken::NoRecord(_))));
    }
}
