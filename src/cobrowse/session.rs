//! The hub's part: who takes part in a session, what the visitor granted as far as the hub knows, and when it ends.
//!
//! It passes on what may be passed on, and believes each side only what that side can know. What it grants, the visitor's page
//! checks again.

use core::time::Duration;
use std::collections::VecDeque;

use super::grant::{Grants, needed};
use crate::protocol::cobrowse::{
    ACT_TEXT_LIMIT, AGENT_LIMIT, Act, Action, Agent, Capability, Channel, Decide, Done, Draw, EndReason, Go, Objection,
    Outcome, PLACE_PARTS, Refused, Request, Revoke, Session, Stage,
};
use crate::protocol::{RelayBody, SessionId, VisitId};
use crate::time::Instant;

/// For so long an offer waits for the visitor.
pub const OFFER: Duration = Duration::from_secs(60);

/// For so long a request waits for the visitor.
pub const REQUEST: Duration = Duration::from_secs(30);

/// For so long a session waits for a visitor, or for an agent, who is gone without a word.
pub const REJOIN: Duration = Duration::from_secs(5 * 60);

/// So long before an idle session ends, both sides are warned.
pub const WARNING: Duration = Duration::from_secs(20);

/// Acts that the visitor's page has not answered; more are refused.
const OPEN_ACTS: usize = 64;

/// What the hub is to do.
#[derive(Clone, Debug, PartialEq)]
pub enum SessionOutput {
    /// Tell the page that takes part; where none does, it is lost.
    ToVisitor(RelayBody),
    /// Tell this agent.
    ToAgent(u32, RelayBody),
    /// Tell all agents but this one.
    ToAgents(Option<u32>, RelayBody),
    /// [`SharedSession::told`] changed: tell it to everybody.
    Tell,
    /// Keep this in the session's record.
    Record(Entry),
}

/// One line of a session's record. It holds no text that anybody typed, and none of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Which agent did it; 0 for the visitor, absent for the hub.
    pub by: Option<u32>,
    /// What was done.
    pub what: &'static str,
    /// More about it: names and values.
    pub about: Vec<(&'static str, String)>,
}

/// One session. Invariant: once it is over, nothing is passed on any more.
#[derive(Debug)]
pub struct SharedSession {
    session: SessionId,
    visit: VisitId,
    channel: Channel,
    state: State,
    agents: Vec<Agent>,
    /// Numbers are not given twice.
    last_number: u32,
    /// Since when no agent helps.
    alone: Option<Instant>,
    outputs: VecDeque<SessionOutput>,
}

#[derive(Debug)]
enum State {
    Offered { expires: Instant },
    Live(Live),
    Over(EndReason),
}

#[derive(Debug)]
struct Live {
    request: Option<(Request, Instant)>,
    grants: Grants,
    is_paused: bool,
    /// Whether the visitor looks at something else.
    is_hidden: bool,
    /// Since when no page of the visitor takes part.
    away: Option<Instant>,
    last_activity: Instant,
    is_warned: bool,
    open: VecDeque<(u32, u32, Capability, Entry)>,
}

impl Live {
    fn new(now: Instant, away: Option<Instant>) -> Self {
        let (request, grants, open) = (None, Grants::default(), VecDeque::new());
        Self { request, grants, is_paused: false, is_hidden: false, away, last_activity: now, is_warned: false, open }
    }

    fn passes(&self) -> bool {
        !self.is_paused && self.away.is_none()
    }
}

/// For how long nobody may do anything.
fn idle_limit(channel: Channel) -> Option<Duration> {
    match channel {
        Channel::Voice => None,
        Channel::Messaging => Some(Duration::from_secs(2 * 60)),
        Channel::Chat => Some(Duration::from_secs(15 * 60)),
    }
}

