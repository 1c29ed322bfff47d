//! Marks of Markdown around what is selected in a text.
//!
//! Invariant: places are in bytes of UTF-8; browsers count in UTF-16, see [`byte_of`] and [`unit_of`].

use core::ops::Range;

/// What is done to a selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Strong.
    Bold,
    /// Emphasis.
    Italic,
    /// Code.
    Code,
    /// Each line an item.
    List,
    /// A link; its address is selected, to be typed.
    Link,
}

/// The address of a new link.
const ADDRESS: &str = "https://";

impl Mark {
    /// In the order of their buttons.
    pub const ALL: [Self; 5] = [Self::Bold, Self::Italic, Self::Code, Self::List, Self::Link];

    /// What replaces the text in which range, and what of it is selected then. What is marked so already is so no more.
    pub fn apply(self, text: &str, selected: Range<usize>) -> (Range<usize>, String, Range<usize>) {
        match self {
            Self::Bold => around(text, selected, "**"),
            Self::Italic => around(text, selected, "_"),
            Self::Code => around(text, selected, "`"),
            Self::List => items(text, selected),
            Self::Link => {
                let label = &text[selected.clone()];
                let start = selected.start + label.len() + 3;
                let with = format!("[{label}]({ADDRESS})");
                match label.is_empty() {
                    // What it is called comes first.
                    true => (selected.clone(), with, selected.start + 1..selected.start + 1),
                    false => (selected, with, start..start + ADDRESS.len()),
                }
            }
        }
    }
}

fn around(text: &str, selected: Range<usize>, mark: &str) -> (Range<usize>, String, Range<usize>) {
    let (before, after) = (&text[..selected.start], &text[selected.end..]);
    let inner = &text[selected.clone()];
    if !inner.is_empty() && before.ends_with(mark) && after.starts_with(mark) {
        let range = selected.start - mark.len()..selected.end + mark.len();
        let start = range.start;
        return (range, inner.to_owned(), start..start + inner.len());
    }
    let start = selected.start + mark.len();
    (selected, [mark, inner, mark].concat(), start..start + inner.len())
}

fn items(text: &str, selected: Range<usize>) -> (Range<usize>, String, Range<usize>) {
    let start = text[..selected.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[selected.end..].find('\n').map_or(text.len(), |at| selected.end + at);
    let lines: Vec<&str> = text[start..end].split('\n').collect();
    let is_list = lines.iter().all(|line| line.starts_with("- "));
    let line = |line: &&str| match is_list {
        true => line[2..].to_owned(),
        false => format!("- {line}"),
    };
    let with = lines.iter().map(line).collect::<Vec<_>>().join("\n");
    let last = start + with.len();
    (start..end, with, last..last)
}

/// The byte at which a UTF-16 unit stands.
pub fn byte_of(text: &str, unit: u32) -> usize {
    let mut units = 0;
    for (at, char) in text.char_indices() {
        if units >= unit {
            return at;
        }
        units += char.len_utf16() as u32;
    }
    text.len()
}

/// The UTF-16 unit at a byte.
pub fn unit_of(text: &str, byte: usize) -> u32 {
    text[..byte].encode_utf16().count() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(mark: Mark, text: &str, selected: Range<usize>) -> (String, String) {
        let (range, with, then) = mark.apply(text, selected);
        let all = [&text[..range.start], &with, &text[range.end..]].concat();
        let chosen = all[then].to_owned();
        (all, chosen)
    }

    #[test]
    fn a_mark_goes_around_what_is_selected_and_goes_again() {
        let (bold, chosen) = marked(Mark::Bold, "some お茶 now", 5..11);
        assert_eq!((bold.as_str(), chosen.as_str()), ("some **お茶** now", "お茶"));
        assert_eq!(marked(Mark::Bold, &bold, 7..13), ("some お茶 now".into(), "お茶".into()));
        assert_eq!(marked(Mark::Italic, "", 0..0), ("__".into(), String::new()));
        assert_eq!(marked(Mark::Code, "a", 0..1).0, "`a`");
    }

    #[test]
    fn each_line_becomes_an_item_and_a_link_asks_for_its_address() {
        assert_eq!(marked(Mark::List, "x\none\ntwo\ny", 3..8).0, "x\n- one\n- two\ny");
        assert_eq!(marked(Mark::List, "- one\n- two", 0..11).0, "one\ntwo");
        assert_eq!(marked(Mark::Link, "our shop", 4..8), ("our [shop](https://)".into(), "https://".into()));
        assert_eq!(marked(Mark::Link, "", 0..0), ("[](https://)".into(), String::new()));
    }

    #[test]
    fn places_are_found_in_either_count() {
        let text = "a😀茶b";
        for (unit, byte) in [(0, 0), (1, 1), (3, 5), (4, 8), (5, 9)] {
            assert_eq!((byte_of(text, unit), unit_of(text, byte)), (byte, unit));
        }
        assert_eq!(byte_of(text, 99), text.len());
    }
}
