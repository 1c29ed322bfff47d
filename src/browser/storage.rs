//! What the browser keeps for us, or memory where it does not.
//!
//! Nothing here fails: storage that is refused, full or broken by the page turns into its memory twin, and the visitor is a
//! new one on the next page.

use std::cell::RefCell;

use super::window;

/// First-party storage, by key.
#[derive(Debug)]
pub enum Store {
    /// `localStorage`
    Local(web_sys::Storage),
    /// Gone with the page.
    Memory(RefCell<Vec<(String, String)>>),
}

impl Store {
    /// `localStorage` where it can really be written to, else memory.
    pub fn open() -> Self {
        const PROBE: &str = "alongside:probe";
        let local = window().and_then(|window| window.local_storage().ok().flatten());
        match local {
            Some(local) if local.set_item(PROBE, "1").is_ok() && local.remove_item(PROBE).is_ok() => Self::Local(local),
            _ => Self::memory(),
        }
    }

    /// The twin, for pages that refuse storage and for tests.
    pub fn memory() -> Self {
        Self::Memory(RefCell::default())
    }

    /// The value of `key`.
    pub fn read(&self, key: &str) -> Option<String> {
        match self {
            Self::Local(local) => local.get_item(key).ok().flatten(),
            Self::Memory(pairs) => pairs.borrow().iter().find(|(held, _)| held == key).map(|(_, value)| value.clone()),
        }
    }

    /// Keeps `value`. A full storage keeps what it had.
    pub fn write(&self, key: &str, value: &str) {
        match self {
            Self::Local(local) => drop(local.set_item(key, value)),
            Self::Memory(pairs) => {
                let mut pairs = pairs.borrow_mut();
                pairs.retain(|(held, _)| held != key);
                pairs.push((key.to_owned(), value.to_owned()));
            }
        }
    }

    /// Forgets `key`.
    pub fn remove(&self, key: &str) {
        match self {
            Self::Local(local) => drop(local.remove_item(key)),
            Self::Memory(pairs) => pairs.borrow_mut().retain(|(held, _)| held != key),
        }
    }

    /// All keys that begin with `prefix`, at most 100.
    pub fn keys(&self, prefix: &str) -> Vec<String> {
        let is_ours = |key: &String| key.starts_with(prefix);
        match self {
            Self::Local(local) => (0..local.length().unwrap_or(0))
                .filter_map(|index| local.key(index).ok().flatten())
                .filter(is_ours)
                .take(100)
                .collect(),
            Self::Memory(pairs) => {
                pairs.borrow().iter().map(|(key, _)| key).filter(|key| is_ours(key)).take(100).cloned().collect()
            }
        }
    }
}
