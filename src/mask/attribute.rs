//! What of an element's attributes may leave the page. An attribute that no list names is text that anybody may read.

use super::address::{UrlRules, scrub_url};
use super::detect::{is_long_decimal, private_ranges, written_cards};
use super::field::Field;
use super::layout::{mask_layout, mask_ranges, mask_shape};
use super::names::Names;
use super::policy::Treatment;
use super::sheet::rename_value;
use super::style::mask_css;
use crate::protocol::MaskedText;

/// What an attribute holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    /// How it looks and in what state it is: no text of the page's.
    Layout,
    /// The same, on an element of SVG; on any other it is text.
    Drawing,
    /// An address, or several.
    Address,
    /// Style declarations.
    Style,
    /// Anything else.
    Text,
    /// Code, credentials, or what the mirror does by other means: never sent.
    Never,
}

/// Attributes whose values are layout, state, or one of a few words. Sorted.
const LAYOUT: [&str; 150] = [
    "align",
    "allowfullscreen",
    "aria-atomic",
    "aria-autocomplete",
    "aria-busy",
    "aria-checked",
    "aria-colcount",
    "aria-colindex",
    "aria-colspan",
    "aria-controls",
    "aria-current",
    "aria-describedby",
    "aria-disabled",
    "aria-expanded",
    "aria-haspopup",
    "aria-hidden",
    "aria-invalid",
    "aria-labelledby",
    "aria-level",
    "aria-live",
    "aria-modal",
    "aria-multiline",
    "aria-multiselectable",
    "aria-orientation",
    "aria-owns",
    "aria-posinset",
    "aria-pressed",
    "aria-readonly",
    "aria-required",
    "aria-rowcount",
    "aria-rowindex",
    "aria-rowspan",
    "aria-selected",
    "aria-setsize",
    "aria-sort",
    "autocapitalize",
    "autocomplete",
    "autofocus",
    "bgcolor",
    "border",
    "cellpadding",
    "cellspacing",
    "checked",
    "class",
    "clip-path",
    "clip-rule",
    "clipPathUnits",
    "color",
    "cols",
    "colspan",
    "contenteditable",
    "controls",
    "cx",
    "cy",
    "d",
    "default",
    "dir",
    "disabled",
    "display",
    "dominant-baseline",
    "draggable",
    "dx",
    "dy",
    "enterkeyhint",
    "exportparts",
    "fill",
    "fill-opacity",
    "fill-rule",
    "font-family",
    "font-size",
    "font-weight",
    "for",
    "fr",
    "fx",
    "fy",
    "gradientTransform",
    "gradientUnits",
    "headers",
    "height",
    "hidden",
    "id",
    "inert",
    "inputmode",
    "is",
    "ismap",
    "lang",
    "list",
    "loading",
    "loop",
    "mask",
    "mathvariant",
    "max",
    "maxlength",
    "media",
    "method",
    "min",
    "minlength",
    "multiple",
    "muted",
    "noshade",
    "novalidate",
    "nowrap",
    "offset",
    "opacity",
    "open",
    "part",
    "patternUnits",
    "points",
    "popover",
    "preserveAspectRatio",
    "r",
    "readonly",
    "rel",
    "required",
    "reversed",
    "role",
    "rows",
    "rowspan",
    "rx",
    "ry",
    "scope",
    "selected",
    "shape",
    "size",
    "sizes",
    "slot",
    "span",
    "spellcheck",
    "start",
    "step",
    "stop-color",
    "stroke",
    "stroke-width",
    "tabindex",
    "target",
    "text-anchor",
    "transform",
    "type",
    "valign",
    "viewBox",
    "width",
    "wrap",
    "x",
    "x1",
    "x2",
    "xml:lang",
    "xmlns",
    "y",
    "y1",
    "y2",
];

/// The same, on an element of SVG: on others they are attributes of the page's own, and hold what it likes.
const DRAWING: [&str; 36] = [
    "filter",
    "filterUnits",
    "font-style",
    "letter-spacing",
    "marker-end",
    "marker-mid",
    "marker-start",
    "markerHeight",
    "markerUnits",
    "markerWidth",
    "maskUnits",
    "orient",
    "overflow",
    "paint-order",
    "pathLength",
    "patternContentUnits",
    "patternTransform",
    "pointer-events",
    "refX",
    "refY",
    "shape-rendering",
    "spreadMethod",
    "startOffset",
    "stdDeviation",
    "stop-opacity",
    "stroke-dasharray",
    "stroke-dashoffset",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-miterlimit",
    "stroke-opacity",
    "text-decoration",
    "textLength",
    "vector-effect",
    "visibility",
    "word-spacing",
];

