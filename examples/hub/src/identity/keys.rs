//! Keys that customers publish, fetched and kept for a while.
//!
//! Who may change the rules chooses the address, so the hub asks only those that anybody could ask: never one of its own network, never
//! where another answer leads, and not for long.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jsonwebtoken::jwk::JwkSet;
use reqwest::{Client, redirect};
use tokio::time::Instant;
use url::{Host, Url};

use super::rules::{RULES_LIMIT, are_keys};
use crate::outside::{self, is_public};

/// An answer must be there within this time.
const PATIENCE: Duration = Duration::from_secs(5);

/// Keys are asked for again after this time.
const FRESH: Duration = Duration::from_secs(600);

/// A key that is not there may be a new one: they are asked for again, but not more often than this.
const AGAIN: Duration = Duration::from_secs(30);

/// Where nobody answers, known keys are good for so long.
const STALE: Duration = Duration::from_secs(3_600);

/// Most addresses that are remembered.
const REMEMBERED: usize = 64;

/// Keys by their address.
#[derive(Debug)]
pub struct Keys {
    outside: Client,
    inside: Client,
    /// Origins that may be private, and without TLS.
    listed: Vec<String>,
    known: Mutex<HashMap<String, Known>>,
    /// One at a time: many visitors at once are one question.
    asking: tokio::sync::Mutex<()>,
}

#[derive(Clone, Debug)]
struct Known {
    keys: Option<Arc<JwkSet>>,
    fetched: Instant,
    asked: Instant,
}

/// Nobody answers, or not with keys.
#[derive(Debug, thiserror::Error)]
pub enum NoKeys {
    /// The address is one that the hub does not ask.
    #[error(
        "it is not https, or it is in a private network: list its origin with --identity-keys-from where that is meant"
    )]
    NotAsked,
    /// The answer did not come.
    #[error("{0}")]
    Unreachable(#[from] reqwest::Error),
    /// It is no set of keys.
    #[error("the answer is no set of public keys")]
    NotKeys,
    /// It was asked just now, without success.
    #[error("it did not answer just now")]
    JustAsked,
}

impl Keys {
    /// Nothing is known yet. `listed`: origins that may be asked although they are private or without TLS; for development.
    ///
    /// # Panics
    /// Where TLS does not work at all.
    pub fn new(listed: Vec<String>) -> Self {
        Self {
            outside: outside::guarded(PATIENCE, redirect::Policy::none()).expect("TLS is built in"),
            inside: outside::unguarded(PATIENCE).expect("TLS is built in"),
            listed,
            known: Mutex::default(),
            asking: tokio::sync::Mutex::new(()),
        }
    }

    /// The keys at an address, if need be asked for now; again, where `is_enough` says that one is missing.
    ///
    /// # Errors
    /// [`NoKeys`].
    pub async fn at(&self, address: &str, is_enough: impl Fn(&JwkSet) -> bool) -> Result<Arc<JwkSet>, NoKeys> {
        if let Some(keys) = self.fresh(address, &is_enough) {
            return Ok(keys);
        }
        let _turn = self.asking.lock().await;
        if let Some(keys) = self.fresh(address, &is_enough) {
            return Ok(keys);
        }
        let known = self.lock().get(address).cloned();
        let old = known.as_ref().filter(|known| known.fetched.elapsed() < STALE).and_then(|known| known.keys.clone());
        if known.as_ref().is_some_and(|known| known.asked.elapsed() < AGAIN) {
            return old.ok_or(NoKeys::JustAsked);
        }
        let fetched = self.fetch(address).await;
        let now = Instant::now();
        let mut all = self.lock();
        if all.len() >= REMEMBERED && !all.contains_key(address) {
            all.retain(|_, known| known.fetched.elapsed() < FRESH);
            if all.len() >= REMEMBERED {
                all.clear();
            }
        }
        match fetched {
            Ok(keys) => {
                let keys = Arc::new(keys);
                all.insert(address.to_owned(), Known { keys: Some(Arc::clone(&keys)), fetched: now, asked: now });
                Ok(keys)
            }
            Err(error) => {
                let fetched = known.map_or(now, |known| known.fetched);
                all.insert(address.to_owned(), Known { keys: old.clone(), fetched, asked: now });
                tracing::warn!(%error, address, "keys of an issuer cannot be fetched");
                old.ok_or(error)
            }
        }
    }

    fn fresh(&self, address: &str, is_enough: &impl Fn(&JwkSet) -> bool) -> Option<Arc<JwkSet>> {
        let known = self.lock().get(address).filter(|known| known.fetched.elapsed() < FRESH)?.keys.clone()?;
        is_enough(&known).then_some(known)
    }

    async fn fetch(&self, address: &str) -> Result<JwkSet, NoKeys> {
        let (client, url) = self.client(address)?;
        let mut answer = client.get(url).send().await?.error_for_status()?;
        if !answer.status().is_success() {
            return Err(NoKeys::NotKeys);
        }
        let mut body = Vec::new();
        while let Some(piece) = answer.chunk().await? {
            body.extend_from_slice(&piece);
            if body.len() > RULES_LIMIT {
                return Err(NoKeys::NotKeys);
            }
        }
        let mut keys: JwkSet = serde_json::from_slice(&body).map_err(|_| NoKeys::NotKeys)?;
        // Sets may have keys for other purposes besides.
        keys.keys.retain(super::rules::is_key);
        are_keys(&keys).then_some(keys).ok_or(NoKeys::NotKeys)
    }

    /// Who asks an address, if it may be asked.
    ///
    /// # Errors
    /// [`NoKeys::NotAsked`].
    pub(super) fn client(&self, address: &str) -> Result<(&Client, Url), NoKeys> {
        let url = Url::parse(address).map_err(|_| NoKeys::NotAsked)?;
        let is_listed = self.listed.iter().any(|origin| *origin == url.origin().ascii_serialization());
        let is_outside = url.scheme() == "https"
            && match url.host() {
                Some(Host::Ipv4(ip)) => is_public(ip.into()),
                Some(Host::Ipv6(ip)) => is_public(ip.into()),
                Some(Host::Domain(_)) => true,
                None => false,
            };
        match (is_listed, is_outside) {
            (true, _) => Ok((&self.inside, url)),
            (false, true) => Ok((&self.outside, url)),
            (false, false) => Err(NoKeys::NotAsked),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_address_that_is_private_or_without_tls_is_asked_only_where_it_is_listed() {
        let keys = Keys::new(vec!["http://localhost:1".into()]);
        for address in [
            "http://shop.example/keys",
            "https://127.0.0.1/keys",
            "https://[::1]/keys",
            "https://2130706433/keys",
            "http://localhost:2/keys",
            "ftp://localhost:1/keys",
        ] {
            assert!(matches!(keys.at(address, |_| true).await, Err(NoKeys::NotAsked)), "{address}");
        }
        // By its name: who resolves it sees where it leads.
        assert!(matches!(keys.at("https://localhost:1/keys", |_| true).await, Err(NoKeys::Unreachable(_))));
        assert!(matches!(keys.at("http://localhost:1/keys", |_| true).await, Err(NoKeys::Unreachable(_))));
        assert!(matches!(keys.at("http://localhost:1/keys", |_| true).await, Err(NoKeys::JustAsked)));
    }
}
