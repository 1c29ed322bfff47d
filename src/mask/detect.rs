//! Finds what is private wherever it stands: card numbers and bank accounts.
//!
//! Invariant: what is private by itself is found whatever stands before or after it, also where that is glued to it but is another
//! text of the page. Only of a number over several texts, with digits glued to it, it counts whether any network issues such cards.

use core::ops::Range;

use super::scrub::{CARD_DIGITS, Gap, digit, gap, is_point, passes_luhn, takes_gap, takes_point};

/// Lengths of bank account numbers (ISO 13616), without spaces.
const IBAN: core::ops::RangeInclusive<usize> = 15..=34;

/// A number in a style ends before, in bytes.
const AHEAD: usize = 120;

/// So many letters and digits at most has what is private.
pub const LONGEST_NUMBER: usize = *IBAN.end();

/// Both have so many bytes at least.
const SHORTEST: usize = 13;

/// Both have so many digits at least: of all accounts those of Malta may have the fewest.
const FEWEST_DIGITS: usize = 6;

/// Where there is more of a line, or of a row of boxes, than is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unknown {
    /// Before the first.
    pub before: bool,
    /// Behind the last.
    pub behind: bool,
}

impl Unknown {
    /// Whether there is any.
    pub fn is_any(self) -> bool {
        self.before || self.behind
    }
}

/// Where card numbers (13 to 19 digits that pass the Luhn check) and bank accounts (an IBAN that passes its check) stand in
/// the text: ranges of bytes, in order, apart from each other.
pub fn private_ranges(text: &str) -> Vec<Range<usize>> {
    private_ranges_over(text, &[], Unknown::default())
}

/// As [`private_ranges`], of texts that stand in one line. `seams` are where the second and all later ones begin, in order: there a
/// number may begin and end, whatever is glued to it, or go on. What may be a part of a number that goes on where more is `unknown` counts, too.
#[inline(never)]
pub fn private_ranges_over(text: &str, seams: &[usize], unknown: Unknown) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let [before, behind] = open_ranges(text, seams, unknown);
    found.extend(before);
    if behind.is_none() && found.is_empty() && !is_suspect(text) {
        return found;
    }
    let signs = signs_of(text, seams);
    for at in 0..signs.len() {
        let Some(end) = account_end(&signs, at).max(card_end(&signs, at, Line::Texts)).and_then(|end| signs.get(end))
        else {
            continue;
        };
        let range = signs[at].at..end.end;
        match found.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => found.push(range),
        }
    }
    if let Some(mut behind) = behind {
        while let Some(last) = found.pop_if(|last| last.end > behind.start) {
            behind.start = behind.start.min(last.start);
        }
        found.push(behind);
    }
    found
}

/// What, at the beginning and at the end of a line, may be a part of a number that goes on in what is not known; rather more than less.
#[inline(never)]
fn open_ranges(text: &str, seams: &[usize], unknown: Unknown) -> [Option<Range<usize>>; 2] {
    if !unknown.is_any() {
        return [None, None];
    }
    // A digit on each side stands for what is not known; with a 0, `%2` would be a space.
    let line = ["1", text, "1"].concat();
    let seams: Vec<usize> = { [0].iter().chain(seams).map(|seam| seam + 1) }.chain([text.len() + 1]).collect();
    let signs = signs_of(&line, &seams);
    let (inner, ends) = (1..signs.len() - 1, signs.len() - 1);
    let first = inner.clone().take(LONGEST_NUMBER).take_while(|at| signs[*at].before != Before::Other);
    let last = inner.rev().take(LONGEST_NUMBER).take_while(|at| signs[*at + 1].before != Before::Other);
    let has_digit = |part: &[Sign]| part.iter().any(Sign::is_digit);
    let before =
        first.last().filter(|end| unknown.before && has_digit(&signs[1..=*end])).map(|end| 0..signs[end].end - 1);
    let behind = last.last().filter(|at| unknown.behind && has_digit(&signs[*at..ends]));
    [before, behind.map(|at| signs[at].at - 1..text.len())]
}

