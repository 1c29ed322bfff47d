//! A page as a browser holds it: a tree that scripts edit, dirty marks, and a reader that gives ids to nodes.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use alongside::mask::{
    AttributeRule, Field, Marks, Names, Policy, Treatment, mask_css, mask_layout, mask_matches, show_text,
};
use alongside::mirror::{ElementReading, Encoder, ReadName, Reading, ReadingKind, StateReading, Tree};
use alongside::protocol::mirror::{BadgeReason, Caret, Namespace, NodeId, NodeKind, Picture, State};
use alongside::protocol::{AssetHash, AssetKind};
use proptest::prelude::*;

/// What a script does. Numbers are indices of nodes, taken modulo how many there are; what is impossible does nothing.
#[derive(Clone, Debug)]
pub enum Edit {
    /// Into which, before which child, what.
    Insert(usize, usize, Kind),
    /// Which, into which, before which child.
    Move(usize, usize, usize),
    Remove(usize),
    /// What was made last.
    RemoveLast,
    Text(usize, String),
    Attribute(usize, &'static str, Option<String>),
    Mark(usize, Marks),
    Value(usize, String),
    Scroll(usize, i32),
    Show(usize, Shown),
}

/// What an element shows that no attribute tells.
#[derive(Clone, Debug)]
pub enum Shown {
    /// Of a canvas: a picture whose hash is this byte, again and again.
    Picture(u8),
    Caret(u32),
    Matches(String),
    Look(String),
}

#[derive(Clone, Debug)]
pub enum Kind {
    Element(&'static str),
    Text(String),
    Comment,
}

#[derive(Clone, Debug)]
struct Node {
    kind: Kind,
    parent: Option<usize>,
    children: Vec<usize>,
    attributes: BTreeMap<&'static str, String>,
    marks: Marks,
    value: Option<String>,
    was_secret: bool,
    was_edited: bool,
    scroll: Option<i32>,
    /// By [`Shown::slot`].
    shown: BTreeMap<u8, Shown>,
}

#[derive(Default)]
pub struct Page {
    nodes: Vec<Node>,
    policy: Policy,
    /// As a WeakMap would hold them.
    ids: HashMap<usize, NodeId>,
    next_id: u32,
    dirty_children: BTreeSet<usize>,
    dirty_attributes: BTreeSet<(usize, &'static str)>,
    dirty_marks: BTreeSet<usize>,
    dirty_texts: BTreeSet<usize>,
    dirty_values: BTreeSet<usize>,
    dirty_scrolls: BTreeSet<usize>,
    dirty_shown: BTreeSet<(usize, u8)>,
    /// How many new nodes may still be read: the reader's time.
    patience: usize,
    /// Parents whose children were not all read, and the first of those.
    unread: BTreeMap<usize, usize>,
    /// Runs of secrets that stood where text is shown when the page was told.
    exposed: BTreeSet<String>,
    /// What the digits of a line are expected to be, in the test of split numbers.
    pub number_is_private: bool,
}

/// Secrets: no part of one is any other text in a test.
const SECRETS: [&str; 3] = ["Quorblat", "Zwimp Fenk", "ヌルポ子"];

const WORDS: [&str; 5] = ["one", "two three", "", "7", "お茶"];

pub fn edits(most: usize) -> impl Strategy<Value = Vec<Edit>> {
    let node = || 0..40usize;
    let text = || prop::sample::select(WORDS.iter().chain(&SECRETS).map(|text| (*text).to_owned()).collect::<Vec<_>>());
    let name =
        prop::sample::select(vec!["class", "title", "type", "autocomplete", "data-x", "href", "onclick", "role"]);
    let value = prop::option::of(prop::sample::select(
        ["on", "password", "text", "cc-number", "#a", "textbox"]
            .iter()
            .chain(&SECRETS)
            .map(|text| (*text).to_owned())
            .collect::<Vec<_>>(),
    ));
    let kind = prop_oneof![
        6 => prop::sample::select(vec!["div", "p", "b", "span", "input", "textarea", "script", "canvas"]).prop_map(Kind::Element),
        3 => text().prop_map(Kind::Text),
        1 => Just(Kind::Comment),
    ];
    let mark = prop::sample::select(vec![
        Marks::default(),
        Marks::default(),
        Marks::MASK,
        Marks::BLOCK,
        Marks::HIDE,
        Marks::SHOW,
        Marks::READ_ONLY,
    ]);
    let edit = prop_oneof![
        6 => (node(), 0..6usize, kind).prop_map(|(parent, before, kind)| Edit::Insert(parent, before, kind)),
        4 => (node(), node(), 0..6usize).prop_map(|(node, parent, before)| Edit::Move(node, parent, before)),
        2 => node().prop_map(Edit::Remove),
        2 => (node(), text()).prop_map(|(node, text)| Edit::Text(node, text)),
        3 => (node(), name, value).prop_map(|(node, name, value)| Edit::Attribute(node, name, value)),
        2 => (node(), mark).prop_map(|(node, marks)| Edit::Mark(node, marks)),
        2 => (node(), text()).prop_map(|(node, text)| Edit::Value(node, text)),
        1 => (node(), -50..500).prop_map(|(node, to)| Edit::Scroll(node, to)),
        2 => (node(), shown()).prop_map(|(node, shown)| Edit::Show(node, shown)),
    ];
    prop::collection::vec(edit, 0..most)
}

fn shown() -> impl Strategy<Value = Shown> {
    let word = || prop::sample::select(SECRETS.iter().map(|text| text.replace(' ', "")).collect::<Vec<_>>());
    prop_oneof![
        any::<u8>().prop_map(Shown::Picture),
        (0..50u32).prop_map(Shown::Caret),
        word().prop_map(|word| Shown::Matches(format!("invalid {word} state-{word}"))),
        word().prop_map(|word| Shown::Look(format!(
            "top: 1px; background: url(\"https://s.test/{word}\"); content: \"{word}\""
        ))),
    ]
}

impl Shown {
    fn slot(&self) -> u8 {
        match self {
            Self::Picture(_) => State::PICTURE,
            Self::Matches(_) => 9,
            Self::Caret(_) => 10,
            Self::Look(_) => 14,
        }
    }

