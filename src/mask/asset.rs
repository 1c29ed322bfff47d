//! Which pictures and fonts a shown part of the page names. What is masked names none.

use super::address::{UrlRules, scrub_url};
use crate::protocol::MaskedText;

/// The addresses of pictures in an attribute.
pub fn picture_addresses<'a>(element: &str, name: &str, value: &'a str) -> Vec<&'a str> {
    let is_one = match name {
        "src" => matches!(element, "img" | "input"),
        "poster" => element == "video",
        "href" | "xlink:href" if element != "use" => matches!(element, "image" | "feImage"),
        // Of a drawing that has a file of its own, a part.
        "href" | "xlink:href" if element == "use" => {
            return value.split('#').next().and_then(fetched).into_iter().collect();
        }
        "background" => true,
        "srcset" if matches!(element, "img" | "source") => {
            return value.split(", ").filter_map(|candidate| fetched(candidate.split_whitespace().next()?)).collect();
        }
        _ => false,
    };
    fetched(value).filter(|_| is_one).into_iter().collect()
}

/// The addresses in style rules or declarations; quotes and escapes in them are percent-encoded.
pub fn css_addresses(css: &str) -> Vec<&str> {
    let named = css.split("url(").skip(1).filter_map(|rest| rest.split(')').next());
    named.filter_map(|address| fetched(address.trim_matches([' ', '"', '\'']))).collect()
}

/// The address as it is told where text is shown.
pub fn show_address(address: &str) -> MaskedText {
    scrub_url(address, &UrlRules { keeps_fragment: true, excluded: Vec::new() })
}

/// The address, where it names something that can be fetched.
fn fetched(address: &str) -> Option<&str> {
    // Behind a picture's is its size.
    let address = address.split_once('\n').map_or(address, |(address, _)| address).trim();
    ["http:", "https:", "blob:"].iter().any(|scheme| address.starts_with(scheme)).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mask::{Names, Policy, Treatment, mask_attribute, mask_css};

    #[test]
    fn pictures_are_named_by_elements_that_show_them() {
        for (element, name, value, expected) in [
            ("img", "src", " https://s.test/a.png ", &["https://s.test/a.png"][..]),
            ("img", "srcset", "https://s.test/a.png 1x, blob:x 2x", &["https://s.test/a.png", "blob:x"]),
            ("image", "xlink:href", "https://s.test/a.svg", &["https://s.test/a.svg"]),
            ("video", "poster", "https://s.test/a.png", &["https://s.test/a.png"]),
            ("use", "href", "https://s.test/a.svg#b", &["https://s.test/a.svg"]),
            ("use", "href", "#b", &[]),
            ("a", "href", "https://s.test/orders", &[]),
            ("iframe", "src", "https://s.test/", &[]),
            ("script", "src", "https://s.test/a.js", &[]),
            ("img", "src", "data:image/png;base64,AAAA", &[]),
            ("img", "src", "javascript:steal()", &[]),
        ] {
            assert_eq!(picture_addresses(element, name, value), expected, "{element} {name}");
        }
        let css = "a { background: url(\"https://s.test/a.png\") } @font-face { src: url( https://s.test/f.woff2 ), url(#x) }";
        assert_eq!(css_addresses(css), ["https://s.test/a.png", "https://s.test/f.woff2"]);
        assert_eq!(css_addresses("a { background: url("), [""; 0]);
    }

    #[test]
    fn an_address_is_shown_as_the_place_that_names_it_is() {
        let address = "https://s.test/a.png?token=abc#top";
        let shown = show_address(address);
        assert_eq!(shown.as_str(), "https://s.test/a.png?token=[removed]#top");
        let names = &mut Names::new(Policy::default());
        assert_eq!(mask_attribute(names, Treatment::Open, "src", address), Some(shown.clone()));
        assert_eq!(
            mask_css(names, true, &format!("url(\"{address}\")")).as_str(),
            format!("url(\"{}\")", shown.as_str())
        );
    }
}
