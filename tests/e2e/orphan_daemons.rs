//! Owner records: the daemon's, which is put away only when its owner is gone, and those of our runs.

use crate::kanban_disk::allow;
use crate::kitty::Kitty;
use crate::lock::wait_for;
use crate::scene::{arguments, env, env_on_planka, project};
use serde_json::Value;
use std::sync::{Mutex, mpsc};
use test_support::{Version, When};

#[test]
fn nothing_to_retire_is_said() {
    let kitty = Kitty::empty();
    let ran = kitty.look(&["doctor", "orphan-daemons"]).expect(0);
    assert!(
        ran.stdout
            .starts_with("No orphan: there is no record at <env>"),
        "{}",
        ran.stdout
    );
    let ran = kitty.look(&["doctor", "retire", "--yes"]).expect(0);
    assert_eq!(ran.stdout, "No daemon owner record: nothing to retire.\n");
}

#[test]
fn a_living_owner_keeps_its_record() {
    let kitty = Kitty::coherent();
    let ran = kitty.look(&["doctor", "orphan-daemons"]).expect(0);
    assert!(
        ran.stdout.starts_with("No orphan: process "),
        "{}",
        ran.stdout
    );
    let ran = kitty.look(&["doctor", "retire", "--yes"]).expect(1);
    assert!(ran.stderr.contains("the owner lives"), "{}", ran.stderr);
}

#[test]
fn an_orphan_is_shown_and_retired_on_demand() {
    let kitty = Kitty::coherent();
    kitty.owner(|record| record["pid"] = 0.into());
    let ran = kitty.look(&["doctor", "orphan-daemons"]).expect(1);
    insta::assert_snapshot!(ran.stdout, @r"
    1 orphan daemon record: no process can have the id 0
      PID             : 0
      Port            : 9400
      Package version : 3.2.0rc12
      Executable path : <env>/home/tools/spec-kitty/bin/python3
      Server URL      : https://sync.example.test
      Queue DB path   : <env>/home/.spec-kitty/queues/queue-5a470152e5fb2fea.db
      Started at      : 2026-05-18T12:00:00+00:00
    Put it away with `onward doctor retire`.
    ");
    let ran = kitty
        .look(&["doctor", "orphan-daemons", "--json"])
        .expect(1);
    let told: Value = serde_json::from_str(&ran.stdout).unwrap();
    let path = "<env>/home/.spec-kitty/sync/daemon/owner.json";
    assert_eq!(told["orphan_count"], 1);
    assert_eq!(told["owner_record_path"], path);
    assert_eq!(told["retirement_command"], format!("rm {path}"));
    let keys: Vec<_> = told["orphans"][0].as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "pid",
            "port",
            "package_version",
            "executable_path",
            "source_checkout_path",
            "server_url",
            "auth_scope",
            "queue_db_path",
            "started_at"
        ]
    );

    let ran = kitty.look(&["doctor", "retire"]).expect(1);
    assert!(ran.stderr.contains("nobody can be asked"), "{}", ran.stderr);
    let ran = kitty.run(&["doctor", "retire", "--yes"]).expect(0);
    assert!(
        ran.stdout
            .ends_with("Removed <env>/home/.spec-kitty/sync/daemon/owner.json\n")
    );
    assert_eq!(kitty.obstacles(), [""; 0]);
}

#[test]
fn what_is_no_record_is_moved_aside_and_nothing_of_it_lost() {
    let kitty = Kitty::coherent();
    let daemon = kitty.home.root().join("sync/daemon");
    for (number, content) in [(1, &b"torn \xff canary"[..]), (2, b"[1]")] {
        kitty.home.write("sync/daemon/owner.json", content);
        let ran = kitty
            .look(&["doctor", "orphan-daemons", "--json"])
            .expect(3);
        assert!(
            ran.stdout.contains("onward doctor retire"),
            "{}",
            ran.stdout
        );
        let ran = kitty.look(&["doctor", "retire"]).expect(1);
        assert!(
            ran.stdout.starts_with("Not a daemon owner record: "),
            "{}",
            ran.stdout
        );
        let ran = kitty.run(&["doctor", "retire", "--yes"]).expect(0);
        let aside = format!("owner.json.unreadable-{number}");
        assert!(
            ran.stdout.ends_with(&format!("{aside}\n")),
            "{}",
            ran.stdout
        );
        assert_eq!(std::fs::read(daemon.join(aside)).unwrap(), content);
        assert_eq!(kitty.obstacles(), [""; 0], "the way is free");
    }
}

#[test]
fn a_run_in_the_background_has_a_record_while_it_lasts() {
    let (env, planka) = env_on_planka(Version::V2);
    let dir = project(&env, "shop");
    let (tell, told) = mpsc::channel();
    let ask = Mutex::new((env.command(&["doctor", "--json"]), tell));
    planka.script().after(When::writes().nth(3), move |_| {
        let (doctor, tell) = &mut *ask.lock().unwrap();
        tell.send(doctor.output().unwrap()).unwrap();
    });
    let _ = env.run(&arguments(&dir, &["--background"])).expect(0);
    let seen: Value = serde_json::from_slice(&told.recv().unwrap().stdout).unwrap();
    wait_for(&env);
    let record = &seen["records"][0];
    assert_eq!(record["status"], "running", "{seen}");
    assert_eq!(record["server"], planka.url(), "{seen}");
    let path = record["path"].as_str().unwrap();
    assert!(
        path.ends_with("/kanban-project-sync-Shop-Changes.owner.json"),
        "{path}"
    );
    assert!(
        !camino::Utf8Path::new(path).exists(),
        "it went with the run"
    );
}

#[test]
fn a_run_in_the_background_does_without_a_record_where_none_can_be_kept() {
    let (env, planka) = env_on_planka(Version::V2);
    let dir = project(&env, "shop");
    let user = rustix::process::geteuid().as_raw();
    let folder = env.run_dir().join(format!("onward-runs-{user}"));
    std::fs::create_dir(&folder).unwrap();
    allow(&folder, 0o777);
    let _ = env.run(&arguments(&dir, &["--background"])).expect(0);
    wait_for(&env);
    let log = env.run_dir().join("kanban-project-sync-Shop-Changes.log");
    let log = std::fs::read_to_string(log).unwrap();
    assert!(log.contains("no record of this run: "), "{log}");
    let people = planka.people();
    people.card(people.board("Shop", "Changes"), "fix-login");
}

#[test]
fn records_in_a_folder_that_others_can_write_to_are_not_shown() {
    let env = env();
    let user = rustix::process::geteuid().as_raw();
    let folder = env.run_dir().join(format!("onward-runs-{user}"));
    std::fs::create_dir(&folder).unwrap();
    std::fs::File::create(folder.join("planted.owner.json")).unwrap();
    for (mode, is_shown) in [(0o700, true), (0o777, false)] {
        allow(&folder, mode);
        let shown = env.run(&["doctor", "--json"]).expect(0).stdout;
        assert_eq!(shown.contains("planted"), is_shown, "{mode:o}: {shown}");
    }
}
