//! Where pages and desks find each other.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use alongside::protocol::conversation::{
    Floor, Inbox, InboxNews, InboxPreviewed, InboxTyping, News, Place, Presence, Preview, Previewed, Row, Rows, Stage,
    Standing, Talk, Terms, Typing,
};
use alongside::protocol::{ConversationId, VisitorId};
use alongside::time::Instant;

use super::pace::Pace;
use super::remarks::pieces;
use super::{for_agent, for_visitor, standing};
use crate::store::{KeptConversation, KeptEntry, KeptRemark, May, TenantId, ThreadOf};
use crate::way::Way;

/// How often is looked which paces do not matter any more.
const LOOK: Duration = Duration::from_secs(60);

/// Most threads that one desk follows: those that it looked at last.
const FOLLOWED: usize = 64;

/// All pages that take part in their visitor's thread, and all desks whose inbox is open.
#[derive(Debug, Default)]
pub struct Conversations {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    pages: HashMap<ThreadOf, Vec<Way<Talk>>>,
    /// Pages whose messenger is there, by the numbers of their ways: who was told how a thread goes on.
    awake: HashSet<u64>,
    /// When visitors wrote, while it matters: whether their pages are still there or come again.
    paces: HashMap<ThreadOf, Pace>,
    /// When it was looked at last which of them do.
    looked: Instant,
    desks: Vec<DeskKnown>,
    /// Where visitors may have several conversations that go on.
    several: HashSet<TenantId>,
}

impl Known {
    /// How a conversation stands, as its visitor is told: it is named where there are others, or may be.
    fn standing(&self, of: &ThreadOf, kept: &KeptConversation) -> Standing {
        standing(kept, self.name(of, kept))
    }

    fn name(&self, of: &ThreadOf, kept: &KeptConversation) -> Option<ConversationId> {
        (kept.has_others || self.several.contains(&of.tenant)).then_some(kept.conversation)
    }
}

#[derive(Debug)]
struct DeskKnown {
    way: Way<Inbox>,
    tenant: TenantId,
    agent: String,
    /// The one that it looked at last is the last one.
    follows: Vec<ThreadOf>,
    /// What it was told last of who is at work.
    floor: Option<Floor>,
}

impl Conversations {
    pub(super) fn add_page(&self, of: &ThreadOf, way: Way<Talk>) {
        self.lock().pages.entry(of.clone()).or_default().push(way);
    }

    /// What a tenant says about how many conversations of a visitor may go on.
    pub fn handle_may(&self, tenant: &TenantId, may: May) {
        let several = &mut self.lock().several;
        match may {
            May::Several => several.insert(tenant.clone()),
            May::One => several.remove(tenant),
        };
    }

    /// How a conversation stands, as its visitor is told.
    pub(super) fn standing(&self, of: &ThreadOf, kept: &KeptConversation) -> Standing {
        self.lock().standing(of, kept)
    }

    /// Its messenger is there; whether it was not before.
    pub(super) fn wake_page(&self, way: &Way<Talk>) -> bool {
        self.lock().awake.insert(way.number())
    }

    /// Tells the messengers of a tenant's pages what holds from now on. To the others it would be a reason to fetch theirs.
    pub fn tell_terms(&self, tenant: &TenantId, terms: &Terms) {
        let known = self.lock();
        let pages = known.pages.iter().filter(|(of, _)| of.tenant == *tenant).flat_map(|(_, pages)| pages);
        for page in pages.filter(|page| known.awake.contains(&page.number())) {
            page.tell(Talk::Terms(terms.clone()));
        }
    }

    /// Whether it was the visitor's last one.
    pub(super) fn remove_page(&self, of: &ThreadOf, way: &Way<Talk>) -> bool {
        let mut known = self.lock();
        known.awake.remove(&way.number());
        let Some(pages) = known.pages.get_mut(of) else { return false };
        pages.retain(|page| page.number() != way.number());
        let is_last = pages.is_empty();
        if is_last {
            known.pages.remove(of);
        }
        is_last
    }

    /// Whether the visitor may write one more now; if not, after how long.
    pub(super) fn pace(&self, of: &ThreadOf, now: Instant) -> Result<(), Duration> {
        let mut known = self.lock();
        if now.since(known.looked) >= LOOK {
            known.looked = now;
            known.paces.retain(|_, pace| !pace.is_over(now));
        }
        known.paces.entry(of.clone()).or_default().take(now)
    }

    pub(super) fn add_desk(&self, tenant: &TenantId, agent: &str, way: Way<Inbox>) {
        let mut known = self.lock();
        if known.desks.iter().all(|desk| desk.way.number() != way.number()) {
            let (tenant, agent) = (tenant.clone(), agent.to_owned());
            known.desks.push(DeskKnown { way, tenant, agent, follows: Vec::new(), floor: None });
        }
    }