/// Those of them that hold coordinates.
const COORDINATES: [&str; 7] =
    ["d", "gradientTransform", "patternTransform", "points", "style", "transform", "viewBox"];

/// Those of them that hold a number or some, which programs reckon to many places.
const NUMBERS: [&str; 32] = [
    "cx",
    "cy",
    "dx",
    "dy",
    "fill-opacity",
    "font-size",
    "fr",
    "fx",
    "fy",
    "height",
    "letter-spacing",
    "offset",
    "opacity",
    "pathLength",
    "r",
    "rx",
    "ry",
    "startOffset",
    "stdDeviation",
    "stop-opacity",
    "stroke-dasharray",
    "stroke-dashoffset",
    "stroke-opacity",
    "stroke-width",
    "textLength",
    "width",
    "x",
    "x1",
    "x2",
    "y",
    "y1",
    "y2",
];

/// Those of them that hold names of the page's own things, with white space between them. Sorted.
const NAME_LISTS: [&str; 12] = [
    "aria-controls",
    "aria-describedby",
    "aria-labelledby",
    "aria-owns",
    "class",
    "exportparts",
    "for",
    "headers",
    "id",
    "list",
    "part",
    "slot",
];

/// Those of them that are left out where text is masked: choices, bounds of what may be typed, and what no replica needs.
const TELLING: [&str; 8] = ["checked", "is", "max", "min", "selected", "step", "xml:lang", "xmlns"];

/// Attributes that hold addresses.
const ADDRESSES: [&str; 9] = ["background", "cite", "data", "href", "poster", "src", "srcset", "usemap", "xlink:href"];

/// Attributes that are never sent: code, credentials, documents as text, and where forms go.
const NEVER: [&str; 13] = [
    "action",
    "attributionsrc",
    "crossorigin",
    "csp",
    "data-alongside",
    "formaction",
    "http-equiv",
    "integrity",
    "nonce",
    "ping",
    "referrerpolicy",
    "sandbox",
    "srcdoc",
];

/// Attributes of a field that say what it is for.
const LABELS: [&str; 10] = [
    "accept",
    "alt",
    "aria-description",
    "aria-label",
    "aria-placeholder",
    "aria-roledescription",
    "label",
    "name",
    "pattern",
    "placeholder",
];

/// What programs write beside a field to say how it is: styles ask for it.
const STATES: [&str; 24] = [
    "",
    "true",
    "false",
    "on",
    "off",
    "active",
    "checked",
    "unchecked",
    "indeterminate",
    "closed",
    "open",
    "dirty",
    "disabled",
    "enabled",
    "empty",
    "filled",
    "error",
    "focus",
    "focused",
    "invalid",
    "valid",
    "loading",
    "required",
    "touched",
];

/// Scripts in names of languages (ISO 15924).
const SCRIPTS: [&str; 14] =
    ["Arab", "Cyrl", "Deva", "Grek", "Hans", "Hant", "Hebr", "Hira", "Jpan", "Kana", "Kore", "Latn", "Mong", "Thai"];

/// Digits of a number that says where something is or how large.
pub(super) const PLACE_DIGITS: usize = 5;

/// Schemes of addresses that a replica may show.
const SCHEMES: [&str; 3] = ["http:", "https:", "blob:"];

/// Of links to these the scheme is shown, and nothing else: rules ask for them to put a sign before.
const SIGNED_SCHEMES: [&str; 3] = ["mailto:", "tel:", "sms:"];

/// A link that leads nowhere is a link nevertheless, and looks like one.
const NOWHERE: &str = "#";

fn content(name: &str) -> Content {
    let starts = |prefix: &str| name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    if starts("on") || NEVER.iter().any(|never| name.eq_ignore_ascii_case(never)) {
        Content::Never
    } else if ADDRESSES.iter().any(|address| name.eq_ignore_ascii_case(address)) {
        Content::Address
    } else if name.eq_ignore_ascii_case("style") {
        Content::Style
    } else if LAYOUT.contains(&name) {
        Content::Layout
    } else if DRAWING.contains(&name) {
        Content::Drawing
    } else {
        Content::Text
    }
}

