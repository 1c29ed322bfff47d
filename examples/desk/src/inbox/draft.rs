//! What an agent builds to offer a visitor, before it is sent.
//!
//! Invariant: [`Draft::build`] gives only what `protocol::rich::is_sound` lets pass.

use alongside::protocol::conversation::MessageText;
use alongside::protocol::rich::{
    Button, Card, Cards, Choice, ChoiceStyle, Choices, Field, FieldKind, Form, OFFER_LIMIT, Rich, Video, is_sound,
};

/// Longest label, in bytes.
pub const LABEL: usize = 200;

/// What is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Short answers under a message.
    Replies,
    /// Answers with descriptions.
    List,
    /// Cards beside each other.
    Cards,
    /// Fields to fill in.
    Form,
    /// A video.
    Video,
}

impl Kind {
    /// In the order of their buttons.
    pub const ALL: [Self; 5] = [Self::Replies, Self::List, Self::Cards, Self::Form, Self::Video];
}

/// One row of it: a choice, a card, or a field.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Item {
    /// What stands on it.
    pub label: String,
    /// More about it.
    pub more: String,
    /// Of a card: its picture.
    pub image: String,
    /// Of a card: what stands on its button.
    pub button: String,
    /// Of a card: where its button leads; nowhere where it says something.
    pub link: String,
    /// Of a field: see [`kind_of`].
    pub kind: String,
    /// Of a field: whether it may not be empty.
    pub is_required: bool,
}

/// What was typed so far.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// What is built.
    pub kind: Kind,
    /// The message itself; says in words what it is about.
    pub text: String,
    /// Its rows; of a video none.
    pub items: Vec<Item>,
    /// Of a video.
    pub address: String,
}

/// What is wrong, and in which row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The message has no text, or too much of it.
    Text,
    /// A row has no label, or too much of it.
    Label(usize),
    /// An address that is not `https`.
    Address(usize),
    /// A link that is of no kind that is allowed.
    Link(usize),
    /// A button leads somewhere, and nothing stands on it.
    Button(usize),
    /// A choice field has fewer than two choices.
    Choices(usize),
    /// Something else is not allowed.
    Other,
}

impl Draft {
    /// Nothing yet, with as many rows as make sense.
    pub fn new(kind: Kind) -> Self {
        let rows = match kind {
            Kind::Replies | Kind::List => 2,
            Kind::Cards | Kind::Form => 1,
            Kind::Video => 0,
        };
        let item = Item { kind: "text".into(), ..Item::default() };
        Self { kind, text: String::new(), items: vec![item; rows], address: String::new() }
    }

    /// Whether there is room for one more row.
    pub fn has_room(&self) -> bool {
        self.kind != Kind::Video && self.items.len() < OFFER_LIMIT
    }

    /// The message, and what it offers.
    ///
    /// # Errors
    /// The first [`Fault`].
    pub fn build(&self) -> Result<(String, Rich), Fault> {
        let text = MessageText::new(&self.text).map_err(|_| Fault::Text)?;
        for (at, item) in self.items.iter().enumerate() {
            if item.label.trim().is_empty() || item.label.len() > LABEL || item.more.len() > 4 * LABEL {
                return Err(Fault::Label(at));
            }
        }
        let rich = match self.kind {
            Kind::Replies | Kind::List => {
                let style = if self.kind == Kind::List { ChoiceStyle::List } else { ChoiceStyle::Replies };
                let more = |item: &Item| some(&item.more).filter(|_| self.kind == Kind::List);
                let choice = |item: &Item| Choice { label: trimmed(&item.label), value: None, description: more(item) };
                Rich::Choices(Choices { choices: self.items.iter().map(choice).collect(), style: Some(style) })
            }
            Kind::Cards => {
                let cards = self.items.iter().enumerate().map(|(at, item)| card(at, item));
                Rich::Cards(Cards { cards: cards.collect::<Result<_, _>>()? })
            }
            Kind::Form => {
                let fields = self.items.iter().enumerate().map(|(at, item)| field(at, item));
                Rich::Form(Form { title: None, fields: fields.collect::<Result<_, _>>()?, submit: None })
            }
            Kind::Video => Rich::Video(Video { title: text.as_str().to_owned(), address: trimmed(&self.address) }),
        };
        match is_sound(&rich) {
            true => Ok((text.as_str().to_owned(), rich)),
            false if self.kind == Kind::Video => Err(Fault::Address(0)),
            false => Err(Fault::Other),
        }
    }
}

