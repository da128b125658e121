//! Repositories: what tells them apart, and where new ones go.

use super::*;

fn tell(stage: &Stage, slug: &str, remote: Option<&str>) -> HubOutcome {
    let mut about = registration(slug);
    about.id = RepositoryId::new("f00d");
    about.remote = remote.map(str::to_owned);
    about.path = Some(("laptop".into(), format!("/home/ada/{slug}")));
    block_on(stage.hub.register(&about)).unwrap()
}

#[test]
fn a_fork_is_another_repository_and_a_clone_is_not() {
    let stage = Stage::new(Age::June);
    let remote = |name: &str| format!("https://ada:canary@git.example/{name}");
    assert!(matches!(
        tell(&stage, "shop", Some(&remote("shop"))),
        HubOutcome::Done(_)
    ));
    assert!(matches!(
        tell(&stage, "shop", Some(&remote("shop"))),
        HubOutcome::AlreadySo(_)
    ));
    assert!(matches!(
        tell(&stage, "fork", Some(&remote("fork"))),
        HubOutcome::Done(_)
    ));
    let clone = tell(&stage, "clone", Some(&remote("shop")));
    assert!(is_refused(&clone, "known as `shop`"), "{clone:?}");
    let without = tell(&stage, "clone", None);
    assert!(is_refused(&without, "known as `shop`"), "{without:?}");
    let rows = stage.fake.rows("repos");
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0]["remote_url"], "https://git.example/shop");
    assert_eq!(rows[0]["local_path"], "/home/ada/shop");
    assert_eq!(rows[0]["host_paths"], json!({ "laptop": "/home/ada/shop" }));
}

#[test]
fn a_repository_of_before_fingerprints_gets_one() {
    let stage = Stage::new(Age::June);
    stage.fake.hand().put("repos", json!({ "slug": "shop" }));
    let known = block_on(stage.hub.repositories()).unwrap();
    assert_eq!(
        known[0].id,
        RepositoryId::new("shop"),
        "its slug is all there is"
    );
    assert!(matches!(tell(&stage, "shop", None), HubOutcome::Done(_)));
    let known = block_on(stage.hub.repositories()).unwrap();
    assert_eq!(known[0].id, RepositoryId::new("f00d"));
}

#[test]
fn a_hub_without_fingerprints_is_told_all_the_same() {
    let stage = Stage::new(Age::March);
    assert!(matches!(tell(&stage, "shop", None), HubOutcome::Done(_)));
    assert_eq!(
        stage.fake.rows("repos")[0]["host_paths"]["laptop"],
        "/home/ada/shop"
    );
}

#[test]
fn the_domain_is_the_only_one_or_the_one_that_is_named() {
    let stage = Stage::new(Age::June);
    stage.fake.hand().put("domains", json!({ "slug": "play" }));
    let outcome = tell(&stage, "shop", None);
    assert!(
        is_refused(&outcome, "several domains (work, play)"),
        "{outcome:?}"
    );
    assert!(stage.fake.rows("repos").is_empty());
    let stage = Stage::with(Age::June, |settings| settings.domain = Some("play".into()));
    let outcome = tell(&stage, "shop", None);
    assert!(is_refused(&outcome, "body.domain_slug"), "{outcome:?}");
    stage.fake.hand().put("domains", json!({ "slug": "play" }));
    assert!(matches!(tell(&stage, "shop", None), HubOutcome::Done(_)));
}

#[test]
fn what_the_hub_does_not_keep_is_told() {
    let stage = Stage::new(Age::June);
    let script = stage.fake.script();
    script.fault(When::request("POST", "/repos/*/paths"), Fault::status(405));
    let outcome = tell(&stage, "shop", None);
    assert!(is_refused(&outcome, "405"), "{outcome:?}");
    script.clear();
    assert!(matches!(tell(&stage, "shop", None), HubOutcome::Done(_)));
}

#[test]
fn the_hubs_clock_says_when_a_repository_was_in_step() {
    let (stage, _) = Stage::scene(Age::June);
    let made = stage.done(&HubWrite::MarkSynced {
        repository: Slug::new("shop"),
    });
    assert_eq!(made.id.as_str(), "shop");
    let known = block_on(stage.hub.repositories()).unwrap();
    // The fake's framework tells the machine's time, to the second.
    assert!(known[0].synced.is_some_and(|at| at.0 > 1_750_000_000));
}
