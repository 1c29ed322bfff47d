//! Threads, or conversations, that a task of their own is busy with: one at a time each, and once more where something came meanwhile.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

/// Those that somebody is busy with, and whether something came since.
#[derive(Debug)]
pub struct Busy<Of>(Mutex<HashMap<Of, bool>>);

impl<Of> Default for Busy<Of> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<Of: Clone + Eq + Hash> Busy<Of> {
    /// Whether nobody is busy with it: who asks is from now on. Otherwise that one goes on.
    pub fn begin(&self, of: &Of) -> bool {
        let mut busy = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match busy.get_mut(of) {
            Some(more) => {
                *more = true;
                false
            }
            None => busy.insert(of.clone(), false).is_none(),
        }
    }

    /// Whether something came meanwhile; if not, nobody is busy with it any more.
    pub fn goes_on(&self, of: &Of) -> bool {
        let mut busy = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let more = busy.get_mut(of).is_some_and(std::mem::take);
        if !more {
            busy.remove(of);
        }
        more
    }
}

#[cfg(test)]
mod tests {
    use alongside::protocol::VisitorId;

    use super::*;
    use crate::store::{TenantId, ThreadOf};

    #[test]
    fn who_is_busy_goes_on_once_for_all_that_came_meanwhile() {
        let of = |visitor| ThreadOf { tenant: TenantId("demo".into()), visitor: VisitorId::from_bytes([visitor; 16]) };
        let busy = Busy::default();
        assert!(busy.begin(&of(1)) && busy.begin(&of(2)), "each has one of its own");
        assert!(!busy.begin(&of(1)) && !busy.begin(&of(1)));
        assert!(busy.goes_on(&of(1)) && !busy.goes_on(&of(1)));
        assert!(!busy.goes_on(&of(2)));
        assert!(busy.begin(&of(1)), "he was done");
    }
}