    fn reading(&self) -> StateReading<'_> {
        match self {
            Self::Picture(byte) => StateReading::Picture(Picture::Asset(AssetHash([*byte; 32]), AssetKind::Webp)),
            Self::Caret(at) => StateReading::Caret(Caret { start: *at, end: *at, is_backward: false }),
            Self::Matches(words) => StateReading::Matches(words),
            Self::Look(css) => StateReading::Look(css),
        }
    }
}

impl Page {
    /// The document with an element in it.
    pub fn new(policy: Policy) -> Self {
        let mut page = Self { policy, next_id: 1, patience: usize::MAX, ..Self::default() };
        page.nodes.push(Node::new(Kind::Element("#document")));
        page.ids.insert(0, NodeId::DOCUMENT);
        page.add(0, Kind::Element("html"));
        page
    }

    /// `<html><p>one</p><div><b></b></div></html>`, numbered 1 to 5.
    pub fn sample() -> Self {
        let mut page = Self::new(Policy::default());
        let line = page.add(1, Kind::Element("p"));
        page.add(line, Kind::Text("one".into()));
        let last = page.add(1, Kind::Element("div"));
        page.add(last, Kind::Element("b"));
        page
    }

    pub fn change_policy(&mut self, policy: Policy) {
        self.policy = policy;
    }

    pub fn add(&mut self, parent: usize, kind: Kind) -> usize {
        self.edit(&Edit::Insert(parent, usize::MAX, kind));
        self.nodes.len() - 1
    }

    /// The id of a node that was read.
    pub fn known(&self, node: usize) -> Option<NodeId> {
        self.ids.get(&node).copied()
    }

