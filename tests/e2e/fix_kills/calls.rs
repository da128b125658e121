//! How often git is called, which is what a run costs where starting a process is slow.

use super::shop::Shop;

/// How many calls there were of a subcommand.
fn count(calls: &[String], subcommand: &str) -> usize {
    let is_it = |call: &&String| call.split(' ').any(|word| word == subcommand);
    calls.iter().filter(is_it).count()
}

/// The calls of a run.
fn calls(shop: &Shop, arguments: &[&str], code: i32) -> Vec<String> {
    let status = shop.through_wrapper(arguments).status().unwrap();
    assert_eq!(status.code(), Some(code));
    shop.calls()
}

#[test]
fn git_is_asked_as_often_for_many_files_as_for_one() {
    let mut shop = Shop::new();
    // Commits of an earlier run are looked at once more, however many: both counts have some.
    shop.make_work();
    calls(&shop, &["--fix"], 0);
    shop.make_work();
    let (check, fix) = (calls(&shop, &[], 2), calls(&shop, &["--fix"], 0));
    for _ in 0..20 {
        shop.make_work();
    }
    shop.make_work();
    let (many_check, many_fix) = (calls(&shop, &[], 2), calls(&shop, &["--fix"], 0));
    for (what, calls) in [("check", &check), ("fix", &fix)] {
        let (all, status) = (calls.len(), count(calls, "status"));
        println!("{what}: {all} calls of git, {status} of them status");
    }
    for calls in [&check, &many_check] {
        assert_eq!(
            (count(calls, "fetch"), count(calls, "status")),
            (1, 1),
            "{calls:?}"
        );
    }
    for calls in [&fix, &many_fix] {
        assert_eq!(count(calls, "fetch"), 1, "{calls:?}");
        assert_eq!(count(calls, "commit"), 2, "{calls:?}");
    }
    assert_eq!((many_check.len(), many_fix.len()), (check.len(), fix.len()));
    shop.has_nothing_to_do();
}
