//! What a node shows besides its attributes, and its bytes.

use super::codec::{bit, text, unzigzag, zigzag};
use super::{BadgeReason, NodeId};
use crate::protocol::asset::{AssetHash, AssetKind};
use crate::protocol::codec::{BinaryInput, BinaryOutput, Malformed, Output};
use crate::protocol::masked_text::MaskedText;

/// Most nodes that are assigned to one slot.
pub const ASSIGNED_LIMIT: usize = 1_024;

/// Most highlights of a page, and most spans of each.
pub const SPAN_LIMIT: usize = 256;

/// The longest time that is told of a video or audio: 1,000 hours, in tenths of a second.
pub const PLAYBACK_LIMIT: u32 = 36_000_000;

/// The fastest rate that is told of a video or audio, in hundredths: as fast as any browser plays.
pub const RATE_LIMIT: u16 = 1_600;

/// The farthest place that is told of what a visitor sees of his window, in CSS pixels.
pub const AREA_LIMIT: u32 = 65_535;

/// The widest bar of a window that is told, in CSS pixels.
pub const BAR_LIMIT: u8 = 64;

/// What a node shows besides its attributes.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// What is in a field.
    Value(MaskedText),
    /// Whether a box or radio button is checked.
    Checked(bool),
    /// Whether a box is neither checked nor not.
    Indeterminate(bool),
    /// Whether an option is selected.
    Selected(bool),
    /// Scroll position in CSS pixels; negative in right-to-left scrollers.
    Scroll(i32, i32),
    /// How it is shown above the page.
    Layer(Layer),
    /// Whether a style sheet is switched off.
    Disabled(bool),
    /// Which of `:hover`, `:active`, `:focus`, `:focus-visible`, `:focus-within` and `:target` match, as bits from the lowest.
    Pseudo(u8),
    /// What a canvas or a video shows.
    Picture(Picture),
    /// Which of the pseudo-classes that only the visitor's browser can answer match: their names, with spaces between them.
    Matches(MaskedText),
    /// What is selected in a field.
    Caret(Caret),
    /// What scripts have put into a slot, in order.
    Assigned(Vec<NodeId>),
    /// What is selected in a document.
    Selection(Option<Span>),
    /// What scripts have highlighted in the page.
    Highlights(Vec<Highlight>),
    /// Style declarations that are in effect by scripts' animations.
    Look(MaskedText),
    /// Why agents do not act on it and on what is in it, by its own marks: masked, its value hidden, only to look at, as bits from the
    /// lowest.
    Guard(u8),
    /// A dialog of the visitor's browser is open, of a page's body: the page stands still meanwhile, or is covered.
    Dialog(Option<Dialog>),
    /// How a video or audio plays.
    Playback(Playback),
    /// How the visitor's window shows the page, of the document.
    View(View),
    /// Viewport of the page in CSS pixels, of its document; before the first one it is that of the [`Reset`](super::Reset).
    Size(u32, u32),
}

/// How a window shows its page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// How much its scroll bars take of it in CSS pixels, at the side and below, at most [`BAR_LIMIT`]; 0 where none is there, or it lies over
    /// the page.
    pub bars: (u8, u8),
    /// The part that is seen; absent where that is all. By two fingers it is made smaller, and a keyboard on the screen covers the rest.
    pub seen: Option<Area>,
}

/// A part of a window, in CSS pixels, each at most [`AREA_LIMIT`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    /// From the window's left.
    pub left: u32,
    /// From its top.
    pub top: u32,
    /// At least 1.
    pub width: u32,
    /// At least 1.
    pub height: u32,
}

impl Area {
    /// `None` where nothing is in it, or it is farther than anything is.
    pub fn new(left: u32, top: u32, width: u32, height: u32) -> Option<Self> {
        let is_one = width > 0 && height > 0 && [left, top, width, height].iter().all(|length| *length <= AREA_LIMIT);
        is_one.then_some(Self { left, top, width, height })
    }
}

/// How a video or audio plays. Told when that changes, and not as it goes on: whoever shows it counts on from when it was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Playback {
    /// What it does.
    pub stage: PlayStage,
    /// Whether nothing of it is heard.
    pub is_muted: bool,
    /// How fast, in hundredths; at most [`RATE_LIMIT`].
    pub rate: u16,
    /// Where it is, in tenths of a second, at most [`PLAYBACK_LIMIT`]; absent where it is masked.
    pub position: Option<u32>,
    /// How long it is, as `position`; absent too where nobody knows, or it has no end.
    pub duration: Option<u32>,
}