/// Which of these, of which each is in a box of its own and has digits only, are parts of a card number that a network may have issued; or may
/// be, where it goes on in those that are `unknown`.
pub fn private_boxes<'a>(boxes: impl Iterator<Item = &'a str>, unknown: Unknown) -> Vec<bool> {
    let (mut text, mut seams) = (String::new(), Vec::new());
    for digits in boxes {
        seams.push(text.len());
        text.push_str(digits);
    }
    let signs = signs_of(&text, &seams);
    let mut is_private = vec![false; seams.len()];
    seams.push(text.len());
    for at in 0..signs.len() {
        let Some(end) = card_end(&signs, at, Line::Boxes).and_then(|end| signs.get(end)) else { continue };
        for (own, ends) in is_private.iter_mut().zip(seams.windows(2)) {
            *own |= ends[0] < end.end && signs[at].at < ends[1];
        }
    }
    for (own, ends) in is_private.iter_mut().zip(seams.windows(2)) {
        *own |= unknown.before && ends[0] < *CARD_DIGITS.end();
        *own |= unknown.behind && text.len() - ends[1] < *CARD_DIGITS.end();
    }
    is_private
}

/// The digits of a text, where it has nothing else but white space and signs that nobody sees.
#[inline(never)]
pub fn digits_of(text: &str) -> Option<String> {
    let is_nothing = |char: &char| {
        char.is_whitespace() || gap(char.encode_utf8(&mut [0; 4])).is_some_and(|(_, gap)| gap == Gap::Unseen)
    };
    let text = text.trim();
    let digits = text.chars().filter(|char| !is_nothing(char));
    digits.map(|char| digit(char).and_then(|value| char::from_digit(value, 10))).collect()
}

/// Card numbers that are written as cards are, in groups of four or without any gap, and that a network may have issued: for drawings
/// and addresses, in which numbers stand by chance.
#[inline(never)]
pub fn written_cards(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut groups: Vec<Range<usize>> = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(next) = bytes.get(at..).and_then(|rest| rest.iter().position(u8::is_ascii_digit)) {
        let start = at + next;
        let length = bytes.get(start..).map_or(0, |rest| rest.iter().take_while(|byte| byte.is_ascii_digit()).count());
        let before = text.get(at..start).unwrap_or_default();
        let is_escape = before.ends_with('%');
        let is_space = is_escape && length > 2 && text.get(start..start + 2) == Some("20");
        let goes_on = matches!(before, " " | "-" | "," | "+") || (is_space && before == "%");
        if !goes_on {
            groups.clear();
        }
        at = if is_escape && !is_space { start + length.min(2) } else { start + length };
        // What is behind a point is a part of a coordinate.
        if (is_escape && !is_space) || before.ends_with('.') {
            groups.clear();
            continue;
        }
        groups.push(start + if is_space { 2 } else { 0 }..at);
        let first = (0..groups.len()).find(|first| is_written(text, groups.get(*first..).unwrap_or_default()));
        if let Some(first) = first.and_then(|first| groups.get(first)) {
            let range = first.start..at;
            match found.last_mut() {
                Some(last) if range.start < last.end => last.end = range.end,
                _ => found.push(range),
            }
        }
        if groups.len() > 4 {
            groups.remove(0);
        }
    }
    found
}

fn is_written(text: &str, groups: &[Range<usize>]) -> bool {
    let lengths: Vec<usize> = groups.iter().map(Range::len).collect();
    let is_shape = matches!(lengths[..], [13..=19] | [4, 4, 4, 1..=4] | [4, 4, 4, 4, 1..=3] | [4, 6, 4 | 5]);
    let digits: Vec<u32> =
        groups.iter().flat_map(|group| text.get(group.clone()).unwrap_or_default().chars()).filter_map(digit).collect();
    is_shape && passes_luhn(digits.iter().copied()) && is_issued(digits.iter().copied())
}

