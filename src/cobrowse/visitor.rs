//! The visitor's half.

use core::time::Duration;
use std::collections::VecDeque;

use super::grant::{Grants, Permit, needed};
use super::masking::{BadMasking, MaskRules};
use super::stream::{Stream, Turn, pieces};
use crate::protocol::cobrowse::{
    Act, Active, Answer, Capability, Code, Decide, Done, Draw, End, EndReason, Erase, Grant, Highlight, Join, MakeCode,
    Objection, Outcome, PLACE_PARTS, Pause, Point, Probe, Refused, Request, Revoke, Session, Stage, UseCode,
};
use crate::protocol::{AssetHash, ConsentKey, Masking, RelayBody, SessionId, VisitId};
use crate::time::Instant;

/// For so long after the visitor's own input no agent acts.
const OUTRANKS: Duration = Duration::from_millis(500);

/// The hub hears of the visitor's activity so often at most.
const ACTIVE_EVERY: Duration = Duration::from_secs(10);

/// Most acts of all agents within a second; a fast typist's keys are a third of it.
const ACTS: u32 = 40;

/// What the visitor's half wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum VisitorOutput {
    /// Send this.
    Send(RelayBody),
    /// Tell the page from its start, and what changes from then on; frames go to [`VisitorSession::handle_frame`].
    Begin,
    /// Tell again what was told, but for this, a [`Known`](crate::protocol::mirror::Known), and go on from where it was held.
    Retell(Vec<u8>),
    /// Read nothing and tell nothing until one of the others.
    Hold,
    /// Tell nothing more.
    End,
    /// The hub says anew what is masked: [`VisitorSession::mask_rules`]. A page that is being told, or shown to the visitor himself, is to be
    /// told from its start where that changes something.
    Mask,
    /// Send the parts of this asset, if it was offered.
    Give(AssetHash),
    /// Make another picture of the videos that this is a picture of.
    Draw(AssetHash),
    /// Keep this for the visitor's other pages and for the next one.
    Remember(Kept),
    /// Keep it no longer.
    Forget,
    /// Do this on the page, if its target allows it, and tell [`VisitorSession::done`].
    Perform(Task),
    /// Show this over the page.
    Show(Sign),
    /// What is to be seen of the session changed: draw it again.
    Changed,
}

/// What the visitor's agreement leaves behind for his other pages and the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// To which session.
    pub session: SessionId,
    /// By which the hub knows that he agreed.
    pub key: ConsentKey,
    /// Whether he paused.
    pub is_paused: bool,
}

/// An act that is granted.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// What is to be done.
    pub act: Act,
    /// How.
    pub permit: Permit,
    /// Whether it may lead to another page.
    pub navigates: bool,
}

/// What an agent shows on the page.
#[derive(Clone, Debug, PartialEq)]
pub enum Sign {
    /// His pointer.
    Point(Point),
    /// What he draws attention to.
    Highlight(Highlight),
    /// What he draws.
    Draw(Draw),
    /// He takes his drawings back.
    Erase(Erase),
    /// He is gone, and what he showed goes with him.
    Gone(u32),
}

/// How far the visitor's half is, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VisitorStage {
    /// No session.
    Idle,
    /// The visitor is asked.
    Asked,
    /// The visitor agreed, now or earlier; the hub has not answered.
    Joining,
    /// There is a session.
    Live,
    /// It ended, which the visitor has not dismissed yet.
    Over(EndReason),
}

/// One page of the visitor. Invariant: frames of the mirror go out only from `State::Live`, not while it is paused, and not before the hub
/// has told what is masked.
#[derive(Debug, Default)]
pub struct VisitorSession {
    is_online: bool,
    visit: Option<VisitId>,
    pauses: Pauses,
    /// What the hub said is masked.
    rules: Option<Result<MaskRules, BadMasking>>,
    /// Whether it said so on this link: it may have changed since.
    knows_rules: bool,
    state: State,
    refused: Option<Refused>,
    code: Option<(Code, Instant)>,
    outputs: VecDeque<VisitorOutput>,
}

/// Why nothing leaves the page and nothing is done on it.
#[derive(Clone, Copy, Debug, Default)]
struct Pauses {
    by_visitor: bool,
    /// The customer's rules say that nobody sees this page.
    by_page: bool,
}

impl Pauses {
    const fn any(self) -> bool {
        self.by_visitor || self.by_page
    }
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Idle,
    Asked(Told),
    Joining {
        session: SessionId,
        key: ConsentKey,
        told: Option<Told>,
    },
    Live(Box<Live>),
    Over(EndReason),
}

