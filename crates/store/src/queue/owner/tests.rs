use super::super::test_files::{folder, put};
use super::*;
use std::os::unix::fs::PermissionsExt;
use std::thread;
use sync_core::owner::{OrphanReason, ProcessStamp, Token};

fn record(pid: i64, version: &str) -> OwnerRecord {
    OwnerRecord {
        pid,
        port: 9400,
        token: Token::new(format!("canary-{pid}-{version}")),
        package_version: version.into(),
        executable_path: "/".into(),
        source_checkout_path: "/src".into(),
        server_url: "https://sync.example.test".into(),
        auth_principal: Some("dev@example.test".into()),
        auth_team: Some("team-a".into()),
        auth_scope: None,
        queue_db_path: "/k/queue.db".into(),
        started_at: "2026-05-18T12:00:00+00:00".into(),
        stamp: None,
    }
}

fn alive() -> i64 {
    i64::from(std::process::id())
}

fn reason(file: &OwnerFile, content: &[u8]) -> String {
    put(file.path(), content);
    match file.state() {
        OwnerState::Unreadable { reason } => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_record_comes_back_as_it_was_written() {
    let mut own = record(alive(), "3.2.0");
    assert_eq!(format::parse(&format::print(&own)).as_ref(), Ok(&own));
    own.stamp = Some(ProcessStamp {
        start_time: "1".into(),
        boot_id: "b".into(),
    });
    let text = format::print(&own);
    assert_eq!(format::parse(&text), Ok(own));
    assert!(
        text.starts_with("{\n  \"auth_principal\": \"dev@example.test\",\n  \"auth_scope\": null,")
    );
    assert!(text.ends_with("\n}\n"));
}

#[test]
fn what_is_no_record_is_unreadable_and_its_token_is_not_told() {
    let (_guard, root) = folder();
    let file = OwnerFile::at(root.join("daemon/owner.json"));
    assert_eq!(file.state(), OwnerState::Absent);
    let whole = format::print(&record(1, "1"));
    for (content, what) in [
        (String::new(), "is empty"),
        ("\u{feff}{}".into(), "byte order mark"),
        (r#"{"token": "canary"#.into(), "is not JSON"),
        ("[1]".into(), "is not an object"),
        (whole.replace("\"pid\"", "\"p\""), "has no `pid`"),
        (whole.replace("\"token\"", "\"t\""), "has no `token`"),
        (
            whole.replace("\"pid\": 1", "\"pid\": \"canary\""),
            "`pid` is not a whole number",
        ),
        (
            whole.replace("\"pid\": 1", "\"pid\": 1.5"),
            "`pid` is not a whole number",
        ),
        (
            whole.replace("\"pid\": 1", "\"pid\": null"),
            "`pid` is not a whole number",
        ),
        (
            whole.replace("\"/src\"", "[]"),
            "`source_checkout_path` is not a text",
        ),
    ] {
        let reason = reason(&file, content.as_bytes());
        assert!(
            reason.contains(what) && !reason.contains("canary"),
            "{reason}"
        );
        assert!(reason.contains(file.path().as_str()), "{reason}");
    }
    assert!(reason(&file, b"{\"a\": \"\xff\"}").contains("is not UTF-8"));
    fs::remove_file(file.path()).unwrap();
    fs::create_dir(file.path()).unwrap();
    assert!(matches!(file.state(), OwnerState::Unreadable { .. }));
}

#[test]
fn odd_values_are_read_as_the_other_program_does() {
    let text = format::print(&record(5, "1"))
        .replace("\"pid\": 5", "\"pid\": \" 007 \"")
        .replace("9400", "99999999999999999999999")
        .replace("\"/src\"", "null");
    let read = format::parse(&text).unwrap();
    assert_eq!((read.pid, read.port), (7, i64::MAX));
    assert_eq!(read.source_checkout_path, "None");
}

#[test]
fn who_cannot_live_is_an_orphan() {
    let (_guard, root) = folder();
    let file = OwnerFile::at(root.join("owner.json"));
    let orphan = |own: &OwnerRecord| {
        put(file.path(), format::print(own).as_bytes());
        match file.state() {
            OwnerState::Orphan(_, reason) => Some(reason),
            _ => None,
        }
    };
    for pid in [0, -1, i64::MIN, i64::MAX, i64::from(i32::MAX) + 1] {
        assert_eq!(orphan(&record(pid, "1")), Some(OrphanReason::ImpossiblePid));
    }
    assert_eq!(
        orphan(&record(i64::from(i32::MAX), "1")),
        Some(OrphanReason::Dead)
    );
    assert_eq!(orphan(&record(alive(), "1")), None);
    assert_eq!(
        orphan(&record(1, "1")),
        None,
        "somebody else's process lives"
    );
    let gone = OwnerRecord {
        executable_path: root.join("gone").into_string(),
        ..record(alive(), "1")
    };
    assert_eq!(orphan(&gone), Some(OrphanReason::ExecutableMissing));
}

#[cfg(target_os = "linux")]
#[test]
fn a_process_is_told_from_a_later_one_with_its_id() {
    let (_guard, root) = folder();
    let file = OwnerFile::at(root.join("owner.json"));
    let own = OwnerRecord {
        stamp: own_stamp(),
        ..record(alive(), "1")
    };
    assert!(own.stamp.is_some());
    assert_eq!(file.claim(&own).unwrap(), Claim::Own);
    assert!(matches!(file.state(), OwnerState::Present(_)));

    let mut earlier = own.clone();
    earlier.stamp.as_mut().unwrap().start_time = "0".into();
    put(file.path(), format::print(&earlier).as_bytes());
    assert!(matches!(
        file.state(),
        OwnerState::Orphan(_, OrphanReason::PidReused)
    ));
    earlier.stamp.as_mut().unwrap().boot_id = "other".into();
    put(file.path(), format::print(&earlier).as_bytes());
    assert!(matches!(
        file.state(),
        OwnerState::Orphan(_, OrphanReason::Rebooted)
    ));
}

#[test]
fn a_record_is_claimed_once_and_put_away_by_its_owner() {
    let (_guard, root) = folder();
    let file = OwnerFile::at(root.join("run/owner.json"));
    let own = record(alive(), "3.2.0");
    assert_eq!(file.claim(&own).unwrap(), Claim::Own);
    assert_eq!(file.claim(&own).unwrap(), Claim::Own);
    let mode = fs::metadata(file.path()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    for (version, taken) in [
        ("3.2.0", "Taken"),
        ("3.1.0", "TakenByNewer"),
        ("3.3.0", "TakenByOlder"),
    ] {
        let other = record(1, version);
        let found = format!("{:?}", file.claim(&other).unwrap());
        assert!(found.starts_with(&format!("{taken}(")), "{found}");
        assert!(!found.contains("canary"), "{found}");
        assert!(!file.retire(&other).unwrap());
    }
    assert!(file.retire(&own).unwrap());
    assert_eq!(file.state(), OwnerState::Absent);
    assert!(!file.retire(&own).unwrap());
    let left = fs::read_dir(root.join("run")).unwrap().count();
    assert_eq!(left, 0, "no draft is left");
}

#[test]
fn an_orphan_gives_way_and_what_is_unclear_does_not() {
    let (_guard, root) = folder();
    let file = OwnerFile::at(root.join("owner.json"));
    put(file.path(), format::print(&record(0, "9.9.9")).as_bytes());
    let own = record(alive(), "1");
    assert_eq!(file.claim(&own).unwrap(), Claim::Own);
    assert_eq!(file.state().record(), Some(&own));

    put(file.path(), b"{");
    assert!(matches!(file.claim(&own).unwrap(), Claim::Unclear { .. }));
    assert!(!file.retire(&own).unwrap());
    assert_eq!(fs::read(file.path()).unwrap(), b"{");
}

#[test]
fn of_many_starters_one_owns() {
    let (_guard, root) = folder();
    for replaced in [false, true] {
        let file = OwnerFile::at(root.join(format!("{replaced}/owner.json")));
        if replaced {
            put(file.path(), format::print(&record(0, "1")).as_bytes());
        }
        let starters: Vec<_> = (0..8)
            .map(|n| record(alive(), &format!("1.0.{n}")))
            .collect();
        let winners = thread::scope(|scope| {
            let claims: Vec<_> = starters
                .iter()
                .map(|own| scope.spawn(|| file.claim(own).unwrap()))
                .collect();
            let claims = claims.into_iter().map(|claim| claim.join().unwrap());
            claims.filter(|claim| *claim == Claim::Own).count()
        });
        assert_eq!(winners, 1);
    }
}

#[test]
fn what_is_no_record_is_put_aside_whole_and_a_record_is_not() {
    let (_guard, root) = folder();
    let file = OwnerFile::at(root.join("daemon/owner.json"));
    assert_eq!(file.put_aside().unwrap(), None);
    for (number, content) in [(1, "torn"), (2, "torn again")] {
        put(file.path(), content.as_bytes());
        let aside = file.put_aside().unwrap().unwrap();
        assert_eq!(aside, format!("{}.unreadable-{number}", file.path()));
        assert_eq!(fs::read_to_string(&aside).unwrap(), content);
        assert_eq!(file.state(), OwnerState::Absent);
    }
    fs::create_dir(file.path()).unwrap();
    assert!(file.put_aside().unwrap().unwrap().is_dir());
    assert_eq!(file.claim(&record(alive(), "1")).unwrap(), Claim::Own);
    assert_eq!(file.put_aside().unwrap(), None);
    assert!(matches!(file.state(), OwnerState::Present(_)));
}
