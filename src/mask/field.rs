//! What the value of a form's field is worth hiding.

use super::policy::Treatment;
use super::{mask_shape, show_text};
use crate::protocol::MaskedText;

/// What stands for a secret, however long it is.
const SECRET: &str = "••••••••";

/// What kind of field an element is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Field {
    /// None: it has no value of its own.
    #[default]
    None,
    /// Something that a person typed or chose.
    Typed,
    /// A button: its value is its label.
    Button,
    /// A password, card or code: masked whatever the customer says.
    Secret,
    /// A choice of files: its value is their names, one a line.
    Files,
    /// Its value is for programs (`hidden`, a checkbox): never sent.
    Unseen,
    /// No field of a form: text that people write into the page. It has no value; what is in it is masked as values are.
    Edited,
}

impl Field {
    /// By the element's local name, and its attributes `type` and `autocomplete`.
    pub fn of(name: &str, kind: Option<&str>, autocomplete: Option<&str>) -> Self {
        let lower = |text: Option<&str>| text.unwrap_or_default().trim().to_ascii_lowercase();
        let is_secret = lower(autocomplete).split_ascii_whitespace().any(|token| {
            token.starts_with("cc-") || matches!(token, "one-time-code" | "new-password" | "current-password")
        });
        match (name, lower(kind).as_str()) {
            ("input", "password") => Self::Secret,
            ("input", "hidden" | "checkbox" | "radio" | "image") => Self::Unseen,
            ("input", "file") => Self::Files,
            ("input", "button" | "submit" | "reset") => Self::Button,
            ("input" | "textarea" | "select", _) if is_secret => Self::Secret,
            ("input" | "textarea" | "select", _) => Self::Typed,
            _ => Self::None,
        }
    }

    /// What an element that is no field of a form is, by its attributes `contenteditable` and `role`.
    pub fn of_text(editable: Option<&str>, role: Option<&str>) -> Self {
        let is_editable = editable.is_some_and(|word| {
            let word = word.trim();
            word.is_empty() || ["true", "plaintext-only"].iter().any(|on| word.eq_ignore_ascii_case(on))
        });
        let is_box = |role: &str| ["textbox", "searchbox"].iter().any(|word| role.eq_ignore_ascii_case(word));
        let has_role = role.is_some_and(|role| role.split_ascii_whitespace().any(is_box));
        if is_editable || has_role { Self::Edited } else { Self::None }
    }

    /// Whether agents do not see the value, where the element is treated like this.
    pub const fn hides_value(self, treatment: Treatment) -> bool {
        match self {
            Self::None | Self::Button => false,
            Self::Secret => true,
            Self::Typed | Self::Files | Self::Unseen | Self::Edited => !treatment.shows_values(),
        }
    }

    /// What the field is from now on, where it was `self`: who shows a password, or what a hidden field holds, has not made it public.
    #[must_use]
    pub const fn becomes(self, now: Self) -> Self {
        match (self, now) {
            (Self::Secret, _) | (Self::Unseen, Self::Typed | Self::Button) => Self::Secret,
            // Many pages let people write into a text only while they do.
            (Self::Edited, Self::None) => Self::Edited,
            _ => now,
        }
    }

    /// The value as it may be sent.
    pub fn mask(self, treatment: Treatment, value: &str) -> Option<MaskedText> {
        match self {
            Self::None | Self::Unseen | Self::Edited => None,
            Self::Secret if value.is_empty() => Some(MaskedText::default()),
            Self::Secret => Some(MaskedText::vouch_mirrored(SECRET.to_owned())),
            Self::Button if treatment.shows_text() => Some(show_text(value)),
            Self::Typed | Self::Files if treatment.shows_values() => Some(show_text(value)),
            Self::Button | Self::Typed | Self::Files => Some(mask_shape(value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_shown_only_where_the_customer_says_so_and_a_secret_never() {
        for (name, kind, autocomplete, open, shown) in [
            ("input", None, None, Some("Aaa 0"), Some("Ann 4")),
            ("textarea", None, None, Some("Aaa 0"), Some("Ann 4")),
            ("input", Some("submit"), None, Some("Ann 4"), Some("Ann 4")),
            ("input", Some("PASSWORD"), None, Some(SECRET), Some(SECRET)),
            ("input", Some("text"), Some("shipping cc-number"), Some(SECRET), Some(SECRET)),
            ("input", Some("text"), Some("one-time-code"), Some(SECRET), Some(SECRET)),
            ("input", Some("file"), None, Some("Aaa 0"), Some("Ann 4")),
            ("input", Some("hidden"), None, None, None),
            ("input", Some("checkbox"), None, None, None),
            ("div", None, None, None, None),
        ] {
            let field = Field::of(name, kind, autocomplete);
            let masked = |treatment| field.mask(treatment, "Ann 4").map(|text| text.to_string());
            assert_eq!(masked(Treatment::Open).as_deref(), open, "{name} {kind:?}");
            assert_eq!(masked(Treatment::Shown).as_deref(), shown, "{name} {kind:?}");
        }
        for (editable, role, field) in [
            (Some(""), None, Field::Edited),
            (Some("TRUE"), None, Field::Edited),
            (Some("plaintext-only"), None, Field::Edited),
            (None, Some("textbox"), Field::Edited),
            (Some("false"), Some("presentation SearchBox"), Field::Edited),
            (Some("false"), Some("button"), Field::None),
            (None, None, Field::None),
        ] {
            assert_eq!(Field::of_text(editable, role), field, "{editable:?} {role:?}");
            assert_eq!(field.mask(Treatment::Shown, "Ann"), None);
        }
        assert_eq!(Field::Edited.becomes(Field::None), Field::Edited);
        assert_eq!(Field::Secret.becomes(Field::Typed), Field::Secret);
        assert_eq!(Field::Typed.becomes(Field::Secret), Field::Secret);
        assert_eq!(Field::Unseen.becomes(Field::Typed), Field::Secret);
        assert_eq!(Field::Typed.becomes(Field::Button), Field::Button);
    }
}
