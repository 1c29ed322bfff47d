//! Takes out of a text what identifies or pays: e-mail addresses, card numbers, long runs of digits.

use core::slice::SliceIndex;

use crate::protocol::MaskedText;

/// So many digits in a row are taken out: account, phone and customer numbers. Years, prices and dates stay.
pub const DIGIT_RUN: usize = 9;

/// Card numbers have 13 to 19 digits (ISO/IEC 7812).
const CARD_DIGITS: core::ops::RangeInclusive<usize> = 13..=19;

/// The text without e-mail addresses (`[email]`), card numbers that pass the Luhn check (`[card]`) and runs of
/// [`DIGIT_RUN`] digits or more (`[number]`).
pub fn scrub(text: &str) -> MaskedText {
    MaskedText::vouch(scrub_plain(text))
}

/// The scrubbed text, at most `limit` bytes of it.
pub fn clip(text: &str, limit: usize) -> MaskedText {
    let mut text = scrub_plain(text);
    text.truncate(text.floor_char_boundary(limit));
    MaskedText::vouch(text)
}

pub(super) fn scrub_plain(text: &str) -> String {
    scrub_digits(&scrub_emails(text))
}

/// A part of a text. A range that is none, which cannot be, is nothing instead of a panic: panics and their messages weigh more
/// than all of this module in the artefact.
fn from<R: SliceIndex<str, Output = str>>(text: &str, range: R) -> &str {
    text.get(range).unwrap_or_default()
}

/// What stands before the first `@`, the sign as it was written, and what follows it.
fn split_at_sign(text: &str) -> Option<(&str, &str, &str)> {
    let (at, sign) = text.char_indices().find_map(|(at, char)| {
        let rest = matches!(char, '@' | '%' | '＠').then(|| from(text, at..))?;
        ["@", "%40", "＠"].into_iter().find(|sign| rest.starts_with(sign)).map(|sign| (at, sign))
    })?;
    Some((from(text, ..at), sign, from(text, at + sign.len()..)))
}

fn is_local(char: char) -> bool {
    is_letter(char) || matches!(char, '.' | '_' | '-' | '+' | '\'' | '!' | '#' | '$' | '*' | '~')
}

fn is_domain(char: char) -> bool {
    is_letter(char) || matches!(char, '.' | '-')
}

/// Letters and digits; outside of ASCII all but spaces and punctuation, without tables of Unicode.
fn is_letter(char: char) -> bool {
    char.is_ascii_alphanumeric()
        || !(char.is_ascii()
            || matches!(char, '\u{80}'..='\u{bf}' | '\u{2000}'..='\u{206f}' | '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff0f}'))
}

