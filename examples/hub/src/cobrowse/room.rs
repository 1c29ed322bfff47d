//! One session at work: the machine decides, the room does it.
//!
//! A room is a task. It waits for what participants say and for the machine's time, and for nothing else but the store: participants
//! wait for the room, never the room for them. It holds nothing of the page: what a desk is too slow to take is lost, and the page is
//! asked to tell it again.

use std::sync::Arc;
use std::time::Duration;

use alongside::cobrowse::{Entry, SessionOutput, SharedSession};
use alongside::protocol::cobrowse::{Channel, Done, EndReason, Objection, Outcome, Stage};
use alongside::protocol::{Bytes, ConsentKey, MirrorPiece, PIECE_LIMIT, Refresh, RelayBody, Shown, VisitId, VisitorId};
use alongside::time::Instant;
use sha2::Digest;
use subtle::ConstantTimeEq;
use tokio::sync::broadcast;

use super::input::{Attendant, Input, Inputs, News, RoomWay, Seat, Telling, ToDesk};
use super::ledger::Ledger;
use super::rate::Rate;
use super::way::{PageWay, Wanted, may_be_lost};
use super::{over, refused};
use crate::clock;
use crate::hub::Hub;
use crate::store::{Store, TenantId};
use crate::way::Way;

/// Pieces that wait for the slowest desk of a room: at most 23 MB, while it does not read.
const PIECES: usize = 512;

/// Pages of the visitor that are told of the session.
const HEARD: usize = 64;

/// A page that comes waits so long at most for the desks to say what they have of it: the way to a desk and back.
const PATIENCE: Duration = Duration::from_millis(300);

/// A session's machine, and who takes part.
pub(super) struct Room<S: Store> {
    hub: Hub<S>,
    tenant: TenantId,
    way: RoomWay,
    machine: SharedSession,
    ledger: Ledger<S>,
    /// What is kept of the consent key: its hash.
    key: Option<[u8; 32]>,
    /// The page that takes part.
    page: Option<(PageWay, Rate)>,
    /// Those who were told of the session.
    heard: Vec<PageWay>,
    desks: Vec<Helper>,
    news: broadcast::Sender<News>,
    stage: Stage,
    /// What a page that takes part is to know.
    wanted: Wanted,
    /// Until when a page that has come waits for what the desks have.
    meets_until: Option<Instant>,
}

/// A desk of the session.
struct Helper {
    number: u32,
    way: Way<ToDesk>,
    turn: u64,
    rate: Rate,
    /// What it has of the page that went; `None` where it has not said so.
    known: Option<Bytes>,
}

impl Helper {
    fn new(number: u32, agent: &Attendant) -> Self {
        let known = Some(agent.known.clone().unwrap_or_default());
        Self { number, way: agent.way.clone(), turn: agent.turn, rate: Rate::new(clock::now()), known }
    }

    /// Tells it or shows it, as the message is.
    fn pass(&self, body: RelayBody) {
        let may_be_lost = may_be_lost(&body);
        let told = ToDesk { turn: self.turn, what: Telling::Body(body) };
        if may_be_lost {
            self.way.show(told);
        } else {
            self.way.tell(told);
        }
    }
}

impl<S: Store> Room<S> {
    pub(super) fn new(hub: Hub<S>, tenant: TenantId, way: RoomWay, machine: SharedSession, ledger: Ledger<S>) -> Self {
        let stage = if machine.is_live() { Stage::Live } else { Stage::Offered };
        let news = broadcast::channel(PIECES).0;
        let (page, heard, desks) = (None, Vec::new(), Vec::new());
        Self {
            hub,
            tenant,
            way,
            machine,
            ledger,
            key: None,
            page,
            heard,
            desks,
            news,
            stage,
            wanted: Wanted::default(),
            meets_until: None,
        }
    }

    /// Offers it to these pages for that agent, and runs it.
    pub(super) async fn offer(mut self, agent: Attendant, pages: Vec<PageWay>, inputs: Inputs) {
        self.heard = pages;
        self.heard.truncate(HEARD);
        self.desks.push(Helper::new(1, &agent));
        let news = self.news.subscribe();
        self.perform().await;
        self.seat(1, news);
        self.run(inputs).await;
    }

