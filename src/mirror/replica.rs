//! The agent's half: builds the page again from what the encoder sends, and refuses what does not fit.

use std::collections::{HashMap, VecDeque};

use super::admitted::is_admitted;
use super::difference::difference;
use super::known::parts_of;
use super::packed::unpack;
use super::tree::{Misfit, Tree};
use crate::protocol::mirror::{
    Check, Inner, Known, MirrorFrame, NewNode, NodeId, Operation, Patch, Picture, Reset, State, frames_in,
};
use crate::protocol::{ASSET_LIMIT, AssetHash, AssetKind, AssetOffer, AssetPart, Malformed};

/// Most assets of one page.
const OFFERS: usize = 4_096;

/// Bytes of frames before the page is asked to begin anew: a replica holds no more than came.
const TOLD_LIMIT: usize = 64 * 1024 * 1024;

/// Nodes that may be looked at for the places of one patch: less than half a second's work.
const WORK_LIMIT: usize = 400_000_000;

/// Bytes that a [`Reset`] may have: ten numbers.
const RESET_LIMIT: usize = 64;

/// What a replica wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum ReplicaOutput {
    /// Draw an empty page of that size.
    Clear(Reset),
    /// Draw this change: it was made in the tree.
    Draw(Operation),
    /// This asset can be had: want it, where it is not there.
    Offer(AssetOffer),
    /// An asset that was wanted. That its bytes have this hash is still to be checked.
    Asset(AssetHash, AssetKind, Vec<u8>),
    /// A frame of the page that this document stands for; see [`Inner`].
    Inner(NodeId, Vec<u8>),
    /// Ask the page for what [`Replica::ask`] says: a patch is missing, does not fit, or the tree has drifted.
    Ask,
}

/// What is told again is built here.
#[derive(Debug, Default)]
enum Building {
    /// Nothing is told again, or it is for others.
    #[default]
    Nothing,
    /// In the tree, which was empty.
    Here,
    /// In a tree of its own, to be compared with the one that is drawn.
    Aside {
        /// After which patch.
        number: u32,
        tree: Tree<()>,
    },
}

/// A page as the agent sees it.
#[derive(Debug, Default)]
pub struct Replica {
    tree: Tree<()>,
    page: u32,
    epoch: u32,
    /// The last patch of the epoch that was made.
    number: u32,
    /// Bytes of frames that were taken since the tree was empty.
    told: usize,
    /// No patch is made before the next [`Reset`].
    is_waiting: bool,
    building: Building,
    /// How often what was told again did not fit, since the tree was last known to be as it should be.
    failures: u8,
    /// What was offered.
    offers: HashMap<AssetHash, AssetKind>,
    /// The asset that is coming, and the number of its next part.
    coming: Option<(AssetHash, Vec<u8>, u32)>,
    outputs: VecDeque<ReplicaOutput>,
}

impl Replica {
    /// A replica that waits for the first epoch.
    pub fn new() -> Self {
        Self { is_waiting: true, ..Self::default() }
    }

    /// The epoch that is built.
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// What to ask the page for, where something is lost: all but the parts that are named, a [`Known`]; where it is empty, the whole page as
    /// it was told; `None` for a new epoch, since both did not help.
    pub fn ask(&mut self) -> Option<Vec<u8>> {
        match self.failures {
            0 if self.epoch > 0 => {
                let (page, epoch) = (self.page, self.epoch);
                Some(Known { page, epoch, parts: parts_of(&mut self.tree) }.encode())
            }
            0 | 1 => Some(Vec::new()),
            _ => None,
        }
    }

    /// Whether this frame begins another page than the one that is shown, which nothing is left of then.
    pub fn is_left_by(&self, bytes: &[u8]) -> bool {
        if self.page == 0 || bytes.len() > RESET_LIMIT {
            return false;
        }
        matches!(MirrorFrame::decode(bytes), Ok(MirrorFrame::Reset(reset)) if reset.page != self.page && !reset.is_difference)
    }

