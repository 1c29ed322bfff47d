//! A visitor's page, as far as conversations go.

use alongside::protocol::cobrowse::EndReason;
use alongside::protocol::conversation::{
    Ask, Mark, News, Objection, PAGE_OF_ENTRIES, Refused, Say, Stage, Standing, Talk, Thread,
};
use alongside::protocol::{ConversationId, Malformed, VisitorId};
use tokio::sync::mpsc;

use super::speech::{self, Heard, publish};
use super::switchboard::Fact;
use super::{Keep, WAITING, as_many, bot, for_visitor};
use crate::clock;
use crate::hub::Hub;
use crate::store::{Change, Changed, Part, Store, StoreError, TenantId, ThreadOf};
use crate::terms;
use crate::way::{Cut, Mailbox, Way};

/// One connected page; dropped, it is gone once what it said is done.
#[derive(Debug)]
pub struct Talker {
    said: mpsc::Sender<Talk>,
    mailbox: Mailbox<Talk>,
}

impl Talker {
    /// A page that connects: where messages wait for its visitor it is told so.
    pub fn open<S: Store>(hub: Hub<S>, tenant: TenantId, visitor: VisitorId) -> Self {
        let (way, mailbox) = Way::open();
        let (said, hears) = mpsc::channel(WAITING);
        tokio::spawn(Task { hub, of: ThreadOf { tenant, visitor }, way }.run(hears));
        Self { said, mailbox }
    }

    /// The page says something.
    ///
    /// # Errors
    /// [`Malformed::Unknown`] for what no page may say.
    pub async fn hear(&self, talk: Talk) -> Result<(), Malformed> {
        let may = matches!(
            talk,
            Talk::Ask(_) | Talk::Say(_) | Talk::Mark(_) | Talk::Typing(_) | Talk::Finish(_) | Talk::NotNow(_)
        );
        if !may {
            return Err(Malformed::Unknown);
        }
        // It fails where the hub ends.
        let _ = self.said.send(talk).await;
        Ok(())
    }

    /// What the page is to be told next; cancel safe.
    ///
    /// # Errors
    /// [`Cut`] where it was too slow.
    pub async fn next(&mut self) -> Result<Talk, Cut> {
        self.mailbox.next().await
    }
}

struct Task<S> {
    hub: Hub<S>,
    of: ThreadOf,
    way: Way<Talk>,
}

impl<S: Store> Task<S> {
    async fn run(self, mut hears: mpsc::Receiver<Talk>) {
        self.hub.conversations.add_page(&self.of, self.way.clone());
        self.come().await;
        while let Some(talk) = hears.recv().await {
            match talk {
                Talk::Ask(ask) => self.answer(ask).await,
                Talk::Say(say) => self.say(say).await,
                Talk::Mark(Mark { delivered, read, conversation }) => {
                    self.change(Change::Mark { delivered, read, conversation }).await;
                }
                Talk::Finish(finish) => self.change(Change::Finish(finish.conversation)).await,
                Talk::NotNow(not_now) => self.change(Change::DeclineSignIn(not_now.conversation)).await,
                Talk::Typing(typing) => self.show_typing(typing.conversation).await,
                _ => {}
            }
        }
        self.go().await;
    }

    async fn come(&self) {
        let all = self.hub.store.current_conversations(&self.of).await;
        // How they are told depends on it.
        let all = match terms::may(&self.hub, &self.of.tenant).await.and(all) {
            Ok(all) => all,
            Err(error) => return failed(&error),
        };
        for kept in all {
            if kept.unseen > 0 {
                self.way.tell(Talk::Standing(self.hub.conversations.standing(&self.of, &kept)));
            }
            if kept.stage != Stage::Ended {
                self.hub.conversations.tell_desks(&self.of, &kept);
            }
            if let Err(error) = bot::catch_up(&self.hub, &self.of, &kept).await {
                failed(&error);
            }
        }
    }

    /// Told of a conversation of his that goes on; where none is named, of the current one.
    async fn show_typing(&self, conversation: Option<ConversationId>) {
        let Ok(all) = self.hub.store.current_conversations(&self.of).await else { return };
        let meant = all.into_iter().find(|kept| conversation.is_none_or(|named| named == kept.conversation));
        if let Some(kept) = meant {
            self.hub.conversations.show_typing(&self.of, kept.conversation);
        }
    }

