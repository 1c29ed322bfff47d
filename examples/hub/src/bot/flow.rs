//! The built-in bot: leads a visitor through the steps of a file.
//!
//! A step says something, and perhaps offers choices, cards or a form; what the visitor answers leads to another step, to a person, or to
//! the end. It knows nothing but what the file says: what it does not understand twice goes to a person.

use std::collections::BTreeMap;

use alongside::protocol::conversation::MessageText;
use alongside::protocol::rich::{self, Choice, ChoiceStyle, Choices, Rich};
use serde::Deserialize;

/// So often it asks again what was not understood.
const TRIES: u32 = 2;

/// Most steps that follow each other without an answer of the visitor's.
const IN_A_ROW: usize = 10;

/// A flow that was read and checked.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Flow {
    /// Its name, as visitors see it.
    pub name: String,
    /// The step that it begins with.
    start: String,
    /// What it says where it does not understand.
    not_understood: Text,
    /// What it says before a person is asked for.
    hand_over: Text,
    steps: BTreeMap<String, Step>,
}

/// A text, or one for each language by its tag (`en`, `ja`).
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Text {
    One(String),
    Each(BTreeMap<String, String>),
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Step {
    #[serde(default)]
    say: Vec<Text>,
    /// The visitor chooses one; other words lead nowhere, unless a keyword is among them.
    #[serde(default)]
    choices: Vec<Way>,
    /// As a list with descriptions, instead of short answers.
    #[serde(default)]
    is_list: bool,
    /// Shown with the last text.
    cards: Option<Vec<CardOf>>,
    /// Shown with the last text; its values are kept under their names, then it goes on with `to`.
    form: Option<FormOf>,
    video: Option<VideoOf>,
    /// Words that lead to another step wherever they stand in what the visitor writes.
    #[serde(default)]
    keywords: Vec<Keyword>,
    /// Where it goes on: at once where nothing is asked, after the answer where something is.
    to: Option<String>,
    /// A person is asked for,
    #[serde(default)]
    hands_over: bool,
    /// in this queue.
    queue: Option<String>,
    /// The conversation is over.
    #[serde(default)]
    ends: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Way {
    label: Text,
    description: Option<Text>,
    to: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Keyword {
    words: Vec<String>,
    to: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct CardOf {
    title: Text,
    text: Option<Text>,
    image: Option<String>,
    image_text: Option<Text>,
    #[serde(default)]
    buttons: Vec<ButtonOf>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct ButtonOf {
    label: Text,
    /// A step, or an address.
    to: Option<String>,
    link: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct FormOf {
    title: Option<Text>,
    fields: Vec<FieldOf>,
    submit: Option<Text>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct FieldOf {
    name: String,
    label: Text,
    /// A word of [`rich::FieldKind`].
    kind: String,
    #[serde(default)]
    is_required: bool,
    #[serde(default)]
    choices: Vec<Text>,
    autocomplete: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct VideoOf {
    title: Text,
    address: String,
}

/// Where a conversation is in a flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    step: String,
    /// How often what was said here was not understood.
    misses: u32,
}

impl Place {
    /// For storage.
    pub fn to_text(&self) -> String {
        format!("{} {}", self.misses, self.step)
    }

    /// What [`Place::to_text`] wrote.
    pub fn from_text(text: &str) -> Option<Self> {
        let (misses, step) = text.split_once(' ')?;
        Some(Self { step: step.into(), misses: misses.parse().ok()? })
    }
}

/// What a visitor says to it.
#[derive(Clone, Debug, Default)]
pub struct Heard<'a> {
    /// In words.
    pub text: &'a str,
    /// What he chose or filled in.
    pub answer: Option<&'a rich::Answer>,
}

/// What it says.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// In words.
    pub text: MessageText,
    /// What it offers besides.
    pub rich: Option<Rich>,
}

/// What it does when it has heard something.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Turn {
    /// What it says, in order.
    pub says: Vec<Said>,
    /// Where it waits for an answer.
    pub place: Option<Place>,
    /// What the visitor filled in: names and values.
    pub collected: Vec<(String, String)>,
    /// A person is to go on.
    pub hands_over: bool,
    /// The conversation is over.
    pub ends: bool,
    /// Where it waits for a person: a queue's id.
    pub queue: Option<String>,
}

/// Why a file is no flow.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FlowError {
    /// It is not of that form.
    #[error("{0}")]
    Form(#[from] serde_json::Error),
    /// A step leads to one that is not there.
    #[error("'{from}' leads to the step '{to}', which is not there")]
    NoStep {
        /// Which, or `start`.
        from: String,
        /// Where to.
        to: String,
    },
    /// A step offers more than fits, or leads where nothing may lead.
    #[error(
        "step '{0}': what it offers is too much, or leads to an address that may not be (pictures and videos: https only)"
    )]
    Offer(String),
    /// A text is empty, too long, or of a kind of field that is not known.
    #[error("step '{0}': a text is empty or longer than 4,096 bytes, or a kind of field is not known")]
    Text(String),
    /// Steps lead to each other without asking anything.
    #[error("step '{0}' goes round in circles without asking anything")]
    Circle(String),
}

impl Flow {
    /// Reads a flow from JSON, and checks all of it.
    ///
    /// # Errors
    /// [`FlowError`].
    pub fn read(json: &str) -> Result<Self, FlowError> {
        let flow: Self = serde_json::from_str(json)?;
        let check = |from: &str, to: &str| {
            let is_there = flow.steps.contains_key(to);
            is_there.then_some(()).ok_or_else(|| FlowError::NoStep { from: from.into(), to: to.into() })
        };
        check("start", &flow.start)?;
        for text in [&flow.not_understood, &flow.hand_over] {
            text.all()
                .try_for_each(|text| MessageText::new(text).map(drop))
                .map_err(|_| FlowError::Text("(flow)".into()))?;
        }
        for (name, step) in &flow.steps {
            let buttons =
                step.cards.iter().flatten().flat_map(|card| &card.buttons).filter_map(|button| button.to.as_deref());
            let ways = step.choices.iter().map(|way| way.to.as_str());
            let words = step.keywords.iter().map(|keyword| keyword.to.as_str());
            ways.chain(words).chain(buttons).chain(step.to.as_deref()).try_for_each(|to| check(name, to))?;
            let is_said = step.say.iter().flat_map(Text::all).all(|text| MessageText::new(text).is_ok());
            let is_known = |field: &FieldOf| rich::FieldKind::from_word(&field.kind).is_some();
            if !is_said || !step.form.iter().flat_map(|form| &form.fields).all(is_known) {
                return Err(FlowError::Text(name.clone()));
            }
            let offers = usize::from(!step.choices.is_empty())
                + usize::from(step.cards.is_some())
                + usize::from(step.form.is_some())
                + usize::from(step.video.is_some());
            let is_sound = step.offer("en").is_none_or(|rich| rich::is_sound(&rich));
            if offers > 1 || !is_sound || offers == 1 && step.say.is_empty() {
                return Err(FlowError::Offer(name.clone()));
            }
            let mut at = step;
            for _ in 0..IN_A_ROW {
                match at.goes_on().and_then(|to| flow.steps.get(to)) {
                    Some(next) => at = next,
                    None => break,
                }
            }
            if at.goes_on().is_some() {
                return Err(FlowError::Circle(name.clone()));
            }
        }
        Ok(flow)
    }

    /// What it says to a visitor who has just come, whatever he wrote.
    pub fn begin(&self, language: &str) -> Turn {
        self.lead(&self.start, language, Turn::default())
    }

    /// What it does when the visitor says something.
    pub fn hear(&self, place: &Place, heard: &Heard<'_>, language: &str) -> Turn {
        // The file may have changed since.
        let Some(step) = self.steps.get(&place.step) else { return self.give_up(Turn::default(), language) };
        let mut turn = Turn::default();
        if let (Some(form), Some(answer)) = (&step.form, heard.answer)
            && let Some(to) = &step.to
        {
            let is_asked = |name: &str| form.fields.iter().any(|field| field.name == name);
            let filled = answer.values.iter().filter_map(|value| Some((value.name.clone()?, value.value.clone())));
            turn.collected = filled.filter(|(name, _)| is_asked(name)).collect();
            return self.lead(to, language, turn);
        }
        match step.way(heard).or_else(|| step.asks_openly().then_some(step.to.as_deref()).flatten()) {
            Some(to) => self.lead(to, language, turn),
            None if place.misses < TRIES => {
                turn.says.extend(said(self.not_understood.of(language), step.offer(language)));
                turn.place = Some(Place { step: place.step.clone(), misses: place.misses + 1 });
                turn
            }
            None => self.give_up(turn, language),
        }
    }

    /// Goes to a step, and on from there until something is asked.
    fn lead(&self, to: &str, language: &str, mut turn: Turn) -> Turn {
        let mut name = to;
        for _ in 0..=IN_A_ROW {
            let Some(step) = self.steps.get(name) else { return self.give_up(turn, language) };
            let last = step.say.len().saturating_sub(1);
            for (index, text) in step.say.iter().enumerate() {
                let offer = if index == last { step.offer(language) } else { None };
                turn.says.extend(said(text.of(language), offer));
            }
            (turn.hands_over, turn.ends, turn.queue) = (step.hands_over, step.ends, step.queue.clone());
            match step.goes_on() {
                Some(next) => name = next,
                None if step.hands_over || step.ends => return turn,
                None => {
                    turn.place = Some(Place { step: name.into(), misses: 0 });
                    return turn;
                }
            }
        }
        self.give_up(turn, language)
    }

    fn give_up(&self, mut turn: Turn, language: &str) -> Turn {
        turn.says.extend(said(self.hand_over.of(language), None));
        turn.hands_over = true;
        turn
    }
}

impl Step {
    /// Where it goes on without an answer.
    fn goes_on(&self) -> Option<&str> {
        let asks = !self.choices.is_empty() || self.form.is_some() || self.cards.is_some() || !self.keywords.is_empty();
        self.to.as_deref().filter(|_| !asks && !self.hands_over && !self.ends)
    }

    /// Whether any words of the visitor's are an answer.
    fn asks_openly(&self) -> bool {
        self.choices.is_empty() && self.form.is_none() && self.cards.is_none()
    }

    /// Where that leads.
    fn way(&self, heard: &Heard<'_>) -> Option<&str> {
        let chosen = heard.answer.and_then(|answer| answer.values.first()).map(|value| value.value.as_str());
        let buttons = self.cards.iter().flatten().flat_map(|card| &card.buttons);
        let mut ways = self
            .choices
            .iter()
            .map(|way| (&way.label, way.to.as_str()))
            .chain(buttons.filter_map(|button| Some((&button.label, button.to.as_deref()?))));
        let text = heard.text.trim().to_lowercase();
        let found = ways.find(|(label, to)| {
            chosen == Some(*to) || chosen.is_none() && label.all().any(|label| label.trim().to_lowercase() == text)
        });
        let has = |keyword: &&Keyword| keyword.words.iter().any(|word| text.contains(&word.to_lowercase()));
        found.map(|(_, to)| to).or_else(|| self.keywords.iter().find(has).map(|keyword| keyword.to.as_str()))
    }

    /// What it offers besides its text.
    fn offer(&self, language: &str) -> Option<Rich> {
        let of = |text: &Text| text.of(language).to_owned();
        if !self.choices.is_empty() {
            let choices = self.choices.iter().map(|way| Choice {
                label: of(&way.label),
                value: Some(way.to.clone()),
                description: way.description.as_ref().map(of),
            });
            let style = Some(if self.is_list { ChoiceStyle::List } else { ChoiceStyle::Replies });
            return Some(Rich::Choices(Choices { choices: choices.collect(), style }));
        }
        if let Some(cards) = &self.cards {
            let card = |card: &CardOf| rich::Card {
                title: of(&card.title),
                text: card.text.as_ref().map(of),
                image: card.image.clone(),
                image_text: card.image_text.as_ref().map(of),
                buttons: card
                    .buttons
                    .iter()
                    .map(|button| rich::Button {
                        label: of(&button.label),
                        value: button.to.clone(),
                        link: button.link.clone(),
                    })
                    .collect(),
            };
            return Some(Rich::Cards(rich::Cards { cards: cards.iter().map(card).collect() }));
        }
        if let Some(form) = &self.form {
            let choice = |label: &Text| Choice { label: of(label), value: None, description: None };
            let field = |field: &FieldOf| rich::Field {
                name: field.name.clone(),
                label: of(&field.label),
                kind: rich::FieldKind::from_word(&field.kind).unwrap_or(rich::FieldKind::Text),
                is_required: Some(field.is_required),
                choices: field.choices.iter().map(choice).collect(),
                autocomplete: field.autocomplete.clone(),
            };
            return Some(Rich::Form(rich::Form {
                title: form.title.as_ref().map(of),
                fields: form.fields.iter().map(field).collect(),
                submit: form.submit.as_ref().map(of),
            }));
        }
        let video = self.video.as_ref()?;
        Some(Rich::Video(rich::Video { title: of(&video.title), address: video.address.clone() }))
    }
}

impl Text {
    /// In this language, else in English, else in any.
    fn of(&self, language: &str) -> &str {
        match self {
            Self::One(text) => text,
            Self::Each(texts) => {
                let primary = language.split('-').next().unwrap_or_default();
                let found = texts.get(primary).or_else(|| texts.get("en")).or_else(|| texts.values().next());
                found.map(String::as_str).unwrap_or_default()
            }
        }
    }

    fn all(&self) -> impl Iterator<Item = &str> {
        let (one, each) = match self {
            Self::One(text) => (Some(text), None),
            Self::Each(texts) => (None, Some(texts.values())),
        };
        one.into_iter().chain(each.into_iter().flatten()).map(String::as_str)
    }
}

/// What was checked can be said.
fn said(text: &str, rich: Option<Rich>) -> Option<Said> {
    MessageText::new(text).ok().map(|text| Said { text, rich })
}

#[cfg(test)]
mod tests {
    use alongside::protocol::MessageId;
    use alongside::protocol::rich::{Answer, AnswerValue};

    use super::*;

    const FLOW: &str = r#"{
        "name": "Kaede bot", "start": "hello",
        "notUnderstood": {"en": "Please choose one.", "ja": "選んでください。"}, "handOver": "I ask somebody.",
        "steps": {
            "hello": {"say": [{"en": "Hello!", "ja": "こんにちは"}], "to": "menu"},
            "menu": {"say": ["What about?"], "choices": [
                {"label": {"en": "My order", "ja": "注文"}, "to": "order"}, {"label": "A person", "to": "person"}],
                "keywords": [{"words": ["human", "人"], "to": "person"}]},
            "order": {"say": ["Which?"], "form": {"fields": [{"name": "number", "label": "Number", "kind": "text", "isRequired": true}]}, "to": "thanks"},
            "thanks": {"say": ["Thanks."], "ends": true},
            "person": {"say": ["One moment."], "handsOver": true}
        }
    }"#;

    fn flow() -> Flow {
        Flow::read(FLOW).expect("a flow")
    }

    fn texts(turn: &Turn) -> Vec<&str> {
        turn.says.iter().map(|said| said.text.as_str()).collect()
    }

    fn hear(turn: &Turn, text: &str, values: &[(Option<&str>, &str)]) -> Turn {
        let values = values
            .iter()
            .map(|(name, value)| AnswerValue { name: name.map(str::to_owned), value: (*value).to_owned() })
            .collect::<Vec<_>>();
        let answer = Answer { to: MessageId::from_bytes([1; 16]), values };
        let heard = Heard { text, answer: Some(&answer).filter(|answer| !answer.values.is_empty()) };
        flow().hear(turn.place.as_ref().expect("it waits"), &heard, "en")
    }

    #[test]
    fn it_greets_in_the_visitors_language_and_goes_on_until_it_asks() {
        let turn = flow().begin("ja-JP");
        assert_eq!(texts(&turn), ["こんにちは", "What about?"]);
        let Some(Rich::Choices(offered)) = &turn.says[1].rich else { panic!("it offers choices: {turn:?}") };
        assert_eq!(offered.choices[0].label, "注文");
        let place = turn.place.expect("it waits");
        assert_eq!(Place::from_text(&place.to_text()), Some(place));
    }

    #[test]
    fn a_choice_its_words_and_a_keyword_lead_on() {
        let begun = flow().begin("en");
        for (text, values) in [("My order", &[(None, "order")][..]), (" my ORDER ", &[]), ("注文", &[])] {
            assert_eq!(texts(&hear(&begun, text, values)), ["Which?"], "{text}");
        }
        for text in ["I want a human!", "人をお願いします"] {
            let turn = hear(&begun, text, &[]);
            assert_eq!((texts(&turn), turn.hands_over, &turn.place), (vec!["One moment."], true, &None));
        }
        assert!(!hear(&begun, "x", &[(None, "thanks")]).ends, "a value that was not offered leads nowhere");
    }

    #[test]
    fn what_was_filled_in_is_collected_and_nothing_else() {
        let asked = hear(&flow().begin("en"), "My order", &[]);
        let turn = hear(&asked, "Number: 7", &[(Some("number"), "7"), (Some("admin"), "1")]);
        assert_eq!(turn.collected, [("number".to_owned(), "7".to_owned())]);
        assert_eq!((texts(&turn), turn.ends), (vec!["Thanks."], true));
    }

    #[test]
    fn what_is_not_understood_three_times_goes_to_a_person() {
        let mut turn = flow().begin("en");
        for _ in 0..TRIES {
            turn = hear(&turn, "blue", &[]);
            assert_eq!(texts(&turn), ["Please choose one."]);
            assert!(turn.says[0].rich.is_some(), "it offers the same again");
        }
        turn = hear(&turn, "blue", &[]);
        assert_eq!((texts(&turn), turn.hands_over), (vec!["I ask somebody."], true));
        let gone = Place { step: "removed".into(), misses: 0 };
        assert!(flow().hear(&gone, &Heard::default(), "en").hands_over, "also where the file has changed");
    }

    #[test]
    fn a_file_that_leads_nowhere_is_refused_with_its_place() {
        for (old, new, expected) in [
            (r#""start": "hello""#, r#""start": "hi""#, "'start' leads to the step 'hi'"),
            (r#""to": "person"}]}"#, r#""to": "nobody"}]}"#, "'menu' leads to the step 'nobody'"),
            (r#""kind": "text""#, r#""kind": "password""#, "step 'order'"),
            (r#"["Thanks."]"#, r#"[" "]"#, "step 'thanks'"),
            (r#""to": "menu"}"#, r#""to": "hello"}"#, "goes round"),
            (r#""ends": true"#, r#""end": true"#, "unknown field `end`"),
            (
                r#""say": ["Thanks."]"#,
                r#""say": ["Thanks."], "video": {"title": "a", "address": "http://a.example"}"#,
                "step 'thanks'",
            ),
        ] {
            let json = FLOW.replace(old, new);
            assert_ne!(json, FLOW, "{old}");
            let error = Flow::read(&json).expect_err("no flow").to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
