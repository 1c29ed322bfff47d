//! The three parts together, in virtual time.

use core::time::Duration;

use super::*;
use crate::protocol::cobrowse::*;
use crate::protocol::{
    AssetHash, Bytes, ConsentKey, Followed, MaskMark, MaskRule, Masking, MirrorPiece, PIECE_LIMIT, RelayBody,
    SessionId, Shown, VisitId,
};
use crate::time::Instant;

const VISIT: VisitId = VisitId::from_bytes([7; 16]);
const SESSION: SessionId = SessionId::from_bytes([8; 16]);
const KEY: ConsentKey = ConsentKey::from_bytes([9; 16]);
const CLICK: Action = Action::Click(Click { x: 1, y: 2, count: 1 });

/// What the customer has masked: these selectors.
fn masked(selectors: &[&str]) -> Masking {
    let rule = |selector: &&str| MaskRule { mark: MaskMark::Mask, selector: (*selector).into(), page: None };
    Masking { is_private: false, rules: selectors.iter().map(rule).collect() }
}

/// The hub tells a page, first what is masked, then of a session.
fn tell(page: &mut VisitorSession, masking: &Masking, body: RelayBody, now: Instant) {
    if matches!(body, RelayBody::Session(_)) {
        page.handle_body(RelayBody::Masking(masking.clone()), now);
    }
    page.handle_body(body, now);
}

/// A page, a desk, and the hub's session between them.
struct Trio {
    page: VisitorSession,
    hub: Option<SharedSession>,
    desk: AgentSession,
    /// What the customer has masked.
    masking: Masking,
    /// Whether the hub counts the desk as following.
    follows: bool,
    /// What the desk said that it has of a page that is not there.
    said: Option<Bytes>,
    /// The desk's last wish.
    wish: Option<u32>,
    now: Duration,
    /// What the page's mirror was told to do.
    mirror: Vec<&'static str>,
    /// What those had who were told again.
    known: Vec<Vec<u8>>,
    /// How often the desk began with a page.
    begun: usize,
    /// By which rules it was to mask.
    masks: Vec<Option<MaskRules>>,
    /// What the page was told to perform.
    tasks: Vec<Task>,
    /// What the page shows of agents.
    signs: Vec<Sign>,
    /// What the desk was given to show.
    frames: Vec<Vec<u8>>,
    /// What became of the desk's acts.
    done: Vec<Outcome>,
    record: Vec<String>,
}

impl Trio {
    fn new() -> Self {
        let mut trio = Self {
            page: VisitorSession::new(),
            hub: None,
            desk: AgentSession::new(),
            masking: masked(&[]),
            follows: false,
            said: None,
            wish: None,
            now: Duration::from_secs(1_000),
            mirror: Vec::new(),
            known: Vec::new(),
            begun: 0,
            masks: Vec::new(),
            tasks: Vec::new(),
            signs: Vec::new(),
            frames: Vec::new(),
            done: Vec::new(),
            record: Vec::new(),
        };
        trio.page.handle_online();
        trio.desk.handle_online();
        trio
    }

    fn offered(channel: Channel) -> Self {
        let mut trio = Self::new();
        trio.desk.offer(VISIT, channel);
        trio.settle();
        trio
    }

    fn live(channel: Channel) -> Self {
        let mut trio = Self::offered(channel);
        trio.page.accept(KEY);
        trio.settle();
        assert_eq!((trio.page.stage(), trio.desk.stage()), (VisitorStage::Live, AgentStage::Live));
        trio
    }

    fn controlled() -> Self {
        let mut trio = Self::live(Channel::Voice);
        trio.ask(Capability::Control);
        trio.page.decide(true, trio.now());
        trio.settle();
        trio
    }

    fn now(&self) -> Instant {
        Instant::at(self.now)
    }

    fn ask(&mut self, capability: Capability) {
        self.desk.request(Request { agent: 0, capability, within: None, uses: None, seconds: None, proposes: None });
        self.settle();
    }

    fn act(&mut self, action: Action) -> Option<u32> {
        let number = self.desk.act(1, 5, 77, action, self.now());
        self.settle();
        number
    }

