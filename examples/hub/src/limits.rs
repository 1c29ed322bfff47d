//! How much one address may do.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Most open connections of one address.
pub const CONNECTIONS: usize = 60;

/// Most failed sign-ins per address and e-mail address in [`SIGN_IN_WINDOW`].
pub const SIGN_INS: usize = 5;

/// See [`SIGN_INS`].
pub const SIGN_IN_WINDOW: Duration = Duration::from_secs(60);

/// Most addresses whose failed sign-ins are remembered; the memory is bounded.
const REMEMBERED: usize = 10_000;

/// Counters, all in memory.
#[derive(Debug, Default)]
pub struct Limits {
    connections: Arc<Mutex<HashMap<IpAddr, usize>>>,
    sign_ins: Mutex<HashMap<(IpAddr, String), Vec<Instant>>>,
}

/// A place among an address's connections, given back when dropped.
#[derive(Debug)]
pub struct Place {
    connections: Arc<Mutex<HashMap<IpAddr, usize>>>,
    address: IpAddr,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut connections = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = connections.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                connections.remove(&self.address);
            }
        }
    }
}

impl Limits {
    /// A place for one more connection; `None` when the address has all it may have.
    pub fn connect(&self, address: IpAddr) -> Option<Place> {
        let mut connections = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
        let count = connections.entry(address).or_default();
        if *count >= CONNECTIONS {
            return None;
        }
        *count += 1;
        Some(Place { connections: Arc::clone(&self.connections), address })
    }

    /// Whether another sign-in may be tried.
    pub fn may_sign_in(&self, address: IpAddr, email: &str) -> bool {
        let mut sign_ins = self.sign_ins.lock().unwrap_or_else(PoisonError::into_inner);
        let tries = sign_ins.entry((address, email.to_lowercase())).or_default();
        tries.retain(|at| at.elapsed() < SIGN_IN_WINDOW);
        tries.len() < SIGN_INS
    }

    /// Remembers a failed sign-in.
    pub fn sign_in_failed(&self, address: IpAddr, email: &str) {
        let mut sign_ins = self.sign_ins.lock().unwrap_or_else(PoisonError::into_inner);
        if sign_ins.len() >= REMEMBERED {
            sign_ins.retain(|_, tries| tries.iter().any(|at| at.elapsed() < SIGN_IN_WINDOW));
        }
        if sign_ins.len() < REMEMBERED {
            sign_ins.entry((address, email.to_lowercase())).or_default().push(Instant::now());
        }
    }
}
