//! The visitor's half: compares what the browser reads with what was told, and tells the least set of changes, masked.

use core::mem;
use std::collections::{HashMap, HashSet, VecDeque};

use super::place::{Change, Lists};
use super::reading::{ElementReading, Reading, ReadingKind, StateReading};
use super::run;
use super::tree::{Tree, TreeNode};
use super::writer::{Writer, text_size};
use crate::mask::{
    Field, Marks, Policy, Treatment, mask_attribute, mask_css, mask_layout, private_ranges, show_ranges, show_text,
};
use crate::protocol::MaskedText;
use crate::protocol::mirror::{
    Badge, BadgeReason, Check, Element, MIRROR_ATTRIBUTES, MirrorFrame, Name, NodeId, NodeKind, Operation, Patch,
    Reset, State,
};

/// A patch is sent when it has so many bytes.
pub const PART: usize = 256 * 1024;

/// What an encoder wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum EncoderOutput {
    /// Send this.
    Send(MirrorFrame),
    /// Forget the id of this node and of all that is in it, and read its parent's children again.
    Reread(NodeId),
    /// This node is not told any more: if it comes back it has a new id.
    Forget(NodeId),
}

/// What is kept of each node besides what was told.
#[derive(Clone, Debug)]
pub(super) struct Told {
    treatment: Treatment,
    marks: Marks,
    field: Field,
    /// Inserted since the last flush.
    pub(super) is_new: bool,
    /// The text as it was read, where it may be a part of a number that is private as a whole.
    raw: Option<Box<str>>,
}

impl Default for Told {
    fn default() -> Self {
        Self { treatment: Treatment::Open, marks: Marks::default(), field: Field::None, is_new: false, raw: None }
    }
}

/// The machine that tells a page.
#[derive(Debug)]
pub struct Encoder {
    policy: Policy,
    tree: Tree<Told>,
    epoch: u32,
    number: u32,
    /// Child lists that were read since the last flush.
    lists: Lists,
    /// New nodes in the order in which they were read.
    new: Vec<NodeId>,
    /// Old values of what changed since the last flush.
    attributes: HashMap<(NodeId, Name), Option<MaskedText>>,
    texts: HashMap<NodeId, MaskedText>,
    states: HashMap<(NodeId, u8), Option<State>>,
    /// In which order they first changed.
    touched: Vec<Touched>,
    /// Texts that may have become a part of a private number.
    suspects: HashSet<NodeId>,
    outputs: VecDeque<EncoderOutput>,
}

#[derive(Debug)]
enum Touched {
    Attribute(NodeId, Name),
    Text(NodeId),
    State(NodeId, u8),
}

impl Encoder {
    /// An encoder that has not begun.
    pub fn new(policy: Policy) -> Self {
        Self {
            policy,
            tree: Tree::default(),
            epoch: 0,
            number: 0,
            lists: Lists::default(),
            new: Vec::new(),
            attributes: HashMap::new(),
            texts: HashMap::new(),
            states: HashMap::new(),
            touched: Vec::new(),
            suspects: HashSet::new(),
            outputs: VecDeque::new(),
        }
    }

    /// Begins anew: all ids may be given again, and the document's children are to be read.
    pub fn begin(&mut self, size: (u32, u32), is_quirky: bool) {
        let epoch = self.epoch + 1;
        *self = Self { epoch, outputs: mem::take(&mut self.outputs), ..Self::new(self.policy) };
        if let Some(document) = self.tree.node_mut(NodeId::DOCUMENT) {
            document.own.treatment = self.policy.document();
        }
        self.outputs.push_back(EncoderOutput::Send(MirrorFrame::Reset(Reset { epoch, size, is_quirky })));
    }