    fn seconds(&mut self, seconds: u64) {
        let end = self.now + Duration::from_secs(seconds);
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
            self.settle();
        }
        self.now = end;
    }

    fn settle(&mut self) {
        while self.settle_page() | self.settle_desk() | self.settle_hub() {}
    }

    fn settle_page(&mut self) -> bool {
        let Some(output) = self.page.poll_output() else { return false };
        match output {
            VisitorOutput::Send(body) => self.hear_page(body),
            VisitorOutput::Begin => self.mirror.push("begin"),
            VisitorOutput::Retell(known) => {
                self.mirror.push("retell");
                self.known.push(known);
            }
            VisitorOutput::Hold => self.mirror.push("hold"),
            VisitorOutput::End => self.mirror.push("end"),
            VisitorOutput::Mask => self.masks.push(self.page.mask_rules().cloned()),
            VisitorOutput::Give(_) => self.mirror.push("give"),
            VisitorOutput::Draw(_) => self.mirror.push("draw"),
            VisitorOutput::Perform(task) => {
                let Act { agent, number, action, .. } = task.act.clone();
                self.tasks.push(task);
                self.page.done(agent, number, Outcome::Done, needed(&action));
            }
            VisitorOutput::Show(sign) => self.signs.push(sign),
            VisitorOutput::Remember(..) | VisitorOutput::Forget | VisitorOutput::Changed => {}
        }
        true
    }

    fn hear_page(&mut self, body: RelayBody) {
        let now = self.now();
        let Some(hub) = &mut self.hub else { return };
        match body {
            RelayBody::Answer(answer) => hub.handle_answer(answer.key.is_some(), now),
            RelayBody::Join(join) => {
                assert_eq!((join.session, join.key), (SESSION, KEY));
                if hub.is_over() {
                    tell(&mut self.page, &self.masking, RelayBody::Session(hub.told(None, now)), now);
                } else {
                    if let Some(visit) = join.visit {
                        hub.handle_visit(visit);
                    }
                    hub.handle_page(now);
                    // Another page: it knows of no desks yet.
                    tell(&mut self.page, &self.masking, RelayBody::Session(hub.told(None, now)), now);
                    let followed = Followed { desks: u32::from(self.follows), known: self.said.take() };
                    tell(&mut self.page, &self.masking, RelayBody::Followed(followed), now);
                    self.desk.handle_body(RelayBody::Shown(Shown { is_live: true }), now);
                }
            }
            RelayBody::Mirror(piece) if hub.passes_mirror() && self.follows => {
                self.desk.handle_body(RelayBody::Mirror(piece), now);
            }
            RelayBody::Mirror(_) => panic!("a frame that nobody may see"),
            body => hub.handle_visitor(body, now),
        }
    }

    fn settle_desk(&mut self) -> bool {
        let now = self.now();
        let Some(output) = self.desk.poll_output() else { return false };
        match output {
            AgentOutput::Send(RelayBody::Offer(offer)) => {
                self.wish = offer.wish;
                self.hub = Some(SharedSession::offered(SESSION, offer.visit, offer.channel, "Aoi", now));
                self.follows = true;
            }
            AgentOutput::Send(RelayBody::Attend(attend)) => {
                self.wish = attend.wish;
                let hub = self.hub.as_mut().expect("there is a session");
                assert_eq!(hub.attend("Aoi", attend.is_silent, now), Ok(2));
                let is_live = hub.passes_mirror();
                self.follows = true;
                while self.settle_hub() {}
                let followed = Followed { desks: 1, known: attend.known };
                tell(&mut self.page, &self.masking, RelayBody::Followed(followed), now);
                self.desk.handle_body(RelayBody::Shown(Shown { is_live }), now);
            }
            AgentOutput::Send(RelayBody::Refresh(refresh)) if !self.page.is_online() => self.said = refresh.known,
            AgentOutput::Send(RelayBody::Refresh(refresh)) => {
                tell(&mut self.page, &self.masking, RelayBody::Refresh(refresh), now)
            }
            AgentOutput::Send(RelayBody::Want(want)) => tell(&mut self.page, &self.masking, RelayBody::Want(want), now),
            AgentOutput::Send(body) => {
                let you = self.desk.you().unwrap_or(1);
                if let Some(hub) = &mut self.hub {
                    hub.handle_agent(you, body, now);
                }
            }
            AgentOutput::Begin => {
                self.begun += 1;
                self.frames.clear();
            }
            AgentOutput::Show(frame) => self.frames.push(frame),
            AgentOutput::Done(done) => self.done.push(done.outcome),
            AgentOutput::Cut => self.desk.know(Some(vec![7])),
            AgentOutput::Lag => self.desk.refresh(Some(vec![8])),
            AgentOutput::Return | AgentOutput::Sign(_) | AgentOutput::Changed => {}
        }
        true
    }

    fn settle_hub(&mut self) -> bool {
        let now = self.now();
        let Some(output) = self.hub.as_mut().and_then(SharedSession::poll_output) else { return false };
        let hub = self.hub.as_ref().expect("it said something");
        match output {
            SessionOutput::ToVisitor(body) => tell(&mut self.page, &self.masking, body, now),
            SessionOutput::ToAgent(_, body) | SessionOutput::ToAgents(_, body) => self.desk.handle_body(body, now),
            SessionOutput::Tell => {
                let was_live = self.page.stage() == VisitorStage::Live;
                tell(&mut self.page, &self.masking, RelayBody::Session(hub.told(None, now)), now);
                let you = hub.told(None, now).agents.last().map(|agent| agent.number);
                let told = Session { wish: self.wish, ..hub.told(you, now) };
                self.desk.handle_body(RelayBody::Session(told), now);
                if hub.is_live() && !was_live && self.page.stage() == VisitorStage::Live && self.follows {
                    tell(&mut self.page, &self.masking, RelayBody::Followed(Followed { desks: 1, known: None }), now);
                    self.desk.handle_body(RelayBody::Shown(Shown { is_live: true }), now);
                }
            }
            SessionOutput::Record(entry) => {
                let about: Vec<_> = entry.about.iter().map(|(name, value)| format!("{name}={value}")).collect();
                let by = entry.by.map_or("hub".into(), |by| by.to_string());
                self.record.push([vec![by, entry.what.into()], about].concat().join(" "));
            }
        }
        true
    }

    /// The visitor's network is cut.
    fn cut_page(&mut self) {
        self.page.handle_offline(self.now());
        let now = self.now();
        if let Some(hub) = &mut self.hub {
            hub.handle_page_gone(now);
        }
        self.desk.handle_body(RelayBody::Shown(Shown { is_live: false }), now);
        self.settle();
    }
}