/// Whether an attribute with that value is one that could have been told: asked again where it arrives.
pub fn may_be_told(name: &str, value: &str) -> bool {
    match content(name) {
        Content::Never => false,
        Content::Address => is_shown_address(value),
        Content::Layout | Content::Drawing | Content::Style | Content::Text => true,
    }
}

/// Whether an address has no scheme, or one that a replica may show. The value has no white space around it.
fn is_shown_address(value: &str) -> bool {
    let scheme_end =
        value.find([':', '/', '?', '#']).filter(|at| value.get(*at..).is_some_and(|rest| rest.starts_with(':')));
    match scheme_end.and_then(|at| value.get(..=at)) {
        Some(scheme) => {
            SCHEMES.iter().any(|allowed| scheme.eq_ignore_ascii_case(allowed))
                || SIGNED_SCHEMES.contains(&value)
                || is_image(value)
        }
        None => true,
    }
}

/// Whether an attribute holds layout or state only, where it stands on the element that it is for.
pub(super) fn is_layout(name: &str) -> bool {
    matches!(content(name), Content::Layout | Content::Drawing)
}

/// What is known of an attribute by its name: looked up once, for all its values.
#[derive(Clone, Copy, Debug)]
pub struct AttributeRule {
    content: Content,
    shown: Shown,
    /// People see or hear it.
    is_readable: bool,
}

impl AttributeRule {
    /// The rule for the attribute of that name.
    pub fn of(name: &str) -> Self {
        // Values of fields are no business of this rule: the encoder tells them as a state.
        let content = if name == "value" { Content::Never } else { content(name) };
        Self { content, shown: Shown::of(name), is_readable: readable(name) }
    }

    /// The rule for it on an element of SVG.
    pub fn of_svg(self) -> Self {
        let content = if self.content == Content::Drawing { Content::Layout } else { self.content };
        Self { content, ..self }
    }

    /// What was told of a field that has become a secret since; `None` where it is as it may be told.
    pub fn mask_again(self, told: &str) -> Option<Option<MaskedText>> {
        let is_text = matches!(self.content, Content::Text | Content::Drawing);
        is_text.then(|| self.is_readable.then(|| mask_shape(told)))
    }

    /// As [`AttributeRule::mask`], of an element that is this field: pages write what was typed into `data-value`, `title` or
    /// `--value`. Where its value is hidden only labels are told as they are, of a secret not even those.
    pub fn mask_of(
        self,
        names: &mut Names,
        treatment: Treatment,
        field: Field,
        name: &str,
        value: &str,
    ) -> Option<MaskedText> {
        let is_telling = match self.content {
            Content::Style => true,
            Content::Text | Content::Drawing if field == Field::Secret => true,
            Content::Text | Content::Drawing => !LABELS.contains(&name) && !STATES.contains(&value),
            _ => false,
        };
        let treatment = if is_telling && field.hides_value(treatment) { Treatment::Masked } else { treatment };
        self.mask(names, treatment, name, value)
    }

    /// The value as it may be sent, of the attribute of that `name`; `None` where the attribute is left out.
    pub fn mask(self, names: &mut Names, treatment: Treatment, name: &str, value: &str) -> Option<MaskedText> {
        let shows = treatment.shows_text();
        match self.content {
            Content::Never => None,
            Content::Layout if !shows || names.renames_all() => mask_look(names, shows, name, value),
            Content::Layout => {
                if name == "id" {
                    names.learn(value);
                }
                Some(self.shown.show(value))
            }
            Content::Address => mask_address(names, shows, value)
                .or_else(|| matches!(name, "href" | "xlink:href").then(|| mask_link(shows, value))),
            Content::Style => Some(mask_css(names, shows, value)),
            Content::Text | Content::Drawing if shows => Some(show_text(value)),
            // Their words take room in the page.
            Content::Text if matches!(name, "alt" | "label") => Some(mask_layout(value)),
            Content::Text | Content::Drawing => self.is_readable.then(|| mask_shape(value)),
        }
    }
}

/// As [`AttributeRule::mask`], by name.
pub fn mask_attribute(names: &mut Names, treatment: Treatment, name: &str, value: &str) -> Option<MaskedText> {
    AttributeRule::of(name).mask(names, treatment, name, value)
}

