//! What must never be shown, and foreign text made fit to be shown.

use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;

/// The longest foreign text that is shown, in characters.
const LONGEST: usize = 300;

/// The secrets of one connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Secrets(Arc<[SecretString]>);

impl Secrets {
    pub(crate) fn add(&mut self, secret: &SecretString) {
        self.0 = self.0.iter().chain([secret]).cloned().collect();
    }

    /// Makes text that came from outside fit for one line of a message: without secrets, which a
    /// server may echo, without control characters, and not endless.
    pub(crate) fn shown(&self, text: &str) -> String {
        let secrets = self.0.iter().map(SecretString::expose_secret);
        let text = secrets.fold(text.to_owned(), |text, secret| {
            text.replace(secret, "[secret]")
        });
        let plain = text.chars().map(|c| if is_unfit(c) { ' ' } else { c });
        let mut line: String = plain.take(LONGEST + 1).collect();
        if let Some((end, _)) = line.char_indices().nth(LONGEST) {
            line.truncate(end);
            line.push('…');
        }
        line
    }
}

/// Control characters, and those that turn the direction of the text around them.
fn is_unfit(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_is_one_short_line_without_secrets() {
        let mut secrets = Secrets::default();
        secrets.add(&"canary".into());
        secrets.add(&"parrot".into());
        assert_eq!(
            secrets.shown("a canary,\na parrot\u{1b}[31m\u{202e}"),
            "a [secret], a [secret] [31m "
        );
        let long = "é".repeat(LONGEST);
        assert_eq!(secrets.shown(&long), long);
        assert_eq!(secrets.shown(&format!("{long}é")), format!("{long}…"));
    }

    #[test]
    fn a_secret_is_not_cut_in_half() {
        let mut secrets = Secrets::default();
        secrets.add(&"canary".into());
        let text = format!("{}canary", "x".repeat(LONGEST - 3));
        assert!(!secrets.shown(&text).contains("can"));
    }
}