#[test]
fn a_session_is_offered_accepted_and_begins_view_only() {
    let mut trio = Trio::offered(Channel::Messaging);
    assert_eq!((trio.page.stage(), trio.desk.stage()), (VisitorStage::Asked, AgentStage::Offered));
    assert_eq!(trio.page.told().map(|told| told.agents[0].name.as_str()), Some("Aoi"));
    assert_eq!((trio.mirror.len(), trio.page.is_sharing()), (0, false), "nothing leaves before the visitor agrees");
    trio.page.accept(KEY);
    trio.settle();
    assert_eq!((trio.page.stage(), trio.desk.stage()), (VisitorStage::Live, AgentStage::Live));
    assert_eq!((trio.mirror.as_slice(), trio.page.is_sharing()), (&["begin"][..], true));
    assert_eq!(trio.act(CLICK), None, "the desk knows that it may not");
    assert_eq!(trio.record[..2], ["1 offered channel=messaging agent=Aoi", "0 accepted"]);
}

#[test]
fn an_offer_ends_by_each_of_its_ends() {
    let mut trio = Trio::offered(Channel::Chat);
    trio.page.decline();
    trio.settle();
    assert_eq!((trio.page.stage(), trio.desk.stage()), (VisitorStage::Idle, AgentStage::Over(EndReason::Declined)));

    let mut trio = Trio::offered(Channel::Chat);
    trio.seconds(59);
    assert_eq!(trio.desk.stage(), AgentStage::Offered);
    trio.seconds(1);
    assert_eq!((trio.page.stage(), trio.desk.stage()), (VisitorStage::Idle, AgentStage::Over(EndReason::Unanswered)));

    let mut trio = Trio::offered(Channel::Chat);
    trio.desk.end(EndReason::Agent);
    trio.settle();
    assert_eq!((trio.page.stage(), trio.desk.stage()), (VisitorStage::Idle, AgentStage::Over(EndReason::Withdrawn)));
    trio.page.accept(KEY);
    trio.settle();
    assert_eq!((trio.page.stage(), trio.mirror.len()), (VisitorStage::Idle, 0), "too late");
}

#[test]
fn control_is_asked_for_granted_used_and_taken_back() {
    let mut trio = Trio::live(Channel::Voice);
    trio.ask(Capability::Control);
    assert_eq!(trio.page.told().and_then(|told| told.request.as_ref()).map(|request| request.agent), Some(1));
    trio.page.decide(true, trio.now());
    trio.settle();
    assert!(trio.act(CLICK).is_some());
    assert_eq!((trio.tasks.len(), trio.done.as_slice()), (1, &[Outcome::Done][..]));
    assert!(!trio.tasks[0].navigates, "links are not followed without a grant of its own");
    assert_eq!(trio.act(Action::Go(Go::Through(Way::Back))), None);
    trio.page.revoke();
    trio.settle();
    assert_eq!(trio.act(CLICK), None);
    assert!(trio.record.contains(&"0 granted capability=control agent=1".into()));
    assert!(trio.record.contains(&"1 acted action=click node=5 outcome=done".into()));
    assert!(trio.record.contains(&"0 revoked".into()));
}

#[test]
fn a_request_that_is_declined_or_not_answered_grants_nothing() {
    let mut trio = Trio::live(Channel::Voice);
    trio.ask(Capability::Control);
    trio.page.decide(false, trio.now());
    trio.settle();
    assert_eq!(trio.act(CLICK), None);
    trio.ask(Capability::Navigation);
    trio.seconds(30);
    assert_eq!(trio.page.told().and_then(|told| told.request.clone()), None);
    trio.page.decide(true, trio.now());
    trio.settle();
    assert_eq!((trio.page.grants(trio.now()).len(), trio.act(CLICK)), (0, None));
    assert!(trio.record.contains(&"1 unanswered capability=navigation".into()));
}

#[test]
fn a_page_whose_place_another_took_holds_no_grant_when_it_is_back() {
    let mut trio = Trio::controlled();
    assert_eq!(trio.page.grants(trio.now()).len(), 1);
    for desks in [0, 1] {
        trio.page.handle_body(RelayBody::Followed(Followed { desks, known: None }), trio.now());
        assert_eq!(trio.page.grants(trio.now()), []);
    }
}

/// What a hostile hub or desk says straight to the page.
#[test]
fn the_page_believes_only_its_own_grants() {
    let mut trio = Trio::live(Channel::Voice);
    let mut told = trio.page.told().expect("it is live").clone();
    let grant =
        Grant { agent: 1, capability: Capability::Control, within: None, uses: None, expires_in: None, proposes: None };
    told.grants.push(grant);
    trio.page.handle_body(RelayBody::Session(told), trio.now());
    let act = Act { agent: 1, number: 9, epoch: 1, node: 5, fingerprint: 77, action: CLICK };
    trio.page.handle_body(RelayBody::Act(act.clone()), trio.now());
    let outputs: Vec<_> = core::iter::from_fn(|| trio.page.poll_output()).collect();
    let refused = RelayBody::Done(Done { agent: 1, number: 9, outcome: Outcome::NotGranted });
    assert!(outputs.contains(&VisitorOutput::Send(refused)));
    assert!(!outputs.iter().any(|output| matches!(output, VisitorOutput::Perform(_))));

    let mut trio = Trio::controlled();
    for (agent, expected) in [(1, true), (2, false), (0, false)] {
        trio.page.handle_body(RelayBody::Act(Act { agent, ..act.clone() }), trio.now());
        let performs =
            core::iter::from_fn(|| trio.page.poll_output()).any(|output| matches!(output, VisitorOutput::Perform(_)));
        assert_eq!(performs, expected, "agent {agent}");
    }
}

