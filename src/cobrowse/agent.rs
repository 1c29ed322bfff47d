//! The agent's half.

use core::time::Duration;
use std::collections::VecDeque;

use crate::protocol::cobrowse::{
    Act, Action, Attend, Capability, Channel, Code, Done, Draw, End, EndReason, Erase, Grant, Highlight, Leave,
    MakeCode, Objection, Offer, Point, Probe, Request, Revoke, Session, Stage, UseCode,
};
use crate::protocol::mirror::MIRROR_FRAME_LIMIT;
use crate::protocol::{AssetHash, Bytes, MirrorPiece, Refresh, RelayBody, SessionId, VisitId, Want};
use crate::time::Instant;

/// How often the way to the visitor's page and back is measured.
const PROBE_EVERY: Duration = Duration::from_secs(2);

/// What the agent's half wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum AgentOutput {
    /// Send this.
    Send(RelayBody),
    /// Another page begins: forget the one that was shown.
    Begin,
    /// The way to the page was cut, here or at the visitor's end: what is shown is of the past. Say by [`AgentSession::know`] what it is.
    Cut,
    /// The page that was cut is told again, but for what was said to be known; or another one, which begins with a
    /// [`Reset`](crate::protocol::mirror::Reset) of another page.
    Return,
    /// Something of the page was lost on the way: ask for it by [`AgentSession::refresh`].
    Lag,
    /// Show this frame of the mirror.
    Show(Vec<u8>),
    /// The visitor, or another agent, shows this on the page.
    Sign(RelayBody),
    /// What became of an act.
    Done(Done),
    /// What is to be seen of the session changed: draw it again.
    Changed,
}

/// How far the agent's half is, for people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AgentStage {
    /// No session.
    #[default]
    Idle,
    /// The hub has not answered yet.
    Asking,
    /// The visitor has not answered yet.
    Offered,
    /// There is a session, and no page of the visitor to be seen now: it loads, is reconnecting, or is paused.
    Waiting,
    /// The visitor's page is shown.
    Live,
    /// It ended.
    Over(EndReason),
}

/// One desk's part in one session.
#[derive(Debug, Default)]
pub struct AgentSession {
    is_online: bool,
    /// What to attend again after a cut.
    attended: Option<(SessionId, bool)>,
    is_asking: bool,
    /// Counts the wishes to be in a session: what comes of an earlier one is of the past.
    wishes: u32,
    told: Option<(Session, Instant)>,
    is_shown: bool,
    objection: Option<Objection>,
    code: Option<(Code, Instant)>,
    acts: u32,
    probes: u32,
    /// When the last one was sent, until its answer comes.
    probe: Option<Instant>,
    probe_at: Option<Instant>,
    latency: Option<Duration>,
    parts: Parts,
    /// What was shown when the way to the page was cut.
    known: Bytes,
    outputs: VecDeque<AgentOutput>,
}

/// The parts of a frame that have come.
#[derive(Debug, Default)]
struct Parts {
    bytes: Vec<u8>,
    /// The number of the part that comes next; `None` where the frame's beginning is missing.
    next: Option<u32>,
}

impl AgentSession {
    /// A desk without a session.
    pub fn new() -> Self {
        Self::default()
    }

    /// Offers a session to a visit.
    pub fn offer(&mut self, visit: VisitId, channel: Channel) {
        self.begin(|wish| RelayBody::Offer(Offer { visit, channel, wish }));
    }

    /// Asks for a code that a visitor can use.
    pub fn make_code(&mut self) {
        self.begin(|wish| RelayBody::MakeCode(MakeCode { visit: None, wish }));
    }

    /// Uses a visitor's code.
    pub fn use_code(&mut self, code: &str) {
        self.begin(|wish| RelayBody::UseCode(UseCode { code: code.into(), visit: None, wish }));
    }

    /// Takes part in a session that others began, or looks on in silence.
    pub fn attend(&mut self, session: SessionId, is_silent: bool) {
        self.begin(|wish| RelayBody::Attend(Attend { session, is_silent, wish, known: None }));
        self.attended = Some((session, is_silent));
    }

    /// Takes part no more.
    pub fn leave(&mut self) {
        self.clear();
        self.changed();
    }

