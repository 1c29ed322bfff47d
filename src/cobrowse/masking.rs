//! The customer's rules for what agents see masked, as the hub tells them.
//!
//! Invariant: each selector ends where it ends. One that is not closed would take in what is joined to it, and unmask that.

use core::fmt;

use super::page_rule::PageRule;
use crate::protocol::{MaskMark, Masking};

/// Most rules of a deployment.
pub const MASK_RULES: usize = 64;

/// Longest selector, in bytes.
pub const MASK_SELECTOR: usize = 1_024;

/// Most bytes of all selectors and page rules.
const ALL: usize = 16 * 1024;

/// Why rules are not taken; the number is the rule's place among them, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BadMasking {
    /// More than [`MASK_RULES`] rules, or more than 16 KiB.
    TooLarge,
    /// The selector is empty, longer than [`MASK_SELECTOR`], not closed, or has a comment or control characters.
    Selector(usize),
    /// The page rule is none.
    Page(usize),
}

impl fmt::Display for BadMasking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge => write!(f, "more than {MASK_RULES} rules, or more than {ALL} bytes"),
            Self::Selector(at) => {
                write!(f, "the selector of rule {at} is not closed, too long, or has strange characters")
            }
            Self::Page(at) => write!(f, "rule {at} names no pages: write such as 'starts /account'"),
        }
    }
}

impl core::error::Error for BadMasking {}

/// Rules that were checked. That a selector is one, only a browser can say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaskRules {
    is_private: bool,
    rules: Vec<(MaskMark, String, Option<PageRule>)>,
}

impl MaskRules {
    /// Checks what anybody may have sent.
    ///
    /// # Errors
    /// [`BadMasking`]; whoever gets it shows nothing.
    pub fn new(masking: &Masking) -> Result<Self, BadMasking> {
        let size = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let all: usize = masking.rules.iter().map(|rule| rule.selector.len() + size(&rule.page)).sum();
        if masking.rules.len() > MASK_RULES || all > ALL {
            return Err(BadMasking::TooLarge);
        }
        let mut rules = Vec::with_capacity(masking.rules.len());
        for (at, rule) in masking.rules.iter().enumerate() {
            if !is_closed(&rule.selector) {
                return Err(BadMasking::Selector(at));
            }
            let page = match &rule.page {
                Some(page) => Some(PageRule::new(page).ok_or(BadMasking::Page(at))?),
                None => None,
            };
            rules.push((rule.mark, rule.selector.clone(), page));
        }
        Ok(Self { is_private: masking.is_private, rules })
    }

    /// Whether everything is masked where nothing says `show`.
    pub fn is_private(&self) -> bool {
        self.is_private
    }

    /// The rules for the page of that address: the word of `data-alongside`, and the selector.
    pub fn of_page(&self, address: &str) -> impl Iterator<Item = (&'static str, &str)> {
        let holds = move |page: &Option<PageRule>| page.as_ref().is_none_or(|page| page.holds(address));
        self.rules.iter().filter(move |(_, _, page)| holds(page)).map(|(mark, text, _)| (mark.as_str(), text.as_str()))
    }
}

/// Whether a selector has no bracket, string, escape or comment that would go on beyond its end.
fn is_closed(selector: &str) -> bool {
    if !(1..=MASK_SELECTOR).contains(&selector.trim().len()) || selector.contains("/*") {
        return false;
    }
    let mut open = Vec::new();
    let mut chars = selector.chars();
    while let Some(char) = chars.next() {
        let quoted = open.last().copied().filter(|open| matches!(open, '"' | '\''));
        match (char, quoted) {
            (_, _) if char.is_control() => return false,
            ('\\', _) if chars.next().is_none_or(char::is_control) => return false,
            (_, Some(quote)) if char == quote => drop(open.pop()),
            ('\\', _) | (_, Some(_)) => {}
            ('"' | '\'', None) => open.push(char),
            ('(', None) => open.push(')'),
            ('[', None) => open.push(']'),
            (')' | ']', None) if open.pop() != Some(char) => return false,
            ('{' | '}' | ';', None) => return false,
            _ => {}
        }
    }
    open.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::MaskRule;

    fn rule(mark: MaskMark, selector: &str, page: Option<&str>) -> MaskRule {
        MaskRule { mark, selector: selector.into(), page: page.map(str::to_owned) }
    }

    fn masking(rules: Vec<MaskRule>) -> Masking {
        Masking { is_private: false, rules }
    }

    #[test]
    fn a_rule_is_for_the_pages_that_it_names() {
        let rules = masking(vec![
            rule(MaskMark::Mask, ".balance", None),
            rule(MaskMark::Block, "aside", Some("starts /account")),
            rule(MaskMark::Show, "h1", Some("contains-not /account")),
        ]);
        let rules = MaskRules::new(&rules).expect("good rules");
        let of = |address| rules.of_page(address).collect::<Vec<_>>();
        assert_eq!(of("https://shop.test/account/cards"), [("mask", ".balance"), ("block", "aside")]);
        assert_eq!(of("https://shop.test/?to=/account"), [("mask", ".balance"), ("show", "h1")]);
    }

    #[test]
    fn a_selector_that_would_go_on_beyond_its_end_is_refused() {
        for good in [".a", "a[href$=\")\"]", "p:not(.x, [y='(']) > b", "#\\(x", "[a=\"\\\"\"]", "a, b ~ c", "お茶"] {
            assert_eq!(MaskRules::new(&masking(vec![rule(MaskMark::Mask, good, None)])).err(), None, "{good}");
        }
        for bad in [
            "",
            " ",
            "p:not(.x",
            "[a",
            "[a=\"x]",
            "p\\",
            "p /* x",
            ".a)",
            "(]",
            "[a='\"]",
            "a\nb",
            "a{",
            "\u{7}",
            "a;b",
            &"a".repeat(1_025),
        ] {
            let rules = masking(vec![rule(MaskMark::Mask, ".good", None), rule(MaskMark::Mask, bad, None)]);
            assert_eq!(MaskRules::new(&rules).err(), Some(BadMasking::Selector(1)), "{bad:?}");
        }
    }

    #[test]
    fn too_much_is_refused_and_so_is_a_page_that_is_none() {
        let many = |count, length: usize| masking(vec![rule(MaskMark::Hide, &"a".repeat(length), None); count]);
        assert_eq!(MaskRules::new(&many(MASK_RULES, 256)).err(), None);
        assert_eq!(MaskRules::new(&many(MASK_RULES, 257)).err(), Some(BadMasking::TooLarge));
        assert_eq!(MaskRules::new(&many(MASK_RULES + 1, 1)).err(), Some(BadMasking::TooLarge));
        let page = masking(vec![rule(MaskMark::Mask, "a", Some("/account"))]);
        assert_eq!(MaskRules::new(&page).err(), Some(BadMasking::Page(0)));
    }
}
