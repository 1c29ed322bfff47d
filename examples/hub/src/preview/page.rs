//! What a page says of itself.

use alongside::protocol::conversation::PREVIEW_LIMIT;
use reqwest::Url;
use scraper::{Html, Selector};

/// What was found in a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Page {
    pub title: String,
    pub text: Option<String>,
    pub image: Option<Url>,
}

/// Reads a page; `charset` is what came with it. Nothing where it has no title.
pub(super) fn read(bytes: &[u8], charset: Option<&str>, address: &Url) -> Option<Page> {
    let named = |label: &str| encoding_rs::Encoding::for_label(label.as_bytes());
    let encoding = charset.and_then(named).or_else(|| declared(bytes).and_then(named)).unwrap_or(encoding_rs::UTF_8);
    let (text, ..) = encoding.decode(bytes);
    let page = Html::parse_document(&text);
    let meta = Selector::parse("meta[content]").ok()?;
    let of = |wanted: &str| {
        let is_it = |name: Option<&str>| name.is_some_and(|name| name.eq_ignore_ascii_case(wanted));
        let found = page.select(&meta).find(|meta| is_it(meta.attr("property")) || is_it(meta.attr("name")))?;
        clean(found.attr("content")?)
    };
    let title = Selector::parse("head > title").ok()?;
    let title = of("og:title")
        .or_else(|| of("twitter:title"))
        .or_else(|| clean(&page.select(&title).next()?.text().collect::<String>()))?;
    let image = of("og:image:secure_url").or_else(|| of("og:image")).or_else(|| of("twitter:image"));
    Some(Page {
        title,
        text: of("og:description").or_else(|| of("description")),
        image: image.and_then(|image| address.join(&image).ok()),
    })
}

/// What a page's beginning says of its encoding.
fn declared(bytes: &[u8]) -> Option<&str> {
    let head = &bytes[..bytes.len().min(1_024)];
    let at = head.windows(8).position(|window| window.eq_ignore_ascii_case(b"charset="))? + 8;
    let rest = &head[at..];
    let rest = rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'")).unwrap_or(rest);
    let end = rest.iter().position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':')));
    std::str::from_utf8(&rest[..end.unwrap_or(rest.len())]).ok()
}

/// One line that turns nothing around it, cut where it is too long; nothing where nothing is to be read.
fn clean(text: &str) -> Option<String> {
    let is_kept = |char: &char| {
        !char.is_control()
            && !matches!(char, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut line: String = line.chars().filter(is_kept).collect();
    if line.len() > PREVIEW_LIMIT {
        line.truncate(line.floor_char_boundary(PREVIEW_LIMIT - '…'.len_utf8()));
        line.push('…');
    }
    (!line.trim().is_empty()).then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(html: &[u8], charset: Option<&str>) -> Option<Page> {
        read(html, charset, &"https://tea.example/a/b".parse().expect("an address"))
    }

    #[test]
    fn what_a_page_says_for_others_comes_before_its_title() {
        let html = br#"<html><head><title>Sencha | Tea</title><meta property="og:title" content="  Sencha
            &amp; more "><meta name="description" content="Green"><meta property=og:image content="../c.png"></head>"#;
        let found = page(html, None).expect("a page");
        assert_eq!(found.title, "Sencha & more");
        assert_eq!(found.text.as_deref(), Some("Green"));
        assert_eq!(found.image.as_ref().map(Url::as_str), Some("https://tea.example/c.png"));
        assert_eq!(page(b"<title>Sencha</title>", None).map(|page| page.title).as_deref(), Some("Sencha"));
        assert_eq!(page(b"<svg><title>No</title></svg>", None), None);
        assert_eq!(page(b"<title> </title>", None), None);
        assert_eq!(page(b"", None), None);
    }

    #[test]
    fn pages_in_other_encodings_are_read() {
        let (tea, ..) = encoding_rs::SHIFT_JIS.encode("<title>煎茶</title>");
        assert_eq!(page(&tea, Some("shift_jis")).map(|page| page.title).as_deref(), Some("煎茶"));
        let (tea, ..) = encoding_rs::EUC_KR.encode("<meta charset=\"euc-kr\"><title>녹차</title>");
        assert_eq!(page(&tea, None).map(|page| page.title).as_deref(), Some("녹차"));
    }

    #[test]
    fn a_title_is_one_line_that_turns_nothing_around_it() {
        assert_eq!(clean("a\u{202e}b\u{0}\n c").as_deref(), Some("ab c"));
        let long = clean(&"あ".repeat(200)).expect("a title");
        assert!(long.len() <= PREVIEW_LIMIT && long.ends_with('…'), "{}", long.len());
    }

    #[test]
    fn a_page_that_is_nested_without_end_is_read() {
        let deep = format!("<title>deep</title>{}", "<b>".repeat(100_000));
        assert_eq!(page(deep.as_bytes(), None).map(|page| page.title).as_deref(), Some("deep"));
    }
}