    /// Goes on with it after another life of the hub.
    pub(super) async fn restore(mut self, key: [u8; 32], inputs: Inputs) {
        self.key = Some(key);
        self.ledger.note(&Entry { by: None, what: "restored", about: Vec::new() });
        self.hub.sessions.handle_live(&self.tenant, self.machine.visit(), self.machine.id());
        self.hub.live.tell(&self.tenant, self.machine.visit());
        self.run(inputs).await;
    }

    /// Runs it until it is over.
    async fn run(mut self, mut inputs: Inputs) {
        while !self.machine.is_over() {
            let next = [self.machine.poll_timeout(), self.meets_until].into_iter().flatten().min();
            let deadline = next.map_or_else(clock::far, clock::until);
            tokio::select! {
                // It holds a way to itself, so there is always a next one.
                Some(input) = inputs.recv() => self.handle(input).await,
                () = self.ledger.work() => {}
                () = tokio::time::sleep_until(deadline) => {
                    self.machine.handle_timeout(clock::now());
                    self.want();
                }
            }
            self.perform().await;
        }
        self.ledger.save().await;
        self.hub.sessions.remove(self.machine.id());
        self.hub.live.tell(&self.tenant, self.machine.visit());
        // Who comes at the last moment is told that it is over.
        inputs.close();
        while let Some(input) = inputs.recv().await {
            self.handle(input).await;
        }
    }

    async fn handle(&mut self, input: Input) {
        let now = clock::now();
        match input {
            Input::Opened(page) => self.open(page),
            Input::Answer(page, key) => self.answer(page, key).await,
            Input::Join(page, visitor, visit, key) => self.join(page, visitor, visit, key).await,
            Input::Page(number, body) => self.hear_page(number, body),
            Input::PageGone(number) => {
                self.heard.retain(|page| page.way.number() != number);
                if self.page.take_if(|(page, _)| page.way.number() == number).is_some() {
                    self.machine.handle_page_gone(now);
                    self.hide();
                }
            }
            Input::Attend(attendant) => self.attend(attendant).await,
            Input::Desk(number, body) => self.hear_desk(number, body),
            Input::Forbidden(number, message) => self.ledger.reject(Some(number), message),
            Input::Forgotten => self.machine.handle_conversation(EndReason::Visitor),
            // A telephone call goes on without it.
            Input::Conversation(..) if self.machine.channel() == Channel::Voice => {}
            Input::Conversation(_, Some(agent)) if !self.machine.may_be_of(&agent) => {}
            Input::Conversation(reason, _) => self.machine.handle_conversation(reason),
            Input::Lagged(number) => {
                // It asks for what it has not heard.
                self.tell_desk(number, RelayBody::Shown(Shown { is_live: self.is_shown() }));
            }
            Input::DeskGone(number) => {
                self.desks.retain(|desk| desk.number != number);
                self.machine.handle_agent_gone(number, now);
            }
        }
    }

    /// A page that connects while the visitor is asked asks him, too.
    fn open(&mut self, page: PageWay) {
        if self.stage == Stage::Offered && self.hear_of(&page) {
            page.way.tell(self.told_to_visitor());
        }
    }

    async fn answer(&mut self, page: PageWay, key: Option<ConsentKey>) {
        let was_asked = self.stage == Stage::Offered && self.heard.iter().any(|heard| heard.is(&page));
        if !was_asked {
            if self.machine.is_over() {
                page.way.tell(self.told_to_visitor());
            }
            return;
        }
        if let Some(key) = key {
            self.key = Some(digest(key));
            self.ledger.handle_key(digest(key));
            self.page = Some((page, Rate::new(clock::now())));
        }
        self.machine.handle_answer(key.is_some(), clock::now());
        self.perform().await;
        self.show();
    }

    async fn join(&mut self, page: PageWay, visitor: VisitorId, visit: Option<VisitId>, key: ConsentKey) {
        let is_right = self.key.is_some_and(|kept| bool::from(kept.ct_eq(&digest(key))));
        if !is_right {
            page.way.tell(*over(self.machine.id(), EndReason::Lost));
            return self.ledger.reject(None, "join");
        }
        let is_there = self.page.as_ref().is_some_and(|(before, _)| before.is(&page));
        if self.machine.is_over() {
            page.way.tell(self.told_to_visitor());
            return;
        }
        if let Some(before) = visit.and_then(|visit| self.machine.handle_visit(visit)) {
            self.hub.sessions.handle_live(&self.tenant, self.machine.visit(), self.machine.id());
            self.hub.live.tell(&self.tenant, before);
            self.hub.live.tell(&self.tenant, self.machine.visit());
        }
        if is_there {
            page.way.tell(self.told_to_visitor());
            return;
        }
        self.hear_of(&page);
        self.hub.sessions.add_visitor(&self.tenant, visitor, self.machine.id());
        if let Some((before, _)) = self.page.replace((page, Rate::new(clock::now()))) {
            before.wanted.send_replace(Wanted::default());
            self.hide();
        }
        self.meets_until = Some(clock::now() + PATIENCE);
        self.machine.handle_page(clock::now());
        self.perform().await;
        self.show();
    }

