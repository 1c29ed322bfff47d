//! The way to a connection: never waited for, and bounded.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{Notify, mpsc};

/// Messages that wait for one connection; the next one ends it.
pub(crate) const WAITING: usize = 512;

/// Why a connection is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// It is too slow for what must not be lost.
    Slow,
    /// The store does not say what the client must know.
    Unreadable,
}

/// The way to a connection; clones lead to the same one.
#[derive(Debug)]
pub(crate) struct Way<T> {
    number: u64,
    messages: mpsc::Sender<T>,
    cut: Arc<Notify>,
}

impl<T> Clone for Way<T> {
    fn clone(&self) -> Self {
        Self { number: self.number, messages: self.messages.clone(), cut: Arc::clone(&self.cut) }
    }
}

/// Its other end.
#[derive(Debug)]
pub(crate) struct Mailbox<T> {
    messages: mpsc::Receiver<T>,
    cut: Arc<Notify>,
}

impl<T> Way<T> {
    pub(crate) fn open() -> (Self, Mailbox<T>) {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let (sender, messages) = mpsc::channel(WAITING);
        let cut = Arc::new(Notify::new());
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        (Self { number, messages: sender, cut: Arc::clone(&cut) }, Mailbox { messages, cut })
    }

    /// Which connection it is, of all that this process has had.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// Tells it; where there is no room, the connection ends. False where it has ended.
    pub(crate) fn tell(&self, message: T) -> bool {
        match self.messages.try_send(message) {
            Ok(()) => true,
            Err(mpsc::error::TrySendError::Full(_)) => {
                self.cut.notify_one();
                true
            }
            Err(mpsc::error::TrySendError::Closed(_)) => false,
        }
    }

    /// Whether the connection has ended.
    pub(crate) fn is_closed(&self) -> bool {
        self.messages.is_closed()
    }

    /// Shows what may be lost, where there is plenty of room.
    pub(crate) fn show(&self, message: T) {
        if self.messages.capacity() > WAITING / 2 {
            self.tell(message);
        }
    }
}

impl<T> Mailbox<T> {
    /// The next message; cancel safe.
    pub(crate) async fn next(&mut self) -> Result<T, Cut> {
        tokio::select! {
            biased;
            () = self.cut.notified() => Err(Cut::Slow),
            // Who holds this holds a way to it, too.
            Some(message) = self.messages.recv() => Ok(message),
        }
    }

    /// A message that is there already.
    pub(crate) fn try_next(&mut self) -> Option<T> {
        self.messages.try_recv().ok()
    }

    /// Takes no more; what is there already can still be read.
    pub(crate) fn close(&mut self) {
        self.messages.close();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn a_connection_that_does_not_read_is_cut_and_loses_what_may_be_lost_before() {
        let (way, mut mailbox) = Way::open();
        for number in 0..WAITING {
            way.show(number);
        }
        assert_eq!(mailbox.next().now_or_never(), Some(Ok(0)));
        assert_eq!(std::iter::from_fn(|| mailbox.try_next()).count(), WAITING / 2 - 1);
        for number in 0..=WAITING {
            way.tell(number);
        }
        assert_eq!(mailbox.next().now_or_never(), Some(Err(Cut::Slow)), "also with messages before it");
    }
}
