//! What visitor, agents and hub say to each other about a shared session.
//!
//! # The story of a session
//!
//! An agent offers a session to a visit ([`Offer`]), or one side makes a [`Code`] and the other uses it ([`UseCode`]). The hub tells both
//! of a [`Session`] that is offered. The visitor's page asks the visitor, and [`Answer`]s with a [`ConsentKey`] that it made: pages that hold
//! the key [`Join`] the session later, and no page joins that does not, whatever the hub says. From then on each change of the session
//! is told to everybody as the whole [`Session`]: who is in it, what was granted, whether it is paused, how it ended. Agents look on,
//! [`Point`], [`Draw`] and highlight; with a grant they [`Act`], and each act is answered by [`Done`].
//!
//! Three check each act on their own: the hub's session, the hub's relay, the visitor's page. The page believes only its own grants.

use super::codec::{wire_choice, wire_record, wire_union};
use super::id::{ConsentKey, SessionId, VisitId};
use super::relay::Bytes;

/// Most agents in one session, those who look on included.
pub const AGENT_LIMIT: usize = 16;

/// A place within a box is told in so many parts of its width and height.
pub const PLACE_PARTS: u32 = 10_000;

/// A place on a page is told in so many parts of its width and height.
pub const PAGE_PARTS: u32 = 1_000_000;

/// Most numbers in [`Draw::points`].
pub const DRAW_POINTS: usize = 64;

/// Longest text of one [`Act`], in bytes.
pub const ACT_TEXT_LIMIT: usize = super::TEXT_LIMIT;

wire_choice! {
    /// The conversation that a session rides on; it decides how long nobody may do anything.
    pub enum Channel {
        /// A telephone call: no limit.
        1 Voice "voice",
        /// Messages that may take their time: 2 minutes.
        2 Messaging "messaging",
        /// A chat, both sides are there: 15 minutes.
        3 Chat "chat",
    }
}

wire_choice! {
    /// What a visitor can let an agent do. Looking on, pointing and drawing come with the session.
    pub enum Capability {
        /// Click, type, choose, scroll.
        1 Control "control",
        /// Follow links, go back and forward, reload, go to an address of the site.
        2 Navigation "navigation",
    }
}

wire_choice! {
    /// How far a session has come.
    pub enum Stage {
        /// The visitor has not answered.
        1 Offered "offered",
        /// The visitor agreed.
        2 Live "live",
        /// It is over.
        3 Ended "ended",
    }
}

wire_choice! {
    /// Why a session is over.
    pub enum EndReason {
        /// The visitor ended it.
        1 Visitor "visitor",
        /// The agent ended it, or the last one left.
        2 Agent "agent",
        /// The conversation that it rode on ended.
        3 Conversation "conversation",
        /// That conversation was passed on to another agent.
        4 Transfer "transfer",
        /// Nobody did anything for as long as the channel allows.
        5 Idle "idle",
        /// The visitor said no.
        6 Declined "declined",
        /// The visitor did not answer in time.
        7 Unanswered "unanswered",
        /// The visitor did not come back in time.
        8 Lost "lost",
        /// The agent took the offer back.
        9 Withdrawn "withdrawn",
    }
}

wire_choice! {
    /// What became of an [`Act`].
    pub enum Outcome {
        /// It was done.
        1 Done "done",
        /// No grant allows it, or not here, or not any more.
        2 NotGranted "not-granted",
        /// Nothing leaves the page and nothing comes in: the visitor paused.
        3 Paused "paused",
        /// The thing is not there any more.
        4 Gone "gone",
        /// The thing is not what the agent saw.
        5 Changed "changed",
        /// Something else lies over it.
        6 Covered "covered",
        /// Agents see it masked, or do not see it, so they do not act on it.
        7 Masked "masked",
        /// The customer lets agents see it only.
        8 ReadOnly "read-only",
        /// It would send a form, and the customer does not let agents do that.
        9 Submit "submit",
        /// It would open a file picker.
        10 FilePicker "file-picker",
        /// It leads to another site, or to an address that is none.
        11 OffSite "off-site",
        /// The page has disabled it.
        12 Disabled "disabled",
        /// The thing takes no such act.
        13 Unsuited "unsuited",
        /// Acts came faster than a person makes them.
        14 TooFast "too-fast",
        /// The visitor rejected what was proposed.
        15 Rejected "rejected",
        /// It waits for the visitor to accept it; another answer follows.
        16 Proposed "proposed",
        /// The visitor's own input was there first.
        17 Outranked "outranked",
        /// The visitor took it back later.
        18 Undone "undone",
    }
}

