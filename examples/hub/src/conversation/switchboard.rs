//! Drives the tenants' routers: facts in, and what they decide out.
//!
//! The operator is a task. It waits for facts, for the routers' times and for what it reads of the store, and for nobody else. What has
//! changed is told here after it was kept, and read again; so the store says who has a conversation, and the router who is asked next.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use alongside::protocol::ConversationId;
use alongside::protocol::cobrowse::EndReason;
use alongside::protocol::conversation::{Inbox, Offer, Place, Stage, Withdrawn};
use alongside::time::Timestamp;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::board::{Board, task};
use super::speech::publish;
use crate::clock;
use crate::hub::Hub;
use crate::routing::{AgentId, Decision, Presence, RouterOutput, Task};
use crate::store::{AgentName, Change, Changed, KeptTask, Store, StoreError, TenantId, ThreadOf, Wrapping};

/// Facts that are done together.
const TOGETHER: usize = 256;

/// Decisions that wait for the disk; then the operator waits.
const UNKEPT: usize = 1_024;

/// Changes of who is at work within this time are told together.
const COALESCE: Duration = Duration::from_millis(200);

/// The wall clock is looked at so often: it may be set.
const LOOK: Duration = Duration::from_secs(5);

/// Something that matters to who gets which conversation.
#[derive(Clone, Debug)]
pub enum Fact {
    /// A visitor's conversation began, was taken, left, passed on or ended, or he was erased.
    Moved(ThreadOf),
    /// A page of his wants to know where he waits.
    Asked(ThreadOf),
    /// A visitor wrote in a conversation whose agent has no desk.
    Unheard(ThreadOf, ConversationId),
    /// A conversation was taken from an agent who is gone.
    Abandoned(ThreadOf, ConversationId),
    /// A desk of this agent came or went.
    Desk(TenantId, AgentName),
    /// An agent says whether he takes conversations.
    Presence(TenantId, AgentName, Presence),
    /// An agent does not take what he is offered.
    Declined(TenantId, AgentName, ConversationId),
    /// What is known of agents and queues has changed.
    Rules(TenantId),
}

/// The way to the operator.
#[derive(Debug)]
pub struct Switchboard {
    facts: mpsc::UnboundedSender<Fact>,
    hears: Mutex<Option<mpsc::UnboundedReceiver<Fact>>>,
}

impl Default for Switchboard {
    fn default() -> Self {
        // It needs no bound: a fact follows a write or a read of the store, and what it costs is less.
        let (facts, hears) = mpsc::unbounded_channel();
        Self { facts, hears: Mutex::new(Some(hears)) }
    }
}

impl Switchboard {
    /// Something happened, and is kept.
    pub fn tell(&self, fact: Fact) {
        // It fails where the hub ends.
        let _ = self.facts.send(fact);
    }
}

/// Who works at the switchboard; a hub has one.
#[derive(Debug)]
pub struct Operator<S: Store> {
    hub: Hub<S>,
    hears: mpsc::UnboundedReceiver<Fact>,
    boards: HashMap<TenantId, Board>,
    decided: mpsc::Sender<(TenantId, Decision)>,
    /// Whose desks are to be told who is at work.
    changed: HashSet<TenantId>,
    tell_at: Option<Instant>,
}

impl<S: Store> Operator<S> {
    /// Reads who has which conversation, and who waits since when.
    ///
    /// # Errors
    /// What the store says.
    ///
    /// # Panics
    /// Where the hub has an operator already.
    pub async fn restore(hub: Hub<S>) -> Result<Self, StoreError> {
        let hears = hub.switchboard.hears.lock().unwrap_or_else(PoisonError::into_inner).take();
        let hears = hears.expect("a hub has one operator");
        let (decided, unkept) = mpsc::channel(UNKEPT);
        tokio::spawn(keep(hub.clone(), unkept));
        let (boards, changed) = (HashMap::new(), HashSet::new());
        let mut operator = Self { hub, hears, boards, decided, changed, tell_at: None };
        let now = clock::wall();
        for (of, kept) in operator.hub.store.open_tasks().await? {
            operator.board(&of.tenant).await?.restore(of.visitor, &kept, now);
        }
        for (of, all) in together(operator.hub.store.wrapping(None).await?) {
            operator.board(&of.tenant).await?.handle_wrapping(of.visitor, &all, now);
        }
        operator.perform().await;
        Ok(operator)
    }

