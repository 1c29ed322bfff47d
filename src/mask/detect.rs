//! Finds what is private wherever it stands: card numbers and bank accounts.

use core::ops::Range;

use super::scrub::card_length;

/// Lengths of bank account numbers (ISO 13616), without spaces.
const IBAN: core::ops::RangeInclusive<usize> = 15..=34;

/// Both have so many bytes at least.
const SHORTEST: usize = 13;

/// Where card numbers (13 to 19 digits that pass the Luhn check) and bank accounts (an IBAN that passes its check) stand in
/// the text: ranges of bytes, in order.
pub fn private_ranges(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    // Most texts are too short for either, or hold no digit: both have some. Outside of ASCII there are other digits.
    if text.len() < SHORTEST || !text.bytes().any(|byte| byte.is_ascii_digit() || !byte.is_ascii()) {
        return found;
    }
    let mut after = 0;
    let mut before = ' ';
    for (at, char) in text.char_indices() {
        let begins = at >= after && char.is_alphanumeric() && !before.is_alphanumeric();
        let is_new_number = at >= after && char.is_numeric() && !before.is_numeric();
        before = char;
        let rest = text.get(at..).unwrap_or_default();
        let iban = begins.then(|| iban_length(rest)).flatten();
        if let Some(length) = iban.or_else(|| is_new_number.then(|| card_length(rest)).flatten()) {
            found.push(at..at + length);
            after = at + length;
        }
    }
    found
}

/// Length in bytes of the account number that the text begins with, groups of four with or without a space.
fn iban_length(text: &str) -> Option<usize> {
    let mut compact = Vec::new();
    let mut found = None;
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'A'..=b'Z' | b'0'..=b'9' | b'a'..=b'z' if compact.len() < *IBAN.end() => {
                compact.push(byte.to_ascii_uppercase());
            }
            b' ' | b'-' | b'.'
                if compact.len().is_multiple_of(4) && bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric) =>
            {
                continue;
            }
            _ => break,
        }
        let is_whole = !bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric);
        if is_whole && IBAN.contains(&compact.len()) && passes_mod_97(&compact) {
            found = Some(at + 1);
        }
    }
    found
}

/// The check of ISO 7064: country and check digits go to the end, letters count as 10 to 35, the remainder by 97 is 1.
fn passes_mod_97(account: &[u8]) -> bool {
    let (Some(head), Some(rest)) = (account.get(..4), account.get(4..)) else { return false };
    let is_head = matches!(head, [a, b, c, d] if a.is_ascii_uppercase() && b.is_ascii_uppercase() && c.is_ascii_digit() && d.is_ascii_digit());
    let remainder = rest.iter().chain(head).fold(0u32, |remainder, byte| match byte {
        b'0'..=b'9' => (remainder * 10 + u32::from(byte - b'0')) % 97,
        _ => (remainder * 100 + u32::from(byte - b'A') + 10) % 97,
    });
    is_head && remainder == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        private_ranges(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn cards_and_accounts_are_found_where_they_stand() {
        for (text, private) in [
            ("card 4111 1111 1111 1111, exp 12/29", vec!["4111 1111 1111 1111"]),
            ("No.4111111111111111", vec!["4111111111111111"]),
            ("IBAN: DE89 3704 0044 0532 0130 00.", vec!["DE89 3704 0044 0532 0130 00"]),
            ("DE89-3704-0044-0532-0130-00", vec!["DE89-3704-0044-0532-0130-00"]),
            ("gb29nwbk60161331926819", vec!["gb29nwbk60161331926819"]),
            ("４１１１１１１１１１１１１１１１", vec!["４１１１１１１１１１１１１１１１"]),
            ("4111111111111112 and DE89370400440532013001", vec![]),
            ("order 12345678 of 2026-11-21", vec![]),
            ("5555555555554444 378282246310005", vec!["5555555555554444", "378282246310005"]),
            ("", vec![]),
        ] {
            assert_eq!(found(text), private, "{text}");
        }
    }
}
