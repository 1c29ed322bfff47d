//! Texts as they may be told: also where a number is private only together with the texts beside it.

use core::mem;
use core::ops::Range;
use std::collections::HashSet;

use super::Encoder;
use super::pictures::note_css;
use crate::mask::{
    Field, Treatment, digits_of, mask_css, mask_layout, mask_shape, part, private_boxes, private_ranges_over,
    show_ranges, show_text,
};
use crate::mirror::boxes::{self, Row};
use crate::mirror::place::Ids;
use crate::mirror::run::{self, Finder, Run};
use crate::mirror::told::Told;
use crate::protocol::MaskedText;
use crate::protocol::mirror::{NodeId, NodeKind, State};

/// So many parts of numbers in boxes are looked at again with each flush.
const RECHECKED: usize = 256;

impl Encoder {
    /// What is in a field is shown, and may be a part of a number that is in several.
    pub(super) fn note_value(&mut self, id: NodeId, value: &str) {
        let Some(node) = self.tree.node(id).filter(|node| node.own.treatment.shows_values()) else { return };
        let raw = boxes::field_digits(node.own.field, value);
        if raw.is_none() && node.own.raw.is_none() {
            return;
        }
        self.suspects.push(id);
        if let Some(node) = self.tree.node_mut(id) {
            node.own.raw = raw;
        }
    }

