//! The visitor's half of a shared session in the browser: says in plain values what the machine says, for `js/cobrowse/`.
//!
//! Records cross as JSON, in the protocol's own names: that encoding is here anyway.

use core::cell::{Cell, RefCell};

use wasm_bindgen::prelude::*;

use super::instant;
use crate::cobrowse::{
    Kept, Lead, Leave, MaskRules, PageRule, Sign, Target, Task, VisitorOutput, VisitorSession, VisitorStage, needed,
    refusal,
};
use crate::protocol::cobrowse::{Draw, Outcome, Session, Tool};
use crate::protocol::{AssetHash, ConsentKey, Encoding, Message, Payload, RelayBody, VisitId};
use crate::time::Instant;

/// The word for it in what is kept.
const PAUSED: &str = "paused";

/// What is to be done next.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug)]
pub enum Wish {
    /// Nothing.
    None,
    /// Send [`Cobrowse::text`] or [`Cobrowse::bytes`].
    Send,
    /// Begin the mirror, or begin it anew.
    Begin,
    /// Tell again what was told, but for [`Cobrowse::known`], and go on where it was held.
    Retell,
    /// Hold the mirror: nothing is read and told.
    Hold,
    /// End the mirror.
    End,
    /// Mask by [`Cobrowse::selectors`], too; where the page is being told, tell it from its start.
    Mask,
    /// Send the bytes of [`Cobrowse::hash`], if they were offered.
    Give,
    /// Make another picture of the videos of which [`Cobrowse::hash`] is one.
    Draw,
    /// Keep [`Cobrowse::kept`] for the visitor's other pages and for the next one.
    Remember,
    /// Keep it no longer.
    Forget,
    /// Do [`Cobrowse::act`] if [`Cobrowse::judge`] does not refuse it, then say what became of it.
    Perform,
    /// Show [`Cobrowse::sign`] over the page.
    Show,
    /// Draw the session again.
    Changed,
}

/// One page of the visitor.
#[wasm_bindgen]
pub struct Cobrowse {
    session: RefCell<VisitorSession>,
    encoding: Encoding,
    message: RefCell<Option<Message>>,
    hash: Cell<Option<AssetHash>>,
    known: RefCell<Vec<u8>>,
    kept: Cell<Option<Kept>>,
    task: RefCell<Option<Task>>,
    sign: RefCell<Option<Sign>>,
}

#[wasm_bindgen]
#[allow(missing_docs, reason = "each is the session's function of that name; times are in milliseconds")]
impl Cobrowse {
    /// A page without a session.
    #[wasm_bindgen(constructor)]
    pub fn new(is_json: bool) -> Self {
        Self {
            session: RefCell::default(),
            encoding: if is_json { Encoding::Json } else { Encoding::Binary },
            message: RefCell::default(),
            hash: Cell::default(),
            known: RefCell::default(),
            kept: Cell::default(),
            task: RefCell::default(),
            sign: RefCell::default(),
        }
    }

    /// `kept` is what [`Cobrowse::kept`] was; false where it is not.
    pub fn resume(&self, kept: &str, now: f64) -> bool {
        let mut words = kept.split(' ');
        let mut word = || words.next().unwrap_or_default();
        let (Ok(session), Ok(key)) = (word().parse(), word().parse()) else { return false };
        let kept = Kept { session, key, is_paused: word() == PAUSED };
        self.session.borrow_mut().resume(kept, instant(now));
        true
    }

    /// The page's own visit; absent where it has none.
    #[wasm_bindgen(js_name = handleVisit)]
    pub fn handle_visit(&self, visit: Option<String>) {
        self.session.borrow_mut().handle_visit(visit.and_then(|visit| visit.parse().ok()));
    }

    #[wasm_bindgen(js_name = handleForgotten)]
    pub fn handle_forgotten(&self) {
        self.session.borrow_mut().handle_forgotten();
    }

    #[wasm_bindgen(js_name = makeCode)]
    pub fn make_code(&self, visit: &str) {
        if let Ok(visit) = visit.parse::<VisitId>() {
            self.session.borrow_mut().make_code(visit);
        }
    }

    #[wasm_bindgen(js_name = useCode)]
    pub fn use_code(&self, code: &str, visit: &str) {
        if let Ok(visit) = visit.parse::<VisitId>() {
            self.session.borrow_mut().use_code(code, visit);
        }
    }