impl SharedSession {
    /// A session that an agent, who becomes number 1, offers.
    pub fn offered(session: SessionId, visit: VisitId, channel: Channel, name: &str, now: Instant) -> Self {
        let agents = vec![Agent { number: 1, name: name.into(), is_silent: false }];
        let state = State::Offered { expires: now + OFFER };
        let mut offered =
            Self { session, visit, channel, state, agents, last_number: 1, alone: None, outputs: VecDeque::new() };
        offered.record(Some(1), "offered", vec![("channel", channel.as_str().into()), ("agent", name.into())]);
        offered.tell();
        offered
    }

    /// A session that was live before the hub stopped: nobody is there, and nothing is granted.
    pub fn restored(session: SessionId, visit: VisitId, channel: Channel, last_number: u32, now: Instant) -> Self {
        let state = State::Live(Live::new(now, Some(now)));
        let (agents, outputs) = (Vec::new(), VecDeque::new());
        Self { session, visit, channel, state, agents, last_number, alone: Some(now), outputs }
    }

    /// The visitor's answer to the offer.
    pub fn handle_answer(&mut self, is_accepted: bool, now: Instant) {
        if !matches!(self.state, State::Offered { .. }) {
            return;
        }
        if is_accepted {
            self.record(Some(0), "accepted", Vec::new());
            self.state = State::Live(Live::new(now, None));
            self.tell();
        } else {
            self.end(Some(0), EndReason::Declined);
        }
    }

    /// A page of the visitor takes part, in the place of any other.
    pub fn handle_page(&mut self, now: Instant) {
        let State::Live(live) = &mut self.state else { return };
        live.away = None;
        live.is_hidden = false;
        live.last_activity = now;
        live.is_warned = false;
        self.view_only();
        self.record(Some(0), "page", Vec::new());
        self.tell();
    }

    /// The page that takes part is of this visit now; the visit that it was of before, if that is another one.
    pub fn handle_visit(&mut self, visit: VisitId) -> Option<VisitId> {
        let is_other = self.is_live() && self.visit != visit;
        if is_other {
            self.tell();
        }
        is_other.then(|| core::mem::replace(&mut self.visit, visit))
    }

    /// The page that took part is gone without a word: it loads another one, or the network is cut.
    pub fn handle_page_gone(&mut self, now: Instant) {
        let State::Live(live) = &mut self.state else { return };
        live.away.get_or_insert(now);
        self.view_only();
        self.tell();
    }

    /// An agent comes; his number, or why he cannot.
    ///
    /// # Errors
    /// [`Objection::Busy`] in a full session, [`Objection::NobodyThere`] where it is over.
    pub fn attend(&mut self, name: &str, is_silent: bool, now: Instant) -> Result<u32, Objection> {
        if self.is_over() {
            return Err(Objection::NobodyThere);
        }
        if self.agents.len() >= AGENT_LIMIT {
            return Err(Objection::Busy);
        }
        self.last_number += 1;
        let number = self.last_number;
        self.agents.push(Agent { number, name: name.into(), is_silent });
        if let (State::Live(live), false) = (&mut self.state, is_silent) {
            live.last_activity = now;
        }
        let how = if is_silent { "silent" } else { "helps" };
        self.record(Some(number), "came", vec![("agent", name.into()), ("how", how.into())]);
        self.count_helpers(now);
        self.tell();
        Ok(number)
    }

    /// An agent's desk is gone without a word.
    pub fn handle_agent_gone(&mut self, number: u32, now: Instant) {
        if self.remove(number, now) {
            self.tell();
        }
    }

