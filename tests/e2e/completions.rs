//! What packagers install: completion scripts and manual pages.

use crate::scene::env;
use std::fs;

#[test]
fn a_script_for_each_shell() {
    let env = env();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = env.run(&["completions", shell]).expect(0).stdout;
        for word in ["kanban-sync", "allow-mass-close", "openspec"] {
            assert!(script.contains(word), "{shell} knows no {word}");
        }
    }
    env.run(&["completions", "cmd"]).expect(64);
}

#[test]
fn a_page_for_each_command() {
    let env = env();
    let dir = env.work().join("man1");
    fs::create_dir(&dir).unwrap();
    let ran = env.run(&["man", "man1"]).expect(0);
    assert_eq!((ran.stdout, ran.stderr), (String::new(), String::new()));
    let mut pages: Vec<_> = fs::read_dir(&dir)
        .unwrap()
        .map(|page| page.unwrap().file_name().into_string().unwrap())
        .collect();
    pages.sort();
    insta::assert_snapshot!(pages.join("\n"), @"
    onward-board-html.1
    onward-board-show.1
    onward-board.1
    onward-completions.1
    onward-doctor-orphan-daemons.1
    onward-doctor-retire.1
    onward-doctor.1
    onward-enqueue.1
    onward-fix-consistency.1
    onward-hub-init.1
    onward-hub-install-hook.1
    onward-hub-list.1
    onward-hub-path.1
    onward-hub-register.1
    onward-hub-remove-hook.1
    onward-hub.1
    onward-kanban-sync.1
    onward-man.1
    onward-openspec-list.1
    onward-openspec-status.1
    onward-openspec-tasks.1
    onward-openspec.1
    onward-sync-migrate.1
    onward-sync-now.1
    onward-sync-status.1
    onward-task-list.1
    onward-task-set.1
    onward-task-show.1
    onward-task.1
    onward.1
    ");
    let page = fs::read_to_string(dir.join("onward-kanban-sync.1")).unwrap();
    assert!(
        page.contains(".SH OPTIONS") && page.contains("PLANKA_URL"),
        "{page}"
    );
}

#[test]
fn pages_go_into_a_folder_that_is_there() {
    insta::assert_snapshot!(env().run(&["man", "nowhere"]).transcript(), @"
    error: cannot write manual pages into nowhere: No such file or directory (os error 2)
    hint: the folder has to exist and to be writable
    exit: 1
    ");
}