    fn hear_page(&mut self, number: u64, body: RelayBody) {
        let now = clock::now();
        let Some((_, rate)) = self.page.as_mut().filter(|(page, _)| page.way.number() == number) else { return };
        match body {
            RelayBody::Mirror(piece) => self.pass_piece(piece),
            // What ends something is heard from everybody, however fast he speaks.
            RelayBody::Revoke(_) | RelayBody::Pause(_) | RelayBody::End(_) => self.machine.handle_visitor(body, now),
            body if rate.take(now) => self.machine.handle_visitor(body, now),
            _ => {}
        }
    }

    fn pass_piece(&self, piece: MirrorPiece) {
        if self.machine.passes_mirror() && !self.desks.is_empty() && piece.bytes.0.len() <= PIECE_LIMIT {
            // Who has just left does not matter.
            let _ = self.news.send(News::Piece(Arc::new(piece)));
        }
    }

    async fn attend(&mut self, attendant: Attendant) {
        match self.machine.attend(&attendant.name, attendant.is_silent, clock::now()) {
            Ok(number) => {
                self.desks.push(Helper::new(number, &attendant));
                // What the page tells from now on, the desk hears from its start.
                let news = self.news.subscribe();
                self.wanted.tell_again(attendant.known);
                self.perform().await;
                self.seat(number, news);
            }
            Err(Objection::NobodyThere) => Helper::new(0, &attendant).pass(self.told_to_visitor()),
            Err(objection) => Helper::new(0, &attendant).pass(*refused(objection)),
        }
    }

    /// A desk that was told of the session hears what comes now.
    fn seat(&self, number: u32, news: broadcast::Receiver<News>) {
        let Some(desk) = self.desks.iter().find(|desk| desk.number == number) else { return };
        let seat = Seat { room: self.way.clone(), number, news };
        if !desk.way.tell(ToDesk { turn: desk.turn, what: Telling::Seat(seat) }) {
            // It went before it could know where to say so.
            self.way.say_later(Input::DeskGone(number));
        }
        if self.machine.is_live() {
            desk.pass(RelayBody::Shown(Shown { is_live: self.is_shown() }));
        }
    }

    fn hear_desk(&mut self, number: u32, body: RelayBody) {
        let now = clock::now();
        let Some(desk) = self.desks.iter_mut().find(|desk| desk.number == number) else { return };
        if !desk.rate.take(now) && !matches!(body, RelayBody::Leave(_) | RelayBody::End(_) | RelayBody::Revoke(_)) {
            if let RelayBody::Act(act) = body {
                let done = Done { agent: number, number: act.number, outcome: Outcome::TooFast };
                self.tell_desk(number, RelayBody::Done(done));
            }
            return;
        }
        match body {
            RelayBody::Refresh(Refresh { known: Some(known) }) if desk.known.is_none() => {
                desk.known = Some(known);
                self.want();
            }
            RelayBody::Refresh(refresh) => self.refresh(refresh.known),
            RelayBody::Want(want) => {
                if let Some((page, _)) = self.page.as_ref().filter(|_| self.machine.passes_mirror()) {
                    let _ = page.assets.try_send(want);
                }
            }
            RelayBody::Leave(_) => {
                self.machine.handle_agent(number, body, now);
                self.desks.retain(|desk| desk.number != number);
            }
            body => {
                let told = self.machine.told(None, now);
                if told.agents.iter().any(|agent| agent.number == number && agent.is_silent) {
                    self.ledger.reject(Some(number), super::input::name(&body));
                }
                self.machine.handle_agent(number, body, now);
            }
        }
    }

