//! A shared session over networks that delay and cut, with an agent who says what he likes, in virtual time.

use std::collections::VecDeque;
use std::time::Duration;

use alongside::cobrowse::{
    AgentOutput, AgentSession, AgentStage, Kept, SessionOutput, SharedSession, VisitorOutput, VisitorSession,
    VisitorStage,
};
use alongside::protocol::cobrowse::*;
use alongside::protocol::{ConsentKey, Followed, Masking, RelayBody, SessionId, Shown, VisitId};
use alongside::time::Instant;
use proptest::prelude::*;

const KEY: ConsentKey = ConsentKey::from_bytes([9; 16]);

/// What happens next.
#[derive(Clone, Debug)]
pub enum Step {
    /// The visitor does one of [`World::visitor_does`].
    Visitor(u8),
    /// The agent does one of [`World::agent_does`].
    Agent(u8),
    /// Somebody says this straight to the page, as a hub that is not to be trusted could.
    ToPage(RelayBody),
    /// The agent's desk says this, whatever its machine thinks of it.
    ToHub(RelayBody),
    /// So many messages arrive, on each way.
    Arrive(u8),
    /// So many seconds pass.
    Pass(u16),
}

/// Anything that one could say.
pub fn said() -> impl Strategy<Value = RelayBody> {
    let capability = prop_oneof![Just(Capability::Control), Just(Capability::Navigation)];
    let request = (0..4_u32, capability.clone(), proptest::option::of(0..3_u32), proptest::option::of(0..90_u32))
        .prop_map(|(agent, capability, uses, seconds)| Request {
            agent,
            capability,
            within: None,
            uses,
            seconds,
            proposes: None,
        });
    let act = (0..4_u32, 0..9_u32, any::<bool>()).prop_map(|(agent, number, goes)| {
        let click = Action::Click(Click { x: 0, y: 0, count: 1 });
        let action = if goes { Action::Go(Go::Through(Way::Back)) } else { click };
        RelayBody::Act(Act { agent, number, epoch: 1, node: 1, fingerprint: 1, action })
    });
    prop_oneof![
        act,
        request.prop_map(RelayBody::Request),
        (0..4_u32, capability, any::<bool>()).prop_map(|(agent, capability, is_granted)| RelayBody::Decide(Decide {
            agent,
            capability,
            is_granted
        })),
        any::<bool>().prop_map(|is_paused| RelayBody::Pause(Pause { is_paused })),
        (0..3_u32).prop_map(|desks| RelayBody::Followed(Followed { desks, known: None })),
        (0..4_u32).prop_map(|by| RelayBody::Point(Point { by, node: Some(1), x: 1, y: 1, is_pressed: false })),
        Just(RelayBody::Revoke(Revoke { agent: None })),
        (0..4_u32).prop_map(|agent| RelayBody::Revoke(Revoke { agent: Some(agent) })),
        Just(RelayBody::End(End { reason: EndReason::Transfer })),
        Just(RelayBody::Leave(Leave {})),
        Just(RelayBody::Active(Active { is_visible: true })),
    ]
}

/// Some steps.
pub fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => any::<u8>().prop_map(Step::Visitor),
        6 => any::<u8>().prop_map(Step::Agent),
        2 => said().prop_map(Step::ToPage),
        2 => said().prop_map(Step::ToHub),
        10 => (1..6_u8).prop_map(Step::Arrive),
        1 => (1..400_u16).prop_map(Step::Pass),
    ];
    proptest::collection::vec(step, 1..120)
}

/// A page, a hub and a desk.
pub struct World {
    page: VisitorSession,
    hub: Option<SharedSession>,
    desk: AgentSession,
    now: Duration,
    sessions: u8,
    /// Which agent the desk is for the hub, while it is connected.
    number: Option<u32>,
    /// By which wish.
    wish: Option<u32>,
    is_page_up: bool,
    is_desk_up: bool,
    page_to_hub: VecDeque<RelayBody>,
    hub_to_page: VecDeque<RelayBody>,
    desk_to_hub: VecDeque<RelayBody>,
    hub_to_desk: VecDeque<RelayBody>,
    /// What the visitor's browser keeps.
    kept: Option<Kept>,
    /// What the visitor himself has granted and not taken back.
    granted: Vec<(u32, Capability)>,
    /// Whether the hub has told this page what is masked, and whether it has heard it.
    rules: (bool, bool),
    /// Whether the visitor wants to be seen now.
    wants_to_be_seen: bool,
}