/// What a hostile desk says straight to the hub.
#[test]
fn the_hub_passes_on_no_act_without_a_grant() {
    let mut trio = Trio::live(Channel::Voice);
    let now = trio.now();
    let hub = trio.hub.as_mut().expect("there is a session");
    let act = Act { agent: 0, number: 3, epoch: 1, node: 5, fingerprint: 77, action: CLICK };
    hub.handle_agent(1, RelayBody::Act(act.clone()), now);
    hub.handle_agent(99, RelayBody::Act(act), now);
    hub.handle_agent(1, RelayBody::Decide(Decide { agent: 1, capability: Capability::Control, is_granted: true }), now);
    let outputs: Vec<_> = core::iter::from_fn(|| hub.poll_output()).collect();
    assert!(!outputs.iter().any(|output| matches!(output, SessionOutput::ToVisitor(_))), "{outputs:?}");
    let refused = RelayBody::Done(Done { agent: 1, number: 3, outcome: Outcome::NotGranted });
    assert!(outputs.contains(&SessionOutput::ToAgent(1, refused)));
    assert!(outputs.iter().any(|output| matches!(output, SessionOutput::Record(entry) if entry.what == "acted")));
}

#[test]
fn nothing_leaves_and_nothing_is_done_while_the_visitor_pauses() {
    let mut trio = Trio::controlled();
    trio.page.pause(trio.now());
    trio.page.handle_frame(b"secret");
    trio.page.point(Some(3), (1, 1), false, trio.now());
    trio.settle();
    assert_eq!((trio.page.is_sharing(), trio.frames.len()), (false, 0));
    assert_eq!((trio.mirror.as_slice(), trio.desk.stage()), (&["begin", "end"][..], AgentStage::Waiting));
    assert_eq!(trio.act(CLICK), None);
    trio.seconds(1);
    trio.page.go_on(trio.now());
    trio.settle();
    assert_eq!((trio.mirror.as_slice(), trio.desk.stage()), (&["begin", "end", "begin"][..], AgentStage::Live));
    assert_eq!(trio.act(CLICK), None, "grants do not come back");
}

#[test]
fn a_page_that_nobody_is_to_see_pauses_by_itself() {
    let mut trio = Trio::controlled();
    trio.page.handle_page(true, trio.now());
    trio.settle();
    assert_eq!((trio.page.is_sharing(), trio.desk.stage()), (false, AgentStage::Waiting));
    trio.page.go_on(trio.now());
    trio.settle();
    assert!(!trio.page.is_sharing(), "the visitor cannot show it either");
    trio.seconds(1);
    trio.page.handle_page(false, trio.now());
    trio.settle();
    assert_eq!((trio.page.is_sharing(), trio.desk.stage()), (true, AgentStage::Live));
    assert_eq!((trio.act(CLICK), trio.mirror.as_slice()), (None, &["begin", "end", "begin"][..]));
}

#[test]
fn who_paused_is_not_shown_by_the_next_page() {
    let mut trio = Trio::live(Channel::Voice);
    trio.page.pause(trio.now());
    // What it says is lost with the page.
    let outputs: Vec<_> = core::iter::from_fn(|| trio.page.poll_output()).collect();
    let kept = Kept { session: SESSION, key: KEY, is_paused: true };
    assert!(outputs.contains(&VisitorOutput::Remember(kept)));
    trio.cut_page();
    trio.page = VisitorSession::new();
    trio.page.handle_online();
    trio.page.resume(kept, trio.now());
    trio.settle();
    assert_eq!((trio.page.stage(), trio.page.is_paused(), trio.page.is_sharing()), (VisitorStage::Live, true, false));
    assert_eq!((trio.mirror.len(), trio.desk.stage()), (1, AgentStage::Waiting), "it began once, before the pause");
}

#[test]
fn the_visitors_own_input_outranks_the_agents() {
    let mut trio = Trio::controlled();
    trio.page.handle_input(trio.now());
    trio.act(CLICK);
    trio.seconds(1);
    trio.act(CLICK);
    assert_eq!(trio.done, [Outcome::Outranked, Outcome::Done]);
}

#[test]
fn acts_that_no_person_makes_are_refused() {
    let mut trio = Trio::controlled();
    for _ in 0..60 {
        trio.act(CLICK);
    }
    assert_eq!((trio.tasks.len(), trio.done.iter().filter(|outcome| **outcome == Outcome::TooFast).count()), (40, 20));
}

#[test]
fn a_grant_for_one_press_is_for_one_press() {
    let mut trio = Trio::live(Channel::Voice);
    trio.desk.request(Request {
        agent: 0,
        capability: Capability::Control,
        within: Some(5),
        uses: Some(1),
        seconds: Some(60),
        proposes: None,
    });
    trio.settle();
    trio.page.decide(true, trio.now());
    trio.settle();
    assert!(trio.act(CLICK).is_some());
    assert_eq!(trio.tasks[0].permit, Permit { within: Some(5), proposes: false });
    assert_eq!((trio.act(CLICK), trio.done.as_slice()), (None, &[Outcome::Done][..]));
}