    /// The way to the page was cut: what is shown is of the past until the page is told again.
    pub fn handle_cut(&mut self) {
        (self.is_waiting, self.building) = (true, Building::Nothing);
    }

    /// The bytes of a frame came, or of several, packed or not. Those that are no frame are asked for: they may have been a part of this epoch.
    pub fn handle_bytes(&mut self, bytes: &[u8]) {
        match unpack(bytes) {
            Ok(unpacked) => frames_in(&unpacked).for_each(|frame| self.handle_unpacked(frame)),
            Err(_) => self.give_up(),
        }
    }

    fn handle_unpacked(&mut self, bytes: Result<&[u8], Malformed>) {
        let length = bytes.map_or(0, <[u8]>::len);
        match bytes.and_then(MirrorFrame::decode) {
            Ok(frame) => {
                let is_taken = !matches!((&frame, &self.building), (MirrorFrame::Retold(_), Building::Nothing));
                self.told = self.told.saturating_add(if is_taken { length } else { 0 });
                self.handle_frame(frame);
            }
            Err(_) => self.give_up(),
        }
    }

    /// A frame came. Frames of older epochs are ignored, and what is told again for others; after a gap or a misfit no patch is made before
    /// the next [`Reset`].
    pub fn handle_frame(&mut self, frame: MirrorFrame) {
        match frame {
            MirrorFrame::Reset(reset) => self.handle_reset(reset),
            MirrorFrame::Patch(patch) if patch.epoch == self.epoch && !self.is_waiting => self.handle_patch(patch),
            MirrorFrame::Retold(patch) if patch.epoch == self.epoch => self.handle_retold(patch),
            MirrorFrame::Check(check) if check.epoch == self.epoch => self.handle_check(check),
            MirrorFrame::Offer(offer) if self.offers.len() < OFFERS => {
                self.offers.insert(offer.hash, offer.kind);
                self.outputs.push_back(ReplicaOutput::Offer(offer));
            }
            MirrorFrame::Asset(part) => self.handle_part(part),
            MirrorFrame::Inner(Inner { epoch, node, frame })
                if epoch == self.epoch && !self.is_waiting && self.tree.is_stand_in(node) =>
            {
                self.outputs.push_back(ReplicaOutput::Inner(node, frame));
            }
            _ => {}
        }
    }

    /// The next thing to do; call until `None`.
    pub fn poll_output(&mut self) -> Option<ReplicaOutput> {
        self.outputs.pop_front()
    }

    /// The page.
    pub fn tree(&self) -> &Tree<()> {
        &self.tree
    }

    /// Whether what is shown is of the past.
    pub fn is_waiting(&self) -> bool {
        self.is_waiting
    }

    fn handle_reset(&mut self, reset: Reset) {
        let is_same = (reset.page, reset.epoch) == (self.page, self.epoch);
        // What is not asked for comes of a page that is older than the one that is shown, or is for others.
        let is_new = reset.page != self.page || reset.epoch > self.epoch;
        if is_new && !reset.is_difference {
            self.tree = Tree::default();
            (self.page, self.epoch, self.number) = (reset.page, reset.epoch, reset.number);
            (self.told, self.is_waiting) = (0, false);
            self.building = if reset.number > 0 { Building::Here } else { Building::Nothing };
            self.outputs.push_back(ReplicaOutput::Clear(reset));
        } else if is_same && self.is_waiting {
            self.told = 0;
            self.building = Building::Aside { number: reset.number, tree: Tree::default() };
        } else {
            self.building = Building::Nothing;
        }
    }

    fn handle_patch(&mut self, patch: Patch) {
        if patch.number <= self.number {
            return;
        }
        if patch.number != self.number + 1 || self.told > TOLD_LIMIT {
            return self.give_up();
        }
        self.number = patch.number;
        self.tree.rest(WORK_LIMIT);
        if self.draw(patch.operations).is_err() {
            self.give_up();
        }
    }

    fn draw(&mut self, operations: Vec<Operation>) -> Result<(), Misfit> {
        for operation in operations {
            if let Operation::State { node, state: State::Picture(Picture::Asset(hash, kind)) } = operation {
                self.handle_picture(node, hash, kind);
            }
            apply(&mut self.tree, operation.clone())?;
            self.outputs.push_back(ReplicaOutput::Draw(operation));
        }
        Ok(())
    }

