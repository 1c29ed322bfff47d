//! Addresses of the visitor's site: what the agent types, and what is shown.

/// Where to send the visitor, as an absolute address, by what was typed while the page at `current` is shown. `None` for what is no
/// address of the web. Whether agents may go there, the visitor's page decides.
pub fn resolve(current: &str, typed: &str) -> Option<String> {
    let typed = typed.trim();
    let (origin, path) = split(current)?;
    if typed.is_empty() || typed.chars().any(|char| char.is_control()) {
        return None;
    }
    if typed.starts_with("//") || typed.contains('\\') {
        return None;
    }
    if typed.starts_with("http://") || typed.starts_with("https://") {
        return Some(typed.into());
    }
    if typed.starts_with('/') {
        return Some(format!("{origin}{typed}"));
    }
    if typed.starts_with(['?', '#']) {
        let end = path.find(['?', '#']).unwrap_or(path.len());
        return Some(format!("{origin}{}{typed}", &path[..end]));
    }
    let host = origin.split_once("://").map_or("", |(_, host)| host);
    match typed.strip_prefix(host) {
        Some(rest) if rest.is_empty() || rest.starts_with(['/', '?', '#']) => Some(format!("{origin}{rest}")),
        // `javascript:` and its like, before any slash.
        _ if typed.split(['/', '?', '#']).next().is_some_and(|first| first.contains(':')) => None,
        _ => Some(format!("{origin}/{typed}")),
    }
}

/// Scheme and host, and what follows.
fn split(address: &str) -> Option<(&str, &str)> {
    let host = address.find("://")? + 3;
    let end = address[host..].find(['/', '?', '#']).map_or(address.len(), |end| host + end);
    let is_web = matches!(&address[..host], "http://" | "https://");
    is_web.then(|| address.split_at(end))
}

/// As it is shown: without the scheme.
pub fn shown(address: &str) -> &str {
    address.split_once("://").map_or(address, |(_, rest)| rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: &str = "https://shop.example:8443/tea/green?size=2#top";

    #[test]
    fn what_is_typed_is_an_address_of_the_site() {
        for (typed, address) in [
            ("/cart.html", "https://shop.example:8443/cart.html"),
            (" cart.html ", "https://shop.example:8443/cart.html"),
            ("?size=3", "https://shop.example:8443/tea/green?size=3"),
            ("#end", "https://shop.example:8443/tea/green#end"),
            ("shop.example:8443/about", "https://shop.example:8443/about"),
            ("shop.example:8443", "https://shop.example:8443"),
            ("https://other.example/", "https://other.example/"),
            ("search?q=a:b", "https://shop.example:8443/search?q=a:b"),
        ] {
            assert_eq!(resolve(HERE, typed).as_deref(), Some(address), "{typed}");
        }
    }

    #[test]
    fn nothing_but_the_web_is_gone_to() {
        for typed in
            ["", "javascript:alert(1)", "JAVASCRIPT:x", "data:text/html,x", "//other.example", "\\\\other", "ftp://x/"]
        {
            assert_eq!(resolve(HERE, typed), None, "{typed}");
        }
        assert_eq!(resolve("about:blank", "/x"), None);
    }

    #[test]
    fn the_scheme_is_not_shown() {
        assert_eq!(shown("https://shop.example/cart"), "shop.example/cart");
    }
}
