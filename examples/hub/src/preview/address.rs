//! Which addresses the hub looks at: those of the public internet, since what a visitor writes decides.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use alongside::protocol::conversation::ADDRESS_LIMIT;
use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

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

    fn has(&self, url: &Url) -> bool {
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else { return false };
        let is_web = matches!(url.scheme(), "http" | "https");
        is_web && self.0.iter().any(|listed| *listed == format!("{host}:{port}"))
    }
}

impl Resolve for Listed {
    /// Asks for a name, and keeps what is public: what is asked is what is connected to, so that a name cannot change in between.
    fn resolve(&self, name: Name) -> Resolving {
        let is_listed =
            self.0.iter().any(|listed| listed.rsplit_once(':').is_some_and(|(host, _)| host == name.as_str()));
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<_> = found.filter(|address| is_listed || is_public(address.ip())).collect();
            if public.is_empty() {
                return Err("the name leads to no public address".into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// Whether an address is one of the public internet, by IANA's registries of special purposes.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    let is_special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || first == 0
        || first >= 224
        || first == 100 && (64..128).contains(&second)
        || first == 192 && second == 0 && third == 0
        || first == 192 && second == 88 && third == 99
        || first == 198 && (18..20).contains(&second);
    !is_special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    // 2000::/3, without those that hold an address of version 4, or are for tests and books.
    let is_special = first == 0x2002 || first == 0x2001 && (second < 0x0200 || second == 0x0db8) || first == 0x3fff;
    first & 0xe000 == 0x2000 && !is_special
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

    #[test]
    fn only_public_addresses_are_connected_to() {
        for address in ["93.184.216.34", "1.1.1.1", "2606:4700::1111", "2a00:1450:4001::1"] {
            assert!(is_public(address.parse().expect("an address")), "{address}");
        }
        for address in [
            "127.0.0.1",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "192.0.0.8",
            "192.0.2.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "64:ff9b::7f00:1",
            "2001:db8::1",
            "2001::1",
            "2002:7f00:1::",
        ] {
            assert!(!is_public(address.parse().expect("an address")), "{address}");
        }
    }
}