    /// Where it stands among its siblings.
    pub fn index(&self, node: usize) -> usize {
        let siblings = &self.nodes[self.nodes[node].parent.expect("it is in the page")].children;
        siblings.iter().position(|sibling| *sibling == node).expect("it is a child of its parent")
    }

    pub fn edit(&mut self, edit: &Edit) {
        let count = self.nodes.len();
        let at = |index: usize| index % count;
        match edit {
            Edit::Insert(parent, before, kind) => {
                let parent = at(*parent);
                if self.takes_children(parent, matches!(kind, Kind::Text(_))) {
                    self.nodes.push(Node::new(kind.clone()));
                    self.place(count, parent, *before);
                }
            }
            Edit::Move(node, parent, before) => {
                let (node, parent) = (at(*node), at(*parent));
                let is_text = matches!(self.nodes[node].kind, Kind::Text(_));
                if node > 1 && self.takes_children(parent, is_text) && !self.is_within(parent, node) {
                    self.take_out(node);
                    self.place(node, parent, *before);
                }
            }
            Edit::Remove(node) if at(*node) > 1 => self.take_out(at(*node)),
            Edit::Remove(_) => {}
            Edit::RemoveLast => self.take_out(count - 1),
            Edit::Text(node, text) => {
                if let Kind::Text(held) = &mut self.nodes[at(*node)].kind {
                    held.clone_from(text);
                    self.dirty_texts.insert(at(*node));
                }
            }
            Edit::Attribute(node, name, value) => {
                let node = at(*node);
                if node > 0 && matches!(self.nodes[node].kind, Kind::Element(_)) {
                    match value {
                        Some(value) => self.nodes[node].attributes.insert(name, value.clone()),
                        None => self.nodes[node].attributes.remove(name),
                    };
                    self.dirty_attributes.insert((node, name));
                }
            }
            Edit::Mark(node, marks) => {
                let node = at(*node);
                if node > 0 && matches!(self.nodes[node].kind, Kind::Element(_)) {
                    self.nodes[node].marks = *marks;
                    self.dirty_marks.insert(node);
                }
            }
            Edit::Value(node, value) => {
                let node = at(*node);
                if matches!(self.nodes[node].kind, Kind::Element("input" | "textarea")) {
                    self.nodes[node].value = Some(value.clone());
                    self.dirty_values.insert(node);
                }
            }
            Edit::Show(node, shown) => {
                let node = at(*node);
                let takes = match (shown, &self.nodes[node].kind) {
                    (Shown::Picture(_), Kind::Element(name)) => *name == "canvas",
                    (Shown::Caret(_), Kind::Element(name)) => matches!(*name, "input" | "textarea"),
                    (_, Kind::Element(_)) => node > 0,
                    _ => false,
                };
                if takes {
                    self.nodes[node].shown.insert(shown.slot(), shown.clone());
                    self.dirty_shown.insert((node, shown.slot()));
                }
            }
            Edit::Scroll(node, to) => {
                let node = at(*node);
                if node > 0 && matches!(self.nodes[node].kind, Kind::Element(_)) {
                    self.nodes[node].scroll = Some(*to);
                    self.dirty_scrolls.insert(node);
                }
            }
        }
    }

    fn takes_children(&self, node: usize, is_text: bool) -> bool {
        match self.nodes[node].kind {
            // The document has elements and comments only.
            Kind::Element("#document") => !is_text,
            Kind::Element(name) => name != "input",
            _ => false,
        }
    }

    fn is_within(&self, node: usize, above: usize) -> bool {
        let mut at = Some(node);
        while let Some(index) = at {
            if index == above {
                return true;
            }
            at = self.nodes[index].parent;
        }
        false
    }

    fn take_out(&mut self, node: usize) {
        if let Some(parent) = self.nodes[node].parent.take() {
            self.nodes[parent].children.retain(|child| *child != node);
            self.dirty_children.insert(parent);
        }
    }

    fn place(&mut self, node: usize, parent: usize, before: usize) {
        let siblings = &mut self.nodes[parent].children;
        siblings.insert(before.min(siblings.len()), node);
        self.nodes[node].parent = Some(parent);
        self.dirty_children.insert(parent);
    }

