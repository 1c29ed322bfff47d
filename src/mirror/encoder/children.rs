//! Lists of children as they are read: what of them is told, and where it goes.

use core::mem;

use super::pictures::{note_css, note_pictures};
use super::{Encoder, EncoderOutput};
use crate::mask::{Field, Marks, Treatment, mask_css, show_text};
use crate::mirror::element::{element_of, field_read, treat, treat_element};
use crate::mirror::reading::{ElementRule, Reading, ReadingKind, StateReading};
use crate::mirror::state;
use crate::mirror::told::{Told, guard_of, is_container};
use crate::mirror::tree::{DEPTH_LIMIT, TreeNode};
use crate::protocol::MaskedText;
use crate::protocol::mirror::{Badge, BadgeReason, Name, NodeId, NodeKind, Picture, State};

impl Encoder {
    /// The children of `parent` are now those that are read until [`Encoder::close_children`], in order; new ones with all that
    /// is in them. Nodes that are not shown have no children that matter.
    pub fn open_children(&mut self, parent: NodeId) {
        self.end_retelling();
        let place = Place::List(Vec::new());
        self.open_level(parent, place);
    }

    /// As [`Encoder::open_children`], for those that come after all that were read before.
    pub fn open_more_children(&mut self, parent: NodeId) {
        self.end_retelling();
        let is_new = self.tree.node(parent).is_some_and(|node| node.own.is_new(self.batch));
        let place = match is_new {
            true => Place::Tree { list: self.lists.take(parent) },
            false => Place::Tail(Vec::new()),
        };
        self.open_level(parent, place);
    }

    /// The next child. Where it is an element, a shadow root or a document, its own children follow, and a
    /// [`Encoder::close_children`].
    pub fn handle_node(&mut self, reading: &Reading<'_>) {
        let Some(level) = self.open.last() else { return };
        let (parent, treatment, depth) = (level.parent, level.treatment, level.depth);
        // What is deeper no replica takes.
        let told = parent.filter(|_| depth < DEPTH_LIMIT).and_then(|parent| self.tell(parent, treatment, reading));
        match told {
            Some(_) => self.put(reading.id, matches!(reading.kind, ReadingKind::Known)),
            None if matches!(reading.kind, ReadingKind::Known) => {}
            // Read again whenever it is found: it may be told then.
            None => self.outputs.push_back(EncoderOutput::Forget(reading.id)),
        }
        if reading.kind.is_container() {
            let inner = told.filter(|_| is_container(&self.tree, reading.id));
            let treatment = inner.unwrap_or(Treatment::Hidden);
            let parent = inner.map(|_| reading.id);
            let place = Place::Tree { list: None };
            self.open.push(Open { parent, depth: depth + 1, treatment, place, is_unread: false });
        }
    }

    /// Here stand children that are new, and are read later: a part of a number may be among them.
    pub fn handle_unread(&mut self) {
        if let Some(level) = self.open.last_mut() {
            level.is_unread = true;
        }
    }

    /// All children of the parent that was opened last were read, or as many as there was time for.
    pub fn close_children(&mut self) {
        let Some(Open { parent: Some(parent), place, is_unread, .. }) = self.open.pop() else { return };
        if let Some(own) = self.tree.own_mut(parent) {
            own.ends_unread = is_unread;
        }
        match place {
            Place::List(children) | Place::Tree { list: Some(children) } => {
                let before = self.tree.children(parent).to_vec();
                self.note_seams(parent, &before, &children);
                self.lists.set(parent, children);
            }
            Place::Tail(children) => {
                // The first of them comes after what was read before.
                self.suspects.extend(children.first());
                self.note_seams(parent, &[], &children);
                self.lists.append(parent, children);
            }
            Place::Tree { list: None } => {}
        }
        if self.open.is_empty() {
            self.reread_renamed();
        }
    }

