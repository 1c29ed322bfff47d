//! What a message can offer besides its text.
//!
//! The text of such a message says the same in words: it is what is shown, read out and kept in transcripts where the rest is not known,
//! and what agents of other channels see.

use super::codec::{BinaryInput, JsonInput};
use super::codec::{Input, Kind, Malformed, Output, Wire, wire_choice, wire_record, wire_union};
use super::{Message, MessageId};

/// Most things to choose from, cards, fields and buttons of one message.
pub const OFFER_LIMIT: usize = 20;

wire_union! {
    /// What a message offers.
    pub enum Rich {
        /// Things to choose from; the answer is one of them.
        1 Choices(Choices) "choices",
        /// One card, or several beside each other.
        2 Cards(Cards) "cards",
        /// Fields to fill in.
        3 Form(Form) "form",
        /// A video, played where the visitor wants it.
        4 Video(Video) "video",
    }
}

wire_choice! {
    /// How things to choose from are shown.
    pub enum ChoiceStyle {
        /// As short answers under the message.
        1 Replies "replies",
        /// As a list with descriptions.
        2 List "list",
    }
}

wire_record! {
    /// Things to choose from.
    pub struct Choices {
        /// At most [`OFFER_LIMIT`].
        1 choices "choices": Vec<Choice>,
        /// How they are shown; replies where it is absent.
        2 style "style": Option<ChoiceStyle>,
    }
}

wire_record! {
    /// One of them.
    pub struct Choice {
        /// What the visitor says by choosing it.
        1 label "label": String,
        /// What a program reads of it; the label where it is absent.
        2 value "value": Option<String>,
        /// More about it.
        3 description "description": Option<String>,
    }
}

wire_record! {
    /// Cards beside each other.
    pub struct Cards {
        /// At most [`OFFER_LIMIT`].
        1 cards "cards": Vec<Card>,
    }
}

wire_record! {
    /// One card.
    pub struct Card {
        /// What it is about.
        1 title "title": String,
        /// More about it.
        2 text "text": Option<String>,
        /// Address of a picture, `https` only.
        3 image "image": Option<String>,
        /// What the picture shows, for who does not see it.
        4 image_text "imageText": Option<String>,
        /// At most [`OFFER_LIMIT`].
        5 buttons "buttons": Vec<Button>,
    }
}

wire_record! {
    /// A button of a card: it says something, or leads somewhere.
    pub struct Button {
        /// What stands on it, and what the visitor says by pressing it.
        1 label "label": String,
        /// What a program reads of it.
        2 value "value": Option<String>,
        /// Where it leads, `https`, `http`, `mailto` or `tel`.
        3 link "link": Option<String>,
    }
}

wire_choice! {
    /// What is filled in.
    pub enum FieldKind {
        /// A line.
        1 Text "text",
        /// Several lines.
        2 Long "long",
        /// An e-mail address.
        3 Email "email",
        /// A telephone number.
        4 Phone "phone",
        /// A number.
        5 Number "number",
        /// A day: YYYY-MM-DD.
        6 Date "date",
        /// A time of day: HH:MM.
        7 Time "time",
        /// One of the choices.
        8 Choice "choice",
        /// Yes or no.
        9 Check "check",
    }
}

wire_record! {
    /// Fields to fill in.
    pub struct Form {
        /// What it is for.
        1 title "title": Option<String>,
        /// At most [`OFFER_LIMIT`].
        2 fields "fields": Vec<Field>,
        /// What stands on its button.
        3 submit "submit": Option<String>,
    }
}

wire_record! {
    /// One field.
    pub struct Field {
        /// What a program knows it by.
        1 name "name": String,
        /// What stands beside it.
        2 label "label": String,
        /// What is filled in.
        3 kind "kind": FieldKind,
        /// Whether it may not be empty.
        4 is_required "required": Option<bool>,
        /// Of a choice.
        5 choices "choices": Vec<Choice>,
        /// What `autocomplete` it has, such as `name`.
        6 autocomplete "autocomplete": Option<String>,
    }
}

wire_record! {
    /// A video.
    pub struct Video {
        /// What it shows.
        1 title "title": String,
        /// Address of its player or file, `https` only. Nothing is fetched before the visitor wants it.
        2 address "address": String,
    }
}

wire_record! {
    /// What the visitor answers to what a message offers. The text of his message says the same in words.
    pub struct Answer {
        /// Which message.
        1 to "to": MessageId,
        /// A choice has one without a name, a form one for each field.
        2 values "values": Vec<AnswerValue>,
    }
}

wire_record! {
    /// One value of an answer.
    pub struct AnswerValue {
        /// The field's; absent for a choice.
        1 name "name": Option<String>,
        /// What was chosen or filled in.
        2 value "value": String,
    }
}

/// What a message offers, where this version knows that kind of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Offered(pub Option<Rich>);

impl Wire for Offered {
    const KIND: Kind = Kind::Sized;

    fn write(&self, out: &mut dyn Output) {
        match &self.0 {
            Some(rich) => rich.write(out),
            None => out.record(&mut |_| {}),
        }
    }

