//! The visitor's half: compares what the browser reads with what was told, and tells the least set of changes, masked.

use core::mem;
use std::collections::{HashSet, VecDeque};

use super::asset::Addresses;
use super::element::{CODE, attribute_value, element_of, field_of, field_read, treat, treat_element};
use super::place::{Change, Ids, Lists};
use super::reading::{ElementRule, ReadName, Reading, ReadingKind, StateReading};
use super::run::{self, Finder};
use super::state;
use super::told::{Changes, Guard, Told, Was, bits_of, guard_of, is_container, shows};
use super::tree::{DEPTH_LIMIT, Tree, TreeNode};
use super::writer::Writer;
use crate::mask::{
    Field, Marks, Names, Policy, Treatment, css_addresses, mask_css, mask_layout, picture_addresses, private_ranges,
    show_ranges, show_text,
};
use crate::protocol::mirror::{
    Badge, BadgeReason, Caret, Check, Device, MirrorFrame, Name, NodeId, NodeKind, Operation, Picture, Reset, State,
};
use crate::protocol::{AssetHash, AssetKind, AssetOffer, MaskedText};

/// A patch is sent when it has so many bytes.
pub const PART: usize = 256 * 1024;

/// So much is hashed at a time, in words of 64 bits: about a millisecond's work.
const CHECKED_WORDS: usize = 128 * 1024;

/// What an encoder wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum EncoderOutput {
    /// Send this, a [`MirrorFrame`].
    Send(Vec<u8>),
    /// Forget the id of this node and of all that is in it, and read its parent's children again.
    Reread(NodeId),
    /// This node is not told any more: if it comes back it has a new id.
    Forget(NodeId),
    /// This node is a secret from now on: wherever it is read again it has [`Marks::SECRET`]. Do it before all else.
    Remember(NodeId),
    /// This canvas or video is shown: tell its pictures with [`Encoder::handle_state`].
    Draw(NodeId),
    /// The page shows this picture or font: once it is there, offer it with [`Encoder::offer`].
    Fetch(u32, String),
}

/// The machine that tells a page.
#[derive(Debug)]
pub struct Encoder {
    policy: Policy,
    /// What it is from the next epoch on, where it was chosen anew.
    next_policy: Option<Policy>,
    names: Names,
    tree: Tree<Told>,
    epoch: u32,
    number: u32,
    /// The patch after which the replica was told what its tree should be.
    checked: u32,
    /// Counts the flushes, from 1.
    batch: u32,
    /// Parents whose children are being read, the innermost last.
    open: Vec<Open>,
    /// Child lists that were read since the last flush.
    lists: Lists,
    /// New nodes that have no place before the lists are settled.
    roots: Vec<NodeId>,
    /// New nodes that have states, in the order in which they were read.
    stateful: Vec<NodeId>,
    changes: Changes,
    /// Texts that may have become a part of a private number.
    suspects: Vec<NodeId>,
    addresses: Addresses,
    outputs: VecDeque<EncoderOutput>,
}

impl Encoder {
    /// An encoder that has not begun.
    pub fn new(policy: Policy) -> Self {
        Self {
            policy,
            next_policy: None,
            names: Names::new(policy),
            tree: Tree::default(),
            epoch: 0,
            number: 0,
            checked: 0,
            batch: 1,
            open: Vec::new(),
            lists: Lists::default(),
            roots: Vec::new(),
            stateful: Vec::new(),
            changes: Changes::default(),
            suspects: Vec::new(),
            addresses: Addresses::default(),
            outputs: VecDeque::new(),
        }
    }

    /// Its epochs follow this one: replicas that have seen it ignore earlier ones.
    pub fn after(self, epoch: u32) -> Self {
        Self { epoch, ..self }
    }

    /// The customer has chosen anew what agents see, also what the marks will be: that counts from the next epoch on. What waits is never
    /// told, and pictures are to be fetched again where they still are shown.
    pub fn handle_policy(&mut self, is_private_by_default: bool) {
        self.next_policy = Some(Policy { is_private_by_default, ..self.policy });
    }