/// A session as it was told last.
#[derive(Clone, Debug)]
struct Told {
    session: Session,
    at: Instant,
}

#[derive(Debug)]
struct Live {
    told: Told,
    key: ConsentKey,
    /// By the visitor's own word; what the hub says of grants is not believed.
    grants: Grants,
    /// How many desks follow, also while it is paused.
    desks: u32,
    stream: Stream,
    last_input: Option<Instant>,
    last_active: Option<Instant>,
    /// The second that is counted, and the acts in it.
    acts: (Instant, u32),
    latency: Option<u32>,
}

impl VisitorSession {
    /// A page without a session.
    pub fn new() -> Self {
        Self::default()
    }

    /// What the visitor's pages keep, as an earlier page left it or another one changed it.
    pub fn resume(&mut self, kept: Kept, now: Instant) {
        match &self.state {
            State::Live(live) if live.told.session.session == kept.session => {
                let pauses = Pauses { by_visitor: kept.is_paused, ..self.pauses };
                self.set_pauses(pauses, now);
            }
            State::Live(_) => {}
            State::Joining { session, .. } if *session == kept.session => {}
            _ => {
                self.pauses.by_visitor = kept.is_paused;
                self.state = State::Joining { session: kept.session, key: kept.key, told: None };
                self.join();
                self.changed();
            }
        }
    }

    /// The page's own visit is this now: agents find it there.
    pub fn handle_visit(&mut self, visit: Option<VisitId>) {
        let is_other = core::mem::replace(&mut self.visit, visit) != visit;
        if let (State::Live(live), true) = (&self.state, is_other) {
            self.send(RelayBody::Join(Join { session: live.told.session.session, key: live.key, visit }));
        }
    }

    /// The visitor's other pages do not know of a session any more.
    pub fn handle_forgotten(&mut self) {
        if matches!(self.state, State::Joining { .. } | State::Live(_)) {
            self.over(EndReason::Visitor);
        }
    }

    /// Asks the hub for a code that an agent can use. `visit` is the page's own id.
    pub fn make_code(&mut self, visit: VisitId) {
        self.wish(RelayBody::MakeCode(MakeCode { visit: Some(visit), wish: None }));
    }

    /// Uses an agent's code. `visit` is the page's own id.
    pub fn use_code(&mut self, code: &str, visit: VisitId) {
        self.wish(RelayBody::UseCode(UseCode { code: code.into(), visit: Some(visit), wish: None }));
    }

    /// The visitor agrees to what is offered; `key` is random.
    pub fn accept(&mut self, key: ConsentKey) {
        if let State::Asked(told) = &self.state {
            let (session, told) = (told.session.session, told.clone());
            self.pauses.by_visitor = false;
            self.send(RelayBody::Answer(Answer { session, key: Some(key) }));
            self.state = State::Joining { session, key, told: Some(told) };
            self.remember();
            self.changed();
        }
    }

    /// The visitor does not agree.
    pub fn decline(&mut self) {
        if let State::Asked(told) = &self.state {
            let session = told.session.session;
            self.send(RelayBody::Answer(Answer { session, key: None }));
            self.state = State::Idle;
            self.changed();
        }
    }

    /// The visitor has read why a session ended, or that a wish was refused, or needs the code no more.
    pub fn dismiss(&mut self) {
        if matches!(self.state, State::Over(_)) {
            self.state = State::Idle;
        }
        (self.refused, self.code) = (None, None);
        self.changed();
    }

    /// Answers the request that is shown. Grants count from `now`.
    pub fn decide(&mut self, is_granted: bool, now: Instant) {
        let State::Live(live) = &mut self.state else { return };
        let Some(request) = live.told.session.request.take() else { return };
        if is_granted && !self.pauses.any() {
            live.grants.grant(request.clone(), now);
        }
        let Request { agent, capability, .. } = request;
        self.send(RelayBody::Decide(Decide { agent, capability, is_granted }));
        self.changed();
    }

    /// Takes back all that was granted, at once.
    pub fn revoke(&mut self) {
        let State::Live(live) = &mut self.state else { return };
        if live.grants.revoke() {
            self.send(RelayBody::Revoke(Revoke { agent: None }));
            self.changed();
        }
    }

