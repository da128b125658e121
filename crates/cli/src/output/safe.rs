//! Names from files and boards, made harmless for a terminal.

/// Replaces what could steer a terminal or turn text around: control characters, and the marks that
/// change the direction of what follows.
pub(crate) fn safe(text: &str) -> String {
    let harmless = |c: char| if is_harmful(c) { '\u{fffd}' } else { c };
    text.chars().map(harmless).collect()
}

fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{2028}' | '\u{2029}'
        )
        || ('\u{202a}'..='\u{202e}').contains(&c)
        || ('\u{2066}'..='\u{2069}').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(safe("a\u{1b}[31mb\nc"), "a\u{fffd}[31mb\u{fffd}c");
        assert_eq!(safe("a\u{202e}b\u{2066}"), "a\u{fffd}b\u{fffd}");
        assert_eq!(safe("déjà vu 🚧"), "déjà vu 🚧");
    }
}
