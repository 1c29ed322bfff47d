//! What a link may lead to, and whether its label says something else.

use super::{cut, work};

/// An address within text.
pub(super) enum Bare {
    /// It begins with `https://` or `http://`.
    Web,
    /// It begins with `www.`.
    Www,
    /// It would mislead: it stays text.
    Refused,
}

/// The address that begins at `at`, and where it ends. It has only ASCII characters: in Chinese, Japanese and Korean text the next
/// word follows without a space, and browsers copy addresses percent-encoded.
pub(super) fn bare(bytes: &[u8], at: usize) -> Option<(usize, Bare)> {
    let rest = bytes.get(at..).unwrap_or_default();
    let before = at.checked_sub(1).and_then(|at| bytes.get(at)).copied().unwrap_or(b' ');
    let (host, bare) = match web(rest) {
        Some(scheme) => (at + scheme, Bare::Web),
        None if begins(rest, b"www.") && !matches!(before, b'@' | b'.' | b'/' | b'-') => (at + 4, Bare::Www),
        None => return None,
    };
    if before.is_ascii_alphanumeric() || !bytes.get(host).is_some_and(u8::is_ascii_alphanumeric) {
        return None;
    }
    let mut end = host + bytes.iter().skip(host).take_while(|byte| is_host(**byte)).count();
    let is_refused = matches!(bytes.get(end), Some(b'@' | b'%'));
    if is_refused || matches!(bytes.get(end), Some(b'/' | b'?' | b'#')) {
        end = path_end(bytes, end);
    }
    while bytes.get(end - 1).is_some_and(|byte| is_trailing(*byte)) {
        end -= 1;
    }
    work(end - at);
    Some((end, if is_refused || end - at > LIMIT { Bare::Refused } else { bare }))
}

/// Where an address ends: at what no address has, or at a bracket that was opened before it.
fn path_end(bytes: &[u8], from: usize) -> usize {
    let (mut round, mut square) = (0_usize, 0_usize);
    let mut end = from;
    while let Some(byte) = bytes.get(end) {
        work(1);
        match byte {
            b'(' => round += 1,
            b'[' => square += 1,
            b')' if round > 0 => round -= 1,
            b']' if square > 0 => square -= 1,
            b')' | b']' | b'<' | b'>' | b'"' | b'`' | b'\\' | b'^' | b'{' | b'|' | b'}' => break,
            b'!'..=b'~' => {}
            _ => break,
        }
        end += 1;
    }
    end
}

/// Whether a link may lead there. A host is ASCII, and nobody is named before it: `https://bank.example@evil.example` would be read
/// as something else than it is.
pub(super) fn is_allowed(address: &str) -> bool {
    if address.len() > LIMIT || address.chars().any(|char| is_unseen(char) || is_foreign(char)) {
        return false;
    }
    work(address.len());
    let bytes = address.as_bytes();
    match web(bytes) {
        Some(scheme) => {
            let mut host = bytes.iter().skip(scheme).take_while(|byte| !matches!(byte, b'/' | b'?' | b'#'));
            bytes.get(scheme).is_some_and(u8::is_ascii_alphanumeric) && host.all(|byte| is_host(*byte))
        }
        None => other(bytes).is_some_and(|scheme| bytes.len() > scheme),
    }
}

/// Whether the label looks like an address, and not like this one, or has nothing to be seen.
pub(super) fn is_other(label: &str, address: &str) -> bool {
    if label.chars().all(|char| is_unseen(char) || is_foreign(char)) {
        return true;
    }
    let mut word = String::new();
    let mut is_path = false;
    for char in label.chars().chain(core::iter::once(' ')) {
        let char = match char {
            char if is_unseen(char) => continue,
            '\u{3002}' | '\u{ff0e}' | '\u{ff61}' => '.',
            char => char.to_ascii_lowercase(),
        };
        if matches!(char, 'a'..='z' | '0'..='9' | '.' | '-' | '_' | '@' | '+') {
            word.push(char);
            continue;
        }
        if !is_path && is_another(&word, address) {
            return true;
        }
        // After a host comes its path.
        is_path = char == '/' && (is_path || is_address(&word));
        word.clear();
    }
    let digits = digits(label);
    begins(address.as_bytes(), b"tel:") && digits.len() > 4 && {
        // A number is written with the country's code or with a zero.
        let number = self::digits(address);
        let local = digits.iter().position(|digit| *digit != b'0').unwrap_or_default();
        !number.ends_with(digits.get(local..).unwrap_or_default())
    }
}

