use std::cell::Cell;

use super::*;
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

thread_local! {
    pub(super) static WORK: Cell<usize> = const { Cell::new(0) };
}

/// The nodes as text: `<p>`, `<b>`, `<i>`, `<s>`, `<c>`, `<a ADDRESS>`, `/` for a line's end.
fn drawn(blocks: &[Block]) -> String {
    blocks
        .iter()
        .map(|block| match block {
            Block::Paragraph(inner) => format!("<p>{}</p>", drawn_inner(inner)),
            Block::List { is_ordered, first, items } => {
                let items: String = items.iter().map(|item| format!("<li>{}</li>", drawn_inner(item))).collect();
                if *is_ordered { format!("<ol {first}>{items}</ol>") } else { format!("<ul>{items}</ul>") }
            }
            Block::Quote(inner) => format!("<q>{}</q>", drawn(inner)),
            Block::Code(code) => format!("<pre>{code}</pre>"),
        })
        .collect()
}

fn drawn_inner(inlines: &[Inline]) -> String {
    inlines
        .iter()
        .map(|inline| match inline {
            Inline::Text(text) => text.clone(),
            Inline::Strong(inner) => format!("<b>{}</b>", drawn_inner(inner)),
            Inline::Emphasis(inner) => format!("<i>{}</i>", drawn_inner(inner)),
            Inline::Strike(inner) => format!("<s>{}</s>", drawn_inner(inner)),
            Inline::Code(code) => format!("<c>{code}</c>"),
            Inline::Link { address, label } => format!("<a {address}>{}</a>", drawn_inner(label)),
            Inline::Break => "/".into(),
        })
        .collect()
}

/// One paragraph each.
fn check(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(drawn(&parse(text)), format!("<p>{expected}</p>"), "{text:?}");
    }
}

/// Texts that stay as they are.
fn stays(texts: &[&str]) {
    for text in texts {
        assert_eq!(drawn(&parse(text)), format!("<p>{text}</p>"));
    }
}

#[test]
fn marks_pair_up_as_in_commonmark() {
    check(&[
        ("a **b** c", "a <b>b</b> c"),
        ("*a* _b_ __c__ ~~d~~", "<i>a</i> <i>b</i> <b>c</b> <s>d</s>"),
        ("***a***", "<i><b>a</b></i>"),
        ("***a** b*", "<i><b>a</b> b</i>"),
        ("***a* b**", "<b><i>a</i> b</b>"),
        ("**a *b* c**", "<b>a <i>b</i> c</b>"),
        ("*a **b** c*", "<i>a <b>b</b> c</i>"),
        ("*a**b*", "<i>a**b</i>"),
        ("un*frigging*believable", "un<i>frigging</i>believable"),
        ("**a*", "*<i>a</i>"),
        ("*a**", "<i>a</i>*"),
        ("**\"a\"**, b", "<b>\"a\"</b>, b"),
        ("(**a**)", "(<b>a</b>)"),
        ("**a ~~b** c~~", "<b>a ~~b</b> c~~"),
        ("**x\ny**", "<b>x/y</b>"),
        ("# A *b*", "<b>A <i>b</i></b>"),
    ]);
}

#[test]
fn what_only_looks_like_a_mark_stays_text() {
    stays(&[
        "snake_case_word and __init__x",
        "2 * 3 * 4",
        "2*3*4",
        "*",
        "**",
        "****",
        "*****",
        "** a **",
        "a * b",
        "5 > 3 < 7",
        "*a",
        "a*",
        "~a~ 10~20",
        "네~~ 감사합니다~~",
        "#1 and #hashtag",
        "-5 degrees",
        "---",
        "3.14 is not an item",
        "a `b",
        "a ``b` c",
        "[a] [b",
        "![a]",
        "<script>alert(1)</script>",
        "<b onclick=x>&lt;&amp;",
        "C:\\Users\\ann",
    ]);
}

#[test]
fn marks_work_beside_letters_of_scripts_without_spaces() {
    check(&[
        ("**強調**です", "<b>強調</b>です"),
        ("これは**「強調」**です", "これは<b>「強調」</b>です"),
        ("これは**強調。**です", "これは<b>強調。</b>です"),
        ("これは**\"a\"**です", "これは<b>\"a\"</b>です"),
        ("**중요**합니다", "<b>중요</b>합니다"),
        ("**중요(필수)**합니다", "<b>중요(필수)</b>합니다"),
        ("これは~~取消~~です", "これは<s>取消</s>です"),
        ("*強調*、*次*", "<i>強調</i>、<i>次</i>"),
        ("全角　**a**　b", "全角　<b>a</b>　b"),
        ("**👍**です", "<b>👍</b>です"),
    ]);
}

