//! Small rules about text that several rooms share: names, limits, fingerprints.

use alloc::string::String;
use core::hash::{Hash, Hasher};
use sha2::{Digest, Sha256};

/// Says whether two names are one to a board: equal but for case, nothing trimmed.
pub fn same_name(a: &str, b: &str) -> bool {
    a.chars()
        .flat_map(char::to_lowercase)
        .eq(b.chars().flat_map(char::to_lowercase))
}

/// Makes text fit for one line of a board: control characters become blanks, the ends are trimmed,
/// and what is longer than `limit` UTF-16 units is cut with `…` (Planka sheet §12, pitfalls 12 and 16).
pub fn fit(text: &str, limit: Option<usize>) -> String {
    let line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let line = line.trim();
    let units: usize = line.chars().map(char::len_utf16).sum();
    let Some(limit) = limit.filter(|limit| units > *limit) else {
        return line.into();
    };
    let mut room = limit.saturating_sub(1);
    let mut cut = String::new();
    for c in line.chars() {
        let Some(left) = room.checked_sub(c.len_utf16()) else {
            break;
        };
        room = left;
        cut.push(c);
    }
    cut.truncate(cut.trim_end().len());
    cut.push('…');
    cut
}

/// Returns the leading number of a heading or task, such as `1.2` of `1.2 Add the query`.
///
/// It starts with an ASCII digit, goes on with digits and dots, and is followed by a blank;
/// a dot at its end does not count.
pub fn leading_number(text: &str) -> Option<&str> {
    let (number, _) = text.split_once(' ')?;
    let number = number.trim_end_matches(['.', ')']);
    let numeric = number.starts_with(|c: char| c.is_ascii_digit())
        && number.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    numeric.then_some(number)
}

/// A [`Hasher`] that keeps all of SHA-256, so that whatever derives `Hash` has a digest.
#[derive(Default)]
pub(crate) struct Sha256Hasher(Sha256);

impl Hasher for Sha256Hasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        let digest = self.0.clone().finalize();
        digest
            .iter()
            .take(8)
            .fold(0, |all, byte| all << 8 | u64::from(*byte))
    }
}

impl Sha256Hasher {
    /// Returns 64 lower-case hexadecimal digits.
    pub(crate) fn into_hex(self) -> String {
        let digest = self.0.finalize();
        let nibbles = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        nibbles
            .filter_map(|nibble| char::from_digit(u32::from(nibble), 16))
            .collect()
    }
}

/// Returns `digits` lower-case hexadecimal digits (64 at most) of the parts' SHA-256, which tells
/// `ab`, `c` from `a`, `bc`.
pub fn hex_digest<'a>(parts: impl IntoIterator<Item = &'a str>, digits: usize) -> String {
    let mut hasher = Sha256Hasher::default();
    for part in parts {
        part.hash(&mut hasher);
    }
    let mut hex = hasher.into_hex();
    hex.truncate(digits);
    hex
}

/// Percent-encodes everything but `[A-Za-z0-9._-]`, so that the text may stand in a file name, a
/// quoted attribute or between slashes.
pub fn percent_encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for nibble in [byte >> 4, byte & 15] {
                out.extend(char::from_digit(u32::from(nibble), 16).map(|c| c.to_ascii_uppercase()));
            }
        }
    }
    out
}

/// Undoes [`percent_encode`]; `None` for a broken escape or for bytes that are not UTF-8.
pub fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut out = alloc::vec::Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        out.push(if byte == b'%' {
            let mut digit = || char::from(bytes.next()?).to_digit(16);
            let (high, low) = (digit()?, digit()?);
            u8::try_from(high * 16 + low).ok()?
        } else {
            byte
        });
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_equal_but_for_case() {
        assert!(same_name("In Progress", "in progress"));
        assert!(same_name("ÜBER", "über"));
        assert!(!same_name("Done", "Done "));
    }

    #[test]
    fn long_text_is_cut_in_utf16_units() {
        assert_eq!(fit("  a\tb\n", None), "a b");
        assert_eq!(fit("abcdef", Some(4)), "abc…");
        assert_eq!(fit("abcd", Some(4)), "abcd");
        assert_eq!(fit("🚧🚧🚧", Some(4)), "🚧…");
    }

    #[test]
    fn numbers_lead() {
        assert_eq!(leading_number("1.2 Add"), Some("1.2"));
        assert_eq!(leading_number("3. Setup"), Some("3"));
        assert_eq!(leading_number("2) Setup"), Some("2"));
        assert_eq!(leading_number("v1 Add"), None);
        assert_eq!(leading_number("12"), None);
        assert_eq!(leading_number("1x Add"), None);
    }

    #[test]
    fn digests_tell_parts_apart() {
        assert_eq!(hex_digest(["ab"], 8).len(), 8);
        assert_ne!(hex_digest(["ab", "c"], 64), hex_digest(["a", "bc"], 64));
    }

    proptest! {
        #[test]
        fn encoding_is_undone(text in any::<String>()) {
            prop_assert_eq!(percent_decode(&percent_encode(&text)), Some(text));
        }

        #[test]
        fn fitting_twice_is_fitting_once(text in any::<String>(), limit in 1usize..40) {
            let once = fit(&text, Some(limit));
            prop_assert!(once.chars().map(char::len_utf16).sum::<usize>() <= limit);
            prop_assert_eq!(fit(&once, Some(limit)), once);
        }
    }
}