    fn is_connected(&self, node: usize) -> bool {
        self.is_within(node, 0)
    }

    pub fn forget_all(&mut self) {
        self.ids.clear();
        self.ids.insert(0, NodeId::DOCUMENT);
        self.next_id = 1;
        for set in [&mut self.dirty_children, &mut self.dirty_marks, &mut self.dirty_texts, &mut self.dirty_values] {
            set.clear();
        }
        self.dirty_attributes.clear();
        self.dirty_scrolls.clear();
        self.dirty_shown.clear();
        self.unread.clear();
    }

    pub fn forget(&mut self, id: NodeId) {
        self.ids.retain(|_, held| *held != id);
        let ids = &self.ids;
        self.unread.retain(|parent, _| ids.contains_key(parent));
    }

    /// From now on a reading ends after so many new nodes.
    pub fn be_patient(&mut self, patience: usize) {
        self.patience = patience;
    }

    /// Whether nothing is left to read.
    pub fn is_read(&self) -> bool {
        self.unread.is_empty() && self.dirty_children.is_empty() && self.dirty_texts.is_empty()
    }

    /// Tells the encoder what is dirty, as it is now.
    pub fn tell(&mut self, encoder: &mut Encoder) {
        // An element that was not told may be to be told now: its parent's children are read.
        let marked: Vec<usize> = core::mem::take(&mut self.dirty_marks).into_iter().collect();
        for node in marked {
            match self.ids.get(&node).copied().filter(|id| encoder.knows(*id)) {
                Some(id) => encoder.handle_marks(id, self.marks(node)),
                None => self.dirty_children.extend(self.nodes[node].parent),
            }
        }
        let known = |page: &Self, node: usize| page.ids.get(&node).copied().filter(|_| page.is_connected(node));
        for node in core::mem::take(&mut self.dirty_texts) {
            let Some(id) = known(self, node) else { continue };
            if self.patience == 0 {
                encoder.handle_stale(id);
                self.dirty_texts.insert(node);
            } else if let Kind::Text(text) = &self.nodes[node].kind {
                self.patience -= 1;
                encoder.handle_text(id, text);
            }
        }
        for (node, name) in core::mem::take(&mut self.dirty_attributes) {
            if let Some(id) = known(self, node) {
                self.nodes[node].was_edited |= self.field(node) == Field::Edited;
                let node = &self.nodes[node];
                encoder.handle_attribute(id, &ReadName::new(name), node.attributes.get(name).map(String::as_str));
            }
        }
        for node in core::mem::take(&mut self.dirty_values) {
            if let (Some(id), Some(value)) = (known(self, node), &self.nodes[node].value) {
                encoder.handle_state(id, StateReading::Value(value));
            }
        }
        for node in core::mem::take(&mut self.dirty_scrolls) {
            if let (Some(id), Some(to)) = (known(self, node), self.nodes[node].scroll) {
                encoder.handle_state(id, StateReading::Scroll(0, to));
            }
        }
        for (node, slot) in core::mem::take(&mut self.dirty_shown) {
            if let (Some(id), Some(shown)) = (known(self, node), self.nodes[node].shown.get(&slot)) {
                encoder.handle_state(id, shown.reading());
            }
        }
        for node in core::mem::take(&mut self.dirty_children) {
            self.unread.remove(&node);
            if self.is_connected(node) {
                self.read(node, encoder);
            }
        }
        while self.patience > 0 {
            let Some((parent, next)) = self.unread.iter().find(|(parent, _)| self.is_connected(**parent)) else {
                break;
            };
            let (parent, next) = (*parent, *next);
            self.unread.remove(&parent);
            let Some(id) = self.ids.get(&parent).copied() else { continue };
            encoder.open_more_children(id);
            let children = &self.nodes[parent].children;
            let at = children.iter().position(|child| *child == next).expect("a parent that changed is read anew");
            self.tell_children(parent, at, encoder);
            encoder.close_children();
        }
    }