/// The length of the number that the text begins with and that is private, which may go on up to a sign of CSS.
pub(super) fn private_start(text: &str) -> Option<usize> {
    // Most numbers in a style have a unit.
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let next = text.as_bytes().get(digits).copied().unwrap_or(b';');
    let ends = next.is_ascii_alphabetic() || matches!(next, b'%' | b';' | b')' | b'}');
    if (1..SHORTEST).contains(&digits) && (ends || (next == b'.' && !takes_point(digits))) {
        return None;
    }
    let mut ahead = text.get(..text.floor_char_boundary(AHEAD)).unwrap_or_default();
    if let Some(end) = ahead.find([';', '{', '}', '(', ')', '"', '\'']) {
        ahead = ahead.get(..end).unwrap_or_default();
    }
    let end = private_ranges(ahead).first().filter(|range| range.start == 0).map(|range| range.end)?;
    // What goes on behind a decimal is none.
    (!ahead.get(..end).is_some_and(is_long_decimal)).then_some(end)
}

/// Whether it is a decimal that is as long as a card number, of more places than a group of a card has: with a sign, an exponent and a unit
/// or without.
pub(super) fn is_long_decimal(text: &str) -> bool {
    let number = text.strip_prefix('-').unwrap_or(text);
    let end = number.bytes().position(|byte| !byte.is_ascii_digit() && byte != b'.').unwrap_or(number.len());
    let (number, unit) = number.split_at_checked(end).unwrap_or_default();
    let is_unit =
        unit.len() < 5 && unit.bytes().next().is_none_or(|first| first.is_ascii_alphabetic() || first == b'%');
    let point = number.find('.').filter(|point| number.rfind('.') == Some(*point) && *point < SHORTEST);
    number.len() > SHORTEST && point.is_some_and(|point| number.len() - point > 5) && is_unit
}

/// What stands beside each other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Line {
    /// Texts in one line.
    Texts,
    /// Boxes, which end a line each.
    Boxes,
}

/// Most texts are too short or hold too few digits: a card has thirteen at least, and where an account begins, digits follow letters.
fn is_suspect(text: &str) -> bool {
    if text.len() < SHORTEST {
        return false;
    }
    let count = text.bytes().filter(u8::is_ascii_digit).count();
    let is_account = |pair: &[u8]| pair[0].is_ascii_alphabetic() && pair[1].is_ascii_digit();
    match text.is_ascii() {
        true => count >= SHORTEST || (count >= FEWEST_DIGITS && text.as_bytes().windows(2).any(is_account)),
        false => count >= FEWEST_DIGITS || text.chars().filter(|char| digit(*char).is_some()).count() >= FEWEST_DIGITS,
    }
}

/// What stands before a sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    /// Another sign of the same text.
    Sign,
    /// The same, in the text before.
    Seam,
    Gap(Gap),
    Point,
    /// What ends a number.
    Other,
}

/// A letter or digit of a number.
#[derive(Clone, Copy, Debug)]
struct Sign {
    at: usize,
    end: usize,
    /// Letters count from 10.
    value: u32,
    before: Before,
}

impl Sign {
    fn is_digit(&self) -> bool {
        self.value < 10
    }
}

#[inline(never)]
fn signs_of(text: &str, seams: &[usize]) -> Vec<Sign> {
    let mut signs = Vec::new();
    let mut seams = seams.iter().copied().peekable();
    let (mut at, mut before) = (0, Before::Other);
    while let Some(char) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let is_seam = core::iter::from_fn(|| seams.next_if(|seam| *seam <= at)).count() > 0;
        if is_seam && matches!(before, Before::Sign | Before::Gap(Gap::Unseen)) {
            before = Before::Seam;
        }
        let end = at + char.len_utf8();
        if let Some(value) = digit(char).or_else(|| letter(char)) {
            signs.push(Sign { at, end, value, before });
            (at, before) = (end, Before::Sign);
            continue;
        }
        let follows = matches!(before, Before::Sign | Before::Seam);
        (at, before) = match text.get(at..).filter(|_| follows).and_then(gap) {
            Some((length, Gap::Unseen)) if before == Before::Seam => (at + length, before),
            Some((length, gap)) => (at + length, Before::Gap(gap)),
            None if follows && is_point(char) => (end, Before::Point),
            None => (end, Before::Other),
        };
    }
    signs
}

