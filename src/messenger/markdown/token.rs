//! A line's text in tokens: code, addresses and labels are found, marks are told from characters.

use super::{Reading, address, cut, run, work};

/// A piece of the text.
pub(super) enum Token {
    Text(String),
    Code(String),
    Address(String, String),
    Break,
    Mark(Mark),
    /// `[` or `![`: the label of a link where it leads somewhere.
    Bracket(&'static str, Option<String>),
    LabelEnd,
}

/// A run of `*`, `_` or `~`.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    pub byte: u8,
    /// How long the run was.
    pub run: usize,
    /// How many of it have no other half.
    pub left: usize,
    pub opens: bool,
    pub closes: bool,
}

/// The text in tokens. A [`Token::LabelEnd`] comes after each bracket that has an address, and before the next one that has.
pub(super) fn tokens(text: &str, reading: Reading) -> Vec<Token> {
    let mut cutter = Cutter { text, bytes: text.as_bytes(), from: 0, brackets: Vec::new(), tokens: Vec::new() };
    cutter.cut_all(reading);
    cutter.tokens
}

impl Mark {
    /// What has no other half, as text.
    pub fn text(&self) -> String {
        (0..self.left).map(|_| char::from(self.byte)).collect()
    }
}

struct Cutter<'a> {
    text: &'a str,
    bytes: &'a [u8],
    /// Where the text begins that is in no token yet.
    from: usize,
    /// Brackets that may begin a label, by their tokens.
    brackets: Vec<usize>,
    tokens: Vec<Token>,
}

impl Cutter<'_> {
    fn cut_all(&mut self, reading: Reading) {
        let bytes = self.bytes;
        let ticks = if reading == Reading::Marked { last_ticks(bytes) } else { [0; TICKS + 1] };
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            work(1);
            at = match byte {
                b'\n' => self.push(at, at + 1, Token::Break),
                b'h' | b'H' | b'w' | b'W' => self.bare(at),
                _ if reading == Reading::Plain => at + 1,
                b'\\' if bytes.get(at + 1).is_some_and(u8::is_ascii_punctuation) => {
                    self.flush(at);
                    self.from = at + 1;
                    at + 2
                }
                b'`' => self.code(at, &ticks),
                b'*' | b'_' | b'~' => self.mark(at),
                b'!' if bytes.get(at + 1) == Some(&b'[') => self.bracket(at, "!["),
                b'[' => self.bracket(at, "["),
                b']' => self.label_end(at),
                b'<' => self.angle(at),
                _ => at + 1,
            };
        }
        self.flush(at);
    }

    /// Makes a token of the text before `at`.
    fn flush(&mut self, at: usize) {
        if self.from < at {
            self.tokens.push(Token::Text(cut(self.text, self.from, at).into()));
        }
        self.from = at;
    }

    /// `token` stands for the text from `at` to `end`, where the rest goes on.
    fn push(&mut self, at: usize, end: usize, token: Token) -> usize {
        self.flush(at);
        self.from = end;
        self.tokens.push(token);
        end
    }

    fn bare(&mut self, at: usize) -> usize {
        match address::bare(self.bytes, at) {
            Some((end, address::Bare::Web)) => {
                let text = cut(self.text, at, end);
                self.push(at, end, Token::Address(text.into(), text.into()))
            }
            Some((end, address::Bare::Www)) => {
                let text = cut(self.text, at, end);
                self.push(at, end, Token::Address(String::from("https://") + text, text.into()))
            }
            Some((end, address::Bare::Refused)) => end,
            None => at + 1,
        }
    }

    fn code(&mut self, at: usize, last: &[usize; TICKS + 1]) -> usize {
        let ticks = run(self.bytes, at);
        let begin = at + ticks;
        // With another run of this length behind, the search ends at one; without, there is none.
        if last.get(ticks).is_none_or(|last| *last < begin) {
            return begin;
        }
        let mut end = begin;
        while let Some(&byte) = self.bytes.get(end) {
            work(1);
            let length = if byte == b'`' { run(self.bytes, end) } else { 1 };
            if byte == b'`' && length == ticks {
                break;
            }
            end += length;
        }
        let mut code = cut(self.text, begin, end);
        // The spaces that let code begin or end with a backtick.
        if matches!(code.as_bytes(), [b' ' | b'\n', .., b' ' | b'\n']) && !code.bytes().all(is_space) {
            code = cut(code, 1, code.len() - 1);
        }
        let code = code.chars().map(|char| if char == '\n' { ' ' } else { char }).collect();
        self.push(at, end + ticks, Token::Code(code))
    }

    fn mark(&mut self, at: usize) -> usize {
        let byte = self.bytes.get(at).copied().unwrap_or_default();
        let length = run(self.bytes, at);
        let end = at + length;
        let before = cut(self.text, 0, at).chars().next_back().map_or(Side::Space, side);
        let after = cut(self.text, end, self.text.len()).chars().next().map_or(Side::Space, side);
        let leads = after.holds(before);
        let trails = before.holds(after);
        let (opens, closes) = match byte {
            b'_' => (leads && (!trails || before.is_mark()), trails && (!leads || after.is_mark())),
            _ => (leads, trails),
        };
        let is_long = if byte == b'~' { length != 2 } else { length > 3 };
        let is_product = length == 1 && before == Side::Digit && after == Side::Digit;
        if is_long || is_product || !(opens || closes) {
            return end;
        }
        self.push(at, end, Token::Mark(Mark { byte, run: length, left: length, opens, closes }))
    }

    fn bracket(&mut self, at: usize, text: &'static str) -> usize {
        let end = self.push(at, at + text.len(), Token::Bracket(text, None));
        self.brackets.push(self.tokens.len() - 1);
        end
    }

    fn label_end(&mut self, at: usize) -> usize {
        let Some(bracket) = self.brackets.pop() else { return at + 1 };
        let Some(end) = self.destination(at + 1) else { return at + 1 };
        let destination = cut(self.text, at + 2, end);
        if !address::is_allowed(destination) {
            return at + 1;
        }
        if let Some(Token::Bracket(_, address)) = self.tokens.get_mut(bracket) {
            *address = Some(destination.into());
        }
        // No link lies within another one.
        self.brackets.clear();
        self.push(at, end + 1, Token::LabelEnd)
    }

    /// Where the `)` is that belongs to the `(` here.
    fn destination(&self, at: usize) -> Option<usize> {
        if self.bytes.get(at) != Some(&b'(') {
            return None;
        }
        let mut depth = 0_usize;
        let mut end = at + 1;
        loop {
            work(1);
            match self.bytes.get(end)? {
                b')' if depth == 0 => return Some(end),
                b')' => depth -= 1,
                b'(' => depth += 1,
                // The next one's begin: so no byte is looked at for two.
                b']' if self.bytes.get(end + 1) == Some(&b'(') => return None,
                0..=b' ' => return None,
                _ => {}
            }
            end += 1;
        }
    }

    /// `<https://...>`
    fn angle(&mut self, at: usize) -> usize {
        let inner = self.bytes.get(at + 1..).unwrap_or_default();
        let length = inner.iter().take_while(|byte| !matches!(byte, 0..=b' ' | b'<' | b'>')).count();
        work(length);
        let end = at + 1 + length;
        let text = cut(self.text, at + 1, end);
        if self.bytes.get(end) != Some(&b'>') || !address::is_allowed(text) {
            return at + 1;
        }
        self.push(at, end + 1, Token::Address(text.into(), text.into()))
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n')
}