    fn handle_retold(&mut self, patch: Patch) {
        let is_built = match &mut self.building {
            Building::Here if patch.number == self.number => {
                self.tree.rest(WORK_LIMIT);
                self.draw(patch.operations)
            }
            Building::Aside { number, tree } if *number == patch.number => {
                tree.rest(WORK_LIMIT);
                patch.operations.into_iter().try_for_each(|operation| match operation {
                    Operation::Move { node, parent, before } if !tree.contains(node) => {
                        take_over(&self.tree, tree, node, parent, before)
                    }
                    operation => apply(tree, operation),
                })
            }
            _ => return,
        };
        if is_built.is_err() || self.told > TOLD_LIMIT {
            self.fail();
        }
    }

    /// What the tree should be. A check of another patch than the last one says nothing of it.
    fn handle_check(&mut self, check: Check) {
        match core::mem::take(&mut self.building) {
            Building::Aside { number, mut tree } if number == check.number => {
                let is_whole = Some(check.hash) == tree.rehash(usize::MAX);
                if !is_whole || self.become_as(&tree, number).is_err() {
                    return self.fail();
                }
                self.failures = 0;
            }
            Building::Here if check.number == self.number && Some(check.hash) != self.tree.rehash(usize::MAX) => {
                self.fail();
            }
            _ if check.number != self.number || self.is_waiting => {}
            _ if Some(check.hash) != self.tree.rehash(usize::MAX) => self.give_up(),
            _ => self.failures = 0,
        }
    }

    /// Draws what is other than in the tree that was told again.
    fn become_as(&mut self, tree: &Tree<()>, number: u32) -> Result<(), Misfit> {
        self.tree.rest(WORK_LIMIT);
        for operation in difference(&mut self.tree, tree)? {
            if let Operation::State { state: State::Picture(Picture::Asset(hash, kind)), .. } = operation
                && self.offers.len() < OFFERS
            {
                self.offers.insert(hash, kind);
            }
            self.outputs.push_back(ReplicaOutput::Draw(operation));
        }
        (self.number, self.is_waiting) = (number, false);
        Ok(())
    }

    /// A canvas has another picture: the one before is not offered any more.
    fn handle_picture(&mut self, node: NodeId, hash: AssetHash, kind: AssetKind) {
        let before = self.tree.node(node).and_then(|node| node.state(State::PICTURE));
        if let Some(State::Picture(Picture::Asset(before, _))) = before {
            self.offers.remove(before);
        }
        if self.offers.len() < OFFERS {
            self.offers.insert(hash, kind);
        }
    }

    /// One asset comes after another; one that has a gap is dropped, and wanted again with its next offer.
    fn handle_part(&mut self, part: AssetPart) {
        let (hash, mut bytes, next) = match self.coming.take() {
            Some(coming) if coming.0 == part.hash && part.at > 0 => coming,
            _ => (part.hash, Vec::new(), 0),
        };
        if part.at != next || bytes.len() + part.bytes.len() > ASSET_LIMIT {
            return;
        }
        bytes.extend(part.bytes);
        match (part.is_last, self.offers.get(&hash)) {
            (true, Some(kind)) => self.outputs.push_back(ReplicaOutput::Asset(hash, *kind, bytes)),
            (true, None) => {}
            (false, _) => self.coming = Some((hash, bytes, next + 1)),
        }
    }

    /// Asks once: who does not listen is not asked more often.
    fn give_up(&mut self) {
        if !core::mem::replace(&mut self.is_waiting, true) {
            self.building = Building::Nothing;
            self.outputs.push_back(ReplicaOutput::Ask);
        }
    }

    /// What was told again does not fit: the next answer counts whatever this tree is.
    fn fail(&mut self) {
        self.failures = self.failures.saturating_add(1);
        (self.page, self.epoch, self.is_waiting) = (0, 0, false);
        self.give_up();
    }
}