#[test]
fn an_idle_session_ends_by_its_channel_after_a_warning() {
    for (channel, limit) in [(Channel::Messaging, 120), (Channel::Chat, 900)] {
        let mut trio = Trio::live(channel);
        trio.seconds(limit - 21);
        assert_eq!(trio.page.ends_at(), None);
        trio.seconds(1);
        assert_eq!(trio.page.ends_at(), Some(trio.now() + WARNING));
        assert_eq!(trio.desk.ends_at(), Some(trio.now() + WARNING));
        trio.page.handle_input(trio.now());
        trio.settle();
        assert_eq!((trio.page.ends_at(), trio.desk.ends_at()), (None, None), "somebody is there after all");
        trio.seconds(limit);
        assert_eq!(trio.page.stage(), VisitorStage::Over(EndReason::Idle));
        assert_eq!(trio.desk.stage(), AgentStage::Over(EndReason::Idle));
    }
    let mut trio = Trio::live(Channel::Voice);
    trio.seconds(24 * 3_600);
    assert_eq!(trio.desk.stage(), AgentStage::Live);
}

#[test]
fn each_side_ends_a_session_and_the_conversation_does_too() {
    let mut trio = Trio::live(Channel::Voice);
    trio.page.end();
    trio.settle();
    assert_eq!(trio.page.stage(), VisitorStage::Over(EndReason::Visitor));
    assert_eq!((trio.desk.stage(), trio.page.is_sharing()), (AgentStage::Over(EndReason::Visitor), false));
    assert_eq!(trio.mirror, ["begin", "end"]);

    for reason in [EndReason::Agent, EndReason::Conversation, EndReason::Transfer] {
        let mut trio = Trio::live(Channel::Voice);
        trio.desk.end(reason);
        trio.settle();
        assert_eq!(trio.page.stage(), VisitorStage::Over(reason));
        assert_eq!((trio.desk.stage(), trio.mirror.as_slice()), (AgentStage::Over(reason), &["begin", "end"][..]));
    }

    let mut trio = Trio::live(Channel::Voice);
    trio.desk.leave();
    trio.settle();
    assert_eq!(trio.page.stage(), VisitorStage::Over(EndReason::Agent), "the last one who helped is gone");
    assert_eq!(trio.record.last().map(String::as_str), Some("1 ended reason=agent"));
}

#[test]
fn after_a_cut_the_session_comes_back_view_only() {
    for (seconds, expected) in [(10, ["begin", "hold", "retell"].as_slice()), (299, &["begin", "hold", "end", "begin"])]
    {
        let mut trio = Trio::controlled();
        trio.cut_page();
        assert_eq!((trio.desk.stage(), trio.page.is_sharing()), (AgentStage::Waiting, false));
        assert_eq!(trio.desk.ends_at(), Some(trio.now() + REJOIN));
        trio.seconds(seconds);
        let begun = trio.begun;
        trio.page.handle_online();
        trio.settle();
        assert_eq!((trio.page.stage(), trio.desk.stage()), (VisitorStage::Live, AgentStage::Live));
        assert_eq!((trio.page.is_sharing(), trio.act(CLICK)), (true, None));
        assert_eq!((trio.mirror.as_slice(), trio.begun), (expected, begun), "what is shown is kept meanwhile");
        assert!(trio.known.iter().all(|known| *known == [7]), "and not told again");
    }
}

#[test]
fn what_a_desk_has_of_a_page_is_of_no_use_in_another_session() {
    let mut trio = Trio::live(Channel::Voice);
    trio.cut_page();
    trio.desk.end(EndReason::Agent);
    trio.settle();
    let before = trio.begun;
    trio.desk.offer(VISIT, Channel::Voice);
    trio.page.dismiss();
    trio.settle();
    trio.page.handle_online();
    trio.desk.handle_body(RelayBody::Shown(Shown { is_live: true }), trio.now());
    trio.settle();
    assert_eq!(trio.begun, before + 1, "the one that was shown is forgotten");
}

#[test]
fn a_visitor_who_does_not_come_back_is_not_waited_for_for_ever() {
    let mut trio = Trio::controlled();
    trio.cut_page();
    trio.seconds(300);
    assert_eq!(trio.desk.stage(), AgentStage::Over(EndReason::Lost));
    trio.page.handle_online();
    trio.settle();
    assert_eq!(trio.page.stage(), VisitorStage::Over(EndReason::Lost), "both sides know the reason");
}

#[test]
fn the_next_page_joins_with_the_key_and_none_without() {
    let mut trio = Trio::controlled();
    trio.cut_page();
    trio.page = VisitorSession::new();
    trio.page.handle_online();
    let told = trio.hub.as_ref().expect("a session").told(None, trio.now());
    trio.page.handle_body(RelayBody::Session(told), trio.now());
    trio.page.handle_body(RelayBody::Followed(Followed { desks: 1, known: None }), trio.now());
    trio.page.handle_frame(b"secret");
    let outputs: Vec<_> = core::iter::from_fn(|| trio.page.poll_output()).collect();
    assert_eq!((trio.page.stage(), outputs.as_slice()), (VisitorStage::Idle, &[VisitorOutput::Changed][..]));
    trio.page.resume(Kept { session: SESSION, key: KEY, is_paused: false }, trio.now());
    trio.settle();
    assert_eq!((trio.page.stage(), trio.page.is_sharing()), (VisitorStage::Live, true));
    assert_eq!((trio.page.grants(trio.now()).len(), trio.act(CLICK)), (0, None));
}

#[test]
fn agents_find_the_page_in_the_visit_that_it_is_of_now() {
    let mut trio = Trio::live(Channel::Voice);
    let visit = |trio: &Trio| trio.desk.told().map(|told| told.visit);
    assert_eq!(visit(&trio), Some(VISIT));
    let other = VisitId::from_bytes([6; 16]);
    trio.page.handle_visit(Some(other));
    trio.settle();
    assert_eq!((visit(&trio), trio.desk.stage()), (Some(other), AgentStage::Live));
    trio.page.handle_visit(Some(other));
    trio.page.handle_visit(None);
    trio.settle();
    assert_eq!(visit(&trio), Some(other), "a page without a visit is still where it was");
}