    fn read(input: &mut dyn Input) -> Result<Self, Malformed> {
        // A kind that is not known, or too much of one that is: its text remains.
        let rich = match input.raw()? {
            Message::Binary(bytes) => Rich::read(&mut BinaryInput::new(&bytes)),
            Message::Text(text) => Rich::read(&mut JsonInput::new(&text)),
        };
        Ok(Self(rich.ok().filter(is_sound)))
    }
}

/// Whether it is within the limits, and leads where it may.
pub fn is_sound(rich: &Rich) -> bool {
    let few = |count: usize| (1..=OFFER_LIMIT).contains(&count);
    let choices = |choices: &[Choice]| few(choices.len()) && choices.iter().all(|choice| !choice.label.is_empty());
    match rich {
        Rich::Choices(offered) => choices(&offered.choices),
        Rich::Cards(offered) => {
            few(offered.cards.len())
                && offered.cards.iter().all(|card| {
                    card.image.as_deref().is_none_or(is_secure)
                        && card.buttons.len() <= OFFER_LIMIT
                        && card.buttons.iter().all(|button| button.link.as_deref().is_none_or(is_link))
                })
        }
        Rich::Form(form) => {
            few(form.fields.len())
                && form.fields.iter().all(|field| match field.kind {
                    FieldKind::Choice => choices(&field.choices),
                    _ => !field.name.is_empty(),
                })
        }
        Rich::Video(video) => is_secure(&video.address),
    }
}

/// Names a host, perhaps with a port, and nobody before it; by https, or of this machine, which browsers hold for as secure.
fn is_secure(address: &str) -> bool {
    let local = || {
        let rest = address.strip_prefix("http://")?;
        let after = rest.strip_prefix("localhost").or_else(|| rest.strip_prefix("127.0.0.1"))?;
        after.starts_with([':', '/']).then_some(rest)
    };
    let Some(rest) = address.strip_prefix("https://").or_else(local) else { return false };
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || !byte.is_ascii();
    let mut authority = rest.as_bytes().iter().take_while(|byte| !b"/?#".contains(byte));
    authority.next().is_some_and(is_name)
        && authority.all(|byte| is_name(byte) || b".-_:".contains(byte))
        && is_plain(address)
}

fn is_link(address: &str) -> bool {
    let known = ["https://", "http://", "mailto:", "tel:"];
    known.iter().any(|scheme| address.starts_with(scheme)) && is_plain(address)
}

/// Nothing that is not seen, and nothing that turns what is around it.
fn is_plain(address: &str) -> bool {
    address.chars().all(|char| char.is_ascii_graphic() || !char.is_ascii() && char.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::super::{Encoding, encode};
    use super::*;

    fn read(json: &str) -> Option<Rich> {
        Offered::read(&mut JsonInput::new(json)).expect("a record").0
    }

    #[test]
    fn a_kind_that_is_not_known_or_not_sound_is_passed_over() {
        for good in [
            "https://v.example/1",
            "https://v.example:8443?v=1:2",
            "https://お茶.example#[",
            "https://127.0.0.1/@",
            "http://localhost:7701/1",
            "http://127.0.0.1/1",
        ] {
            assert!(read(&format!(r#"{{"video":{{"title":"a","address":"{good}"}}}}"#)).is_some(), "{good}");
        }
        for bad in [
            r#"{"hologram":{"address":"https://v.example/1"}}"#,
            r#"{"video":{"title":"a","address":"javascript:alert(1)"}}"#,
            r#"{"video":{"title":"a","address":"http://v.example/1"}}"#,
            r#"{"video":{"title":"a","address":"http://localhost.v.example/1"}}"#,
            r#"{"video":{"title":"a","address":"http://localhost:1@v.example/1"}}"#,
            r#"{"video":{"title":"a","address":"https://"}}"#,
            r#"{"video":{"title":"a","address":"https:///1"}}"#,
            r#"{"video":{"title":"a","address":"https://["}}"#,
            r#"{"video":{"title":"a","address":"https://:443/1"}}"#,
            r#"{"video":{"title":"a","address":"https://v.example%/1"}}"#,
            r#"{"video":{"title":"a","address":"https://bank.example@v.example/1"}}"#,
            r#"{"video":{"title":"a","address":"https://v.example/ 1"}}"#,
            r#"{"cards":{"cards":[]}}"#,
            r#"{"cards":{"cards":[{"title":"a","buttons":[{"label":"b","link":"javascript:alert(1)"}]}]}}"#,
            r#"{"cards":{"cards":[{"title":"a","image":"https://a.example/ \u202e"}]}}"#,
            r#"{"choices":{"choices":[{"label":""}]}}"#,
            r#"{"form":{"fields":[{"name":"a","label":"b","kind":"choice"}]}}"#,
            r#"{"form":{"fields":[{"name":"a","label":"b","kind":"password"}]}}"#,
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    wire_record! {
        /// Something that holds it.
        pub struct Holder {
            /// It.
            1 rich "rich": Offered,
        }
    }

    #[test]
    fn what_is_passed_over_stays_so_when_it_is_said_again() {
        for encoding in [Encoding::Binary, Encoding::Json] {
            let holder = Holder { rich: Offered(None) };
            let again = match encode(&holder, encoding) {
                Message::Binary(bytes) => Holder::read(&mut BinaryInput::new(&bytes)),
                Message::Text(text) => Holder::read(&mut JsonInput::new(&text)),
            };
            assert_eq!(again, Ok(holder));
        }
    }
}