/// Where the last run of backticks begins, for each length.
fn last_ticks(bytes: &[u8]) -> [usize; TICKS + 1] {
    let mut last = [0; TICKS + 1];
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let length = if byte == b'`' { run(bytes, at) } else { 1 };
        work(length);
        if let (b'`', Some(last)) = (byte, last.get_mut(length)) {
            *last = at;
        }
        at += length;
    }
    last
}

/// What stands beside a mark.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Space,
    Mark,
    /// A character of a script that has no spaces between words; its punctuation, too.
    Dense,
    DenseMark,
    Digit,
    Letter,
}

impl Side {
    fn is_mark(self) -> bool {
        matches!(self, Self::Mark | Self::DenseMark)
    }

    /// Whether a run of marks belongs to what is on this side of it, when `other` is on the other one. CommonMark's rule, save that
    /// Chinese, Japanese and Korean characters count as if spaces were around them.
    fn holds(self, other: Self) -> bool {
        match self {
            Self::Space => false,
            Self::Mark => !matches!(other, Self::Letter | Self::Digit),
            _ => true,
        }
    }
}

fn side(char: char) -> Side {
    match char {
        '0'..='9' => Side::Digit,
        'a'..='z' | 'A'..='Z' => Side::Letter,
        '!'..='~' => Side::Mark,
        '\0'..=' ' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{2028}'..='\u{202f}' | '\u{205f}' | '\u{3000}' => {
            Side::Space
        }
        '\u{a1}' | '\u{a7}' | '\u{ab}' | '\u{b6}' | '\u{b7}' | '\u{bb}' | '\u{bf}' | '\u{2010}'..='\u{205e}' => {
            Side::Mark
        }
        '\u{3001}'..='\u{303f}' | '\u{fe30}'..='\u{fe4f}' | '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}' => {
            Side::DenseMark
        }
        '\u{1100}'..='\u{11ff}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{a960}'..='\u{a97f}'
        | '\u{ac00}'..='\u{d7ff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{ff21}'..='\u{ffef}'
        | '\u{20000}'..='\u{3ffff}' => Side::Dense,
        _ => Side::Letter,
    }
}

/// Longer runs of backticks are text.
const TICKS: usize = 16;
