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

use crate::marker::{CardKey, Marker, MarkerFault};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// The line that closes the block.
const END: &str = "[onward:end]: #";

/// A description, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Described {
    /// People's text before the block; all of it when there is no block.
    pub(crate) before: String,
    /// Our block.
    pub(crate) block: Option<Box<Block>>,
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

/// A description whose marker cannot be trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Faulty {
    /// What is wrong.
    pub(crate) fault: MarkerFault,
    /// The key on each marker line, none where it cannot be read: whose card it may be.
    pub(crate) keys: Vec<Option<CardKey>>,
}

impl Described {
    /// Takes a description apart.
    ///
    /// # Errors
    ///
    /// [`Faulty`] when a marker is there but cannot be trusted.
    pub(crate) fn parse(description: &str) -> Result<Described, Faulty> {
        Self::whole(description).map_err(|fault| Faulty {
            fault,
            keys: keys(description).collect(),
        })
    }

    fn whole(description: &str) -> Result<Described, MarkerFault> {
        let mut markers = lines(description).filter(|(_, line)| Marker::claims(line));
        let Some((start, line)) = markers.next() else {
            return Ok(Described {
                before: description.into(),
                block: None,
                after: String::new(),
            });
        };
        if markers.next().is_some() {
            return Err(MarkerFault::Doubled);
        }
        let marker = Marker::parse(line)?;
        let mut ends = lines(description).filter(|(_, line)| line.trim() == END);
        let text_start = start + line.len();
        let (Some((end, end_line)), None) = (ends.next(), ends.next()) else {
            return Err(MarkerFault::Broken);
        };
        if end < text_start {
            return Err(MarkerFault::Broken);
        }
        Ok(Described {
            before: description[..start].into(),
            block: Some(Box::new(Block {
                marker,
                text: description[text_start..end].trim().replace("\r\n", "\n"),
            })),
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

    /// Drops what an editor left of a block when it dropped the marker: the closing line, and the
    /// shown text where it still stands as it was written.
    pub(crate) fn without_leftover(mut self, text: &str) -> Described {
        if self.block.is_some() {
            return self;
        }
        let closing = |line: &&str| line.trim() == END;
        if self.before.lines().any(|line| closing(&line)) {
            let lines = self.before.split_inclusive('\n');
            self.before = lines.filter(|line| !closing(line)).collect();
        }
        let whole_lines = |at: &usize| {
            let (head, tail) = (&self.before[..*at], &self.before[at + text.len()..]);
            (head.is_empty() || head.ends_with('\n'))
                && (tail.is_empty() || tail.starts_with(['\n', '\r']))
        };
        let mut found = self.before.match_indices(text).map(|(at, _)| at);
        if let Some(at) = found.find(whole_lines) {
            self.after = self.before.split_off(at).split_off(text.len());
        }
        self
    }
}

/// Returns the key on each line that claims to be a marker, good or not.
pub(crate) fn keys(description: &str) -> impl Iterator<Item = Option<CardKey>> {
    let markers = lines(description).filter(|(_, line)| Marker::claims(line));
    markers.map(|(_, line)| Marker::salvage_key(line))
}

/// Makes text fit to stand in a block: no line of it can be taken for one of ours.
pub(crate) fn block_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let start = out.len();
        out.extend(line.chars().filter(|c| *c == '\t' || !c.is_control()));
        if out[start..].trim_start().starts_with("[onward:") {
            out.truncate(start);
        } else {
            out.push('\n');
        }
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
        let parse = |text: &str| Described::parse(text).map_err(|faulty| faulty.fault);
        assert_eq!(parse(&doubled), Err(MarkerFault::Doubled));
        assert_eq!(parse(&text.replace(END, "")), Err(MarkerFault::Broken));
        assert_eq!(
            parse(&text.replace("dirty", "dirt")),
            Err(MarkerFault::Broken)
        );
        assert_eq!(parse(&format!("{END}\n{text}")), Err(MarkerFault::Broken));
        assert_eq!(
            parse(&text.replace("[onward:1]", "[onward:7]")),
            Err(MarkerFault::Newer)
        );
    }

    #[test]
    fn a_crlf_editor_changes_nothing() {
        let text = compose("hello", "").replace('\n', "\r\n");
        let described = Described::parse(&text).unwrap();
        assert_eq!(described.block.unwrap().marker, marker());
    }

    #[test]
    fn a_leftover_is_not_doubled() {
        let lost = Described::parse("Note\n\nWhy\n\n[onward:end]: #\nWhy not").unwrap();
        let lost = lost.without_leftover("Why");
        assert_eq!(lost.before, "Note\n\n");
        assert_eq!(lost.after, "\n\nWhy not");
        let again = Described::parse(&lost.compose(&marker(), "Why")).unwrap();
        assert_eq!(again.after, lost.after);
    }

    #[test]
    fn a_closing_line_left_behind_does_not_break_the_new_block() {
        let lost = Described::parse("Old why\n\n[onward:end]: #").unwrap();
        let text = lost
            .without_leftover("New why")
            .compose(&marker(), "New why");
        assert_eq!(Described::parse(&text).unwrap().before, "Old why\n\n");
    }

    #[test]
    fn hostile_text_cannot_forge_lines() {
        assert_eq!(block_text("a\n [onward:1]: # \"x\"\nb\u{0}\n"), "a\nb");
        assert_eq!(block_text("a\n\u{0}[onward:1]: #"), "a");
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