#[test]
fn what_another_page_of_the_visitor_answered_is_not_asked_here_any_more() {
    let mut trio = Trio::offered(Channel::Chat);
    let mut other = VisitorSession::new();
    other.handle_online();
    let told = |trio: &Trio| RelayBody::Session(trio.hub.as_ref().expect("a session").told(None, trio.now()));
    other.handle_body(told(&trio), trio.now());
    assert_eq!(other.stage(), VisitorStage::Asked);
    trio.page.accept(KEY);
    trio.settle();
    other.handle_body(told(&trio), trio.now());
    assert_eq!((other.stage(), other.is_sharing()), (VisitorStage::Idle, false));
}

#[test]
fn nothing_is_told_before_it_is_known_what_is_masked() {
    let mut trio = Trio::live(Channel::Voice);
    let session = trio.hub.as_ref().expect("a session").told(None, trio.now());
    let mut page = VisitorSession::new();
    page.handle_online();
    page.resume(Kept { session: SESSION, key: KEY, is_paused: false }, trio.now());
    // On each link anew: what is masked may have changed in between.
    for link in 0..2 {
        page.handle_body(RelayBody::Session(session.clone()), trio.now());
        page.handle_body(RelayBody::Followed(Followed { desks: 1, known: None }), trio.now());
        page.handle_body(
            RelayBody::Want(crate::protocol::Want { hash: AssetHash([2; 32]), is_newer: None }),
            trio.now(),
        );
        page.pause(trio.now());
        page.go_on(trio.now());
        trio.seconds(10);
        page.handle_body(RelayBody::Refresh(crate::protocol::Refresh { known: None }), trio.now());
        page.handle_timeout(trio.now());
        page.handle_frame(b"secret");
        let is_telling = |output: &VisitorOutput| {
            let tells = matches!(output, VisitorOutput::Send(RelayBody::Mirror(_)) | VisitorOutput::Give(_));
            tells || *output == VisitorOutput::Begin
        };
        assert_eq!(core::iter::from_fn(|| page.poll_output()).find(is_telling), None);
        assert_eq!((page.stage(), page.is_sharing()), (VisitorStage::Live, false));

        page.handle_body(RelayBody::Masking(masked(&[".balance"])), trio.now());
        assert!(page.is_sharing());
        let outputs: Vec<_> = core::iter::from_fn(|| page.poll_output()).collect();
        let expected = [VisitorOutput::Mask, VisitorOutput::Begin, VisitorOutput::Changed];
        assert_eq!(outputs, expected[link..], "the same rules are no news, but what was held back begins");
        let rules = page.mask_rules().expect("good rules");
        assert_eq!(rules.of_page("https://shop.test/").collect::<Vec<_>>(), [("mask", ".balance")]);
        page.handle_offline(trio.now());
        page.handle_online();
    }
}

#[test]
fn the_rules_of_masking_reach_the_page_before_the_visitor_is_asked_and_whenever_they_change() {
    let mut trio = Trio::offered(Channel::Voice);
    assert_eq!((trio.page.stage(), trio.masks.len(), trio.mirror.len()), (VisitorStage::Asked, 1, 0));
    trio.page.accept(KEY);
    trio.settle();
    assert_eq!((trio.masks.len(), trio.mirror.as_slice()), (1, &["begin"][..]), "the same rules are no news");
    trio.page.handle_body(RelayBody::Masking(masked(&[".balance"])), trio.now());
    trio.settle();
    assert_eq!((trio.masks.len(), trio.mirror.as_slice()), (2, &["begin"][..]), "where the mirror begins anew");
    assert!(trio.page.is_sharing());
}

#[test]
fn rules_that_cannot_be_kept_to_are_told_as_none() {
    let mut trio = Trio::live(Channel::Voice);
    trio.page.handle_body(RelayBody::Masking(masked(&["p:not(.x"])), trio.now());
    trio.settle();
    assert_eq!((trio.masks.pop(), trio.page.mask_rules()), (Some(None), None));
}

#[test]
fn an_agent_who_reloads_attends_again_and_only_looks_on() {
    let mut trio = Trio::controlled();
    let session = trio.desk.told().map(|told| told.session);
    let now = trio.now();
    trio.hub.as_mut().expect("a session").handle_agent_gone(1, now);
    trio.follows = false;
    trio.page.handle_body(RelayBody::Followed(Followed { desks: 0, known: None }), now);
    trio.settle();
    assert!(!trio.page.is_sharing(), "nobody is there to see it");
    assert_eq!(trio.page.told().map(|told| told.agents.len()), Some(0));
    trio.desk = AgentSession::new();
    trio.desk.handle_online();
    trio.seconds(60);
    trio.desk.attend(session.expect("there was one"), false);
    trio.settle();
    assert_eq!((trio.desk.stage(), trio.desk.you()), (AgentStage::Live, Some(2)));
    assert_eq!((trio.act(CLICK), trio.page.grants(trio.now()).len()), (None, 0));
}

#[test]
fn a_session_that_ended_while_the_desk_was_offline_is_over_for_it() {
    let mut trio = Trio::live(Channel::Chat);
    trio.desk.handle_offline();
    assert_eq!(trio.desk.stage(), AgentStage::Waiting);
    trio.desk.handle_online();
    let gone = Refused { objection: Objection::NobodyThere, retry_after: None, wish: Some(2) };
    trio.desk.handle_body(RelayBody::Refused(gone.clone()), trio.now());
    assert_eq!(trio.desk.stage(), AgentStage::Over(EndReason::Lost));
    let mut trio = Trio::live(Channel::Chat);
    trio.desk.handle_body(RelayBody::Refused(Refused { wish: None, ..gone }), trio.now());
    assert_eq!(trio.desk.stage(), AgentStage::Live, "a request that is refused ends nothing");
}