#[test]
fn a_backslash_takes_the_meaning_of_a_mark() {
    check(&[
        (r"\*a\* \_b\_ \`c\`", "*a* _b_ `c`"),
        (r"\[a](https://a.example)", "[a](<a https://a.example>https://a.example</a>)"),
        (r"\\*a*", r"\<i>a</i>"),
        (r"¯\_(ツ)_/¯", "¯_(ツ)_/¯"),
        ("a\\", "a\\"),
    ]);
}

#[test]
fn code_is_shown_as_it_is() {
    check(&[
        ("a `b *c* [d](https://e.example)` f", "a <c>b *c* [d](https://e.example)</c> f"),
        ("``a`b``", "<c>a`b</c>"),
        ("`` ` ``", "<c>`</c>"),
        ("`a\nb`", "<c>a b</c>"),
        ("` `", "<c> </c>"),
        ("`\n`` a`` `", "<c>`` a``</c>"),
        ("*a `b* c`", "*a <c>b* c</c>"),
        ("\\``a`", "`<c>a</c>"),
    ]);
}

#[test]
fn lines_make_blocks() {
    for (text, expected) in [
        ("", ""),
        (" \n\t\n", ""),
        ("a\nb\r\n\r\n\n c ", "<p>a/b</p><p>c</p>"),
        ("- a\n- *b*\n- c", "<ul><li>a</li><li><i>b</i></li><li>c</li></ul>"),
        ("a:\n* b\n* c\nd", "<p>a:</p><ul><li>b</li><li>c</li></ul><p>d</p>"),
        ("- a\n\n- b\n  more\n\nc", "<ul><li>a</li><li>b/more</li></ul><p>c</p>"),
        ("3. a\n4. b", "<ol 3><li>a</li><li>b</li></ol>"),
        ("1. a\n1. b\n1. c", "<ol 1><li>a</li><li>b</li><li>c</li></ol>"),
        ("5. a\n3. b", "<ol 5><li>a</li></ol><ol 3><li>b</li></ol>"),
        ("1. a\n   - b\n   - c\n2. d", "<ol 1><li>a</li></ol><ul><li>b</li><li>c</li></ul><ol 2><li>d</li></ol>"),
        ("1. a\n1) b", "<ol 1><li>a</li></ol><ol 1><li>b</li></ol>"),
        ("I was born in\n1986. What a year", "<p>I was born in/1986. What a year</p>"),
        ("> a\n> b\n>> c\nd", "<q><p>a/b</p><q><p>c</p></q></q><p>d</p>"),
        ("> - a\n> - b", "<q><ul><li>a</li><li>b</li></ul></q>"),
        (">>>>>> a", "<q><q><q><q><p>>> a</p></q></q></q></q>"),
        ("a\n```rust\nlet *x* = 1;\n  y\n```\nb", "<p>a</p><pre>let *x* = 1;\n  y</pre><p>b</p>"),
        ("```\n\na\n\n", "<pre>\na\n\n</pre>"),
        ("```let x = 1;\ny\n```", "<pre>let x = 1;\ny</pre>"),
        ("````\n```\n````", "<pre>```</pre>"),
        ("  ```\n    a\n  ```", "<pre>  a</pre>"),
        ("```a```", "<p><c>a</c></p>"),
        ("## Title ##\nText", "<p><b>Title ##</b></p><p>Text</p>"),
        ("1234567890. a", "<p>1234567890. a</p>"),
    ] {
        assert_eq!(drawn(&parse(text)), expected, "{text:?}");
    }
}

