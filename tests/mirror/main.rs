//! A page that is edited at random, told by the encoder and built by the replica: after each batch both are the same tree, and
//! nothing private is in the bytes between them.
#![cfg(not(target_arch = "wasm32"))]

mod page;

use alongside::mask::{Marks, Policy};
use alongside::mirror::{DEPTH_LIMIT, Encoder, EncoderOutput, Guard, Replica, ReplicaOutput, StateReading, unpack};
use alongside::protocol::mirror::{
    Device, DialogKind, MIRROR_FRAME_LIMIT, MirrorFrame, NodeId, NodeKind, PACKED, PLAYBACK_LIMIT, PlayStage, Playback,
    Point, RATE_LIMIT, Span, State,
};
use alongside::protocol::{ASSET_PART, AssetHash, AssetKind, AssetPart};
use page::{Edit, Kind, Page, Shown};
use proptest::prelude::*;

/// A page, its mirror, and all bytes that went between them.
struct Pair {
    page: Page,
    encoder: Encoder,
    replica: Replica,
    wire: Vec<u8>,
    operations: usize,
    fetched: Vec<String>,
}

impl Pair {
    fn of(page: Page, policy: Policy) -> Self {
        let (encoder, replica) = (Encoder::new(policy), Replica::new());
        let mut pair = Self { page, encoder, replica, wire: Vec::new(), operations: 0, fetched: Vec::new() };
        pair.begin();
        pair
    }

    fn begin(&mut self) {
        self.encoder.begin((800, 600), false, Device::default());
        self.page.forget_all();
        self.page.read(0, &mut self.encoder);
        self.settle();
    }

    /// Edits the page as scripts do, then tells it.
    fn edit(&mut self, edits: &[Edit]) {
        for edit in edits {
            self.page.edit(edit);
        }
        self.page.tell(&mut self.encoder);
        self.settle();
    }

    /// As [`Pair::edit`], but new nodes are read a few at a time, and the page changes in between.
    fn edit_in_slices(&mut self, edits: &[Edit], patience: usize) {
        for edit in edits {
            self.page.edit(edit);
            self.page.be_patient(patience);
            self.page.tell(&mut self.encoder);
            self.send();
        }
        self.page.be_patient(usize::MAX);
        for _ in 0..3 {
            self.page.tell(&mut self.encoder);
            self.send();
        }
        assert!(self.page.is_read());
        assert_eq!(page::drawn(self.replica.tree()), self.page.masked(), "the replica is the masked page");
    }

    /// Tells what was edited, whatever is expected of it.
    fn tell(&mut self) {
        self.page.tell(&mut self.encoder);
        self.send();
    }

    /// Whether four characters of the secret were sent, in a row as they stand in it.
    fn leaks(&self, secret: &str) -> bool {
        let runs: Vec<&[u8]> = secret.as_bytes().windows(4).collect();
        self.wire.windows(4).any(|window| runs.contains(&window))
    }

    fn settle(&mut self) {
        self.send();
        let masked = self.page.masked();
        assert_eq!(page::drawn(self.replica.tree()), masked, "the replica is the masked page");
        self.page.expose(&masked);
    }

    fn send(&mut self) {
        self.rereads();
        self.encoder.flush();
        while !self.encoder.check() {}
        while let Some(output) = self.encoder.poll_output() {
            match output {
                EncoderOutput::Send(bytes) => {
                    assert!(bytes.len() <= 640 * 1024, "a frame of {} bytes", bytes.len());
                    let decoded = MirrorFrame::decode(&bytes).expect("what was encoded is decoded");
                    assert_eq!(decoded.encode(), bytes, "there is one way to write a frame");
                    match &decoded {
                        MirrorFrame::Patch(patch) => self.operations += patch.operations.len(),
                        MirrorFrame::Check(check) => {
                            assert_eq!(check.hash, self.encoder.hash(), "what is kept is what would be made anew");
                        }
                        _ => {}
                    }
                    self.wire.extend(bytes);
                    self.replica.handle_frame(decoded);
                }
                EncoderOutput::Forget(id) => self.page.forget(id),
                EncoderOutput::Fetch(_, address) => self.fetched.push(address),
                EncoderOutput::Remember(id) => panic!("{id:?} is a secret after all were read"),
                EncoderOutput::Reread(id) => panic!("{id:?} is to be read again after all were"),
                EncoderOutput::Draw(id) => panic!("{id:?} is to be drawn after all were"),
            }
        }
        let asked = core::iter::from_fn(|| self.replica.poll_output()).any(|output| output == ReplicaOutput::Ask);
        assert!(!asked && !self.replica.is_waiting(), "the replica refused a patch");
        assert_eq!(self.replica.tree().hash(), self.encoder.hash(), "the replica is what was told");
    }

    /// What is told again to who knows this.
    fn told_again(&mut self, known: &[u8]) -> Vec<Vec<u8>> {
        self.encoder.retell(known);
        while !self.encoder.retell_more() {}
        let outputs = core::iter::from_fn(|| self.encoder.poll_output());
        outputs.filter_map(|output| if let EncoderOutput::Send(bytes) = output { Some(bytes) } else { None }).collect()
    }

    /// A replica that comes now and knows this; for the one that is there nothing changes.
    fn again(&mut self, known: &[u8]) -> Replica {
        let mut replica = Replica::new();
        for bytes in self.told_again(known) {
            replica.handle_bytes(&bytes);
            self.replica.handle_bytes(&bytes);
        }
        assert_eq!(self.replica.poll_output(), None, "it is for others");
        assert!(!replica.is_waiting() && !self.replica.is_waiting());
        assert_eq!(replica.tree().hash(), self.encoder.hash());
        replica
    }

    /// As [`Pair::again`], with nothing left to do.
    fn replica_of_all(&mut self) -> Replica {
        let mut replica = self.again(&[]);
        while replica.poll_output().is_some() {}
        replica
    }

    /// What a replica does that is told what it lacks.
    fn drawn_again(&mut self, replica: &mut Replica) -> Vec<ReplicaOutput> {
        let known = replica.ask().expect("nothing has failed");
        for bytes in self.told_again(&known) {
            replica.handle_bytes(&bytes);
        }
        assert!(!replica.is_waiting());
        core::iter::from_fn(|| replica.poll_output()).collect()
    }

    /// The replica is told what it lacks; for the other one, which lacks nothing, nothing changes.
    fn repair(&mut self, other: &mut Replica) {
        while other.poll_output().is_some() {}
        let known = self.replica.ask().expect("nothing has failed");
        for bytes in self.told_again(&known) {
            self.replica.handle_bytes(&bytes);
            other.handle_bytes(&bytes);
        }
        assert_eq!(other.poll_output(), None, "it is for others");
        assert!(!self.replica.is_waiting());
        while self.replica.poll_output().is_some() {}
        assert_eq!(self.replica.tree().hash(), other.tree().hash());
        assert_eq!(page::drawn(self.replica.tree()), self.page.masked());
    }

    /// As [`Pair::edit`], but the last operation of each patch is lost on the way to the replica, and not to the other. Whether one was; the
    /// replica has found it then.
    fn edit_and_damage(&mut self, edits: &[Edit], other: &mut Replica) -> bool {
        edits.iter().for_each(|edit| self.page.edit(edit));
        self.page.tell(&mut self.encoder);
        self.rereads();
        self.encoder.flush();
        while !self.encoder.check() {}
        let mut is_damaged = false;
        while let Some(output) = self.encoder.poll_output() {
            let EncoderOutput::Send(bytes) = output else { continue };
            let mut frame = MirrorFrame::decode(&bytes).expect("what was encoded is decoded");
            other.handle_frame(frame.clone());
            if let MirrorFrame::Patch(patch) = &mut frame {
                is_damaged |= patch.operations.pop().is_some();
            }
            self.replica.handle_frame(frame);
        }
        let is_asked = core::iter::from_fn(|| self.replica.poll_output()).any(|output| output == ReplicaOutput::Ask);
        assert!(is_asked || !is_damaged);
        is_damaged
    }