    /// Begins anew: all ids may be given again, and the document's children are to be read.
    pub fn begin(&mut self, size: (u32, u32), is_quirky: bool, device: Device) {
        let epoch = self.epoch + 1;
        *self = match self.next_policy {
            Some(policy) => Self { epoch, ..Self::new(policy) },
            None => {
                let (addresses, outputs) = (mem::take(&mut self.addresses), mem::take(&mut self.outputs));
                Self { epoch, addresses, outputs, ..Self::new(self.policy) }
            }
        };
        if let Some(document) = self.tree.node_mut(NodeId::DOCUMENT) {
            document.own.treatment = self.policy.document();
        }
        self.send(&MirrorFrame::Reset(Reset { epoch, size, is_quirky, device }));
    }

    /// The children of `parent` are now those that are read until [`Encoder::close_children`], in order; new ones with all that
    /// is in them. Nodes that are not shown have no children that matter.
    pub fn open_children(&mut self, parent: NodeId) {
        let place = Place::List(Vec::new());
        self.open_level(parent, place);
    }

    /// As [`Encoder::open_children`], for those that come after all that were read before.
    pub fn open_more_children(&mut self, parent: NodeId) {
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
            self.open.push(Open { parent, depth: depth + 1, treatment, place: Place::Tree { list: None } });
        }
    }

    /// All children of the parent that was opened last were read, or as many as there was time for.
    pub fn close_children(&mut self) {
        let Some(Open { parent: Some(parent), place, .. }) = self.open.pop() else { return };
        match place {
            Place::List(children) | Place::Tree { list: Some(children) } => self.lists.set(parent, children),
            Place::Tail(children) => self.lists.append(parent, children),
            Place::Tree { list: None } => {}
        }
        if self.open.is_empty() {
            self.reread_renamed();
        }
    }

    /// A style sheet came after what it is for: masked parts had their names renamed, and need not.
    fn reread_renamed(&mut self) {
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

    /// An attribute was changed or, with `None`, taken away. Where the element's marks changed too, tell those first.
    pub fn handle_attribute(&mut self, node: NodeId, name: &ReadName, value: Option<&str>) {
        let batch = self.batch;
        let Some(target) = self.tree.node_mut(node) else { return };
        let NodeKind::Element(element) = &target.kind else { return };
        let Some(held) = &name.name else { return };
        if element.name.as_str() == CODE {
            return;
        }
        let is_gauge = matches!(element.name.as_str(), "li" | "meter" | "progress");
        let is_field = matches!(element.name.as_str(), "input" | "textarea" | "select");
        let treatment = target.own.treatment;
        if let Some(value) = value {
            note_pictures(
                &mut self.addresses,
                &mut self.outputs,
                treatment,
                element.name.as_str(),
                held.as_str(),
                value,
            );
        }
        let value = value.and_then(|value| attribute_value(&mut self.names, treatment, is_gauge, name, value));
        if !target.own.is_new(batch) {
            let was = Was::Attribute(held.clone(), target.attribute(held).cloned());
            self.changes.keep(node, &mut target.own, was);
        }
        target.set_attribute(held.clone(), value);
        if !is_field {
            return;
        }
        let NodeKind::Element(element) = &target.kind else { return };
        let field = field_of(element);
        let was = target.own.field;
        target.own.field = was.becomes(field);
        if target.own.field != Field::Secret || was == Field::Secret {
            return self.tell_guard(node);
        }
        let marks = target.own.marks.with(Marks::SECRET);
        let value = match target.state(State::VALUE) {
            Some(State::Value(value)) => Some(value.clone()),
            _ => None,
        };
        let has_caret = target.state(State::CARET).is_some();
        self.outputs.push_back(EncoderOutput::Remember(node));
        if has_caret {
            self.handle_state(node, StateReading::Caret(Caret::START));
        }
        self.handle_marks(node, marks);
        // What was typed before it became a secret is one from now on.
        if let Some(value) = value {
            self.handle_state(node, StateReading::Value(&value));
        }
    }

    /// What `data-alongside` and the customer's selectors say of an element has changed.
    pub fn handle_marks(&mut self, node: NodeId, marks: Marks) {
        let above =
            self.tree.node(node).and_then(|target| self.tree.node(target.parent?)).map(|above| above.own.treatment);
        let (Some(above), Some(target)) = (above, self.tree.node_mut(node)) else { return };
        // Also where they make no difference here: the element may move to where they do.
        target.own.marks = marks;
        let treatment = treat(self.policy, above, marks, &target.kind);
        if mem::replace(&mut target.own.treatment, treatment) != treatment {
            self.outputs.push_back(EncoderOutput::Reread(node));
        }
        self.tell_guard(node);
    }

    /// Tells why no agent may act on an element, where that has changed.
    fn tell_guard(&mut self, node: NodeId) {
        let Some(target) = self.tree.node(node) else { return };
        let Some(above) = target.parent.and_then(|parent| self.tree.node(parent)).map(|above| above.own.treatment)
        else {
            return;
        };
        let guard = guard_of(&target.own, above).unwrap_or_default();
        let told = match target.state(State::GUARD) {
            Some(State::Guard(told)) => *told,
            _ => 0,
        };
        let guard = State::Guard(guard);
        if guard != State::Guard(told) && target.takes(&guard) {
            self.set_state(node, guard);
        }
    }

    /// A text node has another text.
    pub fn handle_text(&mut self, node: NodeId, text: &str) {
        let Some(target) = self.tree.node(node).filter(|target| matches!(target.kind, NodeKind::Text(_))) else {
            return;
        };
        // Its parent may be shown since just now, and the text not be in it any more.
        let (Some(parent), treatment) = (target.parent, target.own.treatment) else { return };
        let Some((masked, raw)) = self.mask_text(parent, treatment, text) else { return };
        let above = self.tree.node(parent).map_or(treatment, |parent| parent.own.treatment);
        if let Some(target) = self.tree.node_mut(node) {
            // Where it has gone to a parent that is shown, it is read again for this.
            if !above.shows_text() {
                target.own.treatment = above;
            }
            if raw.is_some() || target.own.raw.is_some() {
                self.suspects.push(node);
            }
            target.own.raw = raw;
        }
        self.replace_text(node, masked);
        self.reread_renamed();
    }

    /// Something that is no attribute has changed.
    pub fn handle_state(&mut self, node: NodeId, state: StateReading<'_>) {
        let Some(target) = self.tree.node(node) else { return };
        let own = &target.own;
        let state = state::told(&mut self.names, own.treatment, own.field, state, |id| shows(&self.tree, id));
        // A box in the place of what is blocked has none.
        let Some(state) = state.filter(|state| target.takes(state)) else { return };
        self.set_state(node, state);
    }

    fn set_state(&mut self, node: NodeId, state: State) {
        let batch = self.batch;
        let Some(target) = self.tree.node_mut(node) else { return };
        let slot = state.slot();
        if !target.own.is_new(batch) {
            let was = Was::State(slot, target.state(slot).cloned());
            self.changes.keep(node, &mut target.own, was);
        } else if target.states.is_empty() {
            self.stateful.push(node);
        }
        target.set_state(state);
    }

    /// Tells what has changed since the last flush; nothing where nothing did.
    pub fn flush(&mut self) {
        let changes = mem::take(&mut self.lists).settle(&mut self.tree, self.batch);
        self.drop_unplaced();
        self.recheck_numbers();
        let mut writer = Writer::new(self.epoch, self.number);
        for change in changes {
            match change {
                Change::Insert { parent, before, roots } => {
                    writer.insert(&self.tree, self.batch, parent, before, &roots);
                }
                Change::Move { node, parent, before } => writer.push(&Operation::Move { node, parent, before }),
                Change::Remove { node } => {
                    writer.push(&Operation::Remove { node });
                    self.forget(node);
                }
                Change::Forget { node } => self.forget(node),
            }
        }
        for node in mem::take(&mut self.stateful) {
            for state in self.tree.node(node).iter().flat_map(|target| &target.states) {
                writer.write(|part| part.state(node, state));
            }
        }
        self.write_changes(&mut writer);
        for part in writer.finish() {
            self.number += 1;
            self.outputs.push_back(EncoderOutput::Send(part));
        }
        self.batch += 1;
    }

    /// Tells what the replica's tree should be now, where a patch was sent since it was told last. Call it every few seconds, after
    /// a flush, and where it returns false soon again: of a large tree it hashes a part at a time.
    pub fn check(&mut self) -> bool {
        if self.checked == self.number {
            return true;
        }
        let Some(hash) = self.tree.rehash(CHECKED_WORDS) else { return false };
        self.checked = self.number;
        self.send(&MirrorFrame::Check(Check { epoch: self.epoch, number: self.number, hash }));
        true
    }

    /// Offers what [`EncoderOutput::Fetch`] asked for, perhaps again: a replica knows nothing of what was before it.
    pub fn offer(&mut self, number: u32, hash: AssetHash, kind: AssetKind) {
        if let Some(address) = self.addresses.told(number).cloned() {
            self.send(&MirrorFrame::Offer(AssetOffer { address, hash, kind }));
        }
    }

    /// The next thing to do; call until `None`.
    pub fn poll_output(&mut self) -> Option<EncoderOutput> {
        self.outputs.pop_front()
    }

    /// Whether the node was told, so that it is not read again where it is found.
    pub fn knows(&self, node: NodeId) -> bool {
        self.tree.contains(node)
    }

    /// The epoch that is told.
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// What was told.
    pub fn tree(&self) -> &Tree<Told> {
        &self.tree
    }

    /// Why no agent may act on the node, as bits of [`Guard`]; `None` where it was not told.
    pub fn guards(&self, node: NodeId) -> Option<u8> {
        let Told { treatment, .. } = self.tree.node(node)?.own;
        let hides_value = self.tree.node(node)?.own.hides_value();
        let mut above = Some(node);
        let chain = core::iter::from_fn(|| {
            let node = self.tree.node(above?)?;
            above = node.parent;
            Some(node.own.marks)
        });
        let is_read_only = { chain }.any(|marks| marks.has(Marks::READ_ONLY));
        let guards =
            [(!treatment.shows_text(), Guard::Masked), (hides_value, Guard::Value), (is_read_only, Guard::ReadOnly)];
        Some(bits_of(guards))
    }

    /// [`Tree::hash`] of what was told and read.
    pub fn hash(&self) -> u64 {
        self.tree.hash()
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
                if element.name.element == ElementRule::Field {
                    own.field = field_read(element);
                }
                if element.marks.has(Marks::SECRET) || own.field == Field::Secret {
                    own.field = Field::Secret;
                    own.marks = element.marks.with(Marks::SECRET);
                }
                let name = element.name.name.as_ref().map_or("", Name::as_str);
                own.treatment = treat_element(self.policy, above, own.marks, name);
                match own.treatment {
                    Treatment::Hidden => return None,
                    Treatment::Blocked => NodeKind::Badge(Badge { reason: BadgeReason::Blocked, size: element.size }),
                    treatment => {
                        let told = element_of(&mut self.names, treatment, element)?;
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
        let is_new_secret = own.field == Field::Secret;
        let is_drawn = treatment.shows_text()
            && matches!(&reading.kind, ReadingKind::Element(element) if element.name.element == ElementRule::Drawn);
        if !self.tree.add(id, kind, own) {
            return None;
        }
        if is_new_secret {
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
        if treat(self.policy, above, own.marks, kind) == own.treatment {
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
        self.open.push(Open { parent, depth, treatment: treatment.unwrap_or(Treatment::Hidden), place });
    }

    /// Puts what was told into the parent that was opened last.
    fn put(&mut self, id: NodeId, is_known: bool) {
        let Some(Open { parent: Some(parent), place, .. }) = self.open.last_mut() else { return };
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
    fn drop_unplaced(&mut self) {
        for id in mem::take(&mut self.roots) {
            if self.tree.node(id).is_some_and(|node| node.parent.is_none()) {
                self.forget(id);
            }
        }
    }

    fn forget(&mut self, node: NodeId) {
        let outputs = &mut self.outputs;
        self.tree.discard(node, |gone| outputs.push_back(EncoderOutput::Forget(gone)));
    }

    fn send(&mut self, frame: &MirrorFrame) {
        self.outputs.push_back(EncoderOutput::Send(frame.encode()));
    }

    /// The text as it may be told, and as it was read where it has digits; `None` where a parent's text is not told at all.
    fn mask_text(
        &mut self,
        parent: NodeId,
        treatment: Treatment,
        text: &str,
    ) -> Option<(MaskedText, Option<Box<str>>)> {
        let node = self.tree.node(parent)?;
        let shows = node.own.treatment.shows_text() && treatment.shows_text();
        match &node.kind {
            NodeKind::Element(element) if element.name.as_str() == "style" => {
                if shows {
                    note_css(&mut self.addresses, &mut self.outputs, text);
                }
                Some((mask_css(&mut self.names, shows, text), None))
            }
            _ if !shows => Some((mask_layout(text), None)),
            _ => {
                let has_digits = text.bytes().any(|byte| byte.is_ascii_digit())
                    || (!text.is_ascii() && text.chars().any(char::is_numeric));
                Some((show_text(text), has_digits.then(|| text.into())))
            }
        }
    }

    /// Masks numbers that are private only together with the texts beside them.
    fn recheck_numbers(&mut self) {
        let mut done = HashSet::<NodeId, Ids>::default();
        let mut finder = Finder::default();
        for suspect in mem::take(&mut self.suspects) {
            if done.contains(&suspect) || !self.tree.contains(suspect) {
                continue;
            }
            let run = run::run_of(&self.tree, suspect, &mut finder);
            // Alone it was masked when it was read.
            if run.len() == 1 {
                continue;
            }
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
                if self.tree.node(id).is_some_and(|node| node.own.raw.is_some()) {
                    self.replace_text(id, masked);
                }
            }
        }
    }

    fn replace_text(&mut self, id: NodeId, masked: MaskedText) {
        let batch = self.batch;
        let Some(target) = self.tree.node_mut(id) else { return };
        let NodeKind::Text(held) = &mut target.kind else { return };
        if *held == masked {
            return;
        }
        let old = mem::replace(held, masked);
        if !target.own.is_new(batch) {
            self.changes.keep(id, &mut target.own, Was::Text(old));
        }
    }

    /// What changed in nodes that were told before, and is not as it was.
    fn write_changes(&mut self, writer: &mut Writer) {
        for (node, was) in mem::take(&mut self.changes).into_iter() {
            let Some(target) = self.tree.node_mut(node) else { continue };
            target.own.changed = None;
            let target = &*target;
            match was {
                Was::Attribute(name, old) => {
                    let value = target.attribute(&name);
                    if value != old.as_ref() {
                        writer.write(|part| part.attribute(node, &name, value));
                    }
                }
                Was::Text(old) => {
                    if let NodeKind::Text(text) = &target.kind
                        && old != *text
                    {
                        writer.write(|part| part.text(node, text));
                    }
                }
                Was::State(slot, old) => {
                    let state = target.state(slot);
                    if state != old.as_ref()
                        && let Some(state) = state
                    {
                        writer.write(|part| part.state(node, state));
                    }
                }
            }
        }
    }
}

/// An element's pictures, where it is shown.
fn note_pictures(
    addresses: &mut Addresses,
    outputs: &mut VecDeque<EncoderOutput>,
    treatment: Treatment,
    element: &str,
    name: &str,
    value: &str,
) {
    if !treatment.shows_text() {
        return;
    }
    if name == "style" {
        return note_css(addresses, outputs, value);
    }
    for address in picture_addresses(element, name, value) {
        note(addresses, outputs, address);
    }
}

/// The pictures and fonts of shown style rules.
fn note_css(addresses: &mut Addresses, outputs: &mut VecDeque<EncoderOutput>, css: &str) {
    for address in css_addresses(css) {
        note(addresses, outputs, address);
    }
}

fn note(addresses: &mut Addresses, outputs: &mut VecDeque<EncoderOutput>, address: &str) {
    if let Some(number) = addresses.note(address) {
        outputs.push_back(EncoderOutput::Fetch(number, address.to_owned()));
    }
}

/// A parent whose children are being read.
#[derive(Debug)]
struct Open {
    /// `None` where it is not told.
    parent: Option<NodeId>,
    /// How many nodes its children are in.
    depth: usize,
    treatment: Treatment,
    place: Place,
}

/// Where children go as they are read.
#[derive(Debug)]
enum Place {
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
