//! Takes out of a text what identifies or pays: e-mail addresses, card numbers, long runs of digits.

use core::slice::SliceIndex;

use crate::protocol::MaskedText;

/// So many digits in a row are taken out: account, phone and customer numbers. Years, prices and dates stay.
pub const DIGIT_RUN: usize = 9;

/// Card numbers have 13 to 19 digits (ISO/IEC 7812).
pub const CARD_DIGITS: core::ops::RangeInclusive<usize> = 13..=19;

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

/// The value of a decimal digit of the scripts that people type (Unicode's Nd, without scripts that are history).
pub(super) fn digit(char: char) -> Option<u32> {
    let code = u32::from(char);
    let value = match code {
        // Those of India have a block of 128 signs each.
        0x966..=0xd6f => (code - 0x966) % 0x80,
        _ if matches!(code >> 4, 0x3 | 0x66 | 0x6f | 0x7c | 0xe5 | 0xed | 0xf2 | 0x104 | 0x17e | 0x181 | 0xff1) => {
            code % 16
        }
        _ => return None,
    };
    (value < 10).then_some(value)
}

/// What stands between two groups of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    /// Signs that nobody sees.
    Unseen,
    /// One space or hyphen, as people write.
    Narrow,
    /// White space as programs write, or a hyphen with spaces around it.
    Wide,
}

/// A longer one separates more than the groups of a number.
const GAP_BYTES: usize = 160;

/// What people and programs put between the groups of a number, and its length in bytes, never 0.
pub(super) fn gap(text: &str) -> Option<(usize, Gap)> {
    let (mut length, mut spaces, mut hyphens, mut is_wide) = (0, 0, 0, false);
    while length < GAP_BYTES {
        let rest = from(text, length..);
        let Some(char) = rest.chars().next() else { break };
        length += match char {
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => char.len_utf8(),
            '%' if rest.starts_with("%20") => {
                spaces += 1;
                3
            }
            '-' | '+' | '－' | '‐' | '\u{2011}' | '–' if hyphens == 0 => {
                hyphens = 1;
                char.len_utf8()
            }
            _ if char.is_whitespace() => {
                spaces += 1;
                is_wide |= char.is_ascii_control();
                char.len_utf8()
            }
            _ => break,
        };
    }
    let gap = match spaces + hyphens {
        0 => Gap::Unseen,
        1 if !is_wide => Gap::Narrow,
        _ => Gap::Wide,
    };
    (0 < length && length < GAP_BYTES).then_some((length, gap))
}

/// Whether a gap may stand after so many digits of a card number, of which `single` stand alone. Wide ones stand between the columns
/// of numbers, too: there only cards that are written in groups of four, as American Express does, or digit by digit count.
pub(super) fn takes_gap(gap: Gap, digits: usize, single: usize) -> bool {
    gap != Gap::Wide || matches!(digits, 4 | 8 | 10 | 12 | 16) || single == digits
}

/// Signs that stand in other numbers too: between groups of a card number only.
pub(super) fn takes_point(digits: usize) -> bool {
    matches!(digits, 4 | 8 | 10 | 12)
}

/// See [`takes_point`].
pub(super) fn is_point(char: char) -> bool {
    matches!(char, '.' | '/' | '_' | ',' | ':')
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
        // Where the group began that is read, and how many of one digit there were.
        let (mut group, mut single) = (0, 0);
        while digits.len() <= *CARD_DIGITS.end() || run_length == 0 {
            let rest = from(text, at..);
            let Some(char) = rest.chars().next() else { break };
            if let Some(value) = digit(char) {
                digits.push(value);
                at += char.len_utf8();
                let is_end = from(text, at..).chars().next().is_none_or(|next| digit(next).is_none());
                if is_end && CARD_DIGITS.contains(&digits.len()) && passes_luhn(digits.iter().copied()) {
                    card = Some(at);
                }
                continue;
            }
            if run_length == 0 {
                (run, run_length) = (digits.len(), at);
            }
            single += usize::from(digits.len() == group + 1);
            group = digits.len();
            let length = match gap(rest) {
                Some((length, gap)) if takes_gap(gap, group, single) => length,
                None if is_point(char) && takes_point(group) => 1,
                _ => break,
            };
            match from(rest, length..).chars().next().and_then(digit) {
                Some(_) => at += length,
                None => break,
            }
        }
        if run_length == 0 {
            (run, run_length) = (digits.len(), at);
        }
        Self { run, run_length, card }
    }
}

/// The Luhn check of ISO/IEC 7812-1, over digits from left to right.
pub(super) fn passes_luhn(digits: impl DoubleEndedIterator<Item = u32>) -> bool {
    let (mut sum, mut is_doubled) = (0, false);
    for digit in digits.rev() {
        let value = if is_doubled { digit * 2 } else { digit };
        sum += if value > 9 { value - 9 } else { value };
        is_doubled = !is_doubled;
    }
    sum.is_multiple_of(10) && sum > 0
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
            ("4111\u{200b}1111\u{ad}1111\u{feff}1111", "[card]"),
            ("4111\n    1111\t1111  1111", "[card]"),
            ("4111 - 1111 - 1111 - 1111", "[card]"),
            ("4  1  1  1  1  1  1  1  1  1  1  1  1  1  1  1", "[card]"),
            ("٤١١١ ١١١١ ١١١١ ١١١١ or ४१११११११११११११११", "[card] or [card]"),
            ("41  11  11  11  11  11  11  11", "41  11  11  11  11  11  11  11"),
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
