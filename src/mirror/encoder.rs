//! The visitor's half: compares what the browser reads with what was told, and tells the least set of changes, masked.

mod changes;
mod children;
mod numbers;
mod pictures;
mod retelling;

use core::mem;
use std::collections::VecDeque;

use self::children::Open;
use self::retelling::Retelling;
use super::asset::Addresses;
use super::place::{Change, Lists};
use super::told::{Changes, Guard, Told, bits_of};
use super::tree::Tree;
use super::writer::Writer;
use crate::mask::{Marks, Names, Policy};
use crate::protocol::mirror::{Check, Device, Inner, MirrorFrame, NodeId, Operation, Reset};
use crate::protocol::{AssetHash, AssetKind, AssetOffer};

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
    /// This node is a secret from now on, or people write into it: wherever it is read again it has [`Marks::SECRET`]. Do it before all else.
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
    page: u32,
    epoch: u32,
    /// How the epoch began.
    begun: Option<Reset>,
    /// What is told again now.
    retelling: Option<Retelling>,
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
    /// Texts and fields that may be a part of one that goes on in what was not read when they were told last; and some that were parts of one in
    /// several boxes, which others may have left.
    uncertain: Vec<NodeId>,
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
            page: 0,
            epoch: 0,
            begun: None,
            retelling: None,
            number: 0,
            checked: 0,
            batch: 1,
            open: Vec::new(),
            lists: Lists::default(),
            roots: Vec::new(),
            stateful: Vec::new(),
            changes: Changes::default(),
            suspects: Vec::new(),
            uncertain: Vec::new(),
            addresses: Addresses::default(),
            outputs: VecDeque::new(),
        }
    }

    /// Of this page, a number chosen by chance. Its epochs follow this one: replicas that have seen it ignore earlier ones.
    pub fn of(self, page: u32, epoch: u32) -> Self {
        Self { page, epoch, ..self }
    }

    /// The customer has chosen anew what agents see, also what the marks will be: that counts from the next epoch on. What waits is never
    /// told, and pictures are to be fetched again where they still are shown.
    pub fn handle_policy(&mut self, is_private_by_default: bool) {
        self.next_policy = Some(Policy { is_private_by_default, ..self.policy });
    }

    /// Begins anew: all ids may be given again, and the document's children are to be read.
    pub fn begin(&mut self, size: (u32, u32), is_quirky: bool, device: Device) {
        let (page, epoch) = (self.page, self.epoch + 1);
        let begun = Reset { page, epoch, number: 0, is_difference: false, size, is_quirky, device };
        *self = match self.next_policy {
            Some(policy) => Self::new(policy),
            None => {
                let (addresses, outputs) = (mem::take(&mut self.addresses), mem::take(&mut self.outputs));
                Self { addresses, outputs, ..Self::new(self.policy) }
            }
        };
        (self.page, self.epoch, self.begun) = (page, epoch, Some(begun.clone()));
        if let Some(document) = self.tree.node_mut(NodeId::DOCUMENT) {
            document.own.treatment = self.policy.document();
        }
        if is_quirky {
            self.names.ignore_case();
        }
        self.send(&MirrorFrame::Reset(begun));
    }

    /// Tells what has changed since the last flush; nothing where nothing did.
    pub fn flush(&mut self) {
        self.end_retelling();
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
        self.end_retelling();
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

    /// A frame of the page that this document stands for, which tells itself; empty where it does so no more. False where nothing in what was
    /// told stands for one.
    pub fn tell_inner(&mut self, node: NodeId, frame: Vec<u8>) -> bool {
        let is_told = self.tree.is_stand_in(node);
        if is_told {
            self.send(&MirrorFrame::Inner(Inner { epoch: self.epoch, node, frame }));
        }
        is_told
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

    fn forget(&mut self, node: NodeId) {
        let outputs = &mut self.outputs;
        self.tree.discard(node, |gone| outputs.push_back(EncoderOutput::Forget(gone)));
    }

    fn send(&mut self, frame: &MirrorFrame) {
        self.outputs.push_back(EncoderOutput::Send(frame.encode()));
    }
}
