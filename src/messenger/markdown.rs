//! Formatted text as a closed set of nodes.
//!
//! A widget draws them with `createElement` and `textContent`, so nothing that anybody writes becomes HTML. [`parse`] reads the
//! Markdown of agents and bots, [`plain`] what visitors type.
//!
//! Invariants: a [`Inline::Link`] leads to `https:`, `http:`, `mailto:` or `tel:`; nodes are at most [`NESTING`] deep; the time is
//! linear in the length of the text. What is not understood stays text.

mod address;
mod inline;
// They need crates that are built for this machine only.
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
mod token;

use inline::inlines;

/// How many nodes may lie within each other.
pub const NESTING: usize = QUOTES + 3 * inline::OPEN + 6;

/// Quotes within quotes; what is deeper stays text.
const QUOTES: usize = 4;

/// A part that begins on a line of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Lines of text. A heading is one, too, in [`Inline::Strong`].
    Paragraph(Vec<Inline>),
    /// A list. Lists do not nest: an inner one follows the outer, which then goes on by its numbers.
    List {
        /// Whether the items have numbers.
        is_ordered: bool,
        /// The first item's number; 1 where they have none.
        first: u32,
        /// The items.
        items: Vec<Vec<Inline>>,
    },
    /// What somebody else said.
    Quote(Vec<Block>),
    /// Text to show as it is, with its spaces and lines.
    Code(String),
}

/// A part within a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    /// Text; it has no line ends.
    Text(String),
    /// Important.
    Strong(Vec<Inline>),
    /// Stressed.
    Emphasis(Vec<Inline>),
    /// No longer right.
    Strike(Vec<Inline>),
    /// Text to show as it is.
    Code(String),
    /// A link. No other lies within.
    Link {
        /// Where it leads: an absolute address of one of four schemes, without user names and characters that are not seen.
        address: String,
        /// What is shown. It does not look like another address than the one that it leads to.
        label: Vec<Inline>,
    },
    /// The next line begins.
    Break,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    Marked,
    Plain,
}

/// What an agent or a bot wrote.
///
/// It differs from CommonMark where people chat: every line end is a [`Inline::Break`], a line that is not indented ends a list,
/// `**` works beside Chinese, Japanese and Korean letters, and `2*3*4` is a product. There are no titles, references, tables,
/// entities or HTML; a picture is a link to it.
pub fn parse(text: &str) -> Vec<Block> {
    blocks(&lines(text), 0)
}

/// What a visitor typed: paragraphs, lines, and links where there are addresses. All else stays as it is.
pub fn plain(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open = String::new();
    for line in lines(text) {
        if is_blank(line) {
            close(&mut open, Reading::Plain, &mut blocks);
        } else {
            push_line(&mut open, line);
        }
    }
    close(&mut open, Reading::Plain, &mut blocks);
    blocks
}

/// The text alone, for announcers, notifications and previews: a line for each line, ordered items with their numbers, links by
/// their labels.
pub fn to_plain(blocks: &[Block]) -> String {
    let mut out = String::new();
    say(blocks, &mut out);
    out
}

fn say(blocks: &[Block], out: &mut String) {
    for block in blocks {
        match block {
            Block::Paragraph(inlines) => {
                begin_line(out);
                inline::say(inlines, out);
            }
            Block::List { is_ordered, first, items } => {
                let mut number = *first;
                for item in items {
                    begin_line(out);
                    if *is_ordered {
                        push_number(out, number);
                        out.push_str(". ");
                        number = number.saturating_add(1);
                    }
                    inline::say(item, out);
                }
            }
            Block::Quote(blocks) => say(blocks, out),
            Block::Code(code) => {
                begin_line(out);
                out.push_str(code);
            }
        }
    }
}

fn begin_line(out: &mut String) {
    if !out.is_empty() {
        out.push('\n');
    }
}

fn push_number(out: &mut String, number: u32) {
    if number > 9 {
        push_number(out, number / 10);
    }
    out.push(char::from(b'0' + (number % 10) as u8));
}