#[test]
fn a_bare_address_is_a_link_without_what_follows_it() {
    for (text, linked) in [
        ("https://a.example", "https://a.example"),
        ("see HTTP://a.example/b?c=d&e=f#g, please", "HTTP://a.example/b?c=d&e=f#g"),
        ("(https://a.example/b)", "https://a.example/b"),
        ("https://a.example/b_(c).", "https://a.example/b_(c)"),
        ("[https://a.example/b]!", "https://a.example/b"),
        ("https://a.example/?x[]=1", "https://a.example/?x[]=1"),
        ("\"https://a.example/b\"", "https://a.example/b"),
        ("'https://a.example/b'?!", "https://a.example/b"),
        ("詳細はhttps://a.example/bをご覧ください", "https://a.example/b"),
        ("https://a.example/b。次", "https://a.example/b"),
        ("「https://a.example/b」", "https://a.example/b"),
        ("（https://a.example）", "https://a.example"),
        ("https://a.example를 보세요", "https://a.example"),
        ("https://a.example,https", "https://a.example"),
        ("https://a.example:8080/x", "https://a.example:8080/x"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("https://a.example/x-", "https://a.example/x-"),
        ("<https://a.example/b>", "https://a.example/b"),
    ] {
        for blocks in [parse(text), plain(text)] {
            let expected = format!("<a {linked}>{linked}</a>");
            let drawn = drawn(&blocks);
            assert_eq!(drawn.matches("<a ").count(), 1, "{drawn}");
            assert!(drawn.contains(&expected), "{drawn}");
        }
    }
    check(&[
        ("www.a.example.", "<a https://www.a.example>www.a.example</a>."),
        ("**https://a.example/b**です", "<b><a https://a.example/b>https://a.example/b</a></b>です"),
        ("_https://a.example/b_c_", "<i><a https://a.example/b_c>https://a.example/b_c</a></i>"),
        ("<mailto:a@b.example>", "<a mailto:a@b.example>mailto:a@b.example</a>"),
        ("<https://a.example>", "<a https://a.example>https://a.example</a>"),
    ]);
    stays(&[
        "xhttps://a.example",
        "https://",
        "https:// a",
        "http:///a.example",
        "www.",
        "awww.a.example",
        "a.example",
        "https://bank.example@evil.example/",
        "https://bank.example%2eevil.example",
        "https://аpple.example",
        "ftp://a.example",
        "javascript://a.example",
        "a@b.example",
    ]);
}

#[test]
fn a_labelled_link_leads_to_one_of_four_schemes() {
    check(&[
        ("[a *b*](https://a.example/c_(d))", "<a https://a.example/c_(d)>a <i>b</i></a>"),
        ("[a](HTTPS://a.example)", "<a HTTPS://a.example>a</a>"),
        ("[a](mailto:b@c.example?subject=d)", "<a mailto:b@c.example?subject=d>a</a>"),
        ("[a](tel:+81-3-1234-5678)", "<a tel:+81-3-1234-5678>a</a>"),
        ("![a](https://a.example/b.png)", "<a https://a.example/b.png>a</a>"),
        ("[](https://a.example)", "<a https://a.example>https://a.example</a>"),
        (
            "[a [b](https://b.example) c](https://a.example)",
            "[a <a https://b.example>b</a> c](<a https://a.example>https://a.example</a>)",
        ),
        ("[[a]](https://a.example)", "<a https://a.example>[a]</a>"),
        ("*a [b* c](https://a.example)", "*a <a https://a.example>b* c</a>"),
        ("[`]`](https://a.example)", "<a https://a.example><c>]</c></a>"),
        ("[注文](https://a.example/注文)です", "<a https://a.example/注文>注文</a>です"),
    ]);
    stays(&[
        "[a](javascript:alert)",
        "[a](JaVaScRiPt:alert)",
        "[a](java\tscript:alert)",
        "[a](java&#115;cript:alert)",
        "[a](data:text/html,b)",
        "[a](vbscript:b)",
        "[a](file:///etc/passwd)",
        "[a](//a.example)",
        "[a](/b)",
        "[a](https:a.example)",
        "[a](https:///a.example)",
        "[a](mailto:)",
        "[a]( https:)",
        "[a](\u{1}https:)",
        "[a](mailto:b\u{202e}c)",
        "[a](tel:1\u{200b}2)",
        "[a](tel:1 2)",
        "[a](tel:1\\2)",
        "[a]()",
        "[a](tel:(1)",
    ]);
    for text in [
        "[a](https://b.example\u{202e}/c)",
        "[a](https://b.example@c.example)",
        "[a](https://b%2e.example)",
        "[a](https://аpple.example)",
        "[a](https://b.example\\@c.example)",
    ] {
        assert!(!drawn(&parse(text)).contains(">a</a>"), "{text}");
    }
}

#[test]
fn a_label_does_not_look_like_another_address() {
    let shown = |label: &str, address: &str| {
        let text = format!("[{label}]({address})");
        match parse(&text).as_slice() {
            [Block::Paragraph(inner)] => match inner.as_slice() {
                [Inline::Link { label, .. }] => drawn_inner(label),
                _ => panic!("{text} is no link"),
            },
            _ => panic!("{text} is no paragraph"),
        }
    };
    for (label, address) in [
        ("bank.example", "https://evil.example"),
        ("https://bank.example", "https://evil.example"),
        ("https://bank.example/login", "https://bank.example.evil.example/login"),
        ("go to **bank.example** now", "https://evil.example/"),
        ("Bank.Example", "https://notbank.example"),
        ("bank\u{200b}.example", "https://evil.example"),
        ("bank．example", "https://evil.example"),
        ("`bank.example`", "https://evil.example"),
        ("10.0.0.1", "https://evil.example"),
        ("boss@corp.example", "mailto:mallory@corp.example"),
        ("boss@corp.example", "https://evil.example"),
        ("0120-111-222", "tel:+819012345678"),
        ("https://a.example", "https://b.example"),
        (" ", "https://b.example"),
        ("\u{200b}\u{3000}", "https://b.example"),
    ] {
        assert_eq!(shown(label, address), address, "{label}");
    }
    for (label, address) in [
        ("our shop", "https://a.example"),
        ("bank.example", "https://bank.example/login"),
        ("www.bank.example", "https://bank.example/login"),
        ("bank.example/login.php", "https://bank.example/login.php?x=1"),
        ("bank.example", "https://WWW.bank.example:443/"),
        ("bank.example", "https://shop.bank.example"),
        ("report.pdf", "https://a.example/2024/report.pdf"),
        ("e.g. v1.2", "https://a.example"),
        ("Boss@corp.example", "mailto:boss@corp.example?subject=a"),
        ("03-1234-5678", "tel:+81312345678"),
        ("24 h", "tel:110"),
    ] {
        assert_eq!(shown(label, address), label);
    }
}

#[test]
fn what_a_visitor_types_is_only_linked() {
    for (text, expected) in [
        ("*a* `b` [c](https://d.example) <e>", "<p>*a* `b` [c](<a https://d.example>https://d.example</a>) <e></p>"),
        ("- a\n> b\n# c\n\n```\n\n  1. d", "<p>- a/> b/# c</p><p>```</p><p>  1. d</p>"),
        ("\\* ~~x~~", "<p>\\* ~~x~~</p>"),
    ] {
        assert_eq!(drawn(&plain(text)), expected);
    }
}

#[test]
fn the_text_alone_is_told_line_by_line() {
    let text = "# Hi\n**a** [b](https://c.example)\nd\n\n- e\n- `f`\n\n9. g\n10. h\n\n> i\n\n```\nj\n```";
    assert_eq!(to_plain(&parse(text)), "Hi\na b\nd\ne\nf\n9. g\n10. h\ni\nj");
    assert_eq!(to_plain(&[]), "");
}

fn depth(blocks: &[Block]) -> usize {
    let deepest = blocks.iter().map(|block| match block {
        Block::Paragraph(inner) => depth_inner(inner),
        Block::List { items, .. } => items.iter().map(|item| depth_inner(item)).max().unwrap_or_default(),
        Block::Quote(inner) => depth(inner),
        Block::Code(_) => 0,
    });
    deepest.max().map_or(0, |depth| depth + 1)
}

fn depth_inner(inlines: &[Inline]) -> usize {
    let deepest = inlines.iter().map(|inline| match inline {
        Inline::Strong(inner) | Inline::Emphasis(inner) | Inline::Strike(inner) => depth_inner(inner),
        Inline::Link { label, .. } => depth_inner(label),
        Inline::Text(_) | Inline::Code(_) | Inline::Break => 0,
    });
    deepest.max().map_or(0, |depth| depth + 1)
}

fn links<'a>(inlines: &'a [Inline], found: &mut Vec<(&'a str, &'a [Inline])>) {
    for inline in inlines {
        match inline {
            Inline::Strong(inner) | Inline::Emphasis(inner) | Inline::Strike(inner) => links(inner, found),
            Inline::Link { address, label } => {
                found.push((address, label));
                links(label, found);
            }
            Inline::Text(_) | Inline::Code(_) | Inline::Break => {}
        }
    }
}

