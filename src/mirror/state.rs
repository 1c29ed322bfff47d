//! What of a node's state may be told.

use super::reading::StateReading;
use crate::mask::{Field, Names, Treatment, mask_css, mask_matches, mask_name, mask_shape, show_text};
use crate::protocol::mirror::{
    ASSIGNED_LIMIT, BadgeReason, Caret, Dialog, Highlight, NodeId, PLAYBACK_LIMIT, Picture, Playback, RATE_LIMIT,
    SPAN_LIMIT, Span, State,
};

/// The state as it may be told. Choices are masked as texts are: not told. `shows` says whether a node's text is shown.
pub(super) fn told(
    names: &mut Names,
    treatment: Treatment,
    field: Field,
    state: StateReading<'_>,
    shows: impl Fn(NodeId) -> bool,
) -> Option<State> {
    let is_shown = treatment.shows_text();
    match state {
        StateReading::Value(value) => field.mask(treatment, value).map(State::Value),
        StateReading::Checked(is) => is_shown.then_some(State::Checked(is)),
        StateReading::Indeterminate(is) => is_shown.then_some(State::Indeterminate(is)),
        StateReading::Selected(is) => is_shown.then_some(State::Selected(is)),
        StateReading::Scroll(x, y) => Some(State::Scroll(x, y)),
        StateReading::Layer(layer) => Some(State::Layer(layer)),
        StateReading::Disabled(is) => Some(State::Disabled(is)),
        StateReading::Pseudo(bits) => Some(State::Pseudo(bits & 63)),
        StateReading::Picture(picture) if is_shown => Some(State::Picture(picture)),
        StateReading::Picture(_) => Some(State::Picture(Picture::Badge(BadgeReason::Masked))),
        StateReading::Matches(words) => Some(State::Matches(mask_matches(names, is_shown, words))),
        // Where the caret of a secret stands says how long it is.
        StateReading::Caret(caret) => match field {
            Field::Typed => Some(State::Caret(caret)),
            Field::Secret => Some(State::Caret(Caret::START)),
            _ => None,
        },
        StateReading::Assigned(mut nodes) => {
            nodes.truncate(ASSIGNED_LIMIT);
            Some(State::Assigned(nodes))
        }
        StateReading::Selection(span) => Some(State::Selection(span)),
        StateReading::Highlights(highlights) => {
            // What a script has found in a masked text says what is there.
            let is_shown = |span: &Span| shows(span.start.node) && shows(span.end.node);
            let highlight = |(name, spans): (&str, Vec<Span>)| {
                let spans: Vec<Span> = spans.into_iter().filter(is_shown).take(SPAN_LIMIT).collect();
                (!spans.is_empty()).then(|| Highlight { name: mask_name(names, name), spans })
            };
            Some(State::Highlights(highlights.into_iter().filter_map(highlight).take(SPAN_LIMIT).collect()))
        }
        StateReading::Look(css) => Some(State::Look(mask_css(names, is_shown, css))),
        StateReading::Size(width, height) => Some(State::Size(width, height)),
        StateReading::Dialog(dialog) => Some(State::Dialog(dialog.map(|(kind, text)| {
            let text = if is_shown { show_text(text) } else { mask_shape(text) };
            Dialog { kind, text }
        }))),
        StateReading::View(view) => Some(State::View(view)),
        // How long it is, and where in it somebody is, says what it is.
        StateReading::Playback(Playback { stage, is_muted, rate, position, duration }) => {
            let time = |time: Option<u32>| time.filter(|_| is_shown).map(|time| time.min(PLAYBACK_LIMIT));
            let rate = if is_shown { rate.min(RATE_LIMIT) } else { 100 };
            Some(State::Playback(Playback {
                stage,
                is_muted,
                rate,
                position: time(position),
                duration: time(duration),
            }))
        }
    }
}
