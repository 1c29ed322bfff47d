//! What a file is, by its bytes alone: what its sender says of it is not believed.

use std::collections::HashSet;

/// A kind of file that people may send each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A picture.
    Png,
    /// A picture.
    Jpeg,
    /// A picture.
    Gif,
    /// A picture.
    Webp,
    /// A document.
    Pdf,
    /// UTF-8 that no browser takes for a page.
    Text,
    /// A document of Word's.
    Docx,
    /// A document of Excel's.
    Xlsx,
    /// A document of PowerPoint's.
    Pptx,
    /// A text document of LibreOffice's.
    Odt,
    /// A spreadsheet of LibreOffice's.
    Ods,
    /// A presentation of LibreOffice's.
    Odp,
}

impl Kind {
    /// The kind of a whole file; nothing where it is none that may be sent. Documents with macros are none.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Png),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Self::Gif),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::Webp),
            [b'%', b'P', b'D', b'F', b'-', ..] => Some(Self::Pdf),
            [b'P', b'K', 3, 4, ..] => open_document(bytes).or_else(|| office_document(bytes)),
            _ => is_plain_text(bytes).then_some(Self::Text),
        }
    }

    /// Its media type.
    pub const fn media(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
            Self::Pdf => "application/pdf",
            Self::Text => "text/plain",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pptx => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Ods => "application/vnd.oasis.opendocument.spreadsheet",
            Self::Odp => "application/vnd.oasis.opendocument.presentation",
        }
    }

    /// The endings that its names may have, the usual one first.
    pub const fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Gif => &["gif"],
            Self::Webp => &["webp"],
            Self::Pdf => &["pdf"],
            Self::Text => &["txt", "csv", "log", "md", "tsv"],
            Self::Docx => &["docx"],
            Self::Xlsx => &["xlsx"],
            Self::Pptx => &["pptx"],
            Self::Odt => &["odt"],
            Self::Ods => &["ods"],
            Self::Odp => &["odp"],
        }
    }

    /// Whether it is a picture.
    pub const fn is_picture(self) -> bool {
        matches!(self, Self::Png | Self::Jpeg | Self::Gif | Self::Webp)
    }
}

/// UTF-8 with something in it, without control characters, and no markup: a browser may run that.
fn is_plain_text(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let is_control = |char: char| char.is_control() && !matches!(char, '\n' | '\r' | '\t' | '\u{c}');
    !text.is_empty() && !text.starts_with('<') && !text.contains(is_control)
}

/// Its first entry names its type, and is not compressed.
fn open_document(bytes: &[u8]) -> Option<Kind> {
    let (length, name) = (number::<4>(bytes, 18)? as usize, number::<2>(bytes, 26)? as usize);
    let begin = 30 + name + number::<2>(bytes, 28)? as usize;
    if bytes.get(30..30 + name)? != b"mimetype" || number::<2>(bytes, 8)? != 0 {
        return None;
    }
    let media = bytes.get(begin..begin.checked_add(length)?)?;
    let kind = [Kind::Odt, Kind::Ods, Kind::Odp].into_iter().find(|kind| kind.media().as_bytes() == media)?;
    let names = entries(bytes)?;
    let has_macros = names.iter().any(|name| name.starts_with(b"Basic/") || name.starts_with(b"Scripts/"));
    (!has_macros && names.contains(&b"content.xml"[..])).then_some(kind)
}

/// Known by the parts that it has.
fn office_document(bytes: &[u8]) -> Option<Kind> {
    let names = entries(bytes)?;
    let has_macros = names.iter().any(|name| name.to_ascii_lowercase().ends_with(b"vbaproject.bin"));
    if has_macros || !names.contains(&b"[Content_Types].xml"[..]) {
        return None;
    }
    let parts: [(&[u8], _); 3] =
        [(b"word/document.xml", Kind::Docx), (b"xl/workbook.xml", Kind::Xlsx), (b"ppt/presentation.xml", Kind::Pptx)];
    parts.into_iter().find(|(part, _)| names.contains(part)).map(|(_, kind)| kind)
}