wire_choice! {
    /// Why a wish about sessions is not met.
    pub enum Objection {
        /// No such code, or not any more.
        1 WrongCode "wrong-code",
        /// Too many wrong codes: try later.
        2 TooMany "too-many",
        /// The agent lacks the permission.
        3 NotPermitted "not-permitted",
        /// No such visit or session, or nobody is there.
        4 NobodyThere "nobody-there",
        /// The visitor is in another session.
        5 Busy "busy",
    }
}

wire_record! {
    /// An agent's offer of a session to a visit.
    pub struct Offer {
        /// By the hub's id.
        1 visit "visit": VisitId,
        /// What it rides on.
        2 channel "channel": Channel,
        /// Counted by the desk; what comes of it has the same.
        3 wish "wish": Option<u32>,
    }
}

wire_record! {
    /// The wish for a code that the other side is to use. A page names its visit by its own id, an agent none.
    pub struct MakeCode {
        /// The page's visit.
        1 visit "visit": Option<VisitId>,
        /// Counted by the desk; what comes of it has the same.
        2 wish "wish": Option<u32>,
    }
}

wire_record! {
    /// A code: six digits, good for one use.
    pub struct Code {
        /// The digits.
        1 code "code": String,
        /// For so many milliseconds more.
        2 expires_in "expiresIn": u32,
        /// Which wish it comes of.
        3 wish "wish": Option<u32>,
    }
}

wire_record! {
    /// A code that the other side made. A page names its visit by its own id, an agent none.
    pub struct UseCode {
        /// As it was typed: white space does not matter.
        1 code "code": String,
        /// The page's visit.
        2 visit "visit": Option<VisitId>,
        /// Counted by the desk; what comes of it has the same.
        3 wish "wish": Option<u32>,
    }
}

wire_record! {
    /// A wish that is not met.
    pub struct Refused {
        /// Why.
        1 objection "objection": Objection,
        /// Worth trying after so many milliseconds.
        2 retry_after "retryAfter": Option<u32>,
        /// Which wish; absent for a request, and for a page.
        3 wish "wish": Option<u32>,
    }
}

wire_record! {
    /// The visitor's answer to what was offered.
    pub struct Answer {
        /// Which.
        1 session "session": SessionId,
        /// Present where the visitor agrees: made by the page, and known to nobody but the visitor's pages and the hub.
        2 key "key": Option<ConsentKey>,
    }
}

wire_record! {
    /// A page that takes part from now on, instead of any other page of the session: it was loaded, came to the front, or is back.
    pub struct Join {
        /// Which.
        1 session "session": SessionId,
        /// What the visitor's agreement left behind.
        2 key "key": ConsentKey,
        /// The page's own visit, by its own id: another one than before at another site of the customer, or after a long pause.
        3 visit "visit": Option<VisitId>,
    }
}

wire_record! {
    /// An agent who takes part from now on.
    pub struct Attend {
        /// Which.
        1 session "session": SessionId,
        /// Whether he only looks on. The visitor sees how many do.
        2 is_silent "silent": bool,
        /// Counted by the desk; what comes of it has the same.
        3 wish "wish": Option<u32>,
        /// What his desk has of the page, from before a cut; as in [`Refresh`](super::Refresh).
        4 known "known": Option<Bytes>,
    }
}

wire_record! {
    /// The agent does not take part any more. The session ends with the last one who helps.
    pub struct Leave {}
}

wire_record! {
    /// Ends the session.
    pub struct End {
        /// Why; the hub believes a side only what that side can know.
        1 reason "reason": EndReason,
    }
}

wire_record! {
    /// All that is to be known about a session; replaces what was known.
    pub struct Session {
        /// Which.
        1 session "session": SessionId,
        /// Whose, by the hub's id.
        2 visit "visit": VisitId,
        /// What it rides on.
        3 channel "channel": Channel,
        /// How far it has come.
        4 stage "stage": Stage,
        /// Who takes part. At most [`AGENT_LIMIT`].
        5 agents "agents": Vec<Agent>,
        /// What an agent asks for now.
        6 request "request": Option<Request>,
        /// What agents may do now.
        7 grants "grants": Vec<Grant>,
        /// Whether the visitor paused.
        8 is_paused "paused": bool,
        /// Whether a page of the visitor takes part now.
        9 is_there "there": bool,
        /// An offer expires in so many milliseconds; a live session ends, where nobody does anything, or nobody comes back.
        10 ends_in "endsIn": Option<u32>,
        /// Once it is over.
        11 reason "reason": Option<EndReason>,
        /// Which of the agents is told this; absent for the visitor.
        12 you "you": Option<u32>,
        /// By which wish that agent came in.
        13 wish "wish": Option<u32>,
        /// Whether the visitor looks at something else than the page that takes part; absent where he looks at it.
        14 is_hidden "hidden": Option<bool>,
    }
}

