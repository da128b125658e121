//! Several checkouts, real git, one board: nothing is dragged back, nothing closed.

use crate::scene::{arguments, change, env, env_on_planka, held_reasons, log_in, sync};
use camino::{Utf8Path, Utf8PathBuf};
use test_support::{FakePlanka, TestEnv, Version};

/// A bare repository, clones of it, and the board they share.
struct Team {
    env: TestEnv,
    planka: Option<FakePlanka>,
    origin: Utf8PathBuf,
}

const TASKS: &str = "openspec/changes/add-export/tasks.md";

impl Team {
    /// On the embedded board, and on each Planka.
    fn each() -> impl Iterator<Item = Team> {
        let fakes = [None, Some(Version::V1), Some(Version::V2)];
        fakes.into_iter().map(|version| {
            let (env, planka) = match version {
                None => (env(), None),
                Some(version) => {
                    let (env, planka) = env_on_planka(version);
                    (env, Some(planka))
                }
            };
            let origin = env.work().join("origin.git");
            env.git(&env.work(), &["init", "--quiet", "--bare", origin.as_str()]);
            let team = Team {
                env,
                planka,
                origin,
            };
            let first = team.clone("first");
            change(
                &team.env,
                "first",
                "add-export",
                "- [ ] 1 Add\n- [ ] 2 Test\n",
            );
            team.env.commit_all(&first, "begin");
            team.git(&first, &["push", "--quiet", "origin", "HEAD:main"]);
            team.synced(&first);
            team
        })
    }

    fn clone(&self, name: &str) -> Utf8PathBuf {
        let dir = self.env.work().join(name);
        self.env.git(
            &self.env.work(),
            &["clone", "--quiet", self.origin.as_str(), dir.as_str()],
        );
        dir
    }

    fn git(&self, dir: &Utf8Path, arguments: &[&str]) {
        self.env.git(dir, arguments);
    }

    fn pull(&self, dir: &Utf8Path) {
        self.git(dir, &["pull", "--quiet", "--ff-only", "origin", "main"]);
    }

    /// Replaces the tasks of the change in a checkout.
    fn tasks(&self, dir: &Utf8Path, tasks: &str) {
        let name = dir.file_name().unwrap();
        self.env.write(&format!("{name}/{TASKS}"), tasks);
    }

    fn published(&self, dir: &Utf8Path, tasks: &str) {
        self.tasks(dir, tasks);
        self.env.commit_all(dir, "tick");
        self.git(dir, &["push", "--quiet", "origin", "HEAD:main"]);
    }

    /// Syncs, and asserts that nothing is held.
    #[track_caller]
    fn synced(&self, dir: &Utf8Path) {
        assert_eq!(self.held(dir), [""; 0]);
    }

    /// Syncs, and returns what is held.
    #[track_caller]
    fn held(&self, dir: &Utf8Path) -> Vec<String> {
        let before = self.planka.as_ref().map(FakePlanka::dump);
        let ran = self.env.run(&arguments(dir, &["--json"])).expect(0);
        let held = held_reasons(&ran);
        if let (Some(planka), Some(before), false) = (&self.planka, before, held.is_empty()) {
            assert_eq!(
                planka.changed_since(&before),
                [""; 0],
                "a held card was written"
            );
        }
        held
    }
}

#[test]
fn a_stale_clone_drags_nothing_back() {
    for team in Team::each() {
        let stale = team.clone("stale");
        let first = team.env.work().join("first");
        team.published(&first, "- [x] 1 Add\n- [ ] 2 Test\n");
        team.synced(&first);
        assert_eq!(team.held(&stale), ["add-export: older"]);
        team.pull(&stale);
        team.synced(&stale);
    }
}

#[test]
fn unpublished_work_of_another_is_held() {
    for team in Team::each() {
        let second = team.clone("second");
        let first = team.env.work().join("first");
        team.tasks(&first, "- [x] 1 Add\n- [ ] 2 Test\n");
        team.env.commit_all(&first, "not pushed");
        team.synced(&first);
        assert_eq!(team.held(&second), ["add-export: unpublished"]);
        team.git(&first, &["push", "--quiet", "origin", "HEAD:main"]);
        team.pull(&second);
        team.synced(&second);
    }
}

#[test]
fn a_branch_without_the_change_closes_nothing() {
    for team in Team::each() {
        let first = team.env.work().join("first");
        team.git(&first, &["switch", "--quiet", "--create", "feature"]);
        change(&team.env, "first", "add-import", "- [ ] 1 Read\n");
        team.env.commit_all(&first, "import");
        team.synced(&first);
        team.git(&first, &["switch", "--quiet", "main"]);
        assert_eq!(team.held(&first), ["add-import: never-here"]);
    }
}

