//! What all connections share.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

use alongside::protocol::{Refusal, RefusalCode, SourceId};
use tokio::sync::watch;

use crate::limits::Limits;
use crate::live::Live;
use crate::poll::Polls;
use crate::session::{Origin, refusal};
use crate::store::{Store, StoreError, TenantId};

/// The hub; clones are the same one.
#[derive(Debug)]
pub struct Hub<S>(Arc<Shared<S>>);

/// See [`Hub`].
#[derive(Debug)]
pub struct Shared<S> {
    /// What is kept.
    pub store: S,
    /// Who is told what.
    pub live: Live,
    /// Open long polls.
    pub polls: Polls,
    /// How much of everything.
    pub limits: Limits,
    /// Where the desk is served from.
    pub own_origins: Vec<String>,
    sources: Mutex<HashMap<SourceId, watch::Sender<()>>>,
    stop: watch::Sender<bool>,
}

impl<S> Clone for Hub<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S> Deref for Hub<S> {
    type Target = Shared<S>;

    fn deref(&self) -> &Shared<S> {
        &self.0
    }
}

impl<S: Store> Hub<S> {
    /// A hub over a store, whose own pages come from `own_origins`.
    pub fn new(store: S, own_origins: Vec<String>) -> Self {
        Self(Arc::new(Shared {
            store,
            live: Live::new(),
            polls: Polls::default(),
            limits: Limits::default(),
            own_origins,
            sources: Mutex::default(),
            stop: watch::channel(false).0,
        }))
    }

    /// The tenant of a deployment that allows this origin. A deployment that does not exist looks the same as an origin
    /// that is not allowed.
    ///
    /// # Errors
    /// A refusal that says what to check.
    pub async fn tenant_of(&self, deployment: &str, origin: &Origin) -> Result<TenantId, Refusal> {
        let found = self.store.deployment(deployment).await.map_err(unreadable)?;
        let origin = origin.0.as_deref().unwrap_or("null");
        found
            .filter(|deployment| deployment.origins.iter().any(|allowed| allowed == origin))
            .map(|found| found.tenant)
            .ok_or_else(|| {
                refusal(
                    RefusalCode::Deployment,
                    format!(
                        "no deployment '{}' allows pages from {}: check the deployment id in the script tag \
                         (data-deployment) and the deployment's list of origins at the hub (--allow-origin)",
                        deployment.chars().take(64).collect::<String>(),
                        origin.chars().take(200).collect::<String>(),
                    ),
                )
            })
    }

    /// Whether some deployment, or the hub itself, has pages of this origin.
    ///
    /// # Errors
    /// A refusal for now.
    pub async fn is_known(&self, origin: &Origin) -> Result<bool, Refusal> {
        let Some(origin) = &origin.0 else { return Ok(false) };
        Ok(self.own_origins.contains(origin) || self.store.is_allowed(origin).await.map_err(unreadable)?)
    }

    /// Takes a source over: whoever had it before is told to end.
    pub fn supersede(&self, source: SourceId) -> watch::Receiver<()> {
        let (sender, receiver) = watch::channel(());
        let mut sources = self.sources.lock().unwrap_or_else(PoisonError::into_inner);
        sources.retain(|_, sender| !sender.is_closed());
        sources.insert(source, sender);
        receiver
    }

    /// Tells every connection to end.
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// Keeps the end of the hub waiting until it is dropped.
    pub fn hold(&self) -> Hold {
        Hold(self.stop.subscribe())
    }

    /// Resolves when nothing holds the hub any more.
    pub async fn released(&self) {
        self.stop.closed().await;
    }

    /// Resolves when the hub stops.
    pub async fn stopping(&self) {
        let mut stop = self.stop.subscribe();
        // The sender lives as long as the hub.
        let _ = stop.wait_for(|stop| *stop).await;
    }
}

/// See [`Hub::hold`].
#[derive(Debug)]
pub struct Hold(#[expect(dead_code, reason = "it is dropped, not read")] watch::Receiver<bool>);

fn unreadable(error: StoreError) -> Refusal {
    tracing::error!(%error, "cannot read deployments");
    Refusal { retry_after: Some(2_000), ..refusal(RefusalCode::Busy, "the hub cannot read its data now") }
}
