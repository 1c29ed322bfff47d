//! What of style sheets and style attributes may leave the page: looks, but neither texts nor addresses where text is masked.

use super::detect::{Unknown, private_ranges_over, private_start};
use super::names::Names;
use super::sheet::{is_address, may_be_account, push_quoted, rename_css, shown_address, takes_address};
use super::{part, show_ranges, show_text};
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
            self.strings(char);
        } else if is_word(char) {
            self.word();
        } else {
            let sign = self.take(char.len_utf8());
            self.out.push_str(sign);
        }
        true
    }

    /// A string, and those that follow it: they are shown as one.
    fn strings(&mut self, quote: char) {
        let (mut line, mut seams, mut quotes) = (String::new(), Vec::new(), vec![(String::new(), quote)]);
        loop {
            let inner = self.string(quotes.last().map_or(quote, |(_, quote)| *quote));
            line.push_str(inner);
            let length = self.rest.len() - self.rest.trim_start().len();
            let Some(next) = self.rest.trim_start().chars().next().filter(|next| matches!(next, '"' | '\'')) else {
                break;
            };
            quotes.push((self.take(length).to_owned(), next));
            seams.push(line.len());
        }
        if seams.is_empty() && is_address(&line) {
            return push_quoted(&mut self.out, &shown_address(&line));
        }
        let ranges = private_ranges_over(&line, &seams, Unknown::default());
        seams.push(line.len());
        let mut start = 0;
        for ((space, quote), end) in quotes.into_iter().zip(seams) {
            self.out.push_str(&space);
            self.out.push(quote);
            self.out
                .push_str(&show_ranges(line.get(start..end).unwrap_or_default(), &part(&ranges, start, end - start)));
            self.out.push(quote);
            start = end;
        }
    }

    /// What is in a string.
    fn string(&mut self, quote: char) -> &'a str {
        let mut is_escaped = false;
        let end = self.rest.char_indices().skip(1).find(|(_, char)| {
            let ends = *char == quote && !is_escaped;
            is_escaped = *char == '\\' && !is_escaped;
            ends
        });
        let length = end.map_or(self.rest.len(), |(at, _)| at + 1);
        let string = self.take(length);
        let inner = string.strip_prefix(quote).unwrap_or(string);
        if end.is_some() { inner.strip_suffix(quote).unwrap_or(inner) } else { inner }
    }

    fn word(&mut self) {
        let begins_number = self.rest.starts_with(|char: char| char.is_ascii_digit()) || may_be_account(self.rest);
        if let Some(length) = begins_number.then(|| private_start(self.rest)).flatten() {
            let number = self.take(length);
            return self.out.push_str(&show_text(number));
        }
        let mut is_escaped = false;
        let end = self.rest.find(|char| {
            let ends = !is_word(char) && !is_escaped;
            is_escaped = char == '\\' && !is_escaped;
            ends
        });
        let word = self.take(end.unwrap_or(self.rest.len()));
        if self.rest.starts_with('(') && takes_address(word) {
            return self.address();
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
        self.take(1);
        self.rest = self.rest.trim_start();
        let quote = self.rest.chars().next().filter(|first| matches!(first, '"' | '\''));
        let quoted = quote.map(|quote| self.string(quote));
        let length = self.rest.find(')').unwrap_or(self.rest.len());
        let unquoted = self.take(length);
        self.take(1);
        let address = quoted.unwrap_or(unquoted).trim();
        self.out.push_str("url(");
        push_quoted(&mut self.out, &shown_address(address));
        self.out.push(')');
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
            ("a { --c:4111 1111 1111 1111; top: 0 }", "a { --c:0000 0000 0000 0000; top: 0 }"),
            ("a { --i:DE89370400440532013000 }", "a { --i:AA00000000000000000000 }"),
            ("a { --i: DE89 3704 0044 0532 0130 00; }", "a { --i: AA00 0000 0000 0000 0000 00; }"),
            (
                "a { content:\"4111\" ' 1111' \"1111 1111\"; top: 0 }",
                "a { content:\"0000\" ' 0000' \"0000 0000\"; top: 0 }",
            ),
            ("a { quotes: \"<\" \">\" }", "a { quotes: \"<\" \">\" }"),
            ("a { margin: 10px 20px; --x: 210 40% 98% }", "a { margin: 10px 20px; --x: 210 40% 98% }"),
            (
                "a { background: url(\"data:image/svg+xml,<text>4111 1111 1111 1111</text>\") }",
                "a { background: url(\"data:image/svg+xml,<text>0000 0000 0000 0000</text>\") }",
            ),
            ("a { top: .3333333333333333em }", "a { top: .3333333333333333em }"),
            ("a { background: url(/a.png?token=s) }", "a { background: url(\"/a.png?token=[removed]\") }"),
            (
                "a { background: url(\"https://s.test/a)b?token=s\") }",
                "a { background: url(\"https://s.test/a)b?token=[removed]\") }",
            ),
            (
                "a { background: url( a.png?token=s ); top: 0 }",
                "a { background: url(\"a.png?token=[removed]\"); top: 0 }",
            ),
            (
                "a { background: url(\"data:image/svg+xml,<svg xmlns='x' fill=\\\"rgb(0,0,0)\\\"/>\") 0 }",
                "a { background: url(\"data:image/svg+xml,<svg xmlns='x' fill=%22rgb(0,0,0)%22/>\") 0 }",
            ),
            ("a { background: src(\"/a.png?token=s\") }", "a { background: url(\"/a.png?token=[removed]\") }"),
            (
                "a { background: image-set(\"/a.png?token=s\" 1x, 'https://ann:pw@s.test/b' 2x) }",
                "a { background: image-set(\"/a.png?token=[removed]\" 1x, \"https://s.test/b\" 2x) }",
            ),
            ("a { content: \"Ann? yes\" '?' }", "a { content: \"Ann? yes\" '?' }"),
            ("a { --c: 4111.11111111 1111 }", "a { --c: 0000;00000000 0000 }"),
            ("a { --c: 3782.822463 10005 }", "a { --c: 0000;000000 00000 }"),
            ("a { --c: 4111.11111111/1111 }", "a { --c: 0000;00000000/0000 }"),
            ("a { left: 4111.11111111116px 1px }", "a { left: 4111.11111111116px 1px }"),
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
