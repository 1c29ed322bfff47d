//! Codes that one side reads out and the other types in.
//!
//! A code is found by a keyed hash of it, so how long the search takes tells nothing of the codes there are.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use alongside::protocol::cobrowse::{Objection, Refused};
use alongside::protocol::{VisitId, VisitorId};
use alongside::time::Instant;
use sha2::Digest;

use super::input::Attendant;
use super::way::PageWay;
use crate::random;
use crate::store::TenantId;

/// A code is good for so long.
pub(super) const GOOD_FOR: Duration = Duration::from_secs(10 * 60);

/// Wrong tries of one person, which end his tries for [`LOCKED_FOR`].
const TRIES: usize = 5;

/// After the last of [`TRIES`].
const LOCKED_FOR: Duration = Duration::from_secs(10 * 60);

/// Wrong tries of everybody in a [`MINUTE`]; then nobody tries for the rest of it.
const TRIES_OF_ALL: usize = 120;

const MINUTE: Duration = Duration::from_secs(60);

/// Most codes at a time: with more, guessing would be worth while.
const CODES: usize = 2_000;

/// Most people whose wrong tries are remembered; the memory is bounded.
const REMEMBERED: usize = 10_000;

/// Who tries.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Who {
    Visitor(TenantId, VisitorId),
    Agent(TenantId, String),
}

impl Who {
    fn tenant(&self) -> &TenantId {
        let (Self::Visitor(tenant, _) | Self::Agent(tenant, _)) = self;
        tenant
    }
}

/// Who made a code, and waits for it to be used.
#[derive(Clone, Debug)]
pub(super) enum Maker {
    Page { page: PageWay, visitor: VisitorId, visit: VisitId },
    Desk(Attendant),
}

/// By what a code is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct CodeKey([u8; 32]);

/// The codes that are good, and the wrong tries.
#[derive(Debug)]
pub struct Codes {
    secret: [u8; 16],
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    codes: HashMap<CodeKey, (Maker, Instant)>,
    tries: HashMap<Who, Vec<Instant>>,
    wrong: VecDeque<Instant>,
}

impl Default for Codes {
    fn default() -> Self {
        Self { secret: random::bytes(), known: Mutex::default() }
    }
}

impl Codes {
    /// Makes a code that is like no other of the tenant that is good now.
    pub(super) fn make(&self, tenant: &TenantId, maker: Maker, now: Instant) -> Result<(String, CodeKey), Refused> {
        let mut known = self.lock();
        known.codes.retain(|_, (_, expires)| *expires > now);
        if known.codes.len() >= CODES {
            return Err(too_many(MINUTE));
        }
        loop {
            let code = format!("{:06}", u128::from_le_bytes(random::bytes()) % 1_000_000);
            let key = self.key(tenant, &code);
            if let Entry::Vacant(place) = known.codes.entry(key) {
                place.insert((maker, now + GOOD_FOR));
                return Ok((code, key));
            }
        }
    }

    /// Uses a code up; who made it. A page's code is for agents, an agent's for pages.
    pub(super) fn take(&self, who: &Who, code: &str, now: Instant) -> Result<Maker, Refused> {
        let key = self.key(who.tenant(), &digits(code));
        let mut known = self.lock();
        known.check(who, now)?;
        let is_for = |(maker, expires): &(Maker, Instant)| {
            let is_other_side =
                matches!((who, maker), (Who::Visitor(..), Maker::Desk(_)) | (Who::Agent(..), Maker::Page { .. }));
            is_other_side && *expires > now
        };
        if known.codes.get(&key).is_some_and(is_for)
            && let Some((maker, _)) = known.codes.remove(&key)
        {
            return Ok(maker);
        }
        known.tries.entry(who.clone()).or_default().push(now);
        known.wrong.push_back(now);
        Err(Refused { objection: Objection::WrongCode, retry_after: None, wish: None })
    }

    /// Who made it does not wait any more.
    pub(super) fn forget(&self, key: CodeKey) {
        self.lock().codes.remove(&key);
    }