    /// The visitor's page says something.
    pub fn handle_visitor(&mut self, body: RelayBody, now: Instant) {
        let State::Live(live) = &mut self.state else { return };
        if live.away.is_some() {
            return;
        }
        let is_activity = !matches!(body, RelayBody::Done(_) | RelayBody::Probe(_));
        match body {
            RelayBody::Decide(decide) => self.decide(decide, now),
            RelayBody::Revoke(_) => {
                if live.grants.revoke() {
                    self.record(Some(0), "revoked", Vec::new());
                    self.tell();
                }
            }
            RelayBody::Pause(pause) => {
                if core::mem::replace(&mut live.is_paused, pause.is_paused) != pause.is_paused {
                    let what = if pause.is_paused { "paused" } else { "went-on" };
                    self.record(Some(0), what, Vec::new());
                    self.view_only();
                    self.tell();
                }
            }
            RelayBody::Done(done) => self.answer(done, now),
            RelayBody::End(_) => self.end(Some(0), EndReason::Visitor),
            RelayBody::Point(mut point) if live.passes() && point.x.max(point.y) <= PLACE_PARTS => {
                point.by = 0;
                self.outputs.push_back(SessionOutput::ToAgents(None, RelayBody::Point(point)));
            }
            RelayBody::Draw(draw) if live.passes() && draw.is_whole() => {
                let draw = RelayBody::Draw(Draw { by: 0, ..draw });
                self.outputs.push_back(SessionOutput::ToAgents(None, draw));
            }
            RelayBody::Erase(mut erase) if live.passes() => {
                erase.by = 0;
                self.outputs.push_back(SessionOutput::ToAgents(None, RelayBody::Erase(erase)));
            }
            RelayBody::Probe(probe) => {
                let number = probe.agent;
                self.outputs.push_back(SessionOutput::ToAgent(number, RelayBody::Probe(probe)));
            }
            RelayBody::Active(active) => {
                if core::mem::replace(&mut live.is_hidden, !active.is_visible) == active.is_visible {
                    self.tell();
                }
                // To look away is nothing that keeps a session from ending.
                if !active.is_visible {
                    return;
                }
            }
            _ => return,
        }
        if is_activity {
            self.handle_activity(now);
        }
    }

    /// An agent's desk says something.
    pub fn handle_agent(&mut self, number: u32, body: RelayBody, now: Instant) {
        let Some(is_silent) = self.agents.iter().find(|agent| agent.number == number).map(|agent| agent.is_silent)
        else {
            return;
        };
        match (body, is_silent) {
            (RelayBody::Leave(_), _) => {
                let was_last = self.remove(number, now) && self.helpers() == 0 && !is_silent;
                self.record(Some(number), "left", Vec::new());
                if was_last { self.end(Some(number), EndReason::Agent) } else { self.tell() }
            }
            (_, true) => {}
            (RelayBody::End(end), false) => {
                let reason = match (&self.state, end.reason) {
                    (State::Offered { .. }, _) => EndReason::Withdrawn,
                    (_, reason @ (EndReason::Conversation | EndReason::Transfer)) => reason,
                    _ => EndReason::Agent,
                };
                self.end(Some(number), reason);
            }
            (body, false) => self.handle_helper(number, body, now),
        }
    }

    /// Whether it may ride on a conversation of this agent's: he helps in it, or nobody does at the moment.
    pub fn may_be_of(&self, name: &str) -> bool {
        let mut helping = self.agents.iter().filter(|agent| !agent.is_silent).peekable();
        helping.peek().is_none() || helping.any(|agent| agent.name == name)
    }

    /// The conversation that it rides on ended, or was passed on.
    pub fn handle_conversation(&mut self, reason: EndReason) {
        self.end(None, reason);
    }

    /// Time passed; early calls do nothing.
    pub fn handle_timeout(&mut self, now: Instant) {
        let is_alone = self.alone.is_some_and(|since| since + REJOIN <= now);
        let idle = idle_limit(self.channel);
        match &mut self.state {
            State::Offered { expires } if *expires <= now => self.end(None, EndReason::Unanswered),
            State::Live(live) => {
                if live.away.is_some_and(|since| since + REJOIN <= now) {
                    return self.end(None, EndReason::Lost);
                }
                if is_alone {
                    return self.end(None, EndReason::Agent);
                }
                if idle.is_some_and(|limit| live.last_activity + limit <= now) {
                    return self.end(None, EndReason::Idle);
                }
                let is_late = idle.is_some_and(|limit| live.last_activity + (limit - WARNING) <= now);
                let has_warned = is_late && !core::mem::replace(&mut live.is_warned, is_late);
                let has_expired = live.grants.handle_timeout(now);
                let unanswered = live.request.take_if(|(_, expires)| *expires <= now);
                if let Some((request, _)) = &unanswered {
                    let about = vec![("capability", request.capability.as_str().into())];
                    self.record(Some(request.agent), "unanswered", about);
                }
                if has_warned || has_expired || unanswered.is_some() {
                    self.tell();
                }
            }
            _ => {}
        }
    }