    /// Nothing leaves the page, and nothing is done on it, until [`VisitorSession::go_on`].
    pub fn pause(&mut self, now: Instant) {
        self.set_pauses(Pauses { by_visitor: true, ..self.pauses }, now);
    }

    /// The visitor shares again, where the page allows it; nothing is granted.
    pub fn go_on(&mut self, now: Instant) {
        self.set_pauses(Pauses { by_visitor: false, ..self.pauses }, now);
    }

    /// Whether nobody sees this page, by the customer's rules. Pages that are loaded begin with a page that may be seen.
    pub fn handle_page(&mut self, is_private: bool, now: Instant) {
        self.set_pauses(Pauses { by_page: is_private, ..self.pauses }, now);
    }

    /// The visitor ends the session.
    pub fn end(&mut self) {
        if matches!(self.state, State::Joining { .. } | State::Live(_)) {
            self.send(RelayBody::End(End { reason: EndReason::Visitor }));
            self.over(EndReason::Visitor);
        }
    }

    /// The visitor did something with his own hands: it outranks what agents do, and the session is not idle.
    pub fn handle_input(&mut self, now: Instant) {
        if let State::Live(live) = &mut self.state {
            live.last_input = Some(now);
        }
        self.tell_active(true, now);
    }

    /// The page came to the front, or went from there: agents follow the page that the visitor looks at.
    pub fn handle_visibility(&mut self, is_visible: bool, now: Instant) {
        if is_visible {
            self.join();
        }
        if let State::Live(live) = &mut self.state {
            live.last_active = None;
        }
        self.tell_active(is_visible, now);
    }

    /// Where the visitor points. To be called at most once a frame.
    pub fn point(&mut self, node: Option<u32>, place: (u32, u32), is_pressed: bool, now: Instant) {
        if self.is_sharing() {
            let (x, y) = (place.0.min(PLACE_PARTS), place.1.min(PLACE_PARTS));
            self.send(RelayBody::Point(Point { by: 0, node, x, y, is_pressed }));
            self.tell_active(true, now);
        }
    }

    /// The visitor draws; what is no drawing is left out.
    pub fn draw(&mut self, draw: Draw) {
        if self.is_sharing() && draw.is_whole() {
            self.send(RelayBody::Draw(Draw { by: 0, ..draw }));
        }
    }

    /// The visitor takes his drawings back.
    pub fn erase(&mut self) {
        if self.is_sharing() {
            self.send(RelayBody::Erase(Erase { by: 0 }));
        }
    }

    /// What became of an act; said again when it changes.
    pub fn done(&mut self, agent: u32, number: u32, outcome: Outcome, capability: Capability) {
        let State::Live(live) = &mut self.state else { return };
        let has_ended = outcome == Outcome::Done && live.grants.use_up(agent, capability);
        self.send(RelayBody::Done(Done { agent, number, outcome }));
        if has_ended {
            self.changed();
        }
    }

    /// The link is up.
    pub fn handle_online(&mut self) {
        if core::mem::replace(&mut self.is_online, true) {
            return;
        }
        self.join();
        self.changed();
    }

    /// The link is down: nobody follows any more, and whoever comes back only looks on. What was told is kept for a while, to go on from there.
    pub fn handle_offline(&mut self, now: Instant) {
        if !core::mem::replace(&mut self.is_online, false) {
            return;
        }
        match &mut self.state {
            // The hub may not have heard it; what it offers when the link is back is asked anew.
            State::Asked(_) => self.state = State::Idle,
            State::Live(live) => {
                live.desks = 0;
                live.grants.revoke();
                let turn = live.stream.handle_followed(0, &[], now);
                self.take_turn(turn);
            }
            _ => {}
        }
        self.knows_rules = false;
        self.code = None;
        self.changed();
    }

    /// A message came. What is not for a page, or does not fit, is ignored.
    pub fn handle_body(&mut self, body: RelayBody, now: Instant) {
        match body {
            RelayBody::Masking(masking) => self.handle_masking(&masking),
            RelayBody::Session(session) => self.handle_session(session, now),
            RelayBody::Code(code) => {
                self.code = Some((code, now));
                self.refused = None;
                self.changed();
            }
            RelayBody::Refused(refused) => {
                self.refused = Some(refused);
                self.changed();
            }
            body => self.handle_live(body, now),
        }
    }

    /// A frame of the mirror.
    pub fn handle_frame(&mut self, frame: &[u8]) {
        if self.is_sharing() {
            self.outputs.extend(pieces(frame).map(|piece| VisitorOutput::Send(RelayBody::Mirror(piece))));
        }
    }

