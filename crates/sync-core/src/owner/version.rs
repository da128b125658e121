//! Which of two versions is older.

use alloc::vec::Vec;
use core::cmp::Ordering;

/// A version as Python packages and crates write it: numbers, then perhaps what comes before the
/// release (`.dev1`, `a1`, `b2`, `rc3`, `-alpha.1`) or after it (`.post1`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    release: Vec<u64>,
    stage: Stage,
    number: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Dev,
    Alpha,
    Beta,
    Candidate,
    Release,
    Post,
}

impl Version {
    /// Reads a version; `None` for text that is none, of which nobody can say what it is older than.
    /// What follows `+` is ignored.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.split_once('+').map_or(text, |(version, _)| version);
        let text = text.trim().strip_prefix('v').unwrap_or(text.trim());
        let digits = |c: char| c.is_ascii_digit() || c == '.';
        let (numbers, rest) = text.split_at(text.find(|c| !digits(c)).unwrap_or(text.len()));
        let mut release = Vec::new();
        for number in numbers.strip_suffix('.').unwrap_or(numbers).split('.') {
            release.push(number.parse().ok()?);
        }
        while release.last() == Some(&0) {
            release.pop();
        }
        let rest = rest.trim_start_matches(['-', '_']);
        let word = rest.split_at(
            rest.find(|c: char| !c.is_ascii_alphabetic())
                .unwrap_or(rest.len()),
        );
        let stage = match word.0.to_ascii_lowercase().as_str() {
            "" if rest.is_empty() && !numbers.ends_with('.') => Stage::Release,
            "dev" => Stage::Dev,
            "a" | "alpha" => Stage::Alpha,
            "b" | "beta" => Stage::Beta,
            "c" | "rc" | "pre" | "preview" => Stage::Candidate,
            "post" | "rev" | "r" => Stage::Post,
            _ => return None,
        };
        let number = match word.1.trim_start_matches(['.', '-', '_']) {
            "" => 0,
            number => number.parse().ok()?,
        };
        Some(Self {
            release,
            stage,
            number,
        })
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |version: &Self| (version.stage, version.number);
        self.release
            .cmp(&other.release)
            .then_with(|| key(self).cmp(&key(other)))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