    /// When to call [`SharedSession::handle_timeout`] next.
    pub fn poll_timeout(&self) -> Option<Instant> {
        match &self.state {
            State::Offered { expires } => Some(*expires),
            State::Over(_) => None,
            State::Live(live) => {
                let idle = idle_limit(self.channel)
                    .map(|limit| live.last_activity + if live.is_warned { limit } else { limit - WARNING });
                let gone = [live.away, self.alone].into_iter().flatten().map(|since| since + REJOIN);
                let request = live.request.as_ref().map(|(_, expires)| *expires);
                gone.chain(idle).chain(request).chain(live.grants.poll_timeout()).min()
            }
        }
    }

    /// The next thing to do; call until `None`.
    pub fn poll_output(&mut self) -> Option<SessionOutput> {
        self.outputs.pop_front()
    }

    /// The session as the visitor (`None`) or an agent is told it. [`Session::wish`] is for who knows the agent's desk to fill in.
    pub fn told(&self, to: Option<u32>, now: Instant) -> Session {
        let left = |at: Instant| at.since(now).as_millis() as u32;
        let (stage, ends_in, reason) = match &self.state {
            State::Offered { expires } => (Stage::Offered, Some(left(*expires)), None),
            State::Live(live) => {
                let gone = [live.away, self.alone].into_iter().flatten().map(|since| left(since + REJOIN)).min();
                let idle = idle_limit(self.channel).filter(|_| live.is_warned);
                (Stage::Live, gone.or(idle.map(|limit| left(live.last_activity + limit))), None)
            }
            State::Over(reason) => (Stage::Ended, None, Some(*reason)),
        };
        let live = if let State::Live(live) = &self.state { Some(live) } else { None };
        Session {
            session: self.session,
            visit: self.visit,
            channel: self.channel,
            stage,
            agents: self.agents.clone(),
            request: live.and_then(|live| live.request.as_ref()).map(|(request, _)| request.clone()),
            grants: live.map(|live| live.grants.told(now)).unwrap_or_default(),
            is_paused: live.is_some_and(|live| live.is_paused),
            is_there: live.is_some_and(|live| live.away.is_none()),
            ends_in,
            reason,
            you: to,
            wish: None,
            is_hidden: live.filter(|live| live.is_hidden).map(|_| true),
        }
    }

    /// Which session it is.
    pub fn id(&self) -> SessionId {
        self.session
    }

    /// Whose it is.
    pub fn visit(&self) -> VisitId {
        self.visit
    }

    /// What it rides on.
    pub fn channel(&self) -> Channel {
        self.channel
    }

    /// Whether it is over.
    pub fn is_over(&self) -> bool {
        matches!(self.state, State::Over(_))
    }

    /// Whether the visitor agreed, and it is not over.
    pub fn is_live(&self) -> bool {
        matches!(self.state, State::Live(_))
    }

    /// Whether frames of the mirror may be passed on now.
    pub fn passes_mirror(&self) -> bool {
        matches!(&self.state, State::Live(live) if live.passes())
    }