    /// Works until the hub stops.
    pub async fn run(mut self) {
        let mut facts = Vec::with_capacity(TOGETHER);
        loop {
            let due = self.deadline();
            tokio::select! {
                _ = self.hears.recv_many(&mut facts, TOGETHER) => {}
                () = tokio::time::sleep_until(due) => {}
                () = self.hub.stopping() => return,
            }
            self.handle(&mut facts).await;
            let now = clock::wall();
            self.boards.values_mut().for_each(|board| board.router.handle_timeout(now));
            self.end_wrapping(now);
            self.look_who_left(now);
            self.perform().await;
            if self.tell_at.is_some_and(|at| at <= Instant::now()) {
                self.tell_floors();
            }
        }
    }

    /// When something is to be done at the latest.
    fn deadline(&self) -> Instant {
        let wall = clock::wall();
        let next = self.boards.values().filter_map(Board::poll_timeout).min();
        let wait = next.map_or(LOOK, |at| Duration::from_millis(at.as_millis().saturating_sub(wall.as_millis())));
        let due = Instant::now() + wait.min(LOOK);
        self.tell_at.map_or(due, |at| at.min(due))
    }

    async fn handle(&mut self, facts: &mut Vec<Fact>) {
        let moved = facts.iter().filter_map(|fact| if let Fact::Moved(of) = fact { Some(of.clone()) } else { None });
        let moved: HashSet<ThreadOf> = moved.collect();
        let kept = match moved.is_empty() {
            true => Ok((Vec::new(), HashMap::new())),
            false => self.read(moved.into_iter().collect()).await,
        };
        match kept {
            Ok((kept, mut wrapping)) => {
                for (of, kept) in kept {
                    let wrapping = wrapping.remove(&of).unwrap_or_default();
                    match self.board(&of.tenant).await {
                        Ok(board) => {
                            board.handle_wrapping(of.visitor, &wrapping, clock::wall());
                            board.handle_kept(of.visitor, &kept, clock::wall());
                            self.change(&of.tenant);
                        }
                        Err(error) => self.try_again(Fact::Moved(of), &error),
                    }
                }
            }
            Err(error) => facts.iter().for_each(|fact| {
                if matches!(fact, Fact::Moved(_)) {
                    self.try_again(fact.clone(), &error);
                }
            }),
        }
        for fact in facts.drain(..) {
            let is_done = matches!(fact, Fact::Moved(_));
            if !is_done && let Err(error) = self.handle_one(&fact).await {
                self.try_again(fact, &error);
            }
        }
    }

    /// What is kept of these visitors: the conversations that go on, and those of which agents have to say what they were about.
    async fn read(&self, moved: Vec<ThreadOf>) -> Result<(Vec<(ThreadOf, Vec<KeptTask>)>, Wrappings), StoreError> {
        let wrapping = self.hub.store.wrapping(Some(moved.clone())).await?;
        Ok((self.hub.store.tasks_of(moved).await?, together(wrapping)))
    }

    /// Agents whose time is over have room again, and are not asked any more what it was about, where they need not say.
    fn end_wrapping(&mut self, now: Timestamp) {
        for (tenant, board) in &mut self.boards {
            for (visitor, conversation) in board.wrapped(now) {
                let (hub, of) = (self.hub.clone(), ThreadOf { tenant: tenant.clone(), visitor });
                tokio::spawn(async move {
                    match hub.store.end_wrapping(&of, conversation, now).await {
                        Ok(Some(kept)) => hub.conversations.tell_desks(&of, &kept),
                        Ok(None) => {}
                        Err(error) => tracing::error!(%error, "a conversation was not closed: its agent still can"),
                    }
                });
            }
        }
    }

