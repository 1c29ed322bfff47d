//! Text that takes the room of another text and says nothing of it.

use core::ops::Range;

use crate::protocol::MaskedText;

/// The text with each character replaced by one of its class, of about its width; white space stays, so lines break where
/// they did. Letters become `x` or `X`, digits `0`, wide characters `口`, all else `-`.
pub fn mask_layout(text: &str) -> MaskedText {
    MaskedText::vouch_mirrored(text.chars().map(stand_in).collect())
}

/// The text as it is, but for `private` ranges, which are masked. Ranges are in bytes, in order, and do not overlap.
pub(super) fn mask_ranges(text: &str, private: &[Range<usize>]) -> String {
    if private.is_empty() {
        return text.to_owned();
    }
    let is_private = |at: usize| private.iter().any(|range| range.contains(&at));
    text.char_indices().map(|(at, char)| if is_private(at) { stand_in(char) } else { char }).collect()
}

/// The part of `ranges`, which are of joined texts, that falls into the text from `start` and of `length`.
pub fn part(ranges: &[Range<usize>], start: usize, length: usize) -> Vec<Range<usize>> {
    let end = start + length;
    let cut = |range: &Range<usize>| range.start.clamp(start, end) - start..range.end.clamp(start, end) - start;
    ranges.iter().map(cut).filter(|range| !range.is_empty()).collect()
}

fn stand_in(char: char) -> char {
    match char {
        _ if char.is_whitespace() => char,
        '0'..='9' => '0',
        'A'..='Z' => 'X',
        // Kana, ideographs, hangul, full width forms, emoji: two columns each.
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{1f000}'..='\u{3ffff}' => '口',
        // Marks that join the letter before: nothing wide may come of them.
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}' => '\u{200b}',
        // Right-to-left letters stand in for themselves, so that the line keeps its direction.
        '\u{590}'..='\u{5ff}' => '\u{5d0}',
        '\u{600}'..='\u{8ff}' => '\u{627}',
        _ if char.is_uppercase() => 'X',
        _ if char.is_alphanumeric() => 'x',
        _ => '-',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_text_keeps_its_shape_only() {
        for (text, masked) in [
            ("Ann Lee, born 1984", "Xxx Xxx- xxxx 0000"),
            ("two\n lines\t", "xxx\n xxxxx\t"),
            ("山田 太郎", "口口 口口"),
            ("e\u{301}té", "x\u{200b}xx"),
            ("שלום", "אאאא"),
            ("", ""),
        ] {
            assert_eq!(mask_layout(text).as_str(), masked, "{text}");
        }
    }

    #[test]
    fn only_private_ranges_are_masked() {
        assert_eq!(mask_ranges("pay 1234 now 5", &[4..8, 13..14]), "pay 0000 now 0");
        assert_eq!(mask_ranges("お茶 12", &[0..3, 7..9]), "口茶 00");
    }

    #[test]
    fn a_range_is_shared_out_over_the_texts_it_covers() {
        let ranges = [4..20, 30..31];
        let cut =
            |start, length| part(&ranges, start, length).into_iter().map(|range| (range.start, range.end)).collect();
        let cuts: [Vec<(usize, usize)>; 4] = [cut(0, 8), cut(8, 6), cut(14, 10), cut(24, 5)];
        assert_eq!(cuts, [vec![(4, 8)], vec![(0, 6)], vec![(0, 6)], vec![]]);
    }
}