    async fn go(&self) {
        let was_last = self.hub.conversations.remove_page(&self.of, &self.way);
        if !was_last {
            return;
        }
        // The store may have ended before the last connection.
        let Ok(all) = self.hub.store.current_conversations(&self.of).await else { return };
        for kept in all.iter().filter(|kept| kept.stage != Stage::Ended) {
            self.hub.conversations.tell_desks(&self.of, kept);
        }
    }

    async fn say(&self, say: Say) {
        let id = say.id;
        let refused = |objection, retry_after| {
            self.way.tell(Talk::Refused(Refused { id, objection, retry_after }));
        };
        match speech::hear(&self.hub, &self.of, say, None).await {
            Ok(Heard::Kept(..)) => {}
            Ok(Heard::Before(kept, entries)) => {
                let entries = for_visitor(entries);
                self.way.tell(Talk::News(News { entries }));
                self.way.tell(Talk::Standing(self.hub.conversations.standing(&self.of, &kept)));
            }
            Ok(Heard::Refused(objection, retry_after)) => refused(objection, retry_after),
            Err(error) => {
                failed(&error);
                refused(Objection::Busy, Some(2_000));
            }
        }
    }

    /// A change that nobody waits for.
    async fn change(&self, change: Change) {
        let is_end = matches!(change, Change::Finish(_));
        match self.hub.store.converse(&self.of, change, clock::wall()).await {
            Ok(Changed::Kept(kept, entries)) => {
                publish(&self.hub, &self.of, &kept, &entries);
                if is_end {
                    self.hub.sessions.end_conversation(&self.of, &kept, EndReason::Conversation);
                    self.hub.switchboard.tell(Fact::Moved(self.of.clone()));
                }
            }
            Ok(_) => {}
            Err(error) => failed(&error),
        }
    }

    async fn answer(&self, ask: Ask) {
        let part = match (ask.after, ask.before) {
            (_, Some(before)) => Part::Before(before),
            (Some(after), None) => Part::After(after),
            (None, None) => Part::Last,
        };
        let kept = self.hub.store.current_conversations(&self.of).await;
        let found = self.hub.store.thread(&self.of, part, PAGE_OF_ENTRIES).await;
        let (kept, found) = match (kept, found) {
            (Ok(kept), Ok(found)) => (kept, found),
            (Err(error), _) | (_, Err(error)) => return failed(&error),
        };
        let keep = if matches!(part, Part::After(_)) { Keep::First } else { Keep::Last };
        let (entries, is_cut) = as_many(for_visitor(found.entries), keep);
        if self.hub.conversations.wake_page(&self.way) {
            match terms::told(&self.hub, &self.of.tenant).await {
                Ok(terms) => drop(self.way.tell(Talk::Terms(terms))),
                Err(error) => failed(&error),
            }
        }
        let is_waiting = kept.iter().any(|kept| kept.stage == Stage::Waiting);
        let mut standings = kept.iter().map(|kept| self.hub.conversations.standing(&self.of, kept));
        let standing = standings.next().unwrap_or_else(none);
        for other in standings {
            self.way.tell(Talk::Standing(other));
        }
        self.way.tell(Talk::Thread(Thread {
            standing,
            entries,
            before: ask.before,
            has_earlier: found.has_earlier || is_cut && keep == Keep::Last,
            has_later: found.has_later || is_cut && keep == Keep::First,
        }));
        if is_waiting {
            self.hub.switchboard.tell(Fact::Asked(self.of.clone()));
        }
    }
}

/// There is no conversation yet.
fn none() -> Standing {
    Standing {
        stage: Stage::None,
        agent: None,
        is_bot: None,
        first: 0,
        version: 0,
        delivered: 0,
        read: 0,
        seen: 0,
        last: 0,
        unread: 0,
        conversation: None,
    }
}

fn failed(error: &StoreError) {
    tracing::error!(%error, "a conversation was not read or not kept");
}