    /// What visitors wrote to agents who are gone by now goes to others.
    fn look_who_left(&mut self, now: Timestamp) {
        for (tenant, board) in &mut self.boards {
            for (visitor, conversation) in board.left(now) {
                abandon(&self.hub, board, ThreadOf { tenant: tenant.clone(), visitor }, conversation);
            }
        }
    }

    async fn handle_one(&mut self, fact: &Fact) -> Result<(), StoreError> {
        let now = clock::wall();
        match fact {
            Fact::Moved(_) => {}
            Fact::Asked(of) => self.board(&of.tenant).await?.handle_asked(of.visitor, now),
            Fact::Unheard(of, conversation) => {
                let hub = self.hub.clone();
                abandon(&hub, self.board(&of.tenant).await?, of.clone(), *conversation);
            }
            Fact::Abandoned(of, conversation) => {
                let kept = self.hub.store.tasks_of(vec![of.clone()]).await?.pop();
                let waits = |kept: &KeptTask| kept.conversation == *conversation && kept.stage == Stage::Waiting;
                if let Some(kept) = kept.and_then(|(_, kept)| kept.into_iter().find(waits)) {
                    self.board(&of.tenant).await?.handle_absent(of.visitor, &kept, now);
                    self.change(&of.tenant);
                }
            }
            Fact::Desk(tenant, agent) => {
                let has_desk = self.hub.conversations.has_desk(tenant, &agent.agent);
                let board = self.board(tenant).await?;
                board.handle_desk(agent, has_desk, now);
                let offers = board.router.offers(&AgentId::from(agent.agent.as_str()));
                for (task, until) in offers {
                    self.hub.conversations.tell_agent(tenant, &agent.agent, &offer(task, until));
                }
                self.change(tenant);
            }
            Fact::Presence(tenant, agent, presence) => {
                self.board(tenant).await?.handle_presence(agent, *presence, now);
                self.change(tenant);
            }
            Fact::Declined(tenant, agent, conversation) => {
                let id = AgentId::from(agent.agent.as_str());
                self.board(tenant).await?.router.handle_decline(task(*conversation), &id, now);
                // His other desks still show it.
                self.hub.conversations.tell_agent(tenant, &agent.agent, &withdrawn(task(*conversation)));
                self.change(tenant);
            }
            Fact::Rules(tenant) => {
                let rules = self.hub.store.routing(tenant).await?;
                self.board(tenant).await?.handle_rules(rules, now);
                self.change(tenant);
            }
        }
        Ok(())
    }

    /// Nothing is lost by that: what has changed since then is read, too.
    fn try_again(&self, fact: Fact, error: &StoreError) {
        tracing::error!(%error, "cannot read who gets a conversation: tried again soon");
        let hub = self.hub.clone();
        tokio::spawn(async move {
            tokio::time::sleep(AGAIN).await;
            hub.switchboard.tell(fact);
        });
    }

    /// A tenant's board; read where nobody needed it so far.
    async fn board(&mut self, tenant: &TenantId) -> Result<&mut Board, StoreError> {
        if !self.boards.contains_key(tenant) {
            let (rules, agents) = (self.hub.store.routing(tenant).await?, self.hub.store.agents(tenant).await?);
            self.boards.insert(tenant.clone(), Board::new(rules, agents, clock::wall()));
        }
        // It was put there just now.
        self.boards.get_mut(tenant).ok_or(StoreError::Stopping)
    }

