//! What of style sheets and style attributes may leave the page: looks, but neither texts nor addresses where text is masked.

use super::address::{UrlRules, scrub_url};
use super::attribute::{is_image, is_layout};
use super::layout::mask_layout;
use super::show_text;
use crate::protocol::MaskedText;

/// Words of custom properties that say how something looks. Others are masked: a page may put anything there.
const WORDS: [&str; 40] = [
    "absolute",
    "auto",
    "baseline",
    "blink",
    "block",
    "bold",
    "both",
    "bottom",
    "center",
    "column",
    "contain",
    "cover",
    "currentColor",
    "dashed",
    "ease",
    "ease-in",
    "ease-in-out",
    "ease-out",
    "flex",
    "flex-end",
    "flex-start",
    "grid",
    "hidden",
    "inherit",
    "initial",
    "inline",
    "italic",
    "left",
    "linear",
    "monospace",
    "none",
    "normal",
    "right",
    "row",
    "sans-serif",
    "serif",
    "solid",
    "top",
    "transparent",
    "unset",
];

/// Style rules or declarations without comments. Where text is masked (`shows_text` false), strings in `content`, `quotes` and
/// custom properties are masked, words in custom properties too, and addresses are taken out; elsewhere addresses are
/// scrubbed and numbers of cards and accounts in strings are masked.
pub fn mask_css(shows_text: bool, css: &str) -> MaskedText {
    let mut scanner =
        Scanner { rest: css, out: String::with_capacity(css.len()), shows_text, property: Property::default() };
    while scanner.step() {}
    MaskedText::vouch_mirrored(scanner.out)
}

/// Where in a declaration the scanner is.
#[derive(Default)]
struct Property {
    /// The last word; a property's name once a colon follows.
    word: String,
    /// After the colon.
    is_value: bool,
    /// Between `[` and `]` of a selector.
    is_selector: bool,
}

struct Scanner<'a> {
    rest: &'a str,
    out: String,
    shows_text: bool,
    property: Property,
}

impl<'a> Scanner<'a> {
    /// Takes so many bytes.
    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    fn step(&mut self) -> bool {
        let Some(char) = self.rest.chars().next() else { return false };
        if self.rest.starts_with("/*") {
            let length = self.rest.find("*/").map_or(self.rest.len(), |at| at + 2);
            self.take(length);
        } else if matches!(char, '"' | '\'') {
            self.string(char);
        } else if is_word(char) {
            self.word();
        } else {
            let sign = self.take(char.len_utf8());
            self.out.push_str(sign);
            match char {
                ':' if !self.property.is_selector => self.property.is_value = true,
                ';' | '{' | '}' => self.property = Property::default(),
                '[' => self.property.is_selector = !self.property.is_value,
                ']' => self.property.is_selector = false,
                _ => {}
            }
        }
        true
    }

    fn is_custom(&self) -> bool {
        self.property.is_value && self.property.word.starts_with("--")
    }

    fn string(&mut self, quote: char) {
        let mut is_escaped = false;
        let end = self.rest.char_indices().skip(1).find(|(_, char)| {
            let ends = *char == quote && !is_escaped;
            is_escaped = *char == '\\' && !is_escaped;
            ends
        });
        let length = end.map_or(self.rest.len(), |(at, _)| at + 1);
        let string = self.take(length);
        let inner = string.trim_matches(quote);
        let is_text = matches!(self.property.word.as_str(), "content" | "quotes") || self.is_custom();
        let is_kept = match (self.property.is_selector, self.property.is_value) {
            (true, _) => is_layout(&self.property.word),
            (_, true) => !is_text,
            // `@import "..."`, `@charset "..."`
            _ => false,
        };
        self.out.push(quote);
        if self.shows_text {
            self.out.push_str(&show_text(inner));
        } else if is_kept {
            self.out.push_str(inner);
        } else {
            // An escape would end in the middle.
            self.out.push_str(&mask_layout(&inner.replace('\\', "")));
        }
        self.out.push(quote);
    }

    fn word(&mut self) {
        let length = self.rest.find(|char| !is_word(char)).unwrap_or(self.rest.len());
        let word = self.take(length);
        if word.eq_ignore_ascii_case("url") && self.rest.starts_with('(') {
            return self.address();
        }
        if !self.property.is_value {
            word.clone_into(&mut self.property.word);
        }
        let is_look = word.starts_with(|char: char| char.is_ascii_digit() || matches!(char, '-' | '#' | '.'))
            || self.rest.starts_with('(')
            || WORDS.binary_search(&word).is_ok();
        if self.is_custom() && !self.shows_text && !is_look {
            self.out.push_str(&mask_layout(word));
        } else {
            self.out.push_str(word);
        }
    }

    fn address(&mut self) {
        let length = self.rest.find(')').map_or(self.rest.len(), |at| at + 1);
        let address = self.take(length);
        let address = address.trim_matches(['(', ')', ' ', '"', '\'']);
        let shown = match (self.shows_text, is_image(address)) {
            (false, _) if address.starts_with('#') => address.to_owned(),
            (false, _) => String::new(),
            (true, true) => address.to_owned(),
            (true, false) if address.starts_with("data:") => String::new(),
            (true, false) => scrub_url(address, &UrlRules { keeps_fragment: true, excluded: Vec::new() })
                .replace(['"', '\\', '\n'], ""),
        };
        self.out.push_str("url(\"");
        self.out.push_str(&shown);
        self.out.push_str("\")");
    }
}

fn is_word(char: char) -> bool {
    char.is_alphanumeric() || matches!(char, '-' | '_' | '\\' | '#' | '.' | '%')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_stay_and_texts_go() {
        for (css, masked) in [
            ("a { color: red; font: 12px 'Open Sans' }", "a { color: red; font: 12px 'Open Sans' }"),
            ("a::after { content: \"Ann \\\" Lee\" }", "a::after { content: \"Xxx - Xxx\" }"),
            (
                ":root { --who: ann; --gap: 4px; --c: #fff; --f: var(--x, none) }",
                ":root { --who: xxx; --gap: 4px; --c: #fff; --f: var(--x, none) }",
            ),
            ("a { background: url(/ann/photo.png) }", "a { background: url(\"\") }"),
            ("a { fill: url('#grad') }", "a { fill: url(\"#grad\") }"),
            ("[type=\"text\"], [data-who=\"ann\"] { top: 0 }", "[type=\"text\"], [data-who=\"xxx\"] { top: 0 }"),
            (
                "/* ann */ @import \"ann.css\"; b { top: .3333333333333333em }",
                " @import \"xxx-xxx\"; b { top: .3333333333333333em }",
            ),
            ("a { content: \"open", "a { content: \"xxxx\""),
            ("@media (width > 10px) { a:hover { left: 1px } }", "@media (width > 10px) { a:hover { left: 1px } }"),
        ] {
            assert_eq!(mask_css(false, css).as_str(), masked, "{css}");
        }
        for (css, shown) in [
            ("a::after { content: \"Ann\" } /* x */", "a::after { content: \"Ann\" } "),
            ("a::after { content: \"4111111111111111\" }", "a::after { content: \"0000000000000000\" }"),
            ("a { background: url(/a.png?token=s) }", "a { background: url(\"/a.png?token=[removed]\") }"),
        ] {
            assert_eq!(mask_css(true, css).as_str(), shown, "{css}");
        }
    }

    #[test]
    fn words_are_sorted_so_that_they_are_found() {
        assert!(WORDS.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
