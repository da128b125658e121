//! Whose uploads wait in the legacy queue: the mission that is worked on here, if they are its own.

use crate::commands::boundary::Boundary;
use camino::Utf8Path;
use git_client::{Git, Repository};
use std::collections::BTreeSet;
use store::queue::legacy_missions;

/// Where work trees of missions lie, below a project.
const WORK_TREES: &str = ".worktrees";

/// What a mission's branch begins with.
const BRANCH: &str = "refs/heads/kitty/mission-";

/// Returns the mission of the working directory when uploads of it wait in the legacy queue.
pub(super) fn mission(boundary: &Boundary) -> Option<String> {
    if boundary.preflight.legacy.counts()?.bodies == 0 {
        return None;
    }
    let missions = legacy_missions(&boundary.home.legacy_queue()).ok()?;
    let here = Utf8Path::new(".").canonicalize_utf8().ok()?;
    let of_folder = here
        .components()
        .map(|part| part.as_str())
        .skip_while(|part| *part != WORK_TREES)
        .nth(1)
        .map(str::to_owned);
    let of_branch = || {
        let repository = Repository::discover(&Git::new(), &here).ok()??;
        let branch = repository.branch().ok()??;
        branch.strip_prefix(BRANCH).map(str::to_owned)
    };
    let found = of_folder.and_then(|name| named(&name, &missions));
    found.or_else(|| named(&of_branch()?, &missions))
}

/// Returns the mission a work tree or branch is named for: the name itself, or what stands before
/// `-lane-` or before a work package's `-WP`. Slugs end in all sorts of ways, so the rows decide.
fn named(name: &str, missions: &BTreeSet<String>) -> Option<String> {
    let cuts = ["-lane-", "-WP"].map(|mark| name.rsplit_once(mark).map(|(slug, _)| slug));
    let slugs = [Some(name), cuts[0], cuts[1]];
    let known = slugs
        .into_iter()
        .flatten()
        .find(|slug| missions.contains(*slug));
    known.map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_decide_which_part_of_a_name_is_the_mission() {
        let missions = BTreeSet::from(["010-search".to_owned(), "mvp-cli-01KRVCQS".to_owned()]);
        for (name, mission) in [
            ("010-search-lane-a", Some("010-search")),
            ("mvp-cli-01KRVCQS-lane-b", Some("mvp-cli-01KRVCQS")),
            ("mvp-cli-01KRVCQS", Some("mvp-cli-01KRVCQS")),
            ("010-search-WP03", Some("010-search")),
            ("011-other-lane-a", None),
            ("mvp-cli-lane-a", None),
        ] {
            assert_eq!(named(name, &missions).as_deref(), mission, "{name}");
        }
    }
}
