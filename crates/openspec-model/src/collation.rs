//! The order of names: ICU's, as `localeCompare` has it in Node.
//!
//! Blanks and punctuation come before digits, digits before letters; case and accents only decide
//! between names that are otherwise equal, lower case first (OpenSpec sheet §3). Exact for ASCII and
//! for Latin letters up to U+017F; other letters follow by code point.

use std::cmp::Ordering;

/// Blanks and punctuation in ICU's order; money comes after these.
const PUNCTUATION: &str = "\t\n\u{b}\u{c}\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~";

/// Accented letters under their plain one, in the order of their accents.
const ACCENTED: [(char, &str); 19] = [
    ('a', "áàăâåäãąā"),
    ('c', "ćĉčċç"),
    ('d', "ďđð"),
    ('e', "éèĕêěëėęē"),
    ('g', "ğĝġģ"),
    ('h', "ĥħ"),
    ('i', "íìĭîïĩįī"),
    ('j', "ĵ"),
    ('k', "ķ"),
    ('l', "ĺľļłŀ"),
    ('n', "ńňñņ"),
    ('o', "óòŏôöőõøō"),
    ('r', "ŕřŗ"),
    ('s', "śŝšşſ"),
    ('t', "ťţ"),
    ('u', "úùŭûůüűũųū"),
    ('w', "ŵ"),
    ('y', "ýŷÿ"),
    ('z', "źžż"),
];

/// Letters that sort as two.
const DOUBLE: [(char, &str); 4] = [('ß', "ss"), ('æ', "ae"), ('œ', "oe"), ('ĳ', "ij")];

/// What tells `ß` from `ss`: more than any accent.
const LAST_ACCENT: u32 = u32::MAX;

const SYMBOLS: u32 = 0x1_0000;
const MONEY: u32 = 0x20_0000;
const DIGITS: u32 = 0x21_0000;
const LATIN: u32 = 0x22_0000;
const OTHER_LETTERS: u32 = 0x30_0000;

/// Compares two names. Equal is only said of names that ICU takes for the same.
pub(crate) fn by_name(a: &str, b: &str) -> Ordering {
    if is_plain(a) && is_plain(b) {
        return a.cmp(b);
    }
    Key::of(a).cmp(&Key::of(b))
}

/// Whether byte order and ICU's agree on all such names.
fn is_plain(name: &str) -> bool {
    name.bytes()
        .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'/'))
}

/// What is compared first, where that is equal, and where that is equal too.
#[derive(Default, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    letters: Vec<u32>,
    accents: Vec<u32>,
    capitals: Vec<bool>,
}

impl Key {
    fn of(name: &str) -> Self {
        let mut key = Self::default();
        for c in name.chars() {
            let mut lower = c.to_lowercase();
            let (Some(small), None) = (lower.next(), lower.next()) else {
                key.push(OTHER_LETTERS + u32::from(c), 0, false);
                continue;
            };
            key.push_small(small, small != c);
        }
        key
    }

    fn push_small(&mut self, c: char, capital: bool) {
        if let Some((_, letters)) = DOUBLE.iter().find(|(double, _)| *double == c) {
            for (letter, accent) in std::iter::zip(letters.chars(), [0, LAST_ACCENT]) {
                self.push(latin(letter), accent, capital);
            }
            return;
        }
        let accented = ACCENTED.iter().find_map(|(plain, accented)| {
            let at = accented.chars().position(|other| other == c)?;
            Some((*plain, u32::try_from(at).unwrap_or(0) + 1))
        });
        if let Some((plain, accent)) = accented {
            self.push(latin(plain), accent, capital);
        } else if matches!(c, '\u{300}'..='\u{36f}') {
            self.accents.push(u32::from(c));
        } else if let Some(at) = PUNCTUATION.chars().position(|other| other == c) {
            self.push(u32::try_from(at).unwrap_or(0), 0, false);
        } else if matches!(c, '$' | '£' | '¥' | '€') {
            self.push(MONEY + u32::from(c), 0, false);
        } else if let Some(digit) = c.to_digit(10) {
            self.push(DIGITS + digit, 0, false);
        } else if c.is_ascii_lowercase() {
            self.push(latin(c), 0, capital);
        } else if c.is_alphanumeric() {
            self.push(OTHER_LETTERS + u32::from(c), 0, capital);
        } else if !c.is_control() {
            self.push(SYMBOLS + u32::from(c), 0, false);
        }
    }

    fn push(&mut self, letter: u32, accent: u32, capital: bool) {
        self.letters.push(letter);
        self.accents.push(accent);
        self.capitals.push(capital);
    }
}

fn latin(c: char) -> u32 {
    LATIN + u32::from(c)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As Node 20 (ICU 78) sorts them.
    const SORTED: [&str; 52] = [
        " lead",
        "_",
        "_a",
        "-",
        "-rf",
        ",",
        "..",
        ".hidden",
        "(x)",
        "@",
        "/a",
        "&",
        "#1",
        "%20",
        "~",
        "🚀",
        "$",
        "€",
        "1",
        "10-x",
        "9-x",
        "a",
        "A",
        "á",
        "Á",
        "a b",
        "a_b",
        "a-b",
        "A-b",
        "a.b",
        "a/b",
        "ab",
        "aé",
        "lodz",
        "łódź",
        "Łódź",
        "lodzi",
        "strasse",
        "STRASSE",
        "straße",
        "strasse-2",
        "uber",
        "Uber",
        "über",
        "ubers",
        "ünïcode",
        "Upper_Case.name",
        "utf16",
        "z",
        "я",
        "Я",
        "日本",
    ];

    #[test]
    fn names_sort_as_in_node() {
        let mut names = SORTED;
        names.reverse();
        names.sort_by(|a, b| by_name(a, b));
        assert_eq!(names, SORTED);
    }

    #[test]
    fn plain_names_are_in_byte_order_either_way() {
        proptest!(|(a in "[a-z0-9/-]{0,8}", b in "[a-z0-9/-]{0,8}")| {
            prop_assert_eq!(Key::of(&a).cmp(&Key::of(&b)), a.cmp(&b));
        });
    }
}
