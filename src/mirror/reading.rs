//! What the browser says of nodes, unmasked: it goes into the encoder and nowhere else.

use crate::mask::{AttributeRule, Marks};
use crate::protocol::mirror::{
    Badge, Caret, DialogKind, Layer, Name, Namespace, NodeId, Picture, Playback, Span, View,
};

/// A name of elements or attributes as a page has it, with all that is known by it: looked up once, read many times.
#[derive(Clone, Debug)]
pub struct ReadName {
    /// Absent where it is no [`Name`]: what is called so is not told.
    pub(super) name: Option<Name>,
    pub(super) attribute: AttributeRule,
    pub(super) element: ElementRule,
    /// It says whether people write into an element.
    pub(super) edits: bool,
}

/// What an element's name says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ElementRule {
    Plain,
    /// Of SVG: attributes say how it is drawn.
    Svg,
    /// It has a value that people type or choose.
    Field,
    /// Its `value` attribute says how it looks.
    Gauge,
    /// It shows pictures that have no address.
    Drawn,
    /// Its `name` says which elements stand in it.
    Slot,
    /// Its `title` says which of several sheets count.
    Sheet,
    /// Code, and what would act on the agent's page: told is where it stands.
    Never,
}

/// Elements that are told as a place alone, whatever the case of their letters.
const NEVER: [&str; 7] = ["script", "noscript", "base", "meta", "object", "embed", "applet"];

impl ElementRule {
    /// The rule for elements of that name, as a page has it.
    fn of_read(name: &str) -> Self {
        let is_never = NEVER.iter().any(|never| never.eq_ignore_ascii_case(name));
        if is_never { Self::Never } else { Self::of(name) }
    }

    /// The rule for elements of a name that is told: with each attribute that changes.
    pub(super) fn of(name: &str) -> Self {
        match name {
            "input" | "textarea" | "select" => Self::Field,
            "li" | "meter" | "progress" => Self::Gauge,
            "canvas" | "video" => Self::Drawn,
            "slot" => Self::Slot,
            "style" => Self::Sheet,
            _ => Self::Plain,
        }
    }

    /// The rule for one in that namespace.
    pub(super) fn within(self, namespace: Namespace) -> Self {
        if self == Self::Plain && namespace == Namespace::Svg { Self::Svg } else { self }
    }
}

impl ReadName {
    /// The name.
    pub fn new(text: &str) -> Self {
        Self {
            name: Name::new(text),
            attribute: AttributeRule::of(text),
            element: ElementRule::of_read(text),
            edits: matches!(text, "contenteditable" | "role"),
        }
    }

    pub(super) fn is(&self, name: &str) -> bool {
        self.name.as_ref().is_some_and(|own| own.as_str() == name)
    }
}

/// One node, as it was read.
#[derive(Clone, Debug)]
pub struct Reading<'a> {
    /// Given by the reader, and never to another node before the next epoch.
    pub id: NodeId,
    /// What it is.
    pub kind: ReadingKind<'a>,
}

/// What was read.
#[derive(Clone, Debug)]
pub enum ReadingKind<'a> {
    /// `<!DOCTYPE name PUBLIC public system>`
    Doctype {
        /// Such as `html`.
        name: &'a str,
        /// Empty in most pages.
        public: &'a str,
        /// Empty in most pages.
        system: &'a str,
    },
    /// An element.
    Element(ElementReading<'a>),
    /// A text node.
    Text(&'a str),
    /// A comment; nobody reads what it says.
    Comment,
    /// The shadow root of its parent: the first of its children.
    ShadowRoot {
        /// `delegatesFocus`
        delegates_focus: bool,
        /// Whether `slotAssignment` is `manual`.
        has_manual_slots: bool,
    },
    /// The document of its parent, a frame.
    Document {
        /// Whether it is in quirks mode.
        is_quirky: bool,
    },
    /// What is in its parent, a template.
    Content,
    /// A style sheet that its parent has adopted.
    Sheet {
        /// As in `media.mediaText`.
        media: &'a str,
        /// Its rules.
        css: &'a str,
    },
    /// What cannot be read, such as a frame of another site.
    Badge(Badge),
    /// A node that was told before and is here now. Its children are not read again.
    Known,
}

impl ReadingKind<'_> {
    /// Whether readings of its children follow, and an end of them.
    pub(super) const fn is_container(&self) -> bool {
        matches!(self, Self::Element(_) | Self::ShadowRoot { .. } | Self::Document { .. } | Self::Content)
    }
}

/// An element as it was read.
#[derive(Clone, Debug)]
pub struct ElementReading<'a> {
    /// Where its name is from.
    pub namespace: Namespace,
    /// Its local name.
    pub name: &'a ReadName,
    /// Names and values.
    pub attributes: &'a [(&'a ReadName, &'a str)],
    /// What `data-alongside` and the customer's selectors say of it.
    pub marks: Marks,
    /// Size in CSS pixels; needed for elements that are marked `block` only.
    pub size: (u32, u32),
    /// What it shows besides.
    pub states: &'a [StateReading<'a>],
}

/// Something of a node that is no attribute.
#[derive(Clone, Debug)]
pub enum StateReading<'a> {
    /// What is in a field.
    Value(&'a str),
    /// `checked`
    Checked(bool),
    /// `indeterminate`
    Indeterminate(bool),
    /// `selected` of an option.
    Selected(bool),
    /// Scroll position in CSS pixels.
    Scroll(i32, i32),
    /// How it is shown above the page.
    Layer(Layer),
    /// `disabled` of a style sheet.
    Disabled(bool),
    /// See [`State::Pseudo`](crate::protocol::mirror::State::Pseudo).
    Pseudo(u8),
    /// See [`State::Picture`](crate::protocol::mirror::State::Picture).
    Picture(Picture),
    /// Pseudo-classes, with spaces between them; those of a custom element's own are `state-` and their name.
    Matches(&'a str),
    /// See [`State::Caret`](crate::protocol::mirror::State::Caret).
    Caret(Caret),
    /// See [`State::Assigned`](crate::protocol::mirror::State::Assigned).
    Assigned(Vec<NodeId>),
    /// See [`State::Selection`](crate::protocol::mirror::State::Selection).
    Selection(Option<Span>),
    /// See [`State::Highlights`](crate::protocol::mirror::State::Highlights): names and spans.
    Highlights(Vec<(&'a str, Vec<Span>)>),
    /// Style declarations.
    Look(&'a str),
    /// See [`State::Dialog`](crate::protocol::mirror::State::Dialog): what the page says in it.
    Dialog(Option<(DialogKind, &'a str)>),
    /// See [`State::Playback`](crate::protocol::mirror::State::Playback).
    Playback(Playback),
    /// See [`State::View`](crate::protocol::mirror::State::View).
    View(View),
    /// See [`State::Size`](crate::protocol::mirror::State::Size).
    Size(u32, u32),
}
