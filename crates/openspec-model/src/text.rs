//! Text as JavaScript sees it: its white space, its line ends, its order of strings.
//!
//! The official CLI runs on Node, so what a task line or a title is hangs on these sets
//! (OpenSpec sheet §7.1).

use std::borrow::Cow;
use std::cmp::Ordering;

/// `\s` of a JavaScript pattern: U+FEFF belongs to it and U+0085 does not.
pub(crate) fn is_space(c: char) -> bool {
    c == '\u{feff}' || (c.is_whitespace() && c != '\u{85}')
}

/// What `.` does not match and `^` and `$` of a multi-line pattern stand at.
pub(crate) fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}')
}

/// `String.prototype.trim`.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// The text of a file as Node reads it: each part that is not UTF-8 becomes U+FFFD.
pub(crate) fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    // Nearly every file is UTF-8, and to find that out is much quicker than to look for what is not.
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// The part up to the first line end.
pub(crate) fn first_line(text: &str) -> &str {
    text.find(is_line_end).map_or(text, |end| &text[..end])
}

/// The order of `Array.prototype.sort`: by UTF-16 code units.
pub(crate) fn utf16_order(a: &str, b: &str) -> Ordering {
    a.encode_utf16().cmp(b.encode_utf16())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_that_of_javascript() {
        let spaces: Vec<u32> = ('\0'..=char::MAX)
            .filter(|c| is_space(*c))
            .map(u32::from)
            .collect();
        let expected: Vec<u32> = (0x09..=0x0d)
            .chain([0x20, 0xa0, 0x1680])
            .chain(0x2000..=0x200a)
            .chain([0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff])
            .collect();
        assert_eq!(spaces, expected);
    }

    #[test]
    fn utf16_order_puts_a_surrogate_before_a_late_plane_zero_character() {
        assert_eq!(utf16_order("\u{1f69a}", "\u{ff5e}"), Ordering::Less);
        assert_eq!("\u{1f69a}".cmp("\u{ff5e}"), Ordering::Greater);
    }
}
