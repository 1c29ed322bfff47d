//! A text of the customer's, in one language or in several.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A text, or one for each language by its tag (`en`, `ja`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Words {
    /// The same for everybody.
    One(String),
    /// By tag; at most 16.
    Each(BTreeMap<String, String>),
}

/// Most languages of one text.
const LANGUAGES: usize = 16;

impl Words {
    /// Whether there is something to read in each, at most `limit` bytes, in 1 to 16 languages.
    pub fn is_sound(&self, limit: usize) -> bool {
        let is_text = |text: &String| !text.trim().is_empty() && text.len() <= limit;
        match self {
            Self::One(text) => is_text(text),
            Self::Each(texts) => {
                (1..=LANGUAGES).contains(&texts.len())
                    && texts.iter().all(|(tag, text)| (2..=35).contains(&tag.len()) && is_text(text))
            }
        }
    }

    /// The English one, or the first.
    pub fn first(&self) -> &str {
        match self {
            Self::One(text) => text,
            Self::Each(texts) => texts.get("en").or_else(|| texts.values().next()).map_or("", String::as_str),
        }
    }
}