fn block_links<'a>(blocks: &'a [Block], found: &mut Vec<(&'a str, &'a [Inline])>) {
    for block in blocks {
        match block {
            Block::Paragraph(inner) => links(inner, found),
            Block::List { items, .. } => items.iter().for_each(|item| links(item, found)),
            Block::Quote(inner) => block_links(inner, found),
            Block::Code(_) => {}
        }
    }
}

/// Steps for each byte that are enough.
const STEPS: usize = 60;

fn measured(text: &str) -> Vec<Block> {
    WORK.set(0);
    let blocks = parse(text);
    let work = WORK.get();
    assert!(work <= STEPS * (text.len() + 16), "{} steps for {} bytes", work, text.len());
    blocks
}

#[test]
fn the_time_is_linear_whatever_the_text() {
    for part in [
        "*",
        "**",
        "*a ",
        "a* ",
        "*a_ ",
        "**a *b ",
        "_",
        "__a",
        "~~",
        "~~a ",
        "`",
        "``` ",
        "`a``",
        "[",
        "]",
        "[]",
        "[](",
        "](",
        "[a](b",
        "[a](https://a",
        "[a](https://a.b) ",
        "![",
        "![[",
        "<",
        "<a",
        "<https://a",
        "(",
        ")",
        "https://",
        "https://a.b@",
        "https://_www.x_",
        "https://a.b/(",
        "www.",
        "www.a_",
        "www.a.b@",
        "www.a_@ ",
        ">",
        "> ",
        ">\n",
        "> >\n",
        "- ",
        "- a\n",
        "- a\n\n\n",
        "1. a\n",
        "```\n",
        "\n",
        " \n",
        "#",
        "# ",
        "\\",
        "\\*",
        "強",
        "**強",
        "a.bc ",
        "*[a ",
        "[*a ",
        "*a](https://a.b)",
        "\t",
        "#######",
        "***a ",
        "a*** ",
        "*a **b ~~c _d ",
        "**a* b ",
    ] {
        for count in [1_000, 5_000] {
            let text = part.repeat(count);
            measured(&text);
            measured(&["[", &text, "](https://a.bc)"].concat());
            measured(&["a ", &text, "\n\n**a**"].concat());
        }
    }
    let mut runs = String::new();
    for ticks in 1..700 {
        runs.push_str(&"`".repeat(ticks));
        runs.push('a');
    }
    measured(&runs);
    assert_eq!(depth(&measured(&"> ".repeat(500_000))), 6);
}

