//! The JSON encoding of the same descriptions, for backends that start without a decoder.
//!
//! Ids are 32 hexadecimal digits. `null` means absent. Unknown members are skipped.

use crate::protocol::{Encoding, Message};

use super::{DEPTH_LIMIT, Field, Input, Kind, Malformed, Output};

/// Longest member name that is looked at; longer ones cannot be ours and are skipped.
const NAME_LIMIT: usize = 64;

/// Writes a frame as JSON text.
#[derive(Default)]
pub(crate) struct JsonOutput {
    text: String,
}

impl JsonOutput {
    pub(crate) fn into_text(self) -> String {
        self.text
    }

    fn comma(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with(['{', '[', ':']) {
            self.text.push(',');
        }
    }
}

impl Output for JsonOutput {
    fn encoding(&self) -> Encoding {
        Encoding::Json
    }
    fn key(&mut self, field: Field, _: Kind) {
        self.comma();
        self.text(field.name);
        self.text.push(':');
    }

    fn unsigned(&mut self, value: u64) {
        self.text.push_str(&value.to_string());
    }

    fn number(&mut self, digits: &str) {
        self.text.push_str(digits);
    }

    fn flag(&mut self, value: bool) {
        self.text.push_str(if value { "true" } else { "false" });
    }

    fn choice(&mut self, field: Field) {
        self.text(field.name);
    }

    fn text(&mut self, value: &str) {
        self.text.push('"');
        for char in value.chars() {
            match char {
                '"' => self.text.push_str("\\\""),
                '\\' => self.text.push_str("\\\\"),
                '\n' => self.text.push_str("\\n"),
                // U+2028 and U+2029 end a line in older JavaScript; `<` ends a script element.
                '\u{0}'..='\u{1f}' | '\u{2028}' | '\u{2029}' | '<' => {
                    let code = u32::from(char);
                    self.text.push_str("\\u");
                    (0..4).rev().for_each(|nibble| self.text.push(hex_digit(code >> (nibble * 4))));
                }
                _ => self.text.push(char),
            }
        }
        self.text.push('"');
    }

    fn id(&mut self, value: &[u8; 16]) {
        self.text.push('"');
        push_hex(&mut self.text, value);
        self.text.push('"');
    }

    fn record(&mut self, write: &mut dyn FnMut(&mut dyn Output)) {
        self.text.push('{');
        write(self);
        self.text.push('}');
    }

    fn raw(&mut self, record: &Message) {
        if let Message::Text(text) = record {
            self.text.push_str(text);
        }
    }

    fn list(&mut self, field: Field, kind: Kind, count: usize, write: &mut dyn FnMut(usize, &mut dyn Output)) {
        self.key(field, kind);
        self.text.push('[');
        for index in 0..count {
            self.comma();
            write(index, self);
        }
        self.text.push(']');
    }
}

/// Reads a frame from JSON text that anybody may have sent. Never recurses by itself.
pub(in crate::protocol) struct JsonInput<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl<'a> JsonInput<'a> {
    pub(in crate::protocol) fn new(text: &'a str) -> Self {
        Self { text, at: 0, depth: 0 }
    }

    /// Whether nothing but white space is left.
    pub(in crate::protocol) fn is_at_end(&mut self) -> bool {
        self.peek().is_none()
    }

    /// What is not read yet.
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while matches!(bytes.get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }

    fn expect(&mut self, byte: u8) -> Result<(), Malformed> {
        match self.peek() {
            Some(found) if found == byte => {
                self.at += 1;
                Ok(())
            }
            Some(_) => Err(Malformed::WrongKind),
            None => Err(Malformed::Truncated),
        }
    }

