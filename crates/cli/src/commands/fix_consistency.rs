//! `onward fix-consistency`: which repositories, in which order, and how it ends.

use crate::args::FixConsistency as Arguments;
use crate::environment::Environment;
use crate::error::{CommandError, Kind};
use crate::event_loop::event_loop;
use crate::exit::Exit;
use crate::hub::{Access, AnyHub, HubPlace, host, hub_error, open_hub, writer};
use crate::output::{Output, human, json};
use crate::work_tree::WorkTree;
use camino::Utf8Path;
use consistency::{Limits, Report, Request};
use jiff::Timestamp;
use std::time::{Duration, Instant};
use sync_core::finding::{Finding, Kind as FindingKind, Severity};
use sync_core::hub::{Hub, Repository};
use sync_core::ids::FileId;
use sync_core::snapshot::Mode;
use tokio::runtime::Runtime;

mod sweep;

/// How long the remote may take to answer a fetch.
const FETCH_LIMIT: Duration = Duration::from_secs(20);

/// How long a commit may take with the user's hooks, and a push or a move of the branch.
const GIT_LIMIT: Duration = Duration::from_mins(2);

/// What a whole run found and did.
#[derive(Debug, Default)]
pub(crate) struct Sweep {
    /// One report for each repository that was looked at.
    pub(crate) reports: Vec<Report>,
    /// Another sweep was under way, so nothing was done.
    pub(crate) lock_skipped: bool,
    /// Repositories that have no place on this host.
    pub(crate) elsewhere: Vec<String>,
    /// Repositories for which the time was up.
    pub(crate) skipped_budget: Vec<String>,
}

/// Runs the command.
pub(crate) fn run(
    args: &Arguments,
    environment: &Environment,
    now: Timestamp,
    output: &Output,
) -> Result<Exit, CommandError> {
    if environment.get(git_client::OWN_COMMIT).is_some() {
        output.note("called from within a commit of onward's own: nothing to do");
        return Ok(Exit::Done);
    }
    let access = if args.fix {
        Access::Write
    } else {
        Access::Look
    };
    let event_loop = event_loop()?;
    let place = HubPlace::of(environment, args.at.hub.as_deref())?;
    let hub = open_hub(&place, access, &event_loop)?;
    let known = event_loop.block_on(hub.repositories()).map_err(hub_error)?;
    let run = Run {
        args,
        environment,
        place: &place,
        hub: &hub,
        event_loop: &event_loop,
        now,
    };
    let sweep = if args.all {
        run.all(known)?
    } else {
        let (repository, work_tree) = run.one(&known)?;
        let report = run.report(&repository, Ok(work_tree));
        Sweep {
            reports: vec![report],
            ..Sweep::default()
        }
    };
    let exit = sweep.exit();
    if args.json {
        output.print_json(&json::consistency::sweep(&sweep, exit));
    } else {
        output.print(&human::consistency::sweep(&sweep));
    }
    for report in &sweep.reports {
        for notice in &report.notices {
            output.note(notice);
        }
    }
    Ok(exit)
}

impl Sweep {
    /// The worst of all repositories: the job not done, then FAIL, then WARN.
    fn exit(&self) -> Exit {
        let exits: Vec<Exit> = self.reports.iter().map(exit).collect();
        let worst = [Exit::Unable, Exit::Failed, Exit::Warned];
        worst
            .into_iter()
            .find(|exit| exits.contains(exit))
            .unwrap_or(Exit::Done)
    }
}

fn exit(report: &Report) -> Exit {
    let any = |bad: fn(&Finding) -> bool| report.remaining.iter().any(bad);
    if any(|finding| matches!(finding.kind, FindingKind::RunFailed { .. })) {
        Exit::Unable
    } else if any(|finding| finding.severity() == Severity::Fail) {
        Exit::Failed
    } else if any(|finding| finding.severity() == Severity::Warn) {
        Exit::Warned
    } else {
        Exit::Done
    }
}

/// One process's run.
struct Run<'a> {
    args: &'a Arguments,
    environment: &'a Environment,
    place: &'a HubPlace,
    hub: &'a AnyHub,
    event_loop: &'a Runtime,
    now: Timestamp,
}

