//! Style sheets and style attributes whose names are renamed: those of masked parts, and all of a page that is private by default.
//!
//! A word passes if HTML or CSS know it, so what an author wrote is told nowhere, not even where no browser understands it.

use super::address::{UrlRules, scrub_url};
use super::attribute::{PLACE_DIGITS, is_image, is_layout, is_name_list, show_image};
use super::detect::private_start;
use super::layout::{mask_layout, mask_shape};
use super::names::Names;
use super::show_text;

/// How far ahead a `{` is looked for: further away than any selector is long.
const LOOKAHEAD: usize = 4_096;

/// Digits of a number without a unit that is told as a variable or a counter: more may say how much somebody has.
const VARIABLE_DIGITS: usize = 3;

/// Rules, or declarations. Texts and addresses are masked where `shows_text` is false.
pub(super) fn rename_css(names: &mut Names, shows_text: bool, css: &str) -> String {
    let mut sheet = Sheet::new(names, shows_text, css);
    sheet.begin();
    sheet.run()
}

/// The value of this property, or of an attribute that is written like one.
pub(super) fn rename_value(names: &mut Names, shows_text: bool, property: &str, value: &str) -> String {
    let mut sheet = Sheet::new(names, shows_text, value);
    (sheet.place, sheet.property) = (Place::Value, property.to_ascii_lowercase());
    sheet.run()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Before a `{`.
    Prelude,
    /// Between `[` and `]`, the attribute's name.
    Attribute,
    /// Between `[` and `]`, behind the name.
    AttributeValue,
    /// Between the parentheses of `::part`.
    Part,
    /// A property.
    Property,
    /// Behind its colon.
    Value,
}

struct Sheet<'a, 'n> {
    rest: &'a str,
    out: String,
    shows_text: bool,
    names: &'n mut Names,
    place: Place,
    /// In lower case.
    property: String,
    attribute: String,
}

impl<'a, 'n> Sheet<'a, 'n> {
    fn new(names: &'n mut Names, shows_text: bool, css: &'a str) -> Self {
        let (property, attribute) = (String::new(), String::new());
        let out = String::with_capacity(css.len());
        Self { rest: css, out, shows_text, names, place: Place::Property, property, attribute }
    }

    fn run(mut self) -> String {
        while self.step() {}
        self.out
    }

    fn peek(&self) -> char {
        self.rest.chars().next().unwrap_or_default()
    }

