//! Texts as they may be told: also where a number is private only together with the texts beside it.

use core::mem;
use std::collections::HashSet;

use super::Encoder;
use super::pictures::note_css;
use crate::mask::{Treatment, mask_css, mask_layout, private_ranges, show_ranges, show_text};
use crate::mirror::place::Ids;
use crate::mirror::run::{self, Finder};
use crate::mirror::told::Told;
use crate::mirror::tree::TreeNode;
use crate::protocol::MaskedText;
use crate::protocol::mirror::{NodeId, NodeKind};

impl Encoder {
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
    pub(super) fn recheck_numbers(&mut self) {
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
}
