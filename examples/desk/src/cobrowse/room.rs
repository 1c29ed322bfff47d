//! The room of one session: what its parts share, and what they do together.

use std::rc::Rc;
use std::time::Duration;

use alongside::cobrowse::AgentSession;
use alongside::protocol::cobrowse::{Action, Capability, Draw, Highlight, Outcome, Request, Type};
use alongside::protocol::{RelayBody, TEXT_LIMIT};
use alongside::time::Instant;
use leptos::prelude::*;

use super::caret::Caret;
use super::geometry::Zoom;
use super::pending::{Pending, Place};
use super::repair::Repair;
use super::scene::{Field, Scene};
use super::shared::{Message, Shared};
use super::signs::Signs;
use super::tool::Tool;
use crate::desk::Desk;
use crate::link::{self, News};

/// A message to the agent is shown for so long.
const TOAST: Duration = Duration::from_secs(6);

/// Most messages at a time: the oldest go first.
const TOASTS: usize = 4;

/// A short message, where it belongs on the page or above it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Toast {
    /// Counted.
    pub number: u32,
    /// What it says.
    pub message: Message,
    /// In CSS pixels of the visitor's viewport.
    pub place: Option<Place>,
    at: Instant,
}

/// What the parts of the view share.
#[derive(Clone, Copy)]
pub struct Room {
    /// The desk.
    pub desk: Desk,
    /// The page, once its frame is ready.
    pub scene: StoredValue<Option<Rc<Scene>>, LocalStorage>,
    /// The tool in the agent's hand.
    pub tool: RwSignal<Tool>,
    /// How large the page is shown.
    pub zoom: RwSignal<Zoom>,
    /// The visitor's viewport, once the page is there.
    pub size: RwSignal<Option<(f64, f64)>>,
    /// Width and height that there are for the page.
    pub space: RwSignal<(f64, f64)>,
    /// What people show each other.
    pub signs: RwSignal<Signs>,
    /// Acts without an answer.
    pub pending: RwSignal<Pending>,
    /// Messages.
    pub toasts: RwSignal<Vec<Toast>>,
    /// Counts what may have moved things on the page.
    pub moved: RwSignal<u32>,
    /// Whether the page cannot be drawn.
    pub is_broken: RwSignal<bool>,
    /// Whether what is drawn is of before a cut.
    pub is_past: RwSignal<bool>,
    /// What is asked for as soon as the agent has picked an element.
    pub pick: RwSignal<Option<Request>>,
    /// The request that is being written.
    pub wish: RwSignal<Option<Capability>>,
    /// The field whose options are open.
    pub choice: RwSignal<Option<Field>, LocalStorage>,
    /// Where typing goes.
    pub caret: StoredValue<Caret, LocalStorage>,
    /// The field that is typed into; what [`Room::caret`] says, to be drawn.
    pub typing: RwSignal<Option<u32>>,
    drawings: StoredValue<u32>,
    focus: StoredValue<Option<u32>>,
    epoch: StoredValue<u32>,
    repair: StoredValue<Repair>,
}

impl Room {
    /// A room for the session that the desk is in.
    pub fn new(desk: Desk) -> Self {
        let room = Self {
            desk,
            scene: StoredValue::new_local(None),
            tool: RwSignal::new(Tool::Look),
            zoom: RwSignal::new(Zoom::Fit),
            size: RwSignal::new(None),
            space: RwSignal::new((0.0, 0.0)),
            signs: RwSignal::new(Signs::default()),
            pending: RwSignal::new(Pending::default()),
            toasts: RwSignal::new(Vec::new()),
            moved: RwSignal::new(0),
            is_broken: RwSignal::new(false),
            is_past: RwSignal::new(false),
            pick: RwSignal::new(None),
            wish: RwSignal::new(None),
            choice: RwSignal::new_local(None),
            caret: StoredValue::new_local(Caret::default()),
            typing: RwSignal::new(None),
            drawings: StoredValue::new(0),
            focus: StoredValue::new(None),
            epoch: StoredValue::new(0),
            repair: StoredValue::new(Repair::default()),
        };
        room.follow_grants();
        let ticking = set_interval_with_handle(move || room.tick(), Duration::from_millis(100));
        on_cleanup(move || {
            if let Ok(ticking) = ticking {
                ticking.clear();
            }
            link::unwatch();
        });
        room
    }