/// The value of a letter in an account number.
fn letter(char: char) -> Option<u32> {
    let base = match char {
        'A'..='Z' => 'A',
        'a'..='z' => 'a',
        'Ａ'..='Ｚ' => 'Ａ',
        _ => return None,
    };
    Some(u32::from(char) - u32::from(base) + 10)
}

/// The last sign of the longest card number that begins with this sign.
#[inline(never)]
fn card_end(signs: &[Sign], at: usize, line: Line) -> Option<usize> {
    let first = signs.get(at).filter(|first| first.is_digit())?;
    let above = at.checked_sub(1).and_then(|above| signs.get(above)).filter(|above| above.is_digit());
    if above.is_some() && first.before == Before::Sign {
        return None;
    }
    let is_glued = above.is_some() && first.before == Before::Seam;
    let (mut groups, mut group, mut single, mut has_seam) = (Groups::default(), at, 0, false);
    let mut found = None;
    for (index, sign) in signs.iter().enumerate().skip(at).take(*CARD_DIGITS.end()) {
        let count = index - at;
        if !sign.is_digit() {
            break;
        }
        if count > 0 && sign.before != Before::Sign {
            single += usize::from(index == group + 1);
            group = index;
            let goes_on = match sign.before {
                Before::Seam => true,
                Before::Gap(gap) => takes_gap(gap, count, single),
                Before::Point => takes_point(count),
                Before::Sign | Before::Other => false,
            };
            if !goes_on {
                break;
            }
            has_seam |= sign.before == Before::Seam;
            groups.end();
        }
        groups.add(sign.value);
        let next = signs.get(index + 1).filter(|next| next.is_digit());
        if next.is_some_and(|next| next.before == Before::Sign) || !CARD_DIGITS.contains(&(count + 1)) {
            continue;
        }
        let digits = signs.get(at..=index).unwrap_or_default().iter().map(|sign| sign.value);
        // Rows of numbers without space between them hold many that pass by chance.
        let is_part =
            line == Line::Boxes || has_seam && (is_glued || next.is_some_and(|next| next.before == Before::Seam));
        if passes_luhn(digits.clone()) && !groups.count() && (!is_part || is_issued(digits)) {
            found = Some(index);
        }
    }
    found
}

/// The numbers between the gaps, as they come: days of a month and numbers of pages count up.
#[derive(Clone, Copy, Debug, Default)]
struct Groups {
    number: u64,
    last: Option<u64>,
    ended: u32,
    has_other: bool,
}

impl Groups {
    fn add(&mut self, digit: u32) {
        self.number = self.number.wrapping_mul(10).wrapping_add(u64::from(digit));
    }

    fn end(&mut self) {
        let is_next = self.last.is_none_or(|last| self.number == last + 1 || self.number == 1);
        *self =
            Self { number: 0, last: Some(self.number), ended: self.ended + 1, has_other: self.has_other || !is_next };
    }

    /// Whether they do, and are three or more.
    fn count(mut self) -> bool {
        self.end();
        self.ended > 2 && !self.has_other
    }
}

/// Whether card numbers begin like this and have this length: ranges of ISO/IEC 7812's registry, of the networks that have published theirs.
fn is_issued(digits: impl ExactSizeIterator<Item = u32>) -> bool {
    let length = digits.len();
    let begin = digits.take(4).fold(0, |begin, digit| begin * 10 + digit);
    match begin {
        4000..=4999 => matches!(length, 13 | 16 | 19),
        2200..=2204 => length >= 16,
        2221..=2720 | 5100..=5599 | 8100..=8299 | 8600 | 9792 | 9860 => length == 16,
        1000..=1999 => length == 15,
        3400..=3499 | 3700..=3799 => length == 15,
        3000..=3099 | 3600..=3699 | 3800..=3999 => length >= 14,
        3528..=3589 | 6000..=6999 => length >= 16,
        5000..=5099 | 5600..=5899 => true,
        _ => false,
    }
}