fn is_another(word: &str, address: &str) -> bool {
    if !is_address(word) {
        return false;
    }
    let word = word.as_bytes();
    let first = word.iter().position(u8::is_ascii_alphanumeric).unwrap_or_default();
    let last = word.iter().rposition(u8::is_ascii_alphanumeric).unwrap_or_default();
    let mut word = word.get(first..=last).unwrap_or_default();
    if let Some(rest) = word.strip_prefix(b"www.") {
        word = rest;
    }
    let bytes = address.as_bytes();
    let (target, divider): (&[u8], u8) = match web(bytes) {
        Some(scheme) => {
            let rest = bytes.get(scheme..).unwrap_or_default();
            let host = rest.iter().take_while(|byte| !matches!(byte, b'/' | b'?' | b'#' | b':')).count();
            (rest.get(..host).unwrap_or_default(), b'.')
        }
        None => {
            let rest = bytes.get(other(bytes).unwrap_or_default()..).unwrap_or_default();
            (rest.get(..rest.iter().take_while(|byte| **byte != b'?').count()).unwrap_or_default(), b'@')
        }
    };
    // A part of the host, or the name of the file at its end.
    !ends(target, word, divider) && !ends(bytes, word, b'/')
}

/// Whether the text ends with the word, and that is all of it or stands after the divider.
fn ends(text: &[u8], word: &[u8], divider: u8) -> bool {
    let before = text.len().checked_sub(word.len());
    before.is_some_and(|before| {
        let is_whole = before == 0 || text.get(before - 1) == Some(&divider);
        is_whole && text.get(before..).unwrap_or_default().eq_ignore_ascii_case(word)
    })
}

/// Whether a word looks like a host or a mailbox: it ends with a dot and letters, or is four numbers.
fn is_address(word: &str) -> bool {
    let bytes = word.as_bytes();
    let end = bytes.iter().rposition(u8::is_ascii_alphanumeric).map_or(0, |last| last + 1);
    let Some(dot) = bytes.iter().take(end).rposition(|byte| *byte == b'.') else { return false };
    let last = cut(word, dot + 1, end).as_bytes();
    let is_name = last.len() > 1 && last.iter().all(u8::is_ascii_alphabetic);
    let dots = bytes.iter().take(end).filter(|byte| **byte == b'.').count();
    let is_numbers = dots == 3 && bytes.iter().take(end).all(|byte| matches!(byte, b'0'..=b'9' | b'.'));
    dot > 0 && (is_name || is_numbers)
}

fn digits(text: &str) -> Vec<u8> {
    text.bytes().filter(u8::is_ascii_digit).collect()
}

/// The length of the scheme where the address is one of the web.
fn web(bytes: &[u8]) -> Option<usize> {
    longest(bytes, &[b"https://", b"http://"])
}

/// The length of the scheme of another kind that is allowed.
fn other(bytes: &[u8]) -> Option<usize> {
    longest(bytes, &[b"mailto:", b"tel:"])
}

fn longest(bytes: &[u8], schemes: &[&[u8]]) -> Option<usize> {
    schemes.iter().find(|scheme| begins(bytes, scheme)).map(|scheme| scheme.len())
}

fn begins(bytes: &[u8], with: &[u8]) -> bool {
    bytes.get(..with.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(with))
}

fn is_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b':')
}

/// What is more likely the text's than the address's, at its end.
fn is_trailing(byte: u8) -> bool {
    matches!(byte, b'.' | b',' | b';' | b':' | b'!' | b'?' | b'\'' | b'*' | b'_' | b'~' | b'(' | b'[')
}

/// Characters that show nothing, or turn the direction of what follows.
fn is_unseen(char: char) -> bool {
    matches!(char, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Characters that no address has.
fn is_foreign(char: char) -> bool {
    matches!(char, '<' | '>' | '"' | '`' | '\\' | '\0'..=' ' | '\u{7f}'..='\u{a0}')
        || matches!(char, '\u{2000}'..='\u{200a}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}')
}

/// The longest address that is linked, in bytes.
const LIMIT: usize = 2_048;
