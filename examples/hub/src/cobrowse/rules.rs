//! What a page is told of masking: before the first session, since it mirrors nothing before, and whenever it changes from then on.

use alongside::protocol::{Masking, RelayBody};
use tokio::sync::watch;

use crate::hub::Hub;
use crate::store::Store;
use crate::way::Cut;

/// What one page was told.
#[derive(Debug)]
pub(super) struct Rules {
    deployment: String,
    told: Option<Masking>,
    changes: watch::Receiver<u64>,
    /// Whether it is to be looked up. Who looks may be dropped before he has the answer.
    is_due: bool,
}

impl Rules {
    /// A page that was told nothing.
    pub(super) fn new<S: Store>(hub: &Hub<S>, deployment: String) -> Self {
        Self { deployment, told: None, changes: hub.masking.subscribe(), is_due: false }
    }

    /// The page is to hear of a session; whether it is to hear of this first.
    pub(super) fn are_first(&mut self) -> bool {
        self.is_due |= self.told.is_none();
        self.is_due
    }

    /// Resolves when they may be others than the page was told; cancel safe.
    pub(super) async fn changed(&mut self) {
        match self.told {
            // The hub lives as long as its pages, and so does its count.
            Some(_) => self.is_due |= self.changes.changed().await.is_ok(),
            None => std::future::pending().await,
        }
    }

    /// What the page is to be told now, before all else; cancel safe.
    ///
    /// # Errors
    /// [`Cut::Unreadable`].
    pub(super) async fn news<S: Store>(&mut self, hub: &Hub<S>) -> Result<Option<RelayBody>, Cut> {
        if self.told.is_some() {
            self.is_due |= self.changes.has_changed().unwrap_or(false);
        }
        if !self.is_due {
            return Ok(None);
        }
        // What changes from here on is looked up again.
        self.changes.borrow_and_update();
        let masking = hub.store.masking(&self.deployment).await.map_err(|error| {
            tracing::error!(%error, "cannot read what is masked");
            Cut::Unreadable
        })?;
        self.is_due = false;
        if self.told.as_ref() == Some(&masking) {
            return Ok(None);
        }
        self.told = Some(masking.clone());
        Ok(Some(RelayBody::Masking(masking)))
    }
}