/// What a video or audio does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PlayStage {
    /// It stands.
    Paused = 0,
    /// It plays.
    Playing = 1,
    /// It would play, and waits for what is to be played.
    Waiting = 2,
    /// It has come to its end.
    Ended = 3,
    /// It cannot be played.
    Failed = 4,
}

impl PlayStage {
    /// The stage with this number.
    pub fn from_number(number: u32) -> Option<Self> {
        let all = [Self::Paused, Self::Playing, Self::Waiting, Self::Ended, Self::Failed];
        all.get(number as usize).copied()
    }
}

/// A dialog of the browser, which no page draws.
#[derive(Clone, Debug, PartialEq)]
pub struct Dialog {
    /// Which.
    pub kind: DialogKind,
    /// What the page says in it; empty where it says nothing.
    pub text: MaskedText,
}

/// What a dialog is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DialogKind {
    /// Something is said.
    Alert = 0,
    /// Yes or no.
    Confirm = 1,
    /// A text is asked for.
    Prompt = 2,
    /// The page is printed.
    Print = 3,
    /// Files are chosen.
    File = 4,
    /// A day, a time, a colour or the like is chosen.
    Choice = 5,
}

impl DialogKind {
    /// The kind with this number.
    pub fn from_number(number: u32) -> Option<Self> {
        let all = [Self::Alert, Self::Confirm, Self::Prompt, Self::Print, Self::File, Self::Choice];
        all.get(number as usize).copied()
    }
}

/// The picture of a canvas or a video.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picture {
    /// It can be had: want it, where it is not there.
    Asset(AssetHash, AssetKind),
    /// There is none.
    Badge(BadgeReason),
}

/// A caret, or what is selected in a field; in UTF-16 units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caret {
    /// Where it begins.
    pub start: u32,
    /// Where it ends: at `start` where nothing is selected.
    pub end: u32,
    /// Whether it was made from its end to its start.
    pub is_backward: bool,
}

impl Caret {
    /// Before the first character.
    pub const START: Self = Self { start: 0, end: 0, is_backward: false };
}

/// A place in a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// Which.
    pub node: NodeId,
    /// UTF-16 units of a text, children of another node.
    pub offset: u32,
}

/// From one place to another: of a selection the first is where it began, and may be the later one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first.
    pub start: Point,
    /// The other.
    pub end: Point,
}

/// What `::highlight(name)` paints.
#[derive(Clone, Debug, PartialEq)]
pub struct Highlight {
    /// As in style sheets.
    pub name: MaskedText,
    /// At most [`SPAN_LIMIT`].
    pub spans: Vec<Span>,
}

/// The top layer of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Layer {
    /// In the page, as its attributes say.
    None = 0,
    /// An open popover.
    Popover = 1,
    /// A modal dialog.
    Modal = 2,
    /// Fills the screen.
    Fullscreen = 3,
}

impl State {
    /// The slot of [`State::Value`].
    pub const VALUE: u8 = 0;

    /// The slot of [`State::Guard`].
    pub const GUARD: u8 = 15;

    /// The slot of [`State::Dialog`].
    pub const DIALOG: u8 = 16;

    /// The slot of [`State::Playback`].
    pub const PLAYBACK: u8 = 17;

    /// The slot of [`State::View`].
    pub const VIEW: u8 = 18;

    /// The slot of [`State::Caret`].
    pub const CARET: u8 = 10;

    /// The slot of [`State::Picture`].
    pub const PICTURE: u8 = 8;

    /// Which of the states it is; a node has one of each.
    pub const fn slot(&self) -> u8 {
        match self {
            Self::Value(_) => Self::VALUE,
            Self::Checked(_) => 1,
            Self::Indeterminate(_) => 2,
            Self::Selected(_) => 3,
            Self::Scroll(..) => 4,
            Self::Layer(_) => 5,
            Self::Disabled(_) => 6,
            Self::Pseudo(_) => 7,
            Self::Picture(_) => Self::PICTURE,
            Self::Matches(_) => 9,
            Self::Caret(_) => Self::CARET,
            Self::Assigned(_) => 11,
            Self::Selection(_) => 12,
            Self::Highlights(_) => 13,
            Self::Look(_) => 14,
            Self::Guard(_) => Self::GUARD,
            Self::Dialog(_) => Self::DIALOG,
            Self::Playback(_) => Self::PLAYBACK,
            Self::View(_) => Self::VIEW,
            Self::Size(..) => 19,
        }
    }