    /// Does what the routers want.
    async fn perform(&mut self) {
        let mut decided = Vec::new();
        let mut changed = Vec::new();
        for (tenant, board) in &mut self.boards {
            while let Some(output) = board.poll_output() {
                let conversations = &self.hub.conversations;
                match output {
                    RouterOutput::Offer { task, agent, until } => {
                        conversations.tell_agent(tenant, agent.as_str(), &offer(task, until));
                    }
                    RouterOutput::Withdraw { task, agent } => {
                        conversations.tell_agent(tenant, agent.as_str(), &withdrawn(task));
                    }
                    RouterOutput::Position { task, place, wait } => {
                        if let Some(visitor) = board.visitor(task) {
                            let (wait_from, wait_to) = wait.map(|(from, to)| (seconds(from), seconds(to))).unzip();
                            let of = ThreadOf { tenant: tenant.clone(), visitor };
                            let place = Place { place, wait_from, wait_to, conversation: Some(conversation(task)) };
                            conversations.tell_place(&of, place, board.has_several(visitor));
                        }
                        continue;
                    }
                    RouterOutput::Decided(decision) => {
                        decided.push((tenant.clone(), decision));
                        continue;
                    }
                    // Who took it was told by what is kept, and the others are told of loads.
                    RouterOutput::Assigned { .. } | RouterOutput::Presence { .. } => {}
                }
                changed.push(tenant.clone());
            }
        }
        changed.iter().for_each(|tenant| self.change(tenant));
        for decision in decided {
            // It fails where the hub ends.
            let _ = self.decided.send(decision).await;
        }
    }

    /// Who is at work is told soon.
    fn change(&mut self, tenant: &TenantId) {
        if self.changed.insert(tenant.clone()) {
            self.tell_at.get_or_insert_with(|| Instant::now() + COALESCE);
        }
    }

    fn tell_floors(&mut self) {
        self.tell_at = None;
        for tenant in self.changed.drain() {
            if let Some(board) = self.boards.get(&tenant) {
                self.hub.conversations.tell_floor(&tenant, |agent| board.floor(&agent.into()));
            }
        }
    }
}

/// Takes a conversation from its agent, where he is gone and the visitor said the last word. The operator goes on meanwhile.
fn abandon<S: Store>(hub: &Hub<S>, board: &Board, of: ThreadOf, conversation: ConversationId) {
    let Some(agent) = board.absentee(conversation) else { return };
    if hub.conversations.has_desk(&of.tenant, &agent.agent) {
        return;
    }
    let hub = hub.clone();
    tokio::spawn(async move {
        match hub.store.converse(&of, Change::Abandon(conversation, agent), clock::wall()).await {
            Ok(Changed::Kept(kept, entries)) => {
                publish(&hub, &of, &kept, &entries);
                hub.sessions.end_conversation(&of, &kept, EndReason::Transfer);
                hub.switchboard.tell(Fact::Abandoned(of, conversation));
            }
            Ok(_) => {}
            Err(error) => {
                tracing::error!(%error, "a conversation stays with an agent who is gone: tried with the next message")
            }
        }
    });
}

/// Keeps what was decided, as long as the hub runs.
async fn keep<S: Store>(hub: Hub<S>, mut unkept: mpsc::Receiver<(TenantId, Decision)>) {
    let _hold = hub.hold();
    let mut decisions = Vec::with_capacity(UNKEPT);
    while unkept.recv_many(&mut decisions, UNKEPT).await > 0 {
        if let Err(error) = hub.store.keep_decisions(std::mem::take(&mut decisions)).await {
            tracing::error!(%error, "decisions were not kept");
        }
    }
}

type Wrappings = HashMap<ThreadOf, Vec<Wrapping>>;

fn together(all: Vec<(ThreadOf, Wrapping)>) -> Wrappings {
    let mut by_thread = Wrappings::new();
    all.into_iter().for_each(|(of, wrapping)| by_thread.entry(of).or_default().push(wrapping));
    by_thread
}

fn offer(task: Task, until: Timestamp) -> Inbox {
    let left = until.as_millis().saturating_sub(clock::wall().as_millis());
    Inbox::Offer(Offer { conversation: conversation(task), expires_in: u32::try_from(left).unwrap_or(u32::MAX) })
}

fn withdrawn(task: Task) -> Inbox {
    Inbox::Withdrawn(Withdrawn { conversation: conversation(task) })
}

const fn conversation(task: Task) -> ConversationId {
    ConversationId::from_bytes(*task.as_bytes())
}

fn seconds(wait: Duration) -> u32 {
    u32::try_from(wait.as_secs()).unwrap_or(u32::MAX)
}

/// What could not be read is read again after this time.
const AGAIN: Duration = Duration::from_secs(2);
