//! Names that a page gives to its own things: classes, ids, custom properties, animations, custom elements.
//!
//! A name may say who somebody is, and style depends on it. So it is renamed wherever it stands, by a hash with a key that stays in
//! the page: what belonged together still does. Words that HTML and CSS know (`words.txt`) are no names.

use core::hash::Hasher;
use std::collections::HashSet;
use std::hash::DefaultHasher;

use super::policy::Policy;

/// Words of HTML and CSS, those with hyphens in parts: one a line, in lower case, sorted.
const WORDS: &str = include_str!("words.txt");

/// Letters of a name's stand-in: 33 bits.
const LETTERS: usize = 7;

/// 128 random bits, others for each mirror: who does not know them can try out no names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NameKey(pub [u32; 4]);

/// What became of the names of a page.
///
/// In a page that is private by default all are renamed, also where text is shown, since a style sheet serves both. Elsewhere those in
/// masked parts are, save names that were told as they are: they stand in a style sheet or an id that is shown.
#[derive(Debug)]
pub struct Names {
    key: NameKey,
    renames_all: bool,
    /// As a page in quirks mode does.
    ignores_case: bool,
    /// Filled when it is first asked: most pages mask nothing.
    known: HashSet<&'static str>,
    told: HashSet<Box<str>>,
    renamed: HashSet<Box<str>>,
    is_outdated: bool,
}

impl Names {
    /// Of a page of which nothing was told yet.
    pub fn new(policy: Policy) -> Self {
        Self {
            key: policy.key,
            renames_all: policy.is_private_by_default,
            ignores_case: false,
            known: HashSet::new(),
            told: HashSet::new(),
            renamed: HashSet::new(),
            is_outdated: false,
        }
    }

    /// From now on, names that differ in capitals only are one, as in a page in quirks mode.
    pub const fn ignore_case(&mut self) {
        self.ignores_case = true;
    }

    /// Whether, since the last call, a name was told as it is that had been renamed in a masked part: that part is to be told anew.
    pub fn take_outdated(&mut self) -> bool {
        core::mem::take(&mut self.is_outdated)
    }

    /// The name of an element as it may be told where text is masked: those that no browser knows have names of their own.
    pub fn element(&mut self, name: &str) -> String {
        self.word(name)
    }

    /// Whether names are renamed where text is shown, too.
    pub(super) const fn renames_all(&self) -> bool {
        self.renames_all
    }

    /// A name is told as it is.
    pub(super) fn learn(&mut self, name: &str) {
        if self.renames_all || name.is_empty() || self.told.contains(name) {
            return;
        }
        self.is_outdated |= self.renamed.contains(name);
        self.told.insert(name.into());
    }

    /// A name that stands in a masked part, or anywhere in a private page.
    pub(super) fn name(&mut self, name: &str) -> String {
        self.rename(name, false)
    }

    /// As [`Names::name`], names with white space between them.
    pub(super) fn list(&mut self, names: &str) -> String {
        self.each(names, |own, name| own.name(name))
    }

    /// A word that may be one of HTML's or CSS's own, and is a name where it is not.
    pub(super) fn word(&mut self, word: &str) -> String {
        self.rename(word, true)
    }

    /// As [`Names::word`], words with white space between them.
    pub(super) fn words(&mut self, words: &str) -> String {
        self.each(words, |own, word| own.word(word))
    }

    fn each(&mut self, text: &str, rename: impl Fn(&mut Self, &str) -> String) -> String {
        let mut out = String::with_capacity(text.len());
        for part in text.split_inclusive(|char: char| char.is_ascii_whitespace()) {
            let name = part.trim_end_matches(|char: char| char.is_ascii_whitespace());
            out.push_str(&rename(self, name));
            out.push_str(part.get(name.len()..).unwrap_or_default());
        }
        out
    }

