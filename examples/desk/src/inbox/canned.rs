//! Replies that are written once: how they are found by what is typed, and filled in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What the hub says of them.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lists {
    /// The agent's own.
    pub personal: List,
    /// Those that all share.
    pub shared: List,
    /// Whether this agent may change the shared ones.
    pub may_share: bool,
}

/// A list, and how often it was changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct List {
    /// A change names the version that it is about.
    pub version: u64,
    /// In their order.
    pub replies: Vec<Canned>,
}

/// One reply.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Canned {
    /// What follows the slash.
    pub shortcut: String,
    /// What it is about.
    pub title: String,
    /// In Markdown, with `{visitor}` and `{agent}` for names.
    pub text: Words,
}

/// A text, or one for each language by its tag.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Words {
    /// The same for everybody.
    One(String),
    /// By tag.
    Each(BTreeMap<String, String>),
}

impl Words {
    /// In the first of these languages that there is, else in English, else any.
    pub fn in_language(&self, tags: &[&str]) -> &str {
        match self {
            Self::One(text) => text,
            Self::Each(texts) => {
                let primary = |tag: &&str| tag.split('-').next().unwrap_or_default().to_lowercase();
                let of = |tag: String| texts.iter().find(|(known, _)| known.to_lowercase().starts_with(&tag));
                let found = tags.iter().map(primary).filter(|tag| !tag.is_empty()).find_map(of);
                found.or_else(|| of("en".into())).or_else(|| texts.iter().next()).map_or("", |(_, text)| text)
            }
        }
    }
}

impl Lists {
    /// Those whose shortcut begins with what is typed, then those that have it in shortcut or title; the agent's own first.
    pub fn matching(&self, typed: &str) -> Vec<&Canned> {
        let typed = typed.to_lowercase();
        let all = || self.personal.replies.iter().chain(&self.shared.replies);
        let begins = |canned: &&Canned| canned.shortcut.to_lowercase().starts_with(&typed);
        let has = |canned: &&Canned| {
            !begins(canned)
                && (canned.shortcut.to_lowercase().contains(&typed) || canned.title.to_lowercase().contains(&typed))
        };
        all().filter(begins).chain(all().filter(has)).collect()
    }
}

/// A word that begins with a slash and ends at the caret: where it begins, and what follows the slash. `caret` is in bytes.
pub fn typed_at(text: &str, caret: usize) -> Option<(usize, &str)> {
    let before = text.get(..caret)?;
    let start =
        before.rfind(char::is_whitespace).map_or(0, |at| at + before[at..].chars().next().map_or(0, char::len_utf8));
    let typed = before[start..].strip_prefix('/')?;
    let is_name = |char: char| char.is_alphanumeric() || matches!(char, '-' | '_');
    typed.chars().all(is_name).then_some((start, typed))
}

/// A text with names in it. Where the visitor's is not known, his place goes with the space before it.
pub fn filled(text: &str, visitor: Option<&str>, agent: &str) -> String {
    let text = text.replace("{agent}", agent);
    match visitor {
        Some(visitor) => text.replace("{visitor}", visitor),
        None => text.replace(" {visitor}", "").replace("{visitor}", ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lists() -> Lists {
        serde_json::from_str(
            r#"{"personal":{"version":1,"replies":[{"shortcut":"bye","title":"The end","text":"Bye"}]},
                "shared":{"version":3,"replies":[{"shortcut":"hello","title":"Greeting","text":{"en":"Hello","ja":"こんにちは"}},
                    {"shortcut":"hours","title":"When we are there","text":"9 to 5"}]},"mayShare":false}"#,
        )
        .expect("as the hub says it")
    }

    #[test]
    fn a_slash_counts_at_the_beginning_of_a_word_only() {
        for (text, caret, found) in [
            ("/", 1, Some((0, ""))),
            ("/he", 3, Some((0, "he"))),
            ("Dear /he", 8, Some((5, "he"))),
            ("お茶\n/あ", 11, Some((7, "あ"))),
            ("and/or", 6, None),
            ("https://", 8, None),
            ("/he ", 4, None),
            ("/a/b", 4, None),
            ("/hello", 3, Some((0, "he"))),
        ] {
            assert_eq!(typed_at(text, caret), found, "{text}");
        }
    }

    #[test]
    fn what_begins_so_comes_first_and_titles_count_too() {
        let lists = lists();
        let found =
            |typed: &str| lists.matching(typed).iter().map(|canned| canned.shortcut.clone()).collect::<Vec<_>>();
        assert_eq!(found(""), ["bye", "hello", "hours"]);
        assert_eq!(found("H"), ["hello", "hours", "bye"]);
        assert_eq!(found("greet"), ["hello"]);
        assert!(found("nothing").is_empty());
    }

    #[test]
    fn a_text_is_in_the_visitors_language_and_has_names_in_it() {
        let lists = lists();
        let hello = &lists.shared.replies[0].text;
        assert_eq!((hello.in_language(&["ja-JP", "en"]), hello.in_language(&["", "fr"])), ("こんにちは", "Hello"));
        let text = "Hello {visitor}, I am {agent}.";
        assert_eq!(filled(text, Some("Kim"), "Aki"), "Hello Kim, I am Aki.");
        assert_eq!(filled(text, None, "Aki"), "Hello, I am Aki.");
    }
}