    fn rereads(&mut self) {
        let mut kept = Vec::new();
        for _ in 0..100 {
            let outputs: Vec<_> = core::iter::from_fn(|| self.encoder.poll_output()).collect();
            let mut is_quiet = true;
            outputs.iter().for_each(|output| {
                if let EncoderOutput::Remember(id) = output {
                    self.page.remember(*id);
                }
            });
            for output in outputs {
                match output {
                    EncoderOutput::Reread(id) => {
                        self.page.reread(id, &mut self.encoder);
                        is_quiet = false;
                    }
                    EncoderOutput::Draw(id) => self.page.draw(id, &mut self.encoder),
                    other => kept.push(other),
                }
            }
            if is_quiet {
                break;
            }
        }
        for output in kept {
            match output {
                EncoderOutput::Send(bytes) => {
                    self.wire.extend(&bytes);
                    self.replica.handle_frame(MirrorFrame::decode(&bytes).expect("a frame"));
                }
                EncoderOutput::Forget(id) => self.page.forget(id),
                EncoderOutput::Fetch(_, address) => self.fetched.push(address),
                EncoderOutput::Remember(_) | EncoderOutput::Reread(_) | EncoderOutput::Draw(_) => {}
            }
        }
    }
}

fn policy() -> impl Strategy<Value = Policy> {
    any::<bool>().prop_map(|is_private_by_default| Policy { is_private_by_default, ..Policy::default() })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn after_each_batch_the_replica_is_the_masked_page(
        policy in policy(),
        seed in page::edits(30),
        batches in prop::collection::vec(page::edits(12), 0..8),
    ) {
        let mut page = Page::new(policy);
        for edit in &seed {
            page.edit(edit);
        }
        let mut pair = Pair::of(page, policy);
        for batch in &batches {
            pair.edit(batch);
        }
        for secret in pair.page.secrets() {
            prop_assert!(
                !pair.wire.windows(secret.len()).any(|window| window == secret.as_bytes()),
                "{secret} is on the wire"
            );
        }
        pair.begin();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_page_that_changes_while_it_is_read_in_slices_is_the_masked_page_at_the_end(
        policy in policy(),
        seed in page::edits(40),
        edits in page::edits(30),
        patience in 1..6usize,
    ) {
        let mut page = Page::new(policy);
        for edit in &seed {
            page.edit(edit);
        }
        let (encoder, replica) = (Encoder::new(policy), Replica::new());
        let mut pair = Pair { page, encoder, replica, wire: Vec::new(), operations: 0, fetched: Vec::new() };
        pair.encoder.begin((800, 600), false, Device::default());
        pair.page.forget_all();
        pair.page.be_patient(patience);
        pair.page.read(0, &mut pair.encoder);
        pair.send();
        pair.edit_in_slices(&edits, patience);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn what_a_replica_has_lost_is_found_by_the_next_check_and_told_again(
        policy in policy(),
        seed in page::edits(30),
        edits in page::edits(12),
    ) {
        let mut page = Page::new(policy);
        seed.iter().for_each(|edit| page.edit(edit));
        let mut pair = Pair::of(page, policy);
        let mut other = pair.again(&[]);
        if pair.edit_and_damage(&edits, &mut other) {
            pair.repair(&mut other);
            pair.edit(&edits);
        }
    }

    #[test]
    fn a_replica_that_was_away_is_told_what_has_changed_and_draws_only_that(
        policy in policy(),
        seed in page::edits(30),
        batches in prop::collection::vec(page::edits(12), 0..4),
    ) {
        let mut page = Page::new(policy);
        seed.iter().for_each(|edit| page.edit(edit));
        let mut pair = Pair::of(page, policy);
        let mut away = pair.replica_of_all();
        for batch in &batches {
            pair.edit(batch);
        }
        away.handle_cut();
        let drawn = pair.drawn_again(&mut away);
        prop_assert!(drawn.iter().all(|output| matches!(output, ReplicaOutput::Draw(_) | ReplicaOutput::Offer(_))), "{drawn:?}");
        prop_assert_eq!(away.tree().hash(), pair.encoder.hash());
        away.handle_cut();
        let drawn = pair.drawn_again(&mut away);
        prop_assert!(drawn.is_empty(), "nothing has changed: {drawn:?}");
        let mut fresh = pair.again(&[]);
        prop_assert!(fresh.poll_output().is_some());
        for batch in &batches {
            pair.edit(batch);
        }
    }
}

/// Two lists of rows, of which one is changed while a replica is away.
#[test]
fn only_the_part_that_differs_is_told_again() {
    let mut page = Page::new(Policy::default());
    let mut lists = Vec::new();
    for list in 0..40 {
        lists.push(page.add(1, Kind::Element("ul")));
        for row in 0..50 {
            let item = page.add(lists[list], Kind::Element("li"));
            page.add(item, Kind::Text(format!("row {row} of list {list}")));
        }
    }
    let mut pair = Pair::of(page, Policy::default());
    let mut away = pair.replica_of_all();
    let whole: usize = pair.told_again(&[]).iter().map(Vec::len).sum();
    let item = pair.page.add(lists[7], Kind::Element("li"));
    pair.page.edit(&Edit::Insert(item, 0, Kind::Text("one more".into())));
    pair.edit(&[Edit::Mark(0, Marks::default())]);
    away.handle_cut();
    let known = away.ask().expect("it has something");
    let part: usize = pair.told_again(&known).iter().map(Vec::len).sum();
    assert!(part * 20 < whole, "{part} bytes of {whole}");
    assert!(away.is_waiting());
    assert_eq!(pair.drawn_again(&mut away).len(), 2, "a row and its text");
}

#[test]
fn what_was_told_again_and_does_not_fit_is_asked_for_as_a_whole_and_then_anew() {
    let mut pair = Pair::of(Page::sample(), Policy::default());
    let mut replica = pair.replica_of_all();
    for asked in [Some(0), None] {
        replica.handle_cut();
        let known = replica.ask().unwrap_or_default();
        for bytes in pair.told_again(&known) {
            let mut frame = MirrorFrame::decode(&bytes).expect("a frame");
            if let MirrorFrame::Check(check) = &mut frame {
                check.hash ^= 1;
            }
            replica.handle_frame(frame);
        }
        assert!(replica.is_waiting());
        assert!(core::iter::from_fn(|| replica.poll_output()).any(|output| output == ReplicaOutput::Ask));
        assert_eq!(replica.ask().map(|known| known.len()), asked);
    }
    let mut pair_again = pair.again(&[]);
    assert!(pair_again.poll_output().is_some(), "others are told as before");
    pair.encoder.begin((800, 600), false, Device::default());
    pair.page.forget_all();
    pair.page.read(0, &mut pair.encoder);
    pair.encoder.flush();
    while let Some(output) = pair.encoder.poll_output() {
        if let EncoderOutput::Send(bytes) = output {
            replica.handle_bytes(&bytes);
        }
    }
    assert!(!replica.is_waiting());
}

#[test]
fn what_another_page_has_told_is_not_taken_for_this_one() {
    let mut pair = Pair::of(Page::sample(), Policy::default());
    let mut replica = pair.replica_of_all();
    let known = replica.ask().expect("it has something");
    let mut page = Page::sample();
    page.add(1, Kind::Text("on the other page".into()));
    pair = Pair { page, encoder: Encoder::new(Policy::default()).of(7, 0), ..pair };
    pair.begin();
    assert_eq!(pair.encoder.epoch(), replica.epoch(), "each page counts from the start");
    let whole: usize = pair.told_again(&[]).iter().map(Vec::len).sum();
    assert_eq!(pair.told_again(&known).iter().map(Vec::len).sum::<usize>(), whole);
    replica.handle_cut();
    let drawn = pair.drawn_again(&mut replica);
    assert!(matches!(drawn.first(), Some(ReplicaOutput::Clear(_))));
    assert_eq!(replica.tree().hash(), pair.encoder.hash());
}

#[test]
fn a_page_that_changes_while_it_is_told_again_is_told_as_it_was_and_then_as_it_is() {
    let mut page = Page::new(Policy::default());
    for at in 0..30_000 {
        let item = page.add(1, Kind::Element("p"));
        page.add(item, Kind::Text(format!("the {at}th of many paragraphs")));
    }
    let mut pair = Pair::of(page, Policy::default());
    pair.encoder.retell(&[]);
    assert!(!pair.encoder.retell_more(), "it takes more than one part");
    pair.page.edit(&Edit::Text(3, "other".into()));
    pair.page.tell(&mut pair.encoder);
    pair.encoder.flush();
    let mut late = Replica::new();
    while let Some(output) = pair.encoder.poll_output() {
        if let EncoderOutput::Send(bytes) = output {
            late.handle_bytes(&bytes);
        }
    }
    assert!(!late.is_waiting());
    assert_eq!(late.tree().hash(), pair.encoder.hash());
}

#[test]
fn a_check_is_sent_once_for_each_change() {
    let mut pair = Pair::of(Page::sample(), Policy::default());
    let frames = |pair: &mut Pair| {
        pair.encoder.flush();
        assert!(pair.encoder.check());
        core::iter::from_fn(|| pair.encoder.poll_output()).count()
    };
    assert_eq!(frames(&mut pair), 0, "it was sent when the page was first told");
    pair.page.edit(&Edit::Text(3, "other".into()));
    pair.page.tell(&mut pair.encoder);
    assert_eq!(frames(&mut pair), 2, "a patch and a check");
    assert_eq!(frames(&mut pair), 0);
}

#[test]
fn a_large_tree_is_hashed_a_part_at_a_time() {
    let mut page = Page::new(Policy::default());
    for _ in 0..50 {
        page.add(1, Kind::Text("long text ".repeat(4_000)));
    }
    let mut encoder = Encoder::new(Policy::default());
    encoder.begin((800, 600), false, Device::default());
    page.read(0, &mut encoder);
    encoder.flush();
    let parts = (0..9).take_while(|_| !encoder.check()).count();
    assert_eq!(parts, 1, "2 MB are a quarter of a million words, and the limit is about half of that");
}

#[test]
fn what_is_deeper_than_a_replica_takes_is_left_out() {
    // The test's page reads itself by recursion.
    let deep = std::thread::Builder::new().stack_size(64 * 1024 * 1024).spawn(leave_out_what_is_deep);
    deep.expect("a thread").join().expect("it held");
}

fn leave_out_what_is_deep() {
    let mut page = Page::new(Policy::default());
    let mut bottom = 1;
    for _ in 0..DEPTH_LIMIT {
        bottom = page.add(bottom, Kind::Element("div"));
    }
    let (encoder, replica) = (Encoder::new(Policy::default()), Replica::new());
    let mut pair = Pair { page, encoder, replica, wire: Vec::new(), operations: 0, fetched: Vec::new() };
    let depth = |pair: &Pair| pair.replica.tree().len();
    pair.encoder.begin((800, 600), false, Device::default());
    pair.page.read(0, &mut pair.encoder);
    pair.send();
    assert_eq!(depth(&pair), DEPTH_LIMIT, "the document is one of them");
    pair.page.add(bottom - 2, Kind::Text("deeper".into()));
    pair.page.tell(&mut pair.encoder);
    pair.send();
    assert_eq!(depth(&pair), DEPTH_LIMIT);
    pair.page.edit(&Edit::Move(bottom - 2, 1, 0));
    pair.page.tell(&mut pair.encoder);
    pair.send();
    assert_eq!(
        depth(&pair),
        DEPTH_LIMIT,
        "it has moved, and what was left out of it is read when the page is told anew"
    );
    pair.encoder.begin((800, 600), false, Device::default());
    pair.page.forget_all();
    pair.page.read(0, &mut pair.encoder);
    pair.send();
    assert_eq!(depth(&pair), DEPTH_LIMIT + 3, "the document, an element, those nested in it, and a text");
}

#[test]
fn what_is_taken_back_before_it_is_told_costs_nothing() {
    let mut pair = Pair::of(Page::sample(), Policy::default());
    let before = pair.operations;
    pair.edit(&[
        Edit::Text(3, "other".into()),
        Edit::Text(3, "one".into()),
        Edit::Attribute(2, "class", Some("on".into())),
        Edit::Attribute(2, "class", None),
        Edit::Move(5, 1, 0),
        Edit::Move(5, 4, 9),
        Edit::Insert(1, 0, Kind::Element("p")),
        Edit::RemoveLast,
    ]);
    assert_eq!(pair.operations, before);
}

#[test]
fn a_node_that_moves_is_moved_and_the_others_stay() {
    let mut pair = Pair::of(Page::sample(), Policy::default());
    let before = pair.operations;
    // The last of the body's children goes to the front.
    pair.edit(&[Edit::Move(4, 1, 0)]);
    assert_eq!(pair.operations - before, 1);
}

#[test]
fn an_element_and_what_it_is_in_can_change_places() {
    let mut pair = Pair::of(Page::sample(), Policy::default());
    // 5 is in 4, which is in 1.
    pair.edit(&[Edit::Move(5, 1, 0), Edit::Move(4, 5, 0)]);
    pair.edit(&[Edit::Move(4, 1, 0), Edit::Move(5, 4, 0)]);
}

#[test]
fn a_child_survives_its_parent_that_goes_in_the_same_batch() {
    let mut pair = Pair::of(Page::sample(), Policy::default());
    pair.edit(&[Edit::Move(5, 2, 0), Edit::Remove(4)]);
}

#[test]
fn a_page_too_large_for_one_part_comes_in_several() {
    let mut page = Page::new(Policy::default());
    let list = page.add(1, Kind::Element("ul"));
    for index in 0..4_000 {
        let item = page.add(list, Kind::Element("li"));
        let inner = page.add(item, Kind::Element("span"));
        page.add(inner, Kind::Text(format!("{index} {}", "long text ".repeat(30))));
    }
    let pair = Pair::of(page, Policy::default());
    assert!(pair.wire.len() > 1024 * 1024);
}

/// A page of which nothing was told yet.
fn untold(page: Page) -> Pair {
    let (encoder, replica) = (Encoder::new(Policy::default()), Replica::new());
    let mut pair = Pair { page, encoder, replica, wire: Vec::new(), operations: 0, fetched: Vec::new() };
    pair.encoder.begin((800, 600), false, Device::default());
    pair.page.forget_all();
    pair
}

/// Cards of three networks, and accounts of three countries.
const NUMBERS: [&str; 6] = [
    "4929167430582616",
    "5539726418035274",
    "375918264703646",
    "DE89370400440532013000",
    "GB29NWBK60161331926819",
    "FR1420041010050500013M02606",
];

/// What may stand beside a number.
fn neighbour() -> impl Strategy<Value = String> {
    let known =
        prop::sample::select(vec!["", " ", "EUR", "IBAN", "No. ", "12/29", "8", "77 ", "x", "\u{a0}9", "1.000,00"]);
    prop_oneof![known.prop_map(str::to_owned), "[0-9]{1,3}", "[A-Z]{1,3}", "[5-8 ]{1,9}"]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn a_number_is_never_sent_however_it_is_split_and_whatever_stands_beside_it(
        number in prop::sample::select(NUMBERS.to_vec()),
        cuts in prop::collection::btree_set(1..27usize, 0..8),
        is_grouped: bool,
        beside in prop::collection::vec(neighbour(), 6),
        late in prop::collection::vec(any::<bool>(), 6),
        is_bare in prop::collection::vec(any::<bool>(), 16),
        breaks in prop::collection::vec(any::<bool>(), 16),
    ) {
        let mut parts: Vec<String> = vec![String::new()];
        for (at, char) in number.chars().enumerate() {
            if cuts.contains(&at) {
                parts.push(String::new());
            }
            let part = parts.last_mut().expect("one at least");
            if is_grouped && at > 0 && at % 4 == 0 {
                part.push(' ');
            }
            part.push(char);
        }
        let parts: Vec<(String, bool)> = parts.into_iter().map(|part| (part, true)).collect();
        let beside: Vec<(String, bool)> = beside.into_iter().map(|text| (text, false)).collect();
        let line: Vec<_> = beside[..3].iter().chain(&parts).chain(&beside[3..]).collect();
        let mut page = Page::new(Policy::default());
        let paragraph = page.add(1, Kind::Element("p"));
        let (mut comes_late, mut goes, mut neighbours, mut breaks_before) = (Vec::new(), Vec::new(), 0, 0);
        for (index, (text, is_number)) in line.iter().enumerate() {
            if !is_number {
                neighbours += 1;
                if late[neighbours - 1] {
                    comes_late.push((index + breaks_before, text.clone()));
                    continue;
                }
            }
            if breaks[index % breaks.len()] {
                page.add(paragraph, Kind::Element(["br", "img", "wbr"][index % 3]));
                breaks_before += 1;
            }
            let name = ["b", "button", "x-part", "rt"][index % 4];
            let parent = if is_bare[index % is_bare.len()] { paragraph } else { page.add(paragraph, Kind::Element(name)) };
            let added = page.add(parent, Kind::Text(text.clone()));
            if !is_number {
                goes.push(added);
            }
        }
        let mut pair = untold(page);
        pair.page.read(0, &mut pair.encoder);
        pair.send();
        prop_assert!(!pair.leaks(number), "at first");
        for (index, text) in comes_late {
            pair.page.edit(&Edit::Insert(paragraph, index, Kind::Text(text)));
            pair.tell();
            prop_assert!(!pair.leaks(number), "with a neighbour more");
        }
        for (node, text) in goes.into_iter().zip(["", "3", "EUR", " ", "45", "x"]) {
            pair.page.edit(&Edit::Text(node, text.into()));
            pair.tell();
            prop_assert!(!pair.leaks(number), "with other neighbours");
        }
    }
}

/// Where a number stands that is split.
#[derive(Clone, Copy, Debug)]
enum Place {
    Line,
    Boxes,
    Fields,
}

/// What a part of a number stands in, and beside what.
#[derive(Clone, Debug)]
struct Around {
    /// Which of the place's elements, from the outermost.
    elements: Vec<usize>,
    /// Before it, and in each of the elements after it.
    beside: Vec<Option<Kind>>,
    /// What was there when the page was first read.
    was: Was,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Was {
    Same,
    Other,
    Nothing,
}

fn around() -> impl Strategy<Value = Around> {
    let beside = prop_oneof![
        5 => Just(None),
        1 => Just(Some(Kind::Comment)),
        2 => prop::sample::select(vec!["", " ", "\u{200b}", "7", "x"]).prop_map(|text| Some(Kind::Text(text.into()))),
        2 => prop::sample::select(vec!["b", "p", "script"]).prop_map(|name| Some(Kind::Element(name))),
    ];
    let was = prop::sample::select(vec![Was::Same, Was::Same, Was::Other, Was::Nothing]);
    let elements = prop::collection::vec(0..3usize, 1..4);
    let parts = (elements, prop::collection::vec(beside, 4), was);
    parts.prop_map(|(elements, beside, was)| Around { elements, beside, was })
}

/// A row of a number's parts. What it is in, the outermost element of each part, and the node that has it.
fn split(place: Place, parts: &[String], arounds: &[Around]) -> (Page, usize, Vec<(usize, usize)>) {
    let mut page = Page::new(Policy::default());
    let row = page.add(1, Kind::Element("div"));
    let mut nodes = Vec::new();
    for (part, around) in parts.iter().zip(arounds) {
        if let Some(kind) = &around.beside[0] {
            page.add(row, kind.clone());
        }
        let mut within = vec![row];
        for element in &around.elements {
            let name = match place {
                Place::Line => ["b", "span", "x-y"][*element],
                Place::Boxes => ["p", "div", "b"][*element],
                Place::Fields => ["div", "b", "p"][*element],
            };
            within.push(page.add(within[within.len() - 1], Kind::Element(name)));
        }
        let inner = within[within.len() - 1];
        let node = match place {
            Place::Fields => page.add(inner, Kind::Element("input")),
            _ => page.add(inner, Kind::Text(part.clone())),
        };
        page.edit(&Edit::Mark(node, Marks::SHOW));
        page.edit(&Edit::Value(node, part.clone()));
        for (parent, beside) in within[1..].iter().rev().zip(&around.beside[1..]) {
            if let Some(kind) = beside {
                page.add(*parent, kind.clone());
            }
        }
        nodes.push((within[1], node));
    }
    (page, row, nodes)
}

/// What the replica shows of a text or in a field.
fn shown(pair: &Pair, node: usize) -> Option<String> {
    let node = pair.replica.tree().node(pair.page.known(node)?)?;
    match (&node.kind, node.state(State::VALUE)) {
        (NodeKind::Text(text), _) => Some(text.to_string()),
        (_, Some(State::Value(value))) => Some(value.to_string()),
        _ => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, ..ProptestConfig::default() })]

    #[test]
    fn a_part_of_a_number_is_never_sent_before_the_rest_was_read(
        place in prop::sample::select(vec![Place::Line, Place::Boxes, Place::Fields]),
        number in prop::sample::select(NUMBERS.to_vec()),
        cuts in prop::collection::btree_set(1..26usize, 2..8),
        arounds in prop::collection::vec(around(), 9),
        patience in prop::collection::vec(0..4usize, 20),
        changes: bool,
    ) {
        let mut parts = vec![String::new()];
        for (at, char) in number.chars().enumerate() {
            if cuts.contains(&at) {
                parts.push(String::new());
            }
            parts.last_mut().expect("one at least").push(char);
        }
        let (whole, _, nodes) = split(place, &parts, &arounds);
        let mut whole = untold(whole);
        whole.page.read(0, &mut whole.encoder);
        whole.send();
        let last: Vec<_> = nodes.iter().map(|(_, node)| shown(&whole, *node)).collect();

        let (mut page, row, _) = split(place, &parts, &arounds);
        let changed = nodes.iter().zip(&parts).zip(&arounds).filter(|(_, around)| changes && around.was != Was::Same);
        let changed: Vec<_> = changed.map(|(((outer, node), part), around)| (*outer, *node, part, around.was)).collect();
        let mut places = Vec::new();
        for (outer, node, _, was) in &changed {
            match was {
                Was::Nothing => places.push((*outer, page.index(*outer))),
                _ => [Edit::Text(*node, "x".into()), Edit::Value(*node, "x".into())].iter().for_each(|edit| page.edit(edit)),
            }
        }
        places.iter().rev().for_each(|(outer, _)| page.edit(&Edit::Remove(*outer)));
        let mut pair = untold(page);
        pair.page.be_patient(if changes { usize::MAX } else { patience[0] });
        pair.page.read(0, &mut pair.encoder);
        pair.send();
        let first: Vec<_> = nodes.iter().map(|(_, node)| shown(&pair, *node)).collect();
        places.iter().for_each(|(outer, index)| pair.page.edit(&Edit::Move(*outer, row, *index)));
        for (_, node, part, _) in changed.iter().filter(|(.., was)| *was == Was::Other) {
            pair.page.edit(&Edit::Text(*node, (*part).clone()));
            pair.page.edit(&Edit::Value(*node, (*part).clone()));
        }
        for patience in patience.iter().copied().chain([usize::MAX]) {
            pair.page.be_patient(patience);
            pair.tell();
            for (index, (_, node)) in nodes.iter().enumerate() {
                // Letters alone say nothing.
                let told = shown(&pair, *node).filter(|told| told.bytes().any(|byte| byte.is_ascii_digit()));
                let is_in_clear = told.as_ref() == Some(&parts[index]) && last[index] != told;
                // As it stood there before it became a part of one, it was not private.
                prop_assert!(!is_in_clear || (changes && first[index] == told), "{told:?}");
            }
        }
        prop_assert!(pair.page.is_read());
        let shown: Vec<_> = nodes.iter().map(|(_, node)| shown(&pair, *node)).collect();
        prop_assert!(changes || shown == last, "{shown:?}, {last:?}");
    }
}

/// Adds elements, each with what is up to its `)`, and texts; `~` is a space that nobody sees. The nodes of the texts.
fn add_all(page: &mut Page, shape: &str) -> Vec<usize> {
    let (mut open, mut texts) = (vec![1], Vec::new());
    for word in shape.split(' ') {
        let parent = open[open.len() - 1];
        match word {
            ")" => drop(open.pop()),
            "div(" => open.push(page.add(parent, Kind::Element("div"))),
            "b(" => open.push(page.add(parent, Kind::Element("b"))),
            text => texts.push(page.add(parent, Kind::Text(text.replace('~', "\u{200b}")))),
        }
    }
    texts
}

#[test]
fn a_part_of_a_number_in_boxes_that_were_not_read_as_a_whole_is_never_sent() {
    for shape in [
        "div( 4929 div( b( ) ) ) div( 1674 ) div( 3058 ) div( 2616 )",
        "div( 4929 ) div( 1674 ) div( 3058 ) div( ~ b( 2616 ) )",
        "div( 4929 ) div( 1674 ) div( 3058 ) div( b( 261 ) div( 6 ) b( ) )",
        "div( 492 div( 9 ) ) div( 1674 ) div( 3058 ) div( 2616 )",
    ] {
        for first in 1..20 {
            let mut page = Page::new(Policy::default());
            let texts = add_all(&mut page, shape);
            let mut pair = untold(page);
            pair.page.be_patient(first);
            pair.page.read(0, &mut pair.encoder);
            for patience in [0, 1, 0, 1, 0, usize::MAX] {
                pair.send();
                let told: String = texts.iter().filter_map(|text| shown(&pair, *text)).collect();
                assert!(told.chars().all(|char| matches!(char, '0' | '\u{200b}')), "{shape}, {first}: {told}");
                pair.page.be_patient(patience);
                pair.page.tell(&mut pair.encoder);
            }
            assert!(pair.page.is_read());
        }
    }
}

#[test]
fn what_may_go_on_in_what_was_not_read_is_masked_until_that_was() {
    for place in [Place::Line, Place::Boxes, Place::Fields] {
        let around = Around { elements: vec![0], beside: vec![None; 2], was: Was::Same };
        let (page, _, nodes) = split(place, &["4111".into(), "1111".into()], &[around.clone(), around]);
        let mut pair = untold(page);
        pair.page.be_patient(4);
        pair.page.read(0, &mut pair.encoder);
        pair.send();
        let told = |pair: &Pair| nodes.iter().map(|(_, node)| shown(pair, *node)).collect::<Vec<_>>();
        assert_eq!(told(&pair), [Some("0000".into()), None], "{place:?}");
        pair.page.be_patient(usize::MAX);
        pair.tell();
        assert_eq!(told(&pair), [Some("4111".into()), Some("1111".into())], "{place:?}");
    }
}

#[test]
fn parts_of_what_is_no_number_any_more_are_shown() {
    for place in [Place::Boxes, Place::Fields] {
        let parts = ["4929", "1674", "3058", "2616"].map(String::from);
        let arounds: Vec<Around> =
            parts.iter().map(|_| Around { elements: vec![0], beside: vec![None; 2], was: Was::Same }).collect();
        let (page, _, nodes) = split(place, &parts, &arounds);
        let mut pair = untold(page);
        pair.page.read(0, &mut pair.encoder);
        pair.send();
        let told = |pair: &Pair| nodes.iter().filter_map(|(_, node)| shown(pair, *node)).collect::<Vec<_>>();
        assert_eq!(told(&pair), ["0000"; 4], "{place:?}");
        let (_, last) = nodes[3];
        pair.page.edit(&Edit::Text(last, "words".into()));
        pair.page.edit(&Edit::Value(last, "words".into()));
        pair.tell();
        assert_eq!(told(&pair), ["4929", "1674", "3058", "words"], "{place:?}");
    }
}

#[test]
fn a_field_that_becomes_a_button_says_what_is_on_it() {
    let mut page = Page::new(Policy::default());
    let field = page.add(1, Kind::Element("input"));
    page.edit(&Edit::Mark(field, Marks::SHOW));
    page.edit(&Edit::Value(field, "1990".into()));
    page.add(1, Kind::Element("p"));
    let mut pair = untold(page);
    pair.page.be_patient(2);
    pair.page.read(0, &mut pair.encoder);
    pair.send();
    assert_eq!(shown(&pair, field).as_deref(), Some("0000"), "a number may go on behind it");
    pair.page.edit(&Edit::Attribute(field, "type", Some("button".into())));
    pair.page.be_patient(usize::MAX);
    pair.tell();
    assert_eq!(shown(&pair, field).as_deref(), Some("1990"));
}

/// What the replica shows of a line of these texts, each in a `<b>`.
fn line_of(texts: &[&str]) -> (Pair, usize) {
    let mut page = Page::new(Policy::default());
    let line = page.add(1, Kind::Element("p"));
    for text in texts {
        let bold = page.add(line, Kind::Element("b"));
        page.add(bold, Kind::Text((*text).into()));
    }
    let mut pair = untold(page);
    pair.page.read(0, &mut pair.encoder);
    pair.send();
    (pair, line)
}

#[test]
fn a_number_stays_masked_when_a_text_comes_beside_it() {
    let (mut pair, line) = line_of(&["4929167430582616"]);
    for (at, text) in [(9, "12/29"), (0, "1"), (9, "EUR")] {
        pair.page.edit(&Edit::Insert(line, at, Kind::Text(text.into())));
        pair.tell();
    }
    let drawn = page::drawn(pair.replica.tree());
    assert!(drawn.contains("<b>0000000000000000</b>") && drawn.contains("12/29"), "{drawn}");
    assert!(!pair.leaks("4929167430582616"));
}

#[test]
fn texts_that_come_together_are_looked_at_together() {
    let number = "4929167430582616";
    // What stands between the halves goes; their element goes elsewhere; what is between them becomes empty.
    for way in 0..3 {
        let mut page = Page::new(Policy::default());
        let line = page.add(1, Kind::Element("p"));
        let first = page.add(line, Kind::Element("b"));
        page.add(first, Kind::Text(number[..9].into()));
        let between = page.add(line, Kind::Element(if way == 2 { "span" } else { "div" }));
        let word = page.add(between, Kind::Text("to".into()));
        let second = page.add(line, Kind::Element("b"));
        page.add(second, Kind::Text(number[9..].into()));
        let mut pair = untold(page);
        pair.page.read(0, &mut pair.encoder);
        pair.send();
        assert!(page::drawn(pair.replica.tree()).contains("492916743"), "apart they are two numbers");
        pair.page.edit(&match way {
            0 => Edit::Remove(between),
            1 => Edit::Move(second, line, 0),
            _ => Edit::Text(word, String::new()),
        });
        if way == 1 {
            pair.page.edit(&Edit::Move(first, line, 0));
        }
        pair.tell();
        let drawn = page::drawn(pair.replica.tree());
        assert!(drawn.contains("<b>000000000</b>") && drawn.contains("<b>0000000</b>"), "{way}: {drawn}");
    }
}

/// What the replica shows of these boxes in a row.
fn row_of(name: &'static str, texts: &[&str]) -> (Pair, Vec<usize>) {
    let mut page = Page::new(Policy::default());
    let row = page.add(1, Kind::Element("div"));
    let mut nodes = Vec::new();
    for text in texts {
        let cell = page.add(row, Kind::Element(name));
        let inner = page.add(cell, Kind::Element("span"));
        nodes.push(page.add(inner, Kind::Text(format!("\n {text} "))));
        page.add(row, Kind::Text("\n".into()));
    }
    let mut pair = untold(page);
    pair.page.read(0, &mut pair.encoder);
    pair.send();
    (pair, nodes)
}

#[test]
fn a_card_over_blocks_in_a_row_is_masked_and_other_numbers_are_not() {
    let masked = |pair: &Pair| page::drawn(pair.replica.tree()).contains("0000");
    let card = ["4929", "1674", "3058", "2616"];
    let (mut pair, nodes) = row_of("div", &card);
    assert!(!pair.leaks("4929167430582616"));
    pair.page.edit(&Edit::Text(nodes[0], "4929".into()));
    pair.tell();
    assert!(!pair.leaks("4929167430582616"), "also when one of them is told again");
    assert!(!row_of("p", &["31", "4929", "1674", "3058", "2616", "12"]).0.leaks("4929167430582616"));
    let wide = card.map(|part| format!("{0}{part}{0}", " ".repeat(60)));
    assert!(masked(&row_of("div", &wide.each_ref().map(String::as_str)).0), "however far they are indented");

    assert!(!masked(&row_of("td", &card).0), "columns of a table stand beside each other by chance");
    assert!(!masked(&row_of("div", &["4929", "1674", "3058", "2617"]).0));
    let (mut pair, nodes) = row_of("div", &["4929", "1674", "3058", "26"]);
    assert!(!masked(&pair), "it is none yet");
    pair.page.edit(&Edit::Text(nodes[3], "2616".into()));
    pair.wire.clear();
    pair.tell();
    assert!(masked(&pair) && !page::drawn(pair.replica.tree()).contains("3058"));
    assert!(!pair.leaks("2616"));
}

#[test]
fn a_card_over_shown_fields_is_masked() {
    let number = "4929167430582616";
    for digits in [4, 1] {
        let mut page = Page::new(Policy::default());
        let form = page.add(1, Kind::Element("div"));
        page.edit(&Edit::Mark(form, Marks::SHOW));
        let mut fields = Vec::new();
        for part in number.as_bytes().chunks(digits) {
            let label = page.add(form, Kind::Element("label"));
            let field = page.add(label, Kind::Element("input"));
            page.edit(&Edit::Value(field, String::from_utf8_lossy(part).into_owned()));
            page.add(form, Kind::Text(" - ".into()));
            fields.push(field);
        }
        let mut pair = untold(page);
        pair.page.read(0, &mut pair.encoder);
        pair.send();
        let drawn = page::drawn(pair.replica.tree());
        assert_eq!(drawn.matches(" .value=0").count(), 16 / digits, "{drawn}");
        pair.page.edit(&Edit::Value(fields[0], "4929"[..digits].into()));
        pair.tell();
        assert!(!page::drawn(pair.replica.tree()).contains(" .value=4"));
        pair.page.edit(&Edit::Value(fields[0], "12 pieces".into()));
        pair.tell();
        assert!(page::drawn(pair.replica.tree()).contains(" .value=12 pieces"));
    }
}

#[test]
fn numbers_of_a_long_line_are_found_wherever_they_stand() {
    let number = "4929167430582616";
    let mut texts: Vec<String> = (0..400).map(|at| format!("word {} ", 10 + at % 7)).collect();
    for at in [40, 41, 80, 199, 398] {
        texts[at] = number[..9].into();
        texts[at + 1] = number[9..].into();
    }
    texts[40] = number.into();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let (mut pair, _) = line_of(&texts);
    assert!(!pair.leaks(number));
    // Texts: each has its element before it.
    for at in (0..400).rev().step_by(3) {
        if !number.contains(texts[at]) {
            pair.page.edit(&Edit::Text(4 + 2 * at, "other 3 ".into()));
        }
        pair.tell();
        assert!(!pair.leaks(number), "{at}");
    }
}

#[test]
fn a_number_that_is_split_over_nodes_is_masked_as_a_whole_and_also_when_it_grows() {
    let mut page = Page::new(Policy::default());
    let line = page.add(1, Kind::Element("p"));
    let mut texts = Vec::new();
    for part in ["4111", "1111", "1111", "111"] {
        let bold = page.add(line, Kind::Element("b"));
        texts.push(page.add(bold, Kind::Text(part.into())));
    }
    let cells = page.add(1, Kind::Element("tr"));
    for part in ["4111", "1111", "1111", "1111"] {
        let cell = page.add(cells, Kind::Element("td"));
        page.add(cell, Kind::Text(part.into()));
    }
    let mut pair = Pair::of(page, Policy::default());
    let drawn = |pair: &Pair| page::drawn(pair.replica.tree());
    assert!(drawn(&pair).contains("<b>4111</b><b>1111</b><b>1111</b><b>111</b>"));
    assert!(drawn(&pair).contains("<td>4111|</td><td>1111|</td>"), "cells are no line");
    pair.page.number_is_private = true;
    pair.edit(&[Edit::Text(texts[3], "1111".into())]);
    assert!(drawn(&pair).contains("<b>0000</b><b>0000</b><b>0000</b><b>0000</b>"));
    pair.page.number_is_private = false;
    pair.edit(&[Edit::Text(texts[0], "x".into())]);
    assert!(drawn(&pair).contains("<b>x</b><b>1111</b>"));
}

#[test]
fn a_password_stays_one_when_its_type_is_changed() {
    let mut page = Page::new(Policy::default());
    let field = page.add(1, Kind::Element("input"));
    page.edit(&Edit::Attribute(field, "type", Some("password".into())));
    page.edit(&Edit::Value(field, "hunter22".into()));
    page.edit(&Edit::Mark(field, Marks::SHOW));
    let mut pair = Pair::of(page, Policy::default());
    pair.edit(&[Edit::Attribute(field, "type", Some("text".into()))]);
    pair.edit(&[Edit::Value(field, "hunter23".into())]);
    pair.edit(&[Edit::Attribute(field, "data-x", Some("hunter23".into()))]);
    assert!(!pair.wire.windows(6).any(|window| window == b"hunter"));
}

#[test]
fn nothing_that_was_typed_is_told_where_nothing_is_marked() {
    let mut page = Page::new(Policy::default());
    let secret = "Quorblat";
    for (name, kind) in [("input", None), ("input", Some("password")), ("textarea", None), ("input", Some("hidden"))] {
        let field = page.add(1, Kind::Element(name));
        page.edit(&Edit::Value(field, secret.into()));
        if let Some(kind) = kind {
            page.edit(&Edit::Attribute(field, "type", Some(kind.into())));
        }
        for attribute in ["title", "data-x"] {
            page.edit(&Edit::Attribute(field, attribute, Some(secret.into())));
        }
    }
    let edited = page.add(1, Kind::Element("div"));
    page.edit(&Edit::Attribute(edited, "contenteditable", Some("".into())));
    let inner = page.add(edited, Kind::Element("b"));
    let text = page.add(inner, Kind::Text(secret.into()));
    let late = page.add(1, Kind::Element("p"));
    let late_text = page.add(late, Kind::Text("harmless".into()));
    let mut pair = Pair::of(page, Policy::default());
    pair.edit(&[Edit::Text(text, "Zwimp Fenk".into())]);
    pair.edit(&[Edit::Text(late_text, secret.into()), Edit::Attribute(late, "role", Some("textbox".into()))]);
    pair.edit(&[Edit::Attribute(late, "role", None), Edit::Text(late_text, "Zwimp".into())]);
    assert!(!pair.leaks(secret) && !pair.leaks("Zwimp Fenk"));
}

#[test]
fn what_is_marked_to_be_shown_is_shown_where_it_is_written_too() {
    let mut page = Page::new(Policy::default());
    let edited = page.add(1, Kind::Element("div"));
    page.edit(&Edit::Attribute(edited, "contenteditable", Some("true".into())));
    page.edit(&Edit::Mark(edited, Marks::SHOW));
    page.add(edited, Kind::Text("visible".into()));
    let pair = Pair::of(page, Policy::default());
    assert!(page::drawn(pair.replica.tree()).contains("visible"));
}

#[test]
fn a_mark_that_was_taken_away_does_not_go_along_with_a_node_that_moves() {
    let policy = Policy { is_private_by_default: true, ..Policy::default() };
    let mut page = Page::new(policy);
    let shown = page.add(1, Kind::Element("div"));
    let inner = page.add(shown, Kind::Element("p"));
    let text = page.add(inner, Kind::Text("harmless".into()));
    let private = page.add(1, Kind::Element("div"));
    page.edit(&Edit::Mark(shown, Marks::SHOW));
    page.edit(&Edit::Mark(inner, Marks::SHOW));
    let mut pair = Pair::of(page, policy);
    pair.edit(&[Edit::Mark(inner, Marks::default())]);
    pair.edit(&[Edit::Move(inner, private, 0)]);
    pair.edit(&[Edit::Text(text, "secret".into())]);
    assert!(!pair.wire.windows(6).any(|window| window == b"secret"));
}

#[test]
fn marks_that_change_take_effect_at_once() {
    let mut page = Page::sample();
    page.edit(&Edit::Text(3, "visible".into()));
    let mut pair = Pair::of(page, Policy::default());
    assert!(page::drawn(pair.replica.tree()).contains("visible"));
    for (marks, shown) in [
        (Marks::MASK, "iiiaaaa"),
        (Marks::BLOCK, "[blocked]"),
        (Marks::default(), "visible"),
        (Marks::HIDE, ""),
        (Marks::SHOW, "visible"),
    ] {
        pair.edit(&[Edit::Mark(2, marks)]);
        let drawn = page::drawn(pair.replica.tree());
        assert!(drawn.contains(shown), "{drawn}");
        assert_eq!(drawn.contains("visible"), shown == "visible", "{drawn}");
    }
}

#[test]
fn what_comes_into_a_part_that_is_masked_meanwhile_is_never_told_in_clear() {
    for slices in [false, true] {
        let mut page = Page::sample();
        let inner = page.add(4, Kind::Element("p"));
        let mut pair = Pair::of(core::mem::take(&mut page), Policy::default());
        pair.page.edit(&Edit::Insert(inner, 0, Kind::Text("Quorblat".into())));
        pair.page.edit(&Edit::Mark(1, Marks::MASK));
        if slices {
            pair.page.be_patient(1);
            pair.tell();
            pair.page.be_patient(usize::MAX);
        }
        pair.edit(&[]);
        assert!(!pair.leaks("Quorblat"));
    }
}

#[test]
fn a_mirror_that_follows_another_is_shown_by_the_same_replica() {
    let mut pair = Pair::of(Page::sample(), Policy::default());
    let last = pair.encoder.epoch();
    pair.encoder = Encoder::new(Policy::default()).of(0, last);
    pair.begin();
    assert_eq!((pair.encoder.epoch(), pair.replica.epoch()), (last + 1, last + 1));
}

#[test]
fn the_replica_knows_what_agents_may_not_act_on_and_why() {
    let mut page = Page::sample();
    page.add(1, Kind::Element("input"));
    let mut pair = Pair::of(page, Policy::default());
    // Nodes that are masked from now on, or no more, are told anew: they have other ids.
    let guards = |pair: &Pair| -> Vec<u8> {
        let tree = pair.replica.tree();
        let states = tree.walk(NodeId::DOCUMENT).filter_map(|(_, node)| node.state(State::GUARD));
        states.map(|state| if let State::Guard(bits) = state { *bits } else { 0 }).filter(|bits| *bits != 0).collect()
    };
    let [masked, value, read_only] = [Guard::Masked, Guard::Value, Guard::ReadOnly].map(|guard| guard as u8);
    assert_eq!(guards(&pair), [value], "what is typed is not shown unless a mark says so");
    for (marks, bits) in [
        (Marks::READ_ONLY, vec![read_only, value]),
        (Marks::default(), vec![value]),
        (Marks::MASK, vec![masked, value]),
        (Marks::MASK.with(Marks::READ_ONLY), vec![masked | read_only, value]),
    ] {
        pair.edit(&[Edit::Mark(2, marks)]);
        assert_eq!(guards(&pair), bits);
    }
}

/// Which addresses a page with pictures makes the encoder ask for.
fn fetched(policy: Policy, marks: Marks) -> Vec<String> {
    let mut page = Page::new(policy);
    let picture = page.add(1, Kind::Element("img"));
    let style = page.add(1, Kind::Element("style"));
    page.add(style, Kind::Text("p { background: url(\"https://s.test/b.png\") }".into()));
    let styled = page.add(1, Kind::Element("p"));
    page.add(styled, Kind::Text("url(https://s.test/d.png)".into()));
    let link = page.add(1, Kind::Element("a"));
    for (node, name, value) in [
        (picture, "src", "https://s.test/a.png"),
        (picture, "alt", "https://s.test/alt.png"),
        (styled, "style", "background: url(\"https://s.test/c.png\")"),
        (link, "href", "https://s.test/orders"),
    ] {
        page.edit(&Edit::Attribute(node, name, Some(value.into())));
    }
    page.edit(&Edit::Mark(1, marks));
    let mut pair = Pair::of(page, policy);
    pair.begin();
    pair.edit(&[Edit::Attribute(picture, "src", Some("https://s.test/e.png".into()))]);
    pair.fetched
}

#[test]
fn pictures_are_fetched_once_and_only_where_the_page_is_shown() {
    let private = Policy { is_private_by_default: true, ..Policy::default() };
    let all = ["a", "b", "c", "e"].map(|name| format!("https://s.test/{name}.png"));
    assert_eq!(fetched(Policy::default(), Marks::default()), all);
    assert_eq!(fetched(private, Marks::SHOW), all);
    for (policy, marks) in [(private, Marks::default())]
        .into_iter()
        .chain([Marks::MASK, Marks::BLOCK, Marks::HIDE].map(|marks| (Policy::default(), marks)))
    {
        assert_eq!(fetched(policy, marks), [""; 0], "{marks:?}");
    }
}

#[test]
fn an_offer_names_an_address_as_it_was_told() {
    let mut page = Page::new(Policy::default());
    let picture = page.add(1, Kind::Element("img"));
    page.edit(&Edit::Attribute(picture, "src", Some("https://s.test/a.png?token=t".into())));
    let mut pair = Pair::of(page, Policy::default());
    assert_eq!(pair.fetched, ["https://s.test/a.png?token=t"]);
    let (hash, kind) = (AssetHash([1; 32]), AssetKind::Png);
    pair.encoder.offer(0, hash, kind);
    pair.encoder.offer(1, hash, kind);
    let offers: Vec<_> = core::iter::from_fn(|| pair.encoder.poll_output()).collect();
    let [EncoderOutput::Send(frame)] = &offers[..] else { panic!("one offer: {offers:?}") };
    let Ok(MirrorFrame::Offer(offer)) = MirrorFrame::decode(frame) else { panic!("no offer: {frame:?}") };
    assert_eq!(offer.address.as_str(), "https://s.test/a.png?token=[removed]");
    assert_eq!((offer.hash, offer.kind), (hash, kind));
}

#[test]
fn parts_of_an_asset_are_decoded_as_they_were_and_no_longer_ones() {
    for (length, is_last) in [(0, true), (1, false), (ASSET_PART, true)] {
        let part = AssetPart { hash: AssetHash([7; 32]), at: 300, is_last, bytes: vec![9; length] };
        let frame = MirrorFrame::Asset(part);
        assert_eq!(MirrorFrame::decode(&frame.encode()), Ok(frame));
    }
    let long = AssetPart { hash: AssetHash([7; 32]), at: 0, is_last: true, bytes: vec![9; ASSET_PART + 1] };
    assert!(MirrorFrame::decode(&MirrorFrame::Asset(long).encode()).is_err());
}

proptest! {
    #[test]
    fn whatever_is_said_to_be_packed_is_at_most_a_frame(bytes in prop::collection::vec(any::<u8>(), 0..2_000), is_packed: bool) {
        let bytes: Vec<u8> = if is_packed { [&[PACKED], &bytes[..]].concat() } else { bytes };
        match unpack(&bytes) {
            Ok(frame) if bytes.first() == Some(&PACKED) => prop_assert!(frame.len() <= MIRROR_FRAME_LIMIT),
            Ok(frame) => prop_assert_eq!(&frame[..], &bytes[..]),
            Err(_) => prop_assert_eq!(bytes[0], PACKED),
        }
    }
}

#[test]
fn a_class_in_a_masked_part_is_renamed_until_a_style_sheet_tells_it() {
    let mut page = Page::new(Policy::default());
    let outer = page.add(1, Kind::Element("div"));
    let masked = page.add(outer, Kind::Element("div"));
    let inner = page.add(masked, Kind::Element("p"));
    page.edit(&Edit::Mark(masked, Marks::MASK));
    page.edit(&Edit::Attribute(inner, "class", Some("quorblat zwimp".into())));
    let mut pair = Pair::of(page, Policy::default());
    assert!(!pair.wire.windows(5).any(|window| window == b"zwimp" || window == b"quorb"));
    let style = pair.page.add(1, Kind::Element("style"));
    pair.page.add(style, Kind::Text(".zwimp { top: 0 }".into()));
    pair.edit(&[]);
    assert!(page::drawn(pair.replica.tree()).contains(" zwimp"));
    assert!(!pair.wire.windows(5).any(|window| window == b"quorb"));
}

#[test]
fn a_password_that_is_shown_stays_one_when_it_is_read_again() {
    let mut page = Page::new(Policy::default());
    let around = page.add(1, Kind::Element("div"));
    let field = page.add(around, Kind::Element("input"));
    page.edit(&Edit::Attribute(field, "type", Some("password".into())));
    page.edit(&Edit::Value(field, "hunter22".into()));
    page.edit(&Edit::Mark(around, Marks::SHOW));
    let mut pair = Pair::of(page, Policy::default());
    pair.edit(&[Edit::Attribute(field, "type", Some("text".into()))]);
    for marks in [Marks::MASK, Marks::HIDE, Marks::SHOW] {
        pair.edit(&[Edit::Mark(around, marks)]);
    }
    pair.begin();
    assert!(!pair.wire.windows(6).any(|window| window == b"hunter"));
}

#[test]
fn what_may_be_chosen_in_a_list_that_is_a_secret_is_not_told() {
    let mut page = Page::new(Policy::default());
    let list = page.add(1, Kind::Element("select"));
    let option = page.add(list, Kind::Element("option"));
    page.add(option, Kind::Text("quorblat".into()));
    page.edit(&Edit::Mark(1, Marks::SHOW));
    page.edit(&Edit::Attribute(list, "autocomplete", Some("cc-exp".into())));
    let mut pair = Pair::of(page, Policy::default());
    pair.edit(&[Edit::Move(list, 1, 0)]);
    pair.edit(&[Edit::Attribute(list, "autocomplete", None)]);
    assert!(!pair.wire.windows(5).any(|window| window == b"quorb"));
}

#[test]
fn a_text_that_leaves_a_part_as_that_is_shown_stays_masked() {
    let policy = Policy { is_private_by_default: true, ..Policy::default() };
    let mut page = Page::new(policy);
    let part = page.add(1, Kind::Element("div"));
    let text = page.add(part, Kind::Text("harmless".into()));
    let mut pair = Pair::of(page, policy);
    pair.edit(&[Edit::Text(text, "quorblat".into()), Edit::Mark(part, Marks::SHOW), Edit::Move(text, 1, 0)]);
    assert!(!pair.wire.windows(5).any(|window| window == b"quorb"));
}

#[test]
fn what_scrolls_in_a_blocked_part_is_not_told() {
    let mut page = Page::new(Policy::default());
    let part = page.add(1, Kind::Element("div"));
    page.edit(&Edit::Mark(part, Marks::BLOCK));
    let mut pair = Pair::of(page, Policy::default());
    let operations = pair.operations;
    pair.edit(&[Edit::Scroll(part, 40)]);
    assert_eq!(pair.operations, operations);
}

#[test]
fn a_canvas_is_drawn_where_it_is_shown_and_nowhere_else() {
    for (marks, drawn) in [
        (Marks::default(), " .picture=7"),
        (Marks::MASK, " .picture=masked"),
        (Marks::BLOCK, "[blocked]"),
        (Marks::HIDE, ""),
    ] {
        let mut page = Page::new(Policy::default());
        let canvas = page.add(1, Kind::Element("canvas"));
        page.edit(&Edit::Show(canvas, Shown::Picture(7)));
        let mut pair = Pair::of(page, Policy::default());
        pair.edit(&[Edit::Mark(1, marks)]);
        assert!(page::drawn(pair.replica.tree()).contains(drawn), "{}", page::drawn(pair.replica.tree()));
        if marks != Marks::default() {
            let wire = pair.wire.len();
            pair.edit(&[Edit::Show(canvas, Shown::Picture(9))]);
            assert!(!pair.wire[wire..].windows(32).any(|window| window == [9; 32]), "{marks:?}");
        }
    }
}

#[test]
fn the_caret_of_a_secret_does_not_say_how_long_it_is() {
    let mut page = Page::new(Policy::default());
    let field = page.add(1, Kind::Element("input"));
    page.edit(&Edit::Attribute(field, "type", Some("password".into())));
    page.edit(&Edit::Show(field, Shown::Caret(77)));
    let mut pair = Pair::of(page, Policy::default());
    pair.edit(&[Edit::Show(field, Shown::Caret(78))]);
    assert!(page::drawn(pair.replica.tree()).contains(" .caret=0>"));
}

#[test]
fn highlights_are_told_where_text_is_shown() {
    let mut page = Page::new(Policy::default());
    let outer = page.add(1, Kind::Element("div"));
    let text = page.add(outer, Kind::Text("one two".into()));
    for (marks, count) in [(Marks::default(), 1), (Marks::MASK, 0)] {
        page.edit(&Edit::Mark(outer, marks));
        let mut pair = Pair::of(core::mem::take(&mut page), Policy::default());
        let id = pair.page.id(text);
        let span = Span { start: Point { node: id, offset: 0 }, end: Point { node: id, offset: 3 } };
        pair.encoder.handle_state(NodeId::DOCUMENT, StateReading::Highlights(vec![("found", vec![span])]));
        pair.encoder.handle_state(NodeId::DOCUMENT, StateReading::Selection(Some(span)));
        pair.edit(&[]);
        let document = pair.replica.tree().node(NodeId::DOCUMENT).expect("a document");
        let told = |state: &State| matches!(state, State::Highlights(list) if list.len() == count);
        assert!(document.states.iter().any(told), "{:?}", document.states);
        assert!(document.states.contains(&State::Selection(Some(span))));
        page = core::mem::take(&mut pair.page);
    }
}

#[test]
fn what_a_dialog_says_is_as_private_as_the_page() {
    let mut page = Page::new(Policy::default());
    let body = page.add(1, Kind::Element("body"));
    for (marks, told) in
        [(Marks::default(), "Pay Ann with 0000 0000 0000 0000?"), (Marks::MASK, "Aaa Aaa aaaa 0000 0000 0000 0000?")]
    {
        page.edit(&Edit::Mark(body, marks));
        let mut pair = Pair::of(core::mem::take(&mut page), Policy::default());
        let id = pair.page.id(body);
        let said = Some((DialogKind::Confirm, "Pay Ann with 4111 1111 1111 1111?"));
        pair.encoder.handle_state(id, StateReading::Dialog(said));
        pair.edit(&[]);
        let held = |pair: &Pair| match pair.replica.tree().node(id)?.state(State::DIALOG)? {
            State::Dialog(dialog) => dialog.clone().map(|dialog| (dialog.kind, dialog.text.as_str().to_owned())),
            _ => None,
        };
        assert_eq!(held(&pair), Some((DialogKind::Confirm, told.to_owned())));
        pair.encoder.handle_state(id, StateReading::Dialog(None));
        pair.edit(&[]);
        assert_eq!(held(&pair), None);
        page = core::mem::take(&mut pair.page);
    }
}

#[test]
fn of_masked_sounds_nothing_is_told_that_says_which() {
    let mut page = Page::new(Policy::default());
    let sound = page.add(1, Kind::Element("audio"));
    let other = page.add(1, Kind::Element("p"));
    let playback = Playback {
        stage: PlayStage::Playing,
        is_muted: false,
        rate: u16::MAX,
        position: Some(417),
        duration: Some(u32::MAX),
    };
    for (marks, told) in [
        (Marks::default(), Playback { rate: RATE_LIMIT, duration: Some(PLAYBACK_LIMIT), ..playback }),
        (Marks::MASK, Playback { rate: 100, position: None, duration: None, ..playback }),
    ] {
        page.edit(&Edit::Mark(sound, marks));
        let mut pair = Pair::of(core::mem::take(&mut page), Policy::default());
        let [sound, other] = [sound, other].map(|node| pair.page.id(node));
        for node in [sound, other] {
            pair.encoder.handle_state(node, StateReading::Playback(playback));
        }
        pair.edit(&[]);
        let held = |node| pair.replica.tree().node(node).and_then(|node| node.state(State::PLAYBACK));
        assert_eq!(held(sound), Some(&State::Playback(told)));
        assert_eq!(held(other), None, "a paragraph does not play");
        page = core::mem::take(&mut pair.page);
    }
}

#[test]
fn a_page_that_becomes_private_is_told_anew_as_that() {
    let mut page = Page::new(Policy::default());
    let text = page.add(1, Kind::Text("quorblat".into()));
    let image = page.add(1, Kind::Element("img"));
    page.edit(&Edit::Attribute(image, "src", Some("https://pictures.test/1.png".into())));
    let mut pair = Pair::of(page, Policy::default());
    assert!(page::drawn(pair.replica.tree()).contains("quorblat"));
    assert_eq!(pair.fetched.len(), 1);
    pair.encoder.handle_policy(true);
    pair.wire.clear();
    pair.page.change_policy(Policy { is_private_by_default: true, ..Policy::default() });
    pair.begin();
    pair.edit(&[Edit::Text(text, "quorblot".into())]);
    assert!(!pair.wire.windows(4).any(|window| window == b"quor"));
    assert_eq!(pair.fetched.len(), 1, "its pictures are private, too");
    pair.encoder.handle_policy(false);
    pair.page.change_policy(Policy::default());
    pair.begin();
    assert_eq!(pair.fetched.len(), 2, "and are fetched again, since nothing is offered any more");
}

#[test]
fn code_stands_where_it_stood_and_says_nothing() {
    let mut page = Page::new(Policy::default());
    let code = page.add(1, Kind::Element("script"));
    page.add(code, Kind::Text("quorblat()".into()));
    let mut pair = Pair::of(page, Policy::default());
    pair.edit(&[Edit::Attribute(code, "class", Some("quorblat".into()))]);
    assert!(page::drawn(pair.replica.tree()).contains("<script></script>"));
    assert!(!pair.wire.windows(5).any(|window| window == b"quorb"));
}

/// What the fuzzer begins with, as `golden.mjs` has recorded it.
#[test]
fn pages_that_were_recorded_once_can_still_be_read() {
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mirror/golden");
    let files = std::fs::read_dir(golden).expect("there are some");
    for file in files.map(|file| file.expect("it can be read").path()) {
        let text = std::fs::read_to_string(&file).expect("it is text");
        let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
        let digit = |byte: &u8| (*byte as char).to_digit(16).expect("it is one") as u8;
        let bytes: Vec<u8> = digits.chunks_exact(2).map(|two| digit(&two[0]) << 4 | digit(&two[1])).collect();
        let mut replica = Replica::new();
        let mut rest = &bytes[..];
        while let Some((length, after)) = rest.split_first_chunk::<4>() {
            let (frame, after) = after.split_at(u32::from_le_bytes(*length) as usize);
            rest = after;
            if frame.is_empty() {
                replica.handle_cut();
                continue;
            }
            replica.handle_frame(MirrorFrame::decode(frame).unwrap_or_else(|error| panic!("{file:?}: {error}")));
            assert!(core::iter::from_fn(|| replica.poll_output()).all(|output| output != ReplicaOutput::Ask));
        }
        assert!(replica.tree().len() > 10 && !replica.is_waiting(), "{file:?}");
    }
}
