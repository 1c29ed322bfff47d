//! Which addresses in a text the hub looks at.

use alongside::protocol::conversation::ADDRESS_LIMIT;
use reqwest::Url;

/// What nobody means as a part of an address that ends there.
const ENDS: [char; 12] = ['.', ',', ';', ':', '!', '?', ')', ']', '}', '*', '_', '~'];

/// What ends an address in a text.
fn is_end(char: char) -> bool {
    char.is_whitespace()
        || char.is_control()
        || matches!(char, '<' | '>' | '"' | '\'' | '`' | '(' | ')' | '、' | '。' | '」')
}

/// The hosts that may be looked at besides the public ones, each with its port; for development and for a company's own pages.
#[derive(Clone, Debug, Default)]
pub(super) struct Listed(pub Vec<String>);

impl Listed {
    /// The first address in a text that may be looked at.
    pub(super) fn first(&self, text: &str) -> Option<Url> {
        let starts = text.match_indices("http").map(|(at, _)| at);
        starts.take(8).find_map(|at| {
            let found = text[at..].split(is_end).next()?.trim_end_matches(ENDS);
            if found.len() > ADDRESS_LIMIT {
                return None;
            }
            let url: Url = found.parse().ok()?;
            self.may(&url).then_some(url)
        })
    }

    /// Whether it may be looked at, as far as the address says. What its name leads to is asked later.
    pub(super) fn may(&self, url: &Url) -> bool {
        if self.has(url) {
            return true;
        }
        let has_name = url.domain().is_some_and(|name| name.contains('.') && !name.ends_with('.'));
        url.scheme() == "https"
            && has_name
            && url.port().is_none()
            && url.username().is_empty()
            && url.password().is_none()
    }

    /// Whether it is listed.
    pub(super) fn has(&self, url: &Url) -> bool {
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else { return false };
        let is_web = matches!(url.scheme(), "http" | "https");
        is_web && self.0.iter().any(|listed| *listed == format!("{host}:{port}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_address_that_may_be_looked_at_is_found() {
        let listed = Listed(vec!["127.0.0.1:8080".into()]);
        for (text, found) in [
            ("see https://tea.example/sencha.", Some("https://tea.example/sencha")),
            ("[tea](https://tea.example/a_b) or not", Some("https://tea.example/a_b")),
            ("**https://tea.example/?q=1&r=2**", Some("https://tea.example/?q=1&r=2")),
            ("見てhttps://tea.example/茶。", Some("https://tea.example/%E8%8C%B6")),
            ("http://tea.example/ then https://tea.example/b", Some("https://tea.example/b")),
            ("http://127.0.0.1:8080/a", Some("http://127.0.0.1:8080/a")),
            ("http://127.0.0.1:8081/a", None),
            ("https://127.0.0.1/a https://[::1]/ https://2130706433/", None),
            ("https://localhost/ https://intranet/ https://intranet./", None),
            ("https://tea.example:22/", None),
            ("https://user:word@tea.example/", None),
            ("ftp://tea.example/ tea.example", None),
        ] {
            assert_eq!(listed.first(text).as_ref().map(Url::as_str), found, "{text}");
        }
    }
}