#[test]
fn the_agent_is_told_whether_the_visitor_looks_at_the_page() {
    let mut trio = Trio::live(Channel::Messaging);
    let is_hidden = |trio: &Trio| trio.desk.told().and_then(|told| told.is_hidden);
    assert_eq!(is_hidden(&trio), None);
    trio.page.handle_visibility(false, trio.now());
    trio.settle();
    assert_eq!(is_hidden(&trio), Some(true));
    trio.page.handle_visibility(true, trio.now());
    trio.settle();
    assert_eq!(is_hidden(&trio), None);
    trio.seconds(90);
    trio.page.handle_visibility(false, trio.now());
    trio.settle();
    trio.seconds(30);
    assert_eq!(trio.desk.stage(), AgentStage::Over(EndReason::Idle), "to look away keeps no session from ending");
}

#[test]
fn a_session_without_any_agent_ends() {
    let mut trio = Trio::live(Channel::Voice);
    let now = trio.now();
    trio.hub.as_mut().expect("a session").handle_agent_gone(1, now);
    trio.seconds(300);
    assert_eq!(trio.page.stage(), VisitorStage::Over(EndReason::Agent));
}

#[test]
fn a_silent_agent_only_looks_on_and_the_visitor_sees_that_he_does() {
    let mut trio = Trio::live(Channel::Voice);
    let now = trio.now();
    let hub = trio.hub.as_mut().expect("a session");
    let silent = hub.attend("Ren", true, now).expect("there is room");
    let request =
        Request { agent: 0, capability: Capability::Control, within: None, uses: None, seconds: None, proposes: None };
    for body in [
        RelayBody::Request(request),
        RelayBody::End(End { reason: EndReason::Agent }),
        RelayBody::Point(Point { by: 1, node: Some(1), x: 1, y: 1, is_pressed: false }),
        RelayBody::Act(Act { agent: 1, number: 1, epoch: 1, node: 5, fingerprint: 77, action: CLICK }),
    ] {
        hub.handle_agent(silent, body, now);
    }
    trio.settle();
    assert_eq!(trio.page.told().map(|told| (told.agents.len(), told.request.is_some())), Some((2, false)));
    assert_eq!((trio.signs.len(), trio.tasks.len(), trio.page.stage()), (0, 0, VisitorStage::Live));
}

#[test]
fn each_sees_what_the_other_shows() {
    let mut trio = Trio::live(Channel::Voice);
    trio.desk.point(Some(4), (10_000, 0), false);
    trio.desk.highlight(Some(9));
    trio.desk.draw(Draw { by: 0, number: 1, tool: Tool::Arrow, points: vec![0, 0, 5, 5] });
    trio.desk.draw(Draw { by: 0, number: 2, tool: Tool::Pen, points: vec![0, 0, PAGE_PARTS + 1, 5] });
    trio.desk.draw(Draw { by: 0, number: 3, tool: Tool::Pen, points: vec![1] });
    trio.desk.point(Some(4), (10_001, 0), false);
    trio.settle();
    let by: Vec<_> = trio.signs.iter().collect();
    assert!(
        matches!(
            &by[..],
            [
                Sign::Point(Point { by: 1, node: Some(4), .. }),
                Sign::Highlight(Highlight { by: 1, node: Some(9) }),
                Sign::Draw(Draw { by: 1, number: 1, .. }),
            ]
        ),
        "{by:?}"
    );
}

#[test]
fn the_way_to_the_other_side_is_measured_for_both() {
    let mut trio = Trio::live(Channel::Voice);
    trio.seconds(5);
    assert_eq!((trio.desk.latency(), trio.page.latency()), (Some(Duration::ZERO), Some(0)));
}

#[test]
fn a_frame_of_any_size_arrives_whole() {
    let mut trio = Trio::live(Channel::Voice);
    let frames: Vec<Vec<u8>> =
        [0, 1, PIECE_LIMIT, PIECE_LIMIT + 1, 3 * PIECE_LIMIT].map(|length| vec![length as u8; length]).into();
    for frame in &frames {
        trio.page.handle_frame(frame);
    }
    trio.settle();
    assert_eq!(trio.frames, frames);
}

#[test]
fn of_a_frame_that_lost_a_piece_nothing_is_shown() {
    let mut trio = Trio::live(Channel::Voice);
    let piece = |at, is_last| RelayBody::Mirror(MirrorPiece { at, is_last, bytes: Bytes(vec![at as u8]) });
    for body in [piece(0, false), piece(2, true), piece(1, true), piece(0, false), piece(0, true)] {
        trio.desk.handle_body(body, trio.now());
    }
    trio.settle();
    assert_eq!(trio.frames, [[0]], "the last one, which is whole");
}

#[test]
fn a_frame_without_end_is_dropped_at_its_limit() {
    let mut trio = Trio::live(Channel::Voice);
    for at in 0..100 {
        let bytes = Bytes(vec![0; PIECE_LIMIT]);
        let now = trio.now();
        trio.desk.handle_body(RelayBody::Mirror(MirrorPiece { at, is_last: at == 99, bytes }), now);
    }
    trio.settle();
    assert!(trio.desk.held() <= crate::protocol::mirror::MIRROR_FRAME_LIMIT);
    assert_eq!(trio.frames, Vec::<Vec<u8>>::new());
}

