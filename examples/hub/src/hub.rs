//! What all connections share.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use alongside::protocol::{Refusal, RefusalCode, SourceId};
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use tokio::sync::watch;

use crate::bot::Bot;
use crate::channel::Couriers;
use crate::cobrowse::{Codes, Sessions, Webhooks};
use crate::conversation::{Calls, Conversations, Switchboard};
use crate::files::Files;
use crate::identity::Keys;
use crate::limits::Limits;
use crate::live::Live;
use crate::poll::Polls;
use crate::preview::Previews;
use crate::session::{Origin, refusal};
use crate::store::{Store, StoreError, TenantId};
use crate::terms::AllTerms;

/// The hub; clones are the same one.
#[derive(Debug)]
pub struct Hub<S>(Arc<Shared<S>>);

/// What stands between the hub and the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Front {
    /// Nothing: who connects is the client.
    Direct,
    /// A proxy, which adds each client's address to `X-Forwarded-For`.
    Proxy,
}

/// What who runs the hub chose.
#[derive(Debug)]
pub struct Setup {
    /// Where the hub's own pages come from.
    pub own_origins: Vec<String>,
    /// What stands before it.
    pub front: Front,
    /// Who else is told of sessions.
    pub webhooks: Webhooks,
    /// After so long without activity, what a visitor says begins a new conversation.
    pub threading: Duration,
    /// The bot that has conversations first.
    pub bot: Option<Bot>,
    /// Who sends requests to other systems.
    pub client: reqwest::Client,
    /// Who looks at addresses in messages.
    pub previews: Previews,
    /// Keys that customers publish.
    pub identity_keys: Keys,
}

/// See [`Hub`].
#[derive(Debug)]
pub struct Shared<S> {
    /// What is kept.
    pub store: S,
    /// Who is told what.
    pub live: Live,
    /// Sessions that visitors share with agents.
    pub sessions: Sessions,
    /// Codes by which such sessions begin.
    pub codes: Codes,
    /// Who takes part in conversations.
    pub conversations: Conversations,
    /// What people send each other besides words.
    pub files: Files,
    /// The bot that has conversations first.
    pub bot: Option<Bot>,
    /// Conversations that it is being asked about.
    pub calls: Calls,
    /// Who looks at addresses in messages.
    pub previews: Previews,
    /// What holds for conversations.
    pub terms: AllTerms,
    /// What goes to channels.
    pub couriers: Couriers,
    /// Who sends requests to other systems.
    pub client: reqwest::Client,
    /// Keys that customers publish.
    pub identity_keys: Keys,
    /// Who gets which conversation.
    pub switchboard: Switchboard,
    /// After so long without activity, what a visitor says begins a new conversation.
    pub threading: Duration,
    /// Counts the changes of what is masked.
    pub masking: watch::Sender<u64>,
    /// Who else is told of sessions.
    pub webhooks: Webhooks,
    /// Open long polls.
    pub polls: Polls,
    /// How much of everything.
    pub limits: Limits,
    /// Where the desk is served from.
    pub own_origins: Vec<String>,
    front: Front,
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
    /// A hub over a store.
    pub fn new(store: S, files: Files, setup: Setup) -> Self {
        let Setup { own_origins, front, webhooks, threading, bot, client, previews, identity_keys } = setup;
        Self(Arc::new(Shared {
            store,
            files,
            live: Live::new(),
            sessions: Sessions::default(),
            codes: Codes::default(),
            conversations: Conversations::default(),
            bot,
            calls: Calls::default(),
            terms: AllTerms::default(),
            couriers: Couriers::default(),
            client,
            previews,
            identity_keys,
            switchboard: Switchboard::default(),
            threading,
            masking: watch::channel(0).0,
            webhooks,
            polls: Polls::default(),
            limits: Limits::default(),
            own_origins,
            front,
            sources: Mutex::default(),
            stop: watch::channel(false).0,
        }))
    }

    /// The tenant of a deployment that allows this origin. A deployment that does not exist looks the same as an origin
    /// that is not allowed. The hub's own is that of the messenger's [`frame`](crate::frame), which only pages of the deployment show.
    ///
    /// # Errors
    /// A refusal that says what to check.
    pub async fn tenant_of(&self, deployment: &str, origin: &Origin) -> Result<TenantId, Refusal> {
        let found = self.store.deployment(deployment).await.map_err(unreadable)?;
        let origin = origin.0.as_deref().unwrap_or("null");
        found
            .filter(|deployment| deployment.origins.iter().chain(&self.own_origins).any(|allowed| allowed == origin))
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

/// The client's address.
///
/// Behind a proxy it is the last one of `X-Forwarded-For`: that one the proxy wrote itself, what is before it the client may
/// have made up. Without a proxy the header is not looked at.
#[derive(Clone, Copy, Debug)]
pub struct Address(pub IpAddr);

impl<S: Store> FromRequestParts<Hub<S>> for Address {
    type Rejection = <ConnectInfo<SocketAddr> as FromRequestParts<Hub<S>>>::Rejection;

    async fn from_request_parts(parts: &mut Parts, hub: &Hub<S>) -> Result<Self, Self::Rejection> {
        let ConnectInfo(peer) = ConnectInfo::<SocketAddr>::from_request_parts(parts, hub).await?;
        let forwarded = match hub.front {
            Front::Direct => None,
            Front::Proxy => parts.headers.get_all("x-forwarded-for").iter().next_back(),
        };
        let last = forwarded.and_then(|hops| hops.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
        Ok(Self(last.unwrap_or_else(|| peer.ip())))
    }
}

/// See [`Hub::hold`].
#[derive(Debug)]
pub struct Hold(#[expect(dead_code, reason = "it is dropped, not read")] watch::Receiver<bool>);

fn unreadable(error: StoreError) -> Refusal {
    tracing::error!(%error, "cannot read deployments");
    Refusal { retry_after: Some(2_000), ..refusal(RefusalCode::Busy, "the hub cannot read its data now") }
}