    /// Ends the session for everybody, or takes the offer back.
    pub fn end(&mut self, reason: EndReason) {
        if self.told.is_some() {
            self.send(RelayBody::End(End { reason }));
        } else {
            self.leave();
        }
    }

    /// Asks the visitor for something. [`Request::agent`] is filled in.
    pub fn request(&mut self, request: Request) {
        if self.is_live() {
            self.send(RelayBody::Request(request));
        }
    }

    /// Gives back what was granted.
    pub fn give_back(&mut self) {
        self.send(RelayBody::Revoke(Revoke { agent: None }));
    }

    /// Does something on the visitor's page; the number that the answer will have, or `None` where nothing permits it.
    pub fn act(&mut self, epoch: u32, node: u32, fingerprint: u32, action: Action, now: Instant) -> Option<u32> {
        self.grant(super::grant::needed(&action), now)?;
        let agent = self.you()?;
        self.acts += 1;
        self.send(RelayBody::Act(Act { agent, number: self.acts, epoch, node, fingerprint, action }));
        Some(self.acts)
    }

    /// Where the agent points. To be called at most once a frame.
    pub fn point(&mut self, node: Option<u32>, place: (u32, u32), is_pressed: bool) {
        self.show(|by| RelayBody::Point(Point { by, node, x: place.0, y: place.1, is_pressed }));
    }

    /// Draws attention to an element, or to none any more.
    pub fn highlight(&mut self, node: Option<u32>) {
        self.show(|by| RelayBody::Highlight(Highlight { by, node }));
    }

    /// Draws on the page. [`Draw::by`] is filled in.
    pub fn draw(&mut self, draw: Draw) {
        self.show(|by| RelayBody::Draw(Draw { by, ..draw }));
    }

    /// Takes back what he drew.
    pub fn erase(&mut self) {
        self.show(|by| RelayBody::Erase(Erase { by }));
    }

    /// The replica has lost something, and asks for what `Replica::ask` says.
    pub fn refresh(&mut self, known: Option<Vec<u8>>) {
        if self.is_shown {
            self.send(RelayBody::Refresh(Refresh { known: known.map(Bytes) }));
        }
    }

    /// The replica has this of the page (`None`: nothing), after [`AgentOutput::Cut`]: when both ends are back, the rest is told.
    pub fn know(&mut self, known: Option<Vec<u8>>) {
        if !self.is_shown {
            self.known = Bytes(known.unwrap_or_default());
            // The hub has it then before the page is back.
            self.send(RelayBody::Refresh(Refresh { known: Some(self.known.clone()) }));
        }
    }

    /// Asks for an asset that was offered.
    pub fn want(&mut self, hash: AssetHash) {
        if self.is_shown {
            self.send(RelayBody::Want(Want { hash, is_newer: None }));
        }
    }

    /// Asks for what a video shows now, in the place of this picture of it.
    pub fn want_newer(&mut self, hash: AssetHash) {
        if self.is_shown {
            self.send(RelayBody::Want(Want { hash, is_newer: Some(true) }));
        }
    }

    /// The link is up.
    pub fn handle_online(&mut self) {
        if core::mem::replace(&mut self.is_online, true) {
            return;
        }
        if let Some((session, is_silent)) = self.attended {
            let (wish, known) = (self.wish(), Some(self.known.clone()).filter(|known| !known.0.is_empty()));
            self.send(RelayBody::Attend(Attend { session, is_silent, wish, known }));
        }
        self.changed();
    }

    /// The link is down.
    pub fn handle_offline(&mut self) {
        if !core::mem::replace(&mut self.is_online, false) {
            return;
        }
        self.is_asking = false;
        self.code = None;
        self.cut();
        self.changed();
    }