/// How something looks, with names renamed; where text is masked, with no word that HTML and CSS do not know.
fn mask_look(names: &mut Names, shows: bool, name: &str, value: &str) -> Option<MaskedText> {
    let told = match name {
        _ if is_name_list(name) => names.list(value),
        _ if shows && value.contains("url(") => rename_value(names, shows, name, value),
        _ if shows => return Some(Shown::of(name).show(value)),
        _ if COORDINATES.contains(&name) && is_drawing(value) => mask_drawing(value),
        _ if matches!(name, "lang" | "xml:lang") && is_language(value) => value.to_owned(),
        _ if COORDINATES.contains(&name) || TELLING.contains(&name) => return None,
        _ => rename_value(names, shows, name, value),
    };
    Some(MaskedText::vouch_mirrored(told))
}

/// How layout is shown: which long numbers in it stand there by chance.
#[derive(Clone, Copy, Debug)]
enum Shown {
    /// None.
    Text,
    /// Decimal ones.
    Numbers,
    /// All but cards that are written as cards are.
    Drawing,
}

impl Shown {
    fn of(name: &str) -> Self {
        match name {
            _ if COORDINATES.contains(&name) => Self::Drawing,
            _ if NUMBERS.contains(&name) => Self::Numbers,
            _ => Self::Text,
        }
    }

    fn show(self, value: &str) -> MaskedText {
        match self {
            Self::Text => show_text(value),
            Self::Numbers => MaskedText::vouch_mirrored(show_numbers(value)),
            Self::Drawing => MaskedText::vouch_mirrored(mask_ranges(value, &written_cards(value))),
        }
    }
}

/// Numbers as they are, and all else, up to the next of them, as text.
fn show_numbers(value: &str) -> String {
    let (mut out, mut from, mut at) = (String::new(), 0, 0);
    for token in value.as_bytes().split(|byte| matches!(byte, b' ' | b',')) {
        let end = at + token.len();
        let token = value.get(at..end).unwrap_or_default();
        if is_long_decimal(token) {
            out.push_str(&show_text(value.get(from..at).unwrap_or_default()));
            out.push_str(token);
            from = end;
        }
        at = end + 1;
    }
    out.push_str(&show_text(value.get(from..).unwrap_or_default()));
    out
}

/// Whether an attribute holds names.
pub(super) fn is_name_list(name: &str) -> bool {
    NAME_LISTS.binary_search(&name).is_ok()
}

/// Whether it holds numbers, single letters, and functions that move things.
fn is_drawing(value: &str) -> bool {
    let mut words = value.split(|char: char| !char.is_ascii_alphabetic() && char.is_ascii());
    words.all(|word| {
        word.len() < 2 || matches!(word, "matrix" | "rotate" | "scale" | "skewX" | "skewY" | "translate" | "deg" | "px")
    })
}