impl World {
    /// Nobody shares anything.
    pub fn new() -> Self {
        let mut world = Self {
            page: VisitorSession::new(),
            hub: None,
            desk: AgentSession::new(),
            now: Duration::from_secs(100),
            sessions: 0,
            number: None,
            wish: None,
            is_page_up: true,
            is_desk_up: true,
            page_to_hub: VecDeque::new(),
            hub_to_page: VecDeque::new(),
            desk_to_hub: VecDeque::new(),
            hub_to_desk: VecDeque::new(),
            kept: None,
            granted: Vec::new(),
            rules: (false, false),
            wants_to_be_seen: false,
        };
        world.page.handle_online();
        world.desk.handle_online();
        world
    }

    /// Makes it happen, and checks what must hold at all times.
    pub fn take(&mut self, step: &Step) {
        match step {
            Step::Visitor(what) => self.visitor_does(*what),
            Step::Agent(what) => self.agent_does(*what),
            Step::ToPage(body) => self.page.handle_body(body.clone(), self.now()),
            Step::ToHub(body) if self.is_desk_up => self.desk_to_hub.push_back(body.clone()),
            Step::ToHub(_) => {}
            Step::Arrive(count) => (0..*count).for_each(|_| self.arrive()),
            Step::Pass(seconds) => self.pass(Duration::from_secs((*seconds).into())),
        }
        self.drain();
    }

    /// All is well again, and much time passes.
    pub fn rest(&mut self) {
        self.page_up();
        self.desk_up();
        for _ in 0..1_000 {
            self.pass(Duration::from_secs(1));
            self.drain();
            (0..20).for_each(|_| self.arrive());
        }
    }

    /// How far both sides are.
    pub fn stages(&self) -> (VisitorStage, AgentStage) {
        (self.page.stage(), self.desk.stage())
    }

    fn now(&self) -> Instant {
        Instant::at(self.now)
    }

    fn visitor_does(&mut self, what: u8) {
        let now = self.now();
        match what % 12 {
            0..=2 => {
                self.wants_to_be_seen |= self.page.stage() == VisitorStage::Asked;
                self.page.accept(KEY);
            }
            3 => self.page.decline(),
            4..=5 => {
                let request = self.page.told().and_then(|told| told.request.clone());
                if let (Some(request), VisitorStage::Live, false) = (request, self.page.stage(), self.page.is_paused())
                {
                    self.granted.push((request.agent, request.capability));
                }
                self.page.decide(true, now);
            }
            6 => {
                self.granted.clear();
                self.page.revoke();
            }
            7 => {
                self.granted.clear();
                self.wants_to_be_seen = false;
                self.page.pause(now);
            }
            8 => {
                self.wants_to_be_seen |= self.page.is_paused();
                self.page.go_on(now);
            }
            9 => {
                if matches!(self.page.stage(), VisitorStage::Joining | VisitorStage::Live) {
                    self.granted.clear();
                    self.wants_to_be_seen = false;
                }
                self.page.end();
            }
            10 if self.is_page_up => self.page_down(),
            10 => self.page_up(),
            _ => {
                // Another page is loaded.
                self.page_down();
                self.page = VisitorSession::new();
                if let Some(kept) = self.kept {
                    self.page.resume(kept, now);
                }
                self.page_up();
            }
        }
    }

    fn agent_does(&mut self, what: u8) {
        let now = self.now();
        let ask =
            |capability| Request { agent: 0, capability, within: None, uses: None, seconds: None, proposes: None };
        match what % 12 {
            0..=1 => self.desk.offer(VisitId::from_bytes([7; 16]), Channel::Chat),
            2..=4 => self.desk.request(ask(Capability::Control)),
            5 => self.desk.request(ask(Capability::Navigation)),
            6..=8 => {
                let _ = self.desk.act(1, 1, 1, Action::Click(Click { x: 0, y: 0, count: 1 }), now);
            }
            9 if what.is_multiple_of(5) => self.desk.end(EndReason::Agent),
            9 => self.desk.refresh(Some(Vec::new())),
            10 if self.is_desk_up => self.desk_down(),
            10 => self.desk_up(),
            _ => self.desk.give_back(),
        }
    }