    /// A message came. What is not for a desk is ignored.
    pub fn handle_body(&mut self, body: RelayBody, now: Instant) {
        match body {
            RelayBody::Session(session) => self.handle_session(session, now),
            RelayBody::Code(code) if code.wish == Some(self.wishes) => {
                (self.is_asking, self.code) = (false, Some((code, now)));
                self.changed();
            }
            RelayBody::Refused(refused) if refused.wish.is_none_or(|wish| wish == self.wishes) => {
                (self.is_asking, self.objection) = (false, Some(refused.objection));
                match &mut self.told {
                    None => self.attended = None,
                    // It ended while the link was down.
                    Some((told, _)) if refused.wish.is_some() => {
                        (told.stage, told.reason) = (Stage::Ended, Some(EndReason::Lost));
                        self.attended = None;
                    }
                    Some(_) => {}
                }
                self.changed();
            }
            _ if self.told.is_none() => {}
            RelayBody::Shown(shown) if shown.is_live && !self.is_shown => {
                self.is_shown = true;
                self.probe_at = Some(now);
                let is_cut = !core::mem::take(&mut self.known).0.is_empty();
                self.outputs.push_back(if is_cut { AgentOutput::Return } else { AgentOutput::Begin });
                self.changed();
            }
            RelayBody::Shown(shown) if shown.is_live => {
                self.parts = Parts::default();
                self.outputs.push_back(AgentOutput::Lag);
            }
            RelayBody::Shown(_) => {
                self.cut();
                self.changed();
            }
            RelayBody::Mirror(piece) if self.is_shown => {
                if let Some(frame) = self.parts.take(piece) {
                    self.outputs.push_back(AgentOutput::Show(frame));
                }
            }
            RelayBody::Point(_) | RelayBody::Highlight(_) | RelayBody::Draw(_) | RelayBody::Erase(_) => {
                self.outputs.push_back(AgentOutput::Sign(body));
            }
            RelayBody::Done(done) if Some(done.agent) == self.you() => self.outputs.push_back(AgentOutput::Done(done)),
            RelayBody::Probe(probe) => {
                if let Some(sent) = self.probe.take_if(|_| self.probes == probe.number) {
                    self.latency = Some(now.since(sent));
                    self.changed();
                }
            }
            _ => {}
        }
    }