/// The last sign of the longest account number that begins with this sign: country, check digits, and at most 30 more; between groups
/// of four there may be a gap.
fn account_end(signs: &[Sign], at: usize) -> Option<usize> {
    let [first, rest @ ..] = signs.get(at..)? else { return None };
    let [second, third, fourth, ..] = rest else { return None };
    let is_head = !first.is_digit() && !second.is_digit() && third.is_digit() && fourth.is_digit();
    if !is_head || first.before == Before::Sign {
        return None;
    }
    let (mut remainder, mut found) = (0, None);
    for (index, sign) in signs.iter().enumerate().skip(at).take(*IBAN.end()) {
        let count = index - at;
        let goes_on = match sign.before {
            _ if count == 0 => true,
            Before::Sign | Before::Seam | Before::Gap(Gap::Unseen) => true,
            Before::Gap(_) | Before::Point => count.is_multiple_of(4),
            Before::Other => false,
        };
        if !goes_on {
            break;
        }
        // The check of ISO 7064: country and check digits go to the end, the remainder by 97 is 1.
        if count >= 4 {
            remainder = join(remainder, sign.value);
        }
        let is_end = signs.get(index + 1).is_none_or(|next| next.before != Before::Sign);
        let head = [first, second, third, fourth].iter().fold(remainder, |remainder, sign| join(remainder, sign.value));
        if is_end && IBAN.contains(&(count + 1)) && head == 1 {
            found = Some(index);
        }
    }
    found
}