    pub(super) fn remove_desk(&self, way: &Way<Inbox>) {
        self.lock().desks.retain(|desk| desk.way.number() != way.number());
    }

    /// Whether an agent has a desk whose inbox is open.
    pub(super) fn has_desk(&self, tenant: &TenantId, agent: &str) -> bool {
        self.lock().desks.iter().any(|desk| desk.tenant == *tenant && desk.agent == agent)
    }

    /// The agents who take conversations now, as their desks were told.
    pub(super) fn available(&self, tenant: &TenantId) -> Vec<String> {
        let known = self.lock();
        let desks = known.desks.iter().filter(|desk| {
            desk.tenant == *tenant && desk.floor.as_ref().is_some_and(|floor| floor.presence == Presence::Available)
        });
        desks.map(|desk| desk.agent.clone()).collect()
    }

    /// Tells all desks of an agent.
    pub(super) fn tell_agent(&self, tenant: &TenantId, agent: &str, inbox: &Inbox) {
        for desk in self.lock().desks.iter().filter(|desk| desk.tenant == *tenant && desk.agent == agent) {
            desk.way.tell(inbox.clone());
        }
    }

    /// Tells all desks of a tenant who is at work, where that has changed for them.
    pub(super) fn tell_floor(&self, tenant: &TenantId, floor: impl Fn(&str) -> Floor) {
        for desk in self.lock().desks.iter_mut().filter(|desk| desk.tenant == *tenant) {
            let now = floor(&desk.agent);
            if desk.floor.as_ref() != Some(&now) {
                desk.way.tell(Inbox::Floor(now.clone()));
                desk.floor = Some(now);
            }
        }
    }

    /// The desk hears of what is new in that thread from now on.
    pub(super) fn follow(&self, way: &Way<Inbox>, of: &ThreadOf) {
        let mut known = self.lock();
        let Some(desk) = known.desks.iter_mut().find(|desk| desk.way.number() == way.number()) else { return };
        desk.follows.retain(|followed| followed != of);
        desk.follows.push(of.clone());
        if desk.follows.len() > FOLLOWED {
            desk.follows.remove(0);
        }
    }

    /// Tells everybody of a conversation that changed and of what is new in it.
    pub(crate) fn tell(&self, of: &ThreadOf, kept: &KeptConversation, entries: &[KeptEntry]) {
        let known = self.lock();
        let pages = known.pages.get(of);
        for page in pages.into_iter().flatten() {
            if !entries.is_empty() {
                page.tell(Talk::News(News { entries: for_visitor(entries.to_vec()) }));
            }
            page.tell(Talk::Standing(known.standing(of, kept)));
        }
        let is_there = pages.is_some();
        for desk in known.desks.iter().filter(|desk| desk.tenant == of.tenant) {
            if !entries.is_empty() && desk.follows.contains(of) {
                let entries = for_agent(entries.to_vec(), &desk.agent);
                desk.way.tell(Inbox::News(InboxNews { visitor: of.visitor, entries }));
            }
            desk.way.tell(Inbox::Rows(one(row(kept, &desk.agent, is_there))));
        }
    }

    /// What an address in a message leads to: told to messengers and desks that show it.
    pub fn tell_preview(&self, of: &ThreadOf, seq: u64, preview: &Preview) {
        let known = self.lock();
        for page in known.pages.get(of).into_iter().flatten().filter(|page| known.awake.contains(&page.number())) {
            page.tell(Talk::Preview(Previewed { seq, preview: preview.clone() }));
        }
        for desk in known.desks.iter().filter(|desk| desk.follows.contains(of)) {
            desk.way.tell(Inbox::Preview(InboxPreviewed { visitor: of.visitor, seq, preview: preview.clone() }));
        }
    }

    /// Tells desks alone: a page came or went.
    pub(super) fn tell_desks(&self, of: &ThreadOf, kept: &KeptConversation) {
        let known = self.lock();
        let is_there = known.pages.contains_key(of);
        for desk in known.desks.iter().filter(|desk| desk.tenant == of.tenant) {
            desk.way.tell(Inbox::Rows(one(row(kept, &desk.agent, is_there))));
        }
    }

    /// Tells who follows of what agents noted. Pages never hear of it.
    pub(super) fn tell_remarks(&self, of: &ThreadOf, remarks: &[KeptRemark]) {
        let known = self.lock();
        for desk in known.desks.iter().filter(|desk| desk.tenant == of.tenant && desk.follows.contains(of)) {
            for piece in pieces(of.visitor, remarks, &desk.agent) {
                desk.way.tell(Inbox::Remarks(piece));
            }
        }
    }