    fn handle_helper(&mut self, number: u32, body: RelayBody, now: Instant) {
        let State::Live(live) = &mut self.state else { return };
        let is_activity = !matches!(body, RelayBody::Probe(_));
        match body {
            RelayBody::Request(request) => {
                if live.request.is_some() || !live.passes() {
                    let busy = Refused { objection: Objection::Busy, retry_after: None, wish: None };
                    self.outputs.push_back(SessionOutput::ToAgent(number, RelayBody::Refused(busy)));
                    return;
                }
                let about = vec![("capability", request.capability.as_str().into())];
                live.request = Some((Request { agent: number, ..request }, now + REQUEST));
                self.record(Some(number), "requested", about);
                self.tell();
            }
            RelayBody::Revoke(_) => {
                if live.grants.revoke_agent(number) {
                    let revoke = Revoke { agent: Some(number) };
                    self.outputs.push_back(SessionOutput::ToVisitor(RelayBody::Revoke(revoke)));
                    self.record(Some(number), "gave-back", Vec::new());
                    self.tell();
                }
            }
            RelayBody::Act(act) => self.act(number, act, now),
            RelayBody::Point(mut point) if live.passes() && point.x.max(point.y) <= PLACE_PARTS => {
                point.by = number;
                self.show(number, RelayBody::Point(point));
            }
            RelayBody::Highlight(mut highlight) if live.passes() => {
                highlight.by = number;
                self.show(number, RelayBody::Highlight(highlight));
            }
            RelayBody::Draw(draw) if live.passes() && draw.is_whole() => {
                self.show(number, RelayBody::Draw(Draw { by: number, ..draw }));
            }
            RelayBody::Erase(mut erase) if live.passes() => {
                erase.by = number;
                self.show(number, RelayBody::Erase(erase));
            }
            RelayBody::Probe(mut probe) => {
                probe.agent = number;
                self.outputs.push_back(SessionOutput::ToVisitor(RelayBody::Probe(probe)));
            }
            _ => return,
        }
        if is_activity {
            self.handle_activity(now);
        }
    }

    fn act(&mut self, number: u32, act: Act, now: Instant) {
        let State::Live(live) = &mut self.state else { return };
        let capability = needed(&act.action);
        let refused = if live.is_paused {
            Some(Outcome::Paused)
        } else if live.away.is_some() {
            Some(Outcome::Gone)
        } else if live.grants.permit(number, capability, now).is_none() || is_too_long(&act.action) {
            Some(Outcome::NotGranted)
        } else if live.open.len() >= OPEN_ACTS {
            Some(Outcome::TooFast)
        } else {
            None
        };
        let about = vec![("action", name(&act.action).to_owned()), ("node", act.node.to_string())];
        let entry = Entry { by: Some(number), what: "acted", about };
        match refused {
            Some(outcome) => {
                let done = Done { agent: number, number: act.number, outcome };
                self.record_outcome(entry, outcome);
                self.outputs.push_back(SessionOutput::ToAgent(number, RelayBody::Done(done)));
            }
            None => {
                live.open.push_back((number, act.number, capability, entry));
                let act = Act { agent: number, ..act };
                self.outputs.push_back(SessionOutput::ToVisitor(RelayBody::Act(act)));
            }
        }
    }

    fn answer(&mut self, done: Done, now: Instant) {
        let State::Live(live) = &mut self.state else { return };
        let is_asked =
            |(agent, number, ..): &(u32, u32, Capability, Entry)| (*agent, *number) == (done.agent, done.number);
        let Some(place) = live.open.iter().position(is_asked) else {
            // What was done long ago may still be taken back.
            if done.outcome == Outcome::Undone {
                let about = vec![("act", done.number.to_string())];
                self.record(Some(0), "undid", about);
                self.outputs.push_back(SessionOutput::ToAgent(done.agent, RelayBody::Done(done)));
            }
            return;
        };
        let (_, _, capability, entry) = live.open[place].clone();
        if done.outcome != Outcome::Proposed {
            live.open.remove(place);
        }
        if done.outcome == Outcome::Done {
            live.last_activity = now;
            if live.grants.use_up(done.agent, capability) {
                self.tell();
            }
        }
        self.record_outcome(entry, done.outcome);
        self.outputs.push_back(SessionOutput::ToAgent(done.agent, RelayBody::Done(done)));
    }

