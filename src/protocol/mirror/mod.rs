//! A page as a tree and its changes, from the visitor's page to the agent's replica.
//!
//! A keyframe is a [`Reset`] and the patches that follow it: so a page of any size crosses in parts of bounded size, and the
//! replica needs one way only to build its tree. Always binary; hand-written and not by description, because here each byte
//! of a small change counts.
//!
//! Invariant: every text in here is a [`MaskedText`], and every name a [`Name`]: neither can be made from a page's text
//! without passing `mask`.

mod codec;
mod known;
mod name;
mod nodes;
mod state;

use core::fmt;

use super::asset::{AssetOffer, AssetPart};
use super::codec::{BinaryInput, Malformed};
use super::masked_text::MaskedText;

pub use known::{KNOWN_LIMIT, KNOWN_PARTS, Known};
pub use name::{MIRROR_NAME_LIMIT, Name};
pub use state::{
    AREA_LIMIT, ASSIGNED_LIMIT, Area, BAR_LIMIT, Caret, Dialog, DialogKind, Highlight, Layer, PLAYBACK_LIMIT, Picture,
    PlayStage, Playback, Point, RATE_LIMIT, SPAN_LIMIT, Span, State, View,
};

pub(crate) use codec::PatchOutput;
pub(super) use codec::bit;
pub(crate) use nodes::NodesOutput;

/// Largest frame of a mirror, in bytes: a part of 256 KiB, and what its last operation may add.
pub const MIRROR_FRAME_LIMIT: usize = 640 * 1024;

/// First byte of a frame that the visitor's browser has compressed: what follows is another frame, or [`SEVERAL`], as raw deflate (RFC 1951).
pub const PACKED: u8 = 5;

/// First byte of several frames as one: what follows are frames, each after its length as a varint.
pub const SEVERAL: u8 = 8;

/// The frames in what came, in order: itself, where it does not begin with [`SEVERAL`]. After what is no frame's length there is none.
pub fn frames_in(bytes: &[u8]) -> impl Iterator<Item = Result<&[u8], Malformed>> {
    let (mut one, several) = match bytes.split_first() {
        Some((&SEVERAL, several)) => (None, several),
        _ => (Some(bytes), &[][..]),
    };
    let mut several = BinaryInput::new(several);
    let mut is_whole = true;
    core::iter::from_fn(move || {
        if let Some(one) = one.take() {
            return Some(Ok(one));
        }
        let next = (is_whole && !several.is_at_end()).then(|| several.sized_bytes(MIRROR_FRAME_LIMIT));
        is_whole = !matches!(next, Some(Err(_)));
        next
    })
}

/// Longest text of one node or attribute, in bytes; longer ones are cut by the mask.
pub const MIRROR_TEXT_LIMIT: usize = 256 * 1024;

/// Most attributes of one element.
pub const MIRROR_ATTRIBUTES: usize = 256;

/// One node of the mirrored page. The document is 0; ids of removed nodes are not used again before the next reset.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

impl NodeId {
    /// The document.
    pub const DOCUMENT: Self = Self(0);
}

impl fmt::Debug for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// What crosses for a mirror.
#[derive(Clone, Debug, PartialEq)]
pub enum MirrorFrame {
    /// What follows builds the page: patches of a new epoch, or what was told of this one.
    Reset(Reset),
    /// Changes, in order.
    Patch(Patch),
    /// What the replica's tree should be now.
    Check(Check),
    /// A picture or font that can be had; of no epoch.
    Offer(AssetOffer),
    /// Some of its bytes; of no epoch.
    Asset(AssetPart),
    /// For who builds the page after a [`Reset`] with this number, and nobody else: nodes as they are after the patch of this number, which no
    /// patch changes before a [`Check`] has ended it.
    Retold(Patch),
    /// A frame of another mirror's, of a page that is shown within this one.
    Inner(Inner),
}

/// An empty document: with it a new epoch begins, or an epoch is told again to those who lack a part of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Reset {
    /// Chosen by chance for each page that is loaded: epochs of one are not those of another.
    pub page: u32,
    /// A new one is higher than all before.
    pub epoch: u32,
    /// The last patch that was told before; 0 in a new epoch. More than 0: [`MirrorFrame::Retold`] follow.
    pub number: u32,
    /// Whether only that is told again which somebody lacks: what is moved to its place is in what he has of this epoch.
    pub is_difference: bool,
    /// Viewport in CSS pixels, as it was when the epoch began: later ones are a [`State::Size`].
    pub size: (u32, u32),
    /// Whether the page is in quirks mode.
    pub is_quirky: bool,
    /// What media queries ask of it.
    pub device: Device,
}

/// The visitor's device, as media queries see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Device {
    /// From the lowest: prefers dark colours, reduced motion, more contrast; forces its own colours.
    pub bits: u8,
    /// Device pixels by CSS pixel, in hundredths.
    pub ratio: u32,
}

impl Default for Device {
    fn default() -> Self {
        Self { bits: 0, ratio: 100 }
    }
}

/// Changes that are to be made together.
#[derive(Clone, Debug, PartialEq)]
pub struct Patch {
    /// The epoch that it belongs to.
    pub epoch: u32,
    /// 1, 2, 3 ... in each epoch.
    pub number: u32,
    /// What changes, in order.
    pub operations: Vec<Operation>,
}