wire_record! {
    /// An agent in a session.
    pub struct Agent {
        /// From 1; 0 is the visitor.
        1 number "number": u32,
        /// As the visitor may see it.
        2 name "name": String,
        /// Whether he only looks on.
        3 is_silent "silent": bool,
    }
}

wire_record! {
    /// What an agent asks the visitor for. One at a time.
    pub struct Request {
        /// Who asks; the hub fills it in.
        1 agent "agent": u32,
        /// For what.
        2 capability "capability": Capability,
        /// Only within this node of the mirror.
        3 within "within": Option<u32>,
        /// Only so often.
        4 uses "uses": Option<u32>,
        /// For so many seconds from the visitor's answer; else until the session ends.
        5 seconds "seconds": Option<u32>,
        /// Whether what the agent types only becomes a proposal.
        6 proposes "proposes": Option<bool>,
    }
}

wire_record! {
    /// The visitor's answer to a request.
    pub struct Decide {
        /// Whose request.
        1 agent "agent": u32,
        /// For what.
        2 capability "capability": Capability,
        /// Whether it is granted.
        3 is_granted "granted": bool,
    }
}

wire_record! {
    /// What an agent may do.
    pub struct Grant {
        /// Who.
        1 agent "agent": u32,
        /// What.
        2 capability "capability": Capability,
        /// Only within this node of the mirror.
        3 within "within": Option<u32>,
        /// Only so often from now on.
        4 uses "uses": Option<u32>,
        /// For so many milliseconds more.
        5 expires_in "expiresIn": Option<u32>,
        /// Whether what the agent types only becomes a proposal.
        6 proposes "proposes": Option<bool>,
    }
}

wire_record! {
    /// The visitor takes back all that was granted, or an agent gives back what is his.
    pub struct Revoke {
        /// Who gives back; the hub fills it in. Absent where the visitor takes back.
        1 agent "agent": Option<u32>,
    }
}

wire_record! {
    /// The visitor's page tells nothing and does nothing, until it is paused no more.
    pub struct Pause {
        /// Whether it is paused.
        1 is_paused "paused": bool,
    }
}

wire_record! {
    /// Somebody did something: the session is not idle. Page to hub, seldom.
    pub struct Active {
        /// Whether the visitor looks at the page; else it is in the background.
        1 is_visible "visible": bool,
    }
}

wire_record! {
    /// Something that an agent does on the visitor's page.
    pub struct Act {
        /// Who; the hub fills it in.
        1 agent "agent": u32,
        /// Counted by the agent's page; its answer has the same.
        2 number "number": u32,
        /// Epoch of the mirror that the agent saw.
        3 epoch "epoch": u32,
        /// The node that is acted on; the document for [`Action::Go`].
        4 node "node": u32,
        /// What the agent saw of it: the hash of the node in his replica.
        5 fingerprint "fingerprint": u32,
        /// What is done.
        6 action "action": Action,
    }
}

wire_union! {
    /// What is done.
    pub enum Action {
        /// Press and release the pointer.
        1 Click(Click) "click",
        /// Type at the caret.
        2 Type(Type) "type",
        /// Press a key.
        3 Press(Press) "press",
        /// Replace a field's whole value.
        4 Fill(Type) "fill",
        /// Choose options.
        5 Choose(Choose) "choose",
        /// Scroll a box.
        6 Scroll(Scroll) "scroll",
        /// Go somewhere.
        7 Go(Go) "go",
    }
}

wire_record! {
    /// A click, or two in a row.
    pub struct Click {
        /// From the left of the node's box, of [`PLACE_PARTS`].
        1 x "x": u32,
        /// From its top, of [`PLACE_PARTS`].
        2 y "y": u32,
        /// Once or twice.
        3 count "count": u32,
    }
}

wire_record! {
    /// Text for a field. At most [`ACT_TEXT_LIMIT`] bytes.
    pub struct Type {
        /// The text.
        1 text "text": String,
    }
}

wire_record! {
    /// A key without text.
    pub struct Press {
        /// Which.
        1 key "key": Key,
        /// Whether the shift key is held.
        2 is_shifted "shift": bool,
    }
}

