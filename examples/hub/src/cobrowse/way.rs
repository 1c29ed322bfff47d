//! The way to a visitor's page, as far as sessions go.

use std::sync::Arc;

use alongside::protocol::mirror::KNOWN_LIMIT;
use alongside::protocol::{Bytes, RelayBody, Want};
use tokio::sync::{mpsc, watch};

use crate::way::{Mailbox, Way};

/// Wishes for assets that wait for a page; more are lost, and wanted again with the next offer.
const WANTS: usize = 1_024;

impl Way<RelayBody> {
    /// Tells it or shows it, as the message is.
    pub(super) fn pass(&self, body: RelayBody) {
        if may_be_lost(&body) {
            self.show(body);
        } else {
            self.tell(body);
        }
    }
}

/// Where somebody points is soon somewhere else.
pub(super) fn may_be_lost(body: &RelayBody) -> bool {
    matches!(body, RelayBody::Point(_) | RelayBody::Draw(_) | RelayBody::Probe(_))
}

/// What is wanted of a page's mirror.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    pub(super) desks: u32,
    /// Counts the reasons to begin anew.
    pub(super) beginnings: u64,
    /// Counts the reasons to tell again what was told.
    pub(super) retellings: u64,
    /// What the last one has for whom it is told again; `None`: nothing.
    pub(super) known: Option<Arc<Bytes>>,
}

impl Wanted {
    /// Once more, for one who says that he has this; what is more than anybody has is nothing.
    pub(super) fn tell_again(&mut self, known: Option<Bytes>) {
        self.retellings += 1;
        self.known = known.filter(|known| (1..=KNOWN_LIMIT).contains(&known.0.len())).map(Arc::new);
    }

    /// What those have of the page for whom it was to be told again since; nothing, where they are several.
    pub(super) fn known_since(&self, told: u64) -> Option<Bytes> {
        self.known.as_deref().filter(|_| self.retellings == told + 1).cloned()
    }
}

/// The way to a page; clones lead to the same one.
#[derive(Clone, Debug)]
pub(super) struct PageWay {
    pub(super) way: Way<RelayBody>,
    pub(super) wanted: watch::Sender<Wanted>,
    pub(super) assets: mpsc::Sender<Want>,
}

/// Its other end.
#[derive(Debug)]
pub(super) struct PageMailbox {
    pub(super) mailbox: Mailbox<RelayBody>,
    pub(super) wanted: watch::Receiver<Wanted>,
    pub(super) wants: mpsc::Receiver<Want>,
}

impl PageWay {
    pub(super) fn open() -> (Self, PageMailbox) {
        let (way, mailbox) = Way::open();
        let (wanted_sender, wanted) = watch::channel(Wanted::default());
        let (assets, wants) = mpsc::channel(WANTS);
        (Self { way, wanted: wanted_sender, assets }, PageMailbox { mailbox, wanted, wants })
    }

    pub(super) fn is(&self, other: &Self) -> bool {
        self.way.number() == other.way.number()
    }
}