fn scrub_emails(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, sign, after)) = split_at_sign(rest) {
        let kept = before.trim_end_matches(is_local);
        let domain = from(after, 0..after.len() - after.trim_start_matches(is_domain).len());
        // A full stop at the end belongs to the sentence, not to the address.
        let domain = domain.trim_end_matches(['.', '-']);
        // `contains` would bring the search for texts into the artefact, for characters that it does not meet here.
        if kept.len() < before.len() && domain.trim_start_matches('.').bytes().any(|byte| byte == b'.') {
            out.push_str(kept);
            out.push_str("[email]");
            rest = from(after, domain.len()..);
        } else {
            out.push_str(before);
            out.push_str(sign);
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// The value of a digit in the scripts that our customers' visitors type: ASCII and full width.
fn digit(char: char) -> Option<u32> {
    match char {
        '0'..='9' => Some(u32::from(char) - u32::from('0')),
        '０'..='９' => Some(u32::from(char) - u32::from('０')),
        _ => None,
    }
}

/// What people and programs put between the groups of a number.
fn separator(text: &str) -> Option<usize> {
    [" ", "-", "\u{a0}", "+", "%20", "－", "\u{3000}", "\u{2009}", "\u{202f}", "‐", "\u{2011}", "–"]
        .iter()
        .find(|sign| text.starts_with(**sign))
        .map(|sign| sign.len())
}

fn scrub_digits(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|char| digit(char).is_some()) {
        out.push_str(from(rest, ..start));
        rest = from(rest, start..);
        let group = Group::read(rest);
        let (length, replacement) = match group.card {
            Some(length) => (length, "[card]"),
            None if group.run >= DIGIT_RUN => (group.run_length, "[number]"),
            None => (group.run_length, from(rest, ..group.run_length)),
        };
        out.push_str(replacement);
        rest = from(rest, length..);
    }
    out.push_str(rest);
    out
}

/// Length in bytes of the card number that the text begins with.
pub(super) fn card_length(text: &str) -> Option<usize> {
    Group::read(text).card
}

/// Digits at the beginning of a text.
struct Group {
    /// Digits before the first separator, and their length in bytes.
    run: usize,
    run_length: usize,
    /// Length in bytes of a card number that begins here.
    card: Option<usize>,
}

impl Group {
    fn read(text: &str) -> Self {
        let mut digits = Vec::new();
        let (mut at, mut run, mut run_length, mut card) = (0, 0, 0, None);
        while digits.len() <= *CARD_DIGITS.end() || run_length == 0 {
            let rest = from(text, at..);
            if let Some((char, value)) = rest.chars().next().and_then(|char| Some((char, digit(char)?))) {
                digits.push(value);
                at += char.len_utf8();
                let is_end = from(rest, char.len_utf8()..).chars().next().is_none_or(|next| digit(next).is_none());
                if is_end && CARD_DIGITS.contains(&digits.len()) && passes_luhn(&digits) {
                    card = Some(at);
                }
                continue;
            }
            if run_length == 0 {
                (run, run_length) = (digits.len(), at);
            }
            // Signs that stand in other numbers too: between groups of a card number only.
            let is_group = matches!(digits.len(), 4 | 8 | 10 | 12) && rest.starts_with(['.', '/', '_', ',', ':']);
            match separator(rest).or_else(|| is_group.then_some(1)) {
                Some(length) if from(rest, length..).chars().next().and_then(digit).is_some() => at += length,
                _ => break,
            }
        }
        Self { run, run_length, card }
    }
}

/// The Luhn check of ISO/IEC 7812-1, over digits from left to right.
fn passes_luhn(digits: &[u32]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(index, digit)| match (index % 2, digit * 2) {
            (0, _) => *digit,
            (_, double) if double > 9 => double - 9,
            (_, double) => double,
        })
        .sum();
    sum.is_multiple_of(10) && digits.iter().any(|digit| *digit != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_identifies_or_pays_is_taken_out_and_the_rest_stays() {
        for (text, scrubbed) in [
            ("Kettles and pots", "Kettles and pots"),
            ("Hello ann.lee+x@mail.example.co.jp.", "Hello [email]."),
            ("to=ann%40example.com&x=1", "to=[email]&x=1"),
            ("a@b, c@d.e and @home", "a@b, [email] and @home"),
            ("花子＠例え.jp 様", "[email] 様"),
            ("card 4111 1111 1111 1111 ok", "card [card] ok"),
            ("card 4111-1111-1111-1111", "card [card]"),
            ("４１１１１１１１１１１１１１１１", "[card]"),
            ("4111%201111%201111%201111", "[card]"),
            ("card 4111.1111.1111.1111", "card [card]"),
            ("4111\u{2011}1111\u{202f}1111–1111", "[card]"),
            ("192.168.100.2001 and 1.2345678901234", "192.168.100.2001 and 1.[number]"),
            ("order 123456789", "order [number]"),
            ("order 12345678 of 2026-11-21", "order 12345678 of 2026-11-21"),
            ("4111111111111112", "[number]"),
            ("00000000000000000000000000000000000", "[number]"),
            ("", ""),
        ] {
            assert_eq!(scrub(text).as_str(), scrubbed, "{text}");
        }
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(clip("お茶", 4).as_str(), "お");
    }
}