    /// The visitor was erased.
    pub fn forget(&self, tenant: &TenantId, visitor: VisitorId) {
        for desk in self.lock().desks.iter().filter(|desk| desk.tenant == *tenant) {
            desk.way.tell(Inbox::Rows(Rows {
                is_reset: false,
                rows: Vec::new(),
                is_whole: false,
                gone: Some(visitor),
            }));
        }
    }

    /// The visitor is writing.
    pub(super) fn show_typing(&self, of: &ThreadOf, conversation: ConversationId) {
        for desk in self.lock().desks.iter().filter(|desk| desk.follows.contains(of)) {
            desk.way.show(Inbox::Typing(InboxTyping { conversation, name: None }));
        }
    }

    /// An agent is writing: told to the visitor, and to who else follows.
    pub(super) fn show_agent_typing(&self, of: &ThreadOf, kept: &KeptConversation, name: &str, own: &Way<Inbox>) {
        let (known, conversation) = (self.lock(), kept.conversation);
        for page in known.pages.get(of).into_iter().flatten() {
            page.show(Talk::Typing(Typing { name: Some(name.to_owned()), conversation: known.name(of, kept) }));
        }
        for desk in known.desks.iter().filter(|desk| desk.follows.contains(of) && desk.way.number() != own.number()) {
            desk.way.show(Inbox::Typing(InboxTyping { conversation, name: Some(name.to_owned()) }));
        }
    }

    /// A bot thinks about what the visitor said.
    pub(super) fn show_bot_typing(&self, of: &ThreadOf, kept: &KeptConversation, name: &str) {
        let known = self.lock();
        for page in known.pages.get(of).into_iter().flatten() {
            page.show(Talk::Typing(Typing { name: Some(name.to_owned()), conversation: known.name(of, kept) }));
        }
    }

    /// Where a visitor's conversation waits; which one is told where there are others, or may be.
    pub(super) fn tell_place(&self, of: &ThreadOf, place: Place, has_several: bool) {
        let known = self.lock();
        let is_named = has_several || known.several.contains(&of.tenant);
        let place = Place { conversation: place.conversation.filter(|_| is_named), ..place };
        for page in known.pages.get(of).into_iter().flatten() {
            page.show(Talk::Place(place.clone()));
        }
    }

    /// Whether one of the visitor's pages is connected.
    pub(super) fn is_there(&self, of: &ThreadOf) -> bool {
        self.lock().pages.contains_key(of)
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One row that is new or has changed.
pub(super) fn one(row: Row) -> Rows {
    Rows { is_reset: false, rows: vec![row], is_whole: false, gone: None }
}

/// A conversation, as this agent's list shows it.
pub(super) fn row(kept: &KeptConversation, agent: &str, is_there: bool) -> Row {
    Row {
        conversation: kept.conversation,
        version: kept.version,
        visitor: kept.visitor,
        visit: kept.visit,
        stage: kept.stage,
        agent: kept.agent.as_ref().map(|has| has.name.clone()),
        is_own: kept.stage == Stage::Open && kept.agent.as_ref().is_some_and(|has| has.agent == agent),
        began: kept.began,
        since: kept.since,
        last_at: kept.last.at,
        last: kept.last.seq,
        last_author: kept.last.author,
        excerpt: kept.last.excerpt.clone(),
        unread: kept.unread,
        delivered: kept.delivered,
        read: kept.read,
        is_there,
        wrap_until: kept.wrap_until.filter(|_| kept.agent.as_ref().is_some_and(|has| has.agent == agent)),
        channel: kept.channel.as_ref().map(|channel| channel.name.clone()),
        name: kept.name.clone(),
        identity: kept.identity.clone(),
        sign_in: kept.sign_in,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_connects_again_may_write_no_faster_for_it() {
        let (known, at) = (Conversations::default(), |millis| Instant::at(Duration::from_millis(millis)));
        let of = |visitor| ThreadOf { tenant: TenantId("demo".into()), visitor: VisitorId::from_bytes([visitor; 16]) };
        for _ in 0..5 {
            let (way, _mailbox) = Way::open();
            known.add_page(&of(1), way.clone());
            assert_eq!(known.pace(&of(1), at(1_000)), Ok(()));
            assert!(known.remove_page(&of(1), &way));
        }
        assert_eq!(known.pace(&of(1), at(1_400)), Err(Duration::from_millis(600)));
        assert_eq!(known.pace(&of(2), at(1_400)), Ok(()), "others may");
        assert_eq!(known.pace(&of(2), at(61_401)), Ok(()));
        assert_eq!(known.lock().paces.len(), 1, "what does not matter any more is forgotten");
    }
}