impl Run<'_> {
    /// Finds the one repository that is meant, and a work tree of it.
    fn one(&self, known: &[Repository]) -> Result<(Repository, WorkTree), CommandError> {
        let Some(slug) = &self.args.repo else {
            let work_tree = WorkTree::open(self.args.dir.as_deref()).map_err(unable)?;
            let found = work_tree
                .find(known)
                .map_err(unable)?
                .cloned()
                .ok_or_else(|| {
                    let message =
                        format!("the hub knows no repository at {}", work_tree.git.root());
                    CommandError::new(Kind::Unable, message)
                        .hint("make it known: onward hub register")
                })?;
            return Ok((found, work_tree));
        };
        let found = known
            .iter()
            .find(|repository| repository.slug == *slug)
            .ok_or_else(|| {
                CommandError::new(Kind::Unable, format!("repo '{slug}' not found in the hub"))
                    .hint("`onward hub list` shows those it knows; `onward hub register` adds one")
            })?;
        if let Some(path) = found.paths.get(&host()) {
            return Ok((found.clone(), open(found, path)?));
        }
        // A checkout one stands in needs no place in the hub.
        let here = WorkTree::open(None).ok();
        let is_it = |tree: &WorkTree| {
            let found = tree.find(known).ok().flatten();
            found.is_some_and(|it| it.slug == *slug)
        };
        let here = here.filter(is_it);
        here.map(|tree| (found.clone(), tree)).ok_or_else(|| {
            let message = format!("repo '{slug}' has no place on this host, {}", host());
            CommandError::new(Kind::Unable, message)
                .hint("in a checkout of it, run: onward hub register")
        })
    }

    /// Looks after every repository on this host; one that fails hides no other.
    fn all(&self, mut known: Vec<Repository>) -> Result<Sweep, CommandError> {
        let begun = Instant::now();
        let mut lock = sweep::Lock::open(&self.environment.run_dir())?;
        let Some(_held) = lock.try_hold()? else {
            return Ok(Sweep {
                lock_skipped: true,
                ..Sweep::default()
            });
        };
        let host = host();
        known.sort_by(|a, b| (a.synced, &a.slug).cmp(&(b.synced, &b.slug)));
        let mut sweep = Sweep::default();
        let budget = self.args.max_seconds.map(Duration::from_secs);
        for repository in known {
            let Some(path) = repository.paths.get(&host) else {
                sweep.elsewhere.push(repository.slug.to_string());
                continue;
            };
            if budget.is_some_and(|budget| begun.elapsed() >= budget) {
                sweep.skipped_budget.push(repository.slug.to_string());
                continue;
            }
            let work_tree = open(&repository, path);
            sweep.reports.push(self.report(&repository, work_tree));
        }
        sweep
            .reports
            .sort_by(|a, b| a.repository.cmp(&b.repository));
        Ok(sweep)
    }

    /// Looks after one repository; what keeps it from that is a finding (C-00).
    fn report(&self, repository: &Repository, work_tree: Result<WorkTree, CommandError>) -> Report {
        let request = self.request(repository);
        let done = work_tree
            .map_err(|error| error.chain())
            .and_then(|work_tree| {
                let run = consistency::run(&work_tree.git, self.hub, &request);
                self.event_loop
                    .block_on(run)
                    .map_err(|error| error.with_causes())
            });
        done.unwrap_or_else(|reason| Report::failed(&repository.slug, reason))
    }

    fn request(&self, repository: &Repository) -> Request {
        Request {
            repository: repository.slug.clone(),
            id: repository.id.clone(),
            hub_location: self.place.to_string(),
            mode: Mode {
                fix: self.args.fix,
                writeback: !self.args.no_writeback,
                reopen: self.args.reopen.iter().map(FileId::new).collect(),
            },
            pull: self.args.pull,
            push: self.args.push,
            date: self.now.strftime("%Y-%m-%d").to_string(),
            keep_as: self.now.strftime("%Y%m%dT%H%M%S%fZ").to_string(),
            writer: writer(self.environment),
            limits: Limits {
                fetch: FETCH_LIMIT,
                git: GIT_LIMIT,
            },
        }
    }
}

/// Opens the work tree at a repository's place, and makes sure that it is this repository's.
fn open(repository: &Repository, path: &str) -> Result<WorkTree, CommandError> {
    let path = Utf8Path::new(path);
    let again = || {
        format!(
            "if it moved: onward hub register -C DIR --slug {}",
            repository.slug
        )
    };
    if !path.is_dir() {
        let message = format!("{path}, where {} should be, is gone", repository.slug);
        return Err(CommandError::new(Kind::Unable, message).hint(again()));
    }
    let work_tree = WorkTree::open(Some(path)).map_err(unable)?;
    if work_tree
        .find(std::slice::from_ref(repository))
        .map_err(unable)?
        .is_none()
    {
        let message = format!("{path} is not the repository {}", repository.slug);
        return Err(CommandError::new(Kind::Unable, message).hint(again()));
    }
    Ok(work_tree)
}

/// Whatever keeps the job from being begun ends in one exit.
fn unable(mut error: CommandError) -> CommandError {
    error.kind = Kind::Unable;
    error
}