    fn page_down(&mut self) {
        if std::mem::take(&mut self.is_page_up) {
            self.granted.clear();
            self.page.handle_offline(self.now());
            self.rules = (false, false);
            self.page_to_hub.clear();
            self.hub_to_page.clear();
            let now = self.now();
            if let Some(hub) = &mut self.hub {
                hub.handle_page_gone(now);
            }
            self.hub_to_desk.push_back(RelayBody::Shown(Shown { is_live: false }));
        }
    }

    fn page_up(&mut self) {
        if !std::mem::replace(&mut self.is_page_up, true) {
            self.page.handle_online();
        }
    }

    fn desk_down(&mut self) {
        if std::mem::take(&mut self.is_desk_up) {
            self.desk.handle_offline();
            self.desk_to_hub.clear();
            self.hub_to_desk.clear();
            let now = self.now();
            if let (Some(hub), Some(number)) = (&mut self.hub, self.number.take()) {
                hub.handle_agent_gone(number, now);
            }
            self.hub_to_page.push_back(RelayBody::Followed(Followed { desks: 0, known: None }));
        }
    }

    fn desk_up(&mut self) {
        if !std::mem::replace(&mut self.is_desk_up, true) {
            self.desk.handle_online();
        }
    }

    fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        loop {
            let hub = self.hub.as_ref().and_then(SharedSession::poll_timeout);
            let next = [self.page.poll_timeout(), self.desk.poll_timeout(), hub].into_iter().flatten().min();
            match next.filter(|next| *next <= Instant::at(end)) {
                Some(next) => self.now = self.now.max(next.since(Instant::default())),
                None => break,
            }
            let now = self.now();
            self.page.handle_timeout(now);
            self.desk.handle_timeout(now);
            if let Some(hub) = &mut self.hub {
                hub.handle_timeout(now);
            }
            self.drain();
        }
        self.now = end;
    }

    /// One message on each way.
    fn arrive(&mut self) {
        let now = self.now();
        if let Some(body) = self.hub_to_page.pop_front().filter(|_| self.is_page_up) {
            self.rules.1 |= matches!(body, RelayBody::Masking(_));
            self.page.handle_body(body, now);
        }
        if let Some(body) = self.hub_to_desk.pop_front().filter(|_| self.is_desk_up) {
            self.desk.handle_body(body, now);
        }
        if let Some(body) = self.page_to_hub.pop_front() {
            self.hub_hears_page(body);
        }
        if let Some(body) = self.desk_to_hub.pop_front() {
            self.hub_hears_desk(body);
        }
        self.drain();
    }

    fn hub_hears_page(&mut self, body: RelayBody) {
        let now = self.now();
        let Some(hub) = &mut self.hub else { return };
        match body {
            RelayBody::Answer(answer) if answer.session == hub.id() => {
                hub.handle_answer(answer.key.is_some(), now);
                self.follow();
            }
            RelayBody::Join(join) if join.session == hub.id() && !hub.is_over() => {
                if let Some(visit) = join.visit {
                    hub.handle_visit(visit);
                }
                hub.handle_page(now);
                let told = RelayBody::Session(hub.told(None, now));
                self.tell_page(told);
                self.hub_to_desk.push_back(RelayBody::Shown(Shown { is_live: false }));
                self.follow();
            }
            RelayBody::Join(join) => self.tell_page(lost(join.session, None)),
            RelayBody::Mirror(_) => {}
            body => hub.handle_visitor(body, now),
        }
    }

    fn hub_hears_desk(&mut self, body: RelayBody) {
        let now = self.now();
        match body {
            RelayBody::Offer(offer) => {
                if self.hub.as_ref().is_some_and(|hub| !hub.is_over()) {
                    let busy = Refused { objection: Objection::Busy, retry_after: None, wish: offer.wish };
                    return self.hub_to_desk.push_back(RelayBody::Refused(busy));
                }
                self.sessions += 1;
                let id = SessionId::from_bytes([self.sessions; 16]);
                self.hub = Some(SharedSession::offered(id, offer.visit, offer.channel, "Aoi", now));
                self.number = Some(1);
                self.wish = offer.wish;
            }
            RelayBody::Attend(attend) => {
                let Some(hub) = self.hub.as_mut().filter(|hub| hub.id() == attend.session) else {
                    return self.hub_to_desk.push_back(lost(attend.session, attend.wish));
                };
                match hub.attend("Aoi", attend.is_silent, now) {
                    Ok(number) => {
                        self.number = Some(number);
                        self.wish = attend.wish;
                        self.drain();
                        self.follow();
                    }
                    Err(_) => self.hub_to_desk.push_back(lost(attend.session, attend.wish)),
                }
            }
            RelayBody::Leave(leave) => {
                if let (Some(hub), Some(number)) = (&mut self.hub, self.number.take()) {
                    hub.handle_agent(number, RelayBody::Leave(leave), now);
                }
            }
            body => {
                if let (Some(hub), Some(number)) = (&mut self.hub, self.number) {
                    hub.handle_agent(number, body, now);
                }
            }
        }
    }

    /// The page is told of a session, and what is masked: before it, as the hub does it, or, in every other session, too late.
    fn tell_page(&mut self, told: RelayBody) {
        let rules = (!std::mem::replace(&mut self.rules.0, true))
            .then(|| RelayBody::Masking(Masking { is_private: false, rules: Vec::new() }));
        let (before, after) = if self.sessions.is_multiple_of(2) { (None, rules) } else { (rules, None) };
        self.hub_to_page.extend(before.into_iter().chain([told]).chain(after));
    }

    /// Desk and page are told of each other, as the hub does it after the session was told.
    fn follow(&mut self) {
        self.drain();
        let Some(hub) = &self.hub else { return };
        if hub.is_live() {
            self.hub_to_page
                .push_back(RelayBody::Followed(Followed { desks: u32::from(self.number.is_some()), known: None }));
            self.hub_to_desk.push_back(RelayBody::Shown(Shown { is_live: hub.passes_mirror() }));
        }
    }

    fn drain(&mut self) {
        let now = self.now();
        while let Some(output) = self.page.poll_output() {
            match output {
                VisitorOutput::Send(body) => self.page_to_hub.push_back(body),
                VisitorOutput::Perform(task) => {
                    let needed = alongside::cobrowse::needed(&task.act.action);
                    assert!(
                        self.granted.contains(&(task.act.agent, needed)),
                        "an act that the visitor did not grant: {task:?}"
                    );
                    self.page.done(task.act.agent, task.act.number, Outcome::Done, needed);
                }
                VisitorOutput::Remember(kept) => self.kept = Some(kept),
                VisitorOutput::Forget => self.kept = None,
                VisitorOutput::Begin | VisitorOutput::Retell(_) => {
                    assert!(self.wants_to_be_seen, "the mirror begins against the visitor's will");
                    assert!(self.rules.1, "the mirror begins before it is known what is masked");
                }
                _ => {}
            }
        }
        self.page.handle_frame(b"frame");
        while let Some(output) = self.page.poll_output() {
            if let VisitorOutput::Send(RelayBody::Mirror(_)) = output {
                assert!(self.wants_to_be_seen && self.page.is_sharing(), "a frame that the visitor does not share");
                assert!(self.rules.1, "a frame before it is known what is masked");
            }
        }
        while let Some(output) = self.desk.poll_output() {
            if let AgentOutput::Send(body) = output {
                self.desk_to_hub.push_back(body);
            }
        }
        while let Some(output) = self.hub.as_mut().and_then(SharedSession::poll_output) {
            let Some(hub) = &self.hub else { return };
            match output {
                SessionOutput::ToVisitor(body) => {
                    assert!(hub.is_live(), "the hub passes on what is of no session");
                    self.hub_to_page.push_back(body);
                }
                SessionOutput::ToAgent(_, body) | SessionOutput::ToAgents(_, body) => self.hub_to_desk.push_back(body),
                SessionOutput::Tell => {
                    let (to_page, to_desk) = (hub.told(None, now), hub.told(self.number, now));
                    self.tell_page(RelayBody::Session(to_page));
                    let told = Session { wish: self.wish, ..to_desk };
                    self.hub_to_desk.push_back(RelayBody::Session(told));
                }
                SessionOutput::Record(_) => {}
            }
        }
        if !self.is_page_up {
            self.hub_to_page.clear();
        }
        if !self.is_desk_up {
            self.hub_to_desk.clear();
        }
    }
}

/// What the hub says of a session that it does not know any more.
fn lost(session: SessionId, wish: Option<u32>) -> RelayBody {
    RelayBody::Session(Session {
        session,
        visit: VisitId::from_bytes([7; 16]),
        channel: Channel::Chat,
        stage: Stage::Ended,
        agents: Vec::new(),
        request: None,
        grants: Vec::new(),
        is_paused: false,
        is_there: false,
        ends_in: None,
        reason: Some(EndReason::Lost),
        you: None,
        wish,
        is_hidden: None,
    })
}
