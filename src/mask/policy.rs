//! What of a mirrored page is shown: decided from the top of the page down.

use super::names::NameKey;

/// What the customer's attributes and selectors say of one element, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Marks(u8);

impl Marks {
    /// Text and values are masked.
    pub const MASK: Self = Self(1);
    /// A box of the same size stands in for it.
    pub const BLOCK: Self = Self(2);
    /// It is left out.
    pub const HIDE: Self = Self(4);
    /// Fields are shown as they are; in a page that is private by default, text is too.
    pub const SHOW: Self = Self(8);
    /// It is seen, and no agent may act on it.
    pub const READ_ONLY: Self = Self(16);
    /// It was a secret once, or people wrote into it. Said by the machine that tells the page, not by the customer.
    pub const SECRET: Self = Self(32);

    /// From bits; bits without a meaning are dropped.
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits & 63)
    }

    /// By the word in `data-alongside`; nothing for any other word.
    pub fn from_word(word: &str) -> Self {
        match word {
            "mask" => Self::MASK,
            "block" => Self::BLOCK,
            "hide" => Self::HIDE,
            "show" => Self::SHOW,
            "readonly" => Self::READ_ONLY,
            _ => Self::default(),
        }
    }

    /// Both.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether `mark` is one of them.
    pub const fn has(self, mark: Self) -> bool {
        self.0 & mark.0 != 0
    }
}

/// How one element and what is in it are treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treatment {
    /// Left out.
    Hidden,
    /// A box.
    Blocked,
    /// Text and values are masked.
    Masked,
    /// Text is shown; values of fields are masked.
    Open,
    /// Text and values are shown, as the customer said so.
    Shown,
}

/// What the customer chose for a whole page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Everything is masked where nothing says `show`.
    pub is_private_by_default: bool,
    /// What names are renamed with.
    pub key: NameKey,
}

impl Policy {
    /// The treatment of the document.
    pub const fn document(self) -> Treatment {
        if self.is_private_by_default { Treatment::Masked } else { Treatment::Open }
    }

    /// The treatment of an element with `marks` in a parent that is treated as `parent`.
    ///
    /// On one element `hide` wins over `block`, that over `mask`, that over `show`. What is masked stays masked further in,
    /// save in a page that is private by default: there the nearer mark wins.
    pub const fn element(self, parent: Treatment, marks: Marks) -> Treatment {
        if matches!(parent, Treatment::Hidden) || marks.has(Marks::HIDE) {
            return Treatment::Hidden;
        }
        if matches!(parent, Treatment::Blocked) || marks.has(Marks::BLOCK) {
            return Treatment::Blocked;
        }
        let stays_masked = matches!(parent, Treatment::Masked) && !self.is_private_by_default;
        if marks.has(Marks::MASK) || stays_masked {
            return Treatment::Masked;
        }
        if marks.has(Marks::SHOW) { Treatment::Shown } else { parent }
    }
}

impl Treatment {
    /// Whether text is shown as it is.
    pub const fn shows_text(self) -> bool {
        matches!(self, Self::Open | Self::Shown)
    }

    /// Whether values of fields are shown as they are.
    pub const fn shows_values(self) -> bool {
        matches!(self, Self::Shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Treatment::{Blocked, Hidden, Masked, Open, Shown};

    #[test]
    fn the_marks_of_an_element_and_its_parents_decide() {
        let (open, private) = (Policy::default(), Policy { is_private_by_default: true, ..Policy::default() });
        let marks = |words: &str| words.split(' ').map(Marks::from_word).fold(Marks::default(), Marks::with);
        for (policy, path, treatment) in [
            (open, "", Open),
            (open, "mask", Masked),
            (open, "mask/show", Masked),
            (open, "show", Shown),
            (open, "show/mask", Masked),
            (open, "mask show", Masked),
            (open, "block/show", Blocked),
            (open, "hide/block", Hidden),
            (open, "block hide", Hidden),
            (open, "readonly", Open),
            (private, "", Masked),
            (private, "show", Shown),
            (private, "mask/show", Shown),
            (private, "show/mask", Masked),
            (private, "show/mask/show", Shown),
            (private, "mask show", Masked),
            (private, "show/block", Blocked),
        ] {
            let treated = path.split('/').fold(policy.document(), |parent, words| policy.element(parent, marks(words)));
            assert_eq!(treated, treatment, "{path} {policy:?}");
        }
    }
}