    fn key(&self, tenant: &TenantId, code: &str) -> CodeKey {
        let digest = sha2::Sha256::new().chain_update(self.secret).chain_update(code).chain_update(&tenant.0);
        CodeKey(digest.finalize().into())
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// Whether he may try.
    fn check(&mut self, who: &Who, now: Instant) -> Result<(), Refused> {
        while self.wrong.front().is_some_and(|at| *at + MINUTE <= now) {
            self.wrong.pop_front();
        }
        if let Some(first) = self.wrong.front().filter(|_| self.wrong.len() >= TRIES_OF_ALL) {
            return Err(too_many((*first + MINUTE).since(now)));
        }
        let locked_until = |tries: &Vec<Instant>| tries.last().map_or(now, |last| *last + LOCKED_FOR);
        if self.tries.get(who).is_some_and(|tries| locked_until(tries) <= now) {
            self.tries.remove(who);
        }
        if let Some(tries) = self.tries.get(who).filter(|tries| tries.len() >= TRIES) {
            return Err(too_many(locked_until(tries).since(now)));
        }
        if self.tries.len() >= REMEMBERED && !self.tries.contains_key(who) {
            self.tries.retain(|_, tries| locked_until(tries) > now);
            if self.tries.len() >= REMEMBERED {
                return Err(too_many(MINUTE));
            }
        }
        Ok(())
    }
}

fn too_many(wait: Duration) -> Refused {
    Refused { objection: Objection::TooMany, retry_after: Some(wait.as_millis() as u32), wish: None }
}

/// What was typed without white space; an input method may have made the digits full-width.
fn digits(typed: &str) -> String {
    let plain = |char: char| match char {
        '０'..='９' => char::from(b'0' + (char as u32 - '０' as u32) as u8),
        char => char,
    };
    typed.chars().filter(|char| !char.is_whitespace()).take(16).map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::way::Way;

    fn at(seconds: u64) -> Instant {
        Instant::at(Duration::from_secs(seconds))
    }

    fn demo() -> TenantId {
        TenantId("demo".into())
    }

    fn agent() -> Maker {
        Maker::Desk(Attendant { way: Way::open().0, turn: 1, name: "Aki".into(), is_silent: false, known: None })
    }

    fn visitor(number: u8) -> Who {
        Who::Visitor(demo(), VisitorId::from_bytes([number; 16]))
    }

    fn objection(result: Result<Maker, Refused>) -> Option<(Objection, Option<u32>)> {
        result.err().map(|refused| (refused.objection, refused.retry_after))
    }

    const WRONG: Option<(Objection, Option<u32>)> = Some((Objection::WrongCode, None));

    #[test]
    fn a_code_is_good_once_for_ten_minutes_however_it_is_typed() {
        let codes = Codes::default();
        let (code, _) = codes.make(&demo(), agent(), at(0)).expect("a code");
        assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
        let typed = format!(" {}\u{3000}{} ", &code[..3], &code[3..]);
        let wide: String = typed
            .chars()
            .map(|char| {
                char.to_digit(10)
                    .map_or(char, |digit| ['０', '１', '２', '３', '４', '５', '６', '７', '８', '９'][digit as usize])
            })
            .collect();
        assert!(codes.take(&visitor(1), &wide, at(599)).is_ok());
        assert_eq!(objection(codes.take(&visitor(2), &code, at(599))), WRONG, "a second time");
        let (code, _) = codes.make(&demo(), agent(), at(0)).expect("a code");
        assert_eq!(objection(codes.take(&visitor(3), &code, at(600))), WRONG, "too late");
        let (code, key) = codes.make(&demo(), agent(), at(0)).expect("a code");
        codes.forget(key);
        assert_eq!(objection(codes.take(&visitor(4), &code, at(1))), WRONG, "nobody waits");
    }

    #[test]
    fn a_code_is_for_the_other_side_of_the_same_tenant() {
        let codes = Codes::default();
        let (code, _) = codes.make(&demo(), agent(), at(0)).expect("a code");
        let other = TenantId("other".into());
        assert_eq!(objection(codes.take(&Who::Agent(demo(), "aki".into()), &code, at(1))), WRONG);
        assert_eq!(objection(codes.take(&Who::Visitor(other, VisitorId::from_bytes([1; 16])), &code, at(1))), WRONG);
        assert!(codes.take(&visitor(1), &code, at(1)).is_ok(), "neither used it up");
    }

    #[test]
    fn five_wrong_tries_end_the_tries_of_one_and_of_nobody_else() {
        let codes = Codes::default();
        let (code, _) = codes.make(&demo(), agent(), at(0)).expect("a code");
        for second in 0..5 {
            assert_eq!(objection(codes.take(&visitor(1), "no", at(second))), WRONG);
        }
        let locked = Some((Objection::TooMany, Some(590_000)));
        assert_eq!(objection(codes.take(&visitor(1), &code, at(14))), locked, "also with the right one");
        assert!(codes.take(&visitor(2), &code, at(14)).is_ok());
        assert_eq!(objection(codes.take(&visitor(1), "no", at(604))), WRONG, "later he may again");
    }

    #[test]
    fn many_who_guess_together_are_stopped_together() {
        let codes = Codes::default();
        let wrong = (0..=255).filter(|number| objection(codes.take(&visitor(*number), "no", at(0))) == WRONG).count();
        assert_eq!(wrong, TRIES_OF_ALL);
        assert_eq!(objection(codes.take(&visitor(1), "no", at(59))), Some((Objection::TooMany, Some(1_000))));
        assert_eq!(objection(codes.take(&visitor(1), "no", at(60))), WRONG);
    }

    #[test]
    fn codes_differ_and_there_is_a_limit_to_them() {
        let codes = Codes::default();
        let made: std::collections::HashSet<_> =
            (0..CODES).map(|_| codes.make(&demo(), agent(), at(0)).expect("a code").0).collect();
        assert_eq!(made.len(), CODES);
        assert!(codes.make(&demo(), agent(), at(1)).is_err());
        assert!(codes.make(&demo(), agent(), at(600)).is_ok(), "the old ones are no good any more");
    }
}