    /// After a value inside `{}` or `[]`: true when another follows, false when `close` was there.
    fn another(&mut self, open: u8, close: u8) -> Result<bool, Malformed> {
        let before = self.text.as_bytes().get(..self.at).unwrap_or_default();
        let is_first = before.iter().rev().find(|byte| !b" \t\n\r".contains(byte)) == Some(&open);
        match self.peek() {
            Some(byte) if byte == close => {
                self.at += 1;
                Ok(false)
            }
            Some(b',') if !is_first => {
                self.at += 1;
                if self.peek() == Some(close) { Err(Malformed::BadText) } else { Ok(true) }
            }
            Some(_) if is_first => Ok(true),
            Some(_) => Err(Malformed::BadText),
            None => Err(Malformed::Truncated),
        }
    }

    fn string(&mut self, limit: usize) -> Result<String, Malformed> {
        self.expect(b'"')?;
        let mut value = String::new();
        loop {
            let (plain, is_end) = self.plain()?;
            if plain.bytes().any(|byte| byte < 0x20) {
                return Err(Malformed::BadText);
            }
            if value.len() + plain.len() > limit {
                return Err(Malformed::Oversize { limit });
            }
            value.push_str(plain);
            if is_end {
                return Ok(value);
            }
            let char = self.escape()?;
            if value.len() + char.len_utf8() > limit {
                return Err(Malformed::Oversize { limit });
            }
            value.push(char);
        }
    }

    /// What stands before the next quotation mark or escape, and whether it was the mark; steps over both.
    fn plain(&mut self) -> Result<(&'a str, bool), Malformed> {
        let rest = self.rest();
        let length = rest.bytes().position(|byte| matches!(byte, b'"' | b'\\')).ok_or(Malformed::Truncated)?;
        let (plain, stop) = rest.split_at_checked(length).ok_or(Malformed::BadText)?;
        self.at += length + 1;
        Ok((plain, stop.starts_with('"')))
    }

    fn escape(&mut self) -> Result<char, Malformed> {
        let byte = *self.text.as_bytes().get(self.at).ok_or(Malformed::Truncated)?;
        self.at += 1;
        Ok(match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let unit = self.unit()?;
                let mut units = [unit, 0];
                let is_high = (0xd800..0xdc00).contains(&unit);
                if is_high && self.rest().starts_with("\\u") {
                    let before = self.at;
                    self.at += 2;
                    units[1] = self.unit()?;
                    if !(0xdc00..0xe000).contains(&units[1]) {
                        self.at = before;
                    }
                }
                let pair = units.into_iter().take(if is_high { 2 } else { 1 });
                // A lone surrogate becomes U+FFFD, as browsers do when they encode to UTF-8.
                char::decode_utf16(pair).next().and_then(Result::ok).unwrap_or('\u{fffd}')
            }
            _ => return Err(Malformed::BadText),
        })
    }

    fn unit(&mut self) -> Result<u16, Malformed> {
        let digits = self.text.get(self.at..self.at + 4).ok_or(Malformed::Truncated)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(Malformed::BadText);
        }
        self.at += 4;
        u16::from_str_radix(digits, 16).map_err(|_| Malformed::BadText)
    }

    fn digits(&mut self) -> Result<&'a str, Malformed> {
        self.peek();
        let rest = self.rest();
        let length =
            rest.bytes().take_while(|byte| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')).count();
        if length == 0 {
            return Err(if rest.is_empty() { Malformed::Truncated } else { Malformed::WrongKind });
        }
        self.at += length;
        Ok(rest.get(..length).unwrap_or_default())
    }

    fn word(&mut self, word: &str) -> bool {
        self.peek();
        let is_here = self.rest().starts_with(word);
        if is_here {
            self.at += word.len();
        }
        is_here
    }

    /// Steps over any value, its brackets counted instead of followed.
    fn skip(&mut self) -> Result<(), Malformed> {
        let mut open = Vec::new();
        loop {
            match self.peek().ok_or(Malformed::Truncated)? {
                b'"' => self.skip_string()?,
                bracket @ (b'{' | b'[') => {
                    if open.len() + self.depth >= DEPTH_LIMIT {
                        return Err(Malformed::TooDeep);
                    }
                    open.push(if bracket == b'{' { b'}' } else { b']' });
                    self.at += 1;
                    continue;
                }
                bracket @ (b'}' | b']') => {
                    if open.pop() != Some(bracket) {
                        return Err(Malformed::BadText);
                    }
                    self.at += 1;
                }
                b',' | b':' if !open.is_empty() => {
                    self.at += 1;
                    continue;
                }
                _ if self.word("true") || self.word("false") || self.word("null") => {}
                _ => {
                    self.digits()?;
                }
            }
            if open.is_empty() {
                return Ok(());
            }
        }
    }

    fn skip_string(&mut self) -> Result<(), Malformed> {
        self.at += 1;
        while !self.plain()?.1 {
            self.escape()?;
        }
        Ok(())
    }
}