/// How a line begins.
enum Start<'a> {
    Blank,
    Fence(Fence<'a>),
    Quote(&'a str),
    Item(Item<'a>),
    Heading(&'a str),
    Text(&'a str),
}

struct Fence<'a> {
    indent: usize,
    ticks: usize,
    after: &'a str,
}

struct Item<'a> {
    /// Absent where the list has no numbers.
    number: Option<u32>,
    /// What stands after the number, or in its place. Another one begins another list.
    mark: u8,
    text: &'a str,
}

fn blocks(lines: &[&str], quotes: usize) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open = String::new();
    let mut rest = lines;
    while let Some((line, after)) = rest.split_first() {
        rest = after;
        let start = match start_of(line) {
            Start::Quote(_) if quotes == QUOTES => Start::Text(trim(line)),
            // A number at the beginning of a line within a paragraph is more often a part of the sentence.
            Start::Item(Item { number: Some(2.. | 0), .. }) if !open.is_empty() => Start::Text(trim(line)),
            start => start,
        };
        if let Start::Text(text) = start {
            push_line(&mut open, text);
            continue;
        }
        close(&mut open, Reading::Marked, &mut blocks);
        match start {
            Start::Blank | Start::Text(_) => {}
            Start::Heading(text) => {
                blocks.push(Block::Paragraph(vec![Inline::Strong(inlines(text, Reading::Marked))]));
            }
            Start::Fence(fence) => rest = code(&fence, rest, &mut blocks),
            Start::Item(item) => rest = list(item, rest, &mut blocks),
            Start::Quote(text) => {
                let mut quoted = vec![text];
                while let Some((Start::Quote(text), after)) =
                    rest.split_first().map(|(line, after)| (start_of(line), after))
                {
                    quoted.push(text);
                    rest = after;
                }
                blocks.push(Block::Quote(self::blocks(&quoted, quotes + 1)));
            }
        }
    }
    close(&mut open, Reading::Marked, &mut blocks);
    blocks
}

/// Ends the paragraph that is open.
fn close(open: &mut String, reading: Reading, blocks: &mut Vec<Block>) {
    if !open.is_empty() {
        blocks.push(Block::Paragraph(inlines(open, reading)));
        open.clear();
    }
}

fn code<'a>(fence: &Fence, mut rest: &'a [&'a str], blocks: &mut Vec<Block>) -> &'a [&'a str] {
    // After the fence comes the language, or already the code.
    let is_language = fence
        .after
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'#' | b'.' | b'_'));
    let mut code = String::new();
    let mut is_begun = false;
    if !is_language {
        code.push_str(fence.after);
        is_begun = true;
    }
    while let Some((line, after)) = rest.split_first() {
        rest = after;
        work(line.len() + 1);
        let indent = indent(line);
        let closes = cut(line, indent, line.len());
        let ticks = run(closes.as_bytes(), 0);
        if ticks >= fence.ticks && is_blank(cut(closes, ticks, closes.len())) {
            break;
        }
        if core::mem::replace(&mut is_begun, true) {
            code.push('\n');
        }
        code.push_str(cut(line, indent.min(fence.indent), line.len()));
    }
    blocks.push(Block::Code(code));
    rest
}

fn list<'a>(begin: Item<'a>, mut rest: &'a [&'a str], blocks: &mut Vec<Block>) -> &'a [&'a str] {
    let first = begin.number.unwrap_or(1);
    let mut last = first;
    let mut items = Vec::new();
    let mut open = String::from(begin.text);
    loop {
        let blanks = rest.iter().take_while(|line| is_blank(line)).count();
        let Some((line, after)) = rest.get(blanks..).and_then(<[&str]>::split_first) else { break };
        match start_of(line) {
            Start::Item(item) if item.mark == begin.mark && item.number.is_some() == begin.number.is_some() => {
                let number = item.number.unwrap_or(1);
                // Lists are numbered 1, 2, 3 or 1, 1, 1; other numbers are meant as they are.
                if begin.number.is_some() && number != last.saturating_add(1) && (number, last) != (first, first) {
                    break;
                }
                last = number;
                items.push(inlines(&open, Reading::Marked));
                open.clear();
                open.push_str(item.text);
            }
            Start::Text(text) if blanks == 0 && indent(line) > 0 => push_line(&mut open, text),
            _ => break,
        }
        rest = after;
    }
    items.push(inlines(&open, Reading::Marked));
    blocks.push(Block::List { is_ordered: begin.number.is_some(), first, items });
    rest
}

