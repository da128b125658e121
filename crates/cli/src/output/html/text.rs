//! Foreign text between tags or in a quoted attribute.

use std::fmt;

/// Text that is shown as it reads, whatever it holds.
///
/// Signs that mean something to HTML are escaped, and control characters but for the end of a line
/// and the tab are replaced, as a parser would stumble over them. Marks of direction stay, since people
/// write them; the elements around foreign text are isolated, so that they end with it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Text<'a>(pub(super) &'a str);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut plain = 0;
        for (at, c) in self.0.char_indices() {
            let escaped = match c {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                '\'' => "&#39;",
                '\n' | '\t' => continue,
                c if c.is_control() => "\u{fffd}",
                _ => continue,
            };
            f.write_str(&self.0[plain..at])?;
            f.write_str(escaped)?;
            plain = at + c.len_utf8();
        }
        f.write_str(&self.0[plain..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_it_is_markup() {
        let text = "</script><img src=x onerror='alert(1)' \"> &amp;\u{0}\u{1b}é\n\u{202e}x";
        assert_eq!(
            Text(text).to_string(),
            "&lt;/script&gt;&lt;img src=x onerror=&#39;alert(1)&#39; &quot;&gt; &amp;amp;\u{fffd}\u{fffd}é\n\u{202e}x"
        );
        assert_eq!(Text("").to_string(), "");
    }
}
