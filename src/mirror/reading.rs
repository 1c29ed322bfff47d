//! What the browser says of nodes, unmasked: it goes into the encoder and nowhere else.

use crate::mask::Marks;
use crate::protocol::mirror::{Badge, Layer, Namespace, NodeId};

/// One node, as it was read.
#[derive(Clone, Debug)]
pub struct Reading<'a> {
    /// Given by the reader, and never to another node before the next epoch.
    pub id: NodeId,
    /// What it is.
    pub kind: ReadingKind<'a>,
    /// How many of the readings that follow, with all that is in each, are its children.
    pub children: u32,
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

/// An element as it was read.
#[derive(Clone, Debug)]
pub struct ElementReading<'a> {
    /// Where its name is from.
    pub namespace: Namespace,
    /// Its local name.
    pub name: &'a str,
    /// Names and values.
    pub attributes: Vec<(&'a str, &'a str)>,
    /// What `data-alongside` and the customer's selectors say of it.
    pub marks: Marks,
    /// Size in CSS pixels; needed for elements that are marked `block` only.
    pub size: (u32, u32),
    /// What it shows besides.
    pub states: Vec<StateReading<'a>>,
}

/// Something of a node that is no attribute.
#[derive(Clone, Copy, Debug)]
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
}
