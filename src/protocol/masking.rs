//! What the customer has masked at the hub, besides what pages say themselves.

use super::codec::{wire_choice, wire_record};

wire_choice! {
    /// What a rule does with an element, as `data-alongside` does.
    pub enum MaskMark {
        /// Text and values are masked.
        1 Mask "mask",
        /// A box of the same size stands in for it.
        2 Block "block",
        /// It is left out.
        3 Hide "hide",
        /// Fields are shown; in a page that is private by default, text is too. Wins over no other mark of the same element.
        4 Show "show",
        /// It is seen, and no agent may act on it.
        5 ReadOnly "readonly",
    }
}

wire_record! {
    /// One rule.
    pub struct MaskRule {
        /// What is done.
        1 mark "mark": MaskMark,
        /// With which elements: a CSS selector.
        2 selector "selector": String,
        /// In which pages: a page rule such as `starts /account`; in all where absent.
        3 page "page": Option<String>,
    }
}

wire_record! {
    /// All rules of a deployment. What is in them is checked by `cobrowse::MaskRules`.
    pub struct Masking {
        /// Whether everything is masked where nothing says `show`. A page that is so by itself stays so.
        1 is_private "private": bool,
        /// In no order: they are added up.
        2 rules "rules": Vec<MaskRule>,
    }
}
