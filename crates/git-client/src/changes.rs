//! What single commits changed, line by line.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use sync_core::ids::CommitId;

use crate::commit;
use crate::discover::Repository;
use crate::error::Error;

/// Neighbouring lines of a file that a commit replaced by others.
///
/// Each line is with the line break it has; the last one of a file may have none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replaced {
    /// The file, beside the root.
    pub path: String,
    /// The lines before; none where lines were added.
    pub before: Vec<Vec<u8>>,
    /// The lines after; none where lines were removed.
    pub after: Vec<Vec<u8>>,
}

impl Repository {
    /// Tells which of these commits changed something, and nothing but lines of which `allowed` says
    /// that they may be, in one run.
    ///
    /// Not among them are merges, commits without a parent, those that made, removed or moved a file
    /// or changed its mode, and those that touched a link, a submodule, or a file whose name git
    /// writes in quotes.
    pub fn changing_only(
        &self,
        commits: &[CommitId],
        mut allowed: impl FnMut(&Replaced) -> bool,
    ) -> Result<BTreeSet<CommitId>, Error> {
        let mut reader = PatchReader::default();
        if commits.is_empty() {
            return Ok(reader.found);
        }
        let mut input = String::new();
        for commit in commits {
            input.push_str(commit::spelled(commit)?);
            input.push('\n');
        }
        self.call("look into commits")
            // Of a merge, and of a commit without a parent, this prints nothing.
            .args(["diff-tree", "--stdin", "-r", "--patch", "--unified=0"])
            .args(["--inter-hunk-context=0", "--full-index", "--text"])
            .args(["--no-renames", "--no-relative", "--no-color"])
            .args(["--no-ext-diff", "--no-textconv", "--submodule=short"])
            .args(["--ignore-submodules=none", "--no-indent-heuristic"])
            .args(["--src-prefix=a/", "--dst-prefix=b/"])
            .input(input)
            .stream(b'\n', |line| {
                reader.read(line, &mut allowed)?;
                Ok(ControlFlow::Continue(()))
            })?;
        reader.end_commit(&mut allowed);
        Ok(reader.found)
    }
}

/// Reads the patches of `git diff-tree --stdin`, each after the id of its commit (git-diff,
/// "Generating patch text with -p").
#[derive(Default)]
struct PatchReader {
    found: BTreeSet<CommitId>,
    commit: Option<CommitId>,
    /// Something of the commit is not allowed: the rest of it is not looked at.
    spoilt: bool,
    expected: Expected,
    hunk: Replaced,
    /// How many lines of either side of the hunk are still to come.
    left: (usize, usize),
}

/// What the next line of a patch may be.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Expected {
    /// A file.
    #[default]
    File,
    /// The `index` line of one whose mode did not change.
    Index,
    /// The `---` line.
    Before,
    /// The `+++` line.
    After,
    /// The first hunk of a file.
    Hunk,
    /// Lines of a hunk, or what follows one.
    Lines,
}

impl PatchReader {
    fn read(
        &mut self,
        line: &[u8],
        allowed: &mut impl FnMut(&Replaced) -> bool,
    ) -> Result<(), &'static str> {
        // No line of a patch without context begins like one.
        if let Some(id) = commit::printed(line) {
            self.end_commit(allowed);
            self.commit = Some(id);
            (self.spoilt, self.expected) = (false, Expected::File);
            return Ok(());
        }
        if self.commit.is_none() {
            return Err("a patch without a commit");
        }
        if !self.spoilt && !self.take(line, allowed) {
            self.spoilt = true;
        }
        Ok(())
    }

    /// Takes one line of a patch; says whether it is of a kind that is known and allowed.
    fn take(&mut self, line: &[u8], allowed: &mut impl FnMut(&Replaced) -> bool) -> bool {
        match self.expected {
            Expected::Lines => self.line(line, allowed),
            Expected::File => self.file(line),
            Expected::Index => {
                let regular = line.ends_with(b" 100644") || line.ends_with(b" 100755");
                self.expect(line.starts_with(b"index ") && regular, Expected::Before)
            }
            Expected::Before => self.expect(line.starts_with(b"--- a/"), Expected::After),
            Expected::After => self.expect(line.starts_with(b"+++ b/"), Expected::Hunk),
            Expected::Hunk => self.hunk(line),
        }
    }

    fn expect(&mut self, as_expected: bool, next: Expected) -> bool {
        self.expected = next;
        as_expected
    }

    /// `diff --git a/PATH b/PATH`, the two being one.
    fn file(&mut self, line: &[u8]) -> bool {
        let names = line
            .strip_prefix(b"diff --git a/")
            .and_then(|names| std::str::from_utf8(names).ok());
        let Some(names) = names else {
            return false;
        };
        let length = names.len().saturating_sub(" b/".len()) / 2;
        let (Some(path), Some(again)) = (names.get(..length), names.get(length..)) else {
            return false;
        };
        path.clone_into(&mut self.hunk.path);
        self.expect(again.strip_prefix(" b/") == Some(path), Expected::Index)
    }

    /// `@@ -LINE[,COUNT] +LINE[,COUNT] @@`, and perhaps the heading above.
    fn hunk(&mut self, line: &[u8]) -> bool {
        let text = String::from_utf8_lossy(line);
        let mut fields = text.split(' ');
        let counts = (
            fields.next() == Some("@@"),
            count(fields.next(), '-'),
            count(fields.next(), '+'),
            fields.next() == Some("@@"),
        );
        let (true, Some(before), Some(after), true) = counts else {
            return false;
        };
        self.left = (before, after);
        self.expect(before + after > 0, Expected::Lines)
    }

    fn line(&mut self, line: &[u8], allowed: &mut impl FnMut(&Replaced) -> bool) -> bool {
        let hunk = &mut self.hunk;
        let (side, left) = match line.first() {
            Some(b'-') => (&mut hunk.before, &mut self.left.0),
            Some(b'+') => (&mut hunk.after, &mut self.left.1),
            // "No newline at end of file", in whatever language.
            Some(b'\\') => {
                let side = if hunk.after.is_empty() {
                    &mut hunk.before
                } else {
                    &mut hunk.after
                };
                return side.last_mut().and_then(Vec::pop).is_some();
            }
            _ => {
                return self.end_hunk(allowed)
                    && match line.first() {
                        Some(b'@') => self.hunk(line),
                        _ => self.file(line),
                    };
            }
        };
        let Some(one_less) = left.checked_sub(1) else {
            return false;
        };
        *left = one_less;
        side.push([&line[1..], b"\n"].concat());
        true
    }

    /// Lets a hunk be judged; says whether it is complete and allowed.
    fn end_hunk(&mut self, allowed: &mut impl FnMut(&Replaced) -> bool) -> bool {
        let good = self.left == (0, 0) && allowed(&self.hunk);
        self.hunk.before.clear();
        self.hunk.after.clear();
        good
    }

    fn end_commit(&mut self, allowed: &mut impl FnMut(&Replaced) -> bool) {
        let complete = self.expected == Expected::Lines && self.end_hunk(allowed);
        if let Some(id) = self.commit.take()
            && complete
            && !self.spoilt
        {
            self.found.insert(id);
        }
    }
}

/// Reads the count of a hunk's side; without one it is 1.
fn count(side: Option<&str>, sign: char) -> Option<usize> {
    let side = side?.strip_prefix(sign)?;
    match side.split_once(',') {
        Some((_, count)) => count.parse().ok(),
        None => Some(1),
    }
}

#[cfg(test)]
mod tests;