fn card(at: usize, item: &Item) -> Result<Card, Fault> {
    let image = some(&item.image);
    let button = match (some(&item.button), some(&item.link)) {
        (None, Some(_)) => return Err(Fault::Button(at)),
        (label, link) => label.map(|label| Button { label, value: None, link }),
    };
    let is_alone = |card: Card| is_sound(&Rich::Cards(Cards { cards: vec![card] }));
    let bare = Card {
        title: trimmed(&item.label),
        text: some(&item.more),
        image: None,
        image_text: None,
        buttons: Vec::new(),
    };
    if !is_alone(Card { image: image.clone(), ..bare.clone() }) {
        return Err(Fault::Address(at));
    }
    let buttons: Vec<_> = button.into_iter().collect();
    if !is_alone(Card { buttons: buttons.clone(), ..bare.clone() }) {
        return Err(Fault::Link(at));
    }
    let image_text = image.as_ref().map(|_| trimmed(&item.label));
    Ok(Card { image, image_text, buttons, ..bare })
}

fn field(at: usize, item: &Item) -> Result<Field, Fault> {
    let kind = kind_of(&item.kind);
    let choice = |label: &str| Choice { label: trimmed(label), value: None, description: None };
    let choices: Vec<_> = match kind {
        FieldKind::Choice => item.more.split(',').filter(|label| !label.trim().is_empty()).map(choice).collect(),
        _ => Vec::new(),
    };
    if kind == FieldKind::Choice && !(2..=OFFER_LIMIT).contains(&choices.len()) {
        return Err(Fault::Choices(at));
    }
    Ok(Field {
        name: format!("field-{}", at + 1),
        label: trimmed(&item.label),
        kind,
        is_required: item.is_required.then_some(true),
        choices,
        autocomplete: match kind {
            FieldKind::Email => Some("email".into()),
            FieldKind::Phone => Some("tel".into()),
            _ => None,
        },
    })
}

/// Which kind of field a word is.
pub fn kind_of(word: &str) -> FieldKind {
    FieldKind::from_word(word).unwrap_or(FieldKind::Text)
}

fn trimmed(text: &str) -> String {
    text.trim().to_owned()
}

fn some(text: &str) -> Option<String> {
    Some(trimmed(text)).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(kind: Kind, change: impl FnOnce(&mut Item)) -> Draft {
        let mut item = Item { label: "Tea".into(), kind: "text".into(), ..Item::default() };
        change(&mut item);
        Draft { text: "Which one?".into(), items: vec![item], ..Draft::new(kind) }
    }

    #[test]
    fn what_is_built_is_sound_and_says_itself_in_words() {
        for kind in Kind::ALL {
            let mut draft = with(kind, |_| {});
            if kind == Kind::Video {
                (draft.items, draft.address) = (Vec::new(), " https://v.example/1 ".into());
            }
            let (text, rich) = draft.build().expect("nothing is wrong");
            assert!(text == "Which one?" && is_sound(&rich), "{kind:?}");
            assert_eq!(Draft::new(kind).build(), Err(Fault::Text));
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_its_row() {
        for (draft, fault) in [
            (with(Kind::Replies, |item| item.label = " ".into()), Fault::Label(0)),
            (with(Kind::List, |item| item.label = "a".repeat(LABEL + 1)), Fault::Label(0)),
            (with(Kind::Cards, |item| item.image = "http://a.example/1.png".into()), Fault::Address(0)),
            (with(Kind::Cards, |item| item.link = "https://a.example".into()), Fault::Button(0)),
            (
                with(Kind::Cards, |item| (item.button, item.link) = ("Go".into(), "javascript:alert(1)".into())),
                Fault::Link(0),
            ),
            (with(Kind::Form, |item| (item.kind, item.more) = ("choice".into(), "one".into())), Fault::Choices(0)),
            (
                Draft { text: "How".into(), address: "javascript:alert(1)".into(), ..Draft::new(Kind::Video) },
                Fault::Address(0),
            ),
        ] {
            assert_eq!(draft.build(), Err(fault), "{draft:?}");
        }
    }

    #[test]
    fn a_choice_field_has_what_is_between_commas() {
        let draft = with(Kind::Form, |item| (item.kind, item.more) = ("choice".into(), "Green, Black,".into()));
        let Ok((_, Rich::Form(form))) = draft.build() else { panic!("it is sound") };
        assert_eq!(
            form.fields[0].choices.iter().map(|choice| choice.label.as_str()).collect::<Vec<_>>(),
            ["Green", "Black"]
        );
    }
}
