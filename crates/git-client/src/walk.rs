//! Walking a history once for many paths.
//!
//! `git log -1 -- PATH` goes from commit to commit: as long as some parent has the same at the
//! path it follows the first such parent, and the first commit that differs from all its parents is
//! the answer (git-log, "History Simplification", default mode). That line can be followed for any
//! number of paths at once, given each commit's parents and what differs from each of them. One
//! `git log` prints that, newest first, and is stopped when every path has its answer.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::ControlFlow;

use sync_core::ids::CommitId;

use crate::commit;
use crate::discover::Repository;
use crate::error::Error;
use crate::paths::Asked;

/// A commit and which of the asked paths differ from each parent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) commit: CommitId,
    pub(crate) parents: Vec<CommitId>,
    /// Numbers of paths, for each parent; a commit without parents is compared with nothing at all.
    pub(crate) touched: Vec<BTreeSet<usize>>,
}

/// Hands over the commits of `head`'s history, newest first, until the taker breaks off.
pub(crate) fn walk(
    repository: &Repository,
    head: &CommitId,
    asked: &Asked,
    mut take: impl FnMut(Node) -> ControlFlow<()>,
) -> Result<(), Error> {
    if asked.is_empty() {
        return Ok(());
    }
    let mut reader = LogReader::new(asked);
    let mut broken_off = false;
    repository
        .call("read the history")
        // Each of these has a setting that would change what is printed.
        .args(["-c", "log.showRoot=true", "log", "-z", "--no-color"])
        .args(["--no-decorate", "--no-notes", "--no-show-signature"])
        .args(["--no-follow", "--no-ext-diff", "--no-renames"])
        .args(["--ignore-submodules=none", "--no-abbrev-commit"])
        // All commits, with their true parents: rewritten ones would lose lines of history in
        // which the common folder never existed.
        .args(["--full-history", "--sparse", "--parents"])
        // The raw form is the only one to say which parent a merge is compared with and to keep
        // that apart from the message.
        .args(["--pretty=raw", "--diff-merges=separate", "--name-status"])
        .args(["--end-of-options", head.as_str(), "--"])
        .args(asked.common_folder())
        .stream(0, |record| {
            let Some(node) = reader.read(record)? else {
                return Ok(ControlFlow::Continue(()));
            };
            let flow = take(node);
            broken_off = flow.is_break();
            Ok(flow)
        })?;
    if !broken_off && let Some(last) = reader.finish() {
        let _ = take(last);
    }
    Ok(())
}

/// Reads the records of `git log -z --pretty=raw --name-status --parents`.
///
/// A commit's record is `commit <id> <parents> [(from <parent>)]`, headers and message, and after
/// the last line break the first status letter, if anything differs. Then come a path, a status, a
/// path, … and an empty record. A merge has such a group for each parent it differs from.
struct LogReader<'a> {
    asked: &'a Asked,
    node: Option<Node>,
    /// The parents, by number, that the group at hand compares with.
    sides: Vec<usize>,
    expected: Expected,
}

enum Expected {
    Commit,
    Path,
    StatusOrEnd,
}

impl<'a> LogReader<'a> {
    fn new(asked: &'a Asked) -> Self {
        Self {
            asked,
            node: None,
            sides: Vec::new(),
            expected: Expected::Commit,
        }
    }