/// The names in a zip archive's directory.
fn entries(bytes: &[u8]) -> Option<HashSet<&[u8]>> {
    // The directory's end is followed by a comment of up to 65,535 bytes.
    let from = bytes.len().saturating_sub(22 + 65_535);
    let end = from + bytes[from..].windows(4).rposition(|four| four == b"PK\x05\x06")?;
    bytes.get(end..end + 22)?;
    let (count, mut at) = (number::<2>(bytes, end + 10)?, number::<4>(bytes, end + 16)? as usize);
    let mut names = HashSet::new();
    for _ in 0..count {
        if bytes.get(at..at.checked_add(4)?)? != b"PK\x01\x02" {
            return None;
        }
        let lengths = [28, 30, 32].map(|field| number::<2>(bytes, at + field));
        let [Some(name), Some(extra), Some(comment)] = lengths else { return None };
        names.insert(bytes.get(at + 46..at + 46 + name as usize)?);
        at += 46 + (name + extra + comment) as usize;
    }
    Some(names)
}

/// The number of `N` bytes that stands there, its lowest byte first.
fn number<const N: usize>(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..)?.first_chunk::<N>()?;
    Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte)))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A zip archive of these, none of them compressed.
    pub fn zip(files: &[(&str, &str)]) -> Vec<u8> {
        let (mut body, mut directory) = (Vec::new(), Vec::new());
        for (name, content) in files {
            let at = body.len() as u32;
            let (name, length) = (name.as_bytes(), (content.len() as u32).to_le_bytes());
            let names = (name.len() as u16).to_le_bytes();
            let rest = [&[0; 12][..], &length, &length, &names, &[0; 2]].concat();
            body.extend([b"PK\x03\x04\x14\0", &rest[..], name, content.as_bytes()].concat());
            directory.extend([b"PK\x01\x02\x14\0\x14\0", &rest[..], &[0; 10], &at.to_le_bytes(), name].concat());
        }
        let count = (files.len() as u16).to_le_bytes();
        let (length, at) = ((directory.len() as u32).to_le_bytes(), (body.len() as u32).to_le_bytes());
        [&body[..], &directory, b"PK\x05\x06\0\0\0\0", &count, &count, &length, &at, &[0; 2]].concat()
    }

    #[test]
    fn what_a_file_is_its_bytes_say() {
        let types = ("[Content_Types].xml", "<Types/>");
        let open = ("mimetype", "application/vnd.oasis.opendocument.text");
        for (bytes, expected) in [
            (b"\x89PNG\r\n\x1a\n...".to_vec(), Some(Kind::Png)),
            (b"\xff\xd8\xff\xe0...".to_vec(), Some(Kind::Jpeg)),
            (b"GIF89a...".to_vec(), Some(Kind::Gif)),
            (b"RIFF....WEBPVP8 ".to_vec(), Some(Kind::Webp)),
            (b"%PDF-1.7\n".to_vec(), Some(Kind::Pdf)),
            ("\u{feff}お茶, \"sencha\"\r\n".into(), Some(Kind::Text)),
            (zip(&[types, ("word/document.xml", "")]), Some(Kind::Docx)),
            (zip(&[types, ("xl/workbook.xml", "")]), Some(Kind::Xlsx)),
            (zip(&[types, ("ppt/presentation.xml", "")]), Some(Kind::Pptx)),
            (zip(&[open, ("content.xml", "")]), Some(Kind::Odt)),
            (zip(&[types, ("word/document.xml", ""), ("word/vbaProject.bin", "")]), None),
            (zip(&[open, ("content.xml", ""), ("Basic/Standard/a.xml", "")]), None),
            (zip(&[("readme.txt", "hello")]), None),
            (zip(&[("word/document.xml", "")]), None),
            (b"PK\x03\x04".to_vec(), None),
            (b"<!doctype html><script>".to_vec(), None),
            (b"\n <svg onload=alert(1)>".to_vec(), None),
            (b"MZ\x90\0\x03".to_vec(), None),
            (b"\x7fELF".to_vec(), None),
            (b"a\0b".to_vec(), None),
            (b"  \n".to_vec(), None),
            (b"".to_vec(), None),
        ] {
            assert_eq!(Kind::of(&bytes), expected, "{:?}", bytes.escape_ascii().to_string());
        }
    }

    #[test]
    fn a_damaged_archive_is_no_document() {
        let whole = zip(&[("[Content_Types].xml", "<Types/>"), ("word/document.xml", "")]);
        // Shorter, it is a text of two letters.
        for length in 3..whole.len() {
            assert_eq!(Kind::of(&whole[..length]), None, "{length} bytes");
        }
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 0xff;
            let _ = Kind::of(&bytes);
        }
    }
}