    /// How much larger than its own size the page is shown; tracks what it depends on.
    pub fn scale(self) -> f64 {
        self.zoom.get().scale(self.size.get(), self.space.get())
    }

    /// The page, where it is there.
    pub fn scene(self) -> Option<Rc<Scene>> {
        self.scene.try_get_value().flatten()
    }

    /// Which agent of the session this is.
    pub fn you(self) -> u32 {
        self.desk.shared.with_untracked(|shared| shared.told.as_ref().and_then(|told| told.you)).unwrap_or_default()
    }

    /// Whether something is granted now; tracks it.
    pub fn holds(self, capability: Capability) -> bool {
        self.desk.shared.with(|shared| shared.holds(capability))
    }

    /// News of the page.
    pub fn handle(self, news: News<'_>) {
        match news {
            News::Begin => self.forget(),
            News::Cut => {
                self.is_past.set(true);
                self.cut(AgentSession::know);
            }
            News::Return => {
                self.repair.set_value(Repair::default());
                self.lose();
            }
            News::Lag => {
                self.cut(AgentSession::refresh);
                self.lose();
            }
            News::Frame(frame) => self.draw(frame),
            News::Sign(sign) => self.signs.update(|signs| signs.handle(sign, link::now())),
            News::Done(done) => {
                let mut said = None;
                self.pending.update(|pending| said = pending.handle(done));
                if !self.pending.with_untracked(Pending::has_proposals) {
                    self.unsay(|toast| toast.message == Message::Outcome(Outcome::Proposed));
                }
                if let Some(said) = said {
                    self.refuse(said.outcome, said.place);
                }
            }
        }
    }

    /// Shows a message.
    pub fn say(self, message: Message, place: Option<Place>) {
        self.toasts.update(|toasts| {
            let number = toasts.last().map_or(1, |last| last.number + 1);
            // The same again stands for both, and what the visitor decided last for what he did before.
            let is_verdict = |message| matches!(message, Message::Verdict(_));
            toasts.retain(|toast| toast.message != message && !(is_verdict(toast.message) && is_verdict(message)));
            if toasts.len() >= TOASTS {
                toasts.remove(0);
            }
            toasts.push(Toast { number, message, place, at: link::now() });
        });
    }

    /// Takes messages back that are true no more.
    fn unsay(self, is_over: impl Fn(&Toast) -> bool) {
        self.toasts.maybe_update(|toasts| {
            let before = toasts.len();
            toasts.retain(|toast| !is_over(toast));
            toasts.len() < before
        });
    }

    /// Says why something was not done.
    pub fn refuse(self, outcome: Outcome, place: Option<Place>) {
        self.say(Message::Outcome(outcome), place);
    }

    /// Does something on the visitor's page, where it is granted.
    pub fn act(self, node: u32, action: Action, place: Option<Place>) {
        let Some(scene) = self.scene() else { return };
        let within = self.desk.shared.with_untracked(|shared| shared.control.as_ref()?.grant.within);
        let is_elsewhere = within.is_some_and(|outer| !scene.is_within(node, outer));
        if is_elsewhere && !matches!(action, Action::Go(_)) {
            return self.refuse(Outcome::NotGranted, place);
        }
        let Some(fingerprint) = scene.fingerprint(node, &action) else {
            return self.refuse(Outcome::Gone, place);
        };
        let is_marked = !matches!(action, Action::Scroll(_));
        let number = link::session(|session| session.act(scene.epoch(), node, fingerprint, action, link::now()));
        match number.flatten() {
            Some(number) if is_marked => {
                self.pending.update(|pending| pending.sent(number, node, place, link::now()));
            }
            Some(_) => {}
            None => self.refuse(Outcome::NotGranted, place),
        }
    }