    /// `key` is 16 random bytes.
    pub fn accept(&self, key: &[u8]) {
        if let Ok(key) = key.try_into() {
            self.session.borrow_mut().accept(ConsentKey::from_bytes(key));
        }
    }

    pub fn decline(&self) {
        self.session.borrow_mut().decline();
    }

    pub fn dismiss(&self) {
        self.session.borrow_mut().dismiss();
    }

    pub fn decide(&self, is_granted: bool, now: f64) {
        self.session.borrow_mut().decide(is_granted, instant(now));
    }

    pub fn revoke(&self) {
        self.session.borrow_mut().revoke();
    }

    pub fn pause(&self, now: f64) {
        self.session.borrow_mut().pause(instant(now));
    }

    /// `rules` is one page rule a line; false where one of them is none. `address` is the page's.
    #[wasm_bindgen(js_name = handlePage)]
    pub fn handle_page(&self, rules: &str, address: &str, now: f64) -> bool {
        let rules: Option<Vec<PageRule>> = rules.lines().map(PageRule::new).collect();
        // Better nobody sees a page than one that was not to be seen.
        let is_private = rules.as_ref().is_none_or(|rules| rules.iter().any(|rule| rule.holds(address)));
        self.session.borrow_mut().handle_page(is_private, instant(now));
        rules.is_some()
    }

    #[wasm_bindgen(js_name = isPrivatePage)]
    pub fn is_private_page(&self) -> bool {
        self.session.borrow().is_private_page()
    }

    /// Whether the hub says that everything is masked where nothing says `show`.
    #[wasm_bindgen(js_name = isPrivate)]
    pub fn is_private(&self) -> bool {
        self.session.borrow().mask_rules().is_none_or(MaskRules::is_private)
    }

    /// What the hub has masked in the page of that address: one rule a line, a word of `data-alongside`, a space, a selector. `undefined`
    /// where nothing may be shown.
    pub fn selectors(&self, address: &str) -> Option<String> {
        let session = self.session.borrow();
        let lines = session.mask_rules()?.of_page(address).map(|(word, selector)| [word, " ", selector, "\n"].concat());
        Some(lines.collect())
    }

    #[wasm_bindgen(js_name = goOn)]
    pub fn go_on(&self, now: f64) {
        self.session.borrow_mut().go_on(instant(now));
    }

    pub fn end(&self) {
        self.session.borrow_mut().end();
    }

    #[wasm_bindgen(js_name = handleInput)]
    pub fn handle_input(&self, now: f64) {
        self.session.borrow_mut().handle_input(instant(now));
    }

    #[wasm_bindgen(js_name = handleVisibility)]
    pub fn handle_visibility(&self, is_visible: bool, now: f64) {
        self.session.borrow_mut().handle_visibility(is_visible, instant(now));
    }

    pub fn point(&self, node: Option<u32>, x: u32, y: u32, is_pressed: bool, now: f64) {
        self.session.borrow_mut().point(node, (x, y), is_pressed, instant(now));
    }

    /// `tool` is one of the protocol's words.
    pub fn draw(&self, number: u32, tool: &str, points: Vec<u32>) {
        if let Some(tool) = Tool::from_word(tool) {
            self.session.borrow_mut().draw(Draw { by: 0, number, tool, points });
        }
    }

    pub fn erase(&self) {
        self.session.borrow_mut().erase();
    }

    #[wasm_bindgen(js_name = handleOnline)]
    pub fn handle_online(&self) {
        self.session.borrow_mut().handle_online();
    }

    #[wasm_bindgen(js_name = handleOffline)]
    pub fn handle_offline(&self, now: f64) {
        self.session.borrow_mut().handle_offline(instant(now));
    }

    #[wasm_bindgen(js_name = handleText)]
    pub fn handle_text(&self, text: String, now: f64) {
        self.handle(Message::Text(text), now);
    }

    #[wasm_bindgen(js_name = handleBytes)]
    pub fn handle_bytes(&self, bytes: Vec<u8>, now: f64) {
        self.handle(Message::Binary(bytes), now);
    }

    #[wasm_bindgen(js_name = handleFrame)]
    pub fn handle_frame(&self, frame: &[u8]) {
        self.session.borrow_mut().handle_frame(frame);
    }

