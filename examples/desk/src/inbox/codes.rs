//! What can be said of a conversation that is over.

use serde::Deserialize;

use super::canned::Words;

/// The customer's list, as the hub says it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Codes {
    codes: Vec<Code>,
    /// Whether one has to be chosen.
    #[serde(default)]
    pub required: bool,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
struct Code {
    id: String,
    name: Words,
}

impl Codes {
    /// Ids and names, in their order.
    pub fn named(&self, language: &str) -> Vec<(String, String)> {
        self.codes.iter().map(|code| (code.id.clone(), code.name.in_language(&[language]).to_owned())).collect()
    }

    /// What a code is called; `before` where it is not there any more.
    pub fn name<'a>(&'a self, id: &str, before: &'a str, language: &str) -> &'a str {
        self.codes.iter().find(|code| code.id == id).map_or(before, |code| code.name.in_language(&[language]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_called_as_the_agent_speaks_and_as_it_was_where_it_is_gone() {
        let codes: Codes = serde_json::from_str(
            r#"{"codes":[{"id":"sold","name":{"en":"Sold","ja":"販売"}}],"required":true,"seconds":5}"#,
        )
        .expect("as the hub says it");
        assert_eq!((codes.name("sold", "x", "ja"), codes.name("gone", "Gone", "ja")), ("販売", "Gone"));
        assert_eq!(codes.named("ko"), [("sold".into(), "Sold".into())]);
    }
}