    /// Types a text, in as many acts as it needs.
    pub fn type_text(self, node: u32, text: &str) {
        let place = self.scene().and_then(|scene| scene.box_of(node)).map(|place| place.middle());
        let mut rest = text;
        while !rest.is_empty() {
            let (part, more) = rest.split_at(rest.floor_char_boundary(TEXT_LIMIT));
            self.act(node, Action::Type(Type { text: part.into() }), place);
            rest = more;
        }
    }

    /// Typing goes into this field from now on, or nowhere.
    pub fn type_into(self, node: Option<u32>) {
        self.caret.update_value(|caret| caret.set(node));
        self.typing.set(node);
    }

    /// The agent pressed what takes no text: typing goes where the focus goes by that, if it goes anywhere.
    pub fn follow_focus(self) {
        self.caret.update_value(|caret| caret.follow(link::now()));
        self.typing.set(None);
    }

    /// Draws attention to an element, or takes that back.
    pub fn highlight(self, node: u32) {
        let by = self.you();
        let is_on = self.signs.with_untracked(|signs| signs.highlights.contains(&(by, node)));
        let node = (!is_on).then_some(node);
        link::session(|session| session.highlight(node));
        let sign = RelayBody::Highlight(Highlight { by, node });
        self.signs.update(|signs| signs.handle(&sign, link::now()));
    }

    /// Begins a drawing; its number.
    pub fn begin_drawing(self) -> u32 {
        self.drawings.update_value(|drawings| *drawings += 1);
        self.drawings.get_value()
    }

    /// Goes on with a drawing, here and at the others.
    pub fn draw_on(self, draw: Draw) {
        let draw = Draw { by: self.you(), ..draw };
        link::session(|session| session.draw(draw.clone()));
        self.signs.update(|signs| signs.handle(&RelayBody::Draw(draw), link::now()));
    }

    /// Takes up a tool, or does what it does at once.
    pub fn take(self, tool: Tool) {
        if self.desk.shared.with_untracked(|shared| tool.bar(shared)).is_some() {
            return;
        }
        match tool {
            Tool::Erase => {
                link::session(|session| {
                    session.erase();
                    session.highlight(None);
                });
                let by = self.you();
                self.signs.update(|signs| {
                    signs.drawings.retain(|drawing| drawing.by != by);
                    signs.highlights.retain(|(who, _)| *who != by);
                });
            }
            Tool::Control | Tool::Navigation => self.wish.set(tool.capability()),
            Tool::GiveBack => {
                link::session(|session| session.give_back());
            }
            Tool::End => self.end(),
            _ => {
                self.tool.set(tool);
                self.type_into(None);
            }
        }
    }

    /// Ends the session; one who looks on leaves it.
    pub fn end(self) {
        let is_silent = self.desk.shared.with_untracked(Shared::is_silent);
        link::session(|session| match is_silent {
            true => session.leave(),
            false => session.end(alongside::protocol::cobrowse::EndReason::Agent),
        });
    }

    fn draw(self, frame: &[u8]) {
        if self.scene().is_some_and(|scene| scene.is_left_by(frame)) {
            self.forget();
        }
        let Some(scene) = self.scene() else { return };
        let is_lost = scene.handle(frame) && self.mend(|repair, now| repair.handle_lost(now));
        if !scene.is_waiting() {
            if self.is_past.get_untracked() {
                self.is_past.set(false);
            }
            self.mend(|repair, now| {
                repair.handle_drawn(now);
                false
            });
        }
        let wants = scene.take_wants();
        if is_lost || !wants.is_empty() {
            link::session(|session| {
                if is_lost {
                    session.refresh(scene.ask());
                }
                wants.into_iter().for_each(|hash| session.want(hash));
            });
        }
        // Ids are of one epoch: what hung on them is not known any more.
        if self.epoch.get_value() != scene.epoch() {
            self.epoch.set_value(scene.epoch());
            self.forget_nodes();
        }
        let size = scene.size();
        if self.size.get_untracked() != size {
            self.size.set(size);
        }
        let focus = scene.focus();
        if self.focus.get_value() != focus {
            self.focus.set_value(focus);
            self.handle_focus(&scene, focus);
        }
        self.moved.update(|moved| *moved = moved.wrapping_add(1));
    }