    #[wasm_bindgen(js_name = handleTimeout)]
    pub fn handle_timeout(&self, now: f64) {
        self.session.borrow_mut().handle_timeout(instant(now));
    }

    /// How long until [`Cobrowse::handle_timeout`] is to be called.
    #[wasm_bindgen(js_name = pollTimeout)]
    pub fn poll_timeout(&self, now: f64) -> Option<f64> {
        self.session.borrow().poll_timeout().map(|at| left(at, now) + 1.0)
    }

    /// The next thing to do; call until it is `None`.
    pub fn poll(&self) -> Wish {
        match self.session.borrow_mut().poll_output() {
            None => Wish::None,
            Some(VisitorOutput::Begin) => Wish::Begin,
            Some(VisitorOutput::Retell(known)) => {
                *self.known.borrow_mut() = known;
                Wish::Retell
            }
            Some(VisitorOutput::Hold) => Wish::Hold,
            Some(VisitorOutput::End) => Wish::End,
            Some(VisitorOutput::Mask) => Wish::Mask,
            Some(VisitorOutput::Forget) => Wish::Forget,
            Some(VisitorOutput::Changed) => Wish::Changed,
            Some(VisitorOutput::Give(hash)) => {
                self.hash.set(Some(hash));
                Wish::Give
            }
            Some(VisitorOutput::Draw(hash)) => {
                self.hash.set(Some(hash));
                Wish::Draw
            }
            Some(VisitorOutput::Remember(kept)) => {
                self.kept.set(Some(kept));
                Wish::Remember
            }
            Some(VisitorOutput::Perform(task)) => {
                *self.task.borrow_mut() = Some(task);
                Wish::Perform
            }
            Some(VisitorOutput::Show(sign)) => {
                *self.sign.borrow_mut() = Some(sign);
                Wish::Show
            }
            Some(VisitorOutput::Send(body)) => {
                let payload = Payload::encode_relay(&body, self.encoding);
                *self.message.borrow_mut() = Some(payload.as_message().clone());
                Wish::Send
            }
        }
    }

    /// What those have who are told again.
    pub fn known(&self) -> Vec<u8> {
        self.known.take()
    }

    /// What is wanted, as hexadecimal digits.
    pub fn hash(&self) -> String {
        self.hash.get().map(|hash| hash.to_hex()).unwrap_or_default()
    }