    /// Its bytes, without its slot.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = BinaryOutput::default();
        self.write(&mut out);
        out.into_bytes()
    }

    /// All but its slot.
    pub(super) fn write(&self, out: &mut BinaryOutput) {
        match self {
            Self::Value(text) | Self::Matches(text) | Self::Look(text) => out.text(text),
            Self::Checked(is) | Self::Indeterminate(is) | Self::Selected(is) | Self::Disabled(is) => out.flag(*is),
            Self::Scroll(x, y) => {
                out.unsigned(zigzag(*x));
                out.unsigned(zigzag(*y));
            }
            Self::Layer(layer) => out.unsigned(*layer as u64),
            Self::Pseudo(bits) | Self::Guard(bits) => out.unsigned((*bits).into()),
            Self::Picture(Picture::Badge(reason)) => {
                out.unsigned(0);
                out.unsigned(*reason as u64);
            }
            Self::Picture(Picture::Asset(hash, kind)) => {
                out.unsigned(1 + *kind as u64);
                out.sized(&hash.0);
            }
            Self::Caret(caret) => {
                out.unsigned(caret.start.into());
                out.unsigned(caret.end.into());
                out.flag(caret.is_backward);
            }
            Self::Assigned(nodes) => {
                out.unsigned(nodes.len() as u64);
                nodes.iter().for_each(|node| out.unsigned(node.0.into()));
            }
            Self::Selection(span) => {
                out.flag(span.is_some());
                span.iter().for_each(|span| span.write(out));
            }
            Self::Highlights(highlights) => {
                out.unsigned(highlights.len() as u64);
                for Highlight { name, spans } in highlights {
                    out.text(name);
                    out.unsigned(spans.len() as u64);
                    spans.iter().for_each(|span| span.write(out));
                }
            }
            Self::Dialog(dialog) => {
                out.flag(dialog.is_some());
                if let Some(Dialog { kind, text }) = dialog {
                    out.unsigned(*kind as u64);
                    out.text(text);
                }
            }
            Self::Playback(Playback { stage, is_muted, rate, position, duration }) => {
                out.unsigned(*stage as u64);
                out.flag(*is_muted);
                out.unsigned((*rate).into());
                // No time is the number before the first one.
                [position, duration]
                    .into_iter()
                    .for_each(|time| out.unsigned(time.map_or(0, |time| u64::from(time) + 1)));
            }
            Self::View(View { bars, seen }) => {
                [bars.0, bars.1].into_iter().for_each(|bar| out.unsigned(bar.into()));
                out.flag(seen.is_some());
                if let Some(Area { left, top, width, height }) = seen {
                    [left, top, width, height].into_iter().for_each(|length| out.unsigned((*length).into()));
                }
            }
            Self::Size(width, height) => [width, height].into_iter().for_each(|length| out.unsigned((*length).into())),
        }
    }

    /// The state of that slot.
    pub(super) fn read(slot: u64, input: &mut BinaryInput<'_>) -> Result<Self, Malformed> {
        Ok(match slot {
            0 => Self::Value(text(input)?),
            1 => Self::Checked(bit(input)?),
            2 => Self::Indeterminate(bit(input)?),
            3 => Self::Selected(bit(input)?),
            4 => Self::Scroll(unzigzag(input.varint()?)?, unzigzag(input.varint()?)?),
            5 => Self::Layer(match input.varint()? {
                0 => Layer::None,
                1 => Layer::Popover,
                2 => Layer::Modal,
                3 => Layer::Fullscreen,
                _ => return Err(Malformed::Unknown),
            }),
            6 => Self::Disabled(bit(input)?),
            7 => match input.small()? {
                bits @ 0..64 => Self::Pseudo(bits as u8),
                _ => return Err(Malformed::OutOfRange),
            },
            8 => Self::Picture(match input.small()?.checked_sub(1) {
                None => Picture::Badge(BadgeReason::from_number(input.small()?).ok_or(Malformed::Unknown)?),
                Some(kind) => {
                    let kind = AssetKind::from_number(kind).ok_or(Malformed::Unknown)?;
                    let hash = input.sized_bytes(32)?.try_into().map_err(|_| Malformed::OutOfRange)?;
                    Picture::Asset(AssetHash(hash), kind)
                }
            }),
            9 => Self::Matches(text(input)?),
            10 => Self::Caret(Caret { start: input.small()?, end: input.small()?, is_backward: bit(input)? }),
            11 => Self::Assigned(list(input, ASSIGNED_LIMIT, |input| input.small().map(NodeId))?),
            12 => Self::Selection(if bit(input)? { Some(Span::read(input)?) } else { None }),
            13 => Self::Highlights(list(input, SPAN_LIMIT, |input| {
                Ok(Highlight { name: text(input)?, spans: list(input, SPAN_LIMIT, Span::read)? })
            })?),
            14 => Self::Look(text(input)?),
            15 => match input.small()? {
                bits @ 0..8 => Self::Guard(bits as u8),
                _ => return Err(Malformed::OutOfRange),
            },
            16 => Self::Dialog(if bit(input)? {
                let kind = DialogKind::from_number(input.small()?).ok_or(Malformed::Unknown)?;
                Some(Dialog { kind, text: text(input)? })
            } else {
                None
            }),
            17 => Self::Playback(Playback {
                stage: PlayStage::from_number(input.small()?).ok_or(Malformed::Unknown)?,
                is_muted: bit(input)?,
                rate: match input.small()? {
                    rate if rate <= RATE_LIMIT.into() => rate as u16,
                    _ => return Err(Malformed::OutOfRange),
                },
                position: time(input)?,
                duration: time(input)?,
            }),
            18 => Self::View(View {
                bars: (bar(input)?, bar(input)?),
                seen: if bit(input)? {
                    let (left, top, width, height) = (input.small()?, input.small()?, input.small()?, input.small()?);
                    Some(Area::new(left, top, width, height).ok_or(Malformed::OutOfRange)?)
                } else {
                    None
                },
            }),
            19 => Self::Size(input.small()?, input.small()?),
            _ => return Err(Malformed::Unknown),
        })
    }
}