/// A drawing where text is masked, with no number that has more digits than a place on a screen, and no card in groups.
fn mask_drawing(value: &str) -> String {
    let value = mask_ranges(value, &written_cards(value));
    let mut out = String::with_capacity(value.len());
    let mut rest = value.as_str();
    while let Some(start) = rest.find(|char: char| char.is_ascii_digit()) {
        let (before, number) = rest.split_at(start);
        let length = number.find(|char: char| !char.is_ascii_digit()).unwrap_or(number.len());
        let (number, after) = number.split_at(length);
        out.push_str(before);
        out.push_str(if length > PLACE_DIGITS && !before.ends_with('.') { "0" } else { number });
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Whether it is a language as BCP 47 writes one, of at most a language, a script that many pages name, and a region.
fn is_language(value: &str) -> bool {
    value.split('-').enumerate().all(|(at, part)| {
        let is_word = part.bytes().all(|byte| byte.is_ascii_alphabetic());
        let is_script = || SCRIPTS.iter().any(|script| part.eq_ignore_ascii_case(script));
        is_word && (part.len() == 2 || if at == 0 { part.len() == 3 } else { is_script() })
    })
}

/// Text that is shown, but for card numbers and bank accounts in it.
pub fn show_text(text: &str) -> MaskedText {
    MaskedText::vouch_mirrored(mask_ranges(text, &private_ranges(text)))
}

/// Text that is shown, but for these ranges of bytes; they are in order.
pub fn show_ranges(text: &str, private: &[core::ops::Range<usize>]) -> MaskedText {
    MaskedText::vouch_mirrored(mask_ranges(text, private))
}

/// Attributes that people see or hear: masked they still take room; others would only mislead.
fn readable(name: &str) -> bool {
    matches!(name, "alt" | "aria-description" | "aria-label" | "aria-valuetext" | "label" | "placeholder" | "title")
}

fn mask_address(names: &mut Names, shows: bool, value: &str) -> Option<MaskedText> {
    // Behind a picture's address is its size. No address has two lines.
    let (value, size) = value.split_once('\n').map_or((value, None), |(address, size)| (address, Some(size)));
    let value = value.trim();
    // What stands in this document.
    if let Some(name) = value.strip_prefix('#') {
        return match shows && !names.renames_all() {
            true => Some(show_text(value)),
            false => Some(MaskedText::vouch_mirrored(["#", &names.name(name)].concat())),
        };
    }
    if !shows {
        return size.map(mask_picture);
    }
    match is_shown_address(value) {
        false => None,
        true if is_image(value) => Some(MaskedText::vouch_mirrored(show_image(value))),
        true => Some(scrub_url(value, &UrlRules { keeps_fragment: true, excluded: Vec::new() })),
    }
}

/// What is told of a link in the place of its address.
fn mask_link(shows: bool, value: &str) -> MaskedText {
    let is_of =
        |scheme: &&&str| value.trim_start().get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    MaskedText::vouch_mirrored(SIGNED_SCHEMES.iter().filter(|_| shows).find(is_of).unwrap_or(&NOWHERE).to_string())
}

/// A picture that takes the room of one of that size, and shows nothing; its words do where there is none.
fn mask_picture(size: &str) -> MaskedText {
    let is_side =
        |side: &str| side.len() <= PLACE_DIGITS && side != "0" && side.bytes().all(|byte| byte.is_ascii_digit());
    MaskedText::vouch_mirrored(match size.split_once(' ') {
        Some((width, height)) if is_side(width) && is_side(height) => {
            let start = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='";
            [start, width, "' height='", height, "'/>"].concat()
        }
        _ => "data:image/png,".to_owned(),
    })
}

/// An image in the address itself; one that is written as text may hold words.
pub(super) fn show_image(value: &str) -> String {
    let is_text = value.split(',').next().is_some_and(|head| !head.contains(";base64"));
    if is_text { mask_ranges(value, &written_cards(value)) } else { value.to_owned() }
}

/// Images in the address itself. In an image no SVG runs a script; the replica draws them nowhere else.
pub(super) fn is_image(value: &str) -> bool {
    ["data:image/svg+xml", "data:image/png", "data:image/jpeg", "data:image/gif", "data:image/webp", "data:image/avif"]
        .iter()
        .any(|kind| value.get(..kind.len()).is_some_and(|start| start.eq_ignore_ascii_case(kind)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mask::Policy;
    use Treatment::{Masked, Open};

    #[test]
    fn an_attribute_that_no_list_names_is_text() {
        for (treatment, name, value, sent) in [
            (Open, "class", "on off", Some("on off")),
            (Masked, "class", "on  on", Some("on  on")),
            (Masked, "title", "Ann Lee", Some("Aaa Aaa")),
            (Masked, "alt", "will", Some("iiaa")),
            (
                Masked,
                "src",
                "https://shop.example/ann.png\n200 100",
                Some("data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='200' height='100'/>"),
            ),
            (Masked, "src", "https://shop.example/ann.png\n0 0", Some("data:image/png,")),
            (Masked, "src", "https://shop.example/ann.png\n200 '", Some("data:image/png,")),
            (Masked, "src", "https://shop.example/ann.png", None),
            (Open, "src", "https://shop.example/a.png\n200 100", Some("https://shop.example/a.png")),
            (Open, "title", "Ann Lee", Some("Ann Lee")),
            (Masked, "data-customer", "Ann", None),
            (Open, "data-customer", "Ann", Some("Ann")),
            (Open, "data-card", "4111111111111111", Some("0000000000000000")),
            (Open, "onclick", "steal()", None),
            (Open, "ONLOAD", "steal()", None),
            (Open, "srcdoc", "<p>", None),
            (Open, "value", "secret", None),
            (Open, "href", "javascript:steal()", Some("#")),
            (Open, "href", " JaVaScRiPt:steal()", Some("#")),
            (Open, "href", " MailTo:ann@shop.example?subject=tea", Some("mailto:")),
            (Masked, "href", "mailto:ann@shop.example", Some("#")),
            (Open, "xlink:href", "tel:+4930123456", Some("tel:")),
            (Open, "href", "callto:ann", Some("#")),
            (Open, "href", "/tea?q=1&token=abc", Some("/tea?q=1&token=[removed]")),
            (Open, "href", "https://ann:pw@shop.example/a", Some("https://shop.example/a")),
            (Masked, "href", "/orders/ann", Some("#")),
            (Masked, "xlink:href", "#on", Some("#on")),
            (Open, "src", "data:text/html,<script>", None),
            (Open, "src", "data:application/xhtml+xml,<svg onload=x>", None),
            (Open, "src", "data:image/png;base64,AAAA", Some("data:image/png;base64,AAAA")),
            (Masked, "style", "color: red; --on: on", Some("color: red; --on: on")),
            (Masked, "role", "button", Some("button")),
            (Masked, "lang", "en-GB", Some("en-GB")),
            (Masked, "d", "M0,0 L10.5-3z", Some("M0,0 L10.5-3z")),
            (Masked, "d", "M0 Ann", None),
            (Masked, "d", "M19840712 3.14159265 L99999 0", Some("M0 3.14159265 L99999 0")),
            (Masked, "points", "4111 1111 1111 1111", Some("0000 0000 0000 0000")),
            (Open, "d", "M4111111111111111 1", Some("M0000000000000000 1")),
            (Open, "x", "370.75970643939394", Some("370.75970643939394")),
            (Open, "x", "1234.750643939396 1", Some("1234.750643939396 1")),
            (Open, "width", "4111111111111111", Some("0000000000000000")),
            (Open, "style", "left: 1234.750643939396px; top: 0", Some("left: 1234.750643939396px; top: 0")),
            (
                Open,
                "style",
                "transform: matrix(1, 0, 0, 1, 4111.11111111116, 0)",
                Some("transform: matrix(1, 0, 0, 1, 4111.11111111116, 0)"),
            ),
            (Open, "style", "--c: 4111.1111.1111.1111", Some("--c: 0000;0000;0000;0000")),
            (Masked, "stroke-linecap", "round", None),
            (Masked, "xml:lang", "de", Some("de")),
            (Masked, "xml:lang", "born 1984-07-12", None),
            (Open, "stroke-linecap", "round", Some("round")),
            (Open, "x", ".41111111111111116px, 5e-324", Some(".41111111111111116px, 5e-324")),
            (Open, "x", "DE89370400440532013000", Some("AA00000000000000000000")),
            (Open, "width", "4111.1111.1111.1111", Some("0000;0000;0000;0000")),
            (Open, "offset", "4111  1111  1111  1111", Some("0000  0000  0000  0000")),
            (Open, "r", "No.4111111111111111", Some("No.0000000000000000")),
            (Open, "cx", "4111.11111111 1111", Some("0000;00000000 0000")),
            (Open, "cx", "４１１１１１１１１１１１１１１１", Some("口口口口口口口口口口口口口口口口")),
            (Open, "d", "M12 2 2 7l10 5 10-5-10-5z", Some("M12 2 2 7l10 5 10-5-10-5z")),
            (Masked, "start", "19840712", Some("0")),
            (Masked, "width", "12345678", Some("0")),
            (Masked, "x", "19840712", Some("0")),
            (Masked, "aria-posinset", "19840712", Some("0")),
            (Masked, "width", "1920", Some("1920")),
            (Masked, "style", "--on: 48210.55; --on: 03012345; width: 1200px", Some("--on: 0; --on: 0; width: 1200px")),
            (Masked, "style", "--on: 1.25; --on: 1200px; --on: .33333", Some("--on: 1.25; --on: 1200px; --on: .333")),
            (
                Masked,
                "style",
                "counter-reset: on 4821; z-index: 2147483647",
                Some("counter-reset: on 0; z-index: 99999"),
            ),
            (
                Open,
                "style",
                "--c: 4111 1111 1111 1111; --i:DE89370400440532013000",
                Some("--c: 0000 0000 0000 0000; --i:AA00000000000000000000"),
            ),
            (Masked, "lang", "zh-Hant-TW", Some("zh-Hant-TW")),
            (
                Open,
                "src",
                "data:image/svg+xml,<text>4111 1111 1111 1111</text>",
                Some("data:image/svg+xml,<text>0000 0000 0000 0000</text>"),
            ),
            (Masked, "selected", "", None),
            (Masked, "for", "on", Some("on")),
            (Open, "style", "color: red; --who: ann", Some("color: red; --who: ann")),
        ] {
            let mut names = Names::new(Policy::default());
            names.learn("on");
            names.learn("--on");
            let masked = mask_attribute(&mut names, treatment, name, value);
            assert_eq!(masked.as_ref().map(|text| text.as_str()), sent, "{name}={value} {treatment:?}");
        }
    }

    #[test]
    fn what_draws_in_svg_is_text_elsewhere() {
        for (name, value) in [("stroke-linecap", "round"), ("stroke-dasharray", "1234.750643939396 4")] {
            for treatment in [Open, Masked] {
                let rule = AttributeRule::of(name).of_svg();
                let told = rule.mask(&mut Names::new(Policy::default()), treatment, name, value);
                assert_eq!(told.as_deref(), Some(value), "{name} {treatment:?}");
            }
        }
        for name in DRAWING {
            for value in ["born 1984-07-12", "030 1234 567", "52.520008, 13.404954", "84000"] {
                assert_eq!(mask_attribute(&mut Names::new(Policy::default()), Masked, name, value), None, "{name}");
                let field = AttributeRule::of(name);
                let told = field.mask_of(&mut Names::new(Policy::default()), Open, Field::Secret, name, value);
                assert_eq!((told, field.mask_again(value)), (None, Some(None)), "{name} of a secret");
            }
        }
    }

    #[test]
    fn what_a_hidden_value_may_be_repeated_in_is_masked_and_labels_are_not() {
        use Field::{Button, Secret, Typed};
        use Treatment::Shown;
        for (treatment, field, name, sent) in [
            (Open, Typed, "data-value", None),
            (Open, Typed, "who", None),
            (Open, Typed, "title", Some("Aaa")),
            (Open, Typed, "aria-valuetext", Some("Aaa")),
            (Open, Typed, "aria-valuenow", None),
            (Open, Typed, "placeholder", Some("Ann")),
            (Open, Typed, "aria-label", Some("Ann")),
            (Open, Secret, "placeholder", Some("Aaa")),
            (Open, Secret, "data-value", None),
            (Shown, Secret, "title", Some("Aaa")),
            (Shown, Typed, "data-value", Some("Ann")),
            (Open, Button, "data-value", Some("Ann")),
            (Open, Field::Edited, "data-value", None),
        ] {
            let told =
                AttributeRule::of(name).mask_of(&mut Names::new(Policy::default()), treatment, field, name, "Ann");
            assert_eq!(told.as_ref().map(|text| text.as_str()), sent, "{name} {treatment:?} {field:?}");
        }
        let of =
            |name, value| AttributeRule::of(name).mask_of(&mut Names::new(Policy::default()), Open, Typed, name, value);
        assert_eq!(of("data-state", "checked").as_deref(), Some("checked"));
        assert_eq!(of("style", "width: 4px; quotes: 'Ann' ''").as_deref(), Some("width: 4px; quotes: 'Aaa' ''"));
        assert_eq!(of("class", "wide").as_deref(), Some("wide"));
    }

    #[test]
    fn where_text_is_masked_no_word_of_the_page_s_own_is_told() {
        let mut names = Names::new(Policy::default());
        for name in LAYOUT.iter().chain(&DRAWING).chain(&ADDRESSES).chain(&["style", "title"]) {
            for value in ["Quorblat", "#Quorblat", "url(#Quorblat)", "a Quorblat-b", "9Quorblat", "x: 'Quorblat"] {
                let told = AttributeRule::of(name).of_svg().mask(&mut names, Masked, name, value);
                assert!(told.is_none_or(|told| !told.contains("Quor")), "{name}={value}");
            }
        }
    }

    #[test]
    fn a_language_has_no_other_words() {
        for (value, is) in [("en-Anna", false), ("sr-Latn", true), ("fil", true), ("anna", false), ("de-CH", true)] {
            assert_eq!(is_language(value), is, "{value}");
        }
    }

    #[test]
    fn the_list_of_layout_holds_no_address_and_nothing_that_is_never_sent() {
        for name in LAYOUT {
            assert_eq!(content(name), Content::Layout, "{name}");
        }
    }
}