fn one_of(texts: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(texts).prop_map(String::from)
}

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => "[a-z]{1,3}",
        4 => one_of(&["*", "**", "***", "_", "__", "~~", "~", "`", "``", "```", "\\", "#", "# ", "![", "|"]),
        4 => one_of(&["[", "]", "(", ")", "](", "](https://", "](mailto:", "](tel:", "](javascript:", "<", ">"]),
        4 => one_of(&[" ", "  ", "\n", "\n\n", "\r\n", "\t", "> ", "- ", "1. ", "2. ", "\n- ", "\n> ", "\n```\n"]),
        2 => one_of(&["https://", "www.", "http://x", "x.com", "mailto:", ".", ",", "@", ":", "/", "%"]),
        2 => one_of(&["強", "です", "。", "한", "「", "」", "　", "é", "\u{202e}", "\u{200b}", "👍", "\0"]),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

/// What somebody reads: letters that are no marks.
fn letters(text: &str) -> String {
    text.chars().filter(|char| char.is_alphabetic()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1_000,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("seeds"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_text_becomes_nodes_that_are_safe(text in pieces()) {
        let blocks = measured(&text);
        prop_assert!(depth(&blocks) <= NESTING);
        let mut found = Vec::new();
        block_links(&blocks, &mut found);
        let visitor = plain(&text);
        block_links(&visitor, &mut found);
        for (address, label) in found {
            let lower = address.to_ascii_lowercase();
            prop_assert!(["https://", "http://", "mailto:", "tel:"].iter().any(|scheme| lower.starts_with(scheme)), "{address}");
            prop_assert!(!address.chars().any(|char| char.is_control() || char.is_whitespace() || char == '\u{202e}'), "{address:?}");
            let mut within = Vec::new();
            links(label, &mut within);
            prop_assert!(within.is_empty() && !label.is_empty());
        }
    }

    #[test]
    fn what_a_visitor_types_survives_to_the_last_character(text in pieces()) {
        let lines = text.replace("\r\n", "\n");
        let kept: Vec<&str> = lines.split('\n').filter(|line| !line.trim_matches([' ', '\t']).is_empty()).collect();
        prop_assert_eq!(to_plain(&plain(&text)), kept.join("\n"));
    }

    #[test]
    fn letters_survive_in_their_order(text in pieces()) {
        // Where a link's label gives way to its address, and where code names its language, letters go by intent.
        let text = text.replace('(', "").replace("```", "`a");
        prop_assert_eq!(letters(&to_plain(&parse(&text))), letters(&text));
    }

    #[test]
    fn a_labels_letters_survive_where_it_is_no_address(label in "[a-z *_`~\\[\\]]{0,40}", after in "[a-z ]{0,9}") {
        let text = format!("{label}[x {label}](tel:1) {after}");
        let said = letters(&to_plain(&parse(&text)));
        let all = letters(&text);
        prop_assert!(said == all || said == letters(&format!("{label}x {label}{after}")), "{said}");
    }
}