/// The remainder by 97 of a number with one more sign.
fn join(remainder: u32, value: u32) -> u32 {
    (remainder * if value < 10 { 10 } else { 100 } + value) % 97
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        private_ranges(text).into_iter().map(|range| &text[range]).collect()
    }

    /// What is found in these texts, those apart by `|` here, in one line.
    fn found_over(texts: &str, unknown: Unknown) -> String {
        let text = texts.replace('|', "");
        let seams: Vec<usize> = texts.match_indices('|').enumerate().map(|(count, (at, _))| at - count).collect();
        let ranges = private_ranges_over(&text, &seams, unknown);
        text.char_indices()
            .filter(|(at, _)| ranges.iter().any(|range| range.contains(at)))
            .map(|(_, char)| char)
            .collect()
    }

    /// Which of the boxes are private, as ones and zeros.
    fn found_in_boxes(boxes: &str, unknown: Unknown) -> String {
        let found = private_boxes(boxes.split_ascii_whitespace(), unknown);
        found.into_iter().map(|is| if is { '1' } else { '0' }).collect()
    }

    #[test]
    fn what_may_go_on_in_what_was_not_read_is_private() {
        for (texts, [before, behind], private) in [
            ("Card 12, 4111 |1111", [false, true], "4111 1111"),
            ("Card |4111 1111 ", [false, true], "Card 4111 1111 "),
            ("from GB82 WEST", [false, true], "from GB82 WEST"),
            ("1111 1|111, 4111", [true, false], "1111 1111"),
            ("1111, 4111", [true, true], "11114111"),
            ("4111", [true, true], "4111"),
            ("4111 1111 1111 1111|, 12 and 34", [false, true], "4111 1111 1111 111112 and 34"),
            ("1 4111 1111 1111 1111|, 12!", [true, true], "1 4111 1111 1111 1111"),
            ("4111 1111: ", [false, true], ""),
            ("4111 1111%2", [true, false], "4111 1111"),
            ("Words", [true, true], ""),
            ("", [true, true], ""),
        ] {
            assert_eq!(found_over(texts, Unknown { before, behind }), private, "{texts}");
        }
    }

    #[test]
    fn in_drawings_and_addresses_only_what_is_written_as_a_card_is_found() {
        for (text, private) in [
            ("M4111111111111111 0", vec!["4111111111111111"]),
            ("4111 1111 1111 1111", vec!["4111 1111 1111 1111"]),
            ("12,4111,1111,1111,1111,9", vec!["4111,1111,1111,1111"]),
            (",<text>4111%201111%201111%201111</text>", vec!["4111%201111%201111%201111"]),
            ("3782 822463 10005", vec!["3782 822463 10005"]),
            ("M12 2 2 7l10 5 10-5-10-5zM2 17l10 5 10-5M2 12l10 5 10-5 41 11 11 11 11 11 11 11", vec![]),
            ("0.4111111111111111 2019 2020 2021 2020", vec![]),
            ("%34111", vec![]),
            ("", vec![]),
        ] {
            let found: Vec<&str> = written_cards(text).into_iter().map(|range| &text[range]).collect();
            assert_eq!(found, private, "{text}");
        }
    }

    #[test]
    fn a_card_over_boxes_is_found_and_other_numbers_in_boxes_are_not() {
        for (boxes, private) in [
            ("4111 1111 1111 1111", "1111"),
            ("12 4111 1111 1111 1111 77", "011110"),
            ("3782 822463 10005", "111"),
            ("48 4111 1111 1111", "0000"),
            // Luhn passes, and no network has such cards.
            ("2019 2020 2021 2020", "0000"),
            ("10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31", "0000000000000000000000"),
            ("", ""),
        ] {
            assert_eq!(found_in_boxes(boxes, Unknown::default()), private, "{boxes}");
        }
        assert_eq!(
            found_in_boxes("7 7 7 7 7 7777 7777 7777 7 7 7", Unknown { before: true, behind: false }),
            "11111111110"
        );
        assert_eq!(found_in_boxes("12 34 56 1111 1111 1111 4111", Unknown { before: false, behind: true }), "0111111");
        assert_eq!(found_in_boxes("12", Unknown { before: true, behind: true }), "1");
        assert_eq!(digits_of(" 41\u{200b}1١\n").as_deref(), Some("4111"));
        assert_eq!((digits_of("4 a"), digits_of(" \u{200b}").as_deref()), (None, Some("")));
    }

    #[test]
    fn no_text_beside_a_number_hides_it() {
        let (card, account) = ("4111111111111111", "DE89370400440532013000");
        for (texts, private) in [
            ("4111111111111111|12/29", card),
            ("1|4111111111111111", card),
            ("1|4111|1111|1111|1111|12", card),
            ("7|4111|1111|1111|1111", card),
            ("4111 1111 1111 1111|12", "4111 1111 1111 1111"),
            ("a|4111\u{200b}|1111|11111111|b", "4111\u{200b}111111111111"),
            ("IBAN|DE89370400440532013000", account),
            ("DE89370400440532013000|EUR", account),
            ("IBAN|DE|893704|00440532013000|EUR", account),
            ("411111111111111", ""),
            ("4111|1111|1111|111", ""),
            // Days of a month, pages, and prices without space between them.
            ("1|2|3|4|5|6|7|8|9|10|11|12|13|14|15|16|17|18|19|20|21|22|23|24|25|26|27|28|29|30|31|1|2|3|4|5", ""),
            ("10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30", ""),
        ] {
            assert_eq!(found_over(texts, Unknown::default()), private, "{texts}");
        }
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
            (
                "IBAN:\u{a0}DE89\u{a0}3704\n  0044\t0532 \u{a0}0130\u{200b}00",
                vec!["DE89\u{a0}3704\n  0044\t0532 \u{a0}0130\u{200b}00"],
            ),
            ("4111 1111\n   1111 1111", vec!["4111 1111\n   1111 1111"]),
            ("4111\u{ad}1111\u{200b}11111111", vec!["4111\u{ad}1111\u{200b}11111111"]),
            ("٤١١١١١١١١١١١١١١١", vec!["٤١١١١١١١١١١١١١١١"]),
            ("ＤＥ８９３７０４００４４０５３２０１３０００", vec!["ＤＥ８９３７０４００４４０５３２０１３０００"]),
            ("order 12345678 of 2026-11-21", vec![]),
            ("5555555555554444 378282246310005", vec!["5555555555554444", "378282246310005"]),
            ("", vec![]),
        ] {
            assert_eq!(found(text), private, "{text}");
        }
    }
}