    /// Time passed; early calls do nothing.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.code_ends_at().is_some_and(|ends_at| ends_at <= now) {
            self.code = None;
            self.changed();
        }
        let State::Live(live) = &mut self.state else { return };
        let turn = live.stream.handle_timeout(now);
        let has_expired = live.grants.handle_timeout(now);
        self.take_turn(turn);
        if has_expired {
            self.changed();
        }
    }

    /// When to call [`VisitorSession::handle_timeout`] next.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let live = match &self.state {
            State::Live(live) => [live.stream.poll_timeout(), live.grants.poll_timeout()],
            _ => [None, None],
        };
        live.into_iter().chain([self.code_ends_at()]).flatten().min()
    }

    /// The next thing to do; call until `None`.
    pub fn poll_output(&mut self) -> Option<VisitorOutput> {
        self.outputs.pop_front()
    }

    /// How far it is.
    pub fn stage(&self) -> VisitorStage {
        match &self.state {
            State::Idle => VisitorStage::Idle,
            State::Asked(_) => VisitorStage::Asked,
            State::Joining { .. } => VisitorStage::Joining,
            State::Live(_) => VisitorStage::Live,
            State::Over(reason) => VisitorStage::Over(*reason),
        }
    }

    /// The session as the hub told it last. Of [`Session::grants`] see [`VisitorSession::grants`].
    pub fn told(&self) -> Option<&Session> {
        match &self.state {
            State::Asked(told) | State::Joining { told: Some(told), .. } => Some(&told.session),
            State::Live(live) => Some(&live.told.session),
            _ => None,
        }
    }

    /// Whether frames of the mirror go out. The indicator is drawn from this and nothing else.
    pub fn is_sharing(&self) -> bool {
        matches!(&self.state, State::Live(live) if live.stream.flows()) && self.knows_rules
    }

    /// Whether it is paused.
    pub fn is_paused(&self) -> bool {
        self.pauses.any()
    }

    /// Whether it is paused because of the page: the visitor cannot go on here.
    pub fn is_private_page(&self) -> bool {
        self.pauses.by_page
    }

    /// What the hub said last is masked; `None` where it has not, or where it cannot be kept to: then nothing is to be shown.
    pub fn mask_rules(&self) -> Option<&MaskRules> {
        self.rules.as_ref()?.as_ref().ok()
    }

    /// Whether the link is up.
    pub fn is_online(&self) -> bool {
        self.is_online
    }

    /// What agents may do now.
    pub fn grants(&self, now: Instant) -> Vec<Grant> {
        match &self.state {
            State::Live(live) => live.grants.told(now),
            _ => Vec::new(),
        }
    }

    /// An offer expires then, or a session ends where nothing is done.
    pub fn ends_at(&self) -> Option<Instant> {
        let told = match &self.state {
            State::Asked(told) => told,
            State::Live(live) => &live.told,
            _ => return None,
        };
        told.session.ends_in.map(|ends_in| told.at + millis(ends_in))
    }

    /// How long a message takes to an agent and back, in milliseconds.
    pub fn latency(&self) -> Option<u32> {
        match &self.state {
            State::Live(live) => live.latency,
            _ => None,
        }
    }

    /// Why the last wish was not met.
    pub fn objection(&self) -> Option<Objection> {
        self.refused.as_ref().map(|refused| refused.objection)
    }

    /// After how many milliseconds from the answer it was worth trying again.
    pub fn retry_after(&self) -> Option<u32> {
        self.refused.as_ref().and_then(|refused| refused.retry_after)
    }

    /// The code to tell an agent, while it is good.
    pub fn code(&self) -> Option<&str> {
        self.code.as_ref().map(|(code, _)| code.code.as_str())
    }

    /// Until when that code is good.
    pub fn code_ends_at(&self) -> Option<Instant> {
        self.code.as_ref().map(|(code, at)| *at + millis(code.expires_in))
    }

    fn handle_masking(&mut self, masking: &Masking) {
        let before = self.rules.replace(MaskRules::new(masking));
        if before != self.rules {
            self.outputs.push_back(VisitorOutput::Mask);
        }
        let is_first = !core::mem::replace(&mut self.knows_rules, true);
        // What was held back begins now.
        if is_first && self.is_sharing() {
            self.outputs.push_back(VisitorOutput::Begin);
            self.changed();
        }
    }

    fn handle_session(&mut self, session: Session, now: Instant) {
        self.refused = None;
        let told = Told { session, at: now };
        let (id, stage) = (told.session.session, told.session.stage);
        match (&mut self.state, stage) {
            (State::Idle | State::Over(_), Stage::Offered) => {
                self.code = None;
                self.state = State::Asked(told);
            }
            (State::Asked(_), Stage::Offered) => self.state = State::Asked(told),
            // Another page of the visitor answered, or it was withdrawn.
            (State::Asked(asked), _) if asked.session.session == id => self.state = State::Idle,
            (State::Joining { session, key, .. }, Stage::Live) if *session == id => {
                let is_paused = self.pauses.any();
                let is_news = is_paused != told.session.is_paused;
                let live = Live {
                    key: *key,
                    told,
                    grants: Grants::default(),
                    desks: 0,
                    stream: Stream::default(),
                    last_input: None,
                    last_active: None,
                    acts: (now, 0),
                    latency: None,
                };
                self.state = State::Live(Box::new(live));
                if is_news {
                    self.send(RelayBody::Pause(Pause { is_paused }));
                }
            }
            (State::Live(live), Stage::Live) if live.told.session.session == id => {
                let before = core::mem::replace(&mut live.told, told);
                for agent in &before.session.agents {
                    if !live.told.session.agents.iter().any(|left| left.number == agent.number) {
                        live.grants.revoke_agent(agent.number);
                        self.outputs.push_back(VisitorOutput::Show(Sign::Gone(agent.number)));
                    }
                }
            }
            (State::Joining { session, .. }, Stage::Ended) if *session == id => {
                let reason = told.session.reason.unwrap_or(EndReason::Lost);
                return self.over(reason);
            }
            (State::Live(live), Stage::Ended) if live.told.session.session == id => {
                let reason = told.session.reason.unwrap_or(EndReason::Lost);
                return self.over(reason);
            }
            _ => return,
        }
        self.changed();
    }

    fn handle_live(&mut self, body: RelayBody, now: Instant) {
        let State::Live(live) = &mut self.state else { return };
        let is_agent = |by: u32| live.told.session.agents.iter().any(|agent| agent.number == by && !agent.is_silent);
        match body {
            RelayBody::Followed(followed) => {
                live.desks = followed.desks;
                // Another page has taken part since, or nobody looks on: who comes back only looks on.
                if followed.desks == 0 {
                    live.grants.revoke();
                }
                if !self.pauses.any() {
                    let known = followed.known.unwrap_or_default();
                    let turn = live.stream.handle_followed(followed.desks, &known.0, now);
                    self.take_turn(turn);
                    self.changed();
                }
            }
            RelayBody::Refresh(refresh) => {
                let turn = live.stream.handle_refresh(refresh.known.map(|known| known.0), now);
                self.take_turn(turn);
            }
            RelayBody::Want(want) if live.stream.flows() && self.knows_rules => {
                let is_newer = want.is_newer.unwrap_or_default();
                let give = if is_newer { VisitorOutput::Draw } else { VisitorOutput::Give };
                self.outputs.push_back(give(want.hash));
            }
            RelayBody::Point(point) if is_agent(point.by) && point.x.max(point.y) <= PLACE_PARTS => {
                self.outputs.push_back(VisitorOutput::Show(Sign::Point(point)));
            }
            RelayBody::Highlight(highlight) if is_agent(highlight.by) => {
                self.outputs.push_back(VisitorOutput::Show(Sign::Highlight(highlight)));
            }
            RelayBody::Draw(draw) if is_agent(draw.by) && draw.is_whole() => {
                self.outputs.push_back(VisitorOutput::Show(Sign::Draw(draw)));
            }
            RelayBody::Erase(erase) if is_agent(erase.by) => {
                self.outputs.push_back(VisitorOutput::Show(Sign::Erase(erase)));
            }
            RelayBody::Probe(probe) => {
                live.latency = probe.latency.or(live.latency);
                self.send(RelayBody::Probe(Probe { latency: None, ..probe }));
            }
            RelayBody::Revoke(Revoke { agent: Some(agent) }) if live.grants.revoke_agent(agent) => self.changed(),
            RelayBody::Act(act) => self.handle_act(act, now),
            _ => {}
        }
    }

    fn handle_act(&mut self, act: Act, now: Instant) {
        let State::Live(live) = &mut self.state else { return };
        if now.since(live.acts.0) >= Duration::from_secs(1) {
            live.acts = (now, 0);
        }
        live.acts.1 += 1;
        let agents = &live.told.session.agents;
        let takes_part = agents.iter().any(|agent| agent.number == act.agent && !agent.is_silent);
        let permit = live.grants.permit(act.agent, needed(&act.action), now).filter(|_| takes_part);
        let is_outranked = live.last_input.is_some_and(|last| now.since(last) < OUTRANKS);
        let refused = match permit {
            _ if self.pauses.any() => Outcome::Paused,
            None => Outcome::NotGranted,
            Some(_) if live.acts.1 > ACTS => Outcome::TooFast,
            Some(_) if is_outranked => Outcome::Outranked,
            Some(permit) => {
                let navigates = live.grants.permit(act.agent, Capability::Navigation, now).is_some();
                self.outputs.push_back(VisitorOutput::Perform(Task { act, permit, navigates }));
                return;
            }
        };
        self.send(RelayBody::Done(Done { agent: act.agent, number: act.number, outcome: refused }));
    }

    fn tell_active(&mut self, is_visible: bool, now: Instant) {
        let State::Live(live) = &mut self.state else { return };
        if live.last_active.is_none_or(|last| now.since(last) >= ACTIVE_EVERY) {
            live.last_active = Some(now);
            self.send(RelayBody::Active(Active { is_visible }));
        }
    }

    fn over(&mut self, reason: EndReason) {
        if let State::Live(live) = &mut self.state {
            let turn = live.stream.end();
            self.take_turn(turn);
        }
        self.state = State::Over(reason);
        self.pauses.by_visitor = false;
        self.outputs.push_back(VisitorOutput::Forget);
        self.changed();
    }

    fn wish(&mut self, body: RelayBody) {
        let nobody = Refused { objection: Objection::NobodyThere, retry_after: None, wish: None };
        self.refused = (!self.is_online).then_some(nobody);
        self.send(body);
        self.changed();
    }

    fn kept(&self) -> Option<Kept> {
        let (session, key) = match &self.state {
            State::Joining { session, key, .. } => (*session, *key),
            State::Live(live) => (live.told.session.session, live.key),
            _ => return None,
        };
        Some(Kept { session, key, is_paused: self.pauses.by_visitor })
    }

    fn set_pauses(&mut self, pauses: Pauses, now: Instant) {
        let before = core::mem::replace(&mut self.pauses, pauses);
        if before.by_visitor != pauses.by_visitor {
            // Also for a page that is loaded before the hub has heard of it.
            self.remember();
        }
        if before.any() == pauses.any() {
            return;
        }
        if let State::Live(live) = &mut self.state {
            let turn = if pauses.any() {
                live.grants.revoke();
                live.stream.end()
            } else {
                live.stream.handle_followed(live.desks, &[], now)
            };
            self.send(RelayBody::Pause(Pause { is_paused: pauses.any() }));
            self.take_turn(turn);
        }
        self.changed();
    }

    fn remember(&mut self) {
        self.outputs.extend(self.kept().map(VisitorOutput::Remember));
    }

    /// This page takes part, in the place of any other; whoever joins only looks on.
    fn join(&mut self) {
        if let State::Live(live) = &mut self.state {
            live.grants.revoke();
        }
        if let Some(Kept { session, key, .. }) = self.kept() {
            self.send(RelayBody::Join(Join { session, key, visit: self.visit }));
        }
    }

    /// What cannot be sent now is lost: after a cut everything is said anew.
    fn send(&mut self, body: RelayBody) {
        if self.is_online {
            self.outputs.push_back(VisitorOutput::Send(body));
        }
    }

    fn take_turn(&mut self, turn: Option<Turn>) {
        match turn {
            // It begins once it is known what is masked.
            Some(Turn::Begin | Turn::Retell(_)) if !self.knows_rules => {}
            Some(Turn::Begin) => self.outputs.push_back(VisitorOutput::Begin),
            Some(Turn::Retell(known)) => self.outputs.push_back(VisitorOutput::Retell(known)),
            Some(Turn::Hold) => self.outputs.push_back(VisitorOutput::Hold),
            Some(Turn::End) => self.outputs.push_back(VisitorOutput::End),
            None => {}
        }
    }

    fn changed(&mut self) {
        if self.outputs.back() != Some(&VisitorOutput::Changed) {
            self.outputs.push_back(VisitorOutput::Changed);
        }
    }
}

fn millis(milliseconds: u32) -> Duration {
    Duration::from_millis(milliseconds.into())
}
