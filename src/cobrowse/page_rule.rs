//! Which pages nobody is to see.

/// Longest text of a rule, in bytes.
const TEXT_LIMIT: usize = 512;

/// A rule about a page's address without query and fragment, such as `starts https://shop.example/account`; or about the part after the
/// origin, where its text begins with a slash: `equals /checkout`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRule {
    relation: Relation,
    text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    Equals,
    Contains,
    ContainsNot,
    Starts,
    Ends,
}

impl PageRule {
    /// `equals`, `contains`, `contains-not`, `starts` or `ends`, a space, and a text of 1 to 512 bytes; `None` for anything else.
    pub fn new(rule: &str) -> Option<Self> {
        let (relation, text) = rule.trim().split_once(char::is_whitespace)?;
        let relation = match relation {
            "equals" => Relation::Equals,
            "contains" => Relation::Contains,
            "contains-not" => Relation::ContainsNot,
            "starts" => Relation::Starts,
            "ends" => Relation::Ends,
            _ => return None,
        };
        let text = text.trim().to_owned();
        (1..=TEXT_LIMIT).contains(&text.len()).then_some(Self { relation, text })
    }

    /// Whether it holds for a page.
    pub fn holds(&self, address: &str) -> bool {
        let address = address.split(['?', '#']).next().unwrap_or_default();
        let path = address.split_once("://").and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]));
        let subject = if self.text.starts_with('/') { path.unwrap_or(address) } else { address };
        let text = self.text.as_str();
        match self.relation {
            Relation::Equals => subject == text,
            Relation::Contains => subject.contains(text),
            Relation::ContainsNot => !subject.contains(text),
            Relation::Starts => subject.starts_with(text),
            Relation::Ends => subject.ends_with(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_about_the_address_or_about_the_part_after_the_origin() {
        let address = "https://shop.example/account/cards?from=/help#top";
        for (rule, expected) in [
            ("equals /account/cards", true),
            ("equals /account", false),
            ("equals https://shop.example/account/cards", true),
            ("contains account", true),
            ("contains /help", false),
            ("contains-not /account", false),
            ("contains-not /help", true),
            ("starts /account", true),
            ("starts /cards", false),
            ("starts https://shop.example/", true),
            ("starts https://shop.example.evil/", false),
            ("ends /cards", true),
            ("ends cards?from=/help", false),
            ("  starts   /account  ", true),
        ] {
            assert_eq!(PageRule::new(rule).expect("a rule").holds(address), expected, "{rule}");
        }
    }

    #[test]
    fn what_is_no_rule_is_refused() {
        for bad in ["", "starts", "starts ", "begins /a", "/account", &format!("starts /{}", "a".repeat(600))] {
            assert_eq!(PageRule::new(bad), None, "{bad:?}");
        }
    }
}
