//! Where a checkout stands, in one look.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use camino::Utf8PathBuf;
use sync_core::ids::CommitId;

use crate::commit;
use crate::discover::Repository;
use crate::error::Error;
use crate::obstruction::Obstruction;
use crate::paths::Asked;
use crate::upstream::Upstream;

/// HEAD, its upstream as last fetched, and uncommitted work, all of one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The commit HEAD stands on; nothing on a branch without a commit.
    pub head: Option<CommitId>,
    /// How far apart HEAD and its upstream are; nothing where there is no upstream here.
    pub apart: Option<Apart>,
    /// Whether the branch follows another, be it here or not.
    pub follows: bool,
    /// Why nothing is committed now.
    pub obstruction: Option<Obstruction>,
    /// The paths whose own files differ from HEAD, as [`Repository::dirty`] tells.
    pub dirty: BTreeSet<Utf8PathBuf>,
}

/// Commits that only one of two has, counted as in [`Tracked`](crate::Tracked).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Apart {
    /// How many HEAD has and its upstream has not.
    pub ahead: u64,
    /// How many the upstream has and HEAD has not.
    pub behind: u64,
}

impl Repository {
    /// Looks at HEAD, its upstream and these paths, in one run of git where HEAD has a commit.
    pub fn standing(&self, paths: &[Utf8PathBuf]) -> Result<Standing, Error> {
        let asked = Asked::new(paths)?;
        let mut header = Header::default();
        let mut dirty = BTreeSet::new();
        self.status(&asked, &["--branch"], |record| {
            if let Some(line) = record.strip_prefix(b"# ") {
                header.read(line);
                return Ok(ControlFlow::Continue(()));
            }
            self.note_dirty(&asked, record, &mut dirty)
        })?;
        let mut standing = Standing {
            head: header.head,
            apart: header.apart,
            follows: header.follows,
            obstruction: match self.under_way()? {
                None if header.detached => Some(Obstruction::Detached),
                found => found,
            },
            dirty: dirty.into_iter().map(|number| asked.path(number)).collect(),
        };
        if standing.head.is_none() {
            // Git compares nothing with a branch that has no commit; it may as well be damaged.
            standing.head = self.head()?;
            if let Upstream::Tracked(tracked) = self.upstream()? {
                let (ahead, behind) = (tracked.ahead, tracked.behind);
                standing.apart = Some(Apart { ahead, behind });
            }
        }
        Ok(standing)
    }
}

/// The header lines of `git status --porcelain=v2 --branch` (git-status, "Branch Headers").
#[derive(Default)]
struct Header {
    head: Option<CommitId>,
    detached: bool,
    follows: bool,
    apart: Option<Apart>,
}

impl Header {
    fn read(&mut self, line: &[u8]) {
        let line = String::from_utf8_lossy(line);
        let (key, value) = line.split_once(' ').unwrap_or((&line, ""));
        match key {
            "branch.oid" => self.head = commit::printed(value.as_bytes()),
            "branch.head" => self.detached = value == "(detached)",
            "branch.upstream" => self.follows = true,
            "branch.ab" => {
                let mut counts = value.split(' ').map(|count| count.get(1..)?.parse().ok());
                if let (Some(Some(ahead)), Some(Some(behind))) = (counts.next(), counts.next()) {
                    self.apart = Some(Apart { ahead, behind });
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::{Checkout, Sandbox};

    /// One look tells what the single questions tell.
    #[track_caller]
    fn agrees(checkout: &Checkout<'_>) -> Standing {
        let repository = checkout.open();
        let paths: Vec<Utf8PathBuf> = ["f", "g", "sub/h", "not-there"].map(Into::into).into();
        let standing = repository.standing(&paths).unwrap();
        let upstream = repository.upstream().unwrap();
        let apart = match &upstream {
            Upstream::Tracked(tracked) => Some((tracked.ahead, tracked.behind)),
            _ => None,
        };
        let follows = matches!(upstream, Upstream::Tracked(_) | Upstream::Gone { .. });
        assert_eq!(standing.apart.map(|it| (it.ahead, it.behind)), apart);
        assert_eq!(standing.follows, follows);
        assert_eq!(standing.head, repository.head().unwrap());
        assert_eq!(standing.obstruction, repository.obstruction().unwrap());
        assert_eq!(standing.dirty, repository.dirty(&paths).unwrap());
        standing
    }

    #[test]
    fn one_look_tells_what_single_questions_tell() {
        let sandbox = Sandbox::new();
        let origin = sandbox.init("origin");
        agrees(&origin);
        origin.commit("f", "1");
        assert!(!agrees(&origin).follows);
        let clone = sandbox.clone(&origin, "clone", &[]);
        agrees(&clone);
        clone.commit("g", "1");
        origin.commit("f", "2");
        clone.run(&["fetch", "--quiet"]);
        let apart = agrees(&clone).apart.unwrap();
        assert_eq!((apart.ahead, apart.behind), (1, 1));
        clone.write("f", "mine");
        clone.write("sub/h", "new");
        assert_eq!(agrees(&clone).dirty.len(), 2);
        clone.run(&["checkout", "--quiet", "--detach"]);
        assert_eq!(agrees(&clone).obstruction, Some(Obstruction::Detached));
        clone.run(&["checkout", "--quiet", "main"]);
        clone.run(&["update-ref", "-d", "refs/remotes/origin/main"]);
        assert!(agrees(&clone).follows);
        assert!(agrees(&clone).apart.is_none());
    }

    #[test]
    fn a_branch_without_a_commit_is_behind_by_all_its_upstream_has() {
        let sandbox = Sandbox::new();
        let origin = sandbox.init("origin");
        origin.commit("f", "1");
        origin.commit("f", "2");
        let clone = sandbox.clone(&origin, "clone", &[]);
        clone.run(&["checkout", "--quiet", "--orphan", "new"]);
        clone.run(&["branch", "--quiet", "-D", "main"]);
        clone.run(&["config", "branch.new.remote", "origin"]);
        clone.run(&["config", "branch.new.merge", "refs/heads/main"]);
        let standing = agrees(&clone);
        assert_eq!((standing.head, standing.apart.unwrap().behind), (None, 2));
    }

    #[test]
    fn what_is_under_way_is_named() {
        let sandbox = Sandbox::new();
        let checkout = sandbox.init("r");
        checkout.commit("f", "1");
        checkout.run(&["bisect", "start"]);
        assert_eq!(agrees(&checkout).obstruction, Some(Obstruction::Bisect));
        assert!(checkout.open().standing(&[]).unwrap().dirty.is_empty());
    }
}