wire_choice! {
    /// Keys without text.
    pub enum Key {
        /// Sends no form: where it would, it is refused.
        1 Enter "Enter",
        /// Moves on.
        2 Tab "Tab",
        /// Leaves a menu.
        3 Escape "Escape",
        /// Deletes to the left.
        4 Backspace "Backspace",
        /// Deletes to the right.
        5 Delete "Delete",
        /// Moves the caret.
        6 ArrowLeft "ArrowLeft",
        /// Moves the caret.
        7 ArrowRight "ArrowRight",
        /// Moves the caret.
        8 ArrowUp "ArrowUp",
        /// Moves the caret.
        9 ArrowDown "ArrowDown",
        /// Moves the caret.
        10 Home "Home",
        /// Moves the caret.
        11 End "End",
        /// Presses a button, toggles a box.
        12 Space "Space",
        /// Scrolls a page up.
        13 PageUp "PageUp",
        /// Scrolls a page down.
        14 PageDown "PageDown",
    }
}

wire_record! {
    /// Options of a select. At most 64.
    pub struct Choose {
        /// Their places among all options of it, from 0.
        1 options "options": Vec<u32>,
    }
}

wire_record! {
    /// Where a box is scrolled to, in CSS pixels from its start.
    pub struct Scroll {
        /// From the left.
        1 x "x": u32,
        /// From the top.
        2 y "y": u32,
    }
}

wire_union! {
    /// Where to go.
    pub enum Go {
        /// In the tab's history.
        1 Through(Way) "through",
        /// An address of the site.
        2 Address(String) "address",
    }
}

wire_choice! {
    /// A way through a tab's history.
    pub enum Way {
        /// Back.
        1 Back "back",
        /// Forward.
        2 Forward "forward",
        /// Again.
        3 Reload "reload",
    }
}

wire_record! {
    /// What became of an act.
    pub struct Done {
        /// Whose.
        1 agent "agent": u32,
        /// Which.
        2 number "number": u32,
        /// What became of it.
        3 outcome "outcome": Outcome,
    }
}

wire_record! {
    /// Where somebody points. Newest only: older ones may be lost.
    pub struct Point {
        /// Who; 0 is the visitor. The hub fills it in.
        1 by "by": u32,
        /// The node that is pointed at; absent where the pointer has left the page.
        2 node "node": Option<u32>,
        /// From the left of the node's box, of [`PLACE_PARTS`].
        3 x "x": u32,
        /// From its top, of [`PLACE_PARTS`].
        4 y "y": u32,
        /// Whether the button went down.
        5 is_pressed "pressed": bool,
    }
}

wire_record! {
    /// An element that an agent draws attention to, instead of any other of his.
    pub struct Highlight {
        /// Who; the hub fills it in.
        1 by "by": u32,
        /// Which; absent for none any more.
        2 node "node": Option<u32>,
    }
}

wire_record! {
    /// A drawing, or more of one.
    pub struct Draw {
        /// Who; 0 is the visitor. The hub fills it in.
        1 by "by": u32,
        /// Counted by who draws: the same number goes on with the same drawing.
        2 number "number": u32,
        /// What it is.
        3 tool "tool": Tool,
        /// x and y in turn, from the page's upper left, of [`PAGE_PARTS`]. At most [`DRAW_POINTS`] numbers.
        4 points "points": Vec<u32>,
    }
}

impl Draw {
    /// Whether its points are pairs, of a page, and as many as allowed.
    pub fn is_whole(&self) -> bool {
        let points = &self.points;
        (2..=DRAW_POINTS).contains(&points.len())
            && points.len().is_multiple_of(2)
            && points.iter().all(|part| *part <= PAGE_PARTS)
    }
}

wire_choice! {
    /// What is drawn with.
    pub enum Tool {
        /// A dot with a tail, gone at once.
        1 Laser "laser",
        /// A line that vanishes after some seconds.
        2 Pen "pen",
        /// From the first point to the last.
        3 Arrow "arrow",
        /// With the first point and the last as corners.
        4 Rectangle "rectangle",
    }
}

wire_record! {
    /// Everything that who says this drew is to go.
    pub struct Erase {
        /// Who; the hub fills it in.
        1 by "by": u32,
    }
}

wire_record! {
    /// Measures how long a message takes from an agent's page to the visitor's and back.
    pub struct Probe {
        /// Who; the hub fills it in.
        1 agent "agent": u32,
        /// Counted by the agent's page; the visitor's page says the same.
        2 number "number": u32,
        /// How long the last one took, in milliseconds; for the visitor to see.
        3 latency "latency": Option<u32>,
    }
}