    /// Whether the page is to be asked to begin anew.
    fn mend(self, fact: impl FnOnce(&mut Repair, Instant) -> bool) -> bool {
        let now = link::now();
        let said = self.repair.try_update_value(|repair| (fact(repair, now), repair.is_broken(now)));
        let Some((may_ask, is_broken)) = said else { return false };
        if self.is_broken.try_get_untracked() == Some(!is_broken) {
            self.is_broken.set(is_broken);
        }
        may_ask
    }

    fn handle_focus(self, scene: &Scene, focus: Option<u32>) {
        let field = focus.and_then(|node| scene.field(node)).filter(Field::is_text).map(|field| field.id());
        let released = self.caret.try_update_value(|caret| caret.handle_focus(field)).flatten();
        if let Some((node, text)) = released {
            self.type_text(node, &text);
        }
        let node = self.caret.try_with_value(Caret::node).flatten();
        if self.typing.get_untracked() != node {
            self.typing.set(node);
        }
    }

    /// What is shown is of the past, until the page tells what has changed; what there is of it is said.
    fn cut(self, say: fn(&mut AgentSession, Option<Vec<u8>>)) {
        let Some(scene) = self.scene() else { return };
        scene.handle_cut();
        let known = scene.ask();
        link::session(|session| say(session, known));
    }

    /// What is lost was asked for, and is asked for again where it does not come.
    fn lose(self) {
        self.mend(|repair, now| repair.handle_lost(now));
    }

    fn ask(self) {
        if let Some(scene) = self.scene() {
            link::session(|session| session.refresh(scene.ask()));
        }
    }

    /// Another page begins: a replica of its own, so that epochs count from the start.
    fn forget(self) {
        let frame = self.scene().map(|scene| scene.renewed());
        self.scene.set_value(frame.map(Rc::new));
        self.epoch.set_value(0);
        self.repair.set_value(Repair::default());
        self.is_broken.set(false);
        self.is_past.set(false);
        self.size.set(None);
        self.forget_nodes();
    }

    fn forget_nodes(self) {
        self.signs.update(Signs::clear);
        self.pending.update(Pending::clear);
        self.unsay(|toast| toast.place.is_some());
        self.focus.set_value(None);
        self.choice.set(None);
        self.type_into(None);
    }

    fn tick(self) {
        let now = link::now();
        let is_dim = self.signs.try_maybe_update(|signs| (signs.handle_timeout(now), ()));
        if is_dim.is_none() {
            return;
        }
        if self.mend(Repair::handle_timeout) {
            self.ask();
        }
        self.pending.maybe_update(|pending| pending.handle_timeout(now));
        self.unsay(|toast| toast.at + TOAST <= now);
        if let Some((node, text)) = self.caret.try_update_value(|caret| caret.handle_timeout(now)).flatten() {
            self.type_text(node, &text);
        }
    }

    /// Says what became of requests, and forgets who left.
    fn follow_grants(self) {
        let shared = self.desk.shared;
        Effect::new(move |last: Option<Shared>| {
            let now = shared.get();
            let known = last.as_ref().and_then(|last| last.objection);
            if let Some(objection) = now.objection.filter(|objection| Some(*objection) != known) {
                self.say(Message::Objection(objection), None);
            }
            for verdict in last.map(|last| now.verdicts(&last)).unwrap_or_default() {
                self.say(Message::Verdict(verdict), None);
            }
            if now.control.is_none() {
                self.choice.set(None);
                self.type_into(None);
            }
            if let Some(told) = &now.told {
                let agents: Vec<_> = told.agents.iter().map(|agent| agent.number).collect();
                self.signs.update(|signs| signs.keep(&agents));
            }
            now
        });
    }
}
