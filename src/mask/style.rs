//! What of style sheets and style attributes may leave the page: looks, but neither texts nor addresses where text is masked.

use super::names::Names;
use super::sheet::{rename_css, shown_address};
use super::show_text;
use crate::protocol::MaskedText;

/// Style rules or declarations without comments. Where text is masked (`shows_text` false), strings are masked and addresses taken
/// out; elsewhere addresses are scrubbed and numbers of cards and accounts are masked. Names are renamed as [`Names`] says.
pub fn mask_css(names: &mut Names, shows_text: bool, css: &str) -> MaskedText {
    if !shows_text || names.renames_all() {
        return MaskedText::vouch_mirrored(rename_css(names, shows_text, css));
    }
    let mut scanner = Scanner { rest: css, out: String::with_capacity(css.len()), names };
    while scanner.step() {}
    MaskedText::vouch_mirrored(scanner.out)
}

struct Scanner<'a, 'n> {
    rest: &'a str,
    out: String,
    /// What is told as it is, masked parts need not rename.
    names: &'n mut Names,
}

impl<'a> Scanner<'a, '_> {
    /// Takes so many bytes.
    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    fn step(&mut self) -> bool {
        let Some(char) = self.rest.chars().next() else { return false };
        if self.rest.starts_with("/*") {
            let end = self.rest.get(2..).and_then(|inner| inner.find("*/"));
            self.take(end.map_or(self.rest.len(), |at| at + 4));
        } else if matches!(char, '"' | '\'') {
            self.string(char);
        } else if is_word(char) {
            self.word();
        } else {
            let sign = self.take(char.len_utf8());
            self.out.push_str(sign);
        }
        true
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
        let inner = string.strip_prefix(quote).unwrap_or(string);
        let inner = if end.is_some() { inner.strip_suffix(quote).unwrap_or(inner) } else { inner };
        self.out.push(quote);
        self.out.push_str(&show_text(inner));
        self.out.push(quote);
    }

    fn word(&mut self) {
        let mut is_escaped = false;
        let end = self.rest.find(|char| {
            let ends = !is_word(char) && !is_escaped;
            is_escaped = char == '\\' && !is_escaped;
            ends
        });
        let word = self.take(end.unwrap_or(self.rest.len()));
        if word.eq_ignore_ascii_case("url") && self.rest.starts_with('(') {
            return self.address();
        }
        if word.bytes().all(|byte| byte.is_ascii_digit()) {
            return self.out.push_str(&show_text(word));
        }
        self.learn(word);
        self.out.push_str(word);
    }

    /// Names in a word such as `p.box#one`.
    fn learn(&mut self, word: &str) {
        let mut name = String::new();
        let mut chars = word.chars();
        while let Some(char) = chars.next() {
            match char {
                '.' | '#' => self.names.learn(&core::mem::take(&mut name)),
                '\\' => name.extend(chars.next()),
                _ => name.push(char),
            }
        }
        self.names.learn(&name);
    }

    fn address(&mut self) {
        let length = self.rest.find(')').map_or(self.rest.len(), |at| at + 1);
        let address = self.take(length);
        let address = address.trim_matches(['(', ')', ' ', '"', '\'']);
        self.out.push_str("url(\"");
        self.out.push_str(&shown_address(address).replace(['"', '\\', '\n'], ""));
        self.out.push_str("\")");
    }
}

fn is_word(char: char) -> bool {
    char.is_alphanumeric() || matches!(char, '-' | '_' | '\\' | '#' | '.' | '%')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mask::Policy;

    #[test]
    fn where_text_is_shown_only_numbers_comments_and_credentials_go() {
        for (css, shown) in [
            ("a::after { content: \"Ann\" } /* x */", "a::after { content: \"Ann\" } "),
            ("a::after { content: \"4111111111111111\" }", "a::after { content: \"0000000000000000\" }"),
            ("a { --card: 4111111111111111 }", "a { --card: 0000000000000000 }"),
            ("a { top: .3333333333333333em }", "a { top: .3333333333333333em }"),
            ("a { background: url(/a.png?token=s) }", "a { background: url(\"/a.png?token=[removed]\") }"),
            ("a { content: \"open", "a { content: \"open\""),
        ] {
            assert_eq!(mask_css(&mut Names::new(Policy::default()), true, css).as_str(), shown, "{css}");
        }
    }

    #[test]
    fn names_of_a_sheet_that_is_shown_stay_in_what_is_masked() {
        let mut names = Names::new(Policy::default());
        mask_css(&mut names, true, "p.box#one, .md\\:w-1 { --brand: red } @keyframes turn {}");
        let css = "p.box#one, .md\\:w-1 { color: var(--brand); animation: turn 1s }";
        assert_eq!(mask_css(&mut names, false, css).as_str(), css);
        assert_ne!(mask_css(&mut names, false, "p.ann { top: 0 }").as_str(), "p.ann { top: 0 }");
    }
}
