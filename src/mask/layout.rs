//! Text that takes the room of another text and says nothing of it.
//!
//! Of a word it says how many characters it has and of which kinds (letter, capital, digit, sign; the script), and, where lines have to
//! break as they did, about how wide they are together: never which letter is where.

use core::ops::Range;

use crate::protocol::MaskedText;

/// The text with each character replaced by one of its kind; white space stays. Letters become `a` or `A`, digits `0`, signs `;`
/// or `_`, wide characters `口`, others a letter of their script.
pub fn mask_shape(text: &str) -> MaskedText {
    mask(text, |_| 0)
}

/// As [`mask_shape`], with words about as wide as they were, so that lines break where they did: in as many letters of a word as that
/// takes, from its beginning, `i` or `m` stands for `a`, and `I` for `A`.
pub fn mask_layout(text: &str) -> MaskedText {
    mask(text, width)
}

#[inline(never)]
fn mask(text: &str, width: fn(char) -> i32) -> MaskedText {
    let mut out = String::with_capacity(text.len());
    // What one word is too wide, the next one makes up for: lines of many words do not drift.
    let mut excess = 0;
    let (mut is_first, mut is_joined, mut is_half_flag, mut was_flow) = (true, false, false, false);
    for (at, char) in text.char_indices() {
        if is_first {
            let word = text.get(at..).unwrap_or_default().chars().take_while(|char| !ends_word(*char));
            excess += word.map(width).sum::<i32>();
        }
        let stand_in = stand_in(char);
        let is_flow = is_flow(char);
        let told = match stand_in {
            // Nobody sees them: in a row they could be letters of a script of their own.
            _ if is_flow && was_flow => MARK,
            LETTER if 2 * excess < width(NARROW) => NARROW,
            LETTER if 2 * excess > width(WIDE) => WIDE,
            CAPITAL if 4 * excess < 3 * width(NARROW_CAPITAL) => NARROW_CAPITAL,
            // Of what several characters make one sign of, one stands for it.
            EMOJI if is_joined || is_half_flag => MARK,
            _ => stand_in,
        };
        if told.is_ascii() && told != stand_in {
            excess -= width(told);
        }
        was_flow = is_flow;
        is_first = ends_word(char);
        is_joined = char == '\u{200d}';
        is_half_flag = matches!(char, '\u{1f1e6}'..='\u{1f1ff}') && !is_half_flag;
        out.push(told);
    }
    MaskedText::vouch_mirrored(out)
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

#[inline(never)]
fn stand_in(char: char) -> char {
    match char {
        _ if char.is_whitespace() => char,
        '0'..='9' => '0',
        // Lines break after these, and after no other sign of ASCII.
        '-' | '/' | '?' => char,
        '#'..='&' | '*' | '+' | '<'..='@' | '^' | '_' | '~' => '_',
        '!'..='~' if !char.is_ascii_alphabetic() => ';',
        '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0000}'..='\u{e0fff}' => MARK,
        '\u{1f000}'..='\u{1ffff}' => EMOJI,
        '\u{20000}'..='\u{3ffff}' => '口',
        '\u{10000}'.. if char.is_uppercase() => CAPITAL,
        '\u{10000}'.. => LETTER,
        // Of the scripts of India, whose blocks have one order: marks above and below, signs beside, digits, letters.
        '\u{900}'..='\u{d7f}' => {
            let at = u32::from(char) & 0x7f;
            let stand_in = match at {
                0x00..=0x03 | 0x3a | 0x3c | 0x41..=0x48 | 0x51..=0x57 | 0x62 | 0x63 => return MARK,
                0x3b | 0x3e..=0x40 | 0x49..=0x4c => 0x3e,
                // Joins the letters beside it.
                0x4d => 0x4d,
                0x66..=0x6f => 0x66,
                _ => 0x15,
            };
            char::from_u32(u32::from(char) - at + stand_in).unwrap_or(LETTER)
        }
        _ => {
            let at = RANGES.partition_point(|(first, _)| u32::from(*first) <= u32::from(char));
            let stand_in =
                RANGES.get(at.wrapping_sub(1)).and_then(|(_, stand_in)| char::from_u32(u32::from(*stand_in)));
            match stand_in.unwrap_or(LETTER) {
                KEPT => char,
                LETTER if char.is_uppercase() => CAPITAL,
                GREEK if char.is_uppercase() => 'Κ',
                CYRILLIC if char.is_uppercase() => 'Н',
                LETTER if !char.is_alphanumeric() => '_',
                stand_in => stand_in,
            }
        }
    }
}

/// Whether it says how text flows, and has no room of its own.
fn is_flow(char: char) -> bool {
    matches!(char, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{61c}')
}

/// Whether a line may break behind it.
fn ends_word(char: char) -> bool {
    char.is_whitespace() || matches!(char, '-' | '/' | '?' | '\u{ad}' | BREAK)
}

/// How much wider a character is than its stand-in, in hundredths of the width of `a`; of `i`, `m` and `I` also, how much wider they are as
/// stand-ins. The mean of Helvetica, Times and DejaVu Sans; what is below 16 is left out.
fn width(char: char) -> i32 {
    match char {
        'i' | 'j' | 'l' | 'ì'..='ï' | 'ı' => -50,
        'f' | 'r' | 't' => -38,
        'w' => 42,
        'm' => 61,
        'I' | 'Ì'..='Ï' => -74,
        'J' => -56,
        'E' | 'F' | 'L' | 'P' | 'S' | 'T' | 'Z' => -16,
        'M' => 32,
        'W' => 50,
        '"' => 21,
        '+' | '<' | '=' | '>' => 25,
        '&' => 43,
        '%' => 69,
        '@' => 86,
        _ => 0,
    }
}

const LETTER: char = 'a';
const NARROW: char = 'i';
const WIDE: char = 'm';
const CAPITAL: char = 'A';
const NARROW_CAPITAL: char = 'I';
const GREEK: char = 'κ';
const CYRILLIC: char = 'н';

/// Takes no room and belongs to the character before, as the marks do that it stands for.
const MARK: char = '\u{200c}';

/// Lines may break here. Where there are no spaces, words are found by what they say; marks are about as many.
const BREAK: char = '\u{200b}';

/// A face without a mouth: of the font that emoji have, and lines may break beside it.
const EMOJI: char = '\u{1f636}';

/// What says how text flows, and nothing else, stays.
const KEPT: char = '\0';

/// What stands for the characters from one on, in UTF-16. Sorted.
const RANGES: [(u16, u16); 94] = [
    (0xad, KEPT as u16),
    (0xae, LETTER as u16),
    (0x300, MARK as u16),
    (0x370, GREEK as u16),
    (0x400, CYRILLIC as u16),
    (0x483, MARK as u16),
    (0x48a, CYRILLIC as u16),
    (0x530, LETTER as u16),
    (0x591, MARK as u16),
    (0x5d0, 'ר' as u16),
    (0x600, '،' as u16),
    (0x620, 'ب' as u16),
    (0x64b, MARK as u16),
    (0x660, '٠' as u16),
    (0x66a, 'ب' as u16),
    (0x670, MARK as u16),
    (0x671, 'ب' as u16),
    (0x6d6, MARK as u16),
    (0x6ee, 'ب' as u16),
    (0x6f0, '۰' as u16),
    (0x6fa, 'ب' as u16),
    (0xd80, LETTER as u16),
    (0xe00, 'ก' as u16),
    (0xe31, BREAK as u16),
    (0xe32, 'ก' as u16),
    (0xe34, BREAK as u16),
    (0xe3b, 'ก' as u16),
    (0xe47, BREAK as u16),
    (0xe4f, 'ก' as u16),
    (0xe80, LETTER as u16),
    (0x1100, '가' as u16),
    (0x1200, LETTER as u16),
    (0x1dc0, MARK as u16),
    (0x1e00, LETTER as u16),
    (0x1f00, GREEK as u16),
    (0x2000, LETTER as u16),
    (0x200b, KEPT as u16),
    (0x200c, MARK as u16),
    (0x200e, KEPT as u16),
    (0x2016, ';' as u16),
    (0x2020, LETTER as u16),
    (0x2026, KEPT as u16),
    (0x2027, ';' as u16),
    (0x202a, KEPT as u16),
    (0x2030, LETTER as u16),
    (0x2060, KEPT as u16),
    (0x2070, LETTER as u16),
    (0x20d0, MARK as u16),
    (0x2100, LETTER as u16),
    (0x2190, '□' as u16),
    (0x2c00, LETTER as u16),
    (0x2e80, '口' as u16),
    (0x3001, '、' as u16),
    (0x3003, '口' as u16),
    (0x3008, '「' as u16),
    (0x3009, '、' as u16),
    (0x300a, '「' as u16),
    (0x300b, '、' as u16),
    (0x300c, '「' as u16),
    (0x300d, '、' as u16),
    (0x300e, '「' as u16),
    (0x300f, '、' as u16),
    (0x3010, '「' as u16),
    (0x3011, '、' as u16),
    (0x3012, '口' as u16),
    (0x3014, '「' as u16),
    (0x3015, '、' as u16),
    (0x3016, '口' as u16),
    (0x3099, MARK as u16),
    (0x309b, '口' as u16),
    (0xa4d0, LETTER as u16),
    (0xac00, '가' as u16),
    (0xd7fc, LETTER as u16),
    (0xe000, '□' as u16),
    (0xf900, '口' as u16),
    (0xfb00, LETTER as u16),
    (0xfb50, 'ب' as u16),
    (0xfe00, MARK as u16),
    (0xfe30, '口' as u16),
    (0xfe70, 'ب' as u16),
    (0xfeff, KEPT as u16),
    (0xff00, '口' as u16),
    (0xff01, '、' as u16),
    (0xff02, '口' as u16),
    (0xff08, '「' as u16),
    (0xff09, '、' as u16),
    (0xff0a, '口' as u16),
    (0xff0c, '、' as u16),
    (0xff0f, '口' as u16),
    (0xff1a, '、' as u16),
    (0xff1c, '口' as u16),
    (0xff1f, '、' as u16),
    (0xff20, '口' as u16),
    (0xff61, 'ｱ' as u16),
];

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_masked_text_keeps_its_shape_only() {
        for (text, masked) in [
            ("Ann Lee, born 1984", "Aaa Aaa; aaaa 0000"),
            ("two\n lines\t", "aaa\n aaaaa\t"),
            ("山田 太郎", "口口 口口"),
            ("e\u{301}té", "a\u{200c}aa"),
            ("ann.lee@shop.example/orders?id=7", "aaa;aaa_aaaa;aaaaaaa/aaaaaa?aa_0"),
            ("שלום עולם, Ann", "רררר רררר; Aaa"),
            ("Привет, Άννα", "Нннннн; Κκκκ"),
            ("soft\u{ad}hyphen", "aaaa\u{ad}aaaaaa"),
            ("「はい」、한국어。", "「口口、、가가가、"),
            ("नमस्ते १", "ककक\u{94d}क\u{200c} ०"),
            ("ok 👍🏽 👩\u{200d}🔬 🇯🇵🇰🇷 ❤\u{fe0f}", "aa 😶\u{200c} 😶\u{200c}\u{200c} 😶\u{200c}😶\u{200c} □\u{200c}"),
            ("", ""),
        ] {
            assert_eq!(mask_shape(text).as_str(), masked, "{text}");
        }
    }

    #[test]
    fn words_are_about_as_wide_as_they_were() {
        for (text, masked) in [
            ("Ann Lee, born 1984", "Aaa Aaa; iaaa 0000"),
            ("will", "iiaa"),
            ("mummy", "mmmaa"),
            ("illicit filling", "iiiiiia iiiiiaa"),
            ("INITIAL", "IIIAAAA"),
        ] {
            assert_eq!(mask_layout(text).as_str(), masked, "{text}");
        }
    }

    proptest! {
        #[test]
        fn where_in_a_word_which_letter_is_does_not_show(letters in "[a-z]{1,12}( [a-z]{1,12}){0,3}", at in 0..100_usize) {
            let mut turned: Vec<String> = letters.split(' ').map(str::to_owned).collect();
            let count = turned.len();
            let word = &mut turned[at % count];
            let by = at % word.len();
            *word = [&word[by..], &word[..by]].concat();
            prop_assert_eq!(mask_layout(&turned.join(" ")), mask_layout(&letters));
        }

        #[test]
        fn signs_that_nobody_sees_spell_nothing(signs in "[\u{ad}\u{61c}\u{200b}\u{200d}-\u{200f}\u{202a}-\u{202e}\u{2060}-\u{206f}\u{feff}]{4,12}") {
            let signs: Vec<char> = signs.chars().collect();
            let masked: Vec<char> = mask_shape(&signs.iter().collect::<String>()).chars().collect();
            prop_assert!(masked.windows(2).all(|pair| !signs.windows(2).any(|own| own == pair)));
        }

        #[test]
        fn nothing_but_stand_ins_and_space_is_left_of_a_text(text in "[\\PC\\s]{0,40}") {
            let kept = |char: char| char.is_whitespace() || RANGES.iter().any(|(_, told)| u32::from(*told) == u32::from(char));
            let is_own = |char: char| "aimAIΚН0;_-/?口😶\u{200c}".contains(char) || ('\u{900}'..='\u{d7f}').contains(&char);
            let masked = mask_layout(&text);
            prop_assert_eq!(masked.chars().count(), text.chars().count());
            prop_assert!(masked.chars().zip(text.chars()).all(|(told, char)| kept(told) || is_own(told) || stand_in(char) == told && told == char));
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