    /// In parts, between signs that stay: so a selector of the beginning of a class finds it still.
    fn rename(&mut self, name: &str, spares_known: bool) -> String {
        if self.told.contains(name) {
            return name.to_owned();
        }
        let mut out = String::with_capacity(name.len());
        let mut has_changed = false;
        for part in name.split_inclusive(|char| !is_part(char)) {
            let segment = part.trim_end_matches(|char| !is_part(char));
            if segment.is_empty() || (spares_known && self.is_known(segment)) {
                out.push_str(segment);
            } else {
                self.push_stand_in(segment, &mut out);
                has_changed = true;
            }
            out.push_str(part.get(segment.len()..).unwrap_or_default());
        }
        if has_changed && !self.renames_all && !self.renamed.contains(name) {
            self.renamed.insert(name.into());
        }
        out
    }

    /// Also short ones with a digit in them: `h1`, `x2`, `12`.
    fn is_known(&mut self, segment: &str) -> bool {
        if self.known.is_empty() {
            self.known.extend(WORDS.lines());
        }
        let is_short = segment.len() < 4 && segment.bytes().any(|byte| byte.is_ascii_digit());
        is_short || self.known.contains(segment) || self.known.contains(segment.to_ascii_lowercase().as_str())
    }

    fn push_stand_in(&self, segment: &str, out: &mut String) {
        // Keys of its own: what this hasher has by itself is known to everybody.
        let mut hasher = DefaultHasher::new();
        self.key.0.iter().for_each(|part| hasher.write_u32(*part));
        if self.ignores_case {
            hasher.write(segment.to_ascii_lowercase().as_bytes());
        } else {
            hasher.write(segment.as_bytes());
        }
        let mut hash = hasher.finish();
        for _ in 0..LETTERS {
            out.push(char::from(b'a' + (hash % 26) as u8));
            hash /= 26;
        }
    }
}

fn is_part(char: char) -> bool {
    char.is_ascii_alphanumeric() || !char.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(is_private_by_default: bool) -> Names {
        Names::new(Policy { is_private_by_default, ..Policy::default() })
    }

    #[test]
    fn a_name_has_the_same_stand_in_wherever_it_is_and_another_with_another_key() {
        let mut own = names(true);
        let customer = own.name("customer");
        assert_eq!(customer.len(), LETTERS);
        assert_eq!(own.name("customer-Ann"), [customer.as_str(), "-", &own.name("Ann")].concat());
        assert_eq!(own.list(" box  customer\n"), [" ", &own.name("box"), "  ", &customer, "\n"].concat());
        let mut other = Names::new(Policy { is_private_by_default: true, key: NameKey([1, 0, 0, 0]) });
        assert_ne!(other.name("customer"), customer);
    }

    #[test]
    fn words_of_html_and_css_are_no_names() {
        let mut own = names(true);
        for word in ["border-top-left-radius", "-webkit-box", "linearGradient", "h1", "currentColor", "_blank", ""] {
            assert_eq!(own.word(word), word);
        }
        assert_ne!(own.word("quorblat"), "quorblat");
        assert_eq!(own.word("quorblat-color"), [&own.word("quorblat"), "-color"].concat());
        assert_eq!(own.element("section"), "section");
        assert_eq!(own.element("quorblat-card"), own.word("quorblat-card"));
        assert_ne!(own.element("quorblat"), "quorblat");
        for name in [
            "feDistantLight",
            "annotation-xml",
            "mprescripts",
            "h1",
            "nobr",
            "textPath",
            "foreignObject",
            "fecolormatrix",
        ] {
            assert_eq!(own.element(name), name);
        }
    }

    #[test]
    fn what_is_told_as_it_is_need_not_be_renamed() {
        let mut own = names(false);
        own.learn("box");
        assert_eq!(own.name("box"), "box");
        assert!(!own.take_outdated());
        assert_ne!(own.name("late"), "late");
        own.learn("late");
        assert!(own.take_outdated() && !own.take_outdated());
        assert_eq!(own.name("late"), "late");
        let mut private = names(true);
        private.learn("box");
        assert_ne!(private.name("box"), "box");
    }

    #[test]
    fn known_words_are_sorted_and_in_lower_case() {
        let words: Vec<&str> = WORDS.lines().collect();
        assert!(words.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(words.iter().all(|word| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())));
    }
}