    /// A style sheet came after what it is for: masked parts had their names renamed, and need not.
    pub(super) fn reread_renamed(&mut self) {
        if !self.names.take_outdated() {
            return;
        }
        // Those that have no place yet, too; of parts in masked parts the outer one comes first.
        let mut open: Vec<NodeId> = self.roots.iter().rev().copied().chain([NodeId::DOCUMENT]).collect();
        while let Some(id) = open.pop() {
            match self.tree.node(id) {
                Some(node) if node.own.treatment == Treatment::Masked => {
                    self.outputs.push_back(EncoderOutput::Reread(id));
                }
                Some(node) => open.extend(&node.children),
                None => {}
            }
        }
    }

    /// Takes one reading into the tree, not placed yet. How its children are treated; `None` where it is not told.
    fn tell(&mut self, parent: NodeId, above: Treatment, reading: &Reading<'_>) -> Option<Treatment> {
        let id = reading.id;
        let mut own = Told { treatment: above, batch: self.batch, ..Told::default() };
        let mut states = Vec::new();
        let kind = match &reading.kind {
            ReadingKind::Known => return self.tell_again(above, id),
            ReadingKind::Doctype { name, public, system } => {
                // What it says besides is for parsers.
                let shown = |text| if above.shows_text() { show_text(text) } else { MaskedText::default() };
                let name = if above.shows_text() { name } else { "html" };
                NodeKind::Doctype { name: Name::new(name)?, public: shown(public), system: shown(system) }
            }
            ReadingKind::Comment => NodeKind::Comment,
            ReadingKind::ShadowRoot { delegates_focus, has_manual_slots } => {
                NodeKind::ShadowRoot { delegates_focus: *delegates_focus, has_manual_slots: *has_manual_slots }
            }
            ReadingKind::Content => NodeKind::Content,
            ReadingKind::Document { is_quirky } => NodeKind::Document { is_quirky: *is_quirky },
            ReadingKind::Badge(badge) => NodeKind::Badge(*badge),
            ReadingKind::Sheet { media, css } => {
                let shows = above.shows_text();
                if shows {
                    note_css(&mut self.addresses, &mut self.outputs, css);
                }
                let names = &mut self.names;
                NodeKind::Sheet { media: mask_css(names, shows, media), css: mask_css(names, shows, css) }
            }
            ReadingKind::Text(text) => {
                let (masked, raw) = self.mask_text(parent, above, text)?;
                if raw.is_some() {
                    self.suspects.push(id);
                }
                own.raw = raw;
                NodeKind::Text(masked)
            }
            ReadingKind::Element(element) => {
                own.marks = element.marks;
                // By what was read: the attributes that are told may be fewer.
                own.field = field_read(element);
                let is_known = element.marks.has(Marks::SECRET);
                if own.field == Field::Secret || (is_known && element.name.element == ElementRule::Field) {
                    own.field = Field::Secret;
                    own.marks = element.marks.with(Marks::SECRET);
                } else if is_known && own.field == Field::None {
                    // What people wrote into it they wrote.
                    own.field = Field::Edited;
                }
                let name = element.name.name.as_ref().map_or("", Name::as_str);
                own.treatment = treat_element(self.policy, above, &own, name);
                match own.treatment {
                    Treatment::Hidden => return None,
                    Treatment::Blocked => NodeKind::Badge(Badge { reason: BadgeReason::Blocked, size: element.size }),
                    treatment => {
                        let told = element_of(&mut self.names, treatment, own.field, element)?;
                        let (addresses, outputs) = (&mut self.addresses, &mut self.outputs);
                        for (attribute, value) in element.attributes.iter() {
                            let attribute = attribute.name.as_ref().map_or("", Name::as_str);
                            note_pictures(addresses, outputs, treatment, name, attribute, value);
                        }
                        let is_code = element.name.element == ElementRule::Never;
                        for state in element.states.iter().filter(|_| !is_code) {
                            let state = state.clone();
                            states.extend(state::told(&mut self.names, treatment, own.field, state, |_| false));
                        }
                        if element.name.element == ElementRule::Drawn && !treatment.shows_text() {
                            states.push(State::Picture(Picture::Badge(BadgeReason::Masked)));
                        }
                        states.extend(guard_of(&own, above).filter(|_| !is_code).map(State::Guard));
                        NodeKind::Element(told)
                    }
                }
            }
        };
        let treatment = own.treatment;
        let is_secret = matches!(own.field, Field::Secret | Field::Edited);
        let is_drawn = treatment.shows_text()
            && matches!(&reading.kind, ReadingKind::Element(element) if element.name.element == ElementRule::Drawn);
        if !self.tree.add(id, kind, own) {
            return None;
        }
        if let ReadingKind::Element(element) = &reading.kind {
            let values = element.states.iter().filter_map(|state| match state {
                StateReading::Value(value) => Some(*value),
                _ => None,
            });
            values.for_each(|value| self.note_value(id, value));
        }
        if is_secret {
            self.outputs.push_back(EncoderOutput::Remember(id));
        }
        if is_drawn {
            self.outputs.push_back(EncoderOutput::Draw(id));
        }
        if !states.is_empty()
            && let Some(node) = self.tree.node_mut(id)
        {
            node.states = states;
            self.stateful.push(id);
        }
        Some(treatment)
    }

