//! Who a visitor is, as the hub says it.

use serde::Deserialize;

/// Who he is, and what was said with him.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Person {
    /// Of the page that he viewed last.
    pub language: Option<String>,
    /// The newest first.
    pub conversations: Vec<Earlier>,
}

/// One of his conversations.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Earlier {
    /// Its id.
    pub conversation: String,
    /// When it began, in milliseconds since 1970.
    pub began: u64,
    /// Who has it, or had it last.
    pub agent: Option<String>,
    /// The beginning of what was said last.
    pub excerpt: String,
    /// What a bot was told.
    pub collected: Vec<Collected>,
    /// What it was about.
    pub code: Option<String>,
    /// What that was called.
    pub code_name: Option<String>,
}

/// Something that the visitor filled in.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Collected {
    /// What a program knows it by.
    pub name: String,
    /// What he said.
    pub value: String,
}

/// A part of a journey.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Part {
    /// The newest first.
    pub visits: Vec<Visit>,
    /// Where the next part begins.
    pub next: Option<i64>,
}

/// A visit, and events of it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Visit {
    /// Its id.
    pub visit: String,
    /// When it began, in milliseconds since 1970.
    pub started: u64,
    /// When something last happened.
    pub last_activity: u64,
    /// Pages viewed in the whole of it.
    pub page_views: u32,
    /// The newest first.
    pub events: Vec<Happened>,
}

/// One thing that happened: it has one of the texts, a page its title and address.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Happened {
    /// When, in milliseconds since 1970.
    pub at: u64,
    /// Of a page.
    pub title: Option<String>,
    /// Of a page.
    pub url: Option<String>,
    /// What was searched for.
    pub search: Option<String>,
    /// The name of one of the site's own.
    pub event: Option<String>,
}

impl Person {
    /// What he filled in, in the latest conversation in which he did.
    pub fn collected(&self) -> &[Collected] {
        self.conversations.iter().map(|earlier| &earlier.collected[..]).find(|all| !all.is_empty()).unwrap_or_default()
    }

    /// What he is called, where he said so.
    pub fn name(&self) -> Option<&str> {
        let named =
            |collected: &&Collected| matches!(collected.name.to_lowercase().as_str(), "name" | "visitor" | "full-name");
        self.collected().iter().find(named).map(|collected| collected.value.as_str())
    }
}

impl Part {
    /// With another part that follows it.
    pub fn extend(&mut self, other: Self) {
        for visit in other.visits {
            match self.visits.iter_mut().find(|known| known.visit == visit.visit) {
                Some(known) => known.events.extend(visit.events),
                None => self.visits.push(visit),
            }
        }
        self.next = other.next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_one_visit_are_put_together() {
        let part = |next: &str, at: &str| -> Part {
            let json = format!(
                r#"{{"visits":[{{"visit":"a","started":1,"lastActivity":9,"pageViews":3,"events":[{{"at":{at},"search":"tea"}}]}}],"next":{next}}}"#
            );
            serde_json::from_str(&json).expect("as the hub says it")
        };
        let mut all = part("7", "9");
        all.extend(part("null", "3"));
        assert_eq!((all.visits.len(), all.next), (1, None));
        assert_eq!(all.visits[0].events.iter().map(|event| event.at).collect::<Vec<_>>(), [9, 3]);
    }

    #[test]
    fn what_he_filled_in_last_says_who_he_is() {
        let person: Person = serde_json::from_str(
            r#"{"language":"ja","conversations":[
                {"conversation":"b","began":2,"excerpt":"","collected":[],"agent":null,"code":null,"codeName":null},
                {"conversation":"a","began":1,"excerpt":"","collected":[{"name":"Name","value":"Kim"}],"agent":"Aki","code":"sold","codeName":"Sold"}]}"#,
        )
        .expect("as the hub says it");
        assert_eq!((person.name(), person.collected().len()), (Some("Kim"), 1));
        assert_eq!(Person::default().name(), None);
    }
}
