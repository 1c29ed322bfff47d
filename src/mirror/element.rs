//! What of an element may be told.

use super::reading::{ElementReading, ElementRule, ReadName};
use super::told::Told;
use crate::mask::{Field, Marks, Names, Policy, Treatment, mask_attribute, show_text};
use crate::protocol::MaskedText;
use crate::protocol::mirror::{Element, MIRROR_ATTRIBUTES, Name, Namespace, NodeKind};

/// What stands for elements that are code.
pub(super) const CODE: &str = "script";

/// As the policy says, by what a node is.
pub(super) fn treat(policy: Policy, above: Treatment, own: &Told, kind: &NodeKind) -> Treatment {
    let name = if let NodeKind::Element(element) = kind { element.name.as_str() } else { "" };
    treat_element(policy, above, own, name)
}

/// As the policy says; but what may be chosen in a list that is a secret, and is, no mark shows, and what people write is masked as the
/// values of fields are.
pub(super) fn treat_element(policy: Policy, above: Treatment, own: &Told, name: &str) -> Treatment {
    match policy.element(above, own.marks) {
        treatment if treatment.shows_text() && name == "select" && own.marks.has(Marks::SECRET) => Treatment::Masked,
        Treatment::Open if own.field == Field::Edited => Treatment::Masked,
        treatment => treatment,
    }
}

/// The element as it may be told. Of code, and of what would act on the agent's page, only where it stands: rules count it.
pub(super) fn element_of(
    names: &mut Names,
    treatment: Treatment,
    field: Field,
    element: &ElementReading<'_>,
) -> Option<Element> {
    if element.name.element == ElementRule::Never {
        return Some(Element { namespace: Namespace::Html, name: Name::new(CODE)?, attributes: Vec::new() });
    }
    // What has no name that could be told is seen all the same.
    let name = element.name.name.clone().or_else(|| Name::new("unknown"))?;
    let name = if treatment.shows_text() { name } else { Name::new(&names.element(name.as_str()))? };
    let rule = element.name.element.within(element.namespace);
    let mut attributes = Vec::with_capacity(element.attributes.len().min(MIRROR_ATTRIBUTES));
    for (name, value) in element.attributes.iter().take(MIRROR_ATTRIBUTES) {
        if let (Some(held), Some(value)) = (&name.name, attribute_value(names, treatment, field, rule, name, value)) {
            attributes.push((held.clone(), value));
        }
    }
    Some(Element { namespace: element.namespace, name, attributes })
}

/// An attribute as it may be told; that of a gauge is what it shows, and by some others elements and sheets find each other.
pub(super) fn attribute_value(
    names: &mut Names,
    treatment: Treatment,
    field: Field,
    rule: ElementRule,
    name: &ReadName,
    value: &str,
) -> Option<MaskedText> {
    match rule {
        ElementRule::Gauge if name.is("value") => return treatment.shows_text().then(|| show_text(value)),
        ElementRule::Slot if name.is("name") => return mask_attribute(names, treatment, "slot", value),
        ElementRule::Sheet if name.is("title") => return mask_attribute(names, treatment, "slot", value),
        _ => {}
    }
    let text = name.name.as_ref()?.as_str();
    let attribute = if rule == ElementRule::Svg { name.attribute.of_svg() } else { name.attribute };
    match field {
        Field::None => attribute.mask(names, treatment, text, value),
        _ => attribute.mask_of(names, treatment, field, text, value),
    }
}

/// What kind of field was read.
pub(super) fn field_read(element: &ElementReading<'_>) -> Field {
    let attribute = |wanted| element.attributes.iter().find(|(name, _)| name.is(wanted)).map(|(_, value)| *value);
    let name = element.name.name.as_ref().map_or("", Name::as_str);
    match element.name.element {
        ElementRule::Field => Field::of(name, attribute("type"), attribute("autocomplete")),
        _ if element.attributes.iter().any(|(name, _)| name.edits) => {
            Field::of_text(attribute("contenteditable"), attribute("role"))
        }
        _ => Field::None,
    }
}

/// What kind of field an element is by what was told of it.
pub(super) fn field_of(element: &Element) -> Field {
    let attribute =
        |wanted| element.attributes.iter().find(|(name, _)| name.as_str() == wanted).map(|(_, value)| value.as_str());
    match Field::of(element.name.as_str(), attribute("type"), attribute("autocomplete")) {
        Field::None => Field::of_text(attribute("contenteditable"), attribute("role")),
        field => field,
    }
}
