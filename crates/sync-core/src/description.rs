//! A card's description: the block we keep, and people's text around it.
//!
//! ```text
//! people's text, kept byte for byte
//! [onward:1]: # "…"            the marker opens the block
//!
//! why, path and one sentence
//!
//! [onward:end]: #              and this line closes it
//! people's text, kept byte for byte
//! ```

use crate::marker::{Marker, MarkerFault};
use alloc::format;
use alloc::string::{String, ToString};

/// The line that closes the block.
const END: &str = "[onward:end]: #";

/// A description, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Described {
    /// People's text before the block; all of it when there is no block.
    pub(crate) before: String,
    /// Our block.
    pub(crate) block: Option<Block>,
    /// People's text after the block.
    pub(crate) after: String,
}

/// The block we keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    /// Its first line.
    pub(crate) marker: Marker,
    /// What it shows.
    pub(crate) text: String,
}

impl Described {
    /// Takes a description apart.
    ///
    /// # Errors
    ///
    /// A fault when a marker is there but cannot be trusted, with the marker where one could be
    /// read, which tells whose card it is.
    pub(crate) fn parse(description: &str) -> Result<Described, (MarkerFault, Option<Marker>)> {
        let mut markers = lines(description).filter(|(_, line)| Marker::claims(line));
        let Some((start, line)) = markers.next() else {
            return Ok(Described {
                before: description.into(),
                block: None,
                after: String::new(),
            });
        };
        let marker = Marker::parse(line);
        if markers.next().is_some() {
            return Err((MarkerFault::Doubled, marker.ok()));
        }
        let marker = marker.map_err(|fault| (fault, None))?;
        let mut ends = lines(description).filter(|(_, line)| line.trim() == END);
        let text_start = start + line.len();
        let (Some((end, end_line)), None) = (ends.next(), ends.next()) else {
            return Err((MarkerFault::Broken, Some(marker)));
        };
        if end < text_start {
            return Err((MarkerFault::Broken, Some(marker)));
        }
        Ok(Described {
            before: description[..start].into(),
            block: Some(Block {
                marker,
                text: description[text_start..end].trim().replace("\r\n", "\n"),
            }),
            after: description[end + end_line.len()..].into(),
        })
    }

    /// Says whether people wrote anything around the block.
    pub(crate) fn is_bare(&self) -> bool {
        self.before.trim().is_empty() && self.after.trim().is_empty()
    }

    /// Puts a description together again, with another block.
    pub(crate) fn compose(&self, marker: &Marker, text: &str) -> String {
        let before = match self.before.as_str() {
            "" => String::new(),
            // A definition cannot interrupt a paragraph, so a blank line has to come before it.
            text if text.ends_with("\n\n") || self.block.is_some() => text.into(),
            text => format!("{}\n\n", text.trim_end_matches('\n')),
        };
        let after = &self.after;
        format!("{before}{marker}\n\n{text}\n\n{END}{after}")
    }

    /// Drops a copy of the shown text that an editor left behind when it dropped the marker.
    pub(crate) fn without_leftover(mut self, text: &str) -> Described {
        if self.block.is_none() {
            let kept = self.before.replace("\r\n", "\n").replacen(text, "", 1);
            if kept.len() < self.before.len() && self.before.contains(text) {
                self.before = kept.replace(END, "").trim().to_string();
            }
        }
        self
    }
}

/// Makes text fit to stand in a block: no line of it can be taken for one of ours.
pub(crate) fn block_text(text: &str) -> String {
    let kept = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("[onward:"));
    let mut out = String::new();
    for line in kept {
        out.extend(line.chars().filter(|c| *c == '\t' || !c.is_control()));
        out.push('\n');
    }
    out.trim().into()
}

/// Returns each line with its end of line cut off, and where it starts.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        (start, line.trim_end_matches(['\n', '\r']))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::marker::tests::marker;
    use proptest::prelude::*;

    fn compose(before: &str, after: &str) -> String {
        let described = Described {
            before: before.into(),
            block: None,
            after: after.into(),
        };
        described.compose(&marker(), "Why")
    }

    #[test]
    fn peoples_text_is_kept() {
        let text = compose("Ask Ann first.", "\nsee wiki\r\n");
        let described = Described::parse(&text).unwrap();
        assert_eq!(described.before, "Ask Ann first.\n\n");
        assert_eq!(described.after, "\nsee wiki\r\n");
        assert_eq!(described.block.as_ref().unwrap().text, "Why");
        assert_eq!(described.compose(&marker(), "Why"), text);
    }

    #[test]
    fn faults_are_told_apart() {
        let text = compose("", "");
        let doubled = format!("{text}\n\n{text}");
        let parse = |text: &str| Described::parse(text).map_err(|(fault, _)| fault);
        assert_eq!(parse(&doubled), Err(MarkerFault::Doubled));
        assert_eq!(parse(&text.replace(END, "")), Err(MarkerFault::Broken));
        assert_eq!(parse(&text.replace("dirty", "dirt")), Err(MarkerFault::Broken));
        assert_eq!(parse(&format!("{END}\n{text}")), Err(MarkerFault::Broken));
        assert_eq!(parse(&text.replace("[onward:1]", "[onward:7]")), Err(MarkerFault::Newer));
    }

    #[test]
    fn a_crlf_editor_changes_nothing() {
        let text = compose("hello", "").replace('\n', "\r\n");
        let described = Described::parse(&text).unwrap();
        assert_eq!(described.block.unwrap().marker, marker());
    }

    #[test]
    fn a_leftover_is_not_doubled() {
        let lost = Described::parse("Note\n\nWhy\n\n[onward:end]: #\n").unwrap();
        assert_eq!(lost.without_leftover("Why").before, "Note");
    }

    #[test]
    fn hostile_text_cannot_forge_lines() {
        assert_eq!(block_text("a\n [onward:1]: # \"x\"\nb\u{0}\n"), "a\nb");
    }

    proptest! {
        #[test]
        fn composing_is_undone(before in any::<String>(), after in "(\n.*)?", text in any::<String>()) {
            prop_assume!(!before.contains("[onward:") && !after.contains("[onward:"));
            let text = block_text(&text);
            let start = Described { before, block: None, after: after.clone() };
            let once = start.compose(&marker(), &text);
            let read = Described::parse(&once).unwrap();
            prop_assert_eq!(&read.block.as_ref().unwrap().marker, &marker());
            prop_assert_eq!(read.block.as_ref().unwrap().text.trim(), text.trim());
            prop_assert_eq!(&read.after, &after);
            prop_assert_eq!(read.compose(&marker(), &text), once);
        }
    }
}