#[test]
fn a_second_worktree_is_a_checkout_of_its_own() {
    for team in Team::each() {
        let first = team.env.work().join("first");
        let tree = team.env.work().join("tree");
        team.git(
            &first,
            &["worktree", "add", "--quiet", "--detach", tree.as_str()],
        );
        team.tasks(&first, "- [x] 1 Add\n- [ ] 2 Test\n");
        team.synced(&first);
        assert_eq!(team.held(&tree), ["add-export: uncommitted"]);
        team.env.commit_all(&first, "tick");
        assert_eq!(team.held(&tree), ["add-export: uncommitted"]);
        team.synced(&first);
        team.git(&tree, &["checkout", "--quiet", "--detach", "main"]);
        team.synced(&tree);
    }
}

#[test]
fn a_stash_keeps_what_was_shown() {
    for team in Team::each() {
        let first = team.env.work().join("first");
        team.tasks(&first, "- [x] 1 Add\n- [ ] 2 Test\n");
        team.synced(&first);
        team.git(&first, &["stash", "--quiet"]);
        assert_eq!(team.held(&first), ["add-export: uncommitted"]);
        team.git(&first, &["stash", "drop", "--quiet"]);
        team.synced(&first);
    }
}

#[test]
fn a_squash_merge_is_seen_for_what_it_shows() {
    for team in Team::each() {
        let second = team.clone("second");
        let first = team.env.work().join("first");
        team.git(&first, &["switch", "--quiet", "--create", "feature"]);
        team.tasks(&first, "- [x] 1 Add\n- [x] 2 Test\n");
        team.env.commit_all(&first, "tick");
        team.git(&first, &["push", "--quiet", "origin", "feature"]);
        team.synced(&first);
        team.git(&first, &["switch", "--quiet", "main"]);
        team.git(&first, &["merge", "--quiet", "--squash", "feature"]);
        team.env.commit_all(&first, "squashed");
        team.git(&first, &["push", "--quiet", "origin", "main"]);
        team.git(
            &first,
            &["push", "--quiet", "origin", "--delete", "feature"],
        );
        team.pull(&second);
        let archive = second.join("openspec/changes/archive/2026-01-02-add-export");
        std::fs::create_dir_all(archive.parent().unwrap()).unwrap();
        std::fs::rename(second.join("openspec/changes/add-export"), archive).unwrap();
        team.env.commit_all(&second, "archive");
        team.synced(&second);
    }
}

#[test]
fn a_person_can_accept_what_is_held() {
    for team in Team::each() {
        let second = team.clone("second");
        let first = team.env.work().join("first");
        team.tasks(&first, "- [x] 1 Add\n- [ ] 2 Test\n");
        team.synced(&first);
        assert_eq!(team.held(&second), ["add-export: uncommitted"]);
        let ran = team
            .env
            .run(&arguments(&second, &["--accept", "add-export"]))
            .expect(0);
        assert!(ran.stdout.contains("1 task synced"), "{}", ran.stdout);
    }
}

#[test]
fn a_shallow_clone_takes_the_boards_word_for_the_repository() {
    for team in Team::each() {
        let shallow = team.env.work().join("shallow");
        let first = team.env.work().join("first");
        team.published(&first, "- [x] 1 Add\n- [ ] 2 Test\n");
        team.synced(&first);
        let url = format!("file://{}", team.origin);
        let work = team.env.work();
        team.git(
            &work,
            &["clone", "--quiet", "--depth", "1", &url, shallow.as_str()],
        );
        team.synced(&shallow);
    }
    let mut alone = env();
    let (_, planka) = env_on_planka(Version::V2);
    log_in(&mut alone, &planka);
    change(&alone, "shop", "add-export", "- [ ] 1 Add\n");
    let dir = alone.work().join("shop");
    alone.git(&dir, &["init", "--quiet"]);
    alone.commit_all(&dir, "one");
    alone.commit_all(&dir, "two");
    let shallow = alone.work().join("shallow");
    let url = format!("file://{dir}");
    alone.git(
        &alone.work(),
        &["clone", "--quiet", "--depth", "1", &url, shallow.as_str()],
    );
    let ran = sync(&alone, &shallow).expect(1);
    insta::assert_snapshot!(ran.stderr, @r#"
    error: cannot tell which repository <env>/work/shallow is: it is a shallow clone
    hint: run `git fetch --unshallow`, or name the repository in onward.toml
    "#);
}
