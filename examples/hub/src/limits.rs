//! How much one address, or one visitor, may do.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use alongside::protocol::VisitorId;

/// Most open connections of one address.
pub const CONNECTIONS: usize = 60;

/// Most open connections of one visitor: each of his tabs has one, and people leave many open. What he writes is limited by itself.
pub const CONNECTIONS_OF_VISITOR: usize = 20;

/// Most sign-ins that one address may try for one e-mail address in [`SIGN_IN_WINDOW`]; one that succeeds is not counted.
pub const SIGN_INS: usize = 5;

/// Most sign-ins that one address may try for all e-mail addresses together.
pub const SIGN_INS_OF_ADDRESS: usize = 20;

/// See [`SIGN_INS`].
pub const SIGN_IN_WINDOW: Duration = Duration::from_secs(60);

/// Most tokens of the customer's site that one address may try in [`SIGN_IN_WINDOW`]; those that are good are not counted.
pub const HAND_INS: usize = 60;

/// Most addresses whose sign-ins are remembered; the memory is bounded.
const REMEMBERED: usize = 10_000;

/// How many places of each are taken.
type Counts<Of> = Arc<Mutex<HashMap<Of, usize>>>;

/// Counters, all in memory.
#[derive(Debug, Default)]
pub struct Limits {
    connections: Counts<IpAddr>,
    connections_of_visitor: Counts<VisitorId>,
    sign_ins: Mutex<HashMap<IpAddr, Vec<Try>>>,
    hand_ins: Mutex<HashMap<IpAddr, Vec<Instant>>>,
}

/// A sign-in that was begun and has not succeeded.
#[derive(Debug)]
struct Try {
    email: String,
    at: Instant,
}

impl Try {
    fn counts(&self) -> bool {
        self.at.elapsed() < SIGN_IN_WINDOW
    }
}

/// A place among the connections of an address or a visitor, given back when dropped.
#[derive(Debug)]
pub struct Place<Of: Copy + Eq + Hash> {
    counts: Counts<Of>,
    of: Of,
}

impl<Of: Copy + Eq + Hash> Place<Of> {
    /// One more, while there are less than `most`.
    fn take(counts: &Counts<Of>, of: Of, most: usize) -> Option<Self> {
        let mut known = counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = known.entry(of).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Self { counts: Arc::clone(counts), of })
    }
}

impl<Of: Copy + Eq + Hash> Drop for Place<Of> {
    fn drop(&mut self) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.of) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.of);
            }
        }
    }
}

impl Limits {
    /// A place for one more connection; `None` when the address has all it may have.
    pub fn connect(&self, address: IpAddr) -> Option<Place<IpAddr>> {
        Place::take(&self.connections, address, CONNECTIONS)
    }

    /// A place for one more connection of a visitor; `None` when he has all he may have.
    pub fn connect_visitor(&self, visitor: VisitorId) -> Option<Place<VisitorId>> {
        Place::take(&self.connections_of_visitor, visitor, CONNECTIONS_OF_VISITOR)
    }

    /// Counts a sign-in before its password is looked at, so that simultaneous ones cannot pass the limit; false when there
    /// were too many.
    pub fn begin_sign_in(&self, address: IpAddr, email: &str) -> bool {
        let mut sign_ins = self.sign_ins.lock().unwrap_or_else(PoisonError::into_inner);
        if sign_ins.len() >= REMEMBERED && !sign_ins.contains_key(&address) {
            sign_ins.retain(|_, tries| tries.iter().any(Try::counts));
            if sign_ins.len() >= REMEMBERED {
                return false;
            }
        }
        let email = email.to_lowercase();
        let tries = sign_ins.entry(address).or_default();
        tries.retain(Try::counts);
        let of_email = tries.iter().filter(|earlier| earlier.email == email).count();
        let may = of_email < SIGN_INS && tries.len() < SIGN_INS_OF_ADDRESS;
        if may {
            tries.push(Try { email, at: Instant::now() });
        }
        may
    }

    /// Counts a token before it is looked at; false when there were too many.
    pub fn begin_hand_in(&self, address: IpAddr) -> bool {
        let mut hand_ins = self.hand_ins.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = |at: &Instant| at.elapsed() < SIGN_IN_WINDOW;
        if hand_ins.len() >= REMEMBERED && !hand_ins.contains_key(&address) {
            hand_ins.retain(|_, tries| tries.iter().any(counts));
            if hand_ins.len() >= REMEMBERED {
                return false;
            }
        }
        let tries = hand_ins.entry(address).or_default();
        tries.retain(counts);
        let may = tries.len() < HAND_INS;
        if may {
            tries.push(Instant::now());
        }
        may
    }

    /// One of them was good.
    pub fn handed_in(&self, address: IpAddr) {
        let mut hand_ins = self.hand_ins.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tries) = hand_ins.get_mut(&address) {
            tries.pop();
            if tries.is_empty() {
                hand_ins.remove(&address);
            }
        }
    }

    /// The password was right: the tries for this e-mail address no longer count.
    pub fn signed_in(&self, address: IpAddr, email: &str) {
        let mut sign_ins = self.sign_ins.lock().unwrap_or_else(PoisonError::into_inner);
        let email = email.to_lowercase();
        if let Some(tries) = sign_ins.get_mut(&address) {
            tries.retain(|earlier| earlier.email != email);
            if tries.is_empty() {
                sign_ins.remove(&address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    #[test]
    fn a_token_counts_unless_it_is_good() {
        let limits = Limits::default();
        for _ in 0..2 * HAND_INS {
            assert!(limits.begin_hand_in(HERE));
            limits.handed_in(HERE);
        }
        assert_eq!((0..2 * HAND_INS).filter(|_| limits.begin_hand_in(HERE)).count(), HAND_INS);
    }

    #[test]
    fn a_sign_in_counts_until_it_succeeds() {
        let limits = Limits::default();
        for _ in 0..20 {
            assert!(limits.begin_sign_in(HERE, "aki@example.com"));
            limits.signed_in(HERE, "Aki@example.com");
        }
        let mut allowed = (0..20).filter(|_| limits.begin_sign_in(HERE, "aki@example.com")).count();
        assert_eq!(allowed, SIGN_INS);
        allowed += (0..40).filter(|number| limits.begin_sign_in(HERE, &number.to_string())).count();
        assert_eq!(allowed, SIGN_INS_OF_ADDRESS);
    }
}
