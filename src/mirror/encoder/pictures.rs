//! Which pictures and fonts a page shows: they are fetched where they stand in what is shown.

use std::collections::VecDeque;

use super::EncoderOutput;
use crate::mask::{Treatment, css_addresses, picture_addresses};
use crate::mirror::asset::Addresses;

/// An element's pictures, where it is shown.
pub(super) fn note_pictures(
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
pub(super) fn note_css(addresses: &mut Addresses, outputs: &mut VecDeque<EncoderOutput>, css: &str) {
    for address in css_addresses(css) {
        note(addresses, outputs, address);
    }
}

fn note(addresses: &mut Addresses, outputs: &mut VecDeque<EncoderOutput>, address: &str) {
    if let Some(number) = addresses.note(address) {
        outputs.push_back(EncoderOutput::Fetch(number, address.to_owned()));
    }
}
