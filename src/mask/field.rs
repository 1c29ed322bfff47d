//! What the value of a form's field is worth hiding.

use super::policy::Treatment;
use super::{mask_layout, show_text};
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

    /// What the field is from now on, where it was `self`: who shows a password, or what a hidden field holds, has not made it public.
    #[must_use]
    pub const fn becomes(self, now: Self) -> Self {
        match (self, now) {
            (Self::Secret, _) | (Self::Unseen, Self::Typed | Self::Button) => Self::Secret,
            _ => now,
        }
    }

    /// The value as it may be sent.
    pub fn mask(self, treatment: Treatment, value: &str) -> Option<MaskedText> {
        match self {
            Self::None | Self::Unseen => None,
            Self::Secret if value.is_empty() => Some(MaskedText::default()),
            Self::Secret => Some(MaskedText::vouch_mirrored(SECRET.to_owned())),
            Self::Button if treatment.shows_text() => Some(show_text(value)),
            Self::Typed | Self::Files if treatment.shows_values() => Some(show_text(value)),
            Self::Button | Self::Typed | Self::Files => Some(mask_layout(value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_shown_only_where_the_customer_says_so_and_a_secret_never() {
        for (name, kind, autocomplete, open, shown) in [
            ("input", None, None, Some("Xxx 0"), Some("Ann 4")),
            ("textarea", None, None, Some("Xxx 0"), Some("Ann 4")),
            ("input", Some("submit"), None, Some("Ann 4"), Some("Ann 4")),
            ("input", Some("PASSWORD"), None, Some(SECRET), Some(SECRET)),
            ("input", Some("text"), Some("shipping cc-number"), Some(SECRET), Some(SECRET)),
            ("input", Some("text"), Some("one-time-code"), Some(SECRET), Some(SECRET)),
            ("input", Some("file"), None, Some("Xxx 0"), Some("Ann 4")),
            ("input", Some("hidden"), None, None, None),
            ("input", Some("checkbox"), None, None, None),
            ("div", None, None, None, None),
        ] {
            let field = Field::of(name, kind, autocomplete);
            let masked = |treatment| field.mask(treatment, "Ann 4").map(|text| text.to_string());
            assert_eq!(masked(Treatment::Open).as_deref(), open, "{name} {kind:?}");
            assert_eq!(masked(Treatment::Shown).as_deref(), shown, "{name} {kind:?}");
        }
        assert_eq!(Field::Secret.becomes(Field::Typed), Field::Secret);
        assert_eq!(Field::Typed.becomes(Field::Secret), Field::Secret);
        assert_eq!(Field::Unseen.becomes(Field::Typed), Field::Secret);
        assert_eq!(Field::Typed.becomes(Field::Button), Field::Button);
    }
}
