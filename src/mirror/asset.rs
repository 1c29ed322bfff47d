//! The visitor's half of pictures and fonts: which were told of, each once.

use std::collections::HashMap;

use crate::mask::show_address;
use crate::protocol::MaskedText;

/// Most addresses of one page; those that come later are not fetched.
const LIMIT: usize = 4_096;

/// What the page names where it is shown. It outlives an epoch, save where what is masked was chosen anew: a picture is the same
/// one after it.
#[derive(Debug, Default)]
pub(super) struct Addresses {
    numbers: HashMap<Box<str>, u32>,
    told: Vec<MaskedText>,
}

impl Addresses {
    /// The number of an address that is new.
    pub(super) fn note(&mut self, address: &str) -> Option<u32> {
        if self.told.len() == LIMIT || self.numbers.contains_key(address) {
            return None;
        }
        let number = self.told.len() as u32;
        self.numbers.insert(address.into(), number);
        self.told.push(show_address(address));
        Some(number)
    }

    /// As it was told.
    pub(super) fn told(&self, number: u32) -> Option<&MaskedText> {
        self.told.get(number as usize)
    }
}
