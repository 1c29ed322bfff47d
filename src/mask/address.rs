//! What of an address may leave the page.

use super::scrub::scrub_plain;
use crate::protocol::MaskedText;

/// Stands for a query value that is never sent.
pub const REMOVED: &str = "[removed]";

/// Query parameters that carry credentials on many sites; their values are never sent.
const SECRET_PARAMETERS: [&str; 16] = [
    "access_token",
    "apikey",
    "api_key",
    "auth",
    "code",
    "id_token",
    "jwt",
    "key",
    "otp",
    "password",
    "pwd",
    "secret",
    "session",
    "sid",
    "state",
    "token",
];

/// Which parts of an address are kept.
#[derive(Clone, Debug, Default)]
pub struct UrlRules {
    /// Keep what follows `#`. Default: no.
    pub keeps_fragment: bool,
    /// Query parameters whose values are not sent, besides the built-in list of credentials; at most 50 count.
    pub excluded: Vec<String>,
}

/// The address without user information, without fragment, without the values of excluded parameters, and scrubbed.
///
/// Takes any text, also a relative address; what is not an address is only scrubbed.
pub fn scrub_url(url: &str, rules: &UrlRules) -> MaskedText {
    let (url, fragment) = url.split_once('#').map_or((url, None), |(url, fragment)| (url, Some(fragment)));
    let (path, query) = url.split_once('?').map_or((url, None), |(path, query)| (path, Some(query)));
    let mut out = scrub_plain(&without_user(path));
    if let Some(query) = query {
        out.push('?');
        push_parameters(&mut out, query, rules);
    }
    if let Some(fragment) = fragment.filter(|_| rules.keeps_fragment) {
        out.push('#');
        // Single-page applications put queries, and identity providers tokens, behind the `#`.
        match fragment.split_once('?') {
            Some((path, query)) => {
                out.push_str(&scrub_plain(path));
                out.push('?');
                push_parameters(&mut out, query, rules);
            }
            None => push_parameters(&mut out, fragment, rules),
        }
    }
    MaskedText::vouch(out)
}

fn push_parameters(out: &mut String, query: &str, rules: &UrlRules) {
    for (index, parameter) in query.split('&').enumerate() {
        if index > 0 {
            out.push('&');
        }
        match parameter.split_once('=') {
            Some((name, _)) if is_excluded(name, rules) => {
                out.push_str(&scrub_plain(name));
                out.push('=');
                out.push_str(REMOVED);
            }
            _ => out.push_str(&scrub_plain(parameter)),
        }
    }
}

fn is_excluded(name: &str, rules: &UrlRules) -> bool {
    SECRET_PARAMETERS.iter().any(|secret| name.eq_ignore_ascii_case(secret))
        || rules.excluded.iter().take(50).any(|excluded| name.eq_ignore_ascii_case(excluded))
}

fn without_user(path: &str) -> String {
    match path.split_once(':') {
        Some((scheme, rest)) if rest.starts_with("//") => {
            let rest = rest.get(2..).unwrap_or_default();
            let authority = rest.split(['/', '\\']).next().unwrap_or_default();
            let host = authority.rfind('@').map_or(0, |at| at + 1);
            [scheme, "://", rest.get(host..).unwrap_or_default()].concat()
        }
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_loses_what_nobody_should_see() {
        let rules = UrlRules { keeps_fragment: false, excluded: vec!["customer".into()] };
        for (url, scrubbed) in [
            ("https://shop.example/tea?q=sencha#top", "https://shop.example/tea?q=sencha"),
            ("https://ann:pw@shop.example/a", "https://shop.example/a"),
            (
                "https://shop.example/?Token=abc&Customer=7&q=1",
                "https://shop.example/?Token=[removed]&Customer=[removed]&q=1",
            ),
            ("https://shop.example/u/ann%40example.com", "https://shop.example/u/[email]"),
            ("https://shop.example/o/123456789012?x", "https://shop.example/o/[number]?x"),
            ("/relative?code=1", "/relative?code=[removed]"),
            ("", ""),
        ] {
            assert_eq!(scrub_url(url, &rules).as_str(), scrubbed, "{url}");
        }
    }

    #[test]
    fn a_kept_fragment_is_scrubbed_like_a_query() {
        let rules = UrlRules { keeps_fragment: true, excluded: Vec::new() };
        for (url, scrubbed) in [
            ("/#access_token=abc&x=1", "/#access_token=[removed]&x=1"),
            ("/#/guide?token=abc", "/#/guide?token=[removed]"),
        ] {
            assert_eq!(scrub_url(url, &rules).as_str(), scrubbed, "{url}");
        }
    }
}