/// For the healing of drift.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Check {
    /// The epoch that it belongs to.
    pub epoch: u32,
    /// After the patch of this number.
    pub number: u32,
    /// `Tree::hash`.
    pub hash: u64,
}

/// The page of another site in a frame tells itself, where it runs the SDK, and what it tells passes through the page around it.
#[derive(Clone, Debug, PartialEq)]
pub struct Inner {
    /// The epoch of the page around it.
    pub epoch: u32,
    /// The [`NodeKind::Document`] in that page that stands for it, with nothing but a badge of [`BadgeReason::ForeignFrame`].
    pub node: NodeId,
    /// A frame of its mirror; empty: it is not told any more, and the badge stands there again.
    pub frame: Vec<u8>,
}

/// One change.
#[derive(Clone, Debug, PartialEq)]
pub enum Operation {
    /// New nodes: siblings in a row with all that is in them.
    Insert {
        /// A node that is there.
        parent: NodeId,
        /// A child of `parent`; the end where `None`.
        before: Option<NodeId>,
        /// In document order, each before its children.
        nodes: Vec<NewNode>,
    },
    /// A node that is there goes elsewhere, with all that is in it.
    Move {
        /// Not the document, and not above `parent`.
        node: NodeId,
        /// A node that is there.
        parent: NodeId,
        /// As in an insertion; not `node` itself.
        before: Option<NodeId>,
    },
    /// A node goes, with all that is in it.
    Remove {
        /// Not the document.
        node: NodeId,
    },
    /// An attribute has another value.
    Attribute {
        /// An element.
        node: NodeId,
        /// Which.
        name: Name,
        /// Absent where `None`.
        value: Option<MaskedText>,
    },
    /// A text node has another text.
    Text {
        /// A text node.
        node: NodeId,
        /// All of it.
        text: MaskedText,
    },
    /// Something that is no attribute has another value.
    State {
        /// An element, or the document for its scroll position.
        node: NodeId,
        /// What, and its value.
        state: State,
    },
}

/// A node as it is first told.
#[derive(Clone, Debug, PartialEq)]
pub struct NewNode {
    /// Not in use.
    pub id: NodeId,
    /// What it is.
    pub kind: NodeKind,
    /// How many of the nodes that follow, with all that is in each, are its children.
    pub children: u32,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub enum NodeKind {
    /// `<!DOCTYPE name PUBLIC public system>`
    Doctype {
        /// Such as `html`.
        name: Name,
        /// Empty in most pages.
        public: MaskedText,
        /// Empty in most pages.
        system: MaskedText,
    },
    /// An element.
    Element(Element),
    /// Text.
    Text(MaskedText),
    /// A comment: where it is, never what it says.
    Comment,
    /// The shadow root of its parent.
    ShadowRoot {
        /// Whether it passes focus on.
        delegates_focus: bool,
        /// Whether scripts fill its slots.
        has_manual_slots: bool,
    },
    /// The document in its parent, a frame.
    Document {
        /// Whether it is in quirks mode.
        is_quirky: bool,
    },
    /// What is in its parent, a template.
    Content,
    /// A box instead of what is not shown.
    Badge(Badge),
    /// A style sheet that its parent, a document or shadow root, has adopted; after the parent's other children.
    Sheet {
        /// For which media; all where empty.
        media: MaskedText,
        /// Its rules.
        css: MaskedText,
    },
}

/// An element with the attributes that it may show.
#[derive(Clone, Debug, PartialEq)]
pub struct Element {
    /// Where its name is from.
    pub namespace: Namespace,
    /// Its local name; lower case for HTML.
    pub name: Name,
    /// Each name once.
    pub attributes: Vec<(Name, MaskedText)>,
}

/// Namespaces that a replica makes elements in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Namespace {
    /// `http://www.w3.org/1999/xhtml`
    Html = 0,
    /// `http://www.w3.org/2000/svg`
    Svg = 1,
    /// `http://www.w3.org/1998/Math/MathML`
    MathMl = 2,
}

/// A box of the size of what is not shown, and why it is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Badge {
    /// Why.
    pub reason: BadgeReason,
    /// Size in CSS pixels.
    pub size: (u32, u32),
}

/// Why something is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BadgeReason {
    /// The customer blocked it.
    Blocked = 0,
    /// A frame of another site.
    ForeignFrame = 1,
    /// A plug-in (`object`, `embed`).
    PlugIn = 2,
    /// It is masked, and has no text that could be.
    Masked = 3,
    /// A canvas or video with something of another site in it: the page may not read it.
    Tainted = 4,
    /// A canvas that had no picture any more when it was looked at.
    Unreadable = 5,
    /// A shadow root that no script can reach.
    ClosedRoot = 6,
}

impl BadgeReason {
    /// The reason with this number.
    pub fn from_number(number: u32) -> Option<Self> {
        let all = [
            Self::Blocked,
            Self::ForeignFrame,
            Self::PlugIn,
            Self::Masked,
            Self::Tainted,
            Self::Unreadable,
            Self::ClosedRoot,
        ];
        all.get(number as usize).copied()
    }
}
