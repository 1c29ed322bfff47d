//! What changes of nodes that were told: compared with what it was when they were told last, so that what is taken back costs nothing.

use core::mem;

use super::pictures::note_pictures;
use super::{Encoder, EncoderOutput};
use crate::mask::{AttributeRule, Field, Marks};
use crate::mirror::element::{CODE, attribute_value, field_of, treat};
use crate::mirror::reading::{ElementRule, ReadName, StateReading};
use crate::mirror::state;
use crate::mirror::told::{Was, guard_of, shows};
use crate::mirror::writer::Writer;
use crate::protocol::MaskedText;
use crate::protocol::mirror::{Caret, NodeId, NodeKind, State};

impl Encoder {
    /// An attribute was changed or, with `None`, taken away. Where the element's marks changed too, tell those first.
    pub fn handle_attribute(&mut self, node: NodeId, name: &ReadName, value: Option<&str>) {
        self.end_retelling();
        let batch = self.batch;
        let Some(target) = self.tree.node_mut(node) else { return };
        let NodeKind::Element(element) = &target.kind else { return };
        let Some(held) = &name.name else { return };
        if element.name.as_str() == CODE {
            return;
        }
        let rule = ElementRule::of(element.name.as_str()).within(element.namespace);
        let is_field = rule == ElementRule::Field;
        let (treatment, own_field) = (target.own.treatment, target.own.field);
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
        let value = value.and_then(|value| attribute_value(&mut self.names, treatment, own_field, rule, name, value));
        if !target.own.is_new(batch) {
            let was = Was::Attribute(held.clone(), target.attribute(held).cloned());
            self.changes.keep(node, &mut target.own, was);
        }
        target.set_attribute(held.clone(), value);
        if !is_field && !name.edits {
            return;
        }
        let NodeKind::Element(element) = &target.kind else { return };
        let field = field_of(element);
        let was = target.own.field;
        target.own.field = was.becomes(field);
        if target.own.field == Field::Edited && was != Field::Edited {
            let marks = target.own.marks;
            self.outputs.push_back(EncoderOutput::Remember(node));
            return self.handle_marks(node, marks);
        }
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
        self.mask_attributes(node);
        // What was typed before it became a secret is one from now on.
        if let Some(value) = value {
            self.handle_state(node, StateReading::Value(&value));
        }
    }

    /// Masks what was told of a field that has become a secret.
    fn mask_attributes(&mut self, node: NodeId) {
        let batch = self.batch;
        let Some(target) = self.tree.node_mut(node) else { return };
        let NodeKind::Element(element) = &target.kind else { return };
        for (name, told) in element.attributes.clone() {
            let Some(masked) = AttributeRule::of(name.as_str()).mask_again(&told) else { continue };
            if !target.own.is_new(batch) {
                self.changes.keep(node, &mut target.own, Was::Attribute(name.clone(), Some(told)));
            }
            target.set_attribute(name, masked);
        }
    }

    /// What `data-alongside` and the customer's selectors say of an element has changed.
    pub fn handle_marks(&mut self, node: NodeId, marks: Marks) {
        self.end_retelling();
        let above =
            self.tree.node(node).and_then(|target| self.tree.node(target.parent?)).map(|above| above.own.treatment);
        let (Some(above), Some(target)) = (above, self.tree.node_mut(node)) else { return };
        // Also where they make no difference here: the element may move to where they do.
        target.own.marks = marks;
        let treatment = treat(self.policy, above, &target.own, &target.kind);
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

    /// A text node has another text, which is read later: it may be a part of a number.
    pub fn handle_stale(&mut self, node: NodeId) {
        if let Some(own) = self.tree.own_mut(node) {
            own.is_stale = true;
        }
    }

    /// A text node has another text.
    pub fn handle_text(&mut self, node: NodeId, text: &str) {
        self.end_retelling();
        if let Some(own) = self.tree.own_mut(node) {
            own.is_stale = false;
        }
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
            // Also where it has no digits: it may have stood between them.
            self.suspects.push(node);
            target.own.raw = raw;
        }
        self.replace_text(node, masked);
        self.reread_renamed();
    }

    /// Something that is no attribute has changed.
    pub fn handle_state(&mut self, node: NodeId, state: StateReading<'_>) {
        self.end_retelling();
        if let StateReading::Value(value) = state {
            self.note_value(node, value);
        }
        let Some(target) = self.tree.node(node) else { return };
        let own = &target.own;
        let state = state::told(&mut self.names, own.treatment, own.field, state, |id| shows(&self.tree, id));
        // A box in the place of what is blocked has none.
        let Some(state) = state.filter(|state| target.takes(state)) else { return };
        self.set_state(node, state);
    }

    pub(super) fn set_state(&mut self, node: NodeId, state: State) {
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

    pub(super) fn replace_text(&mut self, id: NodeId, masked: MaskedText) {
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
    pub(super) fn write_changes(&mut self, writer: &mut Writer) {
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