impl Input for JsonInput<'_> {
    fn encoding(&self) -> Encoding {
        Encoding::Json
    }
    fn enter(&mut self) -> Result<(), Malformed> {
        if self.depth == DEPTH_LIMIT {
            return Err(Malformed::TooDeep);
        }
        self.depth += 1;
        self.expect(b'{')
    }

    fn next(&mut self, fields: &[Field]) -> Result<Option<u32>, Malformed> {
        while self.another(b'{', b'}')? {
            let start = self.at;
            let name = match self.string(NAME_LIMIT) {
                Err(Malformed::Oversize { .. }) => {
                    self.at = start;
                    self.skip()?;
                    String::new()
                }
                name => name?,
            };
            self.expect(b':')?;
            if self.word("null") {
                continue;
            }
            match fields.iter().find(|field| field.name == name) {
                Some(field) => return Ok(Some(field.tag)),
                None => self.skip()?,
            }
        }
        self.depth -= 1;
        Ok(None)
    }

    fn unsigned(&mut self) -> Result<u64, Malformed> {
        let digits = self.digits()?;
        digits.parse().map_err(|_| Malformed::OutOfRange)
    }

    fn number(&mut self, limit: usize) -> Result<String, Malformed> {
        let digits = self.digits()?;
        if digits.len() > limit { Err(Malformed::Oversize { limit }) } else { Ok(digits.to_owned()) }
    }

    fn flag(&mut self) -> Result<bool, Malformed> {
        if self.word("true") {
            Ok(true)
        } else if self.word("false") {
            Ok(false)
        } else {
            Err(Malformed::WrongKind)
        }
    }

    fn choice(&mut self, fields: &[Field]) -> Result<u32, Malformed> {
        let word = self.string(NAME_LIMIT)?;
        fields.iter().find(|field| field.name == word).map(|field| field.tag).ok_or(Malformed::Unknown)
    }

    fn text(&mut self, limit: usize) -> Result<String, Malformed> {
        self.string(limit)
    }

    fn id(&mut self) -> Result<[u8; 16], Malformed> {
        let digits = self.string(32)?;
        parse_hex(&digits).ok_or(Malformed::OutOfRange)
    }

    fn raw(&mut self) -> Result<Message, Malformed> {
        self.peek();
        let start = self.at;
        self.skip()?;
        Ok(Message::Text(self.text.get(start..self.at).unwrap_or_default().to_owned()))
    }

    fn items(&mut self, read: &mut dyn FnMut(&mut dyn Input) -> Result<(), Malformed>) -> Result<(), Malformed> {
        self.expect(b'[')?;
        while self.another(b'[', b']')? {
            read(self)?;
        }
        Ok(())
    }
}

fn hex_digit(value: u32) -> char {
    char::from_digit(value & 0xf, 16).unwrap_or('0')
}

/// The bytes as hexadecimal digits.
pub(crate) fn push_hex(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        text.push(hex_digit(u32::from(byte >> 4)));
        text.push(hex_digit(u32::from(*byte)));
    }
}

/// Sixteen bytes from 32 hexadecimal digits.
pub(in crate::protocol) fn parse_hex(digits: &str) -> Option<[u8; 16]> {
    if digits.len() != 32 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; 16];
    for (index, digit) in digits.chars().enumerate() {
        bytes[index / 2] = bytes[index / 2] << 4 | digit.to_digit(16)? as u8;
    }
    Some(bytes)
}