/// Makes a change that may be made.
fn apply(tree: &mut Tree<()>, operation: Operation) -> Result<(), Misfit> {
    if !is_admitted(tree, &operation) {
        return Err(Misfit::NotAdmitted);
    }
    tree.apply(operation)
}

/// A node with all that is in it, as it is in the other tree.
fn take_over(
    old: &Tree<()>,
    new: &mut Tree<()>,
    node: NodeId,
    parent: NodeId,
    before: Option<NodeId>,
) -> Result<(), Misfit> {
    let nodes = old.walk(node).map(|(id, node)| {
        let (kind, children) = (node.kind.clone(), node.children.len() as u32);
        NewNode { id, kind, children }
    });
    let nodes: Vec<NewNode> = nodes.collect();
    if nodes.is_empty() {
        return Err(Misfit::Unknown(node));
    }
    new.apply(Operation::Insert { parent, before, nodes })?;
    for (node, shown) in old.walk(node) {
        for state in &shown.states {
            new.apply(Operation::State { node, state: state.clone() })?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use miniz_oxide::deflate::compress_to_vec;

    use super::*;
    use crate::mirror::tree::DEPTH_LIMIT;
    use crate::protocol::mirror::{
        Badge, BadgeReason, Check, Device, Element, MIRROR_ATTRIBUTES, Name, Namespace, NewNode, NodeKind, PACKED,
        SEVERAL,
    };

    fn replica() -> Replica {
        let mut replica = Replica::new();
        replica.handle_frame(MirrorFrame::Reset(Reset {
            page: 1,
            epoch: 1,
            number: 0,
            is_difference: false,
            size: (800, 600),
            is_quirky: false,
            device: Device::default(),
        }));
        replica
    }

    fn insert(id: u32, children: u32) -> Operation {
        let nodes = vec![NewNode { id: NodeId(id), kind: NodeKind::Comment, children }];
        Operation::Insert { parent: NodeId::DOCUMENT, before: None, nodes }
    }

    fn patch(epoch: u32, number: u32, operations: Vec<Operation>) -> MirrorFrame {
        MirrorFrame::Patch(Patch { epoch, number, operations })
    }

    #[test]
    fn what_does_not_fit_ends_the_epoch_and_asks_for_another_once() {
        let node = NodeId(1);
        let itself = Operation::Move { node, parent: node, before: None };
        for bad in [
            insert(1, 0),
            insert(2, 1),
            insert(u32::MAX, 0),
            itself,
            Operation::Remove { node: NodeId::DOCUMENT },
            Operation::Remove { node: NodeId(9) },
            Operation::Text { node, text: crate::mask::mask_layout("x") },
            Operation::State { node, state: State::Pseudo(1) },
            Operation::State { node, state: State::Scroll(1, 1) },
            Operation::State { node: NodeId::DOCUMENT, state: State::Pseudo(1) },
        ] {
            let mut replica = replica();
            replica.handle_frame(patch(1, 1, vec![insert(1, 0)]));
            replica.handle_frame(patch(1, 2, vec![bad.clone()]));
            replica.handle_frame(patch(1, 3, vec![insert(3, 0)]));
            let asked = core::iter::from_fn(|| replica.poll_output()).filter(|output| *output == ReplicaOutput::Ask);
            assert_eq!(asked.count(), 1, "{bad:?}");
            replica.handle_frame(MirrorFrame::Reset(Reset {
                page: 1,
                epoch: 2,
                number: 0,
                is_difference: false,
                size: (1, 1),
                is_quirky: true,
                device: Device::default(),
            }));
            assert!(!replica.is_waiting());
        }
    }

    #[test]
    fn bytes_that_are_no_frame_end_the_epoch_and_are_asked_about_once() {
        for bad in [
            &[9, 9, 9][..],
            &[],
            &[1, 1],
            &[PACKED, 0xff, 0xff],
            &[SEVERAL, 0xff],
            &[SEVERAL, 2, 2],
            &[SEVERAL, 1, SEVERAL],
        ] {
            let mut replica = replica();
            replica.poll_output();
            replica.handle_bytes(bad);
            replica.handle_bytes(bad);
            let outputs: Vec<_> = core::iter::from_fn(|| replica.poll_output()).collect();
            assert_eq!((outputs, replica.is_waiting()), (vec![ReplicaOutput::Ask], true), "{bad:?}");
        }
    }

    fn nested(first: u32, count: u32, parent: u32) -> Operation {
        let name = Name::new("div").expect("a name");
        let kind = NodeKind::Element(Element { namespace: Namespace::Html, name, attributes: Vec::new() });
        let node = |id| NewNode { id: NodeId(id), kind: kind.clone(), children: u32::from(id + 1 < first + count) };
        let nodes = (first..first + count).map(node).collect();
        Operation::Insert { parent: NodeId(parent), before: None, nodes }
    }

    #[test]
    fn nodes_are_not_deeper_in_each_other_than_a_browser_can_lay_out() {
        let depth = DEPTH_LIMIT as u32;
        let moved = Operation::Move { node: NodeId(5_000), parent: NodeId(depth - 11), before: None };
        for (more, is_refused) in [
            (vec![], false),
            (vec![nested(depth, 1, depth - 1)], true),
            (vec![nested(5_000, 10, 0), moved.clone()], false),
            (vec![nested(5_000, 11, 0), moved], true),
        ] {
            let mut replica = replica();
            replica.handle_frame(patch(1, 1, vec![nested(1, depth - 1, 0)]));
            replica.handle_frame(patch(1, 2, more.clone()));
            assert_eq!(replica.is_waiting(), is_refused, "{} operations", more.len());
        }
    }

    #[test]
    fn ids_do_not_run_ahead_without_end() {
        let mut replica = replica();
        for (number, id) in (1..).zip([1, 15_000_000, 30_000_000]) {
            replica.handle_frame(patch(1, number, vec![insert(id, 0)]));
            assert_eq!(replica.is_waiting(), id == 30_000_000);
        }
    }

    #[test]
    fn a_patch_that_would_take_minutes_is_given_up() {
        let count = 2_000;
        let nodes = (1..=count).map(|id| NewNode { id: NodeId(id), kind: NodeKind::Comment, children: 0 }).collect();
        let all = Operation::Insert { parent: NodeId::DOCUMENT, before: None, nodes };
        let done = |ids: &mut dyn Iterator<Item = u32>| {
            let mut tree = Tree::<()>::default();
            tree.apply(all.clone()).expect("it fits");
            tree.rest(200_000);
            ids.map(|id| Operation::Remove { node: NodeId(id) }).all(|remove| tree.apply(remove).is_ok())
        };
        assert!(done(&mut (1..=count)), "from the first on");
        assert!(done(&mut (1..=count).rev()), "from the last on");
        assert!(!done(&mut (count / 2..=count)), "from the middle on");
    }

    #[test]
    fn what_holds_nothing_takes_no_nodes() {
        let mut replica = replica();
        let into = |parent| {
            let nodes = vec![NewNode { id: NodeId(2), kind: NodeKind::Comment, children: 0 }];
            Operation::Insert { parent: NodeId(parent), before: None, nodes }
        };
        replica.handle_frame(patch(1, 1, vec![insert(1, 0), into(1)]));
        assert!(replica.is_waiting());
    }

    #[test]
    fn a_page_that_has_told_very_much_is_asked_to_begin_anew() {
        let mut replica = replica();
        let text = |number| {
            let text = crate::mask::mask_layout(&"x".repeat(200 * 1024));
            let kind = NodeKind::Text(text);
            let nodes = vec![NewNode { id: NodeId(number), kind, children: 0 }];
            let insert = Operation::Insert { parent: NodeId::DOCUMENT, before: None, nodes };
            let operations =
                if number == 1 { vec![insert] } else { vec![Operation::Remove { node: NodeId(number - 1) }, insert] };
            patch(1, number, operations).encode()
        };
        let asked = (1..1_000).find(|number| {
            replica.handle_bytes(&text(*number));
            replica.is_waiting()
        });
        assert_eq!(asked, Some(328), "64 MiB");
    }

    #[test]
    fn an_asset_comes_in_parts_and_one_with_a_gap_does_not() {
        let hash = AssetHash([1; 32]);
        let part = |at, is_last| MirrorFrame::Asset(AssetPart { hash, at, is_last, bytes: vec![at as u8; 2] });
        let address = crate::mask::show_address("https://s.test/a.png");
        let offer = AssetOffer { address, hash, kind: AssetKind::Png };
        let asset = |bytes: &[u8]| ReplicaOutput::Asset(hash, AssetKind::Png, bytes.to_vec());
        for (frames, expected) in [
            (vec![part(0, true)], vec![asset(&[0, 0])]),
            (vec![part(0, false), part(1, true)], vec![asset(&[0, 0, 1, 1])]),
            (vec![part(0, false), part(2, true), part(1, true)], vec![]),
            (vec![part(0, false), part(0, false), part(1, true)], vec![asset(&[0, 0, 1, 1])]),
        ] {
            let mut replica = replica();
            replica.poll_output();
            replica.handle_frame(part(0, true));
            assert_eq!(replica.poll_output(), None, "nobody offered it");
            replica.handle_frame(MirrorFrame::Offer(offer.clone()));
            assert_eq!(replica.poll_output(), Some(ReplicaOutput::Offer(offer.clone())));
            frames.into_iter().for_each(|frame| replica.handle_frame(frame));
            assert_eq!(core::iter::from_fn(|| replica.poll_output()).collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn an_asset_without_end_is_dropped_at_its_limit() {
        let mut replica = replica();
        for at in 0..200 {
            let bytes = vec![0; crate::protocol::ASSET_PART];
            replica.handle_frame(MirrorFrame::Asset(AssetPart { hash: AssetHash([1; 32]), at, is_last: false, bytes }));
            assert!(replica.coming.as_ref().is_none_or(|(_, bytes, _)| bytes.len() <= ASSET_LIMIT));
        }
    }

    #[test]
    fn another_page_is_known_by_its_first_frame() {
        let reset = |page, epoch, is_difference| {
            let (size, device) = ((u32::MAX, u32::MAX), Device { bits: u8::MAX, ratio: u32::MAX });
            let reset = Reset { page, epoch, number: u32::MAX, is_difference, size, is_quirky: true, device };
            MirrorFrame::Reset(reset).encode()
        };
        assert!(!Replica::new().is_left_by(&reset(2, 1, false)), "there is none to leave");
        let replica = replica();
        for (frame, expected) in [
            (reset(2, 1, false), true),
            (reset(u32::MAX, u32::MAX, false), true),
            (reset(1, 2, false), false),
            (reset(2, 1, true), false),
            (patch(1, 1, vec![]).encode(), false),
            (vec![0], false),
            (vec![], false),
        ] {
            assert_eq!(replica.is_left_by(&frame), expected, "{frame:?}");
        }
    }

    #[test]
    fn a_patch_that_is_missing_is_noticed_and_a_stale_one_is_not() {
        let mut replica = replica();
        replica.handle_frame(patch(1, 1, vec![insert(1, 0)]));
        replica.handle_frame(patch(1, 1, vec![insert(1, 0)]));
        replica.handle_frame(patch(0, 2, vec![insert(1, 0)]));
        assert!(!replica.is_waiting());
        replica.handle_frame(patch(1, 3, vec![]));
        assert!(replica.is_waiting());
    }

    #[test]
    fn drift_is_noticed_by_the_hash() {
        let mut replica = replica();
        let hash = replica.tree().hash();
        replica.handle_frame(MirrorFrame::Check(Check { epoch: 1, number: 0, hash }));
        assert!(!replica.is_waiting());
        replica.handle_frame(MirrorFrame::Check(Check { epoch: 1, number: 0, hash: hash + 1 }));
        assert!(replica.is_waiting());
    }

    #[test]
    fn what_a_page_within_tells_is_for_what_stands_for_it_alone() {
        let badge = |reason| NodeKind::Badge(Badge { reason, size: (3, 2) });
        let node = |id, kind, children| NewNode { id: NodeId(id), kind, children };
        let stand_in =
            |id, reason| [node(id, NodeKind::Document { is_quirky: false }, 1), node(id + 1, badge(reason), 0)];
        let nodes = [stand_in(1, BadgeReason::ForeignFrame), stand_in(3, BadgeReason::Blocked)].concat();
        let mut replica = replica();
        replica.handle_frame(patch(1, 1, vec![Operation::Insert { parent: NodeId::DOCUMENT, before: None, nodes }]));
        while replica.poll_output().is_some() {}
        let inner = |epoch, node| MirrorFrame::Inner(Inner { epoch, node: NodeId(node), frame: vec![7, 8] });
        for stray in [inner(0, 1), inner(2, 1), inner(1, 2), inner(1, 3), inner(1, 9), inner(1, 0)] {
            replica.handle_frame(stray.clone());
            assert_eq!(replica.poll_output(), None, "{stray:?}");
        }
        let bytes = inner(1, 1).encode();
        assert_eq!(MirrorFrame::decode(&bytes), Ok(inner(1, 1)));
        replica.handle_bytes(&bytes);
        assert_eq!(replica.poll_output(), Some(ReplicaOutput::Inner(NodeId(1), vec![7, 8])));
        replica.handle_frame(patch(1, 9, vec![]));
        assert_eq!(replica.poll_output(), Some(ReplicaOutput::Ask));
        replica.handle_bytes(&bytes);
        assert_eq!(replica.poll_output(), None, "it is of a page that is not shown");
    }

    #[test]
    fn frames_that_come_as_one_are_handled_in_order_up_to_what_is_none() {
        let remove = |number| patch(1, number, vec![Operation::Remove { node: NodeId(number) }]).encode();
        let comment = |id| NewNode { id: NodeId(id), kind: NodeKind::Comment, children: 0 };
        let nodes = (1..=4).map(comment).collect();
        let first = patch(1, 1, vec![Operation::Insert { parent: NodeId::DOCUMENT, before: None, nodes }]);
        let sized = |frame: Vec<u8>| [&[frame.len() as u8 | 0x80, 0x80, 0][..], &frame].concat();
        let whole = [vec![SEVERAL], sized(first.encode()), sized(remove(2)), sized(remove(3))].concat();
        let drawn = |bytes: &[u8]| {
            let mut replica = replica();
            replica.handle_bytes(bytes);
            (replica.tree().len(), replica.is_waiting())
        };
        assert_eq!(drawn(&whole), (3, false));
        assert_eq!(drawn(&[&[PACKED], &compress_to_vec(&whole, 6)[..]].concat()), (3, false));
        assert_eq!(
            drawn(&whole[..whole.len() - 1]),
            (4, true),
            "what is cut off is asked for, what came before it is made"
        );
        assert_eq!(drawn(&[SEVERAL]), (1, false));
    }

    #[test]
    fn an_element_collects_attributes_up_to_the_limit_only() {
        let name = |index: usize| Name::new(&format!("a{index}")).expect("a name");
        let kind = NodeKind::Element(Element { namespace: Namespace::Html, name: name(0), attributes: Vec::new() });
        let nodes = vec![NewNode { id: NodeId(1), kind, children: 0 }];
        let mut replica = replica();
        replica.handle_frame(patch(1, 1, vec![Operation::Insert { parent: NodeId::DOCUMENT, before: None, nodes }]));
        let value = Some(crate::mask::mask_layout("x"));
        let set = |index| Operation::Attribute { node: NodeId(1), name: name(index), value: value.clone() };
        replica.handle_frame(patch(1, 2, (0..2 * MIRROR_ATTRIBUTES).map(set).collect()));
        let node = replica.tree().node(NodeId(1)).expect("it was inserted");
        assert_eq!(node.attribute(&name(MIRROR_ATTRIBUTES - 1)), value.as_ref());
        assert_eq!(node.attribute(&name(MIRROR_ATTRIBUTES)), None);
        assert!(!replica.is_waiting());
    }
}
