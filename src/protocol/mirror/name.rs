//! Names of elements and attributes, most of them in one byte.

use std::sync::Arc;

use crate::protocol::codec::{BinaryInput, BinaryOutput, Malformed, Output};

/// Longest name of an element or attribute, in bytes.
pub const MIRROR_NAME_LIMIT: usize = 64;

/// How many names take one byte.
pub(super) const COMMON_NAMES: usize = 120;

/// Name of an element or attribute: 1 to 64 bytes, no white space, quotes, `<`, `>`, `/` or `=`. Case is kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name(NameText);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum NameText {
    /// Index in [`NAMES`].
    Common(u8),
    /// Many elements share it.
    Other(Arc<str>),
}

impl Name {
    /// `None` for what is no name.
    pub fn new(text: &str) -> Option<Self> {
        if let Ok(index) = NAMES.binary_search(&text) {
            return Some(Self(NameText::Common(index as u8)));
        }
        let is_name = (1..=MIRROR_NAME_LIMIT).contains(&text.len())
            && !text.chars().any(|char| char.is_control() || char.is_whitespace() || "\"'<>/=".contains(char));
        is_name.then(|| Self(NameText::Other(text.into())))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            NameText::Common(index) => NAMES.get(usize::from(*index)).copied().unwrap_or_default(),
            NameText::Other(text) => text,
        }
    }

    /// Which of [`COMMON_NAMES`] it is.
    pub(super) fn common(&self) -> Option<usize> {
        match self.0 {
            NameText::Common(index) => Some(index.into()),
            NameText::Other(_) => None,
        }
    }

    /// The index plus one, or 0 and the text.
    pub(super) fn write(&self, out: &mut BinaryOutput) {
        match &self.0 {
            NameText::Common(index) => out.unsigned(u64::from(*index) + 1),
            NameText::Other(text) => {
                out.unsigned(0);
                out.text(text);
            }
        }
    }

    pub(super) fn read(input: &mut BinaryInput<'_>) -> Result<Self, Malformed> {
        match input.varint()? {
            0 => Self::new(input.sized_text(MIRROR_NAME_LIMIT)?).ok_or(Malformed::BadText),
            index => {
                let index = usize::try_from(index - 1).ok().filter(|index| *index < NAMES.len());
                index.map(|index| Self(NameText::Common(index as u8))).ok_or(Malformed::Unknown)
            }
        }
    }
}

/// Names that most pages use, in one byte each. Sorted. A name is never taken out or put in: peers of another version count
/// the same.
const NAMES: [&str; COMMON_NAMES] = [
    "a",
    "action",
    "alt",
    "aria-checked",
    "aria-controls",
    "aria-current",
    "aria-describedby",
    "aria-disabled",
    "aria-expanded",
    "aria-haspopup",
    "aria-hidden",
    "aria-label",
    "aria-labelledby",
    "aria-selected",
    "article",
    "aside",
    "autocomplete",
    "b",
    "body",
    "br",
    "button",
    "canvas",
    "caption",
    "checked",
    "circle",
    "class",
    "code",
    "col",
    "colspan",
    "content",
    "d",
    "dd",
    "dialog",
    "dir",
    "disabled",
    "div",
    "dl",
    "dt",
    "em",
    "fieldset",
    "fill",
    "footer",
    "for",
    "form",
    "g",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "head",
    "header",
    "height",
    "hidden",
    "hr",
    "href",
    "html",
    "i",
    "id",
    "iframe",
    "img",
    "input",
    "label",
    "lang",
    "li",
    "line",
    "link",
    "main",
    "max",
    "media",
    "meta",
    "min",
    "name",
    "nav",
    "ol",
    "open",
    "option",
    "p",
    "path",
    "placeholder",
    "points",
    "pre",
    "readonly",
    "rect",
    "rel",
    "required",
    "role",
    "rows",
    "rowspan",
    "script",
    "section",
    "select",
    "selected",
    "size",
    "slot",
    "small",
    "span",
    "src",
    "srcset",
    "stroke",
    "strong",
    "style",
    "sub",
    "sup",
    "svg",
    "tabindex",
    "table",
    "target",
    "tbody",
    "td",
    "textarea",
    "th",
    "thead",
    "title",
    "tr",
    "type",
    "ul",
    "value",
    "viewBox",
    "width",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_names_are_sorted_so_that_they_are_found() {
        assert!(NAMES.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(NAMES.iter().all(|name| Name::new(name).is_some_and(|found| found.as_str() == *name)));
    }

    #[test]
    fn a_name_is_nothing_that_could_end_a_tag() {
        for bad in ["", "a b", "a=b", "x>", "\"", "a/b", "a\u{0}", &"n".repeat(65)] {
            assert_eq!(Name::new(bad), None, "{bad:?}");
        }
        assert_eq!(Name::new("données-ü").map(|name| name.as_str().to_owned()).as_deref(), Some("données-ü"));
    }
}