    /// The text as it may be told, and as it was read where it has digits; `None` where a parent's text is not told at all.
    pub(super) fn mask_text(
        &mut self,
        parent: NodeId,
        treatment: Treatment,
        text: &str,
    ) -> Option<(MaskedText, Option<Box<str>>)> {
        let node = self.tree.node(parent)?;
        let shows = node.own.treatment.shows_text() && treatment.shows_text();
        match &node.kind {
            kind if is_style(kind) => {
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

    /// The children of `parent` were `before` and are to be `after`: where two of them come together, a number may go on.
    pub(super) fn note_seams(&mut self, parent: NodeId, before: &[NodeId], after: &[NodeId]) {
        // Rules are no line, however many texts they are told in.
        if self.tree.node(parent).is_some_and(|parent| is_style(&parent.kind)) {
            return;
        }
        let same = before.iter().zip(after).take_while(|(old, new)| old == new).count().saturating_sub(1);
        let (before, after) = (before.get(same..).unwrap_or_default(), after.get(same..).unwrap_or_default());
        if before == after {
            return;
        }
        let pairs = |list: &[NodeId]| list.windows(2).map(|pair| (pair[0], pair[1])).collect::<Vec<_>>();
        let known: HashSet<(NodeId, NodeId), Ids> = pairs(before).into_iter().collect();
        self.suspects.extend(pairs(after).into_iter().filter(|pair| !known.contains(pair)).map(|(_, right)| right));
        self.suspects.push(parent);
        // Where one comes from, its neighbours come together.
        let mut finder = Finder::default();
        for child in after {
            let Some(from) = self.tree.node(*child).and_then(|child| child.parent).filter(|from| *from != parent)
            else {
                continue;
            };
            let siblings = self.tree.children(from);
            let right = finder.position(from, siblings, *child).and_then(|at| siblings.get(at + 1));
            self.suspects.extend(right);
            self.suspects.push(from);
        }
    }

    /// Masks numbers that are private only together with the texts beside them; and what may be a part of one that goes on in what was not
    /// read yet, until that was.
    pub(super) fn recheck_numbers(&mut self) {
        let mut done = HashSet::<NodeId, Ids>::default();
        let mut finder = Finder::default();
        let mut suspects = mem::take(&mut self.suspects);
        suspects.append(&mut self.uncertain);
        // In the order in which they stand: so each is found near the last one.
        let mut known = HashSet::<NodeId, Ids>::default();
        suspects.retain(|suspect| known.insert(*suspect));
        for suspect in suspects.iter().copied() {
            for text in run::texts_at(&self.tree, suspect, &mut finder).into_iter().flatten() {
                let is_stale = self.tree.node(text).is_none_or(|text| text.own.is_stale);
                if !is_stale && !done.contains(&text) {
                    let run = run::run_of(&self.tree, text, &mut finder);
                    done.extend(run.texts.get(run.whole.clone()).unwrap_or_default());
                    self.recheck_run(run);
                }
            }
        }
        let mut seen = HashSet::<NodeId, Ids>::default();
        for text in done {
            if is_part_of_boxes(self.tree.node(text).and_then(run::text_of)) {
                let rows = boxes::boxes_around(&self.tree, text, &mut finder, &mut seen);
                rows.into_iter().for_each(|row| self.mask_boxes(row));
            }
        }
        suspects.retain(|id| self.show_field(*id));
        for field in suspects {
            self.mask_boxes(boxes::fields_around(&self.tree, field, &mut finder));
        }
    }

    /// Tells what is in a field that may be a part of a number; false where it is none. It may have been one, or have been held.
    fn show_field(&mut self, id: NodeId) -> bool {
        let Some(node) = self.tree.node(id).filter(|node| node.state(State::VALUE).is_some()) else { return false };
        // It may be another kind of field by now.
        let Told { field, treatment, ref raw, .. } = node.own;
        let Some(value) = raw.as_deref().and_then(|raw| field.mask(treatment, raw)) else { return false };
        self.set_state(id, State::Value(value));
        field == Field::Typed
    }

    fn mask_boxes(&mut self, Row { parts, unknown }: Row) {
        let private = private_boxes(parts.iter().map(|part| part.digits.as_str()), unknown);
        if unknown.is_any() || (self.uncertain.len() < RECHECKED && private.contains(&true)) {
            self.uncertain.extend(parts.iter().flat_map(|part| &part.nodes));
        }
        let masked = parts.into_iter().zip(private).filter(|(_, is_private)| *is_private);
        for id in masked.flat_map(|(part, _)| part.nodes) {
            let Some(node) = self.tree.node(id) else { continue };
            match (&node.kind, node.own.raw.clone()) {
                (NodeKind::Element(_), Some(raw)) => self.set_state(id, State::Value(mask_shape(&raw))),
                (NodeKind::Text(_), Some(raw)) => self.replace_text(id, mask_shape(&raw)),
                _ => {}
            }
        }
    }

    fn recheck_run(&mut self, Run { texts, whole, unknown }: Run) {
        let is_new = |id: &NodeId| self.tree.node(*id).is_some_and(|node| node.own.is_new(self.batch));
        // Alone it was masked when it was read.
        if texts.len() == 1 && texts.iter().all(is_new) && !unknown.is_any() {
            return;
        }
        let mut line = String::new();
        let mut starts = Vec::with_capacity(texts.len() + 1);
        for id in &texts {
            starts.push(line.len());
            line.push_str(self.tree.node(*id).and_then(run::text_of).unwrap_or_default());
        }
        let ranges = private_ranges_over(&line, starts.get(1..).unwrap_or_default(), unknown);
        if unknown.is_any() {
            self.uncertain.extend(&texts);
        }
        starts.push(line.len());
        for (id, ends) in texts.into_iter().zip(starts.windows(2)).take(whole.end).skip(whole.start) {
            let (start, end) = (ends[0], ends[1]);
            self.mask_part(id, line.get(start..end).unwrap_or_default(), &part(&ranges, start, end - start));
        }
    }

    /// Of a text that is shown, as it was read, these ranges are private.
    fn mask_part(&mut self, id: NodeId, raw: &str, private: &[Range<usize>]) {
        let Some(node) = self.tree.node(id) else { return };
        match node.own.raw {
            Some(_) => {}
            // Of an account, letters may stand alone. What they were is to be known once they are none of one any more.
            None if !private.is_empty() && node.own.treatment.shows_text() => {
                if let Some(node) = self.tree.node_mut(id) {
                    node.own.raw = Some(raw.into());
                }
            }
            None => return,
        }
        self.replace_text(id, show_ranges(raw, private));
    }
}

fn is_style(kind: &NodeKind) -> bool {
    matches!(kind, NodeKind::Element(element) if element.name.as_str() == "style")
}

/// Most texts have more.
fn is_part_of_boxes(text: Option<&str>) -> bool {
    text.is_some_and(|text| text.trim().len() <= 32 && digits_of(text).is_some_and(|digits| !digits.is_empty()))
}