    fn skip(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    fn begin(&mut self) {
        let start = self.rest.trim_start();
        let is_prelude = start.starts_with('@') || (!start.starts_with("--") && ends_in_block(start));
        self.place = if is_prelude { Place::Prelude } else { Place::Property };
        self.property.clear();
    }

    fn step(&mut self) -> bool {
        let Some(char) = self.rest.chars().next() else { return false };
        let next = self.rest.chars().nth(1).unwrap_or_default();
        match char {
            '/' if next == '*' => {
                let end = self.rest.get(2..).and_then(|inner| inner.find("*/"));
                self.skip(end.map_or(self.rest.len(), |at| at + 4));
            }
            '"' | '\'' => {
                let text = self.quoted(char);
                self.string(char, &text);
            }
            '.' if starts_identifier(next) && self.place != Place::Value => self.named(),
            '#' if is_identifier(next) => self.named(),
            '0'..='9' => self.number(),
            '.' if next.is_ascii_digit() => self.number(),
            '-' if starts_identifier(next) || next == '-' => self.word(),
            _ if starts_identifier(char) && char != '-' => self.word(),
            _ => self.sign(char),
        }
        true
    }

    fn sign(&mut self, char: char) {
        self.skip(char.len_utf8());
        self.out.push(char);
        match (char, self.place) {
            (':', Place::Property) => self.place = Place::Value,
            ('[', Place::Prelude) => self.place = Place::Attribute,
            ('=', Place::Attribute) => self.place = Place::AttributeValue,
            (']', Place::Attribute | Place::AttributeValue) | (')', Place::Part) => self.place = Place::Prelude,
            (';' | '{' | '}', _) => self.begin(),
            _ => {}
        }
    }

    /// A class or an id; in a value, a colour.
    fn named(&mut self) {
        let sign = self.skip(1);
        self.out.push_str(sign);
        let name = self.identifier();
        let is_colour = self.place == Place::Value
            && matches!(name.len(), 3 | 4 | 6 | 8)
            && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        let name = if is_colour { name } else { self.names.name(&name) };
        self.push_identifier(&name);
    }

    fn word(&mut self) {
        if self.place == Place::Value
            && may_be_account(self.rest)
            && let Some(length) = private_start(self.rest)
        {
            self.skip(length);
            return self.out.push('x');
        }
        let word = self.identifier();
        let is_function = self.peek() == '(';
        if is_function && takes_address(&word) {
            return self.address();
        }
        let told = match self.place {
            Place::AttributeValue => self.attribute_value(&word),
            Place::Part => self.names.name(&word),
            _ if word.starts_with("--") => self.names.name(&word),
            _ => self.names.word(&word),
        };
        match self.place {
            Place::Attribute => self.attribute = word.to_ascii_lowercase(),
            Place::Property => self.property = word.to_ascii_lowercase(),
            Place::Prelude if is_function && word.eq_ignore_ascii_case("part") => self.place = Place::Part,
            _ => {}
        }
        self.push_identifier(&told);
    }

    fn number(&mut self) {
        let length = self.rest.find(|char: char| !char.is_ascii_digit() && char != '.').unwrap_or(self.rest.len());
        if let Some(length) = private_start(self.rest) {
            self.skip(length);
            return self.out.push('0');
        }
        let number = self.skip(length);
        let told = if self.shows_text { number } else { self.masked_number(number) };
        self.out.push_str(told);
        if is_identifier(self.peek()) && self.peek() != '-' {
            let unit = self.identifier();
            let unit = self.names.word(&unit);
            self.push_identifier(&unit);
        }
    }

    fn masked_number(&self, number: &'a str) -> &'a str {
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let is_variable = self.property.starts_with("--") || self.property.starts_with("counter");
        let has_unit = is_identifier(self.peek()) || self.peek() == '%';
        match self.place {
            Place::Value if is_variable && !has_unit && whole.len() + fraction.len() > VARIABLE_DIGITS => {
                let room = VARIABLE_DIGITS.checked_sub(whole.len());
                room.and_then(|room| number.get(..whole.len() + 1 + room)).unwrap_or("0").trim_end_matches('.')
            }
            _ if whole.len() <= PLACE_DIGITS => number,
            // What is above all else stays there.
            _ if self.property == "z-index" => "99999",
            _ => "0",
        }
    }

    /// The text between these quotes, without escapes.
    fn quoted(&mut self, quote: char) -> String {
        self.skip(quote.len_utf8());
        let mut text = String::new();
        while let Some(char) = self.rest.chars().next() {
            if char == '\\' {
                text.extend(self.escape());
                continue;
            }
            self.skip(char.len_utf8());
            if char == quote {
                break;
            }
            text.push(char);
        }
        text
    }

    /// What an escape stands for; nothing for the end of a line.
    fn escape(&mut self) -> Option<char> {
        self.skip(1);
        let digits = self.rest.bytes().take(6).take_while(u8::is_ascii_hexdigit).count();
        if digits == 0 {
            let char = self.peek();
            self.skip(char.len_utf8());
            return (!matches!(char, '\n' | '\r' | '\u{c}' | '\0')).then_some(char);
        }
        let code = u32::from_str_radix(self.skip(digits), 16).unwrap_or_default();
        if self.peek().is_ascii_whitespace() {
            self.skip(1);
        }
        Some(char::from_u32(code).filter(|char| *char != '\0').unwrap_or('\u{fffd}'))
    }

    fn identifier(&mut self) -> String {
        let mut name = String::new();
        loop {
            match self.peek() {
                '\\' => name.extend(self.escape()),
                char if is_identifier(char) => {
                    self.skip(char.len_utf8());
                    name.push(char);
                }
                _ => return name,
            }
        }
    }

    fn push_identifier(&mut self, name: &str) {
        for (at, char) in name.char_indices() {
            match char {
                '0'..='9' if at == 0 && !self.out.ends_with(|before: char| before.is_ascii_alphanumeric()) => {
                    self.out.push_str("\\3");
                    self.out.push(char);
                    self.out.push(' ');
                }
                _ if char.is_ascii_alphanumeric() || !char.is_ascii() || matches!(char, '-' | '_') => {
                    self.out.push(char)
                }
                _ if char.is_ascii_control() => {}
                _ => self.out.extend(['\\', char]),
            }
        }
    }

    fn string(&mut self, quote: char, text: &str) {
        let told = match self.place {
            Place::AttributeValue => self.attribute_value(text),
            Place::Value if self.property.contains("font") || matches!(self.property.as_str(), "src" | "syntax") => {
                self.names.words(text)
            }
            Place::Value if self.property.starts_with("grid") => self.names.words(text),
            _ if self.shows_text && is_address(text) => shown_address(text),
            _ if self.shows_text => show_text(text).to_string(),
            _ => mask_layout(text).to_string(),
        };
        self.out.push(quote);
        for char in told.chars() {
            match char {
                '\n' => self.out.push_str("\\a "),
                _ if char == quote || char == '\\' => self.out.extend(['\\', char]),
                _ => self.out.push(char),
            }
        }
        self.out.push(quote);
    }

    /// What a selector looks for in an attribute.
    fn attribute_value(&mut self, value: &str) -> String {
        match self.attribute.as_str() {
            _ if matches!(value, "i" | "s") => value.to_owned(),
            attribute if is_name_list(attribute) => self.names.list(value),
            attribute if is_layout(attribute) => self.names.words(value),
            _ if self.shows_text => show_text(value).to_string(),
            _ => mask_shape(value).to_string(),
        }
    }

    fn address(&mut self) {
        self.skip(1);
        let leading = self.rest.len() - self.rest.trim_start().len();
        self.skip(leading);
        let address = match self.peek() {
            quote @ ('"' | '\'') => self.quoted(quote),
            _ => {
                let mut text = String::new();
                while !matches!(self.peek(), ')' | '\0') {
                    match self.peek() {
                        '\\' => text.extend(self.escape()),
                        char => text.push_str(self.skip(char.len_utf8())),
                    }
                }
                text
            }
        };
        let length = self.rest.find(')').map_or(self.rest.len(), |at| at + 1);
        self.skip(length);
        let address = address.trim();
        let told = match address.strip_prefix('#') {
            Some(name) => ["#", &self.names.name(name)].concat(),
            None if !self.shows_text => String::new(),
            None => shown_address(address),
        };
        self.out.push_str("url(");
        push_quoted(&mut self.out, &told);
        self.out.push(')');
    }
}

/// Whether a function of that name takes an address.
pub(super) fn takes_address(function: &str) -> bool {
    function.eq_ignore_ascii_case("url") || function.eq_ignore_ascii_case("src")
}

/// Whether a string may be an address that holds more than a path: authors write `image-set("a.png?v=1" 1x)`.
pub(super) fn is_address(text: &str) -> bool {
    !text.contains([' ', '\\']) && (text.contains("://") || (text.contains('?') && text.contains('=')))
}

/// An address between double quotes. Pictures that are written as text have such quotes themselves.
pub(super) fn push_quoted(out: &mut String, address: &str) {
    out.push('"');
    for char in address.chars() {
        match char {
            '"' => out.push_str("%22"),
            '\\' | '\n' => {}
            _ => out.push(char),
        }
    }
    out.push('"');
}

/// An address in a style sheet that is shown.
pub(super) fn shown_address(address: &str) -> String {
    match address {
        _ if is_image(address) => show_image(address),
        _ if address.starts_with("data:") => String::new(),
        _ => scrub_url(address, &UrlRules { keeps_fragment: true, excluded: Vec::new() }).to_string(),
    }
}

/// Whether a bank account may begin here: two letters and two digits.
pub(super) fn may_be_account(text: &str) -> bool {
    matches!(text.as_bytes(), [a, b, c, d, ..] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() && c.is_ascii_digit() && d.is_ascii_digit())
}

fn starts_identifier(char: char) -> bool {
    char.is_ascii_alphabetic() || !char.is_ascii() || matches!(char, '_' | '-' | '\\')
}

fn is_identifier(char: char) -> bool {
    starts_identifier(char) && char != '\\' || char.is_ascii_digit()
}

/// Whether what begins here is a rule: its `{` comes before the end of a declaration.
fn ends_in_block(css: &str) -> bool {
    let (mut depth, mut quote, mut is_escaped) = (0u32, None, false);
    for char in css.chars().take(LOOKAHEAD) {
        if core::mem::take(&mut is_escaped) {
            continue;
        }
        match (char, quote) {
            ('\\', _) => is_escaped = true,
            (_, Some(sign)) if sign == char => quote = None,
            (_, Some(_)) => {}
            ('"' | '\'', None) => quote = Some(char),
            ('(' | '[', None) => depth += 1,
            (')' | ']', None) => depth = depth.saturating_sub(1),
            ('{', None) if depth == 0 => return true,
            (';' | '}', None) if depth == 0 => return false,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mask::Policy;

    /// With names in capitals instead of stand-ins: `Zed` is written where `zed` was renamed.
    fn renamed(shows_text: bool, css: &str) -> String {
        let mut names = Names::new(Policy { is_private_by_default: true, ..Policy::default() });
        let mut out = rename_css(&mut names, shows_text, css);
        for (name, written) in
            [("zed", "ZED"), ("ann", "ANN"), ("lee", "LEE"), ("box", "BOX"), ("a-b", "A-B"), ("5", "FIVE")]
        {
            for (part, written) in name.split('-').zip(written.split('-')) {
                out = out.replace(&names.name(part), written);
            }
        }
        out
    }

    #[test]
    fn looks_stay_names_are_renamed_and_texts_go() {
        for (css, masked) in [
            ("a { color: red; font: 12px 'Open Sans' }", "a { color: red; font: 12px 'Open Sans' }"),
            ("a::after { content: \"Ann \\\" Lee\" }", "a::after { content: \"Aaa ; Aaa\" }"),
            (".box .zed-ann:hover > #lee { top: 0 }", ".BOX .ZED-ANN:hover > #LEE { top: 0 }"),
            ("a { &.zed { top: 0 } color: #fff; left: .5em }", "a { &.ZED { top: 0 } color: #fff; left: .5em }"),
            (":root { --zed: ann; --gap: 4px } b { gap: var(--gap, 1px) }", ":root { --ZED: ANN; --"),
            ("a { background: url(/ann/photo.png) }", "a { background: url(\"\") }"),
            ("a { background: url( \"/a)ann.png\" ) } b { top: 0 }", "a { background: url(\"\") } b { top: 0 }"),
            ("a { fill: url('#zed') }", "a { fill: url(\"#ZED\") }"),
            ("[type=\"text\"], [data-who=\"ann\"], [data-who=ann] { top: 0 }", "[type=\"text\"], [data-"),
            ("[class~=\"zed box\"], [class^=ann-] { top: 0 }", "[class~=\"ZED BOX\"], [class^=ANN-] { top: 0 }"),
            (
                "/* ann */ @import \"ann.css\"; b { top: .3333333333333333em }",
                " @import \"aaa;aaa\"; b { top: .3333333333333333em }",
            ),
            ("@media (width > 10px) { a:hover { left: 1px } }", "@media (width > 10px) { a:hover { left: 1px } }"),
            (
                "@keyframes zed { 50% { top: 0 } } a { animation: zed 1s }",
                "@keyframes ZED { 50% { top: 0 } } a { animation: ZED 1s }",
            ),
            ("a { grid-template-areas: \"zed ann\" }", "a { grid-template-areas: \"ZED ANN\" }"),
            (
                "a { list-style-type: \"ann\"; text-emphasis: \"lee\" }",
                "a { list-style-type: \"aaa\"; text-emphasis: \"iaa\" }",
            ),
            (".zed\\:ann\\/5 { top: 0 }", ".ZED\\:ANN\\/FIVE { top: 0 }"),
            (".\\7a ed { top: 0 }", ".ZED { top: 0 }"),
            ("zed-a::part(ann box):hover { top: 0 }", "ZED-a::part(ANN BOX):hover { top: 0 }"),
            ("a { zed: ann; top: 4111111111111111px }", "a { ZED: ANN; top: 0px }"),
            ("color: red; --zed: \"ann", "color: red; --ZED: \"aaa\""),
            ("a { content: \"x\\", "a { content: \"a\""),
            ("url(", "url(\"\")"),
            ("", ""),
        ] {
            assert!(renamed(false, css).starts_with(masked), "{css}: {}", renamed(false, css));
        }
        assert_eq!(renamed(true, ".zed::after { content: \"Ann\" }"), ".ZED::after { content: \"Ann\" }");
        assert_eq!(
            renamed(true, "a { background: url(/a.png?token=s) }"),
            "a { background: url(\"/a.png?token=[removed]\") }"
        );
    }
}