    /// Reads new children of the parent that is open, from this place on, while there is patience; all that are known.
    fn tell_children(&mut self, parent: usize, from: usize, encoder: &mut Encoder) {
        let mut first = None;
        let mut is_mixed = false;
        let children = self.nodes[parent].children.clone();
        for child in children.into_iter().skip(from) {
            let is_known = self.ids.get(&child).is_some_and(|id| encoder.knows(*id));
            if is_known || self.patience > 0 {
                is_mixed |= first.is_some();
                self.tell_node(child, encoder);
            } else {
                encoder.handle_unread();
                first = first.or(Some(child));
            }
        }
        match first {
            Some(_) if is_mixed => drop(self.dirty_children.insert(parent)),
            Some(child) => drop(self.unread.insert(parent, child)),
            None => {}
        }
    }

    /// What was once a secret is one for ever.
    pub fn remember(&mut self, id: NodeId) {
        let Some(index) = self.ids.iter().find(|(_, held)| **held == id).map(|(index, _)| *index) else { return };
        match self.nodes[index].kind {
            Kind::Element("input" | "textarea" | "select") => self.nodes[index].was_secret = true,
            _ => self.nodes[index].was_edited = true,
        }
    }

    fn marks(&self, index: usize) -> Marks {
        let node = &self.nodes[index];
        if node.was_secret || node.was_edited { node.marks.with(Marks::SECRET) } else { node.marks }
    }

    fn field(&self, index: usize) -> Field {
        let node = &self.nodes[index];
        let Kind::Element(name) = node.kind else { return Field::None };
        let attribute = |name| node.attributes.get(name).map(String::as_str);
        let field = match Field::of(name, attribute("type"), attribute("autocomplete")) {
            Field::None => Field::of_text(attribute("contenteditable"), attribute("role")),
            field => field,
        };
        match field {
            _ if node.was_secret => Field::Secret,
            Field::None if node.was_edited => Field::Edited,
            field => field,
        }
    }

    /// Reads the children of a node and gives them to the encoder, as the reader in the browser does.
    pub fn read(&mut self, parent: usize, encoder: &mut Encoder) {
        let Some(id) = self.ids.get(&parent).copied() else { return };
        self.unread.remove(&parent);
        encoder.open_children(id);
        self.tell_children(parent, 0, encoder);
        encoder.close_children();
    }

    /// Reads a child of the parent that is open.
    fn tell_node(&mut self, index: usize, encoder: &mut Encoder) {
        if let Some(id) = self.ids.get(&index).copied().filter(|id| encoder.knows(*id)) {
            return encoder.handle_node(&Reading { id, kind: ReadingKind::Known });
        }
        let id = NodeId(self.next_id);
        self.patience = self.patience.saturating_sub(1);
        self.ids.insert(index, id);
        self.next_id += 1;
        self.nodes[index].was_edited |= self.field(index) == Field::Edited;
        let node = &self.nodes[index];
        match &node.kind {
            Kind::Text(text) => encoder.handle_node(&Reading { id, kind: ReadingKind::Text(text) }),
            Kind::Comment => encoder.handle_node(&Reading { id, kind: ReadingKind::Comment }),
            Kind::Element(name) => {
                let names: Vec<ReadName> = node.attributes.keys().map(|name| ReadName::new(name)).collect();
                let attributes: Vec<_> = names.iter().zip(node.attributes.values().map(String::as_str)).collect();
                let value = node.value.iter().map(|value| StateReading::Value(value));
                let shown = node.shown.values().filter(|shown| !matches!(shown, Shown::Picture(_)));
                let states = value.chain(node.scroll.map(|to| StateReading::Scroll(0, to)));
                let states: Vec<_> = states.chain(shown.map(Shown::reading)).collect();
                let element = ElementReading {
                    namespace: Namespace::Html,
                    name: &ReadName::new(name),
                    attributes: &attributes,
                    marks: self.marks(index),
                    size: (10, 20),
                    states: &states,
                };
                encoder.handle_node(&Reading { id, kind: ReadingKind::Element(element) });
                self.tell_children(index, 0, encoder);
                encoder.close_children();
            }
        }
    }

