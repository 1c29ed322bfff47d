//! The name of a file, as it may be shown to anybody and saved anywhere.

use alongside::protocol::conversation::FILE_NAME_LIMIT;

use super::Kind;

/// The last part of what its sender calls it, without characters that hide what it says, and with an ending of its kind.
pub fn clean(name: &str, kind: Kind) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String =
        name.chars().filter(|char| !is_hidden(*char)).map(|char| if is_odd(char) { '_' } else { char }).collect();
    let name = name.trim_matches(|char: char| char.is_whitespace() || char == '.');
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if kind.endings().contains(&&*ending.to_ascii_lowercase()) => (stem, ending),
        // ".png" has lost its dot above.
        None if kind.endings().contains(&name) => ("", name),
        _ => (name, kind.endings()[0]),
    };
    let stem = if stem.is_empty() { "file" } else { stem };
    let room = FILE_NAME_LIMIT - ending.len() - 1;
    [stem[..stem.floor_char_boundary(room)].trim_end(), ".", ending].concat()
}

/// Control characters, and those that turn what follows around or cannot be seen.
fn is_hidden(char: char) -> bool {
    let is_unseen = matches!(char, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}');
    char.is_control() || is_unseen || matches!(char, '\u{61c}' | '\u{feff}' | '\u{fff9}'..='\u{fffc}')
}

/// What no system takes in a name.
fn is_odd(char: char) -> bool {
    matches!(char, '<' | '>' | ':' | '"' | '|' | '?' | '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_no_folder_no_hidden_character_and_the_ending_of_its_kind() {
        for (name, kind, expected) in [
            ("photo.png", Kind::Png, "photo.png"),
            ("Photo.JPEG", Kind::Jpeg, "Photo.JPEG"),
            ("../../etc/passwd", Kind::Text, "passwd.txt"),
            ("C:\\fake\\お茶.pdf", Kind::Pdf, "お茶.pdf"),
            ("invoice\u{202e}gpj.exe", Kind::Png, "invoicegpj.exe.png"),
            ("page.html", Kind::Text, "page.html.txt"),
            ("a\r\nb\0.csv ", Kind::Text, "ab.csv"),
            ("what?.gif", Kind::Gif, "what_.gif"),
            (".png", Kind::Png, "file.png"),
            ("...", Kind::Webp, "file.webp"),
            ("", Kind::Docx, "file.docx"),
        ] {
            assert_eq!(clean(name, kind), expected, "{name}");
        }
        let long = clean(&format!("{}.png", "茶".repeat(100)), Kind::Png);
        assert_eq!((long.len(), long.ends_with("茶.png")), (3 * 41 + 4, true));
    }
}