    /// Time passed; early calls do nothing.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.code.as_ref().is_some_and(|(code, at)| *at + millis(code.expires_in) <= now) {
            self.code = None;
            self.changed();
        }
        if self.probe_at.is_some_and(|at| at <= now) {
            self.probe_at = Some(now + PROBE_EVERY);
            self.probes = self.probes.wrapping_add(1);
            self.probe = Some(now);
            let latency = self.latency.map(|latency| latency.as_millis() as u32);
            let agent = self.you().unwrap_or_default();
            self.send(RelayBody::Probe(Probe { agent, number: self.probes, latency }));
        }
    }

    /// When to call [`AgentSession::handle_timeout`] next.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let code = self.code.as_ref().map(|(code, at)| *at + millis(code.expires_in));
        [code, self.probe_at].into_iter().flatten().min()
    }

    /// The next thing to do; call until `None`.
    pub fn poll_output(&mut self) -> Option<AgentOutput> {
        self.outputs.pop_front()
    }

    /// How far it is.
    pub fn stage(&self) -> AgentStage {
        match &self.told {
            None if self.is_asking => AgentStage::Asking,
            None => AgentStage::Idle,
            Some((told, _)) => match told.stage {
                Stage::Offered => AgentStage::Offered,
                Stage::Live if self.is_shown && !told.is_paused => AgentStage::Live,
                Stage::Live => AgentStage::Waiting,
                Stage::Ended => AgentStage::Over(told.reason.unwrap_or(EndReason::Lost)),
            },
        }
    }

    /// The session as the hub told it last.
    pub fn told(&self) -> Option<&Session> {
        self.told.as_ref().map(|(told, _)| told)
    }

    /// An offer expires then, or the session ends where nothing is done, or the visitor does not come back.
    pub fn ends_at(&self) -> Option<Instant> {
        self.told.as_ref().and_then(|(told, at)| told.ends_in.map(|ends_in| *at + millis(ends_in)))
    }

    /// What this agent may do now with a capability.
    pub fn grant(&self, capability: Capability, now: Instant) -> Option<&Grant> {
        let (told, at) = self.told.as_ref()?;
        let you = self.you()?;
        let is_mine = |grant: &&Grant| (grant.agent, grant.capability) == (you, capability);
        let is_good = |grant: &&Grant| grant.expires_in.is_none_or(|expires_in| *at + millis(expires_in) > now);
        told.grants.iter().find(is_mine).filter(is_good).filter(|_| self.stage() == AgentStage::Live)
    }

    /// When it was told: what the session says is left counts from then.
    pub fn told_at(&self) -> Option<Instant> {
        self.told.as_ref().map(|(_, at)| *at)
    }

    /// Which agent of the session this is.
    pub fn you(&self) -> Option<u32> {
        self.told().and_then(|told| told.you)
    }

    /// How long a message takes to the visitor's page and back.
    pub fn latency(&self) -> Option<Duration> {
        self.latency
    }

    /// Why the last wish was not met.
    pub fn objection(&self) -> Option<Objection> {
        self.objection
    }

    /// The code to tell the visitor, while it is good.
    pub fn code(&self) -> Option<&str> {
        self.code.as_ref().map(|(code, _)| code.code.as_str())
    }

    /// Until when that code is good.
    pub fn code_ends_at(&self) -> Option<Instant> {
        self.code.as_ref().map(|(code, at)| *at + millis(code.expires_in))
    }

    /// Whether the link is up.
    pub fn is_online(&self) -> bool {
        self.is_online
    }

    /// Bytes that are held of a frame which is not whole.
    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.parts.bytes.len()
    }

    fn handle_session(&mut self, session: Session, now: Instant) {
        if session.wish != Some(self.wishes) {
            return;
        }
        let me = session.agents.iter().find(|agent| Some(agent.number) == session.you);
        match (session.stage, me) {
            (Stage::Ended, _) => {
                self.attended = None;
                self.hide();
                self.known = Bytes::default();
            }
            (_, Some(me)) => self.attended = Some((session.session, me.is_silent)),
            // It is told to who is in it.
            (_, None) => return,
        }
        (self.is_asking, self.objection, self.code) = (false, None, None);
        self.told = Some((session, now));
        self.changed();
    }

    fn begin(&mut self, body: impl FnOnce(Option<u32>) -> RelayBody) {
        self.clear();
        (self.is_asking, self.objection) =
            if self.is_online { (true, None) } else { (false, Some(Objection::NobodyThere)) };
        let wish = self.wish();
        self.send(body(wish));
        self.changed();
    }

    fn wish(&mut self) -> Option<u32> {
        self.wishes += 1;
        Some(self.wishes)
    }

    /// Nothing of an earlier session is left, here and at the hub.
    fn clear(&mut self) {
        if self.stage() != AgentStage::Idle {
            self.send(RelayBody::Leave(Leave {}));
        }
        self.hide();
        self.known = Bytes::default();
        (self.attended, self.told, self.code, self.objection) = (None, None, None, None);
        self.is_asking = false;
    }

    fn cut(&mut self) {
        if self.is_shown {
            self.outputs.push_back(AgentOutput::Cut);
        }
        self.hide();
    }

    fn hide(&mut self) {
        (self.is_shown, self.probe, self.probe_at, self.latency) = (false, None, None, None);
        self.parts = Parts::default();
    }

    fn is_live(&self) -> bool {
        self.stage() == AgentStage::Live
    }

    fn show(&mut self, body: impl FnOnce(u32) -> RelayBody) {
        if let (true, Some(you)) = (self.is_live(), self.you()) {
            self.send(body(you));
        }
    }

    fn send(&mut self, body: RelayBody) {
        if self.is_online {
            self.outputs.push_back(AgentOutput::Send(body));
        }
    }

    fn changed(&mut self) {
        if self.outputs.back() != Some(&AgentOutput::Changed) {
            self.outputs.push_back(AgentOutput::Changed);
        }
    }
}

impl Parts {
    /// The frame, where the piece makes it whole.
    fn take(&mut self, piece: MirrorPiece) -> Option<Vec<u8>> {
        if piece.at == 0 {
            self.bytes.clear();
            self.next = Some(0);
        }
        // The replica finds the gap, and asks for what is lost.
        if self.next != Some(piece.at) || self.bytes.len() + piece.bytes.0.len() > MIRROR_FRAME_LIMIT {
            *self = Self::default();
            return None;
        }
        self.bytes.extend(piece.bytes.0);
        self.next = Some(piece.at + 1);
        piece.is_last.then(|| {
            self.next = None;
            core::mem::take(&mut self.bytes)
        })
    }
}

fn millis(milliseconds: u32) -> Duration {
    Duration::from_millis(milliseconds.into())
}