    /// What is to be sent, where the link's encoding is JSON.
    pub fn text(&self) -> Option<String> {
        match self.message.take() {
            Some(Message::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// What is to be sent, where the link's encoding is binary.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        match self.message.take() {
            Some(Message::Binary(bytes)) => Some(bytes),
            _ => None,
        }
    }

    /// What is to be kept: session, key, and whether it is paused. A secret of the visitor's pages.
    pub fn kept(&self) -> String {
        let Some(Kept { session, key, is_paused }) = self.kept.get() else { return String::new() };
        [session.to_string(), key.to_string(), if is_paused { PAUSED } else { "" }.into()].join(" ")
    }

    /// The act that is to be performed: JSON of an `act`.
    pub fn act(&self) -> String {
        let act = self.task.borrow().as_ref().map(|task| task.act.clone());
        act.map(|act| json(&RelayBody::Act(act))).unwrap_or_default()
    }

    /// The node within which that act was granted.
    pub fn within(&self) -> Option<u32> {
        self.task.borrow().as_ref().and_then(|task| task.permit.within)
    }

    /// Whether what is typed by that act is only to be proposed.
    pub fn proposes(&self) -> bool {
        self.task.borrow().as_ref().is_some_and(|task| task.permit.proposes)
    }

    /// Why the act is refused, by what the page found. `facts` has a bit for each of the first nine fields of [`Target`], in order;
    /// `lead` is 0 for staying on the page, 1 for another page of the site, 2 for anything else.
    pub fn judge(&self, facts: u32, lead: u32, submits: bool) -> Option<String> {
        let task = self.task.borrow();
        let task = task.as_ref()?;
        let fact = |bit: u32| facts >> bit & 1 == 1;
        let target = Target {
            is_gone: fact(0),
            is_changed: fact(1),
            is_masked: fact(2),
            is_read_only: fact(3),
            is_disabled: fact(4),
            is_covered: fact(5),
            is_unsuited: fact(6),
            is_submit: fact(7),
            is_file_picker: fact(8),
            leads: [Lead::Nowhere, Lead::OnSite].get(lead as usize).copied().unwrap_or(Lead::OffSite),
        };
        let leave = Leave { navigates: task.navigates, submits };
        refusal(&task.act.action, target, leave).map(|outcome| outcome.as_str().into())
    }

    /// What became of the act that was performed last, in one of the protocol's words.
    pub fn done(&self, outcome: &str) {
        let act = self.task.borrow().as_ref().map(|task| task.act.clone());
        let (Some(act), Some(outcome)) = (act, Outcome::from_word(outcome)) else { return };
        self.session.borrow_mut().done(act.agent, act.number, outcome, needed(&act.action));
    }

    /// What became later of an act that was proposed or done: `done`, `rejected`, `undone`.
    #[wasm_bindgen(js_name = doneLater)]
    pub fn done_later(&self, agent: u32, number: u32, outcome: &str) {
        if let Some(outcome) = Outcome::from_word(outcome) {
            self.session.borrow_mut().done(agent, number, outcome, crate::protocol::cobrowse::Capability::Control);
        }
    }

    /// What an agent shows: JSON of a `point`, `highlight`, `draw` or `erase`, or `{"gone": agent}`.
    pub fn sign(&self) -> String {
        match self.sign.take() {
            None => String::new(),
            Some(Sign::Point(point)) => json(&RelayBody::Point(point)),
            Some(Sign::Highlight(highlight)) => json(&RelayBody::Highlight(highlight)),
            Some(Sign::Draw(draw)) => json(&RelayBody::Draw(draw)),
            Some(Sign::Erase(erase)) => json(&RelayBody::Erase(erase)),
            Some(Sign::Gone(agent)) => ["{\"gone\":", &agent.to_string(), "}"].concat(),
        }
    }

    /// `idle`, `asked`, `joining`, `live`, or `over` and a space and the reason.
    pub fn stage(&self) -> String {
        match self.session.borrow().stage() {
            VisitorStage::Idle => "idle".into(),
            VisitorStage::Asked => "asked".into(),
            VisitorStage::Joining => "joining".into(),
            VisitorStage::Live => "live".into(),
            VisitorStage::Over(reason) => ["over", reason.as_str()].join(" "),
        }
    }

    /// JSON of the `session`, with the grants and times as this page knows them; empty where there is none.
    pub fn told(&self, now: f64) -> String {
        let session = self.session.borrow();
        let Some(told) = session.told() else { return String::new() };
        let told = Session {
            grants: session.grants(instant(now)),
            ends_in: session.ends_at().map(|at| left(at, now) as u32),
            is_paused: session.is_paused(),
            ..told.clone()
        };
        json(&RelayBody::Session(told))
    }

    #[wasm_bindgen(js_name = isSharing)]
    pub fn is_sharing(&self) -> bool {
        self.session.borrow().is_sharing()
    }

    #[wasm_bindgen(js_name = isOnline)]
    pub fn is_online(&self) -> bool {
        self.session.borrow().is_online()
    }

    pub fn latency(&self) -> Option<u32> {
        self.session.borrow().latency()
    }

    /// One of the protocol's words.
    pub fn objection(&self) -> Option<String> {
        self.session.borrow().objection().map(|objection| objection.as_str().into())
    }

    #[wasm_bindgen(js_name = retryAfter)]
    pub fn retry_after(&self) -> Option<u32> {
        self.session.borrow().retry_after()
    }

    pub fn code(&self) -> Option<String> {
        self.session.borrow().code().map(Into::into)
    }

    /// For how long that code is good.
    #[wasm_bindgen(js_name = codeEndsIn)]
    pub fn code_ends_in(&self, now: f64) -> Option<f64> {
        self.session.borrow().code_ends_at().map(|at| left(at, now))
    }
}

impl Cobrowse {
    fn handle(&self, message: Message, now: f64) {
        // What cannot be read is of a later hub.
        if let Ok(body) = Payload::from_message(message).decode_relay() {
            self.session.borrow_mut().handle_body(body, instant(now));
        }
    }
}

fn json(body: &RelayBody) -> String {
    match Payload::encode_relay(body, Encoding::Json).as_message() {
        Message::Text(text) => text.clone(),
        Message::Binary(_) => String::new(),
    }
}

fn left(at: Instant, now: f64) -> f64 {
    at.since(instant(now)).as_millis() as f64
}