    /// A canvas is shown.
    pub fn draw(&self, id: NodeId, encoder: &mut Encoder) {
        let Some((index, _)) = self.ids.iter().find(|(_, held)| **held == id) else { return };
        if let Some(shown) = self.nodes[*index].shown.get(&State::PICTURE) {
            encoder.handle_state(id, shown.reading());
        }
    }

    pub fn id(&self, node: usize) -> NodeId {
        self.ids[&node]
    }

    pub fn reread(&mut self, id: NodeId, encoder: &mut Encoder) {
        let Some(index) = self.ids.iter().find(|(_, held)| **held == id).map(|(index, _)| *index) else { return };
        let within: Vec<usize> = (0..self.nodes.len()).filter(|node| self.is_within(*node, index)).collect();
        within.into_iter().for_each(|node| {
            self.ids.remove(&node);
        });
        if let Some(parent) = self.nodes[index].parent.filter(|parent| self.is_connected(*parent)) {
            self.read(parent, encoder);
        }
    }

    /// The page as it may be seen, by the rules written down once more.
    pub fn masked(&self) -> String {
        let mut out = String::new();
        let mut names = self.names();
        for child in &self.nodes[0].children {
            self.write(*child, self.policy.document(), "", &mut names, &mut out);
        }
        out
    }

    /// Names that style sheets tell as they are.
    fn names(&self) -> Names {
        let mut names = Names::new(self.policy);
        for node in &self.nodes {
            let is_style = |parent: usize| matches!(self.nodes[parent].kind, Kind::Element("style"));
            if let (Kind::Text(text), true) = (&node.kind, node.parent.is_some_and(is_style)) {
                mask_css(&mut names, true, text);
            }
        }
        names
    }

    fn write(&self, index: usize, above: Treatment, parent: &str, names: &mut Names, out: &mut String) {
        let node = &self.nodes[index];
        match &node.kind {
            Kind::Comment => out.push_str("<!>"),
            Kind::Text(text) if parent == "style" => {
                out.push_str(mask_css(names, above.shows_text(), text).as_str());
                out.push('|');
            }
            Kind::Text(text) => {
                let masked = match above.shows_text() {
                    true if self.number_is_private && parent == "b" => mask_layout(text),
                    true => show_text(text),
                    false => mask_layout(text),
                };
                out.push_str(&masked);
                if parent != "b" && parent != "div" {
                    out.push('|');
                }
            }
            Kind::Element(name) => {
                let treatment = match self.policy.element(above, node.marks) {
                    Treatment::Open | Treatment::Shown if *name == "select" && node.was_secret => Treatment::Masked,
                    Treatment::Open if self.field(index) == Field::Edited => Treatment::Masked,
                    treatment => treatment,
                };
                if treatment == Treatment::Hidden {
                    return;
                }
                if treatment == Treatment::Blocked {
                    return out.push_str("[blocked]");
                }
                if *name == "script" {
                    return out.push_str("<script></script>");
                }
                out.push('<');
                out.push_str(name);
                for (name, value) in &node.attributes {
                    let rule = AttributeRule::of(name);
                    if let Some(value) = rule.mask_of(names, treatment, self.field(index), name, value) {
                        out.push_str(&format!(" {name}={}", value.as_str()));
                    }
                }
                let value = node.value.as_ref().and_then(|value| self.field(index).mask(treatment, value));
                if let Some(value) = value {
                    out.push_str(&format!(" .value={}", value.as_str()));
                }
                if let Some(to) = node.scroll {
                    out.push_str(&format!(" .scroll={to}"));
                }
                if *name == "canvas" && !treatment.shows_text() {
                    out.push_str(" .picture=masked");
                }
                for shown in node.shown.values() {
                    let field = self.field(index);
                    match shown {
                        Shown::Picture(_) if !treatment.shows_text() => {}
                        Shown::Picture(byte) => out.push_str(&format!(" .picture={byte}")),
                        Shown::Caret(at) if field == Field::Typed => out.push_str(&format!(" .caret={at}")),
                        Shown::Caret(_) if field == Field::Secret => out.push_str(" .caret=0"),
                        Shown::Caret(_) => {}
                        Shown::Matches(words) => {
                            let words = mask_matches(names, treatment.shows_text(), words);
                            out.push_str(&format!(" .matches={words}"));
                        }
                        Shown::Look(css) => {
                            out.push_str(&format!(" .look={}", mask_css(names, treatment.shows_text(), css)));
                        }
                    }
                }
                out.push('>');
                if *name != "textarea" {
                    node.children.iter().for_each(|child| self.write(*child, treatment, name, names, out));
                }
                out.push_str(&format!("</{name}>"));
            }
        }
    }