    /// Takes the next record; returns the node before it when that is complete.
    fn read(&mut self, record: &[u8]) -> Result<Option<Node>, &'static str> {
        match self.expected {
            Expected::Commit => return self.read_commit(record),
            Expected::Path => {
                let touched: Vec<usize> = self.asked.holders(record).collect();
                let node = self.node.as_mut().ok_or("a path before any commit")?;
                for &side in &self.sides {
                    node.touched[side].extend(&touched);
                }
                self.expected = Expected::StatusOrEnd;
            }
            Expected::StatusOrEnd if record.is_empty() => self.expected = Expected::Commit,
            Expected::StatusOrEnd if is_status(record) => self.expected = Expected::Path,
            Expected::StatusOrEnd => return Err("no status letter"),
        }
        Ok(None)
    }

    fn finish(self) -> Option<Node> {
        self.node
    }

    fn read_commit(&mut self, record: &[u8]) -> Result<Option<Node>, &'static str> {
        let (head, from) = first_line(record).ok_or("no line for a commit")?;
        let tail = record.rsplit(|&b| b == b'\n').next().unwrap_or_default();
        self.expected = match tail {
            b"" => Expected::Commit,
            status if is_status(status) => Expected::Path,
            _ => return Err("a commit without end"),
        };
        self.sides = match &from {
            Some(from) => (0..head.parents.len())
                .filter(|&side| head.parents[side] == *from)
                .collect(),
            None => vec![0],
        };
        let ambiguous = from.is_none() && head.parents.len() > 1;
        if matches!(self.expected, Expected::Path) && (self.sides.is_empty() || ambiguous) {
            return Err("a difference from an unnamed parent");
        }
        if self
            .node
            .as_ref()
            .is_some_and(|node| node.commit == head.commit)
        {
            return Ok(None);
        }
        Ok(self.node.replace(head))
    }
}

/// Reads `commit <id> <parents> [(from <parent>)]`.
fn first_line(record: &[u8]) -> Option<(Node, Option<CommitId>)> {
    let line = record.split(|&b| b == b'\n').next()?;
    let line = line.strip_prefix(b"commit ")?;
    let mut words = line.split(|&b| b == b' ');
    let commit = commit::printed(words.next()?)?;
    let (mut parents, mut from) = (Vec::new(), None);
    while let Some(word) = words.next() {
        if word == b"(from" {
            from = Some(commit::printed(words.next()?.strip_suffix(b")")?)?);
        } else {
            parents.push(commit::printed(word)?);
        }
    }
    let touched = vec![BTreeSet::new(); parents.len().max(1)];
    let node = Node {
        commit,
        parents,
        touched,
    };
    Some((node, from))
}

fn is_status(word: &[u8]) -> bool {
    matches!(word, [b'A' | b'D' | b'M' | b'T' | b'U' | b'X'])
}

/// The lines that many paths follow from one commit downwards.
pub(crate) struct Descent {
    /// Paths that have come to a commit that was not handed over yet.
    waiting: HashMap<CommitId, Vec<usize>>,
    /// Commits handed over; where clocks were wrong a path may come to one only later.
    seen: HashMap<CommitId, Node>,
    found: BTreeMap<usize, CommitId>,
    under_way: usize,
}

impl Descent {
    /// Starts `paths` lines at `head`.
    pub(crate) fn from(head: &CommitId, paths: usize) -> Self {
        Self {
            waiting: HashMap::from([(head.clone(), (0..paths).collect())]),
            seen: HashMap::new(),
            found: BTreeMap::new(),
            under_way: paths,
        }
    }

    /// Says whether every line has ended.
    pub(crate) fn is_over(&self) -> bool {
        self.under_way == 0
    }

    /// Takes the next commit and moves every line that can move.
    pub(crate) fn take(&mut self, node: Node) {
        let mut moving: Vec<(CommitId, Vec<usize>)> = self
            .waiting
            .remove(&node.commit)
            .map(|paths| (node.commit.clone(), paths))
            .into_iter()
            .collect();
        self.seen.insert(node.commit.clone(), node);
        while let Some((commit, paths)) = moving.pop() {
            let Some(node) = self.seen.get(&commit) else {
                self.waiting.entry(commit).or_default().extend(paths);
                continue;
            };
            let mut onward: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
            for path in paths {
                let same = node
                    .touched
                    .iter()
                    .position(|touched| !touched.contains(&path));
                match same {
                    Some(side) if side < node.parents.len() => {
                        onward.entry(side).or_default().push(path);
                    }
                    // Nothing there, and nothing before: the line ends without an answer.
                    Some(_) => self.under_way -= 1,
                    None => {
                        self.found.insert(path, commit.clone());
                        self.under_way -= 1;
                    }
                }
            }
            let next = |(side, paths): (usize, _)| (node.parents[side].clone(), paths);
            moving.extend(onward.into_iter().map(next));
        }
    }

    /// The answers: the number of the path, and the commit that touched it last.
    pub(crate) fn into_found(self) -> BTreeMap<usize, CommitId> {
        self.found
    }
}

#[cfg(test)]
mod tests;