    fn decide(&mut self, decide: Decide, now: Instant) {
        let State::Live(live) = &mut self.state else { return };
        let Decide { agent, capability, is_granted } = decide;
        let is_asked =
            |(request, _): &mut (Request, Instant)| (request.agent, request.capability) == (agent, capability);
        let Some((request, _)) = live.request.take_if(is_asked) else { return };
        let mut about = vec![("capability", capability.as_str().to_owned()), ("agent", agent.to_string())];
        about.extend(request.within.map(|node| ("within", node.to_string())));
        about.extend(request.uses.map(|uses| ("uses", uses.to_string())));
        about.extend(request.seconds.map(|seconds| ("seconds", seconds.to_string())));
        if is_granted && !live.is_paused {
            live.grants.grant(request, now);
        }
        self.record(Some(0), if is_granted { "granted" } else { "refused" }, about);
        self.tell();
    }

    fn handle_activity(&mut self, now: Instant) {
        let State::Live(live) = &mut self.state else { return };
        live.last_activity = now;
        if core::mem::replace(&mut live.is_warned, false) {
            self.tell();
        }
    }

    fn end(&mut self, by: Option<u32>, reason: EndReason) {
        if self.is_over() {
            return;
        }
        self.state = State::Over(reason);
        self.record(by, "ended", vec![("reason", reason.as_str().into())]);
        self.tell();
    }

    /// Whoever comes back, on whichever side, only looks on.
    fn view_only(&mut self) {
        if let State::Live(live) = &mut self.state {
            live.grants.revoke();
            live.request = None;
            live.open.clear();
        }
    }

    fn remove(&mut self, number: u32, now: Instant) -> bool {
        let before = self.agents.len();
        self.agents.retain(|agent| agent.number != number);
        if let State::Live(live) = &mut self.state {
            live.grants.revoke_agent(number);
            live.request.take_if(|(request, _)| request.agent == number);
            live.open.retain(|(agent, ..)| *agent != number);
        }
        self.count_helpers(now);
        self.agents.len() < before
    }

    fn helpers(&self) -> usize {
        self.agents.iter().filter(|agent| !agent.is_silent).count()
    }

    fn count_helpers(&mut self, now: Instant) {
        self.alone = if self.helpers() > 0 { None } else { self.alone.or(Some(now)) };
    }

    fn show(&mut self, by: u32, body: RelayBody) {
        self.outputs.push_back(SessionOutput::ToVisitor(body.clone()));
        self.outputs.push_back(SessionOutput::ToAgents(Some(by), body));
    }

    fn tell(&mut self) {
        if self.outputs.back() != Some(&SessionOutput::Tell) {
            self.outputs.push_back(SessionOutput::Tell);
        }
    }

    fn record(&mut self, by: Option<u32>, what: &'static str, about: Vec<(&'static str, String)>) {
        self.outputs.push_back(SessionOutput::Record(Entry { by, what, about }));
    }

    fn record_outcome(&mut self, mut entry: Entry, outcome: Outcome) {
        entry.about.push(("outcome", outcome.as_str().into()));
        self.outputs.push_back(SessionOutput::Record(entry));
    }
}

/// What kind of act it is, for the record.
fn name(action: &Action) -> &'static str {
    match action {
        Action::Click(_) => "click",
        Action::Type(_) => "type",
        Action::Press(_) => "press",
        Action::Fill(_) => "fill",
        Action::Choose(_) => "choose",
        Action::Scroll(_) => "scroll",
        Action::Go(Go::Through(way)) => way.as_str(),
        Action::Go(_) => "go",
    }
}

fn is_too_long(action: &Action) -> bool {
    match action {
        Action::Type(typed) | Action::Fill(typed) => typed.text.len() > ACT_TEXT_LIMIT,
        _ => false,
    }
}