    /// A node that was told is somewhere else: as it was, or, where it is treated otherwise there, to be read anew.
    fn tell_again(&mut self, above: Treatment, id: NodeId) -> Option<Treatment> {
        let TreeNode { own, kind, .. } = self.tree.node(id)?;
        if treat(self.policy, above, own, kind) == own.treatment {
            return Some(own.treatment);
        }
        self.outputs.push_back(EncoderOutput::Reread(id));
        None
    }

    fn open_level(&mut self, parent: NodeId, place: Place) {
        let treatment = self.tree.node(parent).map(|node| node.own.treatment);
        let parent = treatment.map(|_| parent).filter(|parent| is_container(&self.tree, *parent));
        let above = core::iter::successors(parent, |id| self.tree.node(*id)?.parent);
        // One that went into itself meanwhile has no depth; it is read again where it is now.
        let depth = above.take(DEPTH_LIMIT).count();
        let treatment = treatment.unwrap_or(Treatment::Hidden);
        self.open.push(Open { parent, depth, treatment, place, is_unread: false });
    }

    /// Puts what was told into the parent that was opened last.
    fn put(&mut self, id: NodeId, is_known: bool) {
        let Some(Open { parent: Some(parent), place, is_unread, .. }) = self.open.last_mut() else { return };
        if let Some(own) = self.tree.own_mut(id) {
            own.follows_unread = mem::take(is_unread);
        }
        match place {
            Place::List(children) | Place::Tail(children) => {
                children.push(id);
                if !is_known {
                    self.roots.push(id);
                }
            }
            Place::Tree { list } => {
                // One that was told before is moved when the lists are settled.
                if is_known && list.is_none() {
                    *list = Some(self.tree.children(*parent).to_vec());
                }
                if let Some(list) = list {
                    list.push(id);
                }
                if !is_known {
                    self.tree.append(id, *parent);
                }
            }
        }
    }

    /// New nodes that a later reading left out again.
    pub(super) fn drop_unplaced(&mut self) {
        for id in mem::take(&mut self.roots) {
            if self.tree.node(id).is_some_and(|node| node.parent.is_none()) {
                self.forget(id);
            }
        }
    }
}

/// A parent whose children are being read.
#[derive(Debug)]
pub(super) struct Open {
    /// `None` where it is not told.
    parent: Option<NodeId>,
    /// How many nodes its children are in.
    depth: usize,
    treatment: Treatment,
    place: Place,
    /// Whether children that are read later come next.
    is_unread: bool,
}

/// Where children go as they are read.
#[derive(Debug)]
pub(super) enum Place {
    /// Into the list of a parent that was told before: what has changed of it is seen when it is settled.
    List(Vec<NodeId>),
    /// After the children of such a parent.
    Tail(Vec<NodeId>),
    /// The parent is new: so are its children, and they are put into the tree at once.
    Tree {
        /// All children, where some of them were told before and come from elsewhere.
        list: Option<Vec<NodeId>>,
    },
}