    /// The children of `parent` are these now, in order; new ones with all that is in them. Nodes that are not shown have no
    /// children that matter, and are ignored.
    pub fn handle_children(&mut self, parent: NodeId, readings: &[Reading<'_>]) {
        let Some(treatment) = self.tree.node(parent).map(|node| node.own.treatment) else { return };
        if !is_container(&self.tree, parent) {
            return;
        }
        let mut open = vec![Open { parent: Some(parent), treatment, left: u32::MAX, children: Vec::new() }];
        for reading in readings {
            while open.len() > 1 && open.last().is_some_and(|level| level.left == 0) {
                self.close(open.pop());
            }
            let Some(level) = open.last_mut() else { return };
            level.left -= 1;
            let (above, treatment) = (level.parent, level.treatment);
            let told = above.and_then(|above| self.tell(above, treatment, reading));
            if told.is_none() && !matches!(reading.kind, ReadingKind::Known) {
                // Read again whenever it is found: it may be told then.
                self.outputs.push_back(EncoderOutput::Forget(reading.id));
            }
            if let (Some(level), Some(_)) = (open.last_mut(), told) {
                level.children.push(reading.id);
            }
            if reading.children > 0 {
                let inner = told.filter(|_| is_container(&self.tree, reading.id));
                open.push(Open {
                    parent: inner.map(|_| reading.id),
                    treatment: inner.unwrap_or(Treatment::Hidden),
                    left: reading.children,
                    children: Vec::new(),
                });
            }
        }
        while let Some(level) = open.pop() {
            self.close(Some(level));
        }
    }

    /// An attribute was changed or, with `None`, taken away. Where the element's marks changed too, tell those first.
    pub fn handle_attribute(&mut self, node: NodeId, name: &str, value: Option<&str>) {
        let Some(target) = self.tree.node(node) else { return };
        let NodeKind::Element(element) = &target.kind else { return };
        let Some(name) = Name::new(name) else { return };
        let value = value.and_then(|value| attribute_value(target.own.treatment, element, name.as_str(), value));
        let before = target.attribute(&name).cloned();
        if !target.own.is_new && !self.attributes.contains_key(&(node, name.clone())) {
            self.attributes.insert((node, name.clone()), before);
            self.touched.push(Touched::Attribute(node, name.clone()));
        }
        if let Some(target) = self.tree.node_mut(node) {
            target.set_attribute(name, value);
            let NodeKind::Element(element) = &target.kind else { return };
            let field = field_of(element);
            let was = target.own.field;
            target.own.field = was.becomes(field);
            let value = match target.state(0) {
                Some(State::Value(value)) => Some(value.clone()),
                _ => None,
            };
            // What was typed before it became a secret is one from now on.
            if target.own.field == Field::Secret
                && was != Field::Secret
                && let Some(value) = value
            {
                self.handle_state(node, StateReading::Value(&value));
            }
        }
    }

    /// What `data-alongside` and the customer's selectors say of an element has changed.
    pub fn handle_marks(&mut self, node: NodeId, marks: Marks) {
        let above =
            self.tree.node(node).and_then(|target| self.tree.node(target.parent?)).map(|above| above.own.treatment);
        let (Some(above), Some(target)) = (above, self.tree.node_mut(node)) else { return };
        // Also where they make no difference here: the element may move to where they do.
        target.own.marks = marks;
        let treatment = self.policy.element(above, marks);
        if mem::replace(&mut target.own.treatment, treatment) != treatment {
            self.outputs.push_back(EncoderOutput::Reread(node));
        }
    }

    /// A text node has another text.
    pub fn handle_text(&mut self, node: NodeId, text: &str) {
        let Some((parent, before, is_new)) = self.tree.node(node).and_then(|target| match &target.kind {
            NodeKind::Text(before) => Some((target.parent, before.clone(), target.own.is_new)),
            _ => None,
        }) else {
            return;
        };
        let Some((masked, raw)) = parent.and_then(|parent| self.mask_text(parent, text)) else { return };
        if !is_new && !self.texts.contains_key(&node) {
            self.texts.insert(node, before);
            self.touched.push(Touched::Text(node));
        }
        if let Some(target) = self.tree.node_mut(node) {
            target.kind = NodeKind::Text(masked);
            if raw.is_some() || target.own.raw.is_some() {
                self.suspects.insert(node);
            }
            target.own.raw = raw;
        }
    }

    /// Something that is no attribute has changed.
    pub fn handle_state(&mut self, node: NodeId, state: StateReading<'_>) {
        let Some(target) = self.tree.node(node) else { return };
        let Some(state) = state_of(&target.own, state) else { return };
        let slot = state.slot();
        if !target.own.is_new && !self.states.contains_key(&(node, slot)) {
            let before = target.state(slot).cloned();
            self.states.insert((node, slot), before);
            self.touched.push(Touched::State(node, slot));
        }
        if let Some(target) = self.tree.node_mut(node) {
            target.set_state(state);
        }
    }

    /// Tells what has changed since the last flush; nothing where nothing did.
    pub fn flush(&mut self) {
        let changes = mem::take(&mut self.lists).settle(&mut self.tree);
        self.drop_unplaced();
        self.recheck_numbers();
        let mut writer = Writer::default();
        for change in changes {
            match change {
                Change::Insert { parent, before, roots } => writer.insert(&self.tree, parent, before, &roots),
                Change::Move { node, parent, before } => writer.push(Operation::Move { node, parent, before }, 12),
                Change::Remove { node } => {
                    writer.push(Operation::Remove { node }, 6);
                    self.forget(node);
                }
                Change::Forget { node } => self.forget(node),
            }
        }
        for node in mem::take(&mut self.new) {
            let Some(target) = self.tree.node_mut(node) else { continue };
            target.own.is_new = false;
            for state in target.states.clone() {
                let size = 8 + text_size(&state);
                writer.push(Operation::State { node, state }, size);
            }
        }
        self.write_touched(&mut writer);
        for operations in writer.finish() {
            self.number += 1;
            let patch = Patch { epoch: self.epoch, number: self.number, operations };
            self.outputs.push_back(EncoderOutput::Send(MirrorFrame::Patch(patch)));
        }
    }

    /// Tells what the replica's tree should be now; call it every few seconds, after a flush.
    pub fn check(&mut self) {
        let check = Check { epoch: self.epoch, number: self.number, hash: self.tree.hash() };
        self.outputs.push_back(EncoderOutput::Send(MirrorFrame::Check(check)));
    }

    /// The next thing to do; call until `None`.
    pub fn poll_output(&mut self) -> Option<EncoderOutput> {
        self.outputs.pop_front()
    }

    /// Whether the node was told, so that it is not read again where it is found.
    pub fn knows(&self, node: NodeId) -> bool {
        self.tree.contains(node)
    }

    /// How many nodes are told.
    pub fn len(&self) -> usize {
        self.tree.len()
    }

    /// Whether only the document is told.
    pub fn is_empty(&self) -> bool {
        self.tree.len() == 1
    }

    /// [`Tree::hash`] of what was told and read.
    pub fn hash(&self) -> u64 {
        self.tree.hash()
    }

    /// Takes one reading into the tree, not placed yet. How its children are treated; `None` where it is not told.
    fn tell(&mut self, parent: NodeId, above: Treatment, reading: &Reading<'_>) -> Option<Treatment> {
        let id = reading.id;
        let mut own = Told { treatment: above, is_new: true, ..Told::default() };
        let mut states = Vec::new();
        let kind = match &reading.kind {
            ReadingKind::Known => return self.tell_again(above, id),
            ReadingKind::Doctype { name, public, system } => {
                NodeKind::Doctype { name: Name::new(name)?, public: show_text(public), system: show_text(system) }
            }
            ReadingKind::Comment => NodeKind::Comment,
            ReadingKind::ShadowRoot { delegates_focus, has_manual_slots } => {
                NodeKind::ShadowRoot { delegates_focus: *delegates_focus, has_manual_slots: *has_manual_slots }
            }
            ReadingKind::Document { is_quirky } => NodeKind::Document { is_quirky: *is_quirky },
            ReadingKind::Badge(badge) => NodeKind::Badge(*badge),
            ReadingKind::Sheet { media, css } => {
                let shows = above.shows_text();
                NodeKind::Sheet { media: mask_css(shows, media), css: mask_css(shows, css) }
            }
            ReadingKind::Text(text) => {
                let (masked, raw) = self.mask_text(parent, text)?;
                if raw.is_some() {
                    self.suspects.insert(id);
                }
                own.raw = raw;
                NodeKind::Text(masked)
            }
            ReadingKind::Element(element) => {
                own.treatment = self.policy.element(above, element.marks);
                own.marks = element.marks;
                match own.treatment {
                    Treatment::Hidden => return None,
                    Treatment::Blocked => NodeKind::Badge(Badge { reason: BadgeReason::Blocked, size: element.size }),
                    treatment => {
                        let told = element_of(treatment, element)?;
                        // By what was read: the attributes that are told may be fewer.
                        own.field = field_read(element);
                        states.extend(element.states.iter().filter_map(|state| state_of(&own, *state)));
                        NodeKind::Element(told)
                    }
                }
            }
        };
        let treatment = own.treatment;
        if !self.tree.add(id, kind, own) {
            return None;
        }
        if let Some(node) = self.tree.node_mut(id) {
            node.states = states;
        }
        self.new.push(id);
        Some(treatment)
    }

    /// A node that was told is somewhere else: as it was, or, where it is treated otherwise there, to be read anew.
    fn tell_again(&mut self, above: Treatment, id: NodeId) -> Option<Treatment> {
        let own = &self.tree.node(id)?.own;
        if self.policy.element(above, own.marks) == own.treatment {
            return Some(own.treatment);
        }
        self.outputs.push_back(EncoderOutput::Reread(id));
        None
    }

    /// New nodes that a later reading left out again.
    fn drop_unplaced(&mut self) {
        for id in self.new.clone() {
            if self.tree.node(id).is_some_and(|node| node.parent.is_none()) {
                self.forget(id);
            }
        }
    }

    fn forget(&mut self, node: NodeId) {
        let outputs = &mut self.outputs;
        self.tree.discard(node, |gone| outputs.push_back(EncoderOutput::Forget(gone)));
    }

    fn close(&mut self, level: Option<Open>) {
        if let Some(Open { parent: Some(parent), children, .. }) = level {
            self.lists.add(parent, children);
        }
    }

    /// The text as it may be told, and as it was read where it has digits; `None` where a parent's text is not told at all.
    fn mask_text(&self, parent: NodeId, text: &str) -> Option<(MaskedText, Option<Box<str>>)> {
        let node = self.tree.node(parent)?;
        let shows = node.own.treatment.shows_text();
        match &node.kind {
            NodeKind::Element(element) if element.name.as_str() == "style" => Some((mask_css(shows, text), None)),
            _ if !shows => Some((mask_layout(text), None)),
            _ => {
                let has_digits = text.chars().any(char::is_numeric);
                Some((show_text(text), has_digits.then(|| text.into())))
            }
        }
    }

    /// Masks numbers that are private only together with the texts beside them.
    fn recheck_numbers(&mut self) {
        let mut done = HashSet::new();
        for suspect in mem::take(&mut self.suspects) {
            if done.contains(&suspect) || !self.tree.contains(suspect) {
                continue;
            }
            let run = run::run_of(&self.tree, suspect);
            let text_of = |id: &NodeId| match self.tree.node(*id) {
                Some(TreeNode { own: Told { raw: Some(raw), .. }, .. }) => raw.to_string(),
                Some(TreeNode { kind: NodeKind::Text(text), .. }) => text.to_string(),
                _ => String::new(),
            };
            let texts: Vec<String> = run.iter().map(text_of).collect();
            let ranges = private_ranges(&texts.concat());
            let mut start = 0;
            for (id, raw) in run.into_iter().zip(texts) {
                let masked = show_ranges(&raw, &run::part(&ranges, start, raw.len()));
                start += raw.len();
                done.insert(id);
                self.replace_text(id, masked);
            }
        }
    }

    fn replace_text(&mut self, id: NodeId, masked: MaskedText) {
        let Some(target) = self.tree.node_mut(id) else { return };
        let (NodeKind::Text(held), true) = (&mut target.kind, target.own.raw.is_some()) else { return };
        if *held == masked {
            return;
        }
        let before = mem::replace(held, masked);
        if !target.own.is_new && !self.texts.contains_key(&id) {
            self.texts.insert(id, before);
            self.touched.push(Touched::Text(id));
        }
    }

    /// What changed in nodes that were told before, and is not as it was.
    fn write_touched(&mut self, writer: &mut Writer) {
        for touched in mem::take(&mut self.touched) {
            match touched {
                Touched::Attribute(node, name) => {
                    let Some(target) = self.tree.node(node) else { continue };
                    let value = target.attribute(&name).cloned();
                    if self.attributes.get(&(node, name.clone())) != Some(&value) {
                        let size = 12 + value.as_ref().map_or(0, |value| value.len());
                        writer.push(Operation::Attribute { node, name, value }, size);
                    }
                }
                Touched::Text(node) => {
                    let Some(TreeNode { kind: NodeKind::Text(text), .. }) = self.tree.node(node) else { continue };
                    if self.texts.get(&node) != Some(text) {
                        writer.push(Operation::Text { node, text: text.clone() }, 8 + text.len());
                    }
                }
                Touched::State(node, slot) => {
                    let Some(target) = self.tree.node(node) else { continue };
                    let state = target.state(slot).cloned();
                    if self.states.get(&(node, slot)) != Some(&state)
                        && let Some(state) = state
                    {
                        let size = 8 + text_size(&state);
                        writer.push(Operation::State { node, state }, size);
                    }
                }
            }
        }
        self.attributes.clear();
        self.texts.clear();
        self.states.clear();
    }
}

/// A node whose children are being read.
struct Open {
    /// `None` where it is not told.
    parent: Option<NodeId>,
    treatment: Treatment,
    left: u32,
    children: Vec<NodeId>,
}

/// Whether what is in a node is told.
fn is_container(tree: &Tree<Told>, id: NodeId) -> bool {
    match tree.node(id).map(|node| &node.kind) {
        // What is in a text area is its value.
        Some(NodeKind::Element(element)) => element.name.as_str() != "textarea",
        Some(NodeKind::ShadowRoot { .. } | NodeKind::Document { .. }) => true,
        _ => false,
    }
}

/// The element as it may be told; `None` for what never is: code, and what would act on the agent's page.
fn element_of(treatment: Treatment, element: &ElementReading<'_>) -> Option<Element> {
    let name = Name::new(element.name)?;
    let lower = name.as_str().to_ascii_lowercase();
    if matches!(lower.as_str(), "script" | "noscript" | "base" | "meta" | "template" | "object" | "embed" | "applet") {
        return None;
    }
    let mut told = Element { namespace: element.namespace, name, attributes: Vec::new() };
    for (attribute, value) in element.attributes.iter().take(MIRROR_ATTRIBUTES) {
        if let (Some(name), Some(value)) = (Name::new(attribute), attribute_value(treatment, &told, attribute, value)) {
            told.attributes.push((name, value));
        }
    }
    Some(told)
}

fn attribute_value(treatment: Treatment, element: &Element, name: &str, value: &str) -> Option<MaskedText> {
    // Here it says how the element looks.
    if name == "value" && matches!(element.name.as_str(), "li" | "meter" | "progress") {
        return Some(show_text(value));
    }
    mask_attribute(treatment, name, value)
}

fn field_read(element: &ElementReading<'_>) -> Field {
    let attribute = |wanted| element.attributes.iter().find(|(name, _)| *name == wanted).map(|(_, value)| *value);
    Field::of(element.name, attribute("type"), attribute("autocomplete"))
}

fn field_of(element: &Element) -> Field {
    let attribute =
        |wanted| element.attributes.iter().find(|(name, _)| name.as_str() == wanted).map(|(_, value)| value.as_str());
    Field::of(element.name.as_str(), attribute("type"), attribute("autocomplete"))
}

/// The state as it may be told. Choices are masked as texts are: not told.
fn state_of(own: &Told, state: StateReading<'_>) -> Option<State> {
    let shows = own.treatment.shows_text();
    match state {
        StateReading::Value(value) => own.field.mask(own.treatment, value).map(State::Value),
        StateReading::Checked(is) => shows.then_some(State::Checked(is)),
        StateReading::Indeterminate(is) => shows.then_some(State::Indeterminate(is)),
        StateReading::Selected(is) => shows.then_some(State::Selected(is)),
        StateReading::Scroll(x, y) => Some(State::Scroll(x, y)),
        StateReading::Layer(layer) => Some(State::Layer(layer)),
        StateReading::Disabled(is) => Some(State::Disabled(is)),
    }
}