    /// This was told: what of a secret it has was shown.
    pub fn expose(&mut self, told: &str) {
        self.exposed.extend(runs().filter(|run| told.contains(run)));
    }

    /// Each four characters of a secret that were only ever where text is masked.
    pub fn secrets(&self) -> Vec<String> {
        runs().filter(|run| !self.exposed.contains(run)).collect()
    }
}

/// Each four characters in a row of the secrets.
fn runs() -> impl Iterator<Item = String> {
    SECRETS.iter().flat_map(|secret| {
        let chars: Vec<char> = secret.chars().collect();
        chars.windows(4).map(|run| run.iter().collect()).collect::<Vec<String>>()
    })
}

impl Node {
    fn new(kind: Kind) -> Self {
        Self {
            kind,
            parent: None,
            children: Vec::new(),
            attributes: BTreeMap::new(),
            marks: Marks::default(),
            value: None,
            was_secret: false,
            was_edited: false,
            scroll: None,
            shown: BTreeMap::new(),
        }
    }
}

/// The replica's tree, written as [`Page::masked`] writes.
pub fn drawn(tree: &Tree<()>) -> String {
    let mut out = String::new();
    for child in tree.children(NodeId::DOCUMENT) {
        draw(tree, *child, "", &mut out);
    }
    out
}

fn draw(tree: &Tree<()>, id: NodeId, parent: &str, out: &mut String) {
    let node = tree.node(id).expect("children are there");
    match &node.kind {
        NodeKind::Comment => out.push_str("<!>"),
        NodeKind::Text(text) => {
            out.push_str(text);
            if parent != "b" && parent != "div" {
                out.push('|');
            }
        }
        NodeKind::Badge(_) => out.push_str("[blocked]"),
        NodeKind::Element(element) => {
            let name = element.name.as_str();
            out.push('<');
            out.push_str(name);
            let attributes: BTreeMap<_, _> =
                element.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            for (name, value) in attributes {
                out.push_str(&format!(" {name}={value}"));
            }
            let mut states = node.states.clone();
            states.sort_by_key(State::slot);
            for state in states {
                match state {
                    State::Value(value) => out.push_str(&format!(" .value={}", value.as_str())),
                    State::Scroll(_, to) => out.push_str(&format!(" .scroll={to}")),
                    State::Picture(Picture::Asset(hash, _)) => out.push_str(&format!(" .picture={}", hash.0[0])),
                    State::Picture(Picture::Badge(reason)) => {
                        assert_eq!(reason, BadgeReason::Masked);
                        out.push_str(" .picture=masked");
                    }
                    State::Caret(caret) => out.push_str(&format!(" .caret={}", caret.start)),
                    State::Matches(words) => out.push_str(&format!(" .matches={words}")),
                    State::Look(css) => out.push_str(&format!(" .look={css}")),
                    // Not drawn.
                    State::Guard(_) | State::Dialog(_) | State::Playback(_) | State::View(_) => {}
                    other => panic!("{other:?} was never set"),
                }
            }
            out.push('>');
            node.children.iter().for_each(|child| draw(tree, *child, name, out));
            out.push_str(&format!("</{name}>"));
        }
        other => panic!("{other:?} was never made"),
    }
}