#[test]
fn a_page_is_told_anew_twice_a_second_at_most() {
    let mut trio = Trio::live(Channel::Voice);
    for _ in 0..3 {
        trio.desk.refresh(None);
        trio.settle();
    }
    assert_eq!(trio.mirror, ["begin"]);
    trio.seconds(1);
    assert_eq!(trio.mirror, ["begin", "begin"]);
}

#[test]
fn a_desk_that_comes_back_is_told_what_it_does_not_have_and_one_that_stays_away_is_not_waited_for() {
    for (seconds, expected) in [(10, ["begin", "hold", "retell"].as_slice()), (40, &["begin", "hold", "end", "begin"])]
    {
        let mut trio = Trio::live(Channel::Voice);
        let now = trio.now();
        trio.desk.handle_offline();
        trio.hub.as_mut().expect("a session").handle_agent_gone(1, now);
        trio.page.handle_body(RelayBody::Followed(Followed { desks: 0, known: None }), now);
        trio.settle();
        assert!(!trio.page.is_sharing());
        trio.seconds(seconds);
        let before = trio.begun;
        trio.desk.handle_online();
        trio.settle();
        assert_eq!(trio.desk.stage(), AgentStage::Live);
        assert_eq!((trio.mirror.as_slice(), trio.begun), (expected, before), "what is shown is kept meanwhile");
        assert!(trio.page.is_sharing());
    }
}

#[test]
fn what_two_desks_lack_is_told_to_both_and_what_a_desk_has_lost_on_the_way_it_asks_for() {
    let mut trio = Trio::live(Channel::Voice);
    trio.seconds(1);
    let now = trio.now();
    trio.desk.handle_body(RelayBody::Shown(Shown { is_live: true }), now);
    trio.settle();
    assert_eq!((trio.mirror.as_slice(), trio.known.as_slice()), (&["begin", "retell"][..], &[vec![8]][..]));
    for known in [vec![8], vec![9], vec![9]] {
        trio.desk.refresh(Some(known));
        trio.settle();
    }
    trio.seconds(1);
    assert_eq!(trio.known, [vec![8], vec![]], "what one has is not what the other has");
    trio.page.handle_body(RelayBody::Followed(Followed { desks: 2, known: None }), trio.now());
    trio.settle();
    trio.seconds(1);
    assert_eq!(trio.known, [vec![8], vec![], vec![]], "who comes now has nothing");
    assert_eq!(trio.mirror.iter().filter(|what| **what == "begin").count(), 1, "the page is read once");
}

#[test]
fn a_desk_is_given_the_assets_that_it_wants_while_it_follows() {
    let mut trio = Trio::live(Channel::Voice);
    trio.desk.want(AssetHash([1; 32]));
    trio.desk.want_newer(AssetHash([1; 32]));
    trio.settle();
    trio.page.pause(trio.now());
    trio.settle();
    for is_newer in [None, Some(true)] {
        let want = crate::protocol::Want { hash: AssetHash([2; 32]), is_newer };
        trio.page.handle_body(RelayBody::Want(want), trio.now());
    }
    trio.settle();
    assert_eq!(trio.mirror, ["begin", "give", "draw", "end"]);
}

#[test]
fn codes_and_objections_are_shown_until_they_are_of_no_use() {
    let mut trio = Trio::new();
    let code = || RelayBody::Code(Code { code: "123456".into(), expires_in: 600_000, wish: Some(1) });
    trio.page.make_code(VISIT);
    trio.page.handle_body(code(), trio.now());
    trio.desk.make_code();
    trio.desk.handle_body(code(), trio.now());
    assert_eq!((trio.page.code(), trio.desk.code()), (Some("123456"), Some("123456")));
    assert_eq!(trio.page.code_ends_at(), Some(trio.now() + Duration::from_secs(600)));
    trio.seconds(600);
    assert_eq!((trio.page.code(), trio.desk.code()), (None, None));
    let refused =
        RelayBody::Refused(Refused { objection: Objection::WrongCode, retry_after: Some(30_000), wish: None });
    trio.page.handle_body(refused.clone(), trio.now());
    trio.desk.handle_body(refused, trio.now());
    assert_eq!(trio.page.objection(), Some(Objection::WrongCode));
    assert_eq!(trio.page.retry_after(), Some(30_000));
    assert_eq!(trio.desk.objection(), Some(Objection::WrongCode));
    trio.page.dismiss();
    assert_eq!(trio.page.objection(), None);
    trio.page.handle_offline(trio.now());
    trio.page.use_code("123456", VISIT);
    assert_eq!(trio.page.objection(), Some(Objection::NobodyThere), "the visitor is not left waiting");
}

#[test]
fn a_restored_session_waits_for_both_and_grants_nothing() {
    let now = Instant::at(Duration::from_secs(5));
    let mut hub = SharedSession::restored(SESSION, VISIT, Channel::Chat, 4, now);
    assert!(hub.is_live() && !hub.passes_mirror());
    hub.handle_page(now);
    assert_eq!(hub.attend("Aoi", false, now), Ok(5), "numbers are not given twice");
    assert!(hub.passes_mirror() && hub.told(None, now).grants.is_empty());
    let mut hub = SharedSession::restored(SESSION, VISIT, Channel::Chat, 4, now);
    hub.handle_timeout(now + REJOIN);
    assert!(hub.is_over());
}