    /// Does what the machine wants.
    async fn perform(&mut self) {
        while let Some(output) = self.machine.poll_output() {
            match output {
                SessionOutput::ToVisitor(body) => {
                    if let Some((page, _)) = &self.page {
                        page.way.pass(body);
                    }
                }
                SessionOutput::ToAgent(number, body) => self.tell_desk(number, body),
                SessionOutput::ToAgents(except, body) => {
                    for desk in self.desks.iter().filter(|desk| Some(desk.number) != except) {
                        desk.pass(body.clone());
                    }
                }
                SessionOutput::Record(entry) => self.ledger.note(&entry),
                SessionOutput::Tell => self.tell().await,
            }
        }
    }

    /// Tells everybody how the session stands.
    async fn tell(&mut self) {
        self.ledger.handle_told(&self.machine.told(None, clock::now()));
        self.ledger.save().await;
        let now = clock::now();
        let told = self.machine.told(None, now);
        let before = std::mem::replace(&mut self.stage, told.stage);
        if (before, told.stage) == (Stage::Offered, Stage::Live) {
            self.hub.sessions.handle_live(&self.tenant, told.visit, told.session);
            self.hub.live.tell(&self.tenant, told.visit);
        }
        for desk in &self.desks {
            desk.pass(RelayBody::Session(self.machine.told(Some(desk.number), now)));
        }
        let is_for_all = (before, told.stage) != (Stage::Live, Stage::Live);
        let page = self.page.as_ref().map(|(page, _)| page);
        let one = page.into_iter().filter(|_| !is_for_all);
        let all = self.heard.iter().filter(|_| is_for_all);
        for page in one.chain(all) {
            page.way.tell(RelayBody::Session(told.clone()));
        }
        self.want();
    }

    fn told_to_visitor(&self) -> RelayBody {
        RelayBody::Session(self.machine.told(None, clock::now()))
    }

    /// The page is one of those that are told of the session; false where there are too many.
    fn hear_of(&mut self, page: &PageWay) -> bool {
        if self.heard.iter().any(|heard| heard.is(page)) {
            return true;
        }
        self.heard.retain(|page| !page.way.is_closed());
        let has_room = self.heard.len() < HEARD;
        if has_room {
            self.heard.push(page.clone());
        }
        has_room
    }

    fn is_shown(&self) -> bool {
        self.page.is_some() && self.machine.is_live()
    }

    /// There is a page to be seen now.
    fn show(&mut self) {
        if self.is_shown() {
            let _ = self.news.send(News::Shown(true));
            self.want();
        }
    }

    /// What was shown is of the past. Desks say what they have of it, for the case that the same page comes back.
    fn hide(&mut self) {
        for desk in &mut self.desks {
            desk.known = None;
        }
        let _ = self.news.send(News::Shown(false));
    }

    /// What all desks have of the page that has come, as far as they have said it; nothing, where it is not the same.
    fn known_to_all(&mut self) -> Option<Bytes> {
        let mut all = self.desks.iter_mut().map(|desk| desk.known.as_mut().map(std::mem::take).unwrap_or_default());
        let first = all.next()?;
        all.all(|known| known == first).then_some(first)
    }

    fn refresh(&mut self, known: Option<Bytes>) {
        match known {
            None => self.wanted.beginnings += 1,
            known => self.wanted.tell_again(known),
        }
        self.want();
    }

    /// Says to the page how many follow, once they have said what they have of it.
    fn want(&mut self) {
        if self.page.is_none() {
            return;
        }
        if let Some(until) = self.meets_until {
            if self.desks.iter().any(|desk| desk.known.is_none()) && clock::now() < until {
                return;
            }
            (self.meets_until, self.wanted) = (None, Wanted::default());
            let known = self.known_to_all();
            self.wanted.tell_again(known);
        }
        if let Some((page, _)) = &self.page {
            let desks = if self.machine.is_live() { self.desks.len() as u32 } else { 0 };
            page.wanted.send_replace(Wanted { desks, ..self.wanted.clone() });
        }
    }

    fn tell_desk(&self, number: u32, body: RelayBody) {
        if let Some(desk) = self.desks.iter().find(|desk| desk.number == number) {
            desk.pass(body);
        }
    }
}

/// What is kept of a key.
pub(crate) fn digest(key: ConsentKey) -> [u8; 32] {
    sha2::Sha256::digest(key.as_bytes()).into()
}
