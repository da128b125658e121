//! Looking at a board: the embedded one and Planka's, in the terminal and as a page.

use crate::scene::{arguments, env, env_on_planka, project, sync};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use test_support::{FakePlanka, TestEnv, Version};

/// An environment with the example project on the embedded board.
fn synced() -> TestEnv {
    let env = env();
    let dir = project(&env, "shop");
    sync(&env, &dir).expect(0);
    env
}

/// A server with a board of people's own.
fn peoples(version: Version) -> (TestEnv, FakePlanka) {
    let (env, planka) = env_on_planka(version);
    let people = planka.people();
    let board = people.add_board("Demo", "Changes");
    let list = people.add_list(board, "In Progress");
    people.add_list(board, "Done");
    let card = people.add_card(
        list,
        "日本語 </script><img src=x>",
        Some("ask \"Ann\"\n\nsoon"),
    );
    let holder = match version {
        Version::V1 => card,
        Version::V2 => people.add_task_list(card, "Steps"),
    };
    people.add_task(holder, "first", true);
    (env, planka)
}

#[test]
fn the_embedded_board_in_columns() {
    let mut env = synced();
    insta::assert_snapshot!(env.run(&["board", "show"]).transcript(), @"
    Shop / Changes on the embedded board

    Backlog 0                  To Do 0                    Planning 1
    ─────────────────────────  ─────────────────────────  ─────────────────────────
    no cards                   no cards                   plan-search

    In Progress 1              Review 1                   Done 0
    ─────────────────────────  ─────────────────────────  ─────────────────────────
    add-export                 fix-login                  no cards
    ━━━─────── 1/3             ━━━━━━━━━━ 1/1
    exit: 0
    ");
    env.set("COLUMNS", "150");
    let wide = env
        .run(&["board", "show", "--project", "shop", "--board", "changes"])
        .expect(0);
    let headings = wide.stdout.lines().nth(2).unwrap();
    assert!(
        headings.starts_with("Backlog 0") && headings.contains("Done 0"),
        "{headings}"
    );
}

#[test]
fn peoples_cards_on_each_planka() {
    for version in [Version::V1, Version::V2] {
        let (env, planka) = peoples(version);
        let before = planka.dump();
        let ran = env.run(&["board", "show"]).expect(0);
        let shown = ran.stdout.replace(planka.url(), "<planka>");
        insta::allow_duplicates! {
            insta::assert_snapshot!(shown, @"
            Demo / Changes on <planka>

            In Progress 1                            Done 0
            ───────────────────────────────────────  ───────────────────────────────────────
            日本語 </script><img src=x>              no cards
            ━━━━━━━━━━ 1/1
            ");
        }
        assert!(planka.journal().writes().is_empty());
        assert_eq!(planka.changed_since(&before), Vec::<String>::new());
    }
}

#[test]
fn colours_are_for_terminals() {
    let mut env = synced();
    assert!(
        !env.run(&["board", "show"])
            .expect(0)
            .stdout
            .contains('\u{1b}')
    );
    env.set("CLICOLOR_FORCE", "1");
    assert!(
        env.run(&["board", "show"])
            .expect(0)
            .stdout
            .contains("\u{1b}[1m")
    );
    env.set("NO_COLOR", "1").unset("CLICOLOR_FORCE");
    assert!(
        !env.run(&["board", "show"])
            .expect(0)
            .stdout
            .contains('\u{1b}')
    );
}

#[test]
fn no_board_yet() {
    let env = env();
    insta::assert_snapshot!(env.run(&["board", "show"]).transcript(), @"
    error: there is no board yet
    hint: in the root of a project, run: onward kanban-sync --project NAME --board NAME
    exit: 1
    ");
    assert_eq!(
        fs::read_dir(env.state_dir()).unwrap().count(),
        0,
        "looking makes nothing"
    );
}

#[test]
fn several_boards_are_a_choice() {
    let env = synced();
    let dir = env.work().join("shop");
    let mut other = arguments(&dir, &[]);
    other[4] = "Ideas".into();
    env.run(&other).expect(0);
    insta::assert_snapshot!(env.run(&["board", "show"]).transcript(), @"
    error: there are 2 boards; name one with --project and --board
    hint: choose among Shop / Changes, Shop / Ideas
    exit: 64
    ");
    env.run(&["board", "show", "--board", "ideas"]).expect(0);
    insta::assert_snapshot!(env.run(&["board", "show", "--board", "plans"]).transcript(), @"
    error: there is no such board
    hint: choose among Shop / Changes, Shop / Ideas
    exit: 1
    ");
}

#[test]
fn what_the_last_run_held_stands_below() {
    let env = synced();
    env.write(
        "shop/openspec/changes/fix-login/.openspec.yaml",
        "schema: no-such\n",
    );
    let dir = env.work().join("shop");
    sync(&env, &dir).expect(0);
    let shown = env.run(&["board", "show"]).expect(0).stdout;
    let held = &shown[shown.find("last run").unwrap()..];
    insta::assert_snapshot!(held, @"
    last run from <env>/work/shop
      held fix-login: the change cannot be computed: unknown schema `no-such`; in the change's .openspec.yaml, name one of the schemas there are: spec-driven
        its card, if it has one, stays as it is until then
    ");

    let mut other = arguments(&dir, &[]);
    other[4] = "Ideas".into();
    env.run(&other).expect(0);
    let changes = env
        .run(&["board", "show", "--board", "Changes"])
        .expect(0)
        .stdout;
    assert_eq!(
        changes.matches("last run").count(),
        1,
        "of this board alone: {changes}"
    );
}

#[test]
fn a_server_that_is_not_there_is_exit_2() {
    let (env, planka) = peoples(Version::V2);
    planka.go_away();
    let ran = env.run(&["board", "show"]).expect(2);
    assert_eq!(ran.stdout, "");
    assert!(
        ran.stderr.starts_with("error: cannot use Planka: "),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_page_in_a_file_replaces_it_whole() {
    let env = synced();
    let page = env.write("page.html", "old");
    fs::set_permissions(&page, fs::Permissions::from_mode(0o640)).unwrap();
    let ran = env.run(&["board", "html", "-o", "page.html"]).expect(0);
    assert_eq!(
        (ran.stdout.as_str(), ran.stderr.as_str()),
        ("", "wrote page.html\n")
    );
    let written = fs::read_to_string(&page).unwrap();
    assert!(written.starts_with("<!doctype html>") && written.ends_with("</html>\n"));
    assert!(written.contains("<h3 dir=\"auto\">fix-login</h3>"));
    assert!(
        !written.contains("[onward:"),
        "marker lines are for machines"
    );
    assert_eq!(
        fs::metadata(&page).unwrap().permissions().mode() & 0o777,
        0o640
    );
    let left: Vec<_> = fs::read_dir(env.work())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[test]
fn a_page_on_standard_output_holds_hostile_names_as_text() {
    for version in [Version::V1, Version::V2] {
        let (env, _planka) = peoples(version);
        let page = env.run(&["board", "html"]).expect(0).stdout;
        assert!(
            page.contains("日本語 &lt;/script&gt;&lt;img src=x&gt;"),
            "{page}"
        );
        assert!(page.contains("ask &quot;Ann&quot;"), "{page}");
        assert_eq!(
            (
                page.matches("</script").count(),
                page.matches("<img").count()
            ),
            (1, 0)
        );
    }
}

#[test]
fn a_page_that_cannot_be_written_is_named() {
    let env = synced();
    insta::assert_snapshot!(env.run(&["board", "html", "-o", "no/page.html"]).transcript(), @"
    error: cannot write no/page.html: No such file or directory (os error 2)
    hint: see that its folder exists and may be written to; nothing was changed
    exit: 1
    ");
}

#[test]
fn a_run_shows_the_board_above_its_last_line() {
    let env = env();
    let dir = project(&env, "shop");
    insta::assert_snapshot!(sync(&env, &dir).expect(0).stdout, @"
    Backlog 0                  To Do 0                    Planning 1
    ─────────────────────────  ─────────────────────────  ─────────────────────────
    no cards                   no cards                   plan-search

    In Progress 1              Review 1                   Done 0
    ─────────────────────────  ─────────────────────────  ─────────────────────────
    add-export                 fix-login                  no cards
    ━━━─────── 1/3             ━━━━━━━━━━ 1/1

    Shop / Changes on the embedded board <env>/state/board.sqlite3, as PLANKA_URL is not set
    9 parts of the board made, 3 cards created, 4 tasks synced
    ");
    let dry = env.run(&arguments(&dir, &["--dry-run"])).expect(0).stdout;
    let json = env.run(&arguments(&dir, &["--json"])).expect(0).stdout;
    assert!(!dry.contains("───") && !json.contains("───"));
}