/// Of a window.
fn bar(input: &mut BinaryInput<'_>) -> Result<u8, Malformed> {
    match input.small()? {
        bar if bar <= BAR_LIMIT.into() => Ok(bar as u8),
        _ => Err(Malformed::OutOfRange),
    }
}

/// Of a video or audio.
fn time(input: &mut BinaryInput<'_>) -> Result<Option<u32>, Malformed> {
    match input.small()?.checked_sub(1) {
        Some(time) if time > PLAYBACK_LIMIT => Err(Malformed::OutOfRange),
        time => Ok(time),
    }
}

impl Span {
    fn write(&self, out: &mut BinaryOutput) {
        for Point { node, offset } in [self.start, self.end] {
            out.unsigned(node.0.into());
            out.unsigned(offset.into());
        }
    }

    fn read(input: &mut BinaryInput<'_>) -> Result<Self, Malformed> {
        let mut point = || Ok(Point { node: NodeId(input.small()?), offset: input.small()? });
        Ok(Self { start: point()?, end: point()? })
    }
}

/// Each takes a byte at least, so this ends with the input.
fn list<T>(
    input: &mut BinaryInput<'_>,
    limit: usize,
    read: impl Fn(&mut BinaryInput<'_>) -> Result<T, Malformed>,
) -> Result<Vec<T>, Malformed> {
    let count = input.small()? as usize;
    if count > limit {
        return Err(Malformed::Oversize { limit });
    }
    let mut items = Vec::new();
    for _ in 0..count {
        items.push(read(input)?);
    }
    Ok(items)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_comes_back_and_has_a_slot_of_its_own() {
        let text = |text: &str| MaskedText::decoded(text);
        let point = |node, offset| Point { node: NodeId(node), offset };
        let span = Span { start: point(3, 7), end: point(300, 0) };
        let all = [
            State::Value(text("v")),
            State::Checked(true),
            State::Indeterminate(false),
            State::Selected(true),
            State::Scroll(-3, 400),
            State::Layer(Layer::Fullscreen),
            State::Disabled(true),
            State::Pseudo(63),
            State::Picture(Picture::Asset(AssetHash([9; 32]), AssetKind::Webp)),
            State::Matches(text("invalid")),
            State::Caret(Caret { start: 1, end: 200, is_backward: true }),
            State::Assigned(vec![NodeId(9), NodeId(2)]),
            State::Selection(Some(span)),
            State::Highlights(vec![Highlight { name: text("found"), spans: vec![span, span] }]),
            State::Look(text("top: 0")),
            State::Guard(5),
            State::Dialog(Some(Dialog { kind: DialogKind::Choice, text: text("when?") })),
            State::Playback(PLAYED),
            State::View(View { bars: (15, BAR_LIMIT), seen: Area::new(0, AREA_LIMIT, 300, 1) }),
            State::Size(1_280, 70_000),
        ];
        let others = [
            State::Picture(Picture::Badge(BadgeReason::Tainted)),
            State::Selection(None),
            State::Assigned(vec![]),
            State::Dialog(None),
            State::Playback(Playback { position: None, duration: None, ..PLAYED }),
            State::View(View::default()),
        ];
        for (slot, state) in all.iter().enumerate() {
            assert_eq!(usize::from(state.slot()), slot);
        }
        for state in all.iter().chain(&others) {
            let bytes = state.to_bytes();
            let mut input = BinaryInput::new(&bytes);
            assert_eq!(State::read(state.slot().into(), &mut input).as_ref(), Ok(state));
            assert!(input.is_at_end());
            assert!(State::read(state.slot().into(), &mut BinaryInput::new(&bytes[..bytes.len() - 1])).is_err());
        }
    }

    const PLAYED: Playback = Playback {
        stage: PlayStage::Failed,
        is_muted: true,
        rate: RATE_LIMIT,
        position: Some(0),
        duration: Some(PLAYBACK_LIMIT),
    };

    #[test]
    fn what_nobody_plays_is_refused() {
        let fast = Playback { rate: RATE_LIMIT + 1, ..PLAYED };
        let late = Playback { position: Some(PLAYBACK_LIMIT + 1), ..PLAYED };
        let long = Playback { duration: Some(PLAYBACK_LIMIT + 1), ..PLAYED };
        for state in [fast, late, long].map(State::Playback) {
            let read = State::read(State::PLAYBACK.into(), &mut BinaryInput::new(&state.to_bytes()));
            assert_eq!(read, Err(Malformed::OutOfRange), "{state:?}");
        }
        let unknown = [5, 0, 100, 0, 0];
        assert_eq!(State::read(State::PLAYBACK.into(), &mut BinaryInput::new(&unknown)), Err(Malformed::Unknown));
    }

    #[test]
    fn what_no_window_shows_is_refused() {
        let far = Area { left: AREA_LIMIT + 1, top: 0, width: 1, height: 1 };
        let empty = Area { left: 0, top: 0, width: 0, height: 1 };
        let wide = View { bars: (BAR_LIMIT + 1, 0), seen: None };
        for view in [View { seen: Some(far), ..View::default() }, View { seen: Some(empty), ..View::default() }, wide] {
            let state = State::View(view);
            let read = State::read(State::VIEW.into(), &mut BinaryInput::new(&state.to_bytes()));
            assert_eq!(read, Err(Malformed::OutOfRange), "{state:?}");
        }
    }

    #[test]
    fn longer_lists_than_anybody_tells_are_refused() {
        let many = State::Assigned(vec![NodeId(1); ASSIGNED_LIMIT + 1]);
        let span = Span { start: Point { node: NodeId(1), offset: 0 }, end: Point { node: NodeId(1), offset: 0 } };
        let name = MaskedText::decoded("a");
        let wide = State::Highlights(vec![Highlight { name: name.clone(), spans: vec![span; SPAN_LIMIT + 1] }]);
        let long = State::Highlights(vec![Highlight { name, spans: Vec::new() }; SPAN_LIMIT + 1]);
        for state in [many, wide, long] {
            let bytes = state.to_bytes();
            assert!(State::read(state.slot().into(), &mut BinaryInput::new(&bytes)).is_err());
        }
    }
}