fn start_of(line: &str) -> Start<'_> {
    work(line.len() + 1);
    let indent = indent(line);
    let text = trim(line);
    let bytes = text.as_bytes();
    let after = |at: usize| trim(cut(text, at, text.len()));
    let is_spaced = |at: usize| matches!(bytes.get(at), Some(b' ' | b'\t'));
    match bytes.first() {
        None => Start::Blank,
        Some(b'>') => Start::Quote(cut(text, 1 + usize::from(is_spaced(1)), text.len())),
        Some(b'`') => {
            let ticks = run(bytes, 0);
            let rest = after(ticks);
            if ticks >= 3 && !rest.bytes().any(|byte| byte == b'`') {
                Start::Fence(Fence { indent, ticks, after: rest })
            } else {
                Start::Text(text)
            }
        }
        Some(b'#') if run(bytes, 0) <= 6 && is_spaced(run(bytes, 0)) => Start::Heading(after(run(bytes, 0))),
        Some(mark @ (b'-' | b'*' | b'+')) if is_spaced(1) => {
            Start::Item(Item { number: None, mark: *mark, text: after(1) })
        }
        Some(b'0'..=b'9') => {
            let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
            match bytes.get(digits) {
                Some(mark @ (b'.' | b')')) if digits <= 9 && is_spaced(digits + 1) => {
                    let number = bytes.iter().take(digits).fold(0, |all, digit| all * 10 + u32::from(digit - b'0'));
                    Start::Item(Item { number: Some(number), mark: *mark, text: after(digits + 1) })
                }
                _ => Start::Text(text),
            }
        }
        Some(_) => Start::Text(text),
    }
}

fn lines(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let mut lines = Vec::new();
    let mut from = 0;
    for at in 0..=bytes.len() {
        if matches!(bytes.get(at), None | Some(b'\n')) {
            let is_crlf = at > from && bytes.get(at - 1) == Some(&b'\r') && at < bytes.len();
            lines.push(cut(text, from, at - usize::from(is_crlf)));
            from = at + 1;
        }
    }
    work(bytes.len());
    lines
}

fn push_line(open: &mut String, line: &str) {
    begin_line(open);
    open.push_str(line);
}

/// How many bytes of spaces and tabs a line begins with.
fn indent(line: &str) -> usize {
    line.bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

fn trim(line: &str) -> &str {
    let bytes = line.as_bytes();
    let end = bytes.iter().rposition(|byte| !matches!(byte, b' ' | b'\t')).map_or(0, |last| last + 1);
    cut(line, indent(line), end)
}

fn is_blank(line: &str) -> bool {
    trim(line).is_empty()
}

/// How many times the byte at `at` is repeated from there on.
fn run(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    rest.iter().take_while(|byte| Some(*byte) == rest.first()).count()
}

/// A part of the text; never a panic, whose words a visitor would have to download.
fn cut(text: &str, from: usize, to: usize) -> &str {
    text.get(from..to).unwrap_or_default()
}

/// Counts steps, so that a test can hold them against the length of the text.
#[cfg(all(test, not(target_arch = "wasm32")))]
fn work(steps: usize) {
    tests::WORK.with(|work| work.set(work.get() + steps));
}

#[cfg(not(all(test, not(target_arch = "wasm32"))))]
fn work(_: usize) {}
